"""A person's papers: seeing and printing them again, marking them as delivered, the dossier, what is missing."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from covidstation.db.queries.people import PaperLine, PersonPage
from covidstation.domain.episodes import Episode
from covidstation.i18n import _, date_text, moment_text
from covidstation.messages import sentence
from covidstation.messages.papers import KINDS
from covidstation.ui.desk import Desk
from covidstation.ui.papers.delivering import ask_delivery, ask_unmark, delivery_words
from covidstation.ui.papers.dossiers import DossierDialog
from covidstation.ui.papers.more import MorePapers
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.chips import Chip
from covidstation.ui.parts.column import empty_column, inset
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.rows import ListRow, SectionHead
from covidstation.ui.person.tabs import Rows
from covidstation.ui.person.timeline import paper_number


class PapersTab(Rows):
    """The papers that name the person."""

    opened = Signal(object)  # UUID

    def __init__(self, desk: Desk) -> None:
        super().__init__("papers_tab", _("Giấy tờ"))
        self._desk = desk

    def show_page(self, page: PersonPage, today: date) -> None:
        """All papers, the newest first; voided ones stay and say so."""
        empty_column(self.rows)
        if page.episodes:
            self.rows.addWidget(self._head(page.episodes[0]))
            self.rows.addWidget(inset(MorePapers(self._desk, page.episodes[0].id)))
        if not page.papers:
            later = _("Quyết định cách ly và giấy kết thúc sẽ ở đây, in lại lúc nào cũng được.")
            self.rows.addWidget(EmptyPage("document", _("Chưa có giấy tờ nào"), later), 1)
            return
        for line in page.papers:
            self.rows.addWidget(self._row(line, today))
        self.rows.addStretch(1)

    def _head(self, newest: Episode) -> QWidget:
        lacks = Button(_("Giấy còn &thiếu"), "quiet", name="show_missing")
        lacks.clicked.connect(lambda: self._desk.want_missing.emit((newest.id,)))
        whole = Button(_("In &hồ sơ"), icon="folder", name="print_dossier")
        whole.clicked.connect(lambda: self._dossier(newest))
        second = _("của lần mắc từ {day}: mọi giấy và phiếu trong một tập").format(day=date_text(newest.report_date))
        return inset(SectionHead(_("Hồ sơ"), second, lacks, whole))

    def _dossier(self, episode: Episode) -> None:
        dialog = DossierDialog(self._desk, self, (episode.id,))
        dialog.exec()
        dialog.deleteLater()

    def _row(self, line: PaperLine, today: date) -> QWidget:
        first = _("{kind} {number}").format(kind=_(KINDS[line.kind]), number=paper_number(line))
        second = _("{when} · {people}").format(when=moment_text(line.issued_at, today), people=line.subjects)
        if line.delivery is not None:
            second = f"{second} · {delivery_words(line.delivery)}"
        see = Button(_("Xem, in lại"), "quiet", name="open_paper")
        see.clicked.connect(lambda: self.opened.emit(line.id))
        return ListRow(first, second, *self._delivering(line), see, icon="document")

    def _delivering(self, line: PaperLine) -> list[QWidget]:
        if line.voided_at is not None:
            return [Chip(_("đã huỷ"), "plain")]
        number = paper_number(line)
        if line.delivery is None:
            mark = Button(_("Đánh dấu đã giao"), "quiet", name="mark_paper_delivered")
            mark.setAccessibleName(_("Đánh dấu đã giao {number}").format(number=number))
            mark.clicked.connect(lambda: ask_delivery(self._desk, self, (line.id,)))
            return [mark]
        undo = Button(_("Bỏ dấu giao"), "quiet", name="unmark_paper_delivered")
        undo.setAccessibleName(_("Bỏ dấu đã giao {number}").format(number=number))
        undo.clicked.connect(partial(self._unmark, line))
        return [Chip(_("đã giao"), "green"), undo]

    def _unmark(self, line: PaperLine, *_clicked: Any) -> None:
        if line.delivery is not None:
            ask_unmark(self._desk, self, line.delivery, lambda trouble: self._desk.said.emit(sentence(trouble)))
