"""Choosing a month: this one and those before it, also after another month has begun."""

from __future__ import annotations

from datetime import date, timedelta

from covidstation.i18n import _
from covidstation.ui.parts.combos import Combo


def month_words(month: date) -> str:
    """`Tháng 03/2022`."""
    return _("Tháng {month}").format(month=f"{month:%m/%Y}")


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

    def __init__(self, name: str, title: str, count: int, *, every: str = "") -> None:
        super().__init__(name, title, width=150)
        self._count, self._every = count, every

    def show_until(self, today: date) -> None:
        """The months as of that day."""
        months = months_back(today, self._count)
        known = [one for one in self.all_keys() if one is not None]
        if known[:1] == months[:1]:
            return
        running = not self._every and self.value() in known[:1]
        all_of_them = [(None, self._every)] if self._every else []
        self.set_choices([*all_of_them, *((one, month_words(one)) for one in months)])
        if running:
            self.set_value(months[0])
