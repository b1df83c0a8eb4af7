"""A copy a day by itself, as long as the hub serves."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from covidstation.errors import UserError
from covidstation.hub.copies.backup import FOLDER, Backup, list_backups, make_backup
from covidstation.hub.database.store import Hub

log = logging.getLogger(__name__)

EVERY: Final = timedelta(hours=23)  # a little less than a day, so that it does not wander into the morning
LOOK: Final = 600.0  # seconds


def _now() -> datetime:
    return datetime.now().astimezone()


class DailyBackup:
    """A thread that makes a copy when the newest one is a day old. `trouble` is the last refusal, until one works."""

    def __init__(self, hub: Hub, folder: Path | None = None, *, clock: Callable[[], datetime] = _now) -> None:
        self._hub, self._clock = hub, clock
        self.folder = folder or hub.place.folder / FOLDER
        self.trouble: UserError | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="backup", daemon=True)

    def __enter__(self) -> DailyBackup:
        self.start()
        return self

    def __exit__(self, *_trouble: object) -> None:
        self.stop()

    def start(self) -> None:
        """Look now, and every ten minutes."""
        self._thread.start()

    def stop(self, seconds: float = 30.0) -> None:
        """End; a copy that is being made is finished, or left without a name."""
        self._stopping.set()
        self._thread.join(seconds)

    def is_due(self) -> bool:
        """Whether the newest copy is a day old. One that bears a day to come does not count."""
        now = self._clock().astimezone().replace(tzinfo=None)
        past = [made for _path, made in list_backups(self.folder) if made <= now]
        return not past or now - past[0] >= EVERY

    def make_if_due(self) -> Backup | None:
        """Raises UserError hub.backup_failed."""
        return make_backup(self._hub, self.folder, now=self._clock()) if self.is_due() else None

    def _run(self) -> None:
        while True:
            try:
                self.make_if_due()
                self.trouble = None
            except UserError as trouble:
                self.trouble = trouble
                log.warning("no copy was made: %s", trouble.code)
            except Exception as trouble:  # the next look may find it mended
                log.error("no copy was made: %s", type(trouble).__name__)
            if self._stopping.wait(LOOK):
                return
