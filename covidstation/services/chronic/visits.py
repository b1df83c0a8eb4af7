"""Visits of people with a chronic disease and yearly checks of elders: judged, kept, corrected, taken back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.mapping import birth_of
from covidstation.db.queries.chronic_person import (
    ChronicRecord,
    chronic_record_in,
    died_in,
    newest,
    visit_of,
    visit_stands,
)
from covidstation.db.queries.gone import gone_in
from covidstation.db.rows import ChronicVisitRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.age_groups import age_groups_on, read_age_groups
from covidstation.domain.bands import OLDEST
from covidstation.domain.chronic import TEXT_LIMIT, Condition, OwnTargets
from covidstation.domain.chronic_lists import ChronicList
from covidstation.domain.chronic_visits import VOIDED, ChronicVisit, ChronicVisitDraft, Seen, check_chronic_visit
from covidstation.domain.dates import PartialDate, months_possible
from covidstation.domain.glucose import GlucoseKind
from covidstation.domain.problems import Problem, errors, too_long
from covidstation.domain.rights import Right
from covidstation.domain.rule_sets import Family
from covidstation.domain.targets import Judged, Measured, TargetRule, judge_control, read_target_rule, targets_on
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.services.access.audit import shows
from covidstation.services.changes import Done, Kind, done
from covidstation.services.chronic.conditions import list_in, person_in
from covidstation.services.rights import needs
from covidstation.services.rules.versions import rules_in

_TEXTS: Final = ("symptoms", "complications", "note", "referred_to", "referred_reason", "back")
_YEAR: Final = 12  # months


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronicLook:
    """What the register knows of one person, for the form and the person's page. `elder`: by age today, sure or not;
    `checked_on`: the yearly check of this year."""

    person_id: UUID
    full_name: str
    birth: PartialDate | None
    phone: str
    record: ChronicRecord
    shelf: ChronicList
    targets: TargetRule
    elder: bool
    died_on: date | None
    checked_on: date | None

    @property
    def last(self) -> ChronicVisit | None:
        """The last visit."""
        return self.record.visits[0] if self.record.visits else None

    def label(self, condition: Condition) -> str:
        """What people call a disease."""
        named = self.shelf.disease(condition.code)
        return condition.label or (named.label if named else condition.code)


@needs(Right.SEE)
@shows("chronic")
def look_at_chronic(db: Database, person_id: UUID, *, catalog: Catalog, now: datetime) -> ChronicLook:
    """All of it. Raises UserError people.unknown_person."""
    today = now.date()
    with db.read() as session:
        person = person_in(session, person_id)
        record = chronic_record_in(session, person_id)
        checked = next((one.day for one in record.visits if one.yearly and one.day.year == today.year), None)
        return ChronicLook(
            person_id=person_id,
            full_name=person.full_name,
            birth=birth_of(person),
            phone=person.phone,
            record=record,
            shelf=list_in(session, catalog, today),
            targets=targets_in(session, catalog, today),
            elder=_is_elder(session, catalog, birth_of(person), today),
            died_on=died_in(session, person_id),
            checked_on=checked,
        )


def targets_in(session: Session, catalog: Catalog, day: date) -> TargetRule:
    """The targets in force on that day, as this station has them."""
    return targets_on(rules_in(session, Family.TARGETS, catalog.target_rules, read_target_rule), day)


def elder_age(session: Session, catalog: Catalog, day: date) -> int:
    """From which age (full years) somebody is an elder on that day."""
    rules = rules_in(session, Family.AGE_GROUPS, catalog.age_groups, read_age_groups)
    return age_groups_on(rules, day).elder_from


def _is_elder(session: Session, catalog: Catalog, birth: PartialDate | None, day: date) -> bool:
    oldest = months_possible(birth, day, OLDEST)[1]
    return oldest >= elder_age(session, catalog, day) * _YEAR


def preview_result(look: ChronicLook, draft: ChronicVisitDraft) -> Judged:
    """How a visit that is being typed would stand; nothing is kept."""
    return _judged(look.shelf, look.targets, look.record, draft, look.birth)


@needs(Right.ENTER)
def record_chronic_visit(
    db: Database,
    draft: ChronicVisitDraft,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    sure: bool = False,
) -> Done[ChronicVisit]:
    """Keep one visit, judged by the rule of its day; with `draft.voids` it corrects an earlier one.

    Raises Refused with errors; with warnings alone unless `sure` (ask back, then call again); UserError
    people.unknown_person, chronic.visit_unknown, chronic.visit_voided, and chronic.died, chronic.left for who is gone
    since a day that nobody knows.
    """
    with db.write(by, now) as session:
        row = record_chronic_visit_in(session, draft, catalog=catalog, by_name=by_name, now=now, sure=sure)
        return done(visit_of(row), Kind.CHRONIC)


def record_chronic_visit_in(
    session: Session, draft: ChronicVisitDraft, *, catalog: Catalog, by_name: str, now: datetime, sure: bool = False
) -> ChronicVisitRow:
    """The same inside another act's transaction."""
    draft = _cleaned(draft)
    person = person_in(session, draft.person_id)
    if draft.voids is not None:
        _standing(session, draft.voids, draft.person_id)
    else:
        _refuse_gone(session, person)
    record = chronic_record_in(session, draft.person_id)
    found = check_chronic_visit(draft, seen=_seen(session, catalog, person, record, draft), today=now.date())
    if errors(found) or (found and not sure):
        raise Refused(errors(found) or found)
    shelf, targets = list_in(session, catalog, draft.day), targets_in(session, catalog, draft.day)
    judged = _judged(shelf, targets, record, draft, birth_of(person))
    row = _row(draft, judged, by_name)
    session.add(row)
    session.flush()
    return row


@needs(Right.ENTER)
def void_chronic_visit(
    db: Database, visit_id: UUID, reason: str, *, by: UUID | None, by_name: str, now: datetime
) -> Done[None]:
    """Take back a visit that was not made, or of somebody else; it stays in the register.

    Raises Refused chronic.void_why; UserError chronic.visit_unknown, chronic.visit_voided.
    """
    reason = clean(reason)
    found = [] if reason else [Problem("reason", "chronic.void_why")]
    if found or (found := too_long("reason", reason, TEXT_LIMIT)):
        raise Refused(found)
    with db.write(by, now) as session:
        row = _standing(session, visit_id)
        session.add(
            ChronicVisitRow(
                id=new_id(),
                person_id=row.person_id,
                day=row.day,
                place=VOIDED,
                note=reason,
                by_name=by_name,
                voids=row.id,
            )
        )
    return done(None, Kind.CHRONIC)


def _standing(session: Session, visit_id: UUID, person_id: UUID | None = None) -> ChronicVisitRow:
    row = session.scalars(select(ChronicVisitRow).where(ChronicVisitRow.id == visit_id)).first()
    if row is None or (person_id is not None and row.person_id != person_id):
        raise UserError("chronic.visit_unknown")
    if session.scalars(select(ChronicVisitRow.n).where(ChronicVisitRow.id == visit_id, visit_stands())).first() is None:
        raise UserError("chronic.visit_voided")
    return row


def _refuse_gone(session: Session, person: PersonRow) -> None:
    """A day that is known is held against that of the visit: what was done before may be written later."""
    gone = gone_in(session, person)
    if gone is not None and gone.day is None:
        raise UserError("chronic.died" if gone.died else "chronic.left", name=person.full_name)


def _cleaned(draft: ChronicVisitDraft) -> ChronicVisitDraft:
    texts: dict[str, Any] = {name: clean(getattr(draft, name)) for name in _TEXTS}
    return replace(draft, **texts)


def _seen(
    session: Session, catalog: Catalog, person: PersonRow, record: ChronicRecord, draft: ChronicVisitDraft
) -> Seen:
    birth, gone = birth_of(person), gone_in(session, person)
    others = [one for one in record.visits if one.id != draft.voids]
    weighed = next((one.weight for one in others if one.weight is not None and one.day <= draft.day), None)
    return Seen(
        birth=birth,
        died_on=gone.day if gone and gone.died else None,
        left_on=gone.day if gone and not gone.died else None,
        elder=_is_elder(session, catalog, birth, draft.day),
        same_day=any(one.day == draft.day for one in others),
        weight=weighed,
        conditions=bool(record.active),
    )


def _judged(
    shelf: ChronicList,
    targets: TargetRule,
    record: ChronicRecord,
    draft: ChronicVisitDraft,
    birth: PartialDate | None,
) -> Judged:
    active = record.active
    others = [one for one in record.visits if one.id != draft.voids]
    return judge_control(
        targets,
        _measured(draft, others, targets),
        needed=[shelf.judged_by(one.code) for one in active],
        own=_own(active),
        birth=birth,
        day=draft.day,
    )


def _own(conditions: Sequence[Condition]) -> OwnTargets:
    """Somebody's own targets: of several diseases the strictest."""
    said = [asdict(one.targets) for one in conditions]
    found = {name: [one[name] for one in said if one[name] is not None] for name in asdict(OwnTargets())}
    return OwnTargets(**{name: min(values) for name, values in found.items() if values})


def _measured(draft: ChronicVisitDraft, others: Sequence[ChronicVisit], targets: TargetRule) -> Measured:
    """What the visit measured; a glucose or HbA1c of lately, where it measured none that tells."""
    found = Measured(
        systolic=draft.systolic,
        diastolic=draft.diastolic,
        glucose=draft.glucose,
        glucose_kind=draft.glucose_kind,
        glucose_unit=draft.glucose_unit,
        hba1c=draft.hba1c,
    )
    if draft.glucose is None or draft.glucose_kind is GlucoseKind.RANDOM:
        useful = [one for one in others if one.glucose_kind is not GlucoseKind.RANDOM]
        last = newest(useful, "glucose", draft.day - timedelta(days=targets.glucose_days), draft.day)
        if last is not None:
            found = replace(
                found,
                glucose=last.glucose,
                glucose_kind=last.glucose_kind,
                glucose_unit=last.glucose_unit,
                glucose_on=last.day,
            )
    if draft.hba1c is None:
        last = newest(others, "hba1c", draft.day - timedelta(days=targets.hba1c_days), draft.day)
        if last is not None:
            found = replace(found, hba1c=last.hba1c, hba1c_on=last.day)
    return found


_MEASURES: Final = ("systolic", "diastolic", "pulse", "weight", "height", "waist", "glucose", "hba1c")
_ABILITIES: Final = ("vision", "hearing", "walking", "memory", "alone", "frail")


def _row(draft: ChronicVisitDraft, judged: Judged, by_name: str) -> ChronicVisitRow:
    measured = draft.glucose is not None
    return ChronicVisitRow(
        id=new_id(),
        person_id=draft.person_id,
        day=draft.day,
        place=draft.place.value,
        **{name: getattr(draft, name) for name in (*_MEASURES, *_TEXTS)},
        glucose_kind=draft.glucose_kind.value if measured else "",
        glucose_unit=draft.glucose_unit.value if measured else "",
        adherence=draft.adherence.value,
        smoking=draft.smoking.value,
        alcohol=draft.alcohol.value,
        next_on=draft.next_on,
        yearly=draft.yearly,
        **{name: getattr(draft.elder, name).value if draft.yearly else "" for name in _ABILITIES},
        home_on=draft.elder.home_on if draft.yearly else None,
        result=judged.result.value,
        rule=judged.rule,
        sentence=judged.sentence,
        by_name=by_name,
        voids=draft.voids,
    )
