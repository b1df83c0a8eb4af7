"""Cài đặt → Sao lưu: the copies on this PC, one on a stick, the proof that they open, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from covidstation.db.copies import Copy, Health, Why
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.i18n import _, date_text, moment_text
from covidstation.services.changes import Kind
from covidstation.services.copies.backup import Backups, Drilled, back_up, drill, look_at_backups
from covidstation.services.copies.restore import numbers_compared
from covidstation.services.copies.stick_copy import OnStick, copy_to_stick
from covidstation.ui.desk import Desk
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.parts.labels import label
from covidstation.ui.parts.rows import ListRow, SectionHead
from covidstation.ui.settings.section import Section
from covidstation.ui.sync.sticks import plugged_in

SHOWN = 12


class BackupSection(Section):
    """The newest good copy, all others, and what can be done with them."""

    _moved = Signal(int, int)

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "backup", _("Sao lưu"))
        self.column.addWidget(SectionHead(_("Bản sao lưu mới nhất")))
        self.last = label("", "person")
        self.proof = label("", "body", "muted", wrap=True)
        self.warning = label("", "body", "warn", wrap=True)
        for widget in (self.last, self.proof, self.warning):
            self.column.addWidget(widget)
        note = _("Máy tự sao lưu khi khoá, khi đóng và sau mỗi 2 giờ có thay đổi. Bản sao mã hoá như sổ. "
                 "Bản trên USB chỉ mở bằng mã khôi phục in trên giấy.")  # fmt: skip
        self.column.addSpacing(8)
        self.column.addWidget(label(note, "body", "muted", wrap=True))
        self.column.addSpacing(8)
        self.head = SectionHead(_("Các bản đang giữ"))
        self.column.addWidget(self.head)
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        self.column.addLayout(self._list)
        self.column.addStretch(1)
        self._make = Button(_("Sao lưu n&gay"), "primary", icon="download", name="back_up_now")
        self._stick = Button(_("Chép ra &USB…"), icon="usb", name="copy_to_stick")
        self._drill = Button(_("Thử &mở bản mới nhất"), name="drill")
        self._compared = Button(_("Đã đối &chiếu số văn bản"), name="numbers_compared")
        self._restore = Button(_("&Lấy lại sổ…"), "quiet", name="restore")
        self._make.clicked.connect(self._back_up)
        self._stick.clicked.connect(self._find_stick)
        self._drill.clicked.connect(self._try_newest)
        self._compared.clicked.connect(self._have_compared)
        self._compared.hide()
        self._restore.clicked.connect(self._ask_restore)
        self._moved.connect(self._show_moved)
        desk.guard(Right.SEND, self._stick)
        desk.guard(Right.MANAGE, self._restore)
        desk.guard(Right.ISSUE, self._compared)

    def load(self) -> None:
        """The copies as they lie there."""
        self.desk.ask(self, partial(look_at_backups, self.desk.register.db, self.desk.now()), self._show)

    def buttons(self) -> Sequence[QWidget]:
        """Restore, prove, carry, make."""
        return (self._restore, self._compared, self._drill, self._stick, self._make)

    def _show(self, found: Backups) -> None:
        self._busy(False)
        today = self.desk.now().date()
        newest = next((one for one in found.copies if not one.ahead and one.health is not Health.DAMAGED), None)
        self.last.setText(moment_text(newest.made, today) if newest else _("Chưa sao lưu lần nào"))
        self.proof.setText(_proof_text(found, today))
        warning = _warning_text(found)
        self.warning.setText(warning)
        self.warning.setVisible(bool(warning))
        self._compared.setVisible(found.unsure is not None)
        more = len(found.copies) - SHOWN
        place = str(self.desk.register.folder / "backups")
        self.head.second.set_text(_("{place}, còn {n} bản cũ hơn").format(place=place, n=more) if more > 0 else place)
        while (item := self._list.takeAt(0)) is not None:
            old = item.widget()
            if old is not None:
                old.hide()
                old.deleteLater()
        for one in found.copies[:SHOWN]:
            self._list.addWidget(_copy_row(one, today))

    def _busy(self, busy: bool, words: str = "") -> None:
        for button in (self._make, self._stick, self._drill, self._restore):
            button.setEnabled(not busy)
        if words:
            self.last.setText(words)

    def _back_up(self) -> None:
        self._busy(True, _("Đang sao lưu…"))
        op = partial(back_up, self.desk.register.db, now=self.desk.now(), why=Why.HAND)
        self.desk.tasks.background(self, op, lambda path: self._made(path.name), self._refused)

    def _made(self, name: str) -> None:
        self._said(_("Đã sao lưu và đọc lại khớp: {name}.").format(name=name))
        self.desk.tell(frozenset((Kind.COPIES,)))

    def _said(self, words: str) -> None:
        self.told.emit("", "")
        self.desk.said.emit(words)
        self.load()

    def _refused(self, trouble: UserError) -> None:
        self.failed(trouble)
        self.load()

    def _find_stick(self) -> None:
        self.desk.tasks.background(self, plugged_in, self._choose_stick, lambda _trouble: self._ask_folder())

    def _choose_stick(self, sticks: tuple[object, ...]) -> None:
        folders = [getattr(one, "folder", None) for one in sticks]
        if len(folders) == 1 and isinstance(folders[0], Path):
            self.copy_to(folders[0])
        else:
            self._ask_folder()

    def _ask_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, _("Chọn USB"))
        if chosen:
            self.copy_to(Path(chosen))

    def copy_to(self, folder: Path) -> None:
        """The newest state onto that stick, sealed and read back."""
        self._busy(True, _("Đang chép ra USB, đừng rút…"))
        op = partial(copy_to_stick, self.desk.register.db, folder, now=self.desk.now(), step=self._moved.emit)
        self.desk.tasks.background(self, op, self._copied, self._refused)

    def _show_moved(self, done: int, of: int) -> None:
        words = _("Đang chép ra USB, đừng rút: {n} %")
        self.last.setText(words.format(n=done * 100 // max(of, 1)))

    def _copied(self, found: OnStick) -> None:
        words = _("Đã chép {name} ra USB và đọc lại khớp. Rút được. Mở bản này cần mã khôi phục in trên giấy.")
        self._said(words.format(name=found.path.name))

    def _try_newest(self) -> None:
        self._busy(True, _("Đang mở thử bản mới nhất…"))
        op = partial(drill, self.desk.register.db, now=self.desk.now())
        self.desk.tasks.background(self, op, self._drilled, self._refused)

    def _drilled(self, found: Drilled) -> None:
        facts = found.found.facts
        words = _("Bản {name} mở được và trọn vẹn: {people} người, {episodes} lần mắc, {papers} văn bản.")
        self._said(
            words.format(name=found.copy.path.name, people=facts.people, episodes=facts.episodes, papers=facts.papers)
        )

    def _have_compared(self) -> None:
        desk = self.desk
        op = partial(numbers_compared, desk.register.db, by=desk.register.user_id, now=desk.now())
        desk.ask(self, op, lambda _none: self._said(_("Từ nay cấp số như thường ngày.")), self._refused)

    def _ask_restore(self) -> None:
        yes = confirm(
            self,
            _("Lấy lại sổ từ bản sao lưu"),
            _("Sổ sẽ đóng lại, rồi bạn chọn bản sao. Sổ đang dùng được cất riêng, không xoá."),
            act=_("Đóng sổ và chọn bản sao"),
            back=_("Thôi"),
        )
        if yes:
            self.desk.want_restore.emit()


def _proof_text(found: Backups, today: date) -> str:
    if found.drilled is None:
        return _("Chưa thử mở bản sao nào.")
    return _("Thử mở gần nhất: {day}.").format(day=date_text(found.drilled))


def _warning_text(found: Backups) -> str:
    parts = []
    if found.unsure is not None:
        words = _("Sổ đã lấy lại, như lúc {when}: so số cuối trong sổ số với giấy đã cấp.")
        parts.append(words.format(when=f"{found.unsure:%H:%M %d/%m/%Y}"))
    if found.rotten:
        names = ", ".join(one.path.name for one in found.rotten)
        parts.append(_("Bản đã hỏng: {names}. Các bản kia còn nguyên.").format(names=names))
    if found.ahead:
        parts.append(_("{n} bản ghi ngày chưa tới: đồng hồ máy từng sai, xem lại ngày giờ.").format(n=len(found.ahead)))
    if found.drill_due and found.copies:
        parts.append(_("Hơn 30 ngày chưa thử mở bản sao: bấm “Thử mở bản mới nhất”."))
    return "\n".join(parts)


def _copy_row(one: Copy, today: date) -> ListRow:
    facts = one.facts
    second = _("không rõ bên trong")
    if facts is not None:
        second = _("{people} người, {episodes} lần mắc, {papers} văn bản, {size} MB").format(
            people=facts.people, episodes=facts.episodes, papers=facts.papers, size=max(1, one.size >> 20)
        )
    if one.health is Health.DAMAGED:
        return ListRow(
            moment_text(one.made, today), _("đã hỏng, không dùng được"), icon="alert", ink="danger", margin=0
        )
    if one.ahead:
        second = _("ghi ngày chưa tới, đồng hồ máy từng sai; {what}").format(what=second)
    icon = "alert" if one.ahead else "check"
    return ListRow(moment_text(one.made, today), second, icon=icon, ink="warn" if one.ahead else "ok", margin=0)
