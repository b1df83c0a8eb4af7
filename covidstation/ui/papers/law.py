"""Beside a paper: its date and the law that this chooses, what is not confirmed, who signs, on which printer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from covidstation.domain.packs import PackItem
from covidstation.i18n import _
from covidstation.messages.papers import GROUPS
from covidstation.services.papers.look import PaperLook
from covidstation.ui.look import metrics
from covidstation.ui.papers.printer import chosen_printer, printers
from covidstation.ui.papers.sections import column_of
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import Dialog, foot
from covidstation.ui.parts.edits import DateEdit, set_state
from covidstation.ui.parts.labels import ElidedLabel, Glyph, Line, label


class LawSection(QWidget):
    """The date of the paper, the law that it chooses, and what nobody has compared with the source yet."""

    date_chosen = Signal(object)  # date
    settings_wanted = Signal()

    def __init__(self, today: date) -> None:
        super().__init__()
        column = column_of(self)
        self.day = DateEdit("issued_on", _("Ngày văn bản"), today=today)
        self.day.editingFinished.connect(self._typed)
        row = QHBoxLayout()
        row.addStrut(metrics.FORM_ROW)
        title = label(_("Ngày &văn bản"), "hint", "muted")
        title.setBuddy(self.day)
        row.addWidget(title, 1)
        row.addWidget(self.day)
        column.addLayout(row)
        self._law = label("", "hint", "muted", wrap=True)
        column.addWidget(self._law)
        doubt = QHBoxLayout()
        doubt.setSpacing(8)
        doubt.addStrut(34)
        self._glyph = Glyph("alert", 16, "warn")
        self._doubt = label("", "hint_strong", "warn")
        self._more = Button(_("Xem"), "link", name="show_unconfirmed")
        self._more.clicked.connect(self._open)
        doubt.addWidget(self._glyph)
        doubt.addWidget(self._doubt, 1)
        doubt.addWidget(self._more)
        column.addLayout(doubt)
        self._items: tuple[PackItem, ...] = ()

    def show_law(self, look: PaperLook) -> None:
        """The pack in force on the paper's day."""
        if not self.day.hasFocus():
            self.day.set_day(look.prepared.view.issued_on)
        set_state(self.day, "")
        text = _("Ngày này dùng mẫu: {title}").format(title=look.pack.title)
        self._law.setText(text)
        self._items = look.prepared.unconfirmed
        for widget in (self._glyph, self._doubt, self._more):
            widget.setVisible(bool(self._items))
        self._doubt.setText(_("{n} câu chưa xác nhận").format(n=len(self._items)))

    def _typed(self) -> None:
        day = self.day.day()
        if day is None:
            set_state(self.day, "error")
        else:
            self.date_chosen.emit(day)

    def _open(self) -> None:
        if UnconfirmedDialog(self, self._items).exec() == QDialog.DialogCode.Accepted:
            self.settings_wanted.emit()


class UnconfirmedDialog(Dialog):
    """The texts of this paper that nobody has compared with the original yet, each with its source."""

    def __init__(self, parent: QWidget, items: Sequence[PackItem]) -> None:
        super().__init__(parent, _("Chưa xác nhận"), "unconfirmed_dialog")
        self.resize(680, 480)
        column = column_of(self)
        words = QWidget()
        inner = QVBoxLayout(words)
        inner.setContentsMargins(metrics.MARGIN, 16, metrics.MARGIN, 16)
        inner.setSpacing(4)
        inner.addWidget(label(_("Những câu chưa đối chiếu với văn bản gốc"), "section"))
        for item in items:
            inner.addSpacing(10)
            inner.addWidget(label(_(GROUPS.get(item.group, item.group)), "name"))
            inner.addWidget(label(item.text, wrap=True))
            inner.addWidget(label(_("Nguồn: {source}").format(source=item.source), "hint", "muted", wrap=True))
        inner.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setAccessibleName(_("Những câu chưa xác nhận"))
        area.setWidget(words)
        column.addWidget(area, 1)
        column.addWidget(Line())
        back = Button(_("Đóng"), name="close_dialog")
        back.clicked.connect(self.reject)
        mend = Button(_("Sửa trong Cài đặt"), name="mend_in_settings")
        mend.clicked.connect(self.accept)
        column.addLayout(foot(mend, back))
        back.setFocus(Qt.FocusReason.OtherFocusReason)


class PrintSection(QWidget):
    """Who signs, which printer and how many copies; says so plainly when there is no printer."""

    chosen = Signal(str, str)  # setting, value

    def __init__(self) -> None:
        super().__init__()
        column = column_of(self)
        self._signer = ElidedLabel("", "body")
        self._signer.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._none = label(_("Máy này chưa có máy in: số vẫn cấp được, lưu PDF rồi in ở máy khác."), "hint", wrap=True)
        self.printer = Combo("printer", _("Máy in"), width=196)
        self.copies = Combo("print_copies", _("Số bản"), [(n, f"{n}") for n in range(1, 10)], width=64)
        self.printer.picked.connect(lambda name: self.chosen.emit("printer", str(name)))
        self.copies.picked.connect(lambda count: self.chosen.emit("print_copies", str(count)))
        column.addLayout(_pair(_("Người ký"), self._signer))
        self._row = QWidget()
        row = QHBoxLayout(self._row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        title = label(_("&Máy in"), "hint", "muted")
        title.setBuddy(self.printer)
        row.addWidget(title, 1)
        row.addWidget(self.printer)
        by = label(_("&bản"), "hint", "muted")
        by.setBuddy(self.copies)
        row.addWidget(self.copies)
        row.addWidget(by)
        self._row.setFixedHeight(metrics.FORM_ROW)
        column.addWidget(self._row)
        column.addWidget(self._none)

    def show_printing(self, signer: str, remembered: str, copies: int) -> str:
        """Fill it; the printer that would be used, empty when there is none."""
        self._signer.set_text(signer or _("chưa ghi"))
        names = printers()
        used = chosen_printer(remembered)
        self.printer.set_choices([(name, name) for name in names])
        self.printer.set_value(used)
        self.copies.set_value(copies)
        self._row.setVisible(bool(names))
        self._none.setVisible(not names)
        return used


def _pair(title: str, value: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.addStrut(28)
    row.setSpacing(8)
    row.addWidget(label(title, "hint", "muted"))
    row.addWidget(value, 1)
    return row
