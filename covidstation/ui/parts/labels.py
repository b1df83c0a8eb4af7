"""Words on a page: plain text, a role from the type table, an ink from the tokens."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QTextLayout
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import Role, font, pixels
from covidstation.ui.look.icons import paint_icon
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.mnemonics import mnemonic_flag


def label(text: str, role: Role = "body", ink: Ink = "text", *, wrap: bool = False) -> QLabel:
    """A plain-text label: `<b>` prints as it is. One line, tall enough for Ễ Ặ Ậ, unless `wrap`.

    With `&` before a letter it wants a buddy.
    """
    result = _Titled() if "&" in text and not wrap else QLabel()
    result.setTextFormat(Qt.TextFormat.PlainText)
    result.setFont(font(role))
    result.setProperty("ink", ink)
    result.setWordWrap(wrap)
    if not wrap:
        result.setMinimumHeight(round(pixels(role) * metrics.LABEL_HEIGHT))
    result.setText(text)
    return result


class _Titled(QLabel):
    """A label whose mnemonic is underlined only while Alt is held; QLabel asks the style, which always says yes."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """As QLabel does; only with another flag."""
        if self.buddy() is None:
            super().paintEvent(event)
            return
        ink: Ink = self.property("ink")
        painter = QPainter(self)
        painter.setPen(QColor(tokens_of(self).ink(ink)))
        painter.drawText(self.contentsRect(), int(self.alignment() | mnemonic_flag()), self.text())


def set_ink(widget: QLabel, ink: Ink) -> None:
    """Change the colour of a label that is already shown."""
    if widget.property("ink") != ink:
        restyle(widget, "ink", ink)


def restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a dynamic property that the style sheet reads, and have it read again."""
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


class ElidedLabel(QLabel):
    """One line that ends in … when it is too long; the whole text is its tool tip and its accessible name."""

    def __init__(self, text: str = "", role: Role = "body", ink: Ink = "text") -> None:
        super().__init__()
        self._full = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(font(role))
        self.setProperty("ink", ink)
        self.setMinimumHeight(round(pixels(role) * metrics.LABEL_HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_text(text)

    def set_text(self, text: str) -> None:
        """Show that text, as much of it as fits."""
        self._full = text
        self.setAccessibleName(text)
        self.updateGeometry()  # QLabel asks for room only when the words that show change
        self._fit()

    def text_in_full(self) -> str:
        """The text without the ellipsis."""
        return self._full

    def sizeHint(self) -> QSize:
        """As wide as the full text."""
        return QSize(self.fontMetrics().horizontalAdvance(self._full) + 2, self.minimumHeight())

    def minimumSizeHint(self) -> QSize:
        """May shrink to nothing."""
        return QSize(0, self.minimumHeight())

    def event(self, event: QEvent) -> bool:
        """Fit again when the width changed."""
        if event.type() == QEvent.Type.Resize:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        width = self.width()
        shown = self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideRight, width)
        self.setText(shown)
        self.setToolTip(plain_tip(self._full) if shown != self._full else "")


class TwoLineLabel(ElidedLabel):
    """Up to two lines, the second ending in … when there is still more; stays inside a 40-px row."""

    def sizeHint(self) -> QSize:
        """Room for two lines."""
        return QSize(super().sizeHint().width(), 2 * self.fontMetrics().lineSpacing() + 2)

    def minimumSizeHint(self) -> QSize:
        """May shrink to nothing in width."""
        return QSize(0, self.sizeHint().height())

    def _fit(self) -> None:
        width = self.width()
        first = self._first_line(width)
        if first >= len(self._full):
            super()._fit()
            return
        rest = self.fontMetrics().elidedText(self._full[first:].strip(), Qt.TextElideMode.ElideRight, width)
        shown = f"{self._full[:first].rstrip()}\n{rest}"
        self.setText(shown)
        self.setToolTip(plain_tip(self._full) if rest.endswith("…") else "")

    def _first_line(self, width: int) -> int:
        """How many letters fit on the first line, cut between words."""
        layout = QTextLayout(self._full, self.font())
        layout.beginLayout()
        line = layout.createLine()
        if not line.isValid():
            layout.endLayout()
            return 0
        line.setLineWidth(max(width, 1))
        layout.endLayout()
        return line.textLength()


def plain_tip(text: str) -> str:
    """A tool tip that Qt cannot take for rich text: a zero-width space keeps `<` from opening a tag."""
    return text.replace("<", "<\u200b")


class Line(QFrame):
    """A 1-px hairline across, or down with `vertical`."""

    def __init__(self, *, vertical: bool = False) -> None:
        super().__init__()
        self.setAutoFillBackground(True)
        self.setBackgroundRole(QPalette.ColorRole.Mid)
        if vertical:
            self.setFixedWidth(1)
        else:
            self.setFixedHeight(1)


class Glyph(QWidget):
    """An icon standing alone as a picture beside words; never the only sign of a meaning."""

    def __init__(self, name: str, size: int = 16, ink: Ink = "muted") -> None:
        super().__init__()
        self._name, self._size, self._ink = name, size, ink
        self.setFixedSize(size, size)

    def show_icon(self, name: str, ink: Ink) -> None:
        """Another picture or colour."""
        self._name, self._ink = name, ink
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the icon in the ink of the scheme in force."""
        paint_icon(QPainter(self), 0, 0, self._name, self._size, tokens_of(self).ink(self._ink))


class Ground(QWidget):
    """A plain area of one palette role, with an optional 3-px bar at its left."""

    def __init__(self, role: QPalette.ColorRole = QPalette.ColorRole.Base, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoFillBackground(True)
        self.setBackgroundRole(role)


def line_rect(rect: QRectF) -> QRectF:
    """The rectangle in which a delegate draws one line, with room for stacked marks."""
    return rect.adjusted(0, -metrics.INK_ROOM, 0, metrics.INK_ROOM)
