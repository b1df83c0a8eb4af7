"""Numbers of a person's papers: citizen number, the old identity card, health insurance; checks and ways to show."""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Final

from covidstation.domain.dates import PartialDate
from covidstation.domain.problems import Problem
from covidstation.domain.terms import Sex

CITIZEN: Final = re.compile(r"[0-9]{12}")
OLD_CITIZEN: Final = re.compile(r"[0-9]{9}")
SOCIAL: Final = re.compile(r"[0-9]{10}")  # the number on health-insurance cards since 2021
INSURANCE: Final = re.compile(r"[A-Z]{2}[1-5][0-9]{2}[0-9]{10}")

_GROUPS: Final = {9: (3, 3, 3), 10: (4, 3, 3), 12: (3, 3, 3, 3), 15: (2, 1, 2, 10)}


def check_citizen_number(number: str, birth: PartialDate | None, sex: Sex, provinces: Container[str]) -> list[Problem]:
    """Compare a citizen number with what is known of the person.

    `PPP G YY RRRRRR`: province of birth registration (the list of before 2025, for ever), century and sex, year.
    There is no check digit, so only the length is an error; the rest are warnings, as cards can be wrong too.
    """
    if not number:
        return []
    if not CITIZEN.fullmatch(number):
        return [Problem("citizen_number", "people.citizen_length", {"count": str(len(number))})]
    found = []
    if number[:3] not in provinces:
        found.append(_doubt("people.citizen_province", code=number[:3]))
    century_sex = int(number[3])
    if sex in (Sex.MALE, Sex.FEMALE) and (century_sex % 2 == 1) != (sex is Sex.FEMALE):
        found.append(_doubt("people.citizen_sex", digit=number[3]))
    year = 1900 + century_sex // 2 * 100 + int(number[4:6])
    if birth is not None and birth.year != year:
        found.append(_doubt("people.citizen_year", said=str(year), birth=str(birth.year)))
    return found


def _doubt(problem: str, /, **params: str) -> Problem:
    return Problem("citizen_number", problem, params, "warning")


def check_old_number(number: str) -> list[Problem]:
    """The identity card of before 2016: nine digits."""
    if not number or OLD_CITIZEN.fullmatch(number):
        return []
    return [Problem("old_citizen_number", "people.old_number_length", {"count": str(len(number))})]


def check_insurance_number(number: str) -> list[Problem]:
    """Ten digits, or the fifteen signs of older cards: two letters, level 1-5, province, the ten digits."""
    if not number or SOCIAL.fullmatch(number) or INSURANCE.fullmatch(number):
        return []
    return [Problem("insurance_number", "people.insurance_shape")]


def normal_number(text: str) -> str:
    """A number as typed or pasted, without spaces, dots and dashes, letters in upper case."""
    return re.sub(r"[\s.\-]+", "", text).upper()


def masked(number: str) -> str:
    """`•••• 0127`: the last four signs, enough to tell two cards apart; a number under nine signs shows none."""
    if len(number) < 9:
        return "•" * len(number)
    return f"•••• {number[-4:]}"


def grouped(number: str) -> str:
    """In groups that are easy to read out: `012 085 000 001`; a length that is not known stays whole."""
    groups = []
    for width in _GROUPS.get(len(number), ()):
        groups.append(number[:width])
        number = number[width:]
    return " ".join([*groups, number] if number else groups)
