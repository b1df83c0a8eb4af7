"""`covidstation-hub serve`: the hub's application on a port, with TLS of its own authority.

One process. What uvicorn does not bound is bounded here: a caller that never ends its headers is cut off.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket  # door: the district's program serves stations
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import h11
import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import HANDLED_SIGNALS

from covidstation.errors import UserError
from covidstation.hub.copies.daily import DailyBackup
from covidstation.hub.database.store import Hub
from covidstation.hub.figures.following import Follower
from covidstation.hub.intake.workers import Clock, Workers, now_here
from covidstation.hub.rows import HubStateRow
from covidstation.hub.stations.enrolling import renew_certificates
from covidstation.hub.stations.tls import ServerFiles, server_files
from covidstation.hub.web.app import make_app
from covidstation.hub.web.pages import routes
from covidstation.hub.web.taking import Inbox
from covidstation.sync.enrolment import MOST_URLS, is_url

log = logging.getLogger(__name__)

BACKLOG: Final = 512
DAY: Final = 86_400.0  # seconds
HEADERS: Final = 20.0  # seconds from the first byte, or from nothing at all, to the end of the headers
LINGER: Final = 2.0  # seconds
KEEP: Final = 15  # seconds that an idle connection stays
MOST_HEADERS: Final = 16 << 10
MOST_CONNECTIONS: Final = 1_000
GRACE: Final = 20  # seconds to end what runs when the server is stopped
CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"


@contextmanager
def application(hub: Hub, *, workers: int = 1, clock: Clock = now_here, **how: Any) -> Iterator[Starlette]:
    """The hub's application with the workers of its inbox and the figures that follow; `how` as in `make_app`."""
    at_work = Workers(hub, workers, clock=clock)
    following = Follower(hub)
    at_work.start()
    following.start()
    try:
        yield make_app(hub, clock=clock, **how)
    finally:
        following.stop()
        at_work.stop()


class CarefulProtocol(H11Protocol):
    """Cuts off whoever does not say in time what is wanted, at the first request of a connection and at later ones."""

    _limit: asyncio.TimerHandle | None = None
    _answered: object = None  # the last request; none at first

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """A new connection."""
        super().connection_made(transport)
        self._wait_for_headers(HEADERS)

    def on_response_complete(self) -> None:
        """Who was answered before all was said may hear the answer, and is then cut off."""
        super().on_response_complete()
        self._answered = self.cycle
        self._wait_for_headers(KEEP + HEADERS)
        if self.conn.their_state is h11.SEND_BODY:
            self.loop.call_later(LINGER, self.transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        if self._limit is not None:
            self._limit.cancel()
        super().connection_lost(exc)

    def _wait_for_headers(self, seconds: float) -> None:
        if self._limit is not None:
            self._limit.cancel()
        self._limit = self.loop.call_later(seconds, self._too_slow)

    def _too_slow(self) -> None:
        if self.cycle is self._answered and not self.transport.is_closing():
            self.transport.close()


def server_config(app: ASGIApp, host: str, port: int, *, tls: ServerFiles | None = None) -> uvicorn.Config:
    """How the server runs."""
    secured: dict[str, Any] = {}
    if tls is not None:
        secured = {
            "ssl_certfile": str(tls.certificate),
            "ssl_keyfile": str(tls.key),
            "ssl_keyfile_password": tls.passphrase,
            "ssl_ciphers": CIPHERS,
        }
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)  # its lines may hold what a caller sent; ours are in log
    config = uvicorn.Config(
        app,
        host=host,
        port=port,
        http=CarefulProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP,
        timeout_graceful_shutdown=GRACE,
        h11_max_incomplete_event_size=MOST_HEADERS,
        limit_concurrency=MOST_CONNECTIONS,
        **secured,
    )
    config.load()
    if config.ssl is not None:
        config.ssl.num_tickets = 0  # half a kilobyte before each answer, and no station comes back with one
    return config


def serve(
    hub: Hub,
    *,
    host: str,
    port: int,
    urls: Sequence[str],
    tls: bool,
    ready: Callable[[Served], object],
) -> None:
    """Serve until the process is told to end; `ready` hears where, once the port is open.

    Without `urls` the ones of last time count, else this computer's own address. Every certificate of a station names
    them from now on. Raises UserError hub.url_bad, hub.port_taken, hub.tls_folder.
    """
    places = _places(hub, urls, port, tls)
    files = server_files(hub, places, now=_now()) if tls else None
    renewed = renew_certificates(hub, urls=places, authority=files.authority if files else "", now=_now())
    answering = application(hub, workers=hub.db.at_once, pages=routes(hub, taker=Inbox(hub, carrier="browser")))
    with _port(host, port) as listener, answering as app, DailyBackup(hub):
        config = server_config(app, host, port, tls=files)
        server = _Server(config, lambda: ready(Served(tuple(places), renewed)))
        stop = threading.Event()
        if files is not None:
            threading.Thread(target=_keep_fresh, args=(hub, places, config, stop), daemon=True).start()
        server.run([listener])
        stop.set()


@dataclass(frozen=True, slots=True)
class Served:
    """Where stations find the hub, and how many of their certificates were written anew for it."""

    urls: tuple[str, ...]
    renewed: int


class _Server(uvicorn.Server):
    """Says when its port is open."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], object]) -> None:
        super().__init__(config)
        self._ready = ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End what runs when told to, and return: uvicorn's own would end the process before the inbox has stopped."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in HANDLED_SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """As uvicorn's."""
        await super().startup(sockets)
        self._ready()


def _places(hub: Hub, urls: Sequence[str], port: int, tls: bool) -> list[str]:
    places = [url.strip().rstrip("/") for url in urls]
    if not places:
        with hub.db.read() as session:
            places = session.get_one(HubStateRow, 1).urls.split()
    scheme = "https" if tls else "http"
    places = places or [f"{scheme}://{_own_address()}:{port}"]
    for place in places:
        if not is_url(place) or (tls and not place.startswith("https://")):
            raise UserError("hub.url_bad", url=place)
    if len(places) > MOST_URLS:
        raise UserError("hub.url_bad", url=places[MOST_URLS])
    return places


def _own_address() -> str:
    """By which this computer reaches others; nothing is sent to find out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # a documentation address, RFC 5737
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def _port(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except (OSError, OverflowError) as cause:
        raise UserError("hub.port_taken", host=host, port=port) from cause


def _keep_fresh(hub: Hub, urls: Sequence[str], config: uvicorn.Config, stop: threading.Event) -> None:
    """A server that runs for a year gets its next certificate without being stopped."""
    while not stop.wait(DAY):
        try:
            files = server_files(hub, urls, now=_now())
            if config.ssl is not None:
                config.ssl.load_cert_chain(files.certificate, files.key, files.passphrase)
        except (UserError, OSError) as trouble:
            log.warning("the server's certificate was not renewed: %s", type(trouble).__name__)


def _now() -> datetime:
    return datetime.now().astimezone()
