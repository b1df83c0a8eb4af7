"""The one presenter of known troubles: a sentence in a dialog."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.ui.parts.dialogs import tell


def present(parent: QObject, trouble: UserError) -> None:
    """Show the sentence of that error and wait until it was read."""
    place = _place(parent)
    if place is not None:
        tell(place, _("Chưa làm được"), sentence(trouble))


def _place(parent: QObject) -> QWidget | None:
    return parent if isinstance(parent, QWidget) else QApplication.activeWindow()
