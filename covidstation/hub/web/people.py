"""People: looked for within one commune, shown with masked numbers; names never stand in an address."""

from __future__ import annotations

from covidstation.domain.canonical import is_hex
from covidstation.domain.privacy import HiddenNumber, RevealReason
from covidstation.errors import UserError
from covidstation.hub.down.correcting import CORRECTABLE
from covidstation.hub.figures.people import MOST_FOUND, find_people, see_person
from covidstation.hub.figures.people import reveal as reveal_hidden
from covidstation.hub.web.frame import Answer, Ask, Show
from covidstation.hub.web.moving import station_typed, stations_of
from covidstation.i18n import N_
from covidstation.messages.fields import ROWS

REASONS = {
    RevealReason.COMPARE: N_("so với thẻ người dân đưa"),
    RevealReason.PAPER: N_("giấy tờ, biểu mẫu cần"),
    RevealReason.INSURANCE: N_("bảo hiểm y tế"),
    RevealReason.SYSTEM: N_("nhập hệ thống quốc gia"),
    RevealReason.ASKED: N_("người dân hỏi"),
    RevealReason.OTHER: N_("lý do khác, ghi rõ"),
}


def show_search(ask: Ask) -> Answer:
    """Choose a commune, then type."""
    return Show("people.html", _search_values(ask))


def _search_values(ask: Ask) -> dict[str, object]:
    return {"stations": stations_of(ask), "chosen": ask.text("station"), "typed": ask.text("q", 80), "found": None}


def search(ask: Ask) -> Answer:
    """The people that fit, at most fifty."""
    with ask.hub.db.read() as session:
        station = station_typed(ask, session)
    found = find_people(ask.hub, station.id, ask.text("q", 80), by=ask.by, now=ask.now)
    values = {"found": found[:MOST_FOUND], "more": max(0, len(found) - MOST_FOUND), "place": station.id.hex}
    return Show("people.html", {**_search_values(ask), **values})


def show_person(ask: Ask) -> Answer:
    """One person."""
    return _person(ask, "", "")


def reveal_number(ask: Ask) -> Answer:
    """The same page with one number whole."""
    row = _row(ask)
    try:
        number, reason = HiddenNumber(ask.text("number")), RevealReason(ask.text("reason"))
    except ValueError:
        raise UserError("hub_page.reason_missing") from None
    words = ask.text("words", 300)
    whole = reveal_hidden(ask.hub, ask.id(), row, number, reason, words, by=ask.by, now=ask.now)
    return _person(ask, number.value, whole)


def _row(ask: Ask) -> str:
    row = ask.parts["row"]
    if not is_hex(row, 32):
        raise UserError("hub_page.not_found")
    return row


def _person(ask: Ask, shown: str, whole: str) -> Answer:
    person = see_person(ask.hub, ask.id(), _row(ask), ask.catalog, by=ask.by, now=ask.now)
    hidden = [one for one in person.fields if one.hidden and one.name != shown]
    values = {"person": person, "shown": shown, "whole": whole, "hidden": hidden, "reasons": REASONS, "rows": ROWS}
    values["stations"] = stations_of(ask)
    values["correctable"] = frozenset() if person.moved_to else frozenset(CORRECTABLE)
    return Show("person.html", values)
