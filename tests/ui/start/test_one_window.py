"""One window for a register: the second one says where the first is; one that was killed stands in nobody's way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest
from PySide6.QtCore import QLockFile
from PySide6.QtWidgets import QLabel

from covidstation.ui.start.trouble import TroubleView
from covidstation.ui.start.unlock import UnlockView

pytestmark = pytest.mark.timeout(120)
MOST_S = 60.0
AT_ONCE_S = 3.0


@pytest.fixture
def other(station):
    """The real program, in a process of its own, with its card over the same register."""
    child = subprocess.Popen(
        [sys.executable, "-m", "covidstation", "--data", str(station)],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    lock, begun = QLockFile(str(station / "window.lock")), time.monotonic()
    while not (station / "window.lock").exists() or lock.getLockInfo()[0] != child.pid:
        assert child.poll() is None
        assert time.monotonic() - begun < MOST_S
        time.sleep(0.05)
    yield child
    child.kill()
    child.wait(MOST_S)


def test_the_second_window_names_the_folder_and_what_to_do(other, start, station):
    view = start(station).shell.view()
    assert isinstance(view, TroubleView)
    said = " ".join(one.text() for one in view.findChildren(QLabel))
    for words in (str(station), "cửa sổ khác", "Alt+Tab", "Thử lại"):
        assert words in said
    assert view.again.isVisible() and not view.restore.isVisible(), "nothing is wrong with the register"
    assert other.poll() is None, "the first one goes on"


def test_after_a_kill_the_next_start_opens_at_once(other, start, station):
    other.send_signal(signal.SIGKILL)
    other.wait(MOST_S)
    assert (station / "window.lock").exists(), "what a crash leaves"
    begun = time.monotonic()
    program = start(station)
    assert isinstance(program.shell.view(), UnlockView)
    assert time.monotonic() - begun < AT_ONCE_S


def test_trying_again_opens_when_the_other_one_is_gone(other, start, station):
    program = start(station)
    other.kill()
    other.wait(MOST_S)
    program.shell.view().again.click()
    assert isinstance(program.shell.view(), UnlockView)
