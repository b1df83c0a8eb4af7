"""Line-list entry after a mass test: one shared header, a grid, one save for all rows that are good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from covidstation.db.queries.places import Hamlet, hamlets
from covidstation.domain.hamlets import hamlets_named, split_hamlet
from covidstation.domain.line_list import EMPTY, MOST_ROWS, Cell, LineRow, raw_rows, row_of_card, rows_from
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.errors import Refused, UserError
from covidstation.i18n import _, moment_text
from covidstation.messages import sentence
from covidstation.services.changes import Changes, Kind
from covidstation.services.drafts import Draft
from covidstation.services.line_list import LineListResult, RowLook, check_rows, known_words, save_rows
from covidstation.services.scans import ScanLook
from covidstation.ui.desk import Desk
from covidstation.ui.frame.page import Page
from covidstation.ui.kits import ask_stored
from covidstation.ui.line_list.asking import AskingLine
from covidstation.ui.line_list.grid import SheetGrid
from covidstation.ui.line_list.head import HeadBar
from covidstation.ui.line_list.keeper import SheetKeeper
from covidstation.ui.line_list.model import CELLS, SheetModel, defaults
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import confirm
from covidstation.ui.parts.formkeys import FormKeys
from covidstation.ui.parts.labels import ElidedLabel, Line

CHECK_MS: Final = 300
_KINDS: Final = frozenset((Kind.PEOPLE, Kind.EPISODES, Kind.CONTACTS, Kind.PLACES))


class LineListPage(Page):
    """Scan by scan or typed; rows with errors stay when the good ones are written. Half a sheet survives a crash."""

    def __init__(self, desk: Desk) -> None:
        super().__init__("line_list", _("Nhập danh sách xét nghiệm"), entry="f0")
        self._desk = desk
        self._turn = 0
        self._saving = False
        self.head = HeadBar(desk.catalog, desk.now().date())
        self.sheet = SheetModel(lambda: desk.now().date(), self)
        self.grid = SheetGrid(self.sheet)
        self.asking = AskingLine()
        self._note = ElidedLabel("", "hint", "muted")
        self._clear = Button(_("Xoá bảng"), "quiet", name="clear_sheet")
        self._save = Button(_("Ghi"), "primary", keys="Ctrl+Return", name="save_sheet")
        self._checking = QTimer(self, interval=CHECK_MS, singleShot=True)
        self._keeper = SheetKeeper(desk, self._raw, self)
        for widget in (self.head, Line()):
            self.add(widget)
        self.add(self.grid, 1)
        self.add(self.asking)
        self._may_write = desk.may(Right.ENTER)
        self._connect()
        self._say()
        if not self._may_write:
            self._close()

    def load(self) -> None:
        """Hamlets may have changed; a sheet left half typed comes back."""
        db, desk = self._desk.register.db, self._desk
        self.head.day.today = desk.now().date()
        desk.ask(self, partial(hamlets, db), self._show_hamlets)
        ask_stored(desk, self, self.head.kit)
        desk.ask(self, partial(known_words, db, desk.catalog), self._know)
        if self._may_write and not self.sheet.rows():
            self._keeper.find(self._reopen)
        QTimer.singleShot(0, self.grid, self.grid.setFocus)

    def refresh(self, changes: Changes) -> None:
        """Somebody may have become known, or a hamlet was added."""
        if changes & _KINDS and not self._saving and self.sheet.rows():
            self._checking.start()

    def may_leave(self) -> bool:
        """Always: the sheet is kept."""
        self.put_aside()
        return True

    def put_aside(self) -> None:
        """Keep the sheet as a draft now."""
        self.grid.leave_cell()
        self._keeper.keep_now()

    def bar_actions(self) -> Sequence[QWidget]:
        """Empty the sheet, write it."""
        return (self._clear, self._save)

    def bar_note(self) -> QWidget:
        """How many rows are good."""
        return self._note

    def take_scan(self, look: ScanLook) -> bool:
        """A card fills the next empty row; one that stands in the sheet already is gone to."""
        if look.draft is None or not self._may_write:
            return False
        self.grid.leave_cell()
        row = row_of_card(look.draft, look.person_id, hamlet=self._hamlet_of(look))
        number = row.text(Cell.CITIZEN)
        there = next(
            (at for at, one in enumerate(self.sheet.rows()) if number and one.text(Cell.CITIZEN) == number), None
        )
        if there is not None:
            self.grid.go_to(there)
            self._desk.said.emit(_("Thẻ này đã ở dòng {row}.").format(row=there + 1))
            return True
        at = self.sheet.next_empty()
        if self.sheet.put(at, [row]) == 0:
            self._tell_full()
            return True
        self.grid.go_to(at, CELLS.index(Cell.PHONE))
        self.grid.setFocus()
        return True

    def _hamlet_of(self, look: ScanLook) -> str:
        """The one hamlet that a new person's card names, unless one was chosen for all."""
        if look.draft is None or look.person_id is not None or self.head.header().hamlet_id is not None:
            return ""
        titles = {split_hamlet(title)[1]: title for title in self.sheet.known.hamlets.values()}
        named = hamlets_named(look.draft.address_printed, titles)
        return titles[named[0]] if len(named) == 1 else ""

    def save(self) -> None:
        """Write all rows that are good, in one act."""
        if self._saving or not self._may_write:
            return
        if self.head.found.bad():
            self._not_saved(Refused([Problem("found_at", "forms.bad_hour")]))
            return
        self.grid.leave_cell()
        self._checking.stop()
        self._hold(True)
        self._note.set_text(_("Đang ghi {count} người…").format(count=self.sheet.ready()))
        desk = self._desk
        header, rows = self.head.header(), self.sheet.rows()
        op = partial(
            save_rows, desk.register.db, header, rows, catalog=desk.catalog, by=desk.register.user_id, now=desk.now()
        )
        left = [row for at, row in enumerate(rows) if not self._ready(at)]
        desk.act(self, op, self._saved, self._not_saved, draft=self._keeper.settled(self._raw(left)))

    def _ready(self, at: int) -> bool:
        look = self.sheet.look_at(at)
        return look is not None and look.ready

    def _hold(self, saving: bool) -> None:
        """While the sheet is being written nothing in it may move: the answer names rows by their place."""
        self._saving = saving
        for widget in (self.grid, self.head, self.asking, self._clear, self._save):
            widget.setEnabled(not saving)
        if not saving:
            self.grid.setFocus()

    def _close(self) -> None:
        """A sheet is only there to be typed: whoever may not finds it grey, with the reason once."""
        for widget in (self.grid, self.head):
            widget.setEnabled(False)
        self.asking.hide()  # its keys are for typing
        self.banner.show_message("info", sentence(UserError("rights.enter")))

    def _connect(self) -> None:
        self.head.edited.connect(self._touched)
        self.sheet.edited.connect(self._touched)
        self.grid.moved.connect(lambda row: self.asking.show_row(self.sheet.look_at(row)))
        self.grid.escaped.connect(self.head.day.setFocus)
        self.grid.full.connect(self._tell_full)
        self.asking.same.connect(self._same_person)
        self.asking.other.connect(self._other_person)
        self.asking.repair.connect(self._repair)
        self.asking.see.connect(self._desk.want_person)
        self._save.clicked.connect(self.save)
        self._clear.clicked.connect(self._empty)
        self._checking.timeout.connect(self._check)
        FormKeys(self, save=self.save)

    def _show_hamlets(self, found: Sequence[Hamlet]) -> None:
        self.head.set_hamlets(found)

    def _know(self, known: Any) -> None:
        self.sheet.known = known
        self._touched(keep=False)

    def _reopen(self, found: Sequence[Draft]) -> None:
        rows = rows_from(found[0].value.get("rows")) if found else []
        if not rows or self.sheet.rows():
            return
        head = found[0].value.get("head")
        self.head.put_raw(head if isinstance(head, dict) else {})
        self.sheet.set_rows(rows)
        self.grid.show_rows()
        when = moment_text(found[0].saved_at, self._desk.now().date())
        self.banner.show_message("info", _("Đã mở lại bảng đang ghi dở lúc {when}.").format(when=when))
        self._touched(keep=False)

    def _touched(self, *, keep: bool = True) -> None:
        """Something changed: what an empty cell means, what is wrong, and the draft."""
        header = self.head.header()
        hamlet = self.sheet.known.hamlets.get(header.hamlet_id, "") if header.hamlet_id else ""
        self.grid.defaults = defaults(hamlet, self.head.result.currentText(), header.kit)
        self._turn += 1
        self._checking.start()
        if keep:
            self._keeper.touch()

    def _check(self) -> None:
        desk, turn, rows = self._desk, self._turn, self.sheet.rows()
        op = partial(check_rows, desk.register.db, self.head.header(), rows, catalog=desk.catalog, now=desk.now())

        def checked(looks: list[RowLook]) -> None:
            if turn == self._turn:
                self.sheet.set_looks(looks)
                self.asking.show_row(self.sheet.look_at(self.grid.at()[0]))
                self._say()

        desk.ask(self, op, checked)

    def _say(self) -> None:
        """The verb carries how many rows it writes."""
        ready, every = self.sheet.ready(), sum(1 for row in self.sheet.rows() if not row.empty)
        self._save.set_text(_("Ghi {count} người").format(count=ready) if ready else _("Ghi"))
        self._save.setEnabled(ready > 0 and not self._saving)
        self._clear.setEnabled(every > 0)
        left = every - ready
        words = _("{count} dòng đủ").format(count=ready) if every else ""
        if left:
            words = _("{count} dòng đủ, {left} dòng cần sửa hoặc trả lời").format(count=ready, left=left)
        self._note.set_text(words)
        self.set_title(_("Nhập danh sách xét nghiệm"), _("một ngày, một nơi, nhiều người"))

    def _saved(self, result: LineListResult) -> None:
        self._hold(False)
        gone = set(result.saved)
        left = [row for at, row in enumerate(self.sheet.rows()) if at not in gone and not row.empty]
        self.sheet.set_rows(left)
        self.grid.show_rows()
        self.head.show_problems(())
        self._keeper.touch()
        self._keeper.keep_now()
        self._touched(keep=False)
        self._check()
        words = _("Đã ghi {people} người: {cases} F0 mới, {tests} xét nghiệm, trong đó {negative} âm tính.").format(
            people=len(result.saved), cases=len(result.cases), tests=result.tests, negative=result.negative
        )
        if result.cases:
            self.banner.show_message("ok", words, button=_("Xem các F0 vừa ghi"), act=self._see_cases)
        else:
            self.banner.show_message("ok", words)

    def _not_saved(self, trouble: UserError) -> None:
        self._hold(False)
        self._keeper.touch()
        self._say()
        problems: Sequence[Problem] = trouble.problems if isinstance(trouble, Refused) else ()
        self.head.show_problems(problems)
        self.banner.show_message("danger", sentence(problems[0]) if problems else sentence(trouble))
        self._checking.start()

    def _see_cases(self) -> None:
        """They lack their papers: the list of missing papers names them."""
        self._desk.want_page.emit("missing")

    def _same_person(self) -> None:
        look = self.sheet.look_at(self.grid.at()[0])
        if look is not None and look.similar is not None:
            self._answer(look.similar.person.id)

    def _other_person(self) -> None:
        self._answer(None)

    def _answer(self, person_id: UUID | None) -> None:
        """Who the row of the field is: that person, or nobody of the register."""
        at, cell = self.grid.at()
        self.grid.leave_cell()
        row = self.sheet.row_at(at)
        self.sheet.put(at, [replace(row, person_id=person_id, is_new=person_id is None)])
        self.grid.go_to(at, cell)
        self._check()
        self.grid.setFocus()

    def _repair(self, number: str) -> None:
        at, cell = self.grid.at()
        self.grid.leave_cell()
        self.sheet.set_text(at, Cell.CITIZEN, number)
        self.grid.go_to(at, cell)
        self._check()
        self.grid.setFocus()

    def _empty(self) -> None:
        every = sum(1 for row in self.sheet.rows() if row is not EMPTY)
        text = _("{count} dòng chưa ghi vào sổ sẽ mất.").format(count=every)
        if confirm(self, _("Xoá cả bảng?"), text, act=_("Xoá bảng"), heavy=True):
            self.sheet.set_rows([])
            self.grid.show_rows()
            self._keeper.touch()
            self._keeper.keep_now()
            self._touched(keep=False)
            self._check()

    def _tell_full(self) -> None:
        self.banner.show_message("warn", sentence(Problem("rows", "line_list.full", {"most": str(MOST_ROWS)})))

    def _raw(self, rows: Sequence[LineRow] | None = None) -> dict[str, Any]:
        rows = self.sheet.rows() if rows is None else rows
        return {"head": self.head.raw(), "rows": raw_rows(rows)} if rows else {}
