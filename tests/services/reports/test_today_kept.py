"""Hôm nay keeps what it asked: all that the clock does not move, and as long as it is true, no longer."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from covidstation.services.access.opening import Register
from covidstation.services.reports.today import todays_work
from tests.services import outbreak
from tests.services.samples import NOW, catalog, found, opened

PARTS = {
    "active", "found", "round", "orders", "missing", "names", "ending", "contacts", "medicines", "chronic", "reviews",
    "notices", "store", "fridges",
}  # fmt: skip


@pytest.fixture
def station(tmp_path):
    found(tmp_path)
    one = opened(tmp_path)
    yield one
    one.db.close()


def parts(station: Register) -> set[str]:
    return {key[1] for key in station.db.answers if isinstance(key, tuple) and key[0] == "today"}


def asked(station: Register) -> int:
    """How many questions the register is asked for the page."""
    said: list[str] = []

    def hear(_connection, _cursor, statement, *_more):
        said.append(statement)

    event.listen(station.db.engine, "before_cursor_execute", hear)
    todays_work(station, catalog(), NOW)
    event.remove(station.db.engine, "before_cursor_execute", hear)
    return len(said)


def test_every_part_is_kept(station):
    """A part that is not here reads a table that nobody counts: it belongs into `touched`, by a migration."""
    outbreak.everything(station.db)
    todays_work(station, catalog(), NOW)
    assert parts(station) == PARTS
    again = asked(station)
    station.db.answers.clear()
    assert again < asked(station) / 2


def test_another_day_is_asked_for_itself(station):
    outbreak.everything(station.db)
    todays_work(station, catalog(), NOW)
    for days in (1, 9, 40, 0):
        now = NOW + timedelta(days=days)
        work = todays_work(station, catalog(), now)
        station.db.answers.clear()
        again = todays_work(station, catalog(), now)
        assert replace(again, status=replace(again.status, free=work.status.free)) == work
