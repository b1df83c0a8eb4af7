"""What the district tells and asks: composed here, said to one station or to all, answered by messages of theirs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from operator import itemgetter
from typing import Any, cast
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.domain.belongings import PERSON
from covidstation.domain.district import (
    MOST_BODY,
    MOST_TITLE,
    MOST_TOML,
    WANTED,
    WORDING,
    DistrictPack,
    ItemKind,
    Measure,
    MessageKind,
    Target,
    pack_table,
    read_pack,
)
from covidstation.domain.rule_sets import Family
from covidstation.domain.text import clean, clean_block
from covidstation.errors import UserError
from covidstation.hub.database.merged import standing_at
from covidstation.hub.database.records import MESSAGE, load_records
from covidstation.hub.database.sets import among
from covidstation.hub.database.store import Hub, utc
from covidstation.hub.down.stream import Change, say
from covidstation.hub.rows import EnrolmentRow, ItemRow, RecordRow, SaidRow, StationRow
from covidstation.hub.staff.audit import PROGRAM, HubAction, note
from covidstation.i18n import _
from covidstation.services.district.packs import FAMILIES, check_codes, check_pack

ITEM = "district_item"
FEW = 500  # stations that a question names one by one
_FOR_ALL = select(ItemRow).where(ItemRow.station.is_(None), ItemRow.withdrawn_at.is_(None)).order_by(ItemRow.made_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDraft:
    """An item before it is said. `station` is a number, None for all; `about` the table and id of a record."""

    kind: ItemKind
    title: str
    body: str = ""
    station: int | None = None
    about: tuple[str, str] | None = None
    due_on: date | None = None
    data: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Author:
    """Who speaks for the district: the name that stations read, and the id of a user of the pages."""

    name: str
    id: UUID | None = None


def make_item(session: Session, hub: Hub, draft: ItemDraft, author: Author, *, now: datetime) -> ItemRow:
    """Say it, inside `hub.database.kinds.write`, of the record that stands where a person was entered twice.

    Raises UserError district.text_missing, district.text_long.
    """
    if draft.about is not None and draft.about[0] == PERSON and draft.station is not None:
        draft = replace(draft, about=(PERSON, standing_at(session, draft.station, draft.about[1])))
    row = new_item(session, draft, author, now)
    for station in _told(session, row):
        _say_item(session, hub, row, station, author.id, now)
    subject = draft.about[1] if draft.about is not None else None
    detail = {"what": draft.kind.value, "item": row.id.hex}
    by = author.id or PROGRAM
    note(session, HubAction.TELL, by=by, now=now, station=draft.station, subject=subject, detail=detail)
    return row


def new_item(session: Session, draft: ItemDraft, author: Author, now: datetime) -> ItemRow:
    """The item in the district's own list; whoever makes it says it too. Raises as `make_item`."""
    row = _row_of(draft, author, now)
    session.add(row)
    session.flush()
    return row


def _row_of(draft: ItemDraft, author: Author, now: datetime) -> ItemRow:
    title, body = clean(draft.title), clean_block(draft.body)
    if not title or (not clean(body) and draft.kind in (ItemKind.ANNOUNCEMENT, ItemKind.QUESTION, ItemKind.FINDING)):
        raise UserError("district.text_missing")
    for text, most in ((title, MOST_TITLE), (body, MOST_BODY)):
        if len(text) > most:
            raise UserError("district.text_long", most=most)
    return ItemRow(
        id=new_id(),
        kind=draft.kind.value,
        station=draft.station,
        about_tbl=draft.about[0] if draft.about is not None else None,
        about_row=draft.about[1] if draft.about is not None else None,
        title=title,
        body=body,
        data=dict(draft.data) if draft.data is not None else None,
        author=clean(author.name)[:MOST_TITLE],
        made_at=utc(now),
        due_on=draft.due_on.isoformat() if draft.due_on else None,
        withdrawn_at=None,
    )


def _told(session: Session, row: ItemRow) -> list[int]:
    """The stations that it is for: that one, or all whose keys are in force."""
    return _in_force(session) if row.station is None else [row.station]


def _in_force(session: Session) -> list[int]:
    query = select(EnrolmentRow.station).where(EnrolmentRow.revoked_at.is_(None)).distinct()
    return sorted(session.scalars(query))


def item_fields(row: ItemRow) -> dict[str, Any]:
    """The item as its line has it."""
    return {
        "kind": row.kind,
        "title": row.title,
        "body": row.body,
        "author": row.author,
        "made_at": row.made_at.isoformat(),
        "due_on": row.due_on,
        "about_tbl": row.about_tbl,
        "about_row": row.about_row,
        "data": row.data,
    }


def _say_item(session: Session, hub: Hub, row: ItemRow, station: int, by: UUID | None, now: datetime) -> None:
    say(session, hub, station, [Change(ITEM, row.id, "i", item_fields(row))], by=by, now=now)


def withdraw_item(session: Session, hub: Hub, item_id: UUID, author: Author, *, now: datetime) -> ItemRow:
    """Take it back everywhere; a pack no longer counts from today on. Raises UserError district.unknown_item, and
    allotment.counted_there for what is in a station's store by now."""
    row = session.get(ItemRow, item_id)
    if row is None:
        raise UserError("district.unknown_item")
    if row.withdrawn_at is None:
        if row.kind == ItemKind.ALLOTMENT.value:
            _refuse_counted(session, row)
        row.withdrawn_at = utc(now)
        fields = {"withdrawn_at": row.withdrawn_at.isoformat()}
        for station in _told(session, row):
            if load_records(session, station, [(ITEM, row.id.hex)]):
                say(session, hub, station, [Change(ITEM, row.id, "u", fields)], by=author.id, now=now)
        detail = {"what": "withdraw", "item": row.id.hex}
        note(session, HubAction.TELL, by=author.id or PROGRAM, now=now, station=row.station, detail=detail)
    return row


def _refuse_counted(session: Session, row: ItemRow) -> None:
    for state in item_states(session, row):
        if not state.waits:
            raise UserError("allotment.counted_there", station=state.station_name)


def catch_up(session: Session, hub: Hub, station: int, now: datetime) -> int:
    """Say to a station that was enrolled later what was said to all before; returns how many items."""
    rows = list(session.scalars(_FOR_ALL))
    held = load_records(session, station, [(ITEM, row.id.hex) for row in rows]) if rows else {}
    missing = [row for row in rows if (ITEM, row.id.hex) not in held]
    for row in missing:
        _say_item(session, hub, row, station, None, now)
    return len(missing)


def send_pack(
    session: Session,
    hub: Hub,
    pack: DistrictPack,
    catalog: Catalog,
    author: Author,
    *,
    station: int | None,
    now: datetime,
) -> ItemRow:
    """Send a dated rule or texts of papers, once this program can read them as stations will.

    Raises UserError district.pack_family, district.pack_bad, district.pack_long, district.pack_past,
    district.pack_twice, district.pack_id.
    """
    check_to_send(session, pack, catalog, now)
    data = {"family": pack.family, "id": pack.id, "valid_from": pack.valid_from.isoformat(), "toml": pack.toml}
    day = pack.valid_from.strftime("%d/%m/%Y")
    table = pack_table(pack)
    name = clean(str(table.get("title") or pack.id)) if pack.family != WORDING else _("câu chữ văn bản")
    title = _("Quy định mới từ {day}: {name}").format(name=name, day=day)[:MOST_TITLE]
    source = clean_block(str(table.get("source") or ""))[:MOST_BODY] if pack.family != WORDING else ""
    draft = ItemDraft(kind=ItemKind.PACK, title=title, body=source, station=station, data=data)
    return make_item(session, hub, draft, author, now=now)


def check_to_send(session: Session, pack: DistrictPack, catalog: Catalog, now: datetime) -> None:
    """Whether every station of this version can read it, from a day that has not been. Raises as `send_pack`."""
    if len(pack.toml) > MOST_TOML:
        raise UserError("district.pack_long", most=MOST_TOML)
    if pack.family in FAMILIES:
        _check_id(session, pack, catalog)
    check_pack(pack, catalog)
    rows = session.scalars(select(ItemRow).where(ItemRow.kind == ItemKind.PACK.value).order_by(ItemRow.made_at))
    check_codes(pack, catalog, (read_pack(row.data, row.withdrawn_at and row.withdrawn_at.date()) for row in rows))
    today = now.date()
    if pack.valid_from < today:
        raise UserError("district.pack_past", today=today.strftime("%d/%m/%Y"))


def _check_id(session: Session, pack: DistrictPack, catalog: Catalog) -> None:
    if pack.family == WORDING:
        return  # its id names the law whose texts it changes
    letters = set("abcdefghijklmnopqrstuvwxyz0123456789-")
    shipped = {rule["id"] for rule in catalog.rule_tables(Family(pack.family))}
    if not pack.id or len(pack.id) > 60 or not set(pack.id) <= letters or pack.id in shipped:
        raise UserError("district.pack_id", id=pack.id)
    for row in session.scalars(select(ItemRow).where(ItemRow.kind == ItemKind.PACK.value)):
        if read_pack(row.data).id == pack.id:
            raise UserError("district.pack_twice", id=pack.id)


def set_target(
    session: Session,
    hub: Hub,
    target: Target,
    author: Author,
    *,
    station: int | None,
    note_text: str = "",
    now: datetime,
) -> ItemRow:
    """Give one station or all a target. Raises UserError district.target_days, district.target_value."""
    if target.last < target.first:
        raise UserError("district.target_days")
    if target.value < 1:
        raise UserError("district.target_value")
    data = {
        "measure": target.measure.value,
        "from": target.first.isoformat(),
        "until": target.last.isoformat(),
        "value": target.value,
    }
    title = _("Chỉ tiêu: {words}, {n}").format(words=measure_words(target.measure), n=target.value)
    draft = ItemDraft(kind=ItemKind.TARGET, title=title, body=note_text, station=station, due_on=target.last, data=data)
    return make_item(session, hub, draft, author, now=now)


def measure_words(measure: Measure) -> str:
    """What a target counts."""
    return {
        Measure.TESTS: _("mẫu xét nghiệm"),
        Measure.CHECKS: _("lượt theo dõi F0 tại nhà"),
        Measure.FOLLOW_UPS: _("lần hỏi thăm sau khỏi bệnh"),
        Measure.DELIVERIES: _("giấy tờ giao tận nhà"),
    }[measure]


@dataclass(frozen=True, slots=True)
class Reply:
    """One message of a station about an item."""

    kind: str
    text: str
    by_name: str
    made_at: str


@dataclass(frozen=True, slots=True)
class ItemState:
    """An item at one station: opened when, what was said, and whether it still waits."""

    station: int
    station_name: str
    read_at: str
    replies: tuple[Reply, ...]
    waits: bool


def items(session: Session, *, station: int | None = None, kind: ItemKind | None = None) -> list[ItemRow]:
    """What was said, the newest first; of one station with what was said to all."""
    query = select(ItemRow).order_by(ItemRow.made_at.desc(), ItemRow.id)
    if station is not None:
        query = query.where((ItemRow.station == station) | ItemRow.station.is_(None))
    if kind is not None:
        query = query.where(ItemRow.kind == kind.value)
    return list(session.scalars(query))


def item_states(session: Session, row: ItemRow) -> list[ItemState]:
    """Where an item stands at each station that it is for: who still has to answer or read first, then by name."""
    return states_of(session, [row])[row.id]


def states_of(session: Session, rows: Sequence[ItemRow]) -> dict[UUID, list[ItemState]]:
    """The same of several items, asked at once."""
    everybody = _in_force(session) if any(row.station is None for row in rows) else []
    told = {row.id: everybody if row.station is None else [row.station] for row in rows}
    stations = sorted({n for some in told.values() for n in some})
    names = {n: name for n, name in session.execute(select(StationRow.n, StationRow.name))}
    said = _messages(session, stations, {row.id.hex for row in rows})
    found = {}
    for row in rows:
        states = [_state(row, n, names[n], said.get((n, row.id.hex), ())) for n in told[row.id] if n in names]
        found[row.id] = sorted(states, key=lambda one: (not one.waits, one.station_name))
    return found


def _messages(
    session: Session, stations: Collection[int], items: Collection[str]
) -> dict[tuple[int, str], list[Mapping[str, Any]]]:
    """What these stations said of these items, by both, in the order in which they said it."""
    wanted, found = set(stations), defaultdict[tuple[int, str], list[tuple[int, Mapping[str, Any]]]](list)
    columns = (SaidRow.item, RecordRow.station, RecordRow.made, RecordRow.fields)
    whole = select(*columns).join(
        RecordRow,
        (RecordRow.station == SaidRow.station) & (RecordRow.tbl == MESSAGE) & (RecordRow.row == SaidRow.row),
    )
    whole = whole.where(RecordRow.deleted.is_(False))
    for picked in among(session, cast(Table, SaidRow.__table__).c.item, sorted(items)):
        query = whole.where(picked)
        if len(stations) <= FEW:
            query = query.where(SaidRow.station.in_(stations))
        for item, station, made, fields in session.execute(query):
            if station in wanted:
                found[station, item].append((made, fields))
    return {key: [fields for _made, fields in sorted(said, key=itemgetter(0))] for key, said in found.items()}


def _state(row: ItemRow, station: int, name: str, mine: Sequence[Mapping[str, Any]]) -> ItemState:
    replies = tuple(
        Reply(
            str(one.get("kind", "")), str(one.get("text", "")), str(one.get("by_name", "")), str(one.get("made_at", ""))
        )
        for one in mine
        if one.get("kind") != MessageKind.READ.value
    )
    read_at = next((str(one.get("made_at", "")) for one in mine), "")
    wanted = WANTED.get(ItemKind(row.kind))
    waits = row.withdrawn_at is None and (
        not any(one.kind == wanted.value for one in replies) if wanted is not None else not read_at
    )
    return ItemState(station, name, read_at, replies, waits)
