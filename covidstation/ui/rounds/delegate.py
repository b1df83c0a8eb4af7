"""Paints the grid: heads of hamlets with the legend, persons with their strip, values in the ink of the rule."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QHeaderView, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from covidstation.domain.care import Level
from covidstation.domain.monitoring import Mark
from covidstation.i18n import _
from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import Role, font
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.look.tokens import Ink, Tokens
from covidstation.ui.parts.labels import line_rect
from covidstation.ui.parts.records import Index
from covidstation.ui.parts.table import cell_box
from covidstation.ui.rounds.entry import FIELDS, RIGHT_COLUMNS, Col, Entry
from covidstation.ui.rounds.model import TITLES, Group, RoundModel, group_count, group_title
from covidstation.ui.rounds.words import MARKS, age_words

WIDTHS: Final = {
    Col.PERSON: 252,
    Col.STRIP: 132,
    Col.AT: 58,
    Col.TEMPERATURE: 74,
    Col.SPO2: 64,
    Col.PULSE: 64,
    Col.BREATHS: 76,
    Col.PRESSURE: 84,
    Col.SIGNS: 156,
}
_LEFT: Final = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
_RIGHT: Final = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
_STEP, _BAR, _PAIR = 12, 8, 4
_LEVEL_INK: Final[dict[Level, Ink]] = {Level.DANGER: "danger", Level.WATCH: "warn"}


class RoundDelegate(QStyledItemDelegate):
    """`words(entry, column)` gives a cell's text, `is_current(entry)` whether the hand is in that row."""

    def __init__(
        self, view: QTableView, words: Callable[[Entry, Col], str], is_current: Callable[[Entry], bool]
    ) -> None:
        super().__init__(view)
        self._view, self._words, self._is_current = view, words, is_current
        self.grey = False  # nothing may be typed

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """32 high; heads and lines have their own height in the view."""
        return QSize(40, metrics.TABLE_ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One cell."""
        model = self._view.model()
        if not isinstance(model, RoundModel):
            return
        tokens, row = tokens_of(self._view), model.rows[index.row()]
        if isinstance(row, Group):
            paint_group(painter, option.rect, row, tokens)
        elif isinstance(row, Entry):
            below = index.row() + 1 < len(model.rows) and not isinstance(model.rows[index.row() + 1], Entry | Group)
            self._paint_person(painter, option.rect, row, Col(index.column()), tokens, joined=below)

    def _paint_person(
        self, painter: QPainter, rect: QRect, entry: Entry, column: Col, tokens: Tokens, *, joined: bool
    ) -> None:
        danger, current = alarming(entry), self._is_current(entry)
        plain = tokens.alt if self.grey and column >= Col.AT else tokens.base
        ground = tokens.danger_soft if danger else tokens.accent_soft if current else plain
        painter.fillRect(rect, QColor(ground))
        if not joined:
            painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(tokens.line))
        box = cell_box(rect, column)
        if column is Col.PERSON:
            if danger or current:
                bar = QColor(tokens.danger_line if danger else tokens.accent)
                painter.fillRect(QRect(rect.left(), rect.top(), metrics.BAR, rect.height()), bar)
            self._paint_name(painter, box, entry, tokens)
        elif column is Col.STRIP:
            paint_strip(painter, box, entry.line.strip, tokens)
        else:
            self._paint_value(painter, box, entry, column, tokens)

    def _paint_name(self, painter: QPainter, box: QRectF, entry: Entry, tokens: Tokens) -> None:
        name, second = self._words(entry, Col.PERSON), second_words(entry)
        painter.setFont(font("key"))
        room = box.adjusted(0, 0, -painter.fontMetrics().horizontalAdvance(second) - metrics.GAP, 0)
        painter.setFont(font("name"))
        painter.setPen(QColor(tokens.danger if alarming(entry) else tokens.text))
        shown = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(line_rect(room), _LEFT, shown)
        painter.setFont(font("key"))
        painter.setPen(QColor(tokens.muted))
        painter.drawText(line_rect(box), _RIGHT, second)

    def _paint_value(self, painter: QPainter, box: QRectF, entry: Entry, column: Col, tokens: Tokens) -> None:
        text = self._words(entry, column)
        role, ink = value_look(entry, column)
        if not text:
            text, role, ink = "–", "body", "muted"
        painter.setFont(font(role))
        painter.setPen(QColor(tokens.ink(ink)))
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(box.width()))
        painter.drawText(line_rect(box), _RIGHT if column in RIGHT_COLUMNS else _LEFT, shown)


def alarming(entry: Entry) -> bool:
    """Whether the row is red: a danger in this round, or one from before that nobody has answered."""
    return entry.line.in_danger or bool(entry.line.open_alerts)


def second_words(entry: Entry) -> str:
    """`67t · ngày 5`."""
    person, day = entry.line.person, entry.line.day
    age = age_words(person.birth, day)
    number = _("ngày {n}").format(n=person.day_number(day))
    return f"{age} · {number}" if age else number


def value_look(entry: Entry, column: Col) -> tuple[Role, Ink]:
    """A value out of order is SemiBold and in the ink of its level; an hour and a note stand back."""
    if column in (Col.AT, Col.NOTE):
        return "body", "muted"
    if entry.missed is not None:
        return "name" if column is Col.SIGNS else "body", "muted"
    names = {"systolic", "diastolic"} if column is Col.PRESSURE else {FIELDS[column]}
    if column is Col.SIGNS:
        names = {"symptom"}
    levels = {sign.level for sign in entry.line.signs if sign.measure in names and not entry.dirty}
    for level, ink in _LEVEL_INK.items():
        if level in levels:
            return "name", ink
    return "body", "text"


def paint_strip(painter: QPainter, box: QRectF, marks: Sequence[Mark], tokens: Tokens) -> None:
    """Eight half-days in pairs: low bar normal, half bar watch, full bar with "!" severe, dash not met, dot nothing."""
    left, foot = box.left(), box.center().y() + 7
    for at, mark in enumerate(marks):
        paint_mark(painter, left + at * _STEP + (at // 2) * _PAIR, foot, mark, tokens)


def paint_mark(painter: QPainter, left: float, foot: float, mark: Mark, tokens: Tokens) -> None:
    """One half-day; `foot` is the lower edge of the bars."""
    if mark is Mark.NONE:
        painter.fillRect(QRectF(left + 3, foot - 2, 2, 2), QColor(tokens.border))
    elif mark is Mark.MISSED:
        painter.fillRect(QRectF(left, foot - 6, _BAR, 2), QColor(tokens.border))
    elif mark is Mark.NORMAL:
        painter.fillRect(QRectF(left, foot - 4, _BAR, 4), QColor(tokens.chips["green"].mark))
    elif mark is Mark.WATCH:
        painter.fillRect(QRectF(left, foot - 8, _BAR, 8), QColor(tokens.chips["yellow"].mark))
    else:
        painter.fillRect(QRectF(left, foot - 16, _BAR, 16), QColor(tokens.danger_fill))
        painter.setFont(font("chip"))
        painter.setPen(QColor(tokens.on_fill))
        painter.drawText(QRectF(left, foot - 17, _BAR, 17), int(Qt.AlignmentFlag.AlignCenter), "!")


def paint_group(painter: QPainter, rect: QRect, group: Group, tokens: Tokens) -> None:
    """The hamlet, how many are done, and in the first head what the bars mean."""
    painter.fillRect(rect, QColor(tokens.alt))
    painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(tokens.line))
    box = cell_box(rect, 0)
    painter.setFont(font("name"))
    painter.setPen(QColor(tokens.text))
    title = group_title(group)
    painter.drawText(line_rect(box), _LEFT, title)
    width = painter.fontMetrics().horizontalAdvance(title)
    painter.setFont(font("hint"))
    painter.setPen(QColor(tokens.muted))
    painter.drawText(line_rect(box.adjusted(width + 12, 0, 0, 0)), _LEFT, group_count(group))
    if group.first:
        _paint_legend(painter, box.adjusted(0, 0, -metrics.GAP * 2, 0), tokens)


def _paint_legend(painter: QPainter, box: QRectF, tokens: Tokens) -> None:
    right = box.right()
    for mark in (Mark.MISSED, Mark.DANGER, Mark.WATCH, Mark.NORMAL):
        painter.setFont(font("key"))
        painter.setPen(QColor(tokens.muted))
        words = _(MARKS[mark])
        width = painter.fontMetrics().horizontalAdvance(words)
        painter.drawText(line_rect(QRectF(right - width, box.top(), width, box.height())), _LEFT, words)
        paint_mark(painter, right - width - 16, box.center().y() + 6, mark, tokens)
        right -= width + 32


class RoundHead(QHeaderView):
    """The column heads; paddings and sides as the cells."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, view)
        self.setSectionsClickable(False)
        self.setFixedHeight(metrics.TABLE_ROW)
        self.setMinimumSectionSize(40)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """One head."""
        tokens = tokens_of(self)
        painter.fillRect(rect, QColor(tokens.base))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), QColor(tokens.line))
        painter.setFont(font("hint"))
        painter.setPen(QColor(tokens.muted))
        column = Col(section)
        side = _RIGHT if column in RIGHT_COLUMNS else _LEFT
        painter.drawText(line_rect(cell_box(rect, section)), side, _(TITLES[column]))
