"""Unlocking: the right passphrase, the wrong one, the recovery code, and folders that cannot be used."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from covidstation.db import keys
from covidstation.services.access.opening import open_register
from covidstation.services.access.users import set_recovery
from covidstation.services.preferences import read_preferences
from covidstation.ui.main import MainWindow
from covidstation.ui.parts.edits import PasswordEdit
from covidstation.ui.start.panes import CapsLock
from covidstation.ui.start.trouble import TroubleView
from covidstation.ui.start.unlock import UnlockView
from covidstation.ui.start.wizard import Wizard
from tests.ui.village import CHEAP, NOW, PASSPHRASE

MOST_MS = 20_000


def unlock_view(program) -> UnlockView:
    view = program.shell.view()
    assert isinstance(view, UnlockView)
    return view


def opened(program) -> bool:
    return isinstance(program.shell.view(), MainWindow)


def test_the_right_passphrase_opens_and_leaves_the_name_for_next_time(start, station, type_in, qtbot):
    program = start(station)
    view = unlock_view(program)
    type_in(view.passphrase.field, PASSPHRASE)
    QTest.keyClick(view.passphrase.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened(program), timeout=MOST_MS)
    kept = read_preferences(station)
    assert (kept.station, kept.last_user) == ("Trạm Y tế xã Nậm Tăm", "Lò Thị Nhung")
    assert kept.place == "Xã Nậm Tăm, tỉnh Lai Châu"
    assert program.shell.windowTitle().startswith("Hôm nay")


def test_a_wrong_passphrase_says_so_beside_the_field_and_can_be_mended(start, station, type_in, qtbot):
    program = start(station)
    view = unlock_view(program)
    type_in(view.passphrase.field, "nhầm rồi nhé")
    QTest.keyClick(view.passphrase.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.passphrase.said() != "", timeout=MOST_MS)
    assert view.passphrase.said().startswith("Mật khẩu không đúng")
    assert view.passphrase.field.selectedText()
    type_in(view.passphrase.field, PASSPHRASE)
    assert view.passphrase.said() == ""
    QTest.keyClick(view.passphrase.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened(program), timeout=MOST_MS)


def test_the_recovery_code_gives_a_new_passphrase(start, station, type_in, qtbot):
    register = open_register(station, PASSPHRASE)
    code = keys.new_recovery_code()
    set_recovery(register.db, code, by=register.user_id, now=NOW, cost=CHEAP)
    register.db.close()
    program = start(station)
    view = unlock_view(program)
    view.passphrase.forgotten.emit()
    pane = view.recovery
    type_in(pane.code, code[:-1] + ("0" if code[-1] != "0" else "1"))
    type_in(pane.new, "con suối sau bản")
    pane.again.setFocus()
    type_in(pane.again, "con suối sau bả")
    QTest.keyClick(pane.again, Qt.Key.Key_Return)
    assert pane.said() == "Hai lần gõ mật khẩu không giống nhau."
    type_in(pane.again, "n")
    QTest.keyClick(pane.again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: pane.said() != "", timeout=MOST_MS)
    assert "nhóm 8" in pane.said()
    assert pane.window().focusWidget() is pane.code
    pane.code.clear()
    type_in(pane.code, code.lower().replace("-", " "))
    pane.again.setFocus()
    QTest.keyClick(pane.again, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: view.passphrase.said() != "", timeout=MOST_MS)
    assert "Đã đặt mật khẩu mới" in view.passphrase.said()
    open_register(station, "con suối sau bản").db.close()


def test_a_wrong_group_of_the_code_is_said_before_a_passphrase_is_thought_up(start, station, type_in):
    view = unlock_view(start(station))
    view.passphrase.forgotten.emit()
    pane, code = view.recovery, keys.new_recovery_code()
    echo = pane.findChild(QLabel, "code_echo")
    assert echo.text() == ""
    type_in(pane.code, code.lower().replace("-", " "))
    assert echo.text().split() == [code[:23], code[24:]], "four groups on a line, as on the sheet"
    assert echo.sizeHint().width() <= pane.code.width()
    QTest.keyClick(pane.code, Qt.Key.Key_Return)
    assert pane.window().focusWidget() is pane.new and pane.said() == ""
    pane.code.setFocus()
    pane.code.clear()
    type_in(pane.code, code[:7] + ("0" if code[7] != "0" else "1") + code[8:])
    assert pane.said() == "", "nothing is said while it is being typed"
    QTest.keyClick(pane.code, Qt.Key.Key_Return)
    assert pane.window().focusWidget() is pane.code and "nhóm 2" in pane.said()
    pane.new.setFocus()
    type_in(pane.new, "con suối")
    assert "nhóm" in pane.said(), "it stays said until it is mended"


def test_a_passphrase_file_unlocks_by_itself(start, station, tmp_path, qtbot):
    file = tmp_path / "pass"
    file.write_text(f"{PASSPHRASE}\n", encoding="utf-8")
    program = start(station, file)
    qtbot.waitUntil(lambda: opened(program), timeout=MOST_MS)


def test_locking_closes_the_register_and_asks_for_the_passphrase_again(start, station, type_in, qtbot, tmp_path):
    file = tmp_path / "pass"
    file.write_text(PASSPHRASE, encoding="utf-8")
    program = start(station, file)
    qtbot.waitUntil(lambda: opened(program), timeout=MOST_MS)
    program.shell.view().lock_asked.emit()
    qtbot.waitUntil(lambda: isinstance(program.shell.view(), UnlockView), timeout=MOST_MS)
    assert program._register is None
    view = unlock_view(program)
    type_in(view.passphrase.field, PASSPHRASE)
    QTest.keyClick(view.passphrase.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: opened(program), timeout=MOST_MS)


def test_closing_makes_a_backup_first(start, station, qtbot, tmp_path):
    file = tmp_path / "pass"
    file.write_text(PASSPHRASE, encoding="utf-8")
    program = start(station, file)
    qtbot.waitUntil(lambda: opened(program), timeout=MOST_MS)
    program.shell.close()
    qtbot.waitUntil(lambda: not program.shell.isVisible(), timeout=MOST_MS)
    assert len(list((station / "backups").glob("register-*.db"))) == 1


def test_a_second_window_on_one_register_is_refused(start, station):
    start(station)
    second = start(station)
    assert isinstance(second.shell.view(), TroubleView)


def test_damaged_keys_and_a_lost_register_are_said_and_nothing_is_founded(start, station):
    (station / "keys.json").write_text("{", encoding="utf-8")
    program = start(station)
    assert isinstance(program.shell.view(), TroubleView)
    (station / "register.db").rename(station / "elsewhere.db")
    program.shell.view().again_asked.emit()
    assert isinstance(program.shell.view(), TroubleView)
    assert not (station / "register.db").exists()


def test_a_damaged_register_is_said_after_the_passphrase(start, station, type_in, qtbot):
    whole = (station / "register.db").read_bytes()
    (station / "register.db").write_bytes(bytes(len(whole)))
    for name in ("register.db-wal", "register.db-shm"):
        (station / name).unlink(missing_ok=True)
    program = start(station)
    view = unlock_view(program)
    type_in(view.passphrase.field, PASSPHRASE)
    QTest.keyClick(view.passphrase.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(program.shell.view(), TroubleView), timeout=MOST_MS)
    assert (station / "register.db").read_bytes() == bytes(len(whole))


def test_a_fresh_folder_opens_the_wizard(start, tmp_path):
    assert isinstance(start(tmp_path / "new").shell.view(), Wizard)


def test_training_beside_an_empty_folder_is_opened_and_leads_to_the_wizard(start, station):
    training = station.rename(station.with_name("tram-tap-huan"))
    program = start(training.with_name("tram"))
    unlock_view(program).other_asked.emit()
    assert isinstance(program.shell.view(), Wizard)


def test_caps_lock_is_seen_from_the_letters(qtbot, shown):
    field = shown(PasswordEdit("p", "Mật khẩu"))
    caps = CapsLock(field)
    QTest.keyClick(field, Qt.Key.Key_A)
    assert not caps.on
    QTest.keyClick(field, "A", Qt.KeyboardModifier.NoModifier)
    assert caps.on
    QTest.keyClick(field, "A", Qt.KeyboardModifier.ShiftModifier)
    assert not caps.on
