"""Records that the district corrects: the form with what stands, the reason, and what stations said to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import EnumMeta, StrEnum
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.domain.belongings import PERSON
from covidstation.domain.canonical import is_hex
from covidstation.domain.text import clean, fold
from covidstation.errors import UserError
from covidstation.hub.database.store import aware
from covidstation.hub.down.correcting import CORRECTABLE, Correction, correct_record, corrections, held_fields
from covidstation.hub.down.items import ItemState, states_of
from covidstation.hub.figures.overview import station_by_id
from covidstation.hub.figures.people import NUMBERS, value_text
from covidstation.hub.rows import ConflictRow, RecordRow, StationRow
from covidstation.hub.staff.audit import HubAction, note
from covidstation.hub.web.frame import PAGE, Answer, Ask, Go, Sheet, Show
from covidstation.hub.web.moving import author_of
from covidstation.hub.web.telling import said_at
from covidstation.i18n import _
from covidstation.messages.fields import FIELDS, ROWS
from covidstation.services.tables import SheetTable, Value

MOST_SHEET: Final = 5_000
MOST_UNITS: Final = 6  # communes of one name that a sentence lists
LAST_WITH_DISTRICTS: Final = date(2025, 6, 30)  # addresses before the law on communes of July 2025
UNIT: Final = "address_unit"
CODED: Final = frozenset({UNIT})  # a code of the units, which nobody knows by heart: asked for by name


@dataclass(frozen=True, slots=True)
class FormField:
    """One field that may be corrected. `value` as it stands in the form.

    `kind`: text, date, number, choice, unit, hidden.
    A number of a card is `hidden`: `shown` is masked, and an empty field leaves it as it is. A commune is a `unit`,
    typed by name; `choices` are those of the station's province.
    """

    name: str
    label: str
    kind: str
    value: str
    shown: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    least: int = 0
    most: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """One correction in the list."""

    told: Correction
    who: str
    person: str
    station: StationRow
    row_word: str
    values: tuple[tuple[str, str, str], ...]  # label, old, new
    state: ItemState | None
    conflict: str  # id of an open one about that record, or empty


def show_corrections(ask: Ask) -> Answer:
    """All of them, the newest first, with what the station answered."""
    skip = ask.skip()
    lines, total = _corrected(ask, skip, PAGE)
    values = {"lines": lines, "total": total, "skip": skip, "page": PAGE, "aware": aware, "said_at": said_at}
    return Show("corrections.html", values)


def _corrected(ask: Ask, skip: int, most: int) -> tuple[list[Corrected], int]:
    with ask.hub.db.read() as session:
        told, total = corrections(session, skip=skip, most=most)
        states = states_of(session, [one.item for one in told])
        lines = [_line(session, ask, one, states[one.item.id]) for one in told if one.item.station is not None]
    if lines:
        detail: dict[str, str | int] = {"what": "corrections", "people": len({one.person for one in lines})}
        with ask.hub.db.write(None, ask.now) as session:
            note(session, HubAction.SEE, by=ask.by, now=ask.now, detail=detail)
    return lines, total


def _line(session: Session, ask: Ask, told: Correction, states: list[ItemState]) -> Corrected:
    n = told.item.station or 0
    person = told.row if told.table == PERSON else str(_fields(session, n, told.table, told.row).get("person_id") or "")
    open_one = select(ConflictRow.id).where(
        ConflictRow.station == n,
        ConflictRow.tbl == told.table,
        ConflictRow.row == told.row,
        ConflictRow.decided_at.is_(None),
    )
    found = session.scalars(open_one.limit(1)).first()
    values = tuple(
        (_(FIELDS.get(name, name)), value_text(name, old, ask.catalog), value_text(name, new, ask.catalog))
        for name, old, new in told.values
    )
    return Corrected(
        told=told,
        who=clean(str(_fields(session, n, PERSON, person).get("full_name") or "")),
        person=person,
        station=session.get_one(StationRow, n),
        row_word=_(ROWS[told.table]) if told.table in ROWS else told.table,
        values=values,
        state=states[0] if states else None,
        conflict=found.hex if found is not None else "",
    )


def _fields(session: Session, station: int, table: str, row: str) -> Mapping[str, Any]:
    held = session.get(RecordRow, (station, table, row)) if row else None
    return held.fields if held is not None else {}


def _record(ask: Ask, session: Session) -> tuple[StationRow, str, str, Mapping[str, Any]]:
    """The record of the address. Raises UserError hub_page.not_found."""
    station, table, row = station_by_id(session, ask.id()), ask.parts["table"], ask.parts["row"]
    held = held_fields(session, station.n, table, row) if station is not None and is_hex(row, 32) else None
    if station is None or held is None:
        raise UserError("hub_page.not_found")
    return station, table, row, held


def show_form(ask: Ask) -> Answer:
    """What stands, field by field; what was typed stays when it was refused."""
    with ask.hub.db.read() as session:
        station, table, row, held = _record(ask, session)
        person = row if table == PERSON else str(held.get("person_id") or "")
        name = clean(str(_fields(session, station.n, PERSON, person).get("full_name") or ""))
        moved_to = clean(str(_fields(session, station.n, PERSON, person).get("moved_to") or ""))
    with ask.hub.db.write(None, ask.now) as session:
        note(session, HubAction.SEE, by=ask.by, now=ask.now, station=station.n, subject=person or None)
    fields = [
        unit_field(held.get(name), station, ask) if name == UNIT else form_field(name, kind, held.get(name), ask)
        for name, kind in CORRECTABLE[table].items()
    ]
    typed = {one.name: ask.text(one.name) if ask.trouble else one.value for one in fields}
    was = {one.name: ask.text(_was(one.name)) if ask.trouble else one.value for one in fields}
    values = {
        "station": station, "table": table, "row": row, "person": person, "name": name, "fields": fields,
        "row_word": _(ROWS[table]) if table in ROWS else table, "typed": typed, "was": was,
        "reason": ask.text("reason", 2_000), "moved_to": moved_to,
        "cleared": {one.name for one in fields if ask.text(_clear(one.name))},
    }  # fmt: skip
    return Show("correct.html", values)


def unit_field(value: Any, station: StationRow, ask: Ask) -> FormField:
    """The commune of an address, by name; those of the station's province are offered."""
    units, text = ask.catalog.units, str(value or "")
    own = units.find(station.commune, ask.today) or next(iter(units.successors(station.commune)), None)
    near = units.communes(ask.today, own.province) if own is not None else ()
    names = tuple((one.code, _unit_words(one.code, ask)) for one in near)
    return FormField(UNIT, _(FIELDS[UNIT]), "unit", _unit_words(text, ask) if text else "", choices=names)


def _unit_words(code: str, ask: Ask) -> str:
    """A commune with all above it, of today or of the days when it was one; a code that nobody knows as it stands."""
    units = ask.catalog.units
    for day in (ask.today, LAST_WITH_DISTRICTS):
        if units.find(code, day) is not None:
            return units.full_name(code, day)
    return code


def _unit_typed(typed: str, ask: Ask) -> str:
    """The code of the commune that was typed. Raises UserError hub_page.unit_unknown, hub_page.unit_many."""
    units = ask.catalog.units
    found = units.search(typed.replace(",", " "), ask.today, limit=MOST_UNITS + 1)
    named = [one for one in found if fold(units.full_name(one.code, ask.today)) == fold(typed)]
    alike = [one for one in found if fold(typed) in (fold(one.name), fold(one.label), one.code)]
    picked = named or alike or found
    if not picked:
        raise UserError("hub_page.unit_unknown", name=typed)
    if len(picked) > 1:
        names = "; ".join(units.full_name(one.code, ask.today) for one in picked[:MOST_UNITS])
        raise UserError("hub_page.unit_many", name=typed, names=names)
    return picked[0].code


def form_field(name: str, kind: Any, value: Any, ask: Ask) -> FormField:
    """How a field of `CORRECTABLE` is asked for, with what stands in it."""
    label, text = _(FIELDS.get(name, name)), "" if value is None else str(value)
    if name in NUMBERS:
        return FormField(name, label, "hidden", "", value_text(name, value, ask.catalog) if value else "")
    if kind == "day":
        return FormField(name, label, "date", text)
    if isinstance(kind, range):
        return FormField(name, label, "number", text, least=kind[0], most=kind[-1])
    if isinstance(kind, EnumMeta):
        members: list[StrEnum] = list(kind)
        choices = tuple((one.value, value_text(name, one.value, ask.catalog)) for one in members)
        return FormField(name, label, "choice", text, choices=choices)
    return FormField(name, label, "text", text)


def correct(ask: Ask) -> Answer:
    """Only what was changed in the form goes; a value that changed meanwhile is not written over unseen."""
    with ask.hub.db.write(None, ask.now) as session:
        station, table, row, held = _record(ask, session)
        changed: dict[str, Any] = {}
        for name, kind in CORRECTABLE[table].items():
            typed, was = ask.text(name), ask.text(_was(name))
            if _is_cleared(ask, name, typed, held):
                changed[name] = None
            if name not in ask.form or clean(typed) == clean(was):
                continue
            if name not in NUMBERS and _stands(ask, station, name, kind, held) != was:
                raise UserError("hub_page.changed_since", field=_(FIELDS.get(name, name)))
            value = _unit_typed(clean(typed), ask) if name == UNIT and clean(typed) else typed or None
            if name != UNIT or value != held.get(name):  # another way to write the same commune
                changed[name] = value
        if not changed:
            raise UserError("hub_page.nothing_changed")
        reason = ask.text("reason", 2_000)
        correct_record(session, ask.hub, station, (table, row), changed, reason, author_of(ask), now=ask.now)
    return Go("/corrections", done="corrected")


def _is_cleared(ask: Ask, name: str, typed: str, held: Mapping[str, Any]) -> bool:
    """Whether a masked number is to be emptied. Raises UserError hub_page.clear_or_type."""
    if name not in NUMBERS or not ask.text(_clear(name)) or not held.get(name):
        return False
    if clean(typed):
        raise UserError("hub_page.clear_or_type", field=_(FIELDS.get(name, name)))
    return True


def _stands(ask: Ask, station: StationRow, name: str, kind: Any, held: Mapping[str, Any]) -> str:
    """What the form would show now."""
    value = held.get(name)
    return (unit_field(value, station, ask) if name == UNIT else form_field(name, kind, value, ask)).value


def corrections_sheet(ask: Ask) -> Answer:
    """All of them, a line for each value."""
    lines, _total = _corrected(ask, 0, MOST_SHEET)
    rows: list[list[Value]] = []
    for one in lines:
        said = "; ".join(f"{reply.by_name}: {reply.text}" for reply in one.state.replies) if one.state else ""
        read = said_at(one.state.read_at) if one.state and one.state.read_at else ""
        made_at = aware(one.told.item.made_at).astimezone()
        for label, old, new in one.values:
            about = [one.station.name, one.who, one.row_word, label, old, new]
            rows.append([made_at, *about, one.told.item.body, one.told.item.author, read, said])
    heads = (
        _("Lúc"), _("Trạm"), _("Người"), _("Mục"), _("Ô"), _("Trước"), _("Sau"), _("Vì sao"), _("Người sửa"),
        _("Trạm đọc lúc"), _("Trả lời"),
    )  # fmt: skip
    title = _("Hồ sơ huyện đã sửa, {name}").format(name=ask.hub.name)
    return Sheet("huyen-sua", [SheetTable(title=title, columns=heads, rows=rows, name=_("Huyện sửa"))])


def _was(name: str) -> str:
    """The hidden field that carries what stood there when the page was opened."""
    return f"was_{name}"


def _clear(name: str) -> str:
    """The box that empties a masked number."""
    return f"clear_{name}"
