"""Fields for an hour, and for a day with its hour."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Final

from covidstation.domain.dates import read_date
from covidstation.ui.parts.edits import LineEdit

_CLOCK: Final = re.compile(r"(?P<hour>[0-9]{1,2})(?:(?::|h|g|\s?giờ\s?)(?P<minute>[0-9]{2})?)", re.IGNORECASE)
_BARE: Final = re.compile(r"(?P<hour>[0-9]{1,2}?)(?P<minute>[0-9]{2})?")


def read_clock(text: str) -> time:
    """`7:15`, `07h15`, `7h`, `0715`, `7`. Raises ValueError."""
    found = _CLOCK.fullmatch(text.strip()) or _BARE.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    return time(int(found["hour"]), int(found["minute"] or 0))


def read_moment(text: str, day: date, today: date) -> datetime:
    """A clock of `day`, or a clock and a date in either order: `7:15`, `7:15 10/3`, `10/3 7h15`. ValueError else."""
    parts = text.split()
    if len(parts) == 1:
        return datetime.combine(day, read_clock(parts[0]))
    if len(parts) != 2:
        raise ValueError(text)
    clock, other = (parts[1], parts[0]) if "/" in parts[0] else (parts[0], parts[1])
    return datetime.combine(read_date(other, today), read_clock(clock))


class ClockEdit(LineEdit):
    """An hour, with its minutes where somebody wrote them. Shows `07:15`."""

    def __init__(self, name: str, title: str, *, width: int = 72) -> None:
        super().__init__(name, title, width=width, limit=10)
        self.editingFinished.connect(self._tidy)

    def clock(self) -> time | None:
        """The hour, None when empty or unreadable."""
        try:
            return read_clock(self.value())
        except ValueError:
            return None

    def bad(self) -> bool:
        """Whether something stands there that is no hour."""
        return bool(self.value()) and self.clock() is None

    def set_clock(self, value: time | None) -> None:
        """Show that hour; None empties."""
        self.setText(f"{value:%H:%M}" if value else "")

    def _tidy(self) -> None:
        value = self.clock()
        if value is not None:
            self.set_clock(value)


class MomentEdit(LineEdit):
    """A day and hour on one line; the hour alone means the day that `day()` gives. Shows `07:15 10/03/2022`."""

    def __init__(self, name: str, title: str, *, today: date, day: Callable[[], date | None], width: int = 150) -> None:
        super().__init__(name, title, width=width, limit=20)
        self.today, self._day = today, day
        self.editingFinished.connect(self._tidy)

    def moment(self) -> datetime | None:
        """The moment, None when empty or unreadable."""
        try:
            return read_moment(self.value(), self._day() or self.today, self.today)
        except ValueError:
            return None

    def bad(self) -> bool:
        """Whether something stands there that is no moment."""
        return bool(self.value()) and self.moment() is None

    def set_moment(self, value: datetime | None) -> None:
        """Show that moment; None empties."""
        self.setText(value.strftime("%H:%M %d/%m/%Y") if value else "")

    def _tidy(self) -> None:
        value = self.moment()
        if value is not None:
            self.set_moment(value)
