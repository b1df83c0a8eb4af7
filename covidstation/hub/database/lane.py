"""The short way in, within one program: small files whose senders wait, until a worker takes some of them together.

Nothing here is durable and nobody was told that it is: whoever handed a file over waits for its outcome, and keeps it
(`hub.intake.queue.enqueue`) when it does not come.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Final

from covidstation.hub.database.outcomes import Intake
from covidstation.sync.bundle import Sender

MOST: Final = 32 << 20  # bytes in hand; beyond, files go the long way
TOGETHER: Final = 16  # files of one transaction
LINES: Final = 2_000  # changes of one transaction, unless one file has more: what others wait for at most


@dataclass(frozen=True, slots=True)
class Known:
    """What the door knows of a file that is new: its hash, who signed it, whether all its lines may be here."""

    sha256: bytes
    senders: Mapping[str, Sender]  # by key id
    may_be_held: bool = False


@dataclass(eq=False, slots=True)
class Handed:
    """One file, checked at the door. `lines`: how many its header promises."""

    data: bytes
    known: Known
    name: str
    carrier: str
    station: int  # its number
    lines: int
    answer: list[Intake] | None = None
    _told: Event = field(default_factory=Event)

    @property
    def sha256(self) -> bytes:
        """By which it is the same file."""
        return self.known.sha256

    def tell(self, answer: Sequence[Intake] | None) -> None:
        """Wake everybody who waits for it; None: it has to go the long way."""
        self.answer = None if answer is None else list(answer)
        self._told.set()

    def wait(self, seconds: float) -> list[Intake] | None:
        """The outcomes, once they are durable; None for the long way."""
        self._told.wait(max(0.0, seconds))
        return self.answer


class Lane:
    """One for each open hub. Files of one station leave in the order in which they came."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: dict[bytes, Handed] = {}
        self._taken: dict[bytes, Handed] = {}
        self._size = 0

    @property
    def waiting(self) -> int:
        """Files that no worker has taken yet."""
        return len(self._waiting)

    def hand(self, file: Handed) -> Handed | None:
        """Put it at the end; the one to wait for is its twin, when the same file is in hand. None: there is no room."""
        with self._lock:
            twin = self._waiting.get(file.sha256) or self._taken.get(file.sha256)
            if twin is not None:
                return twin
            if self._size + len(file.data) > MOST:
                return None
            self._waiting[file.sha256] = file
            self._size += len(file.data)
            return file

    def take(self, busy: Collection[int]) -> list[Handed]:
        """The next ones that fit one transaction, none of a station in `busy`; then `settle` them, whatever happens."""
        found: list[Handed] = []
        lines = 0
        full: set[int] = set()  # stations of which one file had to stay: later ones stay behind it
        with self._lock:
            for file in self._waiting.values():
                if len(found) >= TOGETHER:
                    break
                if file.station in busy or file.station in full or (found and lines + file.lines > LINES):
                    full.add(file.station)
                    continue
                found.append(file)
                lines += file.lines
            for file in found:
                self._taken[file.sha256] = self._waiting.pop(file.sha256)
        return found

    def settle(self, files: Sequence[Handed]) -> None:
        """They are out of hand; who is not told yet goes the long way."""
        with self._lock:
            for file in files:
                if self._taken.pop(file.sha256, None) is not None:
                    self._size -= len(file.data)
        for file in files:
            if file.answer is None:
                file.tell(None)

    def leave(self, file: Handed) -> None:
        """Its sender waits no longer: whoever else does goes the long way too. A taken one goes on to its end."""
        with self._lock:
            left = self._waiting.pop(file.sha256, None)
            if left is not None:
                self._size -= len(left.data)
        if left is not None:
            left.tell(None)

    def clear(self) -> None:
        """Nobody takes anything any more."""
        for file in list(self._waiting.values()):
            self.leave(file)
