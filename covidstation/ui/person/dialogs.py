"""The frame of a small act on one person, and one more test of an illness."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from PySide6.QtWidgets import QVBoxLayout, QWidget

from covidstation.domain.episodes import (
    Episode,
    PathogenTest,
    TestResult,
)
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.domain.station import TEST_PLACES
from covidstation.errors import Refused, UserError
from covidstation.i18n import _
from covidstation.messages import sentence
from covidstation.services.changes import Done
from covidstation.services.episodes import add_test
from covidstation.ui.case_words import TEST_KINDS, TEST_RESULTS
from covidstation.ui.desk import Desk
from covidstation.ui.drafts import DialogDraft
from covidstation.ui.kits import DIALOG, WIDE, KitCombo, KitSource, ask_stored
from covidstation.ui.look import metrics
from covidstation.ui.parts.combos import Combo
from covidstation.ui.parts.dialogs import SavingDialog, foot, save_buttons, tell
from covidstation.ui.parts.edits import DateEdit, LineEdit
from covidstation.ui.parts.fields import Field, show_problems
from covidstation.ui.parts.formkeys import FormKeys
from covidstation.ui.parts.labels import Line, TwoLineLabel, label


class ActDialog(SavingDialog):
    """A few rows and Lưu; it stays open with its sentences until the act has succeeded (`saved`).

    `needs` is the right that its act asks for. What is half typed in it is kept under its class and `about()`.
    """

    needs: ClassVar[Right] = Right.ENTER

    def __init__(self, desk: Desk, parent: QWidget, title: str, rows: Sequence[Field], first: QWidget) -> None:
        super().__init__(parent, title, "act_dialog")
        self.setMinimumWidth(640)
        self._desk, self._rows, self._waiting = desk, tuple(rows), False
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
        self.rows_column = inner
        column.addLayout(inner)
        column.addWidget(Line())
        back, main = save_buttons(self.reject, self.save)
        self._main = main
        desk.guard(self.needs, main)
        column.addLayout(foot(back, main))
        FormKeys(self, save=self.save, leave=self.reject)
        self._kept = DialogDraft(desk, self, self.about)
        first.setFocus()

    def about(self) -> str:
        """Whom or what the dialog is about: under that its draft is kept. Empty: no draft."""
        return ""

    def _may_open(self) -> bool:
        """Nobody is led into typing what will be refused."""
        if not self._desk.may(self.needs):
            tell(self, _("Chưa làm được"), sentence(UserError(f"rights.{self.needs.value}")), bad=False)
            return False
        return super()._may_open()

    def act(self) -> Callable[[], Done[Any]]:
        """What Lưu does; runs on the database thread."""
        raise AssertionError("each dialog has its act")

    def wrong(self) -> list[Problem]:
        """What cannot be read, by field."""
        return []

    def wait_for(self, waiting: bool) -> None:
        """Lưu rests while the dialog still finds out what it would write."""
        self._waiting = waiting
        self._main.setEnabled(not waiting and self._desk.may(self.needs))

    def field_of(self, problem: Problem) -> str:
        """Under which field of this dialog a refusal is shown."""
        return problem.field

    def save(self) -> None:
        """Try it."""
        if self._waiting:
            return
        wrong = self.wrong()
        self._show(wrong)
        if not wrong:
            self.do(self.act())

    def do(self, service: Callable[[], Done[Any]]) -> None:
        """Run it; the draft of the dialog goes in the same transaction."""
        self._desk.act(self, service, self.done_with, self._refused, draft=self._kept.settled())

    def done_with(self, value: object) -> None:
        """It has succeeded."""
        self.saved.emit()
        self.accept()

    def failed(self, trouble: UserError) -> None:
        """Say why not, and stay open."""
        if isinstance(trouble, Refused):
            self._show(replace(problem, field=self.field_of(problem)) for problem in trouble.problems)
        else:
            self._trouble.set_text(sentence(trouble))

    def _refused(self, trouble: UserError) -> None:
        self._kept.resume()
        self.failed(trouble)

    def _show(self, problems: Iterable[Problem]) -> None:
        rest = show_problems(self._rows, problems)
        self._trouble.set_text(sentence(rest[0]) if rest else "")


class TestDialog(ActDialog):
    """One more test of an illness; with `wrong_one` the right words of that test, which stays in the register."""

    def __init__(self, desk: Desk, parent: QWidget, episode: Episode, wrong_one: PathogenTest | None = None) -> None:
        today = desk.now().date()
        kinds = [(key, _(words)) for key, words in TEST_KINDS.items()]
        kind = Combo("kind", _("Loại xét nghiệm"), kinds, width=220)
        results = [(key, _(words)) for key, words in TEST_RESULTS.items()]
        found = Combo("result", _("Kết quả"), results, width=140)
        day = DateEdit("sampled_on", _("Ngày lấy mẫu"), today=today)
        place = LineEdit("place", _("Nơi xét nghiệm"), width=220, limit=200)
        self.kit, self.source = KitCombo(desk.catalog, today, kind, width=WIDE), KitSource()
        rows = (
            Field(_("&Xét nghiệm"), kind),
            Field(_("&Kết quả"), found),
            Field(_("&Ngày lấy mẫu"), day, required=True),
            Field(_("&Tại"), place),
            Field(_("Sinh &phẩm"), self.kit).beside(self.source, _("n&guồn"), name="kit_from"),
        )
        title = _("Sửa xét nghiệm ghi sai") if wrong_one else _("Thêm xét nghiệm")
        super().__init__(desk, parent, title, rows, found)
        self.setMinimumWidth(DIALOG)
        self._episode, self._wrong_one = episode, wrong_one
        self.kind, self.found, self.day, self.place = kind, found, day, place
        usual = (episode.tests[-1].place if episode.tests else "") or TEST_PLACES[0]
        ask_stored(desk, self, self.kit)
        self._fill(wrong_one or PathogenTest(result=TestResult.NEGATIVE, sampled_on=today, place=usual))

    def _fill(self, test: PathogenTest) -> None:
        self.kind.set_value(test.kind)
        self.found.set_value(test.result)
        self.day.set_day(test.sampled_on)
        self.place.set_value(test.place)
        self.kit.put_text(test.kit)
        self.source.set_value(test.kit_from)

    def about(self) -> str:
        """The illness, or the test that was written wrongly."""
        wrong = self._wrong_one.id if self._wrong_one else None
        return f"{self._episode.id.hex}-{wrong.hex if wrong else ''}"

    def wrong(self) -> list[Problem]:
        """A date that is none."""
        return [Problem("sampled_on", "forms.bad_date")] if self.day.day() is None else []

    def field_of(self, problem: Problem) -> str:
        """The day is the one thing of a test that can be refused."""
        return "sampled_on" if problem.field.startswith("tests.") else problem.field

    def act(self) -> Callable[[], Done[Any]]:
        """Add it."""
        desk = self._desk
        test = PathogenTest(
            kind=self.kind.value(),
            result=self.found.value(),
            sampled_on=self.day.day(),
            place=self.place.value(),
            kit=self.kit.name(),
            kit_from=self.source.value(),
            voids=self._wrong_one.id if self._wrong_one else None,
        )
        by, now = desk.register.user_id, desk.now()
        return partial(add_test, desk.register.db, self._episode.id, test, by=by, now=now)
