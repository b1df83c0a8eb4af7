"""The smaller tabs of a person: the household, the papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from covidstation.db.queries.people import Member, PersonPage
from covidstation.domain.rights import Right
from covidstation.i18n import _, moment_text
from covidstation.services.merging import Merged
from covidstation.ui.case_words import SEXES, age_words, said
from covidstation.ui.desk import Desk
from covidstation.ui.parts.buttons import Button, Kind
from covidstation.ui.parts.chips import Chip
from covidstation.ui.parts.column import column_in_scroll, empty_column, inset
from covidstation.ui.parts.empty import EmptyPage
from covidstation.ui.parts.rows import ListRow, SectionHead
from covidstation.ui.person.home import home_rows
from covidstation.ui.reviews.on_person import FindingRows


class Rows(QWidget):
    """A scrolling column that is made anew for each person."""

    def __init__(self, name: str, title: str) -> None:
        super().__init__()
        area, self.rows = column_in_scroll()
        area.setObjectName(name)
        area.setAccessibleName(title)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(area)


class ActRows(Rows):
    """Such a column that asks for itself and has acts of its own. `closed`: another station looks after the person, and
    only what changes nothing is shown."""

    def __init__(self, name: str, title: str, desk: Desk) -> None:
        super().__init__(name, title)
        self._desk, self._closed = desk, False

    def _button(
        self,
        words: str,
        name: str,
        act: Callable[[], object],
        *,
        kind: Kind = "normal",
        icon: str = "",
        right: Right = Right.ENTER,
    ) -> Button:
        button = Button(words, kind, icon=icon, name=name)
        button.clicked.connect(lambda: act())
        self._desk.guard(right, button)
        if self._closed and right not in (Right.SEE, Right.PRINT):
            button.hide()
        return button


class FamilyTab(Rows):
    """The others of the household, and who is its head."""

    opened = Signal(object)  # UUID
    made_head = Signal()  # the person of the page
    move_asked = Signal()  # another station is to look after them
    home_asked = Signal(object)  # UUID of the household
    merge_asked = Signal()  # another record is the same person
    part_asked = Signal(object)  # Merged: it was not

    def __init__(self, desk: Desk) -> None:
        super().__init__("family_tab", _("Gia đình"))
        self._desk = desk

    def show_page(self, page: PersonPage, today: date, *, moved: bool = False, merged: Sequence[Merged] = ()) -> None:
        """The way to another station, the other records of the same person, and all members but the person."""
        empty_column(self.rows)
        if not moved:
            self.rows.addWidget(self._station())
            self.rows.addWidget(self._twice())
        for one in merged:
            self.rows.addWidget(self._merged(one, today, moved=moved))
        for row in home_rows(page, self.home_asked.emit):
            self.rows.addWidget(row)
        self.rows.addWidget(FindingRows(self._desk, page.person.id, page.person.full_name, still=moved))
        if not page.members:
            words = _("Chưa có ai khác trong hộ") if page.person.household_id else _("Chưa chọn hộ")
            later = _("Những người cùng hộ sẽ ở đây; chọn hộ khi sửa thông tin.")
            self.rows.addWidget(EmptyPage("home", words, later), 1)
            return
        self.rows.addWidget(self._head(page))
        for member in page.members:
            self.rows.addWidget(self._row(member, today))
        self.rows.addStretch(1)

    def _station(self) -> QWidget:
        ask = Button(_("C&huyển trạm khác quản lý"), "quiet", icon="truck", name="ask_move")
        ask.clicked.connect(self.move_asked)
        second = _("Khi người này về ở hẳn nơi khác; hồ sơ đi theo sau khi trạm kia nhận")
        return inset(SectionHead(_("Trạm quản lý"), second, ask))

    def _twice(self) -> QWidget:
        ask = Button(_("Gộ&p hồ sơ trùng"), "quiet", icon="people", name="ask_merge")
        ask.clicked.connect(self.merge_asked)
        second = _("Khi người này đã được nhập hai lần; gộp nhầm thì tách ra lại được")
        return inset(SectionHead(_("Hồ sơ trùng"), second, ask))

    def _merged(self, one: Merged, today: date, *, moved: bool) -> QWidget:
        when = moment_text(one.at, today) if one.at is not None else ""
        who = one.by_name or _("huyện")
        said_by = _("gộp {when}, {who}").format(when=when, who=who) if when else _("gộp, {who}").format(who=who)
        second = " · ".join(filter(None, (one.birth, said_by, one.reason)))
        parts = []
        if not moved:
            back = Button(_("Tách ra"), "quiet", name="part_merged")
            back.setAccessibleName(_("Tách {name} ra").format(name=one.name))
            back.clicked.connect(lambda: self.part_asked.emit(one))
            parts.append(back)
        return ListRow(_("Đã gộp: {name}").format(name=one.name), second, *parts, icon="people")

    def _head(self, page: PersonPage) -> QWidget:
        name = page.person.full_name
        title = _("Hộ {head}").format(head=page.household_head)
        if page.household_head == name and not any(member.is_head for member in page.members):
            return inset(SectionHead(title, _("{name} là chủ hộ").format(name=name)))
        make = Button(_("Đặt {name} làm chủ hộ").format(name=name).replace("&", "&&"), "quiet", name="make_head")
        make.clicked.connect(self.made_head)
        return inset(SectionHead(title, "", make))

    def _row(self, member: Member, today: date) -> QWidget:
        age = age_words(member.birth, today) if member.birth else ""
        second = " · ".join(filter(None, (age, said(SEXES[member.sex]))))
        see = Button(_("Mở"), "quiet", name="open_member")
        see.setAccessibleName(_("Mở {name}").format(name=member.full_name))
        see.clicked.connect(lambda: self.opened.emit(member.id))
        parts: list[QWidget] = [Chip(_("chủ hộ"), "plain")] if member.is_head else []
        return ListRow(member.full_name, second, *parts, see, icon="person")
