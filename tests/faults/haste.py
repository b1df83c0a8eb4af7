"""What a long proof need not do ten thousand times over; `hurry()` once at its start, before any fork.

The looks into a folder stay what they are. The program's own lists and letters, which no state of a folder changes, are
read once, and what SQLAlchemy compiled for one register serves the next.
"""

from __future__ import annotations

from functools import cache

from sqlalchemy import Engine

from covidstation.db import session as sessions
from covidstation.services.upkeep import check_place
from tests.services.samples import catalog

_done: list[bool] = []
_first: list[Engine] = []


def hurry() -> None:
    """Look at the unchanging once; a second call does nothing."""
    if _done:
        return
    _done.append(True)
    assert catalog().units and catalog().packs
    check_place.lost_letters = cache(check_place.lost_letters)
    check_place.load_catalog = cache(check_place.load_catalog)
    make = sessions.create_engine

    def make_alike(*args: object, **kwargs: object) -> Engine:
        engine: Engine = make(*args, **kwargs)
        if not _first:
            _first.append(engine)
        engine.dialect, engine._compiled_cache = _first[0].dialect, _first[0]._compiled_cache
        return engine

    sessions.create_engine = make_alike
