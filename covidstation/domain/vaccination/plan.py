"""The doses that the next months need, beside the lots that are there: what expires first is used first, and only as
long as it may be given."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from covidstation.domain.vaccination.states import NextDose


@dataclass(frozen=True, slots=True, kw_only=True)
class Stock:
    """What the store holds of one lot of vaccine, in doses; `expiry` is the last day on which it may be given. `vial`:
    the name of its presentation, where there are several and its item says which."""

    lot_id: UUID
    product: str
    vial: str = ""
    number: str
    expiry: date | None
    doses: int


@dataclass(frozen=True, slots=True)
class Need:
    """So many people want that dose in that month (its first day), each any of these vaccines. `barred`: vaccine and
    name of the presentations that are made for another age than theirs."""

    month: date
    dose: NextDose
    products: tuple[str, ...]
    doses: int
    barred: frozenset[tuple[str, str]] = frozenset()

    def takes(self, lot: Stock) -> bool:
        """Whether the lot is for them; of one that does not say its presentation, as at the desk, anybody thinks so."""
        return lot.product in self.products and (lot.product, lot.vial) not in self.barred


@dataclass(frozen=True, slots=True)
class Draw:
    """So many doses of a lot."""

    lot: Stock
    doses: int


@dataclass(frozen=True, slots=True)
class Met:
    """A need, and which lots meet it."""

    need: Need
    draws: tuple[Draw, ...]

    @property
    def stock(self) -> int:
        """Doses that are there for it."""
        return sum(one.doses for one in self.draws)

    @property
    def lacks(self) -> int:
        """Doses that must still come."""
        return self.need.doses - self.stock


def share_out(needs: Iterable[Need], lots: Sequence[Stock], today: date) -> tuple[tuple[Met, ...], tuple[Draw, ...]]:
    """Month by month, whoever may have fewest vaccines first; and what no need uses of lots that expire. A lot serves a
    month when it may still be given on one of its days that are to come."""
    left = {one.lot_id: one.doses for one in lots}
    shelf = sorted(lots, key=lambda one: (one.expiry or date.max, one.number, str(one.lot_id)))
    met = []
    for need in sorted(needs, key=_order):
        draws, wanted = [], need.doses
        for lot in shelf:
            usable = lot.expiry is None or lot.expiry >= max(today, need.month)
            count = min(wanted, left[lot.lot_id]) if usable and need.takes(lot) else 0
            if count > 0:
                draws.append(Draw(lot, count))
                left[lot.lot_id] -= count
                wanted -= count
        met.append(Met(need, tuple(draws)))
    unused = tuple(Draw(one, left[one.lot_id]) for one in shelf if one.expiry is not None and left[one.lot_id] > 0)
    return tuple(met), unused


def _order(need: Need) -> tuple[object, ...]:
    return need.month, len(need.products), need.products, need.dose, sorted(need.barred)
