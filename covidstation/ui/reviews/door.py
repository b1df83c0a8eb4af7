"""One door at a time: how the knock ended, the family's answers in a grid, then the next door."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from covidstation.db.queries.door_sheets import DoorSheet, door_sheet, sheet_of_one
from covidstation.db.queries.reviews import DoorLine, ReviewLine
from covidstation.domain.reviews import DoorResult, Question, ReviewPack
from covidstation.domain.rights import Right
from covidstation.domain.text import TEXT_LIMIT
from covidstation.errors import UserError
from covidstation.i18n import _, ngettext
from covidstation.messages import sentences
from covidstation.services.reviews.doors import DoorDraft, Knocked, record_door
from covidstation.ui.desk import Desk
from covidstation.ui.look import metrics
from covidstation.ui.parts.dialogs import Dialog, foot, save_buttons
from covidstation.ui.parts.edits import DateEdit, LineEdit
from covidstation.ui.parts.formkeys import FormKeys
from covidstation.ui.parts.labels import Line, TwoLineLabel, label
from covidstation.ui.parts.segments import Segments
from covidstation.ui.reviews.grid import AGE_WIDTH, NAME_WIDTH, TICK_WIDTH, TickGrid

_HEIGHT: Final = 560
_LEAST: Final = 900


class DoorDialog(Dialog):
    """Saving goes on to the next of `doors` after the one in sight; `saved` after each."""

    saved = Signal()

    def __init__(
        self, desk: Desk, parent: QWidget, review: ReviewLine, pack: ReviewPack, doors: Sequence[DoorLine], first: int
    ) -> None:
        super().__init__(parent, _("Phiếu rà từng nhà"), "door_dialog")
        self._desk, self._review, self._pack = desk, review, pack
        self._doors, self._at = tuple(doors), first
        self._sheet: DoorSheet | None = None
        today = desk.now().date()
        wide = NAME_WIDTH + AGE_WIDTH + TICK_WIDTH * len(pack.questions) + metrics.MARGIN
        self.setFixedSize(max(_LEAST, wide), _HEIGHT)
        self.title = label("", "section")
        self.place = label("", "hint", "muted")
        results = [(DoorResult.DONE.value, _("Đã rà")), (DoorResult.AWAY.value, _("Vắng nhà"))]
        results.append((DoorResult.REFUSED.value, _("Từ chối")))
        self.outcome = Segments("door_result", _("Kết quả gõ cửa"), results)
        self.day = DateEdit("day", _("Ngày đến"), today=today)
        self.day.set_day(min(today, review.last_day) if today >= review.first_day else today)
        self.note = LineEdit("note", _("Ghi chú"), width=280, limit=TEXT_LIMIT, hint=_("ghi chú"))
        self.grid = TickGrid(desk.tasks, pack.questions, today, self)
        self.hint = label("", "hint", "muted")
        self.trouble = TwoLineLabel("", "hint", "danger")
        self._lay_out()
        self.outcome.chosen.connect(lambda _key: self._settle())
        self.grid.question_changed.connect(self._tell)
        self.grid.finished.connect(self.save)
        self._ask()

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        top = QVBoxLayout()
        top.setContentsMargins(metrics.MARGIN, 14, metrics.MARGIN, 10)
        top.setSpacing(8)
        heads = QHBoxLayout()
        heads.setSpacing(12)
        heads.addWidget(self.title)
        heads.addWidget(self.place, 1)
        top.addLayout(heads)
        row = QHBoxLayout()
        row.setSpacing(metrics.GAP)
        for widget in (self.outcome, self.day, self.note):
            row.addWidget(widget)
        row.addStretch(1)
        top.addLayout(row)
        column.addLayout(top)
        column.addWidget(Line())
        column.addWidget(self.grid, 1)
        below = QVBoxLayout()
        below.setContentsMargins(metrics.MARGIN, 6, metrics.MARGIN, 4)
        below.setSpacing(2)
        below.addWidget(self.hint)
        below.addWidget(self.trouble)
        column.addLayout(below)
        column.addWidget(Line())
        back, self.main = save_buttons(self.reject, self.save, act=_("Lưu, hộ sau"), name="save_door")
        self._desk.guard(Right.ENTER, self.main)
        column.addLayout(foot(back, self.main))
        FormKeys(self, save=self.save, leave=self.reject)

    def _ask(self) -> None:
        """The door in sight, as it is now."""
        door, desk = self._doors[self._at], self._desk
        db = desk.register.db
        asked: dict[str, Any] = {"questions": self._pack.questions, "day": desk.now().date()}

        def found() -> DoorSheet | None:
            if door.household_id is not None:
                return door_sheet(db, self._review.id, door.household_id, **asked)
            return sheet_of_one(db, self._review.id, door.person_id, **asked) if door.person_id is not None else None

        desk.ask(self, found, self._show, self._failed)

    def _show(self, sheet: DoorSheet | None) -> None:
        if sheet is None:
            self._next()
            return
        self._sheet, door = sheet, sheet.door
        number = f"{door.walk_order}. " if door.walk_order is not None else ""
        head = _("Hộ {head}").format(head=door.head) if door.head else _("Hộ chưa ghi chủ hộ")
        alone = _("{name}: lưu là lập hộ mới").format(name=door.head)
        self.title.setText(number + head if door.household_id is not None else alone)
        counted = _("{at} / {of}").format(at=self._at + 1, of=len(self._doors))
        self.place.setText(" · ".join(filter(None, (counted, door.hamlet, door.trip, door.address))))
        self.outcome.set_value(DoorResult.DONE.value)
        self.note.set_value(door.note if door.result is DoorResult.DONE else "")
        self.grid.show_members(sheet.members)
        self._settle()
        self.grid.setFocus()

    def _settle(self) -> None:
        """Nobody is asked behind a closed door."""
        done = self.outcome.value() == DoorResult.DONE.value
        self.grid.setEnabled(done and bool(self.grid.members))
        if not done:
            self.note.setFocus()

    def _tell(self, question: Question | None) -> None:
        keys = _("Dấu cách: đánh dấu · Enter: người sau, hết người thì lưu · mũi tên: đi trong bảng")
        self.hint.setText(f"{question.label} – {keys}" if question is not None else keys)

    def save(self) -> None:
        """Write this door and go on."""
        sheet, desk = self._sheet, self._desk
        if sheet is None:
            return
        self.trouble.set_text("")
        if self.day.bad():
            self.trouble.set_text(_("Ngày này không có. Ghi lại ngày."))
            return
        result = DoorResult(self.outcome.value())
        draft = DoorDraft(
            review_id=self._review.id,
            household_id=sheet.door.household_id,
            person_id=sheet.door.person_id,
            day=self.day.day(),
            result=result,
            note=self.note.value(),
            answers=self.grid.answers() if result is DoorResult.DONE else {},
        )
        register = desk.register
        op = partial(
            record_door,
            register.db,
            draft,
            catalog=desk.catalog,
            by=register.user_id,
            by_name=register.user_name,
            now=desk.now(),
        )
        self._sheet = None  # a second Enter waits for the next door
        desk.act(self, op, self._done, partial(self._refused, sheet))

    def _done(self, knocked: Knocked) -> None:
        self.saved.emit()
        if knocked.opened or knocked.closed:
            words = _("Đã lưu: thêm {opened}, thôi {closed} lý do cần quan tâm")
            self._desk.said.emit(words.format(opened=knocked.opened, closed=knocked.closed))
        self._next()

    def _next(self) -> None:
        if self._at + 1 >= len(self._doors):
            words = ngettext("Đã hết {n} hộ trong danh sách", "Đã hết {n} hộ trong danh sách", len(self._doors))
            self._desk.said.emit(words.format(n=len(self._doors)))
            self.accept()
            return
        self._at += 1
        self._ask()

    def _refused(self, sheet: DoorSheet, trouble: UserError) -> None:
        self._sheet = sheet
        self._failed(trouble)

    def _failed(self, trouble: UserError) -> None:
        self.trouble.set_text(" ".join(sentences(trouble)))
