"""Checks on an illness and its tests."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from covidstation.domain import episodes as rules
from covidstation.domain.dates import PartialDate
from covidstation.messages import episodes as messages

TODAY = date(2022, 3, 10)
TOMORROW = TODAY + timedelta(days=1)
BIRTH = PartialDate(1985, 2, 5)
POSITIVE = rules.PathogenTest(id=UUID(int=1), sampled_on=date(2022, 3, 5))
GOOD = rules.EpisodeDraft(
    report_date=date(2022, 3, 5),
    onset_date=date(2022, 3, 4),
    symptoms=frozenset({"cough"}),
    doses_known=3,
    last_dose_on=date(2022, 1, 5),
    isolation_start=datetime(2022, 3, 5, 8, 0),
    isolation_days=7,
    found_at=datetime(2022, 3, 5, 8, 0),
    proposed_at=datetime(2022, 3, 5, 8, 0),
    decided_at=datetime(2022, 3, 5, 9, 30),
    told_at=datetime(2022, 3, 5, 10, 0),
)


def _problems(
    tests: tuple[rules.PathogenTest, ...] = (POSITIVE,), birth: PartialDate | None = BIRTH, **changed: object
) -> list[tuple[str, str, str]]:
    found = rules.check_episode(replace(GOOD, **changed), tests, birth=birth, today=TODAY)
    for problem in found:
        assert set(re.findall(r"{(\w+)}", messages.SENTENCES[problem.code])) == set(problem.params)
    return [(problem.field, problem.code.removeprefix("episodes."), problem.level) for problem in found]


def test_a_whole_episode_has_no_problem() -> None:
    assert _problems() == []
    assert _problems(birth=None) == []


def test_an_empty_draft_only_lacks_its_test() -> None:
    found = rules.check_episode(rules.EpisodeDraft(), (), birth=None, today=TODAY)
    assert [(problem.code, problem.level) for problem in found] == [("episodes.no_positive_test", "warning")]


RECOVERED = {"outcome": rules.CaseOutcome.RECOVERED, "outcome_on": date(2022, 3, 10)}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"report_date": TOMORROW}, [("report_date", "future", "error")]),
        ({"onset_date": date(2022, 3, 5)}, []),
        ({"onset_date": date(2022, 3, 6)}, [("onset_date", "onset_after_test", "warning")]),
        ({"doses_known": -1}, [("doses_known", "doses_negative", "error")]),
        ({"doses_known": 8}, []),
        ({"doses_known": 9}, [("doses_known", "doses_many", "warning")]),
        ({"doses_known": 0}, [("last_dose_on", "dose_day_without_dose", "warning")]),
        ({"doses_known": None}, []),
        ({"last_dose_on": TOMORROW}, [("last_dose_on", "future", "error")]),
        ({"isolation_days": 0}, [("isolation_days", "isolation_days", "error")]),
        ({"isolation_days": 1}, []),
        ({"isolation_days": 60}, []),
        ({"isolation_days": 61}, [("isolation_days", "isolation_days", "error")]),
        ({"isolation_start": datetime(2022, 3, 2, 8)}, []),
        ({"isolation_start": datetime(2022, 3, 1, 23, 59)}, [("isolation_start", "isolation_early", "warning")]),
        ({"isolation_start": datetime(2022, 3, 11, 8)}, []),
        ({"isolation_start": datetime(2022, 3, 12, 8)}, [("isolation_start", "isolation_ahead", "warning")]),
        (RECOVERED, []),
        ({"outcome": rules.CaseOutcome.RECOVERED}, [("outcome_on", "outcome_day_missing", "error")]),
        ({"outcome": rules.CaseOutcome.UNKNOWN}, []),
        ({"outcome_on": TODAY}, [("outcome", "outcome_missing", "error")]),
        ({**RECOVERED, "outcome_on": date(2022, 3, 3)}, [("outcome_on", "outcome_early", "error")]),
        ({**RECOVERED, "isolation_end_reason": rules.EndOfIsolationReason.RECOVERED}, []),
        (
            {**RECOVERED, "isolation_end_reason": rules.EndOfIsolationReason.DIED},
            [("isolation_end_reason", "end_differs", "warning")],
        ),
        (
            {"classification": rules.CaseClassification.CONFIRMED_NO_SYMPTOMS},
            [("classification", "symptoms_said", "warning")],
        ),
        ({"proposed_at": datetime(2022, 3, 5, 7, 59)}, [("proposed_at", "steps_order", "error")]),
        ({"decided_at": datetime(2022, 3, 5, 7, 0)}, [("decided_at", "steps_order", "error")]),
        ({"proposed_at": None, "decided_at": datetime(2022, 3, 5, 7, 0)}, [("decided_at", "steps_order", "error")]),
        ({"told_at": datetime(2022, 3, 5, 9, 0)}, [("told_at", "steps_order", "error")]),
        ({"told_at": datetime(2022, 3, 11, 9, 0)}, [("told_at", "future", "error")]),
        ({"note": "x" * 4001}, [("note", "text_long", "error")]),
        ({"isolation_address": "x" * 501}, [("isolation_address", "text_long", "error")]),
    ],
)
def test_each_problem(changed: dict[str, object], expected: list[tuple[str, str, str]]) -> None:
    assert _problems(**changed) == expected


def test_dates_before_birth() -> None:
    found = _problems(birth=PartialDate(2022, 3, 5))
    assert {(field, code) for field, code, level in found if level == "error"} == {
        ("onset_date", "before_birth"),
        ("last_dose_on", "before_birth"),
    }
    assert _problems(birth=PartialDate(2022), last_dose_on=None) == []


def test_tests_are_named_by_their_place() -> None:
    late = replace(POSITIVE, id=UUID(int=2), sampled_on=TOMORROW)
    assert _problems(tests=(POSITIVE, late)) == [("tests.1.sampled_on", "future", "error")]


def test_a_voided_test_counts_no_more() -> None:
    wrong = replace(POSITIVE, id=UUID(int=2), sampled_on=date(2022, 2, 1))
    right = replace(POSITIVE, id=UUID(int=3), sampled_on=date(2022, 3, 5), voids=UUID(int=2))
    assert rules.live_tests([wrong, right]) == [right]
    assert rules.first_positive([wrong, right]) == right
    assert _problems(tests=(wrong, right)) == []
    negative = replace(right, result=rules.TestResult.NEGATIVE)
    assert _problems(tests=(wrong, negative)) == [("tests", "no_positive_test", "warning")]


def test_the_first_positive_is_the_earliest_with_a_day() -> None:
    undated = rules.PathogenTest(id=UUID(int=4))
    assert rules.first_positive([undated, POSITIVE]) == POSITIVE
    assert rules.first_positive([undated]) == undated
    assert rules.first_positive([]) is None


def test_every_code_has_its_sentence() -> None:
    codes = re.findall(r'"(episodes\.\w+)"', Path(rules.__file__).read_text(encoding="utf-8"))
    assert codes and set(codes) <= set(messages.SENTENCES)
