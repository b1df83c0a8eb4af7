"""A target that the upper level gave, written down."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.places import Hamlet
from covidstation.domain.problems import Problem
from covidstation.domain.text import TEXT_LIMIT
from covidstation.domain.vaccination.coverage import Level
from covidstation.domain.vaccination.goals import Goal, GoalDraft
from covidstation.domain.vaccination.priority import PriorityList
from covidstation.i18n import _
from covidstation.messages.vaccine_coverage import LEVEL_WORDS, gone_group, place_words
from covidstation.services.changes import Done
from covidstation.services.vaccination.targets import add_target, edit_target
from covidstation.ui.desk import Desk
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import DateEdit, LineEdit, NumberEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.person.dialogs import ActDialog

_AHEAD = timedelta(days=366)  # a day without its year is the next such one
_WIDE = 430


class TargetDialog(ActDialog):
    """One, new or `known`."""

    def __init__(
        self, desk: Desk, parent: QWidget, hamlets: Sequence[Hamlet], groups: PriorityList, known: Goal | None = None
    ) -> None:
        self._known = known
        self._make_fields(desk, hamlets, groups, known)
        title = _("Sửa chỉ tiêu tiêm chủng") if known else _("Chỉ tiêu tiêm chủng trên giao")
        super().__init__(desk, parent, title, self._rows_of(), self.level)
        self.setObjectName("target_dialog")
        self.setMinimumWidth(760)
        self._fill(known)

    def about(self) -> str:
        """The line that is changed."""
        return self._known.id.hex if self._known else ""

    def wrong(self) -> list[Problem]:
        """Days and numbers that are none."""
        found = [Problem(one.objectName(), "forms.bad_date") for one in (self.given_on, self.until) if one.bad()]
        missing = [one for one in (self.given_on, self.until) if one.day() is None and not one.bad()]
        found += [Problem(one.objectName(), "forms.bad_date") for one in missing]
        numbers = (self.percent, self.count, self.first_age, self.last_age)
        return found + [Problem(one.objectName(), "forms.bad_number") for one in numbers if one.bad()]

    def act(self) -> Callable[[], Done[Any]]:
        """Write it."""
        desk, register, draft = self._desk, self._desk.register, self._draft()
        plain: dict[str, Any] = {"catalog": desk.catalog, "by": register.user_id, "now": desk.now()}
        if self._known is not None:
            return partial(edit_target, register.db, self._known.id, draft, **plain)
        return partial(add_target, register.db, draft, by_name=register.user_name or "", **plain)

    def _draft(self) -> GoalDraft:
        given_on, until = self.given_on.day(), self.until.day()
        assert given_on is not None and until is not None
        last = _whole(self.last_age)
        return GoalDraft(
            level=self.level.value(),
            percent=_whole(self.percent),
            count=_whole(self.count),
            first_age=_whole(self.first_age),
            end_age=None if last is None else last + 1,
            group=str(self.group.value() or ""),
            hamlet_id=self.hamlet.value(),
            given_on=given_on,
            until=until,
            in_charge=self.in_charge.value(),
            document=self.document.value(),
            note=self.note.value(),
        )

    def _make_fields(self, desk: Desk, hamlets: Sequence[Hamlet], groups: PriorityList, known: Goal | None) -> None:
        today = desk.now().date()
        self.level = Combo("level", _("Mũi"), [(key, _(words)) for key, words in LEVEL_WORDS.items()], width=200)
        self.percent = NumberEdit("percent", _("Phần trăm cần đạt"), width=70)
        self.count = NumberEdit("count", _("Số người cần đạt"), width=90)
        self.first_age = NumberEdit("first_age", _("Từ đủ tuổi"), width=70)
        self.last_age = NumberEdit("end_age", _("Đến hết tuổi"), width=70)
        named = {"": _("Mọi người")} | {one.code: one.label for one in groups.groups}
        if known is not None:  # what stands there stays until somebody chooses another one
            named.setdefault(known.group, gone_group(known.group))
        self.group = Combo("group", _("Nhóm ưu tiên"), list(named.items()), width=_WIDE)
        places = [(None, _("Cả xã")), *((one.id, one.title) for one in hamlets)]
        if known is not None and known.hamlet_id not in dict(places):  # saved, it is asked for another one
            places.append((known.hamlet_id, place_words("", ended=True)))
        self.hamlet = Combo("hamlet_id", _("Bản"), places, width=240)
        self.given_on = DateEdit("given_on", _("Ngày giao"), today=today)
        self.until = DateEdit("until", _("Hạn đạt"), today=today + _AHEAD)
        self.in_charge = LineEdit("in_charge", _("Người phụ trách"), width=_WIDE, limit=TEXT_LIMIT)
        self.document = LineEdit(
            "document", _("Văn bản"), width=_WIDE, limit=TEXT_LIMIT, hint=_("số, ngày, cơ quan giao")
        )
        self.note = LineEdit("note", _("Ghi chú"), width=_WIDE, limit=TEXT_LIMIT)

    def _rows_of(self) -> tuple[Field, ...]:
        return (
            Field(_("&Mũi"), self.level, required=True),
            Field(_("Phần &trăm"), self.percent).beside(self.count, _("hoặc &số người")),
            Field(_("T&uổi, từ"), self.first_age).beside(self.last_age, _("đến &hết tuổi")),
            Field(_("N&hóm ưu tiên"), self.group),
            Field(_("&Bản"), self.hamlet),
            Field(_("N&gày giao"), self.given_on, required=True).beside(self.until, _("hạn đ&ạt")),
            Field(_("Người &phụ trách"), self.in_charge),
            Field(_("&Văn bản"), self.document),
            Field(_("Gh&i chú"), self.note),
        )

    def _fill(self, known: Goal | None) -> None:
        if known is None:
            self.level.set_value(Level.BASIC)
            self.given_on.set_day(self._desk.now().date())
            return
        for combo, value in ((self.level, known.level), (self.group, known.group), (self.hamlet, known.hamlet_id)):
            combo.set_value(value)
        last = None if known.end_age is None else known.end_age - 1
        for edit, number in (
            (self.percent, known.percent),
            (self.count, known.count),
            (self.first_age, known.first_age),
            (self.last_age, last),
        ):
            edit.set_number(number)
        self.given_on.set_day(known.given_on)
        self.until.set_day(known.until)
        for line, text in ((self.in_charge, known.in_charge), (self.document, known.document), (self.note, known.note)):
            line.set_value(text)


def _whole(edit: NumberEdit) -> int | None:
    number = edit.number()
    return None if number is None else int(number)
