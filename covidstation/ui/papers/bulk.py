"""Many papers in a row: each gets its number, then goes to the printer or into a folder; Stop loses nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from covidstation.domain.missing import Errand
from covidstation.domain.packs import PaperKind
from covidstation.errors import UserError
from covidstation.services.changes import Kind
from covidstation.services.files import keep_file
from covidstation.services.papers.issuing import Issued, Skipped
from covidstation.services.papers.missing import issue_errand
from covidstation.ui.desk import Desk
from covidstation.ui.papers.issued import file_name
from covidstation.ui.papers.printer import device_for, print_pdf


@dataclass(frozen=True, slots=True)
class Way:
    """Where the papers go: a printer with a count of copies, or a folder."""

    printer: str = ""
    copies: int = 1
    folder: Path | None = None


@dataclass(slots=True)
class Outcome:
    """What became of a run; `errands` are all of it, by the first illness (or contact) of each."""

    total: int
    errands: dict[UUID, Errand] = field(default_factory=dict)
    issued: list[Issued] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    unprinted: list[Issued] = field(default_factory=list)
    trouble: UserError | None = None
    stopped: bool = False

    @property
    def seen(self) -> int:
        """How many were tried."""
        return len(self.issued) + len(self.skipped)


class BulkRun(QObject):
    """`start(…)` or `start_errands(…)`, `stop()`; `moved(Outcome)` after each paper, `ended(Outcome)` once."""

    moved = Signal(object)
    ended = Signal(object)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._waiting: list[Errand] = []
        self._way = Way()
        self.outcome: Outcome | None = None

    def start(self, kind: PaperKind, episode_ids: list[UUID], way: Way) -> None:
        """Issue a paper of that kind for each of these, one after the other."""
        self.start_errands([Errand(kind, (one,), ()) for one in episode_ids], way)

    def start_errands(self, errands: Sequence[Errand], way: Way) -> None:
        """Issue these one after the other."""
        self._waiting, self._way = list(errands), way
        self.outcome = Outcome(len(errands), {errand.subject_ids[0]: errand for errand in errands})
        self.moved.emit(self.outcome)
        self._next()

    def running(self) -> bool:
        """Whether a run is under way."""
        return self.outcome is not None

    def stop(self) -> None:
        """Finish the one in hand, issue no other."""
        if self.outcome is not None:
            self.outcome.stopped = bool(self._waiting)
            self._waiting = []

    def _next(self) -> None:
        outcome, desk = self.outcome, self._desk
        if outcome is None:
            return
        if not self._waiting:
            self.outcome = None
            self.ended.emit(outcome)
            desk.tell(frozenset({Kind.PAPERS, Kind.EPISODES, Kind.CONTACTS}))
            return
        op = partial(
            issue_errand,
            desk.register.db,
            self._waiting.pop(0),
            catalog=desk.catalog,
            by=desk.register.user_id,
            now=desk.now(),
        )
        desk.ask(self, op, partial(self._issued, outcome))

    def _issued(self, outcome: Outcome, result: Issued | Skipped) -> None:
        if isinstance(result, Skipped):
            outcome.skipped.append(result)
            self.moved.emit(outcome)
            self._next()
            return
        outcome.issued.append(result)
        self.moved.emit(outcome)
        self._hand_out(outcome, result)

    def _hand_out(self, outcome: Outcome, issued: Issued) -> None:
        way, year = self._way, self._desk.now().year

        def failed(trouble: UserError) -> None:
            outcome.unprinted.append(issued)
            outcome.trouble = trouble
            self.stop()  # a printer without paper must not eat numbers
            self._next()

        if way.folder is not None:
            path = way.folder / file_name(issued.number, issued.symbol, year)
            self._desk.tasks.background(self, lambda: keep_file(path, issued.pdf), lambda _path: self._next(), failed)
            return
        device = device_for(way.printer)
        op = partial(print_pdf, issued.pdf, device, way.copies)
        self._desk.tasks.background(self, op, lambda _none: self._next(), failed)
