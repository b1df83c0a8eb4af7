"""Waking those who wait within one program: workers for something to do, requests for what became of their file."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Condition, Event, Lock
from weakref import WeakValueDictionary

from covidstation.hub.database.outcomes import Intake


class Expected:
    """What somebody waits to hear of one file."""

    def __init__(self) -> None:
        self._told = Event()
        self.answer: list[Intake] | None = None

    def tell(self, answer: Sequence[Intake]) -> None:
        """Wake everybody who waits."""
        self.answer = list(answer)
        self._told.set()

    def wait(self, seconds: float) -> list[Intake] | None:
        """The answer, or None when it did not come in that time."""
        self._told.wait(max(0.0, seconds))
        return self.answer


class Bell:
    """One for each open hub. Other programs at the same database do not hear it; they look again after a while."""

    def __init__(self) -> None:
        self.workers = 0  # that run in this program
        self.kept = 0  # files that the inbox was given; who looks there need not look again before it changes
        self._rings = 0
        self._rung = Condition()
        self._lock = Lock()
        self._expected: WeakValueDictionary[bytes, Expected] = WeakValueDictionary()

    def expect(self, sha256: bytes) -> Expected:
        """Where the answer about that file will be told; the same for all who ask."""
        with self._lock:
            found = self._expected.get(sha256)
            if found is None or found.answer is not None:
                self._expected[sha256] = found = Expected()
            return found

    def tell(self, sha256: bytes, answer: Sequence[Intake]) -> None:
        """A file has its outcomes, and they are durable."""
        with self._lock:
            found = self._expected.pop(sha256, None)
        if found is not None:
            found.tell(answer)

    def ring(self) -> None:
        """There is something to do."""
        with self._rung:
            self._rings += 1
            self._rung.notify_all()

    def heard(self) -> int:
        """How often it rang; ask before looking for work, and give it to `sleep`."""
        with self._rung:
            return self._rings

    def sleep(self, heard: int, seconds: float) -> None:
        """Until it rings again after `heard`, or so long."""
        with self._rung:
            self._rung.wait_for(lambda: self._rings != heard, seconds)
