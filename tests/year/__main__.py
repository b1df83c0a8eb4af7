"""`python -m tests.year [--people 10000] [--days 365]`: a commune of 10,000 people is lived through for a year.

Everything is done by the services that the windows call, and kept on paper beside it; at the end of each month all
that the program says, prints and writes is held against the paper. Prints what was found; exit status 1 when anything
differs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from bisect import bisect
from collections.abc import Callable
from datetime import date, timedelta
from itertools import accumulate
from pathlib import Path

from tests.haste import scratch
from tests.model.template import cheap_keys
from tests.year import cellar, clinic, compare, illness, pharmacy, village
from tests.year.sheets import month_end
from tests.year.world import Plan, World, found_world

Say = Callable[[str], object]
ACTS = (*village.ACTS, *clinic.ACTS, *pharmacy.ACTS, *cellar.ACTS, *illness.ACTS)
WEIGHTS = list(accumulate(weight for weight, _act in ACTS))


def live(plan: Plan, folder: Path, *, say: Say = lambda _line: None, after: Callable[[World], object] = bool) -> World:
    """The whole story; `world.rest["wrong"]` names every difference. `after` is told before the last comparison."""
    began = time.monotonic()
    with found_world(folder / "station", plan) as w:
        w.rest |= {"open_cases": {}, "given": [], "backs": {}, "patient": clinic.patient, "wrong": []}
        village.settle(w)
        cellar.stock(w)
        illness.begin_review(w)
        for _number in range(int(plan.people * plan.share)):
            clinic.follow(w)
            pharmacy.order(w)
        say(f"{len(w.people.people)} people, {len(w.chronic.diseases)} followed, {time.monotonic() - began:.0f} s")
        for number in range(plan.days):
            day = plan.first + timedelta(days=number)
            w.morning(day)
            _day(w)
            last = number == plan.days - 1
            if last:
                after(w)
            if last or month_end(day):
                _evening(w, folder, say, began)
    return w


def _day(w: World) -> None:
    for _number in range(w.plan.acts):
        act = ACTS[bisect(WEIGHTS, w.dice.randrange(WEIGHTS[-1]))][1]
        name = f"{act.__module__.rpartition('.')[2]}.{act.__name__}"
        try:
            w.done[name] += bool(act(w))
        except Exception as trouble:
            trouble.add_note(f"{name} on {w.today}, after {sum(w.done.values())} acts of seed {w.plan.seed}")
            trouble.add_note(f"{[one.code for one in getattr(trouble, 'problems', ())]}")
            raise


def _evening(w: World, folder: Path, say: Say, began: float) -> None:
    found = compare.evening(w, folder)
    w.rest["wrong"] += found
    w.done["evenings"] += 1
    here = sum(one.here for one in w.people.people.values())
    say(f"{w.today}: {here} people, {sum(w.done.values())} acts, {len(found)} differ, {time.monotonic() - began:.0f} s")
    for line in found:
        say(f"  {line[:600]}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Live, and say how it went."""
    parser = argparse.ArgumentParser(prog="year")
    parser.add_argument("--people", type=int, default=Plan.people)
    parser.add_argument("--days", type=int, default=Plan.days)
    parser.add_argument("--acts", type=int, default=Plan.acts, help="a day")
    parser.add_argument("--first", type=date.fromisoformat, default=Plan.first)
    parser.add_argument("--seed", type=int, default=Plan.seed)
    words = parser.parse_args()
    cheap_keys()
    plan = Plan(people=words.people, days=words.days, acts=words.acts, first=words.first, seed=words.seed)
    with tempfile.TemporaryDirectory(dir=scratch()) as folder:
        w = live(plan, Path(folder), say=_say)
    _say(", ".join(f"{name} {count}" for name, count in sorted(w.done.items())))
    _say(f"{len(w.rest['wrong'])} differences")
    return 1 if w.rest["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
