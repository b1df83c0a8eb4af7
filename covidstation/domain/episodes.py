"""One illness of one person (an F0 episode): how found, since when, where isolated, how it ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from covidstation.domain.care import FoundIn, RiskClass
from covidstation.domain.dates import PartialDate
from covidstation.domain.problems import Problem
from covidstation.domain.text import TEXT_LIMIT

MOST_DAYS: Final = 60  # of isolation
MOST_DOSES: Final = 8
EARLY_START: Final = 3  # days that isolation may begin before the sample without a question
NOTE_LIMIT: Final = 4000  # letters


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


class KitFrom(StrEnum):
    """Whose kit a test used. The station's comes out of its store, where that keeps such a kit."""

    STATION = ""
    OWN = "OWN"  # the person bought it
    ELSEWHERE = "ELSEWHERE"  # of another facility

    @classmethod
    def _missing_(cls, value: object) -> KitFrom:
        return cls.ELSEWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class PathogenTest:
    """One test. A clinical event: never edited, a correction is a new row that voids it."""

    id: UUID | None = None
    kind: TestKind = TestKind.RAPID_ANTIGEN
    result: TestResult = TestResult.POSITIVE
    sampled_on: date | None = None
    place: str = ""
    kit: str = ""  # its name, chosen from the store, from the dated list, or typed
    kit_from: KitFrom = KitFrom.STATION
    voids: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeDraft:
    """What a form says of an illness. Date-times are the station's wall clock, to the minute."""

    report_date: date | None = None
    onset_date: date | None = None
    symptoms: frozenset[str] = frozenset()  # codes of resources/rules/symptoms.toml
    doses_known: int | None = None
    last_dose_on: date | None = None
    classification: CaseClassification = CaseClassification.CONFIRMED
    outcome: CaseOutcome = CaseOutcome.NO_OUTCOME
    outcome_on: date | None = None
    outcome_place: str = ""  # of a death
    outcome_note: str = ""  # its cause; why this was no case
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
    found_in: FoundIn | None = None
    from_contact_id: UUID | None = None  # the F1 that this person was


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode(EpisodeDraft):
    """A registered illness with its tests, oldest first; the risk class is that of its newest triage."""

    id: UUID
    person_id: UUID
    risk_class: RiskClass | None = None
    checks_a_day: int | None = None  # by the nurse's word; else the guideline's
    tests: tuple[PathogenTest, ...] = ()


def live_tests(tests: Sequence[PathogenTest]) -> list[PathogenTest]:
    """Those that no later row has voided, in their order."""
    voided = {test.voids for test in tests if test.voids is not None}
    return [test for test in tests if test.id is None or test.id not in voided]


def first_positive(tests: Sequence[PathogenTest]) -> PathogenTest | None:
    """The earliest positive test that stands; one without a date only when no other has one."""
    positive = [test for test in live_tests(tests) if test.result is TestResult.POSITIVE]
    return min(positive, key=lambda test: test.sampled_on or date.max, default=None)


def check_episode(
    draft: EpisodeDraft, tests: Sequence[PathogenTest], *, birth: PartialDate | None, today: date
) -> list[Problem]:
    """All that is wrong or odd in an illness and its tests, in the order of the form.

    Fields of tests are named `tests.N.sampled_on`, N counted from 0 in `tests`.
    """
    return [
        *_check_future(draft, tests, today),
        *_check_birth_first(draft, tests, birth),
        *_check_finding(draft, tests),
        *_check_doses(draft),
        *_check_isolation(draft, tests, today),
        *_check_outcome(draft, tests),
        *_check_steps(draft, today),
        *_check_note(draft),
    ]


def _dated(draft: EpisodeDraft, tests: Sequence[PathogenTest]) -> dict[str, date]:
    """What has happened, by field, as far as its day is known."""
    live = live_tests(tests)
    days = {
        "report_date": draft.report_date,
        "onset_date": draft.onset_date,
        "last_dose_on": draft.last_dose_on,
        "outcome_on": draft.outcome_on,
        **{f"tests.{place}.sampled_on": test.sampled_on for place, test in enumerate(tests) if test in live},
    }
    return {field: day for field, day in days.items() if day is not None}


def _day(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def _check_future(draft: EpisodeDraft, tests: Sequence[PathogenTest], today: date) -> list[Problem]:
    return [
        Problem(field, "episodes.future", {"day": _day(day)})
        for field, day in _dated(draft, tests).items()
        if day > today
    ]


def _check_birth_first(draft: EpisodeDraft, tests: Sequence[PathogenTest], birth: PartialDate | None) -> list[Problem]:
    if birth is None:
        return []
    return [
        Problem(field, "episodes.before_birth", {"day": _day(day), "birth": birth.text()})
        for field, day in _dated(draft, tests).items()
        if day < birth.earliest
    ]


def _check_finding(draft: EpisodeDraft, tests: Sequence[PathogenTest]) -> list[Problem]:
    """How the illness was found: the tests, the onset and the classification fit together."""
    found = []
    positive = first_positive(tests)
    sampled = positive.sampled_on if positive else None
    if draft.onset_date and sampled and draft.onset_date > sampled:
        params = {"onset": _day(draft.onset_date), "test": _day(sampled)}
        found.append(Problem("onset_date", "episodes.onset_after_test", params, "warning"))
    confirmed = (CaseClassification.CONFIRMED, CaseClassification.CONFIRMED_NO_SYMPTOMS)
    if draft.classification in confirmed and positive is None:
        found.append(Problem("tests", "episodes.no_positive_test", level="warning"))
    silent = draft.classification is CaseClassification.CONFIRMED_NO_SYMPTOMS
    if silent and (draft.symptoms or draft.onset_date):
        found.append(Problem("classification", "episodes.symptoms_said", level="warning"))
    return found


def _check_doses(draft: EpisodeDraft) -> list[Problem]:
    doses = draft.doses_known
    if doses is not None and doses < 0:
        return [Problem("doses_known", "episodes.doses_negative")]
    if doses is not None and doses > MOST_DOSES:
        return [Problem("doses_known", "episodes.doses_many", {"count": str(doses)}, "warning")]
    if doses == 0 and draft.last_dose_on:
        return [Problem("last_dose_on", "episodes.dose_day_without_dose", level="warning")]
    return []


def _check_isolation(draft: EpisodeDraft, tests: Sequence[PathogenTest], today: date) -> list[Problem]:
    found = []
    days, start, positive = draft.isolation_days, draft.isolation_start, first_positive(tests)
    if days is not None and not 1 <= days <= MOST_DAYS:
        params = {"count": str(days), "most": str(MOST_DAYS)}
        found.append(Problem("isolation_days", "episodes.isolation_days", params))
    if start and (start.date() - today).days > 1:
        params = {"day": _day(start.date())}
        found.append(Problem("isolation_start", "episodes.isolation_ahead", params, "warning"))
    if start and positive and positive.sampled_on and (positive.sampled_on - start.date()).days > EARLY_START:
        params = {"start": _day(start.date()), "test": _day(positive.sampled_on)}
        found.append(Problem("isolation_start", "episodes.isolation_early", params, "warning"))
    return found


def _check_outcome(draft: EpisodeDraft, tests: Sequence[PathogenTest]) -> list[Problem]:
    """An end has its day, not before the beginning, and agrees with why isolation ended."""
    ended = draft.outcome in (CaseOutcome.RECOVERED, CaseOutcome.DECEASED)
    found = []
    if ended and draft.outcome_on is None:
        found.append(Problem("outcome_on", "episodes.outcome_day_missing"))
    if draft.outcome_on and draft.outcome is CaseOutcome.NO_OUTCOME:
        found.append(Problem("outcome", "episodes.outcome_missing"))
    found += _check_tests_after_death(draft, tests)
    positive = first_positive(tests)
    starts = [day for day in (draft.onset_date, positive.sampled_on if positive else None) if day]
    if draft.outcome_on and starts and draft.outcome_on < min(starts):
        params = {"day": _day(draft.outcome_on), "start": _day(min(starts))}
        found.append(Problem("outcome_on", "episodes.outcome_early", params))
    died = {draft.outcome is CaseOutcome.DECEASED, draft.isolation_end_reason is EndOfIsolationReason.DIED}
    if ended and draft.isolation_end_reason and len(died) == 2:
        found.append(Problem("isolation_end_reason", "episodes.end_differs", level="warning"))
    return found


def _check_tests_after_death(draft: EpisodeDraft, tests: Sequence[PathogenTest]) -> list[Problem]:
    died = draft.outcome_on if draft.outcome is CaseOutcome.DECEASED else None
    if died is None:
        return []
    live = live_tests(tests)
    return [
        Problem(
            f"tests.{place}.sampled_on", "episodes.test_after_death", {"day": _day(test.sampled_on), "died": _day(died)}
        )
        for place, test in enumerate(tests)
        if test in live and test.sampled_on and test.sampled_on > died
    ]


def _check_steps(draft: EpisodeDraft, today: date) -> list[Problem]:
    """Found, proposed, decided, told: each not before the one known before it, none in the future."""
    steps = {
        "found_at": draft.found_at,
        "proposed_at": draft.proposed_at,
        "decided_at": draft.decided_at,
        "told_at": draft.told_at,
    }
    found = []
    before: datetime | None = None
    for field, moment in steps.items():
        if moment is None:
            continue
        if moment.date() > today:
            found.append(Problem(field, "episodes.future", {"day": _day(moment.date())}))
        if before and moment < before:
            params = {"before": f"{before:%H:%M} {_day(before.date())}"}
            found.append(Problem(field, "episodes.steps_order", params))
        before = max(before, moment) if before else moment
    return found


def _check_note(draft: EpisodeDraft) -> list[Problem]:
    texts = {"note": (draft.note, NOTE_LIMIT), "isolation_address": (draft.isolation_address, TEXT_LIMIT)}
    return [
        Problem(field, "episodes.text_long", {"count": str(len(text)), "most": str(most)})
        for field, (text, most) in texts.items()
        if len(text) > most
    ]
