"""When a station speaks to its district by itself: not all at once, not too often, and soon when there is news.

Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, time, timedelta
from random import uniform  # door: spreads callers over time, nobody gains by guessing it
from typing import Final
from uuid import UUID

SOONEST: Final = 30.0  # seconds between two tries
LATEST: Final = 3600.0
SLOT: Final = time(6, 30)  # the day's figures are closed then and due at seven
SLOT_SECONDS: Final = 25 * 60
AIM: Final = 8.0  # seconds that one bundle should take on the line: a cut loses no more
LEAST, MOST = 64 << 10, 8 << 20  # bytes of one bundle
DRIFT: Final = timedelta(minutes=10)  # of a PC's clock, before it is told

Draw = Callable[[float, float], float]


def back_off(failures: int, asked: float = 0.0, draw: Draw = uniform) -> float:
    """Seconds until the next try after so many failures in a row; not before the district asked to."""
    most = min(LATEST, SOONEST * 2.0 ** min(failures, 10))
    return max(SOONEST, asked, draw(0.0, most))


def worth_a_word(drift: timedelta) -> bool:
    """Whether a clock is so far from the district's that somebody should set it."""
    return abs(drift) > DRIFT


def next_round(draw: Draw = uniform) -> float:
    """Seconds until the district is asked for news again when nothing waits here."""
    return draw(0.75, 1.25) * LATEST


def next_slot(station: UUID, now: datetime) -> datetime:
    """The station's own minute of the morning, the next one after `now`: the same every day, others have others."""
    number = int.from_bytes(hashlib.sha256(station.bytes).digest()[:8], "big") % SLOT_SECONDS
    today = now.replace(hour=SLOT.hour, minute=SLOT.minute, second=0, microsecond=0) + timedelta(seconds=number)
    return today if today > now else today + timedelta(days=1)


def slice_size(speed: float) -> int:
    """How many bytes the next bundle may have, on a line of so many bytes a second; 0: not known."""
    return int(min(MOST, max(LEAST, speed * AIM)))


def new_speed(before: float, size: int, seconds: float) -> float:
    """The line's speed after a bundle: what it was weighs half as much as what it is."""
    seen = size / max(seconds, 0.001)
    return seen if not before else (before + 2 * seen) / 3
