"""Issuing from Hôm nay: one person's paper is shown first, those of several are made in one go after one question."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from covidstation.db.queries.station import get_setting
from covidstation.domain.packs import PaperKind
from covidstation.i18n import _
from covidstation.services.papers.issuing import missing_papers
from covidstation.services.reports.today import TodaysWork
from covidstation.ui.desk import Desk
from covidstation.ui.papers.bulk import BulkRun, Way
from covidstation.ui.papers.printer import chosen_printer
from covidstation.ui.papers.run_panel import RunPanel
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.today import words


class Issuing(QObject):
    """`start(work, ending=…)`; `started` when `panel` is to be shown, `finished` when its result was read."""

    started = Signal()
    finished = Signal()

    def __init__(self, desk: Desk, page: QWidget) -> None:
        super().__init__(page)
        self._desk, self._page = desk, page
        self._run = BulkRun(desk, self)
        self._kind = PaperKind.ISOLATION_ORDER
        self._work: TodaysWork | None = None
        self.panel = RunPanel(self._run)
        self.panel.closed.connect(self.finished)
        self.panel.wanted.connect(self._open_skipped)

    def start(self, work: TodaysWork | None, *, ending: bool) -> None:
        """Ask whose papers wait, then issue them."""
        if work is not None and not self._run.running():
            self._work = work
            self._desk.ask(self, partial(_waiting, self._desk, ending=ending), partial(self._found, ending))

    def _found(self, ending: bool, found: tuple[list[UUID], Way]) -> None:
        ids, way = found
        if self._work is None or self._run.running() or not ids:
            return
        if len(ids) == 1:
            self._desk.open_paper(ids, ending=ending)
            return
        kind = self._work.ending if ending else PaperKind.ISOLATION_ORDER
        printer = chosen_printer(way.printer)
        text = words.before_issuing(kind, len(ids), printer)
        if not confirm(self._page, words.print_text(kind, len(ids)), text, act=words.act_text(kind, len(ids))):
            return
        folder = None if printer else self._ask_folder()
        if printer or folder is not None:
            self.started.emit()
            self._kind = kind
            self._run.start(kind, ids, Way(printer, way.copies, folder))

    def _ask_folder(self) -> Path | None:
        chosen = QFileDialog.getExistingDirectory(self._page, _("Lưu các văn bản vào thư mục"))
        return Path(chosen) if chosen else None

    def _open_skipped(self, episode_id: UUID) -> None:
        self._desk.open_paper([episode_id], ending=self._kind is not PaperKind.ISOLATION_ORDER)


def _waiting(desk: Desk, *, ending: bool) -> tuple[list[UUID], Way]:
    """Whose papers wait, and the station's printer and copies."""
    db = desk.register.db
    ids = missing_papers(db, ending=ending, catalog=desk.catalog, today=desk.now().date())
    return ids, Way(get_setting(db, "printer"), int(get_setting(db, "print_copies")))
