"""The way from a request to the hub's intake: one at a time, so many waiting, never the event loop."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Protocol

import anyio
from anyio import to_thread

from covidstation.errors import UserError
from covidstation.hub.intake import Intake, take_in
from covidstation.hub.store import Hub

MOST_WAITING: Final = 100


class Taker(Protocol):
    """Takes a bundle in."""

    async def take(self, data: bytes, name: str, now: datetime) -> Sequence[Intake] | None:
        """The outcomes; None when it is durable and its turn has not come. Raises UserError."""


class OneByOne:
    """The next bundle when the last one is done: what the embedded database wants."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._turn = anyio.CapacityLimiter(1)
        self._waiting = 0

    async def take(self, data: bytes, name: str, now: datetime) -> Sequence[Intake] | None:
        """As `Taker.take`. Raises UserError hub.busy when too many wait already."""
        if self._waiting >= MOST_WAITING:
            raise UserError("hub.busy")
        self._waiting += 1
        try:
            return await to_thread.run_sync(lambda: take_in(self._hub, data, name=name, now=now), limiter=self._turn)
        finally:
            self._waiting -= 1
