"""Random years in a store: the sum of what stands is the stock on every day, never below nothing, whatever the order.

Everything is looked up row by row, without the queries of the program.
"""

import shutil
import tempfile
from collections import defaultdict
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from covidstation.db.rows import SupplyLotRow, SupplyMovementRow
from covidstation.domain.supplies import ItemDraft, LinkKind, MovementKind
from covidstation.errors import UserError
from covidstation.services.supplies.acts import correct_movement, take_back_movements
from covidstation.services.supplies.drawing import came_back, draw, item_in, never_went
from covidstation.services.supplies.writing import Link, Said
from tests.services.samples import NOW, TODAY, opened
from tests.services.supplies.store import WHO, bring, counted, hand, keep, kept_sums, one

SPAN, STEPS, ITEMS = 40, 45, 2


class World:
    """A store, and what a careful clerk remembers of it."""

    def __init__(self, db, random):
        self.db, self.random = db, random
        first = TODAY - timedelta(days=SPAN)
        drafts = [ItemDraft(name=f"Thuốc {at}", unit="viên", kept_from=first) for at in range(ITEMS)]
        self.items = [keep(db, draft) for draft in drafts]
        self.served = {}  # link -> units that are out
        self.done = defaultdict(int)

    def day(self):
        return TODAY - timedelta(days=self.random.choice([0, 0, 0, self.random.randrange(SPAN)]))

    def rows(self):
        with self.db.read() as session:
            rows = session.scalars(select(SupplyMovementRow)).all()
        voided = {row.voids for row in rows}
        return rows, [row for row in rows if row.id not in voided and row.kind != "VOID"]

    def lots(self):
        with self.db.read() as session:
            return session.scalars(select(SupplyLotRow)).all()

    def step(self):
        name = self.random.choice(
            ("receive", "hand", "count", "draw", "undo") * 2 + ("lose", "mistake", "back", "correct")
        )
        before = self.rows()[0]
        try:
            getattr(self, name)()
            self.done[name] += 1
        except UserError:
            self.done[f"{name} refused"] += 1
            assert len(self.rows()[0]) == len(before), "what is refused leaves nothing behind"

    def receive(self):
        number = self.random.choice("ABC")
        expiry = TODAY + timedelta(days={"A": -3, "B": 30, "C": 300}[number])
        day = min(self.day(), expiry)
        bring(
            self.db, self.random.choice(self.items), self.random.randint(1, 60), day=day, number=number, expiry=expiry
        )

    def hand(self):
        item, day, quantity = self.random.choice(self.items), self.day(), self.random.randint(1, 40)
        most = sum(self.free(lot, day) for lot in self.lots() if lot.item_id == item and lot.expiry >= day)
        before = self.total(item)
        try:
            hand(self.db, item, quantity, day=day)
        except UserError:
            assert quantity > most
            raise
        assert quantity <= most
        counted_later = any(row.kind == "COUNT" and row.day > day for row in self.rows()[1])
        assert counted_later or before - self.total(item) == quantity

    def lose(self):
        lot = self.random.choice(self.lots())
        one(self.db, lot.id, MovementKind.LOSS, self.random.randint(1, 20), day=self.day())

    def count(self):
        lot = self.random.choice(self.lots())
        counted(self.db, lot.id, self.random.randint(0, 60), day=self.day())

    def draw(self):
        """What a dispensing would do."""
        link = Link(LinkKind.DISPENSING, self.items[0].__class__(int=self.random.getrandbits(128)))
        quantity, said = self.random.randint(1, 30), Said(day=self.day())
        with self.db.write(None, NOW) as session:
            draw(session, item_in(session, self.random.choice(self.items)), quantity, said, link, today=TODAY)
        self.served[link.id] = quantity

    def mistake(self):
        link = self.random.choice(list(self.served) or [None])
        with self.db.write(None, NOW) as session:
            never_went(session, LinkKind.DISPENSING, [link], reason="nhầm", by_name="")
        self.served.pop(link, None)

    def back(self):
        link = self.random.choice(list(self.served) or [None])
        with self.db.write(None, NOW) as session:
            came_back(session, LinkKind.DISPENSING, [link], Said(day=TODAY))
        self.served.pop(link, None)

    def correct(self):
        row = self.any_row()
        correct_movement(self.db, row.id, self.random.randint(1, 60), "gõ nhầm", **WHO)

    def undo(self):
        row = self.any_row()
        take_back_movements(self.db, [row.id], "ghi nhầm", **WHO)

    def any_row(self):
        found = self.rows()[1]
        if not found:
            raise UserError("supplies.nothing")
        return self.random.choice(found)

    def book(self, lot):
        return [row for row in self.rows()[1] if row.lot_id == lot.id]

    def total(self, item):
        lots = {lot.id for lot in self.lots() if lot.item_id == item}
        return sum(row.quantity for row in self.rows()[1] if row.lot_id in lots)

    def free(self, lot, day):
        """The most that may go on that day, by trying: late acts change the first count that comes after them."""
        book = [(row.day, row.turn, row.quantity, row.counted) for row in self.book(lot)]
        most = 0
        while ends_well([*book, (day, 10**6, -(most + 1), None)]):
            most += 1
        return most


def ends_well(book):
    balance, ends = 0, {}
    for day, _turn, quantity, found in sorted(book, key=lambda one: one[:2]):
        balance = found if found is not None else balance + quantity
        ends[day] = balance
    return min(ends.values(), default=0) >= 0


def check(world):
    rows, stands = world.rows()
    assert sum(row.quantity for row in rows if row.kind == "VOID") == 0
    sums = kept_sums(world.db)
    for lot in world.lots():
        book = sorted((row for row in stands if row.lot_id == lot.id), key=lambda row: (row.day, row.turn))
        assert len({row.turn for row in book}) == len(book)
        balance, ends = 0, {}
        for row in book:
            balance += row.quantity
            ends[row.day] = balance
            assert row.counted in (None, balance), "what a count found stays true"
        assert min(ends.values(), default=0) >= 0
        assert sums.get(lot.id, 0) == balance
    issued = defaultdict(int)
    for row in stands:
        if row.link_id is not None:
            issued[row.link_id] -= row.quantity
    assert {link: units for link, units in issued.items() if units} == world.served


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_the_stock_is_the_sum_of_what_stands_on_every_day(template, seed):
    folder = Path(tempfile.mkdtemp())
    try:
        register = opened(Path(shutil.copytree(template, folder / "data")))
        world = World(register.db, Random(seed))
        for item in world.items:
            bring(
                register.db, item, 50, day=TODAY - timedelta(days=SPAN), number="C", expiry=TODAY + timedelta(days=300)
            )
        for _step in range(STEPS):
            world.step()
            check(world)
        register.db.close()
    finally:
        shutil.rmtree(folder)


def test_the_walk_does_and_is_refused_each_thing(db):
    """A property that nothing ever touches holds for nothing."""
    world = World(db, Random(7))
    for item in world.items:
        bring(db, item, 50, day=TODAY - timedelta(days=SPAN), number="C", expiry=TODAY + timedelta(days=300))
    for _step in range(160):
        world.step()
    check(world)
    for name in ("receive", "hand", "lose", "count", "draw", "mistake", "back", "correct", "undo"):
        assert world.done[name], name
    for name in ("hand refused", "lose refused", "draw refused", "undo refused", "correct refused"):
        assert world.done[name], name


@pytest.mark.timeout(300)
def test_a_year_of_two_months_dispensings_for_500_people_is_exact(db):
    """Six times a year each of 500 people takes 60 tablets; deliveries come when the store asks for them."""
    item, random = (
        keep(db, ItemDraft(name="Amlodipin 5 mg", unit="viên", kept_from=TODAY - timedelta(days=400))),
        Random(1),
    )
    out = came = 0
    for month in range(6):
        day = TODAY - timedelta(days=365 - month * 60)
        bring(db, item, 31_000, day=day, number=f"L{month}", expiry=TODAY + timedelta(days=30 * month + 1))
        came += 31_000
        with db.write(None, NOW) as session:
            row = item_in(session, item)
            for who in range(500):
                link = Link(LinkKind.DISPENSING, row.id.__class__(int=month * 1000 + who + 1))
                said = Said(day=day + timedelta(days=random.randrange(55)))
                draw(session, row, 60, said, link, today=said.day)
                out += 60
    rows, stands = World.rows(type("Seen", (), {"db": db})())
    assert rows == stands
    assert came - out == sum(kept_sums(db).values()) == sum(row.quantity for row in stands)
    per_link = defaultdict(int)
    for row in stands:
        if row.link_id is not None:
            per_link[row.link_id] += row.quantity
    assert set(per_link.values()) == {-60} and len(per_link) == 3000
