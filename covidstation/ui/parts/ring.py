"""The focus ring: one overlay for each window, 2 px of accent, 2 px outside the focused widget."""

from __future__ import annotations

import shiboken6
from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractItemView, QAbstractScrollArea, QApplication, QMenu, QWidget

from covidstation.ui.look import metrics
from covidstation.ui.look.palette import tokens_of

_OUT = 4
_MOVES = (
    QEvent.Type.Move,
    QEvent.Type.Resize,
    QEvent.Type.Show,
    QEvent.Type.Hide,
    QEvent.Type.EnabledChange,
    QEvent.Type.LayoutRequest,
)


class _Overlay(QWidget):
    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("focus_ring")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(tokens_of(self).accent), 2))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), metrics.RADIUS_POPUP, metrics.RADIUS_POPUP)


class FocusRing(QObject):
    """`FocusRing(app)` once. Lists and tables show their current row instead; a widget opts out with the dynamic
    property `ring` = False."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._overlay: _Overlay | None = None
        self._watched: list[QWidget] = []
        self._widget: QWidget | None = None
        app.focusChanged.connect(self._follow)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Follow the widget and whatever holds it."""
        if event.type() in _MOVES:
            self._place()
        return False

    def _follow(self, _old: QWidget | None, new: QWidget | None) -> None:
        for widget in self._watched:
            if shiboken6.isValid(widget):
                widget.removeEventFilter(self)
        self._watched.clear()
        self._widget = new if new is not None and _wants_ring(new) else None
        holder = self._widget
        while holder is not None:
            holder.installEventFilter(self)
            self._watched.append(holder)
            holder = None if holder.isWindow() else holder.parentWidget()
        self._place()

    def _place(self) -> None:
        overlay = self._overlay if self._overlay is not None and shiboken6.isValid(self._overlay) else None
        widget = self._widget
        if widget is None or not shiboken6.isValid(widget) or not widget.isVisible():
            if overlay is not None:
                overlay.hide()
            return
        window = widget.window()
        if overlay is None or overlay.parentWidget() is not window:
            if overlay is not None:
                overlay.deleteLater()
            overlay = self._overlay = _Overlay(window)
        place = QRect(widget.mapTo(window, QPoint(0, 0)), widget.size()).adjusted(-_OUT, -_OUT, _OUT, _OUT)
        if overlay.geometry() != place:
            overlay.setGeometry(place)
        overlay.setVisible(_in_sight(widget))
        overlay.raise_()


def _wants_ring(widget: QWidget) -> bool:
    if isinstance(widget, QAbstractItemView | QAbstractScrollArea | QMenu) or widget.isWindow():
        return False
    return widget.property("ring") is not False


def _in_sight(widget: QWidget) -> bool:
    """Whether the widget's middle lies inside each scroll area that holds it."""
    holder = widget.parentWidget()
    while holder is not None and not holder.isWindow():
        area = holder.parentWidget()
        if isinstance(area, QAbstractScrollArea) and area.viewport() is holder:
            middle = widget.mapTo(holder, widget.rect().center())
            if not holder.rect().contains(middle):
                return False
        holder = area
    return True
