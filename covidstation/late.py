"""The program's heavy half, imported when it is called: together half a second that the first paint must not wait for.

`warm_up` imports all of it on a thread of its own while the passphrase is typed; benchmarks/start.py measures it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from covidstation import log
from covidstation.errors import UserError
from covidstation.i18n import _, moment_text
from covidstation.paths import resources
from covidstation.services.preferences import Preferences

if TYPE_CHECKING:
    from covidstation.catalog import Catalog
    from covidstation.services.access.opening import Register
    from covidstation.ui.look.theme import Theme
    from covidstation.ui.main import MainWindow
    from covidstation.ui.start.restore import RestoreView
    from covidstation.ui.start.trouble import TroubleView
    from covidstation.ui.start.wizard import Wizard
    from covidstation.ui.tasks import TaskRunner


def warm_up() -> None:
    """Import what unlocking and the first page will need."""
    for name in ("covidstation.services.access.opening", "covidstation.ui.main"):
        import_module(name)
    import_module("sqlalchemy.orm").configure_mappers()
    catalog()
    import_module("covidstation.update.stand").started_well()  # the card stands, every part loads: no way back needed


@cache
def catalog() -> Catalog:
    """The shipped lists, read once."""
    from covidstation.catalog import load_catalog  # noqa: PLC0415  (see the module)

    return load_catalog(resources())


def open_register(
    folder: Path, passphrase: str, user: str | None, own: str, now: datetime
) -> tuple[Register, Preferences]:
    """On the database thread: see `services.access.opening.open_register`; with how the window should look."""
    from covidstation.services import status  # noqa: PLC0415  (see the module)
    from covidstation.services.access import opening  # noqa: PLC0415  (see the module)

    register = opening.open_register(folder, passphrase, user=user, own=own, now=now)
    log.log.info("unlocked")
    return register, status.preferences_of(register, catalog(), now.date())


def open_to_read(folder: Path, passphrase: str, user: str | None, now: datetime) -> tuple[Register, Preferences]:
    """On the database thread: see `services.copies.rescue.open_to_read`."""
    from covidstation.services import status  # noqa: PLC0415  (see the module)
    from covidstation.services.copies import rescue  # noqa: PLC0415  (see the module)

    register = rescue.open_to_read(folder, passphrase, user=user, now=now)
    return register, status.preferences_of(register, catalog(), now.date())


def rescue(
    view: TroubleView, folder: Path, tasks: TaskRunner, to_restore: Callable[[], object], now: datetime
) -> QObject:
    """What stands behind the rescue screen."""
    from covidstation.ui.start.rescuing import Rescuing  # noqa: PLC0415  (see the module)

    return Rescuing(view, folder, tasks, to_restore, now)


def restore_view(folder: Path, tasks: TaskRunner) -> RestoreView:
    """The way back from a copy."""
    from covidstation.ui.start.restore import RestoreView  # noqa: PLC0415  (see the module)

    return RestoreView(folder, tasks)


def close_after_backup(register: Register, now: datetime) -> None:
    """On the database thread, when the window is locked: keep a copy if one is due, then let go of the register."""
    from covidstation.printing import typeset  # noqa: PLC0415  (see the module)
    from covidstation.services.copies import backup  # noqa: PLC0415

    try:
        backup.back_up_if_due(register.db, now=now, least=backup.AT_LOCK)
    except UserError as trouble:
        log.log.warning("no copy at the lock: %s", trouble.code)
    finally:
        register.db.close()
        register.db.door.forget()
        typeset.forget_words()
        log.log.info("locked")


def reset_passphrase(folder: Path, code: str, user: str, new: str) -> None:
    """On the database thread: see `services.access.passphrases.reset_passphrase`."""
    from covidstation.services.access import passphrases  # noqa: PLC0415  (see the module)

    passphrases.reset_passphrase(folder, code, user, new)


def wait_left(folder: Path) -> int:
    """Seconds before a passphrase is judged again: see `services.access.attempts`."""
    from covidstation.services.access import attempts  # noqa: PLC0415  (see the module)

    return attempts.wait_left(folder)


def kept_line(folder: Path, now: datetime) -> str:
    """When the register was last backed up, in words."""
    from covidstation.db.backup import last_backup  # noqa: PLC0415  (see the module)

    made = last_backup(folder)
    if made is None:
        return _("Chưa có bản sao lưu nào")
    return _("Sao lưu gần nhất {moment}").format(moment=moment_text(made, now.date()))


def main_window(
    register: Register,
    tasks: TaskRunner,
    theme: Theme,
    preferences: Preferences,
    keep: Callable[[Preferences], object],
) -> MainWindow:
    """The pages around an open register."""
    from covidstation.services.upkeep.notices import keep_room  # noqa: PLC0415  (see the module)
    from covidstation.ui.desk import Desk  # noqa: PLC0415  (see the module)
    from covidstation.ui.main import MainWindow  # noqa: PLC0415  (see the module)

    window = MainWindow(Desk(register, catalog(), tasks), theme, preferences, keep)
    tasks.background(window, partial(keep_room, register.folder), lambda _there: None)
    return window


def wizard(folder: Path, tasks: TaskRunner) -> Wizard:
    """The first start."""
    from covidstation.ui.start.wizard import Wizard  # noqa: PLC0415  (see the module)

    return Wizard(folder, catalog(), tasks, datetime.now().astimezone())


def show_help(parent: QWidget, topic: str) -> None:
    """The help over a view that has no pages around it."""
    from covidstation.ui.help.view import HelpDialog  # noqa: PLC0415  (see the module)

    HelpDialog(parent, topic).exec()


def present(parent: QObject, trouble: UserError) -> None:
    """Say a known trouble that nobody took."""
    from covidstation.ui.present import present  # noqa: PLC0415  (see the module)

    present(parent, trouble)


def tell_failure(window: QWidget, text: str, report: Path | None) -> None:
    """Say that a bug happened, what is safe, what to do."""
    from covidstation.ui.failure import FailureDialog  # noqa: PLC0415  (see the module)

    FailureDialog(window, text, report).exec()
