"""The grid of daily monitoring: one field walks from cell to cell, a person is saved when their row is left."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent

from covidstation.domain.care import VisitStatus
from covidstation.domain.monitoring import VisitDraft
from covidstation.domain.problems import Problem, errors
from covidstation.services.care.rounds import RoundLine, RoundList
from covidstation.ui.parts.popup import Choice
from covidstation.ui.rounds import cells
from covidstation.ui.rounds.entry import COLUMN_OF, FIRST, LAST, MEASURED, Col, Entry, Slot
from covidstation.ui.rounds.hand import Hand
from covidstation.ui.rounds.table import RoundTable


@dataclass(frozen=True, slots=True)
class Leaving:
    """A row that was left with something typed: the check to save, and whether warnings were passed."""

    entry: Entry
    draft: VisitDraft
    sure: bool


class RoundGrid(RoundTable):
    """`left(Leaving)` asks to save; `typed()` fires on each change."""

    left = Signal(object)
    typed = Signal()
    finished = Signal()  # the last person's row was left
    escaped = Signal()

    def __init__(
        self, words: Callable[[Entry, Col], str], signs: Sequence[Choice], now: Callable[[], datetime]
    ) -> None:
        super().__init__(words, now)
        self._slot: Slot | None = None
        self._at: tuple[Entry, Col] | None = None
        self._last_clock = ""
        self._only_read = False
        self.hand = Hand(self.viewport(), signs)
        self._connect()

    def show_round(self, found: RoundList, slot: Slot, drafts: Mapping[UUID, Mapping[str, Any]]) -> None:
        """Another round, or the same one asked anew; the hand stays with its person and cell."""
        before = (self._at[0].episode_id, self._at[1]) if self._at and self._same(slot) else None
        scroll = self.verticalScrollBar().value()
        self.hand.hide()
        self._slot, self._at, self._last_clock = slot, None, ""
        self.show_rows(found, drafts)
        if before is not None and before[0] in self.model_.entries:
            self.verticalScrollBar().setValue(scroll)
            self._move(self.model_.entries[before[0]], before[1])

    def only_read(self) -> None:
        """From now on nothing can be typed: the hand never comes; arrows and the wheel scroll."""
        self._only_read = True
        self.hand.hide()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.grey()

    def set_slot(self, slot: Slot) -> None:
        """People are reached another way from now on."""
        self._slot = slot

    def entry(self) -> Entry | None:
        """The person in whose row the hand is."""
        return self._at[0] if self._at else None

    def begin(self) -> None:
        """Go to the first person who is still to be checked."""
        waiting = [one for one in self.model_.people() if one.line.check is None and one.line.due]
        people = waiting or self.model_.people()
        if people and self._at is None:
            self._move(people[0], FIRST)

    def go_to(self, entry: Entry, column: Col = FIRST) -> None:
        """Leave the row in hand and go there."""
        if self.leave_row(entry):
            there = self.model_.entries.get(entry.episode_id)  # saving may have asked for the round anew
            if there is not None:
                self._move(there, column)

    def leave_row(self, to: Entry | None = None) -> bool:
        """Save what was typed in the row in hand. False when it must be looked at first; the sentence says why."""
        entry = self.entry()
        if entry is None or entry is to:
            self._commit()
            return True
        if not self._commit():
            return False
        return self._save(entry)

    def settle(self, entry: Entry, line: RoundLine) -> None:
        """A row is in the register: show what it says."""
        entry = self.model_.entries.get(entry.episode_id, entry)
        if entry.episode_id not in self.model_.entries:
            return
        entry.show_line(line)
        self.renew(entry)
        if self._at and self._at[0] is entry and self.hand.writes():
            self._open_field()

    def refuse(self, entry: Entry, problems: Sequence[Problem]) -> None:
        """A row was not saved: it keeps what was typed, with the sentence under it."""
        entry = self.model_.entries.get(entry.episode_id, entry)
        if entry.episode_id not in self.model_.entries:
            return
        entry.saving, entry.dirty, entry.problems = False, True, list(problems)
        entry.warned |= {one.code for one in problems if one.level == "warning"}
        self.renew(entry)

    def half_typed(self) -> dict[UUID, dict[str, Any]]:
        """Rows that are not in the register as they stand, for a draft."""
        entry = self.entry()
        if entry is not None and self._at is not None and self.hand.writes():
            entry.put(self._at[1], self.hand.value.value())
        return {one.episode_id: one.raw() for one in self.model_.people() if one.dirty and not one.saving}

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click goes into a cell; on a name it begins that person's row."""
        index = self.indexAt(event.position().toPoint())
        row = self.model_.rows[index.row()] if index.isValid() else None
        if isinstance(row, Entry):
            column = Col(index.column())
            self.go_to(row, column if column >= Col.AT else FIRST)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The field follows its cell."""
        super().resizeEvent(event)
        self.place_hand()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """The field scrolls with its cell."""
        super().scrollContentsBy(dx, dy)
        self.place_hand()

    def _connect(self) -> None:
        self.hand.value.go.connect(self._go)
        self.hand.signs.go.connect(self._go)
        self.hand.value.textEdited.connect(lambda _text: self._typed())
        self.hand.signs.chosen_changed.connect(self._put_signs)
        self.hand.signs.none_said.connect(self._put_no_signs)
        self.hand.reason.given.connect(self._put_reason)
        self.hand.reason.given_up.connect(lambda: self._move_to(FIRST))

    # The way of the hand

    def _go(self, way: str) -> None:
        if self._at is None:
            return
        entry, column = self._at
        if way == cells.MISSED:
            self._ask_reason()
        elif way == cells.NEXT:
            self._next(entry, column)
        elif way == cells.BACK and column > Col.AT:
            if self._commit():
                self._move(entry, Col(column - 1))
        elif way == cells.BACK:
            self._step(entry, -1, LAST)
        elif way in (cells.DOWN, cells.UP):
            self._step(entry, 1 if way == cells.DOWN else -1, FIRST)
        elif way == cells.LEAVE:
            self.escaped.emit()

    def _next(self, entry: Entry, column: Col) -> None:
        if column is LAST:
            self._step(entry, 1, FIRST)
        elif self._commit():
            self._move(entry, Col(column + 1))

    def _step(self, entry: Entry, step: int, column: Col) -> None:
        """To the person below or above; past the last one the row is saved where it is."""
        other = self.model_.neighbour(entry, step)
        if other is not None:
            self.go_to(other, column)
        elif self.leave_row():
            self.go_to(entry)
            if step > 0:
                self.finished.emit()

    def _move_to(self, column: Col) -> None:
        if self._at is not None:
            self._move(self._at[0], column)

    def _move(self, entry: Entry, column: Col) -> None:
        if self._only_read:
            return
        before = self.entry()
        self._at = (entry, column)
        for one in {id(one): one for one in (before, entry) if one is not None}.values():
            self.repaint_row(one)
        index = self.model_.index(self.model_.row_of(entry), column)
        self.scrollTo(index)
        self._open_field()

    def _open_field(self) -> None:
        if self._at is not None:
            field = self.hand.open(*self._at)
            self.place_hand()
            field.setFocus()

    def _same(self, slot: Slot) -> bool:
        held = self._slot
        return held is not None and (held.day, held.round) == (slot.day, slot.round)

    def place_hand(self) -> None:
        """The field over its cell."""
        if self._at is None or self.hand.shown is None:
            return
        entry, column = self._at
        if self.hand.shown is self.hand.reason:
            column = Col.SIGNS
        self.hand.place(self.visualRect(self.model_.index(self.model_.row_of(entry), column)))

    # What is typed

    def _typed(self) -> None:
        if self._at is None:
            return
        entry, column = self._at
        if self.hand.writes() and column is not Col.SIGNS:
            entry.put(column, self.hand.value.value())
        self._stamp(entry)
        self.typed.emit()

    def _stamp(self, entry: Entry) -> None:
        """The first thing typed sets the hour: now, or on an earlier day the hour written last."""
        if entry.dirty and not entry.texts.get(Col.AT) and self._slot is not None:
            now = self._now()
            entry.texts[Col.AT] = f"{now:%H:%M}" if self._slot.day == now.date() else self._last_clock
            self.repaint_row(entry)

    def _put_signs(self) -> None:
        entry = self.entry()
        if entry is not None:
            codes = tuple(str(code) for code in self.hand.signs.chosen())
            entry.put_signs(codes, asked=bool(codes) or entry.asked)
            self._typed()

    def _put_no_signs(self) -> None:
        entry = self.entry()
        if entry is not None:
            entry.put_signs((), asked=True)
            self._typed()

    def _ask_reason(self) -> None:
        entry = self.entry()
        if entry is None:
            return
        self.hand.ask_reason(entry)
        self.place_hand()

    def _put_reason(self, status: VisitStatus, reason: str) -> None:
        entry = self.entry()
        if entry is not None:
            entry.put_missed(status, reason)
            self._stamp(entry)
            self.typed.emit()
            self.hand.hide()
            self._step(entry, 1, FIRST)

    def _commit(self) -> bool:
        """Read the cell in hand. False when it cannot be: the field stays, with the sentence under the row."""
        if self._at is None or not self.hand.writes():
            return True
        entry, column = self._at
        text = self.hand.value.value()
        if text != entry.texts.get(column, ""):
            entry.put(column, text)
            self._stamp(entry)
        if entry.missed is not None and column in MEASURED and text:
            entry.missed = None
        found = entry.tidy(column)
        if column is Col.AT:
            self._last_clock = entry.texts.get(Col.AT, "")
        kept = [one for one in entry.problems if COLUMN_OF.get(one.field) is not column]
        entry.warned |= {one.code for one in found if one.level == "warning"}
        self._show_problems(entry, [*found, *kept])
        if errors(found):
            self._open_field()
        return not errors(found)

    def _save(self, entry: Entry) -> bool:
        """Ask the page to save the row; warnings not yet seen are shown first and passed the second time."""
        if not entry.dirty or entry.saving or self._slot is None:
            return True
        draft, found = entry.draft(self._slot, self._now())
        new = [one for one in found if one.level == "error" or one.code not in entry.warned]
        entry.warned |= {one.code for one in found if one.level == "warning"}
        if draft is None or new:
            self._show_problems(entry, new)
            self._move(entry, COLUMN_OF.get(new[0].field, FIRST))
            return False
        entry.saving = True
        entry.problems = []
        self.renew(entry)
        self.left.emit(Leaving(entry, draft, sure=bool(found)))
        return True

    def _show_problems(self, entry: Entry, problems: list[Problem]) -> None:
        if problems != entry.problems:
            entry.problems = sorted(problems, key=lambda one: one.level != "error")
            self.renew(entry)
