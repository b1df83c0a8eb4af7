"""Records of a station as the district asks about and corrects them: found by id or by name, changed with a reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.domain.belongings import BELONGINGS, PERSON
from covidstation.domain.canonical import is_hex
from covidstation.domain.dates import PartialDate
from covidstation.domain.district import ItemKind
from covidstation.domain.episodes import CaseClassification, CaseOutcome
from covidstation.domain.merged import survivor
from covidstation.domain.people import Answer, Sex
from covidstation.domain.text import clean, clean_block, fold
from covidstation.errors import UserError
from covidstation.hub.database.holding import hold_stations
from covidstation.hub.database.merged import merged_at, standing_at
from covidstation.hub.database.records import load_records
from covidstation.hub.database.store import Hub
from covidstation.hub.down.hearing import pass_on
from covidstation.hub.down.items import ITEM, Author, ItemDraft, item_fields, new_item
from covidstation.hub.down.stream import Change, say
from covidstation.hub.rows import ItemRow, RecordRow, StationRow
from covidstation.hub.staff.audit import PROGRAM, HubAction, note
from covidstation.i18n import _
from covidstation.messages.fields import FIELDS

_TEXT, _DAY = "text", "day"
_YEAR, _MONTH, _DAY_OF_MONTH, _DOSES = range(1900, 2101), range(1, 13), range(1, 32), range(21)
CORRECTABLE: Final[Mapping[str, Mapping[str, Any]]] = {
    PERSON: {
        **dict.fromkeys(("full_name", "citizen_number", "old_citizen_number", "insurance_number", "phone"), _TEXT),
        **dict.fromkeys(("address_printed", "address_unit", "address_detail", "occupation", "workplace"), _TEXT),
        **dict.fromkeys(("father_name", "mother_name"), _TEXT),
        "birth_year": _YEAR,
        "birth_month": _MONTH,
        "birth_day": _DAY_OF_MONTH,
        "citizen_issued_on": _DAY,
        "sex": Sex,
        "pregnancy": Answer,
    },
    "episode": {
        **dict.fromkeys(("outcome_place", "outcome_note", "isolation_address", "note"), _TEXT),
        **dict.fromkeys(("report_date", "onset_date", "last_dose_on", "outcome_on"), _DAY),
        "classification": CaseClassification,
        "outcome": CaseOutcome,
        "doses_known": _DOSES,
    },
    "contact": {
        "note": _TEXT,
        **dict.fromkeys(("report_date", "last_contact_on", "last_dose_on", "recovered_on"), _DAY),
        "doses_known": _DOSES,
    },
    "hospitalization": dict.fromkeys(("facility", "reason", "state", "course", "return_note"), _TEXT),
    "follow_up": {"note": _TEXT, "due_on": _DAY},
}
"""What the district may correct: nothing that names another row or is computed, and no clinical event, which only the
station voids by another. A code is one of its codes: no value comes to a station that its program cannot read."""

_NEEDED: Final = frozenset(
    {"full_name", "sex", "pregnancy", "report_date", "classification", "outcome", "facility", "due_on"}
)
MOST_VALUE: Final = 500  # letters


def checked_value(table: str, name: str, value: Any) -> Any:
    """The value in its JSON form; None clears. Raises UserError district.field_unknown, district.field_value."""
    known = CORRECTABLE.get(table, {})
    if name not in known:
        raise UserError("district.field_unknown", field=name, fields=", ".join(sorted(known)))
    kind = known[name]
    empty = value is None or (isinstance(value, str) and not value.strip())
    try:
        if empty and name in _NEEDED:
            raise ValueError(name)
        if empty:
            return "" if kind is _TEXT else None
        if kind is _TEXT:
            return _text(value)
        if kind is _DAY:
            return date.fromisoformat(str(value)).isoformat()
        if isinstance(kind, range):
            return kind[kind.index(int(value))]
        return kind(str(value)).value
    except ValueError as trouble:
        raise UserError("district.field_value", field=name) from trouble


def _text(value: Any) -> str:
    text = clean(str(value))
    if not text or len(text) > MOST_VALUE:
        raise ValueError(value)
    return text


def check_birth(fields: Mapping[str, Any]) -> None:
    """The birth as it would stand then. Raises UserError district.field_value."""
    year, month, day = (fields.get(name) for name in ("birth_year", "birth_month", "birth_day"))
    try:
        if year is not None or month is not None or day is not None:
            PartialDate(year, month, day)  # type: ignore[arg-type]  # which is what is tried here
    except (ValueError, TypeError) as trouble:
        raise UserError("district.field_value", field="birth_day") from trouble


def find_record(session: Session, station: StationRow, wanted: str) -> tuple[str, str]:
    """Table and id of a record: by its id, or the person of exactly that name (marks and capitals do not count).

    Raises UserError district.which_record, district.many_records.
    """
    if is_hex(wanted, 32):
        query = select(RecordRow.tbl).where(
            RecordRow.station == station.n, RecordRow.row == wanted, RecordRow.deleted.is_(False)
        )
        tables = [table for table in session.scalars(query) if any(one.table == table for one in BELONGINGS)]
        if tables:
            return tables[0], wanted
    people = select(RecordRow.row, RecordRow.fields).where(
        RecordRow.station == station.n, RecordRow.tbl == PERSON, RecordRow.deleted.is_(False)
    )
    name, merged = fold(wanted), merged_at(session, station.n)
    named = (row for row, fields in session.execute(people) if name and fold(str(fields.get("full_name", ""))) == name)
    found = sorted({survivor(row, merged) for row in named})
    if not found:
        raise UserError("district.which_record", name=wanted, station=station.name)
    if len(found) > 1:
        ids = ", ".join(found[:10])
        raise UserError("district.many_records", name=wanted, station=station.name, n=len(found), ids=ids)
    return PERSON, found[0]


def correct_record(
    session: Session,
    hub: Hub,
    station: StationRow,
    record: tuple[str, str],
    fields: Mapping[str, Any],
    reason: str,
    author: Author,
    *,
    now: datetime,
) -> ItemRow:
    """Change fields of a station's record, and tell the station what and why, in one transaction of lines.

    Values in their JSON form, None clears. Raises UserError district.field_unknown, district.field_value,
    district.reason_missing, district.which_record.
    """
    table, row = record
    if table == PERSON:
        record = table, row = PERSON, standing_at(session, station.n, row)
    fields = {name: checked_value(table, name, value) for name, value in fields.items()}
    reason = clean_block(reason)
    if not clean(reason):
        raise UserError("district.reason_missing")
    hold_stations(session, station.n)
    held = load_records(session, station.n, [record]).get(record)
    if held is None or held.deleted:
        raise UserError("district.which_record", name=row, station=station.name)
    if table == PERSON:
        check_birth({**held.fields, **fields})
    old = {name: held.fields.get(name) for name in fields}
    names = ", ".join(_(FIELDS.get(name, name)) for name in fields)
    draft = ItemDraft(
        kind=ItemKind.ANNOUNCEMENT,
        title=_("Huyện sửa: {names}").format(names=names)[:200],
        body=reason,
        station=station.n,
        about=record,
        data={"correction": {"old": old, "new": dict(fields)}},
    )
    item = new_item(session, draft, author, now)
    changes = [Change(table, UUID(hex=row), "u", fields), Change(ITEM, item.id, "i", item_fields(item))]
    ops = say(session, hub, station.n, changes, by=author.id, now=now)
    pass_on(session, hub, station.n, ops, now=now)
    detail = {"what": "correct", "item": item.id.hex}
    note(session, HubAction.DECIDE, by=author.id or PROGRAM, now=now, station=station.n, subject=row, detail=detail)
    return item


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction as it was told: `values` are field, old and new value, as they travel."""

    item: ItemRow
    table: str
    row: str
    values: tuple[tuple[str, Any, Any], ...]


def corrections(session: Session, *, skip: int = 0, most: int = 40) -> tuple[list[Correction], int]:
    """What the district corrected, the newest first; and how many there are."""
    query = select(ItemRow).where(ItemRow.kind == ItemKind.ANNOUNCEMENT.value, ItemRow.about_row.is_not(None))
    found = [
        _correction(row)
        for row in session.scalars(query.order_by(ItemRow.made_at.desc(), ItemRow.id))
        if isinstance((row.data or {}).get("correction"), dict)
    ]
    return found[skip : skip + most], len(found)


def _correction(row: ItemRow) -> Correction:
    said = (row.data or {})["correction"]
    old, new = said.get("old") or {}, said.get("new") or {}
    return Correction(
        row, row.about_tbl or "", row.about_row or "", tuple((name, old.get(name), new[name]) for name in new)
    )


def held_fields(session: Session, station: int, table: str, row: str) -> Mapping[str, Any] | None:
    """The record that may be corrected as it stands; None for any other."""
    if table not in CORRECTABLE:
        return None
    held = load_records(session, station, [(table, row)]).get((table, row))
    return held.fields if held is not None and not held.deleted else None
