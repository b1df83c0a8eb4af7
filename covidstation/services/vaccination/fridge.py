"""Fridges and their thermometers: taken into use, read twice a day, put right (docs/adr/0048)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.queries.cold_chain import (
    fridge_of,
    fridges_in,
    kept_lot,
    last_reading_in,
    lots_between_in,
    reading_of,
    reading_stands,
    readings_in,
    since_good_in,
    vaccine_lots_in,
    verdicts_in,
)
from covidstation.db.rows import FridgeReadingRow, FridgeRow
from covidstation.db.session import Database
from covidstation.domain.problems import Problem, Sure, too_long
from covidstation.domain.rights import Right
from covidstation.domain.rule_sets import Family
from covidstation.domain.text import TEXT_LIMIT, clean
from covidstation.domain.vaccination.cold_rules import ColdChainRule, FridgeKind, cold_rule_on, read_cold_rule
from covidstation.domain.vaccination.fridge import (
    Fate,
    Fridge,
    FridgeDraft,
    LotInside,
    Reading,
    ReadingDraft,
    began,
    check_fridge,
    check_kept,
    check_reading,
)
from covidstation.errors import Refused, UserError, ask_back
from covidstation.services.care.rows import wall
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.rules.versions import rules_in

_NOW: Final = timedelta(minutes=10)  # a reading of so long ago is one of now


def cold_rules_in(session: Session, catalog: Catalog) -> tuple[ColdChainRule, ...]:
    """The rules as the station has them."""
    return rules_in(session, Family.COLD_CHAIN, catalog.cold_rules, read_cold_rule)


@needs(Right.ENTER)
def add_fridge(db: Database, draft: FridgeDraft, *, by: UUID | None, by_name: str, now: datetime) -> Done[Fridge]:
    """Take one into use. Raises Refused cold_chain.name_missing, name_taken, day_missing, day_future, end_day, texts
    that are too long."""
    with db.write(by, now) as session:
        row = FridgeRow(id=new_id(), by_name=clean(by_name))
        _fill(session, row, draft, now.date())
        session.add(row)
        session.flush()
        return done(fridge_of(row), Kind.VACCINES)


@needs(Right.ENTER)
def edit_fridge(
    db: Database,
    fridge_id: UUID,
    draft: FridgeDraft,
    *,
    by: UUID | None,
    now: datetime,
    sure: Sure = False,
    seen: Fridge | None = None,
) -> Done[Fridge]:
    """Other words for it; with `ended_on` it is used until that day. `seen` is what the form showed.

    Raises as `add_fridge`, cold_chain.kind_read (readings were judged by the kind), lots_left (asked back) when vaccine
    is left and no other fridge; UserError cold_chain.unknown, changed_meanwhile.
    """
    with db.write(by, now) as session:
        row = _fridge(session, fridge_id)
        if seen is not None and fridge_of(row) != seen:
            raise UserError("cold_chain.changed_meanwhile")
        _fill(session, row, draft, now.date(), sure=sure)
        return done(fridge_of(row), Kind.VACCINES)


@needs(Right.ENTER)
def record_reading(
    db: Database,
    draft: ReadingDraft,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    sure: Sure = False,
) -> Done[Reading]:
    """Write down what the thermometer said; without `at` it was now. Lots are kept of a reading outside the bounds.

    Raises Refused cold_chain.temperature_missing, temperature, comma (asked back), future, long_ago; same_minute,
    clock, before_use, after_end (all asked back); action_missing, since_late, since_early (asked back); UserError
    cold_chain.unknown, lot_unknown.
    """
    with db.write(by, now) as session:
        row = _reading(session, draft, catalog, by_name, now, sure)
        return done(reading_of(row), Kind.VACCINES)


@needs(Right.ENTER)
def correct_reading(
    db: Database,
    reading_id: UUID,
    draft: ReadingDraft,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    sure: Sure = False,
) -> Done[Reading]:
    """The right words in the place of a wrong reading, which stays in the register. Lots that were kept with it stay as
    they were counted then; another hour adds those that were inside at it.

    Raises as `record_reading`, and UserError cold_chain.gone, decided.
    """
    with db.write(by, now) as session:
        old = reading_of(_standing(session, reading_id))
        said = replace(draft, fridge_id=old.fridge_id, at=draft.at or old.at)
        row = _reading(session, said, catalog, by_name, now, sure, old)
        row.voids = reading_id
        session.flush()
        return done(reading_of(row), Kind.VACCINES)


@needs(Right.ENTER)
def void_reading(
    db: Database, reading_id: UUID, reason: str, *, by: UUID | None, by_name: str, now: datetime
) -> Done[None]:
    """It was never read. Raises Refused cold_chain.reason_missing, a text that is too long; UserError cold_chain.gone,
    decided."""
    reason = clean(reason)
    found = [] if reason else [Problem("reason", "cold_chain.reason_missing")]
    if found := found + too_long("reason", reason, TEXT_LIMIT):
        raise Refused(found)
    with db.write(by, now) as session:
        old = _standing(session, reading_id)
        session.add(
            FridgeReadingRow(
                id=new_id(), fridge_id=old.fridge_id, at=old.at, voids=old.id, reason=reason, by_name=clean(by_name)
            )
        )
        return done(None, Kind.VACCINES)


def _fridge(session: Session, fridge_id: UUID) -> FridgeRow:
    row = session.scalars(select(FridgeRow).where(FridgeRow.id == fridge_id)).first()
    if row is None:
        raise UserError("cold_chain.unknown")
    return row


def _used(session: Session, but: UUID | None) -> list[Fridge]:
    return [one for one in fridges_in(session) if one.ended_on is None and one.id != but]


def _fill(session: Session, row: FridgeRow, draft: FridgeDraft, today: date, *, sure: Sure = False) -> None:
    draft = replace(draft, name=clean(draft.name), place=clean(draft.place), note=clean(draft.note))
    lots, used = len(vaccine_lots_in(session)), row.kept_from is not None and row.ended_on is None
    read = last_reading_in(session, row.id, datetime.max) if row.kept_from is not None else None
    read_as = FridgeKind(row.kind) if read is not None else None
    found = check_fridge(draft, _used(session, row.id), today, lots, used=used, read_as=read_as)
    ask_back(found, sure)
    assert draft.kept_from is not None
    row.name, row.place, row.kind, row.note = draft.name, draft.place, draft.kind.value, draft.note
    row.kept_from, row.ended_on = draft.kept_from, draft.ended_on


def _standing(session: Session, reading_id: UUID) -> FridgeReadingRow:
    """The reading, if it may still be changed: what was decided of its lots goes by it."""
    query = select(FridgeReadingRow).where(FridgeReadingRow.id == reading_id, reading_stands())
    row = session.scalars(query).first()
    if row is None:
        raise UserError("cold_chain.gone")
    if any(one.reading_id == reading_id for one in verdicts_in(session)):
        raise UserError("cold_chain.decided")
    return row


def _reading(
    session: Session,
    draft: ReadingDraft,
    catalog: Catalog,
    by_name: str,
    now: datetime,
    sure: Sure,
    old: Reading | None = None,
) -> FridgeReadingRow:
    """Raise Refused, or write it. `old`: the reading that it stands for."""
    fridge = fridge_of(_fridge(session, draft.fridge_id))
    at = (draft.at or wall(now)).replace(microsecond=0, tzinfo=None)
    draft = replace(draft, at=at, action=clean(draft.action), note=clean(draft.note))
    rule = cold_rule_on(cold_rules_in(session, catalog), at.date()).of(fridge.kind)
    near = [one for one in _near(session, draft, at, now) if old is None or one.id != old.id]
    found = [*check_reading(draft, rule, near, now.replace(tzinfo=None)), *check_kept(fridge, at.date())]
    ask_back(found, sure)
    assert draft.temperature is not None
    outside = rule.outside(draft.temperature)
    row = FridgeReadingRow(
        id=new_id(),
        fridge_id=draft.fridge_id,
        at=at,
        temperature=draft.temperature,
        outside=outside,
        since=draft.since if outside else None,
        action=draft.action,
        lots=[kept_lot(one) for one in _inside(session, draft, old, now)] if outside else [],
        power_cut=draft.power_cut,
        rule=rule.id,
        note=draft.note,
        by_name=clean(by_name),
    )
    session.add(row)
    session.flush()
    return row


def _near(session: Session, draft: ReadingDraft, at: datetime, now: datetime) -> list[Reading]:
    """Readings that another one can stand against: those of its day, those since it is said to be outside, the last
    good one, and those ahead of the clock."""
    first = min(draft.since.date() if draft.since else at.date(), at.date())
    first = max(first, at.date() - timedelta(days=31))
    found = list(readings_in(session, first, at.date(), fridge_id=draft.fridge_id))
    good = last_reading_in(session, draft.fridge_id, at, good=True)
    last = last_reading_in(session, draft.fridge_id, datetime.max)
    more = [good, last if last is not None and last.at > now.replace(tzinfo=None) else None]
    return [*found, *(one for one in more if one is not None and one not in found)]


def lots_inside(
    session: Session, fridge_id: UUID, at: datetime, since: datetime | None, now: datetime, *, but: UUID | None = None
) -> tuple[LotInside, ...]:
    """The lots that can have been inside while that fridge can have been outside, until `at`: all that the store had on
    those days, for a lot that is used up by now was inside all the same. Of a reading of now what is still there counts
    as it is there; `but`: the reading that is put right.

    What was put aside earlier in the same time outside, and is not there any more, is not asked about again.
    """
    earlier = since_good_in(session, fridge_id, at, but=but)
    first = min(at, began(earlier, at, since))
    there = {one.lot_id: one for one in vaccine_lots_in(session)}
    found = {one.lot_id: one for one in lots_between_in(session, first.date(), at.date())}
    if abs(now.replace(tzinfo=None) - at) <= _NOW:
        found = {**found, **there}
    known = {one.id for one in earlier if one.outside}
    aside = {
        one.lot_id
        for one in verdicts_in(session)
        if one.fate is Fate.ASIDE and one.at <= at and (one.at <= first or one.reading_id in known)
    }
    return tuple(one for one in found.values() if one.lot_id in there or one.lot_id not in aside)


def _inside(session: Session, draft: ReadingDraft, old: Reading | None, now: datetime) -> list[LotInside]:
    """The lots that were inside, as they were then or were counted before."""
    assert draft.at is not None
    kept = {one.lot_id: one for one in old.lots} if old is not None else {}
    but = old.id if old is not None else None
    inside = lots_inside(session, draft.fridge_id, draft.at, draft.since, now, but=but)
    then = {one.lot_id: one for one in inside}
    if draft.lots is None:
        same = old is not None and (old.at, old.since) == (draft.at, draft.since)
        return list((kept if kept and same else {**then, **kept}).values())
    known = {one.lot_id: one for one in vaccine_lots_in(session)} | then | kept
    if any(one not in known for one in draft.lots):
        raise UserError("cold_chain.lot_unknown")
    return [known[one] for one in dict.fromkeys(draft.lots)]
