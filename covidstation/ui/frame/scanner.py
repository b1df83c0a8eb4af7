"""The card scanner's ear: a burst of keys in any window, in any field, becomes one `scanned(text)`.

A scanner types 1-30 ms a key, a person hardly under 50. Keys pass as ever until a fast run of them begins as a card
does, which is at its first bar; what of the run stands in a field is then taken back, and the rest of the burst,
its Enter among it, never reaches a widget. So no key of a person is ever held up, and no scan presses a button.

Other codes (a web page, a bar code, a phone number) begin like nothing in particular. Where the focus is on no field
for text, a run faster than fingers is a scanner's all the same: it is caught, so that its spaces and its Enter press
nothing, and told of as any scan that is refused. In a field for text it stays the text that it may be.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

import shiboken6
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QKeyEvent, QTextCursor, QWindow
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from covidstation.domain.scan import looks_like_scan

GAP_MS: Final = 50  # between two keys of one burst
PAUSE_MS: Final = 150  # silence that ends a scan which has no Enter
AFTER_MS: Final = 400  # a late Enter or its line feed still belongs to the scan
STRAY: Final = 6  # keys of one burst outside of any field for text that no person types
BURST: Final = 24  # keys of one burst anywhere: more than a second at a speed that no hand has
LONGEST: Final = 4096
_ENDS: Final = "\r\n\t"
_MARK: Final = "\ufeff"  # the byte-order mark that some readers send first
_END_KEYS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)
_MODIFIERS: Final = (
    Qt.Key.Key_Shift,
    Qt.Key.Key_Control,
    Qt.Key.Key_Alt,
    Qt.Key.Key_AltGr,
    Qt.Key.Key_Meta,
    Qt.Key.Key_CapsLock,
    Qt.Key.Key_NumLock,
)
_KEYS: Final = (QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride, QEvent.Type.KeyRelease)


def _now_ms() -> float:
    return time.monotonic() * 1000


class Scanner(QObject):
    """`Scanner(app, window)` once; it goes with its window. Connect `scanned`.

    `begins` tells whether a run of keys begins as a card does.
    """

    scanned = Signal(str)

    def __init__(
        self,
        app: QApplication,
        parent: QObject | None = None,
        *,
        begins: Callable[[str], bool] = looks_like_scan,
        clock: Callable[[], float] = _now_ms,
    ) -> None:
        super().__init__(parent or app)
        self._begins, self._clock = begins, clock
        self._run = ""
        self._keys = 0  # of the run: an input method may commit many letters at once
        self._last = -1e9
        self._stamp = 0
        self._before = _Before()
        self._catching = False
        self._deaf_until = self._ended = -1e9
        self._handled = 0
        self._ears: list[QObject] = []
        self._pause = QTimer(self, interval=PAUSE_MS, singleShot=True)
        self._pause.timeout.connect(self._finish)
        app.focusWindowChanged.connect(self._listen)
        app.focusObjectChanged.connect(self._listen)
        self._listen()

    def hear_paste(self, text: str) -> bool:
        """A scan pasted into the search field counts: emits `scanned` and returns True."""
        if len(text) > LONGEST or not self._begins(text):
            return False
        self.scanned.emit(text)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watches the focus window (keys) and the focus object (input methods, keys sent to it alone)."""
        kind = event.type()
        if kind == QEvent.Type.InputMethod and isinstance(event, QInputMethodEvent):
            return self._hear_commit(event)
        if kind not in _KEYS or not isinstance(event, QKeyEvent):
            return False
        if kind == QEvent.Type.ShortcutOverride:
            if self._catching:
                event.accept()
            return self._catching
        address = shiboken6.getCppPointer(event)[0]
        if isinstance(watched, QWindow):
            self._handled = address
        elif address == self._handled:
            self._handled = 0
            return False  # the window's ear had it a moment ago
        if kind == QEvent.Type.KeyRelease:
            return self._catching
        return self._hear_key(event)

    def _listen(self, _changed: object = None) -> None:
        for ear in self._ears:
            if shiboken6.isValid(ear):
                ear.removeEventFilter(self)
        found = (QGuiApplication.focusWindow(), QGuiApplication.focusObject())
        self._ears = [ear for ear in found if ear is not None]
        for ear in self._ears:
            ear.installEventFilter(self)

    def _hear_key(self, event: QKeyEvent) -> bool:
        """Whether the key is the scanner's and must go no further."""
        if event.key() in _MODIFIERS:
            return self._catching
        if event.isAutoRepeat() and not self._catching:
            self._run = ""
            return False
        ends = event.key() in _END_KEYS or (event.text() != "" and event.text() in _ENDS)
        if self._catching:
            return self._catch_key(event, ends)
        if ends:
            self._run = ""
            return self._clock() < self._deaf_until
        command = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier)
        if command or not event.text() or not (event.text().isprintable() or event.text() == _MARK):
            self._run = ""
            return False
        return self._hear_text(event.text(), event.timestamp())

    def _catch_key(self, event: QKeyEvent, ends: bool) -> bool:
        if ends:
            self._finish()
            self._ended = self._clock()
            self._deaf_until = self._ended + AFTER_MS
        elif event.key() == Qt.Key.Key_Backspace:  # an input method puts its letter in place of the typed one
            self._run = self._run[:-1]
        elif event.text() and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self._add(event.text())
        return True

    def _hear_commit(self, event: QInputMethodEvent) -> bool:
        text = event.commitString()
        if self._catching:
            if text:
                self._add(text)
            return True
        if not text:
            return False
        return self._hear_text(text, 0)

    def _hear_text(self, text: str, stamp: int) -> bool:
        now = self._clock()
        gap = stamp - self._stamp if stamp and self._stamp else now - self._last
        self._last, self._stamp = now, stamp
        if gap > GAP_MS or gap < 0 or not self._run or len(self._run) > LONGEST:
            self._run, self._keys = "", 0
            self._before = _Before()
        self._before.add(QApplication.focusWidget())
        self._run += text
        self._keys += 1
        stray = not _takes_text(QApplication.focusWidget())
        card = ("|" in text or ":" in text) and self._begins(self._run)
        scanner = self._keys >= BURST or now - self._ended <= GAP_MS  # the second: an end stood within the code
        if not card and not scanner and not (stray and len(self._run) >= STRAY):
            return stray and text == " " and len(self._run) > 1
        self._catching = True
        self._before.put_back()
        self._pause.start()
        return True

    def _add(self, text: str) -> None:
        if len(self._run) <= LONGEST:
            self._run += text
        self._pause.start()

    def _finish(self) -> None:
        text, self._run, self._before = self._run, "", _Before()
        self._catching = False
        self._pause.stop()
        self._deaf_until = self._clock() + AFTER_MS
        self.scanned.emit(text)


def _takes_text(widget: QWidget | None) -> bool:
    """Whether quick typing may be meant for it: a field, or a list that is searched by its first letters."""
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    if isinstance(widget, QPlainTextEdit | QTextEdit):
        return not widget.isReadOnly()
    return isinstance(widget, QLineEdit | QAbstractSpinBox | QAbstractItemView)


class _Before:
    """The fields that a burst went into: a field that is full of its digits may send the hand on to the next."""

    def __init__(self) -> None:
        self._kept: dict[QWidget, _Kept] = {}

    def add(self, widget: QWidget | None) -> None:
        """Whatever has the focus, before the next key reaches it."""
        if widget is not None and widget not in self._kept:
            self._kept[widget] = _Kept(widget)

    def put_back(self) -> None:
        """All as it was, and the focus in the first of them."""
        for kept in reversed(self._kept.values()):
            kept.put_back()
        first = next(iter(self._kept), None)
        if first is not None and shiboken6.isValid(first) and QApplication.focusWidget() is not first:
            first.setFocus()


class _Kept:
    """What stood in the focused field before a burst, to be put back."""

    def __init__(self, widget: QWidget) -> None:
        self._widget = widget
        self._put: Callable[[], None] = lambda: None
        if isinstance(widget, QLineEdit):
            self._put = _line_keeper(widget)
        elif isinstance(widget, QComboBox):
            self._put = _combo_keeper(widget)
        elif isinstance(widget, QPlainTextEdit | QTextEdit):
            self._put = _text_keeper(widget)

    def put_back(self) -> None:
        if shiboken6.isValid(self._widget):
            self._put()


def _line_keeper(field: QLineEdit) -> Callable[[], None]:
    text, cursor = field.text(), field.cursorPosition()
    start, length = field.selectionStart(), len(field.selectedText())

    def put() -> None:
        if field.text() != text:
            field.setText(text)
            field.textEdited.emit(text)  # the same signal that told of the scanner's first keys
        field.setCursorPosition(cursor)
        if start >= 0:
            field.setSelection(start, length)

    return put


def _combo_keeper(combo: QComboBox) -> Callable[[], None]:
    row, text = combo.currentIndex(), combo.currentText()

    def put() -> None:
        if combo.currentIndex() != row:
            combo.setCurrentIndex(row)
            combo.activated.emit(row)
        if combo.isEditable():
            combo.setEditText(text)

    return put


def _text_keeper(field: QPlainTextEdit | QTextEdit) -> Callable[[], None]:
    text, place = field.toPlainText(), field.textCursor().position()

    def put() -> None:
        if field.toPlainText() != text:
            field.setPlainText(text)
            cursor = field.textCursor()
            cursor.setPosition(min(place, len(text)), QTextCursor.MoveMode.MoveAnchor)
            field.setTextCursor(cursor)

    return put
