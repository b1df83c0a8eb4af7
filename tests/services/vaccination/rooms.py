"""A vaccination session with vaccine in the store, and short words for what is done in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.db.queries.vaccine_seats import SeatLine, seats
from covidstation.db.queries.vaccine_sessions import SessionSheet, session_sheet, sessions
from covidstation.db.rows import SupplyItemRow
from covidstation.db.session import Database
from covidstation.domain.care import Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.supplies import ItemDraft, SupplyKind
from covidstation.domain.vaccination.reactions import EventDraft, EventEnd
from covidstation.domain.vaccination.sessions import SessionDraft, SessionPart, SessionStatus, WasteReason
from covidstation.errors import Refused, UserError
from covidstation.messages import sentences
from covidstation.services.people import register_person
from covidstation.services.vaccination.closing import Counted, close_session
from covidstation.services.vaccination.injecting import Injected, InjectionDraft, inject
from covidstation.services.vaccination.reactions import EndDraft, end_event, record_event
from covidstation.services.vaccination.seating import ConsentDraft, ScreeningDraft
from covidstation.services.vaccination.sessions import invite_people, open_session, plan_session
from covidstation.services.vaccination.takes import TakeDraft, take_out
from covidstation.services.vaccination.vials import WasteDraft, void_waste, waste_doses
from covidstation.services.vaccination.without import WithoutDraft, send_without
from tests.services.samples import NOW, TODAY, USER, catalog, neighbour
from tests.services.supplies.store import LATER, bring, keep

PFIZER = ItemDraft(
    kind=SupplyKind.VACCINE, name="Comirnaty", unit="liều", pack_size=6, kept_from=TODAY - timedelta(days=60)
)
ASTRA = replace(PFIZER, name="AstraZeneca", pack_size=10)
COMIRNATY = "EU/1/20/1528"
WHO: dict[str, Any] = {"by": None, "by_name": USER}
WELL = ScreeningDraft(vitals=Vitals(temperature=367))
YES = ConsentDraft()


def vaccine(
    db: Database,
    doses: int = 60,
    *,
    number: str = "FK0112",
    expiry: date | None = LATER,
    item: str = "Comirnaty",
    strength: str = "",
    day: date = TODAY,
) -> UUID:
    """A lot of Comirnaty, brought on that day; the lot. The item is kept already, or is from now on."""
    with db.read() as session:
        known = session.scalars(select(SupplyItemRow.id).where(SupplyItemRow.name == item)).first()
    return bring(
        db,
        known or keep(db, replace(PFIZER, name=item, strength=strength)),
        doses,
        day=day,
        number=number,
        expiry=expiry,
    )


def planned(db: Database, lot: UUID | None = None, vials: int = 2, *, day: date = TODAY, now: datetime = NOW) -> UUID:
    """A session of that day, which takes vials of the lot along."""
    draft = SessionDraft(day=day, part=SessionPart.MORNING, campaign="Đợt 3")
    one = plan_session(db, draft, now=now, sure=True, **WHO).value
    if lot is not None:
        take(db, one, lot, vials, now=now)
    return one


def take(db: Database, session_id: UUID, lot: UUID, vials: int, *, per_vial: int = 6, now: datetime = NOW) -> UUID:
    """Take vials along."""
    known = next((one.vials for one in sheet(db, session_id).takes if one.lot_id == lot), None)
    draft = TakeDraft(lot_id=lot, vials=vials, per_vial=per_vial, was=known)
    return take_out(db, session_id, draft, catalog=catalog(), now=now, **WHO).value


def running(db: Database, lot: UUID, vials: int = 2, *, day: date = TODAY, now: datetime = NOW) -> UUID:
    """The same, begun."""
    one = planned(db, lot, vials, day=day, now=now)
    open_session(db, one, by=None, now=now)
    return one


def person(db: Database, number: int, **changes: Any) -> UUID:
    """An adult neighbour."""
    said = {"birth": PartialDate(1985, 6, 1), "sex": Sex.MALE, **changes}
    draft: PersonDraft = replace(neighbour(number), household_id=None, **said)
    return register_person(db, draft, catalog=catalog(), by=None, now=NOW).value.id


def jab(
    db: Database, session_id: UUID, who: UUID, *, now: datetime = NOW, sure: bool = False, **changes: Any
) -> Injected:
    """Everything at once, as the desk does it when all is well."""
    draft: InjectionDraft = changes.pop("draft", InjectionDraft())
    said: dict[str, Any] = {"screening": WELL, "consent": YES, **changes}
    return inject(db, session_id, who, draft, catalog=catalog(), now=now, sure=sure, **said, **WHO).value


def sheet(db: Database, session_id: UUID) -> SessionSheet:
    """The session with its vials."""
    found = session_sheet(db, session_id)
    assert found is not None
    return found


def seat(db: Database, session_id: UUID, who: UUID) -> SeatLine:
    """Somebody's line."""
    return next(one for one in seats(db, session_id) if one.person_id == who)


def ended(
    db: Database, session_id: UUID, left: int, reason: str = "", *, now: datetime = NOW, sure: bool = True
) -> None:
    """Ended with what was counted of its one take."""
    counted = {sheet(db, session_id).takes[0].id: Counted(left, reason)}
    close_session(db, session_id, counted, catalog=catalog(), now=now, sure=sure, **WHO)


def whole_session(db: Database) -> None:
    """One was vaccinated and had a reaction, one put off; a dose was lost, and was not; ended one vial short;
    another still runs."""
    act: dict[str, Any] = {"catalog": catalog(), "now": NOW, **WHO}
    well, ill = (person(db, number) for number in (86, 87))
    lot = vaccine(db)
    one = planned(db, lot, 2)
    invite_people(db, one, [well, ill], now=NOW, **WHO)
    open_session(db, one, by=None, now=NOW)
    given = jab(db, one, well)
    put_off = WithoutDraft(reason="Đang sốt", again_on=TODAY + timedelta(days=14))
    send_without(db, one, ill, put_off, **act)
    event = EventDraft(person_id=well, dose_id=given.dose.id, kinds=("PAIN",), began_at=NOW.replace(tzinfo=None))
    end_event(db, record_event(db, event, **act).value.id, EndDraft(end=EventEnd.RECOVERED), by=None, now=NOW)
    broken = WasteDraft(take_id=sheet(db, one).takes[0].id, reason=WasteReason.BROKEN)
    void_waste(db, waste_doses(db, broken, now=NOW, **WHO).value, now=NOW, **WHO)
    ended(db, one, 0, "Một lọ thất lạc")
    jab(db, running(db, lot, 4), person(db, 88))  # another session, which still runs


def runs(db: Database) -> UUID:
    """The session that `whole_session` left open."""
    return next(one.id for one in sessions(db) if one.status is SessionStatus.OPEN)


def refused(act: Callable[[], object]) -> set[str]:
    """The codes with which the act is refused, each with its sentence."""
    with pytest.raises(Refused) as trouble:
        act()
    assert all(sentences(trouble.value))
    return {one.code for one in trouble.value.problems}


def code(act: Callable[[], object]) -> str:
    """The code of the trouble that the act meets."""
    with pytest.raises(UserError) as trouble:
        act()
    assert all(sentences(trouble.value))
    return trouble.value.code
