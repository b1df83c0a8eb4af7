"""The danger signs that nobody has answered, on top of the day's work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import QRect, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.db.queries.rounds import AlertLine
from covidstation.i18n import _
from covidstation.ui.case_words import age_words
from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import font, pixels
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.labels import ElidedLabel, Glyph, TwoLineLabel, label
from covidstation.ui.parts.rows import TwoLines
from covidstation.ui.rounds.words import sign_words
from covidstation.ui.status_parts import age_text

SHOWN = 3
_HEAD, _FOOT = 36, 8
_INDENT = metrics.MARGIN + 30
_WHO, _VALUE = 226, 168


class DangerBlock(QWidget):
    """`show_alerts` fills it, longest waiting first; each person once, with the first of their signs.

    `opened(person_id)`, `transfer(episode_id)`, `answer(alerts of one person)`, `why(alert)`, `all_asked()`.
    """

    opened = Signal(object)
    transfer = Signal(object)
    answer = Signal(object)
    why = Signal(object)
    all_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("danger_block")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, _FOOT)
        self._column.setSpacing(0)
        self._head = label("", "section", "danger")
        self._waiting = label("", "hint_strong", "danger")
        self._more = Button("", "quiet", name="danger_more")
        self._more.clicked.connect(self.all_asked)
        self._column.addWidget(self._head_row())
        self._rows: list[QWidget] = []

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The soft ground of danger, with its bar."""
        tokens, painter = tokens_of(self), QPainter(self)
        painter.fillRect(self.rect(), QColor(tokens.danger_soft))
        painter.fillRect(QRect(0, 0, metrics.BAR, self.height()), QColor(tokens.danger_line))

    def show_alerts(self, alerts: Sequence[AlertLine], now: datetime) -> None:
        """Who is in danger; nothing hides the block."""
        at = self._focused()
        for row in self._rows:
            self._column.removeWidget(row)
            row.hide()
            row.deleteLater()
        self._rows = []
        people = by_person(alerts)
        self.setVisible(bool(people))
        self._head.setText(_("Dấu hiệu nặng   {n}").format(n=len(people)))
        if not people:
            return
        longest = max(one.minutes_open(now) for one in alerts)
        self._waiting.setText(_("Chưa ai trả lời, lâu nhất {age}").format(age=age_text(timedelta(minutes=longest))))
        self._more.setVisible(len(people) > SHOWN)
        self._more.set_text(_("Xem tất cả {n} người").format(n=len(people)))
        for place, signs in enumerate(people[:SHOWN]):
            row = self._row(signs, now, first=place == 0)
            self._rows.append(row)
            self._column.addWidget(row)
        self.setFixedHeight(_HEAD + len(self._rows) * metrics.DANGER_ROW + _FOOT)  # never squeezed, not for one frame
        if at is not None:
            self._focus(*at)

    def take_focus(self) -> bool:
        """The keyboard begins at the first person, on the act that only asks; False when nobody is in danger."""
        if self._rows:
            self._focus(0, "danger_answer")
        return bool(self._rows)

    def _focused(self) -> tuple[int, str] | None:
        """In which row the keyboard is, on which act: the rows are made anew, and it must not run away."""
        here = self.window().focusWidget()  # also while a dialog stands over it
        row = next((at for at, row in enumerate(self._rows) if here and row.isAncestorOf(here)), None)
        return None if row is None or here is None else (row, here.objectName())

    def _focus(self, row: int, act: str) -> None:
        button = self._rows[min(row, len(self._rows) - 1)].findChild(Button, act)
        if button is not None:  # a new row shows when the layout has been through
            QTimer.singleShot(0, button, button.setFocus)

    def _head_row(self) -> QWidget:
        holder = QWidget()
        holder.setFixedHeight(_HEAD)
        row = QHBoxLayout(holder)
        row.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        row.setSpacing(10)
        row.addWidget(Glyph("alert", 20, "danger"))
        row.addWidget(self._head)
        row.addStretch(1)
        row.addWidget(self._waiting)
        row.addWidget(self._more)
        return holder

    def _row(self, signs: Sequence[AlertLine], now: datetime, *, first: bool) -> QWidget:
        one = signs[0]
        holder = QWidget()
        holder.setObjectName("danger_row")
        holder.setFixedHeight(metrics.DANGER_ROW)
        row = QHBoxLayout(holder)
        row.setContentsMargins(_INDENT, 0, metrics.MARGIN, 0)
        row.setSpacing(metrics.GAP)
        row.addWidget(self._who(one, now), 0)
        row.addWidget(self._what(one, now), 0)
        row.addWidget(self._rule(signs), 1)
        call = Button(_("Ghi đã xử lý"), icon="check", name="danger_answer")
        call.setAccessibleName(_("Ghi đã xử lý {name}").format(name=one.full_name))
        call.clicked.connect(partial(self.answer.emit, tuple(signs)))
        see = Button(_("Mở"), name="danger_open")
        see.setAccessibleName(_("Mở {name}").format(name=one.full_name))
        see.clicked.connect(partial(self.opened.emit, one.person_id))
        move = Button(_("Chuyển tuyến"), "danger" if first else "normal", icon="truck", name="danger_transfer")
        move.setAccessibleName(_("Chuyển tuyến {name}").format(name=one.full_name))
        move.clicked.connect(partial(self.transfer.emit, one.episode_id))
        for button in (call, see, move):
            row.addWidget(button)
        return holder

    def _who(self, one: AlertLine, now: datetime) -> QWidget:
        age = age_words(one.birth, now.date()) if one.birth else ""
        lines = TwoLines(one.full_name, " · ".join(filter(None, (age, one.hamlet, one.phone))))
        lines.first.setFont(font("danger_name"))
        lines.first.setMinimumHeight(round(pixels("danger_name") * metrics.LABEL_HEIGHT))
        lines.setFixedWidth(_WHO)
        return lines

    def _what(self, one: AlertLine, now: datetime) -> QWidget:
        holder = QWidget()
        holder.setFixedWidth(_VALUE)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addStretch(1)
        column.addWidget(ElidedLabel(one.value, "title", "danger"))
        age = now.replace(tzinfo=None) - one.raised_at
        words = _("{moment}, {age} trước").format(moment=f"{one.at:%H:%M}", age=age_text(age))
        column.addWidget(ElidedLabel(words, "hint", "muted"))
        column.addStretch(1)
        return holder

    def _rule(self, signs: Sequence[AlertLine]) -> QWidget:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        why = Button(_("Vì sao?"), "link", name="danger_why", flush=True)
        why.clicked.connect(partial(self.why.emit, signs[0]))
        column.addStretch(1)
        column.addWidget(TwoLineLabel(signs[0].sentence, "hint"))
        line = QHBoxLayout()
        line.setSpacing(metrics.GAP)
        line.addWidget(why)
        if len(signs) > 1:
            values = ", ".join(sign_words(sign.measure, sign.value) for sign in signs[1:])
            others = _("còn {values}").format(values=values)
            line.addWidget(ElidedLabel(others, "hint", "danger"), 1)
        else:
            line.addStretch(1)
        column.addLayout(line)
        column.addStretch(1)
        return holder


def by_person(alerts: Sequence[AlertLine]) -> list[tuple[AlertLine, ...]]:
    """The signs of each person together, who has waited longest first."""
    found: dict[object, list[AlertLine]] = {}
    for one in sorted(alerts, key=lambda alert: alert.raised_at):
        found.setdefault(one.person_id, []).append(one)
    return [tuple(signs) for signs in found.values()]
