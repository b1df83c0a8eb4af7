"""Sending by itself, from a window: beside the work, never in its way."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from benchmarks._pipe import Pipe
from covidstation.db.session import Database
from covidstation.domain.pace import AIM, LATEST, LEAST, MOST, back_off, new_speed, next_slot, slice_size
from covidstation.hub.database.store import Hub
from covidstation.services.access.opening import Register
from covidstation.services.exchange.line_look import LineLook, look_at_line
from covidstation.services.exchange.line_state import LineState, keep_line
from covidstation.services.record import change_setting
from covidstation.ui.desk import Desk
from covidstation.ui.look.theme import Theme
from covidstation.ui.sync import worker as worker_module
from covidstation.ui.sync.line import LinePanel
from covidstation.ui.sync.worker import Sending, SyncWorker
from covidstation.ui.tasks import Tasks
from tests.services import samples
from tests.wire.ends import Served, folder_of, now, people, point_to, records, sync, unsent


@pytest.fixture
def desk(db: Database, qapp: object) -> Iterator[Desk]:
    tasks = Tasks()
    register = Register(db, folder_of(db), None, "Lò Thị Mai", "head", training=False)
    yield Desk(register, samples.catalog(), tasks)
    tasks.close()


@pytest.fixture
def worker(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[SyncWorker]:
    monkeypatch.setattr(worker_module, "FIRST_MS", 10)
    monkeypatch.setattr(worker_module, "SAVED_MS", 50)
    parent = QObject()
    made = SyncWorker(desk, parent)
    yield made
    made.end()


def heard(desk: Desk) -> list[Sending]:
    found: list[Sending] = []
    desk.sending.connect(found.append)
    return found


def test_at_start(desk: Desk, db: Database, hub: Hub, worker: SyncWorker, qtbot) -> None:
    people(db, 2)
    worker.begin()
    qtbot.waitUntil(lambda: unsent(db) == 0, timeout=10_000)
    assert records(hub) == 2


@pytest.fixture
def dressed(qapp: QApplication) -> Theme:
    return Theme(qapp, "light")


@pytest.mark.qt_log_ignore("propagateSizeHints")
@pytest.mark.usefixtures("dressed")
def test_by_hand_and_its_words(desk: Desk, db: Database, hub: Hub, worker: SyncWorker, qtbot) -> None:
    people(db, 1)
    panel, told = LinePanel(), heard(desk)
    qtbot.addWidget(panel)
    desk.sending.connect(panel.show_sending)
    panel.send_wanted.connect(desk.want_sending)
    panel.show_line(look_at_line(db), now(), enrolled=True)
    assert panel.first.text_in_full() == "Chưa gặp máy của huyện qua mạng lần nào"
    panel.send.click()
    assert not panel.send.isEnabled()
    qtbot.waitUntil(lambda: bool(told) and not told[-1].working, timeout=10_000)
    assert told[-1].trouble is None
    panel.show_line(look_at_line(db), now(), enrolled=True)
    assert panel.first.text_in_full().startswith("Gặp máy của huyện lần cuối ")
    assert panel.send.isEnabled()


def test_saving_does_not_wait(desk: Desk, db: Database, hub: Hub, server: Served, worker: SyncWorker, qtbot) -> None:
    people(db, 2)
    told = heard(desk)
    with Pipe(server.port, rtt=0.8) as pipe:
        point_to(db, hub, [f"https://127.0.0.1:{pipe.port}"])
        worker.send()
        time.sleep(0.3)
        began = time.monotonic()
        people(db, 1, start=50)
        took = time.monotonic() - began
        assert told[-1].working
        qtbot.waitUntil(lambda: not told[-1].working, timeout=20_000)
    assert took < 0.8  # the line alone takes two and a half seconds
    assert unsent(db) == 0  # what was saved meanwhile went in the next round


def test_a_line_that_appears(desk: Desk, db: Database, hub: Hub, worker: SyncWorker, qtbot, monkeypatch) -> None:
    people(db, 1)
    keep_line(
        folder_of(db),
        LineState(
            tried_at=now(), next_at=now() + timedelta(hours=1), failures=5, trouble="wire.cut", params={"host": "h"}
        ),
    )
    up = False
    monkeypatch.setattr(worker_module, "is_line_up", lambda _host: up)
    monkeypatch.setattr(worker_module, "LOOK_MS", 30)
    worker._timer.setInterval(30)
    worker.begin()
    qtbot.wait(300)
    assert unsent(db) > 0  # the back-off stands
    up = True
    qtbot.waitUntil(lambda: unsent(db) == 0, timeout=10_000)


def test_nothing_by_itself_when_the_head_said_so(desk: Desk, db: Database, worker: SyncWorker, qtbot) -> None:
    change_setting(db, "auto_sync", "no", by=None, now=now())
    people(db, 1)
    worker.begin()
    qtbot.wait(300)
    assert unsent(db) > 0


def test_an_end_while_the_line_works(
    desk: Desk, db: Database, hub: Hub, server: Served, worker: SyncWorker, qtbot
) -> None:
    """The window is locked: nothing is taken in any more, nobody waits for the line."""
    people(db, 1)
    with Pipe(server.port, rtt=0.6) as pipe:
        point_to(db, hub, [f"https://127.0.0.1:{pipe.port}"])
        worker.send()
        qtbot.wait(300)
        began = time.monotonic()
        worker.end()
        assert time.monotonic() - began < 0.1
        qtbot.wait(3_000)
    assert unsent(db) > 0
    point_to(db, hub, [server.url])
    assert sync(db).waiting == 0


class Test_Pace:
    def test_back_off_is_jittered_within_its_bounds(self) -> None:
        for failures in range(20):
            waits = [back_off(failures) for _ in range(200)]
            assert min(waits) >= 30
            assert max(waits) <= LATEST
        assert len({back_off(6) for _ in range(50)}) > 10
        assert back_off(0, asked=500) == 500

    def test_each_station_has_its_minute(self) -> None:
        day = now().replace(hour=5, minute=0)
        slots = [next_slot(UUID(int=n), day) for n in range(2_000)]
        assert all((6, 30) <= (slot.hour, slot.minute) < (6, 55) for slot in slots)
        busiest = max(sum(slot.minute == minute for slot in slots) for minute in range(30, 55))
        assert busiest < 2_000 / 25 * 1.6  # spread evenly
        assert next_slot(UUID(int=1), day) == next_slot(UUID(int=1), day + timedelta(minutes=30))
        assert next_slot(UUID(int=1), day.replace(hour=8)).date() == (day + timedelta(days=1)).date()

    def test_slices_fit_the_line(self) -> None:
        assert slice_size(0) == LEAST
        assert slice_size(8_000) == LEAST
        assert slice_size(100_000) == int(100_000 * AIM)
        assert slice_size(1e9) == MOST
        assert new_speed(0, 8_000, 1) == 8_000
        assert 8_000 < new_speed(8_000, 80_000, 1) < 80_000

    def test_a_plan_of_another_clock_is_none(self) -> None:
        look = LineLook(urls=("https://h",), state=LineState(tried_at=now(), next_at=now() + timedelta(days=3650)))
        assert look.due_at(now()) <= now()
        later = replace(
            look, state=LineState(tried_at=now() + timedelta(days=3650), next_at=now() + timedelta(hours=1))
        )
        assert later.due_at(now()) <= now()
