"""The rounds under load: `python -m benchmarks.rounds [PEOPLE]` (300 active F0 unless told, 14 days of rounds each).

Measures what a nurse waits for: opening a round, saving one check with its alert, the open dangers, both sheets.
"""

from __future__ import annotations

import random
import sys
import tempfile
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from uuid import UUID

from benchmarks.measure import median_ms, report
from covidstation.catalog import Catalog, load_catalog
from covidstation.db.keys import Cost
from covidstation.db.queries.rounds import open_alerts
from covidstation.db.session import Database
from covidstation.domain.care import Round, Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import EpisodeDraft, PathogenTest
from covidstation.domain.monitoring import VisitDraft
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.station import StationDraft
from covidstation.paths import resources
from covidstation.services.access.opening import open_register
from covidstation.services.care.course import course_of
from covidstation.services.care.rounds import record_visit, round_list
from covidstation.services.episodes import F0Draft, register_f0
from covidstation.services.papers.sheets import print_patient_sheet, print_round_sheet
from covidstation.services.places import add_hamlet
from covidstation.services.station.setup import found_register

PASSPHRASE = "đo tốc độ của lượt"
NOW = datetime(2022, 3, 10, 7, 12, tzinfo=timezone(timedelta(hours=7)))
DAYS = 14
HAMLETS = 12


def build(db: Database, catalog: Catalog, people: int) -> list[UUID]:
    """Everybody at home since two weeks, checked twice a day."""
    chance = random.Random(7)
    hamlets = [add_hamlet(db, f"Bản số {number}", by=None, now=NOW).value for number in range(HAMLETS)]
    found = []
    first = NOW.date() - timedelta(days=DAYS)
    for number in range(people):
        person = PersonDraft(
            full_name=f"Lò Văn {chr(65 + number % 26)}",
            birth=PartialDate(1940 + number % 75),
            sex=Sex.MALE,
            hamlet_id=hamlets[number % HAMLETS],
        )
        draft = F0Draft(person=person, episode=EpisodeDraft(report_date=first), tests=(PathogenTest(sampled_on=first),))
        episode = register_f0(db, draft, catalog=catalog, by=None, now=NOW).value
        for day in range(DAYS):
            for hour in (7, 15):
                check(db, catalog, episode.id, first + timedelta(days=day), hour, chance)
        found.append(episode.id)
    return found


def check(db: Database, catalog: Catalog, episode: UUID, day: date, hour: int, chance: random.Random) -> None:
    """One check as it comes in a round."""
    vitals = Vitals(temperature=chance.randint(362, 385), spo2=chance.randint(95, 99), pulse=80, breaths=18)
    draft = VisitDraft(
        episode_id=episode,
        at=datetime(day.year, day.month, day.day, hour, chance.randint(0, 10)),
        round=Round.MORNING if hour < 12 else Round.AFTERNOON,
        vitals=vitals,
        signs_asked=True,
    )
    record_visit(db, draft, catalog=catalog, by=None, by_name="Mai", now=NOW, sure=True, again=True)


def main() -> None:
    """Print the figures."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    catalog, chance = load_catalog(resources()), random.Random(11)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "data"
        station = StationDraft(commune_code="03517", name="Trạm Y tế xã Nậm Tăm", place_name="Nậm Tăm")
        found_register(folder, station, user_name="Mai", passphrase=PASSPHRASE, now=NOW, cost=Cost(1024, 1, 1))
        db = open_register(folder, PASSPHRASE).db
        ids = build(db, catalog, people)
        today = NOW.date()
        waiting = iter(ids)
        figures = {
            "people": people,
            "round_list_ms": median_ms(lambda: round_list(db, catalog=catalog, day=today, round_=Round.MORNING)),
            "save_check_ms": median_ms(lambda: check(db, catalog, next(waiting), today, 7, chance), runs=20),
            "open_alerts_ms": median_ms(lambda: open_alerts(db)),
            "course_ms": median_ms(lambda: course_of(db, ids[0], catalog=catalog)),
            "round_sheet_ms": median_ms(
                lambda: print_round_sheet(db, catalog=catalog, day=today, round_=Round.MORNING), runs=3
            ),
            "patient_sheet_ms": median_ms(lambda: print_patient_sheet(db, ids[0], catalog=catalog, today=today)),
        }
        db.close()
    report("rounds", figures)


if __name__ == "__main__":
    main()
