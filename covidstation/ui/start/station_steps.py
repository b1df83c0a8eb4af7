"""The wizard's steps about the station: what kind of register, where it is, who signs, which hamlets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Final

from PySide6.QtWidgets import QGridLayout, QPlainTextEdit, QWidget

from covidstation.catalog import Catalog
from covidstation.domain.packs import pack_on
from covidstation.domain.problems import Problem
from covidstation.domain.station import CHAIRMAN_TITLE, HEAD_TITLE, STATION_NAME, StationDraft, check_station
from covidstation.i18n import _, count_text
from covidstation.services.station.founding import CommuneFound, communes_to_choose, read_hamlets
from covidstation.ui.parts.combos import FindCombo
from covidstation.ui.parts.edits import LineEdit, NumberEdit
from covidstation.ui.parts.fields import StackedField
from covidstation.ui.parts.labels import label
from covidstation.ui.parts.popup import Choice
from covidstation.ui.start.options import Options
from covidstation.ui.start.step import COLUMN, TEXT_WIDTH, Step, Values
from covidstation.ui.tasks import TaskRunner

TRAINING_PEOPLE: Final = 3000
LEAST_TRAINING: Final = 10
MOST_TRAINING: Final = 100_000
EMPTY, TRAINING = "empty", "training"


def _grid(step: Step, *fields: StackedField) -> None:
    """The fields in two columns, in reading order."""
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(24)
    grid.setVerticalSpacing(10)
    for at, field in enumerate(fields):
        field.setFixedWidth(COLUMN)
        grid.addWidget(field, at // 2, at % 2)
        step.rows.append(field)
    grid.setColumnStretch(2, 1)
    step.column.addLayout(grid)
    step.column.addStretch(1)


def _line(name: str, title: str, *, hint: str = "", limit: int = 200) -> LineEdit:
    return LineEdit(name, title, width=COLUMN, hint=hint, limit=limit, large=True)


class KindStep(Step):
    """An empty register, or a training commune in a folder of its own."""

    def __init__(self) -> None:
        why = _("Lập sổ của trạm trên máy này. Không cần mạng. Đóng giữa chừng thì lần sau làm tiếp từ chỗ dừng.")
        super().__init__("kind", _("Sổ F0 của trạm"), why)
        self.kind = Options(
            "kind",
            _("Loại sổ"),
            (
                (EMPTY, _("Sổ thật, còn trống"), _("Để làm việc: ghi F0, in quyết định, gửi về huyện")),
                (
                    TRAINING,
                    _("Dữ liệu tập huấn"),
                    _("Một xã không có thật để tập làm; nằm riêng, giấy in ra có chữ “TẬP HUẤN”"),
                ),
            ),
        )
        self.people = NumberEdit("training_people", _("Số người"), low=LEAST_TRAINING, high=MOST_TRAINING, width=160)
        self.people.setProperty("scale", "large")
        self.people.set_number(TRAINING_PEOPLE)
        self._field = StackedField(_("Số &người trong xã tập huấn"), self.people)
        most = count_text(MOST_TRAINING)
        self._field.set_hint(_("Từ {least} đến {most} người").format(least=LEAST_TRAINING, most=most))
        self.rows.append(self._field)
        self.column.addWidget(self.kind)
        self.column.addSpacing(20)
        self.column.addWidget(self._field)
        self.column.addStretch(1)
        self.kind.chosen.connect(lambda _key: self._changed())
        self.listen(self.people)
        self._changed()

    def values(self) -> Values:
        """The kind and how many people."""
        return {"kind": self.kind.value(), "training_people": str(self.people.number() or "")}

    def put(self, values: Mapping[str, str]) -> None:
        """Choose as before."""
        self.kind.set_value(values.get("kind", EMPTY))
        self.people.setText(values.get("training_people") or str(TRAINING_PEOPLE))
        self._changed()

    def problems(self) -> Sequence[Problem]:
        """The number must be one, for training."""
        if self.kind.value() == TRAINING and self.people.number() is None:
            return (Problem("training_people", "station.training_people"),)
        return ()

    def summary(self) -> str:
        """Which kind."""
        if self.kind.value() == EMPTY:
            return _("Sổ thật")
        return _("Tập huấn, {n} người").format(n=self.people.number() or 0)

    def first(self) -> QWidget | None:
        """The chosen way."""
        return next(row for row in self.kind.rows if row.isChecked())

    def _changed(self) -> None:
        self._field.setVisible(self.kind.value() == TRAINING)
        self.edited.emit()


class PlaceStep(Step):
    """Province, commune, and what the station is called on its papers."""

    def __init__(self, catalog: Catalog, tasks: TaskRunner, today: date) -> None:
        why = _("Tên trạm và địa danh sẽ in trên mọi văn bản. Xã tìm được cả bằng tên hoặc mã cũ trước 1/7/2025.")
        super().__init__("place", _("Trạm của bạn"), why)
        self._catalog, self._tasks, self._today = catalog, tasks, today
        self._found: dict[str, CommuneFound] = {}
        self._kept_commune = ""
        provinces = [Choice(unit.code, unit.label, unit.code) for unit in catalog.units.provinces(today)]
        self.province = FindCombo("province", _("Tỉnh"), provinces, width=COLUMN, hint=_("Gõ tên, ví dụ lai chau"))
        self.commune = FindCombo("commune", _("Xã"), width=COLUMN, hint=_("Gõ tên hoặc mã, cả tên cũ"))
        for combo in (self.province, self.commune):
            combo.setProperty("scale", "large")
        self.name = _line("name", _("Tên trạm"), hint=_("Trạm Y tế xã …"))
        self.place = _line("place_name", _("Địa danh"), hint=_("Ví dụ Nậm Tăm"))
        self.upper = _line("upper_name", _("Đơn vị cấp trên"), hint=_("Trung tâm Y tế …"))
        self.upper_code = _line("upper_code", _("Mã đơn vị cấp trên"), limit=40)
        self.phone = _line("phone", _("Điện thoại của trạm"), limit=40)
        self._commune_field = StackedField(_("&Xã, phường"), self.commune, name="commune_code", required=True)
        place = StackedField(_("Đị&a danh trên văn bản"), self.place, required=True)
        place.set_hint(_("Đứng trước ngày tháng: “Nậm Tăm, ngày …”"))
        _grid(
            self,
            StackedField(_("&Tỉnh, thành phố"), self.province, required=True),
            self._commune_field,
            StackedField(_("Tê&n trạm"), self.name, required=True),
            place,
            StackedField(_("Đơn vị &cấp trên"), self.upper),
            StackedField(_("&Mã đơn vị cấp trên"), self.upper_code),
            StackedField(_("Điện th&oại của trạm"), self.phone),
        )
        self.province.picked.connect(self._province_picked)
        self.commune.picked.connect(self._commune_picked)
        self.listen(self.province, self.commune, self.name, self.place, self.upper, self.upper_code, self.phone)

    def values(self) -> Values:
        """All of it; the commune as the code that is in force today."""
        chosen = self._found.get(str(self.commune.value() or ""))
        fields = (self.name, self.place, self.upper, self.upper_code, self.phone)
        return {
            "province": str(self.province.value() or ""),
            "commune_code": chosen.code if chosen else "",
            "commune_key": chosen.key if chosen else "",
        } | {field.objectName(): field.value() for field in fields}

    def put(self, values: Mapping[str, str]) -> None:
        """Fill from the draft; the commune follows when its list is there."""
        for field in (self.name, self.place, self.upper, self.upper_code, self.phone):
            field.set_value(values.get(field.objectName(), ""))
        self._kept_commune = values.get("commune_key", "")
        self.province.set_value(values.get("province", ""))
        if self.province.value():
            self._ask_communes()

    def problems(self) -> Sequence[Problem]:
        """What a station cannot be without."""
        values = self.values()
        draft = StationDraft(commune_code=values["commune_code"], name=values["name"], place_name=values["place_name"])
        found = [problem for problem in check_station(draft) if problem.level == "error"]
        if not values["province"]:
            found.append(Problem("province", "station.province_missing"))
        return found

    def summary(self) -> str:
        """The commune's and the province's names."""
        return ", ".join(filter(None, (self.place.value(), self.province.value_text())))

    def first(self) -> QWidget | None:
        """The first field that is empty."""
        return next((one for one in (self.province, self.commune, self.name) if not one.text()), self.province)

    def _province_picked(self, _key: object) -> None:
        self.commune.set_value(None)
        self.commune.clear()
        self._kept_commune = ""
        self._commune_field.set_hint("")
        if self.province.value():
            self._ask_communes()

    def _ask_communes(self) -> None:
        op = partial(communes_to_choose, self._catalog, str(self.province.value()), self._today)
        self._tasks.background(self, op, self._communes_found)

    def _communes_found(self, found: list[CommuneFound]) -> None:
        self._found = {f"{one.key} {one.label}": one for one in found}
        self.commune.set_choices([Choice(key, one.label, _second(one)) for key, one in self._found.items()])
        kept = next((key for key, one in self._found.items() if one.key == self._kept_commune), None)
        if kept is not None:
            self.commune.set_value(kept)
            self._say_heir(self._found[kept])

    def _commune_picked(self, key: object) -> None:
        chosen = self._found.get(str(key or ""))
        if chosen is None:
            self._commune_field.set_hint("")
            return
        self._commune_field.clear_problems()
        self._say_heir(chosen)
        unit = self._catalog.units.find(chosen.code, self._today)
        if unit is not None:
            self._suggest(self.name, STATION_NAME.format(unit=f"{unit.kind.lower()} {unit.name}"))
            self._suggest(self.place, unit.name)

    def _say_heir(self, chosen: CommuneFound) -> None:
        if chosen.past:
            self._commune_field.set_hint(
                _("Nay thuộc {unit}, dùng tên và mã mới").format(unit=_small(chosen.past)), "accent"
            )
        else:
            self._commune_field.set_hint(_("Mã {code}").format(code=chosen.code))

    def _suggest(self, field: LineEdit, text: str) -> None:
        """Fill what a person has not written: an earlier suggestion may be replaced, own words never."""
        if not field.value() or field.property("suggested") == field.value():
            field.set_value(text)
            field.setProperty("suggested", text)


def _small(label_of_unit: str) -> str:
    """`Xã Nậm Tăm` inside a sentence."""
    return label_of_unit[:1].lower() + label_of_unit[1:]


def _second(one: CommuneFound) -> str:
    if one.past:
        return _("{code}, nay là {unit}").format(code=one.key, unit=_small(one.past))
    return one.code


class SignersStep(Step):
    """Whose names stand under the papers."""

    def __init__(self) -> None:
        why = _("Tên in ở chỗ ký. Chưa biết thì để trống, điền sau trong Cài đặt; giấy in trước đó sẽ báo thiếu.")
        super().__init__("signers", _("Người ký văn bản"), why, training=False)
        self.head = _line("head_name", _("Người đứng đầu trạm"))
        self.head_title = _line("head_title", _("Chức vụ người đứng đầu trạm"))
        self.chairman = _line("chairman_name", _("Chủ tịch UBND xã"))
        self.chairman_title = _line("chairman_title", _("Chức vụ của Chủ tịch"))
        title = StackedField(_("Chức &vụ"), self.head_title)
        title.set_hint(_("Từ 2026 người đứng đầu trạm là Giám đốc"))
        _grid(
            self,
            StackedField(_("Người đứng đầ&u trạm"), self.head),
            title,
            StackedField(_("&Chủ tịch UBND xã"), self.chairman),
            StackedField(_("C&hức vụ"), self.chairman_title),
        )
        self._fields = (self.head, self.head_title, self.chairman, self.chairman_title)
        self.listen(*self._fields)
        self.put({})

    def values(self) -> Values:
        """Two names, two titles."""
        return {field.objectName(): field.value() for field in self._fields}

    def put(self, values: Mapping[str, str]) -> None:
        """Fill, with the titles of today where none were written."""
        suggested = {"head_title": HEAD_TITLE, "chairman_title": CHAIRMAN_TITLE}
        for field in self._fields:
            name = field.objectName()
            field.set_value(values.get(name, suggested.get(name, "")))

    def summary(self) -> str:
        """Who heads the station."""
        return self.head.value() or _("điền sau")

    def first(self) -> QWidget | None:
        """The first name."""
        return self.head


class IsolationStep(Step):
    """Whether home isolation may be ordered, where the law in force leaves it open."""

    def __init__(self, catalog: Catalog, today: date) -> None:
        law = pack_on(catalog.packs, today).home_isolation
        super().__init__("isolation", _("Cách ly F0 tại nhà"), law.text, training=False)
        self.answer = Options(
            "home_isolation",
            _("Được cách ly COVID-19 tại nhà"),
            (
                ("ask", _("Để sau"), _("Chưa cấp quyết định cách ly tại nhà cho tới khi trả lời trong Cài đặt")),
                ("yes", _("Có, đã có căn cứ"), _("Trạm đã đối chiếu văn bản; in được quyết định cách ly tại nhà")),
                ("no", _("Không"), _("Không in quyết định cách ly tại nhà")),
            ),
        )
        self.column.addWidget(self.answer)
        self.column.addSpacing(16)
        source = label(_("Căn cứ: {source}").format(source=law.source), "hint", "muted", wrap=True)
        source.setFixedWidth(TEXT_WIDTH)
        self.column.addWidget(source)
        if not law.confirmed:
            doubt = _("Chương trình chưa thấy tận mắt văn bản này. Người đứng đầu trạm hỏi cấp trên rồi trả lời.")
            warning = label(doubt, "hint_strong", "warn", wrap=True)
            warning.setFixedWidth(TEXT_WIDTH)
            self.column.addWidget(warning)
        self.column.addStretch(1)
        self.answer.chosen.connect(lambda _key: self.edited.emit())

    def values(self) -> Values:
        """The answer."""
        return {"home_isolation": self.answer.value()}

    def put(self, values: Mapping[str, str]) -> None:
        """As answered before."""
        self.answer.set_value(values.get("home_isolation", "ask"))

    def summary(self) -> str:
        """The answer in a word."""
        return {"ask": _("trả lời sau"), "yes": _("có"), "no": _("không")}[self.answer.value()]

    def first(self) -> QWidget | None:
        """The chosen answer."""
        return next(row for row in self.answer.rows if row.isChecked())


class HamletsStep(Step):
    """The hamlets, one a line; they can be added any time."""

    def __init__(self) -> None:
        why = _(
            "Mỗi dòng một bản, thôn hoặc tổ dân phố; dán cả danh sách cũng được. Bỏ qua được, thêm sau trong Cài đặt."
        )
        super().__init__("hamlets", _("Bản, thôn của xã"), why, training=False)
        self.text = QPlainTextEdit()
        self.text.setObjectName("hamlets")
        self.text.setAccessibleName(_("Danh sách bản, thôn"))
        self.text.setPlaceholderText(_("Bản Nậm Ngá\nBản Pa Khoá\nThôn Phiêng Chá"))
        self.text.setTabChangesFocus(True)
        self.text.setFixedSize(COLUMN, 300)
        head = label(_("&Danh sách"), "strong")
        head.setBuddy(self.text)
        self._count = label("", "hint", "muted")
        self.column.addWidget(head)
        self.column.addSpacing(4)
        self.column.addWidget(self.text)
        self.column.addWidget(self._count)
        self.column.addStretch(1)
        self.text.textChanged.connect(self._changed)
        self.listen(self.text)

    def values(self) -> Values:
        """The lines as they stand."""
        return {"hamlets": self.text.toPlainText()[:20_000]}

    def put(self, values: Mapping[str, str]) -> None:
        """The lines as they stood."""
        self.text.setPlainText(values.get("hamlets", ""))

    def problems(self) -> Sequence[Problem]:
        """A name too long for a hamlet."""
        if any(len(name) > 100 for name in read_hamlets(self.text.toPlainText())):
            return (Problem("hamlets", "places.name_needed"),)
        return ()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Said where the count stands."""
        self._changed()
        if problems:
            self._count.setText(_("Có dòng dài quá 100 chữ. Mỗi dòng ghi một tên."))

    def summary(self) -> str:
        """How many."""
        count = len(read_hamlets(self.text.toPlainText()))
        return _("{n} bản, thôn").format(n=count) if count else _("thêm sau")

    def first(self) -> QWidget | None:
        """The list."""
        return self.text

    def _changed(self) -> None:
        count = len(read_hamlets(self.text.toPlainText()))
        self._count.setText(_("{n} bản, thôn; Ctrl+Enter để tiếp tục").format(n=count))
