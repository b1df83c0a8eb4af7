"""A number that stands masked, shown whole for a minute to somebody who said why."""

from __future__ import annotations

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from covidstation.domain.citizen import grouped, masked
from covidstation.domain.privacy import REVEAL_SECONDS
from covidstation.i18n import _
from covidstation.ui.look.fonts import Role
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.labels import label


class HiddenNumberLine(QWidget):
    """`asked` when somebody wants to see it; `show_whole` then shows it until a minute is over or it is left."""

    asked = Signal()

    def __init__(self, name: str, title: str, role: Role = "body") -> None:
        super().__init__()
        self._title, self._masked = title, ""
        self.words = label("", role)
        self.button = Button(_("Hiện"), "quiet", name=name)
        self.button.setFixedHeight(22)
        self.button.clicked.connect(self._turn)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide_again)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.words)
        row.addWidget(self.button)

    def set_number(self, number: str) -> None:
        """Another number, masked; only its last signs are kept here."""
        self._masked = masked(number)
        self.hide_again()

    def show_whole(self, number: str) -> None:
        """All of it, for a minute."""
        self.words.setText(grouped(number))
        self._say(_("Giấu"))
        self._timer.start(REVEAL_SECONDS * 1000)

    def hide_again(self) -> None:
        """Masked, as before."""
        self._timer.stop()
        self.words.setText(self._masked)
        self._say(_("Hiện"))

    def is_whole(self) -> bool:
        """Whether all of it stands there."""
        return self._timer.isActive()

    def hideEvent(self, event: QHideEvent) -> None:
        """Whoever leaves the page leaves it masked."""
        self.hide_again()
        super().hideEvent(event)

    def _turn(self) -> None:
        if self.is_whole():
            self.hide_again()
        else:
            self.asked.emit()

    def _say(self, verb: str) -> None:
        self.button.set_text(verb)
        self.button.setAccessibleName(f"{verb} {self._title.lower()}")
