"""The way from a request to the hub's inbox: never on the event loop, and no longer than a caller waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

import anyio
from anyio import to_thread

from covidstation.hub.database.store import Hub
from covidstation.hub.intake.bundles import Intake
from covidstation.hub.intake.queue import take_at_once

PATIENCE: Final = 20.0  # seconds until a station is told to ask again
THREADS: Final = 64  # requests that wait for their turn at once


class Taker(Protocol):
    """Takes a bundle in."""

    async def take(self, data: bytes, name: str, now: datetime) -> Sequence[Intake] | None:
        """The outcomes; None when it is durable and its turn has not come. Raises UserError."""


class Inbox:
    """Through `hub.intake.queue`, in the station's turn; `hub.intake.workers` must run."""

    def __init__(self, hub: Hub, *, carrier: str = "http", patience: float = PATIENCE) -> None:
        self._hub, self._carrier, self._patience = hub, carrier, patience
        self._threads = anyio.CapacityLimiter(THREADS)

    async def take(self, data: bytes, name: str, now: datetime) -> Sequence[Intake] | None:
        """As `Taker.take`."""
        return await to_thread.run_sync(self._take, data, name, now, limiter=self._threads)

    def _take(self, data: bytes, name: str, now: datetime) -> Sequence[Intake] | None:
        return take_at_once(self._hub, data, now, name=name, carrier=self._carrier, patience=self._patience)
