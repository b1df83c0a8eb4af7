"""What the district tells and asks: announcements, questions, what an inspection found, targets; and what came back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from covidstation.domain.canonical import is_hex
from covidstation.domain.district import ItemKind, Measure, Target
from covidstation.errors import UserError
from covidstation.hub.database.store import aware
from covidstation.hub.down.items import (
    ItemDraft,
    item_states,
    items,
    make_item,
    measure_words,
    set_target,
    states_of,
    withdraw_item,
)
from covidstation.hub.figures.overview import station_by_id
from covidstation.hub.rows import ItemRow, StationRow
from covidstation.hub.web.frame import PAGE, Answer, Ask, Go, Sheet, Show
from covidstation.hub.web.moving import author_of, station_typed, stations_of
from covidstation.i18n import N_, _
from covidstation.services.tables import SheetTable, Value

MOST_BODY: Final = 12_000
KINDS: Final[Mapping[str, str]] = {
    ItemKind.ANNOUNCEMENT.value: N_("Thông báo"),
    ItemKind.QUESTION.value: N_("Câu hỏi"),
    ItemKind.FINDING.value: N_("Cần khắc phục"),
    ItemKind.PACK.value: N_("Quy định"),
    ItemKind.TARGET.value: N_("Chỉ tiêu"),
    ItemKind.MOVE.value: N_("Chuyển trạm"),
    ItemKind.ALLOTMENT.value: N_("Cấp phát"),
}
TYPED: Final = (ItemKind.ANNOUNCEMENT, ItemKind.QUESTION, ItemKind.FINDING)


def show_items(ask: Ask) -> Answer:
    """Everything that was said, the newest first, and forms for more."""
    skip = ask.skip()
    with ask.hub.db.read() as session:
        rows = items(session)
        names_of = {row.n: row.name for row in session.execute(select(StationRow.n, StationRow.name))}
    shown = [(row, names_of.get(row.station or 0, "")) for row in rows[skip : skip + PAGE]]
    names = ("kind", "title", "body", "due", "station", "measure", "value", "first", "until")
    values = {
        "rows": shown,
        "total": len(rows),
        "skip": skip,
        "page": PAGE,
        "kinds": KINDS,
        "typed_kinds": [kind.value for kind in TYPED],
        "measures": {one.value: measure_words(one) for one in Measure},
        "stations": stations_of(ask),
        "typed": {name: ask.text(name, MOST_BODY) for name in names},
        "aware": aware,
    }
    return Show("items.html", values)


def _due(ask: Ask, name: str = "due") -> date | None:
    typed = ask.text(name, 20)
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError:
        raise UserError("hub_page.day") from None


def announce(ask: Ask) -> Answer:
    """To one station, or to all."""
    kind = next((one for one in TYPED if one.value == ask.text("kind")), ItemKind.ANNOUNCEMENT)
    due = _due(ask)
    with ask.hub.db.write(None, ask.now) as session:
        station = station_typed(ask, session).n if ask.text("station") else None
        draft = ItemDraft(
            kind=kind, title=ask.text("title", 400), body=ask.text("body", MOST_BODY), station=station, due_on=due
        )
        make_item(session, ask.hub, draft, author_of(ask), now=ask.now)
    return Go("/items", done="told")


def give_target(ask: Ask) -> Answer:
    """A target for one station, or for all."""
    first, last, value = _due(ask, "first"), _due(ask, "until"), ask.text("value", 9)
    if first is None or last is None:
        raise UserError("hub_page.day")
    if not value.isascii() or not value.isdigit():
        raise UserError("hub_page.number")
    measure = next((one for one in Measure if one.value == ask.text("measure")), Measure.TESTS)
    with ask.hub.db.write(None, ask.now) as session:
        station = station_typed(ask, session).n if ask.text("station") else None
        target = Target(measure, first, last, int(value))
        set_target(session, ask.hub, target, author_of(ask), station=station, now=ask.now)
    return Go("/items", done="told")


def show_item(ask: Ask) -> Answer:
    """One of them, and where it stands at each station."""
    with ask.hub.db.read() as session:
        row = session.get(ItemRow, ask.id())
        if row is None:
            raise UserError("hub_page.not_found")
        states = item_states(session, row)
    skip = ask.skip()
    values = {
        "row": row, "states": states[skip : skip + PAGE], "total": len(states), "skip": skip, "page": PAGE,
        "read": sum(bool(one.read_at) for one in states), "kinds": KINDS, "aware": aware, "said_at": said_at,
    }  # fmt: skip
    return Show("item.html", values)


def said_at(text: str) -> str:
    """A moment as a station wrote it."""
    try:
        return f"{datetime.fromisoformat(text):%H:%M %d/%m/%Y}"
    except ValueError:
        return text


def withdraw(ask: Ask) -> Answer:
    """Take it back everywhere."""
    with ask.hub.db.write(None, ask.now) as session:
        withdraw_item(session, ask.hub, ask.id(), author_of(ask), now=ask.now)
    return Go("/items", done="withdrawn")


def ask_about(ask: Ask) -> Answer:
    """A question on one person's record; the answer comes back with the station's next bundle."""
    row = ask.parts["row"]
    if not is_hex(row, 32):
        raise UserError("hub_page.not_found")
    due = _due(ask)
    with ask.hub.db.write(None, ask.now) as session:
        station = station_by_id(session, ask.id())
        if station is None:
            raise UserError("hub_page.not_found")
        draft = ItemDraft(
            kind=ItemKind.QUESTION,
            title=ask.text("title", 400),
            body=ask.text("body", MOST_BODY),
            station=station.n,
            about=("person", row),
            due_on=due,
        )
        made = make_item(session, ask.hub, draft, author_of(ask), now=ask.now)
        path = f"/items/{made.id.hex}"
    return Go(path, done="told")


def items_sheet(ask: Ask) -> Answer:
    """Everything that was said, one line for each station that it is for."""
    rows: list[list[Value]] = []
    with ask.hub.db.read() as session:
        said_to = states_of(session, found := items(session))
        for row in found:
            for state in said_to[row.id]:
                said = "; ".join(f"{one.by_name}: {one.text}" for one in state.replies)
                read = said_at(state.read_at) if state.read_at else ""
                made_at = aware(row.made_at).astimezone()
                waits = _("đang đợi") if state.waits else ""
                rows.append(
                    [made_at, _(KINDS.get(row.kind, row.kind)), row.title, state.station_name, read, said, waits]
                )
    heads = (_("Lúc"), _("Loại"), _("Nội dung"), _("Trạm"), _("Đọc lúc"), _("Trả lời"), _("Tình trạng"))
    title = _("Việc huyện báo, hỏi trạm, {name}").format(name=ask.hub.name)
    return Sheet("bao-hoi-tram", [SheetTable(title=title, columns=heads, rows=rows, name=_("Báo, hỏi trạm"))])
