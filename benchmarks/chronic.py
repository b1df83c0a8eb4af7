"""The chronic register of a commune of 50,000 people: lists from nothing, and after one change.

    ./run bench chronic [--people 50000] [--share 16] [--visits 12]

`share` of a hundred people are followed, each with so many visits over a year; every tenth is overdue. Bars: a due list
with its counts at most 500 ms from nothing, at most 20 ms after one visit was written (medians; the written visit is
told apart).
"""

from __future__ import annotations

import argparse
import random
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.measure import median_ms, report, wall_and_cpu
from covidstation.catalog import load_catalog
from covidstation.db.ids import new_id
from covidstation.db.queries.chronic import ChronicFilter, ChronicView, count_chronic, list_chronic
from covidstation.db.queries.chronic_figures import cohort_figures
from covidstation.db.rows import ChronicConditionRow, ChronicVisitRow, HamletRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.chronic_visits import ChronicVisitDraft
from covidstation.paths import resources
from covidstation.services.chronic.visits import record_chronic_visit
from tests.services import samples
from tests.services.samples import NOW, TODAY

ELDER = 60
FIRST = 60  # lines that a window shows
ROUNDS = 15
CHECKED = 0.5  # of those who are followed had their yearly check


def fill(db: Database, people: int, share: int, visits: int) -> list[Any]:
    """The commune; the ids of those who are followed."""
    luck = random.Random(7)
    hamlets = [new_id() for _ in range(20)]
    ids = [new_id() for _ in range(people)]
    followed = [one for one in ids if luck.randrange(100) < share]
    with db.write(None, NOW) as session:
        session.add_all(HamletRow(id=one, name=f"Bản số {at}", kind="bản") for at, one in enumerate(hamlets))
    for at in range(0, people, 5000):
        with db.write(None, NOW) as session:
            for number, one in enumerate(ids[at : at + 5000], start=at):
                year = TODAY.year - luck.choice((8, 20, 30, 40, 50, 55, 65, 75))  # two of eight are elders
                session.add(
                    PersonRow(
                        id=one, full_name=f"Người Thứ {number}", sort_key=f"{number:06}", sex="FEMALE",
                        birth_year=year, hamlet_id=luck.choice(hamlets),
                    )
                )  # fmt: skip
    for at in range(0, len(followed), 500):
        with db.write(None, NOW) as session:
            for one in followed[at : at + 500]:
                session.add_all(_rows(one, visits, luck))
    return followed


def _rows(person: Any, visits: int, luck: random.Random) -> list[Any]:
    start = TODAY - timedelta(days=luck.choice([5, 12, 20, 25, 28, 29, 31, 45, 200, 10]))
    found: list[Any] = [
        ChronicConditionRow(
            id=new_id(), person_id=person, code="I10", group_code="hypertension", status="ACTIVE",
            registered_on=TODAY - timedelta(days=400),
        )
    ]  # fmt: skip
    for back in range(visits):
        day = start - timedelta(days=30 * (visits - 1 - back))
        checked = back == visits - 2 and luck.random() < CHECKED
        row = ChronicVisitRow(id=new_id(), person_id=person, day=day, place="STATION", yearly=checked)
        row.systolic, row.diastolic, row.next_on = luck.randrange(120, 170), 80, day + timedelta(days=30)
        row.result = luck.choice(["CONTROLLED", "NOT"])
        found.append(row)
    return found


def look(db: Database, view: ChronicView) -> int:
    """What a page asks for when it shows: the list, its first lines, the counts of all views."""
    found = list_chronic(db, ChronicFilter(view), today=TODAY, elder_from=ELDER)
    found.lines(0, FIRST)
    count_chronic(db, today=TODAY, elder_from=ELDER)
    return len(found)


def _visit(opened: Database, person: Any) -> None:
    draft = ChronicVisitDraft(
        person_id=person, day=TODAY, systolic=128, diastolic=78, next_on=TODAY + timedelta(days=30)
    )
    catalog = load_catalog(resources())
    record_chronic_visit(opened, draft, catalog=catalog, by=None, by_name="Mai", now=NOW, sure=True)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="./run bench chronic", description=__doc__)
    for name, usual in (("people", 50_000), ("share", 16), ("visits", 12)):
        parser.add_argument(f"--{name}", type=int, default=usual)
    wanted = parser.parse_args()
    figures: dict[str, Any] = {"people": wanted.people}
    with TemporaryDirectory() as folder:
        place = Path(folder) / "register"
        samples.found(place)
        filled = samples.opened(place).db
        waiting = iter(followed := fill(filled, wanted.people, wanted.share, wanted.visits))
        filled.engine.dispose()
        figures["followed"] = len(followed)
        for view in ChronicView:
            opened = samples.opened(place).db  # nothing of the file is in this connection's memory
            figures[f"{view.value}_lines"] = look(opened, view)
            opened.engine.dispose()
            opened = samples.opened(place).db
            figures[f"{view.value}_from_nothing"] = wall_and_cpu(partial(look, opened, view), runs=1)
            found = []
            for _run in range(ROUNDS):
                _visit(opened, next(waiting))
                found.append(wall_and_cpu(partial(look, opened, view), runs=1))
            for kind in ("wall_ms", "cpu_ms"):
                figures[f"{view.value}_after_change_{kind}"] = sorted(one[kind] for one in found)[ROUNDS // 2]
            opened.engine.dispose()
        opened = samples.opened(place).db
        figures["visit_written_ms"] = median_ms(lambda: _visit(opened, next(waiting)))
        figures["figures_ms"] = median_ms(lambda: cohort_figures(opened, TODAY, today=TODAY, lost_days=183))
        opened.engine.dispose()
    report("chronic", figures)


if __name__ == "__main__":
    main()
