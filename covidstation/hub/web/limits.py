"""How much one caller, and all together, may ask of the hub: buckets that refill, in memory alone."""

from __future__ import annotations

import random  # door: spreads callers over time, nobody gains by guessing it
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

MOST_CALLERS: Final = 20_000  # buckets kept; the one unused for longest makes way


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and so many a second after that."""

    burst: float
    per_second: float


class Buckets:
    """One bucket for each caller. Used from the event loop alone."""

    def __init__(self, rate: Rate, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock = rate, clock
        self._held: OrderedDict[Hashable, tuple[float, float]] = OrderedDict()  # (what is left, when)

    def left(self, caller: Hashable) -> float:
        """How much the caller may still take now."""
        held = self._held.get(caller)
        if held is None:
            return self._rate.burst
        before, at = held
        return min(self._rate.burst, before + (self._clock() - at) * self._rate.per_second)

    def take(self, caller: Hashable, cost: float = 1.0) -> float:
        """Take it; 0 when it was there, else the seconds until it will be (and nothing was taken)."""
        left = self.left(caller)
        if left < cost:
            return (cost - left) / self._rate.per_second
        self._held[caller] = (left - cost, self._clock())
        self._held.move_to_end(caller)
        if len(self._held) > MOST_CALLERS:
            self._held.popitem(last=False)
        return 0.0


def later(seconds: float, spread: float = 10.0) -> int:
    """For `Retry-After`: not before that, and not all callers at the same moment."""
    return 1 + int(seconds + random.uniform(0, spread))
