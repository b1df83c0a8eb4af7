"""A page-wide column that scrolls, for rows that are made anew for each person."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from covidstation.ui.look import metrics
from covidstation.ui.parts.labels import Ground


def column_in_scroll() -> tuple[QScrollArea, QVBoxLayout]:
    """A page-wide column that scrolls, for rows that are made anew each time."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    area.setProperty("ring", False)
    holder = Ground(QPalette.ColorRole.Base)
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    area.setWidget(holder)
    return area, column


def empty_column(column: QVBoxLayout) -> None:
    """Take all rows out."""
    while (item := column.takeAt(0)) is not None:
        old = item.widget()
        if old is not None:
            old.hide()
            old.deleteLater()


def inset(widget: QWidget) -> QWidget:
    """The widget with the page's margins."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
    column.addWidget(widget)
    return holder
