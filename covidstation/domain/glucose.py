"""Blood glucose as it is read off a meter: two units, three moments, and one way to keep it."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Final

from covidstation.domain.problems import Problem

MG_PER_MMOL: Final = 18.016  # mg/dL in one mmol/L: the molar mass of glucose (180.156 g/mol) a tenth of it
_NUMBER: Final = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?")


class GlucoseUnit(StrEnum):
    """What a meter shows."""

    MMOL = "mmol/L"
    MG = "mg/dL"


class GlucoseKind(StrEnum):
    """When the drop of blood was taken."""

    FASTING = "FASTING"  # lúc đói, từ 8 giờ không ăn
    RANDOM = "RANDOM"  # bất kỳ
    TWO_HOURS = "TWO_HOURS"  # 2 giờ sau ăn


POSSIBLE: Final[tuple[int, int]] = (60, 5550)  # hundredths of mmol/L: a meter says LO below 0.6 and HI above 33 to 55
USUAL: Final[tuple[int, int]] = (280, 2800)
"""Outside of it a value is asked back: below 2.8 and above 28 mmol/L somebody is in danger, or a unit is wrong."""


def read_glucose(text: str, unit: GlucoseUnit) -> int | None:
    """What was typed (`7,2` mmol/L, `130` mg/dL) in hundredths of mmol/L; None for nothing. Raises ValueError."""
    typed = text.strip()
    if not typed.strip("-–— "):
        return None
    found = _NUMBER.fullmatch(typed)
    if found is None or not typed.isascii():
        raise ValueError(text)
    hundredths = int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0"))
    return round(hundredths / MG_PER_MMOL) if unit is GlucoseUnit.MG else hundredths


def glucose_number(value: int, unit: GlucoseUnit) -> str:
    """Hundredths of mmol/L as that unit is read: `7,2`, `7,25`, `130`."""
    if unit is GlucoseUnit.MG:
        return str(round(value * MG_PER_MMOL / 100))
    return f"{value // 100},{value % 100:02d}".removesuffix("0")


def glucose_text(value: int, unit: GlucoseUnit) -> str:
    """The same with its unit, which stays on its line."""
    return f"{glucose_number(value, unit)}\u00a0{unit.value}"


def check_glucose(value: int, unit: GlucoseUnit) -> list[Problem]:
    """What cannot be is refused; what a person seldom has is asked back; and a number that is a usual one in the other
    unit alone names that unit."""
    if USUAL[0] <= value <= USUAL[1]:
        return []
    other = GlucoseUnit.MG if unit is GlucoseUnit.MMOL else GlucoseUnit.MMOL
    number = glucose_number(value, unit).removesuffix(",0")
    params = {"value": f"{number}\u00a0{unit.value}", "other": f"{number}\u00a0{other.value}"}
    possible = POSSIBLE[0] <= value <= POSSIBLE[1]
    if USUAL[0] <= _as_if(value, unit) <= USUAL[1]:
        return [Problem("glucose", "chronic.glucose_unit", params, "warning" if possible else "error")]
    code = "chronic.glucose_unusual" if possible else "chronic.glucose_impossible"
    return [Problem("glucose", code, params, "warning" if possible else "error")]


def _as_if(value: int, unit: GlucoseUnit) -> float:
    """The same number, had it been typed in the other unit."""
    return value / MG_PER_MMOL if unit is GlucoseUnit.MMOL else value * MG_PER_MMOL
