"""What the district sends to the stores of stations: written, looked at, sent; counted there, and printed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from covidstation.domain.allotments import MOST_LINES, Allotment, Compared, check_allotment, tidy_allotment
from covidstation.domain.supply_rules import supply_rule_on
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.hub.down.allotment_text import read_lines
from covidstation.hub.down.allotments import (
    AllotmentOrder,
    AllotmentState,
    State,
    allotments,
    send_allotment,
)
from covidstation.hub.down.items import withdraw_item
from covidstation.hub.figures.allotment_paper import paper_pdf
from covidstation.hub.staff.audit import HubAction, note
from covidstation.hub.web.frame import PAGE, Answer, Ask, File, Go, Sheet, Show
from covidstation.hub.web.moving import author_of, station_of, stations_of
from covidstation.i18n import N_, _
from covidstation.services.tables import SheetTable, Value

MOST_TEXT: Final = 20_000
STATES: Final[Mapping[State, tuple[str, str]]] = {
    State.SENT: (N_("đã gửi"), ""),
    State.ARRIVED: (N_("trạm chưa đếm"), "warn"),
    State.COUNTED: (N_("nhận đủ"), "ok"),
    State.DIFFERS: (N_("nhận có lệch"), "danger"),
    State.WITHDRAWN: (N_("đã rút"), ""),
    State.CROSSED: (N_("rút sau khi trạm nhận"), "danger"),
}
VIEWS: Final = ("all", "waiting", "late", "differs")


def chip(one: AllotmentState) -> tuple[str, str]:
    """Its state in words, and the tone of them."""
    word, tone = STATES[one.state]
    return (_("quá hạn đếm"), "danger") if one.late else (_(word), tone)


def show_allotments(ask: Ask) -> Answer:
    """Every paper, the newest first; `view` for those that wait, are late, or differ."""
    with ask.hub.db.read() as session:
        found = allotments(session, ask.today)
    view = ask.query.get("view", "all")
    parts = {
        "all": found,
        "waiting": [one for one in found if one.waits],
        "late": [one for one in found if one.late],
        "differs": [one for one in found if one.state in (State.DIFFERS, State.CROSSED) or one.twice],
    }
    shown, skip = parts.get(view, found), ask.skip()
    values = {
        "rows": shown[skip : skip + PAGE], "total": len(shown), "skip": skip, "page": PAGE, "chip": chip,
        "view": view if view in VIEWS else "all", "counts": {key: len(some) for key, some in parts.items()},
        "any": bool(found),
    }  # fmt: skip
    return Show("allotments.html", values)


def show_draft(ask: Ask) -> Answer:
    """A new paper, or what was typed of it."""
    names = ("document", "day", "due", "note", "lines")
    typed: dict[str, Any] = {name: ask.text(name, MOST_TEXT) for name in names}
    typed["day"] = typed["day"] or ask.today.isoformat()
    rule = supply_rule_on(ask.catalog.supply_rules, ask.today)
    values = {
        "typed": typed, "chosen": set(_numbers(ask)), "stations": stations_of(ask), "most": MOST_LINES,
        "common": [item.title for item in rule.items],
    }  # fmt: skip
    return Show("allotment_draft.html", values)


def _numbers(ask: Ask) -> list[str]:
    """Numbers of stations, as they were ticked."""
    return [one for one in ask.form.getlist("to") if isinstance(one, str)]


def _typed(ask: Ask, session: Session) -> tuple[AllotmentOrder, list[str]]:
    """The paper of a form and the names of its stations. Raises UserError for what cannot be read."""
    stations = [row for number in _numbers(ask) if (row := station_of(session, number)) is not None]
    rule = supply_rule_on(ask.catalog.supply_rules, ask.today)
    paper = Allotment(
        document=ask.text("document", 200),
        day=_day(ask, "day"),
        note=ask.text("note", 1000),
        lines=read_lines(ask.text("lines", MOST_TEXT), rule.items),
    )
    order = AllotmentOrder(paper=paper, stations=tuple(row.n for row in stations), due_on=_day(ask, "due"))
    return order, [row.name for row in stations]


def _day(ask: Ask, name: str) -> date | None:
    typed = ask.text(name, 20)
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise UserError("hub_page.day") from None


def _first_of(trouble: Refused) -> UserError:
    """The first thing that is wrong, as a sentence above the form."""
    problem = trouble.problems[0]
    return UserError(problem.code, **problem.params)


def look(ask: Ask) -> Answer:
    """The paper as stations will have it, before anybody is told."""
    with ask.hub.db.read() as session:
        order, names = _typed(ask, session)
    paper = tidy_allotment(order.paper)
    if found := check_allotment(paper, ask.today):
        raise _first_of(Refused(found))
    if not names:
        raise UserError("allotment.no_station")
    fields = {name: ask.text(name, MOST_TEXT) for name in ("document", "day", "due", "note", "lines")}
    values = {"paper": paper, "names": names, "fields": fields, "to": _numbers(ask), "due": order.due_on}
    return Show("allotment_look.html", values)


def send(ask: Ask) -> Answer:
    """Each station has it with its next exchange."""
    try:
        with ask.hub.db.write(None, ask.now) as session:
            order, _names = _typed(ask, session)
            send_allotment(session, ask.hub, order, author_of(ask), now=ask.now)
    except Refused as trouble:
        raise _first_of(trouble) from trouble
    return Go("/allotments", done="told")


def _one(ask: Ask) -> AllotmentState:
    with ask.hub.db.read() as session:
        found = allotments(session, ask.today, id=ask.id())
    if not found:
        raise UserError("hub_page.not_found")
    return found[0]


def show_allotment(ask: Ask) -> Answer:
    """One paper: what was sent beside what was counted."""
    one = _one(ask)
    return Show("allotment.html", {"one": one, "chip": chip, "told": told})


def told(line: Compared) -> str:
    """What the station found, where it is not what was sent."""
    found = line.found
    if found is None:
        return ""
    said = []
    if line.label_differs:
        until = f"{found.expiry:%d/%m/%Y}" if found.expiry else "—"
        said.append(_("trên hộp: lô {lot}, hạn {day}").format(lot=found.lot or "—", day=until))
    if line.left_out:
        said.append(_("đã quá hạn, không nhập kho"))
    return "; ".join(said)


def withdraw(ask: Ask) -> Answer:
    """Take it back while nobody has counted it."""
    one = _one(ask)
    with ask.hub.db.write(None, ask.now) as session:
        withdraw_item(session, ask.hub, one.id, author_of(ask), now=ask.now)
    return Go("/allotments", done="withdrawn")


def print_allotment(ask: Ask) -> Answer:
    """The paper that goes with the goods, to be signed."""
    one = _one(ask)
    data = paper_pdf(one, ask.hub.name)
    with ask.hub.db.write(None, ask.now) as session:
        detail: dict[str, str | int] = {"list": "allotment", "item": one.id.hex}
        note(session, HubAction.EXPORT, by=ask.by, now=ask.now, station=one.station, detail=detail)
    return File(f"phieu-xuat-kho-{one.made_at:%Y-%m-%d}.pdf", "application/pdf", data)


def allotments_sheet(ask: Ask) -> Answer:
    """Every line of every paper: sent, counted, the difference, why."""
    with ask.hub.db.read() as session:
        found = allotments(session, ask.today)
    rows: list[list[Value]] = []
    for one in found:
        for line in one.lines:
            sent, seen = line.line, line.found
            rows.append(
                [
                    one.station_name, one.paper.document, one.paper.day, chip(one)[0], sent.item.title, sent.item.unit,
                    sent.lot, sent.expiry, sent.quantity, seen.counted if seen else None,
                    line.delta if seen else None, told(line), one.stands.reason if one.stands else "",
                ]
            )  # fmt: skip
    heads = (
        _("Trạm"), _("Số phiếu"), _("Ngày phiếu"), _("Tình trạng"), _("Mặt hàng"), _("Đơn vị"), _("Số lô"),
        _("Hạn dùng"), _("Số gửi"), _("Trạm đếm"), _("Lệch"), _("Ghi chú của trạm"), _("Vì sao khác"),
    )  # fmt: skip
    title = _("Cấp phát cho trạm, {name}").format(name=clean(ask.hub.name))
    return Sheet("cap-phat", [SheetTable(title=title, columns=heads, rows=rows, name=_("Cấp phát"))])
