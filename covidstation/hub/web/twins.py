"""People who may have been entered twice: the list, two records beside each other, one choice, and its undoing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.domain.belongings import PERSON
from covidstation.domain.canonical import is_hex
from covidstation.domain.citizen import masked
from covidstation.domain.merged import Difference, Fields
from covidstation.domain.text import clean
from covidstation.errors import UserError
from covidstation.hub.database.records import load_records
from covidstation.hub.down.joining import Two, look_at_two, merge_records, part_records
from covidstation.hub.figures.facts import refresh_facts
from covidstation.hub.figures.overview import station_by_id
from covidstation.hub.figures.people import MOST_FOUND, birth_text, find_people, value_text
from covidstation.hub.figures.twins import WORDS, Pair, pairs_to_see, tell_apart, twins_of
from covidstation.hub.rows import StationRow
from covidstation.hub.staff.audit import HubAction, note
from covidstation.hub.web.frame import Answer, Ask, Go, Sheet, Show
from covidstation.hub.web.moving import author_of, station_of, stations_of
from covidstation.i18n import _
from covidstation.messages.fields import FIELDS
from covidstation.services.tables import SheetTable, Value

MOST_SHEET: Final = 5_000
MOST_PAIRS: Final = 20  # on one page of 30 kB


@dataclass(frozen=True, slots=True)
class Line:
    """One key in which two records differ, both values in words. `pick`: which of the two is chosen, 0 or 1."""

    key: str
    label: str
    texts: tuple[str, str]
    pick: int


def show_twins(ask: Ask) -> Answer:
    """The pairs that nobody has looked at, of all stations or of one."""
    skip, left = ask.skip(), refresh_facts(ask.hub, ask.now)
    pairs, total = _pairs(ask, skip, MOST_PAIRS)
    chosen = ask.query.get("station", "")
    values = {
        "pairs": pairs, "total": total, "skip": skip, "page": MOST_PAIRS, "signs": WORDS, "left": left,
        "chosen": chosen, "stations": stations_of(ask), "birth": birth_text, "masked": _masked,
    }  # fmt: skip
    return Show("twins.html", values)


def _pairs(ask: Ask, skip: int, most: int) -> tuple[list[Pair], int]:
    with ask.hub.db.read() as session:
        station = station_of(session, ask.query.get("station", ""))
        pairs, total = pairs_to_see(session, station=station.n if station else None, skip=skip, most=most)
    if pairs:
        with ask.hub.db.write(None, ask.now) as session:
            detail: dict[str, str | int] = {"what": "twins", "people": len(pairs) * 2}
            note(session, HubAction.SEE, by=ask.by, now=ask.now, detail=detail)
    return pairs, total


def _masked(fields: Fields) -> str:
    return masked(str(fields.get("citizen_number") or fields.get("insurance_number") or ""))


def show_candidates(ask: Ask) -> Answer:
    """Who may be the same as one person: by a sign, or looked for by name."""
    return _candidates(ask, None)


def search(ask: Ask) -> Answer:
    """The people of that station who fit what was typed."""
    found = find_people(ask.hub, ask.id(), ask.text("q", 80), by=ask.by, now=ask.now)
    row = ask.parts["row"]
    return _candidates(ask, [one for one in found if one.row != row and not one.moved_to][:MOST_FOUND])


def _candidates(ask: Ask, found: Sequence[Any] | None) -> Answer:
    row = ask.parts["row"]
    with ask.hub.db.read() as session:
        station = _station(ask, session)
        name = _name(_fields(session, station, row))
        pairs = twins_of(session, station.n, row)
    _note_seen(ask, station.n, row)
    values = {
        "station": station, "row": row, "name": name, "pairs": pairs, "signs": WORDS, "found": found,
        "typed": ask.text("q", 80), "birth": birth_text, "masked": _masked,
    }  # fmt: skip
    return Show("twin_search.html", values)


def show_two(ask: Ask) -> Answer:
    """Both records, what differs, and which of the two values is right."""
    with ask.hub.db.read() as session:
        station, rows = _station(ask, session), (ask.parts["row"], ask.parts["other"])
        look = _look(session, station, rows)
        lines = [_line(session, ask, station, one) for one in look.differing]
    _note_seen(ask, station.n, *rows)
    stays = ask.text("stays") if ask.trouble else rows[look.illnesses[1] > look.illnesses[0]]
    values = {
        "station": station, "rows": rows, "look": look, "lines": lines, "stays": stays,
        "reason": ask.text("reason", 2_000),
        "names": [_name(one) for one in look.records], "births": [birth_text(one) for one in look.records],
    }  # fmt: skip
    return Show("twin.html", values)


def _look(session: Session, station: StationRow, rows: tuple[str, str]) -> Two:
    for row in rows:
        _fields(session, station, row)
    return look_at_two(session, station, *rows)


def _station(ask: Ask, session: Session) -> StationRow:
    station = station_by_id(session, ask.id())
    if station is None:
        raise UserError("hub_page.not_found")
    return station


def _fields(session: Session, station: StationRow, row: str) -> Fields:
    held = load_records(session, station.n, [(PERSON, row)]).get((PERSON, row)) if is_hex(row, 32) else None
    if held is None or held.deleted:
        raise UserError("hub_page.not_found")
    return held.fields


def _name(fields: Fields) -> str:
    return clean(str(fields.get("full_name") or "")) or _("(chưa ghi tên)")


def _note_seen(ask: Ask, station: int, *rows: str) -> None:
    with ask.hub.db.write(None, ask.now) as session:
        for row in rows:
            note(session, HubAction.SEE, by=ask.by, now=ask.now, station=station, subject=row)


def _taken(ask: Ask, one: Difference) -> str:
    field = f"take_{one.key}"
    return ask.text(field)


def _line(session: Session, ask: Ask, station: StationRow, one: Difference) -> Line:
    label = _("Ngày sinh") if one.key == "birth" else _(FIELDS.get(one.key, one.key))
    texts = [_text(session, station.n, one.key, side, ask.catalog) for side in (one.ours, one.theirs)]
    pick = _taken(ask, one) if ask.trouble else ("1" if one.take else "0")
    return Line(one.key, label, (texts[0], texts[1]), 1 if pick == "1" else 0)


def _text(session: Session, station: int, key: str, fields: Fields, catalog: Catalog) -> str:
    """The values of one side on one line; of a number only its end."""
    if key == "birth":
        return birth_text(fields) or _("(để trống)")
    said = [(name, value) for name, value in fields.items() if value not in (None, "", "UNKNOWN")]
    texts = [_named(session, station, name, str(value)) or value_text(name, value, catalog) for name, value in said]
    return ", ".join(filter(None, texts)) or _("(để trống)")


def _named(session: Session, station: int, name: str, row: str) -> str:
    """What a hamlet or a household is called: by its name, or by its head."""
    if name not in ("hamlet_id", "household_id"):
        return ""
    table = name.removesuffix("_id")
    held = load_records(session, station, [(table, row)]).get((table, row))
    fields: Fields = held.fields if held is not None else {}
    head = str(fields.get("head_id") or "")
    person = load_records(session, station, [(PERSON, head)]).get((PERSON, head)) if head else None
    words = person.fields.get("full_name") if person is not None else fields.get("name") or fields.get("head_name")
    return clean(str(words or "")) or "?"


def merge(ask: Ask) -> Answer:
    """The two become one, with the values that were chosen; nothing unseen is decided."""
    rows = (ask.parts["row"], ask.parts["other"])
    if ask.text("stays") not in rows:
        raise UserError("hub_page.stays_missing")
    with ask.hub.db.write(None, ask.now) as session:
        station = _station(ask, session)
        look = _look(session, station, rows)
        if look.seen != ask.text("seen"):
            raise UserError("hub_page.records_changed")
        goes = rows.index(ask.text("stays")) ^ 1
        take = [one.key for one in look.differing if _taken(ask, one) == str(goes)]
        stays, reason = ask.text("stays"), ask.text("reason", 2_000)
        merge_records(session, ask.hub, station, stays, rows[goes], take, reason, author_of(ask), now=ask.now)
    return Go(f"/people/{station.id.hex}/{stays}", done="merged")


def part(ask: Ask) -> Answer:
    """From a person's page: one of the records behind it stands for itself again."""
    goes = ask.text("goes")
    with ask.hub.db.write(None, ask.now) as session:
        station = _station(ask, session)
        _fields(session, station, goes)
        part_records(session, ask.hub, station, goes, ask.text("reason", 2_000), author_of(ask), now=ask.now)
    return Go(f"/people/{station.id.hex}/{goes}", done="parted")


def apart(ask: Ask) -> Answer:
    """They are two people: `pair` is station number and row of both, with dots between."""
    typed = ask.text("pair").split(".")
    if len(typed) != 4 or not all(typed[at].isascii() and typed[at].isdigit() and len(typed[at]) < 9 for at in (0, 2)):
        raise UserError("hub_page.not_found")
    places = ((int(typed[0]), typed[1]), (int(typed[2]), typed[3]))
    with ask.hub.db.write(None, ask.now) as session:
        tell_apart(session, *places, ask.actor.name, ask.now)
        for n, row in places:
            note(session, HubAction.DECIDE, by=ask.by, now=ask.now, station=n, subject=row, detail={"what": "apart"})
    return Go("/twins", done="apart")


def twins_sheet(ask: Ask) -> Answer:
    """All that nobody has looked at."""
    refresh_facts(ask.hub, ask.now)
    pairs, _total = _pairs(ask, 0, MOST_SHEET)
    rows: list[list[Value]] = [
        [
            _(WORDS[pair.sign]),
            *(value for side in (pair.one, pair.other) for value in _cells(side.station, side.fields)),
        ]
        for pair in pairs
    ]
    side = (_("Trạm"), _("Họ và tên"), _("Sinh"), _("Điện thoại"), _("Giấy tờ"))
    title = _("Có thể trùng, {name}").format(name=ask.hub.name)
    return Sheet(
        "co-the-trung",
        [SheetTable(title=title, columns=(_("Giống nhau"), *side, *side), rows=rows, name=_("Có thể trùng"))],
    )


def _cells(station: StationRow, fields: Fields) -> list[Value]:
    birth: date | str = birth_text(fields)
    return [station.name, _name(fields), birth, clean(str(fields.get("phone") or "")), _masked(fields)]
