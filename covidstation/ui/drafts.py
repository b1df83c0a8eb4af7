"""What is half typed in a dialog is kept in the register, and offered when the same dialog opens on the same person.

One `DialogDraft` in a dialog is all: it reads the dialog's fields by their names every two seconds and when the focus
moves, keeps those that somebody changed, and drops them when the dialog is saved or left. Passphrases are never kept.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, ClassVar, Final, Protocol, runtime_checkable
from uuid import UUID

import shiboken6
from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from covidstation.i18n import _, moment_text
from covidstation.services.drafts import Draft, Settled, draft_of, drop_draft, keep_draft
from covidstation.ui.desk import Desk
from covidstation.ui.f0.inputs import put_raw, raw_of
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo, FindCombo
from covidstation.ui.parts.edits import PasswordEdit
from covidstation.ui.parts.labels import ElidedLabel, Glyph, Ground
from covidstation.ui.parts.popup import PopupLineEdit
from covidstation.ui.parts.segments import Segments

EVERY_MS: Final = 2000


@runtime_checkable
class Typing(Protocol):
    """A form, or a dialog, that says itself what is half typed in it."""

    def half_typed(self) -> dict[str, Any]:
        """What differs from the register, as JSON; empty: nothing does."""

    def put_back(self, raw: Mapping[str, Any]) -> None:
        """Let the fields hold that again."""


@runtime_checkable
class MakesRoom(Protocol):
    """A dialog with rows that come and go; the fields of `row_fields` are kept all, touched or not."""

    row_fields: ClassVar[frozenset[str]]

    def make_room(self, raw: Mapping[str, Any]) -> None:
        """Make the rows that this draft has fields for."""


@runtime_checkable
class _ChoosesPerson(Protocol):
    def choose(self, person_id: Any, name: str) -> None:
        """Take that known one."""


def fields_of(place: QWidget) -> Iterator[tuple[str, QWidget]]:
    """Every field with its name; what it is called aloud tells apart rows of people, a number those of one name."""
    seen: Counter[str] = Counter()
    for widget in place.findChildren(QWidget):
        if not isinstance(widget, QLineEdit | QPlainTextEdit | Combo | QCheckBox | Segments):
            continue
        name = widget.objectName()
        if not name or name.startswith("qt_") or isinstance(widget, PasswordEdit):
            continue
        key = f"{name}/{widget.accessibleName()}"
        seen[key] += 1
        yield f"{key}/{seen[key]}", widget


def value_of(widget: QWidget) -> Any:
    """What stands in a field, readable or not, as a JSON value."""
    if isinstance(widget, QPlainTextEdit):
        return widget.toPlainText()
    if isinstance(widget, QCheckBox):
        return widget.isChecked()
    if isinstance(widget, Segments):
        return widget.value()
    if isinstance(widget, FindCombo):  # two people may bear one name
        key = widget.value()
        return {"key": key.hex if isinstance(key, UUID) else "", "text": widget.text()}
    return raw_of(widget)


def put_value(widget: QWidget, value: Any) -> None:
    """Put back what `value_of` gave, and let the dialog hear it as if it had been typed."""
    if value_of(widget) == value:
        return
    if isinstance(widget, QPlainTextEdit):
        widget.setPlainText(str(value))
    elif isinstance(widget, QCheckBox):
        widget.setChecked(value is True)
    elif isinstance(widget, Segments):
        if value in [key for key, _title, _box in widget.boxes()]:
            widget.set_value(value)
            widget.chosen.emit(value)
    elif isinstance(widget, FindCombo):
        _put_found(widget, value if isinstance(value, dict) else {})
    else:
        put_raw(widget, value)
        _tell(widget)


def _put_found(widget: FindCombo, value: Mapping[str, Any]) -> None:
    key, text = _uuid(str(value.get("key", ""))), str(value.get("text", ""))
    if key is not None and any(one.key == key for one in widget.choices()):
        widget.set_value(key)
    elif key is not None and isinstance(widget, _ChoosesPerson):
        widget.choose(key, text)
    else:
        widget.put_text(text)
    widget.picked.emit(widget.value())


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _tell(widget: QWidget) -> None:
    if isinstance(widget, Combo):
        widget.picked.emit(widget.value())
    elif isinstance(widget, QLineEdit):
        widget.setModified(True)
        if not isinstance(widget, PopupLineEdit):
            widget.textEdited.emit(widget.text())


class Asking:
    """Keeps what is typed in a dialog that only asks (`ask_reason(keep=)`), beyond its answer.

    What was answered goes in the transaction of the act that follows: `Desk.act(…, draft=asking.settled)`. When that
    is refused, the same dialog offers the words again.
    """

    def __init__(self, desk: Desk, subject: str) -> None:
        self._desk, self._subject = desk, subject
        self.settled: Settled | None = None

    def __call__(self, dialog: QDialog) -> None:
        """Keep what is typed in that one."""
        DialogDraft(self._desk, dialog, lambda: self._subject, asks=True)
        self.settled = Settled(_form_of(dialog), self._subject)


def kept_as(desk: Desk, what: str, about: UUID | str) -> Asking:
    """For a dialog that knows no desk: `what` is asked, of that record."""
    return Asking(desk, f"{what}-{about.hex if isinstance(about, UUID) else about}")


def _form_of(dialog: QDialog) -> str:
    return f"dialog.{type(dialog).__name__}"


class DialogDraft(QObject):
    """The keeper of one dialog. `about()` names whom or what the dialog is about; empty: nothing is kept.

    A dialog that `asks` acts only after it was accepted: till then its words stay kept.
    """

    def __init__(self, desk: Desk, dialog: QDialog, about: Callable[[], str], *, asks: bool = False) -> None:
        super().__init__(dialog)
        self._desk, self._dialog, self._about, self._asks = desk, dialog, about, asks
        self._form = _form_of(dialog)
        self._subject = ""
        self._first: dict[str, Any] = {}
        self._kept: dict[str, Any] = {}
        self._offer: Offer | None = None
        self._there = self._paused = self._ended = False
        self._timer = QTimer(self, interval=EVERY_MS)
        self._timer.timeout.connect(self.keep_now)
        dialog.installEventFilter(self)
        dialog.finished.connect(self._finished)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.focusChanged.connect(self._moved)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """It begins when the dialog shows for the first time: by then its fields are there."""
        if event.type() == QEvent.Type.Show and not self._subject:
            self._begin()
        return False

    def settled(self) -> Settled | None:
        """What the saving act must take along (`Desk.act(…, draft=)`); nothing is kept from now on."""
        self._paused = True
        return Settled(self._form, self._subject) if self._subject else None

    def resume(self) -> None:
        """It was not saved: go on keeping."""
        self._paused = False

    def keep_now(self) -> None:
        """Keep what somebody changed, when it changed again."""
        if not self._subject or self._paused or self._ended:
            return
        changed = self._changed()
        if changed == self._kept:
            return
        self._kept = changed
        db, now = self._desk.register.db, self._desk.now()
        if changed:
            self._there = True
            op = partial(keep_draft, db, self._form, self._subject, changed, now=now)
            self._desk.ask(self._desk, op, lambda _none: None)
        elif self._there:
            self._drop()

    def put_aside(self) -> None:
        """The window locks: keep what stands there, and let the dialog go without dropping it."""
        self.keep_now()
        self._ended = True
        self._timer.stop()

    def _begin(self) -> None:
        self._subject = self._about()
        if not self._subject:
            return
        self._first = self._read()
        self._desk.ask(self, partial(draft_of, self._desk.register.db, self._form, self._subject), self._found)
        self._timer.start()

    def _found(self, draft: Draft | None) -> None:
        """All that the dialog had asked for is answered by now: what stands there is how it opens."""
        typed = {name for name, field in fields_of(self._dialog) if isinstance(field, QLineEdit) and field.isModified()}
        self._first |= {name: value for name, value in self._read().items() if name not in typed}
        if draft is None:
            return
        self._there = True
        self._kept = dict(draft.value)
        self._paused = True  # until somebody chose; what is typed meanwhile must not cover the draft
        when = moment_text(draft.saved_at, self._desk.now().date())
        self._offer = Offer(_("Lúc {when} hộp này gõ dở, chưa lưu.").format(when=when))
        self._offer.again.clicked.connect(lambda: self._take_up(draft))
        self._offer.drop.clicked.connect(self._refuse)
        column = self._dialog.layout()
        if isinstance(column, QVBoxLayout):
            column.insertWidget(0, self._offer)
            self._offer.show()  # in a window that shows already Qt would wait for the loop to come round
        self._dialog.adjustSize()

    def _take_up(self, draft: Draft) -> None:
        self._close_offer()
        self._put(draft.value)
        # what a choice makes the dialog ask for is answered before this: then once more, over those answers
        self._desk.ask(self, lambda: None, lambda _none: self._put(draft.value))

    def _put(self, raw: Mapping[str, Any]) -> None:
        if isinstance(self._dialog, Typing):
            self._dialog.put_back(raw)
            return
        if isinstance(self._dialog, MakesRoom):
            self._dialog.make_room(raw)
        for name, field in list(fields_of(self._dialog)):
            if name in raw:
                put_value(field, raw[name])

    def _refuse(self) -> None:
        self._close_offer()
        self._kept = {}
        self._drop()

    def _close_offer(self) -> None:
        self._paused = False
        if self._offer is not None:
            self._offer.hide()
            self._offer.deleteLater()
            self._offer = None

    def _changed(self) -> dict[str, Any]:
        now = self._read()
        changed = {name: value for name, value in now.items() if self._first.get(name) != value}
        if not isinstance(self._dialog, MakesRoom) or (not changed and len(now) == len(self._first)):
            return changed
        rows = {name: value for name, value in now.items() if name.partition("/")[0] in self._dialog.row_fields}
        return changed | rows

    def _read(self) -> dict[str, Any]:
        if isinstance(self._dialog, Typing):
            return self._dialog.half_typed()
        return {name: value_of(field) for name, field in fields_of(self._dialog)}

    def _moved(self, old: QWidget | None, _new: QWidget | None) -> None:
        if old is not None and shiboken6.isValid(self._dialog) and self._dialog.isAncestorOf(old):
            self.keep_now()

    def _finished(self, result: int) -> None:
        """Left by a person: what was typed goes, but an offered draft that nobody touched stays."""
        self._timer.stop()
        if self._asks and result == QDialog.DialogCode.Accepted:
            self.keep_now()
        elif not self._ended and self._there and self._offer is None:
            self._drop()
        self._ended = True

    def _drop(self) -> None:
        self._there = False
        op = partial(drop_draft, self._desk.register.db, self._form, self._subject, now=self._desk.now())
        self._desk.ask(self._desk, op, lambda _none: None)


class Offer(Ground):
    """The line at the head of a dialog or section: what was half typed here can be taken up or dropped."""

    def __init__(self, words: str) -> None:
        super().__init__(QPalette.ColorRole.AlternateBase)
        self.setObjectName("dialog_draft")
        self.drop = Button(_("Bỏ bản nháp"), "quiet", keys="F9", name="drop_draft")
        self.again = Button(_("Lấy lại"), keys="F8", name="reopen_draft")
        said = ElidedLabel("", "strong")
        said.set_text(words)
        row = QHBoxLayout(self)
        row.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        row.setSpacing(metrics.GAP)
        row.addWidget(Glyph("clock", 18))
        row.addWidget(said, 1)
        for button in (self.drop, self.again):
            button.setProperty("aside", True)
            row.addWidget(button)
        self.setFixedHeight(44)
