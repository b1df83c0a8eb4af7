"""The small sections beside a paper: the question to the head of station, the household, the book of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.db.queries.papers import Companion
from covidstation.db.queries.people import PaperLine
from covidstation.domain.dates import age_on
from covidstation.domain.packs import HomeIsolation
from covidstation.domain.papers import number_text
from covidstation.i18n import _
from covidstation.services.papers.look import PaperLook
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.checks import CheckBox
from covidstation.ui.parts.labels import ElidedLabel, Ground, Line, label, set_ink
from covidstation.ui.parts.rows import SectionHead

_LINES = 2  # of the book, under the next number: what a low window has room for


def column_of(widget: QWidget, *, gap: int = 0) -> QVBoxLayout:
    """A column without margins in that widget."""
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(gap)
    return column


class HomeQuestion(QWidget):
    """May COVID-19, or a contact, be isolated at home today? The head of station answers once, the law above."""

    answered = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("home_question")
        column = column_of(self, gap=6)
        column.addWidget(SectionHead(_("Người đứng đầu trạm trả lời trước")))
        self._law = label("", wrap=True)
        self._source = label("", "hint", "muted", wrap=True)
        self._asked = label("", "name", wrap=True)
        column.addWidget(self._law)
        column.addWidget(self._source)
        column.addWidget(self._asked)
        row = QHBoxLayout()
        row.setSpacing(metrics.GAP)
        self.yes = Button(_("Được &phép"), name="home_yes")
        self.no = Button(_("&Không"), name="home_no")
        self.yes.clicked.connect(lambda: self.answered.emit(True))
        self.no.clicked.connect(lambda: self.answered.emit(False))
        row.addWidget(self.yes)
        row.addWidget(self.no)
        row.addStretch(1)
        column.addLayout(row)
        self._note = label("", "hint", "muted", wrap=True)
        column.addWidget(self._note)
        column.addSpacing(8)
        column.addWidget(Line())

    def ask(self, ground: HomeIsolation, *, head: bool, contact: bool = False) -> None:
        """Show the law; only the head of station may answer."""
        case = _("Nay có được ra quyết định cách ly COVID-19 tại nhà không?")
        self._asked.setText(_("Nay có được ra quyết định cách ly F1 tại nhà không?") if contact else case)
        self._law.setText(ground.text)
        mark = "" if ground.confirmed else _("Chưa xác nhận với văn bản gốc. ")
        self._source.setText(_("{mark}Nguồn: {source}").format(mark=mark, source=ground.source))
        self.yes.setEnabled(head)
        self.no.setEnabled(head)
        kept = _("Câu trả lời được nhớ; đổi lại ở Cài đặt, mục Mẫu văn bản.")
        self._note.setText(kept if head else _("Chỉ người đứng đầu trạm trả lời được. Mời người ấy mở sổ."))


class FamilySection(QWidget):
    """Who of the household stands on this paper; the first person always does."""

    changed = Signal(object)  # tuple of episode ids in order

    def __init__(self) -> None:
        super().__init__()
        self._column = column_of(self)
        self._column.addWidget(SectionHead(_("Cùng hộ, cùng ngày bắt đầu")))
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self._column.addLayout(self._list)
        self._column.addSpacing(8)
        self._column.addWidget(Line())
        self._boxes: dict[UUID, CheckBox] = {}
        self._family: tuple[Companion, ...] = ()

    def show_family(self, family: Sequence[Companion], chosen: Sequence[UUID], today: date) -> None:
        """Boxes for everyone; hidden for one alone."""
        self.setVisible(len(family) > 1)
        if tuple(family) != self._family:
            self._family = tuple(family)
            for old in self._boxes.values():
                self._list.removeWidget(old)
                old.hide()
                old.deleteLater()
            self._boxes = {one.episode_id: self._box(one, today) for one in family}
        for episode_id, box in self._boxes.items():
            box.blockSignals(True)
            box.setChecked(episode_id in chosen)
            box.setEnabled(episode_id != chosen[0])
            box.blockSignals(False)

    def _box(self, one: Companion, today: date) -> CheckBox:
        age = _("{age} tuổi").format(age=age_on(one.birth, today)) if one.birth else _("chưa rõ tuổi")
        words = _("{name}, {age}").format(name=one.full_name, age=age)
        box = CheckBox("companion", words.replace("&", "&&"))
        box.toggled.connect(self._tell)
        self._list.addWidget(box)
        return box

    def _tell(self) -> None:
        self.changed.emit(tuple(key for key, box in self._boxes.items() if box.isChecked()))


class NumbersSection(QWidget):
    """The next number and the last lines of the series."""

    book_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        column = column_of(self)
        self._head = QHBoxLayout()
        self._head.setSpacing(8)
        self._title = label("", "section")
        more = Button(_("Mở sổ"), "link", name="open_book")
        more.clicked.connect(self.book_wanted)
        self._head.addWidget(self._title)
        self._head.addStretch(1)
        self._head.addWidget(more)
        self._head.addStrut(metrics.FORM_ROW)
        column.addLayout(self._head)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        column.addLayout(self._list)
        note = _("Số chỉ cấp khi in; không sửa, không xoá, sai thì huỷ.")
        column.addSpacing(6)
        column.addWidget(label(note, "hint", "muted", wrap=True))
        column.addSpacing(6)
        column.addWidget(Line())

    def show_numbers(self, look: PaperLook) -> None:
        """The series of this paper."""
        view = look.prepared.view
        self._title.setText(_("Sổ số {symbol} {year}").format(symbol=view.symbol, year=view.issued_on.year))
        while (item := self._list.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        names = ", ".join(subject.name for subject in view.subjects)
        self._list.addWidget(number_row(number_text(look.prepared.next_number), names, _("cấp khi in"), next_one=True))
        for line in look.lines[:_LINES]:
            self._list.addWidget(_line_row(line))


def _line_row(line: PaperLine) -> QWidget:
    if line.voided_at is not None:
        second = _("huỷ {day}").format(day=line.voided_at.strftime("%d/%m"))
        return number_row(number_text(line.number), line.void_reason or line.subjects, second, bad=True)
    second = _("{day} đã cấp").format(day=line.issued_on.strftime("%d/%m"))
    return number_row(number_text(line.number), line.subjects, second)


def number_row(number: str, who: str, state: str, *, next_one: bool = False, bad: bool = False) -> QWidget:
    """A 32-px line of the book: number, whose, its state at the right."""
    ground = Ground(QPalette.ColorRole.Highlight if next_one else QPalette.ColorRole.Base)
    ground.setFixedHeight(metrics.TABLE_ROW)
    outer = column_of(ground)
    row = QHBoxLayout()
    row.setContentsMargins(8, 0, 8, 0)
    row.setSpacing(8)
    first = label(number, "name" if next_one else "body", "text" if next_one else "muted")
    first.setFixedWidth(60)
    row.addWidget(first)
    row.addWidget(ElidedLabel(who, "name" if next_one else "body"), 1)
    state_label = label(state, "hint_strong" if next_one or bad else "hint", "muted")
    set_ink(state_label, "accent" if next_one else "warn" if bad else "muted")
    row.addWidget(state_label)
    outer.addLayout(row, 1)
    if not next_one:
        outer.addWidget(Line())
    return ground
