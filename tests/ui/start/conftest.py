"""A station that can be unlocked, and the program around it without its process-wide hooks."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QWidget

from covidstation import bootstrap
from covidstation.db import keys
from covidstation.ui.look.theme import Theme
from tests.ui.village import CHEAP, Village


@pytest.fixture(autouse=True)
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are made at once."""
    monkeypatch.setattr(keys, "calibrated_cost", lambda: CHEAP)
    monkeypatch.setattr(keys, "FLOOR", CHEAP)


@pytest.fixture
def station(template: tuple[Path, Village], tmp_path: Path) -> Path:
    return Path(shutil.copytree(template[0], tmp_path / "data"))


@pytest.fixture
def type_in() -> Callable[[QWidget, str], None]:
    """Type as an input method does."""

    def write(widget: QWidget, text: str) -> None:
        event = QInputMethodEvent()
        event.setCommitString(text)
        QApplication.sendEvent(widget, event)

    return write


@pytest.fixture
def start(
    qapp: QApplication, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., bootstrap.Program]]:
    """Start the program on a folder."""
    monkeypatch.setattr(bootstrap.failures, "in_a_thread_too", lambda _told: None)
    monkeypatch.setattr(bootstrap, "qInstallMessageHandler", lambda _handler: None)
    monkeypatch.setattr(bootstrap, "FocusRing", lambda _app: None)
    monkeypatch.setattr(bootstrap, "Theme", lambda _app, _choice: theme)
    monkeypatch.setattr(bootstrap.log, "start_log", lambda _folder: None)
    started: list[bootstrap.Program] = []

    def begin(folder: Path, passphrase_file: Path | None = None) -> bootstrap.Program:
        program = bootstrap.Program(qapp, folder, passphrase_file)
        started.append(program)
        program.start()
        return program

    yield begin
    for program in started:
        program.end()
        program.shell.deleteLater()
        program.deleteLater()
