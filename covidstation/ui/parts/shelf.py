"""Where widgets lie that a page has made and nobody shows just now.

A widget without a parent outlives the page that made it, and with it whatever its slots hold: the page, the desk, the
open register with its key. So every one gets a parent, and goes with it.
"""

from __future__ import annotations

from collections.abc import Iterator

import shiboken6
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QMenu, QWidget


class Shelf(QWidget):
    """A hidden holder. `lay(widget)` takes one; `lay_all(page)` takes all that the page and its parts keep."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("shelf")
        self.hide()

    def lay(self, widget: QWidget) -> None:
        """Hidden, until somebody takes it into a layout."""
        widget.hide()
        widget.setParent(self)

    def lay_all(self, page: QWidget) -> None:
        """Whatever stands in an attribute of the page, or of a part of it, and has no parent."""
        for holder in (page, *page.findChildren(QObject)):
            for widget in _kept(holder):
                if shiboken6.isValid(widget) and widget.parent() is None and widget is not page:
                    self.lay(widget)


def _kept(holder: QObject) -> Iterator[QWidget]:
    for value in list(vars(holder).values()):
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else (value,)
        for one in inner:
            if isinstance(one, QWidget) and not isinstance(one, QDialog | QMenu):
                yield one
