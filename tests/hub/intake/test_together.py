"""The short way: small files whose senders wait share one transaction, and what goes wrong goes the long way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, func, select

from covidstation.errors import UserError
from covidstation.hub.database.lane import LINES, TOGETHER, Handed, Known, Lane
from covidstation.hub.database.outcomes import Intake, Outcome
from covidstation.hub.database.store import Hub, utc
from covidstation.hub.intake import bundles as intake
from covidstation.hub.intake import queue, together
from covidstation.hub.intake.queue import take_at_once
from covidstation.hub.intake.workers import Workers
from covidstation.hub.rows import BundleRow, InboxRow, OperationRow, StationRow, StreamRow
from tests.hub.conftest import BOTH
from tests.hub.fake_stations import NOW, FakeStation, take, upto

DATABASES = BOTH


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.005)


@pytest.fixture
def stations(hub: Hub) -> list[FakeStation]:
    found = [FakeStation(commune=f"1000{n}").join(hub) for n in range(4)]
    for one in found:
        one.people(5)
    return found


@contextmanager
def held_back(hub: Hub, *files: bytes, count: int = 1) -> Iterator[list[Future[list[Intake] | None]]]:
    """All of them handed over before the first worker looks; the workers start when the block begins."""
    workers = Workers(hub, count, clock=lambda: NOW)
    hub.bell.workers += 1  # as if they ran
    with ThreadPoolExecutor(len(files)) as pool:
        told = []
        for number, file in enumerate(files, 1):
            told.append(pool.submit(take_at_once, hub, file, NOW, patience=30))
            until(lambda number=number: hub.lane.waiting == number or told[-1].done())
        hub.bell.workers -= 1
        workers.start()
        yield told
        for one in told:
            one.result(40)
    workers.stop()


def inbox(hub: Hub) -> list[str]:
    with hub.db.read() as session:
        return list(session.scalars(select(InboxRow.state).order_by(InboxRow.n)))


def lines(hub: Hub) -> int:
    with hub.db.read() as session:
        return session.scalar(select(func.count()).select_from(OperationRow)) or 0


def test_files_of_many_stations_share_a_transaction(hub: Hub, stations):
    files = [one.up() for one in stations]
    commits: list[object] = []
    event.listen(hub.db.engine, "commit", lambda connection: commits.append(connection))
    with held_back(hub, *files) as told:
        outcomes = [one.result(40)[0] for one in told]
    assert [(one.outcome, one.station, one.taken, one.upto) for one in outcomes] == [
        (Outcome.TAKEN, one.id, 5, 5) for one in stations
    ]
    assert len(commits) == 2, "the start of the workers, and one for all files"
    assert inbox(hub) == [], "nothing had to lie there"
    assert lines(hub) == 20


def test_each_outcome_is_told_after_the_commit(hub: Hub, stations, monkeypatch):
    seen = []
    real = Handed.tell

    def tell(self: Handed, answer: Any) -> None:
        seen.append(upto(hub, stations[0]))
        real(self, answer)

    monkeypatch.setattr(Handed, "tell", tell)
    with held_back(hub, stations[0].up()):
        pass
    assert seen == [5]


def test_the_receipt_is_noted_with_the_lines(hub: Hub, stations):
    """What `build_answer` need not write any more; a stick's sender gets its receipt later."""
    take(hub, stations[1].up())
    with held_back(hub, stations[0].up()):
        pass
    with hub.db.read() as session:
        found = {one.epoch: one for one in session.scalars(select(StreamRow))}
        station = session.scalars(select(StationRow).where(StationRow.id == stations[0].id)).one()
    noted, later = found[stations[0].epoch], found[stations[1].epoch]
    assert (noted.receipt_at, noted.receipt_upto) == (utc(NOW), 5)
    assert (station.contact_at, station.carrier) == (utc(NOW), "http")
    assert (later.upto, later.receipt_at) == (5, None)


def test_an_evil_file_is_refused_and_stops_nobody(hub: Hub, stations):
    evil = stations[0].up(content=[b"not a line", *stations[0].lines[1:]])
    with held_back(hub, evil, *[one.up() for one in stations[1:]]) as told:
        refused, *taken = [one.result(40)[0] for one in told]
    assert (refused.outcome, refused.trouble.code, refused.station) == (
        Outcome.REFUSED,
        "bundle.line_bad",
        stations[0].id,
    )
    assert [one.outcome for one in taken] == [Outcome.TAKEN] * 3
    assert inbox(hub) == []


def test_where_this_program_fails_all_go_the_long_way_and_the_bad_one_is_set_aside(hub: Hub, stations, monkeypatch):
    real = intake.apply_operations

    def fails(session, hub, stream, ops, given, **how):
        if stream.epoch == stations[1].epoch:
            raise ZeroDivisionError("a bug that nobody knows")
        return real(session, hub, stream, ops, given, **how)

    monkeypatch.setattr(intake, "apply_operations", fails)
    with held_back(hub, *[one.up() for one in stations]) as told:
        outcomes = [one.result(40)[0] for one in told]
    assert [one.outcome for one in outcomes] == [Outcome.TAKEN, Outcome.REFUSED, Outcome.TAKEN, Outcome.TAKEN]
    assert outcomes[1].trouble.code == "hub.poison"
    assert sorted(inbox(hub)) == ["aside", "done", "done", "done"]
    assert [upto(hub, one) for one in stations] == [5, 0, 5, 5]


def test_a_commit_that_fails_is_told_to_nobody(hub: Hub, stations, monkeypatch):
    """The disk is full once, after all was written and before it was durable: everybody is taken by the long way."""
    real = together.hold_stations
    tries = []

    def hold(session, *numbers):
        if not tries:
            event.listen(session, "before_commit", full)
        tries.append(numbers)
        real(session, *numbers)

    def full(_session: object) -> None:
        raise UserError("station.disk_full")

    monkeypatch.setattr(together, "hold_stations", hold)
    with held_back(hub, *[one.up() for one in stations]) as told:
        outcomes = [one.result(40)[0] for one in told]
    assert [one.outcome for one in outcomes] == [Outcome.TAKEN] * 4
    assert inbox(hub) == ["done"] * 4
    assert lines(hub) == 20


def test_whose_patience_ends_has_it_kept(hub: Hub, stations):
    hub.bell.workers += 1  # busy elsewhere for ever
    assert take_at_once(hub, stations[0].up(), NOW, patience=0.1) is None
    hub.bell.workers -= 1
    assert inbox(hub) == ["waiting"]
    assert not hub.lane.waiting
    worker = Workers(hub, clock=lambda: NOW)
    assert worker.work()
    assert upto(hub, stations[0]) == 5


def test_without_workers_it_is_kept_at_once(hub: Hub, stations):
    assert take_at_once(hub, stations[0].up(), NOW, patience=0.05) is None
    assert inbox(hub) == ["waiting"]


def test_the_same_file_twice_at_once_is_taken_once(hub: Hub, stations):
    data = stations[0].up()
    hub.bell.workers += 1
    with ThreadPoolExecutor(2) as pool:
        told = [pool.submit(take_at_once, hub, data, NOW, patience=30) for _one in range(2)]
        until(lambda: hub.lane.waiting == 1)
        time.sleep(0.1)
        hub.bell.workers -= 1
        workers = Workers(hub, clock=lambda: NOW)
        workers.start()
        outcomes = {one.result(40)[0].outcome for one in told}
        workers.stop()
    assert outcomes <= {Outcome.TAKEN, Outcome.ALREADY} and Outcome.TAKEN in outcomes
    assert lines(hub) == 5


def test_a_gap_closes_within_the_same_transaction(hub: Hub, stations):
    one = stations[0]
    with held_back(hub, one.up(3, 5), one.up(1, 2)) as told:
        later, first = (each.result(40) for each in told)
    assert later[0].outcome is Outcome.WAITING
    assert [each.outcome for each in first] == [Outcome.TAKEN, Outcome.TAKEN]
    assert upto(hub, one) == 5


def test_what_waited_for_a_small_file_is_taken_with_it(hub: Hub, stations):
    one = stations[0]
    take(hub, one.up(4, 5))
    with held_back(hub, one.up(1, 3)) as told:
        found = told[0].result(40)
    assert [(each.first, each.last, each.outcome) for each in found] == [(1, 3, Outcome.TAKEN), (4, 5, Outcome.TAKEN)]


def test_much_that_waited_for_a_small_file_has_its_turns_in_the_inbox(hub: Hub, stations, monkeypatch):
    """It may be sticks full of files: nobody else would be served meanwhile."""
    monkeypatch.setattr(together, "LONGEST", 0.0)
    one = stations[0]
    take(hub, one.up(4, 5))
    with held_back(hub, one.up(1, 3), stations[1].up()) as told:
        found, other = (each.result(40) for each in told)
    assert [(each.first, each.last, each.outcome) for each in found] == [(1, 3, Outcome.ALREADY), (4, 5, Outcome.TAKEN)]
    assert (other[0].outcome, inbox(hub)) == (Outcome.TAKEN, ["done"])
    assert lines(hub) == 10


def test_a_file_behind_others_of_its_station_keeps_its_place(hub: Hub, stations):
    """What lies in the inbox of a station goes first, so what follows on it lies down behind it."""
    one = stations[0]
    queue.enqueue(hub, one.up(1, 3), NOW)
    hub.bell.workers += 1
    assert take_at_once(hub, one.up(4, 5), NOW, patience=0.1) is None
    hub.bell.workers -= 1
    assert inbox(hub) == ["waiting", "waiting"]
    worker = Workers(hub, clock=lambda: NOW)
    while worker.work():
        pass
    with hub.db.read() as session:
        assert set(session.scalars(select(BundleRow.outcome))) == {"taken"}


def test_who_waits_when_the_program_ends_is_kept(hub: Hub, stations):
    workers = Workers(hub, 0, clock=lambda: NOW)
    hub.bell.workers += 1
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(take_at_once, hub, stations[0].up(), NOW, patience=1)
        until(lambda: hub.lane.waiting == 1)
        hub.bell.workers -= 1
        workers.stop()
        assert told.result(20) is None
    assert inbox(hub) == ["waiting"]


def test_many_at_once_each_line_once(hub: Hub, stations):
    workers = Workers(hub, 2, clock=lambda: NOW)
    workers.start()
    with ThreadPoolExecutor(16) as pool:
        told = [
            pool.submit(take_at_once, hub, one.up(1, last), NOW, patience=30)
            for last in range(1, 6)
            for one in stations
        ]
        outcomes = {one.result(40)[0].outcome for one in told}
    workers.stop()
    assert outcomes <= {Outcome.TAKEN, Outcome.ALREADY}
    assert [upto(hub, one) for one in stations] == [5] * 4
    assert lines(hub) == 20


def handed(number: int, station: int = 1, lines: int = 10, size: int = 10) -> Handed:
    return Handed(bytes(size), Known(bytes([number]), {}), "", "http", station, lines)


def test_the_lane_gives_what_fits_one_transaction_and_nothing_out_of_order():
    lane = Lane()
    files = [handed(1, 1, LINES - 20), handed(2, 2, 30), handed(3, 3), handed(4, 2), handed(5, 4)]
    for one in files:
        assert lane.hand(one) is one
    first = lane.take({4})
    assert [one.sha256[0] for one in first] == [1, 3], "2 does not fit, 4 is behind it, 5 is of a busy station"
    lane.settle(first)
    assert [one.sha256[0] for one in lane.take(())] == [2, 4, 5]


def test_the_lane_is_bounded(monkeypatch):
    lane = Lane()
    for number in range(TOGETHER + 3):
        lane.hand(handed(number, number))
    assert len(lane.take(())) == TOGETHER
    monkeypatch.setattr("covidstation.hub.database.lane.MOST", 300)
    assert lane.hand(handed(100, size=200)) is None
    large = handed(101, size=80)
    assert lane.hand(large) is large


def test_who_is_not_told_goes_the_long_way():
    lane = Lane()
    one, twin = handed(1), handed(1)
    lane.hand(one)
    assert lane.hand(twin) is one
    heard: list[object] = []
    thread = threading.Thread(target=lambda: heard.append(one.wait(10)))
    thread.start()
    lane.settle(lane.take(()))
    thread.join(10)
    assert heard == [None] and not lane.waiting
