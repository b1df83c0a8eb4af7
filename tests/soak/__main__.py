"""`python -m tests.soak [--stations 200] [--days 30] [--loss 0.2]`: a district's month on bad lines and lost sticks.

Both programs are the real ones. In the middle the hub's disk breaks and a copy of two days before comes back; some
stations lose theirs too. At the end everybody talks until nothing is new, and nothing may be missing, doubled, or
overwritten without a word. Prints what was found as JSON; exit status 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.faults.haste import hurry
from tests.haste import scratch
from tests.model.template import cheap_keys
from tests.soak.district import District, Station
from tests.soak.month import Month
from tests.soak.rest import Found, check, settle

OLD = 2  # days of a copy when it is brought back
BROKEN = 0.03  # of stations whose disk breaks


@dataclass(frozen=True, slots=True)
class Plan:
    """The size of the story."""

    stations: int = 200
    days: int = 30
    loss: float = 0.2
    seed: int = 1
    minutes: float = 0  # after which no other day begins; 0: all of them


def resident() -> int:
    """Memory of this process now, in MiB."""
    words = Path("/proc/self/statm").read_text().split()
    return int(words[1]) * os.sysconf("SC_PAGE_SIZE") >> 20


def play(
    plan: Plan,
    folder: Path,
    *,
    say: Callable[[str], object] = lambda _line: None,
    after: Callable[[District, Found], object] = lambda _district, _found: None,
) -> dict[str, Any]:
    """The whole story in that folder; what was found. `after` is told before anything is closed."""
    began, dice = time.monotonic(), Random(plan.seed)
    district = District(folder, plan.stations, dice, plan.loss)
    try:
        month, memory = Month(district), []
        breaks = _breaks(plan, district, dice)
        for day in range(plan.days):
            _disasters(month, plan, breaks, day)
            month.day()
            memory.append(resident())
            say(f"day {day + 1}: {time.monotonic() - began:.0f} s, {memory[-1]} MiB, {dict(month.seen)}")
            if plan.minutes and time.monotonic() - began > plan.minutes * 60:
                break
        lived = time.monotonic() - began
        rounds = settle(month)
        found = check(district)
        ended = time.monotonic() - began
        after(district, found)
        sizes = [(station.folder / "register.db").stat().st_size for station in district.stations]
        return {
            "stations": plan.stations,
            "days": len(memory),
            "loss": plan.loss,
            "wrong": found.wrong,
            "lines": found.lines,
            "told": found.told,
            "destroyed": found.destroyed,
            "conflicts": found.conflicts,
            "codes": dict(found.codes),
            "rounds": rounds,
            "seconds": [round(lived), round(ended)],
            "memory": memory,
            "hub_bytes": district.place.database.stat().st_size,
            "station_bytes": max(sizes),
            "seen": dict(month.seen + district.storm.seen),
        }
    finally:
        district.close()


def _breaks(plan: Plan, district: District, dice: Random) -> dict[int, list[Station]]:
    """Whose disk breaks on which day; each has had a copy two days before."""
    found: dict[int, list[Station]] = {}
    for station in dice.sample(district.stations, max(1, round(plan.stations * BROKEN))):
        found.setdefault(dice.randrange(min(OLD, plan.days - 1), plan.days), []).append(station)
    return found


def _disasters(month: Month, plan: Plan, breaks: dict[int, list[Station]], day: int) -> None:
    district, middle = month.district, plan.days // 2
    for station in breaks.get(day + OLD, []):
        district.copy_station(station)
    for station in breaks.get(day, []):
        district.restore_station(station)
        month.seen["stations restored"] += 1
    if day == max(0, middle - OLD):
        month.copy = district.copy_hub()
    if day == middle:
        district.restore_hub(month.copy)
        month.seen["hubs restored"] += 1


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stations", type=int, default=200)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--loss", type=float, default=0.2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=0, help="no other day begins after so long (0: all days)")
    plan = Plan(**vars(parser.parse_args()))
    cheap_keys()
    hurry()

    def say(line: str) -> None:
        sys.stderr.write(line + "\n")

    with tempfile.TemporaryDirectory(dir=scratch()) as folder:
        found = play(plan, Path(folder), say=say)
    sys.stdout.write(json.dumps(found, ensure_ascii=False) + "\n")
    return 1 if found["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
