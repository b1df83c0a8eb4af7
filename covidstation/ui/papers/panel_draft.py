"""What is half typed beside a paper that has no number yet is kept under that paper, and stands there again."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Final

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QLineEdit, QWidget

from covidstation.i18n import _, moment_text
from covidstation.services.drafts import Draft, Settled, draft_of, drop_draft, keep_draft
from covidstation.ui.desk import Desk, PaperWish
from covidstation.ui.drafts import EVERY_MS, fields_of, put_value, value_of
from covidstation.ui.papers.draft import DraftPanel

FORM: Final = "paper"


class PanelDraft(QObject):
    """A field that is left goes into the register by itself, so what is kept is the one that a hand is in, and the
    whole of a sick leave, which is nowhere until its paper has a number."""

    def __init__(self, desk: Desk, panel: DraftPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._panel = desk, panel
        self._subject = ""
        self._kept: dict[str, Any] = {}
        self._found: Draft | None = None
        self._leave: dict[str, Any] | None = None  # how its fields stood at first
        self._paused = self._asking = False
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.keep_now)

    def begin(self, wish: PaperWish) -> None:
        """Another paper; what was kept of it is put back with the first look at it."""
        ids = "-".join(sorted(one.hex for one in wish.ids))
        kind, about = wish.kind.value if wish.kind else f"{wish.ending}", wish.about_id.hex if wish.about_id else ""
        self._subject = f"{kind}-{ids}-{about}"
        self._kept, self._found, self._leave, self._paused = {}, None, None, False
        self._asking = True
        subject = self._subject
        op = partial(draft_of, self._desk.register.db, FORM, subject)
        self._desk.ask(self, op, lambda draft: self._answered(draft) if subject == self._subject else None)
        self._timer.start()

    def put_back(self, *, leave: bool) -> None:
        """The fields are there now: what was kept stands in them again."""
        if self._leave is None:
            self._leave = _values(self._panel.leave)
        draft, self._found = self._found, None
        if draft is None:
            return
        last: QWidget | None = None
        for name, field in self._fields():
            if name in draft.value:
                put_value(field, draft.value[name])
                last = field
        if last is None:
            return
        last.setFocus(Qt.FocusReason.OtherFocusReason)
        words = _("Chữ gõ dở lúc {when} đã hiện lại ở bên phải. Xem lại rồi cấp số.")
        self._desk.said.emit(words.format(when=moment_text(draft.saved_at, self._desk.now().date())))
        if leave:
            self._panel.leave.take_up()

    def keep_now(self) -> None:
        """Keep it when it changed; drop it when nothing is half typed any more."""
        if not self._subject or self._paused or self._asking or self._found is not None:
            return
        raw = self._raw()
        if raw == self._kept:
            return
        self._kept = raw
        db, now = self._desk.register.db, self._desk.now()
        op = partial(keep_draft, db, FORM, self._subject, raw, now=now)
        if not raw:
            op = partial(drop_draft, db, FORM, self._subject, now=now)
        self._desk.ask(self._desk, op, lambda _none: None)

    def settled(self) -> Settled:
        """What the issuing takes along; nothing is kept from now on."""
        self._paused = True
        return Settled(FORM, self._subject)

    def resume(self) -> None:
        """It was not issued: go on keeping."""
        self._paused = False

    def _answered(self, draft: Draft | None) -> None:
        self._asking = False
        self._found = draft
        self._kept = dict(draft.value) if draft is not None else {}

    def _fields(self) -> Iterator[tuple[str, QWidget]]:
        yield from fields_of(self._panel.leave)
        yield from fields_of(self._panel.missing)  # the last one gets the focus, which a new look leaves alone

    def _raw(self) -> dict[str, Any]:
        raw = {
            name: value_of(field)
            for name, field in fields_of(self._panel.missing)
            if isinstance(field, QLineEdit) and field.isModified()
        }
        leave = _values(self._panel.leave)
        return raw | leave if self._leave is not None and leave != self._leave else raw


def _values(section: QWidget) -> dict[str, Any]:
    return {name: value_of(field) for name, field in fields_of(section)}
