"""Half-typed F0 forms: kept every three seconds, offered again when a form opens."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QHBoxLayout

from covidstation.i18n import _, moment_text
from covidstation.services.drafts import Draft, Settled, drop_draft, keep_draft
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.labels import ElidedLabel, Glyph, Ground

FORM = "f0"
EVERY_MS = 3000


class DraftKeeper(QObject):
    """Keeps `raw()` under a subject while it changes. `kept(moment)` fires when it is safe on the disk."""

    kept = Signal(object)

    def __init__(self, desk: Desk, raw: Callable[[], Mapping[str, Any]], parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._raw = desk, raw
        self._subject = ""
        self._dirty = False
        self._unsaved = self._held = False
        self._timer = QTimer(self, interval=EVERY_MS, singleShot=True)
        self._timer.timeout.connect(self.keep_now)

    @property
    def dirty(self) -> bool:
        """Whether anything was typed since the form opened."""
        return self._dirty

    @property
    def subject(self) -> str:
        """Under what the form in sight is kept; empty when none is open."""
        return self._subject

    def begin(self, subject: str, *, dirty: bool = False) -> None:
        """Another form: what is typed from now on stands under that subject."""
        self._timer.stop()
        self._subject, self._dirty, self._unsaved, self._held = subject, dirty, False, False

    def touch(self) -> None:
        """Something was typed."""
        self._dirty = self._unsaved = True
        if not self._timer.isActive():
            self._timer.start()

    def keep_now(self) -> None:
        """Keep what stands there, when it changed."""
        self._timer.stop()
        if not self._unsaved or self._held:
            return
        self._unsaved = False
        now, value = self._desk.now(), dict(self._raw())
        op = partial(keep_draft, self._desk.register.db, FORM, self._subject, value, now=now)
        self._desk.ask(self, op, lambda _none: self.kept.emit(now))

    def settled(self) -> Settled:
        """What the saving act takes along; nothing is kept until `begin` or `resume`."""
        self._timer.stop()
        self._held = True
        return Settled(FORM, self._subject)

    def resume(self) -> None:
        """It was not saved: go on keeping."""
        self._held = False
        if self._unsaved:
            self._timer.start()

    def drop(self) -> None:
        """Given up."""
        self._timer.stop()
        self._dirty = self._unsaved = False
        self.forget(self._subject)

    def forget(self, subject: str) -> None:
        """Drop the draft of that subject."""
        op = partial(drop_draft, self._desk.register.db, FORM, subject, now=self._desk.now())
        self._desk.ask(self, op, lambda _none: None)


class DraftOffer(Ground):
    """A line under the title: "Bản nháp lúc 07:16: Giàng A Páo", to be taken up again or dropped."""

    reopened = Signal(object)  # Draft
    dropped = Signal(object)  # Draft

    def __init__(self, desk: Desk) -> None:
        super().__init__(QPalette.ColorRole.AlternateBase)
        self._desk = desk
        self._drafts: list[Draft] = []
        self._words = ElidedLabel("", "strong")
        again = Button(_("Mở lại"), name="reopen_draft")
        drop = Button(_("Bỏ bản nháp"), "quiet", name="drop_draft")
        for button in (again, drop):
            button.setProperty("aside", True)
        again.clicked.connect(self._again)
        drop.clicked.connect(self._drop)
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        row.setSpacing(metrics.GAP)
        row.addWidget(Glyph("clock", 18))
        row.addWidget(self._words, 1)
        row.addWidget(drop)
        row.addWidget(again)
        self.setFixedHeight(44)
        self.hide()

    def show_drafts(self, drafts: Sequence[Draft]) -> None:
        """Offer the newest of these; none hides the line."""
        self._drafts = list(drafts)
        self.setVisible(bool(drafts))
        if drafts:
            when = moment_text(drafts[0].saved_at, self._desk.now().date())
            name = str(drafts[0].value.get("person", {}).get("full_name", "")).strip() or _("chưa có tên")
            self._words.set_text(_("Bản nháp lúc {when}: {name}").format(when=when, name=name))

    def _again(self) -> None:
        draft = self._drafts[0]
        self.hide()
        self.reopened.emit(draft)

    def _drop(self) -> None:
        draft = self._drafts.pop(0)
        self.show_drafts(self._drafts)
        self.dropped.emit(draft)
