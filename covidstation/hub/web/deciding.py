"""Conflicts: two values that two sides wrote without knowing of each other, shown beside each other, and one choice."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from covidstation.domain.canonical import is_hex
from covidstation.domain.deciding import Choice
from covidstation.domain.text import clean
from covidstation.errors import UserError
from covidstation.hub.figures.differing import Differing, differing, one_differing
from covidstation.hub.figures.overview import station_by_id
from covidstation.hub.merging.conflicts import decide_conflict
from covidstation.hub.staff.audit import HubAction, note
from covidstation.hub.web.frame import PAGE, Answer, Ask, Go, Sheet, Show
from covidstation.i18n import _
from covidstation.services.reports.tables import SheetTable, Value

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
    if found is None:
        raise UserError("hub_page.not_found")
    if found.person:
        with ask.hub.db.write(None, ask.now) as session:
            n = station.n if station is not None else None
            note(session, HubAction.SEE, by=ask.by, now=ask.now, station=n, subject=found.person)
    return Show("conflict.html", {"c": found})


def decide(ask: Ask) -> Answer:
    """One of the two values, with a reason; the choice travels to the station."""
    try:
        choice = Choice(ask.text("choice"))
    except ValueError:
        raise UserError("hub_page.choice_missing") from None
    with ask.hub.db.write(None, ask.now) as session:
        found = one_differing(session, ask.catalog, ask.id())
        if found is None or choice is Choice.OTHER:
            raise UserError("hub_page.not_found")
        reason = clean(ask.text("reason", 200))
        decide_conflict(
            session, ask.hub, found.id, choice, reason=reason, by=ask.by, by_name=ask.actor.name, now=ask.now
        )
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
