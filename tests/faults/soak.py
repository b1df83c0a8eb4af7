"""A long day in minutes: `python -m tests.faults.soak --minutes 30`. Nothing may grow that was not entered.

The real program, offscreen, with its lock: pages, searches, people, new F0s, rounds, decisions and their PDF, dialogs,
the stick, looking the station over, locking and unlocking, as fast as they go. After each round of it and a moment of
idleness it is measured: memory, open files, threads, widgets, Qt objects, Python objects, the register's log and the
program's. The first fifth warms up (caches fill to their bounds); between the first and the last tenth of the rest
nothing may grow but memory by less than 5 %, and behind the lock Python's objects by less than 1 %. Prints one JSON
object; exit status 1 when a bound is broken.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QObject, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from covidstation import bootstrap, late
from covidstation.db.queries.episodes import EpisodeFilter, EpisodeState, list_episodes
from covidstation.db.queries.places import hamlets
from covidstation.domain.care import Round, Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import EpisodeDraft, PathogenTest
from covidstation.domain.monitoring import VisitDraft
from covidstation.domain.people import PersonDraft, Sex
from covidstation.errors import UserError
from covidstation.services.care.rounds import record_visit
from covidstation.services.changes import Done
from covidstation.services.episodes import F0Draft, register_f0
from covidstation.services.papers.issuing import issue_one, kind_on
from covidstation.ui.desk import Desk, NewF0
from covidstation.ui.frame import idle
from covidstation.ui.main import MainWindow
from covidstation.ui.pages import Pages
from covidstation.ui.start.unlock import UnlockView
from covidstation.ui.sync.page import SyncPage
from covidstation.ui.sync.panels import folder_stick
from tests.faults.soak_marks import Mark, broken
from tools.picture_station import PASSPHRASE, make_station

SECONDS_IDLE = 0.4


def wait(seconds: float) -> None:
    """The event loop goes on."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


def until(what: Callable[[], object], seconds: float = 120) -> None:
    """Wait for it. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            raise TimeoutError(f"waited for {what}")
        wait(0.01)


class Day:
    """One program in front of one register."""

    def __init__(self, app: QApplication, folder: Path, stick: Path, user: str) -> None:
        self.app, self.folder, self.stick, self.user = app, folder, stick, user
        self.program = bootstrap.Program(app, folder, None)
        self.program.start()
        self.acts = self.opened = self.number = self.locked = 0
        self.refused: dict[str, int] = {}
        late.warm_up()
        self.unlock()

    @property
    def window(self) -> MainWindow:
        view = self.program.shell.view()
        assert isinstance(view, MainWindow), view
        return view

    @property
    def desk(self) -> Desk:
        return self.window._desk

    def settle(self) -> None:
        """Until both pools have answered, and what they started too; somebody is at the desk all the time."""
        view = self.program.shell.view()
        if isinstance(view, MainWindow):
            view._lock.watch.stir()
        for _turn in range(2):
            answered: list[None] = []
            for run in (self.program.tasks.run, self.program.tasks.background):
                run(self.program.shell, lambda: None, answered.append)
            until(lambda found=answered: len(found) == 2)
            wait(0.02)

    def act(self, service: Callable[[], Done[object]]) -> None:
        """Through the desk, so that every page hears of it."""

        def refused(trouble: UserError) -> None:
            self.refused[trouble.code] = self.refused.get(trouble.code, 0) + 1

        self.desk.act(self.window, service, lambda _value: None, refused)
        self.settle()
        self.acts += 1

    def unlock(self) -> None:
        view = self.program.shell.view()
        assert isinstance(view, UnlockView), view
        view.unlock_asked.emit(self.user, PASSPHRASE, "")
        until(lambda: isinstance(self.program.shell.view(), MainWindow))
        self.settle()

    def lock(self) -> None:
        self.window.lock_asked.emit()
        until(lambda: isinstance(self.program.shell.view(), UnlockView))
        self.settle()

    def pages(self) -> None:
        for name in Pages.NAMES:
            self.window.go(name, force=True)
            self.settle()
        page = self.window.page("settings")
        for key in page.sections:
            page.show_section(key)
            self.settle()

    def search(self, words: str) -> None:
        field = self.window.search
        field.setFocus()
        field.clear()
        said = QInputMethodEvent()
        said.setCommitString(words)
        QApplication.sendEvent(field, said)
        wait(0.25)
        self.settle()
        field.clear()
        self.window.search.close_results()

    def ill(self, state: EpisodeState = EpisodeState.ACTIVE) -> list[tuple[UUID, UUID]]:
        """Up to 30 of that list: illness and person."""
        db, today = self.desk.register.db, self.desk.now().date()
        found = list_episodes(db, EpisodeFilter(state), today=today)
        return [(line.id, line.person_id) for line in found.lines(0, min(30, len(found)))]

    def people(self) -> None:
        for _episode, person in self.ill()[:4]:
            self.desk.want_person.emit(person)
            self.settle()
            tabs = self.window.page("person").header.tabs
            for key, _title in tabs._items:
                tabs._take(key)
                self.settle()
            self.desk.want_f0.emit(NewF0(person_id=person, person_only=True))
            self.settle()
            self.window.go("f0", force=True)

    def new_f0(self) -> None:
        self.number += 1
        now, db = self.desk.now(), self.desk.register.db
        place = hamlets_of(db)
        name = f"Vàng Thị {('Mỷ', 'Dí', 'Sua', 'Chá')[self.number % 4]} {letters(self.number)}"
        person = PersonDraft(
            full_name=name, birth=PartialDate(1950 + self.number % 60), sex=Sex.FEMALE, hamlet_id=place
        )
        draft = F0Draft(
            person=person,
            episode=EpisodeDraft(report_date=now.date(), doses_known=2),
            tests=(PathogenTest(sampled_on=now.date()),),
            new_household_head=name,
        )
        self.act(lambda: register_f0(db, draft, catalog=self.desk.catalog, by=self.desk.register.user_id, now=now))

    def round(self) -> None:
        now, register = self.desk.now(), self.desk.register
        for episode, _person in self.ill()[:6]:
            draft = VisitDraft(
                episode_id=episode,
                at=now.replace(tzinfo=None),
                round=Round.MORNING,
                vitals=Vitals(temperature=368, spo2=97, pulse=80, breaths=18),
                signs_asked=True,
            )
            self.act(
                lambda draft=draft: record_visit(
                    register.db, draft, catalog=self.desk.catalog, by=register.user_id, by_name=self.user, now=now,
                    sure=True, again=True,
                )
            )  # fmt: skip
        self.window.go("rounds", force=True)
        self.settle()

    def paper(self) -> None:
        waiting = self.ill(EpisodeState.NEEDS_ORDER)[-1:]
        for episode, _person in waiting:
            self.desk.open_paper([episode])
            self.settle()
            now, register = self.desk.now(), self.desk.register
            kind = kind_on(register.db, self.desk.catalog, now.date(), ending=False)
            found = issue_one(register.db, kind, episode, catalog=self.desk.catalog, by=register.user_id, now=now)
            if hasattr(found, "pdf"):
                self.opened += bool(found.pdf)
                self.desk.want_issued.emit(found.id)
                self.settle()
            self.window.go("book", force=True)
            self.settle()

    def dialogs(self) -> None:
        """Each opens, is looked at, and is left."""
        for episode, _person in self.ill()[:2]:
            for signal in (self.desk.want_transfer, self.desk.want_contacts):
                QTimer.singleShot(200, leave_dialogs)
                signal.emit(episode)
                wait(0.3)
                self.settle()
                leave_dialogs()
        self.window.help_asked.emit()
        self.settle()
        self.window.go("today", force=True)

    def stick_and_check(self) -> None:
        self.window.go("sync", force=True)
        self.settle()
        page = self.window.page("sync")
        assert isinstance(page, SyncPage)
        page.write_to(folder_stick(self.stick))
        self.settle()
        wait(0.2)
        self.settle()
        self.window.go("settings", force=True)
        settings = self.window.page("settings")
        settings.show_section("check")
        section = settings.section()
        section._found = []
        section._look.click()
        until(lambda: section._found, 60)
        self.settle()

    def once(self) -> None:
        """A morning."""
        self.pages()
        for words in ("vang thi", "gia", "0912", "QD 1"):
            self.search(words)
        self.people()
        for _new in range(3):
            self.new_f0()
        self.round()
        for _paper in range(2):
            self.paper()
        self.dialogs()
        self.stick_and_check()
        self.lock()
        self.locked = objects_of(self.app)
        self.unlock()


def objects_of(app: QApplication) -> int:
    """Python objects after its own tidying; behind the lock only what the program itself keeps."""
    wait(SECONDS_IDLE)
    app.sendPostedEvents(None, 52)  # QEvent.DeferredDelete
    gc.collect()
    return len(gc.get_objects())


def hamlets_of(db: object) -> UUID:
    found = hamlets(db)
    return found[0].id


def letters(number: int) -> str:
    """A word for a number: names of people hold no digits."""
    return "".join("ABCDEGHIKLMNOPQRSTUVXY"[number // 22**place % 22] for place in (2, 1, 0))


def leave_dialogs() -> None:
    """Esc, until none is left."""
    for _turn in range(5):
        for top in QApplication.topLevelWidgets():
            if isinstance(top, QDialog) and top.isVisible():
                top.reject()
        wait(0.02)


def measured(app: QApplication, folder: Path, began: float, locked: int) -> Mark:
    """After a moment of idleness and Python's own tidying; `locked`: Python objects behind the lock before."""
    python = objects_of(app)
    widgets, tops, objects = qt_objects(app)
    return Mark(
        at=round(time.monotonic() - began, 1),
        rss=int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"),
        files=len(os.listdir("/proc/self/fd")),
        threads=len(os.listdir("/proc/self/task")),
        widgets=widgets,
        tops=tops,
        objects=objects,
        python=python,
        locked=locked,
        wal=size_of(folder / "register.db-wal"),
        log=sum(size_of(path) for path in (folder / "logs").glob("*")),
    )


def qt_objects(app: QApplication) -> tuple[int, int, int]:
    """Widgets, windows, all of Qt's objects; counted in a fork, for Python keeps a shell of each that it looks at."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        tops: list[QWidget] = app.topLevelWidgets()
        objects = sum(len(top.findChildren(QObject)) for top in tops) + len(app.findChildren(QObject))
        os.write(writing, json.dumps((len(app.allWidgets()), len(tops), objects)).encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading, "rb") as said:
        widgets, windows, objects = json.loads(said.read())
    return widgets, windows, objects


def size_of(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def run(minutes: float, place: Path) -> dict[str, object]:
    """Work that long; the figures."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    made = make_station(place, late.catalog())
    folder, user = made.register.folder, made.register.user_name
    made.register.db.close()
    made.hub.db.close()
    idle.ASLEEP_S = 600  # a machine that others keep busy is not a closed lid
    day = Day(app, folder, made.stick, user)
    began, marks = time.monotonic(), []
    while time.monotonic() - began < 60 * minutes or len(marks) < 6:
        day.once()
        marks.append(measured(app, folder, began, day.locked))
        sys.stderr.write(json.dumps(asdict(marks[-1])) + "\n")
    day.program.end()
    steady = marks[max(2, len(marks) // 5) :]
    return {
        "minutes": round((time.monotonic() - began) / 60, 1),
        "rounds": len(marks),
        "acts": day.acts,
        "papers": day.opened,
        "refused": day.refused,
        "first": asdict(steady[0]),
        "last": asdict(steady[-1]),
        "broken": list(broken(steady)),
    }


def main() -> int:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        try:
            found = run(given.minutes, Path(place))
        except BaseException:  # the program under test has its own way with errors that nobody caught
            sys.stderr.write(traceback.format_exc())
            sys.stderr.flush()
            os._exit(2)
    sys.stdout.write(json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    sys.stdout.flush()
    os._exit(1 if found["broken"] else 0)


if __name__ == "__main__":
    main()
