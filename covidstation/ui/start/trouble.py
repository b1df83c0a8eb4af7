"""When the register cannot be opened: what happened, what is safe, and three ways on. Nothing is founded here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout

from covidstation.i18n import _
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.labels import label, set_ink
from covidstation.ui.parts.rows import ListRow, SectionHead
from covidstation.ui.start.card import Card, CardView

MOST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Safe:
    """A copy, in two lines, and whether it is known to be damaged."""

    first: str
    second: str
    good: bool = True


class TroubleView(CardView):
    """The rescue screen. `again_asked` tries once more, `restore_asked` leads to the copies, `carry_asked` puts all
    files on a stick for the district, `read_asked` opens without writing (offered by `offer_reading`)."""

    again_asked = Signal()
    restore_asked = Signal()
    carry_asked = Signal()
    read_asked = Signal()
    quit_asked = Signal()

    def __init__(self, sentence: str, folder: str, *, only_again: bool = False) -> None:
        self._card = card = Card(_("Chưa mở được sổ"), icon="alert", ink="warn")
        super().__init__("trouble_view", card)
        self.setWindowTitle(_("Chưa mở được sổ – CovidStation"))
        said = label(sentence, "large", wrap=True)
        said.setAccessibleName(sentence)
        safe = _("Chương trình chưa thay đổi gì. Dữ liệu và các bản sao lưu vẫn ở thư mục: {folder}").format(
            folder=folder
        )
        card.column.addWidget(said)
        card.column.addSpacing(12)
        card.column.addWidget(label(safe, "body", "muted", wrap=True))
        card.column.addSpacing(8)
        self._copies = QVBoxLayout()
        self._copies.setSpacing(0)
        card.column.addLayout(self._copies)
        self._note = label("", "body", wrap=True)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._note.hide()
        self._bar.hide()
        card.column.addSpacing(8)
        card.column.addWidget(self._bar)
        card.column.addWidget(self._note)
        card.column.addSpacing(20)
        self.again = Button(_("&Thử lại"), "primary" if only_again else "normal", name="again")
        self.restore = Button(_("&Lấy lại từ bản sao lưu…"), "primary", name="restore")
        self.carry = Button(_("&Chép tất cả ra USB…"), name="carry")
        self.read = Button(_("Mở để &xem"), name="read_only")
        self.leave = Button(_("Đó&ng"), "quiet", name="leave")
        self._lay_buttons(only_again)

    def _lay_buttons(self, only_again: bool) -> None:
        pairs = (
            (self.again, self.again_asked),
            (self.restore, self.restore_asked),
            (self.carry, self.carry_asked),
            (self.read, self.read_asked),
            (self.leave, self.quit_asked),
        )
        for button, signal in pairs:
            button.clicked.connect(signal)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.leave)
        row.addStretch(1)
        for button in (self.read, self.carry, self.again, self.restore):
            row.addWidget(button)
        self._card.column.addLayout(row)
        self.read.hide()
        self.restore.setVisible(not only_again)
        self.carry.setVisible(not only_again)
        (self.again if only_again else self.restore).setFocus()

    def show_safe(self, copies: Sequence[Safe]) -> None:
        """The copies that were found, newest first."""
        while (item := self._copies.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        self.restore.setEnabled(any(one.good for one in copies) or not copies)
        if not copies:
            return
        more = len(copies) - MOST_SHOWN
        second = _("còn {n} bản khác").format(n=more) if more > 0 else ""
        self._copies.addWidget(SectionHead(_("Bản sao lưu đang có"), second))
        for one in copies[:MOST_SHOWN]:
            icon, ink = ("check", "ok") if one.good else ("alert", "danger")
            self._copies.addWidget(ListRow(one.first, one.second, icon=icon, ink=ink, margin=0))  # type: ignore[arg-type]

    def offer_reading(self) -> None:
        """Only writing fails: it can be looked at."""
        self.read.show()

    def say(self, text: str, ink: Ink = "text") -> None:
        """How a way on ended."""
        self._bar.hide()
        self._note.setText(text)
        self._note.setAccessibleName(text)
        set_ink(self._note, ink)
        self._note.show()
        self.set_busy(False)

    def set_busy(self, busy: bool) -> None:
        """While files are copied."""
        for button in (self.again, self.restore, self.carry, self.read):
            button.setEnabled(not busy)

    def moved(self, done: int, of: int) -> None:
        """The bar of a copy under way; sizes in bytes."""
        self._bar.setRange(0, 1000)
        self._bar.setValue(done * 1000 // max(of, 1))
        self._bar.show()
