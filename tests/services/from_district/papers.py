"""Papers of the district for the store, counted as a nurse counts them; what is then in the store."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from covidstation.db.queries.allotments import AllotmentView
from covidstation.db.queries.supply_books import item_of, standing
from covidstation.db.rows import SupplyItemRow, SupplyLotRow, SupplyMovementRow, SupplyStockRow
from covidstation.db.session import Database
from covidstation.domain.allotments import Allotment, AllotmentLine
from covidstation.domain.supplies import ItemDraft, SupplyKind
from covidstation.hub.down.allotments import AllotmentOrder, AllotmentState, allotments, send_allotment
from covidstation.services.supplies.allotments import (
    AllotmentDraft,
    CountedLine,
    look_at_allotment,
    receive_allotment,
)
from covidstation.services.supplies.allotments import allotments as allotments_here
from tests.services.from_district.world import HOA
from tests.services.samples import TODAY

LATER = TODAY + timedelta(days=400)
PARACETAMOL = ItemDraft(
    name="Paracetamol", substances=("paracetamol",), atc="N02BE01", strength="500 mg", form="viên nén", unit="viên"
)
KITS = ItemDraft(kind=SupplyKind.TEST_KIT, name="Test nhanh SARS-CoV-2", unit="test", pack_size=25)
TWO = (
    AllotmentLine(number=1, item=PARACETAMOL, lot="A12", expiry=LATER, quantity=500),
    AllotmentLine(number=2, item=KITS, lot="T9", expiry=TODAY + timedelta(days=90), quantity=50),
)
PAPER = Allotment(document="PX-031", day=TODAY, lines=TWO, note="Đợt tháng 3")


def send(hub: Any, now: Any, *stations: int, paper: Allotment = PAPER, due_on: date | None = None) -> UUID:
    """The district sends a paper; the item at the first of the stations."""
    order = AllotmentOrder(paper=paper, stations=stations, due_on=due_on)
    with hub.db.write(None, now) as session:
        return send_allotment(session, hub, order, HOA, now=now)[0].id


def there(hub: Any, today: date = TODAY) -> list[AllotmentState]:
    """What the district's list says."""
    with hub.db.read() as session:
        return allotments(session, today)


def here(db: Database) -> AllotmentView:
    """The one paper of the station."""
    (found,) = allotments_here(db)
    return found


def count(db: Database, now: Any, *units: int | None, reason: str = "", day: date = TODAY, **more: Any) -> int:
    """The nurse counts the station's one paper, as the program proposes it but for the units."""
    look = look_at_allotment(db, here(db).id)
    changed = more.pop("changed", {})
    lines = tuple(
        replace(
            CountedLine(item_id=item, number=line.lot, expiry=line.expiry, counted=found),
            **changed.get(line.number, {}),
        )
        for line, item, found in zip(look.view.paper.lines, look.matched, units, strict=False)
    )
    draft = AllotmentDraft(allotment=look.view.id, day=day, lines=lines, reason=reason, by_name="Lò Thị Mai", **more)
    return receive_allotment(db, draft, by=None, now=now).value


def store(db: Database) -> dict[tuple[str, str], int]:
    """What is left by item and lot, summed from what stands; the sums of the triggers must say the same."""
    with db.read() as session:
        row, lots = SupplyMovementRow, {one.id: one for one in session.scalars(select(SupplyLotRow))}
        items = {one.id: item_of(one).title for one in session.scalars(select(SupplyItemRow))}
        left: dict[UUID, int] = {}
        for one in session.scalars(select(row).where(standing())):
            left[one.lot_id] = left.get(one.lot_id, 0) + one.quantity
        kept = {one.lot_id: one.balance for one in session.scalars(select(SupplyStockRow))}
        assert {lot: units for lot, units in kept.items() if units} == {lot: n for lot, n in left.items() if n}
    found: dict[tuple[str, str], int] = {}
    for lot, units in left.items():
        key = (items[lots[lot].item_id], lots[lot].number)
        found[key] = found.get(key, 0) + units
    return found
