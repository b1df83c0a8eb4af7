"""A busy morning in services: `python -m benchmarks.care [PEOPLE] [DOSSIERS]` (100,000 and 300 unless told).

What each screen, the report and one saved check cost, beside the whole list of dossiers. See `benchmarks/_busy.py` for
the station and `benchmarks/screens.py` for the windows over it.
"""

from __future__ import annotations

import sys
import time
from datetime import date, datetime, timedelta
from statistics import median

from sqlalchemy import select

from benchmarks._busy import NOW, NURSE, busy_station
from benchmarks.measure import report, wall_and_cpu
from covidstation.catalog import Catalog
from covidstation.db.queries.contacts import ContactView, count_contacts
from covidstation.db.queries.episodes import EpisodeFilter, count_states, list_episodes
from covidstation.db.queries.history import person_history
from covidstation.db.rows import EpisodeRow
from covidstation.db.session import Database
from covidstation.domain.care import Round, Vitals
from covidstation.domain.monitoring import VisitDraft
from covidstation.services.access.opening import Register
from covidstation.services.care.look import look_at_care
from covidstation.services.care.rounds import record_visit, round_list
from covidstation.services.contacts.register import quarantine_rules
from covidstation.services.contacts.work import contact_note
from covidstation.services.papers.dossier import Dossier, bound, dossiers
from covidstation.services.papers.missing import look_at_missing
from covidstation.services.reports.daily import Typed, daily_report, freeze_report, frozen_report, report_state
from covidstation.services.reports.notices import notices_due
from covidstation.services.reports.today import todays_work
from covidstation.services.reports.why import why_changed

Figures = dict[str, dict[str, float]]
CHECKS = 9


def screens(register: Register, catalog: Catalog) -> Figures:
    """What each page asks for, off the window's thread."""
    db, today = register.db, NOW.date()
    active = list_episodes(db, EpisodeFilter(), today=today).lines(150, 1)[0]
    frozen = frozen_report(db, today - timedelta(days=1))
    assert frozen is not None

    def f0_list() -> None:
        list_episodes(db, EpisodeFilter(), today=today).lines(0, 60)
        count_states(db, today=today)

    def person() -> None:
        look = look_at_care(db, catalog, active.person_id, today)
        assert look is not None
        contact_note(db, catalog, active.person_id, active.id, today)

    def missing_from_nothing() -> None:
        db.answers.clear()
        look_at_missing(db, catalog, today)

    def contacts() -> dict[ContactView, int]:
        return count_contacts(db, quarantine_rules(db, catalog), today=today)

    return {
        "today from nothing": from_nothing(register, catalog),
        "today, nothing changed": wall_and_cpu(lambda: todays_work(register, catalog, NOW)),
        "today after a check": after_a_check(register, catalog),
        "round": wall_and_cpu(lambda: round_list(db, catalog=catalog, day=today, round_=Round.MORNING)),
        "f0 list": wall_and_cpu(f0_list),
        "F1 counts": wall_and_cpu(contacts),
        "missing, nothing changed": wall_and_cpu(lambda: look_at_missing(db, catalog, today)),
        "missing from nothing": wall_and_cpu(missing_from_nothing),
        "person": wall_and_cpu(person),
        "history": wall_and_cpu(lambda: person_history(db, active.person_id)),
        "report": wall_and_cpu(lambda: daily_report(db, catalog, today, NOW)),
        "report state": wall_and_cpu(lambda: report_state(db, NOW)),
        "why changed": wall_and_cpu(lambda: why_changed(db, frozen, NOW)),
        "notices": wall_and_cpu(lambda: notices_due(db, catalog, NOW)),
    }


def after_a_check(register: Register, catalog: Catalog) -> dict[str, float]:
    """Hôm nay once a check was saved: what the check touched is asked again."""
    db, found = register.db, []
    with db.read() as session:
        ids = list(session.scalars(select(EpisodeRow.id).where(EpisodeRow.outcome == "NO_OUTCOME")))[-CHECKS:]
    for episode in ids:
        draft = VisitDraft(
            episode_id=episode, at=NOW.replace(tzinfo=None), round=Round.EXTRA, vitals=Vitals(spo2=97), signs_asked=True
        )
        record_visit(db, draft, catalog=catalog, by=None, by_name=NURSE, now=NOW, sure=True)
        found.append(wall_and_cpu(lambda: todays_work(register, catalog, NOW), runs=1))
    return {key: median(one[key] for one in found) for key in ("wall_ms", "cpu_ms")}


def from_nothing(register: Register, catalog: Catalog) -> dict[str, float]:
    """Nothing is kept from before."""

    def ask() -> None:
        register.db.answers.clear()
        todays_work(register, catalog, NOW)

    return wall_and_cpu(ask)


def saving(db: Database, catalog: Catalog) -> dict[str, float]:
    """One check after another, each its own transaction."""
    with db.read() as session:
        waiting = iter(list(session.scalars(select(EpisodeRow.id).where(EpisodeRow.outcome == "NO_OUTCOME"))))

    def save() -> None:
        draft = VisitDraft(
            episode_id=next(waiting), at=NOW.replace(tzinfo=None), round=Round.EXTRA,
            vitals=Vitals(temperature=371, spo2=97, pulse=80, breaths=18), signs_asked=True,
        )  # fmt: skip
        record_visit(db, draft, catalog=catalog, by=None, by_name=NURSE, now=NOW, sure=True)

    return wall_and_cpu(save, runs=20)


def freezing(db: Database, catalog: Catalog, day: date, now: datetime) -> dict[str, float]:
    """The same day frozen some times over."""
    typed = Typed(oxygen=1, difficulties="Không")
    return wall_and_cpu(lambda: freeze_report(db, day, typed, catalog=catalog, by=None, now=now, reason="đo"))


def all_dossiers(db: Database, catalog: Catalog, count: int) -> dict[str, float]:
    """Seconds for the dossiers of everybody at home, bound into one file."""
    lines = list_episodes(db, EpisodeFilter(), today=NOW.date()).lines(0, count)
    started, worked = time.perf_counter(), time.process_time()
    made = [one for one in dossiers(db, [line.id for line in lines], catalog=catalog, now=NOW)]
    assert all(isinstance(one, Dossier) for one in made)
    whole = bound([one for one in made if isinstance(one, Dossier)])
    return {
        "count": len(made),
        "wall_s": round(time.perf_counter() - started, 2),
        "cpu_s": round(time.process_time() - worked, 2),
        "MB": round(len(whole) / 1e6, 1),
    }


def main() -> None:
    """Measure and print."""
    people = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    with busy_station(people) as (register, catalog):
        figures = screens(register, catalog)
        figures["save a check"] = saving(register.db, catalog)
        figures["freeze"] = freezing(register.db, catalog, NOW.date(), NOW)
        figures["dossiers"] = all_dossiers(register.db, catalog, count) if count else {}
    report("care", {"people": people} | figures)


if __name__ == "__main__":
    main()
