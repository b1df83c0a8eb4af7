"""Into a household: somebody who comes or has lived there all along, a newborn; a household founded by its head."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, cast
from uuid import UUID

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from covidstation.db.queries.households import HouseholdMember, HouseholdPage
from covidstation.db.queries.places import Hamlet, hamlets
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.problems import Problem
from covidstation.domain.residence import Living, Relation
from covidstation.domain.text import TEXT_LIMIT
from covidstation.i18n import _
from covidstation.services.changes import Done
from covidstation.services.households.coming import ArrivalDraft, Arrived, BirthDraft, record_arrival, record_birth
from covidstation.ui.contacts.choosers import PersonCombo
from covidstation.ui.desk import Desk
from covidstation.ui.households.words import LIVINGS, RELATIONS
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import BirthEdit, DateEdit, LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.person.dialogs import ActDialog

WIDE = 320
_ALL_ALONG, _CAME = "all_along", "came"


def relation_combo(title: str, chosen: Relation = Relation.UNKNOWN) -> Combo:
    """What somebody is to the head."""
    combo = Combo("relation", title, [(key, _(words)) for key, words in RELATIONS.items()], width=200)
    combo.set_value(chosen)
    return combo


def living_combo() -> Combo:
    """Permanent or for a time."""
    kinds = (Living.PERMANENT, Living.TEMPORARY)
    return Combo("living", _("Cư trú"), [(kind, _(LIVINGS[kind])) for kind in kinds], width=140)


def sex_combo() -> Combo:
    """Male, female, another, not said."""
    sexes = [(Sex.UNKNOWN, ""), (Sex.MALE, _("Nam")), (Sex.FEMALE, _("Nữ")), (Sex.OTHER, _("Khác"))]
    return Combo("sex", _("Giới"), sexes, width=88)


class ArrivalDialog(ActDialog):
    """A person for that household; without one, the head of a new household in a hamlet."""

    arrived = Signal(object)  # UUID of the household

    def __init__(
        self, desk: Desk, parent: QWidget, home: HouseholdPage | None, *, hamlet_id: UUID | None = None
    ) -> None:
        self._home, self._hamlet_id = home, hamlet_id
        self._make_fields(desk)
        title = _("Thêm hộ") if home is None else _("Thêm người vào hộ {head}").format(head=home.head)
        super().__init__(desk, parent, title, self._rows_of(), self.who)
        self.who.picked.connect(lambda _key: self._settle())
        self.since.picked.connect(lambda _key: self._settle())
        self._settle()
        if home is None:
            desk.ask(self, partial(hamlets, desk.register.db), self._show_hamlets)

    def about(self) -> str:
        """The household, or a new one."""
        return self._home.id.hex if self._home else "new"

    def wrong(self) -> list[Problem]:
        """Nobody named, a date that is none, no hamlet."""
        found = []
        if self.who.person_id() is None and not self.who.new_name():
            found.append(Problem("who", "households.who_missing"))
        if self.birth.bad():
            found.append(Problem("birth", "forms.bad_date"))
        if self.since.value() == _CAME and self.day.day() is None:
            found.append(Problem("day", "forms.bad_date" if self.day.bad() else "households.day_missing"))
        if self._home is None and self.hamlet.value() is None:
            found.append(Problem("hamlet_id", "households.hamlet_missing"))
        return found

    def field_of(self, problem: Problem) -> str:
        """The name is typed where a known person is looked for."""
        return "who" if problem.field == "full_name" else problem.field

    def act(self) -> Callable[[], Done[Any]]:
        """Enter it."""
        desk, person_id = self._desk, self.who.person_id()
        draft = ArrivalDraft(
            household_id=self._home.id if self._home else None,
            hamlet_id=self.hamlet.value(),
            address=self.address.value(),
            person_id=person_id,
            person=self._person() if person_id is None else PersonDraft(),
            living=self.living.value(),
            relation=self.relation.value(),
            day=self.day.day() if self.since.value() == _CAME else None,
            place=self.place.value() if self.since.value() == _CAME else "",
        )
        return partial(
            record_arrival,
            desk.register.db,
            draft,
            catalog=desk.catalog,
            by=desk.register.user_id,
            by_name=desk.register.user_name,
            now=desk.now(),
        )

    def done_with(self, value: object) -> None:
        """Say which household it is."""
        super().done_with(value)
        self.arrived.emit(cast(Arrived, value).household_id)

    def _person(self) -> PersonDraft:
        return PersonDraft(
            full_name=self.who.new_name(),
            birth=self.birth.birth(),
            sex=self.sex.value(),
            citizen_number=self.citizen.value(),
            phone=self.phone.value(),
        )

    def _make_fields(self, desk: Desk) -> None:
        today = desk.now().date()
        hint = _("Gõ tên: người đã có, hoặc người mới")
        self.who = PersonCombo(desk, "who", _("Họ và tên"), width=WIDE, hint=hint)
        self.birth = BirthEdit("birth", _("Ngày sinh"), today=today)
        self.sex = sex_combo()
        self.citizen = LineEdit("citizen_number", _("Số căn cước"), width=168, limit=40)
        self.phone = LineEdit("phone", _("Điện thoại"), width=144, limit=40)
        self.relation = relation_combo(_("Quan hệ với chủ hộ"))
        self.living = living_combo()
        self.hamlet = Combo("hamlet_id", _("Bản"), [(None, _("chọn bản"))], width=200)
        self.address = LineEdit("address", _("Địa chỉ"), width=WIDE, limit=TEXT_LIMIT, hint=_("số nhà, xóm, cạnh đâu"))
        ways = [(_ALL_ALONG, _("đã ở đây từ trước")), (_CAME, _("mới đến từ ngày"))]
        self.since = Combo("since", _("Ở từ bao giờ"), ways, width=180)
        self.day = DateEdit("day", _("Ngày đến"), today=today)
        self.day.set_day(today)
        self.place = LineEdit("place", _("Từ đâu đến"), width=WIDE, limit=TEXT_LIMIT, hint=_("xã, tỉnh"))

    def _rows_of(self) -> Sequence[Field]:
        rows = [
            Field(_("&Họ và tên"), self.who, required=True),
            Field(_("N&gày sinh"), self.birth).beside(self.sex, _("Giớ&i")),
            Field(_("&Căn cước"), self.citizen).beside(self.phone, _("Điện &thoại")),
        ]
        if self._home is None:
            rows += [Field(_("&Bản"), self.hamlet, required=True), Field(_("Đị&a chỉ"), self.address)]
        else:
            rows.append(Field(_("&Quan hệ"), self.relation))
        return [
            *rows,
            Field(_("Cư t&rú"), self.living),
            Field(_("Ở từ &bao giờ") if self._home else _("Ở từ ba&o giờ"), self.since).beside(self.day),
            Field(_("Từ đâ&u đến"), self.place),
        ]

    def _settle(self) -> None:
        """A known person has their birth and numbers; who has lived there all along came from nowhere."""
        known = self.who.person_id() is not None
        for widget in (self.birth, self.sex, self.citizen, self.phone):
            widget.setEnabled(not known)
        came = self.since.value() == _CAME
        self.day.setEnabled(came)
        self.place.setEnabled(came)

    def _show_hamlets(self, found: Sequence[Hamlet]) -> None:
        self.hamlet.set_choices([(None, _("chọn bản")), *((one.id, one.title) for one in found)])
        self.hamlet.set_value(self._hamlet_id)


class BirthDialog(ActDialog):
    """A newborn of a household."""

    def __init__(self, desk: Desk, parent: QWidget, home: HouseholdPage) -> None:
        today = desk.now().date()
        self._home = home
        mothers = [one for one in home.members if one.sex is Sex.FEMALE and not one.dead]
        fathers = [one for one in home.members if one.sex is Sex.MALE and not one.dead]
        self.name = LineEdit("full_name", _("Họ và tên bé"), width=WIDE)
        self.sex = sex_combo()
        self.day = DateEdit("birth", _("Ngày sinh"), today=today)
        self.mother = _parent_combo("mother_name", _("Mẹ"), mothers)
        self.father = _parent_combo("father_name", _("Bố"), fathers)
        self.relation = relation_combo(_("Quan hệ với chủ hộ"), Relation.CHILD)
        self.place = LineEdit("place", _("Nơi sinh"), width=WIDE, limit=TEXT_LIMIT, hint=_("trạm, bệnh viện, tại nhà"))
        rows = (
            Field(_("&Họ và tên bé"), self.name, required=True),
            Field(_("&Ngày sinh"), self.day, required=True).beside(self.sex, _("Giớ&i")),
            Field(_("&Mẹ"), self.mother),
            Field(_("&Bố"), self.father),
            Field(_("&Quan hệ"), self.relation),
            Field(_("Nơi &sinh"), self.place),
        )
        super().__init__(desk, parent, _("Bé mới sinh của hộ {head}").format(head=home.head), rows, self.name)

    def about(self) -> str:
        """The household."""
        return self._home.id.hex

    def wrong(self) -> list[Problem]:
        """A birth without its day."""
        return [] if self.day.day() else [Problem("birth", "households.birth_day")]

    def field_of(self, problem: Problem) -> str:
        """The day of the birth is the day of the change."""
        return "birth" if problem.field == "day" else problem.field

    def act(self) -> Callable[[], Done[Any]]:
        """Enter the child."""
        desk, day = self._desk, self.day.day()
        person = PersonDraft(
            full_name=self.name.value(),
            birth=PartialDate.of(day) if day else None,
            sex=self.sex.value(),
            mother_name=self.mother.value(),
            father_name=self.father.value(),
        )
        draft = BirthDraft(
            household_id=self._home.id, person=person, relation=self.relation.value(), place=self.place.value()
        )
        return partial(
            record_birth,
            desk.register.db,
            draft,
            catalog=desk.catalog,
            by=desk.register.user_id,
            by_name=desk.register.user_name,
            now=desk.now(),
        )


def _parent_combo(name: str, title: str, members: Sequence[HouseholdMember]) -> Combo:
    return Combo(name, title, [("", _("không ghi")), *((one.full_name, one.full_name) for one in members)], width=WIDE)
