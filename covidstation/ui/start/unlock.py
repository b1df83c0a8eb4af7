"""The unlock card: who, the passphrase, and the way back in for those who forgot it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from covidstation import __version__
from covidstation.errors import UserError
from covidstation.i18n import WEEKDAYS, _, date_text, ngettext
from covidstation.messages import sentence
from covidstation.services.access.entrance import Entrant
from covidstation.services.preferences import Preferences
from covidstation.ui.parts.banner import Banner
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.labels import Line, label
from covidstation.ui.start.card import Card, CardView, muted
from covidstation.ui.start.panes import FIELD_WIDTH, FormPane, OwnPane, PassphrasePane, RecoveryPane
from covidstation.ui.start.people import PeopleList

FEW = 2  # so many free tries left are worth a word


class UnlockView(CardView):
    """Asks `unlock_asked(name, passphrase, own)` or `reset_asked(name, code, passphrase)`; troubles come by `refuse`.

    `own` is empty but after a one-time passphrase.
    `other_asked` is the way to the training data or back; `other` is its words, empty when there is no other.
    """

    unlock_asked = Signal(str, str, str)
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
        self.own = OwnPane()
        self._once = ""  # the one-time passphrase, while one of one's own is chosen
        self._panes = QStackedWidget()
        self._panes.setFixedWidth(FIELD_WIDTH)
        for pane in (self.passphrase, self.recovery, self.own):
            self._panes.addWidget(pane)
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
        self.own.set_busy(busy)
        self._people.setEnabled(not busy)

    def reset_done(self) -> None:
        """The new passphrase holds."""
        self._show_passphrase()
        words = _("Đã đặt mật khẩu mới, gõ để mở sổ. Mở xong nên in mã khôi phục mới: Cài đặt, Người dùng.")
        self.passphrase.say(words, "ok")

    def hold_back(self, seconds: int) -> None:
        """Too many wrong ones before: so long nothing is judged."""
        if seconds:
            self.passphrase.hold_back(seconds)

    def refuse(self, trouble: UserError) -> bool:
        """Say what was wrong with what was typed; False when the trouble is not of that kind."""
        seconds = int(str(trouble.params.get("seconds", 0)))
        if trouble.code == "keys.choose_own":
            self._choose_own()
        elif trouble.code == "keys.wait":
            self._back_for(seconds)
        elif trouble.code in ("keys.wrong_passphrase", "keys.wrap_damaged"):
            self._wrong(trouble, seconds)
        elif self._panes.currentWidget() is self.recovery:
            self.recovery.refuse(sentence(trouble), of_code=not trouble.code.startswith("keys.passphrase"))
        elif self._panes.currentWidget() is self.own and trouble.code.startswith(("keys.passphrase", "keys.same")):
            self.own.say_wrong(self.own.new, sentence(trouble))
        elif trouble.code in ("keys.user_disabled", "keys.unknown_user"):
            self.passphrase.refuse(sentence(trouble))
        else:
            return False
        return True

    def _wrong(self, trouble: UserError, seconds: int) -> None:
        if self._panes.currentWidget() is self.recovery and not seconds:
            strange = trouble.code == "keys.wrong_passphrase"
            words = _("Mã khôi phục này không phải của sổ này.") if strange else sentence(trouble)
            self.recovery.refuse(words, of_code=True)
            return
        free = int(str(trouble.params.get("free", FEW + 1)))
        words = sentence(trouble)
        if 0 < free <= FEW:
            left = ngettext("Còn {n} lần, sau đó phải đợi.", "Còn {n} lần, sau đó phải đợi.", free)
            words = f"{words} {left.format(n=free)}"
        self.passphrase.refuse(words)
        self._back_for(seconds)

    def _back_for(self, seconds: int) -> None:
        if seconds:
            if self._panes.currentWidget() is not self.passphrase:
                self._show_passphrase()
            self.passphrase.hold_back(seconds)

    def _choose_own(self) -> None:
        self._once = self.passphrase.field.value()
        self._show(self.own)
        self.own.start()

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
        self._people.chosen.connect(lambda _name: self._show_passphrase())
        self._people.choose_by_keys(self, self.passphrase.field)
        self.passphrase.asked.connect(lambda words: self.unlock_asked.emit(self._people.name(), words, ""))
        self.passphrase.forgotten.connect(self._show_recovery)
        self.own.asked.connect(lambda own: self.unlock_asked.emit(self._people.name(), self._once, own))
        for pane in (self.recovery, self.own):
            pane.given_up.connect(self._show_passphrase)
        self.recovery.asked.connect(lambda code, new: self.reset_asked.emit(self._people.name(), code, new))
        self._show_passphrase()

    def _show_recovery(self) -> None:
        self._show(self.recovery)
        self.recovery.start()

    def _show_passphrase(self) -> None:
        self._once = ""
        self.own.start()
        self._show(self.passphrase)
        self.passphrase.set_person(self._people.name())

    def _show(self, pane: FormPane | PassphrasePane) -> None:
        self._panes.setCurrentWidget(pane)
        wanted = pane.heightForWidth(FIELD_WIDTH) if pane.hasHeightForWidth() else pane.sizeHint().height()
        self._panes.setFixedHeight(max(wanted, 176))

    def _tick(self, now: datetime) -> None:
        self._clock.setText(f"{_(WEEKDAYS[now.weekday()])} {date_text(now.date())}  {now.strftime('%H:%M')}")
