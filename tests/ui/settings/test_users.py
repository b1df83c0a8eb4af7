"""Người dùng: the head adds, resets and lets go; others change their own passphrase alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from covidstation.db import keys
from covidstation.domain.rights import Actor
from covidstation.domain.station import Role
from covidstation.errors import UserError
from covidstation.services.access.opening import open_register, open_with_recovery
from covidstation.services.access.users import State, UserDraft, add_user, list_users
from covidstation.ui.parts.buttons import Button
from covidstation.ui.settings import user_dialogs, users
from covidstation.ui.settings.user_dialogs import NewCodeDialog, OneTimeDialog, RoleDialog, UserDialog
from covidstation.ui.settings.users import UsersSection
from tests.ui.village import CHEAP, NOW

OWN = "con suối sau bản"


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    monkeypatch.setattr(keys, "calibrated_cost", lambda: CHEAP)
    monkeypatch.setattr(keys, "FLOOR", CHEAP)


@pytest.fixture
def section(desk, shown):
    made = UsersSection(desk)
    made.resize(1166, 620)
    shown(made)
    made.load()
    return made


@pytest.fixture
def handed(monkeypatch):
    """The one-time passphrases that were shown."""
    found = []

    def show(dialog):
        found.append(dialog.phrase.text())

    monkeypatch.setattr(OneTimeDialog, "exec", show)
    return found


def added(desk, name="Giàng A Sùng"):
    return add_user(desk.register.db, UserDraft(name=name, role="clinician"), by=None, now=NOW).value


def choose(section, name):
    section.everybody.load()
    model = section.everybody.model
    row = next(row for row in range(model.rowCount()) if model.record(row).name == name)
    section.everybody.table.selectRow(row)


def cells(section):
    model = section.everybody.model
    return [[model.cell(row, column).text for column in range(4)] for row in range(model.rowCount())]


def test_somebody_is_added_by_the_keyboard_and_gets_a_one_time_passphrase(section, desk, handed, monkeypatch):
    def fill(dialog):
        dialog.show()
        dialog.save()
        assert dialog.name.property("state") == "error"
        dialog.name.setText("Giàng A Sùng")
        dialog.role.combo.set_value("data_entry")
        QTest.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        assert dialog.result()

    monkeypatch.setattr(UserDialog, "exec", fill)
    section.everybody.add.click()
    assert cells(section)[1] == ["Giàng A Sùng", "Nhập liệu", "chưa mở lần nào", "chưa đặt mật khẩu riêng"]
    with pytest.raises(UserError, match="choose_own"):
        open_register(desk.register.folder, handed[0])
    open_register(desk.register.folder, handed[0], own=OWN).db.close()
    section.load()
    assert cells(section)[1][3] == "mở được sổ"


def test_the_head_cannot_let_themselves_go(section, desk):
    section.everybody.table.selectRow(0)
    everybody = section.everybody
    assert not any(button.isEnabled() for button in (everybody.role, everybody.reset, everybody.end))
    assert cells(section)[0][3] == "đang làm việc"


def test_letting_go_asks_changes_the_key_and_can_be_undone(section, desk, handed, monkeypatch):
    one = added(desk)
    key = desk.register.db.key
    asked = []
    monkeypatch.setattr(users, "confirm", lambda *_a, **_k: bool(asked.append(1)) or True)
    choose(section, one.name)
    section.everybody.end.click()
    assert asked and desk.register.db.key != key
    assert [line.state for line in list_users(desk.register.db)] == [State.READY, State.DISABLED]
    choose(section, one.name)
    assert section.everybody.end.plain_text() == "Cho mở lại" and not section.everybody.reset.isEnabled()
    section.everybody.end.click()
    assert len(handed) == 1
    choose(section, one.name)
    section.everybody.reset.click()
    assert len(handed) == 2
    open_register(desk.register.folder, handed[1], own=OWN).db.close()


def test_a_role_is_changed(section, desk, monkeypatch):
    one = added(desk)

    def fill(dialog):
        dialog.role.combo.set_value("read_only")
        dialog.save()

    monkeypatch.setattr(RoleDialog, "exec", fill)
    choose(section, one.name)
    section.everybody.role.click()
    assert list_users(desk.register.db)[1].role == Role.READ_ONLY


def test_a_new_code_counts_once_it_is_on_paper(section, desk, monkeypatch):
    codes = []

    def fill(dialog):
        dialog.save()
        assert not dialog.result() and dialog.step.typed.property("state") == "error"
        codes.append(dialog.step.code)
        dialog.step.typed.setText(dialog.step.code.split("-")[dialog.step.asked_group])
        dialog.save()

    monkeypatch.setattr(NewCodeDialog, "exec", fill)
    section.everybody.code.click()
    open_with_recovery(desk.register.folder, codes[0]).db.close()


def test_the_slip_is_printed_or_kept(desk, shown, monkeypatch):
    out = []
    monkeypatch.setattr(user_dialogs, "hand_out", lambda *values: out.append(values[2]))
    section = shown(UsersSection(desk))
    dialog = OneTimeDialog(desk, section, added(desk))
    dialog.findChild(Button, "print_one_time").click()
    assert not dialog.said.text() and out[0].startswith(b"%PDF")


def test_others_see_their_own_passphrase_alone(desk, shown):
    db = desk.register.db
    db.actor = Actor(db.actor.id, db.actor.name, Role.CLINICIAN)
    desk.register = replace(desk.register, role="clinician")
    section = shown(UsersSection(desk))
    section.load()
    assert section.everybody is None and section.old.isVisible()
