"""Who is due for a vaccine among 50,000 people: the book whole, lists from nothing, after one change; the coverage.

    ./run bench vaccination [--people 50000]

Nine of ten births are known to the day; adults had none to four doses on the days of sixty sessions. Bars: a list with
its counts at most 500 ms from nothing with the book there, at most 20 ms after one dose was written (medians; the
written dose is told apart). The whole book is written anew when rules change and after the program's first update.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from sqlalchemy import delete

from benchmarks.measure import median_ms, report, wall_and_cpu
from covidstation.catalog import load_catalog
from covidstation.db.ids import new_id
from covidstation.db.queries.vaccine_due import DueFilter, DueSort
from covidstation.db.rows import HamletRow, PersonRow, VaccineBasisRow, VaccineDoseRow
from covidstation.db.session import Database
from covidstation.domain.vaccination.states import DueKind
from covidstation.paths import resources
from covidstation.services.vaccination.coverage import Part, look_at_coverage
from covidstation.services.vaccination.due import due_counts, due_list
from covidstation.services.vaccination.plan import dose_plan
from tests.services import samples
from tests.services.samples import NOW, TODAY

FIRST = 60  # lines that a window shows
ROUNDS = 15
PFIZER, ASTRA, VERO = "EU/1/20/1528", "EU/1/21/1529", "BBIBP-CorV"
SESSIONS = [date(2021, 7, 1) + timedelta(days) for days in range(0, 240, 4)]
CATALOG = load_catalog(resources())


def fill(db: Database, people: int) -> list[UUID]:
    """The commune; everybody's id."""
    luck = random.Random(3)
    hamlets = [new_id() for _ in range(20)]
    with db.write(None, NOW) as session:
        session.add_all(HamletRow(id=one, name=f"Bản số {at}") for at, one in enumerate(hamlets))
    ids = [new_id() for _ in range(people)]
    for at in range(0, people, 5000):
        with db.write(None, NOW) as session:
            for number, one in enumerate(ids[at : at + 5000], start=at):
                born = date(1935, 1, 1) + timedelta(days=luck.randrange(31_800))
                session.add(_person(one, number, born, luck.choice(hamlets), known=luck.random() < 0.9))
                if born.year < 2010:
                    session.add_all(_doses(one, luck))
    return ids


def _person(one: UUID, number: int, born: date, hamlet: UUID, *, known: bool) -> PersonRow:
    return PersonRow(
        id=one, full_name=f"Người Thứ {number}", sort_key=f"{number:06}", sex="FEMALE", birth_year=born.year,
        birth_month=born.month if known else None, birth_day=born.day if known else None, hamlet_id=hamlet,
        conditions=["hypertension"] if number % 7 == 0 else [],
    )  # fmt: skip


def _doses(person: UUID, luck: random.Random) -> list[VaccineDoseRow]:
    day, product, found = luck.choice(SESSIONS), luck.choice((PFIZER, ASTRA, VERO)), []
    for number in range(1, luck.choice((0, 1, 2, 2, 2, 3, 3, 4)) + 1):
        basic = number <= 2
        row = VaccineDoseRow(id=new_id(), person_id=person, product=product, source="CARD")
        row.given_year, row.given_month, row.given_day = day.year, day.month, day.day
        row.dose_class, row.number = ("PRIMARY", number) if basic else ("BOOSTER", number - 2)
        found.append(row)
        day += timedelta(luck.choice((28, 28, 56, 92, 120)))
    return found


def look(db: Database, kinds: frozenset[DueKind], sort: DueSort = DueSort.DAY) -> int:
    """What the page asks for when it shows: the list, its first lines, the counts of all lists."""
    found = due_list(db, DueFilter(kinds=kinds), catalog=CATALOG, now=NOW, sort=sort)
    found.lines(0, FIRST)
    due_counts(db, catalog=CATALOG, now=NOW)
    return len(found)


def _write(db: Database, person: UUID) -> None:
    with db.write(None, NOW) as session:
        row = VaccineDoseRow(id=new_id(), person_id=person, product=PFIZER, source="CARD", dose_class="BOOSTER")
        row.given_year, row.given_month, row.given_day, row.number = TODAY.year, TODAY.month, 1, 1
        session.add(row)


def _forget(db: Database) -> None:
    with db.write(None, NOW) as session:
        session.execute(delete(VaccineBasisRow))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(prog="./run bench vaccination", description=__doc__)
    parser.add_argument("--people", type=int, default=50_000)
    wanted = parser.parse_args()
    figures: dict[str, Any] = {"people": wanted.people}
    with TemporaryDirectory() as folder:
        place = Path(folder) / "register"
        samples.found(place)
        filled = samples.opened(place).db
        people = iter(fill(filled, wanted.people))
        figures["whole_book"] = wall_and_cpu(partial(due_counts, filled, catalog=CATALOG, now=NOW), runs=1)
        _forget(filled)
        figures["whole_book_again"] = wall_and_cpu(partial(due_counts, filled, catalog=CATALOG, now=NOW), runs=1)
        filled.engine.dispose()
        lists: dict[str, frozenset[DueKind]] = {kind.value.lower(): frozenset((kind,)) for kind in DueKind}
        sizes: Counter[str] = Counter()
        for name, kinds in (lists | {"all": frozenset()}).items():
            opened = samples.opened(place).db  # nothing of the file is in this connection's memory
            sizes[name] = look(opened, kinds)
            opened.engine.dispose()
            opened = samples.opened(place).db
            figures[f"{name}_from_nothing"] = wall_and_cpu(partial(look, opened, kinds), runs=1)
            found = []
            for _run in range(ROUNDS):
                _write(opened, next(people))
                found.append(wall_and_cpu(partial(look, opened, kinds), runs=1))
            for kind in ("wall_ms", "cpu_ms"):
                figures[f"{name}_after_a_dose_{kind}"] = sorted(one[kind] for one in found)[ROUNDS // 2]
            opened.engine.dispose()
        opened = samples.opened(place).db
        for name, day in (("coverage_today", TODAY), ("coverage_a_year_ago", TODAY - timedelta(365))):
            asked = partial(look_at_coverage, opened, day, catalog=CATALOG, now=NOW)
            figures[name] = wall_and_cpu(lambda ask=asked: ask().lines(Part.AGE), runs=1)
        figures["plan"] = wall_and_cpu(partial(dose_plan, opened, catalog=CATALOG, now=NOW), runs=1)
        _write(opened, next(people))
        asked = partial(look_at_coverage, opened, TODAY, catalog=CATALOG, now=NOW)
        figures["coverage_after_a_dose"] = wall_and_cpu(lambda: asked().lines(Part.HAMLET), runs=1)
        opened.engine.dispose()
        opened = samples.opened(place).db
        figures["dose_written_ms"] = median_ms(lambda: _write(opened, next(people)))
        opened.engine.dispose()
    report("vaccination", figures | {f"{name}_lines": size for name, size in sizes.items()})


if __name__ == "__main__":
    main()
