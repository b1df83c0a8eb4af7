"""What is half typed in a section of the settings outlives a lock and a power cut, as in dialogs (`ui.drafts`)."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QVBoxLayout, QWidget

from covidstation.i18n import _, moment_text
from covidstation.services.drafts import Draft, Settled, draft_of, drop_draft, keep_draft
from covidstation.ui.desk import Desk
from covidstation.ui.drafts import EVERY_MS, Offer, Typing


class HalfTyped(QWidget):
    """The keeper of one form, and the line at the head of its column with which what was kept is taken up.

    `look(subject)` when the form shows that record; `settled()` goes into the saving act, `resume()` when it was
    refused, `forget()` when a person gave up what stands there.
    """

    def __init__(self, desk: Desk, form: str, typing: Typing, column: QVBoxLayout) -> None:
        super().__init__()
        self._desk, self._form, self._typing = desk, f"settings.{form}", typing
        self._subject = ""
        self._kept: dict[str, Any] = {}
        self._paused = self._there = False
        self._offer: Offer | None = None
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        column.insertWidget(0, self)
        self.hide()
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.keep_now)

    def look(self, subject: str) -> None:
        """The form shows that record as the register has it: offer what was left half typed of it."""
        self._close()
        self._subject, self._kept, self._there, self._paused = subject, {}, False, True
        op = partial(draft_of, self._desk.register.db, self._form, subject)
        self._desk.ask(self, op, lambda draft: self._found(draft) if subject == self._subject else None)
        self._timer.start()

    def keep_now(self) -> None:
        """Keep what differs, when it changed since."""
        if not self._subject or self._paused:
            return
        raw = self._typing.half_typed()
        if raw == self._kept:
            return
        self._kept = raw
        if raw:
            self._there = True
            db, now = self._desk.register.db, self._desk.now()
            op = partial(keep_draft, db, self._form, self._subject, raw, now=now)
            self._desk.ask(self._desk, op, lambda _none: None)
        else:
            self._drop()

    def settled(self) -> Settled:
        """What the saving act takes along; nothing is kept until `look` or `resume`."""
        self._paused = True
        return Settled(self._form, self._subject)

    def resume(self) -> None:
        """It was not saved: go on keeping."""
        self._paused = self._offer is not None

    def forget(self) -> None:
        """What stands there is given up by a person; what is only offered stays."""
        if self._offer is None:
            self._drop()

    def _found(self, draft: Draft | None) -> None:
        self._paused = draft is not None  # until somebody chose; what is typed meanwhile must not cover the draft
        if draft is None:
            return
        self._there = True
        when = moment_text(draft.saved_at, self._desk.now().date())
        self._offer = Offer(_("Lúc {when} mục này gõ dở, chưa lưu.").format(when=when))
        self._offer.again.clicked.connect(lambda: self._take_up(draft))
        self._offer.drop.clicked.connect(self._refuse)
        self._column.addWidget(self._offer)
        self.show()

    def _take_up(self, draft: Draft) -> None:
        self._close()
        self._paused, self._kept = False, dict(draft.value)
        self._typing.put_back(draft.value)

    def _refuse(self) -> None:
        self._close()
        self._paused = False
        self._drop()

    def _close(self) -> None:
        self.hide()
        if self._offer is not None:
            self._offer.hide()
            self._offer.deleteLater()
            self._offer = None

    def _drop(self) -> None:
        if self._there:
            self._there, self._kept = False, {}
            op = partial(drop_draft, self._desk.register.db, self._form, self._subject, now=self._desk.now())
            self._desk.ask(self._desk, op, lambda _none: None)
