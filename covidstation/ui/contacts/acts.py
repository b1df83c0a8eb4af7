"""Small acts on contacts (F1): a test, other days, an end, taking an end back, becoming a case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from covidstation.db.queries.contacts import ContactLine
from covidstation.domain.care import EndOfQuarantineReason
from covidstation.domain.episodes import PathogenTest, TestResult
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.domain.station import TEST_PLACES
from covidstation.i18n import _, date_text
from covidstation.services.changes import Done
from covidstation.services.contacts.care import (
    QuarantineLength,
    add_contact_test,
    change_quarantine,
    contact_becomes_case,
    drop_contacts,
    end_quarantines,
    reopen_contact,
)
from covidstation.ui.case_words import TEST_KINDS, TEST_RESULTS
from covidstation.ui.contacts.words import END_REASONS
from covidstation.ui.desk import Desk
from covidstation.ui.kits import DIALOG, WIDE, KitCombo, KitSource, ask_stored
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import DateEdit, LineEdit, NumberEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.person.dialogs import ActDialog

_NO_CONTACT = "no_contact"


def who_words(lines: Sequence[ContactLine]) -> str:
    """`Lò Thị Mai`, or how many."""
    return lines[0].full_name if len(lines) == 1 else _("{count} người").format(count=len(lines))


class ContactTestDialog(ActDialog):
    """One test of one contact, or the same of several (a round of swabs in one house)."""

    def __init__(self, desk: Desk, parent: QWidget, lines: Sequence[ContactLine], title: str = "") -> None:
        self._lines = tuple(lines)
        rows = self._make_rows(desk)
        title = title or _("Thêm xét nghiệm: {who}").format(who=who_words(lines))
        super().__init__(desk, parent, title, rows, self.found)
        self.setMinimumWidth(DIALOG)

    def _make_rows(self, desk: Desk) -> Sequence[Field]:
        today = desk.now().date()
        self.kind = Combo(
            "kind", _("Loại xét nghiệm"), [(key, _(words)) for key, words in TEST_KINDS.items()], width=220
        )
        results = [(key, _(words)) for key, words in TEST_RESULTS.items()]
        self.found = Combo("result", _("Kết quả"), results, width=140)
        self.found.set_value(TestResult.NEGATIVE)
        self.day = DateEdit("sampled_on", _("Ngày lấy mẫu"), today=today)
        self.day.set_day(today)
        self.place = LineEdit("place", _("Nơi xét nghiệm"), width=220, limit=200)
        self.place.set_value(TEST_PLACES[0])
        self.kit, self.source = KitCombo(desk.catalog, today, self.kind, width=WIDE), KitSource()
        ask_stored(desk, self, self.kit)
        self._result_row = Field(_("&Kết quả"), self.found)
        self.found.currentIndexChanged.connect(lambda _row: self._hint())
        return (
            Field(_("&Xét nghiệm"), self.kind),
            self._result_row,
            Field(_("&Ngày lấy mẫu"), self.day, required=True),
            Field(_("&Tại"), self.place),
            Field(_("Sinh &phẩm"), self.kit).beside(self.source, _("n&guồn"), name="kit_from"),
        )

    def _hint(self) -> None:
        positive = self.found.value() is TestResult.POSITIVE
        self._result_row.set_hint(_("Lưu xong, bấm Thành F0.") if positive and self.found.isEnabled() else "")

    def test(self) -> PathogenTest:
        """What stands in the fields."""
        return PathogenTest(
            kind=self.kind.value(),
            result=self.found.value(),
            sampled_on=self.day.day(),
            place=self.place.value(),
            kit=self.kit.name(),
            kit_from=self.source.value(),
        )

    def about(self) -> str:
        """Those contacts."""
        return "-".join(sorted(line.id.hex for line in self._lines))

    def wrong(self) -> list[Problem]:
        """A date that is none."""
        return [Problem("sampled_on", "forms.bad_date")] if self.day.day() is None else []

    def act(self) -> Callable[[], Done[Any]]:
        """Add it to each."""
        desk, ids = self._desk, [line.id for line in self._lines]
        by, now = desk.register.user_id, desk.now()
        return partial(add_contact_test, desk.register.db, ids, self.test(), by=by, now=now)


class BecomesCaseDialog(ContactTestDialog):
    """An F1 becomes an F0: the positive test that says so, filled from the one that is there already."""

    def __init__(self, desk: Desk, parent: QWidget, line: ContactLine) -> None:
        super().__init__(desk, parent, [line], _("Thành F0: {name}").format(name=line.full_name))
        positive = [test for test in line.contact.tests if test.result is TestResult.POSITIVE]
        self.found.setEnabled(False)
        self.found.set_value(TestResult.POSITIVE)
        if positive:
            self.kind.set_value(positive[0].kind)
            self.day.set_day(positive[0].sampled_on)
            self.place.set_value(positive[0].place)
            self.kit.put_text(positive[0].kit)
            self.source.set_value(positive[0].kit_from)
        self.kind.setFocus()

    def field_of(self, problem: Problem) -> str:
        """The day is the one thing of a test that can be refused."""
        return "sampled_on" if problem.field.startswith(("tests.", "report_date")) else problem.field

    def act(self) -> Callable[[], Done[Any]]:
        """Register the illness."""
        desk = self._desk
        common: dict[str, Any] = {"catalog": desk.catalog, "by": desk.register.user_id, "now": desk.now()}
        return partial(contact_becomes_case, desk.register.db, self._lines[0].id, self.test(), **common)


class DaysDialog(ActDialog):
    """More or fewer days, with the reason."""

    needs = Right.TREAT

    def __init__(self, desk: Desk, parent: QWidget, line: ContactLine) -> None:
        self._line = line
        self.days = NumberEdit("days", _("Số ngày"), high=999, width=72)
        self.days.set_number(line.contact.quarantine_days)
        self.reason = LineEdit("reason", _("Lý do"), width=380, limit=500)
        days = Field(_("Số &ngày"), self.days, required=True)
        until = date_text(line.contact.quarantine_until)
        held = _("Đang là {days} ngày, đến hết {until}.")
        days.set_hint(held.format(days=line.contact.quarantine_days or "?", until=until or "?"))
        title = _("Đổi số ngày: {name}").format(name=line.full_name)
        super().__init__(desk, parent, title, (days, Field(_("&Lý do"), self.reason, required=True)), self.days)
        self.days.selectAll()

    def about(self) -> str:
        """That contact."""
        return self._line.id.hex

    def wrong(self) -> list[Problem]:
        """No number."""
        return [Problem("days", "forms.bad_number")] if self.days.number() is None else []

    def act(self) -> Callable[[], Done[Any]]:
        """Change it."""
        desk = self._desk
        length = QuarantineLength(
            days=int(self.days.number() or 0), reason=self.reason.value(), by_name=desk.register.user_name or ""
        )
        common: dict[str, Any] = {"catalog": desk.catalog, "by": desk.register.user_id, "now": desk.now()}
        return partial(change_quarantine, desk.register.db, self._line.id, length, **common)


class EndDialog(ActDialog):
    """How the following of one or several contacts ends, "no contact at all" among it."""

    needs = Right.TREAT

    def __init__(self, desk: Desk, parent: QWidget, lines: Sequence[ContactLine]) -> None:
        self._lines = tuple(lines)
        kinds = (reason for reason in END_REASONS if reason is not EndOfQuarantineReason.ISOLATED_AS_CASE)
        choices: list[tuple[Any, str]] = [(key, _(END_REASONS[key])) for key in kinds]
        choices.append((_NO_CONTACT, _("Không phải tiếp xúc (ghi nhầm)")))
        self.why = Combo("end_reason", _("Kết thúc vì"), choices, width=260)
        self.day = DateEdit("ended_on", _("Ngày kết thúc"), today=desk.now().date())
        self.day.set_day(_last_day(lines, desk.now().date()))
        self.note = LineEdit("note", _("Lý do"), width=380, limit=500)
        self._day_row = Field(_("&Ngày"), self.day, required=True)
        self._note_row = Field(_("&Lý do"), self.note)
        title = _("Kết thúc theo dõi: {who}").format(who=who_words(lines))
        rows = (Field(_("&Kết thúc vì"), self.why), self._day_row, self._note_row)
        super().__init__(desk, parent, title, rows, self.why)
        self.why.currentIndexChanged.connect(lambda _row: self._follow())
        if all(line.source_denied for line in lines):
            self.why.set_value(_NO_CONTACT)
            self.note.set_value(_("Ca nguồn ghi nhầm"))
        self._follow()

    def about(self) -> str:
        """Those contacts."""
        return "-".join(sorted(line.id.hex for line in self._lines))

    def wrong(self) -> list[Problem]:
        """A date that is none."""
        asked = self._day_row.isVisibleTo(self) and self.day.day() is None
        return [Problem("ended_on", "forms.bad_date")] if asked else []

    def field_of(self, problem: Problem) -> str:
        """The reason stands under the note."""
        return "note" if problem.field == "reason" else problem.field

    def act(self) -> Callable[[], Done[Any]]:
        """End them all."""
        desk, ids = self._desk, [line.id for line in self._lines]
        by, now, db = desk.register.user_id, desk.now(), desk.register.db
        why, note = self.why.value(), self.note.value()
        if why == _NO_CONTACT:
            return partial(drop_contacts, db, ids, note, by=by, now=now)
        day = self.day.day() or now.date()
        return partial(end_quarantines, db, ids, day=day, reason=why, note=note, by=by, now=now)

    def _follow(self) -> None:
        self._day_row.setVisible(self.why.value() != _NO_CONTACT)
        needed = self.why.value() in (_NO_CONTACT, EndOfQuarantineReason.OTHER)
        self._note_row.set_hint(_("Cần ghi lý do.") if needed else "")


class ReopenDialog(ActDialog):
    """Take back a wrong end."""

    needs = Right.TREAT

    def __init__(self, desk: Desk, parent: QWidget, line: ContactLine) -> None:
        self._line = line
        self.reason = LineEdit("reason", _("Lý do"), width=380, limit=500)
        title = _("Theo dõi lại: {name}").format(name=line.full_name)
        super().__init__(desk, parent, title, (Field(_("&Lý do"), self.reason, required=True),), self.reason)

    def about(self) -> str:
        """That contact."""
        return self._line.id.hex

    def act(self) -> Callable[[], Done[Any]]:
        """Reopen it."""
        desk = self._desk
        by, now = desk.register.user_id, desk.now()
        return partial(reopen_contact, desk.register.db, self._line.id, self.reason.value(), by=by, now=now)


def _last_day(lines: Sequence[ContactLine], today: date) -> date:
    """The last day of their quarantines when all are over, else today."""
    ends = [line.contact.quarantine_until for line in lines if line.contact.quarantine_until]
    return min(max(ends, default=today), today)
