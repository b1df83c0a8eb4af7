"""Days of vaccination for the training commune: vaccine in the store, a fridge that is read twice a day, a session
that was held, one that is planned for tomorrow. The same for the same seed.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.vaccine_due import DueFilter
from covidstation.db.queries.vaccine_sessions import session_sheet
from covidstation.db.session import Database
from covidstation.domain.care import Vitals
from covidstation.domain.rights import Right
from covidstation.domain.supplies import ItemDraft, SupplyKind
from covidstation.domain.supply_rules import supply_rule_on
from covidstation.domain.vaccination.fridge import FridgeDraft, ReadingDraft
from covidstation.domain.vaccination.reactions import EventDraft, EventEnd
from covidstation.domain.vaccination.sessions import SessionDraft, SessionPart
from covidstation.errors import UserError
from covidstation.services.rights import needs
from covidstation.services.supplies.acts import ReceiptDraft, ReceiptLine, receive
from covidstation.services.training.care import NURSE
from covidstation.services.vaccination.closing import Counted, close_session
from covidstation.services.vaccination.due import due_on_day
from covidstation.services.vaccination.fridge import add_fridge, record_reading
from covidstation.services.vaccination.injecting import InjectionDraft, inject
from covidstation.services.vaccination.reactions import EndDraft, end_event, record_event
from covidstation.services.vaccination.seating import ConsentDraft, ScreeningDraft
from covidstation.services.vaccination.sessions import invite_people, open_session, plan_session
from covidstation.services.vaccination.takes import TakeDraft, lots_to_take, take_out

CAME: Final = 20  # days ago, from the district
HELD: Final = 4  # days ago, the session that was held
GIVEN, EXPECTED = 14, 40  # people of the one, of the other
READ_DAYS: Final = 14
VIALS: Final = {"Comirnaty (Pfizer-BioNTech)": 20, "Comirnaty (Pfizer-BioNTech) trẻ em": 12}
_EACH: Final = timedelta(minutes=4)
_SITS: Final = timedelta(minutes=32)


@needs(Right.MANAGE)
def seed_vaccination(db: Database, *, seed: int, catalog: Catalog, by: UUID | None, now: datetime) -> None:
    """Write them into a training register whose people, doses and store stand."""
    act: dict[str, Any] = {"by": by, "by_name": NURSE}
    random, today = Random(f"vaccination {seed}"), now.date()
    _bring(db, random, catalog, today, by, now)
    _read_fridge(db, random, catalog, now, act)
    _hold(db, random, catalog, now, act)
    _plan(db, catalog, now, act)


def _bring(db: Database, random: Random, catalog: Catalog, today: date, by: UUID | None, now: datetime) -> None:
    items = [one for one in supply_rule_on(catalog.supply_rules, today).items if one.kind is SupplyKind.VACCINE]
    lines = tuple(_line(random, one, today) for one in items if one.name in VIALS)
    came = ReceiptDraft(
        day=today - timedelta(days=CAME), partner="Trung tâm Y tế", document="PX 57", lines=lines, by_name=NURSE
    )
    receive(db, came, by=by, now=now)


def _line(random: Random, item: ItemDraft, today: date) -> ReceiptLine:
    expiry = today + timedelta(days=random.randint(25, 70))
    number = f"FN{random.randint(1000, 9999)}"
    return ReceiptLine(new=item, number=number, expiry=expiry, quantity=VIALS[item.name] * item.pack_size)


def _read_fridge(db: Database, random: Random, catalog: Catalog, now: datetime, act: dict[str, Any]) -> None:
    """Morning and afternoon, one of them missed; all within the bounds."""
    first = now.date() - timedelta(days=READ_DAYS)
    fridge = FridgeDraft(name="Tủ lạnh TCW 40", place="Phòng tiêm", kept_from=first)
    one = add_fridge(db, fridge, now=now, **act).value
    for days in range(READ_DAYS):
        for hour in (time(7, 15), time(16, 30)):
            if days == READ_DAYS // 2 and hour.hour > time(12).hour:
                continue
            at = datetime.combine(first + timedelta(days=days), hour)
            said = ReadingDraft(fridge_id=one.id, at=at, temperature=random.randint(32, 62))
            record_reading(db, said, catalog=catalog, now=now, sure=True, **act)


def _hold(db: Database, random: Random, catalog: Catalog, now: datetime, act: dict[str, Any]) -> None:
    """The session of some days ago: most were vaccinated, one had a sore arm."""
    day = now.date() - timedelta(days=HELD)
    people = due_on_day(db, DueFilter(), catalog=catalog, now=now, day=day)[:GIVEN]
    session = _planned(db, day, 4, catalog, now, act)
    if session is None or not people:
        return
    invite_people(db, session, people, now=now, **act)
    open_session(db, session, by=act["by"], now=now)
    at, given = datetime.combine(day, time(7, 40)), []
    for person in people:
        at += _EACH
        well = ScreeningDraft(vitals=Vitals(temperature=random.randint(362, 371), pulse=random.randint(64, 92)))
        said = InjectionDraft(vaccinator=NURSE, at=at, left_at=at + _SITS)
        try:
            done = inject(
                db, session, person, said, catalog=catalog, now=now, screening=well, consent=ConsentDraft(), **act
            )
        except UserError:  # another vaccine, a sheet that asks for more is left to who learns
            continue
        given.append((person, done.value.dose.id))
    if given:
        who, dose = given[0]
        sore = EventDraft(person_id=who, dose_id=dose, kinds=("PAIN",), began_at=datetime.combine(day, time(18)))
        event = record_event(db, sore, catalog=catalog, now=now, **act).value
        end_event(db, event.id, EndDraft(end=EventEnd.RECOVERED), by=act["by"], now=now)
    sheet = session_sheet(db, session)
    assert sheet is not None
    counted = {one.id: Counted(one.unopened * one.per_vial) for one in sheet.takes}
    close_session(db, session, counted, catalog=catalog, now=now, sure=True, **act)


def _plan(db: Database, catalog: Catalog, now: datetime, act: dict[str, Any]) -> None:
    day = now.date() + timedelta(days=1)
    session = _planned(db, day, 8, catalog, now, act)
    people = due_on_day(db, DueFilter(), catalog=catalog, now=now, day=day)[:EXPECTED]
    if session is not None and people:
        invite_people(db, session, people, now=now, **act)


def _planned(db: Database, day: date, vials: int, catalog: Catalog, now: datetime, act: dict[str, Any]) -> UUID | None:
    """A morning at the station with vials of every lot that may be given."""
    draft = SessionDraft(day=day, part=SessionPart.MORNING, campaign="Đợt tiêm bổ sung", team=NURSE)
    session = plan_session(db, draft, now=now, sure=True, **act).value
    for lot in lots_to_take(db, catalog=catalog, day=day, today=now.date()):
        take = TakeDraft(lot_id=lot.lot_id, vials=vials, per_vial=lot.per_vial)
        take_out(db, session, take, catalog=catalog, now=now, **act)
    return session
