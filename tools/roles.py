"""Write docs/roles.md: who may do what, and the right that each service needs, from the code itself."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import covidstation.services
from covidstation.domain.rights import RIGHTS_OF, Right
from covidstation.domain.station import Role
from covidstation.services.rights import TABLE

PAGE = Path(__file__).parents[1] / "docs" / "roles.md"
HEAD = """# Who may do what
Each person unlocks the register with a passphrase and has one role. A service names the right it needs
(`@needs(Right.…)`, `covidstation/services/rights.py`) and is refused to a role without it; what each right means stands
in `covidstation/domain/rights.py`. This page is written by `./run roles`; a test fails when it is not that of the code.

"""


def main() -> None:
    """Write the page."""
    for found in pkgutil.walk_packages(covidstation.services.__path__, "covidstation.services."):
        importlib.import_module(found.name)
    roles = [role.value for role in Role]
    lines = [f"| right | {' | '.join(roles)} |", "|---" * (len(roles) + 1) + "|"]
    for right in Right:
        marks = ("yes" if right in RIGHTS_OF[Role(role)] else "–" for role in roles)
        lines.append(f"| {right.value} | {' | '.join(marks)} |")
    lines += ["", f"## The {len(TABLE)} services", "", "| service | right |", "|---|---|"]
    lines += [f"| `{name}` | {TABLE[name].value} |" for name in sorted(TABLE)]
    PAGE.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
    print(f"{PAGE}: {len(TABLE)} services")


if __name__ == "__main__":
    main()
