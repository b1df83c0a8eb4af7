"""Hybrid stamps: 48 bits of milliseconds and 16 of counter, never issued twice and never going back.

The wall clock only helps people to read them; order and identity come from the stamp itself (docs/bundle-format-1.md).
The two lowest bits say who issued it, so that station and district never give the same one: 0 a station, 1 the
district.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

COUNTER_BITS: Final = 16
STATION, DISTRICT = 0, 1
_ISSUERS: Final = 4
AHEAD: Final = timedelta(hours=24)


def next_stamp(last: int, now_ms: int, issuer: int = STATION) -> int:
    """The issuer's next stamp after `last`: the clock's, or a little more than the last when the clock went back."""
    least = max(now_ms << COUNTER_BITS, last + 1)
    return least + (issuer - least) % _ISSUERS


def issuer_of(stamp: int) -> int:
    """STATION or DISTRICT."""
    return stamp % _ISSUERS


def moment_of(stamp: int) -> datetime:
    """The moment in UTC that a stamp speaks of, to the millisecond."""
    return datetime.fromtimestamp((stamp >> COUNTER_BITS) / 1000, UTC)


def ceiling(now: datetime) -> int:
    """The highest stamp that a clock which says `now` believes; what lies above is suspect."""
    return int((now + AHEAD).timestamp() * 1000) << COUNTER_BITS
