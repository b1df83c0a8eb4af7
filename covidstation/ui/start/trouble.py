"""When the data folder cannot be used: the sentence, what is safe, and one thing to do."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from covidstation.i18n import _
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.labels import label
from covidstation.ui.start.card import Card, CardView


class TroubleView(CardView):
    """A plain screen. `again_asked` tries once more, `quit_asked` leaves; nothing is founded or repaired here."""

    again_asked = Signal()
    quit_asked = Signal()

    def __init__(self, sentence: str, folder: str) -> None:
        card = Card(_("Chưa mở được sổ"), icon="alert")
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
        card.column.addSpacing(24)
        again = Button(_("&Thử lại"), "primary", name="again")
        leave = Button(_("Đó&ng"), name="leave")
        again.clicked.connect(self.again_asked)
        leave.clicked.connect(self.quit_asked)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(leave)
        row.addWidget(again)
        card.column.addLayout(row)
        again.setFocus()
