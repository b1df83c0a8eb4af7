"""What the district sends to the stores of stations: said as items, counted there, and how far each paper has come."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from covidstation.domain.allotments import (
    Allotment,
    AllotmentLine,
    Compared,
    Confirmation,
    allotment_data,
    check_allotment,
    compare,
    read_allotment,
    read_count,
    standing_count,
    tidy_allotment,
)
from covidstation.domain.district import MOST_BODY, MOST_TITLE, ItemKind, MessageKind
from covidstation.domain.ops import Op
from covidstation.domain.problems import Problem
from covidstation.domain.text import clean, clean_block, fold
from covidstation.errors import Refused
from covidstation.hub.database.records import MESSAGE
from covidstation.hub.database.sets import among
from covidstation.hub.database.store import Hub, aware
from covidstation.hub.down.items import ITEM, Author, ItemDraft, make_item
from covidstation.hub.rows import DownLineRow, DownStreamRow, ItemRow, RecordRow, SaidRow, StationRow
from covidstation.i18n import _

_ROOM: Final = 200  # letters of a body that are left for its last line


class State(StrEnum):
    """How far a paper has come, in the order in which it comes."""

    SENT = "sent"
    ARRIVED = "arrived"  # the station's program has it
    COUNTED = "counted"
    DIFFERS = "differs"
    WITHDRAWN = "withdrawn"
    CROSSED = "crossed"  # taken back here while it was counted there: the goods are in that store


@dataclass(frozen=True, slots=True, kw_only=True)
class AllotmentOrder:
    """One paper for some stations, by their numbers: each gets the whole of it, as a paper of its own."""

    paper: Allotment
    stations: tuple[int, ...]
    due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllotmentState:
    """One paper at one station."""

    id: UUID
    station: int
    station_name: str
    paper: Allotment
    title: str
    author: str
    made_at: datetime  # aware
    due_on: date | None
    state: State
    late: bool
    stands: Confirmation | None = None
    twice: bool = False  # counted in two lives of the station's register; the later counts

    @property
    def lines(self) -> tuple[Compared, ...]:
        """What was sent beside what was counted."""
        return compare(self.paper, self.stands.count if self.stands is not None else None)

    @property
    def waits(self) -> bool:
        """Nobody there has counted it."""
        return self.state in (State.SENT, State.ARRIVED)


def send_allotment(
    session: Session, hub: Hub, order: AllotmentOrder, author: Author, *, now: datetime
) -> list[ItemRow]:
    """Send it, inside `hub.database.kinds.write`; an item for each station.

    Raises Refused beside `document`, `day`, `due`, `stations`, `lines.<place>.<name>`.
    """
    today = now.astimezone().date()
    lines = tuple(replace(line, number=at) for at, line in enumerate(order.paper.lines, start=1))
    paper = tidy_allotment(replace(order.paper, lines=lines))
    found = check_allotment(paper, today)
    if not order.stations:
        found.append(Problem("stations", "allotment.no_station"))
    if order.due_on is not None and order.due_on < today:
        found.append(Problem("due", "allotment.due_past"))
    found += _sent_before(session, paper.document, order.stations)
    if found:
        raise Refused(found)
    words = _("Phiếu xuất kho {document}: {n} mặt hàng").format(document=paper.document, n=len(paper.lines))
    return [
        make_item(
            session,
            hub,
            ItemDraft(
                kind=ItemKind.ALLOTMENT,
                title=words[:MOST_TITLE],
                body=paper_text(paper),
                station=station,
                due_on=order.due_on,
                data=allotment_data(paper),
            ),
            author,
            now=now,
        )
        for station in dict.fromkeys(order.stations)
    ]


def _sent_before(session: Session, document: str, stations: Collection[int]) -> list[Problem]:
    """A number stands on one paper of a station alone: by it people speak of it over the telephone."""
    query = select(ItemRow.data, StationRow.name).join(StationRow, StationRow.n == ItemRow.station)
    query = query.where(
        ItemRow.kind == ItemKind.ALLOTMENT.value, ItemRow.withdrawn_at.is_(None), ItemRow.station.in_(stations)
    )
    return [
        Problem("document", "allotment.document_twice", {"station": name, "number": document})
        for data, name in session.execute(query)
        if fold(str((data or {}).get("document", ""))) == fold(document)
    ]


def paper_text(paper: Allotment) -> str:
    """The paper in words: what a station whose program does not know allotments yet reads of it."""
    day = f"{paper.day:%d/%m/%Y}" if paper.day else ""
    said = [_("Phiếu xuất kho số {document}, ngày {day}.").format(document=paper.document, day=day)]
    said += [paper.note] if paper.note else []
    for at, line in enumerate(paper.lines):
        said.append(f"{line.number}. {line_text(line)}")
        if sum(map(len, said)) > MOST_BODY - _ROOM - len(said):
            more = len(paper.lines) - at
            return "\n".join([*said[:-1], _("… và {n} dòng nữa, xem phiếu giấy.").format(n=more)])
    return "\n".join(said)


def line_text(line: AllotmentLine) -> str:
    """`Paracetamol 500 mg, viên nén, lô A12, hạn dùng 31/12/2022: 500 viên`."""
    lot = _("lô {number}").format(number=line.lot) if line.lot else ""
    until = _("hạn dùng {day}").format(day=f"{line.expiry:%d/%m/%Y}") if line.expiry else ""
    what = ", ".join(filter(None, (line.item.title, line.item.form, lot, until)))
    return f"{what}: {line.quantity} {line.item.unit}"


def allotments(
    session: Session, today: date, *, station: int | None = None, id: UUID | None = None
) -> list[AllotmentState]:
    """All papers, the newest first; of one station, or one of them. What no program can read is left out."""
    query = select(ItemRow, StationRow.name).join(StationRow, StationRow.n == ItemRow.station)
    query = query.where(ItemRow.kind == ItemKind.ALLOTMENT.value)
    if station is not None:
        query = query.where(ItemRow.station == station)
    if id is not None:
        query = query.where(ItemRow.id == id)
    rows = [(row, name) for row, name in session.execute(query.order_by(ItemRow.made_at.desc(), ItemRow.id))]
    ids = [row.id.hex for row, _name in rows]
    said, there = _said(session, ids), _arrived(session, ids)
    found = []
    for row, name in rows:
        try:
            paper = read_allotment(row.data)
        except ValueError:
            continue
        key = (row.station or 0, row.id.hex)
        found.append(_state(row, name, paper, said.get(key, ()), key in there, today))
    return found


def _state(
    row: ItemRow, name: str, paper: Allotment, said: Sequence[Confirmation], arrived: bool, today: date
) -> AllotmentState:
    stands, others = standing_count(said)
    due = date.fromisoformat(row.due_on) if row.due_on else None
    if stands is None:
        state = State.WITHDRAWN if row.withdrawn_at is not None else State.ARRIVED if arrived else State.SENT
    elif row.withdrawn_at is not None:
        state = State.CROSSED
    else:
        differs = any(one.differs for one in compare(paper, stands.count))
        state = State.DIFFERS if differs else State.COUNTED
    return AllotmentState(
        id=row.id,
        station=row.station or 0,
        station_name=name,
        paper=paper,
        title=row.title,
        author=row.author,
        made_at=aware(row.made_at),
        due_on=due,
        state=state,
        late=state in (State.SENT, State.ARRIVED) and due is not None and due < today,
        stands=stands,
        twice=bool(others),
    )


def _said(session: Session, items: Sequence[str]) -> dict[tuple[int, str], list[Confirmation]]:
    """What stations counted, by station and item: each speaks of its own papers alone."""
    found = defaultdict[tuple[int, str], list[Confirmation]](list)
    query = select(SaidRow.item, SaidRow.station, SaidRow.row, RecordRow.fields).join(
        RecordRow, (RecordRow.station == SaidRow.station) & (RecordRow.tbl == MESSAGE) & (RecordRow.row == SaidRow.row)
    )
    query = query.where(SaidRow.kind == MessageKind.RECEIVED.value, RecordRow.deleted.is_(False))
    for picked in among(session, cast(Table, SaidRow.__table__).c.item, items):
        for item, station, row, fields in session.execute(query.where(picked)):
            one = _confirmation(row, fields)
            if one is not None:
                found[station, item].append(one)
    return found


def _confirmation(row: str, fields: Mapping[str, Any]) -> Confirmation | None:
    """None for what no station of this program says."""
    try:
        return Confirmation(
            id=UUID(hex=row),
            made_at=datetime.fromisoformat(str(fields.get("made_at"))).replace(tzinfo=None),
            count=read_count(fields.get("data")),
            reason=clean(str(fields.get("text") or "")),
            by_name=clean(str(fields.get("by_name") or "")),
        )
    except ValueError:
        return None


def _arrived(session: Session, items: Sequence[str]) -> set[tuple[int, str]]:
    """Which of these the stations have read, or spoken of."""
    line, stream, found = DownLineRow, DownStreamRow, set[tuple[int, str]]()
    read = (
        select(line.station, line.row)
        .join(stream, (stream.station == line.station) & (stream.epoch == line.epoch))
        .where(line.tbl == ITEM, line.seq <= stream.told_upto)
    )
    for picked in among(session, cast(Table, line.__table__).c.row, items):
        found |= {(station, row) for station, row in session.execute(read.where(picked))}
    for picked in among(session, cast(Table, SaidRow.__table__).c.item, items):
        found |= {(n, item) for n, item in session.execute(select(SaidRow.station, SaidRow.item).where(picked))}
    return found


def take_up_papers(session: Session, station: int, ops: Iterable[Op]) -> int:
    """Papers that this hub lost when it was restored and a station sends back: in the district's list again, for that
    station alone. The value is how many."""
    count = 0
    for op in ops:
        if op.table != ITEM:
            continue
        row = session.get(ItemRow, UUID(hex=op.row))
        if op.action == "i" and row is None and op.fields.get("kind") == ItemKind.ALLOTMENT.value:
            made = _lost_paper(station, op)
            if made is not None:
                session.add(made)
                session.flush()
                count += 1
        elif op.action == "u" and row is not None and row.station == station and op.fields.get("withdrawn_at"):
            row.withdrawn_at = row.withdrawn_at or _moment(op.fields["withdrawn_at"])
    return count


def _lost_paper(station: int, op: Op) -> ItemRow | None:
    fields, made_at = op.fields, _moment(op.fields.get("made_at"))
    try:
        data = allotment_data(read_allotment(fields.get("data")))
        due = date.fromisoformat(str(fields["due_on"])) if fields.get("due_on") else None
    except ValueError:
        return None
    if made_at is None:
        return None
    return ItemRow(
        id=UUID(hex=op.row),
        kind=ItemKind.ALLOTMENT.value,
        station=station,
        about_tbl=None,
        about_row=None,
        title=clean(str(fields.get("title", "")))[:MOST_TITLE],
        body=clean_block(str(fields.get("body", "")))[:MOST_BODY],
        data=data,
        author=clean(str(fields.get("author", "")))[:MOST_TITLE],
        made_at=made_at,
        due_on=due.isoformat() if due else None,
        withdrawn_at=None,
    )


def _moment(said: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(str(said)).replace(tzinfo=None)
    except ValueError:
        return None
