"""Asking after the health of contacts (F1): a visit or a call, what was found, or that nobody was met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.ids import new_id
from covidstation.db.rows import PersonRow, VisitRow
from covidstation.db.session import Database
from covidstation.domain.care import VisitMeans, VisitStatus, Vitals, round_of
from covidstation.domain.monitoring import check_vitals
from covidstation.domain.problems import Problem, errors
from covidstation.domain.rights import Right
from covidstation.domain.text import TEXT_LIMIT, clean
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Done, Kind, done
from covidstation.services.contacts.register import contact_in, refuse_closed
from covidstation.services.rights import needs


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactCheck:
    """What was found. Temperature in tenths of °C; no symptoms means that they were asked for and there were none."""

    status: VisitStatus = VisitStatus.COOPERATIVE
    means: VisitMeans = VisitMeans.VISIT
    temperature: int | None = None
    symptoms: frozenset[str] = frozenset()
    note: str = ""  # why not met, when nobody was
    by_name: str = ""


def check_contact_check(check: ContactCheck) -> list[Problem]:
    """What cannot be, and what is seldom so."""
    found = check_vitals(Vitals(temperature=check.temperature))
    met = check.status is VisitStatus.COOPERATIVE
    if not met and not clean(check.note):
        found.append(Problem("note", "contacts.reason_missing"))
    if not met and (check.temperature is not None or check.symptoms):
        found.append(Problem("status", "contacts.met_or_not"))
    if len(check.note) > TEXT_LIMIT:
        found.append(Problem("note", "episodes.text_long", {"count": str(len(check.note)), "most": str(TEXT_LIMIT)}))
    return found


@needs(Right.ENTER)
def record_contact_checks(
    db: Database,
    contact_ids: Sequence[UUID],
    check: ContactCheck,
    *,
    by: UUID | None,
    now: datetime,
    again: bool = False,
) -> Done[int]:
    """The same finding of one or several contacts, now; all or none. The value is how many.

    Raises Refused; UserError contacts.unknown, contacts.closed, contacts.became_case; contacts.already_checked when
    one of them was met or called in this half of the day already, unless `again`.
    """
    found = errors(check_contact_check(check))
    if found:
        raise Refused(found)
    with db.write(by, now) as session:
        for contact_id in contact_ids:
            row = _row(session, contact_id, check, now)
            if not again:
                _see_others(session, row)
            session.add(row)
    return done(len(contact_ids), Kind.CONTACTS, Kind.CARE)


def _see_others(session: Session, row: VisitRow) -> None:
    """Two people at two desks: who comes second is told, before anything is saved. Not met is no check yet."""
    query = select(VisitRow).where(
        VisitRow.contact_id == row.contact_id,
        VisitRow.day == row.day,
        VisitRow.round == row.round,
        VisitRow.status == VisitStatus.COOPERATIVE.value,
    )
    held = session.scalars(query.order_by(VisitRow.n.desc()).limit(1)).first()
    if held is not None:
        name = session.scalars(select(PersonRow.full_name).where(PersonRow.id == row.person_id)).one()
        raise UserError("contacts.already_checked", name=name, who=held.by_name or "—", when=f"{held.at:%H:%M %d/%m}")


def _row(session: Session, contact_id: UUID, check: ContactCheck, now: datetime) -> VisitRow:
    contact, _person = contact_in(session, contact_id)
    refuse_closed(contact)
    met = check.status is VisitStatus.COOPERATIVE
    return VisitRow(
        id=new_id(),
        person_id=contact.person_id,
        contact_id=contact.id,
        at=now.replace(second=0, microsecond=0, tzinfo=None),
        day=now.date(),
        round=round_of(now).value,
        status=check.status.value,
        means=check.means.value,
        reason="" if met else clean(check.note),
        temperature=check.temperature,
        symptoms=sorted(check.symptoms),
        signs_asked=met,
        note=clean(check.note) if met else "",
        by_name=clean(check.by_name),
    )
