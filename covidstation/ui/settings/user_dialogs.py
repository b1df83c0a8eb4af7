"""What the section of users asks and shows: a new user, a role, a one-time passphrase, a new recovery code."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.db.queries.station import get_setting, get_station
from covidstation.domain.rights import Right
from covidstation.domain.station import Role
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.access.users import (
    LONGEST_NAME,
    KeyChange,
    OneTime,
    UserDraft,
    UserLine,
    add_user,
    change_role,
    one_time_pdf,
    set_recovery,
)
from covidstation.services.changes import Done
from covidstation.services.station.founding import new_recovery_code, recovery_pdf
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.papers.handing import hand_out, save
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import Dialog, foot, save_buttons
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.formkeys import FormKeys
from covidstation.ui.parts.labels import Line, TwoLineLabel, label
from covidstation.ui.person.dialogs import ActDialog
from covidstation.ui.start.people import role_name
from covidstation.ui.start.secret_steps import RecoveryStep


def _may_do(role: str) -> str:
    """What a role may do, in one line."""
    words = {
        Role.HEAD.value: _("làm mọi việc, quản lý người dùng và quy định"),
        Role.CLINICIAN.value: _("nhập, khám, cho thuốc, cấp giấy, chốt báo cáo"),
        Role.DATA_ENTRY.value: _("nhập người, ca bệnh, lượt theo dõi; in danh sách"),
        Role.READ_ONLY.value: _("xem, không ghi gì"),
    }
    return words.get(role, "")


class RoleField(Field):
    """A role, and beside it what it may do."""

    def __init__(self, role: str) -> None:
        choices = [(one.value, role_name(one.value)) for one in Role]
        self.combo = Combo("role", _("Vai trò"), choices, width=260)
        super().__init__(_("&Vai trò"), self.combo, required=True)
        self.combo.set_value(role)
        self.combo.picked.connect(lambda _value: self._say())
        self._say()

    def _say(self) -> None:
        self.set_hint(_may_do(self.value()))

    def value(self) -> str:
        """The chosen one."""
        return str(self.combo.value() or "")


class UserDialog(ActDialog):
    """Somebody new; `made(OneTime)` after it."""

    made = Signal(object)
    needs = Right.MANAGE

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        self.name = LineEdit("name", _("Họ và tên"), width=260, limit=LONGEST_NAME)
        self.role = RoleField(Role.CLINICIAN.value)
        rows = (Field(_("&Họ và tên"), self.name, required=True), self.role)
        super().__init__(desk, parent, _("Thêm người dùng"), rows, self.name)

    def act(self) -> Callable[[], Done[Any]]:
        """Add."""
        desk, draft = self._desk, UserDraft(name=self.name.value(), role=self.role.value())
        return partial(add_user, desk.register.db, draft, by=desk.register.user_id, now=desk.now())

    def done_with(self, value: object) -> None:
        """The one-time passphrase goes to whoever shows it."""
        super().done_with(value)
        self.made.emit(value)


class RoleDialog(ActDialog):
    """Another role for somebody."""

    needs = Right.MANAGE

    def __init__(self, desk: Desk, parent: QWidget, held: UserLine) -> None:
        self._held = held
        self.role = RoleField(held.role)
        title = _("Đổi vai trò của {name}").format(name=held.name)
        super().__init__(desk, parent, title, (self.role,), self.role.combo)
        self.rows_column.addWidget(label(_("Có hiệu lực từ lần mở sổ sau."), "hint", "muted"))

    def act(self) -> Callable[[], Done[Any]]:
        """Change it."""
        desk = self._desk
        return partial(
            change_role,
            desk.register.db,
            self._held.id,
            self.role.value(),
            by=desk.register.user_id,
            now=desk.now(),
        )


class OneTimeDialog(Dialog):
    """A one-time passphrase, shown once."""

    def __init__(self, desk: Desk, parent: QWidget, one: OneTime) -> None:
        super().__init__(parent, _("Mật khẩu dùng một lần"), "one_time_dialog")
        self.setMinimumWidth(560)
        self._desk, self._one = desk, one
        title = _("Mật khẩu dùng một lần của {name}").format(name=one.name)
        self.phrase = label(one.phrase, "person")
        self.phrase.setObjectName("one_time")
        self.phrase.setAccessibleName(one.phrase)
        text = _("In ra hoặc chép lại rồi đưa tận tay. Người nhận gõ nó ở màn hình mở khoá và đặt ngay mật khẩu của "
                 "riêng mình; từ đó mật khẩu này hết giá trị. Đóng cửa sổ này là không xem lại được, chỉ cấp lại "
                 "được.")  # fmt: skip
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        inner = QVBoxLayout()
        inner.setContentsMargins(metrics.MARGIN, 16, metrics.MARGIN, 12)
        inner.setSpacing(12)
        self.said = TwoLineLabel("", "hint", "danger")
        for widget in (label(title, "section", wrap=True), self.phrase, label(text, wrap=True), self.said):
            inner.addWidget(widget)
        column.addLayout(inner)
        column.addWidget(Line())
        keep = Button(_("&In tờ giấy"), icon="printer", name="print_one_time")
        keep.clicked.connect(self._print)
        close = Button(_("Đã đưa, đóng lại"), "primary", keys="Ctrl+Return", name="act_button")
        close.clicked.connect(self.accept)
        column.addLayout(foot(keep, close))
        keep.setFocus()

    def _print(self) -> None:
        desk, one = self._desk, self._one
        db, day = desk.register.db, desk.now().date()

        def made() -> tuple[bytes, str]:
            return one_time_pdf(db, one, day=day), get_setting(db, "printer")

        name = _("mat-khau-mot-lan.pdf")
        desk.ask(self, made, lambda got: hand_out(desk, self, got[0], got[1], name, self._failed), self._failed)

    def _failed(self, trouble: UserError) -> None:
        self.said.set_text(sentence(trouble))


class NewCodeDialog(Dialog):
    """A new recovery code: onto paper, one group typed back, and only then the old one dies."""

    made = Signal(object)  # KeyChange or None

    def __init__(self, desk: Desk, parent: QWidget) -> None:
        super().__init__(parent, _("Mã khôi phục mới"), "new_code_dialog")
        self._desk = desk
        self.step = RecoveryStep(new_recovery_code)
        self.step.column.setContentsMargins(metrics.MARGIN, 20, metrics.MARGIN, 12)
        self.step.print_asked.connect(self._print)
        self.step.save_asked.connect(self._save_file)
        self._trouble = TwoLineLabel("", "hint", "danger")
        words = QHBoxLayout()
        words.addWidget(self._trouble)
        back, main = save_buttons(self.reject, self.save, act=_("Dùng mã mới, bỏ mã cũ"))
        FormKeys(self, save=self.save, leave=self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.step)
        column.addWidget(Line())
        column.addLayout(foot(back, main, words=words))
        first = self.step.first()
        if first is not None:
            first.setFocus()

    def save(self) -> None:
        """Let the new code take the place of the old one, if somebody has it on paper."""
        wrong = self.step.problems()
        self.step.show_problems(wrong)
        if wrong:
            self.step.typed.setFocus()
            return
        desk = self._desk
        op = partial(set_recovery, desk.register.db, self.step.code, by=desk.register.user_id, now=desk.now())
        desk.act(self, op, self._done, self._failed)

    def _done(self, change: KeyChange | None) -> None:
        self.accept()
        self.made.emit(change)

    def _print(self) -> None:
        self._sheet(lambda pdf, printer, name: hand_out(self._desk, self, pdf, printer, name, self._failed))

    def _save_file(self) -> None:
        self._sheet(lambda pdf, _printer, name: save(self._desk, self, pdf, name, self._failed))

    def _sheet(self, to: Callable[[bytes, str, str], object]) -> None:
        desk, code = self._desk, self.step.code
        db, day = desk.register.db, desk.now().date()

        def made() -> tuple[bytes, str]:
            return recovery_pdf(get_station(db).name, code, day), get_setting(db, "printer")

        desk.ask(self, made, lambda got: to(got[0], got[1], _("ma-khoi-phuc.pdf")), self._failed)

    def _failed(self, trouble: UserError) -> None:
        self._trouble.set_text(sentence(trouble))
