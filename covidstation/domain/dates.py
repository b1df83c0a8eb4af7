"""Dates as people of a commune give them: a birth of which only the year is known, an age on a day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import total_ordering
from typing import Final

_DIGITS: Final = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2}|[0-9]{4})?")
_PARTS: Final = re.compile(r"([0-9]{1,2})[/.\- ]([0-9]{1,2})(?:[/.\- ]([0-9]{2}|[0-9]{4}))?")
_YEAR: Final = re.compile(r"[0-9]{4}")
_MONTH_YEAR: Final = re.compile(r"([0-9]{1,2})[/.\- ]([0-9]{4})")
_SPACED_SIGN: Final = re.compile(r"\s*([/.\-])\s*")
_FIRST_YEAR: Final = 1850  # four digits below it are a day and a month
_LEAP_GAP: Final = 8  # 29 February can be that many years apart (1896 to 1904)


@total_ordering
@dataclass(frozen=True, slots=True)
class PartialDate:
    """A birth date: year alone, year and month, or the full date. A day never stands without its month.

    In order, a year alone comes before its months, and a month before its days.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        """Raise ValueError when no such day is in the calendar."""
        if self.day is not None and self.month is None:
            raise ValueError("a day needs its month")
        date(self.year, 1 if self.month is None else self.month, 1 if self.day is None else self.day)

    def __lt__(self, other: object) -> bool:
        """By year, month and day, the unknown first."""
        if not isinstance(other, PartialDate):
            return NotImplemented
        mine = (self.year, self.month or 0, self.day or 0)
        return mine < (other.year, other.month or 0, other.day or 0)

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """The full date as a birth."""
        return cls(day.year, day.month, day.day)

    @property
    def full(self) -> date | None:
        """The date when all three parts are known."""
        return date(self.year, self.month, self.day) if self.month and self.day else None

    @property
    def earliest(self) -> date:
        """The first day that it can be."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """The last day that it can be."""
        if self.full is not None:
            return self.full
        return date(self.year + (self.month in (None, 12)), (self.month or 12) % 12 + 1, 1) - timedelta(1)

    def text(self) -> str:
        """As papers show it: dd/mm/yyyy, mm/yyyy or yyyy."""
        if self.month is None:
            return f"{self.year:04d}"
        if self.day is None:
            return f"{self.month:02d}/{self.year:04d}"
        return f"{self.day:02d}/{self.month:02d}/{self.year:04d}"


def age_on(birth: PartialDate, day: date) -> int:
    """Full years on that day; with the year alone known, the years' difference, as stations count."""
    years = day.year - birth.year
    if birth.month is None:
        return years
    return years - ((day.month, day.day) < (birth.month, birth.day or 1))


def months_on(birth: PartialDate, day: date) -> int:
    """Full months on that day, from the earliest day the birth can be."""
    first = birth.earliest
    return (day.year - first.year) * 12 + day.month - first.month - (day.day < first.day)


def months_possible(birth: PartialDate | None, day: date, oldest: int) -> tuple[int, int]:
    """The fewest and most full months old that somebody can be on that day; (0, `oldest`) when the birth is unknown."""
    if birth is None:
        return 0, oldest
    fewest = months_on(PartialDate.of(birth.latest), day)
    return max(0, fewest), max(0, months_on(birth, day))


def _full_year(text: str, latest: int) -> int:
    """Two digits mean the last such year up to `latest`."""
    if len(text) == 4:
        return int(text)
    year = latest // 100 * 100 + int(text)
    return year - 100 if year > latest else year


def _last_such_day(day: int, month: int, today: date) -> date:
    """The last such day up to today. Raises ValueError when no year has it."""
    for year in range(today.year, today.year - _LEAP_GAP - 1, -1):
        try:
            result = date(year, month, day)
        except ValueError:
            continue
        if result <= today:
            return result
    raise ValueError(f"{day}/{month}")


def _parts(text: str) -> tuple[str, str, str | None]:
    """(day, month, year or None) as typed. Raises ValueError when it is no date."""
    text = _tidy(text)
    found = _PARTS.fullmatch(text) or _DIGITS.fullmatch(text)
    if not found:
        raise ValueError(text)
    return found[1], found[2], found[3]


def _tidy(text: str) -> str:
    return _SPACED_SIGN.sub(r"\1", " ".join(text.split()))


def read_date(text: str, today: date) -> date:
    """Read `5/3`, `0503`, `050322`, `05032022`, `5-3-2022`; without a year, the last such day up to today.

    A year of two digits is the last such one up to next year. Raises ValueError when it is no date.
    """
    day, month, year = _parts(text)
    if year is None:
        return _last_such_day(int(day), int(month), today)
    return date(_full_year(year, today.year + 1), int(month), int(day))


def read_birth(text: str, today: date) -> PartialDate:
    """Read a birth: a full date as `read_date` takes it, `3/1955`, or a year alone. Raises ValueError.

    A year of two digits is never ahead: in 2026, `27` means 1927.
    """
    text = _tidy(text)
    if _YEAR.fullmatch(text) and _FIRST_YEAR <= int(text) <= today.year:
        return PartialDate(int(text))
    month_year = _MONTH_YEAR.fullmatch(text)
    if month_year:
        return PartialDate(int(month_year[2]), int(month_year[1]))
    day, month, year = _parts(text)
    if year is None:
        raise ValueError(text)
    return PartialDate(_full_year(year, today.year), int(month), int(day))
