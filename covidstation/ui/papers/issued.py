"""Beside an issued paper: its number and state, whom it speaks of, what can still be done with it."""

from __future__ import annotations

from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.db.queries.papers import StoredPaper
from covidstation.domain.papers import number_symbol, number_text
from covidstation.i18n import _, date_text, moment_text
from covidstation.messages.papers import KINDS
from covidstation.ui.look import metrics
from covidstation.ui.papers.sections import column_of
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.labels import Line, label, set_ink
from covidstation.ui.parts.rows import KeyValues, SectionHead, TwoLines


def paper_title(paper: StoredPaper) -> str:
    """`118/QĐ-UBND`."""
    return number_symbol(number_text(paper.line.number), paper.line.symbol)


def file_name(number: int, symbol: str, year: int) -> str:
    """The name under which a paper is offered to be saved: no name of a person is in it."""
    return f"{number:04d}-{symbol}-{year}.pdf"


class IssuedPanel(QWidget):
    """`show_paper(stored, now)`; the ways out are signals."""

    person_wanted = Signal(object)  # UUID
    book_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = column_of(self)
        self._state = label("", "section", "ok", wrap=True)
        self._why = label("", "body", "muted", wrap=True)
        column.addSpacing(12)
        column.addWidget(self._state)
        column.addWidget(self._why)
        column.addSpacing(10)
        column.addWidget(Line())
        column.addSpacing(6)
        self._facts = KeyValues(key_width=96)
        column.addWidget(self._facts)
        column.addSpacing(6)
        column.addWidget(Line())
        column.addWidget(SectionHead(_("Người trên văn bản")))
        self._people = QVBoxLayout()
        self._people.setSpacing(0)
        column.addLayout(self._people)
        more = Button(_("Mở sổ số"), "link", flush=True, name="open_book_issued")
        more.clicked.connect(self.book_wanted)
        column.addSpacing(8)
        column.addWidget(more)
        column.addStretch(1)

    def show_paper(self, paper: StoredPaper, law: str) -> None:
        """Number, date, state, people."""
        line = paper.line
        void = line.voided_at is not None
        set_ink(self._state, "danger" if void else "ok")
        words = _("Đã huỷ số {number}") if void else _("Đã cấp số {number}")
        self._state.setText(words.format(number=paper_title(paper)))
        self._why.setText(self._words(paper))
        self._facts.set_rows(
            [
                (_("Văn bản"), _(KINDS[line.kind])),
                (_("Ngày"), date_text(line.issued_on)),
                (_("Người ký"), str(paper.view.get("signer", ""))),
                (_("Theo mẫu"), law),
            ]
        )
        self._show_people(paper)

    @staticmethod
    def _words(paper: StoredPaper) -> str:
        line = paper.line
        if line.voided_at is not None:
            day = date_text(line.voided_at.date())
            return _("Huỷ ngày {day}: {reason}. Dòng này ở lại trong sổ, số không dùng lại.").format(
                day=day, reason=line.void_reason
            )
        issued = moment_text(line.issued_at, line.issued_at.date())
        return _("Cấp lúc {clock} ngày {day}. In lại vẫn đúng bản này, từng chữ.").format(
            clock=issued.split(" ")[0], day=date_text(line.issued_at.date())
        )

    def _show_people(self, paper: StoredPaper) -> None:
        while (item := self._people.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        named = paper.view.get("subjects", [])
        for at, (person, _episode) in enumerate(paper.subjects):
            subject = named[at] if at < len(named) else {}
            name, birth = str(subject.get("name", "")), str(subject.get("birth", ""))
            self._people.addWidget(self._person_row(person, name, birth))

    def _person_row(self, person: UUID, name: str, birth: str) -> QWidget:
        way = Button(_("Mở"), "link", name="open_person")
        way.setAccessibleName(_("Mở {name}").format(name=name))
        way.clicked.connect(lambda: self.person_wanted.emit(person))
        row = QWidget()
        row.setFixedHeight(metrics.LIST_ROW)
        inner = QHBoxLayout(row)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addWidget(TwoLines(name, _("Sinh {birth}").format(birth=birth) if birth else "", strong=True), 1)
        inner.addWidget(way)
        return row
