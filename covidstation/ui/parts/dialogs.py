"""Dialogs: their ground and the row of buttons at their foot, and the plain sentence before a heavy act."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QLayout, QScrollArea, QVBoxLayout, QWidget

from covidstation.i18n import _
from covidstation.ui.look import metrics
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.buttons import Button, Kind
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.labels import Glyph, Line, label

PROGRAM = "CovidStation"
_HELD_BACK = "dialogs held back"


def hold_back(window: QWidget) -> None:
    """The window is locking: no dialog opens over it any more, each is answered as if it had been left."""
    window.window().setProperty(_HELD_BACK, True)


def let_open(window: QWidget) -> None:
    """Dialogs open again: another view has come."""
    window.window().setProperty(_HELD_BACK, False)


def held_back(widget: QWidget) -> bool:
    """Whether the window of that widget is locking: a field that loses its focus now was not left by anybody."""
    return bool(widget.window().property(_HELD_BACK))


class Dialog(QDialog):
    """A dialog on the ground of a page, over the window of `parent`; `name` is its object name.

    Its `title` may carry a person's name: it stands inside and is told to who hears the screen, but the window's
    title, which the task bar and other programs read, is the program's alone.
    """

    def __init__(self, parent: QWidget, title: str, name: str) -> None:
        super().__init__(parent.window())
        self.setWindowTitle(PROGRAM)
        self.setAccessibleName(title)
        self.setObjectName(name)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)

    def exec(self) -> int:
        """As Qt's; at once left while the window locks."""
        return super().exec() if self._may_open() else int(QDialog.DialogCode.Rejected)

    def open(self) -> None:
        """As Qt's; nothing while the window locks."""
        if self._may_open():
            super().open()

    def _may_open(self) -> bool:
        over = self.parentWidget()
        return over is None or not held_back(over)


class SavingDialog(Dialog):
    """A dialog that writes something: `saved` fires once it is written, and then it is left."""

    saved = Signal()


def scrolled(dialog: Dialog, inside: QWidget, below: QLayout) -> None:
    """A dialog whose `inside` scrolls, with the row of its buttons under a line."""
    inside.setAutoFillBackground(True)
    inside.setBackgroundRole(QPalette.ColorRole.Base)
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setWidget(inside)
    outer = QVBoxLayout(dialog)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.setSpacing(0)
    outer.addWidget(area, 1)
    outer.addWidget(Line())
    outer.addLayout(below)


def foot(*buttons: QWidget, words: QLayout | None = None) -> QHBoxLayout:
    """The row under a dialog: its `words` at the left, its buttons at the right, the main act last."""
    row = QHBoxLayout()
    row.setContentsMargins(metrics.MARGIN, 12, metrics.MARGIN, 12)
    row.setSpacing(metrics.GAP)
    if words is None:
        row.addStretch(1)
    else:
        row.addLayout(words, 1)
    for button in buttons:
        row.addWidget(button)
    return row


def save_buttons(
    leave: Callable[[], object], save: Callable[[], object], *, act: str = "", name: str = "act_button"
) -> tuple[Button, Button]:
    """Bỏ and Lưu (or the verb `act`) with their keys, which are not bound here: `FormKeys` hears them."""
    back = Button(_("Bỏ"), "quiet", keys="Esc", bind=False, name="back_button")
    back.clicked.connect(leave)
    main = Button(act or _("Lưu"), "primary", keys="Ctrl+Return", bind=False, name=name)
    main.clicked.connect(save)
    return back, main


class Sentence(Dialog):
    """Title, one or two plain sentences, an act and a way back. The way back has the focus when the act is heavy."""

    def __init__(
        self,
        parent: QWidget,
        title: str,
        text: str,
        *,
        act: str,
        back: str = "",
        kind: Kind = "primary",
        icon: str = "info",
        ink: Ink = "accent",
        reason: str = "",
    ) -> None:
        super().__init__(parent, title, "sentence_dialog")
        self.setMinimumWidth(440)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(self._words(title, text, icon, ink))
        self._reason: LineEdit | None = LineEdit("reason", reason, limit=200) if reason else None
        if self._reason is not None:
            column.addLayout(self._asked(reason, self._reason))
        column.addWidget(Line())
        self._act = Button(act, kind, name="act_button")
        self._back = Button(back, "normal", name="back_button") if back else None
        column.addLayout(self._buttons())
        if self._reason is not None:
            self._reason.setFocus()
        elif self._back is not None and kind == "danger":
            self._back.setFocus()
        else:
            self._act.setFocus()

    def reason(self) -> str:
        """What was written as the reason."""
        return self._reason.value() if self._reason else ""

    def _words(self, title: str, text: str, icon: str, ink: Ink) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(metrics.MARGIN, 20, metrics.MARGIN, 16)
        row.setSpacing(14)
        row.addWidget(Glyph(icon, 24, ink), 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(6)
        head = label(title, "section", wrap=True)
        body = label(text, wrap=True)
        body.setMinimumWidth(360)
        body.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.addWidget(head)
        words.addWidget(body)
        row.addLayout(words, 1)
        return row

    def _asked(self, title: str, field: LineEdit) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(metrics.MARGIN + 38, 0, metrics.MARGIN, 16)
        column.setSpacing(4)
        head = label(title, "hint", "muted")
        head.setBuddy(field)
        field.textChanged.connect(lambda: self._act.setEnabled(bool(self.reason())))
        column.addWidget(head)
        column.addWidget(field)
        return column

    def _buttons(self) -> QHBoxLayout:
        self._act.clicked.connect(self.accept)
        self._act.setEnabled(self._reason is None)
        if self._back is None:
            return foot(self._act)
        self._back.clicked.connect(self.reject)
        return foot(self._back, self._act)


def confirm(parent: QWidget, title: str, text: str, *, act: str, back: str = "", heavy: bool = False) -> bool:
    """Ask before an act. `act` is its verb ("Huỷ số 116"); `heavy` makes it red and puts the focus on the way back."""
    dialog = Sentence(
        parent,
        title,
        text,
        act=act,
        back=back or _("Quay lại"),
        kind="danger" if heavy else "primary",
        icon="alert" if heavy else "help",
        ink="danger" if heavy else "accent",
    )
    return _asked(dialog)


def ask_reason(
    parent: QWidget,
    title: str,
    text: str,
    *,
    act: str,
    reason: str,
    keep: Callable[[QDialog], object],
    heavy: bool = False,
) -> str:
    """Ask with a reason that must be written (field title `reason`); empty when the user went back.

    `keep` is given the dialog before it opens: `ui.drafts.kept_as`, so that what is half written outlives a lock.
    """
    dialog = Sentence(
        parent,
        title,
        text,
        act=act,
        back=_("Quay lại"),
        kind="danger" if heavy else "primary",
        icon="alert" if heavy else "help",
        ink="danger" if heavy else "accent",
        reason=reason,
    )
    keep(dialog)
    return dialog.reason() if _asked(dialog) else ""


def tell(parent: QWidget, title: str, text: str, *, bad: bool = True) -> None:
    """Say something that must be read before going on."""
    _asked(
        Sentence(
            parent, title, text, act=_("Đã hiểu"), icon="alert" if bad else "info", ink="danger" if bad else "accent"
        )
    )


def _asked(dialog: Sentence) -> bool:
    """Whether its act was chosen. The window keeps no dialog that was answered."""
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return accepted
