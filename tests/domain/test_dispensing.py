"""How long medicines last: by the sum of the domain notes, by tablets counted one by one, and by the dated rule."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.catalog import load_catalog
from covidstation.domain.dispensing import (
    Cover,
    Regimen,
    Supply,
    Taken,
    check_days,
    cover,
    dispensing_rule_on,
    left_units,
    read_dispensing_rule,
    same_substance,
)
from covidstation.domain.rule_sets import Family, RuleError
from covidstation.paths import resources

RULES = load_catalog(resources()).dispensing_rules
MARCH = date(2022, 3, 1)
TWICE = Regimen(amount=100, times=2)


def test_medicines_run_out_on_the_day_of_the_handing_out_and_the_days():
    assert cover(TWICE, [Supply(day=MARCH, units=60)]) == Cover(runs_out_on=date(2022, 3, 31), last_on=MARCH)
    assert cover(TWICE, []) is None


def test_half_tablets_and_odd_rests_are_counted_exactly():
    half = Regimen(amount=50, times=1)
    assert half.units(61) == 31 and half.days(31) == 62
    found = cover(Regimen(amount=150, times=1), [Supply(day=MARCH, units=7)])  # 4 days and one tablet
    assert found is not None and found.runs_out_on == date(2022, 3, 5)


def test_who_comes_early_loses_no_day_and_who_comes_late_was_without():
    early = cover(TWICE, [Supply(day=MARCH, units=60), Supply(day=date(2022, 3, 26), units=60)])
    assert early == Cover(runs_out_on=date(2022, 4, 30), last_on=date(2022, 3, 26))
    late = cover(TWICE, [Supply(day=MARCH, units=60), Supply(day=date(2022, 4, 5), units=60)])
    assert late == Cover(runs_out_on=date(2022, 5, 5), last_on=date(2022, 4, 5), missed=5)


def test_a_count_stands_before_what_was_computed_and_what_came_back_is_gone():
    counted = cover(TWICE, [Supply(day=MARCH, units=60), Supply(day=date(2022, 3, 11), units=60, counted=48)])
    assert counted is not None and counted.runs_out_on == date(2022, 3, 11) + timedelta(days=54)
    back = cover(TWICE, [Supply(day=MARCH, units=60), Supply(day=date(2022, 3, 11), units=-40)])
    assert back is not None and back.runs_out_on == date(2022, 3, 11)


def test_what_is_left_before_a_handing_out():
    assert left_units(TWICE, [Supply(day=MARCH, units=60)], date(2022, 3, 26)) == 10
    assert left_units(TWICE, [Supply(day=MARCH, units=60)], date(2022, 4, 26)) == 0
    assert left_units(TWICE, [], MARCH) == 0


def test_what_is_left_are_the_tablets_in_the_box_not_only_those_of_full_days():
    one_and_a_half = Regimen(amount=150, times=1)
    assert left_units(one_and_a_half, [Supply(day=MARCH, units=10)], MARCH) == 10
    assert left_units(one_and_a_half, [Supply(day=MARCH, units=10)], MARCH + timedelta(days=2)) == 7
    half = Regimen(amount=50, times=1)
    assert left_units(half, [Supply(day=MARCH, units=30)], MARCH + timedelta(days=3)) == 28  # and a half
    late = [Supply(day=MARCH, units=10), Supply(day=MARCH + timedelta(days=4), units=20)]
    assert left_units(TWICE, late, MARCH + timedelta(days=1)) == 28  # what came later is there too


@given(
    amount=st.sampled_from([25, 50, 100, 150, 200, 300]),
    times=st.integers(1, 4),
    supplies=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 120)), min_size=1, max_size=8),
)
def test_it_is_what_somebody_sees_who_takes_them_day_by_day(amount, times, supplies):
    """The oracle has a box with hundredths in it and takes a day's dose out of it each day that it can."""
    by_day = {}
    for day, units in supplies:
        by_day[day] = by_day.get(day, 0) + units
    last, box, day, missed = max(by_day), 0, min(by_day), 0
    need = amount * times
    while True:
        box += by_day.get(day, 0) * 100
        if day >= last and box < need:
            break
        if box >= need:
            box -= need
        else:
            missed += 1
            box = 0 if box else box  # a rest that is no full day is not kept for a later one
        day += 1
    start = MARCH
    found = cover(
        Regimen(amount=amount, times=times),
        [Supply(day=start + timedelta(days=at), units=units) for at, units in supplies],
    )
    assert found is not None
    assert found.runs_out_on == start + timedelta(days=day)


def test_the_same_substance_is_found_in_another_medicine():
    others = [
        Taken(name="Coveram 5/5", substances=("Perindopril", "Amlodipin")),
        Taken(name="Metformin 500", substances=("metformin",)),
    ]
    assert same_substance(["amlodipin"], others) == (("amlodipin", "Coveram 5/5"),)
    assert same_substance(["Losartan"], others) == ()


def test_the_rules_of_each_time():
    """CV 902 of 20/3/2020: two months; circular 26/2025: to 90 days from 1/7/2025 for its diseases, 30 for others."""
    on = {
        day: dispensing_rule_on(RULES, day)
        for day in (date(2020, 3, 19), date(2020, 3, 20), date(2025, 6, 30), date(2025, 7, 1))
    }
    assert [rule.longest(["I10"]) for rule in on.values()] == [30, 60, 30, 90]
    assert [rule.usual(["I10"]) for rule in on.values()] == [30, 60, 30, 60]
    assert on[date(2025, 7, 1)].longest(["M17"]) == on[date(2025, 7, 1)].usual(["M17"]) == 30
    assert dispensing_rule_on(RULES, date(2010, 1, 1)).id == RULES[0].id
    assert not any(rule.confirmed for rule in RULES)


def test_each_day_since_2018_has_one_rule():
    for days in range(0, 4000, 7):
        day = date(2018, 3, 1) + timedelta(days=days)
        assert [rule for rule in RULES if rule.on(day)] == [dispensing_rule_on(RULES, day)]


def test_too_long_and_too_early_are_asked_back_and_nonsense_is_refused():
    rule = dispensing_rule_on(RULES, MARCH)
    until = date(2022, 3, 31)
    assert check_days(60, rule, ["I10"], 7, until) == []
    assert [(one.code, one.level) for one in check_days(61, rule, ["I10"], 8, until)] == [
        ("dispensing.longer", "warning"), ("dispensing.early", "warning"),
    ]  # fmt: skip
    for days in (0, -1, 367):
        assert [(one.code, one.level) for one in check_days(days, rule, [], 0, until)] == [("dispensing.days", "error")]


def test_damaged_rules_are_refused():
    good = load_catalog(resources()).rule_tables(Family.DISPENSING)[-1]
    assert read_dispensing_rule(good).longest_days == 90
    for wrong in ({"longest_days": 29}, {"ordinary_days": 0}, {"default_days": 91}, {"longest_days": 400}, {"more": 1}):
        with pytest.raises(RuleError):
            read_dispensing_rule(good | wrong)
