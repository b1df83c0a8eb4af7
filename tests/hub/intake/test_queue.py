"""The inbox: durable first, fair to every station, never stopped by one bad file, whole again after a kill."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL, func, select

from covidstation.errors import UserError
from covidstation.hub.database.outcomes import Outcome
from covidstation.hub.database.store import Hub, Place, open_hub
from covidstation.hub.intake import bundles as intake
from covidstation.hub.intake import workers as workers_module
from covidstation.hub.intake.bundles import Taking
from covidstation.hub.intake.queue import Bounds, Ticket, enqueue, wait
from covidstation.hub.intake.workers import Workers
from covidstation.hub.rows import BundleRow, InboxRow, OperationRow, StationRow
from covidstation.messages import sentence
from covidstation.sync.identity import SignKey
from covidstation.sync.refusals import BundleRefused
from tests.hub.conftest import BOTH, PASSPHRASE
from tests.hub.fake_stations import NOW, FakeStation, dump, take, upto

DATABASES = BOTH


@pytest.fixture
def running(hub: Hub) -> Iterator[Workers]:
    """Workers that take in what waits."""
    workers = Workers(hub, 2, clock=lambda: NOW)
    workers.start()
    yield workers
    workers.stop()


def by_hand(hub: Hub, most: int = 1000) -> Workers:
    """A worker that does one slice when it is told to."""
    return Workers(hub, most=most, clock=lambda: NOW)


def inbox(hub: Hub) -> list[tuple[str, bool]]:
    """Each file's state, and whether its bytes are still kept."""
    with hub.db.read() as session:
        return [(row.state, row.data is not None) for row in session.scalars(select(InboxRow).order_by(InboxRow.n))]


def put(hub: Hub, station: FakeStation, *ranges: int) -> Ticket:
    return enqueue(hub, station.up(*ranges), NOW)


def test_a_file_gets_its_outcome_in_its_turn(hub: Hub, station: FakeStation, running):
    station.people(3)
    (done,) = wait(put(hub, station), 20)
    assert (done.outcome, done.taken, done.upto, done.station) == (Outcome.TAKEN, 3, 3, station.id)
    assert inbox(hub) == [("done", False)]
    assert len(dump(hub)) == 3
    with hub.db.read() as session:
        assert session.scalars(select(StationRow.carrier)).one() == "http"


def test_it_is_durable_before_anything_else_happens(hub: Hub, place: Place, station: FakeStation):
    station.people(3)
    ticket = put(hub, station)
    assert wait(ticket, 0.1) is None
    assert inbox(hub) == [("waiting", True)]
    hub.db.close()
    again = open_hub(place, PASSPHRASE)
    assert by_hand(again).work()
    assert len(dump(again)) == 3
    again.db.close()


def test_the_same_file_again_is_answered_from_the_record(hub: Hub, station: FakeStation):
    station.people(2)
    data = station.up()
    first, second = enqueue(hub, data, NOW), enqueue(hub, data, NOW)
    assert len(inbox(hub)) == 1
    worker = by_hand(hub)
    while worker.work():
        pass
    assert [wait(one, 1)[0].outcome for one in (first, second)] == [Outcome.TAKEN] * 2
    third = enqueue(hub, data, NOW)
    assert third.answer[0].outcome is Outcome.ALREADY
    assert not worker.work()
    assert len(inbox(hub)) == 1


def test_what_a_stick_brought_before_is_not_queued(hub: Hub, station: FakeStation):
    station.people(2)
    data = station.up()
    take(hub, data)
    assert wait(enqueue(hub, data, NOW), 0)[0].outcome is Outcome.ALREADY
    assert inbox(hub) == []


def test_only_what_a_known_key_signed_is_kept(hub: Hub, station: FakeStation):
    station.people(2)
    good = station.up()
    for evil in (
        b"",
        b"PK\x03\x04" + good,
        good[:-1] + bytes([good[-1] ^ 1]),
        good[:200],
        station.up(signer=SignKey.generate()),
        station.request(),
    ):
        with pytest.raises(BundleRefused):
            enqueue(hub, evil, NOW)
    assert inbox(hub) == []


def test_a_rightly_signed_evil_file_is_refused_once(hub: Hub, station: FakeStation):
    station.people(2)
    data = station.up(content=[b"not a line", station.lines[1]])
    ticket = enqueue(hub, data, NOW)
    worker = by_hand(hub)
    assert worker.work() and not worker.work()
    (told,) = wait(ticket, 1)
    assert (told.outcome, told.trouble.code) == (Outcome.REFUSED, "bundle.line_bad")
    assert inbox(hub) == [("done", False)]
    (again,) = wait(enqueue(hub, data, NOW), 1)
    assert (again.outcome, again.trouble.code, again.trouble.params) == (
        Outcome.REFUSED,
        "bundle.line_bad",
        {"line": 1},
    )
    assert sentence(again.trouble) == sentence(told.trouble)


def test_a_file_at_which_the_program_fails_is_set_aside_after_one_failure(hub: Hub, monkeypatch, running):
    bad, good = FakeStation(commune="10001").join(hub), FakeStation(commune="10002").join(hub)
    tries = []

    def fails(session, hub, stream, ops, lines, **how):
        if stream.epoch == bad.epoch:
            tries.append(stream.epoch)
            raise ZeroDivisionError("a bug that nobody knows")
        return real(session, hub, stream, ops, lines, **how)

    real = intake.apply_operations
    monkeypatch.setattr(intake, "apply_operations", fails)
    for one in (bad, good):
        one.people(2)
    tickets = [put(hub, bad), put(hub, good)]
    (refused,), (taken,) = (wait(one, 20) for one in tickets)
    assert (refused.outcome, refused.trouble.code, taken.outcome) == (Outcome.REFUSED, "hub.poison", Outcome.TAKEN)
    assert inbox(hub) == [("aside", True), ("done", False)]
    assert wait(enqueue(hub, bad.up(), NOW), 20)[0].trouble.code == "hub.poison", "another file: its own failure"
    assert inbox(hub) == [("aside", False), ("done", False), ("aside", True)]
    assert len(tries) == 2
    assert upto(hub, bad) == 0


def test_a_large_file_does_not_hold_up_a_small_one(hub: Hub):
    large, small = FakeStation(commune="10001").join(hub), FakeStation(commune="10002").join(hub)
    large.people(60)
    small.people(4)
    put(hub, large, 1, 40)
    put(hub, large, 41, 60)
    worker = by_hand(hub, most=5)
    worker.work()
    ticket = put(hub, small)
    turns = 0
    while wait(ticket, 0) is None:
        assert worker.work()
        turns += 1
    assert turns <= 2, "at most one slice of another station goes first"
    while worker.work():
        turns += 1
    assert (upto(hub, large), upto(hub, small)) == (60, 4)
    assert turns == 12, "and the large one was opened and sliced as if it were alone"


def test_one_that_finds_nothing_does_not_hold_up_another_between_slices(hub: Hub, station: FakeStation, monkeypatch):
    """While one worker serves the only station that has files, the other finds none; there are more all the same."""
    monkeypatch.setattr(workers_module, "IDLE", 60.0)
    station.people(12)
    workers = Workers(hub, 2, most=1, clock=lambda: NOW)
    workers.start()
    try:
        found = wait(put(hub, station), 20)
    finally:
        workers.stop()
    assert found is not None
    assert (found[0].outcome, found[0].upto) == (Outcome.TAKEN, 12)


def test_all_stations_have_their_turn(hub: Hub):
    stations = [FakeStation(commune=f"1000{n}").join(hub) for n in range(4)]
    for one in stations:
        one.people(6)
        for first in (1, 3, 5):
            put(hub, one, first, first + 1)
    worker, seen = by_hand(hub), []
    while worker.work():
        seen.append([upto(hub, one) for one in stations])
    assert all(max(state) - min(state) <= 2 for state in seen)
    assert seen[-1] == [6] * 4 and len(seen) == 12


def test_beyond_the_bounds_senders_come_again_later(hub: Hub):
    stations = [FakeStation(commune=f"1000{n}").join(hub) for n in range(3)]
    for one in stations:
        one.people(3)
    bounds = Bounds(files=4, files_of_one=2, size_of_one=1 << 20)

    def kept(station: FakeStation, number: int, **changes: int) -> bool:
        try:
            enqueue(hub, station.up(number, number), NOW, bounds=Bounds(**(vars_of(bounds) | changes)))
        except UserError as trouble:
            assert trouble.code == "hub.busy" and 5 <= trouble.params["seconds"] <= 300
            return False
        return True

    assert [kept(stations[0], number) for number in (1, 2, 3)] == [True, True, False], "one station's share"
    assert [kept(stations[1], number, size=1) for number in (1,)] == [False], "bytes in all"
    assert [kept(stations[1], number) for number in (1, 2)] == [True, True]
    assert not kept(stations[2], 1), "files in all"
    assert len(inbox(hub)) == 4
    worker = by_hand(hub)
    while worker.work():
        pass
    assert kept(stations[2], 1)


def vars_of(bounds: Bounds) -> dict[str, int]:
    return {name: getattr(bounds, name) for name in bounds.__slots__}


def test_a_full_disk_keeps_the_file_for_later(hub: Hub, station: FakeStation, monkeypatch):
    station.people(2)
    ticket = put(hub, station)
    with monkeypatch.context() as patch:
        patch.setattr(Taking, "step", lambda *_given: (_ for _ in ()).throw(UserError("station.disk_full")))
        with pytest.raises(UserError, match="disk_full"):
            by_hand(hub).work()
    assert inbox(hub) == [("waiting", True)]
    assert by_hand(hub).work()
    (done,) = wait(ticket, 1)
    assert (done.outcome, done.taken) == (Outcome.TAKEN, 2)


def test_many_stations_at_once_each_line_once(hub: Hub, place: Place):
    """Two programs at one server, two workers each; on SQLite one program."""
    stations = [FakeStation(commune=f"100{n:02}").join(hub) for n in range(10)]
    tickets = []
    for one in stations:
        one.people(30)
        tickets += [put(hub, one, first, first + 9) for first in (1, 11, 21)]
    hubs = [hub, open_hub(place, PASSPHRASE)] if isinstance(place.database, URL) else [hub]
    programs = [Workers(one, 2, most=3, clock=lambda: NOW) for one in hubs]
    for one in programs:
        one.start()
    outcomes = [wait(one, 60) for one in tickets]
    for one in programs:
        one.stop()
    assert all(one is not None for one in outcomes)
    assert [upto(hub, one) for one in stations] == [30] * 10
    with hub.db.read() as session:
        assert session.scalar(select(func.count()).select_from(OperationRow)) == 300
        assert set(session.scalars(select(BundleRow.outcome))) == {"taken"}
    for one in hubs[1:]:
        one.db.close()


def test_stopped_in_the_middle_it_goes_on_at_the_next_start(hub: Hub, station: FakeStation):
    station.people(50)
    ticket = put(hub, station)
    first = Workers(hub, most=1, clock=lambda: NOW)
    first.start()
    until(lambda: upto(hub, station) > 2)
    first.stop()
    reached = upto(hub, station)
    assert 2 < reached < 50 and hub.bell.workers == 0
    second = Workers(hub, clock=lambda: NOW)
    second.start()
    assert wait(ticket, 20)[0].upto == 50
    second.stop()


def until(true: Callable[[], bool], seconds: float = 20) -> None:
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.005)


@pytest.mark.parametrize("after", [3, 8])
def test_after_a_kill_all_that_was_acknowledged_is_taken(
    hub: Hub, place: Place, tmp_path: Path, after: int, pytestconfig: pytest.Config
):
    stations = [FakeStation(commune=f"1000{n}").join(hub) for n in range(3)]
    files = tmp_path / "files"
    files.mkdir()
    for number, (one, first) in enumerate((one, first) for first in (1, 21, 41) for one in stations):
        while len(one.lines) < first + 19:
            one.people(1)
        (files / f"{number:03}").write_bytes(one.up(first, first + 19))
    database = place.database
    url = database.render_as_string(hide_password=False) if isinstance(database, URL) else str(database)
    command = [sys.executable, "-m", "tests.hub.intake.queue_child", url, str(place.folder), str(files)]
    paths = {**os.environ, "PYTHONPATH": str(pytestconfig.rootpath)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=pytestconfig.rootpath, env=paths) as child:
        assert child.stdout is not None
        acknowledged = [child.stdout.readline().strip() for _one in range(after)]
        child.kill()
        acknowledged += child.stdout.read().split()
    workers = Workers(hub, most=7, clock=lambda: NOW)
    workers.start()
    until(lambda: all(state == "done" for state, _kept in inbox(hub)), 60)
    workers.stop()
    assert len(inbox(hub)) >= len(acknowledged) >= after
    for n, one in enumerate(stations):
        assert upto(hub, one) >= 20 * sum(int(name) % 3 == n for name in acknowledged)
    with hub.db.read() as session:
        lines = session.scalar(select(func.count()).select_from(OperationRow))
    assert lines == len(dump(hub)) == sum(upto(hub, one) for one in stations)


def test_old_outcomes_are_let_go_and_nothing_that_waits(hub: Hub, station: FakeStation, monkeypatch):
    monkeypatch.setattr(workers_module, "KEPT", 2)
    monkeypatch.setattr(workers_module, "SWEEP", 4)
    station.people(5)
    for number in (1, 2, 3, 4, 5):
        put(hub, station, number, number)
    worker = by_hand(hub)
    for _one in range(4):
        worker.work()
    assert inbox(hub) == [("done", False), ("waiting", True)]
    assert take(hub, station.up(1, 1))[0].outcome is Outcome.ALREADY, "what it brought is remembered"
