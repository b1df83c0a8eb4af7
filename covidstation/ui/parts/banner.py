"""The banner under a page's title: one sentence, one button, one at a time (the worst)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import font
from covidstation.ui.look.icons import paint_icon
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.look.tokens import Tokens
from covidstation.ui.parts.buttons import Button

Level = Literal["danger", "warn", "info", "ok", "training"]
_HEIGHT, _SLIM = 44, 28
_ICONS: dict[Level, str] = {"danger": "alert", "warn": "clock", "info": "info", "ok": "check", "training": "shield"}


def soft_colours(level: Level, tokens: Tokens) -> tuple[str, str, str]:
    """Ground, bar and words of a soft area."""
    grey = tokens.chips["grey"]
    return {
        "danger": (tokens.danger_soft, tokens.danger_line, tokens.danger),
        "warn": (tokens.warn_soft, tokens.chips["orange"].mark, tokens.warn),
        "info": (tokens.accent_soft, tokens.accent, tokens.accent),
        "ok": (tokens.ok_soft, tokens.chips["green"].mark, tokens.ok),
        "training": (grey.ground, grey.mark, grey.text),
    }[level]


class Banner(QWidget):
    """`Banner().show_message("warn", "…", button="Sửa giờ", act=self.fix)`; no height until then."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level: Level = "info"
        self._text = ""
        self._icon = "info"
        self._button: Button | None = None
        self._slim = False
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, metrics.MARGIN, 0)
        self._row.addStretch(1)
        self.setFixedHeight(0)  # not hidden: a hidden one could be shown before it has a window

    def show_message(
        self,
        level: Level,
        text: str,
        *,
        icon: str = "",
        button: str = "",
        act: Callable[[], object] | None = None,
    ) -> None:
        """Show this one in place of what was there."""
        self._level, self._text, self._icon = level, text, icon or _ICONS[level]
        if self._button is not None:
            self._row.removeWidget(self._button)
            self._button.hide()  # else it stands beside the new one until the loop comes round
            self._button.deleteLater()
            self._button = None
        if button and act is not None:
            self._button = Button(button, name="banner_button")
            self._button.clicked.connect(lambda: act())
            self._row.addWidget(self._button)
        self.setAccessibleName(text)
        self._fit()
        self.update()

    def clear(self) -> None:
        """Nothing to say."""
        self._text = ""
        if self._button is not None:
            self._button.hide()
            self._button.deleteLater()
            self._button = None
        self.setFixedHeight(0)

    def set_slim(self, slim: bool) -> None:
        """28 px instead of 44, for one without a button over a page that needs the room."""
        self._slim = slim
        self._fit()

    def _fit(self) -> None:
        slim = self._slim and self._button is None
        self.setFixedHeight(0 if not self._text else _SLIM if slim else _HEIGHT)

    def text(self) -> str:
        """The sentence shown, empty when there is none."""
        return self._text

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Soft ground, 3-px bar, icon, sentence; a line of the page below, for another red block may follow."""
        ground, bar, words = soft_colours(self._level, tokens_of(self))
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(ground))
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(tokens_of(self).base))
        painter.fillRect(0, 0, metrics.BAR, self.height(), QColor(bar))
        paint_icon(painter, 16, (self.height() - 18) / 2, self._icon, 18, words)
        painter.setFont(font("strong"))
        painter.setPen(QColor(words))
        right = self._button.x() - 12 if self._button else self.width() - 12
        middle = self.height() // 2 + painter.fontMetrics().capHeight() // 2
        shown = painter.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, right - 44)
        painter.drawText(44, middle, shown)
