"""`./run bench NAME [ARGUMENTS]`: runs one of the measurements in this folder, or lists them."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

NAMES = sorted(
    path.stem for path in Path(__file__).parent.glob("*.py") if not path.stem.startswith("_") and path.stem != "measure"
)


def main() -> int:
    """Run it; 2 for an unknown name."""
    if len(sys.argv) < 2 or sys.argv[1] not in NAMES:
        print("bench: " + " ".join(NAMES), file=sys.stderr)
        return 2
    name = sys.argv.pop(1)
    runpy.run_module(f"benchmarks.{name}", run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main())
