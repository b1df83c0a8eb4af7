"""People at the hub: found within one commune, shown with their numbers masked, each look written into the record."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Text, or_, select, type_coerce
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.domain.citizen import grouped, masked
from covidstation.domain.merged import LEFT, MARK, survivor
from covidstation.domain.privacy import SENSITIVE, HiddenNumber, RevealReason, reason_problems
from covidstation.domain.text import clean, fold, name_sort_key
from covidstation.errors import Refused, UserError
from covidstation.hub.database.merged import behind_at, merged_at, standing_at
from covidstation.hub.database.store import Hub
from covidstation.hub.figures.twins import twins_of
from covidstation.hub.rows import RecordRow, StationRow
from covidstation.hub.staff.audit import HubAction, note
from covidstation.i18n import _
from covidstation.messages.fields import FIELDS
from covidstation.services.privacy.words import plain_value

MOST_FOUND: Final = 50
MOST_OF_KIND: Final = 20
LEAST_LETTERS: Final = 2
LEAST_DIGITS: Final = 4
OF_A_PERSON: Final = (
    "episode", "pathogen_test", "risk_assessment", "visit", "alert", "treatment", "hospitalization",
    "isolation_change", "phone_call", "follow_up", "contact", "case_notice",
    "chronic_condition", "chronic_visit",
)  # fmt: skip
"""What a person's page shows, in this order."""
NUMBERS: Final = frozenset(number.value for number in HiddenNumber)
_WHEN: Final = (
    "at", "report_date", "sampled_on", "given_at", "left_at", "assessed_at", "raised_at", "called_at", "due_on",
    "changed_at", "last_contact_on", "entered_at", "registered_on", "day",
)  # fmt: skip
_INSIDE: Final = frozenset(
    {
        "voids",
        "giving",
        "rule",
        "guideline",
        "medicine",
        "view",
        "card_extras",
        "rule_id",
        "round_key",
        "moved_to",
        MARK,
        LEFT,
    }
)
_ORDER: Final = {name: at for at, name in enumerate(FIELDS)}
_BIRTH: Final = ("birth_day", "birth_month", "birth_year")


@dataclass(frozen=True, slots=True)
class Found:
    """A person in a list, number masked. `moved_to`: the station that looks after them now, when it is another."""

    row: str
    name: str
    birth: str
    sex: str
    phone: str
    number: str
    moved_to: str = ""


@dataclass(frozen=True, slots=True)
class ShownField:
    """One field as people read it; `hidden` when it is a number that stands masked."""

    name: str
    label: str
    text: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One thing that happened to a person; `row` is its id."""

    table: str
    row: str
    when: str
    fields: tuple[ShownField, ...]


@dataclass(frozen=True, slots=True)
class PersonFile:
    """What the hub holds of one person, the newest of each kind first."""

    station: UUID
    station_name: str
    row: str
    name: str
    fields: tuple[ShownField, ...]
    rows: tuple[ShownRow, ...]
    more: int  # rows of these kinds that are not shown
    moved_to: str = ""  # the station that looks after them now, when it is another
    behind: tuple[tuple[str, str], ...] = ()  # id and name of the records that were merged into this one
    twins: int = 0  # records that may be of the same person

    @property
    def others(self) -> tuple[str, ...]:
        """The names of the records behind it."""
        return tuple(name for _row, name in self.behind)


def find_people(hub: Hub, station: UUID, typed: str, *, by: UUID, now: datetime) -> list[Found]:
    """People of one commune by name without marks, or by the last figures of a number.

    Noted in the record. Raises UserError hub_page.not_found, hub_page.search_short.
    """
    wanted = fold(typed)
    digits = "".join(letter for letter in typed if letter.isdigit())
    if len(wanted) < LEAST_LETTERS or (digits and len(digits) < LEAST_DIGITS):
        raise UserError("hub_page.search_short")
    with hub.db.read() as session:
        n = _station(session, station).n
        query = select(RecordRow.row, RecordRow.fields).where(
            RecordRow.station == n, RecordRow.tbl == "person", RecordRow.deleted.is_(False)
        )
        people = {row: fields for row, fields in session.execute(query)}
        merged = merged_at(session, n)
    fitting = {survivor(row, merged) for row, fields in people.items() if _fits(fields, wanted, digits)}
    found = [_found(row, people[row]) for row in fitting if row in people]
    found.sort(key=lambda one: (name_sort_key(one.name), one.row))
    with hub.db.write(None, now) as session:
        note(session, HubAction.SEE, by=by, now=now, station=n, detail={"what": "search", "people": len(found)})
    return found


def _station(session: Session, id: UUID) -> StationRow:
    row = session.scalars(select(StationRow).where(StationRow.id == id)).first()
    if row is None:
        raise UserError("hub_page.not_found")
    return row


def _fits(fields: Mapping[str, Any], wanted: str, digits: str) -> bool:
    if digits:
        return any(str(fields.get(name) or "").endswith(digits) for name in (*NUMBERS, "phone"))
    words = fold(str(fields.get("full_name") or "")).split()
    return all(any(word.startswith(part) for word in words) for part in wanted.split())


def _found(row: str, fields: Mapping[str, Any]) -> Found:
    number = str(fields.get("citizen_number") or fields.get("insurance_number") or "")
    return Found(
        row=row,
        name=clean(str(fields.get("full_name") or "")),
        birth=birth_text(fields),
        sex=str(fields.get("sex") or ""),
        phone=clean(str(fields.get("phone") or "")),
        number=masked(number),
        moved_to=clean(str(fields.get("moved_to") or "")),
    )


def birth_text(fields: Mapping[str, Any]) -> str:
    """`05/03/1968`, or as much of it as is known."""
    parts = [fields.get(name) for name in _BIRTH]
    return "/".join(f"{part:02d}" for part in parts if isinstance(part, int))


def see_person(hub: Hub, station: UUID, person: str, catalog: Catalog, *, by: UUID, now: datetime) -> PersonFile:
    """Everything that a page shows of a person; that it was looked at is noted first.

    Raises UserError hub_page.not_found.
    """
    with hub.db.read() as session:
        place = _station(session, station)
        person = standing_at(session, place.n, person)
        held = _person(session, place.n, person)
        behind = behind_at(session, place.n, person)
        rows, more = _rows_of(session, place.n, {person, *behind}, catalog)
        others = sorted(((one, _name(session, place.n, one)) for one in behind), key=lambda one: (one[1], one[0]))
        twins = len(twins_of(session, place.n, person))
    with hub.db.write(None, now) as session:
        note(session, HubAction.SEE, by=by, now=now, station=place.n, subject=person)
    name = clean(str(held.get("full_name") or ""))
    fields = tuple(shown_fields(held, catalog))
    moved_to = clean(str(held.get("moved_to") or ""))
    return PersonFile(place.id, place.name, person, name, fields, tuple(rows), more, moved_to, tuple(others), twins)


def _person(session: Session, station: int, person: str) -> Mapping[str, Any]:
    row = session.get(RecordRow, (station, "person", person))
    if row is None or row.deleted:
        raise UserError("hub_page.not_found")
    return row.fields


def _name(session: Session, station: int, person: str) -> str:
    row = session.get(RecordRow, (station, "person", person))
    return clean(str(row.fields.get("full_name") or "")) if row is not None else ""


def _rows_of(session: Session, station: int, people: set[str], catalog: Catalog) -> tuple[list[ShownRow], int]:
    text = type_coerce(RecordRow.fields, Text)
    query = select(RecordRow.tbl, RecordRow.row, RecordRow.fields).where(
        RecordRow.station == station,
        RecordRow.tbl.in_(OF_A_PERSON),
        RecordRow.deleted.is_(False),
        or_(*(text.contains(f'"person_id":"{person}"', autoescape=True) for person in sorted(people))),
    )
    of_kind: dict[str, list[ShownRow]] = {table: [] for table in OF_A_PERSON}
    for table, row, fields in session.execute(query):
        if fields.get("person_id") in people:
            when = next((str(fields[name]) for name in _WHEN if fields.get(name)), "")
            of_kind[table].append(ShownRow(table, row, when, tuple(shown_fields(fields, catalog))))
    found, more = [], 0
    for rows in of_kind.values():
        rows.sort(key=lambda row: row.when, reverse=True)
        found += rows[:MOST_OF_KIND]
        more += max(0, len(rows) - MOST_OF_KIND)
    return found, more


def shown_fields(fields: Mapping[str, Any], catalog: Catalog) -> Iterable[ShownField]:
    """Names and values of a record as it travels, in words; without what is empty or sensitive."""
    if any(fields.get(name) for name in _BIRTH):
        yield ShownField("birth", _("Ngày sinh"), birth_text(fields))
    for name, value in sorted(fields.items(), key=lambda pair: _ORDER.get(pair[0], len(_ORDER))):
        inside = name.endswith(("_id", "_rule", "_hash")) or name in _INSIDE or name in _BIRTH
        if inside or name in SENSITIVE or value in (None, "", [], {}, False):
            continue
        hidden = name in NUMBERS
        text = masked(str(value)) if hidden else value_text(name, value, catalog)
        yield ShownField(name, _(FIELDS.get(name, name)), text, hidden)


def value_text(name: str, value: Any, catalog: Catalog) -> str:
    """A value of the wire as people read it: days and moments in their order, codes in words, no hidden sign."""
    if value in (None, ""):
        return _("(để trống)")
    if name in NUMBERS:
        return masked(str(value))
    if isinstance(value, dict):
        return "; ".join(f"{clean(str(key))}: {clean(str(one))}" for key, one in value.items())[:500]
    return clean(plain_value(name, _parsed(value) if isinstance(value, str) else value, catalog))[:500]


def _parsed(text: str) -> str | date | datetime:
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        return datetime.fromisoformat(text) if len(text) >= 19 and text[4:5] == "-" else text
    except ValueError:
        return text


def reveal(
    hub: Hub,
    station: UUID,
    person: str,
    number: HiddenNumber,
    reason: RevealReason,
    words: str,
    *,
    by: UUID,
    now: datetime,
) -> str:
    """The whole number, in groups; noted before it is given.

    Raises Refused privacy.reason_missing; UserError hub_page.not_found.
    """
    words = clean(words)
    found = reason_problems(reason, words)
    if found:
        raise Refused(found)
    with hub.db.write(None, now) as session:
        place = _station(session, station)
        value = str(_person(session, place.n, person).get(number.value) or "")
        if not value:
            raise UserError("hub_page.not_found")
        detail = {"field": number.value, "reason": reason.value, **({"words": words} if words else {})}
        note(session, HubAction.REVEAL, by=by, now=now, station=place.n, subject=person, detail=detail)
    return grouped(value)
