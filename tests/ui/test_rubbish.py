"""Cycles of widgets go on the main thread alone, by themselves."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from covidstation.ui.rubbish import Rubbish


class Ring(QWidget):
    """A widget that only the collector can free, and on which thread it was."""

    def __init__(self, gone: list[str]) -> None:
        super().__init__()
        self.ring = self
        weakref.finalize(self, lambda: gone.append(threading.current_thread().name))


@pytest.fixture
def working(qapp):
    """Working while the test runs; the tests' own stands aside."""
    holder = QObject()
    made = Rubbish(holder)
    gc.enable()
    made.start()
    yield made
    made.stop()
    gc.disable()  # as tests/conftest.py has it


@pytest.mark.timeout(30)
def test_a_thread_that_makes_much_takes_no_widget_away(working, qtbot):
    gone: list[str] = []
    Ring(gone)
    worker = threading.Thread(target=lambda: [[] for _ in range(200_000)], name="worker")
    worker.start()
    worker.join(20)
    assert gone == []
    much = [[] for _ in range(200_000)]  # nor does the main thread in the middle of its work
    assert gone == []
    qtbot.waitUntil(lambda: gone == ["MainThread"], timeout=5000)
    assert len(much) == 200_000


@pytest.mark.timeout(30)
def test_nothing_is_done_while_nothing_is_due(working, qapp):
    gc.collect()
    ring = weakref.ref(Ring([]))
    working.clear()
    assert ring() is not None
    gc.collect()
    assert ring() is None


def test_afterwards_the_interpreter_does_it_again(qapp):
    holder = QObject()
    made = Rubbish(holder)
    made.start()
    assert not gc.isenabled()
    made.stop()
    assert gc.isenabled() and gc.get_freeze_count() == 0
    gc.disable()  # as tests/conftest.py has it
