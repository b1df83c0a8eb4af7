"""A store for the training commune: what a station has, some of it nearly used up, soon over, or expired.

The same for the same seed.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Final
from uuid import UUID

from covidstation.catalog import Catalog
from covidstation.db.session import Database
from covidstation.domain.rights import Right
from covidstation.domain.supplies import ItemDraft, Source, SupplyKind
from covidstation.domain.supply_rules import supply_rule_on
from covidstation.services.rights import needs
from covidstation.services.supplies.acts import IssueDraft, IssueLine, ReceiptDraft, ReceiptLine, issue, receive
from covidstation.services.supplies.look import look_at_store
from covidstation.services.training.care import NURSE

MEDICINES: Final = (
    "Paracetamol",
    "Vitamin C",
    "Oresol",
    "Amlodipin",
    "Enalapril",
    "Metformin",
    "Gliclazid",
    "Salbutamol",
)
MEDICINES_LEFT: Final = {"Oresol": 40, "Enalapril": 1800, "Amlodipin": 3600, "Metformin": 3000}
USUAL: Final = 900
FIRST_DAY, SECOND_DAY = 75, 21  # days ago: what stood there, and what came


@needs(Right.MANAGE)
def seed_store(db: Database, *, seed: int, catalog: Catalog, by: UUID | None, now: datetime) -> None:
    """Write the store of a training register."""
    random, today = Random(f"store {seed}"), now.date()
    items = [one for one in supply_rule_on(catalog.supply_rules, today).items if _wanted(one)]
    old = [_line(random, one, today, near=place % 4 == 0) for place, one in enumerate(items)]
    kits = next(one for one in items if one.kind is SupplyKind.TEST_KIT)
    old.append(ReceiptLine(new=kits, number="TN0", expiry=today - timedelta(days=3), quantity=25))
    stood = ReceiptDraft(day=today - timedelta(days=FIRST_DAY), source=Source.OPENING, lines=tuple(old), by_name=NURSE)
    receive(db, stood, by=by, now=now)
    came = ReceiptDraft(
        day=today - timedelta(days=SECOND_DAY),
        partner="Trung tâm Y tế",
        document="PX 42",
        lines=tuple(_line(random, one, today, near=False) for one in items[::3]),
        by_name=NURSE,
    )
    receive(db, came, by=by, now=now)
    ids = {line.title: line.id for line in look_at_store(db, catalog=catalog, today=today).lines}
    for days in range(27, 0, -3):
        lines = tuple(
            IssueLine(item_id=ids[one.title], quantity=random.randint(2, 12)) for one in random.sample(items, 3)
        )
        out = IssueDraft(day=today - timedelta(days=days), partner="Đội chăm sóc tại nhà", lines=lines, by_name=NURSE)
        issue(db, out, by=by, now=now)


def _wanted(item: ItemDraft) -> bool:
    first_kinds = item.kind in (SupplyKind.TEST_KIT, SupplyKind.PROTECTIVE, SupplyKind.CHEMICAL)
    return item.name in MEDICINES or first_kinds


def _line(random: Random, item: ItemDraft, today: date, *, near: bool) -> ReceiptLine:
    """A lot of it, one in four soon over."""
    days = random.randint(20, 80) if near else random.randint(200, 700)
    quantity = (
        MEDICINES_LEFT.get(item.name, USUAL) if item.kind is SupplyKind.MEDICINE else random.choice((60, 100, 250))
    )
    number = f"{random.choice('ABCDEGHK')}{random.randint(100, 999)}"
    return ReceiptLine(new=item, number=number, expiry=today + timedelta(days=days), quantity=quantity)
