"""A file that grows piece by piece and has its name only when it is whole."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol, TypeVar

from covidstation.errors import UserError

T = TypeVar("T")


class GrowingFile:
    """Written beside as `.name.part`. Every trouble is a UserError exports.disk_full or paper.not_kept, and leaves no
    part behind. One thread may `drop` it while another writes: what is written afterwards goes nowhere."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._turn = threading.RLock()
        self._dropped = False
        self._part = path.with_name(f".{path.name}.part")
        self._file = self._careful(lambda: self._part.open("wb"))

    def write(self, data: bytes) -> None:
        """One more piece."""
        with self._turn:
            if not self._dropped:
                self._careful(lambda: self._file.write(data))

    def keep(self) -> Path:
        """The file is whole: on the disk first, then under its name. One that was dropped stays away."""

        def settle() -> Path:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            return self._part.replace(self.path)

        with self._turn:
            return self.path if self._dropped else self._careful(settle)

    def drop(self) -> None:
        """Nothing of it stays."""
        with self._turn:
            self._dropped = True
            with suppress(OSError):
                self._file.close()
            with suppress(OSError):
                self._part.unlink(missing_ok=True)

    def _careful(self, act: Callable[[], T]) -> T:
        try:
            return act()
        except OSError as trouble:
            if hasattr(self, "_file"):
                self.drop()
            if trouble.errno in (errno.ENOSPC, errno.EDQUOT):
                raise UserError("exports.disk_full", name=self.path.name) from trouble
            raise UserError("paper.not_kept", name=self.path.name, reason=trouble.strerror or "") from trouble


class Growing(Protocol):
    """An export on its way: `step` until it says no, then `finish`; `drop` at any time leaves nothing."""

    done: int
    total: int

    def step(self) -> bool:
        """A piece of work of some hundredths of a second; whether there is more."""

    def finish(self) -> Path:
        """Give the file its name."""

    def drop(self) -> None:
        """Leave nothing behind."""


def run_whole(job: Growing) -> Path:
    """All of it in one go, for whoever shows no window meanwhile."""
    try:
        while job.step():
            pass
        return job.finish()
    except BaseException:
        job.drop()
        raise
