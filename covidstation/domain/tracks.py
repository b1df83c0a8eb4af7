"""Values over time and what is aimed at: a picture that a window and a sheet draw alike, its lengths fractions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from math import floor as whole


@dataclass(frozen=True, slots=True)
class Track:
    """One line: values by day, oldest first; each is to stay below `limit`."""

    title: str
    points: tuple[tuple[date, float], ...]
    limit: float


@dataclass(frozen=True, slots=True)
class Picture:
    """Lines over one scale from `low` to `high` with a rule every `step`; `floor` is the least that is aimed at, None
    when less is never too little. Places are fractions of width and height, from the left and from the foot."""

    title: str
    tracks: tuple[Track, ...]
    low: float
    high: float
    step: float
    floor: float | None
    first: date
    last: date

    def x(self, day: date) -> float:
        """Where a day lies; the middle when there is one day alone."""
        days = (self.last - self.first).days
        return (day - self.first).days / days if days else 0.5

    def y(self, value: float) -> float:
        """Where a value lies."""
        return (value - self.low) / (self.high - self.low)

    def places(self, track: Track) -> Iterator[tuple[float, float, bool]]:
        """Each value's place, and whether it is what is aimed at."""
        for day, value in track.points:
            met = value < track.limit and (self.floor is None or value >= self.floor)
            yield self.x(day), self.y(value), met

    @property
    def band(self) -> tuple[float, float]:
        """From where to where the aim lies: that of the highest line."""
        return (0.0 if self.floor is None else self.y(self.floor)), self.y(max(track.limit for track in self.tracks))

    @property
    def rules(self) -> tuple[float, ...]:
        """The values that the scale names."""
        count = round((self.high - self.low) / self.step)
        return tuple(self.low + at * self.step for at in range(count + 1))


def picture(
    title: str, tracks: Sequence[Track], *, low: float, step: float, floor: float | None = None
) -> Picture | None:
    """The picture whose scale begins at `low`, or at a rule below a lesser value; None when nothing was measured."""
    shown = tuple(track for track in tracks if track.points)
    if not shown:
        return None
    values = [value for track in shown for _day, value in track.points]
    days = [day for track in shown for day, _value in track.points]
    least = min(low, whole(min(values) / step) * step)
    most = (whole(max(*values, *(track.limit for track in shown)) / step) + 1) * step
    return Picture(title, shown, least, most, step, floor, min(days), max(days))
