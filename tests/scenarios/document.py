"""docs/scenarios.md, from the table: `python -m tests.scenarios.document` writes it, a test compares it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.scenarios.scenario import Suite
from tests.scenarios.table import SCENARIOS, SUITES

PATH = Path(__file__).parents[2] / "docs" / "scenarios.md"
HEAD = """# Scenarios

What the test suites of four replication systems ask of theirs, and what people lost with others, asked of this program:
{count} stories, each played twice by `tests/scenarios`: over HTTP (a hub that serves on a port with TLS, behind a pipe
that can be cut) and over USB (folders that are written, carried and read), with encrypted registers and the hub's own
database. `-m slow` plays them again with a station that speaks over both in turn. The tables are written by
`python -m tests.scenarios.document` and compared by a test.

A source names what a scenario asks; the story is told anew for communes, and what must hold is often more than the
source demands. None of their code is here.

After each story all clocks are set right, what is still on its way arrives, and everybody talks until nobody has
anything new. Then the **ledger** (`tests/scenarios/ledger.py`) must hold:

- every line that any station or the district ever wrote is in the district's history and at its station, but for those
  that were destroyed with a disk or a stick before any copy of them left it, which the scenario names;
- each stream is gapless, no stamp is in it twice, and its chain leads to its end;
- both ends show the same, row by row and field by field, and the same conflicts under the same names;
- a value that was written is shown, or was replaced by somebody who had seen it, or is kept in a conflict;
- at no step did a station believe that more was received than the district durably had.
"""


def rendered() -> str:
    """The whole page."""
    return "\n".join([HEAD.format(count=len(SCENARIOS)), *(line for suite in SUITES for line in _suite(suite))]) + "\n"


def _suite(suite: Suite) -> Iterator[str]:
    yield f"## {suite.system}"
    yield f"{suite.place}.\n"
    yield "| scenario | source | story | what must hold |"
    yield "|---|---|---|---|"
    for one in suite.scenarios:
        yield (
            "| " + " | ".join(text.replace("|", "\\|") for text in (one.name, one.source, one.story, one.holds)) + " |"
        )
    yield ""


if __name__ == "__main__":
    PATH.write_text(rendered().rstrip() + "\n", encoding="utf-8")
