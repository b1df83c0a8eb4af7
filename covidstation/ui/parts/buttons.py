"""Buttons: one primary a page at most; the shortcut is drawn small at the right edge."""

from __future__ import annotations

import re
from typing import Literal

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter, QWidget

from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import Role, font
from covidstation.ui.look.icons import paint_icon
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.closed import why_closed
from covidstation.ui.parts.labels import plain_tip
from covidstation.ui.parts.mnemonics import mnemonic_flag

Kind = Literal["primary", "normal", "quiet", "danger", "flat", "link"]

_KEY_NAMES = {"Return": "Enter", "Escape": "Esc", "Del": "Del"}
_FONTS: dict[Kind, Role] = {"primary": "strong", "danger": "strong", "link": "hint"}
_ICON, _GAP, _PAD = 16, 8, 12


def key_text(keys: str) -> str:
    """A key sequence as it stands on a button: `Ctrl+Return` → `Ctrl+Enter`."""
    for given, shown in _KEY_NAMES.items():
        keys = keys.replace(given, shown)
    return keys


class Button(QPushButton):
    """A push button.

    `text` is a verb, may carry a mnemonic (`&In`). `kind`: primary (filled), normal (outlined), quiet (accent text),
    danger (filled red), flat (plain text, for bars), link (small accent words inside a row: "Vì sao?"; `flush` without
    room at its sides, to stand in a column of words). `keys` (`Ctrl+Return`, `F2`, `Esc`) is shown and, with `bind`,
    works in the whole window. Enter presses a focused button, like Space.
    """

    def __init__(
        self,
        text: str,
        kind: Kind = "normal",
        *,
        icon: str = "",
        keys: str = "",
        bind: bool = True,
        name: str = "",
        arrow: bool = False,
        flush: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, parent)
        self._forbidden = False
        self._icon, self._arrow = icon, arrow
        self._keys = key_text(keys)
        self._kind: Kind = kind
        self.setObjectName(name)
        self.setProperty("kind", "quiet" if kind == "link" else kind)
        self.setFont(font(_FONTS.get(kind, "body")))
        self._pad = -1 if flush else 4 if kind == "link" else _PAD
        self.setFixedHeight(24 if kind == "link" else metrics.CONTROL)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAutoDefault(False)
        self.setAccessibleName(self.plain_text())
        if keys and bind:
            for sequence in _both_enters(keys):
                QShortcut(sequence, self).activated.connect(self._by_key)

    def plain_text(self) -> str:
        """The words without the mnemonic's mark."""
        return _plain(self.text())

    def set_text(self, text: str) -> None:
        """Other words; the width follows."""
        self.setText(text)
        self.setAccessibleName(self.plain_text())
        self.updateGeometry()

    def set_icon(self, icon: str) -> None:
        """Another icon by name."""
        self._icon = icon
        self.update()

    def forbid(self, why: str) -> None:
        """Grey for good, whatever the page enables later; `why` is told to who rests on it or hears the screen."""
        self._forbidden = True
        super().setEnabled(False)
        self.setToolTip(plain_tip(why))
        self.setAccessibleDescription(why)

    def allow(self) -> None:
        """Not forbidden any more: the button means another act now."""
        if self._forbidden:
            self._forbidden = False
            self.setToolTip("")
            self.setAccessibleDescription("")
            super().setEnabled(True)

    def event(self, event: QEvent) -> bool:
        """Before it is drawn for the first time: closed, if its act is closed to whoever works now."""
        if event.type() == QEvent.Type.Polish and (why := why_closed(self.objectName())):
            self.forbid(why)
        return super().event(event)

    def setEnabled(self, on: bool) -> None:
        """As asked, unless it is forbidden."""
        super().setEnabled(on and not self._forbidden)

    def setDisabled(self, off: bool) -> None:
        """The same the other way round."""
        self.setEnabled(not off)

    def sizeHint(self) -> QSize:
        """Words, icon and shortcut with their paddings."""
        width = 2 * (self._pad + 1) + self.fontMetrics().horizontalAdvance(self.plain_text())
        width += (_ICON + _GAP) if self._icon else 0
        width += (_ICON + 2) if self._arrow else 0
        width += (_PAD + _key_metrics().horizontalAdvance(self._keys)) if self._keys else 0
        return QSize(width, self.maximumHeight())

    minimumSizeHint = sizeHint

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses too."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain and not event.isAutoRepeat():
            self.click()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The style's ground, then icon, words and shortcut in the scheme's inks."""
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        option.state &= ~QStyle.StateFlag.State_HasFocus
        painter.drawControl(QStyle.ControlElement.CE_PushButtonBevel, option)
        self._paint_words(painter)

    def _paint_words(self, painter: QPainter) -> None:
        words, small = self._inks()
        pad = self._pad + 1
        left = pad if self._icon or self._keys or self._arrow else 0
        box = self.rect()
        if self._icon:
            paint_icon(painter, left, (box.height() - _ICON) / 2, self._icon, _ICON, words)
            left += _ICON + _GAP
        centred = not (self._icon or self._keys or self._arrow)
        flags = Qt.AlignmentFlag.AlignVCenter | mnemonic_flag()
        flags |= Qt.AlignmentFlag.AlignHCenter if centred else Qt.AlignmentFlag.AlignLeft
        painter.setPen(words)
        painter.drawText(QRect(left, 0, box.width() - left, box.height()), int(flags), self.text())
        if self._arrow:
            paint_icon(painter, box.width() - pad - _ICON + 3, (box.height() - 12) / 2, "chevron", 12, words)
        if self._keys:
            painter.setFont(font("key"))
            painter.setPen(small)
            right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
            painter.drawText(box.adjusted(0, 0, -pad, 0), right, self._keys)

    def _inks(self) -> tuple[QColor, QColor]:
        tokens = tokens_of(self)
        if not self.isEnabled():
            return QColor(tokens.muted), QColor(tokens.muted)
        if self._kind in ("primary", "danger"):
            return QColor(tokens.on_fill), QColor(tokens.on_fill)
        main: Ink = "accent" if self._kind in ("quiet", "link") else "text"
        return QColor(tokens.ink(main)), QColor(tokens.muted)

    def _by_key(self) -> None:
        if self.isEnabled() and self.isVisible():
            self.click()


def _plain(text: str) -> str:
    return re.sub(r"&(.)", r"\1", text)


def _key_metrics() -> QFontMetrics:
    key: QFont = font("key")
    return QFontMetrics(key)


def _both_enters(keys: str) -> list[QKeySequence]:
    """Enter stands on a keyboard twice, and a nurse means both."""
    both = [keys, keys.replace("Return", "Enter")] if "Return" in keys else [keys]
    return [QKeySequence(one) for one in both]
