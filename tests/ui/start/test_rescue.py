"""A register that cannot be opened (bar 4): a calm screen each time, nothing founded, nothing changed, ways on."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from covidstation import bootstrap
from covidstation.db import backup, schema
from covidstation.db.backup import make_backup
from covidstation.errors import UserError
from covidstation.services.access.opening import open_register
from covidstation.services.access.passphrases import change_passphrase
from covidstation.services.copies.stick_copy import copy_to_stick
from covidstation.ui.main import MainWindow
from covidstation.ui.start import rescuing, restore
from covidstation.ui.start.restore import RestoreView
from covidstation.ui.start.trouble import TroubleView
from covidstation.ui.start.unlock import UnlockView
from covidstation.ui.start.wizard import Wizard
from covidstation.ui.sync.sticks import Stick
from tests.e2e.codes import known_code
from tests.services.samples import NOW, f0, neighbour
from tests.services.samples import register as register_f0
from tests.ui.village import PASSPHRASE

MOST_MS = 20_000
pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def stick(tmp_path, monkeypatch) -> Path:
    """The one stick that is plugged in."""
    made = tmp_path / "KINGSTON"
    made.mkdir()
    for module in (restore, rescuing):
        monkeypatch.setattr(module, "plugged_in", lambda: (Stick("KINGSTON", made),))
    return made


@pytest.fixture
def kept(station, stick) -> Path:
    """The station with a copy on the PC and one on the stick; then one more F0."""
    with closing(open_register(station, PASSPHRASE).db) as db:
        make_backup(db, now=NOW)
        register_f0(db, f0(neighbour(300)))
    return station


def everything(folder: Path) -> dict[str, bytes]:
    passing = ("window.lock", "register.tries", "tries.hold", "register.hold", "keys.hold")
    files = [path for path in folder.rglob("*") if path.is_file() and path.name not in passing]
    return {str(path.relative_to(folder)): path.read_bytes() for path in files if not path.name.endswith("-shm")}


def missing(folder: Path) -> None:
    for name in ("register.db", "register.db-wal", "register.db-shm"):
        (folder / name).unlink(missing_ok=True)


def missing_but_its_log(folder: Path) -> None:
    missing(folder)
    (folder / "register.db-wal").write_bytes(os.urandom(5000))


def no_keys(folder: Path) -> None:
    (folder / "keys.json").unlink()


def damaged_keys(folder: Path) -> None:
    (folder / "keys.json").write_text('{"format": 2, "wraps": [{"kind": "user"}]}')


def foreign_keys(folder: Path) -> None:
    data = (folder / "register.db").read_bytes()
    (folder / "register.db").write_bytes(os.urandom(4096) + data[4096:])


def zeroed(folder: Path) -> None:
    size = (folder / "register.db").stat().st_size
    (folder / "register.db").write_bytes(bytes(size))
    for name in ("register.db-wal", "register.db-shm"):
        (folder / name).unlink(missing_ok=True)


def empty(folder: Path) -> None:
    zeroed(folder)
    (folder / "register.db").write_bytes(b"")


def cut(folder: Path) -> None:
    data = (folder / "register.db").read_bytes()
    (folder / "register.db").write_bytes(data[: len(data) // 2])


def a_file_for_a_folder(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("not a folder")


AT_ONCE = [missing, missing_but_its_log, no_keys, damaged_keys, a_file_for_a_folder]
AFTER_THE_PASSPHRASE = [foreign_keys, zeroed, empty, cut]


def unlocked(program, type_in, qtbot) -> None:
    view = program.shell.view()
    assert isinstance(view, UnlockView)
    type_in(view.passphrase.field, PASSPHRASE)
    QTest.keyClick(view.passphrase.field, Qt.Key.Key_Return)


@pytest.mark.parametrize("harm", [*AT_ONCE, *AFTER_THE_PASSPHRASE])
def test_the_rescue_screen_says_what_happened_and_changes_nothing(harm, kept, start, type_in, qtbot):
    harm(kept)
    before = everything(kept) if kept.is_dir() else {}
    program = start(kept)
    if harm in AFTER_THE_PASSPHRASE:
        unlocked(program, type_in, qtbot)
        qtbot.waitUntil(lambda: isinstance(program.shell.view(), TroubleView | MainWindow), timeout=MOST_MS)
    view = program.shell.view()
    assert isinstance(view, TroubleView)
    assert "Traceback" not in view.findChild(type(view._note)).text()
    if kept.is_dir():
        qtbot.waitUntil(lambda: view._copies.count() > 0, timeout=MOST_MS)
        after = everything(kept)
        assert {name: data for name, data in after.items() if name in before} == before
        assert not any(name.startswith("register.db.new") for name in after)
    else:
        assert kept.read_text() == "not a folder"
    view.again_asked.emit()
    assert not isinstance(program.shell.view(), Wizard), "never an empty new register"


def test_a_newer_register_is_opened_to_look_at(kept, start, type_in, qtbot, monkeypatch):
    monkeypatch.setattr(schema, "REGISTER", schema.Schema(schema.CURRENT - 1, schema.MIGRATIONS))
    before = everything(kept)
    program = start(kept)
    unlocked(program, type_in, qtbot)
    qtbot.waitUntil(lambda: isinstance(program.shell.view(), TroubleView), timeout=MOST_MS)
    view = program.shell.view()
    assert view.read.isVisible()
    view.read.click()
    qtbot.waitUntil(lambda: isinstance(program.shell.view(), MainWindow), timeout=MOST_MS)
    register = program._register
    assert register.role == "read_only"
    with pytest.raises(UserError):
        register_f0(register.db, f0(neighbour(301)))
    assert everything(kept)["register.db"] == before["register.db"]
    place = register.db.path.parent
    program.shell.close()
    qtbot.waitUntil(lambda: not place.exists(), timeout=MOST_MS)


def test_a_folder_that_cannot_be_written_to_is_opened_to_look_at(kept, start, type_in, qtbot, monkeypatch):
    def refused(_program: object, folder: Path) -> None:
        raise UserError("station.read_only", folder=folder)

    monkeypatch.setattr(bootstrap.Program, "_hold", refused)
    program = start(kept)
    view = program.shell.view()
    assert isinstance(view, TroubleView) and view.read.isVisible()
    view.read.click()
    unlocked(program, type_in, qtbot)
    qtbot.waitUntil(lambda: isinstance(program.shell.view(), MainWindow), timeout=MOST_MS)
    assert program._register.role == "read_only"


def test_a_migration_without_room_for_a_copy_is_not_begun(kept, start, type_in, qtbot, monkeypatch):
    monkeypatch.setattr(schema, "version_of", lambda _engine: schema.CURRENT - 1)

    def no_room(*_given: object) -> None:
        raise UserError("station.backup_room", needed=200, free=3)

    monkeypatch.setattr(backup, "_need_room", no_room)
    before = everything(kept)
    program = start(kept)
    unlocked(program, type_in, qtbot)
    qtbot.waitUntil(lambda: isinstance(program.shell.view(), TroubleView), timeout=MOST_MS)
    assert everything(kept)["register.db"] == before["register.db"]
    assert program.shell.view().read.isVisible()


def test_everything_onto_a_stick_for_the_district(kept, start, stick, qtbot):
    damaged_keys(kept)
    view = start(kept).shell.view()
    view.carry.click()
    qtbot.waitUntil(lambda: "Rút được" in view._note.text(), timeout=MOST_MS)
    (place,) = (stick / "CSB-cuu-ho").iterdir()
    for name in ("register.db", "keys.json"):
        assert (place / name).read_bytes() == (kept / name).read_bytes()
    assert list((place / "backups").glob("register-*.db"))
    assert not (place / "setup.json").exists()


class Nurse:
    """Counts what she has to press."""

    def __init__(self, program, qtbot) -> None:
        self.program, self.qtbot, self.clicks = program, qtbot, 0

    def press(self, button) -> None:
        assert button.isVisible() and button.isEnabled()
        self.clicks += 1
        button.click()

    def see(self, kind):
        self.qtbot.waitUntil(lambda: isinstance(self.program.shell.view(), kind), timeout=MOST_MS)
        return self.program.shell.view()


def test_a_nurse_comes_back_from_a_damaged_register_in_eight_clicks(kept, start, type_in, qtbot):
    zeroed(kept)
    program = start(kept)
    nurse = Nurse(program, qtbot)
    unlocked(program, type_in, qtbot)
    trouble = nurse.see(TroubleView)
    qtbot.waitUntil(lambda: trouble.restore.isEnabled() and trouble._copies.count() > 0, timeout=MOST_MS)
    nurse.press(trouble.restore)
    view = nurse.see(RestoreView)
    qtbot.waitUntil(lambda: view._choose.list.found() is not None, timeout=MOST_MS)
    nurse.press(view._next)
    type_in(view._open.secret, "khong phai mat khau")
    nurse.press(view._next)
    qtbot.waitUntil(lambda: bool(view._open.said.text()), timeout=MOST_MS)
    assert view.page() is view._open and (kept / "register.db").read_bytes()[:4] == bytes(4)
    view._open.secret.clear()
    type_in(view._open.secret, PASSPHRASE)
    nurse.press(view._next)
    qtbot.waitUntil(lambda: view.page() is view._confirm, timeout=MOST_MS)
    nurse.press(view._next)
    qtbot.waitUntil(lambda: view.page() is view._done, timeout=MOST_MS)
    nurse.press(view._next)
    nurse.see(UnlockView)
    assert nurse.clicks <= 8
    unlocked(program, type_in, qtbot)
    nurse.see(MainWindow)
    (aside,) = (kept / "set-aside").iterdir()
    assert (aside / "register.db").read_bytes()[:4] == bytes(4), "what stood is kept, damaged as it was"


def test_a_new_pc_starts_from_the_stick_and_the_code(kept, stick, start, tmp_path, type_in, qtbot):
    code = known_code(kept, PASSPHRASE)
    with closing(open_register(kept, PASSPHRASE).db) as db:
        copy_to_stick(db, stick, now=NOW)
    new = tmp_path / "new pc"
    new.mkdir()
    (new / "register.db-wal").write_bytes(b"left by another program" * 300)
    (new / "register.db-shm").write_bytes(bytes(32768))
    program = start(new)
    nurse = Nurse(program, qtbot)
    nurse.press(nurse.see(Wizard)._again)
    view = nurse.see(RestoreView)
    qtbot.waitUntil(lambda: view._choose.list.found() is not None, timeout=MOST_MS)
    nurse.press(view._next)
    type_in(view._open.code, code)
    nurse.press(view._next)
    qtbot.waitUntil(lambda: view.page() in (view._confirm, view._open) and not view._working, timeout=MOST_MS)
    assert view.page() is view._confirm, view._open.said.text()
    for field in (view._confirm.new, view._confirm.again):
        type_in(field, "suối reo bên bản mới")
    nurse.press(view._next)
    qtbot.waitUntil(lambda: view.page() in (view._done, view._confirm) and not view._working, timeout=MOST_MS)
    assert view.page() is view._done, view._confirm.said.text()
    nurse.press(view._next)
    card = nurse.see(UnlockView)
    assert nurse.clicks <= 8
    type_in(card.passphrase.field, "suối reo bên bản mới")
    QTest.keyClick(card.passphrase.field, Qt.Key.Key_Return)
    nurse.see(MainWindow)


def test_a_register_that_may_still_open_is_replaced_with_the_head_s_word_alone(kept, start, type_in, qtbot):
    """The keys file was put back from an old day: the copy opens with its passphrase, the register does not."""
    today = "suối reo bên bản mới"
    with closing(open_register(kept, PASSPHRASE).db) as db:
        change_passphrase(db, PASSPHRASE, today, now=NOW)
    program = start(kept)
    program._show_restore()
    nurse = Nurse(program, qtbot)
    view = nurse.see(RestoreView)
    qtbot.waitUntil(lambda: view._choose.list.found() is not None, timeout=MOST_MS)
    nurse.press(view._next)
    type_in(view._open.secret, PASSPHRASE)
    nurse.press(view._next)
    qtbot.waitUntil(lambda: view.page() is view._confirm, timeout=MOST_MS)
    head = view._confirm.head
    assert head.isVisible() and head.hasFocus() and head.accessibleName()
    nurse.press(view._next)
    assert view.page() is view._confirm and "người đứng đầu trạm" in view._confirm.said.text()
    for secret, page in ((PASSPHRASE, view._confirm), (today, view._done)):
        head.clear()
        type_in(head, secret)
        nurse.press(view._next)
        qtbot.waitUntil(lambda: not view._working, timeout=MOST_MS)
        assert view.page() is page
