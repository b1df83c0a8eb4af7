"""The items of the store: chosen from the common ones in one step, written by hand, corrected, no longer kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.queries.supply_books import item_of
from covidstation.db.rows import SessionTakeRow, SupplyItemRow, SupplyLotRow, SupplyStockRow
from covidstation.db.session import Database
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.rights import Right
from covidstation.domain.rule_sets import Family
from covidstation.domain.supplies import (
    SHORT_LIMIT,
    ItemDraft,
    SupplyKind,
    check_expiry,
    check_item,
    same_substances,
    tidy_item,
)
from covidstation.domain.supply_rules import SupplyRule, read_supply_rule, supply_rule_on
from covidstation.domain.text import clean, fold, sort_key
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.rules.versions import rules_in
from covidstation.services.supplies.drawing import item_in


def supply_rule_in(session: Session, catalog: Catalog, day: date) -> SupplyRule:
    """The station's rule of that day."""
    return supply_rule_on(rules_in(session, Family.SUPPLIES, catalog.supply_rules, read_supply_rule), day)


@needs(Right.ENTER)
def add_items(db: Database, drafts: Sequence[ItemDraft], *, by: UUID | None, now: datetime) -> Done[tuple[UUID, ...]]:
    """New items, in one step; those that the store has are passed over when several are chosen.

    Raises Refused supplies.same_item for a single one that the store has, and what is wrong with the fields.
    """
    with db.write(by, now) as session:
        known = {one.identity for one in map(item_of, _kept(session))}
        new = [one for one in drafts if tidy_item(one).identity not in known]
        if drafts and not new and len(drafts) == 1:
            raise Refused([Problem("name", "supplies.same_item", {"name": drafts[0].title})])
        made = dict.fromkeys(make_item(session, one, now.date()) for one in new)
    return done(tuple(made), Kind.SUPPLIES)


def make_item(session: Session, draft: ItemDraft, today: date) -> UUID:
    """That item of the store, a new one when it has none such, inside another act's transaction. Raises Refused."""
    draft = tidy_item(draft)
    if found := check_item(draft):
        raise Refused(found)
    session.flush()
    for one in _kept(session):
        if item_of(one).identity == draft.identity:
            return one.id
    row = SupplyItemRow(id=new_id(), kept_from=draft.kept_from or today)
    _fill(row, draft)
    session.add(row)
    session.flush()
    return row.id


@needs(Right.ENTER)
def edit_item(db: Database, item_id: UUID, draft: ItemDraft, *, by: UUID | None, now: datetime) -> Done[None]:
    """Correct what is said of an item. Raises Refused supplies.same_item, and what is wrong with the fields."""
    draft = tidy_item(draft)
    with db.write(by, now) as session:
        row = item_in(session, item_id)
        found = check_item(draft)
        others = (item_of(one) for one in _kept(session) if one.id != item_id)
        if any(one.identity == draft.identity for one in others):
            found.append(Problem("name", "supplies.same_item", {"name": draft.title}))
        if found:
            raise Refused(found)
        _fill(row, draft)
        if draft.kept_from is not None and draft.kept_from != row.kept_from:
            row.kept_from = draft.kept_from
    return done(None, Kind.SUPPLIES)


@needs(Right.ENTER)
def end_item(db: Database, item_id: UUID, *, by: UUID | None, now: datetime, again: bool = False) -> Done[None]:
    """No longer keep an item, or keep it again. Raises UserError supplies.not_empty while anything of it is left, and
    Refused supplies.same_item when the store keeps the same one by now."""
    with db.write(by, now) as session:
        row = item_in(session, item_id)
        query = (
            select(SupplyStockRow.balance)
            .join(SupplyLotRow, SupplyLotRow.id == SupplyStockRow.lot_id)
            .where(SupplyLotRow.item_id == item_id, SupplyStockRow.balance != 0)
        )
        lots = list(session.scalars(query))
        if lots and not again:
            raise UserError("supplies.not_empty", name=item_of(row).title, left=sum(lots), unit=row.unit)
        same = item_of(row)
        if again and any(item_of(one).identity == same.identity for one in _kept(session) if one.id != item_id):
            raise Refused([Problem("name", "supplies.same_item", {"name": same.title})])
        row.ended_on = None if again else now.date()
    return done(None, Kind.SUPPLIES)


@needs(Right.ENTER)
def edit_lot(
    db: Database, lot_id: UUID, number: str, expiry: date | None, *, by: UUID | None, now: datetime
) -> Done[None]:
    """Correct the number or the expiry of a lot; sessions that are not over and have vials of it say it, too.

    Raises Refused supplies.lot_there, expiry_far, UserError supplies.no_lot.
    """
    number = clean(number)
    with db.write(by, now) as session:
        row = lot_in(session, lot_id)
        found = too_long("number", number, SHORT_LIMIT)
        if expiry is not None and expiry >= now.date():  # it may be over by now
            found += check_expiry("expiry", expiry, now.date())
        others = session.scalars(select(SupplyLotRow).where(SupplyLotRow.item_id == row.item_id))
        if any(one.id != lot_id and fold(one.number) == fold(number) and one.expiry == expiry for one in others):
            found.append(Problem("number", "supplies.lot_there", {"lot": number or "—"}))
        if found:
            raise Refused(found)
        row.number, row.expiry = number, expiry
        take = SessionTakeRow
        for one in session.scalars(select(take).where(take.lot_id == lot_id, take.left_doses.is_(None))):
            one.lot_number, one.expiry = number, expiry
    return done(None, Kind.SUPPLIES, Kind.VACCINES)


def lot_in(session: Session, lot_id: UUID) -> SupplyLotRow:
    """Raises UserError supplies.no_lot."""
    row = session.scalars(select(SupplyLotRow).where(SupplyLotRow.id == lot_id)).first()
    if row is None:
        raise UserError("supplies.no_lot")
    return row


@needs(Right.SEE)
def twins_of(db: Database, draft: ItemDraft, item_id: UUID | None = None) -> tuple[ItemDraft, ...]:
    """The items of the store that hold one of its active substances: to be told before a second one is written."""
    with db.read() as session:
        others = [item_of(one) for one in _kept(session) if one.id != item_id and one.kind == SupplyKind.MEDICINE]
    return same_substances(tidy_item(draft), others)


def _kept(session: Session) -> list[SupplyItemRow]:
    return list(session.scalars(select(SupplyItemRow).where(SupplyItemRow.ended_on.is_(None))))


def _fill(row: SupplyItemRow, draft: ItemDraft) -> None:
    texts = ("name", "atc", "strength", "form", "unit", "pack_size", "low_level", "medicine", "note")
    values = {name: getattr(draft, name) for name in texts}
    values |= {"kind": draft.kind.value, "substances": list(draft.substances), "sort_key": sort_key(draft.title)}
    for name, value in values.items():
        if getattr(row, name, None) != value:
            setattr(row, name, value)
