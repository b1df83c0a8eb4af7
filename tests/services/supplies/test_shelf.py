"""The store's lines after any change are those that a register read from nothing has; little is read for them.

Whoever writes: the services, another connection, rows that come and go by themselves as the district sends them.
"""

from contextlib import closing, contextmanager, suppress
from datetime import date, timedelta
from random import Random
from uuid import UUID

import pytest
from sqlalchemy import event, select

from covidstation.db.ids import new_id
from covidstation.db.queries.supplies import SupplyLine, SupplyState, list_supplies, supplies_in
from covidstation.db.queries.supply_shelf import Shelf, shelf_of
from covidstation.db.rows import SupplyItemRow, SupplyLotRow, SupplyMovementRow
from covidstation.db.session import Database
from covidstation.domain.supplies import ItemDraft
from covidstation.errors import UserError
from covidstation.services.episodes import register_f0
from covidstation.services.supplies.acts import correct_movement, take_back_movements
from covidstation.services.supplies.items import edit_item, end_item
from covidstation.services.supplies.look import store_work
from tests.services.samples import NOW, TODAY, catalog, f0, neighbour, opened
from tests.services.supplies.store import WHO, bring, counted, hand, keep

RULE = catalog().supply_rules[0]
FIRST = TODAY - timedelta(days=60)


def from_nothing(db: Database, day: date = TODAY) -> tuple[SupplyLine, ...]:
    with db.read() as session:
        return supplies_in(session, Shelf(), RULE, day)


def by_hand(db: Database, day: date = TODAY) -> list[tuple[UUID, int, int]]:
    """What is left and what was used of each item, added up row by row."""
    with db.read() as session:
        lots = {row.id: row.item_id for row in session.scalars(select(SupplyLotRow))}
        rows = session.scalars(select(SupplyMovementRow)).all()
        items = session.scalars(select(SupplyItemRow).order_by(SupplyItemRow.sort_key, SupplyItemRow.n)).all()
    voided = {row.voids for row in rows}
    stand = [row for row in rows if row.id not in voided]
    since = day - timedelta(days=RULE.use_days - 1)
    used = [one for one in stand if one.kind in ("ISSUE", "RETURN") and since <= one.day <= day]
    return [
        (
            item.id,
            sum(one.quantity for one in stand if lots.get(one.lot_id) == item.id),
            max(0, -sum(one.quantity for one in used if lots.get(one.lot_id) == item.id)),
        )
        for item in items
    ]


class Hands:
    """Everybody who writes into a store."""

    def __init__(self, db: Database, luck: Random) -> None:
        self.db, self.luck = db, luck
        self.items = [keep(db, ItemDraft(name=f"Thuốc {at}", unit="viên", kept_from=FIRST)) for at in range(4)]
        self.people = 0

    def step(self) -> None:
        acts = (self.receive, self.hand, self.undo, self.correct, self.rename, self.end, self.new, self.fall_ill,
                self.came_first, self.gone, self.another_day)  # fmt: skip
        with suppress(UserError):  # what is refused changes nothing
            self.luck.choice(acts)()

    def receive(self) -> None:
        number = self.luck.choice("ABC")
        expiry = TODAY + timedelta(days={"A": 3, "B": 30, "C": 300}[number])
        bring(self.db, self.luck.choice(self.items), self.luck.randint(1, 60), number=number, expiry=expiry)

    def hand(self) -> None:
        hand(self.db, self.luck.choice(self.items), self.luck.randint(1, 20))

    def undo(self) -> None:
        take_back_movements(self.db, [self.movement().id], "ghi nhầm", **WHO)

    def correct(self) -> None:
        correct_movement(self.db, self.movement().id, self.luck.randint(1, 60), "gõ nhầm", **WHO)

    def rename(self) -> None:
        draft = ItemDraft(name=f"Tên {self.luck.randint(1, 99)}", unit="viên", kept_from=FIRST)
        edit_item(self.db, self.luck.choice(self.items), draft, **WHO)

    def end(self) -> None:
        end_item(self.db, self.luck.choice(self.items), **WHO)

    def new(self) -> None:
        self.items.append(keep(self.db, ItemDraft(name=f"Mới {len(self.items)}", unit="viên", kept_from=FIRST)))

    def fall_ill(self) -> None:
        self.people += 1
        register_f0(self.db, f0(neighbour(self.people)), catalog=catalog(), by=None, now=NOW)

    def came_first(self) -> None:
        """A movement that comes before its lot, and one that voids what is not here yet."""
        lot, moved = new_id(), new_id()
        for rows in (
            [movement_row(moved, lot, 7), movement_row(new_id(), lot, -7, voids=moved)][:: self.luck.choice((1, -1))],
            [SupplyLotRow(id=lot, item_id=self.luck.choice(self.items), number="X", expiry=TODAY)],
        )[:: self.luck.choice((1, -1))]:
            with self.db.write(None, NOW) as session:
                session.add_all(rows if self.luck.random() < 0.5 else rows[:1])

    def gone(self) -> None:
        with self.db.write(None, NOW) as session:
            kind = self.luck.choice((SupplyMovementRow, SupplyLotRow, SupplyItemRow))
            rows = session.scalars(select(kind)).all()
            if len(rows) > 2:
                session.delete(self.luck.choice(rows))

    def another_day(self) -> None:
        with self.db.write(None, NOW) as session:
            row = session.scalars(select(SupplyMovementRow)).first()
            if row is not None:
                row.day = TODAY - timedelta(days=self.luck.randrange(80))

    def movement(self) -> SupplyMovementRow:
        with self.db.read() as session:
            rows = session.scalars(select(SupplyMovementRow)).all()
        if not rows:
            raise UserError("supplies.nothing")
        return self.luck.choice(rows)


def movement_row(row_id: UUID, lot: UUID, quantity: int, voids: UUID | None = None) -> SupplyMovementRow:
    kind = "VOID" if voids else "RECEIPT" if quantity > 0 else "ISSUE"
    return SupplyMovementRow(id=row_id, lot_id=lot, act=row_id, day=TODAY, kind=kind, quantity=quantity, voids=voids)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_written_the_kept_lines_are_those_read_from_nothing(db: Database, seed: int) -> None:
    luck = Random(seed)
    hands = Hands(db, luck)
    for _step in range(60):
        hands.step()
        day = TODAY + timedelta(days=luck.choice((0, 0, 0, 0, 1)))
        lines = list_supplies(db, RULE, day)
        assert lines == from_nothing(db, day)
        assert [(one.id, one.balance, round(one.use * RULE.use_days)) for one in lines] == by_hand(db, day)


def test_after_another_program_wrote_its_change_is_there_too(db: Database) -> None:
    item = keep(db)
    assert list_supplies(db, RULE, TODAY)[0].balance == 0
    with closing(opened(db.path.parent).db) as other:
        lot = bring(other, item, 30)
    assert list_supplies(db, RULE, TODAY)[0].balance == 30
    counted(db, lot, 12)
    assert list_supplies(db, RULE, TODAY)[0].balance == 12


def test_only_the_touched_item_is_read_again(db: Database) -> None:
    items = [keep(db, ItemDraft(name=f"Thuốc {at}", unit="viên", kept_from=FIRST)) for at in range(20)]
    before = {line.id: line for line in list_supplies(db, RULE, TODAY)}
    bring(db, items[7], 40)
    with fetched(db) as rows:
        after = {line.id: line for line in list_supplies(db, RULE, TODAY)}
    assert [one for one in items if after[one] is not before[one]] == [items[7]]
    assert rows == [[items[7].hex]]
    assert SupplyState.OUT not in after[items[7]].states
    assert store_work(db, catalog=catalog(), today=TODAY).count == 0  # what never held anything asks for nothing


def test_a_register_that_was_closed_leaves_no_lines(db: Database) -> None:
    list_supplies(db, RULE, TODAY)
    assert shelf_of(db) is shelf_of(db)
    with closing(opened(db.path.parent).db) as other:
        list_supplies(other, RULE, TODAY)
        assert shelf_of(other) is not shelf_of(db)
    assert not other.answers


@contextmanager
def fetched(db: Database):
    """The items that are asked for by name, question by question."""
    asked: list[list[str]] = []

    def hear(_connection, _cursor, statement, values, _context, _many):
        if "FROM supply_item" in statement:
            asked.append(list(values))

    event.listen(db.engine, "before_cursor_execute", hear)
    yield asked
    event.remove(db.engine, "before_cursor_execute", hear)
