"""How many doses the next months need by the days of the schedule, and how far the store's lots go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import String, func, select, type_coerce
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.queries.cold_chain import waiting_lots_in
from covidstation.db.rows import SupplyItemRow, SupplyLotRow, SupplyStockRow, VaccineBookRow
from covidstation.db.session import Database
from covidstation.domain.rights import Right
from covidstation.domain.supplies import SupplyKind
from covidstation.domain.vaccination.doses import DoseClass
from covidstation.domain.vaccination.plan import Draw, Met, Need, Stock, share_out
from covidstation.domain.vaccination.products import Products
from covidstation.domain.vaccination.states import DueKind, NextDose
from covidstation.services.rights import needs
from covidstation.services.vaccination.due import due_counts
from covidstation.services.vaccination.history import products_in

MONTHS: Final = 6
"""So many months the plan looks ahead, this one included."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """What one month needs of one dose: so many doses, as the schedule says now, and vials of the first vaccine that
    may be given (empty and 0 where that has to be asked). `stock`: doses of the store that may be used for it, by the
    lots of `draws`."""

    month: date
    dose: NextDose
    doses: int
    product: str
    vials: int
    stock: int = 0
    draws: tuple[Draw, ...] = ()

    @property
    def lacks(self) -> int:
        """Doses that must still come."""
        return self.doses - self.stock


@dataclass(frozen=True, slots=True)
class DosePlan:
    """The months, and what of the store will expire before anybody needs it: with `names` of its vaccines."""

    today: date
    lines: tuple[PlanLine, ...]
    unused: tuple[Draw, ...]
    names: tuple[tuple[str, str], ...] = ()

    def name(self, code: str) -> str:
        """What a vaccine is called."""
        return dict(self.names).get(code, code)


@needs(Right.SEE)
def dose_plan(db: Database, *, catalog: Catalog, now: datetime) -> DosePlan:
    """The next dose of everybody by its month; what is overdue is of this month. Who refused, was put off or must be
    asked first is in no month. Lots that are expired, or wait for a decision, serve nobody."""
    today = now.date()
    due_counts(db, catalog=catalog, now=now)  # brings the book up to the day
    first = today.replace(day=1)
    end = months_on(first, MONTHS)
    sums: Counter[tuple[date, NextDose, tuple[str, ...]]] = Counter()
    with db.read() as session:
        products = products_in(session, catalog, today)
        for month, kind, number, codes, count in session.execute(_due()):
            day = max(first, date.fromisoformat(f"{month}-01"))
            if day < end:
                sums[day, NextDose(DoseClass(kind), number), tuple(codes.split())] += count
        lots = vaccine_stock_in(session, products, today)
    met, unused = share_out((Need(*key, doses) for key, doses in sums.items()), lots, today)
    names = tuple((one.code, one.name) for one in products.products)
    return DosePlan(today, tuple(_lines(met, products)), tuple(one for one in unused if _ends(one, end)), names)


def _ends(unused: Draw, end: date) -> bool:
    return unused.lot.expiry is not None and unused.lot.expiry < end


def _lines(met: Iterable[Met], products: Products) -> Iterable[PlanLine]:
    """Needs whose first vaccine is the same stand in one line."""
    found: dict[tuple[date, NextDose, str], list[Met]] = {}
    for one in met:
        found.setdefault((one.need.month, one.need.dose, next(iter(one.need.products), "")), []).append(one)
    for (month, dose, code), parts in sorted(found.items(), key=lambda one: _order(*one[0])):
        doses, drawn = sum(one.need.doses for one in parts), Counter[Stock]()
        for one in parts:
            for draw in one.draws:
                drawn[draw.lot] += draw.doses
        draws = tuple(
            Draw(lot, count) for lot, count in sorted(drawn.items(), key=lambda one: one[0].expiry or date.max)
        )
        vaccine = products.product(code)
        vials = -(-doses // vaccine.doses_per_vial) if vaccine is not None and vaccine.doses_per_vial else 0
        yield PlanLine(month, dose, doses, vaccine.name if vaccine else code, vials, sum(drawn.values()), draws)


def _order(month: date, dose: NextDose, code: str) -> tuple[date, int, int, str]:
    """Basic doses first."""
    return month, list(DoseClass).index(dose.dose_class), dose.number, code


def vaccine_stock_in(session: Session, products: Products, today: date) -> tuple[Stock, ...]:
    """The lots of vaccine that may still be given; of an item whose name no vaccine has nobody knows for whom."""
    waiting = waiting_lots_in(session)
    query = (
        select(SupplyLotRow, SupplyItemRow.name, SupplyStockRow.balance)
        .join(SupplyItemRow, SupplyItemRow.id == SupplyLotRow.item_id)
        .join(SupplyStockRow, SupplyStockRow.lot_id == SupplyLotRow.id)
        .where(SupplyItemRow.kind == SupplyKind.VACCINE.value, SupplyStockRow.balance > 0)
    )
    found = []
    for lot, name, balance in session.execute(query):
        meant = products.find(name)
        if lot.id in waiting or meant is None or (lot.expiry is not None and lot.expiry < today):
            continue
        found.append(Stock(lot_id=lot.id, product=meant.code, number=lot.number, expiry=lot.expiry, doses=balance))
    return tuple(found)


def _due() -> Any:
    book = VaccineBookRow
    month = func.substr(type_coerce(book.due_on, String), 1, 7)
    parts = (month, book.next_class, book.next_number, book.products)
    wanted = (DueKind.DUE.value, DueKind.OVERDUE.value, DueKind.NOT_YET.value)
    due = book.kind.in_(wanted) & book.due_on.is_not(None) & (book.next_class != "")
    return select(*parts, func.count()).where(due).group_by(*parts)


def months_on(first: date, months: int) -> date:
    """The first day of the month so many months later."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)
