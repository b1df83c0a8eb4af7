"""Cập nhật: a package is looked at before it can be installed; what it is not is said."""

from __future__ import annotations

import shutil

import pytest

from covidstation.domain.rights import Actor
from covidstation.domain.station import Role
from covidstation.services.upkeep import update as module
from covidstation.ui.settings.update import UpdateSection
from covidstation.update import stand
from covidstation.update.stand import Pointer, point_to, read_pointer
from tests.update.packages import STRANGER, good, keys


@pytest.fixture
def home(tmp_path, monkeypatch):
    place = tmp_path / "program"
    (place / "app-0.1.0").mkdir(parents=True)
    point_to(place, Pointer("app-0.1.0"))
    monkeypatch.setenv(stand.HOME, str(place))
    monkeypatch.setattr(module, "release_keys", keys)
    monkeypatch.setattr(module, "_tried", lambda *_given: None)
    return place


@pytest.fixture
def told():
    return []


@pytest.fixture
def section(desk, shown, told):
    made = UpdateSection(desk)
    made.told.connect(lambda level, text: told.append((level, text)))
    for button in made.buttons():
        button.setParent(made)
    shown(made)
    made.load()
    return made


def test_a_good_package_is_shown_and_then_installed(home, section, told, tmp_path):
    good(tmp_path / "a.csu", tmp_path / "tree")
    assert section.choose.isEnabled() and not section.install.isEnabled()
    section.show_file(tmp_path / "a.csu")
    assert section.install.isEnabled() and "Chữ ký đúng" in section._words.text()
    section.install.click()
    assert told[-1][0] == "ok" and "0.2.0" in told[-1][1]
    assert read_pointer(home) == Pointer("app-0.2.0", "app-0.1.0")
    assert not section.install.isEnabled()


def test_a_stranger_s_package_is_refused_in_words(home, section, told, tmp_path):
    good(tmp_path / "a.csu", tmp_path / "tree", secret=STRANGER)
    section.show_file(tmp_path / "a.csu")
    assert told[-1][0] == "danger" and "không do nơi phát hành" in told[-1][1]
    assert not section.install.isEnabled()


def test_a_package_that_went_bad_after_the_look_changes_nothing(home, section, told, tmp_path):
    good(tmp_path / "a.csu", tmp_path / "tree")
    section.show_file(tmp_path / "a.csu")
    shutil.copy(tmp_path / "tree" / "start.py", tmp_path / "a.csu")
    section.install.click()
    assert told[-1][0] == "danger" and read_pointer(home) == Pointer("app-0.1.0")
    assert section.choose.isEnabled() and not section.install.isEnabled()


def test_a_version_that_was_given_up_is_said(home, section):
    point_to(home, Pointer("app-0.1.0", "", "app-0.2.0"))
    section.load()
    assert "0.2.0" in section.note.text() and "quay về" in section.note.text()


def test_only_who_manages_the_station_may(home, desk, shown):
    desk.register.db.actor = Actor(None, "Lò Thị Mai", Role.CLINICIAN)
    made = UpdateSection(desk)
    assert not made.choose.isEnabled() and not made.install.isEnabled()
    for button in made.buttons():
        button.deleteLater()
    made.deleteLater()
