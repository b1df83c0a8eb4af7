"""Under control or not, by the dated rule and by one's own targets; what a rule must not say."""

from dataclasses import replace
from datetime import date

import pytest

from covidstation.catalog import load_catalog
from covidstation.domain.chronic import OwnTargets
from covidstation.domain.chronic_lists import chronic_list_on, read_chronic_list
from covidstation.domain.dates import PartialDate
from covidstation.domain.glucose import GlucoseKind, GlucoseUnit
from covidstation.domain.rule_sets import Family, RuleError
from covidstation.domain.targets import Judged, Measured, Result, judge_control, read_target_rule, targets_on
from covidstation.paths import resources

CATALOG = load_catalog(resources())
DAY = date(2022, 3, 10)
RULE = targets_on(CATALOG.target_rules, DAY)
SHELF = chronic_list_on(CATALOG.chronic_lists, DAY)
NONE = OwnTargets()
YOUNG, OLD = PartialDate(1970, 1, 1), PartialDate(1955, 1, 1)


def judged(measured: Measured, *codes: str, birth: PartialDate = YOUNG, own: OwnTargets = NONE) -> Judged:
    needed = [SHELF.judged_by(code) for code in codes]
    return judge_control(RULE, measured, needed=needed, own=own, birth=birth, day=DAY)


@pytest.mark.parametrize(
    ("high", "low", "result"),
    [(139, 89, Result.CONTROLLED), (140, 89, Result.NOT), (139, 90, Result.NOT), (118, 76, Result.CONTROLLED)],
)
def test_pressure_below_140_over_90(high: int, low: int, result: Result) -> None:
    found = judged(Measured(systolic=high, diastolic=low), "I10")
    assert found.result is result
    assert found.rule == "vn-targets-2020"
    assert f"{high}/{low}" in found.sentence and "140/90" in found.sentence


def test_a_pressure_that_nobody_follows_is_said_and_decides_nothing() -> None:
    high = Measured(systolic=170, diastolic=96, glucose=640)
    found = judged(high, "E11")
    assert (found.result, found.raised) == (Result.CONTROLLED, True)
    assert "170/96 cao (từ 140/90)" in found.sentence and "6,4" in found.sentence
    elder = judged(Measured(systolic=140, diastolic=80))
    assert (elder.result, elder.raised) == (Result.UNKNOWN, True) and "140/80 cao" in elder.sentence
    for codes, measured in (
        (("I10",), high),
        (("E11", "I10"), high),
        (("E11",), replace(high, systolic=139, diastolic=89)),
    ):
        fine = judged(measured, *codes)
        assert not fine.raised and " cao " not in fine.sentence
    assert judged(Measured(systolic=120, diastolic=80)).sentence == ""  # no disease, nothing to hold it against


@pytest.mark.parametrize(
    ("value", "result"),
    [(439, Result.NOT), (440, Result.CONTROLLED), (720, Result.CONTROLLED), (721, Result.NOT)],
)
def test_fasting_glucose_from_4_4_to_7_2(value: int, result: Result) -> None:
    assert judged(Measured(glucose=value), "E11").result is result


def test_elders_have_their_own() -> None:
    assert judged(Measured(hba1c=72), "E11").result is Result.NOT
    assert judged(Measured(hba1c=72), "E11", birth=OLD).result is Result.CONTROLLED
    assert judged(Measured(hba1c=75), "E11", birth=OLD).result is Result.NOT


def test_after_a_meal_below_ten_and_a_random_value_tells_nothing() -> None:
    after = Measured(glucose=999, glucose_kind=GlucoseKind.TWO_HOURS)
    assert judged(after, "E11").result is Result.CONTROLLED
    assert judged(replace(after, glucose=1000), "E11").result is Result.NOT
    assert judged(replace(after, glucose_kind=GlucoseKind.RANDOM), "E11").result is Result.UNKNOWN


def test_each_disease_asks_for_its_own() -> None:
    pressure = Measured(systolic=120, diastolic=80)
    assert judged(pressure, "E11").result is Result.UNKNOWN
    both = judged(pressure, "I10", "E11")
    assert both.result is Result.UNKNOWN
    assert "đường huyết" in both.sentence
    assert judged(replace(pressure, hba1c=65), "I10", "E11").result is Result.CONTROLLED
    assert judged(replace(pressure, hba1c=65, glucose=900), "I10", "E11").result is Result.NOT
    assert judged(pressure, "J44").result is Result.UNKNOWN  # no number tells of it
    assert judged(Measured(systolic=150, diastolic=95, hba1c=65), "E11").result is Result.CONTROLLED


def test_own_targets_stand_before_the_rule() -> None:
    high = Measured(systolic=145, diastolic=85)
    assert judged(high, "I10", own=OwnTargets(systolic=150, diastolic=90)).result is Result.CONTROLLED
    assert judged(Measured(systolic=132, diastolic=80), "I10", own=OwnTargets(systolic=130, diastolic=80)).result is (
        Result.NOT
    )
    assert judged(Measured(glucose=800), "E11", own=OwnTargets(fasting=850)).result is Result.CONTROLLED
    assert judged(Measured(hba1c=78), "E11", own=OwnTargets(hba1c=80)).result is Result.CONTROLLED


def test_the_sentence_speaks_the_unit_that_was_typed_and_the_day_of_an_old_value() -> None:
    typed = Measured(glucose=833, glucose_unit=GlucoseUnit.MG, hba1c=68, hba1c_on=date(2022, 1, 5))
    found = judged(typed, "E11")
    assert "150, đích 79–130\u00a0mg/dL: chưa đạt" in found.sentence
    assert "HbA1c 6,8 (ngày 05/01/2022)" in found.sentence


def test_the_list_names_codes_and_groups() -> None:
    assert SHELF.disease("E11.9") is SHELF.disease("E11")
    codes = ("I10", "E11.9", "J44", "J45", "I25", "I69", "N18.3", "C34", "M10")
    groups = {code: SHELF.group_of(code) for code in codes}
    assert groups == {
        "I10": "hypertension", "E11.9": "diabetes", "J44": "chronicPulmonaryDisease", "J45": "asthma",
        "I25": "cardiovascularDisease", "I69": "cerebrovascularDisease", "N18.3": "chronicKidneyDisease",
        "C34": "malignancy", "M10": "",
    }  # fmt: skip
    assert {one.group for one in SHELF.groups} <= set(CATALOG.conditions)
    assert not SHELF.confirmed


def test_rules_that_say_nonsense_are_refused() -> None:
    good = CATALOG.rule_tables(Family.TARGETS)[0]
    pressure = {"measure": "pressure", "systolic_below": 90, "diastolic_below": 140}
    for wrong in (
        {"next_days": 0}, {"long_days": 400}, {"targets": []}, {"targets": good["targets"][1:]},
        {"targets": [pressure, *good["targets"][1:]]}, {"lost_days": "year"}, {"odd": 1},
    ):  # fmt: skip
        with pytest.raises(RuleError):
            read_target_rule(good | wrong)
    shelf = CATALOG.rule_tables(Family.CHRONIC)[0]
    for wrong in (
        {"codes": []}, {"codes": [{"code": "THA", "label": "x"}]}, {"codes": [shelf["codes"][0]] * 2},
        {"groups": [{"first": "I15", "last": "I10", "group": "x"}]},
        {"codes": [shelf["codes"][0] | {"judged_by": ["mood"]}]},
    ):  # fmt: skip
        with pytest.raises(RuleError):
            read_chronic_list(shelf | wrong)
