"""Conditions, visits and glucose: what cannot be, what is asked back."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.domain.chronic import ConditionDraft, OwnTargets, check_condition, normal_icd
from covidstation.domain.chronic_visits import (
    ChronicVisitDraft,
    ElderCheck,
    Seen,
    body_mass,
    check_chronic_visit,
    read_tenths,
    tenths_text,
)
from covidstation.domain.dates import PartialDate
from covidstation.domain.glucose import GlucoseUnit, check_glucose, glucose_number, read_glucose

TODAY = date(2022, 3, 10)
BIRTH = PartialDate(1955, 2, 3)
MMOL, MG = GlucoseUnit.MMOL, GlucoseUnit.MG


@pytest.mark.parametrize(
    ("typed", "code"),
    [("i10", "I10"), ("I10 ", "I10"), ("e119", "E11.9"), ("E11.9", "E11.9"), ("N18.5", "N18.5"), ("c50.01", "C50.01")],
)
def test_icd_is_read_as_people_type_it(typed: str, code: str) -> None:
    assert normal_icd(typed) == code


@pytest.mark.parametrize("typed", ["", "10", "II0", "I1", "I10.123", "THA", "I10;E11", "І10"])
def test_what_has_not_the_shape_of_icd_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        normal_icd(typed)


def problems(draft: ConditionDraft, *, active: tuple[str, ...] = ()) -> dict[str, str]:
    found = check_condition(draft, known=("I10", "E11"), active=active, birth=BIRTH, today=TODAY)
    return {one.field: one.code for one in found}


def test_conditions_that_cannot_be() -> None:
    good = ConditionDraft(code="I10", diagnosed=PartialDate(2015), registered_on=date(2018, 1, 1))
    assert problems(good) == {}
    assert problems(replace(good, code="")) == {"code": "chronic.code_missing"}
    assert problems(replace(good, code="THA")) == {"code": "chronic.code_shape"}
    assert problems(good, active=("I10",)) == {"code": "chronic.code_again"}
    assert problems(replace(good, code="M10")) == {"label": "chronic.label_missing"}
    assert problems(replace(good, code="M10", label="Gút")) == {}
    assert problems(replace(good, diagnosed=PartialDate(1954))) == {"diagnosed": "chronic.diagnosed_before_birth"}
    assert problems(replace(good, diagnosed=PartialDate(1955))) == {}  # the year of the birth can be
    assert problems(replace(good, diagnosed=PartialDate(2023)))["diagnosed"] == "chronic.diagnosed_future"
    assert problems(replace(good, registered_on=date(2014, 1, 1))) == {"registered_on": "chronic.registered_early"}
    assert problems(replace(good, registered_on=date(2022, 3, 11))) == {"registered_on": "chronic.registered_future"}
    assert problems(replace(good, targets=OwnTargets(systolic=80, diastolic=60))) == {
        "systolic": "chronic.target_systolic"
    }
    assert problems(replace(good, targets=OwnTargets(systolic=130))) == {"systolic": "chronic.target_half"}
    assert (
        problems(replace(good, targets=OwnTargets(systolic=100, diastolic=105)))["systolic"] == "chronic.target_turned"
    )


def test_glucose_in_both_units() -> None:
    """7.0 mmol/L is 126 mg/dL, 11.1 is 200: the two thresholds that every textbook gives in both."""
    assert read_glucose("126", MG) == 699
    assert read_glucose("200", MG) == 1110
    assert read_glucose("7,0", MMOL) == 700
    assert read_glucose("7.25", MMOL) == 725
    assert read_glucose("-", MMOL) is None
    assert glucose_number(700, MG) == "126"
    assert glucose_number(1110, MMOL) == "11,1"
    for wrong in ("bảy", "7,123", "1e3", "٧"):
        with pytest.raises(ValueError):
            read_glucose(wrong, MMOL)


@given(st.integers(11, 900))
def test_milligrams_come_back_as_they_were_typed(typed: int) -> None:
    value = read_glucose(str(typed), MG)
    assert value is not None
    assert glucose_number(value, MG) == str(typed)


@pytest.mark.parametrize(
    ("value", "unit", "found"),
    [
        (720, MMOL, None),
        (12600, MMOL, ("chronic.glucose_unit", "error")),  # 126 mmol/L: nobody lives; 126 mg/dL is ordinary
        (read_glucose("7,2", MG), MG, ("chronic.glucose_unit", "error")),
        (5200, MMOL, ("chronic.glucose_unit", "warning")),  # possible, but 52 mg/dL is seen more often
        (5000, MMOL, ("chronic.glucose_unusual", "warning")),
        (240, MMOL, ("chronic.glucose_unusual", "warning")),
        (60000, MMOL, ("chronic.glucose_impossible", "error")),
        (read_glucose("126", MG), MG, None),
    ],
)
def test_a_number_that_fits_the_other_unit_names_it(
    value: int, unit: GlucoseUnit, found: tuple[str, str] | None
) -> None:
    problems = check_glucose(value, unit)
    assert [(one.code, one.level) for one in problems] == ([found] if found else [])


VISIT = ChronicVisitDraft(person_id=uuid4(), day=TODAY, systolic=150, diastolic=90, next_on=date(2022, 4, 10))
SEEN = Seen(birth=BIRTH, weight=620)


def told(seen: Seen = SEEN, **changes: object) -> dict[str, tuple[str, str]]:
    found = check_chronic_visit(replace(VISIT, **changes), seen=seen, today=TODAY)  # type: ignore[arg-type]
    return {one.field: (one.code, one.level) for one in found}


def test_an_ordinary_visit_has_no_problem() -> None:
    assert told() == {}
    assert told(pulse=78, weight=625, height=1580, waist=840, glucose=720, hba1c=72) == {}


def test_pressures_that_cannot_be() -> None:
    assert told(systolic=1200, diastolic=80) == {"pressure": ("rounds.systolic_impossible", "error")}
    assert told(systolic=80, diastolic=120)["pressure"] == ("rounds.pressure_turned", "error")
    assert told(systolic=120, diastolic=120)["pressure"] == ("rounds.pressure_turned", "error")
    assert told(systolic=120, diastolic=None)["pressure"] == ("rounds.pressure_half", "error")
    assert told(systolic=230, diastolic=120) == {"pressure": ("rounds.systolic_unusual", "warning")}


def test_days_that_cannot_be() -> None:
    assert told(day=date(2022, 3, 11))["day"] == ("chronic.visit_future", "error")
    assert told(day=date(1955, 2, 2))["day"] == ("chronic.visit_before_birth", "error")
    dead = replace(SEEN, died_on=date(2022, 3, 9))
    assert told(dead)["day"] == ("chronic.visit_after_death", "error")
    assert "day" not in told(dead, day=date(2022, 3, 9))
    assert told(replace(SEEN, same_day=True)) == {"day": ("chronic.visit_same_day", "warning")}
    assert told(next_on=TODAY) == {"next_on": ("chronic.next_early", "error")}
    assert told(next_on=date(2024, 3, 10)) == {"next_on": ("chronic.next_far", "warning")}
    assert told(next_on=None) == {"next_on": ("chronic.next_missing", "warning")}
    assert told(replace(SEEN, conditions=False), next_on=None) == {}  # an elder's check asks for none


def test_bodies_that_cannot_be() -> None:
    assert told(weight=5)["weight"] == ("chronic.measure_impossible", "error")
    assert told(height=158)["height"] == ("chronic.measure_impossible", "error")  # cm typed where mm are kept
    assert told(hba1c=250)["hba1c"] == ("chronic.measure_impossible", "error")
    assert told(hba1c=160) == {"hba1c": ("chronic.measure_unusual", "warning")}
    assert told(weight=480) == {"weight": ("chronic.weight_changed", "warning")}  # 62 kg before: more than a fifth
    assert told(weight=500) == {}


def test_what_a_visit_must_say() -> None:
    assert told(systolic=None, diastolic=None)["pressure"] == ("chronic.visit_empty", "error")
    assert told(systolic=None, diastolic=None, symptoms="chóng mặt") == {}
    assert told(referred_to="Bệnh viện huyện") == {"referred_reason": ("chronic.referred_why", "error")}
    assert told(referred_reason="khó thở") == {"referred_to": ("chronic.referred_where", "error")}
    assert told(replace(SEEN, elder=False), yearly=True) == {"yearly": ("chronic.too_young", "warning")}
    home = ElderCheck(home_on=date(2022, 3, 1))
    assert told(yearly=True, elder=home) == {"home_on": ("chronic.next_early", "error")}
    assert told(note="x" * 501)["note"] == ("episodes.text_long", "error")


def test_tenths_and_body_mass() -> None:
    assert [read_tenths(text) for text in ("62,5", "62.5", "7", "-", "")] == [625, 625, 70, None, None]
    assert [tenths_text(value) for value in (625, 620, None)] == ["62,5", "62", ""]
    assert body_mass(625, 1580) == 250  # 62.5 / 1.58² = 25.04
    assert body_mass(625, None) is None
    with pytest.raises(ValueError):
        read_tenths("62,55")
