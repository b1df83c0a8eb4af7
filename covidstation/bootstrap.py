"""The window's start: the one place that builds things and hands them to each other.

Nothing heavy is imported at the top: the unlock card must be painted within half a second of the process's start
(docs/performance.md), so the register's libraries are loaded by `late` while the passphrase is typed.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QLockFile,
    QMessageLogContext,
    QObject,
    Qt,
    QTimer,
    QtMsgType,
    Signal,
    qInstallMessageHandler,
    qVersion,
)
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from covidstation import __version__, failures, late, log
from covidstation.db.reserve import give_way_to_open
from covidstation.errors import UserError
from covidstation.i18n import _, use_language
from covidstation.messages import sentence
from covidstation.passphrases import read_passphrase
from covidstation.paths import default_data
from covidstation.services.access.entrance import (
    FolderState,
    beside,
    entrants,
    is_training_folder,
    look_at_folder,
)
from covidstation.services.preferences import Preferences, keep_preferences, read_preferences
from covidstation.ui.look.qt_words import QtWords
from covidstation.ui.look.theme import Theme
from covidstation.ui.parts.mnemonics import Mnemonics
from covidstation.ui.parts.ring import FocusRing
from covidstation.ui.rubbish import Rubbish
from covidstation.ui.start.shell import Shell
from covidstation.ui.start.trouble import TroubleView
from covidstation.ui.start.unlock import UnlockView
from covidstation.ui.tasks import Tasks

if TYPE_CHECKING:
    from covidstation.services.access.opening import Register
    from covidstation.ui.locking import Place
    from covidstation.ui.main import MainWindow

PROGRAM = "CovidStation"
NOTHING_LOST = (
    *("station.locked_by_other", "station.busy", "station.in_use", "station.being_replaced"),
    "station.old_sqlite",
)
READABLE = ("station.newer_data", "station.read_only", "station.disk_full", "station.backup_room", "station.not_saved")


def run_window(data: Path | None, passphrase_file: Path | None) -> int:
    """Open the program's window on that data folder; returns when it was closed."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName(PROGRAM)
    app.setApplicationDisplayName(PROGRAM)
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("covidstation")
    program = Program(app, (data or default_data()).absolute(), passphrase_file)
    program.start()
    status = app.exec()
    program.end()
    return status


class Program(QObject):
    """What the window shows now: the lock, the wizard, the pages, or a trouble; and the way from one to the next."""

    _failed = Signal(object)  # the error; from any thread, and from inside a paint event

    def __init__(self, app: QApplication, folder: Path, passphrase_file: Path | None) -> None:
        super().__init__(app)
        self._app = app
        self._folder = folder
        self._passphrase_file = passphrase_file
        self._lock: QLockFile | None = None
        self._register: Register | None = None
        self._place: Place | None = None  # where the last user was when the window locked
        self._telling = False
        self._restoring = False  # the register is closed to choose a copy
        self._reading = False  # the register is opened without writing
        self.log_file: Path | None = None
        self._calm = failures.Calm(datetime.now)
        self._failed.connect(self._tell_failure, Qt.ConnectionType.QueuedConnection)
        failures.in_a_thread_too(self._failed.emit)
        qInstallMessageHandler(_keep_qt_message)
        self._preferences = self._speak(read_preferences(folder))
        self._theme = Theme(app, self._preferences.theme)  # type: ignore[arg-type]  # checked when read
        app.installTranslator(QtWords(app))
        FocusRing(app)
        Mnemonics(app)
        self.shell = Shell(PROGRAM)
        self.tasks = Tasks(present=late.present)
        self._rubbish = Rubbish(self)

    def start(self) -> None:
        """Show the first view, then load the rest in the background."""
        self._rubbish.start()
        self._enter(self._folder)
        self.shell.showMaximized()
        QTimer.singleShot(0, self._load_rest)

    def end(self) -> None:
        """Nothing runs on after the window."""
        self.tasks.close()
        self._rubbish.stop()
        self._close_register()
        self._let_go()
        qInstallMessageHandler(None)
        log.stop_log()

    def _load_rest(self) -> None:
        threading.Thread(target=late.warm_up, name="warm up", daemon=True).start()

    def _enter(self, folder: Path) -> None:
        """Show what that folder asks for: its lock, the wizard for a new one, or why it cannot be used."""
        self._folder = folder
        self._reading = False
        try:
            state = look_at_folder(folder)
            if state is FolderState.EMPTY and not is_training_folder(folder) and self._has_register(beside(folder)):
                self._enter(beside(folder))
            elif state is FolderState.EMPTY:
                self._show_wizard(folder)
            else:
                self._hold(folder)
                self._show_unlock(folder)
        except UserError as trouble:
            self._show_trouble(trouble, self._enter_to_read)

    def _enter_to_read(self) -> None:
        """The card of a register that is only looked at, since its folder cannot be written to."""
        self._reading = True
        try:
            self._show_unlock(self._folder)
        except UserError as trouble:
            self._show_trouble(trouble)

    @staticmethod
    def _has_register(folder: Path) -> bool:
        try:
            return look_at_folder(folder) is FolderState.REGISTER
        except UserError:
            return False

    def _hold(self, folder: Path) -> None:
        """One window for a register. Raises UserError station.locked_by_other, station.read_only."""
        self._let_go()
        folder.mkdir(parents=True, exist_ok=True)
        lock = QLockFile(str(folder / "window.lock"))
        lock.setStaleLockTime(0)  # a lock is stale only when its process is gone
        locked = lock.tryLock(0)
        taken = lock.error() == QLockFile.LockError.LockFailedError
        if not locked and not taken and give_way_to_open(folder):
            locked = lock.tryLock(0)
        if not locked:
            raise UserError("station.locked_by_other" if taken else "station.read_only", folder=folder)
        self._lock = lock
        QTimer.singleShot(0, self, self._keep_log)

    def _keep_log(self) -> None:
        """Once the window is painted: the log stands beside the register."""
        if self.log_file is None or self.log_file.parent.parent != self._folder:
            self.log_file = log.start_log(self._folder)
            if self.log_file is not None:
                log.watch_crashes(self.log_file)

    def _let_go(self) -> None:
        if self._lock is not None:
            self._lock.unlock()
            self._lock = None

    def _show_unlock(self, folder: Path) -> None:
        self._preferences = self._speak(read_preferences(folder))
        training = is_training_folder(folder)
        other = ""
        if training:
            other = _("Mở sổ của trạm") if self._has_register(beside(folder)) else _("Lập sổ của trạm")
        elif self._has_register(beside(folder)):
            other = _("Mở dữ liệu tập huấn")
        now = datetime.now().astimezone()
        view = UnlockView(entrants(folder), self._preferences, now, other=other)
        view.unlock_asked.connect(partial(self._unlock, view))
        view.reset_asked.connect(partial(self._reset, view))
        view.other_asked.connect(self._go_to_other)
        self._offer_help(view)
        self.shell.show_view(view)
        view.passphrase.field.setFocus()
        self.tasks.background(view, partial(late.kept_line, folder, now), view.show_kept)
        self.tasks.background(view, partial(late.wait_left, folder), view.hold_back)
        if self._passphrase_file is not None:
            file, self._passphrase_file = self._passphrase_file, None
            self._unlock(view, "", read_passphrase(file), "")

    def _go_to_other(self) -> None:
        other = beside(self._folder)
        if not is_training_folder(other) and not self._has_register(other):
            self._folder = other
            self._show_wizard(other)
        else:
            self._enter(other)

    def _unlock(self, view: UnlockView, name: str, passphrase: str, own: str) -> None:
        view.set_busy(True)
        folder = self._folder

        def failed(trouble: UserError) -> None:
            view.set_busy(False)
            if not view.refuse(trouble):
                self._show_trouble(trouble, partial(self._read, name, passphrase))

        now = datetime.now().astimezone()
        op = partial(late.open_register, folder, passphrase, name or None, own, now)
        if self._reading:
            op = partial(late.open_to_read, folder, passphrase, name or None, now)
        self.tasks.run(view, op, self._opened, failed)

    def _reset(self, view: UnlockView, name: str, code: str, passphrase: str) -> None:
        view.set_busy(True)

        def done(_none: None) -> None:
            view.set_busy(False)
            view.reset_done()

        def failed(trouble: UserError) -> None:
            view.set_busy(False)
            if not view.refuse(trouble):
                self._show_trouble(trouble)

        self.tasks.run(view, partial(late.reset_passphrase, self._folder, code, name, passphrase), done, failed)

    def _opened(self, opened: tuple[Register, Preferences]) -> None:
        """The register is open: build the pages around it."""
        register, preferences = opened
        self._register = register
        keep = partial(keep_preferences, register.folder)
        self._preferences = self._speak(preferences)
        keep(preferences)
        self._theme.choose(preferences.theme)  # type: ignore[arg-type]  # a checked setting
        window = late.main_window(register, self.tasks, self._theme, preferences, keep)
        window.covered.connect(partial(self._covered, window))
        window.locked.connect(self._locked)
        window.restore_asked.connect(self._want_restore)
        window.left.connect(self._close_register)
        self.shell.show_view(window)
        window.begin(self._place)
        self._place = None

    def _covered(self, window: MainWindow) -> None:
        self._place = window.place()
        self.shell.cover()

    def _locked(self) -> None:
        """The card shows at once; a copy that is due is made behind it, and only then the register is let go."""
        register, self._register = self._register, None
        if register is not None:
            op = partial(late.close_after_backup, register, datetime.now().astimezone())
            then = self._show_restore if self._restoring else lambda: None
            self.tasks.run(self, op, lambda _none: then())
        self._enter(self._folder)
        self._sweep()

    def _sweep(self) -> None:
        """Whatever stands beside the window, shown or not, was made while the register was open: it goes too."""
        beside_it = [one for one in self._app.topLevelWidgets() if one is not self.shell and one.parent() is None]
        for widget in (*beside_it, *self.shell.findChildren(QDialog)):
            widget.hide()
            widget.deleteLater()

    def _want_restore(self) -> None:
        self._restoring = True

    def _close_register(self) -> None:
        if self._register is not None:
            self._register.db.close()
            self._register.db.door.forget()
            self._register = None

    def _show_wizard(self, folder: Path) -> None:
        view = late.wizard(folder, self.tasks)
        view.founded.connect(self._founded)
        view.restore_asked.connect(self._show_restore)
        self._offer_help(view)
        self.shell.show_view(view)

    @staticmethod
    def _offer_help(view: QWidget) -> None:
        """F1 before a register is open."""
        QShortcut(QKeySequence("F1"), view, partial(late.show_help, view, "start"))

    def _founded(self, folder: Path, passphrase: str) -> None:
        self._enter(folder)
        view = self.shell.view()
        if isinstance(view, UnlockView):
            self._unlock(view, "", passphrase, "")

    def _show_trouble(self, trouble: UserError, read: Callable[[], object] | None = None) -> None:
        """The rescue screen; `read` opens without writing, where only writing fails."""
        log.log.warning("cannot open: %s", trouble.code)
        view = TroubleView(sentence(trouble), str(self._folder), only_again=trouble.code in NOTHING_LOST)
        view.again_asked.connect(lambda: self._enter(self._folder))
        view.quit_asked.connect(self.shell.close)
        if read is not None and trouble.code in READABLE:
            view.offer_reading()
            view.read_asked.connect(read)
        late.rescue(view, self._folder, self.tasks, self._show_restore, datetime.now().astimezone())
        self.shell.show_view(view)

    def _show_restore(self) -> None:
        """The way back from a copy; leaving it tries the register again."""
        self._restoring = False
        self._close_register()
        view = late.restore_view(self._folder, self.tasks)
        view.left.connect(lambda: self._enter(self._folder))
        view.restored.connect(lambda: self._enter(self._folder))
        self._offer_help(view)
        self.shell.show_view(view)

    def _read(self, name: str, passphrase: str) -> None:
        """Look without writing."""
        op = partial(late.open_to_read, self._folder, passphrase, name or None, datetime.now().astimezone())
        self.tasks.run(self, op, self._opened, self._show_trouble)

    def _speak(self, preferences: Preferences) -> Preferences:
        use_language(preferences.language)
        return preferences

    def _tell_failure(self, trouble: BaseException) -> None:
        """A bug: keep what is half typed, say it calmly once, go on."""
        view = self.shell.view()
        if self._telling:
            return
        self._telling = True
        try:
            if view is not None and hasattr(view, "keep_drafts"):
                view.keep_drafts()
            if self._calm.worth_telling(trouble):
                now = datetime.now()
                text = failures.report_text(trouble, now, (f"Qt {qVersion()}",))
                kept = failures.keep_report(self.log_file.parent, text, now) if self.log_file is not None else None
                late.tell_failure(self.shell, text, kept)
        finally:
            self._telling = False


def _keep_qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str | None) -> None:
    """Qt's own warnings go to the log, cut short."""
    if kind in (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg):
        log.log.warning("qt: %s", (text or "")[:300])
