"""Whether a PC's clock can be right. Order and identity never come from it (docs/adr/0003); dates on papers do."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

MADE_ON: Final = date(2026, 11, 22)  # no clock of a PC that runs this program can be right before this day
BEHIND: Final = timedelta(hours=1)  # less is a clock that was set right
AHEAD: Final = timedelta(days=180)  # a station writes every day


class ClockDoubt(StrEnum):
    """Why the clock is doubted."""

    EARLY = "early"  # before the program was made
    BEHIND = "behind"  # before what is already written
    AHEAD = "ahead"  # very long after it


def doubt(now: datetime, newest: datetime | None, made_on: date | None = None) -> ClockDoubt | None:
    """Compare an aware moment with the newest record and the program's own day; None: nothing speaks against it."""
    if made_on is not None and now.date() < made_on:
        return ClockDoubt.EARLY
    if newest is not None and newest - now > BEHIND:
        return ClockDoubt.BEHIND
    if newest is not None and now - newest > AHEAD:
        return ClockDoubt.AHEAD
    return None
