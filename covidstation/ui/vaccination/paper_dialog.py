"""What was written on paper at a session is entered: the printed list as a grid, a row written when Enter leaves it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.db.queries.vaccine_seats import SeatLine, seats
from covidstation.db.queries.vaccine_sessions import SessionLine
from covidstation.domain.problems import Problem, errors
from covidstation.domain.rights import Right
from covidstation.domain.text import NAME_LIMIT
from covidstation.domain.vaccination.screening import ScreeningRule
from covidstation.domain.vaccination.sessions import Step
from covidstation.errors import UserError
from covidstation.i18n import _, ngettext
from covidstation.messages import sentence
from covidstation.services.changes import Done
from covidstation.services.scans import ScanLook
from covidstation.services.vaccination.paper_rows import enter_leaving, enter_paper_row
from covidstation.ui.desk import Desk
from covidstation.ui.drafts import DialogDraft
from covidstation.ui.look import metrics
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import SavingDialog, confirm, foot, save_buttons
from covidstation.ui.parts.edits import LineEdit
from covidstation.ui.parts.fields import Field
from covidstation.ui.parts.formkeys import FormKeys
from covidstation.ui.parts.labels import ElidedLabel, Line, TwoLineLabel, label
from covidstation.ui.person.acts import run_dialog
from covidstation.ui.vaccination.paper_cells import HINTS, PaperCell, Sense, asked, columns_of, read_row
from covidstation.ui.vaccination.paper_grid import GridRow, PaperGrid
from covidstation.ui.vaccination.paper_walk_in import WalkInDialog
from covidstation.ui.vaccination.reaction_dialogs import EventDialog
from covidstation.ui.vaccination.session_words import session_title

_SIZE: Final = (1340, 640)
_WHO: Final = 260
_LABEL: Final = 84
_VACCINATOR: Final = "vaccinator"


class PaperDialog(SavingDialog):
    """`lines` in the order of the printed list. What was refused stays typed, with why."""

    def __init__(
        self, desk: Desk, parent: QWidget, session: SessionLine, lines: Sequence[SeatLine], rule: ScreeningRule
    ) -> None:
        super().__init__(parent, _("Nhập từ giấy: {title}").format(title=session_title(session)), "paper_dialog")
        self.resize(*_SIZE)
        self._desk, self._session, self._rule = desk, session, rule
        self.grid = PaperGrid(desk.tasks, self._onward, self)
        self.vaccinator = LineEdit(_VACCINATOR, _("Người tiêm"), width=_WHO, limit=NAME_LIMIT)
        self.vaccinator.setPlaceholderText(_("ghi trên giấy"))
        self._hint = ElidedLabel("", "hint", "muted")
        self._why = TwoLineLabel("", "hint", "danger")
        self._counted = ElidedLabel("", "hint", "muted")
        self.reaction = Button(_("&Phản ứng…"), name="paper_reaction")
        self.walk_in = Button(_("Thêm n&gười…"), icon="plus", keys="Ctrl+N", name="add_walk_in")
        self._back, self.main = save_buttons(self.reject, self.save, act=_("Ghi mọi dòng"))
        self._back.set_text(_("Đóng"))
        desk.guard(Right.ENTER, self.main, self.reaction, self.walk_in)
        self._lay_out()
        self.setTabOrder(self.vaccinator, self.grid.field)
        FormKeys(self, save=self.save, leave=self.reject)
        self.grid.finished.connect(self.finish)
        self.grid.moved.connect(lambda _row, _cell: self._say())
        self.grid.escaped.connect(self.reject)
        self.reaction.clicked.connect(self._write_reaction)
        self.walk_in.clicked.connect(lambda: self.add())
        self._kept = DialogDraft(desk, self, lambda: session.id.hex)
        self.grid.show_lines(lines)
        self.grid.setFocus()
        self._say()

    def half_typed(self) -> dict[str, Any]:
        """What stands in rows that are not written: it outlives a lock and a power cut."""
        rows = self.grid.half_typed()
        said = self.vaccinator.value()
        return {**rows, _VACCINATOR: said} if rows and said else rows

    def put_back(self, raw: Mapping[str, Any]) -> None:
        """The same again."""
        self.vaccinator.set_value(str(raw.get(_VACCINATOR, "")))
        self.grid.put_back(raw)
        self._say()

    def adjustSize(self) -> None:
        """It keeps its room when the line of the draft comes or goes."""

    def take_scan(self, look: ScanLook) -> bool:
        """A card goes to its row; who has none stands below the list, somebody new after a question."""
        if look.person_id is not None and (at := self.grid.row_of(look.person_id)) is not None:
            self.grid.go_to(at)
        elif look.person_id is not None or look.draft is not None:
            self.add(look)
        return True

    def add(self, look: ScanLook | None = None) -> None:
        """Somebody who stands on the paper below the printed list."""
        dialog = WalkInDialog(self._desk, self, self._session.id, look)
        dialog.added.connect(self._added)
        run_dialog(self._desk, dialog, _("Đã thêm vào danh sách"))

    def _added(self, person_id: UUID) -> None:
        def renewed(lines: Sequence[SeatLine]) -> None:
            self.grid.renew(lines)
            at = self.grid.row_of(person_id)
            if at is not None:
                self.grid.go_to(at)
            self.grid.setFocus()
            self._say()

        self._desk.ask(self, partial(seats, self._desk.register.db, self._session.id), renewed)

    def finish(self, at: int) -> None:
        """Enter left the row: write it, and go on to the next one."""
        if not self.grid.rows[at].changed or self._write(at):
            self.grid.next_open(at)
        self._say()

    def save(self) -> None:
        """Every row that has words and is not written yet."""
        for at, row in enumerate(self.grid.rows):
            if row.typed:
                self._write(at)
        self._say()

    def reject(self) -> None:
        """Leave; what is not written would be gone, so it is asked for."""
        waiting = sum(row.typed for row in self.grid.rows)
        unsaid = sum(row.reaction for row in self.grid.rows)
        parts = (
            ngettext("{n} dòng chưa ghi sẽ mất.", "{n} dòng chưa ghi sẽ mất.", waiting) if waiting else "",
            ngettext("{n} người chưa ghi phản ứng.", "{n} người chưa ghi phản ứng.", unsaid) if unsaid else "",
        )
        words = " ".join(part.format(n=count) for part, count in zip(parts, (waiting, unsaid), strict=True) if part)
        if not words or confirm(self, _("Đóng bảng nhập?"), words, act=_("Vẫn đóng"), back=_("Ở lại"), heavy=True):
            super().reject()

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(label(self.accessibleName(), "section"))
        words.addWidget(self._hint)
        top = QHBoxLayout()
        top.setContentsMargins(metrics.MARGIN, 14, metrics.MARGIN, 10)
        top.addLayout(words, 1)
        top.addWidget(Field(_("Người &tiêm"), self.vaccinator, label_width=_LABEL))
        outer.addLayout(top)
        outer.addWidget(Line())
        outer.addWidget(self.grid, 1)
        outer.addWidget(Line())
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(self._counted)
        said.addWidget(self._why)
        outer.addLayout(foot(self.walk_in, self.reaction, self._back, self.main, words=said))

    def _onward(self, row: GridRow) -> tuple[PaperCell, ...]:
        cells = asked(row.texts, row.line, self._rule, self._session.day)
        if row.problems:  # what was asked back may need a word why, what was refused may stand in any cell
            wrong = {PaperCell.REASON, *map(columns_of, row.problems)}
            return tuple(one for one in PaperCell if one in wrong or one in cells)
        return cells

    def _write(self, at: int) -> bool:
        """Start writing a row; False when it cannot be read."""
        row = self.grid.rows[at]
        if row.sits:
            return self._write_leaving(at)
        if not row.open:
            return True
        sense = read_row(row.texts, self._session.day)
        row.problems = sense.problems
        row.absent = sense.row is None and not sense.problems
        if sense.problems:
            self.grid.go_to(at, columns_of(sense.problems[0]))
        elif sense.row is not None:
            self._act(at, sense)
        self.grid.say(at)
        return not sense.problems

    def _write_leaving(self, at: int) -> bool:
        """The same for the hour at which somebody went home whose dose stands."""
        row = self.grid.rows[at]
        if not row.typed:
            return True
        sense = read_row({PaperCell.LEFT: row.texts[PaperCell.LEFT]}, self._session.day)
        row.problems = sense.problems
        if sense.row is not None and sense.row.left_at is not None:
            self._run(at, partial(enter_leaving, left_at=sense.row.left_at), reaction=row.reaction)
        self.grid.say(at)
        return not sense.problems

    def _act(self, at: int, sense: Sense) -> None:
        assert sense.row is not None
        said = replace(sense.row, vaccinator=self.vaccinator.value())
        self._run(at, partial(enter_paper_row, row=said), reaction=sense.reaction)

    def _run(self, at: int, act: Callable[..., Done[Step]], *, reaction: bool) -> None:
        """Write what was typed of a row; what came of it is told there."""
        desk, register, row = self._desk, self._desk.register, self.grid.rows[at]
        op = partial(
            act, register.db, self._session.id, row.line.person_id, catalog=desk.catalog,
            by=register.user_id, by_name=register.user_name or "", now=desk.now(), sure=row.asked,
        )  # fmt: skip
        row.busy = True

        def written(step: Step) -> None:
            row.busy, row.step, row.reaction, row.problems = False, step, reaction, ()
            self._told(at)

        def refused(trouble: UserError) -> None:
            found = tuple(getattr(trouble, "problems", ())) or (_told_of(trouble),)
            row.busy, row.problems = False, found
            if [one.code for one in found] != ["vaccination.why"]:  # a word why is wanted for what was asked back
                row.asked = () if errors(found) else found
            self._told(at)

        desk.act(self, op, written, refused)

    def _told(self, at: int) -> None:
        self.grid.say(at)
        self._say()

    def _write_reaction(self) -> None:
        """What was seen in whoever stands in the row of the field."""
        row = self._current()
        if row is None or row.step not in (Step.OBSERVED, Step.LEFT):
            return
        line = row.line
        dialog = EventDialog(self._desk, self, self._rule, line.person_id, line.full_name, day=self._session.day)
        dialog.saved.connect(self._reaction_written(row))
        run_dialog(self._desk, dialog, _("Đã ghi phản ứng"))

    def _reaction_written(self, row: GridRow) -> Callable[[], None]:
        def written() -> None:
            row.reaction = False
            self._told(self.grid.rows.index(row))

        return written

    def _current(self) -> GridRow | None:
        at, _cell = self.grid.at()
        return self.grid.rows[at] if self.grid.rows else None

    def _say(self) -> None:
        """What this cell takes, what is wrong with this row, how far the list has come."""
        row, cell = self._current(), self.grid.at()[1]
        sits = row is not None and row.sits
        self._hint.set_text(_("Đã tiêm ở bàn: chỉ còn ghi giờ về, ví dụ 815.") if sits else _(HINTS[cell]))
        again = ""
        if row is not None and row.asked:
            once_more = _("Nếu vẫn đúng, Enter lần nữa.")
            again = once_more if sits else _("Nếu vẫn đúng, ghi lý do rồi Enter lần nữa.")
        problems = row.problems if row is not None else ()
        self._why.set_text(" ".join([*dict.fromkeys(map(sentence, problems)), *filter(None, [again])]))
        rows = self.grid.rows
        written, absent = sum(one.step is not None for one in rows), sum(one.absent for one in rows)
        words = _("đã ghi {done}/{all} người, vắng {absent}, cần sửa {wrong}")
        wrong = sum(one.wrong for one in rows)
        self._counted.set_text(words.format(done=written, all=len(rows), absent=absent, wrong=wrong))
        self.reaction.setEnabled(row is not None and row.step in (Step.OBSERVED, Step.LEFT))
        self.main.setEnabled(any(one.typed for one in rows) and self._desk.may(Right.ENTER))


def _told_of(trouble: UserError) -> Problem:
    """A trouble that names no cell."""
    return Problem("row", trouble.code, {name: f"{value}" for name, value in trouble.params.items()})
