"""The daily report under load: `python -m benchmarks.report [PEOPLE] [CASES]` (100,000 and 20,000 unless told).

A training commune, and two years of an epidemic curve laid over it; the last thirty days' reports are frozen. Then
the day's report is counted, printed, explained, and the national queue is read.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from benchmarks.measure import median_ms, report
from benchmarks.register import PASSPHRASE, build
from covidstation.catalog import Catalog, load_catalog
from covidstation.db.ids import new_id
from covidstation.db.rows import EpisodeRow, HospitalizationRow, PathogenTestRow, PersonRow
from covidstation.db.session import Database
from covidstation.paths import resources
from covidstation.services.access.opening import open_register
from covidstation.services.reports.daily import Typed, daily_report, freeze_report, frozen_report, report_state
from covidstation.services.reports.notices import notices_due
from covidstation.services.reports.sheet import report_pdf
from covidstation.services.reports.why import why_changed

DAYS, FROZEN, ACTIVE, CHUNK = 730, 30, 300, 2000
WAVES = (120, 400, 690)  # days of the peaks


def lay_cases(db: Database, count: int, now: datetime, still_ill: int = ACTIVE) -> None:
    """Cases over two years, bunched in three waves; the newest are still ill."""
    rng = random.Random(11)
    with db.read() as session:
        people = list(session.scalars(select(PersonRow.id).limit(count)))
    days = sorted(min(DAYS - 1, max(0, round(rng.gauss(rng.choice(WAVES), 25)))) for _person in people)
    for at in range(0, len(people), CHUNK):
        with db.write(None, now) as session:
            for place in range(at, min(at + CHUNK, len(people))):
                day = now.date() - timedelta(days=DAYS - 1 - days[place])
                session.add_all(_case(rng, people[place], day, still_ill=place >= len(people) - still_ill))


def _case(
    rng: random.Random, person: UUID, day: date, *, still_ill: bool
) -> list[EpisodeRow | PathogenTestRow | HospitalizationRow]:
    episode = EpisodeRow(
        id=new_id(),
        person_id=person,
        report_date=day,
        classification="CONFIRMED",
        outcome="NO_OUTCOME" if still_ill else "RECOVERED",
        outcome_on=None if still_ill else day + timedelta(days=7),
        isolation_type="HOME",
        found_in=rng.choice(("COMMUNITY", "QUARANTINE", "")),
        risk_class=rng.choice(("LOW", "MEDIUM", "HIGH", "VERY_HIGH")),
    )
    kind = rng.choice(("RAPID_ANTIGEN", "RAPID_ANTIGEN", "PCR_RT_PCR"))
    made = {"person_id": person, "episode_id": episode.id}
    found: list[EpisodeRow | PathogenTestRow | HospitalizationRow] = [
        episode,
        PathogenTestRow(id=new_id(), kind=kind, result="POSITIVE", sampled_on=day, **made),
        PathogenTestRow(id=new_id(), kind=kind, result="NEGATIVE", sampled_on=day + timedelta(days=7), **made),
    ]
    if rng.random() < 0.03:
        left = datetime(day.year, day.month, day.day, 15) + timedelta(days=2)
        back = None if still_ill else left + timedelta(days=3)
        found.append(HospitalizationRow(id=new_id(), left_at=left, facility="BV tỉnh", returned_at=back, **made))
    return found


def figures(db: Database, catalog: Catalog, now: datetime) -> dict[str, float]:
    """Milliseconds of what a nurse waits for."""
    day = now.date()
    found = daily_report(db, catalog, day, now)
    frozen = frozen_report(db, day - timedelta(days=1))
    assert frozen is not None
    return {
        "under_care": found.today("under"),
        "sum_of_new": found.figures["new"].total or 0,
        "count_ms": median_ms(lambda: daily_report(db, catalog, day, now)),
        "state_ms": median_ms(lambda: report_state(db, now)),
        "pdf_ms": median_ms(lambda: report_pdf(found)),
        "why_ms": median_ms(lambda: why_changed(db, frozen, now), runs=3),
        "queue_ms": median_ms(lambda: notices_due(db, catalog, now), runs=3),
    }


def main() -> None:
    """Build, freeze, measure."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    cases = int(sys.argv[2]) if len(sys.argv) > 2 else 20_000
    now = datetime.now().astimezone().replace(hour=6, minute=45)
    catalog = load_catalog(resources())
    with tempfile.TemporaryDirectory() as place:
        started = time.perf_counter()
        build(Path(place) / "data", people, catalog, now - timedelta(days=DAYS))
        register = open_register(Path(place) / "data", PASSPHRASE)
        lay_cases(register.db, cases, now - timedelta(days=FROZEN + 1))
        built = time.perf_counter() - started
        freezing = []
        for back in range(FROZEN, 0, -1):
            at = now - timedelta(days=back)
            begun = time.perf_counter()
            freeze_report(register.db, at.date(), Typed(oxygen=0), catalog=catalog, by=None, now=at)
            freezing.append((time.perf_counter() - begun) * 1000)
        measured = figures(register.db, catalog, now)
        register.db.close()
    report(
        "report",
        {"people": people, "cases": cases, "build_s": round(built, 1), "freeze_ms": round(max(freezing), 1)} | measured,
    )


if __name__ == "__main__":
    main()
