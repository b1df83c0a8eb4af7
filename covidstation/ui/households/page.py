"""Hộ, địa bàn: all households of the commune, filtered and sorted; Enter opens one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from covidstation.db.queries.households import (
    HouseholdFilter,
    HouseholdLine,
    HouseholdList,
    HouseholdSort,
    HouseholdView,
    count_households,
    list_households,
)
from covidstation.db.queries.population import population_on
from covidstation.db.queries.reviews import trips
from covidstation.domain.age_groups import AgeGroups, age_groups_on
from covidstation.domain.citizen import grouped
from covidstation.i18n import _, ngettext
from covidstation.services.changes import Kind
from covidstation.ui.area import AreaBox
from covidstation.ui.desk import Desk
from covidstation.ui.households.arriving import ArrivalDialog
from covidstation.ui.households.population import PopulationDialog
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.segments import Segments
from covidstation.ui.parts.table import Table
from covidstation.ui.person.acts import run_dialog
from covidstation.ui.register_page import RegisterPage, filter_bar


class HouseholdsPage(RegisterPage[HouseholdLine]):
    """The book of households."""

    kinds = frozenset((Kind.PEOPLE, Kind.PLACES, Kind.EPISODES))

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "households", _("Hộ, địa bàn"), HouseholdSort.HAMLET)
        self.model = RecordModel(desk.tasks, household_columns(self._ages), self)
        self.table = Table("households_table", _("Danh sách hộ"), self.model)
        titles = (
            (HouseholdView.LIVED_IN, _("Đang có người ở")),
            (HouseholdView.ALONE, _("Ở một mình")),
            (HouseholdView.ELDERS, _("Chỉ người cao tuổi")),
            (HouseholdView.NO_HEAD, _("Chưa có chủ hộ")),
            (HouseholdView.EMPTY, _("Không còn ai")),
        )
        self.views = Segments("household_filter", _("Lọc hộ"), [(key.value, words) for key, words in titles])
        self.hamlet = Combo("household_hamlet", _("Lọc theo bản"), [(None, _("Mọi bản"))], width=124)
        hint = _("Tên người")
        self.typed = LineEdit("household_text", _("Lọc theo tên người trong hộ"), width=128, hint=hint, limit=100)
        self.people = Button(_("&Nhân khẩu"), "quiet", icon="people", name="show_population")
        self.add_one = Button(_("Thêm hộ"), icon="plus", keys="Ctrl+Shift+N", name="add_home")
        first = Button(_("Thêm hộ"), icon="plus", name="first_home")
        later = _("Các hộ của xã sẽ ở đây: ai ở hộ nào, ai mới sinh, mới đến, đã đi. Hộ của F0 đã có sẵn.")
        self.mine = AreaBox(desk, self, self.reload)
        self.trip = Combo("household_trip", _("Lọc theo đường đi"), [("", _("Mọi đường đi"))], width=132)
        self.review = Button(_("&Rà từng nhà"), "quiet", icon="check", name="to_reviews")
        self.put_together(
            filter_bar(self.views, self.hamlet, self.trip, self.typed),
            none_yet=EmptyPage("home", _("Chưa có hộ nào trong sổ"), later, first),
        )
        self.set_head_actions(self.mine, self.review, self.people, self.add_one)
        self.trip.picked.connect(lambda _key: self.reload())
        self.review.clicked.connect(lambda: desk.want_page.emit("reviews"))
        self.views.chosen.connect(lambda _key: self.reload())
        self.people.clicked.connect(self._show_population)
        for button in (self.add_one, first):
            button.clicked.connect(self._found)

    def open_line(self, line: HouseholdLine) -> None:
        """The household, not its head."""
        self._desk.want_household.emit(line.id)

    def load(self) -> None:
        """Whose area it is and which ways there are first, then the list."""
        self._desk.ask(self, partial(trips, self._desk.register.db), self._show_trips)
        self.mine.ask(super().load)

    def _show_trips(self, found: Sequence[str]) -> None:
        self.trip.set_choices([("", _("Mọi đường đi")), *((one, one) for one in found)])

    def listing(self) -> Callable[[], HouseholdList]:
        """The households that are wanted now."""
        return partial(
            list_households,
            self._desk.register.db,
            HouseholdFilter(
                HouseholdView(self.views.value()),
                self.hamlet.value(),
                self.typed.value(),
                self.mine.area.filter,
                self.trip.value() or "",
            ),
            day=self._desk.now().date(),
            ages=self._ages(),
            sort=HouseholdSort(self._sort),
            descending=self._descending,
        )

    def counts(self) -> Callable[[], tuple[dict[HouseholdView, int], int]]:
        """How many households are in which view, and how many people the station manages."""
        db, today = self._desk.register.db, self._desk.now().date()
        ages = self._ages()
        return lambda: (count_households(db, day=today, ages=ages), population_on(db, today, by_hamlet=False).total)

    def _ages(self) -> AgeGroups:
        return age_groups_on(self._desk.catalog.age_groups, self._desk.now().date())

    def show_counts(self, found: tuple[dict[HouseholdView, int], int]) -> None:
        """Into the views and the title."""
        counts, people = found
        for view, count in counts.items():
            self.views.set_count(view.value, count)
        homes = counts[HouseholdView.LIVED_IN]
        words = _("{homes} hộ · {people} nhân khẩu quản lý")
        self.set_title(_("Hộ, địa bàn"), words.format(homes=homes, people=people))
        self.settle(homes + counts[HouseholdView.EMPTY])

    def show_part(self, part: str) -> None:
        """`population` opens the managed population."""
        if part == "population":
            self._show_population()

    def _show_population(self) -> None:
        dialog = PopulationDialog(self._desk, self)
        dialog.exec()
        dialog.deleteLater()

    def _found(self) -> None:
        dialog = ArrivalDialog(self._desk, self, None, hamlet_id=self.hamlet.value())
        dialog.arrived.connect(self._desk.want_household)
        run_dialog(self._desk, dialog, _("Đã thêm hộ"))


def household_columns(ages: Callable[[], AgeGroups]) -> tuple[Column[HouseholdLine], ...]:
    """The head first; who needs looking after beside the number of people."""
    return (
        Column("head", _("Chủ hộ"), _head, 220, sort=HouseholdSort.HEAD.value),
        Column("hamlet", _("Bản"), lambda line: Cell(line.hamlet), 130, sort=HouseholdSort.HAMLET.value),
        Column("people", _("Người"), lambda line: Cell(f"{line.people}"), 64, "right", sort=HouseholdSort.PEOPLE.value),
        Column("who", _("Trong đó"), lambda line: _who(line, ages()), 310),
        Column("phone", _("Điện thoại"), lambda line: Cell(grouped(line.phone), ink="muted"), 120),
        Column("walk", _("Đường đi"), _walk, 110, sort=HouseholdSort.WALK.value),
        Column("address", _("Địa chỉ"), lambda line: Cell(line.address, ink="muted"), sort=HouseholdSort.ADDRESS.value),
    )


def _head(line: HouseholdLine) -> Cell:
    return Cell(line.head, "name") if line.head else Cell(_("chưa ghi chủ hộ"), "hint_strong", "warn", icon="alert")


def _walk(line: HouseholdLine) -> Cell:
    """Its number on the way, and the way."""
    return Cell(
        f"{line.walk_order}" if line.walk_order is not None else line.trip,
        ink="muted",
        small=line.trip if line.walk_order is not None else "",
    )


def _who(line: HouseholdLine, ages: AgeGroups) -> Cell:
    """F0 first, in danger's colour, then elders, small children, those who stay for a time."""
    told: list[Any] = [
        ngettext("{n} trẻ dưới {age} tuổi", "{n} trẻ dưới {age} tuổi", line.children).format(
            n=line.children, age=ages.child_below
        )
        if line.children
        else "",
        _("{n} từ {age} tuổi").format(n=line.elders, age=ages.elder_from) if line.elders else "",
        _("{n} tạm trú").format(n=line.temporary) if line.temporary else "",
    ]
    words = " · ".join(filter(None, told))
    if line.cases:
        return Cell(_("{n} F0").format(n=line.cases), "hint_strong", "danger", icon="alert", small=words)
    return Cell(words, "hint", "muted")
