"""What comes in, line by line: which item it is, what is wrong with its label, into which lot it goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.ids import new_id
from covidstation.db.queries.supply_books import item_of
from covidstation.db.rows import SupplyItemRow, SupplyLotRow
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.supplies import SHORT_LIMIT, ItemDraft, check_expiry, check_units
from covidstation.domain.text import clean, fold
from covidstation.errors import Refused
from covidstation.services.supplies.drawing import item_in
from covidstation.services.supplies.items import make_item


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """One line of a delivery note: a lot as it is printed on the box, and so many units of it. `new` is an item that
    the store does not keep yet."""

    item_id: UUID | None = None
    new: ItemDraft | None = None
    number: str = ""
    expiry: date | None = None
    quantity: int = 0


def item_of_line(session: Session, line: ReceiptLine, today: date) -> SupplyItemRow:
    """The item, made when it is new. Raises Refused supplies.item_missing, UserError supplies.unknown."""
    if line.item_id is None and line.new is None:
        raise Refused([Problem("lines", "supplies.item_missing")])
    return item_in(session, line.item_id or make_item(session, line.new or ItemDraft(), today))


def check_line(session: Session, item: SupplyItemRow, line: ReceiptLine, place: str, day: date) -> list[Problem]:
    """What is wrong with its quantity and its label, beside `<place>.quantity|expiry|number`."""
    found = check_units(f"{place}.quantity", line.quantity, item_of(item).title)
    found += [
        *check_expiry(f"{place}.expiry", line.expiry, day),
        *too_long(f"{place}.number", line.number, SHORT_LIMIT),
    ]
    return found + other_expiry(line, _lots(session, item), f"{place}.expiry")


def other_expiry(line: ReceiptLine, lots: Iterable[SupplyLotRow | ReceiptLine], place: str) -> list[Problem]:
    """A lot of that number with another expiry, in the store or in a line above."""
    number = fold(line.number)
    same = (one for one in lots if number and fold(one.number) == number)
    other = next((one for one in same if one.expiry != line.expiry), None)
    if other is None:
        return []
    until = f"{other.expiry:%d/%m/%Y}" if other.expiry else "—"
    return [Problem(place, "supplies.lot_expiry", {"lot": other.number, "day": until})]


def lot_of_line(session: Session, item: SupplyItemRow, line: ReceiptLine, day: date) -> UUID:
    """The lot of that number and expiry, a new one when there is none; the item is kept from that day on at least."""
    if day < item.kept_from:
        item.kept_from = day
    number = clean(line.number)
    for one in _lots(session, item):
        if fold(one.number) == fold(number) and one.expiry == line.expiry:
            return one.id
    lot = SupplyLotRow(id=new_id(), item_id=item.id, number=number, expiry=line.expiry)
    session.add(lot)
    return lot.id


def _lots(session: Session, item: SupplyItemRow) -> list[SupplyLotRow]:
    session.flush()
    return list(session.scalars(select(SupplyLotRow).where(SupplyLotRow.item_id == item.id)))
