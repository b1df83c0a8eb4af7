"""Trạm: the station as its papers name it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import partial
from typing import Any, Final

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.station import get_station
from covidstation.domain.rights import Right
from covidstation.domain.station import Station, StationDraft, check_station
from covidstation.errors import Refused, UserError
from covidstation.i18n import N_, _, date_text
from covidstation.services.record import edit_station
from covidstation.ui.desk import Desk
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.fields import Field, show_problems
from covidstation.ui.parts.formkeys import FormKeys
from covidstation.ui.parts.labels import label
from covidstation.ui.parts.rows import KeyValues, SectionHead
from covidstation.ui.settings.half_typed import HalfTyped
from covidstation.ui.settings.section import LABEL, Section

_GROUPS: Final = (
    (N_("Trạm"), ("name", "place_name", "phone", "upper_name", "upper_code")),
    (N_("Người ký"), ("head_name", "head_title", "chairman_name", "chairman_title")),
)
_TITLES: Final = {
    "name": N_("&Tên trạm"),
    "place_name": N_("Đị&a danh trên văn bản"),
    "phone": N_("Điện thoạ&i"),
    "upper_name": N_("Đơn vị cấp t&rên"),
    "upper_code": N_("&Mã đơn vị cấp trên"),
    "head_name": N_("N&gười đứng đầu trạm"),
    "head_title": N_("&Chức vụ"),
    "chairman_name": N_("Chủ tịch &UBND xã"),
    "chairman_title": N_("Chức &vụ của Chủ tịch"),
}
_HINTS: Final = {
    "place_name": N_("Đứng trước ngày tháng, ví dụ Nậm Tăm"),
    "head_title": N_("Ghi “Phó …” thì văn bản ký KT."),
    "chairman_title": N_("Ghi “Phó …” thì văn bản ký KT."),
}
_REQUIRED: Final = ("name", "place_name")


class StationSection(Section):
    """One form; papers already issued keep what they say."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "station", _("Trạm"))
        self._held: Station | None = None
        self.edits: dict[str, LineEdit] = {}
        self._rows: list[Field] = []
        for title, names in _GROUPS:
            self.column.addWidget(SectionHead(_(title)))
            for name in names:
                self._add(name)
        self.column.addWidget(SectionHead(_("Xã của trạm")))
        self._commune = KeyValues(key_width=LABEL)
        self.column.addWidget(self._commune)
        note = _("Đổi ở đây chỉ dùng cho văn bản sau; văn bản đã cấp giữ nguyên.")
        self.column.addSpacing(8)
        self.column.addWidget(label(note, "hint", "muted", wrap=True))
        self.column.addStretch(1)
        self._save = Button(_("Lưu"), "primary", keys="Ctrl+Return", name="save_station")
        self._save.clicked.connect(self.save)
        FormKeys(self, save=self.save)
        self._half = HalfTyped(desk, "station", self, self.column)
        self.close_fields(Right.MANAGE, self.edits.values())

    def load(self) -> None:
        """The record as it stands."""
        self.desk.ask(self, partial(get_station, self.desk.register.db), self._show)

    def unsaved(self) -> bool:
        """Whether a field differs from the record."""
        return self._held is not None and self._draft() != self._held

    def half_typed(self) -> dict[str, Any]:
        """The fields that differ from the record."""
        if self._held is None or not self.desk.may(Right.MANAGE):
            return {}
        held = asdict(self._held)
        return {name: edit.value() for name, edit in self.edits.items() if edit.value() != held[name]}

    def put_back(self, raw: Mapping[str, Any]) -> None:
        """Those fields again."""
        for name, value in raw.items():
            if name in self.edits:
                self.edits[name].set_value(str(value))
        self._check()

    def put_aside(self) -> None:
        """Keep them."""
        self._half.keep_now()

    def forget(self) -> None:
        """They were given up."""
        self._half.forget()

    def buttons(self) -> Sequence[QWidget]:
        """Save."""
        return (self._save,)

    def save(self) -> None:
        """Write it, or show beside the fields what is wrong."""
        draft = self._draft()
        desk = self.desk
        op = partial(edit_station, desk.register.db, draft, by=desk.register.user_id, now=desk.now())
        desk.act(self, op, self._saved, self._refused, draft=self._half.settled())

    def _add(self, name: str) -> None:
        title = _(_TITLES[name])
        edit = LineEdit(name, title.replace("&", ""), width=344)
        edit.textEdited.connect(lambda _text: self._check())
        row = Field(title, edit, required=name in _REQUIRED, label_width=LABEL)
        if name in _HINTS:
            row.set_hint(_(_HINTS[name]))
        self.edits[name] = edit
        self._rows.append(row)
        self.column.addWidget(row)

    def _show(self, station: Station) -> None:
        self._held = station
        for name, edit in self.edits.items():
            edit.set_value(getattr(station, name))
        today = self.desk.now().date()
        unit = self.desk.catalog.units.find(station.commune_code, today)
        try:
            full = self.desk.catalog.units.full_name(station.commune_code, today)
        except KeyError:
            full = _("không còn trong bảng đơn vị hành chính hôm nay")
        rows = [(_("Mã xã"), station.commune_code), (_("Tên hôm nay"), full)]
        if unit is not None and unit.valid_from is not None:
            rows.append((_("Dùng từ ngày"), date_text(unit.valid_from)))
        self._commune.set_rows(rows)
        self._check()
        self._half.look("station")

    def _draft(self) -> StationDraft:
        assert self._held is not None
        return replace(self._held, **{name: edit.value() for name, edit in self.edits.items()})  # type: ignore[arg-type]

    def _check(self) -> None:
        if self._held is not None:
            show_problems(self._rows, check_station(self._draft()))

    def _saved(self, _none: None) -> None:
        self._held = Station(**asdict(self._draft()))
        self._half.look("station")
        self.told.emit("", "")
        self.desk.said.emit(_("Đã lưu thông tin trạm."))

    def _refused(self, trouble: UserError) -> None:
        self._half.resume()
        if isinstance(trouble, Refused):
            show_problems(self._rows, trouble.problems)
        self.failed(trouble)
