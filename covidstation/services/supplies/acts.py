"""What a person does with the store: bring in, hand out, bring back, destroy, count, and take back what was wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.queries.cold_chain import waiting_lots_in
from covidstation.db.queries.supply_books import item_of, standing
from covidstation.db.rows import SupplyLotRow, SupplyMovementRow
from covidstation.db.session import Database
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.rights import Right
from covidstation.domain.supplies import (
    BY_HAND,
    OUT_OF,
    REASON_NEEDED,
    SIGNS,
    LinkKind,
    MovementKind,
    Source,
    check_day,
    check_units,
)
from covidstation.domain.text import TEXT_LIMIT, clean
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.supplies.drawing import draw, item_in
from covidstation.services.supplies.items import lot_in
from covidstation.services.supplies.receiving import ReceiptLine as ReceiptLine
from covidstation.services.supplies.receiving import check_line, item_of_line, lot_of_line, other_expiry
from covidstation.services.supplies.writing import Move, Said, standing_rows, write_moves


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptDraft:
    """A delivery."""

    day: date | None
    source: Source = Source.UPPER
    partner: str = ""
    document: str = ""
    note: str = ""
    lines: tuple[ReceiptLine, ...] = ()
    by_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLine:
    """So many units of an item, from whatever expires first."""

    item_id: UUID
    quantity: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueDraft:
    """What is handed out by hand: to a team, a sub-station, for the station's own use."""

    day: date | None
    partner: str = ""
    document: str = ""
    reason: str = ""
    lines: tuple[IssueLine, ...] = ()
    by_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotDraft:
    """One act with one lot: handed out, brought back, sent back, lost, destroyed."""

    lot_id: UUID
    kind: MovementKind
    day: date | None
    quantity: int = 0
    partner: str = ""
    document: str = ""
    reason: str = ""
    by_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLine:
    """What was found of a lot."""

    lot_id: UUID
    counted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountDraft:
    """A count (kiểm kê) of many lots at once. `reason`: why there is more or less than the book says."""

    day: date | None
    lines: tuple[CountLine, ...] = ()
    reason: str = ""
    document: str = ""
    by_name: str = ""


@needs(Right.ENTER)
def receive(db: Database, draft: ReceiptDraft, *, by: UUID | None, now: datetime) -> Done[UUID]:
    """Write a delivery; the value is the act. A lot that the store has under the same number and expiry grows.

    Raises Refused, beside `day`, `lines` or `lines.<n>.number|expiry|quantity`: supplies.nothing, supplies.lot_expiry
    when that number stands there with another expiry, what is wrong with the day, the quantity, the texts.
    """
    with db.write(by, now) as session:
        found = [*check_day("day", draft.day, now.date()), *_texts(draft.partner, draft.document, draft.note)]
        if not draft.lines:
            found.append(Problem("lines", "supplies.nothing"))
        items = [item_of_line(session, line, now.date()) for line in draft.lines]
        for at, (item, line) in enumerate(zip(items, draft.lines, strict=True)):
            found += check_line(session, item, line, f"lines.{at}", draft.day or now.date())
            above = (one for of, one in zip(items[:at], draft.lines, strict=False) if of.id == item.id)
            found += other_expiry(line, above, f"lines.{at}.expiry")
        if found or draft.day is None:
            raise Refused(found)
        moves = []
        for item, line in zip(items, draft.lines, strict=True):
            lot = lot_of_line(session, item, line, draft.day)
            moves.append(Move(lot_id=lot, kind=MovementKind.RECEIPT, quantity=line.quantity))
        said = _said(draft.day, draft.partner, draft.document, draft.note, draft.by_name)
        act = write_moves(session, replace(said, source=draft.source.value), moves)
    return done(act, Kind.SUPPLIES)


@needs(Right.ENTER)
def issue(db: Database, draft: IssueDraft, *, by: UUID | None, now: datetime) -> Done[int]:
    """Hand out by hand, what expires first gone first; the value is how many lots it came from.

    Raises Refused beside `day`, `partner` (nobody said to whom), `lines` or `lines.<n>.quantity`: supplies.not_enough.
    """
    today = now.date()
    found = [*check_day("day", draft.day, today), *_texts(draft.partner, draft.document, draft.reason)]
    if not clean(draft.partner):
        found.append(Problem("partner", "supplies.to_whom"))
    if not draft.lines:
        found.append(Problem("lines", "supplies.nothing"))
    taken = 0
    with db.write(by, now) as session:
        for at, line in enumerate(draft.lines):
            name = item_of(item_in(session, line.item_id)).title
            found += check_units(f"lines.{at}.quantity", line.quantity, name)
        if found or draft.day is None:
            raise Refused(found)
        said = _said(draft.day, draft.partner, draft.document, draft.reason, draft.by_name)
        for at, line in enumerate(draft.lines):
            item, field = item_in(session, line.item_id), f"lines.{at}.quantity"
            taken += len(draw(session, item, line.quantity, said, BY_HAND, today=today, field=field))
    return done(taken, Kind.SUPPLIES)


@needs(Right.ENTER)
def move_lot(db: Database, draft: LotDraft, *, by: UUID | None, now: datetime) -> Done[UUID]:
    """One act with one lot; the value is the act.

    Raises Refused: supplies.reason_missing for a loss or a sending back, supplies.lot_expired, lot_waits for handing
    out what is over or waits for a decision, supplies.not_expired for destroying what is not, supplies.below_zero;
    UserError supplies.no_lot.
    """
    found = [*check_day("day", draft.day, now.date()), *_texts(draft.partner, draft.document, draft.reason)]
    if draft.kind in REASON_NEEDED and not clean(draft.reason):
        found.append(Problem("reason", "supplies.reason_missing"))
    with db.write(by, now) as session:
        lot = lot_in(session, draft.lot_id)
        item = item_in(session, lot.item_id)
        found += check_units("quantity", draft.quantity, item_of(item).title)
        if draft.day is not None:
            found += _check_over(lot, draft.kind, draft.day)
        if draft.kind is MovementKind.ISSUE and lot.id in waiting_lots_in(session):
            found.append(Problem("quantity", "supplies.lot_waits"))
        if found or draft.day is None:
            raise Refused(found)
        said = _said(draft.day, draft.partner, draft.document, draft.reason, draft.by_name)
        move = Move(lot_id=lot.id, kind=draft.kind, quantity=SIGNS[draft.kind] * draft.quantity)
        act = write_moves(session, said, [move])
    return done(act, Kind.SUPPLIES)


@needs(Right.ENTER)
def count(db: Database, draft: CountDraft, *, by: UUID | None, now: datetime) -> Done[int]:
    """Write what was found; the value is how many lots had more or less than the book said.

    Raises Refused: supplies.reason_missing when anything differs and nobody says why, supplies.nothing.
    """
    found = [*check_day("day", draft.day, now.date()), *_texts("", draft.document, draft.reason)]
    if not draft.lines:
        found.append(Problem("lines", "supplies.nothing"))
    with db.write(by, now) as session:
        for at, line in enumerate(draft.lines):
            name = item_of(item_in(session, lot_in(session, line.lot_id).item_id)).title
            found += check_units(f"lines.{at}.counted", line.counted, name, least=0)
        if found or draft.day is None:
            raise Refused(found)
        moves = [Move(lot_id=line.lot_id, kind=MovementKind.COUNT, counted=line.counted) for line in draft.lines]
        act = write_moves(session, _said(draft.day, "", draft.document, draft.reason, draft.by_name), moves)
        differ = _differing(session, act)
        if differ and not clean(draft.reason):
            raise Refused([Problem("reason", "supplies.reason_differs", {"count": f"{differ}"})])
    return done(differ, Kind.SUPPLIES)


@needs(Right.ENTER)
def correct_movement(
    db: Database, movement_id: UUID, quantity: int, reason: str, *, by: UUID | None, now: datetime, by_name: str = ""
) -> Done[None]:
    """Another quantity for a movement that was written by hand, in its place and on its day; of a count what was found.

    Raises Refused supplies.below_zero, supplies.reason_missing; UserError supplies.linked, supplies.voided_already.
    """
    with db.write(by, now) as session:
        row = _by_hand(session, [movement_id], reason)[0]
        counts = row.kind == MovementKind.COUNT.value
        found = check_units("quantity", quantity, "", least=0 if counts else 1)
        if found:
            raise Refused(found)
        kind = MovementKind(row.kind)
        move = Move(
            lot_id=row.lot_id,
            kind=kind,
            quantity=0 if counts else SIGNS[kind] * quantity,
            counted=quantity if counts else None,
            voids=row,
        )
        said = _said(row.day, row.partner, row.document, reason, by_name)
        write_moves(session, replace(said, source=row.source), [move])
    return done(None, Kind.SUPPLIES)


@needs(Right.ENTER)
def take_back_movements(
    db: Database, movements: Sequence[UUID], reason: str, *, by: UUID | None, now: datetime, by_name: str = ""
) -> Done[int]:
    """Movements that were written by mistake: they stay in the register and count no more.

    Raises Refused supplies.reason_missing, supplies.below_zero when what came in has been handed out since; UserError
    supplies.linked for what another book drew, supplies.voided_already.
    """
    with db.write(by, now) as session:
        rows = _by_hand(session, movements, reason)
        for day in sorted({row.day for row in rows}):
            voids = [Move(lot_id=row.lot_id, kind=MovementKind.VOID, voids=row) for row in rows if row.day == day]
            write_moves(session, _said(day, "", "", reason, by_name), voids, field="")
    return done(len(rows), Kind.SUPPLIES)


def _by_hand(session: Session, movements: Sequence[UUID], reason: str) -> list[SupplyMovementRow]:
    if not clean(reason):
        raise Refused([Problem("reason", "supplies.reason_missing")])
    if found := too_long("reason", clean(reason), TEXT_LIMIT):
        raise Refused(found)
    rows = standing_rows(session, movements)
    if not rows:
        raise UserError("supplies.voided_already")
    links = {row.link_kind for row in rows} - {LinkKind.NONE.value}
    if links:
        counted = links == {LinkKind.ALLOTMENT.value}
        raise UserError("supplies.linked_allotment" if counted else "supplies.linked")
    return rows


def _check_over(lot: SupplyLotRow, kind: MovementKind, day: date) -> list[Problem]:
    over = lot.expiry is not None and lot.expiry < day
    if kind is MovementKind.ISSUE and over:
        return [Problem("quantity", "supplies.lot_expired", {"day": f"{lot.expiry:%d/%m/%Y}"})]
    if kind is MovementKind.EXPIRY and not over:
        return [Problem("day", "supplies.not_expired")]
    if kind not in OUT_OF and kind is not MovementKind.RETURN:
        raise AssertionError(f"{kind} is no act with one lot")
    return []


def _said(day: date, partner: str, document: str, reason: str, by_name: str) -> Said:
    return Said(day=day, partner=partner, document=document, reason=reason, by_name=by_name)


def _texts(partner: str, document: str, reason: str) -> list[Problem]:
    texts = {"partner": partner, "document": document, "reason": reason}
    return [problem for field, text in texts.items() for problem in too_long(field, clean(text), TEXT_LIMIT)]


def _differing(session: Session, act: UUID) -> int:
    row = SupplyMovementRow
    query = select(row.id).where(row.act == act, row.kind == MovementKind.COUNT.value, row.quantity != 0, standing())
    return len(session.scalars(query).all())
