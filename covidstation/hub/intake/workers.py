"""Taking the inbox in: stations in turn, a large file slice by slice, so that nobody waits for somebody else's.

Which station comes next goes round by its number. One worker at a time serves a station: within this program by
`_busy`, between programs at one PostgreSQL by a lock that the server keeps (`HubDatabase.alone_with`). A file that
cannot be taken has its answer at once; one at which this program fails is set aside after that one failure.
Small files whose senders wait go before, some at a time (`together`), and one slice of the inbox after them.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from covidstation.errors import UserError
from covidstation.hub.database.outcomes import Intake, Outcome
from covidstation.hub.database.store import Hub, utc
from covidstation.hub.intake.bundles import Taking
from covidstation.hub.intake.queue import State, to_record
from covidstation.hub.intake.slices import SLICE
from covidstation.hub.intake.together import take_together
from covidstation.hub.rows import InboxRow, StationRow
from covidstation.sync.refusals import BundleRefused

log = logging.getLogger(__name__)

IDLE: Final = 2.0  # seconds until an idle worker looks for what another program may have put into the inbox
LONGEST_PAUSE: Final = 30.0  # seconds, while the disk is full or the server away
KEEP_OPEN: Final = 2  # large files that stay decrypted between their slices, for each worker
LARGE: Final = 1 << 20  # bytes of a file whose reading could end the program itself
MOST_TRIES: Final = 3  # runs of the program that may have ended over one
AGAIN: Final = 0.02  # seconds until a worker looks again after it met another program at its station
KEPT: Final = 50_000  # files whose outcome is remembered
SWEEP: Final = 1_000  # files after which older ones are let go


Clock = Callable[[], datetime]


def now_here() -> datetime:
    """What this PC's clock says."""
    return datetime.now().astimezone()


@dataclass(frozen=True, slots=True)
class _Turn:
    """The next file to go on with."""

    n: int
    station: int
    sha256: bytes
    name: str
    size: int


class Workers:
    """Threads that take in what waits. On SQLite one is enough: it has one writer."""

    def __init__(self, hub: Hub, count: int = 1, *, most: int = SLICE, clock: Clock = now_here) -> None:
        self._hub, self._most, self._clock = hub, most, clock
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._busy: set[int] = set()  # stations that a worker of this program serves
        self._last = 0  # the station served last
        self._open: OrderedDict[int, Taking] = OrderedDict()
        self._most_open = KEEP_OPEN * count
        self._counted: set[int] = set()
        self._looked = (-1, 0.0)  # at the inbox, when nothing lay there: what it had been given, and when
        self._left_before = 0  # the last file that an earlier run may have ended over
        self._threads = [threading.Thread(target=self._run, name=f"inbox-{n}", daemon=True) for n in range(count)]

    def start(self) -> None:
        """Begin with what an earlier run left."""
        with self._hub.db.write(None, self._clock()) as session:
            forget_old(session)
            self._left_before = session.scalar(select(func.max(InboxRow.n))) or 0
        self._hub.bell.workers += len(self._threads)
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float = 30.0) -> None:
        """Let each worker end its slice, and wait for it; what is left goes on at the next start."""
        self._stopping.set()
        self._hub.bell.ring()
        for thread in self._threads:
            thread.join(seconds)
        self._hub.bell.workers -= len(self._threads)
        if not self._hub.bell.workers:
            self._hub.lane.clear()

    def _run(self) -> None:
        pause = 1.0
        while not self._stopping.is_set():
            heard = self._hub.bell.heard()
            try:
                did = self.take_some()
                if self._is_due():
                    did = self.work() or did
                if not did:
                    self._hub.bell.sleep(heard, IDLE)
                pause = 1.0
            except UserError as trouble:  # the disk, the server: nothing was lost, the file waits
                log.warning("the inbox pauses: %s", trouble.code)
                self._stopping.wait(pause)
                pause = min(LONGEST_PAUSE, pause * 2)
            except Exception as trouble:  # whatever it is, the inbox goes on
                log.error("the inbox stumbled: %s", type(trouble).__name__)
                self._stopping.wait(pause)
                pause = min(LONGEST_PAUSE, pause * 2)

    def _is_due(self) -> bool:
        """Whether something may lie in the inbox: this program put it there, or another one meanwhile."""
        kept, at = self._looked
        return kept != self._hub.bell.kept or time.monotonic() - at >= IDLE

    def take_some(self) -> bool:
        """Small files whose senders wait, together; False when there are none. Raises UserError as `work`."""
        with self._lock:
            files = self._hub.lane.take(self._busy)
            stations = {file.station for file in files}
            self._busy |= stations
        if not files:
            return False
        try:
            take_together(self._hub, files, now=self._clock())
        finally:
            self._hub.lane.settle(files)
            with self._lock:
                self._busy -= stations
            if len(self._threads) > 1:
                self._hub.bell.ring()  # files of these stations may have come meanwhile
        return True

    def work(self) -> bool:
        """One slice of one file; False when nothing waits that another program does not have in hand.

        Raises UserError when the database cannot be used.
        """
        others: set[int] = set()
        while (turn := self._claim(others)) is not None:
            try:
                with self._hub.db.alone_with(turn.station) as alone:
                    if alone:
                        self._serve(turn)
                        return True
                others.add(turn.station)
            finally:
                with self._lock:
                    self._busy.discard(turn.station)
        if others:
            self._stopping.wait(AGAIN)
        return bool(others)

    def _claim(self, others: set[int]) -> _Turn | None:
        """The next file by the stations' turn, without those that are served."""
        with self._lock, self._hub.db.read() as session:
            looked = self._hub.bell.kept, time.monotonic()
            columns = (InboxRow.n, InboxRow.station, InboxRow.sha256, InboxRow.name, InboxRow.size)
            waiting = (
                select(*columns)
                .where(InboxRow.state == State.WAITING.value, InboxRow.station.not_in(self._busy | others))
                .order_by(InboxRow.station, InboxRow.n)
                .limit(1)
            )
            after = waiting.where(InboxRow.station > self._last)
            found = session.execute(after).first() or session.execute(waiting).first()
            if found is None:
                if not self._busy and not others:  # else there may be more of a station that somebody serves
                    self._looked = looked
                return None
            turn = _Turn(*found)
            self._busy.add(turn.station)
            self._last = turn.station
            return turn

    def _serve(self, turn: _Turn) -> None:
        try:
            taking = self._opened(turn)
            if taking is not None:
                self._step(turn, taking)
        except BundleRefused as trouble:
            self._refuse(turn, State.DONE, trouble)
        except UserError:
            raise
        except DBAPIError as trouble:
            if trouble.connection_invalidated:
                raise UserError("hub.database_away", reason=type(trouble.orig).__name__) from trouble
            self._poisoned(turn, trouble)
        except Exception as trouble:  # one bad file stops no other
            self._poisoned(turn, trouble)

    def _poisoned(self, turn: _Turn, trouble: Exception) -> None:
        log.error("file %d of station %d is set aside: %s", turn.n, turn.station, type(trouble).__name__)
        self._refuse(turn, State.ASIDE, UserError("hub.poison"))

    def _opened(self, turn: _Turn) -> Taking | None:
        """As it was left after its last slice, or read anew; None when another program has just taken it."""
        with self._lock:
            taking = self._open.pop(turn.n, None)
        if taking is not None:
            return taking
        self._count_try(turn)
        with self._hub.db.read() as session:
            query = select(InboxRow.data, InboxRow.carrier).where(InboxRow.n == turn.n, InboxRow.data.is_not(None))
            found = session.execute(query).first()
        if found is None:
            return None
        return Taking(self._hub, found.data, name=turn.name, carrier=found.carrier, now=self._clock())

    def _count_try(self, turn: _Turn) -> None:
        """Raises RuntimeError for a large file over which one run of the program after the other has ended."""
        if turn.size < LARGE or turn.n > self._left_before or turn.n in self._counted:
            return
        self._counted.add(turn.n)
        with self._hub.db.write(None, self._clock()) as session:
            row = session.get_one(InboxRow, turn.n)
            row.tries += 1
            tries = row.tries
        if tries > MOST_TRIES:
            raise RuntimeError("the program ended over it")

    def _keep_open(self, n: int, taking: Taking) -> None:
        with self._lock:
            self._open[n] = taking
            while len(self._open) > self._most_open:
                self._open.popitem(last=False)

    def _step(self, turn: _Turn, taking: Taking) -> None:
        """One slice and, after the last, the outcome, in one transaction."""
        with self._hub.db.write(None, self._clock()) as session:
            if not taking.is_done:
                taking.step(session, self._most)
            if taking.is_done:
                self._settle(session, turn, State.DONE, taking.outcomes)
        if taking.is_done:
            self._hub.bell.tell(turn.sha256, taking.outcomes)
        else:
            self._keep_open(turn.n, taking)

    def _refuse(self, turn: _Turn, state: State, trouble: UserError) -> None:
        with self._hub.db.write(None, self._clock()) as session:
            station = session.get_one(StationRow, turn.station)
            refused = [Intake(turn.name, Outcome.REFUSED, station.id, station.name, trouble=trouble)]
            self._settle(session, turn, state, refused)
        self._hub.bell.tell(turn.sha256, refused)

    def _settle(self, session: Session, turn: _Turn, state: State, outcomes: Sequence[Intake]) -> None:
        if state is State.ASIDE:  # the newest one of a station is enough to find out why
            older = (InboxRow.station == turn.station, InboxRow.state == State.ASIDE.value)
            session.execute(update(InboxRow).where(*older).values(data=None))
        values: dict[str, Any] = {"state": state.value, "done_at": utc(self._clock()), "outcome": to_record(outcomes)}
        if state is State.DONE:
            values["data"] = None
        session.execute(update(InboxRow).where(InboxRow.n == turn.n).values(values))
        if turn.n % SWEEP == 0:
            forget_old(session)


def forget_old(session: Session) -> None:
    """Let go of the outcomes of files that came long ago: `bundle` remembers what they brought."""
    newest = session.scalar(select(func.max(InboxRow.n))) or 0
    session.execute(delete(InboxRow).where(InboxRow.state != State.WAITING.value, InboxRow.n <= newest - KEPT))
