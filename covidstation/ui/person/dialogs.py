"""Two small acts on an illness: one more test, and how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QDialog, QHBoxLayout, QVBoxLayout, QWidget

from covidstation.domain.episodes import (
    CaseOutcome,
    EndOfIsolationReason,
    Episode,
    PathogenTest,
    QuarantineType,
    TestKind,
    TestResult,
)
from covidstation.domain.problems import Problem
from covidstation.domain.station import TEST_PLACES
from covidstation.errors import Refused, UserError
from covidstation.i18n import N_, _
from covidstation.messages import sentence
from covidstation.services.changes import Done
from covidstation.services.episodes import add_test, edit_episode
from covidstation.ui.case_words import TEST_KINDS, TEST_RESULTS
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.edits import DateEdit, LineEdit
from covidstation.ui.parts.fields import Field, show_problems
from covidstation.ui.parts.formkeys import FormKeys
from covidstation.ui.parts.labels import Line, TwoLineLabel, label


class ActDialog(QDialog):
    """A few rows and Lưu; it stays open with its sentences until the act has succeeded (`saved`)."""

    saved = Signal()

    def __init__(self, desk: Desk, parent: QWidget, title: str, rows: Sequence[Field], first: QWidget) -> None:
        super().__init__(parent.window())
        self.setWindowTitle(title)
        self.setObjectName("act_dialog")
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.setMinimumWidth(640)
        self._desk, self._rows = desk, tuple(rows)
        self._trouble = TwoLineLabel("", "hint", "danger")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        inner = QVBoxLayout()
        inner.setContentsMargins(metrics.MARGIN, 16, metrics.MARGIN, 12)
        inner.setSpacing(0)
        inner.addWidget(label(title, "section"))
        inner.addSpacing(8)
        for row in rows:
            inner.addWidget(row)
        inner.addWidget(self._trouble)
        column.addLayout(inner)
        column.addWidget(Line())
        column.addLayout(self._buttons())
        FormKeys(self, save=self.save, leave=self.reject)
        first.setFocus()

    def act(self) -> Callable[[], Done[Any]]:
        """What Lưu does; runs on the database thread."""
        raise AssertionError("each dialog has its act")

    def wrong(self) -> list[Problem]:
        """What cannot be read, by field."""
        return []

    def field_of(self, problem: Problem) -> str:
        """Under which field of this dialog a refusal is shown."""
        return problem.field

    def save(self) -> None:
        """Try it."""
        wrong = self.wrong()
        self._show(wrong)
        if not wrong:
            self._desk.act(self, self.act(), self._done, self._failed)

    def _done(self, _value: object) -> None:
        self.saved.emit()
        self.accept()

    def _failed(self, trouble: UserError) -> None:
        if isinstance(trouble, Refused):
            self._show(replace(problem, field=self.field_of(problem)) for problem in trouble.problems)
        else:
            self._trouble.set_text(sentence(trouble))

    def _show(self, problems: Iterable[Problem]) -> None:
        rest = show_problems(self._rows, problems)
        self._trouble.set_text(sentence(rest[0]) if rest else "")

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(metrics.MARGIN, 12, metrics.MARGIN, 12)
        row.setSpacing(metrics.GAP)
        row.addStretch(1)
        back = Button(_("Bỏ"), "quiet", keys="Esc", bind=False, name="back_button")
        back.clicked.connect(self.reject)
        save = Button(_("Lưu"), "primary", keys="Ctrl+Return", bind=False, name="act_button")
        save.clicked.connect(self.save)
        row.addWidget(back)
        row.addWidget(save)
        return row


class TestDialog(ActDialog):
    """One more test of an illness."""

    def __init__(self, desk: Desk, parent: QWidget, episode: Episode) -> None:
        today = desk.now().date()
        kinds = [(key, _(words)) for key, words in TEST_KINDS.items()]
        kind = Combo("kind", _("Loại xét nghiệm"), kinds, width=220)
        results = [(key, _(words)) for key, words in TEST_RESULTS.items()]
        found = Combo("result", _("Kết quả"), results, width=140)
        found.set_value(TestResult.NEGATIVE)
        day = DateEdit("sampled_on", _("Ngày lấy mẫu"), today=today)
        day.set_day(today)
        place = LineEdit("place", _("Nơi xét nghiệm"), width=220, limit=200)
        place.set_value((episode.tests[-1].place if episode.tests else "") or TEST_PLACES[0])
        rows = (
            Field(_("&Xét nghiệm"), kind),
            Field(_("&Kết quả"), found),
            Field(_("&Ngày lấy mẫu"), day, required=True),
            Field(_("&Tại"), place),
        )
        super().__init__(desk, parent, _("Thêm xét nghiệm"), rows, found)
        self._episode = episode
        self.kind, self.found, self.day, self.place = kind, found, day, place

    def wrong(self) -> list[Problem]:
        """A date that is none."""
        return [Problem("sampled_on", "forms.bad_date")] if self.day.day() is None else []

    def field_of(self, problem: Problem) -> str:
        """The day is the one thing of a test that can be refused."""
        return "sampled_on" if problem.field.startswith("tests.") else problem.field

    def act(self) -> Callable[[], Done[Any]]:
        """Add it."""
        desk = self._desk
        kind: TestKind = self.kind.value()
        test = PathogenTest(kind=kind, result=self.found.value(), sampled_on=self.day.day(), place=self.place.value())
        by, now = desk.register.user_id, desk.now()
        return partial(add_test, desk.register.db, self._episode.id, test, by=by, now=now)


class Ending(StrEnum):
    """How an illness goes on or ends, as a nurse says it."""

    RECOVERED = "recovered"
    TRANSFERRED = "transferred"
    DIED = "died"
    LOST = "lost"
    OPEN = "open"


_ENDINGS = {
    Ending.RECOVERED: N_("Khỏi bệnh"),
    Ending.TRANSFERRED: N_("Chuyển viện, còn điều trị"),
    Ending.DIED: N_("Tử vong"),
    Ending.LOST: N_("Mất liên lạc"),
    Ending.OPEN: N_("Còn theo dõi (ghi nhầm kết quả)"),
}


def ended(episode: Episode, ending: Ending, day: date | None, place: str) -> Episode:
    """The illness with that end; a transfer stays open, at the hospital."""
    if ending is Ending.TRANSFERRED:
        return replace(
            episode,
            isolation_type=QuarantineType.HOSPITAL,
            isolation_address=place,
            isolation_end_reason=EndOfIsolationReason.OTHER,
        )
    outcome, reason = {
        Ending.RECOVERED: (CaseOutcome.RECOVERED, EndOfIsolationReason.RECOVERED),
        Ending.DIED: (CaseOutcome.DECEASED, EndOfIsolationReason.DIED),
        Ending.LOST: (CaseOutcome.UNKNOWN, EndOfIsolationReason.LOST_TO_FOLLOW_UP),
        Ending.OPEN: (CaseOutcome.NO_OUTCOME, None),
    }[ending]
    on = None if ending is Ending.OPEN else day
    return replace(episode, outcome=outcome, outcome_on=on, isolation_end_reason=reason)


class OutcomeDialog(ActDialog):
    """How an illness ended, or that the person went to hospital."""

    def __init__(self, desk: Desk, parent: QWidget, episode: Episode) -> None:
        choices = [(key, _(words)) for key, words in _ENDINGS.items()]
        if episode.outcome is CaseOutcome.NO_OUTCOME:
            choices = choices[:-1]
        ending = Combo("outcome", _("Kết quả"), choices, width=260)
        day = DateEdit("outcome_on", _("Ngày"), today=desk.now().date())
        day.set_day(desk.now().date())
        place = LineEdit("isolation_address", _("Nơi chuyển đến"), width=300, limit=500)
        day_row, place_row = Field(_("&Ngày"), day, required=True), Field(_("Nơi &chuyển đến"), place)
        super().__init__(desk, parent, _("Ghi kết quả"), (Field(_("&Kết quả"), ending), day_row, place_row), ending)
        self._episode = episode
        self.ending, self.day, self.place = ending, day, place
        self._day_row, self._place_row = day_row, place_row
        self.ending.currentIndexChanged.connect(lambda _row: self._follow())
        self._follow()

    def wrong(self) -> list[Problem]:
        """A date that is none."""
        asked = self._day_row.isVisibleTo(self) and self.day.day() is None
        return [Problem("outcome_on", "forms.bad_date")] if asked else []

    def act(self) -> Callable[[], Done[Any]]:
        """Write it."""
        desk = self._desk
        draft = ended(self._episode, self.ending.value(), self.day.day(), self.place.value())
        by, now = desk.register.user_id, desk.now()
        return partial(edit_episode, desk.register.db, self._episode.id, draft, catalog=desk.catalog, by=by, now=now)

    def _follow(self) -> None:
        ending = self.ending.value()
        self._place_row.setVisible(ending is Ending.TRANSFERRED)
        self._day_row.setVisible(ending not in (Ending.TRANSFERRED, Ending.OPEN))
