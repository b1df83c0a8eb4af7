"""What stands at the right of the unlock card: the passphrase, the way back in, the first passphrase of one's own."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.access.typed_code import code_lines, code_trouble
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.edits import LineEdit, PasswordEdit, set_state
from covidstation.ui.parts.labels import Glyph, label, set_ink

FIELD_WIDTH = 320


class Said(QWidget):
    """Three lines' room under a field for what is wrong with it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(FIELD_WIDTH, 62)
        self._glyph = Glyph("alert", 16, "warn")
        self._words = label("", "hint_strong", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 4, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._glyph, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1, Qt.AlignmentFlag.AlignTop)
        self.say("")

    def say(self, text: str, ink: Ink = "danger") -> None:
        """Say it; empty says nothing."""
        self._glyph.setVisible(bool(text))
        self._glyph.show_icon("alert", ink)
        set_ink(self._words, ink)
        self._words.setText(text)

    def text(self) -> str:
        """What it says."""
        return self._words.text()


class CapsLock(QObject):
    """Tells from the letters typed into a field whether Caps Lock is on: no system says it in one way."""

    changed = Signal(bool)

    def __init__(self, field: QWidget) -> None:
        super().__init__(field)
        self.on = False
        field.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Compare the case of a letter with the Shift key."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            text = event.text()
            if event.key() == Qt.Key.Key_CapsLock:
                self._set(False)  # the next letter tells
            elif len(text) == 1 and text.isalpha() and text.upper() != text.lower():
                shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                self._set(text.isupper() != shift)
        return False

    def _set(self, on: bool) -> None:
        if on != self.on:
            self.on = on
            self.changed.emit(on)


class PassphrasePane(QWidget):
    """The passphrase of the chosen person, Enter opens."""

    asked = Signal(str)
    forgotten = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._title = label("", "strong")
        self.field = PasswordEdit("passphrase", _("Mật khẩu"), width=FIELD_WIDTH)
        self._title.setBuddy(self.field)
        self._said = Said()
        self._open = Button(_("Mở sổ"), "primary", keys="Return", bind=False, name="unlock")
        self._forgot = Button(_("&Quên mật khẩu"), "quiet", name="forgot")
        self._caps = CapsLock(self.field)
        self._until = 0.0  # of the clock that nobody sets
        self._busy = False
        self._second = QTimer(self, interval=250)
        self._second.timeout.connect(self._count_down)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._title)
        column.addWidget(self.field)
        column.addWidget(self._said)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._open)
        row.addWidget(self._forgot)
        row.addStretch(1)
        column.addLayout(row)
        column.addStretch(1)
        self.field.returnPressed.connect(self._ask)
        self.field.textEdited.connect(lambda _text: self._clear())
        self._open.clicked.connect(self._ask)
        self._forgot.clicked.connect(self.forgotten)
        self._caps.changed.connect(lambda _on: self._clear())

    def set_person(self, name: str) -> None:
        """Whose passphrase is asked for."""
        self._title.setText(_("Mật khẩu của {name}").format(name=name).replace("&", "&&"))
        self.field.clear()
        self._clear()
        self.field.setFocus()

    def hold_back(self, seconds: int) -> None:
        """Too many wrong ones: nothing is judged for so long; the card counts down and says why."""
        self._until = time.monotonic() + seconds
        self._count_down()
        if seconds:
            self._second.start()

    def waits(self) -> bool:
        """Whether nothing may be tried yet."""
        return time.monotonic() < self._until

    def _count_down(self) -> None:
        left = max(0, -int((time.monotonic() - self._until) // 1))
        self._open.setEnabled(not left and not self._busy)
        if left:
            text = _("Đã gõ sai nhiều lần. Đợi {wait} rồi gõ lại, gõ đúng là mở được ngay. Sổ vẫn nguyên.")
            self._said.say(text.format(wait=f"{left // 60}:{left % 60:02d}"), "warn")
        elif self._second.isActive():
            self._second.stop()
            self._said.say(_("Gõ lại được rồi."), "ok")

    def set_busy(self, busy: bool) -> None:
        """While the key is made from the passphrase: about a second, by design."""
        self._busy = busy
        self._open.setEnabled(not busy and not self.waits())
        self._open.set_text(_("Đang mở sổ…") if busy else _("Mở sổ"))
        self.field.setReadOnly(busy)

    def refuse(self, text: str) -> None:
        """The passphrase was wrong: say so and let it be typed anew."""
        set_state(self.field, "error")
        self._said.say(text)
        self.field.selectAll()
        self.field.setFocus()

    def say(self, text: str, ink: Ink) -> None:
        """Words under the field that are no refusal."""
        self._said.say(text, ink)

    def said(self) -> str:
        """The sentence under the field."""
        return self._said.text()

    def _clear(self) -> None:
        set_state(self.field, "")
        if self.waits():
            return
        self._said.say(_("Đang bật chữ hoa (Caps Lock)") if self._caps.on else "", "warn")

    def _ask(self) -> None:
        if self.field.value() and self._open.isEnabled():
            self.asked.emit(self.field.value())


class FormPane(QWidget):
    """A few fields, what is wrong, an act and the way back; Enter goes to the next empty field, then acts."""

    given_up = Signal()

    def __init__(self, fields: Sequence[QLineEdit], act: Button, before: str = "") -> None:
        super().__init__()
        self._fields, self._act, self._said = tuple(fields), act, Said()
        back = Button(_("&Quay lại"), "quiet", name="back_to_passphrase")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        if before:
            words = label(before, wrap=True)
            words.setFixedWidth(FIELD_WIDTH)
            column.addWidget(words)
            column.addSpacing(8)
        for field in self._fields:
            head = label(field.accessibleName(), "strong")
            head.setBuddy(field)
            column.addWidget(head)
            column.addWidget(field)
            field.returnPressed.connect(self._next)
            field.textEdited.connect(lambda _text: self.clear())
        column.addWidget(self._said)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._act)
        row.addWidget(back)
        row.addStretch(1)
        column.addLayout(row)
        self._act.clicked.connect(self.ask)
        back.clicked.connect(self.given_up)

    def start(self) -> None:
        """Empty and ready."""
        for field in self._fields:
            field.clear()
        self.clear()
        self._fields[0].setFocus()

    def set_busy(self, busy: bool) -> None:
        """While the keys are made."""
        self._act.setEnabled(not busy)

    def say_wrong(self, field: QLineEdit, text: str) -> None:
        """What is wrong, and with which field."""
        set_state(field, "error")
        self._said.say(text)
        field.setFocus()

    def said(self) -> str:
        """The sentence under the fields."""
        return self._said.text()

    def clear(self) -> None:
        """Nothing is wrong yet."""
        for field in self._fields:
            set_state(field, "")
        self._said.say("")

    def ask(self) -> None:
        """The act of the pane."""
        raise AssertionError("each pane has its act")

    def differ(self, new: QLineEdit, again: QLineEdit) -> bool:
        """Whether the new passphrase was typed in two ways; it is said then."""
        if new.text() == again.text():
            return False
        self.say_wrong(again, _("Hai lần gõ mật khẩu không giống nhau."))
        return True

    def _next(self) -> None:
        empty = next((field for field in self._fields if not field.text()), None)
        if empty is not None:
            empty.setFocus()
        else:
            self.ask()


def code_echo(field: QLineEdit) -> QLabel:
    """Under a field that is too short for the code: its groups in two lines, to be held against the sheet."""
    shown = label("", "strong")
    shown.setObjectName("code_echo")
    shown.setFixedHeight(2 * shown.fontMetrics().lineSpacing() + 2)
    shown.setAlignment(Qt.AlignmentFlag.AlignTop)
    field.textChanged.connect(lambda text: shown.setText(code_lines(text)))
    return shown


class RecoveryPane(FormPane):
    """The printed code and a new passphrase, typed twice. A wrong group is said before a passphrase is thought up."""

    asked = Signal(str, str)

    def __init__(self) -> None:
        self.code = LineEdit(
            "recovery_code", _("Mã khôi phục"), width=FIELD_WIDTH, large=True, hint=_("8 nhóm in trên giấy"), limit=80
        )
        self.new = PasswordEdit("new_passphrase", _("Mật khẩu mới"), width=FIELD_WIDTH)
        self.again = PasswordEdit("again", _("Gõ lại mật khẩu mới"), width=FIELD_WIDTH)
        act = Button(_("Đặt mật khẩu mới"), "primary", keys="Return", bind=False, name="reset")
        super().__init__((self.code, self.new, self.again), act)
        self.code.editingFinished.connect(self._look_at_code)
        column = self.layout()
        if isinstance(column, QVBoxLayout):
            column.insertWidget(column.indexOf(self.code) + 1, code_echo(self.code))

    def clear(self) -> None:
        """Nothing is wrong yet, but for a code that was left with a wrong group."""
        super().clear()
        if self.focusWidget() is not self.code:
            self._look_at_code()

    def _look_at_code(self) -> bool:
        """Whether the code can be right as far as it shows; empty is no trouble yet."""
        trouble = code_trouble(self.code.value()) if self.code.value() else None
        if trouble is not None:
            set_state(self.code, "error")
            self._said.say(sentence(trouble))
        return trouble is None

    def _next(self) -> None:
        if self.focusWidget() is not self.code or self._look_at_code():
            super()._next()

    def refuse(self, text: str, *, of_code: bool) -> None:
        """What is wrong with the code, or with the new passphrase."""
        self.say_wrong(self.code if of_code else self.new, text)

    def ask(self) -> None:
        """A code that can be one and a passphrase, if both are there."""
        if self.differ(self.new, self.again):
            return
        if not self._look_at_code():
            self.code.setFocus()
            return
        if self.code.value() and self.new.value() and self._act.isEnabled():
            self.asked.emit(self.code.value(), self.new.value())


class OwnPane(FormPane):
    """After a one-time passphrase: one that nobody else has seen, typed twice."""

    asked = Signal(str)

    def __init__(self) -> None:
        self.new = PasswordEdit("own_passphrase", _("Mật khẩu của riêng mình"), width=FIELD_WIDTH)
        self.again = PasswordEdit("own_again", _("Gõ lại lần nữa"), width=FIELD_WIDTH)
        act = Button(_("Đặt và mở sổ"), "primary", keys="Return", bind=False, name="set_own")
        before = _("Mật khẩu vừa gõ chỉ dùng một lần. Đặt mật khẩu của riêng mình: một câu ngắn dễ nhớ, ít nhất 8 ký "
                   "tự, không nói cho ai, kể cả người đứng đầu trạm.")  # fmt: skip
        super().__init__((self.new, self.again), act, before)

    def ask(self) -> None:
        """A passphrase, if it is there."""
        if not self.differ(self.new, self.again) and self.new.value() and self._act.isEnabled():
            self.asked.emit(self.new.value())
