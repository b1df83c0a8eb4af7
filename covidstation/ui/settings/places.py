"""Thôn bản, điểm trạm: adding them, correcting their names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from covidstation.db.queries.places import Hamlet, SubPoint, hamlets, sub_points
from covidstation.db.queries.population import population_on
from covidstation.db.queries.staff import DutyLine, duties_on
from covidstation.domain.hamlets import split_hamlet
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.changes import Done
from covidstation.services.households.ending import end_hamlet
from covidstation.services.places import add_hamlet, add_sub_point, rename_hamlet, rename_sub_point
from covidstation.ui.desk import Desk
from covidstation.ui.drafts import kept_as
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import Dialog, foot, save_buttons
from covidstation.ui.parts.edits import DateEdit, LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.formkeys import FormKeys
from covidstation.ui.parts.labels import Line, label
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.rows import SectionHead
from covidstation.ui.parts.table import Table
from covidstation.ui.person.dialogs import ActDialog
from covidstation.ui.settings.section import Section

_Found = tuple[list[Hamlet], list[SubPoint], tuple[DutyLine, ...], Mapping[UUID | None, int]]


class PlaceDialog(Dialog):
    """A name and, for a hamlet, its sub-point; for a sub-point, its address."""

    def __init__(
        self,
        parent: QWidget,
        title: str,
        *,
        name: str = "",
        address: str | None = None,
        points: Sequence[SubPoint] = (),
    ) -> None:
        super().__init__(parent, title, "place_dialog")
        self.setMinimumWidth(560)
        hint = _("ví dụ Bản Nậm Ngá") if address is None else _("ví dụ Điểm trạm Nậm Kinh")
        self.name = LineEdit("place_name", _("Tên"), width=240, hint=hint, limit=100)
        self.name.set_value(name)
        self.address = LineEdit("place_address", _("Địa chỉ"), width=240)
        self.address.set_value(address or "")
        choices: list[tuple[Any, str]] = [(None, _("không thuộc điểm trạm nào"))]
        self.point = Combo("sub_point", _("Điểm trạm"), [*choices, *((one.id, one.name) for one in points)], width=240)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        inner = QVBoxLayout()
        inner.setContentsMargins(metrics.MARGIN, 16, metrics.MARGIN, 16)
        inner.addWidget(label(title, "section"))
        inner.addWidget(Field(_("&Tên"), self.name, required=True))
        if address is not None:
            inner.addWidget(Field(_("Đị&a chỉ"), self.address))
        elif points:
            inner.addWidget(Field(_("Đ&iểm trạm"), self.point))
        column.addLayout(inner)
        column.addWidget(Line())
        column.addLayout(foot(*save_buttons(self.reject, self._try)))
        FormKeys(self, save=self._try)
        self.name.setFocus()

    def _try(self) -> None:
        if self.name.value():
            self.accept()


class EndHamletDialog(ActDialog):
    """A hamlet that is no longer used: which one takes its households, and from which day."""

    needs = Right.MANAGE

    def __init__(self, desk: Desk, parent: QWidget, held: Hamlet, others: Sequence[Hamlet], people: int) -> None:
        today = desk.now().date()
        self._held = held
        choices: list[tuple[UUID | None, str]] = [(None, _("chưa chọn") if people else _("không cần, không còn ai"))]
        self.into = Combo("into", _("Nhập vào"), [*choices, *((one.id, one.title) for one in others)], width=260)
        self.day = DateEdit("day", _("Từ ngày"), today=today)
        self.day.set_day(today)
        rows = (Field(_("Nhập &vào"), self.into, required=people > 0), Field(_("Từ &ngày"), self.day, required=True))
        title = _("{name} thôi dùng: {n} nhân khẩu chuyển sang bản khác").format(name=held.title, n=people)
        super().__init__(desk, parent, title, rows, self.into)
        rows[1].set_hint(_("giấy tờ, báo cáo cũ giữ tên cũ; người phụ trách theo sang"))

    def about(self) -> str:
        """The hamlet."""
        return self._held.id.hex

    def wrong(self) -> list[Problem]:
        """A date that is none."""
        return [Problem("day", "forms.bad_date")] if self.day.bad() else []

    def act(self) -> Callable[[], Done[Any]]:
        """End it."""
        register = self._desk.register
        who: dict[str, Any] = {"by": register.user_id, "by_name": register.user_name, "now": self._desk.now()}
        return partial(end_hamlet, register.db, self._held.id, self.into.value(), day=self.day.day(), **who)


class PlacesSection(Section):
    """Two tables; Enter or double click corrects a row."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "places", _("Thôn bản, điểm trạm"))
        self.column.setContentsMargins(0, 4, 0, 0)
        self._points: tuple[SubPoint, ...] = ()
        self._charge: Mapping[UUID, str] = {}
        self._people: Mapping[UUID | None, int] = {}
        self._hamlet_model: RecordModel[Hamlet] = RecordModel(desk.tasks, self._hamlet_columns(), self)
        self._point_model: RecordModel[SubPoint] = RecordModel(desk.tasks, _point_columns(), self)
        self.hamlet_table = Table("hamlets", _("Thôn bản"), self._hamlet_model)
        self.point_table = Table("sub_points", _("Điểm trạm"), self._point_model)
        add = Button(_("&Thêm thôn bản"), icon="plus", name="add_hamlet")
        self.end = Button(_("Thôi &dùng, nhập bản"), name="end_hamlet")
        self.end.clicked.connect(self._end)
        desk.guard(Right.MANAGE, self.end)
        more = Button(_("T&hêm điểm trạm"), icon="plus", name="add_sub_point")
        add.clicked.connect(lambda: self._hamlet(None))
        more.clicked.connect(lambda: self._point(None))
        self.hamlet_table.opened.connect(self._hamlet)
        self.point_table.opened.connect(self._point)
        for head, table, stretch in (
            (SectionHead(_("Thôn bản"), _("Enter để sửa tên"), self.end, add), self.hamlet_table, 3),
            (SectionHead(_("Điểm trạm"), _("trạm nhỏ ở xa, nếu có"), more), self.point_table, 1),
        ):
            head.setFixedHeight(48)
            head.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
            self.column.addWidget(head)
            self.column.addWidget(table, stretch)

    def fills(self) -> bool:
        """The tables scroll themselves."""
        return True

    def load(self) -> None:
        """Both lists, who is in charge of each hamlet today, and how many people live there."""
        db, today = self.desk.register.db, self.desk.now().date()

        def found() -> _Found:
            return hamlets(db), sub_points(db), duties_on(db, today), population_on(db, today).by_hamlet()

        self.desk.ask(self, found, self._show)

    def _show(self, found: _Found) -> None:
        self._points = tuple(found[1])
        charge: dict[UUID, list[str]] = {}
        for line in found[2]:
            if line.hamlet_id is not None:
                charge.setdefault(line.hamlet_id, []).append(line.name)
        self._charge = {hamlet: ", ".join(names) for hamlet, names in charge.items()}
        self._people = found[3]
        self._hamlet_model.set_records(found[0])
        self._point_model.set_records(found[1])

    def _end(self) -> None:
        """The hamlet in sight ends; its people go to another one."""
        held = self.hamlet_table.current_record()
        if held is None:
            return
        rows = map(self._hamlet_model.record, range(self._hamlet_model.rowCount()))
        others = [one for one in rows if one is not None and one.id != held.id]
        dialog = EndHamletDialog(self.desk, self, held, others, self._people.get(held.id, 0))
        dialog.saved.connect(self._saved)
        dialog.exec()
        dialog.deleteLater()

    def _hamlet(self, held: Hamlet | None) -> None:
        if not self._may(Right.MANAGE if held else Right.ENTER):
            return
        title = _("Sửa thôn bản") if held else _("Thêm thôn bản")
        name = held.title if held else ""
        dialog = PlaceDialog(self, title, name=name, points=self._points)
        dialog.point.set_value(held.sub_point_id if held else None)
        asking = kept_as(self.desk, "hamlet", held.id if held else "new")
        asking(dialog)
        if not _accepted(dialog):
            return
        desk, point = self.desk, dialog.point.value()
        who: dict[str, Any] = {"by": desk.register.user_id, "now": desk.now()}
        if held is None:
            op = partial(add_hamlet, desk.register.db, dialog.name.value(), sub_point_id=point, **who)
        else:
            kind, name = split_hamlet(dialog.name.value(), held.kind)
            op = partial(rename_hamlet, desk.register.db, held.id, name, kind=kind, sub_point_id=point, **who)
        desk.act(self, op, lambda _id: self._saved(), self.failed, draft=asking.settled)

    def _point(self, held: SubPoint | None) -> None:
        if not self._may(Right.MANAGE):
            return
        title = _("Sửa điểm trạm") if held else _("Thêm điểm trạm")
        dialog = PlaceDialog(self, title, name=held.name if held else "", address=held.address if held else "")
        asking = kept_as(self.desk, "sub_point", held.id if held else "new")
        asking(dialog)
        if not _accepted(dialog):
            return
        desk = self.desk
        name, address = dialog.name.value(), dialog.address.value()
        who: dict[str, Any] = {"by": desk.register.user_id, "now": desk.now()}
        if held is None:
            op = partial(add_sub_point, desk.register.db, name, address, **who)
        else:
            op = partial(rename_sub_point, desk.register.db, held.id, name, address, **who)
        desk.act(self, op, lambda _id: self._saved(), self.failed, draft=asking.settled)

    def _may(self, right: Right) -> bool:
        """Nobody is led into typing what will be refused."""
        may = self.desk.may(right)
        if not may:
            self.told.emit("info", sentence(UserError(f"rights.{right.value}")))
        return may

    def _saved(self) -> None:
        self.told.emit("", "")
        self.load()

    def _hamlet_columns(self) -> Sequence[Column[Hamlet]]:
        def point(one: Hamlet) -> Cell:
            name = next((point.name for point in self._points if point.id == one.sub_point_id), "")
            return Cell(name, ink="muted")

        def charge(one: Hamlet) -> Cell:
            names = self._charge.get(one.id)
            return Cell(names) if names else Cell(_("chưa có ai"), "hint", "muted")

        return (
            Column("name", _("Tên"), lambda one: Cell(one.title, "name"), 220),
            Column("people", _("Nhân khẩu"), lambda one: Cell(f"{self._people.get(one.id, 0)}"), 96, "right"),
            Column("charge", _("Người phụ trách"), charge, 320),
            Column("point", _("Điểm trạm"), point),
        )


def _accepted(dialog: PlaceDialog) -> bool:
    accepted = dialog.exec() == QDialog.DialogCode.Accepted
    dialog.deleteLater()
    return accepted


def _point_columns() -> Sequence[Column[SubPoint]]:
    return (
        Column("name", _("Tên"), lambda one: Cell(one.name, "name"), 360),
        Column("address", _("Địa chỉ"), lambda one: Cell(one.address, ink="muted")),
    )
