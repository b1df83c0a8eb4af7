"""The quarantine of contacts against CV 762/BYT-DP of 21/2/2022 and the border of 1/7/2026."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.domain.contacts import infectious_from, next_test
from covidstation.domain.episodes import PathogenTest, TestResult
from covidstation.domain.quarantine import (
    Immunity,
    Quarantine,
    QuarantineRule,
    months_before,
    parse_quarantine_rules,
    quarantine_of,
    quarantine_rule_on,
    read_quarantine_rule,
    rule_of,
)
from covidstation.domain.rule_sets import RuleError
from covidstation.paths import resources

RULES = parse_quarantine_rules((resources() / "rules" / "quarantine.toml").read_text(encoding="utf-8"))
LAST = date(2022, 3, 10)  # of contact


def on_march_10(**known: object) -> Quarantine:
    rule = quarantine_rule_on(RULES, LAST)
    return quarantine_of(rule, Immunity(**known), LAST)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("known", "days", "watch"),
    [
        # at least 2 doses, the last 14 days ago: 5 days, test on the 5th, 5 days of watching oneself
        ({"doses_known": 2, "last_dose_on": date(2022, 2, 24)}, 5, 5),
        ({"doses_known": 2, "last_dose_on": date(2022, 2, 25)}, 7, 3),
        ({"doses_known": 3, "last_dose_on": date(2021, 12, 1)}, 5, 5),
        ({"doses_known": 1, "last_dose_on": date(2021, 12, 1)}, 7, 3),
        ({"doses_known": 0}, 7, 3),
        # not known is taken as not enough
        ({}, 7, 3),
        ({"doses_known": 2}, 7, 3),
        # recovered within 3 months
        ({"recovered_on": date(2021, 12, 10)}, 5, 5),
        ({"recovered_on": date(2021, 12, 9)}, 7, 3),
        ({"recovered_on": date(2022, 3, 11)}, 7, 3),
    ],
)
def test_the_two_branches_of_dispatch_762(known: dict[str, object], days: int, watch: int) -> None:
    found = on_march_10(**known)
    assert (found.days, found.until, found.tests_on) == (
        days,
        LAST + timedelta(days=days),
        (LAST + timedelta(days=days),),
    )
    assert found.watch_until == found.until + timedelta(days=watch)
    assert found.needs_test and not found.free and found.rule_id == "vn-quarantine-2022-02-21"


def test_counting_the_day_of_contact_as_the_first_ends_a_day_earlier() -> None:
    rule = replace(quarantine_rule_on(RULES, LAST), first_day_number=1)
    found = quarantine_of(rule, Immunity(), LAST)
    assert (found.until, found.tests_on) == (date(2022, 3, 16), (date(2022, 3, 16),))


@pytest.mark.parametrize(
    ("day", "rule"),
    [
        (date(2022, 2, 20), "vn-quarantine-2021-07-14"),
        (date(2022, 2, 21), "vn-quarantine-2022-02-21"),
        (date(2023, 10, 19), "vn-quarantine-2022-02-21"),
        (date(2023, 10, 20), "vn-quarantine-2023-10-20"),
        (date(2026, 6, 30), "vn-quarantine-2023-10-20"),
        (date(2026, 7, 1), "vn-quarantine-2026-07-01"),
    ],
)
def test_the_rule_of_the_day(day: date, rule: str) -> None:
    assert quarantine_rule_on(RULES, day).id == rule


def test_since_july_2026_the_law_isolates_no_contact_of_a_group_b_disease() -> None:
    """NĐ 165/2026 Đ14 k3a: at home only contacts of group-A agents; the head may still decide otherwise."""
    rule = quarantine_rule_on(RULES, date(2026, 7, 10))
    found = quarantine_of(rule, Immunity(), date(2026, 7, 9))
    assert found.free and not found.tests_on and not found.needs_test and not found.confirmed
    told = quarantine_of(rule, Immunity(), date(2026, 7, 9), isolate=True)
    assert (told.free, told.days, told.until) == (False, 7, date(2026, 7, 16))


def test_only_dispatch_762_is_confirmed() -> None:
    assert [rule.id for rule in RULES if rule.confirmed] == ["vn-quarantine-2022-02-21"]


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_each_day_has_one_rule(day: date) -> None:
    assert sum(rule.valid_from <= day <= (rule.valid_until or date.max) for rule in RULES) == 1
    assert quarantine_rule_on(RULES, day).valid_from <= day


@given(
    st.sampled_from(RULES), st.none() | st.integers(0, 6), st.none() | st.dates(date(2021, 1, 1), LAST), st.booleans()
)
def test_protection_never_makes_a_quarantine_longer(
    rule: QuarantineRule, doses: int | None, day: date | None, isolate: bool
) -> None:
    known = quarantine_of(rule, Immunity(doses_known=doses, last_dose_on=day), LAST, isolate=isolate)
    unknown = quarantine_of(rule, Immunity(), LAST, isolate=isolate)
    assert known.days <= unknown.days and known.until <= known.watch_until
    assert all(LAST <= due <= known.until for due in known.tests_on)


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        (date(2022, 5, 31), 3, date(2022, 2, 28)),
        (date(2024, 5, 31), 3, date(2024, 2, 29)),
        (date(2022, 3, 10), 3, date(2021, 12, 10)),
        (date(2022, 1, 1), 1, date(2021, 12, 1)),
        (date(2022, 12, 31), 1, date(2022, 11, 30)),
    ],
)
def test_months_before(day: date, months: int, before: date) -> None:
    assert months_before(day, months) == before


def test_a_negative_test_counts_on_its_due_day_or_later() -> None:
    due = on_march_10()
    early = PathogenTest(result=TestResult.NEGATIVE, sampled_on=date(2022, 3, 16))
    late = replace(early, sampled_on=date(2022, 3, 17))
    assert next_test(due, [early]) == date(2022, 3, 17)
    assert next_test(due, [early, late]) is None
    assert next_test(due, [replace(late, result=TestResult.PENDING)]) == date(2022, 3, 17)
    assert next_test(due, [], until=date(2022, 3, 14)) == date(2022, 3, 14)


def test_a_case_infects_from_two_days_before_the_first_sign() -> None:
    assert infectious_from(date(2022, 3, 10), date(2022, 3, 11), 2) == date(2022, 3, 8)
    assert infectious_from(None, date(2022, 3, 11), 2) == date(2022, 3, 9)
    assert infectious_from(None, None, 2) is None


def _table() -> dict[str, object]:
    rule = quarantine_rule_on(RULES, LAST)
    table = {name: getattr(rule, name) for name in QuarantineRule.__dataclass_fields__}
    return table | {"test_days": [7], "test_days_protected": [5]}


@pytest.mark.parametrize(
    "change",
    [
        {"days": 0},
        {"days": -3},
        {"days": "7"},
        {"test_days": 7},
        {"test_days": ["7"]},
        {"isolates": "maybe"},
        {"unheard_of": 1},
    ],
)
def test_a_bad_rule_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(RuleError):
        read_quarantine_rule(_table() | change)


def test_a_contact_keeps_its_rule_while_that_is_there() -> None:
    assert read_quarantine_rule(_table()).id == "vn-quarantine-2022-02-21"
    kept = rule_of(RULES, "vn-quarantine-2020", LAST)
    fresh = rule_of(RULES, "gone@2", LAST)
    assert kept is not None and kept.id == "vn-quarantine-2020"
    assert fresh is not None and fresh.id == "vn-quarantine-2022-02-21"
    assert rule_of(RULES, "gone", date(2019, 1, 1)) is None
