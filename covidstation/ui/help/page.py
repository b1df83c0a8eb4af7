"""Trợ giúp: what F1 opens, with the text of the screen that showed, and Esc back to it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from covidstation.i18n import _
from covidstation.ui.frame.page import Page
from covidstation.ui.help.topics import FIRST, topic_of
from covidstation.ui.help.view import HelpView
from covidstation.ui.parts.buttons import Button

NAME = "help"


class HelpPage(Page):
    """`open_for(screen)`, then show it; `left(screen)` asks to go back there."""

    left = Signal(str)

    def __init__(self) -> None:
        super().__init__(NAME, _("Trợ giúp"))
        self._came_from = "today"
        self._topic = FIRST
        self._view: HelpView | None = None
        self._back = Button(_("Quay lại"), "quiet", keys="Esc", name="leave_help")
        self._back.clicked.connect(lambda: self.left.emit(self._came_from))

    @property
    def view(self) -> HelpView:
        """Index and text, made at first use: most days nobody asks for help."""
        if self._view is None:
            self._view = HelpView()
            self._view.shown.connect(lambda title: self.set_title(_("Trợ giúp"), title))
            self.add(self._view, 1)
        return self._view

    def open_for(self, screen: str) -> None:
        """Next time it is shown: the text of that page, and the way back to it."""
        if screen != NAME:
            self._came_from, self._topic = screen, topic_of(screen)

    def load(self) -> None:
        """Show what was asked for."""
        self.view.show_topic(self._topic)
        self.view.text.setFocus()

    def bar_actions(self) -> Sequence[QWidget]:
        """Back to work."""
        return (self._back,)
