"""Locking: by hand, after a while without anybody, after the PC has slept. What is half typed is kept."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from covidstation.ui.drafts import DialogDraft
from covidstation.ui.frame.copied import Copied
from covidstation.ui.frame.idle import IdleWatch, steady_seconds
from covidstation.ui.frame.leaving import Leaving
from covidstation.ui.frame.page import Page
from covidstation.ui.parts.dialogs import hold_back
from covidstation.ui.parts.toast import Toast

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody was: the page and what it showed (`Page.place`). It leaves memory with the program."""

    user_id: UUID | None
    page: str
    what: object


class Lock(QObject):
    """`begin()` watches; `aside()` hides and keeps; the window then closes its register.

    `due()` when the window should lock by itself.
    """

    due = Signal()

    def __init__(self, window: QWidget, minutes: int, clock: Callable[[], float] = steady_seconds) -> None:
        super().__init__(window)
        self._window = window
        self._copied = Copied(self)
        self.watch = IdleWatch(self, minutes, clock)
        self._leaving: Leaving | None = None
        self.watch.warned.connect(self._warn)
        self.watch.stayed.connect(self._calm)
        self.watch.left.connect(self.due)

    def keep(self, pages: list[Page]) -> None:
        """Keep what is half typed and go on: something has failed. One page that fails too stops no other."""
        drafts = [draft for top in QApplication.topLevelWidgets() for draft in top.findChildren(DialogDraft)]
        for keep_one in (*(page.put_aside for page in pages), *(draft.keep_now for draft in drafts)):
            try:
                keep_one()
            except Exception:
                log.exception("a draft was not kept")

    def aside(self, pages: list[Page]) -> None:
        """Keep what is half typed anywhere, forget what was copied, close whatever stands over the window."""
        self.watch.end()
        self._calm()
        hold_back(self._window)
        for page in pages:
            page.put_aside()
        dialogs = [one for one in QApplication.topLevelWidgets() if isinstance(one, QDialog) and one.isVisible()]
        for dialog in dialogs:
            for draft in dialog.findChildren(DialogDraft):
                draft.put_aside()
        self._copied.forget()
        while (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
        for dialog in reversed(dialogs):
            dialog.reject()
            dialog.hide()  # one that refuses to be left now is not read either
        for toast in self._window.window().findChildren(Toast):
            toast.close()

    def end(self) -> None:
        """The window is going."""
        self.watch.end()
        self._calm()
        self._copied.forget()

    def _warn(self, seconds: int) -> None:
        if self._leaving is None:
            self._leaving = Leaving(self._window.window())
        self._leaving.count(seconds)

    def _calm(self) -> None:
        if self._leaving is not None:
            self._leaving.hide()
            self._leaving.deleteLater()
            self._leaving = None
