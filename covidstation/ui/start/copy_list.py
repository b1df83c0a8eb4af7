"""Copies of the register to choose from: when each was made, where it lies, what is in it, whether it is whole."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from covidstation.db.copies import Health
from covidstation.i18n import _, date_text, moment_text
from covidstation.services.copies.restore import Found
from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import font
from covidstation.ui.look.icons import paint_icon
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.look.tokens import Ink

ROW = 57
SHOWN = 5


def when_where(one: Found, today: date) -> str:
    """The first line: when and where."""
    where = _("USB {name}").format(name=one.stick) if one.stick else _("trên máy này")
    return f"{moment_text(one.made, today)} · {where}"


def what_in_it(one: Found) -> str:
    """The second line: what came with it, and what came after it."""
    facts = one.facts
    parts = []
    if facts.sha256 or facts.seq:
        parts.append(
            _("{people} người, {episodes} lần mắc, {papers} văn bản").format(
                people=facts.people, episodes=facts.episodes, papers=facts.papers
            )
        )
        if facts.last_report:
            day = date.fromisoformat(facts.last_report)
            parts.append(_("báo cáo cuối {day}").format(day=date_text(day)))
    parts.append(health_text(one))
    if one.health is Health.DAMAGED:
        return ", ".join(parts)
    if one.behind:
        parts.append(_("thiếu {n} thay đổi sau đó").format(n=one.behind))
    elif one.behind == 0:
        parts.append(_("không thiếu gì"))
    return ", ".join(parts)


def health_text(one: Found) -> str:
    """What is known of it before it is opened."""
    if one.health is Health.DAMAGED:
        return _("đã hỏng, không dùng được")
    if one.ahead:
        return _("ghi ngày chưa tới, đồng hồ máy từng sai")
    return _("còn nguyên") if one.health is Health.WHOLE else _("sẽ được soát khi mở")


class _Row(QAbstractButton):
    def __init__(self, found: Found, today: date) -> None:
        super().__init__()
        self.found = found
        self.first, self.second = when_where(found, today), what_in_it(found)
        self.setObjectName("copy_row")
        self.setCheckable(True)
        self.setText(self.first.replace("&", "&&"))
        self.setAccessibleName(self.first)
        self.setAccessibleDescription(self.second)
        self.setEnabled(found.health is not Health.DAMAGED)
        self.setFixedHeight(ROW)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """As wide as its list."""
        return QSize(400, ROW)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A mark, two lines, a tick when chosen."""
        tokens = tokens_of(self)
        painter = QPainter(self)
        box = self.rect().adjusted(0, 0, 0, -1)
        chosen, good = self.isChecked(), self.isEnabled()
        if chosen or (good and self.underMouse()):
            painter.fillRect(box, QColor(tokens.accent_soft if chosen else tokens.hover))
        if chosen:
            painter.fillRect(0, 0, metrics.BAR, box.height(), QColor(tokens.accent))
            paint_icon(painter, box.width() - 34, (box.height() - 18) / 2, "check", 18, tokens.accent)
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(tokens.line))
        ink: Ink = "danger" if not good else "warn" if self.found.ahead else "muted"
        icon = "alert" if not good or self.found.ahead else "usb" if self.found.stick else "clock"
        paint_icon(painter, 14, (box.height() - 20) / 2, icon, 20, tokens.ink(ink))
        left, room = 46.0, box.width() - 90.0
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.setFont(font("name"))
        painter.setPen(QColor(tokens.text if good else tokens.muted))
        painter.drawText(QRectF(left, 4, room, 26), flags, self._fit(painter, self.first, room))
        painter.setFont(font("hint"))
        painter.setPen(QColor(tokens.ink(ink)))
        painter.drawText(QRectF(left, 29, room, 22), flags, self._fit(painter, self.second, room))

    @staticmethod
    def _fit(painter: QPainter, text: str, room: float) -> str:
        return painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(room))


class CopyList(QScrollArea):
    """`chosen()` fires when another copy is chosen; the newest whole one is chosen at first."""

    chosen = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("copies")
        self.setAccessibleName(_("Bản sao lưu"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._group = QButtonGroup(self)
        self._group.buttonToggled.connect(self._toggled)

    def show_copies(self, found: Sequence[Found], today: date) -> None:
        """Newest first."""
        holder = QWidget()
        holder.setBackgroundRole(QPalette.ColorRole.Base)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for old in self._group.buttons():
            self._group.removeButton(old)
        rows = [_Row(one, today) for one in found]
        for row in rows:
            self._group.addButton(row)
            column.addWidget(row)
        column.addStretch(1)
        self.setWidget(holder)
        self.setFixedHeight(ROW * min(SHOWN, max(1, len(rows))))
        best = next((row for row in rows if row.isEnabled() and not row.found.ahead), None)
        best = best or next((row for row in rows if row.isEnabled()), None)
        if best is not None:
            best.setChecked(True)
            best.setFocus()
        self.chosen.emit()

    def found(self) -> Found | None:
        """The chosen one."""
        row = self._group.checkedButton()
        return row.found if isinstance(row, _Row) else None

    def _toggled(self, row: QAbstractButton, on: bool) -> None:
        if on:
            self.ensureWidgetVisible(row)
            self.chosen.emit()
