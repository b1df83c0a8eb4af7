"""A morning at the program for `tests.privacy.leaks`, as its own process: `use work FOLDER`, `use again FOLDER`."""

from __future__ import annotations

import os
import signal
import sys
from functools import partial
from pathlib import Path

from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from covidstation import log
from covidstation.db.queries.episodes import EpisodeFilter
from covidstation.db.queries.people import find_people
from covidstation.domain.packs import PaperKind
from covidstation.services.access.opening import Register
from covidstation.services.copies.backup import back_up
from covidstation.services.drafts import keep_draft
from covidstation.services.exchange.bundles import export_changes
from covidstation.services.files import keep_file
from covidstation.services.papers.f0_table import F0Selection, f0_list_xlsx
from covidstation.services.papers.files import paper_pdf
from covidstation.services.papers.issuing import issue_paper
from covidstation.services.preferences import Preferences, keep_preferences
from covidstation.services.privacy.person_file import FileRequest, Requester, person_file
from covidstation.ui.desk import Desk, NewF0
from covidstation.ui.look.theme import Theme
from covidstation.ui.main import MainWindow
from covidstation.ui.papers.printer import print_pdf
from covidstation.ui.tasks import Tasks
from tests.privacy.people import people
from tests.services import samples
from tests.services.district import District
from tests.services.samples import NOW, TODAY, catalog

PAGES = ("today", "f0_list", "rounds", "contacts", "missing", "book", "reports", "sync", "settings")


def wait() -> None:
    """Let the window and its threads finish."""
    QTest.qWait(150)


class Morning:
    """The program on that folder, with its window."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.data = folder, folder / "data"
        self.app = QApplication(["covidstation"])
        self.app.setApplicationName("CovidStation")
        log_file = log.start_log(self.data)
        assert log_file is not None
        log.watch_crashes(log_file)
        log.catch_the_rest(lambda _trouble: None)
        self.register: Register = samples.opened(self.data)
        self.desk = Desk(self.register, catalog(), Tasks(), now=lambda: NOW)
        self.window = MainWindow(self.desk, Theme(self.app, "light"), Preferences(station="Trạm"), lambda _kept: None)
        self.window.resize(1366, 697)
        self.window.show()
        self.window.begin()
        wait()

    def look_around(self) -> None:
        """Every page, a person, a search."""
        for page in PAGES:
            self.window.go(page)
            wait()
        person = find_people(self.register.db, people()[0].full_name)[0]
        self.desk.want_person.emit(person.id)
        wait()
        for edit in self.window.findChildren(QLineEdit):
            if edit.isVisible() and "search" in edit.objectName():
                QTest.keyClicks(edit, "Vu Quynhx")
        wait()

    def write(self) -> None:
        """Ill people, papers, a draft, a copy, a bundle; files for whoever asked."""
        db, asked = self.register.db, self.folder / "asked"
        cases = [samples.register(db, samples.f0(one)) for one in people()]
        order = partial(
            issue_paper, db, PaperKind.ISOLATION_ORDER, catalog=catalog(), issued_on=TODAY, by=None, now=NOW
        )
        papers = [order([one.id]).value.id for one in cases[:3]]
        typed = {"person": {"full_name": people()[7].full_name, "phone": people()[7].phone}}
        keep_draft(db, "f0", "", typed, now=NOW)
        keep_preferences(self.data, Preferences(station="Trạm", last_user="Lò Thị Mai"))
        back_up(db, now=NOW)
        District().enrol(db, self.folder / "stick")
        export_changes(db, self.folder / "stick", by=None, now=NOW)
        self._give_out(asked, papers[0])
        self._print(asked, papers[1])
        request = FileRequest(requester=Requester.SELF, name=people()[2].full_name, reason="xem lại")
        own = person_file(
            db, cases[2].person_id, request, catalog=catalog(), by=None, by_name="Lò Thị Mai", now=NOW
        ).value
        keep_file(asked / own.name, own.data)

    def _give_out(self, asked: Path, paper: object) -> None:
        db = self.register.db
        table = f0_list_xlsx(db, F0Selection(EpisodeFilter()), catalog=catalog(), today=TODAY)
        keep_file(asked / "danh-sach.xlsx", table)
        dialog = QFileDialog(self.window, "Lưu PDF", str(asked))
        dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile("116-QD-UBND.pdf")
        dialog.show()
        wait()
        dialog.accept()
        dialog.deleteLater()  # only then it keeps its places
        keep_file(asked / "116.pdf", paper_pdf(db, paper))  # type: ignore[arg-type]
        self.desk.want_issued.emit(paper)
        wait()

    def _print(self, asked: Path, paper: object) -> None:
        device = QPrinter()
        device.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
        device.setOutputFileName(str(asked / "printed.pdf"))
        print_pdf(paper_pdf(self.register.db, paper), device)  # type: ignore[arg-type]

    def go_wrong(self) -> None:
        """What nobody caught has a patient in its words."""
        try:
            raise RuntimeError(f"no such person: {people()[5].full_name} {people()[5].phone}")
        except RuntimeError as trouble:
            sys.excepthook(type(trouble), trouble, trouble.__traceback__)
            log.log.error("a bug about %s", "somebody", exc_info=trouble)


def work(folder: Path) -> None:
    """Found, use, and be killed with a form half typed and a paper in sight."""
    samples.found(folder / "data")
    morning = Morning(folder)
    morning.write()
    morning.look_around()
    morning.go_wrong()
    morning.desk.want_f0.emit(NewF0())
    wait()
    for edit in morning.window.findChildren(QLineEdit, "full_name"):
        QTest.keyClicks(edit, "Vu Quynhx Chu")
    QTest.qWait(1200)
    os.kill(os.getpid(), signal.SIGKILL)


def again(folder: Path) -> None:
    """Open what is left, look, and leave as one should."""
    morning = Morning(folder)
    morning.look_around()
    morning.window.hide()
    morning.register.db.close()
    os._exit(0)


if __name__ == "__main__":
    {"work": work, "again": again}[sys.argv[1]](Path(sys.argv[2]))
