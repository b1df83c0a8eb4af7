"""Người dùng: for the head of station everybody who may unlock; for each one's own passphrase."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.i18n import _, date_text, moment_text
from covidstation.messages import sentence
from covidstation.services.access.passphrases import change_passphrase, recovery_used
from covidstation.services.access.users import (
    KeyChange,
    OneTime,
    State,
    UserLine,
    disable_user,
    enable_user,
    list_users,
    recovery_missing,
    reset_user,
)
from covidstation.services.rights import may
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.look.tokens import Ink
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.column import inset
from covidstation.ui.parts.dialogs import confirm, tell
from covidstation.ui.parts.edits import PasswordEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.formkeys import FormKeys
from covidstation.ui.parts.labels import label, set_ink
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.rows import SectionHead
from covidstation.ui.parts.table import Table
from covidstation.ui.settings.section import LABEL, Section
from covidstation.ui.settings.user_dialogs import NewCodeDialog, OneTimeDialog, RoleDialog, UserDialog
from covidstation.ui.start.people import role_name

TABLE_HEIGHT = 224
Found = tuple[list[UserLine], str, bool]


class UserTable(QWidget):
    """The head's list with its acts. `said(level, text)` is for the banner."""

    def __init__(self, desk: Desk, say: Callable[[str, str], object]) -> None:
        super().__init__()
        self._desk, self._tell = desk, say
        today = desk.now().date()
        self.model: RecordModel[UserLine] = RecordModel(desk.tasks, _columns(today, desk.register.user_id), self)
        self.table = Table("user_table", _("Người dùng"), self.model)
        self.table.setFixedHeight(TABLE_HEIGHT)
        self.role = Button(_("Đổi &vai trò"), name="change_role")
        self.reset = Button(_("&Cấp lại mật khẩu"), name="reset_user")
        self.end = Button(_("Cho n&ghỉ"), name="disable_user")
        self.add = Button(_("&Thêm người dùng"), icon="plus", name="add_user")
        self.role.clicked.connect(self._change_role)
        self.reset.clicked.connect(self._reset)
        self.end.clicked.connect(self._end)
        self.add.clicked.connect(self._add)
        self.table.opened.connect(lambda _line: self._change_role())
        self.table.current_changed.connect(lambda _line: self._settle())
        head = SectionHead(_("Ai mở được sổ"), "", self.role, self.reset, self.end, self.add)
        self.code = Button(_("&Lập mã khôi phục mới"), icon="printer", name="new_code")
        self.code.clicked.connect(self._new_code)
        self._code_said = label("", "hint", "muted", wrap=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(inset(head))
        column.addWidget(self.table)
        row = QHBoxLayout()
        row.setContentsMargins(metrics.MARGIN, 10, metrics.MARGIN, 6)
        row.setSpacing(12)
        row.addWidget(self._code_said, 1)
        row.addWidget(self.code)
        column.addLayout(row)

    def load(self) -> None:
        """Everybody, and how it stands with the code."""
        db = self._desk.register.db
        self._desk.ask(self, lambda: (list_users(db), recovery_used(db), recovery_missing(db)), self._show)

    def _show(self, found: Found) -> None:
        lines, used, missing = found
        self.model.set_records(lines)
        text, ink = _("Mã khôi phục trên giấy vẫn mở được sổ."), "muted"
        if missing:
            text, ink = _("Không còn mã khôi phục nào mở được sổ. Lập mã mới ngay."), "danger"
        elif used:
            day = date_text(date.fromisoformat(used))
            text, ink = _("Mã khôi phục đã được dùng ngày {day}. Nên lập mã mới; mã cũ sẽ hết giá trị."), "warn"
            text = text.format(day=day)
        self._code_said.setText(text)
        _inked(self._code_said, ink)
        self._settle()

    def _settle(self) -> None:
        held = self.table.current_record()
        other = held is not None and held.id != self._desk.register.user_id
        gone = held is not None and held.state is State.DISABLED
        self.role.setEnabled(other and not gone)
        self.reset.setEnabled(other and not gone)
        self.end.setEnabled(other)
        self.end.set_text(_("Cho &mở lại") if gone else _("Cho n&ghỉ"))

    def _add(self) -> None:
        dialog = UserDialog(self._desk, self)
        dialog.made.connect(self._hand_over)
        dialog.exec()
        dialog.deleteLater()

    def _change_role(self) -> None:
        held = self.table.current_record()
        if held is None or not self.role.isEnabled():
            return
        dialog = RoleDialog(self._desk, self, held)
        dialog.saved.connect(self.load)
        dialog.exec()
        dialog.deleteLater()

    def _reset(self) -> None:
        held = self.table.current_record()
        if held is None:
            return
        text = _("{name} sẽ nhận mật khẩu dùng một lần; mật khẩu đang dùng hết giá trị ngay.").format(name=held.name)
        if confirm(self, _("Cấp lại mật khẩu?"), text, act=_("Cấp lại")):
            self._given(reset_user, held)

    def _end(self) -> None:
        held, desk = self.table.current_record(), self._desk
        if held is None:
            return
        if held.state is State.DISABLED:
            self._given(enable_user, held)
            return
        text = _("{name} không mở được sổ nữa, kể cả từ bản sao lưu trên máy này. Khoá của sổ được đổi, mất vài giây; "
                 "mật khẩu của người khác giữ nguyên. Những gì {name} đã ghi vẫn còn.")  # fmt: skip
        if confirm(self, _("Cho nghỉ?"), text.format(name=held.name), act=_("Cho nghỉ"), heavy=True):
            op = partial(disable_user, desk.register.db, held.id, by=desk.register.user_id, now=desk.now())
            desk.act(self, op, partial(self._ended, held.name), self._failed)

    def _given(self, service: Callable[..., object], held: UserLine) -> None:
        desk = self._desk
        op = partial(service, desk.register.db, held.id, by=desk.register.user_id, now=desk.now())
        desk.act(self, op, self._hand_over, self._failed)  # type: ignore[arg-type]  # both give a OneTime

    def _hand_over(self, one: OneTime) -> None:
        self._tell("", "")
        dialog = OneTimeDialog(self._desk, self, one)
        dialog.exec()
        dialog.deleteLater()
        self.load()

    def _ended(self, name: str, change: KeyChange) -> None:
        self._key_told(change, _("{name} không mở được sổ nữa; khoá của sổ đã đổi.").format(name=name))
        self.load()

    def _key_told(self, change: KeyChange | None, words: str) -> None:
        self._tell("", "")
        if change is None or change.changed or change.trouble is None:
            self._desk.said.emit(words)
            return
        text = _("Người ấy không vào được nữa, nhưng khoá của sổ chưa đổi được ngay; máy tự đổi ở lần mở sổ sau. {why}")
        tell(self, _("Khoá của sổ chưa đổi"), text.format(why=sentence(change.trouble)), bad=False)

    def _new_code(self) -> None:
        dialog = NewCodeDialog(self._desk, self)
        dialog.made.connect(lambda _change: self._code_made())
        dialog.exec()
        dialog.deleteLater()

    def _code_made(self) -> None:
        self._desk.said.emit(_("Mã mới đã có hiệu lực; mã cũ hết giá trị. Xé tờ cũ."))
        self.load()

    def _failed(self, trouble: UserError) -> None:
        self._tell("danger", sentence(trouble))
        self.load()


def _inked(words: QWidget, ink: str) -> None:
    inks: dict[str, Ink] = {"muted": "muted", "danger": "danger", "warn": "warn"}
    set_ink(words, inks[ink])  # type: ignore[arg-type]  # a label of ours


def _columns(today: date, own: object) -> Sequence[Column[UserLine]]:
    states = {
        State.READY: (_("mở được sổ"), "muted"),
        State.ONE_TIME: (_("chưa đặt mật khẩu riêng"), "warn"),
        State.NO_KEY: (_("chưa có mật khẩu: cấp lại"), "danger"),
        State.OLD_KEY: (_("chưa mở từ khi nâng cấp"), "warn"),
    }

    def last(line: UserLine) -> Cell:
        if line.last_login is None:
            return Cell(_("chưa mở lần nào"), "hint", "muted")
        return Cell(moment_text(line.last_login.astimezone().replace(tzinfo=None), today), ink="muted")

    def state(line: UserLine) -> Cell:
        if line.state is State.DISABLED:
            return Cell(_("đã nghỉ từ {day}").format(day=date_text(line.disabled_on)), "hint", "muted")
        if line.id == own:
            return Cell(_("đang làm việc"), ink="ok")
        words, ink = states[line.state]
        return Cell(words, ink=ink)  # type: ignore[arg-type]  # inks of the table above

    return (
        Column("name", _("Họ và tên"), lambda line: Cell(line.name, "name"), 260),
        Column("role", _("Vai trò"), lambda line: Cell(role_name(line.role)), 220),
        Column("last", _("Mở sổ lần cuối"), last, 180),
        Column("state", _("Tình trạng"), state),
    )


class UsersSection(Section):
    """Everybody who may unlock, for the head of station; below it a new passphrase for whoever works now."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "users", _("Người dùng"))
        self.everybody = UserTable(desk, self.told.emit) if may(desk.register.db, Right.MANAGE) else None
        if self.everybody is not None:
            self.column.addWidget(self.everybody)
        self.column.setContentsMargins(0, 12, 0, 16)  # the table goes from edge to edge, so that its rows begin in line
        self.column.addWidget(inset(SectionHead(_("Đổi mật khẩu của tôi"))))
        self.old = PasswordEdit("old_passphrase", _("Mật khẩu đang dùng"), width=344, large=False)
        self.new = PasswordEdit("new_passphrase", _("Mật khẩu mới"), width=344, large=False)
        self.again = PasswordEdit("again_passphrase", _("Gõ lại mật khẩu mới"), width=344, large=False)
        titles = (_("Mật khẩu đan&g dùng"), _("Mật khẩu &mới"), _("Gõ lại mật khẩu mớ&i"))
        self._rows = [
            Field(title, edit, label_width=LABEL)
            for title, edit in zip(titles, (self.old, self.new, self.again), strict=True)
        ]
        self._rows[1].set_hint(_("Ít nhất 8 ký tự; một câu ngắn dễ nhớ là tốt nhất"))
        for row in self._rows:
            self.column.addWidget(inset(row))
        self.column.addStretch(1)
        self._save = Button(_("Đổi mật khẩu"), "primary", keys="Ctrl+Return", name="change_passphrase")
        self._save.clicked.connect(self.save)
        self._save.setEnabled(desk.register.user_id is not None)
        FormKeys(self, save=self.save)

    def load(self) -> None:
        """The users; fields empty."""
        for edit in (self.old, self.new, self.again):
            edit.clear()
        if self.everybody is not None:
            self.everybody.load()

    def show_about(self, about: str) -> None:
        """`passphrase`: whoever asked for it types at once."""
        if about == "passphrase":
            self.old.setFocus()

    def buttons(self) -> Sequence[QWidget]:
        """Change."""
        return (self._save,)

    def unsaved(self) -> bool:
        """Whether a new passphrase stands typed."""
        return bool(self.new.value())

    def save(self) -> None:
        """Change it, off the main thread: it is slow on purpose."""
        if self.new.value() != self.again.value():
            self.failed(UserError("keys.passphrases_differ"))
            self.again.setFocus()
            return
        old, new, db, now = self.old.value(), self.new.value(), self.desk.register.db, self.desk.now()
        self._save.setEnabled(False)
        self.desk.tasks.background(self, lambda: change_passphrase(db, old, new, now=now), self._changed, self._refused)

    def _changed(self, _none: None) -> None:
        self._save.setEnabled(True)
        self.load()
        self.told.emit("", "")
        self.desk.said.emit(_("Đã đổi mật khẩu. Lần mở sau dùng mật khẩu mới."))

    def _refused(self, trouble: UserError) -> None:
        self._save.setEnabled(True)
        self.failed(trouble)
        (self.old if trouble.code in ("keys.wrong_passphrase", "keys.wait") else self.new).setFocus()
