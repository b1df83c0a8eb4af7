"""Khoá chứng nhận: whose signatures on vaccine certificates the station believes; looked at first, then taken in."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.i18n import _, date_text, ngettext
from covidstation.interop.dcc_keys import ENDINGS
from covidstation.services.vaccination.trust import ListLook, TrustList, drop_list, look_at_list, take_list, trust_lists
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.column import empty_column
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.parts.labels import label
from covidstation.ui.parts.rows import KeyValues, ListRow, SectionHead
from covidstation.ui.parts.saving import documents
from covidstation.ui.settings.section import LABEL, Section

_SHOWN: Final = 40  # countries of a list that are named


class TrustSection(Section):
    """The lists in use; another one is chosen, looked at, and then put in their place or beside them."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "trust", _("Khoá chứng nhận"))
        self._look: ListLook | None = None
        words = _("để biết mã QR trên giấy chứng nhận tiêm chủng (HC1:) là thật hay giả")
        self.column.addWidget(SectionHead(_("Danh sách khoá đang dùng"), words))
        holder = QWidget()
        self.rows = QVBoxLayout(holder)
        self.rows.setContentsMargins(0, 0, 0, 0)
        self.rows.setSpacing(0)
        self.column.addWidget(holder)
        self.column.addSpacing(metrics.GAP)
        self._head = SectionHead(_("Danh sách vừa chọn"))
        self._facts = KeyValues(key_width=LABEL)
        note = _(
            "Chương trình không tự biết danh sách này có thật của bộ y tế các nước không: "
            "chỉ nhận tệp do cấp trên gửi, hoặc tải từ trang chính thức."
        )
        self._note = label(note, "hint", "warn", wrap=True)
        for widget in (self._head, self._facts, self._note):
            self.column.addWidget(widget)
        self.column.addStretch(1)
        self.file = Button(_("Chọn &tệp…"), icon="folder", name="trust_file")
        self.folder = Button(_("Chọn thư &mục…"), name="trust_folder")
        self.beside = Button(_("Thê&m vào"), icon="plus", name="trust_beside")
        self.instead = Button(_("Th&ay danh sách"), "primary", icon="check", name="trust_instead")
        self.file.clicked.connect(self._choose_file)
        self.folder.clicked.connect(self._choose_folder)
        self.beside.clicked.connect(lambda: self._take(instead=False))
        self.instead.clicked.connect(lambda: self._take(instead=True))
        desk.guard(Right.MANAGE, self.file, self.folder, self.beside, self.instead)
        self._forget()

    def buttons(self) -> Sequence[QWidget]:
        """Choose, then take in."""
        return (self.file, self.folder, self.beside, self.instead)

    def load(self) -> None:
        """What is in use."""
        desk = self.desk
        desk.ask(self, partial(trust_lists, desk.register.db, now=desk.now()), self._show)

    def show_file(self, path: Path) -> None:
        """Look at that file or folder."""
        desk = self.desk
        self._forget()
        op = partial(look_at_list, desk.register.db, path, now=desk.now())
        desk.tasks.background(self, op, self._looked, self.failed)  # some megabytes, and nothing of the register

    def _show(self, lists: tuple[TrustList, ...]) -> None:
        empty_column(self.rows)
        for one in lists:
            self.rows.addWidget(self._row(one))

    def _row(self, one: TrustList) -> QWidget:
        if not one.n:
            words = _("Danh sách kèm chương trình")
            second = (
                _keys_words(one.keys, one.ended) if one.keys else _("chưa có khoá nào: mã QR đọc được, chưa kiểm được")
            )
            return ListRow(words, second, icon="shield", margin=0)
        day = one.taken_at.date() if one.taken_at else None
        taken = _("nhận {day}, {who}").format(day=date_text(day), who=one.by_name or "—")
        second = " · ".join(filter(None, (_keys_words(one.keys, one.ended), _countries(one.countries), taken)))
        drop = Button(_("Bỏ"), "quiet", name="drop_trust")
        drop.setAccessibleName(_("Bỏ danh sách {name}").format(name=one.name))
        drop.clicked.connect(lambda: self._drop(one))
        self.desk.guard(Right.MANAGE, drop)
        return ListRow(one.name, second, drop, icon="shield", ink="accent", margin=0)

    def _looked(self, look: ListLook) -> None:
        self._look = look
        self.told.emit("", "")
        rows = [
            (_("Tệp"), look.path.name),
            (_("Số khoá"), _keys_words(look.keys, look.ended)),
            (_("Các nước"), _countries(look.countries) or _("không ghi")),
        ]
        if look.passed_over:
            words = ngettext("{n} mục không phải khoá dùng được", "{n} mục không phải khoá dùng được", look.passed_over)
            rows.append((_("Bỏ qua"), words.format(n=look.passed_over)))
        self._facts.set_rows(rows)
        for widget in (self._head, self._facts, self._note):
            widget.show()
        for button in (self.beside, self.instead):
            button.setEnabled(True)
        self.instead.setFocus(Qt.FocusReason.OtherFocusReason)

    def _take(self, *, instead: bool) -> None:
        look, desk, register = self._look, self.desk, self.desk.register
        if look is None:
            return
        op = partial(
            take_list, register.db, look, instead=instead, by_name=register.user_name, by=register.user_id,
            now=desk.now(),
        )  # fmt: skip
        desk.act(self, op, self._taken, self._refused)

    def _taken(self, look: ListLook) -> None:
        self._forget()
        self.told.emit("ok", _("Đã nhận {keys} từ {name}.").format(keys=_keys_words(look.keys), name=look.path.name))
        self.load()

    def _drop(self, one: TrustList) -> None:
        text = _("Giấy chứng nhận ký bằng các khoá này sẽ không kiểm được nữa. Mũi tiêm đã ghi vẫn giữ.")
        if not confirm(self, _("Bỏ danh sách {name}?").format(name=one.name), text, act=_("Bỏ danh sách"), heavy=True):
            return
        desk = self.desk
        op = partial(drop_list, desk.register.db, one.n, by=desk.register.user_id, now=desk.now())
        desk.act(self, op, lambda _none: self.load(), self._refused)

    def _refused(self, trouble: UserError) -> None:
        self.failed(trouble)
        self.load()

    def _choose_file(self) -> None:
        kinds = _("Danh sách khoá ({endings})").format(endings=" ".join(f"*{one}" for one in ENDINGS))
        chosen, _kind = QFileDialog.getOpenFileName(self.window(), _("Chọn danh sách khoá"), str(documents()), kinds)
        if chosen:
            self.show_file(Path(chosen))

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self.window(), _("Chọn thư mục khoá"), str(documents()))
        if chosen:
            self.show_file(Path(chosen))

    def _forget(self) -> None:
        self._look = None
        for widget in (self._head, self._facts, self._note):
            widget.hide()
        for button in (self.beside, self.instead):
            button.setEnabled(False)


def _keys_words(keys: int, ended: int = 0) -> str:
    words = ngettext("{n} khoá", "{n} khoá", keys).format(n=keys)
    if not ended:
        return words
    return _("{keys}, trong đó {ended} đã hết hạn").format(keys=words, ended=ended)


def _countries(countries: Sequence[str]) -> str:
    if not countries:
        return ""
    shown = ", ".join(countries[:_SHOWN])
    more = " …" if len(countries) > _SHOWN else ""
    return _("{count} nước: {names}").format(count=len(countries), names=shown + more)
