"""What somebody wants as a file for another program: of whom or of which days, and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from covidstation.domain.problems import Problem, too_long
from covidstation.domain.text import clean
from covidstation.interop.records import Span

LONGEST: Final = 200  # letters of a receiver's name
NOBODY: Final = "—"  # in the record, where no receiver was named


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanWish:
    """Days from `first` to `last`, both in it, and who gets the file (may be empty on the command line).
    `everybody`: also people to whom nothing happened in those days, so that the file can be counted."""

    first: date | None
    last: date | None
    receiver: str = ""
    everybody: bool = False

    @property
    def span(self) -> Span:
        """The days; only of a wish that was checked."""
        assert self.first is not None and self.last is not None
        return Span(self.first, self.last)


def check_span(wish: SpanWish, today: date, *, most: int | None = None, receiver: bool = False) -> list[Problem]:
    """What a form shows beside its fields; `most` days, `receiver`: somebody must be named."""
    found = [Problem(name, "exports.day_missing") for name in ("first", "last") if getattr(wish, name) is None]
    first, last = wish.first, wish.last
    if first is not None and last is not None:
        if last < first:
            days = {"first": f"{first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"}
            found.append(Problem("last", "exports.order", days))
        elif most is not None and (last - first).days + 1 > most:
            found.append(Problem("last", "exports.long", {"most": str(most)}))
    if last is not None and last > today:
        found.append(Problem("last", "exports.future", {"day": f"{last:%d/%m/%Y}"}))
    return [*found, *check_receiver(wish.receiver, receiver)]


def check_receiver(name: str, needed: bool = True) -> list[Problem]:
    """Who gets the file is written down."""
    if needed and not clean(name):
        return [Problem("receiver", "exports.receiver_missing")]
    return too_long("receiver", clean(name), LONGEST)
