"""Who runs out of medicines in a commune of 50,000 people: from nothing, and after one handing-out.

    ./run bench dispensing [--people 50000] [--share 16]

`share` of a hundred take two medicines each, of which one in eight persons runs out within the days of the rule. Bars:
the due list at most 500 ms from nothing, at most 20 ms after one change (medians; the handing-out is told apart).
"""

from __future__ import annotations

import argparse
import random
from datetime import timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.chronic import fill
from benchmarks.measure import report, wall_and_cpu
from covidstation.catalog import load_catalog
from covidstation.db.ids import new_id
from covidstation.db.queries.running_out import running_out
from covidstation.db.rows import DispensingRow, PrescriptionRow
from covidstation.db.session import Database
from covidstation.domain.dispensing import Origin
from covidstation.domain.prescriptions import HandingDraft, HandingItem
from covidstation.paths import resources
from covidstation.services.dispensing.handing import hand_out, look_at_taken
from covidstation.services.dispensing.round import count_due
from tests.services import samples
from tests.services.samples import NOW, TODAY

ROUNDS = 15
PAGE = 128  # lines that a window reads at once
CYCLE = 60  # days


def prescribe_all(db: Database, people: list[Any]) -> None:
    """Two medicines each, handed out some day of the last two months."""
    luck = random.Random(7)
    for at in range(0, len(people), 500):
        with db.write(None, NOW) as session:
            for person in people[at : at + 500]:
                day = TODAY - timedelta(days=luck.randrange(CYCLE))
                for name in ("Amlodipin", "Metformin"):
                    session.add_all(_rows(person, name, day))


def _rows(person: Any, name: str, day: Any) -> tuple[PrescriptionRow, DispensingRow]:
    one = new_id()
    prescription = PrescriptionRow(
        id=one, person_id=person, medicine=name, unit="viên", substances=[name], amount=100, times=1,
        started_on=day - timedelta(days=CYCLE), runs_out_on=day + timedelta(days=CYCLE), handed_on=day,
    )  # fmt: skip
    given = DispensingRow(
        id=new_id(), person_id=person, prescription_id=one, handing=new_id(), day=day, days=CYCLE, units=CYCLE,
        place="STATION", receiver="SELF", origin="OWN",
    )  # fmt: skip
    return prescription, given


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=50_000)
    parser.add_argument("--share", type=int, default=16)
    given = parser.parse_args()
    with TemporaryDirectory() as folder:
        samples.found(Path(folder))
        db, catalog = samples.opened(Path(folder)).db, load_catalog(resources())
        people = fill(db, given.people, given.share, 1)
        prescribe_all(db, people)
        lines = running_out(db, TODAY + timedelta(days=7))

        def due() -> None:
            """What the page asks for: its list and its counts."""
            running_out(db, TODAY + timedelta(days=7), limit=PAGE)
            count_due(db, catalog, TODAY, ahead=30)

        figures: dict[str, Any] = {"people": given.people, "taking": len(people), "due": len(lines)}
        figures["from nothing"] = wall_and_cpu(due, runs=ROUNDS)
        waiting = iter(lines)
        writes, after = [], []
        for _round in range(ROUNDS):
            person = next(waiting).person_id
            taken = look_at_taken(db, person, catalog=catalog, day=TODAY).prescribed
            items = tuple(HandingItem(prescription_id=one.id, days=30, origin=Origin.OWN) for one in taken)
            draft = HandingDraft(items=items, day=TODAY)
            act = partial(
                hand_out, db, person, draft, catalog=catalog, by=None, by_name="Lò Thị Mai", now=NOW, sure=True
            )
            writes.append(wall_and_cpu(act, runs=1))
            after.append(wall_and_cpu(due, runs=1))
        for name, some in (("hand out two", writes), ("after one change", after)):
            figures[name] = {key: median(one[key] for one in some) for key in ("wall_ms", "cpu_ms")}
        db.close()
    report("dispensing", figures)


if __name__ == "__main__":
    main()
