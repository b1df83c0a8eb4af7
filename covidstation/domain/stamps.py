"""Hybrid stamps: 48 bits of milliseconds and 16 of counter, never issued twice and never going back.

The wall clock only helps people to read them; order and identity come from the stamp itself (docs/bundle-format-1.md).
"""

from __future__ import annotations

from datetime import UTC, datetime

COUNTER_BITS = 16


def next_stamp(last: int, now_ms: int) -> int:
    """The stamp after `last`: the clock's, or one more than the last when the clock stands or went back."""
    return max(now_ms << COUNTER_BITS, last + 1)


def moment_of(stamp: int) -> datetime:
    """The moment in UTC that a stamp speaks of, to the millisecond."""
    return datetime.fromtimestamp((stamp >> COUNTER_BITS) / 1000, UTC)
