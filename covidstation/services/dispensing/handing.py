"""Handing medicines out for some days, at the station or at home, and taking a wrong handing-out back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.mapping import birth_of
from covidstation.db.queries.dispensing import Prescribed, prescriptions_in
from covidstation.db.queries.gone import gone_in
from covidstation.db.queries.supply_books import shelves_in
from covidstation.db.rows import ChronicConditionRow, DispensingRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.chronic import ConditionStatus
from covidstation.domain.chronic_lists import labels_of
from covidstation.domain.dispensing import (
    DispensingRule,
    Origin,
    check_days,
    cover,
    dispensing_rule_on,
    read_dispensing_rule,
)
from covidstation.domain.prescriptions import HandingDraft, HandingItem, check_handing
from covidstation.domain.problems import Problem, errors
from covidstation.domain.rights import Right
from covidstation.domain.rule_sets import Family
from covidstation.domain.supplies import Link, LinkKind
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.services.access.audit import shows
from covidstation.services.changes import Done, Kind, done
from covidstation.services.dispensing.prescribing import living_in, long_reason, prescription_in, same_medicine, settle
from covidstation.services.rights import needs
from covidstation.services.rules.versions import rules_in
from covidstation.services.supplies.drawing import came_back, draw, item_in, never_went
from covidstation.services.supplies.writing import Said


@dataclass(frozen=True, slots=True, kw_only=True)
class HandingLine:
    """One medicine as a dialog offers it: for the usual days, what they need, what the store has of it."""

    prescribed: Prescribed
    days: int
    units: int
    in_store: int | None  # units that may be handed out on the day; None: the store does not keep it


@dataclass(frozen=True, slots=True, kw_only=True)
class HandingLook:
    """What a dialog needs to know of the person before anything is handed out."""

    person_id: UUID
    full_name: str
    day: date
    rule: DispensingRule
    longest: int
    lines: tuple[HandingLine, ...]


@needs(Right.SEE)
@shows("dispensing")
def look_at_handing(db: Database, person_id: UUID, *, catalog: Catalog, day: date) -> HandingLook:
    """All that is taken, with what is left of it then. Raises UserError people.unknown_person, dispensing.died."""
    with db.read() as session:
        person = living_in(session, person_id)
        rule, known = rule_in(session, catalog, day), conditions_in(session, person_id)
        taken = [one for one in prescriptions_in(session, person_id) if one.ended_on is None]
        return HandingLook(
            person_id=person_id,
            full_name=person.full_name,
            day=day,
            rule=rule,
            longest=max((rule.longest(_conditions(known, one)) for one in taken), default=rule.longest(known)),
            lines=tuple(_line(session, one, rule.usual(_conditions(known, one)), day) for one in taken),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenLook:
    """What a person's page shows: everything that was and is taken; `labels` are the diseases that are followed."""

    person_id: UUID
    full_name: str
    day: date
    rule: DispensingRule
    labels: Mapping[str, str]
    prescribed: tuple[Prescribed, ...]


@needs(Right.SEE)
def look_at_taken(db: Database, person_id: UUID, *, catalog: Catalog, day: date) -> TakenLook:
    """The whole of it, of the living and the dead. Raises UserError people.unknown_person."""
    with db.read() as session:
        person = session.scalars(select(PersonRow).where(PersonRow.id == person_id)).first()
        if person is None:
            raise UserError("people.unknown_person")
        labels = labels_of(catalog.chronic_lists)
        return TakenLook(
            person_id=person_id,
            full_name=person.full_name,
            day=day,
            rule=rule_in(session, catalog, day),
            labels={code: labels.get(code) or labels.get(code[:3], code) for code in conditions_in(session, person_id)},
            prescribed=prescriptions_in(session, person_id),
        )


@needs(Right.ENTER)
def hand_out(
    db: Database,
    person_id: UUID,
    draft: HandingDraft,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    sure: bool = False,
) -> Done[UUID]:
    """Write one act, all its medicines or none; the value is its id.

    Raises Refused with what is wrong. Longer than the rule of the day allows or much too early is asked back
    (dispensing.longer, dispensing.early) unless `sure`, and then needs a reason. What the station hands out comes out
    of its store in the same transaction (supplies.not_enough; dispensing.not_kept for what the store does not keep).
    UserError people.unknown_person, dispensing.died, dispensing.unknown.
    """
    with db.write(by, now) as session:
        act = hand_out_in(session, person_id, draft, catalog=catalog, by_name=by_name, now=now, sure=sure)
        return done(act, Kind.CARE, Kind.SUPPLIES)


def hand_out_in(
    session: Session,
    person_id: UUID,
    draft: HandingDraft,
    *,
    catalog: Catalog,
    by_name: str,
    now: datetime,
    sure: bool = False,
) -> UUID:
    """The same inside another act's transaction."""
    person = living_in(session, person_id)
    taken = {one.id: one for one in prescriptions_in(session, person_id) if one.ended_on is None}
    if any(item.prescription_id not in taken for item in draft.items):
        raise UserError("dispensing.unknown")
    _refuse(session, person, draft, taken, catalog, now.date(), sure)
    assert draft.day is not None
    rule, act = rule_in(session, catalog, draft.day), new_id()
    for item in draft.items:
        _hand(session, taken[item.prescription_id], item, draft, act, rule, by_name, now.date())
    return act


@needs(Right.ENTER)
def take_back_handing(
    db: Database, handing: UUID, reason: str, *, by: UUID | None, by_name: str, now: datetime, returned: bool = False
) -> Done[None]:
    """A handing-out that was written by mistake, or brought back whole: the rows stay, new ones void them.

    What it drew from the store is there again: `returned` today, otherwise as if it had never left; medicines that were
    brought back are out of the store again. Raises Refused dispensing.why_back, supplies.below_zero; UserError
    dispensing.taken_back when nothing of it stands any more, dispensing.came_back when some came back since.
    """
    reason = clean(reason)
    if not reason:
        raise Refused([Problem("reason", "dispensing.why_back")])
    if found := long_reason(reason):
        raise Refused(found)
    with db.write(by, now) as session:
        standing = _standing(session, handing)
        if not standing:
            raise UserError("dispensing.taken_back")
        _refuse_returned(session, standing)
        for row in standing:
            session.add(_void_of(row, reason, by_name, now.date()))
        _bring_back(session, standing, reason, by_name, now.date(), returned)
        for prescription in {row.prescription_id for row in standing}:
            settle(session, prescription_in(session, prescription))
        return done(None, Kind.CARE, Kind.SUPPLIES)


def rule_in(session: Session, catalog: Catalog, day: date) -> DispensingRule:
    """The station's rule in force on that day."""
    return dispensing_rule_on(rules_in(session, Family.DISPENSING, catalog.dispensing_rules, read_dispensing_rule), day)


def conditions_in(session: Session, person_id: UUID) -> tuple[str, ...]:
    """The ICD-10 codes of what the station follows the person for."""
    query = select(ChronicConditionRow.code).where(
        ChronicConditionRow.person_id == person_id, ChronicConditionRow.status == ConditionStatus.ACTIVE.value
    )
    return tuple(session.scalars(query))


def _conditions(known: Sequence[str], one: Prescribed) -> tuple[str, ...]:
    """What the station follows the person for, and what the medicine is for."""
    return (*known, one.condition) if one.condition else tuple(known)


def _line(session: Session, one: Prescribed, days: int, day: date) -> HandingLine:
    item = one.item_id
    return HandingLine(
        prescribed=one,
        days=days,
        units=one.regimen.units(days),
        in_store=None if item is None else sum(shelf.free for shelf in shelves_in(session, item, day, day)),
    )


def _refuse(
    session: Session,
    person: PersonRow,
    draft: HandingDraft,
    taken: Mapping[UUID, Prescribed],
    catalog: Catalog,
    today: date,
    sure: bool,
) -> None:
    birth = birth_of(person)
    found = check_handing(draft, today, birth.earliest if birth else None)
    if errors(found) or draft.day is None:
        raise Refused(found)
    rule, conditions = rule_in(session, catalog, draft.day), conditions_in(session, person.id)
    gone = gone_in(session, person)
    if gone is not None and (gone.day is None or draft.day > gone.day):
        left = f"{gone.day:%d/%m/%Y}" if gone.day else "…"
        found.append(Problem("day", "dispensing.after_leaving", {"name": person.full_name, "left": left}))
    for item in draft.items:
        one = taken[item.prescription_id]
        if draft.day < one.started_on:
            params = {"name": one.name, "day": f"{one.started_on:%d/%m/%Y}"}
            found.append(Problem("day", "dispensing.before_start", params))
        if item.origin is Origin.STATION and one.item_id is None:
            found.append(Problem("items", "dispensing.not_kept", {"name": one.name}))
        found += _asked_back(one, item, draft.day, rule, conditions)
    if errors(found) or (found and not sure):
        raise Refused(found)
    if found and not clean(draft.reason):
        raise Refused([Problem("reason", "dispensing.why")])


def _asked_back(
    one: Prescribed, item: HandingItem, day: date, rule: DispensingRule, conditions: Sequence[str]
) -> list[Problem]:
    """What of the rule speaks against one medicine; what was counted at home stands before what was computed."""
    found = cover(one.regimen, [supply for supply in one.supplies if supply.day <= day])
    left = found.left(day) if found else 0
    if item.counted is not None:
        left = one.regimen.days(item.counted)
    problems = check_days(item.days, rule, _conditions(conditions, one), left, found.runs_out_on if found else day)
    return [replace(problem, params={**problem.params, "name": one.name}) for problem in problems]


def _hand(
    session: Session,
    one: Prescribed,
    item: HandingItem,
    draft: HandingDraft,
    act: UUID,
    rule: DispensingRule,
    by_name: str,
    today: date,
) -> None:
    assert draft.day is not None
    units = one.regimen.units(item.days) if item.units is None else item.units
    row = DispensingRow(
        id=new_id(),
        person_id=one.person_id,
        prescription_id=one.id,
        handing=act,
        day=draft.day,
        days=item.days,
        units=units,
        counted=item.counted,
        place=draft.place.value,
        receiver=draft.receiver.value,
        receiver_name=clean(draft.receiver_name),
        origin=item.origin.value,
        facility=clean(draft.facility),
        reason=clean(draft.reason),
        rule=rule.id,
        by_name=clean(by_name),
    )
    if item.origin is Origin.STATION and one.item_id is not None:
        said, link = Said(day=draft.day, by_name=row.by_name), Link(LinkKind.DISPENSING, row.id)
        draw(session, item_in(session, one.item_id), units, said, link, today=today, field="items")
    session.add(row)
    settle(session, prescription_in(session, one.id))


def _bring_back(
    session: Session, rows: Sequence[DispensingRow], reason: str, by_name: str, today: date, returned: bool
) -> None:
    there = [row.id for row in rows if returned and row.units > 0]
    never = [row.id for row in rows if row.id not in there]
    came_back(session, LinkKind.DISPENSING, there, Said(day=today, reason=reason, by_name=by_name))
    never_went(session, LinkKind.DISPENSING, never, reason=reason, by_name=by_name)


def _refuse_returned(session: Session, rows: Sequence[DispensingRow]) -> None:
    """What came back since lies in lots that these filled: with both of them gone the store would have it twice."""
    voided = select(DispensingRow.voids).where(DispensingRow.voids.is_not(None))
    for row in rows:
        later = select(DispensingRow.n).where(
            DispensingRow.prescription_id.in_(same_medicine(prescription_in(session, row.prescription_id))),
            DispensingRow.units < 0,
            DispensingRow.n > row.n,
            DispensingRow.voids.is_(None),
            DispensingRow.id.not_in(voided),
        )
        if row.units > 0 and session.scalars(later).first() is not None:
            raise UserError("dispensing.came_back", name=prescription_in(session, row.prescription_id).medicine)


def _standing(session: Session, handing: UUID) -> list[DispensingRow]:
    rows = list(session.scalars(select(DispensingRow).where(DispensingRow.handing == handing)))
    voided = {row.voids for row in rows}
    return [row for row in rows if row.voids is None and row.id not in voided]


def _void_of(row: DispensingRow, reason: str, by_name: str, today: date) -> DispensingRow:
    """The row that takes this one back; it bears the day and the reason of that."""
    same = (
        "person_id", "prescription_id", "handing", "days", "units", "counted", "place", "receiver", "receiver_name",
        "origin", "facility", "rule",
    )  # fmt: skip
    return DispensingRow(
        id=new_id(),
        day=today,
        reason=reason,
        by_name=clean(by_name),
        voids=row.id,
        **{name: getattr(row, name) for name in same},
    )
