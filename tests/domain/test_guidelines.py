"""Danger signs of home care, at the edges that the guidelines name."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.catalog import load_catalog
from covidstation.domain.care import Level, Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.guidelines import guideline_on, judge, parse_guidelines
from covidstation.domain.rule_sets import RuleError
from covidstation.paths import resources

CATALOG = load_catalog(resources())
G4038, G261, G604 = (
    guideline_on(CATALOG.guidelines, day) for day in (date(2021, 9, 1), date(2022, 2, 1), date(2022, 4, 1))
)
ON = date(2022, 3, 20)
ADULT = PartialDate(1980, 1, 1)


def born(years: int = 0, months: int = 0, *, less: int = 0) -> PartialDate:
    """Somebody of that age on ON, `less` days short of it."""
    total = ON.year * 12 + ON.month - 1 - years * 12 - months
    return PartialDate.of(date(total // 12, total % 12 + 1, ON.day) + timedelta(days=less))


def level(guideline, birth, symptoms=(), **vitals):
    return judge(guideline, birth, ON, Vitals(**vitals), frozenset(symptoms)).level


@pytest.mark.parametrize(
    ("day", "rule"),
    [
        (date(2021, 8, 20), "vn-home-2021"),
        (date(2021, 8, 21), "vn-home-4038"),
        (date(2022, 1, 30), "vn-home-4038"),
        (date(2022, 1, 31), "vn-home-261"),
        (date(2022, 3, 13), "vn-home-261"),
        (date(2022, 3, 14), "vn-home-604"),
        (date(2026, 7, 10), "vn-home-604"),  # TT 15/2026 Điều 66 keeps it
    ],
)
def test_which_guideline_is_in_force(day, rule):
    assert guideline_on(CATALOG.guidelines, day).id == rule


@pytest.mark.parametrize(
    ("guideline", "spo2", "danger"),
    [(G4038, 95, True), (G4038, 96, False), (G261, 96, True), (G261, 97, False), (G604, 96, True), (G604, 97, False)],
)
def test_spo2_of_an_adult(guideline, spo2, danger):
    assert (level(guideline, ADULT, spo2=spo2) is Level.DANGER) is danger


@pytest.mark.parametrize(
    ("years", "less", "danger"),
    [(5, 0, False), (16, 0, False), (17, 1, False), (17, 0, True)],  # 604: ages 5-16 below 96; 17 has the adults' list
)
def test_spo2_of_96_by_age_under_604(years, less, danger):
    assert (level(G604, born(years, less=less), spo2=96) is Level.DANGER) is danger
    assert level(G604, born(years, less=less), spo2=95) is Level.DANGER


@pytest.mark.parametrize(
    ("birth", "limit"),
    [
        (born(months=1), 60),  # 5155: under 2 months
        (born(months=2), 50),  # 2-11 months
        (born(months=11), 50),
        (born(1), 40),  # 261: 1 to under 5 years
        (born(5, less=1), 40),
        (born(5), 30),  # 5 to under 12 years
        (born(12, less=1), 30),
        (born(12), 20),
        (ADULT, 20),
    ],
)
def test_fast_breathing_by_age(birth, limit):
    for guideline in (G261, G604):
        assert level(guideline, birth, breaths=limit) is Level.DANGER
        assert level(guideline, birth, breaths=limit - 1) is Level.NORMAL


def test_an_adult_breathing_20_may_stay_at_home_under_4038():
    assert level(G4038, ADULT, breaths=20) is Level.NORMAL
    assert level(G4038, ADULT, breaths=21) is Level.DANGER


@pytest.mark.parametrize(
    ("measure", "well", "ill"), [("pulse", 120, 121), ("pulse", 50, 49), ("systolic", 90, 89), ("diastolic", 60, 59)]
)
def test_pulse_and_pressure(measure, well, ill):
    assert level(G261, ADULT, **{measure: well}) is Level.NORMAL
    assert level(G261, ADULT, **{measure: ill}) is Level.DANGER


def test_fever_of_children_under_604():
    assert level(G604, born(4), temperature=390) is Level.WATCH
    assert level(G604, born(4), temperature=391) is Level.DANGER
    assert level(G604, born(5), temperature=391) is Level.WATCH
    assert level(G604, born(16), ["feverOver48h"]) is Level.DANGER
    assert level(G604, ADULT, temperature=374) is Level.NORMAL
    assert level(G604, ADULT, temperature=375) is Level.WATCH


def test_every_severe_symptom_of_the_list_is_a_danger_to_somebody():
    severe = {code for code, symptom in CATALOG.symptoms.items() if symptom.severe}
    for code in severe:
        assert level(G604, born(4), [code]) is Level.DANGER, code
    for code in CATALOG.symptoms.keys() - severe:
        assert level(G604, ADULT, [code]) is Level.NORMAL, code


def test_the_sentence_names_value_and_limit():
    found = judge(G261, ADULT, ON, Vitals(spo2=93, temperature=384), frozenset())
    assert [sign.value for sign in found.signs] == ["93 %", "38,4 °C"]
    assert "93 %" in found.signs[0].sentence
    assert "96 %" in found.signs[0].sentence
    assert [sign.level for sign in found.signs] == [Level.DANGER, Level.WATCH]


def test_a_year_alone_takes_the_stricter_age_and_says_so():
    child = PartialDate(ON.year - 12)  # 11 or 12 years old
    found = judge(G261, child, ON, Vitals(breaths=24), frozenset())
    assert found.level is Level.DANGER
    assert found.age_unsure
    assert not judge(G261, child, ON, Vitals(breaths=31), frozenset()).signs[0].sentence.startswith("{")
    unknown = judge(G261, None, ON, Vitals(breaths=20), frozenset())
    assert (unknown.level, unknown.age_unsure) == (Level.DANGER, True)


@given(
    year=st.integers(1930, 2021),
    spo2=st.integers(60, 100),
    breaths=st.integers(5, 80),
    pulse=st.integers(30, 180),
)
def test_knowing_less_of_the_birth_never_calms(year, spo2, breaths, pulse):
    vitals = Vitals(spo2=spo2, breaths=breaths, pulse=pulse)
    order = [Level.NORMAL, Level.WATCH, Level.DANGER]
    for guideline in CATALOG.guidelines:
        known = judge(guideline, PartialDate(year, 6, 15), ON, vitals, frozenset()).level
        for birth in (PartialDate(year, 6), PartialDate(year), None):
            assert order.index(judge(guideline, birth, ON, vitals, frozenset()).level) >= order.index(known)


def test_a_misspelt_word_is_refused():
    text = (resources() / "rules" / "guideline.toml").read_text(encoding="utf-8")
    for before, after in (
        ("limit = 96", "limt = 96"),
        ('when = "below"', 'when = "under"'),
        ("rounds = 2", "rounds = 0"),
    ):
        with pytest.raises(RuleError):
            parse_guidelines(text.replace(before, after, 1))
