"""The list that drops under a field: a frameless child of the window, so that the field keeps the focus."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import font
from covidstation.ui.look.icons import paint_icon
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.parts.edits import LineEdit

Index = QModelIndex | QPersistentModelIndex
ITEM = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to choose: its key, its words, muted words after them, whether it is chosen already."""

    key: Any
    text: str
    second: str = ""
    chosen: bool = False


class ItemsModel(QAbstractListModel):
    """A short list of frozen items; `text` of each is its display text."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.items: tuple[Any, ...] = ()

    def show_items(self, items: Sequence[Any]) -> None:
        """Replace all."""
        self.beginResetModel()
        self.items = tuple(items)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """A flat list."""
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words, and the item itself under ITEM."""
        if not index.isValid() or index.row() >= len(self.items):
            return None
        item = self.items[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return item.text
        return item if role == ITEM else None


def paint_row_ground(painter: QPainter, option: QStyleOptionViewItem, widget: QWidget) -> bool:
    """The ground of a popup row: accentSoft with the 3-px bar when current. Returns whether it is."""
    tokens = tokens_of(widget)
    rect: QRect = option.rect
    state: QStyle.StateFlag = option.state
    current = bool(state & QStyle.StateFlag.State_Selected)
    if current:
        painter.fillRect(rect, QColor(tokens.accent_soft))
        painter.fillRect(QRect(rect.left(), rect.top(), metrics.BAR, rect.height()), QColor(tokens.accent))
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(rect, QColor(tokens.hover))
    return current


class ChoiceDelegate(QStyledItemDelegate):
    """A 32-px row: the words, muted second words, a tick when chosen."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """32 high, as wide as the list."""
        return QSize(80, metrics.TABLE_ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """One line."""
        item: Choice = index.data(ITEM)
        tokens = tokens_of(self._view)
        paint_row_ground(painter, option, self._view)
        rect = QRectF(option.rect).adjusted(12, 0, -8, 0)
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft)
        if item.chosen:
            paint_icon(painter, rect.right() - 18, rect.center().y() - 8, "check", 16, tokens.accent)
            rect.setRight(rect.right() - 24)
        painter.setFont(font("body"))
        painter.setPen(QColor(tokens.text))
        words = painter.fontMetrics().elidedText(item.text, Qt.TextElideMode.ElideRight, int(rect.width()))
        painter.drawText(rect, flags, words)
        if item.second:
            rect.setLeft(rect.left() + painter.fontMetrics().horizontalAdvance(words) + 8)
            painter.setFont(font("hint"))
            painter.setPen(QColor(tokens.muted))
            painter.drawText(rect, flags, item.second)


class ListPopup(QFrame):
    """Rows under an anchor field. `picked(item)` by mouse; the field forwards its keys to `step` and `current`."""

    picked = Signal(object)

    def __init__(
        self, anchor: QWidget, *, width: int = 0, rows: int = 8, delegate: QStyledItemDelegate | None = None
    ) -> None:
        super().__init__(anchor)
        self._anchor, self._fixed_width, self._rows = anchor, width, rows
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.model = ItemsModel(self)
        self.view = QListView(self)
        self.view.setModel(self.model)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setMouseTracking(True)
        self.view.setUniformItemSizes(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.viewport().setBackgroundRole(self.backgroundRole())
        self.view.viewport().setAutoFillBackground(False)
        self.view.setItemDelegate(delegate or ChoiceDelegate(self.view))
        self.view.setAccessibleName(anchor.accessibleName())
        self.view.clicked.connect(lambda index: self.picked.emit(index.data(ITEM)))
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(5, 5, 5, 5)
        self.column.setSpacing(0)
        self.column.addWidget(self.view)
        anchor.destroyed.connect(self.deleteLater)  # once shown it is the window's child, not the anchor's
        self.hide()

    def show_items(self, items: Sequence[Any], current: int = 0) -> None:
        """Open with these rows; no rows closes."""
        self.model.show_items(items)
        if not items:
            self.hide()
            return
        self.view.setCurrentIndex(self.model.index(min(current, len(items) - 1)))
        self.place()

    def step(self, by: int) -> None:
        """Move the current row, stopping at both ends."""
        row = self.view.currentIndex().row() + by
        row = max(0, min(row, self.model.rowCount() - 1))
        self.view.setCurrentIndex(self.model.index(row))

    def current(self) -> Any:
        """The item of the current row, None when closed or empty."""
        return self.view.currentIndex().data(ITEM) if self.isVisible() else None

    def place(self) -> None:
        """Under the anchor, or above it when there is no room, inside the window."""
        window = self._anchor.window()
        if self.parent() is not window:
            self.setParent(window)
        rows = min(self.model.rowCount(), self._rows)
        row_height = self.view.sizeHintForRow(0)
        self.view.setFixedHeight(rows * row_height)
        width = self._fixed_width or max(self._anchor.width(), 200)
        self.column.activate()
        height = self.column.sizeHint().height()
        at = self._anchor.mapTo(window, QPoint(0, self._anchor.height() + 6))
        if at.y() + height > window.height():
            at = self._anchor.mapTo(window, QPoint(0, -height - 6))
        left = max(0, min(at.x(), window.width() - width - 4))
        self.setGeometry(left, max(0, at.y()), width, height)
        self.show()
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A raised ground with a 1-px border, radius 6."""
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens.border), 1))
        painter.setBrush(QColor(tokens.raised))
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(box, metrics.RADIUS_POPUP, metrics.RADIUS_POPUP)


class PopupLineEdit(LineEdit):
    """A line edit with a list under it: while the list is open, Esc, F2 and Enter are the list's, not a button's."""

    _popup: ListPopup

    def event(self, event: QEvent) -> bool:
        """Claim the list's keys before window-wide shortcuts get them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            mine = (Qt.Key.Key_Escape, Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter)
            plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
            popup = self.__dict__.get("_popup")
            if plain and event.key() in mine and popup is not None and popup.isVisible():
                event.accept()
                return True
        return super().event(event)
