"""What the district sent to the store, over the line: there with one sending, its count back with the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from covidstation.hub.down.allotments import State
from covidstation.hub.rows import StationRow
from tests.services.from_district.papers import PAPER, count, here, send, store, there
from tests.wire.ends import now, sync

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize("again", [False, True])
def test_there_and_back_over_the_line(db, hub, server, again):
    with hub.db.read() as session:
        n = session.scalars(select(StationRow.n)).one()
    today = now().date()
    send(hub, now(), n, paper=dated(today))
    sync(db)
    assert here(db).waits
    sync(db)
    assert [one.state for one in there(hub, today)] == [State.ARRIVED]
    count(db, now(), 480, 50, reason="Vỡ một hộp", day=today)
    for _time in range(2 if again else 1):
        assert sync(db).trouble is None
    (state,) = there(hub, today)
    assert (state.state, state.lines[0].delta, state.stands.reason) == (State.DIFFERS, -20, "Vỡ một hộp")
    assert here(db).heard and sum(store(db).values()) == 530


def dated(today):
    """The same paper on a day of the real clock."""
    lines = tuple(replace(line, expiry=today + timedelta(days=400)) for line in PAPER.lines)
    return replace(PAPER, day=today, lines=lines)
