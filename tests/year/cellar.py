"""What comes into the store and leaves it by hand: each act by its service and in the book of the store."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from covidstation.domain.supplies import ItemDraft, MovementKind, Source, SupplyKind
from covidstation.domain.supply_rules import supply_rule_on
from covidstation.services.supplies.acts import (
    CountDraft,
    CountLine,
    IssueDraft,
    IssueLine,
    LotDraft,
    ReceiptDraft,
    ReceiptLine,
    correct_movement,
    count,
    issue,
    move_lot,
    receive,
    take_back_movements,
)
from covidstation.services.supplies.items import add_items
from covidstation.services.supplies.look import look_at_item
from tests.year.store_book import Lot, Move
from tests.year.world import World

CHRONIC = ("Amlodipin", "Enalapril", "Losartan", "Metformin", "Gliclazid", "Atorvastatin")
OTHERS = ("Paracetamol", "Oresol", "Khẩu trang y tế", "Test nhanh kháng nguyên SARS-CoV-2")


def stock(w: World) -> None:
    """The items, and what stood there when the book began."""
    wanted: dict[str, ItemDraft] = {}
    for one in supply_rule_on(w.catalog.supply_rules, w.today).items:
        if one.name in (*CHRONIC, *OTHERS):
            wanted.setdefault(one.name, one)
    drafts = list(wanted.values())
    ids = add_items(w.db, drafts, **w.short).value
    w.rest["items"] = dict(zip(ids, drafts, strict=True))
    w.rest["medicines"] = {
        item: one for item, one in w.rest["items"].items() if one.kind is SupplyKind.MEDICINE and one.name in CHRONIC
    }
    w.rest["f0"] = {one.medicine: item for item, one in w.rest["items"].items() if one.medicine}
    w.store.titles = {item: one.title for item, one in w.rest["items"].items()}
    for item in ids:
        _receive(w, item, w.dice.randint(200, 1500) * max(1, w.plan.people // 1000), w.today, Source.OPENING)


def _receive(w: World, item: UUID, units: int, day: date, source: Source = Source.UPPER) -> None:
    """A box, of a lot that stands there or of a new one."""
    known = [lot for lot in w.store.of_item[item] if lot.expiry is None or lot.expiry >= day]
    if known and w.dice.random() < 0.2:
        lot = w.dice.choice(known)
        number, expiry = lot.number, lot.expiry
    else:
        w.rest["lots"] = w.rest.get("lots", 0) + 1
        number = f"L{w.rest['lots']}"
        expiry = day + timedelta(days=w.dice.choice((25, 45, 80, 200, 400, 600))) if w.dice.random() < 0.95 else None
    line = ReceiptLine(item_id=item, number=number, expiry=expiry, quantity=units)
    receive(w.db, ReceiptDraft(day=day, source=source, lines=(line,), document="PX"), **w.short)
    page = look_at_item(w.db, item, catalog=w.catalog, today=w.today)
    assert page is not None
    lot_id = next(one.id for one in page.lots if (one.number, one.expiry) == (number, expiry))
    if lot_id not in w.store.lots:
        w.store.lot(lot_id, item, number, expiry)
    w.store.write(lot_id, day, "RECEIPT", units)


def deliver(w: World) -> bool:
    """From the upper level, bought, given; of what is short first."""
    left = {item: sum(w.store.left(lot.id) for lot in w.store.of_item[item]) for item in w.rest["items"]}
    short = min(left, key=lambda item: (left[item], str(item))) if w.dice.random() < 0.7 else None
    item = short or w.dice.choice(list(w.rest["items"]))
    units = w.dice.randint(100, 1200) * max(1, w.plan.people // 1000)
    _receive(w, item, units, w.lately(8), w.dice.choice((Source.UPPER, Source.BOUGHT, Source.DONATED)))
    if w.dice.random() < 0.1:
        over = ReceiptLine(item_id=item, number="QH", expiry=w.today - timedelta(days=1), quantity=5)
        with w.refused("supplies.expired_already"):
            receive(w.db, ReceiptDraft(day=w.today, lines=(over,)), **w.short)
    return True


def issue_some(w: World) -> bool:
    """To a team; never more than is there, and none that is over."""
    item, day = w.dice.choice(list(w.rest["items"])), w.lately(8)
    units = w.dice.randint(1, 60)
    draft = IssueDraft(day=day, partner="Đội chăm sóc", lines=(IssueLine(item_id=item, quantity=units),))
    if w.store.first_expired(item, units, day) is None:
        with w.refused("supplies.not_enough", "supplies.not_enough_expired", "supplies.not_enough_then"):
            issue(w.db, draft, **w.short)
        return True
    issue(w.db, draft, **w.short)
    w.store.take(item, units, day)
    return True


def _lot(w: World, fits: int = 1) -> Lot | None:
    """One that holds something."""
    some = [lot for lot in w.store.lots.values() if w.store.left(lot.id) >= fits]
    return w.dice.choice(some) if some else None


def one_lot(w: World) -> bool:
    """Lost, sent back, brought back, destroyed after its day, handed out."""
    lot = _lot(w)
    if lot is None:
        return False
    over = lot.expiry is not None and lot.expiry < w.today
    kinds = (MovementKind.LOSS, MovementKind.SENT_BACK, MovementKind.RETURN, MovementKind.ISSUE, MovementKind.EXPIRY)
    kind, day = w.dice.choice(kinds), w.lately(8)
    units = w.dice.randint(1, 30)
    if over and w.dice.random() < 0.7:
        kind, day, units = MovementKind.EXPIRY, w.today, w.store.left(lot.id)
    draft = LotDraft(lot_id=lot.id, kind=kind, day=day, quantity=units, reason="vỡ, ướt")
    ended = lot.expiry is not None and lot.expiry < day
    if kind is MovementKind.EXPIRY and not ended:
        with w.refused("supplies.not_expired"):
            move_lot(w.db, draft, **w.short)
    elif kind is MovementKind.ISSUE and ended:
        with w.refused("supplies.lot_expired"):
            move_lot(w.db, draft, **w.short)
    else:
        w.store.turn += 1
        move = Move(day, w.store.turn, kind.value, units)
        if not w.store.could_be(lot.id, [*lot.moves, move]):
            with w.refused("supplies.below_zero"):
                move_lot(w.db, draft, **w.short)
            return True
        move_lot(w.db, draft, **w.short)
        lot.moves.append(move)
    return True


def count_some(w: World) -> bool:
    """What is found of some lots: mostly what the book says."""
    some = [lot for lot in w.store.lots.values() if w.store.left(lot.id) > 0]
    if not some:
        return False
    day = w.lately(8)
    lots = w.dice.sample(some, min(len(some), 4))
    lines, differ = [], 0
    for lot in lots:
        book = w.store.left(lot.id, day)
        found = max(0, book + w.dice.choice((0, 0, 0, 0, -3, -1, 2)))
        differ += found != book
        lines.append((lot, found))
    after = {lot.id: Move(day, w.store.turn + at, "COUNT", found) for at, (lot, found) in enumerate(lines, start=1)}
    draft = CountDraft(
        day=day, lines=tuple(CountLine(lot_id=lot.id, counted=found) for lot, found in lines), reason="đếm"
    )
    w.store.turn += len(lines)
    if not all(w.store.could_be(lot.id, [*lot.moves, after[lot.id]]) for lot in lots):
        with w.refused("supplies.below_zero"):
            count(w.db, draft, **w.short)
        return True
    assert count(w.db, draft, **w.short).value == differ
    for lot in lots:
        lot.moves.append(after[lot.id])
    return True


def mend(w: World) -> bool:
    """A line that was wrong: another number in its place, or none; never of another book, never below nothing."""
    lot = _lot(w, 0)
    if lot is None or not lot.moves:
        return False
    page = look_at_item(w.db, lot.item, catalog=w.catalog, today=w.today)
    assert page is not None
    mine = sorted(lot.moves, key=lambda one: (one.day, one.turn), reverse=True)
    shown = [line for line in page.movements if line.lot_id == lot.id][: len(mine)]
    assert [(one.day, one.kind) for one in mine][: len(shown)] == [(line.day, line.kind.value) for line in shown]
    if not shown:
        return False  # older than what the page shows
    at = w.dice.randrange(len(shown))
    line, move = shown[at], mine[at]
    if move.whom is not None:
        with w.refused("supplies.linked"):
            take_back_movements(w.db, [line.id], "nhầm", **w.short)
        return True
    instead = None if w.dice.random() < 0.5 else max(1, move.units + w.dice.randint(-20, 20))
    could = w.store.could_be(lot.id, w.store.without(lot.id, move, instead))

    def tell() -> None:
        if instead is None:
            take_back_movements(w.db, [line.id], "nhầm", **w.short)
        else:
            correct_movement(w.db, line.id, instead, "nhầm", **w.short)

    if not could:
        with w.refused("supplies.below_zero"):
            tell()
        return True
    tell()
    w.store.strike(lot.id, move, instead)
    return True


ACTS = ((5, deliver), (4, issue_some), (3, one_lot), (1, count_some), (2, mend))
