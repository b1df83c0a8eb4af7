"""Risk groups at the edges of the tables; expected classes are those of the domain notes' decision table."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.catalog import load_catalog
from covidstation.domain.care import RiskClass
from covidstation.domain.dates import PartialDate
from covidstation.domain.risk import RiskFacts, parse_risk_tables, risk_of, risk_table_on
from covidstation.domain.rule_sets import RuleError
from covidstation.domain.terms import Answer, Sex
from covidstation.messages import SENTENCES
from covidstation.paths import resources

TABLES = load_catalog(resources()).risk_tables
ON = date(2022, 3, 10)
T5525 = risk_table_on(TABLES, ON)
LOW, MEDIUM, HIGH, RED = RiskClass.LOW, RiskClass.MEDIUM, RiskClass.HIGH, RiskClass.VERY_HIGH
FULL = {"doses": 2, "last_dose_on": date(2021, 12, 1)}
NONE = {"doses": 0}
ILL = {"diseases": ("Tăng huyết áp",)}


def facts(years: int, *, less: int = 0, months: int = 0, **more) -> RiskFacts:
    """A man of that age on ON, `less` days short of it."""
    total = ON.year * 12 + ON.month - 1 - years * 12 - months
    birth = PartialDate.of(date(total // 12, total % 12 + 1, ON.day) + timedelta(days=less))
    return RiskFacts(**{"birth": birth, "on": ON, "sex": Sex.MALE, **more})


@pytest.mark.parametrize(
    ("case", "cls"),
    [
        (facts(49, **FULL), LOW),
        (facts(50, less=1, **FULL), LOW),
        (facts(50, **FULL), MEDIUM),
        (facts(64, **FULL), MEDIUM),
        (facts(65, less=1, **FULL), MEDIUM),
        (facts(65, **FULL), HIGH),
        (facts(49, **NONE), MEDIUM),
        (facts(50, **NONE), HIGH),
        (facts(64, **NONE), HIGH),
        (facts(65, **NONE), RED),
        (facts(65, **FULL, **ILL), RED),
        (facts(30, **FULL, **ILL), HIGH),
        (facts(30, **NONE, **ILL), RED),
        (facts(0, months=2, **NONE), HIGH),
        (facts(0, months=3, less=1, **NONE), HIGH),
        (facts(0, months=3, **NONE), MEDIUM),
        (facts(30, sex=Sex.FEMALE, pregnancy=Answer.YES, **FULL), HIGH),
        (facts(30, sex=Sex.FEMALE, pregnancy=Answer.NO, postpartum=Answer.YES, **FULL), HIGH),
        (facts(30, sex=Sex.FEMALE, pregnancy=Answer.NO, postpartum=Answer.NO, **FULL), LOW),
    ],
)
def test_5525(case, cls):
    found = risk_of(T5525, case)
    assert found.cls is cls
    assert not found.missing


@pytest.mark.parametrize(
    ("doses", "days", "cls"), [(1, 100, MEDIUM), (2, 13, MEDIUM), (2, 14, LOW), (3, 1, LOW), (0, None, MEDIUM)]
)
def test_fully_vaccinated(doses, days, cls):
    last = None if days is None else ON - timedelta(days=days)
    assert risk_of(T5525, facts(30, doses=doses, last_dose_on=last)).cls is cls


def test_spo2_is_no_input_of_5525():
    assert risk_of(T5525, facts(30, spo2=85, **FULL)).cls is LOW


@pytest.mark.parametrize(
    ("more", "cls"),
    [
        ({**FULL}, MEDIUM),  # 12 days before counts, but this dose is later than the case
        ({"doses": 2, "last_dose_on": date(2021, 8, 20)}, LOW),  # 12 days
        ({"doses": 2, "last_dose_on": date(2021, 8, 21)}, MEDIUM),  # 11 days
        ({**ILL}, RED),
        ({"spo2": 92}, RED),
        ({"spo2": 93}, HIGH),
        ({"spo2": 96}, MEDIUM),
        ({"spo2": 97, **NONE}, MEDIUM),
    ],
)
def test_3646_at_fifty(more, cls):
    table = risk_table_on(TABLES, date(2021, 9, 1))
    case = RiskFacts(birth=PartialDate(1971, 1, 1), on=date(2021, 9, 1), sex=Sex.MALE, **more)
    assert risk_of(table, case).cls is cls


@pytest.mark.parametrize(
    ("day", "table"),
    [
        (date(2021, 7, 30), "vn-risk-2021"),
        (date(2021, 7, 31), "vn-risk-3646"),
        (date(2021, 11, 30), "vn-risk-3646"),
        (date(2021, 12, 1), "vn-risk-5525"),
        (date(2026, 8, 1), "vn-risk-5525"),
    ],
)
def test_which_table_is_in_force(day, table):
    assert risk_table_on(TABLES, day).id == table


def codes(risk):
    return [problem.code for problem in risk.missing]


def test_unknown_doses_are_taken_as_not_full_and_named():
    found = risk_of(T5525, facts(30))
    assert (found.cls, codes(found)) == (MEDIUM, ["triage.missing_full"])
    found = risk_of(T5525, facts(30, doses=2))  # the day of the last one is not known
    assert (found.cls, codes(found)) == (MEDIUM, ["triage.missing_full"])


def test_what_would_change_nothing_is_not_named():
    woman = facts(30, sex=Sex.FEMALE, pregnancy=Answer.YES, **NONE)
    assert codes(risk_of(T5525, woman)) == []
    assert codes(risk_of(T5525, facts(70, sex=Sex.FEMALE, **FULL))) == []


def test_pregnancy_nobody_asked_about_is_named():
    found = risk_of(T5525, facts(30, sex=Sex.FEMALE, **FULL))
    assert (found.cls, codes(found)) == (LOW, ["triage.missing_pregnant", "triage.missing_postpartum"])


def test_a_year_alone_takes_the_graver_age():
    case = RiskFacts(birth=PartialDate(1957), on=ON, sex=Sex.MALE, **FULL)  # 64 or 65
    found = risk_of(T5525, case)
    assert (found.cls, codes(found)) == (HIGH, ["triage.missing_year"])
    assert found.missing[0].params["age"] == "65"
    assert codes(risk_of(T5525, RiskFacts(birth=PartialDate(1960), on=ON, sex=Sex.MALE, **FULL))) == []
    nobody = risk_of(T5525, RiskFacts(birth=None, on=ON, sex=Sex.MALE, **FULL))
    assert (nobody.cls, codes(nobody)) == (HIGH, ["triage.missing_birth"])


@given(
    year=st.integers(1930, 2021),
    doses=st.none() | st.integers(0, 4),
    ill=st.booleans(),
    pregnant=st.sampled_from(Answer),
    spo2=st.none() | st.integers(70, 100),
    sick=st.booleans(),
)
def test_every_case_has_a_class_and_sentences(year, doses, ill, pregnant, spo2, sick):
    for table in TABLES:
        on = table.valid_until or date(2022, 3, 10)
        made = {"on": on, "sex": Sex.FEMALE, "doses": doses, "pregnancy": pregnant, "spo2": spo2, "symptoms": sick}
        known = risk_of(table, RiskFacts(birth=PartialDate(year, 6, 1), diseases=("X",) if ill else (), **made))
        vague = risk_of(table, RiskFacts(birth=PartialDate(year), diseases=("X",) if ill else (), **made))
        order = list(RiskClass)
        assert order.index(vague.cls) >= order.index(known.cls)
        assert all(problem.code in SENTENCES for problem in (*known.reasons, *vague.reasons))


def test_a_table_without_a_last_row_for_everybody_is_refused():
    text = (resources() / "rules" / "risk.toml").read_text(encoding="utf-8")
    with pytest.raises(RuleError):
        parse_risk_tables(
            text.replace('{ id = "else", class = "LOW",', '{ id = "else", class = "LOW", full = true,', 1)
        )
    with pytest.raises(RuleError):
        parse_risk_tables(text.replace("disease = true", "diseased = true", 1))
