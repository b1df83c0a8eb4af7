"""The wizard's last steps: the first user with a passphrase, and the recovery code on paper."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from covidstation.domain.problems import Problem
from covidstation.i18n import _
from covidstation.services.access.phrases import weakness_of
from covidstation.ui.look.palette import tokens_of
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.edits import LineEdit, PasswordEdit
from covidstation.ui.parts.fields import StackedField
from covidstation.ui.parts.labels import label
from covidstation.ui.start.station_steps import TRAINING
from covidstation.ui.start.step import Step, Values

WIDTH = 480
LEAST = 8
LENGTHS = (LEAST, 12, 16, 20)


class Strength(QWidget):
    """Four bars that fill with the length: only length is counted, the one thing that surely helps."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(WIDTH, 4)
        self._level = 0

    def set_length(self, length: int) -> None:
        """So many letters."""
        level = sum(length >= least for least in LENGTHS)
        if level != self._level:
            self._level = level
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Bars with small gaps."""
        tokens = tokens_of(self)
        painter = QPainter(self)
        width = (self.width() - 12) / 4
        full = tokens.chips["green" if self._level > 2 else "yellow" if self._level > 1 else "orange"].mark
        for at in range(4):
            colour = full if at < self._level else tokens.line
            painter.fillRect(QRectF(at * (width + 4), 0, width, 4), QColor(colour))


def strength_text(length: int) -> str:
    """What the length means."""
    if length < LEAST:
        return _("Cần thêm {n} ký tự").format(n=LEAST - length) if length else _("Ít nhất 8 ký tự")
    words = (_("Còn ngắn"), _("Tạm được"), _("Khó đoán"), _("Rất khó đoán"))
    level = sum(length >= least for least in LENGTHS)
    return _("{words}: {n} ký tự. Gõ không dấu để khỏi phụ thuộc UniKey.").format(words=words[level - 1], n=length)


def _why_passphrase(values: Mapping[str, str]) -> str:
    """A training register has no step for the recovery code: whoever forgot the passphrase makes another one."""
    if values.get("kind") == TRAINING:
        return _("Mật khẩu này chỉ mở sổ tập huấn. Quên thì lập một sổ tập huấn khác.")
    return _("Mật khẩu này mở sổ của trạm trên máy này. Quên thì chỉ có mã khôi phục ở bước sau mở lại được, "
             "huyện chỉ mở giúp được sau khi trạm đã ghép nối.")  # fmt: skip


class UserStep(Step):
    """Who opens the register first, and with which passphrase."""

    def __init__(self) -> None:
        super().__init__("user", _("Người dùng và mật khẩu"), _why_passphrase({}))
        self._station = ""
        self.user = LineEdit("user_name", _("Người dùng đầu tiên"), width=WIDTH, large=True)
        self.passphrase = PasswordEdit("passphrase", _("Mật khẩu"), width=WIDTH)
        self.again = PasswordEdit("again", _("Gõ lại mật khẩu"), width=WIDTH)
        self._user_field = StackedField(_("&Người dùng đầu tiên"), self.user, required=True)
        self._strength = Strength()
        self._passphrase_field = StackedField(_("&Mật khẩu"), self.passphrase, required=True)
        self._again_field = StackedField(_("&Gõ lại"), self.again, required=True)
        self.rows += [self._user_field, self._passphrase_field, self._again_field]
        self.column.addWidget(self._user_field)
        self.column.addSpacing(10)
        stacked = self._passphrase_field.layout()
        if isinstance(stacked, QVBoxLayout):
            stacked.insertWidget(2, self._strength)  # between the field and its hint
        self.column.addWidget(self._passphrase_field)
        self.column.addSpacing(14)
        self.column.addWidget(self._again_field)
        self.column.addSpacing(14)
        hint = _("Gợi ý: một câu 5–6 từ chỉ người trong trạm nghĩ ra, ví dụ về con suối, chợ phiên, người thầy.")
        self.column.addWidget(label(hint, "body", "muted"))
        self.column.addStretch(1)
        self.passphrase.textChanged.connect(lambda _text: self._count())
        self.again.textChanged.connect(lambda _text: self._count())
        self.listen(self.user, self.passphrase, self.again)
        self._count()

    def start(self, values: Mapping[str, str]) -> None:
        """The head of the station is the likely first user."""
        self._station = values.get("name", "")
        self.say_why(_why_passphrase(values))
        if not self.user.value():
            self.user.set_value(values.get("head_name", ""))

    def values(self) -> Values:
        """The name; a passphrase is never kept."""
        return {"user_name": self.user.value()}

    def put(self, values: Mapping[str, str]) -> None:
        """The name as before."""
        self.user.set_value(values.get("user_name", ""))

    def problems(self) -> Sequence[Problem]:
        """A name, a passphrase that is not easily guessed, twice the same."""
        found = []
        if not self.user.value():
            found.append(Problem("user_name", "station.user_name_missing"))
        weak = weakness_of(self.passphrase.value(), self.user.value(), self._station)
        if weak:
            found.append(Problem("passphrase", weak, {"least": str(LEAST)}))
        elif self.passphrase.value() != self.again.value():
            found.append(Problem("again", "keys.passphrases_differ"))
        return found

    def summary(self) -> str:
        """The name."""
        return self.user.value()

    def first(self) -> QWidget | None:
        """The name when it is missing."""
        return self.user if not self.user.value() else self.passphrase

    def _count(self) -> None:
        typed, again = self.passphrase.value(), self.again.value()
        self._strength.set_length(len(typed))
        self._passphrase_field.set_hint(strength_text(len(typed)))
        missing = len(typed) - len(again)
        if again and typed.startswith(again) and missing > 0:
            self._again_field.set_hint(_("Còn thiếu {n} ký tự").format(n=missing))
        elif again and again == typed:
            self._again_field.set_hint(_("Hai lần giống nhau"), "ok")
        elif again:
            self._again_field.set_hint(_("Chưa giống lần trên"), "warn")
        else:
            self._again_field.set_hint("")


class RecoveryStep(Step):
    """The code in groups, a way onto paper, and the proof that somebody has it."""

    print_asked = Signal()
    save_asked = Signal()

    def __init__(self, new_code: Callable[[], str]) -> None:
        why = _("Mã này mở sổ khi quên mật khẩu. In ra hoặc chép tay, cho vào phong bì dán kín, cất trong tủ có khoá. "
                "Màn hình này chỉ hiện một lần.")  # fmt: skip
        super().__init__("recovery", _("Mã khôi phục"), why, training=False)
        self.code = new_code()
        self._groups = self.code.split("-")
        self.asked_group = secrets.randbelow(len(self._groups))
        self.column.addWidget(self._shown())
        self.column.addSpacing(16)
        self.column.addLayout(self._ways())
        self.column.addSpacing(24)
        title = _("&Gõ lại nhóm số {n} từ tờ giấy").format(n=self.asked_group + 1)
        self.typed = LineEdit("recovery_group", _("Nhóm của mã khôi phục"), width=160, limit=10, large=True)
        self._field = StackedField(title, self.typed, required=True)
        self._field.set_hint(_("Để chắc chắn mã đã ở trên giấy"))
        self.listen(self.typed)
        self.rows.append(self._field)
        self.column.addWidget(self._field)
        self.column.addStretch(1)
        self._said = label("", "hint", "muted")
        self.column.addWidget(self._said)

    def problems(self) -> Sequence[Problem]:
        """The group typed back must be the one asked for."""
        typed = self.typed.value().upper().replace("O", "0").replace("I", "1").replace("L", "1")
        if typed != self._groups[self.asked_group]:
            return (Problem("recovery_group", "keys.group_differs", {"group": str(self.asked_group + 1)}),)
        return ()

    def first(self) -> QWidget | None:
        """The way onto paper comes first."""
        return self._print

    def say(self, text: str) -> None:
        """What became of the sheet."""
        self._said.setText(text)

    def _shown(self) -> QWidget:
        holder = QWidget()
        holder.setObjectName("recovery_code")
        holder.setAccessibleName(self.code)
        grid = QGridLayout(holder)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(32)
        grid.setVerticalSpacing(8)
        for at, group in enumerate(self._groups):
            cell = QVBoxLayout()
            cell.setSpacing(0)
            cell.addWidget(label(_("nhóm {n}").format(n=at + 1), "key", "muted"))
            cell.addWidget(label(group, "person"))
            grid.addLayout(cell, at // 4, at % 4)
        grid.setColumnStretch(4, 1)
        return holder

    def _ways(self) -> QHBoxLayout:
        self._print = Button(_("&In mã"), icon="printer", name="print_code")
        save = Button(_("&Lưu tệp PDF"), icon="download", name="save_code")
        self._print.clicked.connect(self.print_asked)
        save.clicked.connect(self.save_asked)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._print)
        row.addWidget(save)
        row.addStretch(1)
        return row
