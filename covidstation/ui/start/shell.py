"""The one window of the program: it shows the lock, the wizard or the station's pages, one at a time."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QStackedLayout, QWidget

from covidstation.ui.parts.dialogs import let_open

FIRST_SIZE = QSize(1366, 768)


class Shell(QWidget):
    """`show_view(view)` puts a view in the place of the last one, which goes. Its title becomes the window's."""

    def __init__(self, program: str) -> None:
        super().__init__()
        self.setObjectName("shell")
        self._program = program
        self.setWindowTitle(program)
        self.resize(FIRST_SIZE)
        self._stack = QStackedLayout(self)
        self._stack.setContentsMargins(0, 0, 0, 0)

    def view(self) -> QWidget | None:
        """What shows now."""
        return self._stack.currentWidget()

    def cover(self) -> None:
        """Nothing of the view can be read any more; the next `show_view` takes its place."""
        view = self.view()
        if view is not None:
            view.hide()
        self.setWindowTitle(self._program)

    def show_view(self, view: QWidget) -> None:
        """Show this one; the old one is hidden and deleted."""
        old = self.view()
        first = view.focusWidget()  # where the view wants the keyboard; being put into the window would forget it
        let_open(self)
        self._stack.addWidget(view)
        self._stack.setCurrentWidget(view)
        if first is not None:
            first.setFocus()
        view.windowTitleChanged.connect(self.setWindowTitle)
        if view.windowTitle():
            self.setWindowTitle(view.windowTitle())
        if old is not None:
            old.windowTitleChanged.disconnect(self.setWindowTitle)
            self._stack.removeWidget(old)
            old.hide()
            old.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The view may refuse, so that nothing half typed is lost."""
        view = self.view()
        if view is not None and not view.close():
            event.ignore()
            return
        event.accept()
