"""Reactions after a dose: written down, followed, reported, ended (docs/adr/0044)."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.queries.chronic_person import died_in
from covidstation.db.queries.residence import stand_of
from covidstation.db.queries.vaccination import doses_of
from covidstation.db.queries.vaccine_events import event_of
from covidstation.db.rows import AdverseEventRow
from covidstation.db.session import Database
from covidstation.domain.problems import Problem, Sure, too_long
from covidstation.domain.rights import Right
from covidstation.domain.text import NAME_LIMIT, TEXT_LIMIT, clean
from covidstation.domain.vaccination.doses import Dose
from covidstation.domain.vaccination.reactions import (
    NUMBER_LIMIT,
    AdverseEvent,
    EventDraft,
    EventEnd,
    barring,
    check_event,
    is_severe,
)
from covidstation.domain.vaccination.screening import ScreeningRule
from covidstation.errors import Refused, UserError, ask_back
from covidstation.services.care.rows import wall
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.vaccination.barring import Was, bar_in, unbar_in
from covidstation.services.vaccination.history import person_in
from covidstation.services.vaccination.reaction_rows import after_dose, hang_on
from covidstation.services.vaccination.sessions import screening_rule_in

_TEXTS: Final = ("signs", "treatment", "sent_to", "note")
_SAID: Final = (*(one.name for one in fields(EventDraft)), "end")
"""What a form says anew: when one of these differs from what it showed, it is seen first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndDraft:
    """How a reaction ended."""

    end: EventEnd = EventEnd.UNKNOWN
    on: date | None = None
    note: str = ""


@needs(Right.ENTER)
def record_event(
    db: Database,
    draft: EventDraft,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    sure: Sure = False,
) -> Done[AdverseEvent]:
    """Write one down; without a `dose_id` it is of the last dose before it began.

    Raises Refused reactions.kind_missing, kind_unknown, time_missing, future, before_dose, late (asked back), grade,
    sent_where, sent_before, treatment_missing, told_already (asked back); UserError people.unknown_person,
    reactions.dose_unknown.
    """
    with db.write(by, now) as session:
        person_in(session, draft.person_id)
        row = AdverseEventRow(id=new_id(), person_id=draft.person_id, by_name=clean(by_name))
        _fill(session, row, draft, _dose(session, draft), catalog, now, sure)
        session.add(row)
        session.flush()
        return done(event_of(row), Kind.VACCINES)


@needs(Right.ENTER)
def edit_event(
    db: Database,
    event_id: UUID,
    draft: EventDraft,
    *,
    catalog: Catalog,
    by: UUID | None,
    now: datetime,
    sure: Sure = False,
    seen: AdverseEvent | None = None,
) -> Done[AdverseEvent]:
    """Correct it, or say what was done since; `seen` is what the form showed. One of no dose stays so until its dose is
    chosen.

    Raises as `record_event`, and UserError reactions.unknown, ended, changed_meanwhile.
    """
    with db.write(by, now) as session:
        row = _row(session, event_id)
        if row.ending:
            raise UserError("reactions.ended")
        _check_seen(row, seen)
        draft = replace(draft, person_id=row.person_id)
        none = draft.dose_id is None and row.dose_id is None
        _fill(session, row, draft, None if none else _dose(session, draft), catalog, now, sure)
        session.flush()
        return done(event_of(row), Kind.VACCINES)


@needs(Right.ENTER)
def report_event(
    db: Database,
    event_id: UUID,
    to: str,
    number: str = "",
    *,
    by: UUID | None,
    now: datetime,
    at: datetime | None = None,
    sure: Sure = False,
) -> Done[AdverseEvent]:
    """The upper level was told, `at` by the clock of the station (None: now). A second time stands for the first.

    Raises Refused reactions.reported_to, future, reported_early, reported_before (asked back), a text that is too long;
    UserError reactions.unknown, reactions.not_severe.
    """
    to, number, moment = clean(to), clean(number), at or wall(now)
    found = [] if to else [Problem("reported_to", "reactions.reported_to")]
    found += too_long("reported_to", to, NAME_LIMIT) + too_long("report_number", number, NUMBER_LIMIT)
    with db.write(by, now) as session:
        row = _row(session, event_id)
        if not row.severe:
            raise UserError("reactions.not_severe")
        found += _check_reported(row, moment, now)
        ask_back(found, sure)
        row.reported_at, row.reported_to, row.report_number = moment, to, number
        return done(event_of(row), Kind.VACCINES)


@needs(Right.ENTER)
def take_back_report(db: Database, event_id: UUID, *, by: UUID | None, now: datetime) -> Done[AdverseEvent]:
    """Nobody was told after all: it waits again. Raises UserError reactions.unknown."""
    with db.write(by, now) as session:
        row = _row(session, event_id)
        row.reported_at, row.reported_to, row.report_number = None, "", ""
        return done(event_of(row), Kind.VACCINES)


@needs(Right.ENTER)
def end_event(
    db: Database,
    event_id: UUID,
    draft: EndDraft,
    *,
    by: UUID | None,
    now: datetime,
    seen: AdverseEvent | None = None,
) -> Done[AdverseEvent]:
    """How it ended; a death is written in the register of people first. `seen` is what the form showed.

    Raises Refused reactions.end_missing, end_early, future, death_first; UserError reactions.unknown, ended,
    changed_meanwhile.
    """
    with db.write(by, now) as session:
        row = _row(session, event_id)
        if row.ending:
            raise UserError("reactions.ended")
        _check_seen(row, seen)
        found = too_long("end_note", clean(draft.note), TEXT_LIMIT)
        day = draft.on or now.date()
        if draft.end is EventEnd.UNKNOWN:
            found.append(Problem("end", "reactions.end_missing"))
        if draft.end is EventEnd.DIED and (name := _still_lives(session, row.person_id)):
            found.append(Problem("end", "reactions.death_first", {"name": name}))
        if day < row.began_at.date():
            found.append(Problem("ended_on", "reactions.end_early", {"day": f"{row.began_at:%d/%m/%Y}"}))
        elif day > now.date():
            found.append(Problem("ended_on", "reactions.future"))
        if found:
            raise Refused(found)
        row.ending, row.ended_on, row.end_note = draft.end.value, day, clean(draft.note)
        if draft.end is EventEnd.MISTAKE:
            unbar_in(session, row, Was.of(row, _dose_of(session, row)), now.date())
        return done(event_of(row), Kind.VACCINES)


@needs(Right.ENTER)
def reopen_event(
    db: Database, event_id: UUID, *, catalog: Catalog, by: UUID | None, now: datetime
) -> Done[AdverseEvent]:
    """It has not ended after all, or was no mistake. Raises UserError reactions.unknown."""
    with db.write(by, now) as session:
        row = _row(session, event_id)
        if row.ending == EventEnd.MISTAKE.value:
            _bar_again(session, row, catalog)
        row.ending, row.ended_on, row.end_note = "", None, ""
        return done(event_of(row), Kind.VACCINES)


def _row(session: Session, event_id: UUID) -> AdverseEventRow:
    row = session.scalars(select(AdverseEventRow).where(AdverseEventRow.id == event_id)).first()
    if row is None:
        raise UserError("reactions.unknown")
    return row


def _check_seen(row: AdverseEventRow, seen: AdverseEvent | None) -> None:
    current = event_of(row)
    if seen is not None and any(getattr(current, name) != getattr(seen, name) for name in _SAID):
        raise UserError("reactions.changed_meanwhile")


def _check_reported(row: AdverseEventRow, moment: datetime, now: datetime) -> list[Problem]:
    found = []
    if moment > now.replace(tzinfo=None):
        found.append(Problem("reported_at", "reactions.future"))
    elif moment < row.began_at.replace(second=0, microsecond=0):  # people say minutes
        found.append(Problem("reported_at", "reactions.reported_early", {"at": f"{row.began_at:%H:%M %d/%m/%Y}"}))
    if row.reported_at is not None:
        params = {"whom": row.reported_to, "at": f"{row.reported_at:%H:%M %d/%m/%Y}"}
        found.append(Problem("reported_to", "reactions.reported_before", params, "warning"))
    return found


def _still_lives(session: Session, person_id: UUID) -> str:
    """The name of somebody who by the register lives here: lists, invitations and sums would go on counting them."""
    person = person_in(session, person_id)
    here = stand_of(person).here and person.moved_to is None and died_in(session, person_id) is None
    return person.full_name if here else ""


def _bar_again(session: Session, row: AdverseEventRow, catalog: Catalog) -> None:
    dose = _dose_of(session, row)
    rule = screening_rule_in(session, catalog, _rule_day(dose, row.began_at))
    kind = barring(row.kinds, row.grade, rule)
    if kind is not None:
        bar_in(session, row, kind, dose, Was.of(row, dose), anew=True)


def _rule_day(dose: Dose | None, began: datetime) -> date:
    """The day whose rule says what a reaction is."""
    return dose.given.latest if dose is not None else began.date()


def _fill(
    session: Session,
    row: AdverseEventRow,
    draft: EventDraft,
    dose: Dose | None,
    catalog: Catalog,
    now: datetime,
    sure: Sure,
) -> None:
    """Raise Refused, or write what was said. The rule is that of the day of the dose."""
    texts: dict[str, Any] = {name: clean(getattr(draft, name)) for name in _TEXTS}
    draft = replace(draft, **texts)
    day = _rule_day(dose, draft.began_at or now)
    rule = screening_rule_in(session, catalog, day)
    found = check_event(draft, rule, after_dose(dose) if dose is not None else None, now.replace(tzinfo=None))
    found += _told_already(session, row, draft, dose, rule)
    ask_back(found, sure)
    assert draft.began_at is not None
    before, was = _barred_by(row, rule), Was.of(row, _dose_of(session, row))
    hang_on(row, dose)
    row.kinds, row.severe, row.rule = list(draft.kinds), is_severe(draft.kinds, rule), rule.id
    row.began_at, row.grade, row.sent_at = draft.began_at, draft.grade, draft.sent_at
    row.follow_until = day + timedelta(days=rule.follow_days) if row.severe else None
    for name in _TEXTS:
        setattr(row, name, getattr(draft, name))
    kind = barring(row.kinds, row.grade, rule)
    if kind is not None:
        bar_in(session, row, kind, dose, was, anew=_barred_by(row, rule) != before)
    else:
        unbar_in(session, row, was, now.date())


def _told_already(
    session: Session, row: AdverseEventRow, draft: EventDraft, dose: Dose | None, rule: ScreeningRule
) -> list[Problem]:
    """The same of the same dose, told by somebody else: each row counts, and is reported."""
    other, dose_id = AdverseEventRow, dose.id if dose is not None else None
    if row.dose_id == dose_id and set(draft.kinds) <= set(row.kinds or ()):
        return []  # known of this one already
    own = (other.person_id == draft.person_id, other.id != row.id, other.ending != EventEnd.MISTAKE.value)
    for one in session.scalars(select(other).where(*own, other.dose_id == dose_id).order_by(other.began_at, other.n)):
        same = [found.label for code in draft.kinds if code in one.kinds and (found := rule.reaction(code))]
        if same:
            params = {"what": ", ".join(same), "at": f"{one.began_at:%H:%M %d/%m/%Y}"}
            return [Problem("kinds", "reactions.told_already", params, "warning")]
    return []


def _barred_by(row: AdverseEventRow, rule: ScreeningRule) -> tuple[object, ...]:
    """What of a reaction decides whether a vaccine may follow, and which: a fever told later reopens nothing."""
    kinds = frozenset(code for code in row.kinds or () if (one := rule.reaction(code)) and one.bars_from)
    return kinds, row.grade, row.product


def _dose_of(session: Session, row: AdverseEventRow) -> Dose | None:
    """The dose after which it came, where it stands."""
    if row.dose_id is None:
        return None
    return next((one for one in doses_of(session, row.person_id) if one.id == row.dose_id), None)


def _dose(session: Session, draft: EventDraft) -> Dose | None:
    doses = doses_of(session, draft.person_id)
    if draft.dose_id is not None:
        found = next((one for one in doses if one.id == draft.dose_id), None)
        if found is None:
            raise UserError("reactions.dose_unknown")
        return found
    began = draft.began_at
    before = [one for one in doses if began is not None and after_dose(one).first <= began]
    return before[-1] if before else None
