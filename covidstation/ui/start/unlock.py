"""The unlock card: who, the passphrase, and the way back in for those who forgot it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from covidstation import __version__
from covidstation.i18n import WEEKDAYS, _, date_text
from covidstation.services.station.entrance import Entrant
from covidstation.services.station.preferences import Preferences
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.banner import Banner
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.edits import LineEdit, PasswordEdit, set_state
from covidstation.ui.parts.labels import Glyph, Line, label, set_ink
from covidstation.ui.start.card import Card, CardView, muted
from covidstation.ui.start.people import PeopleList

FIELD_WIDTH = 320


class Said(QWidget):
    """Two lines' room under a field for what is wrong with it."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(FIELD_WIDTH, 46)
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

    def set_busy(self, busy: bool) -> None:
        """While the key is made from the passphrase: about a second, by design."""
        self._open.setEnabled(not busy)
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
        self._said.say(_("Đang bật chữ hoa (Caps Lock)") if self._caps.on else "", "warn")

    def _ask(self) -> None:
        if self.field.value() and self._open.isEnabled():
            self.asked.emit(self.field.value())


class RecoveryPane(QWidget):
    """The printed code and a new passphrase, typed twice."""

    asked = Signal(str, str)
    given_up = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.code = LineEdit(
            "recovery_code", _("Mã khôi phục"), width=FIELD_WIDTH, large=True, hint=_("8 nhóm in trên giấy"), limit=80
        )
        self.new = PasswordEdit("new_passphrase", _("Mật khẩu mới"), width=FIELD_WIDTH)
        self.again = PasswordEdit("again", _("Gõ lại mật khẩu mới"), width=FIELD_WIDTH)
        self._said = Said()
        self._act = Button(_("Đặt mật khẩu mới"), "primary", keys="Return", bind=False, name="reset")
        back = Button(_("&Quay lại"), "quiet", name="back_to_passphrase")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for field in (self.code, self.new, self.again):
            head = label(field.accessibleName(), "strong")
            head.setBuddy(field)
            column.addWidget(head)
            column.addWidget(field)
            field.returnPressed.connect(self._next)
            field.textEdited.connect(lambda _text: self._clear())
        column.addWidget(self._said)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self._act)
        row.addWidget(back)
        row.addStretch(1)
        column.addLayout(row)
        self._act.clicked.connect(self._ask)
        back.clicked.connect(self.given_up)

    def start(self) -> None:
        """Empty and ready."""
        for field in (self.code, self.new, self.again):
            field.clear()
        self._clear()
        self.code.setFocus()

    def set_busy(self, busy: bool) -> None:
        """While the keys are made."""
        self._act.setEnabled(not busy)

    def refuse(self, text: str, *, of_code: bool) -> None:
        """What is wrong, and with which field."""
        set_state(self.code if of_code else self.new, "error")
        self._said.say(text)
        (self.code if of_code else self.new).setFocus()

    def said(self) -> str:
        """The sentence under the fields."""
        return self._said.text()

    def _clear(self) -> None:
        for field in (self.code, self.new, self.again):
            set_state(field, "")
        self._said.say("")

    def _next(self) -> None:
        empty = next((field for field in (self.code, self.new, self.again) if not field.value()), None)
        if empty is not None:
            empty.setFocus()
        else:
            self._ask()

    def _ask(self) -> None:
        if self.new.value() != self.again.value():
            set_state(self.again, "error")
            self._said.say(_("Hai lần gõ mật khẩu không giống nhau."))
            self.again.setFocus()
        elif self.code.value() and self.new.value() and self._act.isEnabled():
            self.asked.emit(self.code.value(), self.new.value())


class UnlockView(CardView):
    """Asks `unlock_asked(name, passphrase)` or `reset_asked(name, code, passphrase)`; answers come by `refuse…`.

    `other_asked` is the way to the training data or back; `other` is its words, empty when there is no other.
    """

    unlock_asked = Signal(str, str)
    reset_asked = Signal(str, str, str)
    other_asked = Signal()

    def __init__(
        self,
        entrants: Sequence[Entrant],
        preferences: Preferences,
        now: datetime,
        *,
        other: str = "",
    ) -> None:
        card = Card(preferences.station or _("Sổ của trạm"), preferences.place)
        self._clock = label("", "hint", "muted")
        foot: list[QWidget] = [self._clock, muted(_("CovidStation {version}").format(version=__version__))]
        button = Button(other, "quiet", name="other_folder") if other else None
        super().__init__("unlock_view", card, *foot, *([button] if button else []))
        if button is not None:
            button.clicked.connect(self.other_asked)
        self.setWindowTitle(_("Mở sổ – CovidStation"))
        if preferences.training:
            banner = Banner()
            banner.show_message(
                "training", _("DỮ LIỆU TẬP HUẤN. Không có người thật; văn bản in ra có chữ “TẬP HUẤN”.")
            )
            card.column.addWidget(banner)
            card.column.addSpacing(20)
        self._people = PeopleList(entrants, preferences.last_user)
        self.passphrase = PassphrasePane()
        self.recovery = RecoveryPane()
        self._panes = QStackedWidget()
        self._panes.setFixedWidth(FIELD_WIDTH)
        self._panes.addWidget(self.passphrase)
        self._panes.addWidget(self.recovery)
        self._kept = label("", "hint", "muted")
        self._lay_out(card)
        self._bind()
        self._tick(now)
        self._timer = QTimer(self, interval=10_000)
        self._timer.timeout.connect(lambda: self._tick(datetime.now().astimezone()))
        self._timer.start()
        self.passphrase.set_person(self._people.name())

    def show_kept(self, text: str) -> None:
        """The line at the card's foot: when the last good backup was made."""
        self._kept.setText(text)

    def set_busy(self, busy: bool) -> None:
        """Work goes on; nothing can be asked meanwhile."""
        self.passphrase.set_busy(busy)
        self.recovery.set_busy(busy)
        self._people.setEnabled(not busy)

    def reset_done(self) -> None:
        """The new passphrase holds."""
        self._show_passphrase()
        self.passphrase.say(_("Đã đặt mật khẩu mới. Gõ mật khẩu mới để mở sổ."), "ok")

    def _lay_out(self, card: Card) -> None:
        row = QHBoxLayout()
        row.setSpacing(56)
        row.addWidget(self._people, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._panes, 0, Qt.AlignmentFlag.AlignTop)
        card.column.addLayout(row)
        card.column.addSpacing(20)
        card.column.addWidget(Line())
        card.column.addSpacing(8)
        card.column.addWidget(self._kept)

    def _bind(self) -> None:
        self._people.chosen.connect(self.passphrase.set_person)
        self.passphrase.asked.connect(lambda words: self.unlock_asked.emit(self._people.name(), words))
        self.passphrase.forgotten.connect(self._show_recovery)
        self.recovery.given_up.connect(self._show_passphrase)
        self.recovery.asked.connect(lambda code, new: self.reset_asked.emit(self._people.name(), code, new))
        self._show_passphrase()

    def _show_recovery(self) -> None:
        self._panes.setCurrentWidget(self.recovery)
        self._panes.setFixedHeight(self.recovery.sizeHint().height())
        self.recovery.start()

    def _show_passphrase(self) -> None:
        self._panes.setCurrentWidget(self.passphrase)
        self._panes.setFixedHeight(max(self.passphrase.sizeHint().height(), 160))
        self.passphrase.set_person(self._people.name())

    def _tick(self, now: datetime) -> None:
        self._clock.setText(f"{_(WEEKDAYS[now.weekday()])} {date_text(now.date())}  {now.strftime('%H:%M')}")
