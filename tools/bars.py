"""`./run bars`: what the program's safety is held to, measured; `--page` writes docs/safety-bars.md from the table."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "safety-bars.md"
TABLE: Final = ROOT / "tools" / "bars.toml"
PATIENCE: Final = 3600  # seconds for one bar
STATES: Final = {"met": "met", "part": "met in part", "open": "to be measured", "hub": "with the hub"}
HEAD: Final = """# The bars of safety
What the program's safety is held to, the command that measures each, and what it said last. `./run bars` runs the short
forms of those marked ● (about four minutes; the build server does the same), `./run bars --long` every one in full;
`./run bars 3 8` only these. Bars 30–32 and 39 are the hub's alone. The page is written by `./run bars --page` from
`tools/bars.toml`; a test fails when it is not. How each promise is kept stands in [safety.md](safety.md).

| | bar | command | last figure | day | |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Bar:
    """One line of the table; see tools/bars.toml."""

    n: int
    bar: str
    state: Literal["met", "part", "open", "hub"]
    short: str = ""
    long: str = ""
    ci: bool = False
    figure: str = ""
    day: str = ""
    because: str = ""

    def command(self, *, in_full: bool) -> str:
        """Its words after the project's Python."""
        return (self.long or self.short) if in_full else self.short

    def line(self) -> str:
        """Of the page."""
        command = self.command(in_full=True)
        state = STATES[self.state] + (f": {self.because}" if self.because else "")
        shown = f"`python {command}`" if command else ""
        return f"| {self.n}{' ●' if self.ci else ''} | {self.bar} | {shown} | {self.figure} | {self.day} | {state} |"


def read_bars() -> list[Bar]:
    """The table. Raises TypeError for a field that is not known."""
    return [Bar(**one) for one in tomllib.loads(TABLE.read_text(encoding="utf-8"))["bar"]]


def page() -> str:
    """docs/safety-bars.md as it should be."""
    return HEAD + "\n".join(bar.line() for bar in read_bars()) + "\n"


def run(bar: Bar, *, in_full: bool) -> bool:
    """Run it and say so in one line; what it said when it failed."""
    begun = time.monotonic()
    environment = {**os.environ, "QT_QPA_PLATFORM": os.environ.get("QT_QPA_PLATFORM", "offscreen")}
    command = [sys.executable, *shlex.split(bar.command(in_full=in_full))]
    try:
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, encoding="utf-8", timeout=PATIENCE, check=False
        )
        good, said = done.returncode == 0, done.stdout + done.stderr
    except subprocess.TimeoutExpired:
        good, said = False, f"not done in {PATIENCE} s"
    last = said.strip().splitlines()[-1] if said.strip() else ""
    took = time.monotonic() - begun
    sys.stdout.write(f"{'good' if good else 'BAD '} {bar.n:>2}  {took:6.1f} s  {last[:100]}\n")
    if not good:
        sys.stdout.write(said[-4000:] + "\n")
    sys.stdout.flush()
    return good


def main() -> int:
    """The command line; exit status 1 when a bar that was run is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("numbers", nargs="*", type=int, help="only these")
    parser.add_argument("--long", action="store_true", help="every one, in full")
    parser.add_argument("--page", action="store_true", help="write docs/safety-bars.md")
    options = parser.parse_args()
    if options.page:
        PAGE.write_text(page(), encoding="utf-8")
        return 0
    wanted = [bar for bar in read_bars() if bar.command(in_full=options.long)]
    if options.numbers:
        wanted = [bar for bar in wanted if bar.n in options.numbers]
    elif not options.long:
        wanted = [bar for bar in wanted if bar.ci]
    results = [run(bar, in_full=options.long) for bar in wanted]
    sys.stdout.write(f"{len(results)} bars, {results.count(False)} missed\n")
    return int(not all(results))


if __name__ == "__main__":
    sys.exit(main())
