"""The upper half of the F0 form: who it is and where they live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from covidstation.catalog import Catalog
from covidstation.db.queries.places import Hamlet, Household
from covidstation.domain.citizen import grouped, normal_number
from covidstation.domain.dates import age_on
from covidstation.domain.hamlets import hamlets_named, split_hamlet
from covidstation.domain.people import PREGNANCY_AGES, Answer, PersonDraft, Sex
from covidstation.domain.problems import Problem
from covidstation.domain.text import TEXT_LIMIT, clean
from covidstation.i18n import _
from covidstation.ui.case_words import age_words
from covidstation.ui.code_choices import condition_choices
from covidstation.ui.f0.inputs import Founded, FoundingCombo, on_edit, put_all, read_all
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo, FindCombo
from covidstation.ui.parts.edits import BirthEdit, LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.labels import label, plain_tip
from covidstation.ui.parts.multichoice import MultiChoice
from covidstation.ui.parts.popup import Choice
from covidstation.ui.parts.rows import SectionHead

_NUMBERS = ("citizen_number", "old_citizen_number", "insurance_number", "phone")
_CARD = ("full_name", "citizen_number", "birth", "old_citizen_number", "insurance_number", "address_printed")


class PersonSection(QWidget):
    """Fields of a person. `edited(name)` fires when a person changed one; `hamlet_picked(UUID | None)` asks for the
    households of that hamlet; `hamlet_founded(name)` for a hamlet that is not there yet."""

    edited = Signal(str)
    hamlet_picked = Signal(object)
    hamlet_founded = Signal(str)

    def __init__(self, catalog: Catalog, today: date) -> None:
        super().__init__()
        self._today = today
        self._base = PersonDraft()
        self._hamlets: tuple[Hamlet, ...] = ()
        self._wanted_household: UUID | None = None
        self._wanted_words = ""
        self._make_fields(catalog)
        self._make_links()
        self._make_rows()
        self.widgets: dict[str, QWidget] = {widget.objectName(): widget for widget in self._in_order()}
        for name, widget in self.widgets.items():
            on_edit(widget, partial(self._hear, name))
        for name in _NUMBERS:
            self._line(name).editingFinished.connect(partial(_group, self._line(name)))

    def set_hamlets(self, hamlets: Sequence[Hamlet]) -> None:
        """The commune's hamlets."""
        self._hamlets = tuple(hamlets)
        self.hamlet.set_choices([Choice(one.id, one.title) for one in hamlets])

    def choose_hamlet(self, hamlet_id: UUID | None) -> None:
        """The hamlet that was founded a moment ago, or none when that failed; a household chosen since stays."""
        self.hamlet.set_value(hamlet_id)
        self.hamlet_picked.emit(hamlet_id)
        self.edited.emit("hamlet_id")

    def pending(self) -> bool:
        """Whether a hamlet is being founded at this moment."""
        return isinstance(self.hamlet.value(), Founded)

    def set_households(self, households: Sequence[Household]) -> None:
        """The households of the chosen hamlet."""
        self.household.set_choices(
            [
                Choice(
                    one.id,
                    _("Hộ {head}").format(head=one.head or "…"),
                    _("{count} người").format(count=one.people),
                )
                for one in households
            ]
        )
        if self._wanted_household is not None:
            self.household.set_value(self._wanted_household)
        elif self._wanted_words:
            self.household.put_text(self._wanted_words)
        if self.household.value() is not None:
            self._wanted_household = None  # else it is not of this hamlet, and stays until another is chosen
        self._wanted_words = ""

    def show_person(self, draft: PersonDraft, *, card: str = "", new: bool = True) -> None:
        """Fill all fields; `card` says when it was read ("Đọc từ thẻ căn cước lúc 07:15") and marks what it gave."""
        self._base = draft
        for name in ("full_name", "address_printed", "address_detail"):
            self._line(name).set_value(getattr(draft, name))
        for name in _NUMBERS:
            self._line(name).set_value(grouped(getattr(draft, name)))
        self.birth.set_birth(draft.birth)
        self.sex.set_value(draft.sex)
        self.ethnic.set_value(draft.ethnic_group or None)
        self.conditions.set_chosen(sorted(draft.conditions))
        self.pregnancy.set_value(draft.pregnancy)
        self.hamlet.suggest("")
        self.hamlet.set_value(draft.hamlet_id)
        self.household.found("")
        self._suggest(draft.full_name if new else "")
        self._wanted_household = draft.household_id
        self._mark(card)
        self._follow()
        if card and draft.hamlet_id is None:
            self._guess_hamlet(draft.address_printed)
        self.hamlet_picked.emit(self.hamlet_id())

    def draft(self) -> PersonDraft:
        """What stands in the fields, and what came with the person and has no field."""
        return replace(
            self._base,
            full_name=self.name.value(),
            birth=self.birth.birth(),
            sex=self.sex.value() or Sex.UNKNOWN,
            citizen_number=self.citizen.value(),
            old_citizen_number=self.old_number.value(),
            insurance_number=self.insurance.value(),
            phone=self.phone.value(),
            ethnic_group=self.ethnic.value() or self._unknown_ethnic(),
            hamlet_id=self.hamlet_id(),
            household_id=self._household_id(),
            address_printed=self.printed.value(),
            address_detail=self.detail.value(),
            pregnancy=self.pregnancy.value() if self.may_be_pregnant() else self._base.pregnancy,
            conditions=frozenset(map(str, self.conditions.chosen())) | self._unknown_conditions(),
        )

    def new_head(self) -> str:
        """The head of the household to be founded, empty for none."""
        value = self.household.value()
        return str(value) if isinstance(value, Founded) else ""

    def hamlet_id(self) -> UUID | None:
        """The chosen hamlet; one that is no longer in use stays until another is chosen."""
        value = self.hamlet.value()
        if isinstance(value, UUID):
            return value
        unused = all(one.id != self._base.hamlet_id for one in self._hamlets)
        return self._base.hamlet_id if unused and not self.hamlet.text() else None

    def may_be_pregnant(self) -> bool:
        """Whether the question is asked: not of men, and only at an age where it can be."""
        birth = self.birth.birth()
        fits = birth is None or age_on(birth, self._today) in PREGNANCY_AGES
        return self.sex.value() is Sex.FEMALE and fits

    def unreadable(self) -> list[Problem]:
        """What stands in a field and means nothing."""
        found = []
        if self.birth.bad():
            found.append(Problem("birth", "forms.bad_birth"))
        if self.hamlet.bad():
            found.append(Problem("hamlet_id", "people.hamlet_unknown"))
        elif self.hamlet_id() is None:
            found.append(Problem("hamlet_id", "people.hamlet_missing", level="warning"))
        if self.household.bad():
            found.append(Problem("household_id", "people.household_unknown"))
        if self.ethnic.bad():
            found.append(Problem("ethnic_group", "forms.bad_choice"))
        return found

    def raw(self) -> dict[str, Any]:
        """What stands in the fields, readable or not; kept as a draft."""
        household = self._household_id()
        return {**read_all(self.widgets), "household": household.hex if household else ""}

    def put_raw(self, raw: dict[str, Any]) -> None:
        """Put a draft back."""
        put_all(self.widgets, raw)
        self._suggest(self.name.value())
        key = str(raw.get("household", ""))
        self._wanted_household = UUID(hex=key) if key else None
        self._wanted_words = str(raw.get("household_id", ""))
        self._follow()
        self.hamlet_picked.emit(self.hamlet_id())

    def first_empty(self) -> QWidget:
        """Where typing begins: the first field that has nothing yet."""
        lines: list[LineEdit] = [self.name, self.birth, self.hamlet, self.household, self.phone]
        return next((line for line in lines if not line.text().strip()), self.phone)

    def show_more(self, shown: bool) -> None:
        """Unfold or fold the rows that are seldom used."""
        self._more.setVisible(shown)
        self._more_button.set_text(_("Thu gọn") if shown else _("Thêm thông tin"))

    def rows_of_more(self) -> frozenset[str]:
        """The fields that are folded away."""
        return frozenset(("old_citizen_number", "insurance_number", "address_detail", "address_printed"))

    def _make_fields(self, catalog: Catalog) -> None:
        self.name = LineEdit("full_name", _("Họ và tên"), width=344)
        self.citizen = LineEdit("citizen_number", _("Số căn cước"), width=168, limit=40)
        self.birth = BirthEdit("birth", _("Ngày sinh"), today=self._today)
        sexes = [(Sex.UNKNOWN, ""), (Sex.MALE, _("Nam")), (Sex.FEMALE, _("Nữ")), (Sex.OTHER, _("Khác"))]
        self.sex = Combo("sex", _("Giới"), sexes, width=88)
        self.hamlet = FoundingCombo(
            "hamlet_id",
            _("Bản"),
            _new_hamlet,
            width=168,
            hint=_("Bản, thôn"),
            opens=True,
        )
        self.household = FoundingCombo(
            "household_id",
            _("Hộ"),
            lambda name: _("Hộ mới: {name}").format(name=name),
            width=212,
            hint=_("Hộ"),
            opens=True,
        )
        self.phone = LineEdit("phone", _("Điện thoại"), width=144, limit=40)
        peoples = [Choice(one.code, one.label, ", ".join(one.aliases)) for one in catalog.ethnic_groups.values()]
        self.ethnic = FindCombo("ethnic_group", _("Dân tộc"), peoples, width=120)
        self.ethnic.setPlaceholderText(_("không hỏi"))
        why = _("Không bắt buộc: phiếu báo ca bệnh có mục này. Là thông tin nhạy cảm, không in lên danh sách.")
        self.ethnic.setToolTip(plain_tip(why))
        self.ethnic.setAccessibleDescription(why)
        diseases = condition_choices(catalog, self._today)
        self.conditions = MultiChoice("conditions", _("Bệnh nền"), diseases, width=300, hint=_("không có"))
        answers = [(Answer.UNKNOWN, _("chưa hỏi")), (Answer.YES, _("có")), (Answer.NO, _("không"))]
        self.pregnancy = Combo("pregnancy", _("Có thai"), answers, width=104)
        self.old_number = LineEdit("old_citizen_number", _("Số CMND cũ"), width=128, limit=40)
        self.insurance = LineEdit("insurance_number", _("Số thẻ BHYT"), width=168, limit=40)
        self.detail = LineEdit("address_detail", _("Số nhà, đường"), width=344, limit=TEXT_LIMIT + 100)
        self.printed = LineEdit("address_printed", _("Địa chỉ trên thẻ"), width=430, limit=TEXT_LIMIT + 100)

    def _make_links(self) -> None:
        self.age = label("", "body")
        self.use_similar = _link(_("Dùng người này"), "use_similar")
        self.use_known = _link(_("Dùng người này"), "use_known")
        self._more_button = _link(_("Thêm thông tin"), "more_person", shown=True)
        self._more_button.clicked.connect(lambda: self.show_more(self._more.isHidden()))

    def _make_rows(self) -> None:
        self.head = SectionHead(_("Người"), "", self._more_button)
        self.name_row = Field(_("&Họ và tên"), self.name, required=True).after(self.use_similar)
        self.number_row = Field(_("&Số căn cước"), self.citizen).after(self.use_known)
        birth = Field(_("&Ngày sinh"), self.birth, required=True).beside(self.sex, _("&Giới"))
        birth.beside(self.age, field=False)
        self.place_row = Field(_("Nơi ở hiện &tại"), self.hamlet, required=True).beside(self.household)
        self.phone_row = Field(_("Điện th&oại"), self.phone).beside(self.ethnic, _("Dân tộ&c"))
        self.health_row = Field(_("&Bệnh nền"), self.conditions).beside(self.pregnancy, _("Có th&ai"))
        self._pregnancy_label = self.health_row.label_of(self.pregnancy)
        more = (
            Field(_("Số CMND cũ"), self.old_number).beside(self.insurance, _("Thẻ BHYT")),
            Field(_("Số nhà, đường"), self.detail),
            Field(_("Địa chỉ trên thẻ"), self.printed),
        )
        self._more = QWidget()
        _stack(self._more, more)
        self._more.hide()
        top = (self.name_row, self.number_row, birth, self.place_row, self.phone_row, self.health_row)
        _stack(self, (self.head, *top, self._more))
        self.rows: tuple[Field, ...] = (*top, *more)

    def _in_order(self) -> tuple[QWidget, ...]:
        """As Enter goes through them."""
        first = (self.name, self.citizen, self.birth, self.sex, self.hamlet, self.household, self.phone, self.ethnic)
        return (*first, self.conditions, self.pregnancy, self.old_number, self.insurance, self.detail, self.printed)

    def _line(self, name: str) -> LineEdit:
        fields = (self.name, self.citizen, self.old_number, self.insurance, self.phone, self.printed, self.detail)
        return next(field for field in fields if field.objectName() == name)

    def _hear(self, name: str) -> None:
        if name in _CARD:
            widget = self.widgets[name]
            if isinstance(widget, LineEdit):
                widget.set_mark("")
        if name == "full_name":
            self._suggest(self.name.value())
        elif name == "hamlet_id":
            self.place_row.set_hint("")
            self.household.found("")
            self._wanted_household = None
            value = self.hamlet.value()
            if isinstance(value, Founded):
                self.hamlet_founded.emit(str(value))
            else:
                self.hamlet_picked.emit(self.hamlet_id())
        elif name == "household_id":
            self._wanted_household = None
        self._follow()
        self.edited.emit(name)

    def _suggest(self, name: str) -> None:
        self.household.suggest(name)

    def _follow(self) -> None:
        """What depends on other fields: the age in words, whether pregnancy is asked."""
        birth = self.birth.birth()
        self.age.setText(age_words(birth, self._today) if birth else "")
        asked = self.may_be_pregnant()
        self.pregnancy.setVisible(asked)
        self._pregnancy_label.setVisible(asked)

    def _mark(self, card: str) -> None:
        self.head.second.set_text(card)
        for name in _CARD:
            widget = self.widgets[name]
            if isinstance(widget, LineEdit):
                widget.set_mark("card" if card and widget.text() else "", _("Đọc từ thẻ"))

    def _guess_hamlet(self, printed: str) -> None:
        """The one hamlet that the card's address names, as a proposal; the address itself stands beside it."""
        place = clean(printed.split(",")[0])
        named = hamlets_named(printed, (one.name for one in self._hamlets))
        found = [one for one in self._hamlets if one.name in named]
        if len(found) == 1:
            self.hamlet.set_value(found[0].id)
        elif not found and split_hamlet(place, "")[0]:
            self.hamlet.suggest(place)
        if printed:
            self.place_row.set_hint(_("Trên thẻ: {address}").format(address=printed))

    def _household_id(self) -> UUID | None:
        value = self.household.value()
        if isinstance(value, UUID):
            return value
        return self._wanted_household

    def _unknown_ethnic(self) -> str:
        """A code that this version has no word for stays, unless something else was chosen."""
        code = self._base.ethnic_group
        known = any(choice.key == code for choice in self.ethnic.choices())
        return "" if known or self.ethnic.text() else code

    def _unknown_conditions(self) -> frozenset[str]:
        known = {choice.key for choice in self.conditions.choices()}
        return frozenset(code for code in self._base.conditions if code not in known)


def _new_hamlet(name: str) -> str:
    """`Bản mới: Hua Chải`, `Bản mới: Thôn 5`: the kind is not said twice."""
    kind, rest = split_hamlet(name)
    return _("Bản mới: {name}").format(name=rest if kind == "bản" else name)


def _link(text: str, name: str, *, shown: bool = False) -> Button:
    """A quiet button beside a field: Enter passes it by, Tab and the mouse reach it."""
    button = Button(text, "quiet", name=name)
    button.setProperty("aside", True)
    if not shown:
        button.hide()
    return button


def _group(field: LineEdit) -> None:
    """A whole number in groups that are easy to read out."""
    shown = grouped(normal_number(field.text()))
    if " " in shown and shown != field.text():
        field.setText(shown)


def _stack(holder: QWidget, rows: Sequence[QWidget]) -> None:
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    for row in rows:
        column.addWidget(row)
