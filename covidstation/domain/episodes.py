"""One illness of one person (an F0 episode): how found, since when, where isolated, how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class TestKind(StrEnum):
    """SORMAS PathogenTestType, the two in use at a station."""

    RAPID_ANTIGEN = "RAPID_ANTIGEN"
    PCR_RT_PCR = "PCR_RT_PCR"


class TestResult(StrEnum):
    """SORMAS PathogenTestResultType."""

    POSITIVE = "POSITIVE"
    NEGATIVE = "NEGATIVE"
    INDETERMINATE = "INDETERMINATE"
    PENDING = "PENDING"


class CaseClassification(StrEnum):
    """SORMAS CaseClassification."""

    NOT_CLASSIFIED = "NOT_CLASSIFIED"
    SUSPECT = "SUSPECT"
    PROBABLE = "PROBABLE"
    CONFIRMED = "CONFIRMED"
    CONFIRMED_NO_SYMPTOMS = "CONFIRMED_NO_SYMPTOMS"
    NO_CASE = "NO_CASE"


class CaseOutcome(StrEnum):
    """SORMAS CaseOutcome."""

    NO_OUTCOME = "NO_OUTCOME"
    RECOVERED = "RECOVERED"
    DECEASED = "DECEASED"
    UNKNOWN = "UNKNOWN"


class QuarantineType(StrEnum):
    """SORMAS QuarantineType, those a commune uses."""

    HOME = "HOME"
    INSTITUTIONELL = "INSTITUTIONELL"
    HOSPITAL = "HOSPITAL"
    NONE = "NONE"
    OTHER = "OTHER"


class EndOfIsolationReason(StrEnum):
    """SORMAS EndOfIsolationReason."""

    RECOVERED = "RECOVERED"
    DIED = "DIED"
    LOST_TO_FOLLOW_UP = "LOST_TO_FOLLOW_UP"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class PathogenTest:
    """One test. A clinical event: never edited, a correction is a new row that voids it."""

    id: UUID | None = None
    kind: TestKind = TestKind.RAPID_ANTIGEN
    result: TestResult = TestResult.POSITIVE
    sampled_on: date | None = None
    place: str = ""
    voids: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeDraft:
    """What a form says of an illness. Date-times are the station's wall clock, to the minute."""

    report_date: date | None = None
    onset_date: date | None = None
    symptoms: frozenset[str] = frozenset()  # codes of resources/codes/symptoms.csv
    doses_known: int | None = None
    last_dose_on: date | None = None
    classification: CaseClassification = CaseClassification.CONFIRMED
    outcome: CaseOutcome = CaseOutcome.NO_OUTCOME
    outcome_on: date | None = None
    isolation_type: QuarantineType = QuarantineType.HOME
    isolation_address: str = ""  # empty: at the person's address
    isolation_start: datetime | None = None
    isolation_days: int | None = None
    isolation_rule: str = ""  # id of the rule that gave the days
    isolation_end_reason: EndOfIsolationReason | None = None
    found_at: datetime | None = None  # the four hours of NĐ 165/2026 Đ15
    proposed_at: datetime | None = None
    decided_at: datetime | None = None
    told_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode(EpisodeDraft):
    """A registered illness with its tests, oldest first."""

    id: UUID
    person_id: UUID
    tests: tuple[PathogenTest, ...] = ()
