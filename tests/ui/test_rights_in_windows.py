"""Each role on each page: what is enabled may be pressed. Every enabled button is pressed, and no service says no."""

from __future__ import annotations

import contextlib

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu, QWidget

from covidstation.domain.rights import Actor, Right
from covidstation.domain.station import Role
from covidstation.errors import UserError
from covidstation.services import rights
from covidstation.services.station.preferences import Preferences
from covidstation.ui.desk import Desk
from covidstation.ui.main import MainWindow
from covidstation.ui.needs import needed
from covidstation.ui.pages import Pages
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.closed import close_acts
from covidstation.ui.person.dialogs import ActDialog
from tests.ui.village import NOW, desk, template, village

__all__ = ["desk", "template", "village"]
pytestmark = pytest.mark.timeout(120)
PASSED_OVER = {"lock", "user_menu", "show_password"}  # they leave the window


@pytest.fixture
def window(desk, theme, shown):
    made = []

    def make(role):
        desk.register.db.actor = Actor(desk.register.user_id, "Lò Thị Nhung", role)
        mine = Desk(desk.register, desk.shipped, desk.tasks, now=lambda: NOW)
        found = MainWindow(mine, theme, Preferences(), lambda _kept: None)
        found.resize(1366, 697)
        shown(found)
        found.begin()
        found._idle.stop()
        made.append(found)
        return found

    yield make
    close_acts({})
    desk.register.db.actor = None
    for one in made:
        if not one._parted:
            one._go(one.locked)


@pytest.fixture
def refused(monkeypatch):
    """Every refusal of a right by a service; dialogs are left at once, files are not chosen."""
    said: list[str] = []
    real = rights.require

    def require(place, right):
        try:
            real(place, right)
        except UserError as trouble:
            said.append(trouble.code)
            raise

    monkeypatch.setattr(rights, "require", require)
    monkeypatch.setattr(QDialog, "exec", lambda _self: 0)
    monkeypatch.setattr(QDialog, "open", lambda _self: None)
    monkeypatch.setattr(QMenu, "popup", lambda *_any: None)
    for name in ("getSaveFileName", "getOpenFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_any, **_more: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_any, **_more: "")
    opened = []
    may = ActDialog._may_open
    monkeypatch.setattr(ActDialog, "_may_open", lambda dialog: opened.append(dialog) or may(dialog))
    return said, opened


def buttons(window: QWidget) -> list[Button]:
    return [
        one
        for one in window.findChildren(Button)
        if one.isVisible() and one.isEnabled() and one.objectName() not in PASSED_OVER
    ]


@pytest.mark.parametrize("role", [Role.CLINICIAN, Role.DATA_ENTRY, Role.READ_ONLY], ids=lambda one: one.value)
@pytest.mark.parametrize("name", [name for name in Pages.NAMES if name != "help"])
def test_no_enabled_button_is_refused(role, name, window, refused, village):
    said, opened = refused
    made = window(role)
    page = made.page(name)

    def come():
        if name == "person":
            made._desk.want_person.emit(village.mai)
        elif name == "paper":
            made._desk.open_paper([village.mai_episode])
        else:
            made.go(name, force=True)
        QApplication.processEvents()

    come()
    if name == "f0_form" and not made._desk.may(Right.ENTER):
        assert not made.new_f0.isEnabled()
        return
    assert made.current() is page
    for key in [(one.objectName(), one.accessibleName()) for one in buttons(made)]:
        come()
        found = next((one for one in buttons(made) if (one.objectName(), one.accessibleName()) == key), None)
        if found is None:
            continue
        with contextlib.suppress(UserError):
            found.click()
        QApplication.processEvents()
        assert said == [], key
        assert [type(one).__name__ for one in opened if not made._desk.may(one.needs)] == [], key


def test_the_walk_would_hear_a_refusal(window, refused, monkeypatch, tmp_path):
    """The control: a button that the table forgot. A file is chosen, since this PC may have no printer."""
    said, _opened = refused
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_any, **_more: (str(tmp_path / "so.pdf"), ""))
    made = window(Role.READ_ONLY)
    close_acts({})
    made.go("book")
    for one in made.findChildren(Button, "save_book"):
        one.allow()
        one.click()
    assert said == ["rights.print"]


def test_what_is_closed_says_why_to_read_and_to_hear(window):
    made = window(Role.READ_ONLY)
    assert not made.new_f0.isEnabled()
    assert "chỉ được xem" in made.new_f0.toolTip()
    assert made.new_f0.accessibleDescription() == made.new_f0.toolTip()
    made.new_f0.setEnabled(True)
    assert not made.new_f0.isEnabled(), "a page may not open it by mistake"


def test_the_head_may_press_everything(window, village):
    made = window(Role.HEAD)
    made._desk.want_person.emit(village.mai)
    assert made.new_f0.isEnabled()
    assert made.page("person").outcome.isEnabled()


def test_a_name_stands_once_in_the_table():
    names = [name for name, _right in needed()]
    assert len(names) == len(set(names))
