"""Who may be cared for at home, by the checklist of each guideline."""

from dataclasses import replace
from datetime import date

import pytest

from covidstation.catalog import load_catalog
from covidstation.domain.care import Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.eligibility import HomeFacts, eligible, items_for, prefilled
from covidstation.domain.guidelines import guideline_on
from covidstation.domain.terms import Answer
from covidstation.paths import resources

RULES = load_catalog(resources()).guidelines
WELL = HomeFacts(
    birth=PartialDate(1985, 5, 5),
    on=date(2021, 9, 1),
    positive=True,
    symptoms_asked=True,
    pregnancy=Answer.NO,
    doses=0,
    vitals=Vitals(spo2=97, breaths=18),
)


def outcome(facts: HomeFacts, **said: Answer):
    items = items_for(guideline_on(RULES, facts.on).eligibility, facts)
    return eligible(items, {**prefilled(items, facts), **said})


def under_261(facts: HomeFacts) -> HomeFacts:
    return replace(facts, on=date(2022, 2, 15))


@pytest.mark.parametrize(("spo2", "at_4038", "at_261"), [(95, "NO", "NO"), (96, "YES", "NO"), (97, "YES", "YES")])
def test_spo2_at_the_edge_differs_between_the_guidelines(spo2, at_4038, at_261):
    facts = replace(WELL, vitals=Vitals(spo2=spo2, breaths=18))
    assert outcome(facts).answer == at_4038
    home = {"self-care": Answer.YES, "contact": Answer.YES}
    assert outcome(under_261(facts), **home).answer == at_261


def test_breaths_of_20_at_the_edge():
    facts = replace(WELL, vitals=Vitals(spo2=98, breaths=20))
    assert outcome(facts).answer is Answer.YES
    assert [item.id for item in outcome(under_261(facts)).against] == ["breaths"]


def test_4038_asks_a_dose_of_14_days_or_young_and_healthy():
    old = replace(WELL, birth=PartialDate(1960, 1, 1))
    assert [item.id for item in outcome(old).against] == ["age-1-49"]
    vaccinated = replace(old, doses=1, last_dose_on=date(2021, 8, 18))
    assert outcome(vaccinated).answer is Answer.YES  # 14 days
    assert outcome(replace(vaccinated, last_dose_on=date(2021, 8, 19))).answer is Answer.NO  # 13 days
    assert outcome(replace(WELL, conditions=frozenset({"diabetes"}))).answer is Answer.NO
    assert outcome(replace(WELL, conditions=frozenset({"diabetes"}), doses=2)).answer is Answer.YES


@pytest.mark.parametrize(("birth", "answer"), [((1971, 9, 2), "YES"), ((1971, 9, 1), "NO")])
def test_under_fifty_is_a_day_before_the_birthday(birth, answer):
    assert outcome(replace(WELL, birth=PartialDate(*birth))).answer == answer


def test_261_takes_a_stable_disease():
    facts = under_261(replace(WELL, conditions=frozenset({"diabetes"})))
    home = {"self-care": Answer.YES, "contact": Answer.YES}
    found = outcome(facts, **home)
    assert (found.answer, [item.id for item in found.open]) == (Answer.UNKNOWN, ["disease-stable"])
    assert outcome(facts, **home, **{"disease-stable": Answer.YES}).answer is Answer.YES


def test_nobody_measured_is_not_a_yes():
    found = outcome(replace(WELL, vitals=Vitals(), symptoms_asked=False))
    assert found.answer is Answer.UNKNOWN
    assert {"spo2", "breaths", "mild", "breathing"} <= {item.id for item in found.open}


def test_a_severe_symptom_is_a_no():
    assert outcome(replace(WELL, symptoms=frozenset({"difficultyBreathing"}))).answer is Answer.NO
    assert outcome(replace(WELL, symptoms=frozenset({"cough", "fever"}))).answer is Answer.YES


def test_a_child_is_asked_by_its_own_breaths():
    facts = replace(WELL, birth=PartialDate(2018, 1, 1), vitals=Vitals(spo2=98, breaths=35))
    assert outcome(facts).answer is Answer.YES
    assert outcome(replace(facts, vitals=Vitals(spo2=98, breaths=40))).answer is Answer.NO
