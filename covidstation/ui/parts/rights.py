"""Closing an act to somebody who may not do it: greyed for good, with the reason to read and to hear."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton

from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.labels import plain_tip

Guarded = QAbstractButton | QAction


def forbid(act: Guarded, why: str) -> None:
    """`why` is a whole sentence that says whom to ask. A `Button` stays closed whatever its page enables later."""
    if isinstance(act, Button):
        act.forbid(why)
        return
    act.setEnabled(False)
    act.setToolTip(plain_tip(why))
    if isinstance(act, QAbstractButton):
        act.setAccessibleDescription(why)
    else:
        act.setStatusTip(why)  # door: a status bar draws plain text
