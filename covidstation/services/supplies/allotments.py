"""What the district sent: looked at, counted, taken into the store in the same transaction (docs/adr/0047)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.queries.allotments import AllotmentView, allotments_in, kept_items_in, list_allotments
from covidstation.db.rows import DistrictItemRow, SupplyItemRow, SupplyMovementRow
from covidstation.db.session import Database
from covidstation.domain.allotments import (
    Allotment,
    AllotmentLine,
    Count,
    Counted,
    compare,
    count_data,
    match_item,
    new_item,
)
from covidstation.domain.district import MessageKind
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.rights import Right
from covidstation.domain.supplies import ItemDraft, Link, LinkKind, MovementKind, Source, check_day, check_units
from covidstation.domain.text import TEXT_LIMIT, clean, fold
from covidstation.errors import Refused, UserError
from covidstation.services.certificate import certificate_of, is_waiting_for_its_own
from covidstation.services.changes import Done, Kind, done
from covidstation.services.district.items import add_message
from covidstation.services.rights import needs
from covidstation.services.supplies.deliveries import received_in, spread
from covidstation.services.supplies.receiving import ReceiptLine, check_line, item_of_line, lot_of_line, other_expiry
from covidstation.services.supplies.writing import Move, Said, write_moves


@dataclass(frozen=True, slots=True)
class AllotmentLook:
    """A paper with the item of the store that each line is, None for one to be made, and all items to choose from.

    `unsure`: the register came back from a copy and lacks what it had sent since: it may have been counted before.
    """

    view: AllotmentView
    matched: tuple[UUID | None, ...]
    kept: tuple[tuple[UUID, ItemDraft], ...]
    unsure: bool = False


@dataclass(frozen=True, slots=True)
class AllotmentsWaiting:
    """For Hôm nay and the side bar: how many papers wait to be counted, how many of them too long; the first due."""

    count: int = 0
    late: int = 0
    first: AllotmentView | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedLine:
    """What was found of a line. `item_id` None makes the item of the paper. Not `kept`: its day is over, it stays out
    of the store."""

    item_id: UUID | None = None
    number: str = ""
    expiry: date | None = None
    counted: int | None = None
    kept: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AllotmentDraft:
    """One counting: `lines` in the order of the paper, all of them. `replaces`: the counting that was seen before."""

    allotment: UUID
    day: date | None
    lines: tuple[CountedLine, ...] = ()
    reason: str = ""
    replaces: UUID | None = None
    by_name: str = ""


@needs(Right.SEE)
def allotments(db: Database) -> tuple[AllotmentView, ...]:
    """What the district sent: what waits first, then the newest."""
    return list_allotments(db)


@needs(Right.SEE)
def allotments_waiting(db: Database, today: date) -> AllotmentsWaiting:
    """What waits to be counted."""
    waiting = [one for one in list_allotments(db) if one.waits]
    return AllotmentsWaiting(len(waiting), sum(one.late(today) for one in waiting), next(iter(waiting), None))


@needs(Right.SEE)
def look_at_allotment(db: Database, allotment_id: UUID) -> AllotmentLook:
    """One paper. Raises UserError allotment.unknown."""
    with db.read() as session:
        view, kept = _view(session, allotment_id), kept_items_in(session)
        unsure = view.stands is None and is_waiting_for_its_own(session, restored=True)
    lines = view.paper.lines if view.paper is not None else ()
    return AllotmentLook(view, tuple(match_item(line, kept) for line in lines), kept, unsure)


@needs(Right.ENTER)
def receive_allotment(db: Database, draft: AllotmentDraft, *, by: UUID | None, now: datetime) -> Done[int]:
    """Count a paper: the district hears it, and what was found is in the store, or neither. The value: how many lines
    differ. With `replaces` it stands in the place of that counting, in the store too.

    Raises Refused beside `day`, `reason` (allotment.reason_missing) or `lines.<place>.item|number|expiry|counted|kept`;
    UserError allotment.unknown, allotment.unreadable, allotment.withdrawn, allotment.counted_already.
    """
    with db.write(by, now) as session:
        view = _view(session, draft.allotment)
        paper = _to_count(view, draft)
        pairs = list(zip(paper.lines, draft.lines, strict=False))
        found = [*check_day("day", draft.day, now.date()), *too_long("reason", clean(draft.reason), TEXT_LIMIT)]
        if len(draft.lines) != len(paper.lines):
            found.append(Problem("lines", "allotment.lines_all", {"count": f"{len(paper.lines)}"}))
        day = draft.day or now.date()
        found += [
            problem for at, (sent, line) in enumerate(pairs) for problem in _check(sent, line, f"lines.{at}", day)
        ]
        count = Count(day=day, lines=tuple(_said_of(sent, line) for sent, line in pairs), replaces=_former(view))
        found += _check_reason(paper, count, draft.reason)
        if found:
            raise Refused(found)
        moves = _moves(session, pairs, day, now.date())
        message = _say(session, draft, count, now)
        _write(session, view, paper, moves, message, draft)
        differ = sum(one.differs for one in compare(paper, count))
    return done(differ, Kind.SUPPLIES, Kind.DISTRICT, Kind.SYNC)


def _view(session: Session, allotment_id: UUID) -> AllotmentView:
    found = allotments_in(session, allotment_id)
    if not found:
        raise UserError("allotment.unknown")
    return found[0]


def _to_count(view: AllotmentView, draft: AllotmentDraft) -> Allotment:
    """Whether it may be counted now, by somebody who saw what stands."""
    if view.paper is None:
        raise UserError("allotment.unreadable")
    if (view.stands.id if view.stands is not None else None) != draft.replaces:
        raise UserError("allotment.counted_already")
    if view.stands is None and view.item.withdrawn_at is not None:
        raise UserError("allotment.withdrawn")
    return view.paper


def _former(view: AllotmentView) -> frozenset[UUID]:
    return frozenset(one.id for one in (view.stands, *view.others) if one is not None)


def _check(sent: AllotmentLine, line: CountedLine, place: str, day: date) -> list[Problem]:
    """What can be said of a line without the store."""
    title, over = sent.item.title, line.expiry is not None and line.expiry < day
    if line.counted is None:
        return [Problem(f"{place}.counted", "allotment.count_missing", {"name": title})]
    found = check_units(f"{place}.counted", line.counted, title, least=0)
    if line.counted and over and line.kept:
        params = {"name": title, "day": f"{line.expiry:%d/%m/%Y}"}
        found.append(Problem(f"{place}.expiry", "allotment.expired", params))
    if line.counted and not over and not line.kept:
        found.append(Problem(f"{place}.kept", "allotment.not_over", {"name": title}))
    return found


def _said_of(sent: AllotmentLine, line: CountedLine) -> Counted:
    counted = line.counted or 0
    kept = line.kept or not counted
    return Counted(line=sent.number, counted=counted, lot=clean(line.number), expiry=line.expiry, kept=kept)


def _check_reason(paper: Allotment, count: Count, reason: str) -> list[Problem]:
    differing = sum(bool(one.delta) for one in compare(paper, count))
    if not differing or clean(reason):
        return []
    return [Problem("reason", "allotment.reason_missing", {"count": f"{differing}"})]


def _moves(
    session: Session, pairs: Sequence[tuple[AllotmentLine, CountedLine]], day: date, today: date
) -> list[tuple[UUID, int]]:
    """The lots that grow, and by how much. Raises Refused for labels that cannot be."""
    kept, found = kept_items_in(session), list[Problem]()
    lines: list[tuple[SupplyItemRow, ReceiptLine]] = []
    for at, (sent, line) in enumerate(pairs):
        if not line.counted or not line.kept:
            continue
        new = new_item(sent, (item for _id, item in kept)) if line.item_id is None else None
        one = ReceiptLine(item_id=line.item_id, new=new, number=line.number, expiry=line.expiry, quantity=line.counted)
        item = item_of_line(session, one, today)
        place = f"lines.{at}"
        if fold(item.unit) != fold(sent.item.unit):
            params = {"name": sent.item.title, "unit": sent.item.unit, "kept": item.unit}
            found.append(Problem(f"{place}.item", "allotment.other_unit", params))
        found += check_line(session, item, one, place, day)
        found += other_expiry(one, (above for of, above in lines if of.id == item.id), f"{place}.expiry")
        lines.append((item, one))
    if found:
        raise Refused(found)
    return [(lot_of_line(session, item, line, day), line.quantity) for item, line in lines]


def _say(session: Session, draft: AllotmentDraft, count: Count, now: datetime) -> UUID:
    """To the district."""
    row = session.scalars(select(DistrictItemRow).where(DistrictItemRow.id == draft.allotment)).one()
    row.seen_at = row.seen_at or now.replace(microsecond=0, tzinfo=None)
    return add_message(
        session,
        MessageKind.RECEIVED,
        item=row.id,
        text=clean(draft.reason),
        data=count_data(count),
        by_name=draft.by_name,
        now=now,
    )


def _write(
    session: Session,
    view: AllotmentView,
    paper: Allotment,
    lots: Sequence[tuple[UUID, int]],
    message: UUID,
    draft: AllotmentDraft,
) -> None:
    """Into the store, and out of it what a former counting brought: one act, so that no lot is short in between."""
    link, former = Link(LinkKind.ALLOTMENT, message), list(_brought(session, view))
    moves = [Move(lot_id=row.lot_id, kind=MovementKind.VOID, voids=row) for row in former]
    for lot, units in spread(session, former, lots):
        moves.append(Move(lot_id=lot, kind=MovementKind.RECEIPT, quantity=units, link=link))
    if not moves or draft.day is None:
        return
    said = Said(
        day=draft.day,
        source=Source.UPPER.value,
        partner=_giver(session, view),
        document=paper.document,
        reason=draft.reason,
        by_name=draft.by_name,
    )
    write_moves(session, said, moves, field="lines")


def _brought(session: Session, view: AllotmentView) -> Iterator[SupplyMovementRow]:
    for message in sorted(_former(view)):
        yield from received_in(session, message)


def _giver(session: Session, view: AllotmentView) -> str:
    """Whom the store names as the giver: the district, by its own name."""
    certificate = certificate_of(session)
    return certificate.hub_name if certificate is not None else view.item.author
