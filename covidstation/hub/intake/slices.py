"""How a large bundle is taken in: where it is cut into transactions of the hub's own, and without pauses."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from covidstation.domain.ops import Op

SLICE: Final = 2000  # changes in one transaction: a tenth of a second, which is what others wait at most
MOST_WHOLE: Final = 4  # slices that one transaction of a station may fill before it is divided
_turn = threading.Lock()
_inside: list[bool] = []  # for each worker that is in `uncollected`: whether cycles were collected before the first


def slice_end(ops: Sequence[Op], start: int, most: int) -> int:
    """Where the slice that begins there ends: between two transactions, unless one alone fills four slices."""
    end = start + most
    while (
        end < len(ops) and end < start + MOST_WHOLE * most and ops[end].first_of_transaction not in (None, ops[end].seq)
    ):
        end += 1
    return min(end, len(ops))


@contextmanager
def uncollected() -> Iterator[None]:
    """No garbage collection: it would look a hundred times at a bundle's objects, which all live to its end."""
    with _turn:
        _inside.append(_inside[0] if _inside else gc.isenabled())
        gc.disable()
    try:
        yield
    finally:
        with _turn:
            if _inside.pop():  # whoever else is within: workers that overlap without end would leave it off for ever
                gc.enable()
