"""On a person's page: why they need looking after, and what is next."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from uuid import UUID

from PySide6.QtWidgets import QVBoxLayout, QWidget

from covidstation.db.queries.vulnerable import Finding, VulnerableLine, vulnerable_people
from covidstation.domain.reviews import reason_words
from covidstation.domain.rights import Right
from covidstation.i18n import _, date_text
from covidstation.services.changes import Changes, Kind
from covidstation.ui.desk import Desk
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.column import empty_column, inset
from covidstation.ui.parts.rows import ListRow, SectionHead
from covidstation.ui.person.acts import run_dialog
from covidstation.ui.reviews.dialogs import CloseDialog, FindingDialog, StepDialog


class FindingRows(QWidget):
    """The reasons that stand of one person, asked for anew whenever one was written. `still`: nothing may be added."""

    def __init__(self, desk: Desk, person_id: UUID, name: str, *, still: bool = False) -> None:
        super().__init__()
        self.setObjectName("finding_rows")
        self._desk, self._person, self._name, self._still = desk, person_id, name, still
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        desk.changed.connect(self._heard)
        self._ask()

    def _heard(self, changes: Changes) -> None:
        if Kind.REVIEWS in changes:
            self._ask()

    def _ask(self) -> None:
        self._desk.ask(self, partial(vulnerable_people, self._desk.register.db, [self._person]), self._show)

    def _show(self, found: tuple[VulnerableLine, ...]) -> None:
        empty_column(self._rows)
        acts = []
        if not self._still:
            add = Button(_("Ghi &lý do"), "quiet", icon="plus", name="add_finding")
            add.clicked.connect(self._add)
            self._desk.guard(Right.ENTER, add)
            acts.append(add)
        second = "" if found else _("chưa ghi lý do nào")
        self._rows.addWidget(inset(SectionHead(_("Cần quan tâm"), second, *acts)))
        for line in found:
            for one in line.findings:
                self._rows.addWidget(self._row(line, one))

    def _row(self, line: VulnerableLine, one: Finding) -> QWidget:
        words = reason_words(self._desk.catalog.review_packs)
        late = one.due_on is not None and one.due_on < self._desk.now().date()
        due = _("hẹn {day}").format(day=date_text(one.due_on)) if one.due_on else ""
        since = _("từ {day}").format(day=date_text(one.since))
        second = " · ".join(filter(None, (one.next_step, due, _("quá hẹn") if late else "", one.note, since)))
        title = words[one.reason].label if one.reason in words else one.reason
        single = replace(line, findings=(one,))
        step = Button(_("Việc tiếp theo"), "quiet", name="finding_step")
        step.setAccessibleName(_("Việc tiếp theo: {reason}").format(reason=title))
        step.clicked.connect(lambda: self._run(StepDialog(self._desk, self, single), _("Đã ghi việc tiếp theo")))
        close = Button(_("Đóng"), "quiet", name="finding_close")
        close.setAccessibleName(_("Đóng: {reason}").format(reason=title))
        close.clicked.connect(lambda: self._run(CloseDialog(self._desk, self, [single]), _("Đã đóng")))
        self._desk.guard(Right.ENTER, step, close)
        return ListRow(title, second, step, close, icon="heart", ink="warn" if late else "muted")

    def _add(self) -> None:
        self._run(FindingDialog(self._desk, self, self._person, self._name), _("Đã ghi"))

    def _run(self, dialog: StepDialog | CloseDialog | FindingDialog, words: str) -> None:
        run_dialog(self._desk, dialog, words)
