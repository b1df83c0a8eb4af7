"""Rows to frozen domain values and back, one pair of functions a kind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from covidstation.db.rows import EpisodeRow, PathogenTestRow, PersonRow
from covidstation.domain.care import FoundIn, RiskClass
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import (
    CaseClassification,
    CaseOutcome,
    EndOfIsolationReason,
    Episode,
    EpisodeDraft,
    KitFrom,
    PathogenTest,
    QuarantineType,
    TestKind,
    TestResult,
)
from covidstation.domain.people import Answer, Person, PersonDraft, Sex
from covidstation.domain.text import name_sort_key

_SAME_IN_PERSON = (
    "full_name",
    "citizen_number",
    "old_citizen_number",
    "insurance_number",
    "phone",
    "ethnic_group",
    "hamlet_id",
    "household_id",
    "address_printed",
    "address_unit",
    "address_detail",
    "card_extras",
    "citizen_issued_on",
    "occupation",
    "workplace",
    "father_name",
    "mother_name",
)
_SAME_IN_EPISODE = (
    "report_date",
    "onset_date",
    "doses_known",
    "last_dose_on",
    "outcome_on",
    "outcome_place",
    "outcome_note",
    "isolation_address",
    "isolation_start",
    "isolation_days",
    "isolation_rule",
    "found_at",
    "proposed_at",
    "decided_at",
    "told_at",
    "note",
    "from_contact_id",
)


def birth_of(row: PersonRow) -> PartialDate | None:
    """The birth as far as it is known."""
    return PartialDate(row.birth_year, row.birth_month, row.birth_day) if row.birth_year else None


def person_of(row: PersonRow) -> Person:
    """The person as a frozen value."""
    return Person(
        id=row.id,
        birth=birth_of(row),
        sex=Sex(row.sex),
        pregnancy=Answer(row.pregnancy),
        breastfeeding=Answer(row.breastfeeding),
        conditions=frozenset(row.conditions),
        **{name: getattr(row, name) for name in _SAME_IN_PERSON},
    )


def fill_person(row: PersonRow, draft: PersonDraft) -> None:
    """Put a checked draft into the row; an unchanged field makes no journal entry."""
    for name in _SAME_IN_PERSON:
        _put(row, name, getattr(draft, name))
    _put(row, "sort_key", name_sort_key(draft.full_name))
    birth = draft.birth
    _put(row, "birth_year", birth.year if birth else None)
    _put(row, "birth_month", birth.month if birth else None)
    _put(row, "birth_day", birth.day if birth else None)
    _put(row, "sex", draft.sex.value)
    _put(row, "pregnancy", draft.pregnancy.value)
    _put(row, "breastfeeding", draft.breastfeeding.value)
    _put(row, "conditions", sorted(draft.conditions))


def test_of(row: PathogenTestRow) -> PathogenTest:
    """The test as a frozen value."""
    return PathogenTest(
        id=row.id,
        kind=TestKind(row.kind),
        result=TestResult(row.result),
        sampled_on=row.sampled_on,
        place=row.place,
        kit=row.kit,
        kit_from=KitFrom(row.kit_from),
        voids=row.voids,
    )


def episode_of(row: EpisodeRow, tests: Iterable[PathogenTestRow]) -> Episode:
    """The episode with its tests, oldest first; voided ones are left out."""
    found = [test_of(test) for test in tests]
    voided = {test.voids for test in found}
    valid = [test for test in found if test.id not in voided]
    return Episode(
        id=row.id,
        person_id=row.person_id,
        symptoms=frozenset(row.symptoms),
        classification=CaseClassification(row.classification),
        outcome=CaseOutcome(row.outcome),
        isolation_type=QuarantineType(row.isolation_type),
        found_in=FoundIn(row.found_in) if row.found_in else None,
        risk_class=RiskClass(row.risk_class) if row.risk_class else None,
        checks_a_day=row.checks_a_day,
        isolation_end_reason=EndOfIsolationReason(row.isolation_end_reason) if row.isolation_end_reason else None,
        tests=tuple(sorted(valid, key=lambda test: test.sampled_on or date.min)),
        **{name: getattr(row, name) for name in _SAME_IN_EPISODE},
    )


def fill_episode(row: EpisodeRow, draft: EpisodeDraft, until: date | None) -> None:
    """Put a checked draft into the row, with the isolation's last day."""
    for name in _SAME_IN_EPISODE:
        _put(row, name, getattr(draft, name))
    _put(row, "isolation_until", until)
    _put(row, "symptoms", sorted(draft.symptoms))
    _put(row, "classification", draft.classification.value)
    _put(row, "outcome", draft.outcome.value)
    _put(row, "isolation_type", draft.isolation_type.value)
    _put(row, "found_in", draft.found_in.value if draft.found_in else "")
    reason = draft.isolation_end_reason
    _put(row, "isolation_end_reason", reason.value if reason else None)


def _put(row: object, name: str, value: object) -> None:
    if getattr(row, name) != value:
        setattr(row, name, value)
