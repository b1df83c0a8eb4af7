"""One item of the store: chosen from the common ones in one step, or written by hand, or corrected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.domain.problems import Problem
from covidstation.domain.supplies import MOST_UNITS, SHORT_LIMIT, ItemDraft, SupplyKind
from covidstation.domain.text import NAME_LIMIT, TEXT_LIMIT, fold
from covidstation.i18n import _
from covidstation.services.care.medicines import medicine_list_of
from covidstation.services.changes import Done
from covidstation.services.supplies.items import add_items, edit_item, twins_of
from covidstation.services.supplies.look import StoreLook, look_at_store
from covidstation.ui.code_choices import kit_choices
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo, FindCombo
from covidstation.ui.parts.edits import LineEdit, NumberEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.popup import Choice
from covidstation.ui.person.dialogs import ActDialog
from covidstation.ui.supplies.words import KINDS

WIDE, SHORT = 320, 132


class ItemDialog(ActDialog):
    """`known` is the item that is corrected, with its id."""

    def __init__(self, desk: Desk, parent: QWidget, known: tuple[UUID, ItemDraft] | None = None) -> None:
        self._known = known
        self.name = FindCombo("name", _("Tên"), width=WIDE, hint=_("gõ để tìm trong danh mục chung"), free=True)
        self.kind = Combo("kind", _("Loại"), [(SupplyKind(key), _(words)) for key, words in KINDS.items()], width=168)
        self.strength = LineEdit("strength", _("Hàm lượng"), width=SHORT, limit=SHORT_LIMIT)
        self.form = LineEdit("form", _("Dạng"), width=SHORT, limit=SHORT_LIMIT)
        self.unit = LineEdit("unit", _("Đơn vị phát"), width=SHORT, limit=SHORT_LIMIT, hint=_("viên, gói"))
        self.pack = NumberEdit("pack_size", _("Số đơn vị một hộp"), low=0, high=MOST_UNITS, width=96)
        self.substances = LineEdit(
            "substances", _("Hoạt chất"), width=WIDE, limit=TEXT_LIMIT, hint=_("cách nhau dấu phẩy")
        )
        self.atc = LineEdit("atc", _("Mã ATC"), width=SHORT, limit=10)
        self.low = NumberEdit("low_level", _("Mức thiếu"), low=0, high=MOST_UNITS, width=96)
        self.medicine = Combo("medicine", _("Thuốc gói F0, sinh phẩm"), [("", _("theo tên ở trên"))], width=WIDE)
        self._medicines: tuple[tuple[str, str], ...] = ()
        self._kits = tuple((str(one.key), str(one.key)) for one in kit_choices(desk.catalog, desk.now().date(), None))
        self.note = LineEdit("note", _("Ghi chú"), width=WIDE, limit=TEXT_LIMIT)
        self._substance_row = Field(_("&Hoạt chất"), self.substances)
        rows = (
            Field(_("&Tên"), self.name, required=True),
            Field(_("&Loại"), self.kind),
            Field(_("Hàm lượn&g"), self.strength).beside(self.form, _("&dạng"), name="form"),
            Field(_("Đơn &vị phát"), self.unit, required=True).beside(self.pack, _("một hộ&p có"), name="pack_size"),
            self._substance_row,
            Field(_("Mã &ATC"), self.atc),
            Field(_("&Mức thiếu"), self.low).beside(self.medicine, _("&trừ kho khi dùng"), name="medicine"),
            Field(_("G&hi chú"), self.note),
        )
        title = _("Sửa mặt hàng") if known else _("Thêm mặt hàng vào kho")
        super().__init__(desk, parent, title, rows, self.name)
        self.setMinimumWidth(860)
        self.name.picked.connect(self._picked)
        self.kind.currentIndexChanged.connect(lambda _row: self._offer())
        self.substances.editingFinished.connect(self._look_for_twins)
        if known is not None:
            self._fill(known[1])
        db, today = desk.register.db, desk.now().date()
        desk.ask(self, partial(look_at_store, db, catalog=desk.catalog, today=today), self._show_store)
        desk.ask(self, partial(medicine_list_of, db, catalog=desk.catalog, day=today), self._show_medicines)

    def about(self) -> str:
        """The item, or a new one."""
        return self._known[0].hex if self._known else "new"

    def draft(self) -> ItemDraft:
        """As it stands there."""
        held = self._known[1] if self._known else ItemDraft()
        return replace(
            held,
            kind=self.kind.value(),
            name=self.name.text(),
            substances=tuple(self.substances.value().split(",")),
            atc=self.atc.value(),
            strength=self.strength.value(),
            form=self.form.value(),
            unit=self.unit.value(),
            pack_size=int(self.pack.number() or 0),
            low_level=int(self.low.number() or 0),
            medicine=self.medicine.value() or "",
            note=self.note.value(),
        )

    def wrong(self) -> list[Problem]:
        """Numbers that cannot be read, a name that is too long."""
        found = [Problem(one.objectName(), "supplies.whole_number") for one in (self.pack, self.low) if one.bad()]
        if len(self.name.text()) > NAME_LIMIT:
            params = {"count": f"{len(self.name.text())}", "most": f"{NAME_LIMIT}"}
            found.append(Problem("name", "episodes.text_long", params))
        return found

    def act(self) -> Callable[[], Done[Any]]:
        """Add it, or correct it."""
        register = self._desk.register
        by, now = register.user_id, self._desk.now()
        if self._known is not None:
            return partial(edit_item, register.db, self._known[0], self.draft(), by=by, now=now)
        return partial(add_items, register.db, [self.draft()], by=by, now=now)

    def _fill(self, item: ItemDraft) -> None:
        self.name.put_text(item.name)
        self.kind.set_value(item.kind)
        self.strength.set_value(item.strength)
        self.form.set_value(item.form)
        self.unit.set_value(item.unit)
        self.pack.set_number(item.pack_size or None)
        self.substances.set_value(", ".join(item.substances))
        self.atc.set_value(item.atc)
        self.low.set_number(item.low_level or None)
        self.medicine.set_value(item.medicine)
        self.note.set_value(item.note)

    def _picked(self, key: object) -> None:
        """A common item fills the whole form."""
        if isinstance(key, ItemDraft):
            self._fill(key)
            self._look_for_twins()
            self.low.setFocus()

    def _show_store(self, look: StoreLook) -> None:
        kept = {fold(line.title) for line in look.lines}
        common = [one for one in look.common if fold(one.title) not in kept]
        self.name.set_choices([Choice(one, one.title, one.form or one.unit) for one in common])

    def _show_medicines(self, medicines: tuple[tuple[str, str], ...]) -> None:
        self._medicines = medicines
        self._offer()
        if self._known is not None:
            self.medicine.set_value(self._known[1].medicine)

    def _offer(self) -> None:
        """What draws from the item besides its own name: a medicine of the F0 list, a kit of the list of kits."""
        kit = self.kind.value() is SupplyKind.TEST_KIT
        listed = self._kits if kit else self._medicines
        self.medicine.set_choices([("", _("theo tên ở trên") if kit else _("không phải thuốc gói F0")), *listed])

    def _look_for_twins(self) -> None:
        draft, known = self.draft(), self._known[0] if self._known else None
        self._desk.ask(self, partial(twins_of, self._desk.register.db, draft, known), self._show_twins)

    def _show_twins(self, twins: tuple[ItemDraft, ...]) -> None:
        names = ", ".join(one.title for one in twins[:3])
        words = _("Trong kho có cùng hoạt chất: {names}").format(names=names)
        self._substance_row.set_hint(words if twins else "", "warn")
