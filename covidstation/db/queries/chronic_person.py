"""All that the chronic register knows of one person: diseases, visits that stand, days that bound them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from covidstation.db.queries.chronic import result_of
from covidstation.db.queries.residence import dead_of_illness, stands
from covidstation.db.rows import ChronicConditionRow, ChronicVisitRow, EpisodeRow, ResidenceRow
from covidstation.domain.chronic import Condition, ConditionStatus, OwnTargets, RemovedReason, told_once
from covidstation.domain.chronic_visits import (
    VOIDED,
    Ability,
    Adherence,
    ChronicVisit,
    ElderCheck,
    Habit,
    VisitPlace,
)
from covidstation.domain.dates import PartialDate
from covidstation.domain.glucose import GlucoseKind, GlucoseUnit
from covidstation.domain.residence import ChangeKind
from covidstation.domain.terms import Answer

MOST_VISITS: Final = 400  # of one person: a visit a month for thirty years
_SAME: Final = (
    "person_id", "day", "systolic", "diastolic", "pulse", "weight", "height", "waist", "glucose", "hba1c", "symptoms",
    "complications", "note", "next_on", "referred_to", "referred_reason", "back", "yearly", "voids",
)  # fmt: skip
_CONDITION: Final = (
    "id", "person_id", "code", "label", "diagnosed_at", "registered_on", "treatment", "note", "removed_on",
    "removed_note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ChronicRecord:
    """One person: diseases, those followed first; visits that stand, the newest first."""

    conditions: tuple[Condition, ...]
    visits: tuple[ChronicVisit, ...]

    @property
    def active(self) -> tuple[Condition, ...]:
        """What the station follows."""
        return tuple(one for one in self.conditions if one.active)


def chronic_record_in(session: Session, person_id: UUID) -> ChronicRecord:
    """The whole of it."""
    rows = session.scalars(
        select(ChronicConditionRow)
        .where(ChronicConditionRow.person_id == person_id)
        .order_by(ChronicConditionRow.registered_on, ChronicConditionRow.n)
    )
    conditions = sorted(told_once(map(condition_of, rows)), key=lambda one: not one.active)
    return ChronicRecord(tuple(conditions), visits_in(session, person_id))


def visit_stands() -> ColumnElement[bool]:
    """A visit that no later row takes back."""
    other = aliased(ChronicVisitRow)
    voided = select(other.n).where(other.voids == ChronicVisitRow.id)
    return (ChronicVisitRow.place != VOIDED) & ~voided.exists()


def visits_in(session: Session, person_id: UUID, most: int = MOST_VISITS) -> tuple[ChronicVisit, ...]:
    """The visits that stand, the newest first."""
    query = (
        select(ChronicVisitRow)
        .where(ChronicVisitRow.person_id == person_id, visit_stands())
        .order_by(ChronicVisitRow.day.desc(), ChronicVisitRow.made.desc())
        .limit(most)
    )
    return tuple(map(visit_of, session.scalars(query)))


def condition_of(row: ChronicConditionRow) -> Condition:
    """A row as a value; words of a newer version read as their nearest."""
    year = row.diagnosed_year
    return Condition(
        **{name: getattr(row, name) for name in _CONDITION},
        diagnosed=PartialDate(year, row.diagnosed_month, row.diagnosed_day) if year else None,
        targets=OwnTargets(
            systolic=row.target_systolic,
            diastolic=row.target_diastolic,
            fasting=row.target_fasting,
            hba1c=row.target_hba1c,
        ),
        group=row.group_code,
        status=_word(ConditionStatus, row.status, ConditionStatus.REMOVED),
        removed_reason=_word(RemovedReason, row.removed_reason, RemovedReason.OTHER) if row.removed_reason else None,
    )


def visit_of(row: ChronicVisitRow) -> ChronicVisit:
    """A row as a value."""
    return ChronicVisit(
        **{name: getattr(row, name) for name in _SAME},
        id=row.id,
        place=_word(VisitPlace, row.place, VisitPlace.STATION),
        glucose_kind=_word(GlucoseKind, row.glucose_kind, GlucoseKind.RANDOM),
        glucose_unit=_word(GlucoseUnit, row.glucose_unit, GlucoseUnit.MMOL),
        adherence=_word(Adherence, row.adherence, Adherence.UNKNOWN),
        smoking=_word(Habit, row.smoking, Habit.UNKNOWN),
        alcohol=_word(Habit, row.alcohol, Habit.UNKNOWN),
        elder=ElderCheck(
            vision=_word(Ability, row.vision, Ability.UNKNOWN),
            hearing=_word(Ability, row.hearing, Ability.UNKNOWN),
            walking=_word(Ability, row.walking, Ability.UNKNOWN),
            memory=_word(Ability, row.memory, Ability.UNKNOWN),
            alone=_word(Answer, row.alone, Answer.UNKNOWN),
            frail=_word(Answer, row.frail, Answer.UNKNOWN),
            home_on=row.home_on,
        ),
        result=result_of(row.result),
        rule=row.rule,
        sentence=row.sentence,
        by_name=row.by_name,
    )


def _word(kind: Any, word: str, other: Any) -> Any:
    return next((one for one in kind if one.value == word), other)


def died_in(session: Session, person_id: UUID) -> date | None:
    """The day of a death that the register knows, of an illness or another one."""
    illness = select(func.min(EpisodeRow.outcome_on)).where(
        EpisodeRow.person_id == person_id, EpisodeRow.person_id.in_(dead_of_illness()), EpisodeRow.outcome == "DECEASED"
    )
    other = select(func.min(ResidenceRow.day)).where(
        ResidenceRow.person_id == person_id, ResidenceRow.change == ChangeKind.DIED.value, stands()
    )
    days: Iterable[date | None] = session.execute(select(illness.scalar_subquery(), other.scalar_subquery())).one()
    return min((day for day in days if day is not None), default=None)


def newest(visits: Sequence[ChronicVisit], name: str, since: date, until: date) -> ChronicVisit | None:
    """The last visit of those days that measured it; `visits` the newest first."""
    return next((one for one in visits if getattr(one, name) is not None and since <= one.day <= until), None)
