"""Our own line icons (24 grid, 1.7 stroke) in any token's colour, cached per name, size, colour and pixel ratio."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer  # door: our own icons alone
from PySide6.QtWidgets import QWidget

from covidstation.paths import resources
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.look.tokens import Ink


@cache
def _source(name: str) -> bytes:
    return (resources() / "icons" / f"{name}.svg").read_bytes()


def pixmap(name: str, size: int, colour: QColor | str, ratio: float = 1.0) -> QPixmap:
    """The icon `name` (file name without `.svg`), `size` logical pixels square. Raises OSError if there is none."""
    paint = QColor(colour)
    key = f"icon/{name}/{size}/{paint.rgba():x}/{ratio}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    edge = round(size * ratio)
    drawn = QPixmap(edge, edge)
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(_source(name))).render(painter, QRectF(0, 0, edge, edge))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(drawn.rect(), paint)
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    QPixmapCache.insert(key, drawn)
    return drawn


def paint_icon(painter: QPainter, x: float, y: float, name: str, size: int, colour: QColor | str) -> None:
    """Draw the icon with its top left at (x, y)."""
    ratio = painter.device().devicePixelRatioF()
    painter.drawPixmap(round(x), round(y), pixmap(name, size, colour, ratio))


def icon(name: str, widget: QWidget, ink: Ink = "text", size: int = 16) -> QIcon:
    """A QIcon for menus and line-edit actions; make it anew when the scheme changes."""
    tokens = tokens_of(widget)
    result = QIcon(pixmap(name, size, tokens.ink(ink), widget.devicePixelRatioF()))
    result.addPixmap(pixmap(name, size, tokens.muted, widget.devicePixelRatioF()), QIcon.Mode.Disabled)
    return result
