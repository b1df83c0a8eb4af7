"""What was done with one person in care: checks, danger signs, calls, medicines, transfers, the months after."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.db.queries.checks import vitals_of
from covidstation.db.rows import (
    AlertRow,
    FollowUpRow,
    HospitalizationRow,
    IsolationChangeRow,
    PhoneCallRow,
    RiskAssessmentRow,
    TreatmentRow,
    VisitRow,
)
from covidstation.db.session import Database
from covidstation.domain.care import CallResult, FollowUpStatus, Level, RiskClass, VisitMeans, VisitStatus, Vitals
from covidstation.domain.hospitalization import FacilityLevel, Transfer
from covidstation.domain.monitoring import VOIDED


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call that stands."""

    id: UUID
    episode_id: UUID | None
    at: datetime
    by_name: str
    result: CallResult
    summary: str
    next_at: datetime | None


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """An isolation of an F0, or a quarantine of an F1, made longer or shorter."""

    id: UUID
    episode_id: UUID | None
    changed_at: datetime
    days_before: int | None
    days_after: int
    until_before: date | None
    until_after: date
    reason: str
    by_name: str


@dataclass(frozen=True, slots=True)
class FollowUpLine:
    """One visit or call of the twelve months after."""

    id: UUID
    episode_id: UUID
    due_on: date
    means: VisitMeans
    status: FollowUpStatus
    done_at: datetime | None
    result: str
    note: str
    by_name: str


@dataclass(frozen=True, slots=True)
class CheckLine:
    """One check that stands, met or not."""

    id: UUID
    episode_id: UUID | None
    at: datetime
    status: VisitStatus
    means: VisitMeans
    vitals: Vitals
    symptoms: tuple[str, ...]
    level: Level | None
    note: str
    reason: str
    by_name: str


@dataclass(frozen=True, slots=True)
class GivenLine:
    """What was given in one act, as people say it: `Paracetamol 500 mg × 10 viên`."""

    episode_id: UUID | None
    at: datetime
    package: str
    items: tuple[str, ...]
    by_name: str


@dataclass(frozen=True, slots=True)
class AlertLine:
    """A danger sign of one illness; `answered_at` is None while it stands open."""

    id: UUID
    episode_id: UUID
    visit_id: UUID
    raised_at: datetime
    measure: str
    value: str
    sentence: str
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class RiskLine:
    """One triage: the class that was chosen, and why."""

    episode_id: UUID
    at: datetime
    chosen: RiskClass
    sentence: str
    by_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CareRecord:
    """All care of one person, each kind the newest first; what was voided is left out, but transfers say so."""

    calls: tuple[CallLine, ...] = ()
    transfers: tuple[Transfer, ...] = ()
    changes: tuple[ChangeLine, ...] = ()
    follow_ups: tuple[FollowUpLine, ...] = ()  # by day, the first one first
    checks: tuple[CheckLine, ...] = ()
    given: tuple[GivenLine, ...] = ()
    alerts: tuple[AlertLine, ...] = ()
    risks: tuple[RiskLine, ...] = ()

    def away(self, episode_id: UUID) -> Transfer | None:
        """The transfer from which that illness's person is not back."""
        return next((one for one in self.transfers if one.episode_id == episode_id and one.away), None)

    def open_alerts(self, episode_id: UUID) -> tuple[AlertLine, ...]:
        """The danger signs that nobody has answered, the newest first."""
        return tuple(one for one in self.alerts if one.episode_id == episode_id and one.answered_at is None)


def care_record(db: Database, person_id: UUID) -> CareRecord:
    """All care of one person."""
    with db.read() as session:
        return CareRecord(
            calls=tuple(map(_call, _of(session, PhoneCallRow, person_id, PhoneCallRow.at))),
            transfers=tuple(map(transfer_of, _of(session, HospitalizationRow, person_id, HospitalizationRow.left_at))),
            changes=tuple(map(change_of, _of(session, IsolationChangeRow, person_id, IsolationChangeRow.n))),
            follow_ups=tuple(map(_follow_up, reversed(_of(session, FollowUpRow, person_id, FollowUpRow.due_on)))),
            checks=tuple(map(_check, _of(session, VisitRow, person_id, VisitRow.at))),
            given=tuple(_given(_of(session, TreatmentRow, person_id, TreatmentRow.given_at))),
            alerts=tuple(map(_alert, _of(session, AlertRow, person_id, AlertRow.raised_at))),
            risks=tuple(map(_risk, _of(session, RiskAssessmentRow, person_id, RiskAssessmentRow.n))),
        )


def _of(session: Session, row: Any, person_id: UUID, order: Any) -> list[Any]:
    """The rows of that person that stand, the newest first; a row that only voids another one is none of them."""
    found = list(session.scalars(select(row).where(row.person_id == person_id).order_by(order.desc(), row.n.desc())))
    if not hasattr(row, "voids"):
        return found
    voided = {one.voids for one in found if one.voids is not None}
    kept = [one for one in found if one.id not in voided]
    return [one for one in kept if not _only_voids(one)]


def _only_voids(row: Any) -> bool:
    """Whether a row is nothing but the taking back of another one."""
    if isinstance(row, VisitRow):
        return row.status == VOIDED
    return isinstance(row, PhoneCallRow | TreatmentRow) and row.voids is not None


def transfer_of(row: HospitalizationRow) -> Transfer:
    """The transfer as a frozen value."""
    return Transfer(
        id=row.id,
        episode_id=row.episode_id,
        left_at=row.left_at,
        facility=row.facility,
        level=FacilityLevel(row.facility_level) if row.facility_level in set(FacilityLevel) else None,
        reason=row.reason,
        state=row.state,
        course=row.course,
        treatment=row.treatment,
        transport=row.transport,
        escort=row.escort,
        by_name=row.by_name,
        returned_at=row.returned_at,
        return_note=row.return_note,
        voided_at=row.voided_at,
    )


def facilities(db: Database) -> list[str]:
    """Where people were sent, the most frequent first."""
    counted = select(HospitalizationRow.facility).where(HospitalizationRow.voided_at.is_(None))
    query = counted.group_by(HospitalizationRow.facility).order_by(func.count().desc(), HospitalizationRow.facility)
    with db.read() as session:
        return [name for name in session.scalars(query) if name]


def _call(row: PhoneCallRow) -> CallLine:
    result = CallResult(row.result)
    return CallLine(row.id, row.episode_id, row.at, row.by_name, result, row.summary, row.next_at)


def change_of(row: IsolationChangeRow) -> ChangeLine:
    """A row as what a person reads."""
    return ChangeLine(
        id=row.id,
        episode_id=row.episode_id,
        changed_at=row.changed_at,
        days_before=row.days_before,
        days_after=row.days_after,
        until_before=row.until_before,
        until_after=row.until_after,
        reason=row.reason,
        by_name=row.by_name,
    )


def _follow_up(row: FollowUpRow) -> FollowUpLine:
    return FollowUpLine(
        id=row.id,
        episode_id=row.episode_id,
        due_on=row.due_on,
        means=VisitMeans(row.means),
        status=FollowUpStatus(row.status),
        done_at=row.done_at,
        result=row.result,
        note=row.note,
        by_name=row.by_name,
    )


def _check(row: VisitRow) -> CheckLine:
    return CheckLine(
        id=row.id,
        episode_id=row.episode_id,
        at=row.at,
        status=VisitStatus(row.status),
        means=VisitMeans(row.means),
        vitals=vitals_of(row),
        symptoms=tuple(row.symptoms),
        level=Level(row.level) if row.level in set(Level) else None,
        note=row.note,
        reason=row.reason,
        by_name=row.by_name,
    )


def _given(rows: Sequence[TreatmentRow]) -> Iterable[GivenLine]:
    """One line an act, in the order of the rows."""
    acts: dict[UUID, list[TreatmentRow]] = {}
    for row in rows:
        acts.setdefault(row.giving, []).append(row)
    for act in acts.values():
        first = act[0]
        items = tuple(f"{row.name} × {row.quantity} {row.unit}".strip() for row in reversed(act))
        yield GivenLine(first.episode_id, first.given_at, first.package, items, first.by_name)


def _alert(row: AlertRow) -> AlertLine:
    return AlertLine(
        id=row.id,
        episode_id=row.episode_id,
        visit_id=row.visit_id,
        raised_at=row.raised_at,
        measure=row.measure,
        value=row.value,
        sentence=row.sentence,
        answered_at=row.answered_at,
    )


def _risk(row: RiskAssessmentRow) -> RiskLine:
    said = row.reason or row.sentence
    return RiskLine(row.episode_id, row.assessed_at, RiskClass(row.chosen), said, row.by_name)
