"""The field in which one value of a dated rule is changed: a number, one of a few words, or a sentence."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QStackedWidget, QVBoxLayout, QWidget

from covidstation.domain.rule_leaves import Leaf
from covidstation.i18n import _
from covidstation.messages.rule_words import choices_of
from covidstation.ui.look import metrics
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit

_WORDS_HEIGHT: Final = 72


class ValueField(QStackedWidget):
    """`show_leaf(leaf)`, then `typed()`; `entered()` at Enter, `picked()` when one of the words was chosen."""

    entered = Signal()
    picked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.number = LineEdit("rule_number", _("Giá trị mới"), width=220)
        self.choice = Combo("rule_choice", _("Giá trị mới"), [("True", _("có"))], width=260)
        self.words = QPlainTextEdit()
        self.words.setObjectName("rule_words")
        self.words.setAccessibleName(_("Câu chữ mới"))
        self.words.setTabChangesFocus(True)
        for field in (self.number, self.choice, self.words):
            self.addWidget(_top(field) if field is not self.words else field)
            field.installEventFilter(self)
        self.choice.picked.connect(lambda _key: self.picked.emit())

    def show_leaf(self, leaf: Leaf, *, editable: bool) -> None:
        """The value as it stands, in the field of its kind."""
        choices = choices_of(leaf)
        if choices:
            self.choice.set_choices(choices)
        self.setCurrentIndex(1 if choices else 0 if leaf.is_number else 2)
        self.put(leaf.text)
        self.setFixedHeight(_WORDS_HEIGHT if self.field() is self.words else metrics.CONTROL)
        for field in (self.number, self.choice, self.words):
            field.setEnabled(editable)

    def put(self, text: str) -> None:
        """Let the field in sight hold that, whether it means anything or not."""
        if self.field() is self.choice:
            self.choice.set_value(text)
        elif self.field() is self.number:
            self.number.set_value(text)
        else:
            self.words.setPlainText(text)

    def typed(self) -> str:
        """What stands there."""
        if self.field() is self.choice:
            return str(self.choice.value())
        return self.number.value() if self.field() is self.number else self.words.toPlainText().strip()

    def field(self) -> QWidget:
        """The one in sight, for the keyboard."""
        return (self.number, self.choice, self.words)[self.currentIndex()]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter in a field takes the value."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.entered.emit()
                return True
        return super().eventFilter(watched, event)


def _top(field: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(field, 0, Qt.AlignmentFlag.AlignLeft)
    column.addStretch(1)
    return holder
