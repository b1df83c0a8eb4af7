"""Phone numbers in one form. All numbers here are invented."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.domain import phones
from covidstation.domain.codes import parse_phone_prefixes
from covidstation.domain.problems import Problem
from covidstation.paths import resources

PREFIXES = parse_phone_prefixes((resources() / "codes" / "phone_prefixes.csv").read_text(encoding="utf-8"))


def normal_phone(text: str) -> str:
    return phones.normal_phone(text, PREFIXES)


def check_phone(text: str) -> list[Problem]:
    return phones.check_phone(text, PREFIXES)


@pytest.mark.parametrize(
    ("typed", "number", "codes"),
    [
        ("", "", []),
        ("0912345678", "0912345678", []),
        ("+84 912 345 678", "0912345678", []),
        ("84912345678", "0912345678", []),
        ("0084912345678", "0912345678", []),
        ("+84 (0) 912-345.678", "0912345678", []),
        ("0213 3876 543", "02133876543", []),
        ("0162 345 6789", "0323456789", ["people.phone_converted"]),
        ("+84 1234567890", "0834567890", ["people.phone_converted"]),
        ("0199 1234567", "0591234567", ["people.phone_converted"]),
        ("0111 1234567", "01111234567", ["people.phone_odd"]),
        ("115", "115", ["people.phone_odd"]),
        ("84123", "84123", ["people.phone_odd"]),
        ("09123abc78", "09123abc78", ["people.phone_signs"]),
        ("0912345678; 0987", "0912345678;0987", ["people.phone_signs"]),
        ("0912345678 / 0987654321", "09123456780987654321", ["people.phone_long"]),
    ],
)
def test_phones(typed: str, number: str, codes: list[str]) -> None:
    assert normal_phone(typed) == number
    assert [problem.code for problem in check_phone(typed)] == codes


def test_every_old_prefix_gives_a_mobile_number() -> None:
    old = ["0120", "0121", "0122", "0123", "0124", "0125", "0126", "0127", "0128", "0129"]
    old += [*(f"016{digit}" for digit in "23456789"), "0186", "0188", "0199"]
    new = [normal_phone(prefix + "1234567") for prefix in old]
    expected = "070 079 077 083 084 085 076 081 078 082 032 033 034 035 036 037 038 039 056 058 059"
    assert " ".join(number[:3] for number in new) == expected
    assert all(check_phone(number) == [] for number in new)


def test_the_conversion_is_said_with_both_numbers() -> None:
    (problem,) = check_phone("01621234567")
    assert problem.level == "warning"
    assert problem.params == {"old": "01621234567", "new": "0321234567"}


@given(st.text(max_size=30))
def test_any_text_is_taken_and_stable(typed: str) -> None:
    number = normal_phone(typed)
    assert normal_phone(number) == number or not number.isdecimal() or len(number) > 11
    check_phone(typed)
