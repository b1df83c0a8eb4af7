"""The diseases that somebody is followed for: taken in, corrected, no longer followed (docs/adr/0039).

The underlying diseases of the person's record, which triage and the F0 forms read, follow in the same transaction.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.joining import join_conditions
from covidstation.db.mapping import birth_of
from covidstation.db.queries.chronic import groups_in
from covidstation.db.queries.chronic_person import condition_of
from covidstation.db.queries.gone import gone_in
from covidstation.db.rows import ChronicConditionRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.chronic import (
    TEXT_LIMIT,
    Condition,
    ConditionDraft,
    ConditionStatus,
    RemovedReason,
    check_condition,
    normal_icd,
)
from covidstation.domain.chronic_lists import ChronicList, chronic_list_on, read_chronic_list
from covidstation.domain.problems import Problem, errors, too_long
from covidstation.domain.rights import Right
from covidstation.domain.rule_sets import Family
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.services.care.triage import assess_open_in
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.rules.versions import rules_in

_TEXTS: Final = ("label", "diagnosed_at", "treatment", "note")
_TOLD: Final = (
    "person_id", "code", "group_code", "diagnosed_year", "diagnosed_month", "diagnosed_day", "target_systolic",
    "target_diastolic", "target_fasting", "target_hba1c", *_TEXTS,
)  # fmt: skip
_TAKEN_UP: Final = "đã gộp vào dòng còn lại"
CHANGED: Final = (Kind.CHRONIC, Kind.PEOPLE, Kind.EPISODES, Kind.CARE)


def list_in(session: Session, catalog: Catalog, day: date) -> ChronicList:
    """The diseases in force on that day, as this station has them."""
    return chronic_list_on(rules_in(session, Family.CHRONIC, catalog.chronic_lists, read_chronic_list), day)


def person_in(session: Session, person_id: UUID) -> PersonRow:
    """The person. Raises UserError people.unknown_person."""
    row = session.scalars(select(PersonRow).where(PersonRow.id == person_id)).first()
    if row is None:
        raise UserError("people.unknown_person")
    return row


def here_in(session: Session, person_id: UUID) -> PersonRow:
    """The person, alive and not gone. Raises UserError people.unknown_person, chronic.died, chronic.left."""
    person = person_in(session, person_id)
    gone = gone_in(session, person)
    if gone is not None:
        raise UserError("chronic.died" if gone.died else "chronic.left", name=person.full_name)
    return person


@needs(Right.ENTER)
def add_condition(
    db: Database,
    person_id: UUID,
    draft: ConditionDraft,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
) -> Done[Condition]:
    """Take somebody into the register with one disease. Raises Refused chronic.code_…, diagnosed_…, target_…;
    UserError people.unknown_person, chronic.died, chronic.left."""
    with db.write(by, now) as session:
        row = add_condition_in(session, person_id, draft, catalog=catalog, by_name=by_name, now=now)
        return done(condition_of(row), *CHANGED)


def add_condition_in(
    session: Session, person_id: UUID, draft: ConditionDraft, *, catalog: Catalog, by_name: str, now: datetime
) -> ChronicConditionRow:
    """The same inside another act's transaction."""
    person = here_in(session, person_id)
    row = ChronicConditionRow(id=new_id(), person_id=person_id, status=ConditionStatus.ACTIVE.value)
    _fill(session, row, person, draft, catalog, now)
    row.by_name = by_name
    session.add(row)
    session.flush()
    _follow(session, person, catalog, now)
    return row


@needs(Right.ENTER)
def edit_condition(
    db: Database, condition_id: UUID, draft: ConditionDraft, *, catalog: Catalog, by: UUID | None, now: datetime
) -> Done[Condition]:
    """Correct what is written of a disease. Raises as `add_condition`, and UserError chronic.unknown."""
    with db.write(by, now) as session:
        row = _condition(session, condition_id)
        person, before = person_in(session, row.person_id), row.group_code
        join_conditions(session)
        _taken_up(session, row)
        _fill(session, row, person, draft, catalog, now)
        session.flush()
        _follow(session, person, catalog, now, without=before)
        return done(condition_of(row), *CHANGED)


@needs(Right.ENTER)
def remove_condition(
    db: Database,
    condition_id: UUID,
    reason: RemovedReason,
    note: str,
    *,
    catalog: Catalog,
    by: UUID | None,
    now: datetime,
) -> Done[Condition]:
    """No longer follow somebody for a disease. Raises Refused chronic.removed_why; UserError chronic.unknown.

    Whoever was never ill with it has it no longer among the underlying diseases; all others still have it.
    """
    note = clean(note)
    found = too_long("note", note, TEXT_LIMIT)
    if reason is RemovedReason.JOINED or (reason in (RemovedReason.OTHER, RemovedReason.WRONG) and not note):
        found.append(Problem("note", "chronic.removed_why"))
    if found:
        raise Refused(found)
    with db.write(by, now) as session:
        row = _condition(session, condition_id)
        person = person_in(session, row.person_id)
        remove_in(row, reason, note, now.date())
        session.flush()
        _follow(session, person, catalog, now, without=row.group_code if reason is RemovedReason.WRONG else "")
        return done(condition_of(row), *CHANGED)


@needs(Right.ENTER)
def follow_again(
    db: Database, condition_id: UUID, *, catalog: Catalog, by: UUID | None, by_name: str, now: datetime
) -> Done[Condition]:
    """Follow somebody again who is back, in a line of its own from today on, so that past quarters stay as they were
    counted; taken out by mistake today, in the same line. Raises UserError chronic.unknown, chronic.followed_already,
    chronic.died, chronic.left."""
    with db.write(by, now) as session:
        row = _condition(session, condition_id)
        person = here_in(session, row.person_id)
        if row.code in _active(session, row.person_id):
            raise UserError("chronic.followed_already", code=row.code)
        if row.removed_on is None or row.removed_on >= now.date():
            row.status, row.removed_on = ConditionStatus.ACTIVE.value, None
            row.removed_reason, row.removed_note = "", ""
        else:
            row = _from_now_on(row, by_name, now.date())
            session.add(row)
        session.flush()
        _follow(session, person, catalog, now)
        return done(condition_of(row), *CHANGED)


def _from_now_on(row: ChronicConditionRow, by_name: str, day: date) -> ChronicConditionRow:
    """All that is known of the disease, in a new line."""
    told = {name: getattr(row, name) for name in _TOLD}
    status = ConditionStatus.ACTIVE.value
    return ChronicConditionRow(id=new_id(), status=status, registered_on=day, by_name=by_name, **told)


def remove_in(row: ChronicConditionRow, reason: RemovedReason, note: str, day: date) -> None:
    """The same inside another act's transaction."""
    row.status, row.removed_on = ConditionStatus.REMOVED.value, day
    row.removed_reason, row.removed_note = reason.value, note


def active_rows(session: Session, person_id: UUID) -> list[ChronicConditionRow]:
    """What somebody is followed for now."""
    query = select(ChronicConditionRow).where(
        ChronicConditionRow.person_id == person_id, ChronicConditionRow.status == ConditionStatus.ACTIVE.value
    )
    return list(session.scalars(query.order_by(ChronicConditionRow.registered_on, ChronicConditionRow.n)))


def _condition(session: Session, condition_id: UUID) -> ChronicConditionRow:
    row = session.scalars(select(ChronicConditionRow).where(ChronicConditionRow.id == condition_id)).first()
    if row is None:
        raise UserError("chronic.unknown")
    return row


def _taken_up(session: Session, row: ChronicConditionRow) -> None:
    """Whoever corrects a line has seen what was joined to it: from now on the line says it all."""
    query = select(ChronicConditionRow).where(
        ChronicConditionRow.person_id == row.person_id,
        ChronicConditionRow.code == row.code,
        ChronicConditionRow.removed_reason == RemovedReason.JOINED.value,
    )
    for one in session.scalars(query):
        one.removed_note = _TAKEN_UP


def _active(session: Session, person_id: UUID, without: UUID | None = None) -> list[str]:
    return [row.code for row in active_rows(session, person_id) if row.id != without]


def _fill(
    session: Session,
    row: ChronicConditionRow,
    person: PersonRow,
    draft: ConditionDraft,
    catalog: Catalog,
    now: datetime,
) -> None:
    """Raise Refused, or write what was said."""
    shelf = list_in(session, catalog, now.date())
    known = [one.code for one in shelf.codes]
    other = _active(session, person.id, row.id) if row.status == ConditionStatus.ACTIVE.value else []
    found = check_condition(draft, known=known, active=other, birth=birth_of(person), today=now.date())
    if errors(found):
        raise Refused(errors(found))
    row.code = normal_icd(draft.code)
    row.group_code = shelf.group_of(row.code)
    told = draft.diagnosed
    row.diagnosed_year, row.diagnosed_month, row.diagnosed_day = (
        (told.year, told.month, told.day) if told else (None, None, None)
    )
    row.registered_on = draft.registered_on or row.registered_on or now.date()
    for name in _TEXTS:
        setattr(row, name, clean(getattr(draft, name)))
    for name in ("systolic", "diastolic", "fasting", "hba1c"):
        setattr(row, f"target_{name}", getattr(draft.targets, name))


def _follow(session: Session, person: PersonRow, catalog: Catalog, now: datetime, without: str = "") -> None:
    """The person's underlying diseases have all that is followed; `without` goes, unless another one still says it."""
    held = (set(person.conditions) - {without}) | groups_in(session, person.id)
    if held == set(person.conditions):
        return
    person.conditions = sorted(held)
    session.flush()
    assess_open_in(session, person, catalog=catalog, now=now)
