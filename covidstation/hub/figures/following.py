"""The figures follow by themselves once a storm of bundles is over, so that the next page finds them ready."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Final

from covidstation.errors import UserError
from covidstation.hub.database.store import Hub
from covidstation.hub.figures.facts import refresh_facts

log = logging.getLogger(__name__)

QUIET: Final = 1.5  # seconds without a new file
LONGEST: Final = 60.0  # seconds that a storm may hold the figures back
LOOK: Final = 60.0  # seconds until what another program may have taken in is looked for
SLICE: Final = 0.2  # seconds of writing, then whoever waits has a turn


def _now() -> datetime:
    return datetime.now().astimezone()


class Follower:
    """One thread beside the workers of the inbox; it writes nothing but the facts."""

    def __init__(
        self, hub: Hub, *, quiet: float = QUIET, look: float = LOOK, clock: Callable[[], datetime] = _now
    ) -> None:
        self._hub, self._quiet, self._look, self._clock = hub, quiet, look, clock
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="figures", daemon=True)

    def start(self) -> None:
        """From now on."""
        self._thread.start()

    def stop(self, seconds: float = 10.0) -> None:
        """End the slice that runs."""
        self._stopping.set()
        self._hub.bell.ring()
        self._thread.join(seconds)

    def _run(self) -> None:
        while not self._stopping.is_set():
            heard = self._hub.bell.heard()
            try:
                self._follow()
            except UserError as trouble:  # the disk, the server: a page asks again
                log.warning("the figures wait: %s", trouble.code)
            except Exception as trouble:  # whatever it is, a page computes what is missing
                log.error("the figures stumbled: %s", type(trouble).__name__)
            self._hub.bell.sleep(heard, self._look)
            self._wait_for_quiet()

    def _follow(self) -> None:
        """Slice by slice; a new file comes first."""
        heard = self._hub.bell.heard()
        while refresh_facts(self._hub, self._clock(), seconds=SLICE):
            if self._stopping.wait(SLICE / 2) or self._hub.bell.heard() != heard:
                return

    def _wait_for_quiet(self) -> None:
        until = time.monotonic() + LONGEST
        while not self._stopping.is_set() and time.monotonic() < until:
            heard = self._hub.bell.heard()
            self._hub.bell.sleep(heard, self._quiet)
            if self._hub.bell.heard() == heard:
                return
