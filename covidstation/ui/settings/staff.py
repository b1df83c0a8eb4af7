"""Nhân lực: who is in charge of which hamlet, from when until when."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.places import Hamlet, hamlets
from covidstation.db.queries.staff import DutyLine, all_duties
from covidstation.db.queries.station import get_setting
from covidstation.db.queries.users import KnownUser, known_users
from covidstation.domain.areas import Part, part_words
from covidstation.domain.citizen import grouped
from covidstation.domain.duties import DutyRole, Team
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.domain.text import NAME_LIMIT
from covidstation.i18n import N_, _, date_text
from covidstation.services.changes import Done
from covidstation.services.papers.handouts import staff_list_pdf
from covidstation.services.staff import (
    LONGEST_NAME,
    LONGEST_TITLE,
    MOST_HOUSES,
    DutyDraft,
    add_duty,
    edit_duty,
    end_duty,
)
from covidstation.ui.case_words import said
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.papers.handing import hand_out
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.parts.edits import DateEdit, LineEdit, NumberEdit
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.records import Cell, Column, RecordModel
from covidstation.ui.parts.rows import SectionHead
from covidstation.ui.parts.table import Table
from covidstation.ui.person.dialogs import ActDialog
from covidstation.ui.settings.section import Section

ROLES: Final[Mapping[DutyRole, str]] = {
    DutyRole.UNSAID: "",
    DutyRole.STATION: N_("cán bộ trạm"),
    DutyRole.VILLAGE: N_("y tế thôn bản"),
    DutyRole.HAMLET_HEAD: N_("trưởng thôn, bản"),
    DutyRole.COVID_TEAM: N_("tổ COVID cộng đồng"),
    DutyRole.REINFORCEMENT: N_("người tăng cường"),
}
TEAMS: Final[Mapping[Team, str]] = {
    Team.NONE: "",
    Team.MOBILE_STATION: N_("trạm y tế lưu động"),
    Team.CARE_TEAM: N_("tổ chăm sóc F0 tại nhà"),
    Team.RAPID_RESPONSE: N_("đội đáp ứng nhanh"),
}


class DutyDialog(ActDialog):
    """A new duty, or a correction of one."""

    needs = Right.MANAGE

    def __init__(
        self,
        desk: Desk,
        parent: QWidget,
        places: Sequence[Hamlet],
        held: DutyLine | None,
        users: Sequence[KnownUser] = (),
    ) -> None:
        today = desk.now().date()
        name = LineEdit("name", _("Họ và tên"), width=260, limit=LONGEST_NAME)
        title = LineEdit("title", _("Chức danh"), width=260, limit=LONGEST_TITLE, hint=_("ví dụ Y tế thôn bản"))
        phone = LineEdit("phone", _("Điện thoại"), width=160, limit=40)
        choices: list[tuple[UUID | None, str]] = [(None, _("cả xã")), *((one.id, one.title) for one in places)]
        hamlet = Combo("hamlet_id", _("Phụ trách"), choices, width=260)
        self.trip = LineEdit("trip", _("Đường đi, cụm nhà"), width=160, limit=NAME_LIMIT, hint=_("cả bản"))
        self.low = NumberEdit("first_house", _("Từ nhà số"), low=1, high=MOST_HOUSES, width=64)
        self.high = NumberEdit("last_house", _("Đến nhà số"), low=1, high=MOST_HOUSES, width=64)
        first = DateEdit("valid_from", _("Từ ngày"), today=today)
        last = DateEdit("valid_until", _("Đến hết ngày"), today=today)
        roles = Combo(
            "role", _("Là ai"), [(key, said(words) or _("chưa ghi")) for key, words in ROLES.items()], width=260
        )
        teams = Combo(
            "team", _("Tổ, đội"), [(key, said(words) or _("không")) for key, words in TEAMS.items()], width=260
        )
        known: list[tuple[UUID | None, str]] = [(None, _("theo họ tên"))]
        known += [(one.id, one.name) for one in users if one.disabled_on is None]
        self.user = Combo("user_id", _("Mở khoá với tên"), known, width=260)
        part = Field(_("Chỉ đườ&ng đi"), self.trip).beside(self.low, _("nhà số"), name="first_house")
        rows = (
            Field(_("&Họ và tên"), name, required=True),
            Field(_("&Mở khoá là"), self.user),
            Field(_("&Là ai"), roles),
            Field(_("&Chức danh"), title),
            Field(_("Đ&iện thoại"), phone),
            Field(_("&Phụ trách"), hamlet),
            part.beside(self.high, _("đến")),
            Field(_("Th&uộc tổ, đội"), teams),
            Field(_("&Từ ngày"), first),
            Field(_("Đến hết n&gày"), last),
        )
        rows[-1].set_hint(_("để trống: chưa thôi phụ trách"))
        super().__init__(desk, parent, _("Sửa phân công") if held else _("Thêm người phụ trách"), rows, name)
        self._held = held
        self.name, self.post, self.phone, self.hamlet, self.first, self.last = name, title, phone, hamlet, first, last
        self.role, self.team = roles, teams
        if held is None:
            first.set_day(today)
        else:
            self._fill(held)

    def _fill(self, held: DutyLine) -> None:
        self.name.set_value(held.name)
        self.post.set_value(held.title)
        self.phone.set_value(held.phone)
        self.hamlet.set_value(held.hamlet_id)
        self.trip.set_value(held.part.trip)
        self.low.set_number(held.part.first)
        self.high.set_number(held.part.last)
        self.first.set_day(held.valid_from)
        self.last.set_day(held.valid_until)
        self.role.set_value(held.role)
        self.team.set_value(held.team)
        self.user.set_value(held.user_id)

    def about(self) -> str:
        """The duty, or a new one."""
        return self._held.id.hex if self._held else "new"

    def wrong(self) -> list[Problem]:
        """Dates that are none."""
        edits = (("valid_from", self.first), ("valid_until", self.last))
        found = [Problem(field, "forms.bad_date") for field, edit in edits if edit.bad()]
        if self.low.bad() or self.high.bad():
            found.append(Problem("first_house", "staff.house_number", {"most": f"{MOST_HOUSES}"}))
        return found

    def act(self) -> Callable[[], Done[Any]]:
        """Write it."""
        desk = self._desk
        draft = DutyDraft(
            name=self.name.value(),
            title=self.post.value(),
            phone=self.phone.value(),
            hamlet_id=self.hamlet.value(),
            valid_from=self.first.day(),
            valid_until=self.last.day(),
            role=self.role.value(),
            team=self.team.value(),
            user_id=self.user.value(),
            part=Part(self.trip.value(), _whole(self.low), _whole(self.high)),
        )
        who: dict[str, Any] = {"catalog": desk.catalog, "by": desk.register.user_id, "now": desk.now()}
        if self._held is None:
            return partial(add_duty, desk.register.db, draft, **who)
        return partial(edit_duty, desk.register.db, self._held.id, draft, **who)


class StaffSection(Section):
    """The table of duties: Enter corrects, "Thôi phụ trách" gives one its last day; ended ones stay."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk, "staff", _("Nhân lực"))
        self.column.setContentsMargins(0, 4, 0, 0)
        self._places: tuple[Hamlet, ...] = ()
        self._duties: tuple[DutyLine, ...] = ()
        self._users: tuple[KnownUser, ...] = ()
        self.day = DateEdit("duty_day", _("Ai phụ trách ngày"), today=desk.now().date())
        self.day.set_day(desk.now().date())
        self.day.value_changed.connect(lambda _day: self._show((self._duties, self._places)))
        self._model: RecordModel[DutyLine] = RecordModel(desk.tasks, _columns(self._asked_day), self)
        self.table = Table("duties", _("Phân công phụ trách"), self._model)
        self.add = Button(_("T&hêm người"), icon="plus", name="add_duty")
        self.paper = Button(_("In &danh sách"), icon="printer", name="print_duties")
        self.paper.clicked.connect(self._print)
        self.end = Button(_("Thô&i phụ trách"), name="end_duty")
        self.add.clicked.connect(lambda: self._edit(None))
        self.end.clicked.connect(self._end)
        self.table.opened.connect(self._edit)
        self.table.current_changed.connect(lambda _line: self._say())
        words = _("đếm vào báo cáo ngày; Enter để sửa")
        head = SectionHead(_("Phân công phụ trách"), words, self.day, self.paper, self.end, self.add)
        head.setFixedHeight(48)
        head.setContentsMargins(metrics.MARGIN, 0, metrics.MARGIN, 0)
        later = _("Thêm người của trạm, y tế thôn bản, tổ COVID cộng đồng với thôn, bản họ phụ trách.")
        self._none = EmptyPage("people", _("Chưa phân công ai"), later)
        self.column.addWidget(head)
        self.column.addWidget(self.table, 1)
        self.column.addWidget(self._none, 1)
        self._none.hide()

    def fills(self) -> bool:
        """The table scrolls itself."""
        return True

    def load(self) -> None:
        """The duties and the hamlets."""
        db = self.desk.register.db
        self.desk.ask(self, lambda: (all_duties(db), tuple(hamlets(db))), self._show)
        self.desk.ask(self, lambda: tuple(known_users(db)), self._know)

    def _know(self, users: tuple[KnownUser, ...]) -> None:
        """Who can unlock the register: a duty may be one of theirs."""
        self._users = users

    def _show(self, found: tuple[tuple[DutyLine, ...], tuple[Hamlet, ...]]) -> None:
        self._duties, self._places = found
        day = self._asked_day()
        running = [line for line in self._duties if line.runs_on(day)]
        self._model.set_records([*running, *(line for line in self._duties if not line.runs_on(day))])
        self.table.setVisible(bool(self._duties))
        self._none.setVisible(not self._duties)
        self.paper.setEnabled(bool(running))
        self._say()

    def _asked_day(self) -> date:
        """The day whose duties stand first: today, unless another is asked for."""
        return self.day.day() or self.desk.now().date()

    def _say(self) -> None:
        held = self.table.current_record()
        self.end.setEnabled(held is not None and held.runs_on(self.desk.now().date()))

    def _edit(self, held: DutyLine | None) -> None:
        dialog = DutyDialog(self.desk, self, self._places, held, self._users)
        dialog.saved.connect(self._saved)
        dialog.exec()
        dialog.deleteLater()

    def _end(self) -> None:
        held, desk = self.table.current_record(), self.desk
        if held is None:
            return
        today = desk.now().date()
        text = _("Hôm nay {day} là ngày cuối {name} phụ trách. Dòng này ở lại cho các ngày trước.")
        if confirm(
            self, _("Thôi phụ trách?"), text.format(day=date_text(today), name=held.name), act=_("Thôi phụ trách")
        ):
            op = partial(end_duty, desk.register.db, held.id, today, by=desk.register.user_id, now=desk.now())
            desk.act(self, op, lambda _id: self._saved(), self.failed)

    def _print(self) -> None:
        desk = self.desk
        day, db = self._asked_day(), desk.register.db

        def made() -> tuple[bytes, str]:
            return staff_list_pdf(db, catalog=desk.catalog, day=day), get_setting(db, "printer")

        name = f"phan-cong-{day.isoformat()}.pdf"
        desk.ask(self, made, lambda one: hand_out(desk, self, one[0], one[1], name, self.failed), self.failed)

    def _saved(self) -> None:
        self.told.emit("", "")
        self.load()


def _whole(field: NumberEdit) -> int | None:
    number = field.number()
    return int(number) if number is not None else None


def _place(line: DutyLine) -> Cell:
    return Cell(line.hamlet or _("cả xã"), small=part_words(line.part))


def _title(line: DutyLine) -> Cell:
    role = said(ROLES[line.role])
    return Cell(line.title, small=role) if line.title else Cell(role)


def _columns(day: Callable[[], date]) -> Sequence[Column[DutyLine]]:
    def until(line: DutyLine) -> Cell:
        if line.runs_on(day()):
            return Cell(date_text(line.valid_until), ink="muted")
        ended = line.valid_until is not None and line.valid_until < day()
        words = _("đã thôi {day}").format(day=date_text(line.valid_until)) if ended else _("chưa bắt đầu")
        return Cell(words, "hint", "muted")

    return (
        Column("name", _("Họ và tên"), lambda line: Cell(line.name, "name"), 180),
        Column("title", _("Chức danh"), _title, 164),
        Column("phone", _("Điện thoại"), lambda line: Cell(grouped(line.phone), ink="muted"), 120),
        Column("hamlet", _("Phụ trách"), _place, 196),
        Column("team", _("Tổ, đội"), lambda line: Cell(said(TEAMS[line.team])), 132),
        Column("from", _("Từ ngày"), lambda line: Cell(date_text(line.valid_from), ink="muted"), 96),
        Column("until", _("Đến hết"), until),
    )
