"""How many doses the next months need by the days of the schedule, and how far the store's lots go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import Date, String, case, func, select, type_coerce
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.queries.cold_chain import waiting_lots_in
from covidstation.db.queries.supply_books import item_of
from covidstation.db.rows import PersonRow, SupplyItemRow, SupplyLotRow, SupplyStockRow, VaccineBookRow
from covidstation.db.session import Database
from covidstation.domain.bands import OLDEST, YEAR
from covidstation.domain.dates import PartialDate, months_possible
from covidstation.domain.rights import Right
from covidstation.domain.supplies import SupplyKind
from covidstation.domain.vaccination.doses import DoseClass
from covidstation.domain.vaccination.plan import Draw, Met, Need, Stock, share_out
from covidstation.domain.vaccination.products import Presentation, Products
from covidstation.domain.vaccination.states import DueKind, NextDose
from covidstation.services.rights import needs
from covidstation.services.rules.vaccines import products_in
from covidstation.services.vaccination.due import due_counts
from covidstation.services.vaccination.thawing import last_day_in

MONTHS: Final = 6
"""So many months the plan looks ahead, this one included."""


@dataclass(frozen=True, slots=True)
class PlanLine:
    """What one month needs of one dose: so many doses, as the schedule says now. `stock`: doses of the store that may
    be used for it, by the lots of `draws`. `product`: what must still come, the first vaccine that may be given in the
    vials for the age (empty where that has to be asked), in so many `vials`; where nothing lacks, what is there."""

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

    def name(self, lot: Stock) -> str:
        """What the vaccine of a lot is called."""
        return lot.vial or dict(self.names).get(lot.product, lot.product)


@needs(Right.SEE)
def dose_plan(db: Database, *, catalog: Catalog, now: datetime) -> DosePlan:
    """The next dose of everybody by its month; what is overdue is of this month. Who refused, was put off or must be
    asked first is in no month. Lots that are expired, thawed for too long, or wait for a decision, serve nobody."""
    today = now.date()
    due_counts(db, catalog=catalog, now=now)  # brings the book up to the day
    first = today.replace(day=1)
    end = months_on(first, MONTHS)
    sums: Counter[tuple[date, NextDose, tuple[str, ...], frozenset[tuple[str, str]]]] = Counter()
    with db.read() as session:
        products = products_in(session, catalog, today)
        for month, kind, number, codes, *born, due_on, count in session.execute(_due(_grown_up(products, today))):
            day = max(first, date.fromisoformat(f"{month}-01"))
            if day < end:
                fits = tuple(codes.split())
                birth = PartialDate(*born) if born[0] else None
                barred = _barred(products, fits, birth, max(today, due_on or day))
                sums[day, NextDose(DoseClass(kind), number), fits, barred] += count
        lots = vaccine_stock_in(session, products, today)
    wanted = (Need(month, dose, fits, doses, barred) for (month, dose, fits, barred), doses in sums.items())
    met, unused = share_out(wanted, lots, today)
    names = tuple((one.code, one.name) for one in products.products)
    return DosePlan(today, tuple(_lines(met, products)), tuple(one for one in unused if _ends(one, end)), names)


def _ends(unused: Draw, end: date) -> bool:
    return unused.lot.expiry is not None and unused.lot.expiry < end


def _lines(met: Iterable[Met], products: Products) -> Iterable[PlanLine]:
    """Needs whose first vaccine is the same, in the same vials, stand in one line."""
    found: dict[tuple[date, NextDose, str, Presentation | None], list[Met]] = {}
    for one in met:
        code = next(iter(one.need.products), "")
        found.setdefault((one.need.month, one.need.dose, code, _made_for(one.need, products, code)), []).append(one)
    for (month, dose, code, vial), parts in sorted(found.items(), key=lambda one: _order(*one[0])):
        doses, drawn = sum(one.need.doses for one in parts), Counter[Stock]()
        for one in parts:
            for draw in one.draws:
                drawn[draw.lot] += draw.doses
        draws = tuple(
            Draw(lot, count) for lot, count in sorted(drawn.items(), key=lambda one: one[0].expiry or date.max)
        )
        vaccine = products.product(code)
        per_vial = next((one.doses_per_vial for one in (vial, vaccine) if one and one.doses_per_vial), 0)
        stock = sum(drawn.values())
        vials = -(-(doses - stock) // per_vial) if per_vial else 0
        name = next((one.name for one in (vial, vaccine) if one), code)
        if stock >= doses:
            name = ", ".join(dict.fromkeys(one.lot.vial or products.name(one.lot.product) for one in draws))
        yield PlanLine(month, dose, doses, name, vials, stock, draws)


def _order(month: date, dose: NextDose, code: str, vial: Presentation | None) -> tuple[date, int, int, str, int]:
    """Basic doses first, children's vials before adults'."""
    return month, list(DoseClass).index(dose.dose_class), dose.number, code, vial.months_from if vial else -1


def _made_for(need: Need, products: Products, code: str) -> Presentation | None:
    """The vials of a vaccine that are for them; None where it has one kind, or their age is not known so well."""
    vaccine = products.product(code)
    right = [one for one in vaccine.presentations if (code, one.name) not in need.barred] if vaccine else []
    return right[0] if len(right) == 1 else None


def _barred(
    products: Products, codes: Iterable[str], birth: PartialDate | None, day: date
) -> frozenset[tuple[str, str]]:
    """The presentations of these vaccines that are made for another age than they have on that day."""
    months = months_possible(birth, day, OLDEST)
    found = ((code, products.product(code)) for code in codes)
    return frozenset(
        (code, vial.name) for code, one in found if one for vial in one.presentations if not vial.suits(*months)
    )


def _grown_up(products: Products, today: date) -> int:
    """Whoever was born in that year or before is beyond every bound between presentations."""
    vials = (vial for one in products.products for vial in one.presentations)
    bound = max((max(vial.months_from, vial.months_until or 0) for vial in vials), default=0)
    return today.year - 1 - -(-bound // YEAR)


def vaccine_stock_in(session: Session, products: Products, today: date) -> tuple[Stock, ...]:
    """The lots of vaccine that may still be given, and until when; of an item whose name no vaccine has nobody knows
    for whom."""
    waiting = waiting_lots_in(session)
    query = (
        select(SupplyLotRow, SupplyItemRow, SupplyStockRow.balance)
        .join(SupplyItemRow, SupplyItemRow.id == SupplyLotRow.item_id)
        .join(SupplyStockRow, SupplyStockRow.lot_id == SupplyLotRow.id)
        .where(SupplyItemRow.kind == SupplyKind.VACCINE.value, SupplyStockRow.balance > 0)
    )
    found = []
    for lot, item, balance in session.execute(query):
        meant = products.find(item.name)
        if lot.id in waiting or meant is None:
            continue
        title = item_of(item).title
        expiry, vial = last_day_in(session, meant, title, lot), meant.presentation(title)
        if expiry is not None and expiry < today:
            continue
        found.append(
            Stock(
                lot_id=lot.id, product=meant.code, vial=vial.name if vial else "", number=lot.number,
                expiry=expiry, doses=balance,
            )
        )  # fmt: skip
    return tuple(found)


def _due(grown_up: int) -> Any:
    """Sums by month, dose and vaccines; of children by birth and day, too. Adults stand with the birth `grown_up`."""
    book, born = VaccineBookRow, PersonRow.birth_year
    month = func.substr(type_coerce(book.due_on, String), 1, 7)
    young = born > grown_up
    birth = (
        case((born.is_(None), None), (young, born), else_=grown_up),
        *(case((young, one)) for one in (PersonRow.birth_month, PersonRow.birth_day)),
    )
    due_on = type_coerce(case((young, book.due_on)), Date)
    parts = (month, book.next_class, book.next_number, book.products, *birth, due_on)
    wanted = (DueKind.DUE.value, DueKind.OVERDUE.value, DueKind.NOT_YET.value)
    due = book.kind.in_(wanted) & book.due_on.is_not(None) & (book.next_class != "")
    query = select(*parts, func.count()).join(PersonRow, PersonRow.n == book.person_n)
    return query.where(due).group_by(*parts)


def months_on(first: date, months: int) -> date:
    """The first day of the month so many months later."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)
