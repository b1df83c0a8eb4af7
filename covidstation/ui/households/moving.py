"""Out of a household: to another one, out of the commune, out of life; and small corrections of who is what."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from typing import Any
from uuid import UUID

from PySide6.QtWidgets import QGridLayout, QWidget

from covidstation.db.queries.households import HouseholdMember, HouseholdPage
from covidstation.db.queries.places import Hamlet, Household, hamlets, households
from covidstation.domain.problems import Problem
from covidstation.domain.residence import Living
from covidstation.domain.text import TEXT_LIMIT
from covidstation.i18n import _
from covidstation.services.changes import Done
from covidstation.services.households.leaving import DeathDraft, DepartureDraft, record_death, record_departure
from covidstation.services.households.moving import (
    MOST_ORDER,
    MoveDraft,
    Way,
    edit_household,
    move_household,
    move_people,
    set_relation,
    settle_person,
)
from covidstation.ui.desk import Desk
from covidstation.ui.households.arriving import WIDE, living_combo, relation_combo
from covidstation.ui.parts.checks import CheckBox
from covidstation.ui.parts.combos import Combo, FindCombo
from covidstation.ui.parts.edits import DateEdit, LineEdit, NumberEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.popup import Choice
from covidstation.ui.person.dialogs import ActDialog

_NEW = "new"


class Ticks(QWidget):
    """Who of a household: a tick each, two in a row."""

    def __init__(self, members: Sequence[HouseholdMember], chosen: Collection[UUID]) -> None:
        super().__init__()
        self.boxes: dict[UUID, CheckBox] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 4, 0, 8)
        grid.setVerticalSpacing(2)
        for at, one in enumerate(members):
            box = CheckBox("member_tick", one.full_name.replace("&", "&&"))
            box.setChecked(one.id in chosen)
            self.boxes[one.id] = box
            grid.addWidget(box, at // 2, at % 2)

    def chosen(self) -> tuple[UUID, ...]:
        """The ticked ones."""
        return tuple(one for one, box in self.boxes.items() if box.isChecked())


class _OutDialog(ActDialog):
    """What these share: the ticks, the day, and who leads those who stay."""

    def __init__(
        self,
        desk: Desk,
        parent: QWidget,
        title: str,
        rows: Sequence[Field],
        home: HouseholdPage,
        chosen: Collection[UUID],
    ) -> None:
        self.home = home
        self.members = tuple(one for one in home.members if not one.dead)
        self.ticks = Ticks(self.members, chosen)
        self.new_head = Combo("new_head", _("Chủ hộ của người ở lại"), width=WIDE)
        self._lead = Field(_("Chủ hộ ở &lại"), self.new_head)
        super().__init__(desk, parent, title, (*rows, self._lead), self.ticks)
        self.rows_column.insertWidget(2, self.ticks)
        for box in self.ticks.boxes.values():
            box.toggled.connect(lambda _on: self.settle())
        self.settle()

    def about(self) -> str:
        """The household."""
        return self.home.id.hex

    def settle(self) -> None:
        """A head who goes leaves those who stay to somebody, the oldest unless another is chosen."""
        chosen = self.ticks.chosen()
        stay = [one for one in self.members if one.id not in chosen]
        self.new_head.set_choices([(one.id, one.full_name) for one in stay])
        head_goes = any(one.is_head and one.id in chosen for one in self.members)
        lost = self.home.head_id is not None and all(one.id != self.home.head_id for one in self.members)
        self._lead.setVisible(bool(stay) and (head_goes or lost))

    def wrong(self) -> list[Problem]:
        """Nobody ticked."""
        return [] if self.ticks.chosen() else [Problem("", "households.nobody")]

    def who(self) -> dict[str, Any]:
        """Who writes it and when."""
        register = self._desk.register
        return {"by": register.user_id, "by_name": register.user_name, "now": self._desk.now()}


class MoveDialog(_OutDialog):
    """To a household of the commune: an existing one, or one that they found together."""

    def __init__(self, desk: Desk, parent: QWidget, home: HouseholdPage, chosen: Collection[UUID]) -> None:
        today = desk.now().date()
        self.hamlet = Combo("hamlet_id", _("Bản chuyển đến"), width=200)
        self.target = FindCombo("household_id", _("Hộ chuyển đến"), width=WIDE, hint=_("gõ tên chủ hộ"))
        self.head = Combo("head_id", _("Chủ hộ mới"), width=WIDE)
        self.address = LineEdit("address", _("Địa chỉ mới"), width=WIDE, limit=TEXT_LIMIT)
        self.day = DateEdit("day", _("Từ ngày"), today=today)
        self.day.set_day(today)
        self._head_row = Field(_("Chủ hộ &mới"), self.head)
        self._address_row = Field(_("Đị&a chỉ mới"), self.address)
        rows = (
            Field(_("&Bản"), self.hamlet, required=True),
            Field(_("&Hộ đến"), self.target, required=True),
            self._head_row,
            self._address_row,
            Field(_("&Từ ngày"), self.day, required=True),
        )
        title = _("Chuyển người của hộ {head}").format(head=home.head)
        super().__init__(desk, parent, title, rows, home, chosen)
        self.target.set_choices((_new_home(),))
        self.hamlet.picked.connect(lambda _key: self._ask_homes())
        self.target.picked.connect(lambda _key: self.settle())
        desk.ask(self, partial(hamlets, desk.register.db), self._show_hamlets)

    def settle(self) -> None:
        """A new household has a head and an address."""
        super().settle()
        chosen = self.ticks.chosen()
        self.head.set_choices([(one.id, one.full_name) for one in self.members if one.id in chosen])
        founded = self.target.value() == _NEW
        self._head_row.setVisible(founded and len(chosen) > 1)
        self._address_row.setVisible(founded)

    def wrong(self) -> list[Problem]:
        """No place to go to, no day."""
        found = super().wrong()
        if self.target.value() is None:
            found.append(Problem("household_id", "households.target_missing"))
        if self.day.day() is None:
            found.append(Problem("day", "forms.bad_date" if self.day.bad() else "households.day_missing"))
        return found

    def act(self) -> Callable[[], Done[Any]]:
        """Move them."""
        target = self.target.value()
        draft = MoveDraft(
            people=self.ticks.chosen(),
            household_id=target if isinstance(target, UUID) else None,
            hamlet_id=self.hamlet.value(),
            address=self.address.value(),
            head_id=self.head.value(),
            new_head=self.new_head.value(),
            day=self.day.day(),
        )
        return partial(move_people, self._desk.register.db, draft, **self.who())

    def _show_hamlets(self, found: Sequence[Hamlet]) -> None:
        self.hamlet.set_choices([(one.id, one.title) for one in found])
        self.hamlet.set_value(self.home.hamlet_id)
        self._ask_homes()

    def _ask_homes(self) -> None:
        hamlet = self.hamlet.value()
        if isinstance(hamlet, UUID):
            self._desk.ask(self, partial(households, self._desk.register.db, hamlet), self._show_homes)

    def _show_homes(self, found: Sequence[Household]) -> None:
        others = [one for one in found if one.id != self.home.id and one.people]
        words = _("{n} người")
        known = [Choice(one.id, one.head or _("chưa ghi chủ hộ"), words.format(n=one.people)) for one in others]
        self.target.set_choices((_new_home(), *known))
        self.settle()


def _new_home() -> Choice:
    return Choice(_NEW, _("Hộ mới"), _("tách hộ, hoặc cả nhà ra ở riêng"))


class LeaveDialog(_OutDialog):
    """Out of the commune."""

    def __init__(self, desk: Desk, parent: QWidget, home: HouseholdPage, chosen: Collection[UUID]) -> None:
        today = desk.now().date()
        self.day = DateEdit("day", _("Ngày đi"), today=today)
        self.day.set_day(today)
        self.place = LineEdit("place", _("Đi đâu"), width=WIDE, limit=TEXT_LIMIT, hint=_("xã, tỉnh"))
        rows = (Field(_("&Ngày đi"), self.day, required=True), Field(_("Đi đâ&u"), self.place))
        title = _("Người của hộ {head} chuyển khỏi xã").format(head=home.head)
        super().__init__(desk, parent, title, rows, home, chosen)

    def wrong(self) -> list[Problem]:
        """No day."""
        found = super().wrong()
        if self.day.day() is None:
            found.append(Problem("day", "forms.bad_date" if self.day.bad() else "households.day_missing"))
        return found

    def act(self) -> Callable[[], Done[Any]]:
        """They have left."""
        draft = DepartureDraft(
            people=self.ticks.chosen(), day=self.day.day(), place=self.place.value(), new_head=self.new_head.value()
        )
        return partial(record_departure, self._desk.register.db, draft, **self.who())


class DeathDialog(ActDialog):
    """A death that no illness of the register ended in."""

    def __init__(self, desk: Desk, parent: QWidget, home: HouseholdPage, one: HouseholdMember) -> None:
        today = desk.now().date()
        self._one = one
        self.day = DateEdit("day", _("Ngày mất"), today=today)
        self.place = LineEdit("place", _("Mất ở đâu"), width=WIDE, limit=TEXT_LIMIT, hint=_("tại nhà, bệnh viện"))
        self.note = LineEdit("note", _("Nguyên nhân"), width=WIDE, limit=TEXT_LIMIT, hint=_("gia đình nói gì"))
        stay = [member for member in home.members if member.id != one.id and not member.dead]
        self.new_head = Combo("new_head", _("Chủ hộ mới"), [(key.id, key.full_name) for key in stay], width=WIDE)
        rows = [
            Field(_("&Ngày mất"), self.day, required=True),
            Field(_("&Mất ở đâu"), self.place),
            Field(_("Ngu&yên nhân"), self.note),
        ]
        if one.is_head and stay:
            rows.append(Field(_("Chủ &hộ mới"), self.new_head))
        super().__init__(desk, parent, _("Ghi {name} đã mất").format(name=one.full_name), rows, self.day)

    def about(self) -> str:
        """The person."""
        return self._one.id.hex

    def wrong(self) -> list[Problem]:
        """No day."""
        return [Problem("day", "forms.bad_date")] if self.day.bad() else []

    def act(self) -> Callable[[], Done[Any]]:
        """Write it."""
        desk = self._desk
        draft = DeathDraft(
            person_id=self._one.id,
            day=self.day.day(),
            place=self.place.value(),
            note=self.note.value(),
            new_head=self.new_head.value(),
        )
        register = desk.register
        return partial(
            record_death, register.db, draft, by=register.user_id, by_name=register.user_name, now=desk.now()
        )


class MemberDialog(ActDialog):
    """What a member is to the head, or (for one of them) since when they live there for good or for a time."""

    def __init__(self, desk: Desk, parent: QWidget, one: HouseholdMember) -> None:
        self._one = one
        self.relation = relation_combo(_("Quan hệ với chủ hộ"), one.relation)
        rows = (Field(_("&Quan hệ"), self.relation),)
        super().__init__(desk, parent, _("{name} là gì của chủ hộ").format(name=one.full_name), rows, self.relation)

    def about(self) -> str:
        """The person."""
        return self._one.id.hex

    def act(self) -> Callable[[], Done[Any]]:
        """Write it."""
        desk = self._desk
        by, now = desk.register.user_id, desk.now()
        return partial(set_relation, desk.register.db, self._one.id, self.relation.value(), by=by, now=now)


class SettleDialog(ActDialog):
    """From a stay for a time to one for good, or back."""

    def __init__(self, desk: Desk, parent: QWidget, one: HouseholdMember) -> None:
        today = desk.now().date()
        self._one = one
        self.living = living_combo()
        self.living.set_value(Living.PERMANENT if one.living == Living.TEMPORARY else Living.TEMPORARY)
        self.day = DateEdit("day", _("Từ ngày"), today=today)
        self.day.set_day(today)
        rows = (Field(_("Cư t&rú"), self.living), Field(_("&Từ ngày"), self.day, required=True))
        title = _("{name}: thường trú hay tạm trú").format(name=one.full_name)
        super().__init__(desk, parent, title, rows, self.living)

    def about(self) -> str:
        """The person."""
        return self._one.id.hex

    def wrong(self) -> list[Problem]:
        """No day."""
        return [Problem("day", "forms.bad_date")] if self.day.bad() else []

    def act(self) -> Callable[[], Done[Any]]:
        """Write it."""
        desk, living = self._desk, self.living.value()
        register = desk.register
        who: dict[str, Any] = {"by": register.user_id, "by_name": register.user_name, "now": desk.now()}
        return partial(settle_person, register.db, self._one.id, living, day=self.day.day(), **who)


class HomeDialog(ActDialog):
    """The household itself: its head, its address; another hamlet takes all of them there from a day on."""

    def __init__(self, desk: Desk, parent: QWidget, home: HouseholdPage) -> None:
        today = desk.now().date()
        self._home = home
        members = [one for one in home.members if not one.dead]
        choices: list[tuple[UUID | None, str]] = [(one.id, one.full_name) for one in members]
        if all(one.id != home.head_id for one in members):
            choices.insert(0, (None, _("chưa chọn")))
        self.head = Combo("head_id", _("Chủ hộ"), choices, width=WIDE)
        self.head.set_value(home.head_id)
        self.address = LineEdit("address", _("Địa chỉ"), width=WIDE, limit=TEXT_LIMIT)
        self.address.set_value(home.address)
        self.order = NumberEdit("walk_order", _("Số trên đường đi"), low=1, high=MOST_ORDER)
        self.order.set_number(home.walk_order)
        self.trip = LineEdit("trip", _("Đường đi, cụm nhà"), width=WIDE, limit=TEXT_LIMIT, hint=_("ví dụ Khe suối"))
        self.trip.set_value(home.trip)
        self.hamlet = Combo("hamlet_id", _("Bản"), width=200)
        self.day = DateEdit("day", _("Cả hộ chuyển từ ngày"), today=today)
        self._day_row = Field(_("&Từ ngày"), self.day, required=True)
        rows = (
            Field(_("&Chủ hộ"), self.head),
            Field(_("Đị&a chỉ"), self.address),
            Field(_("&Số đường đi"), self.order),
            Field(_("Đường đi, cụ&m"), self.trip),
            Field(_("&Bản"), self.hamlet),
            self._day_row,
        )
        super().__init__(desk, parent, _("Sửa hộ {head}").format(head=home.head), rows, self.head)
        self.hamlet.picked.connect(lambda _key: self._settle())
        self._settle()
        desk.ask(self, partial(hamlets, desk.register.db), self._show_hamlets)

    def about(self) -> str:
        """The household."""
        return self._home.id.hex

    def wrong(self) -> list[Problem]:
        """A date or a number that is none."""
        found = [Problem("day", "forms.bad_date")] if self.day.bad() else []
        if self.order.bad():
            found.append(Problem("walk_order", "reviews.order_range", {"most": str(MOST_ORDER)}))
        return found

    def act(self) -> Callable[[], Done[Any]]:
        """Correct it, or move all of it."""
        desk, home = self._desk, self._home
        register = desk.register
        address, head, hamlet = self.address.value(), self.head.value(), self.hamlet.value()
        by, now = register.user_id, desk.now()
        if not self._moves():
            way = Way(int(number) if (number := self.order.number()) is not None else None, self.trip.value())
            return partial(edit_household, register.db, home.id, address=address, head_id=head, way=way, by=by, now=now)
        who: dict[str, Any] = {"by": by, "by_name": register.user_name, "now": now}
        return partial(move_household, register.db, home.id, hamlet, address, day=self.day.day(), **who)

    def _moves(self) -> bool:
        return isinstance(self.hamlet.value(), UUID) and self.hamlet.value() != self._home.hamlet_id

    def _settle(self) -> None:
        moves = self._moves()
        self._day_row.setVisible(moves)
        for field in (self.head, self.order, self.trip):
            field.setEnabled(not moves)  # one thing at a time: these change before or after the move

    def _show_hamlets(self, found: Sequence[Hamlet]) -> None:
        known: list[tuple[UUID | None, str]] = [(one.id, one.title) for one in found]
        if self._home.hamlet_id is None:
            known.insert(0, (None, _("chưa rõ")))
        self.hamlet.set_choices(known)
        self.hamlet.set_value(self._home.hamlet_id)
        self._settle()
