"""Khoá của trạm: new keys asked for and carried, enrolled anew with words in sight, nothing for who may not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QFileDialog, QWidget

from covidstation.domain.rights import Actor
from covidstation.domain.station import Role
from covidstation.services.exchange.rekeying import KeyState, look_at_keys
from covidstation.sync.enrolment import open_request
from covidstation.sync.rekeying import open_rekey
from covidstation.ui.sync import page as page_module
from covidstation.ui.sync.keys import KeysDialog
from covidstation.ui.sync.page import SyncPage
from covidstation.ui.sync.sticks import Stick
from tests.services.district import District


@pytest.fixture
def stick(tmp_path) -> Stick:
    folder = tmp_path / "KINGSTON"
    folder.mkdir()
    return Stick("KINGSTON (E:)", folder)


@pytest.fixture
def district(desk, stick) -> District:
    made = District()
    made.enrol(desk.register.db, stick.folder)
    return made


@pytest.fixture
def dialog(desk, shown, district, stick) -> Iterator[KeysDialog]:
    window = QWidget()
    made = shown(KeysDialog(desk, window, [stick]))
    yield made
    window.deleteLater()


def state(desk) -> KeyState:
    return look_at_keys(desk.register.db).state


def test_new_keys_are_asked_for_and_carried(dialog, desk, stick):
    assert "giấy số" in dialog._state.text() and "không phải so tám từ" in dialog._note.text()
    assert not dialog._sticks.isVisibleTo(dialog)
    heard = []
    dialog.asked.connect(lambda: heard.append(True))
    dialog._change.click()
    assert state(desk) is KeyState.ASKED and heard == [True]
    assert not dialog._change.isVisibleTo(dialog) and dialog._sticks.isVisibleTo(dialog)
    dialog._sticks.buttons[0].click()
    (path,) = stick.folder.rglob("K-*.csb")
    assert open_rekey(path).request.commune == "03517"
    assert "Rút USB được" in dialog._result.text()


def test_enrolled_anew_its_words_are_in_sight(dialog, desk, stick, monkeypatch):
    before = set(stick.folder.rglob("E-*.csb"))
    dialog._again.click()
    assert dialog._sticks.isVisibleTo(dialog) and not dialog._words.isVisibleTo(dialog)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_given: str(stick.folder))
    dialog._sticks.buttons[-1].click()
    assert state(desk) is KeyState.ANEW
    (path,) = set(stick.folder.rglob("E-*.csb")) - before
    assert dialog._words.text().split(" · ") == list(open_request(path).words())
    assert not dialog._again.isVisibleTo(dialog)


def test_a_stick_that_is_gone_is_a_sentence(dialog, stick):
    dialog._change.click()
    for path in [*stick.folder.rglob("*.csb")]:
        path.unlink()
    for folder in sorted(stick.folder.rglob("*"), reverse=True):
        folder.rmdir()
    stick.folder.rmdir()
    dialog._sticks.buttons[0].click()
    assert "Không thấy thư mục" in dialog._result.text()


def test_the_page_shows_the_way_only_once_enrolled(desk, shown, stick, monkeypatch):
    monkeypatch.setattr(page_module, "plugged_in", lambda: (stick,))
    page = shown(SyncPage(desk))
    page.load()
    assert not page._keys.isVisibleTo(page)
    District().enrol(desk.register.db, stick.folder)
    page.load()
    assert page._keys.isVisibleTo(page)


def test_only_the_head_of_station_changes_keys(dialog, desk):
    db = desk.register.db
    db.actor = Actor(None, "Vàng Thị Súa", Role.DATA_ENTRY)
    dialog._change.click()
    assert state(desk) is KeyState.IN_FORCE
    assert dialog._result.text()
