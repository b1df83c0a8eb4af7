"""The sheets for watching contacts (F1), gathered from the register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select

from covidstation.catalog import Catalog
from covidstation.db.queries.contacts import ContactLine, get_contact
from covidstation.db.queries.people import get_person
from covidstation.db.queries.station import get_station
from covidstation.db.rows import VisitRow
from covidstation.db.session import Database
from covidstation.domain.care import VisitStatus
from covidstation.domain.people import Person
from covidstation.domain.rights import Right
from covidstation.domain.station import Station
from covidstation.errors import UserError
from covidstation.printing.sheets_contact import ContactSheet, render
from covidstation.services.access.audit import prints
from covidstation.services.contacts.register import quarantine_rules
from covidstation.services.rights import needs

_CROSS: Final = "X"
_SIGNS: Final = (  # the columns of the annex, by codes of resources/rules/symptoms.toml
    frozenset({"fever"}),
    frozenset({"cough", "coughWithSputum"}),
    frozenset({"soreThroat"}),
    frozenset({"runnyNose"}),
    frozenset({"musclePain", "fatigue", "chillsSweats"}),
    frozenset({"difficultyBreathing"}),
)


@needs(Right.PRINT)
@prints("contact_sheets")
def contact_sheets_pdf(db: Database, contact_ids: Sequence[UUID], catalog: Catalog, *, today: date) -> bytes:
    """The sheets of these contacts in one file, in the order given. Raises UserError contacts.unknown."""
    rules, station = quarantine_rules(db, catalog), get_station(db)
    sheets = []
    for contact_id in contact_ids:
        line = get_contact(db, contact_id, rules, today=today)
        person = get_person(db, line.person_id) if line else None
        if line is None or person is None:
            raise UserError("contacts.unknown")
        sheets.append(replace(_sheet(line, person, station), known=_known(db, contact_id)))
    return render(sheets, training=station.training)


def _sheet(line: ContactLine, person: Person, station: Station) -> ContactSheet:
    contact, quarantine = line.contact, line.quarantine
    until = contact.quarantine_until
    return ContactSheet(
        name=line.full_name,
        birth=person.birth.text() if person.birth else "",
        phone=person.phone,
        address=contact.quarantine_address or _address(person, line.hamlet),
        source=line.source,
        last_contact_on=contact.last_contact_on,
        days=_days(line, max(filter(None, (until, quarantine.watch_until if quarantine else None)), default=None)),
        until=until,
        station=station.name,
        station_phone=station.phone,
        free=not line.isolated,
    )


def _known(db: Database, contact_id: UUID) -> dict[date, tuple[str, ...]]:
    """The checks of each day as cells: the highest temperature, a cross at each sign, or that nobody was met."""
    query = select(VisitRow).where(VisitRow.contact_id == contact_id).order_by(VisitRow.day, VisitRow.n)
    with db.read() as session:
        rows = list(session.scalars(query))
    voided = {row.voids for row in rows}
    held: dict[date, list[VisitRow]] = {}
    for row in rows:
        if row.voids is None and row.id not in voided:
            held.setdefault(row.day, []).append(row)
    return {day: _cells(checks) for day, checks in held.items()}


def _cells(checks: Sequence[VisitRow]) -> tuple[str, ...]:
    met = [row for row in checks if row.status == VisitStatus.COOPERATIVE.value]
    if not met:
        return (*("",) * (len(_SIGNS) + 3), _CROSS)
    hottest = max((row.temperature for row in met if row.temperature is not None), default=None)
    heat = "" if hottest is None else f"{hottest // 10},{hottest % 10}"
    found = {code for row in met for code in row.symptoms}
    signs = tuple(_CROSS if found & codes else "" for codes in _SIGNS)
    return (heat, *signs, "" if found else _CROSS, _CROSS if found else "", "")


def _address(person: Person, hamlet: str) -> str:
    return ", ".join(filter(None, (person.address_detail, hamlet))) or person.address_printed


def _days(line: ContactLine, last: date | None) -> tuple[tuple[int, date], ...]:
    """From the day after the last contact to the end of watching oneself, numbered as the rule counts."""
    start, total, until = line.contact.last_contact_on, line.contact.quarantine_days, line.contact.quarantine_until
    if start is None or last is None or total is None or until is None:
        return ()
    first = until - timedelta(days=total - 1)  # the day that bears the number 1
    return tuple((at + 1, first + timedelta(days=at)) for at in range((last - first).days + 1))
