"""Choosing a month: this one and those before it, also after another month has begun."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from covidstation.ui.parts.combos import Combo


def months_back(today: date, count: int) -> list[date]:
    """The first days of this month and those before it."""
    found = [today.replace(day=1)]
    while len(found) < count:
        found.append((found[-1] - timedelta(days=1)).replace(day=1))
    return found


class MonthCombo(Combo):
    """The last `count` months; with `every` words also all of them (None), which stand first.

    Whoever looks at the month that runs goes on to the next one when it begins; a chosen month stays.
    """

    def __init__(
        self, name: str, title: str, count: int, words: Callable[[date], str], *, every: str = "", width: int = 150
    ) -> None:
        super().__init__(name, title, width=width)
        self._count, self._words, self._every = count, words, every

    def show_until(self, today: date) -> None:
        """The months as of that day."""
        months = months_back(today, self._count)
        known = [one for one in self.all_keys() if one is not None]
        if known[:1] == months[:1]:
            return
        running = not self._every and self.value() in known[:1]
        all_of_them = [(None, self._every)] if self._every else []
        self.set_choices([*all_of_them, *((one, self._words(one)) for one in months)])
        if running:
            self.set_value(months[0])
