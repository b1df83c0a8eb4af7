"""A card's QR from a picture file: chosen in a box, or dropped onto the window. Then it goes the scanner's way."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, QMimeData, QObject, QStandardPaths
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.pictures import read_picture
from covidstation.ui.parts.toast import Toast
from covidstation.ui.tasks import TaskRunner

ENDINGS: Final = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".pdf")


class CardPictures(QObject):
    """Reads cards from pictures for one window; `scanned(text)` is called with what the code says."""

    def __init__(self, window: QWidget, tasks: TaskRunner, scanned: Callable[[str], object]) -> None:
        super().__init__(window)
        self._window, self._tasks, self._scanned = window, tasks, scanned
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def choose(self) -> None:
        """Ask for the file."""
        folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        kinds = _("Ảnh, PDF ({endings})").format(endings=" ".join(f"*{ending}" for ending in ENDINGS))
        chosen, _kind = QFileDialog.getOpenFileName(self._window, _("Đọc thẻ từ ảnh"), folder, kinds)
        if chosen:
            self.read(Path(chosen))

    def read(self, path: Path) -> None:
        """Find the code off the main thread."""
        self._tasks.background(self, partial(read_picture, path), self._scanned, self._refused)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take a picture dropped onto the window."""
        if isinstance(event, QDropEvent):  # a QDragEnterEvent is one too
            path = _picture_in(event.mimeData())
            if path is None:
                return False
            event.acceptProposedAction()
            if not isinstance(event, QDragEnterEvent) and event.type() == QEvent.Type.Drop:
                self.read(path)
            return True
        return False

    def _refused(self, trouble: UserError) -> None:
        Toast.tell(self._window, sentence(trouble), bad=True)


def _picture_in(data: QMimeData) -> Path | None:
    """The one local picture that is dragged."""
    urls = [url for url in data.urls() if url.isLocalFile()]
    path = Path(urls[0].toLocalFile()) if len(urls) == 1 else None
    return path if path is not None and path.suffix.lower() in ENDINGS else None
