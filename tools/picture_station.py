"""An invented station with a few days of work behind it, for the pictures of the documents: all made by the program.

The moment, the seed and the order of the work are fixed, so that the pictures show the same people whatever the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Final
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db import keys
from covidstation.db.queries.episodes import EpisodeFilter, EpisodeState, list_episodes
from covidstation.db.queries.people import find_people, get_person
from covidstation.db.queries.rounds import open_alerts
from covidstation.db.session import Database
from covidstation.domain.care import AlertAnswer, Round, Vitals
from covidstation.domain.episodes import EpisodeDraft, PathogenTest, TestKind
from covidstation.domain.hours import Step
from covidstation.domain.monitoring import VisitDraft
from covidstation.domain.station import StationDraft
from covidstation.hub.database.store import Hub, create_hub, open_hub, place_of
from covidstation.hub.intake.bundles import import_place
from covidstation.hub.replies.receipting import export_answers
from covidstation.hub.stations.enrolling import enrol_station, look_at_request
from covidstation.services.access.opening import Register, open_register
from covidstation.services.care.alerts import answer_alert
from covidstation.services.care.isolation import mark_step, running_hours
from covidstation.services.care.rounds import record_visit, round_list
from covidstation.services.copies.backup import back_up
from covidstation.services.episodes import F0Draft, register_f0
from covidstation.services.exchange.bundles import Taken, export_changes, import_files
from covidstation.services.papers.issuing import Issued, issue_one, kind_on, missing_papers, void_paper
from covidstation.services.record import change_setting
from covidstation.services.reports.notices import mark_entered, notices_due
from covidstation.services.station.founding import FoundingDraft, found_station

NOW: Final = datetime(2026, 7, 16, 8, 20, 41, tzinfo=timezone(timedelta(hours=7)))
PASSPHRASE: Final = "nuoc chay da mon"
HUB: Final = "Trung tâm Y tế khu vực Sìn Hồ"
PEOPLE: Final = 3000
SEED: Final = 7
CHEAP: Final = keys.Cost(8, 1, 1)  # these keys guard nobody
LEFT_ORDERS: Final = 3
LEFT_ENDINGS: Final = 2
DAYS_BEFORE: Final = 2
"""So many days before the moment of the pictures the register was founded: since then people fell ill and got well."""
NEW_F0: Final = "thi"
NEW_A_DAY: Final = 4
IN_DANGER: Final = 2
NURSE: Final = "Lò Thị Mai"
EARLY: Final = NOW - timedelta(hours=16)
TOLD: Final = NOW - timedelta(minutes=50)
STATION: Final = StationDraft(
    commune_code="03517",
    name="Trạm Y tế xã Nậm Tăm",
    upper_name=HUB,
    place_name="Nậm Tăm",
    training=True,
)


@dataclass(frozen=True, slots=True)
class Made:
    """The open register, the stick and the district that answers on it."""

    register: Register
    stick: Path
    hub: Hub

    def answer(self, moment: datetime) -> None:
        """The district reads the stick and writes its receipt."""
        list(import_place(self.hub, self.stick, now=moment))
        list(export_answers(self.hub, self.stick, now=moment))


def make_station(place: Path, catalog: Catalog) -> Made:
    """Found the station in that empty folder and do the work of three days."""
    folder, stick = place / "station", place / "KINGSTON"
    stick.mkdir()
    draft = FoundingDraft(station=STATION, training_people=PEOPLE, seed=SEED)
    found_station(
        folder,
        draft,
        passphrase=PASSPHRASE,
        catalog=catalog,
        now=NOW - timedelta(days=DAYS_BEFORE, hours=3),
        cost=CHEAP,
    )
    made = Made(open_register(folder, PASSPHRASE), stick, _make_hub(place / "hub"))
    _enrol(made)
    _work(made, catalog)
    _settled(made, catalog)
    _round(made, catalog)
    change_setting(made.register.db, "usb_folder", str(stick), by=made.register.user_id, now=NOW)
    back_up(made.register.db, now=NOW - timedelta(hours=2))
    return made


def _make_hub(folder: Path) -> Hub:
    place = place_of(folder, None)
    create_hub(place, name=HUB, code="", passphrase=PASSPHRASE, now=NOW - timedelta(days=9), cost=CHEAP)
    return open_hub(place, PASSPHRASE)


def _enrol(made: Made) -> None:
    """Both sides trust each other; the words were compared."""
    db, by, moment = made.register.db, made.register.user_id, NOW - timedelta(days=DAYS_BEFORE, hours=2)
    request = export_changes(db, made.stick, by=by, now=moment).value.files[0]
    enrol_station(made.hub, look_at_request(made.hub, request.read_bytes()).request, now=moment)
    made.answer(moment)
    asked = next(one for one in import_files(db, made.stick, by=by, now=moment).value if one.outcome is Taken.ASKS)
    import_files(db, made.stick, by=by, now=moment, agreed=asked.words)


def _work(made: Made, catalog: Catalog) -> None:
    """The papers of three days. What was done on the first two is on its way: one receipt came, of today nothing."""
    db, by = made.register.db, made.register.user_id
    for days in (2, 1, 0):
        moment = NOW - timedelta(days=days, hours=1)
        if days < DAYS_BEFORE:
            _fall_ill(made.register, catalog, moment)
        orders = _issue(made.register, catalog, moment, ending=False)
        _issue(made.register, catalog, moment, ending=True)
        if days == 1:
            void_paper(db, orders[0].id, "Ghi nhầm bản của người bệnh", by=by, now=moment + timedelta(minutes=9))
        if days:
            export_changes(db, made.stick, by=by, now=moment + timedelta(hours=8))
        if days == DAYS_BEFORE:
            made.answer(moment + timedelta(hours=12))
            import_files(db, made.stick, by=by, now=moment + timedelta(hours=20))


def _settled(made: Made, catalog: Catalog) -> None:
    """What the first two days left open was done: signs answered, people told, cases entered."""
    db, by = made.register.db, made.register.user_id
    old = [alert.id for alert in open_alerts(db)]
    for alert in old:
        answer_alert(db, alert, AlertAnswer.VISITED, note="đã thăm, đã khá", by=by, by_name=NURSE, now=EARLY)
    for one in running_hours(db, catalog, TOLD.replace(tzinfo=None)):
        step = one.hours.running
        if step is not None and step.step is Step.TOLD and one.who.episode_id is not None:
            mark_step(db, one.who.episode_id, step.step, at=TOLD.replace(tzinfo=None), by=by, now=TOLD)
    wanted = [(one.episode_id, one.event) for one in notices_due(db, catalog, EARLY)]
    if wanted:
        mark_entered(db, wanted, catalog=catalog, by=by, by_name=NURSE, now=EARLY)


def _round(made: Made, catalog: Catalog) -> None:
    """The morning's round, half of it done; one person is in danger."""
    db, lines = (
        made.register.db,
        round_list(made.register.db, catalog=catalog, day=NOW.date(), round_=Round.MORNING).lines,
    )
    for place, line in enumerate(lines[: len(lines) // 2]):
        bad = place == IN_DANGER
        vitals = Vitals(
            temperature=384 if bad else 366 + place % 6,
            spo2=93 if bad else 97 + place % 3,
            pulse=112 if bad else 72 + place,
            breaths=26 if bad else 17 + place % 3,
        )
        check = VisitDraft(
            episode_id=line.person.episode_id,
            at=(NOW - timedelta(minutes=70 - 4 * place)).replace(tzinfo=None),
            round=Round.MORNING,
            vitals=vitals,
            symptoms=frozenset({"difficultyBreathing"} if bad else {"cough"} if place % 3 == 0 else ()),
            signs_asked=True,
        )
        moment = NOW - timedelta(minutes=69 - 4 * place)
        record_visit(
            db, check, catalog=catalog, by=made.register.user_id, by_name=NURSE, now=moment, sure=True, again=True
        )


def _fall_ill(register: Register, catalog: Catalog, moment: datetime) -> None:
    """Some people of the commune are found by a rapid test that morning."""
    db, day = register.db, moment.date()
    hits = [hit for hit in find_people(db, NEW_F0, 200) if hit.open_episode is None]
    for hit in hits[day.day % 7 :: 9][:NEW_A_DAY]:
        person = get_person(db, hit.id)
        assert person is not None
        test = PathogenTest(kind=TestKind.RAPID_ANTIGEN, sampled_on=day, place="Trạm Y tế")
        start = datetime(day.year, day.month, day.day, 7, 30)
        episode = EpisodeDraft(report_date=day, isolation_start=start, found_at=start, proposed_at=start)
        draft = F0Draft(person=person, episode=episode, tests=(test,), person_id=hit.id)
        register_f0(db, draft, catalog=catalog, by=register.user_id, now=moment)


def _issue(register: Register, catalog: Catalog, moment: datetime, *, ending: bool) -> list[Issued]:
    """Papers of that morning; some people keep waiting, so that the pictures have work to show."""
    db, today = register.db, moment.date()
    kind = kind_on(db, catalog, today, ending=ending)
    wanted = missing_papers(db, ending=True, catalog=catalog, today=today) if ending else _lacking(db, today)
    wanted = wanted[: -LEFT_ENDINGS if ending else -LEFT_ORDERS]
    found = (issue_one(db, kind, one, catalog=catalog, by=register.user_id, now=moment) for one in wanted)
    return [one for one in found if isinstance(one, Issued)]


def _lacking(db: Database, today: date) -> list[UUID]:
    """Who lacks an order, the first found first."""
    found = list_episodes(db, EpisodeFilter(EpisodeState.NEEDS_ORDER), today=today)
    lines = sorted(found.lines(0, len(found)), key=lambda line: (line.report_date, line.full_name))
    return [line.id for line in lines]
