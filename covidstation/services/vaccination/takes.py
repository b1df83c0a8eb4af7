"""Which lots a session takes along (docs/adr/0044). Taking along moves nothing in the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.queries.cold_chain import waiting_lots_in
from covidstation.db.queries.supply_books import books_in, item_of
from covidstation.db.queries.vaccine_sessions import takes_in
from covidstation.db.rows import (
    SessionTakeRow,
    SupplyItemRow,
    SupplyLotRow,
    SupplyStockRow,
    VaccinationSessionRow,
)
from covidstation.db.session import Database
from covidstation.domain.problems import Problem, Sure
from covidstation.domain.rights import Right
from covidstation.domain.supplies import SupplyKind
from covidstation.domain.supply_book import free_on, settle
from covidstation.domain.text import clean
from covidstation.domain.vaccination.fitting import Brought
from covidstation.domain.vaccination.products import Product
from covidstation.domain.vaccination.sessions import (
    MOST_PER_VIAL,
    MOST_VIALS,
    SessionStatus,
    Take,
)
from covidstation.errors import Refused, UserError, ask_back
from covidstation.i18n import _
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.rules.vaccines import products_in
from covidstation.services.vaccination.sessions import session_in
from covidstation.services.vaccination.thawing import check_thawed, last_day_in

CHANGED: Final = (Kind.VACCINES, Kind.SUPPLIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class LotOffer:
    """A lot of vaccine as a session may take it along. `free`: doses that no other session holds; `product`: the code
    that the item's name says, empty when it says none."""

    lot_id: UUID
    name: str
    product: str
    product_name: str
    number: str
    expiry: date | None  # on the label, or earlier where it thawed
    free: int
    per_vial: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeDraft:
    """So many vials of a lot, and how many doses each has."""

    lot_id: UUID | None = None
    vials: int | None = None
    per_vial: int | None = None
    product: str = ""
    take_id: UUID | None = None  # which of them is set anew, where two computers took the lot along
    was: int | None = None  # how many vials of it were seen to be taken along; None: none


@needs(Right.SEE)
def lots_to_take(
    db: Database, *, catalog: Catalog, day: date, today: date, keep: UUID | None = None
) -> tuple[LotOffer, ...]:
    """The lots of vaccine that may be given on that day, what expires first at the top. A lot that waits for a decision
    is not offered; the one to `keep` is, for it stands in the session already."""
    with db.read() as session:
        products = products_in(session, catalog, day)
        held, waiting = _held(session), waiting_lots_in(session) - {keep}
        query = (
            select(SupplyLotRow, SupplyItemRow, SupplyStockRow.balance)
            .join(SupplyItemRow, SupplyItemRow.id == SupplyLotRow.item_id)
            .join(SupplyStockRow, SupplyStockRow.lot_id == SupplyLotRow.id)
            .where(SupplyItemRow.kind == SupplyKind.VACCINE.value, SupplyStockRow.balance > 0)
        )
        found = []
        for lot, item, balance in session.execute(query):
            if lot.id in waiting or (lot.expiry is not None and lot.expiry < day):
                continue
            meant, title = products.find(item.name), item_of(item).title
            vial = meant.presentation(title) if meant else None
            usual = next((one.doses_per_vial for one in (vial, meant) if one and one.doses_per_vial), 1)
            found.append(
                LotOffer(
                    lot_id=lot.id,
                    name=title,
                    product=meant.code if meant else "",
                    product_name=_named(meant, title) if meant else item.name,
                    number=lot.number,
                    expiry=last_day_in(session, meant, title, lot),
                    free=max(0, balance - held[lot.id]),
                    per_vial=item.pack_size or usual,
                )
            )
        return tuple(sorted(found, key=lambda one: (one.expiry or date.max, one.name, one.number)))


@needs(Right.SEE)
def products_of(db: Database, session_id: UUID) -> frozenset[Brought]:
    """The vaccines that a session takes along; none as long as nothing was taken out."""
    with db.read() as session:
        return frozenset(Brought(one.product, one.product_name) for one in takes_in(session, session_id))


def _held(session: Session, but: UUID | None = None) -> Counter[UUID]:
    """Doses that sessions which are not over still hold of each lot."""
    found = Counter[UUID]()
    for __, take in _takes_of_others(session, but):
        found[take.lot_id] += _holds(take)
    return found


def _takes_of_others(session: Session, but: UUID | None) -> Iterable[tuple[date, Take]]:
    """What sessions that are not over took along, by their days."""
    row = VaccinationSessionRow
    live = (SessionStatus.PLANNED.value, SessionStatus.OPEN.value)
    query = select(row.id, row.day).where(row.status.in_(live), row.id != (but or UUID(int=0)))
    for one, day in session.execute(query.order_by(row.day, row.n)).all():
        for take in takes_in(session, one):
            yield day, take


@needs(Right.SEE)
def doses_out(db: Database) -> Mapping[UUID, int]:
    """By lot the doses that the store still books and that lie with sessions that run: whoever counts the store adds
    them to what is found in the fridge."""
    row, found = VaccinationSessionRow, Counter[UUID]()
    with db.read() as session:
        for one in session.scalars(select(row.id).where(row.status == SessionStatus.OPEN.value)).all():
            for take in takes_in(session, one):
                found[take.lot_id] += max(0, take.should_be)
    return {lot: doses for lot, doses in found.items() if doses}


def _holds(take: Take) -> int:
    return max(0, take.should_be - take.extra)


@needs(Right.ENTER)
def take_out(
    db: Database,
    session_id: UUID,
    draft: TakeDraft,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    sure: Sure = False,
) -> Done[UUID]:
    """Take vials of a lot along; of a lot that is taken along already the number is set anew.

    Raises Refused vaccine_session.lot_missing, vials, per_vial, product_unknown, take_expired, take_waits, not_enough,
    came_after, held, take_used; alone and unless `sure` take_again (another number than `draft.was` stands there),
    take_thawed; UserError vaccine_session.unknown, closed, cancelled.
    """
    with db.write(by, now) as session:
        row = session_in(session, session_id)
        lot, item = _lot(session, draft.lot_id)
        product = _check_take(session, row, draft, lot, item, catalog, sure)
        old = _old(session, session_id, draft)
        take = take_row(session, old.id) if old is not None else None
        if take is None:
            take = SessionTakeRow(id=new_id(), session_id=session_id, lot_id=lot.id, by_name=clean(by_name))
            session.add(take)
        assert draft.vials is not None and draft.per_vial is not None
        take.product, take.product_name = product
        take.lot_number, take.expiry = lot.number, lot.expiry
        take.vials, take.per_vial = draft.vials, draft.per_vial
        session.flush()
        return done(take.id, *CHANGED)


def _lot(session: Session, lot_id: UUID | None) -> tuple[SupplyLotRow, SupplyItemRow]:
    found = session.execute(
        select(SupplyLotRow, SupplyItemRow)
        .join(SupplyItemRow, SupplyItemRow.id == SupplyLotRow.item_id)
        .where(SupplyLotRow.id == lot_id, SupplyItemRow.kind == SupplyKind.VACCINE.value)
    ).first()
    if found is None:
        raise Refused([Problem("lot_id", "vaccine_session.lot_missing")])
    return found[0], found[1]


def _check_take(
    session: Session,
    row: VaccinationSessionRow,
    draft: TakeDraft,
    lot: SupplyLotRow,
    item: SupplyItemRow,
    catalog: Catalog,
    sure: Sure,
) -> tuple[str, str]:
    """The vaccine's code and name: what the store calls the lot; what was said counts only where that names none."""
    vials, per_vial, found = draft.vials or 0, draft.per_vial or 0, []
    if not 0 < vials <= MOST_VIALS:
        found.append(Problem("vials", "vaccine_session.vials", {"most": f"{MOST_VIALS}"}))
    if not 0 < per_vial <= MOST_PER_VIAL:
        found.append(Problem("per_vial", "vaccine_session.per_vial", {"most": f"{MOST_PER_VIAL}"}))
    products = products_in(session, catalog, row.day)
    product = products.find(item.name) or products.product(draft.product) or products.find(draft.product)
    if product is None:
        found.append(Problem("product", "vaccine_session.product_unknown", {"name": item.name}))
    if lot.expiry is not None and lot.expiry < row.day:
        params = {"lot": lot.number or "—", "expiry": f"{lot.expiry:%d/%m/%Y}", "day": f"{row.day:%d/%m/%Y}"}
        found.append(Problem("lot_id", "vaccine_session.take_expired", params))
    if not found:
        found += _check_amount(session, row, lot, draft)
    if found or product is None:
        raise Refused(found)
    found += _taken_again(session, row, lot, draft)
    found += check_thawed(session, row.day, lot, product, item_of(item).title, field="lot_id")
    ask_back(found, sure)
    return product.code, _named(product, item_of(item).title)


def _named(product: Product, title: str) -> str:
    """The vaccine's name, with the strength where the store's words say which of several it is."""
    vial = product.presentation(title)
    return vial.name if vial else product.name


def _of_lot(session: Session, session_id: UUID, lot_id: UUID | None) -> list[Take]:
    return sorted((one for one in takes_in(session, session_id) if one.lot_id == lot_id), key=lambda one: one.id)


def _old(session: Session, session_id: UUID, draft: TakeDraft) -> Take | None:
    """What was taken of that lot before."""
    known = _of_lot(session, session_id, draft.lot_id)
    return next((one for one in known if one.id == draft.take_id), next(iter(known), None))


def _taken_again(session: Session, row: VaccinationSessionRow, lot: SupplyLotRow, draft: TakeDraft) -> list[Problem]:
    """The number that is said is that of all vials: whoever did not see those that are there may mean some more."""
    old = _old(session, row.id, draft)
    if old is None or old.vials in (draft.was, draft.vials):
        return []
    params = {"lot": lot.number or "—", "was": f"{old.vials}", "now": f"{draft.vials}"}
    return [Problem("vials", "vaccine_session.take_again", params, "warning")]


def _check_amount(session: Session, row: VaccinationSessionRow, lot: SupplyLotRow, draft: TakeDraft) -> list[Problem]:
    """Not more than there is, and not fewer than were opened; no more of a lot that waits for a decision."""
    vials, per_vial, old = draft.vials or 0, draft.per_vial or 0, _old(session, row.id, draft)
    used = old.given + old.wasted - old.extra if old else 0
    beside = sum(_holds(one) for one in _of_lot(session, row.id, lot.id) if old is not None and one.id != old.id)
    if old is not None and (vials < len(old.opened) or (old.opened and per_vial != old.per_vial)):
        return [Problem("vials", "vaccine_session.take_used", {"opened": f"{len(old.opened)}"})]
    if lot.id in waiting_lots_in(session) and vials > (old.vials if old else 0):
        return [Problem("lot_id", "vaccine_session.take_waits", {"lot": lot.number or "—"})]
    balance = session.scalars(select(SupplyStockRow.balance).where(SupplyStockRow.lot_id == lot.id)).first() or 0
    then = free_on(settle(books_in(session, [lot.id])[lot.id]), row.day)  # of a day that is over: what was there by it
    if (by_then := then + used - beside) < vials * per_vial <= balance + used - beside:
        params = {"lot": lot.number or "—", "free": f"{max(0, by_then)}", "wanted": f"{vials * per_vial}"}
        return [Problem("lot_id", "vaccine_session.came_after", {**params, "day": f"{row.day:%d/%m/%Y}"})]
    free = balance + used - _held(session, row.id)[lot.id] - beside
    if vials * per_vial <= free:
        return []
    params = {"lot": lot.number or "—", "free": f"{max(0, free)}", "wanted": f"{vials * per_vial}"}
    held = _holders(session, row.id, lot.id)
    if not held:
        return [Problem("vials", "vaccine_session.not_enough", params)]
    return [Problem("vials", "vaccine_session.held", {**params, "held": held})]


def _holders(session: Session, session_id: UUID, lot_id: UUID) -> str:
    """The sessions that hold doses of that lot."""
    found = Counter[date]()
    for day, take in _takes_of_others(session, session_id):
        found[day] += _holds(take) if take.lot_id == lot_id else 0
    words = _("buổi {day} giữ {n} liều")
    return ", ".join(words.format(day=f"{day:%d/%m/%Y}", n=doses) for day, doses in found.items() if doses)


def give_way(session: Session, session_id: UUID) -> None:
    """A session is opened again: of the vials that nobody opened in it those are not its own any more which were used
    elsewhere since, or which another session holds."""
    held, balances = _held(session, session_id), Counter[UUID]()
    stock = SupplyStockRow
    session.flush()
    for take in takes_in(session, session_id):
        if take.lot_id not in balances:
            there = session.scalars(select(stock.balance).where(stock.lot_id == take.lot_id)).first() or 0
            balances[take.lot_id] = there - held[take.lot_id]
        missing = _holds(take) - max(0, balances[take.lot_id])
        gone = min(take.unopened, max(0, -(-missing // take.per_vial)))
        if gone:
            take_row(session, take.id).vials -= gone
        balances[take.lot_id] -= _holds(take) - gone * take.per_vial


@needs(Right.ENTER)
def leave_out(db: Database, take_id: UUID, *, by: UUID | None, now: datetime) -> Done[None]:
    """Do not take that lot along. Raises UserError vaccine_session.take_unknown, take_begun, closed, cancelled."""
    with db.write(by, now) as session:
        row = take_row(session, take_id)
        session_in(session, row.session_id)
        take = take_of(session, row)
        if take.opened or take.given or take.wasted:
            raise UserError("vaccine_session.take_begun", lot=take.lot_number or "—")
        session.delete(row)
        return done(None, *CHANGED)


def refuse_waiting(takes: Iterable[Take]) -> None:
    """Raises UserError vaccine_session.lot_waits when one of them is out of a lot that waits for a decision."""
    lots = sorted(one.lot_number or "—" for one in takes if one.waits)
    if lots:
        raise UserError("vaccine_session.lot_waits", lot=", ".join(lots))


def take_row(session: Session, take_id: UUID) -> SessionTakeRow:
    """Raises UserError vaccine_session.take_unknown."""
    row = session.scalars(select(SessionTakeRow).where(SessionTakeRow.id == take_id)).first()
    if row is None:
        raise UserError("vaccine_session.take_unknown")
    return row


def take_of(session: Session, row: SessionTakeRow) -> Take:
    """The take as a value, with all that became of it."""
    session.flush()
    return next(one for one in takes_in(session, row.session_id) if one.id == row.id)
