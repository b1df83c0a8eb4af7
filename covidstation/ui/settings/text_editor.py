"""One text of a legal pack: its words, whether somebody compared them with the source, what may be filled in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from covidstation.domain.packs import OPEN_GROUPS, PackEdit, PackItem, check_edit, editable_items
from covidstation.domain.problems import errors
from covidstation.domain.rights import Right
from covidstation.domain.wording import PLACEHOLDERS
from covidstation.errors import UserError
from covidstation.i18n import _, date_text
from covidstation.messages import sentence, sentences
from covidstation.messages.papers import GROUPS, KINDS, SENTENCES
from covidstation.services.papers.packs import edit_pack
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.checks import CheckBox
from covidstation.ui.parts.combos import FindCombo
from covidstation.ui.parts.labels import label, set_ink
from covidstation.ui.parts.popup import Choice
from covidstation.ui.settings.half_typed import HalfTyped

_NUMBERED: Final = OPEN_GROUPS | {"body"}


def item_title(item: PackItem) -> str:
    """`Quyết định cách ly tại nhà, Căn cứ 2`."""
    kind = _(KINDS[item.kind]) if item.kind else _("Dùng chung")
    group = _(GROUPS.get(item.group, item.group))
    if item.group not in _NUMBERED:
        return _("{kind}, {group}").format(kind=kind, group=group)
    return _("{kind}, {group} {number}").format(kind=kind, group=group, number=item.number)


class TextEditor(QWidget):
    """`show_item(item)`; `saved()` after each save, `told(level, text)` for the banner."""

    saved = Signal()
    told = Signal(str, str)
    buttons_changed = Signal()

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self.pack_id = ""
        self.item: PackItem | None = None
        self.known: frozenset[str] = frozenset()  # paths of the pack as the station has it
        self._title = label("", "section", wrap=True)
        self._when = label("", "hint", "muted", wrap=True)
        self.text = QPlainTextEdit()
        self.text.setObjectName("pack_text")
        self.text.setAccessibleName(_("Câu chữ"))
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(96)
        self.text.textChanged.connect(self._check)
        self.confirmed = CheckBox("pack_confirmed", _("Đã đối &chiếu với văn bản gốc"))
        self._wrong = label("", "hint", "danger", wrap=True)
        self._source = label("", "hint", "muted", wrap=True)
        self._insert = FindCombo("insert_place", _("Chèn chỗ điền"), _places(), width=300, hint=_("Chèn chỗ điền…"))
        self._insert.picked.connect(self._put)
        self._save = Button(_("Lưu câu này"), "primary", keys="Ctrl+Return", name="save_text")
        self._back = Button(_("&Trả về câu của chương trình"), name="restore_text")
        self._save.clicked.connect(self.save)
        self._back.clicked.connect(self.restore)
        self._more = Button(_("Thê&m dòng"), icon="plus", name="add_line")
        self._more.clicked.connect(self.add_line)
        self._lay_out()
        for field in (self.text, self.confirmed, self._insert):
            field.setEnabled(desk.may(Right.MANAGE))

    def buttons(self) -> Sequence[QWidget]:
        """Of the action bar; a line can be added only to lists that are open for it."""
        open_list = self.item is not None and self.item.group in OPEN_GROUPS
        return (*([self._more] if open_list else []), self._back, self._save)

    def show_item(self, item: PackItem) -> None:
        """Edit this one."""
        self.item = item
        self._title.setText(item_title(item))
        start, until = date_text(item.valid_from), date_text(item.valid_until)
        if start and until:
            self._when.setText(_("Dùng từ {start} đến {until}").format(start=start, until=until))
        elif start or until:
            words = _("Dùng từ {day}") if start else _("Dùng đến {day}")
            self._when.setText(words.format(day=start or until))
        self._when.setVisible(bool(start or until))
        self.text.setPlainText(item.text)
        self.confirmed.setChecked(item.confirmed)
        self._source.setText(_("Nguồn: {source}").format(source=item.source or _("trạm tự ghi")))
        self._back.setEnabled(self._shipped() is not None)
        self._check()
        self.half.look(f"{self.pack_id}/{item.path}")
        self.buttons_changed.emit()

    def add_line(self) -> None:
        """A line of the station's own at the end of this list, to be written and saved."""
        item = self.item
        if item is None or item.kind is None:
            return
        prefix = f"{item.kind}.{item.group}.tram-"
        number = next(n for n in range(1, 100) if f"{prefix}{n:02d}" not in self.known)
        empty = replace(item, path=f"{prefix}{number:02d}", number=len(self.known), text="", source="", confirmed=False)
        self.show_item(replace(empty, valid_from=None, valid_until=None))
        self._title.setText(_("Dòng mới: {group}").format(group=_(GROUPS[item.group])))
        self.text.setFocus()

    def unsaved(self) -> bool:
        """Whether something differs from the register."""
        item = self.item
        return item is not None and (
            self.text.toPlainText().strip() != item.text.strip() or self.confirmed.isChecked() != item.confirmed
        )

    def half_typed(self) -> dict[str, Any]:
        """The words and the mark, when they differ."""
        if not self.unsaved() or not self._desk.may(Right.MANAGE):
            return {}
        return {"text": self.text.toPlainText(), "confirmed": self.confirmed.isChecked()}

    def put_back(self, raw: Mapping[str, Any]) -> None:
        """The same again."""
        self.text.setPlainText(str(raw.get("text", "")))
        self.confirmed.setChecked(raw.get("confirmed") is True)
        self.text.setFocus()

    def save(self) -> None:
        """Keep these words for this station; papers already issued keep theirs."""
        self._keep(PackEdit(self.text.toPlainText(), self.confirmed.isChecked()), _("Đã lưu câu này."))

    def restore(self) -> None:
        """The words that came with the program."""
        shipped = self._shipped()
        if shipped is not None:
            self._keep(PackEdit(shipped.text, shipped.confirmed), _("Đã trả về câu của chương trình."))

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        self.half = HalfTyped(self._desk, "text", self, column)
        column.setContentsMargins(metrics.MARGIN, 12, metrics.MARGIN, 12)
        column.setSpacing(6)
        for widget in (self._title, self._when):
            column.addWidget(widget)
        column.addWidget(self.text, 1)
        column.addWidget(self._wrong)
        row = QHBoxLayout()
        row.addWidget(self._insert)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.confirmed)
        column.addWidget(self._source)
        helped = _("Trong [ ] là phần tự bỏ đi khi chưa biết chỗ điền bên trong. Xoá hết chữ là bỏ dòng này.")
        column.addWidget(label(helped, "hint", "muted", wrap=True))

    def _shipped(self) -> PackItem | None:
        pack = next((pack for pack in self._desk.catalog.packs if pack.id == self.pack_id), None)
        if pack is None or self.item is None:
            return None
        return next((item for item in editable_items(pack) if item.path == self.item.path), None)

    def _check(self) -> None:
        pack = next((pack for pack in self._desk.catalog.packs if pack.id == self.pack_id), None)
        if pack is None or self.item is None:
            return
        found = errors(check_edit(pack, self.item.path, PackEdit(self.text.toPlainText())))
        self._wrong.setText(" ".join(map(sentence, found)))
        self._wrong.setVisible(bool(found))
        self._save.setEnabled(not found)
        set_ink(self._wrong, "danger")

    def _keep(self, edit: PackEdit, words: str) -> None:
        item, desk = self.item, self._desk
        if item is None:
            return
        op = partial(
            edit_pack,
            desk.register.db,
            self.pack_id,
            item.path,
            edit,
            catalog=desk.catalog,
            by=desk.register.user_id,
            now=desk.now(),
        )

        def done(_none: None) -> None:
            self.item = replace(item, text=edit.text, confirmed=edit.confirmed)
            self.text.setPlainText(edit.text)
            self.confirmed.setChecked(edit.confirmed)
            desk.said.emit(words)
            self.saved.emit()

        desk.act(self, op, done, self._failed, draft=self.half.settled())

    def _failed(self, trouble: UserError) -> None:
        self.half.resume()
        self.told.emit("danger", " ".join(sentences(trouble)))

    def _put(self, name: object) -> None:
        if isinstance(name, str):
            self.text.insertPlainText("{" + name + "}")
            self._insert.set_value(None)
            self.text.setFocus()


def _places() -> list[Choice]:
    """Every name that a text may use, with what it stands for where the program has words for it."""
    found = []
    for name in sorted(PLACEHOLDERS):
        known = SENTENCES.get(f"paper.missing.{name}", "")
        found.append(Choice(name, "{" + name + "}", _(known).replace("{name}", "…") if known else ""))
    return found
