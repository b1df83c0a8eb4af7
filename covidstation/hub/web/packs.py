"""Dated rules, texts of papers and targets: what was sent, and a new one from draft over preview to the stations."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from covidstation.domain.district import MOST_TOML, DistrictPack, ItemKind
from covidstation.errors import UserError
from covidstation.hub.down.items import check_to_send, send_pack
from covidstation.hub.down.packs import Sent, look_at_pack, pack_id, sent_rules, shown_rules, template_of
from covidstation.hub.web.frame import PAGE, Answer, Ask, Go, Sheet, Show
from covidstation.hub.web.moving import author_of, station_typed, stations_of
from covidstation.i18n import _
from covidstation.messages.rule_words import pack_words
from covidstation.services.district.packs import FAMILIES
from covidstation.services.tables import SheetTable, Value

MOST_CHANGED: Final = 60  # lines of a preview


def show_packs(ask: Ask) -> Answer:
    """Everything that was sent, the newest first."""
    skip = ask.skip()
    with ask.hub.db.read() as session:
        rows = sent_rules(session)
        shown = shown_rules(session, rows[skip : skip + PAGE])
    values = {
        "rows": shown,
        "total": len(rows),
        "skip": skip,
        "page": PAGE,
        "state_of": lambda one: state(one, ask.today),
    }
    return Show("packs.html", {**values, **_choices(ask), "kind_of": kind_words})


def _choices(ask: Ask) -> dict[str, Any]:
    return {"families": [(one, pack_words(one)) for one in FAMILIES], "tomorrow": ask.today + timedelta(days=1)}


def kind_words(one: Sent) -> str:
    """Rule, texts or target."""
    return _("Chỉ tiêu") if one.kind == ItemKind.TARGET.value else pack_words(one.family)


def state(one: Sent, today: date) -> tuple[str, str]:
    """Where it stands in time, and the tone of its chip."""
    if one.withdrawn:
        return _("đã rút"), ""
    if one.first is not None and today < one.first:
        return _("chưa tới ngày"), "warn"
    if one.last is not None and one.last < today:
        return _("đã qua"), ""
    return _("đang dùng"), "ok"


def show_draft(ask: Ask) -> Answer:
    """The rule that holds on a day, to be changed; or what was typed and refused."""
    family, first = _family(ask), _first(ask)
    text = _text(ask)
    if not text and not ask.trouble:
        with ask.hub.db.read() as session:
            text = template_of(session, ask.catalog, family, first)
    values = {
        "family": family, "family_word": pack_words(family), "first": first, "text": text,
        "stations": stations_of(ask), "chosen": ask.text("station"), "most": MOST_TOML,
    }  # fmt: skip
    return Show("pack_draft.html", {**values, **_choices(ask)})


def _family(ask: Ask) -> str:
    typed = ask.text("family", 40) or ask.query.get("family", "")
    return typed if typed in FAMILIES else FAMILIES[0]


def _first(ask: Ask) -> date:
    typed = ask.text("first", 20)
    try:
        return date.fromisoformat(typed) if typed else ask.day("first", ask.today + timedelta(days=1))
    except ValueError:
        return ask.today + timedelta(days=1)


def _text(ask: Ask) -> str:
    """What was typed, or the file that was chosen instead."""
    for file in ask.files("file"):
        file.file.seek(0)
        try:
            return file.file.read(4 * MOST_TOML + 1).decode("utf-8-sig").replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise UserError("district.pack_bad", where=(file.filename or "")[:80]) from None
    return ask.text("toml", 2 * MOST_TOML).replace("\r\n", "\n")


def _typed(ask: Ask, session: Session) -> tuple[DistrictPack, int | None, str]:
    """The pack of a form, its station's number and name, None and empty for all."""
    typed = ask.text("first", 20)
    try:
        first = date.fromisoformat(typed)
    except ValueError:
        raise UserError("hub_page.day") from None
    family = ask.text("family", 40)
    station = station_typed(ask, session) if ask.text("station") else None
    pack = DistrictPack(family, pack_id(session, ask.catalog, family, first), first, _text(ask))
    return pack, station.n if station else None, station.name if station else ""


def look(ask: Ask) -> Answer:
    """What it would change, before anybody is told."""
    with ask.hub.db.read() as session:
        pack, _station, name = _typed(ask, session)
        check_to_send(session, pack, ask.catalog, ask.now)
        found = look_at_pack(session, pack, ask.catalog)
    values = {
        "pack": pack, "found": found, "changed": found.changed[:MOST_CHANGED],
        "more": max(0, len(found.changed) - MOST_CHANGED), "family_word": pack_words(pack.family),
        "place": name, "station": ask.text("station"),
    }  # fmt: skip
    return Show("pack_look.html", values)


def send(ask: Ask) -> Answer:
    """Let the stations have it, each with its next exchange."""
    with ask.hub.db.write(None, ask.now) as session:
        pack, station, _name = _typed(ask, session)
        send_pack(session, ask.hub, pack, ask.catalog, author_of(ask), station=station, now=ask.now)
    return Go("/packs", done="told")


def packs_sheet(ask: Ask) -> Answer:
    """Everything that was sent."""
    with ask.hub.db.read() as session:
        shown = shown_rules(session, sent_rules(session))
    heads = (_("Nội dung"), _("Loại"), _("Gửi cho"), _("Từ ngày"), _("Đến ngày"), _("Trạm đã đọc"), _("Tình trạng"))
    rows: list[list[Value]] = [
        [
            one.title, kind_words(one), one.station or _("mọi trạm"), one.first, one.last,
            f"{one.read}/{one.told}", state(one, ask.today)[0],
        ]
        for one in shown
    ]  # fmt: skip
    title = _("Quy định, chỉ tiêu gửi trạm, {name}").format(name=ask.hub.name)
    return Sheet("quy-dinh", [SheetTable(title=title, columns=heads, rows=rows, name=_("Quy định, chỉ tiêu"))])
