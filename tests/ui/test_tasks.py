"""Work off the main thread: where it runs, in which order, and who is called back."""

from __future__ import annotations

import threading
import time

import pytest
from PySide6.QtCore import QObject

from covidstation.errors import UserError
from covidstation.ui.tasks import InlineTasks, Tasks


@pytest.fixture
def told():
    return {"presented": [], "bugs": []}


@pytest.fixture
def tasks(qapp, told):
    made = Tasks(lambda _parent, trouble: told["presented"].append(trouble.code), told["bugs"].append)
    yield made
    made.close()


def test_run_is_on_one_other_thread_in_order_and_answers_on_main(tasks, qtbot):
    parent, seen, threads, main = QObject(), [], set(), threading.get_ident()

    def op(number):
        threads.add(threading.get_ident())
        time.sleep(0.002 * (5 - number))
        return number

    def ok(number):
        assert threading.get_ident() == main
        seen.append(number)

    for number in range(5):
        tasks.run(parent, lambda number=number: op(number), ok)
    qtbot.waitUntil(lambda: len(seen) == 5, timeout=5000)
    assert seen == [0, 1, 2, 3, 4]
    assert len(threads) == 1 and main not in threads


def test_slow_work_does_not_stand_in_the_database_queue(tasks, qtbot):
    parent, gate, seen = QObject(), threading.Event(), []
    tasks.background(parent, lambda: gate.wait(5), lambda _r: seen.append("slow"))
    tasks.run(parent, lambda: 1, lambda _r: seen.append("quick"))
    qtbot.waitUntil(lambda: seen == ["quick"], timeout=5000)
    gate.set()
    qtbot.waitUntil(lambda: seen == ["quick", "slow"], timeout=5000)


def fails(trouble):
    def op():
        raise trouble

    return op


def test_known_trouble_goes_to_fail_or_to_the_presenter(tasks, qtbot, told):
    parent, failed = QObject(), []
    tasks.run(parent, fails(UserError("a.b", name="x")), pytest.fail, failed.append)
    tasks.run(parent, fails(UserError("c.d")), pytest.fail)
    qtbot.waitUntil(lambda: bool(failed and told["presented"]), timeout=5000)
    assert (failed[0].code, told["presented"], told["bugs"]) == ("a.b", ["c.d"], [])


def test_a_bug_goes_to_the_last_resort_not_to_fail(tasks, qtbot, told):
    parent = QObject()
    tasks.run(parent, fails(KeyError("x")), pytest.fail, pytest.fail)
    qtbot.waitUntil(lambda: bool(told["bugs"]), timeout=5000)
    assert isinstance(told["bugs"][0], KeyError) and not told["presented"]


def test_nothing_is_called_for_a_parent_that_is_gone(tasks, qtbot):
    gone, alive, seen, gate = QObject(), QObject(), [], threading.Event()
    tasks.run(gone, lambda: gate.wait(5), lambda _r: seen.append("gone"))
    tasks.run(alive, lambda: 1, lambda _r: seen.append("alive"))
    gone.deleteLater()
    qtbot.wait(20)
    gate.set()
    qtbot.waitUntil(lambda: seen == ["alive"], timeout=5000)


def test_close_finishes_the_write_and_calls_nothing_back(qapp, qtbot):
    made, done, parent = Tasks(), [], QObject()
    made.run(parent, lambda: (time.sleep(0.05), done.append("written")), lambda _r: done.append("told"))
    made.close()
    made.run(parent, lambda: done.append("late"), lambda _r: None)
    qtbot.wait(20)
    assert done == ["written"]


def test_inline_tasks_keep_the_same_contract(qapp):
    tasks, parent, seen = InlineTasks(), QObject(), []
    tasks.run(parent, lambda: 7, seen.append)
    tasks.run(parent, fails(UserError("a")), seen.append, lambda trouble: seen.append(trouble.code))
    tasks.background(parent, fails(UserError("b")), seen.append)
    assert seen == [7, "a"] and [one.code for one in tasks.presented] == ["b"]
    with pytest.raises(ZeroDivisionError):
        tasks.run(parent, lambda: 1 // 0, seen.append)
