"""The sheets for watching contacts (F1), gathered from the register."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.queries.contacts import ContactLine, get_contact
from covidstation.db.queries.people import get_person
from covidstation.db.queries.station import get_station
from covidstation.db.session import Database
from covidstation.domain.people import Person
from covidstation.domain.station import Station
from covidstation.errors import UserError
from covidstation.printing.sheets_contact import ContactSheet, render
from covidstation.services.contacts import quarantine_rules


def contact_sheets_pdf(db: Database, contact_ids: Sequence[UUID], catalog: Catalog, *, today: date) -> bytes:
    """The sheets of these contacts in one file, in the order given. Raises UserError contacts.unknown."""
    rules, station = quarantine_rules(db, catalog), get_station(db)
    sheets = []
    for contact_id in contact_ids:
        line = get_contact(db, contact_id, rules, today=today)
        person = get_person(db, line.person_id) if line else None
        if line is None or person is None:
            raise UserError("contacts.unknown")
        sheets.append(_sheet(line, person, station))
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


def _address(person: Person, hamlet: str) -> str:
    return ", ".join(filter(None, (person.address_detail, hamlet))) or person.address_printed


def _days(line: ContactLine, last: date | None) -> tuple[tuple[int, date], ...]:
    """From the day after the last contact to the end of watching oneself, numbered as the rule counts."""
    start, total, until = line.contact.last_contact_on, line.contact.quarantine_days, line.contact.quarantine_until
    if start is None or last is None or total is None or until is None:
        return ()
    first = until - timedelta(days=total - 1)  # the day that bears the number 1
    return tuple((at + 1, first + timedelta(days=at)) for at in range((last - first).days + 1))
