"""The station's keys towards the district: new ones on the word of the old, or being enrolled anew."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from covidstation.errors import UserError
from covidstation.i18n import _, date_text
from covidstation.messages import sentence
from covidstation.services.changes import Done, Kind, done
from covidstation.services.exchange.rekeying import (
    KeyLook,
    KeyState,
    ask_new_keys,
    enrol_anew,
    look_at_keys,
    put_key_files,
)
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import Dialog, foot
from covidstation.ui.parts.labels import Line, label, set_ink
from covidstation.ui.sync.panels import StickButtons, folder_stick
from covidstation.ui.sync.sticks import Stick

WIDTH = 620


class KeysDialog(Dialog):
    """Where the keys stand, and the two ways to new ones. `asked()` when the district is to hear of new ones."""

    asked = Signal()

    def __init__(self, desk: Desk, parent: QWidget, sticks: Sequence[Stick]) -> None:
        super().__init__(parent, _("Khoá của trạm"), "keys_dialog")
        self._desk, self._plugged = desk, tuple(sticks)
        self._anew = False  # a person wants to be enrolled anew
        self.setFixedWidth(WIDTH)
        self._state = label("", wrap=True)
        self._note = label("", "body", "muted", wrap=True)
        self._words = label("", "section", wrap=True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._result = label("", wrap=True)
        self._sticks = StickButtons(_("Ghi vào {name}"), "keys_to")
        self._change = Button(_("Đổi &khoá"), "primary", name="change_keys")
        self._again = Button(_("Ghép nối &lại"), "quiet", name="enrol_anew")
        self._close = Button(_("Đó&ng"), name="close_button")
        self._lay_out()
        self._connect()
        self._ask()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        inner = QVBoxLayout()
        inner.setContentsMargins(metrics.MARGIN, 20, metrics.MARGIN, 16)
        inner.setSpacing(8)
        inner.addWidget(label(_("Khoá của trạm"), "section"))
        for part in (self._state, self._note, self._words, self._sticks, self._result):
            inner.addWidget(part)
        column.addLayout(inner)
        column.addWidget(Line())
        column.addLayout(foot(self._again, self._close, self._change))
        for part in (self._words, self._sticks, self._result):
            part.hide()

    def _connect(self) -> None:
        self._change.clicked.connect(self._ask_new)
        self._again.clicked.connect(self._want_anew)
        self._close.clicked.connect(self.reject)
        self._sticks.chosen.connect(lambda stick: self._write(stick.folder))
        self._sticks.other.connect(self._write_elsewhere)

    def _ask(self) -> None:
        self._desk.ask(self, partial(look_at_keys, self._desk.register.db), self._looked)

    def _looked(self, look: KeyLook) -> None:
        anew = self._anew or look.state is KeyState.ANEW
        asked = look.state is KeyState.ASKED and not anew
        self._anew = anew
        self._state.setText(_state_text(look))
        self._note.setText(_note_text(anew=anew, asked=asked))
        self._words.setText(" · ".join(look.words))
        self._words.setVisible(bool(look.words))
        self._sticks.setVisible(anew or asked)
        self._sticks.show_sticks(self._plugged, primary=anew or asked)
        self._change.setVisible(not anew and not asked)
        self._again.setVisible(not anew)
        if self._change.isVisibleTo(self):
            self._close.setFocus(Qt.FocusReason.OtherFocusReason)  # a heavy act is not what Enter does
        else:
            self._sticks.buttons[0].setFocus(Qt.FocusReason.OtherFocusReason)
        self.adjustSize()

    def _want_anew(self) -> None:
        self._anew = True
        self._result.hide()
        self._ask()

    def _ask_new(self) -> None:
        db, by, now = self._desk.register.db, self._desk.register.user_id, self._desk.now()
        self._desk.act(self, lambda: ask_new_keys(db, by=by, now=now), self._was_asked, self._failed)

    def _was_asked(self, _new: bool) -> None:
        self._ask()
        self.asked.emit()

    def _write_elsewhere(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, _("Ghi vào thư mục nào?"))
        if chosen:
            self._plugged = (folder_stick(Path(chosen)),)
            self._write(Path(chosen))

    def _write(self, folder: Path) -> None:
        db, by, now, anew = self._desk.register.db, self._desk.register.user_id, self._desk.now(), self._anew

        def work() -> Done[bool]:
            if anew:
                enrol_anew(db, folder, by=by, now=now)
            else:
                put_key_files(db, folder, now=now)
            return done(True, Kind.SYNC)

        self._desk.act(self, work, self._written, self._failed)

    def _written(self, _done: bool) -> None:
        self._say(_("Đã ghi và đọc lại khớp. Rút USB được, mang về huyện."), bad=False)
        self._ask()

    def _failed(self, trouble: UserError) -> None:
        self._say(sentence(trouble), bad=True)

    def _say(self, text: str, *, bad: bool) -> None:
        self._result.setText(text)
        set_ink(self._result, "danger" if bad else "ok")
        self._result.show()
        self.adjustSize()


def _state_text(look: KeyLook) -> str:
    day = date_text(look.given) if look.given else ""
    text = _("{hub} cấp giấy số {serial} ngày {day} cho khoá đang dùng.")
    return text.format(hub=look.hub, serial=look.serial, day=day)


def _note_text(*, anew: bool, asked: bool) -> str:
    if anew:
        return _(
            "Ghép nối lại khi huyện báo khoá của trạm không còn hiệu lực, hoặc huyện phải lập kho mới. Ghi giấy ra "
            "USB, mang về huyện; huyện gọi điện thì đọc tám từ của trạm. Dữ liệu vẫn ở trong máy và được gửi lại đủ."
        )
    if asked:
        return _(
            "Đã làm khoá mới, đang đợi huyện cấp giấy. Giấy đổi khoá tự đi cùng lần gửi tới, qua mạng hoặc USB; "
            "trong lúc đợi, khoá cũ vẫn dùng bình thường."
        )
    return _(
        "Khoá này ký và mở các gói trao đổi với huyện. Đổi khi máy tính hoặc bản sao của sổ có thể đã qua tay người "
        "khác. Đổi khoá không phải so tám từ lại, không đổi mật khẩu, không mất gì."
    )
