"""Paper on the desk: the pages of a PDF one under the other, fit to the width, to zoom and to scroll."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QShortcut,
    QShowEvent,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from covidstation.i18n import _
from covidstation.ui.look import metrics
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.papers.raster import page_images
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.labels import Line, label
from covidstation.ui.tasks import TaskRunner

A4: Final = 297 / 210
EDGE, GAP, WIDEST = 14, 16, 1600
ZOOMS: Final = (0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
LATER_MS: Final = 80


class _Desk(QWidget):
    """The pages themselves, white in both schemes."""

    def __init__(self) -> None:
        super().__init__()
        self.images: tuple[QImage, ...] = ()
        self.page_width = 0

    def place(self, room: QSize, page_width: int) -> None:
        """Lay the pages out for a view of that size; the desk fills it."""
        self.page_width = page_width
        height = EDGE + sum(round(self._height(image)) + GAP for image in self.images)
        self.setFixedSize(QSize(max(room.width(), page_width + 2 * EDGE), max(height, room.height())))
        self.update()

    def top_of(self, number: int) -> int:
        """Where a page begins, counted from 0."""
        return EDGE + sum(round(self._height(image)) + GAP for image in self.images[:number])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Pages with a thin edge on the desk."""
        tokens = tokens_of(self)
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(tokens.desk))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        top = float(EDGE)
        for image in self.images:
            box = QRectF((self.width() - self.page_width) // 2, top, self.page_width, round(self._height(image)))
            painter.fillRect(box.adjusted(-1, -1, 1, 1), QColor(tokens.border))
            painter.drawImage(box, image)
            top += box.height() + GAP

    def _height(self, image: QImage) -> float:
        return self.page_width * image.height() / max(image.width(), 1)


class SheetsView(QWidget):
    """`show_pdf(bytes)`: renders off the main thread; what is in sight stays until the new pages are there.

    Nothing is rendered before the view has its place in the window: a picture of another width would show blurred.

    `note` is the muted sentence at the right of the bar ("Chỗ tô màu: …").
    """

    drawn = Signal(int)  # pages

    def __init__(self, tasks: TaskRunner) -> None:
        super().__init__()
        self._tasks = tasks
        self._pdf = b""
        self._turn = 0
        self._zoom = 1.0
        self._drawn_for = (b"", 0)
        self._desk = _Desk()
        self._area = QScrollArea()
        self._area.setObjectName("sheets")
        self._area.setAccessibleName(_("Bản xem trước"))
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidget(self._desk)
        self._area.viewport().setAutoFillBackground(False)
        self._area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._pages = label("", "hint", "muted")
        self._note = label("", "hint", "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar())
        column.addWidget(Line())
        column.addWidget(self._area, 1)
        self._later = QTimer(self, singleShot=True, interval=LATER_MS)
        self._later.timeout.connect(self._render)
        self._area.verticalScrollBar().valueChanged.connect(lambda _at: self._say_page())

    def show_pdf(self, pdf: bytes, note: str) -> None:
        """Draw these pages."""
        self._note.setText(note)
        if pdf != self._pdf:
            self._pdf = pdf
            if self.isVisible():
                self._render()

    def pdf(self) -> bytes:
        """The bytes in sight."""
        return self._pdf

    def clear(self) -> None:
        """An empty desk."""
        self._turn += 1
        self._pdf, self._desk.images, self._drawn_for = b"", (), (b"", 0)
        self._note.setText("")
        self._pages.setText("")
        self._desk.place(self._room(), self._page_width())

    def page_count(self) -> int:
        """How many pages are drawn."""
        return len(self._desk.images)

    def picture(self, page: int) -> QImage:
        """One drawn page, counted from 0."""
        return self._desk.images[page]

    def zoom(self, step: int) -> None:
        """One step nearer (1) or farther (-1); 0 fits the width again."""
        at = min(range(len(ZOOMS)), key=lambda n: abs(ZOOMS[n] - self._zoom))
        self._zoom = ZOOMS[max(0, min(len(ZOOMS) - 1, at + step))] if step else 1.0
        self._desk.place(self._room(), self._page_width())
        self._later.start()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit again, first with the pictures at hand."""
        super().resizeEvent(event)
        self._desk.place(self._room(), self._page_width())
        if self.isVisible():
            self._later.start()

    def showEvent(self, event: QShowEvent) -> None:
        """Now the width is known."""
        super().showEvent(event)
        self._desk.place(self._room(), self._page_width())
        self._render()

    def _bar(self) -> QWidget:
        bar = QWidget()
        bar.setFixedHeight(36)
        bar.setAutoFillBackground(True)
        bar.setBackgroundRole(QPalette.ColorRole.Base)
        row = QHBoxLayout(bar)
        row.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        row.setSpacing(4)
        row.addWidget(self._pages)
        row.addSpacing(12)
        for text, name, step in (
            (_("Vừa chiều ngang"), "fit_width", 0),
            (_("Phóng to"), "zoom_in", 1),
            (_("Thu nhỏ"), "zoom_out", -1),
        ):
            button = Button(text, "link", name=name)
            button.clicked.connect(partial(self.zoom, step))
            row.addWidget(button)
        row.addStretch(1)
        row.addWidget(self._note)
        for keys, step in (("Ctrl++", 1), ("Ctrl+=", 1), ("Ctrl+-", -1), ("Ctrl+0", 0)):
            QShortcut(QKeySequence(keys), self).activated.connect(partial(self.zoom, step))
        return bar

    def _room(self) -> QSize:
        """What to lay out in; the scroll bar's place is kept free so that nothing jumps when it comes."""
        width = self._area.width() - self._area.verticalScrollBar().sizeHint().width()
        return QSize(max(200, width), self._area.height())

    def _page_width(self) -> int:
        return min(WIDEST, round(min(self._room().width() - 2 * EDGE, 900) * self._zoom))

    def _render(self) -> None:
        """Draw, when these pages are not drawn for that width yet."""
        pdf, width = self._pdf, round(self._page_width() * self.devicePixelRatioF())
        if not pdf or (pdf, width) == self._drawn_for:
            return
        self._drawn_for = (pdf, width)
        self._turn += 1
        turn = self._turn

        def show(images: tuple[QImage, ...]) -> None:
            if turn == self._turn:
                self._desk.images = images
                self._desk.place(self._room(), self._page_width())
                self._say_page()
                self.drawn.emit(len(images))

        self._tasks.background(self, lambda: page_images(pdf, width=width), show)

    def _say_page(self) -> None:
        total = len(self._desk.images)
        middle = self._area.verticalScrollBar().value() + self._area.viewport().height() // 2
        number = max((n for n in range(total) if self._desk.top_of(n) <= middle), default=0) + 1
        words = _("Trang {number} trên {total}").format(number=number, total=total) if total else ""
        self._pages.setText(words)
