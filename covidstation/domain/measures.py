"""Reading what a nurse types of a measure, and telling when it can have no more digits."""

from __future__ import annotations

import re
from typing import Final

from covidstation.domain.care import Vitals
from covidstation.domain.monitoring import RANGES

MEASURES: Final = ("temperature", "spo2", "pulse", "breaths")
PRESSURE: Final = "pressure"
_TEMPERATURE: Final = re.compile(r"([0-9]{2})(?:[.,]([0-9])?)?")
_DASHES: Final = "-–— "  # alone they say that nothing was measured; before a number they are no part of it
_THREE: Final = re.compile(r"[0-9]{3}")
_WHOLE: Final = re.compile(r"[0-9]{1,3}")
_PRESSURE: Final = re.compile(r"([0-9]{2,3})\s*[/\-.,\s]\s*([0-9]{2,3})")


def read_measure(name: str, text: str) -> int | None:
    """The value in the register's unit, None for nothing typed (or `-`). Raises ValueError for what is no number.

    Temperature: `36,7`, `36.7`, `367` → 367 tenths; `37` → 370. Nothing is judged here: `3670` is no temperature,
    but `999` is read, and refused by `domain.monitoring`.
    """
    typed = text.strip()
    if not typed.strip(_DASHES):
        return None
    if name == "temperature":
        return _tenths(typed)
    if _WHOLE.fullmatch(typed) is None or not typed.isascii():
        raise ValueError(text)
    return int(typed)


def _tenths(typed: str) -> int:
    if _THREE.fullmatch(typed) and typed.isascii():
        return int(typed)
    found = _TEMPERATURE.fullmatch(typed)
    if found is None or not typed.isascii():
        raise ValueError(typed)
    return int(found[1]) * 10 + int(found[2] or 0)


def read_pressure(text: str) -> tuple[int, int] | None:
    """`120/80`, `120 80`, `12080`, `9060` → (120, 80); None for nothing typed. Raises ValueError."""
    typed = text.strip()
    if not typed.strip(_DASHES):
        return None
    if not typed.isascii():
        raise ValueError(text)
    found = _PRESSURE.fullmatch(typed)
    if found is not None:
        return int(found[1]), int(found[2])
    if typed.isdigit() and 4 <= len(typed) <= 6:
        cut = 2 if len(typed) == 4 else 3
        return int(typed[:cut]), int(typed[cut:])
    raise ValueError(text)


def measure_text(name: str, vitals: Vitals) -> str:
    """A measure as the grid shows it: `36,7`, `98`, `145/90`, empty for none."""
    if name == PRESSURE:
        return f"{vitals.systolic}/{vitals.diastolic}" if vitals.systolic is not None else ""
    value: int | None = getattr(vitals, name)
    if value is None:
        return ""
    return f"{value // 10},{value % 10}" if name == "temperature" else str(value)


def is_whole(name: str, text: str) -> bool:
    """Whether no further digit could make another possible value, so that the hand may go on without Enter."""
    if name == "temperature":
        digits = text.strip()
        return bool(_THREE.fullmatch(digits) or re.fullmatch(r"[0-9]{2}[.,][0-9]", digits))
    if name == PRESSURE:
        return bool(re.fullmatch(r"[0-9]{2,3}/(?:1[0-9]{2}|[2-9][0-9])|[12][0-9]{2}[2-9][0-9]", text.strip()))
    if _WHOLE.fullmatch(text) is None or int(text) == 0:
        return False
    return int(text) * 10 > RANGES[name].possible[1] and len(text) > 1
