"""What a long proof need not do ten thousand times over; `hurry()` once at its start, before any fork.

The looks into a folder stay what they are. The program's own lists and letters, which no state of a folder changes, are
read once; and what every test is spared (`tests.haste`).
"""

from __future__ import annotations

from functools import cache

from covidstation.services.upkeep import check_place
from tests import haste
from tests.services.samples import catalog

_done: list[bool] = []


def hurry() -> None:
    """Look at the unchanging once; a second call does nothing."""
    if _done:
        return
    _done.append(True)
    haste.hurry()
    assert catalog().units and catalog().packs
    check_place.lost_letters = cache(check_place.lost_letters)
    check_place.load_catalog = cache(check_place.load_catalog)
