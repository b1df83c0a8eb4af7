"""Kill a window with SIGKILL while somebody types into it, and see what the register still has of it.

    python -m tests.faults.typing_kills f0 /tmp/t --kills 10

The child types a letter every tenth of a second into the F0 form or a dialog and tells each; the parent kills it at a
random moment. Bar 6: at most five seconds of typing are lost, and it is offered on that person alone.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from covidstation.db.queries.contact_sources import case_choices
from covidstation.db.rows import DraftRow
from covidstation.services.access.opening import open_register
from covidstation.services.preferences import Preferences
from covidstation.ui.desk import Desk
from covidstation.ui.look.theme import Theme
from covidstation.ui.main import MainWindow
from covidstation.ui.rounds.visit_dialog import VisitDialog
from covidstation.ui.tasks import Tasks
from tests.ui.village import PASSPHRASE, build, catalog

LETTER_S = 0.1
ALLOWED_S = 5.0
PLACES = ("f0", "visit", "transfer")
FORMS = {"f0": "f0", "visit": "dialog.VisitDialog", "transfer": "dialog.TransferDialog"}
ALPHABET = "abcdefghiklmnopqrstuvxy"


def tell(line: str) -> None:
    """To the parent, or to whoever watches."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class Kill:
    """`typed` letters were told, of which the draft has `kept`; `forms` are all drafts that were found."""

    typed: int
    kept: int
    forms: tuple[tuple[str, str], ...]

    @property
    def lost_s(self) -> float:
        """Seconds of typing that are gone."""
        return (self.typed - self.kept) * LETTER_S


def kill_once(place: str, folder: Path, chance: random.Random) -> Kill:
    """Type into a copy of the village in `folder`, kill, look."""

    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-m", "tests.faults.typing_kills", place, str(folder), "--child"]
    typed = 0
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as child:
        assert child.stdout is not None
        child.stdout.readline()  # it is ready
        end = time.monotonic() + chance.uniform(2.5, 8.0)
        for line in child.stdout:
            typed = int(line)
            if time.monotonic() >= end:
                break
        os.kill(child.pid, signal.SIGKILL)
    db = open_register(folder, PASSPHRASE).db
    with db.read() as session:
        rows = [(row.form, row.subject, str(row.value)) for row in session.query(DraftRow)]
    db.close()
    mark = "gõ " + "".join(ALPHABET[at % len(ALPHABET)] for at in range(typed))
    values = [value for form, _subject, value in rows if form == FORMS[place]]
    kept = max((_kept_letters(value, mark) for value in values), default=0)
    return Kill(typed, kept, tuple((form, subject) for form, subject, _value in rows))


def _kept_letters(value: str, mark: str) -> int:
    """How much of what was typed stands there, from its beginning."""
    return next((size for size in range(len(mark), 3, -1) if mark[:size] in value), 3) - 3


def type_on(place: str, folder: Path) -> None:
    """The child: types until it is killed."""

    app = QApplication([])
    desk = Desk(open_register(folder, PASSPHRASE), catalog(), Tasks())
    window = MainWindow(desk, Theme(app, "light"), Preferences(), lambda _kept: None)
    window.show()
    window.begin()
    typed = 0

    def letter() -> None:
        nonlocal typed
        field = _field(place, window, desk)
        if field is None:
            return
        if not typed:
            tell("ready")
            field.insert("gõ ")
        field.insert(ALPHABET[typed % len(ALPHABET)])
        field.setModified(True)
        field.textEdited.emit(field.text())
        typed += 1
        tell(str(typed))

    timer = QTimer(interval=round(LETTER_S * 1000))
    timer.timeout.connect(letter)
    QTimer.singleShot(500, window, lambda: _open(place, window, desk))
    timer.start()
    app.exec()


def _mai(desk):
    """Lò Thị Mai's illness, by the register itself."""

    found = case_choices(desk.register.db, today=desk.now().date())
    return next(one.id for one in found if one.full_name == "Lò Thị Mai")


def _open(place, window, desk):

    if place == "f0":
        window.new_f0.click()
    elif place == "visit":
        VisitDialog(desk, window, _mai(desk)).open()
    else:
        desk.want_transfer.emit(_mai(desk))


def _field(place, window, desk):

    if place == "f0":
        page = window.current()
        return page.fields.illness.note if page is not None and page.objectName() == "f0_form" else None
    dialog = QApplication.activeModalWidget()
    if dialog is None:
        return None
    return dialog.note if place == "visit" else dialog._words.escort


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("place", choices=PLACES)
    parser.add_argument("folder", type=Path, nargs="?", help="where the registers are made; without one, a temporary")
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--child", action="store_true")
    chosen = parser.parse_args()
    if chosen.child:
        type_on(chosen.place, chosen.folder)
        return 0

    base = chosen.folder or Path(tempfile.mkdtemp(prefix="covidstation-typing-"))
    chance, worst = random.Random(6), 0.0
    for number in range(chosen.kills):
        folder = base / str(number)
        build(folder)
        found = kill_once(chosen.place, folder, chance)
        worst = max(worst, found.lost_s)
        tell(f"{chosen.place} {number}: {found.typed} letters typed, {found.lost_s:.1f} s lost")
    tell(f"worst {worst:.1f} s; allowed {ALLOWED_S:.0f} s")
    return int(worst > ALLOWED_S)


if __name__ == "__main__":
    sys.exit(main())
