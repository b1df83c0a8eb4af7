"""The help as one looks at it: the index at the left, the text beside it."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from covidstation.i18n import _
from covidstation.ui.help.reader import HelpReader
from covidstation.ui.help.topics import FIRST, TOPICS, title_of
from covidstation.ui.look import metrics
from covidstation.ui.look.fonts import font
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.parts.labels import Line

INDEX_WIDTH = 260
DIALOG = QSize(1100, 640)


class _IndexDelegate(QStyledItemDelegate):
    """A title; the current one as an entry of the side bar: soft ground, a bar, SemiBold."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Ground, bar, words."""
        tokens = tokens_of(option.widget)
        box = QRectF(option.rect)
        current = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.fillRect(box, QColor(tokens.accent_soft if current else tokens.alt))
        if current:
            painter.fillRect(QRectF(box.left(), box.top(), metrics.BAR, box.height()), QColor(tokens.accent))
        painter.setFont(font("name" if current else "body"))
        painter.setPen(QColor(tokens.text))
        words = box.adjusted(metrics.MARGIN, -metrics.INK_ROOM, -8, metrics.INK_ROOM)
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(words, left, str(index.data()))
        painter.restore()


class HelpView(QWidget):
    """`show_topic(name)`; `shown(title)` tells which page is read now. Backspace goes to the page read before."""

    shown = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._read: list[str] = []
        self.index = QListWidget()
        self.index.setObjectName("help_index")
        self.index.setAccessibleName(_("Mục lục trợ giúp"))
        self.index.setFrameShape(QFrame.Shape.NoFrame)
        self.index.setFixedWidth(INDEX_WIDTH)
        self.index.setItemDelegate(_IndexDelegate(self.index))
        self.index.setContentsMargins(0, 8, 0, 0)
        self.index.viewport().setBackgroundRole(QPalette.ColorRole.AlternateBase)
        self.text = HelpReader()
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.index)
        row.addWidget(Line(vertical=True))
        row.addWidget(self.text, 1)
        for topic in TOPICS:
            item = QListWidgetItem(title_of(topic))
            item.setData(Qt.ItemDataRole.UserRole, topic)
            item.setSizeHint(QSize(INDEX_WIDTH, metrics.TABLE_ROW + 4))
            self.index.addItem(item)
        self.index.currentRowChanged.connect(self._chosen)
        self.text.topic_asked.connect(self.show_topic)

    def show_topic(self, topic: str) -> None:
        """Read that page; the index follows."""
        row = TOPICS.index(topic)
        if self.index.currentRow() != row:
            self.index.setCurrentRow(row)
        elif self.text.topic() != topic:
            self._chosen(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Backspace and Alt+Left: back to the page before."""
        alt_left = event.key() == Qt.Key.Key_Left and event.modifiers() & Qt.KeyboardModifier.AltModifier
        if (event.key() == Qt.Key.Key_Backspace or alt_left) and len(self._read) > 1:
            self._read.pop()
            self.show_topic(self._read.pop())
            return
        super().keyPressEvent(event)

    def _chosen(self, row: int) -> None:
        if row < 0:
            return
        topic = TOPICS[row]
        self._read.append(topic)
        self.text.show_topic(topic)
        self.shown.emit(title_of(topic))


class HelpDialog(QDialog):
    """The same help before a register is open; Esc closes it."""

    def __init__(self, parent: QWidget, topic: str = FIRST) -> None:
        super().__init__(parent)
        self.setObjectName("help_dialog")
        self.view = HelpView()
        self.view.shown.connect(lambda title: self.setWindowTitle(_("Trợ giúp: {title}").format(title=title)))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self.resize(DIALOG)
        self.view.show_topic(topic)
        self.view.index.setFocus()
