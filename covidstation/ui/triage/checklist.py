"""The checklist of home care: one row a question, answered by arrows or by Y, N, K."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.domain.eligibility import Item
from covidstation.domain.terms import Answer
from covidstation.i18n import _
from covidstation.ui.look import metrics
from covidstation.ui.parts.labels import Line, label, plain_tip
from covidstation.ui.parts.segments import Segments

_KEYS = {Qt.Key.Key_C: Answer.YES, Qt.Key.Key_K: Answer.NO, Qt.Key.Key_R: Answer.UNKNOWN}


class AnswerSegments(Segments):
    """Có, Không, Chưa rõ: arrows, or C, K, R; up and down go to the question above and below."""

    def __init__(self, name: str, title: str) -> None:
        choices = [(Answer.YES.value, _("Có")), (Answer.NO.value, _("Không")), (Answer.UNKNOWN.value, _("Chưa rõ"))]
        super().__init__(name, title, choices)

    def answer(self) -> Answer:
        """What is chosen."""
        return Answer(self.value())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """One key an answer."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
            return
        answer = _KEYS.get(Qt.Key(event.key()))
        if answer is None:
            super().keyPressEvent(event)
        else:
            self._take(answer.value)
            self.focusNextPrevChild(True)


class ItemRow(QWidget):
    """A question, whether its source is confirmed, and the answer."""

    def __init__(self, name: str, question: str, source: str, *, confirmed: bool, asked: bool = True) -> None:
        super().__init__()
        self.setMinimumHeight(metrics.LIST_ROW)
        self.answer = AnswerSegments(name, question)
        words = label(question, "body", "text" if asked else "muted", wrap=True)
        words.setToolTip(plain_tip(source))
        doubt = label("" if confirmed else _("chưa xác nhận"), "hint", "warn")
        doubt.setToolTip(plain_tip(source))
        doubt.setFixedWidth(92)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        row = QHBoxLayout()
        row.setContentsMargins(0, 4, 0, 4)
        row.setSpacing(metrics.GAP)
        row.addWidget(words, 1)
        row.addWidget(doubt)
        row.addWidget(self.answer)
        column.addLayout(row, 1)
        column.addWidget(Line())


class Checklist(QWidget):
    """The rows of a guideline. `changed()` fires when an answer was given by hand."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("home_checklist")
        self.setAccessibleName(_("Điều kiện chăm sóc tại nhà"))
        self.rows: dict[str, ItemRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    def show_items(self, items: Sequence[Item], answers: Mapping[str, Answer], more: Mapping[str, ItemRow]) -> None:
        """Make the rows; `more` are questions beside the guideline's, under them."""
        for item in items:
            row = ItemRow(
                item.id, item.question, item.source, confirmed=item.confirmed, asked=not (item.optional or item.unless)
            )
            row.answer.set_value(answers.get(item.id, Answer.UNKNOWN).value)
            self.rows[item.id] = row
        self.rows |= more
        for row in self.rows.values():
            row.answer.chosen.connect(lambda _key: self.changed.emit())
            self._column.addWidget(row)
        self._column.addStretch(1)

    def answers(self) -> dict[str, Answer]:
        """What is chosen, by item."""
        return {item: row.answer.answer() for item, row in self.rows.items()}
