"""What is wrong or odd in a contact, and where one stands on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from uuid import UUID

import pytest

from covidstation.domain.care import ContactStatus, EndOfQuarantineReason
from covidstation.domain.contacts import Contact, ContactDraft, ContactState, SourceCase, check_contact, standing_of
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import PathogenTest, QuarantineType, TestResult
from covidstation.domain.quarantine import Immunity, parse_quarantine_rules, quarantine_of, quarantine_rule_on
from covidstation.paths import resources

ONE, TWO, CASE = (UUID(int=number) for number in (1, 2, 3))
TODAY, LAST = date(2022, 3, 10), date(2022, 3, 9)
GOOD = ContactDraft(source_episode_id=CASE, report_date=TODAY, last_contact_on=LAST)
SOURCE = SourceCase(person_id=TWO, infectious_from=date(2022, 3, 7))
RULES = parse_quarantine_rules((resources() / "rules" / "quarantine.toml").read_text(encoding="utf-8"))
DUE = quarantine_of(quarantine_rule_on(RULES, TODAY), Immunity(), LAST)  # seven days, a test on the seventh
RUNNING = Contact(
    id=ONE,
    person_id=ONE,
    last_contact_on=LAST,
    quarantine_type=QuarantineType.HOME,
    quarantine_days=7,
    quarantine_until=date(2022, 3, 16),
)


def told(draft: ContactDraft, source: SourceCase | None = SOURCE) -> list[tuple[str, str]]:
    found = check_contact(draft, person_id=ONE, birth=PartialDate(1990), today=TODAY, source=source)
    return [(problem.code, problem.level) for problem in found]


def test_a_good_contact_has_nothing_wrong() -> None:
    assert told(GOOD) == []


@pytest.mark.parametrize(
    ("change", "code", "level"),
    [
        ({"last_contact_on": date(2022, 3, 11)}, "contacts.future", "error"),
        ({"last_contact_on": None}, "contacts.last_contact_missing", "error"),
        ({"last_contact_on": date(2022, 3, 6)}, "contacts.before_infectious", "warning"),
        ({"last_contact_on": date(1989, 12, 31)}, "contacts.before_birth", "error"),
        ({"recovered_on": date(2022, 3, 10)}, "contacts.recovered_later", "warning"),
        ({"doses_known": -1}, "episodes.doses_negative", "error"),
        ({"doses_known": 0, "last_dose_on": date(2022, 1, 1)}, "episodes.dose_day_without_dose", "warning"),
        ({"quarantine_days": 0}, "contacts.days", "error"),
        ({"quarantine_days": 61}, "contacts.days", "error"),
        ({"note": "x" * 5000}, "episodes.text_long", "error"),
        ({"source_episode_id": None}, "contacts.source_missing", "error"),
        ({"source_episode_id": None, "source_words": " \u200b "}, "contacts.source_missing", "error"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, object], code: str, level: str) -> None:
    assert (code, level) in told(replace(GOOD, **change))  # type: ignore[arg-type]


def test_the_first_infectious_day_is_no_warning() -> None:
    assert told(replace(GOOD, last_contact_on=date(2022, 3, 7))) == []


def test_nobody_is_their_own_contact() -> None:
    assert told(GOOD, SourceCase(person_id=ONE)) == [("contacts.with_oneself", "error")]


def test_words_for_a_case_of_another_commune_are_enough() -> None:
    assert told(replace(GOOD, source_episode_id=None, source_words="F0 ở Noong Hẻo"), None) == []


def _test(day: date, result: TestResult) -> PathogenTest:
    return PathogenTest(sampled_on=day, result=result)


@pytest.mark.parametrize(
    ("today", "tests", "state", "day"),
    [
        (date(2022, 3, 9), (), ContactState.WATCHED, 0),
        (date(2022, 3, 15), (), ContactState.WATCHED, 6),
        (date(2022, 3, 16), (), ContactState.TEST_DUE, 7),
        (date(2022, 3, 16), ((16, TestResult.NEGATIVE),), ContactState.WATCHED, 7),
        (date(2022, 3, 17), ((16, TestResult.NEGATIVE),), ContactState.MAY_END, 8),
        (date(2022, 3, 17), ((15, TestResult.NEGATIVE),), ContactState.TEST_DUE, 8),
        (date(2022, 3, 17), ((16, TestResult.PENDING),), ContactState.TEST_DUE, 8),
        (date(2022, 3, 12), ((12, TestResult.POSITIVE),), ContactState.POSITIVE, 3),
    ],
)
def test_where_a_contact_stands(
    today: date, tests: tuple[tuple[int, TestResult], ...], state: ContactState, day: int
) -> None:
    made = tuple(_test(date(2022, 3, at), result) for at, result in tests)
    found = standing_of(replace(RUNNING, tests=made), DUE, today)
    assert (found.state, found.day) == (state, day)


def test_watching_oneself_may_end_without_a_test() -> None:
    free = quarantine_of(quarantine_rule_on(RULES, date(2026, 7, 2)), Immunity(), LAST)
    contact = replace(RUNNING, quarantine_type=QuarantineType.NONE)
    assert standing_of(contact, free, date(2022, 3, 16)).state is ContactState.SELF_WATCH
    assert standing_of(contact, free, date(2022, 3, 17)).state is ContactState.MAY_END


def test_the_closed_say_how() -> None:
    ended = replace(RUNNING, status=ContactStatus.DROPPED, end_reason=EndOfQuarantineReason.ASYMPTOMATIC)
    assert standing_of(ended, DUE, TODAY).state is ContactState.ENDED
    assert standing_of(replace(ended, end_reason=None), DUE, TODAY).state is ContactState.DROPPED
    assert standing_of(replace(RUNNING, status=ContactStatus.CONVERTED), DUE, TODAY).state is ContactState.CONVERTED
