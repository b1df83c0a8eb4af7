"""Half-typed rows of a round: kept every two seconds, so that a power cut takes none of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final
from uuid import UUID

from PySide6.QtCore import QObject, QTimer

from covidstation.services.drafts import Settled, drafts, drop_draft, keep_draft
from covidstation.ui.desk import Desk
from covidstation.ui.rounds.entry import Slot

FORM: Final = "round"
EVERY_MS: Final = 2000
Rows = Mapping[UUID, Mapping[str, Any]]


def subject_of(slot: Slot) -> str:
    """One draft for each round of each day."""
    return f"{slot.day.isoformat()}/{slot.round.value}"


def kept_rows(desk: Desk, slot: Slot) -> dict[UUID, Mapping[str, Any]]:
    """What was left half typed in that round, on the database thread; what cannot be read any more is passed over."""
    found: dict[UUID, Mapping[str, Any]] = {}
    for draft in drafts(desk.register.db, FORM):
        if draft.subject == subject_of(slot):
            for key, raw in draft.value.items():
                if isinstance(raw, dict):
                    found[UUID(key)] = raw
    return found


class RoundKeeper(QObject):
    """Keeps `rows()` under the round in hand while they change."""

    def __init__(self, desk: Desk, rows: Callable[[], Rows], parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._rows = desk, rows
        self._slot: Slot | None = None
        self._there = False  # a draft stands in the register
        self._timer = QTimer(self, interval=EVERY_MS, singleShot=True)
        self._timer.timeout.connect(self.keep_now)

    def begin(self, slot: Slot, *, there: bool) -> None:
        """Another round; `there` when rows were taken up from a draft."""
        self._timer.stop()
        self._slot, self._there = slot, there

    def touch(self) -> None:
        """Something was typed, or saved."""
        if not self._timer.isActive():
            self._timer.start()

    def settled(self, saved: UUID) -> Settled | None:
        """What the saving of that row takes along: the draft without it."""
        if self._slot is None or not self._there:
            return None
        return Settled(FORM, subject_of(self._slot), {k: v for k, v in self._value().items() if k != str(saved)})

    def keep_now(self) -> None:
        """Keep what stands there; nothing half typed drops the draft."""
        self._timer.stop()
        if self._slot is None:
            return
        value = self._value()
        db, now, subject = self._desk.register.db, self._desk.now(), subject_of(self._slot)
        if value:
            self._there = True
            self._desk.ask(self, partial(keep_draft, db, FORM, subject, value, now=now), lambda _none: None)
        elif self._there:
            self._there = False
            self._desk.ask(self, partial(drop_draft, db, FORM, subject, now=now), lambda _none: None)

    def _value(self) -> dict[str, Any]:
        return {str(key): dict(raw) for key, raw in self._rows().items()}
