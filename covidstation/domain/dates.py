"""Dates as people of a commune give them: a birth of which only the year is known, an age on a day."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

DIGITS = re.compile(r"^(\d{2})(\d{2})(\d{2}|\d{4})?$")
PARTS = re.compile(r"^(\d{1,2})[/.\- ](\d{1,2})(?:[/.\- ](\d{2}|\d{4}))?$")


@dataclass(frozen=True, slots=True, order=True)
class PartialDate:
    """A birth date: year alone, year and month, or the full date. `month` is None when `day` is."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        """Raise ValueError when no such day is in the calendar."""
        if self.day is not None and self.month is None:
            raise ValueError("a day needs its month")
        date(self.year, self.month or 1, self.day or 1)

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


def _full_year(text: str | None, near: date) -> int:
    """Two digits mean the nearest such year that is not over a year ahead."""
    if text is None:
        return near.year
    if len(text) == 4:
        return int(text)
    year = near.year // 100 * 100 + int(text)
    return year - 100 if year > near.year + 1 else year


def read_date(text: str, today: date) -> date:
    """Read `5/3`, `0503`, `050322`, `05032022`, `5-3-2022`; without a year, the last such day up to today.

    Raises ValueError when it is no date.
    """
    found = PARTS.match(text.strip()) or DIGITS.match(text.strip())
    if not found:
        raise ValueError(text)
    day, month, year = found.groups()
    result = date(_full_year(year, today), int(month), int(day))
    if year is None and result > today:
        result = result.replace(year=result.year - 1)
    return result


def read_birth(text: str, today: date) -> PartialDate:
    """Read a birth: a date as `read_date` takes it, `3/1955`, or a year alone. Raises ValueError."""
    text = text.strip()
    if re.fullmatch(r"\d{4}", text) and 1850 <= int(text) <= today.year:
        return PartialDate(int(text))
    month_year = re.fullmatch(r"(\d{1,2})[/.\-](\d{4})", text)
    if month_year:
        return PartialDate(int(month_year[2]), int(month_year[1]))
    if not re.search(r"\d{6}|[/.\- ]\d+[/.\- ]\d", text):
        raise ValueError(text)
    return PartialDate.of(read_date(text, today))
