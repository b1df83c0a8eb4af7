"""Conflicts: two values that two sides wrote without knowing of each other, shown beside each other, and one choice."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from covidstation.domain.belongings import PERSON
from covidstation.domain.canonical import is_hex
from covidstation.domain.deciding import Choice
from covidstation.domain.groups import group_named
from covidstation.domain.text import clean
from covidstation.errors import UserError
from covidstation.hub.down.correcting import CORRECTABLE, check_birth, checked_value, held_fields
from covidstation.hub.figures.differing import Differing, differing, one_differing
from covidstation.hub.figures.overview import station_by_id
from covidstation.hub.merging.conflicts import decide_conflict
from covidstation.hub.rows import ConflictRow
from covidstation.hub.staff.audit import HubAction, note
from covidstation.hub.web.correcting import CODED, FormField, form_field
from covidstation.hub.web.frame import PAGE, Answer, Ask, Go, Sheet, Show
from covidstation.i18n import _
from covidstation.services.tables import SheetTable, Value

SHEET: Final = 5_000


def show_conflicts(ask: Ask) -> Answer:
    """Those that wait, of all communes or of one."""
    typed, skip = ask.query.get("station", ""), ask.skip()
    station = UUID(hex=typed) if is_hex(typed, 32) else None
    with ask.hub.db.read() as session:
        lines, total = differing(session, ask.catalog, station=station, skip=skip, most=PAGE)
    _note_seen(ask, lines)
    return Show("conflicts.html", {"lines": lines, "total": total, "skip": skip, "page": PAGE})


def _note_seen(ask: Ask, lines: list[Differing]) -> None:
    people = len({one.person for one in lines if one.person})
    if people:
        with ask.hub.db.write(None, ask.now) as session:
            note(session, HubAction.SEE, by=ask.by, now=ask.now, detail={"what": "conflicts", "people": people})


def show_conflict(ask: Ask) -> Answer:
    """Both values, and the choice."""
    with ask.hub.db.read() as session:
        found = one_differing(session, ask.catalog, ask.id())
        station = station_by_id(session, found.station) if found is not None else None
        fields = _fields(session, ask)
    if found is None:
        raise UserError("hub_page.not_found")
    if found.person:
        with ask.hub.db.write(None, ask.now) as session:
            n = station.n if station is not None else None
            note(session, HubAction.SEE, by=ask.by, now=ask.now, station=n, subject=found.person)
    typed = {one.name: ask.text(one.name) if ask.trouble else one.value for one in fields}
    kept = {name: ask.text(name, 200) if ask.trouble else "" for name in ("choice", "reason")}
    return Show("conflict.html", {"c": found, "fields": fields, "typed": typed, "kept": kept})


def _fields(session: Session, ask: Ask) -> list[FormField]:
    """The fields of the conflict for which a person may type a third value; none for an event or a deletion."""
    kept = session.get(ConflictRow, ask.id())
    if kept is None:
        return []
    held = held_fields(session, kept.station, kept.tbl, kept.row) or {}
    kinds = CORRECTABLE.get(kept.tbl, {})
    names = [name for name in group_named(kept.tbl, kept.grp).fields if name in kinds and name not in CODED]
    return [form_field(name, kinds[name], held.get(name), ask) for name in names]


def _typed(session: Session, ask: Ask) -> dict[str, Any]:
    """What was typed in the place of both values: the fields that say something else than what stands.

    Raises UserError conflict.choice, conflict.value.
    """
    kept = session.get_one(ConflictRow, ask.id())
    values: dict[str, Any] = {}
    for one in _fields(session, ask):
        text = clean(ask.text(one.name))
        if text == clean(one.value):
            continue
        try:
            values[one.name] = checked_value(kept.tbl, one.name, text or None)
        except UserError as trouble:
            raise UserError("conflict.value", field=one.label) from trouble
    if not values:
        raise UserError("conflict.other_missing")
    held = held_fields(session, kept.station, kept.tbl, kept.row) or {}
    if kept.tbl == PERSON:
        try:
            check_birth({**held, **values})
        except UserError as trouble:
            raise UserError("conflict.value", field=_("Ngày sinh")) from trouble
    return values


def decide(ask: Ask) -> Answer:
    """One of the two values or a third one, with a reason; the choice travels to the station."""
    try:
        choice = Choice(ask.text("choice"))
    except ValueError:
        raise UserError("hub_page.choice_missing") from None
    with ask.hub.db.write(None, ask.now) as session:
        found = one_differing(session, ask.catalog, ask.id())
        if found is None:
            raise UserError("hub_page.not_found")
        reason = clean(ask.text("reason", 200))
        who: dict[str, Any] = {"by": ask.by, "by_name": ask.actor.name, "now": ask.now}
        values = _typed(session, ask) if choice is Choice.OTHER else None
        decide_conflict(session, ask.hub, found.id, choice, values=values, reason=reason, **who)
        station = station_by_id(session, found.station)
        n = station.n if station is not None else None
        detail = {"choice": choice.value, "reason": reason}
        note(session, HubAction.DECIDE, by=ask.by, now=ask.now, station=n, subject=found.person or None, detail=detail)
    return Go("/conflicts", done="decided")


def conflicts_sheet(ask: Ask) -> Answer:
    """All that wait."""
    with ask.hub.db.read() as session:
        lines, _total = differing(session, ask.catalog, most=SHEET)
    _note_seen(ask, lines)
    heads = (_("Trạm"), _("Người"), _("Mục"), _("Đang đứng"), _("Của"), _("Giá trị kia"), _("Của"), _("Thấy lúc"))
    rows = [_row(one) for one in lines]
    title = _("Hai bản ghi khác nhau, {name}").format(name=ask.hub.name)
    return Sheet("khac-nhau", [SheetTable(title=title, columns=heads, rows=rows, name=_("Khác nhau"))])


def _row(one: Differing) -> list[Value]:
    standing, losing = (f"{side.where} {side.who}".strip() for side in (one.standing, one.losing))
    found_at = one.found_at.astimezone()
    return [one.station_name, one.who, one.row_word, one.standing.short, standing, one.losing.short, losing, found_at]
