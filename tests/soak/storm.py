"""The line of a bad month between the two programs: real requests, no wires.

What goes over it is what `sync.http` sends and what the hub's application answers. A request is lost, arrives days
later, arrives twice; or the hub has taken it and the answer is lost.
"""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from random import Random
from typing import Any

import httpx

with warnings.catch_warnings():  # Starlette would rather have httpx2, which nothing else here needs
    warnings.simplefilter("ignore")
    from starlette.testclient import TestClient

from starlette.applications import Starlette
from starlette.middleware import Middleware

from covidstation.hub.database.store import Hub
from covidstation.hub.intake.workers import Workers
from covidstation.hub.web.app import Guard
from covidstation.hub.web.sync import Rates, SyncDoor
from covidstation.hub.web.taking import Inbox
from covidstation.hub.web.uploads import FOLDER, Uploads
from covidstation.services.exchange import wire
from covidstation.sync import http
from covidstation.sync.http import Line

URL = "http://huyen.test"
TWICE = 0.05  # of requests
LATE = 0.3  # of those that are lost
PIECES = 6_000  # bytes of a bundle above which it goes in pieces: here stations of a few people do it too


class Storm(httpx.BaseTransport):
    """Loses that share of requests and that share of answers."""

    def __init__(self, dice: Random, loss: float, twice: float = TWICE) -> None:
        self.hub: httpx.BaseTransport | None = None
        self.dice, self.loss, self.twice = dice, loss, twice
        self.late: list[tuple[int, httpx.Request]] = []  # with the day on which it arrives
        self.day = 0
        self.seen: Counter[str] = Counter()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request of a station."""
        request.read()
        if self.dice.random() < self.loss:
            if self.dice.random() < LATE:
                self.late.append((self.day + self.dice.randint(1, 6), request))
            self.seen["requests lost"] += 1
            raise httpx.ConnectError("lost")
        answer = self._arrive(request)
        if self.dice.random() < self.twice:
            self.seen["requests twice"] += 1
            answer = self._arrive(request)
        if self.dice.random() < self.loss:
            self.seen["answers lost"] += 1
            raise httpx.ReadTimeout("lost")
        self.seen["round trips"] += 1
        return answer

    def clear_up(self, day: int) -> None:
        """Requests that were on their way arrive; nobody waits for their answers."""
        due, self.late = [one for at, one in self.late if at <= day], [pair for pair in self.late if pair[0] > day]
        for request in due:
            self.seen["requests late"] += 1
            self._arrive(request)

    def _arrive(self, request: httpx.Request) -> httpx.Response:
        assert self.hub is not None
        again = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        answer = self.hub.handle_request(again)
        assert answer.status_code != 500, "the hub stumbled"
        return answer


class StormyLine(Line):
    """A station's end of it."""

    storm: Storm

    def __init__(self, urls: Any, *, authority: str = "", proxy: str = "") -> None:
        self._urls, self._good = tuple(urls), 0
        self._client = httpx.Client(transport=self.storm)


@contextmanager
def stormy(storm: Storm, pieces: int = PIECES) -> Iterator[None]:
    """The program's own line goes through it; what is larger than `pieces` bytes goes in pieces."""
    kept = wire.Line, wire.AT_ONCE, http.AT_ONCE, http.PIECE_SIZE
    StormyLine.storm = storm
    wire.Line, wire.AT_ONCE, http.AT_ONCE, http.PIECE_SIZE = StormyLine, pieces, pieces, pieces // 2  # type: ignore[misc]
    try:
        yield
    finally:
        wire.Line, wire.AT_ONCE, http.AT_ONCE, http.PIECE_SIZE = kept  # type: ignore[misc]


@contextmanager
def answering(hub: Hub, storm: Storm, clock: Callable[[], datetime]) -> Iterator[None]:
    """The hub's sync addresses and the workers of its inbox, by the clock of the story."""
    workers = Workers(hub, clock=clock)
    door = SyncDoor(hub, Inbox(hub), Uploads(hub.place.folder / FOLDER, None), Rates(), clock)
    app = Starlette(routes=door.routes(), middleware=[Middleware(Guard)])
    workers.start()
    try:
        with TestClient(app, base_url=URL) as client:
            storm.hub = client._transport
            yield
    finally:
        storm.hub = None
        workers.stop()
