"""Who unlocks: one row a person, the arrows move, the chosen one has the bar and the tick."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QPainter, QPaintEvent, QPalette, QShortcut
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from covidstation.i18n import _
from covidstation.services.access.entrance import Entrant
from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import font
from covidstation.ui.look.icons import paint_icon
from covidstation.ui.look.palette import tokens_of

ROW = 53
SHOWN = 5
KEYED = 9
WIDTH = 320


def role_name(role: str) -> str:
    """The role as a member of staff says it."""
    names = {
        "head": _("Người đứng đầu trạm"),
        "clinician": _("Cán bộ khám, theo dõi"),
        "data_entry": _("Nhập liệu"),
        "read_only": _("Chỉ xem"),
    }
    return names.get(role, "")


class _Row(QAbstractButton):
    def __init__(self, entrant: Entrant, key: str) -> None:
        super().__init__()
        self.entrant = entrant
        self.key = key  # that chooses this row from anywhere on the card
        self.setCheckable(True)
        self.setText(entrant.name)
        self.setAccessibleName(entrant.name)
        self.setAccessibleDescription(role_name(entrant.role))
        self.setFixedHeight(ROW)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, ROW)

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = tokens_of(self)
        painter = QPainter(self)
        box = self.rect().adjusted(0, 0, 0, -1)
        chosen = self.isChecked()
        if chosen or self.underMouse():
            painter.fillRect(box, QColor(tokens.accent_soft if chosen else tokens.hover))
        if chosen:
            painter.fillRect(0, 0, metrics.BAR, box.height(), QColor(tokens.accent))
            paint_icon(painter, box.width() - 34, (box.height() - 18) / 2, "check", 18, tokens.accent)
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(tokens.line))
        left, room = 16.0, box.width() - (104.0 if self.key else 60.0)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        painter.setFont(font("name" if chosen else "body"))
        painter.setPen(QColor(tokens.text))
        name = painter.fontMetrics().elidedText(self.entrant.name, Qt.TextElideMode.ElideRight, int(room))
        painter.drawText(QRectF(left, 3, room, 26), flags, name)
        painter.setFont(font("hint"))
        painter.setPen(QColor(tokens.muted))
        painter.drawText(QRectF(left, 27, room, 22), flags, role_name(self.entrant.role))
        right = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight)
        painter.drawText(QRectF(box.width() - 92.0, 3, 50, 46), right, self.key)


class PeopleList(QScrollArea):
    """`chosen(name)` fires when another person is chosen."""

    chosen = Signal(str)

    def __init__(self, entrants: Sequence[Entrant], last: str = "") -> None:
        super().__init__()
        self.setObjectName("people")
        self.setAccessibleName(_("Người dùng"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedWidth(WIDTH)
        self.setFixedHeight(ROW * min(SHOWN, max(1, len(entrants))))
        holder = QWidget()
        holder.setBackgroundRole(QPalette.ColorRole.Base)
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._group = QButtonGroup(self)
        for at, entrant in enumerate(entrants, 1):
            row = _Row(entrant, f"Alt+{at}" if at <= KEYED and len(entrants) > 1 else "")
            self._group.addButton(row)
            column.addWidget(row)
        column.addStretch(1)
        self.setWidget(holder)
        rows = self._group.buttons()
        first = next((row for row in rows if row.text() == last), rows[0] if rows else None)
        if first is not None:
            first.setChecked(True)
        self._group.buttonToggled.connect(self._toggled)

    def name(self) -> str:
        """The chosen person, empty when there is nobody."""
        row = self._group.checkedButton()
        return row.text() if row is not None else ""

    def choose_by_keys(self, card: QWidget, field: QWidget) -> None:
        """Alt+1 to Alt+9 choose from anywhere on the card, the arrows from the field of the passphrase."""
        for at, row in enumerate(self._group.buttons()[:KEYED], 1):
            QShortcut(QKeySequence(f"Alt+{at}"), card, row.click)
        for key, step in ((Qt.Key.Key_Up, -1), (Qt.Key.Key_Down, 1)):
            shortcut = QShortcut(QKeySequence(key), field, partial(self._step, step))
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)

    def _step(self, step: int) -> None:
        rows = self._group.buttons()
        at = next((at for at, row in enumerate(rows) if row.isChecked()), 0) + step
        if 0 <= at < len(rows):
            rows[at].click()

    def _toggled(self, row: QAbstractButton, on: bool) -> None:
        if on:
            self.ensureWidgetVisible(row)
            self.chosen.emit(row.text())
