"""Which copies of the register may go: counted by the days that have copies, never by how long ago the clock says.

All of today and yesterday, then the newest good one of each of the last 12 days, 10 weeks and 9 months that have any
(the numbers of Anki's rotation, rslib/src/collection/backup.rs). A clock that jumps ahead thins nothing that counts; a
copy that bears a day still to come is kept until that day.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

DAYS: Final = 12
WEEKS: Final = 10
MONTHS: Final = 9
ROTTEN: Final = 2  # damaged copies kept for whoever may still read a page of them


@dataclass(frozen=True, slots=True)
class Held:
    """One copy: its name, the wall clock when it was made, whether it is known to be whole."""

    name: str
    made: datetime
    good: bool = True


def from_the_future(made: datetime, now: datetime) -> bool:
    """Whether a copy bears a day after this one: one of the two clocks was wrong. Both are wall clock."""
    return made.date() > now.date()


def to_keep(copies: Iterable[Held], today: date) -> set[str]:
    """Names of the copies that stay; the newest good one is always among them."""
    known = sorted(copies, key=lambda one: (one.made, one.name), reverse=True)
    kept = {one.name for one in known if one.made.date() > today}
    past = [one for one in known if one.made.date() <= today]
    good = [one for one in past if one.good]
    kept.update(one.name for one in good if one.made.date() >= today - timedelta(days=1))
    kept.update(_newest_of_each(good, lambda one: one.made.date(), DAYS))
    kept.update(_newest_of_each(good, lambda one: one.made.isocalendar()[:2], WEEKS))
    kept.update(_newest_of_each(good, lambda one: (one.made.year, one.made.month), MONTHS))
    kept.update(one.name for one in [one for one in past if not one.good][:ROTTEN])
    return kept


def _newest_of_each(copies: Iterable[Held], bucket: Callable[[Held], Hashable], most: int) -> set[str]:
    """The first of each bucket, for the first `most` buckets; `copies` are newest first."""
    found: dict[Hashable, str] = {}
    for one in copies:
        key = bucket(one)
        if key not in found and len(found) < most:
            found[key] = one.name
    return set(found.values())
