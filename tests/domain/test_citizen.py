"""Numbers of a person's papers. All numbers here are invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.domain import citizen
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import Sex

PROVINCES = frozenset({"001", "012", "087"})


def _codes(number: str, birth: PartialDate | None = None, sex: Sex = Sex.UNKNOWN) -> list[tuple[str, str]]:
    found = citizen.check_citizen_number(number, birth, sex, PROVINCES)
    return [(problem.code.removeprefix("people."), problem.level) for problem in found]


@pytest.mark.parametrize(
    ("number", "year", "sex"),
    [
        ("087084000999", 1984, Sex.MALE),
        ("012155000001", 1955, Sex.FEMALE),
        ("012201000001", 2001, Sex.MALE),
        ("012321000001", 2021, Sex.FEMALE),
        ("012400000001", 2100, Sex.MALE),
    ],
)
def test_numbers_that_fit(number: str, year: int, sex: Sex) -> None:
    assert _codes(number, PartialDate(year), sex) == []
    assert _codes(number, PartialDate(year, 2, 3), Sex.OTHER) == []


def test_doubts_are_warnings() -> None:
    assert _codes("999084000001", PartialDate(1984), Sex.MALE) == [("citizen_province", "warning")]
    assert _codes("012084000001", PartialDate(1984), Sex.FEMALE) == [("citizen_sex", "warning")]
    assert _codes("012084000001", PartialDate(1985), Sex.MALE) == [("citizen_year", "warning")]
    assert _codes("012084000001", PartialDate(2084), Sex.MALE) == [("citizen_year", "warning")]
    assert _codes("012084000001") == []
    assert _codes("") == []


@pytest.mark.parametrize(
    "number", ["1", "01208400001", "0120840000011", "01208400000a", "٠١٢٠٨٤٠٠٠٠٠١", "012 84000001"]
)
def test_only_the_shape_is_an_error(number: str) -> None:
    assert _codes(number, PartialDate(1984), Sex.MALE) == [("citizen_length", "error")]


@pytest.mark.parametrize("number", ["", "0123456789", "HN2120123456789", "TE1140123456789"])
def test_insurance_numbers(number: str) -> None:
    assert citizen.check_insurance_number(number) == []


@pytest.mark.parametrize(
    "number", ["012345678", "HN6120123456789", "hn2120123456789", "H22120123456789", "HN212012345678"]
)
def test_wrong_insurance_numbers(number: str) -> None:
    assert [problem.code for problem in citizen.check_insurance_number(number)] == ["people.insurance_shape"]


def test_old_numbers() -> None:
    assert citizen.check_old_number("045123456") == citizen.check_old_number("") == []
    assert citizen.check_old_number("45123456")[0].params == {"count": "8"}


def test_typed_numbers_are_bared() -> None:
    assert citizen.normal_number(" 012 085.000-001 ") == "012085000001"
    assert citizen.normal_number("hn 2 12 0123456789") == "HN2120123456789"


def test_groups_and_masks() -> None:
    assert citizen.grouped("012085000127") == "012 085 000 127"
    assert citizen.grouped("HN2120123456789") == "HN 2 12 0123456789"
    assert citizen.grouped("12345") == "12345"
    assert citizen.masked("012085000127") == "•••• 0127"
    assert citizen.masked("045123456") == "•••• 3456"
    assert citizen.masked("1234") == "••••"
    assert citizen.masked("") == ""


@given(st.text("0123456789ABC", max_size=20))
def test_masks_show_four_signs_at_most(number: str) -> None:
    shown = citizen.masked(number)
    assert len(shown.replace("•", "").strip()) == (4 if len(number) >= 9 else 0)
    assert citizen.grouped(number).replace(" ", "") == number
