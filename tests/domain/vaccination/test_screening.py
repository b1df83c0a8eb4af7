"""The screening against its sources, at their edges: QĐ 5785/QĐ-BYT (21/12/2021), QĐ 3802 (10/8/2021), as noted in
docs/adr/0044."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from covidstation.domain.care import Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.rule_sets import RuleError
from covidstation.domain.vaccination.screening import (
    Outcome,
    ScreeningFacts,
    ScreeningRule,
    ScreeningSheet,
    age_in_years,
    judge,
    known_answers,
    left_open,
    parse_screening_rules,
    screening_rule_on,
)
from covidstation.paths import resources

TEXT = (resources() / "rules" / "vaccine_screening.toml").read_text(encoding="utf-8")
RULES = parse_screening_rules(TEXT)
TODAY = date(2022, 3, 10)


def rule(day: date = TODAY) -> ScreeningRule:
    return screening_rule_on(RULES, day)


@pytest.mark.parametrize(
    ("birth", "wanted"),
    [
        (PartialDate(2004, 3, 11), True),  # 18 tomorrow
        (PartialDate(2004, 3, 10), False),
        (PartialDate(2004, 3), True),  # perhaps 17
        (PartialDate(2004), True),
        (PartialDate(2003), False),
        (None, False),
    ],
)
def test_somebody_else_says_yes_while_majority_is_in_doubt(birth: PartialDate | None, wanted: bool) -> None:
    assert rule().wants_guardian(birth, TODAY) is wanted
    assert not replace(rule(), guardian_below=0).wants_guardian(birth, TODAY)


def adult(day: date = TODAY) -> ScreeningSheet:
    return rule(day).sheet_for(PartialDate(1980, 5, 1), day)


@pytest.mark.parametrize(
    ("day", "rule_id"),
    [
        (date(2021, 8, 9), "vn-screening-2995"),
        (date(2021, 8, 10), "vn-screening-3802"),
        (date(2021, 10, 26), "vn-screening-3802"),
        (date(2021, 10, 27), "vn-screening-5002"),
        (date(2021, 12, 20), "vn-screening-5002"),
        (date(2021, 12, 21), "vn-screening-5785"),
        (date(2026, 11, 22), "vn-screening-5785"),
        (date(2020, 1, 1), "vn-screening-2995"),
    ],
)
def test_each_day_has_its_rule(day: date, rule_id: str) -> None:
    assert rule(day).id == rule_id


@pytest.mark.parametrize(
    ("vitals", "outcome"),
    [
        (Vitals(temperature=355), Outcome.ELIGIBLE),
        (Vitals(temperature=354), Outcome.CAUTION),  # < 35.5 °C
        (Vitals(temperature=375), Outcome.ELIGIBLE),
        (Vitals(temperature=376), Outcome.CAUTION),  # > 37.5 °C
        (Vitals(pulse=60), Outcome.ELIGIBLE),
        (Vitals(pulse=59), Outcome.CAUTION),
        (Vitals(pulse=100), Outcome.ELIGIBLE),
        (Vitals(pulse=101), Outcome.CAUTION),
        (Vitals(systolic=90, diastolic=60), Outcome.ELIGIBLE),
        (Vitals(systolic=89, diastolic=60), Outcome.CAUTION),
        (Vitals(systolic=90, diastolic=59), Outcome.CAUTION),
        (Vitals(systolic=140, diastolic=90), Outcome.ELIGIBLE),
        (Vitals(systolic=141, diastolic=90), Outcome.CAUTION),
        (Vitals(systolic=140, diastolic=91), Outcome.CAUTION),
        (Vitals(breaths=25), Outcome.ELIGIBLE),
        (Vitals(breaths=26), Outcome.CAUTION),
    ],
)
def test_what_lies_outside_the_limits_asks_for_caution(vitals: Vitals, outcome: Outcome) -> None:
    assert judge(adult(), (), vitals).outcome is outcome


def test_a_pressure_thirty_above_the_usual_asks_for_caution_even_within_the_limits() -> None:
    vitals = Vitals(systolic=131, diastolic=80)
    assert judge(adult(), (), vitals, usual_systolic=101).outcome is Outcome.ELIGIBLE
    assert judge(adult(), (), vitals, usual_systolic=100).outcome is Outcome.CAUTION


@pytest.mark.parametrize(
    ("weeks", "outcome"), [(12, Outcome.DEFER), (13, Outcome.CAUTION), (None, Outcome.DEFER), (40, Outcome.CAUTION)]
)
def test_a_pregnancy_waits_until_thirteen_weeks(weeks: int | None, outcome: Outcome) -> None:
    assert judge(adult(), {"PREGNANT"}, Vitals(), weeks=weeks).outcome is outcome


def test_the_heaviest_speaks_and_every_cause_is_named() -> None:
    found = judge(adult(), {"ANAPHYLAXIS", "CHRONIC", "ACUTE"}, Vitals(temperature=380))
    assert found.outcome is Outcome.CONTRAINDICATED
    assert [one.code for one in found.causes] == ["ANAPHYLAXIS", "ACUTE", "CHRONIC", "temperature"]
    assert found.again_days == 14


@pytest.mark.parametrize(
    ("birth", "day", "wanted"),
    [
        (PartialDate(1956, 3, 11), TODAY, False),  # 65 today: the rule says above 65
        (PartialDate(1956, 3, 10), TODAY, True),  # 66 today
        (PartialDate(1980, 1, 1), TODAY, False),
        (None, TODAY, True),  # nobody knows: it is taken
    ],
)
def test_blood_pressure_is_taken_above_sixty_five(birth: PartialDate | None, day: date, wanted: bool) -> None:
    assert adult().wants_pressure(age_in_years(birth, day), ()) is wanted


def test_blood_pressure_is_taken_with_a_history_of_it() -> None:
    assert adult().wants_pressure(40, {"PRESSURE"})
    assert not adult().wants_pressure(40, {"ALLERGY"})


@pytest.mark.parametrize(
    ("birth", "sheet"),
    [(PartialDate(2004, 3, 10), "adult"), (PartialDate(2004, 3, 11), "child"), (PartialDate(2016, 1, 1), "child")],
)
def test_the_sheet_follows_the_age(birth: PartialDate, sheet: str) -> None:
    assert rule().sheet_for(birth, TODAY).code == sheet


@pytest.mark.parametrize("day", [one.valid_from for one in RULES])
def test_the_sources_leave_an_adults_fever_under_caution_so_that_an_acute_illness_is_asked(day: date) -> None:
    sheet, fever = adult(day), Vitals(temperature=385)
    assert judge(sheet, (), fever).outcome is Outcome.CAUTION  # > 37.5 °C: "thận trọng"
    assert [one.code for one in left_open(sheet, (), fever)] == ["ACUTE"]
    assert judge(sheet, {"ACUTE"}, fever).outcome is Outcome.DEFER and not left_open(sheet, {"ACUTE"}, fever)
    for quiet in (Vitals(temperature=375), Vitals(temperature=350), Vitals(pulse=150), Vitals()):
        assert left_open(sheet, (), quiet) == ()


def test_a_fever_defers_a_child() -> None:
    child = rule().sheet_for(PartialDate(2014, 1, 1), TODAY)
    assert judge(child, (), Vitals(temperature=374)).outcome is Outcome.ELIGIBLE
    assert judge(child, (), Vitals(temperature=375)).outcome is Outcome.DEFER


def test_an_infection_within_six_months_counted_only_by_the_older_rules() -> None:
    facts = ScreeningFacts(birth=PartialDate(1980), sex="MALE", infected_on=date(2021, 5, 31))
    september = date(2021, 9, 1)
    assert "INFECTED" in known_answers(adult(september), facts, "", september)
    assert "INFECTED" in known_answers(adult(september), facts, "", date(2021, 11, 29))
    assert "INFECTED" not in known_answers(adult(september), facts, "", date(2021, 11, 30))  # six months are over
    assert adult().question("INFECTED") is None


def test_the_register_answers_what_it_knows() -> None:
    facts = ScreeningFacts(birth=PartialDate(1980), sex="FEMALE", conditions=("hypertension",), pregnant=True)
    assert known_answers(adult(), facts, "EU/1/20/1528", TODAY) == {"CHRONIC", "PRESSURE", "PREGNANT"}
    assert known_answers(adult(), ScreeningFacts(conditions=("asthma",)), "", TODAY) == {"CHRONIC"}


def test_sputnik_is_not_for_the_pregnant_and_is_asked_for_it_alone() -> None:
    facts = ScreeningFacts(sex="FEMALE", nursing=True)
    assert "NOT_FOR_PREGNANT" in known_answers(adult(), facts, "Sputnik-V", TODAY)
    assert known_answers(adult(), facts, "EU/1/20/1528", TODAY) == frozenset()
    assert judge(adult(), {"NOT_FOR_PREGNANT"}, Vitals()).outcome is Outcome.CONTRAINDICATED


def test_a_man_is_not_asked_for_a_pregnancy() -> None:
    assert "PREGNANT" not in {one.code for one in adult().asked("MALE", "")}
    assert "PREGNANT" in {one.code for one in adult().asked("UNKNOWN", "")}


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('outcome = "CAUTION"', 'outcome = "CAUTIOUS"', "outcome"),
        ('measure = "pulse"', 'measure = "puls"', "measure"),
        ("observe_minutes = 30", "observe_minutes = 0", "observe_minutes"),
        ('code = "MAKER"', 'code = "ANAPHYLAXIS"', "questions"),
        ('code = "CHILLS"', 'code = "PAIN"', "reactions"),
        ("again_days = 14", "again_dayz = 14", "again_dayz"),
        ("high = 375", "high = 35", "high"),
    ],
)
def test_a_misspelt_rule_is_refused(old: str, new: str, place: str) -> None:
    with pytest.raises(RuleError, match=place):
        parse_screening_rules(TEXT.replace(old, new))


def test_the_rules_say_where_they_come_from() -> None:
    assert all(one.source and not one.confirmed for one in RULES)
