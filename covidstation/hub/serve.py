"""`covidstation-hub serve`: the hub's application on a port, with TLS of its own authority.

One process. What uvicorn does not bound is bounded here: a caller that never ends its headers is cut off.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Final

import h11
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from covidstation.hub.tls import ServerFiles

PORT: Final = 8443
HEADERS: Final = 20.0  # seconds from the first byte, or from nothing at all, to the end of the headers
LINGER: Final = 2.0  # seconds
KEEP: Final = 15  # seconds that an idle connection stays
MOST_HEADERS: Final = 16 << 10
MOST_CONNECTIONS: Final = 1_000
GRACE: Final = 20  # seconds to end what runs when the server is stopped
CIPHERS: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"


class CarefulProtocol(H11Protocol):
    """Cuts off whoever does not say what is wanted in time."""

    _limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """A new connection."""
        super().connection_made(transport)
        self._limit = self.loop.call_later(HEADERS, self._too_slow)

    def _too_slow(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()

    def on_response_complete(self) -> None:
        """Who was answered before all was said may hear the answer, and is then cut off."""
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self.loop.call_later(LINGER, self.transport.close)

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        if self._limit is not None:
            self._limit.cancel()
        super().connection_lost(exc)


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
    return uvicorn.Config(
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


def run_server(app: ASGIApp, host: str, port: int, *, tls: ServerFiles | None, ready: Callable[[], object]) -> None:
    """Serve until the process is told to end; `ready` is called when the port is open."""

    class Told(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            if self.started:
                ready()

    Told(server_config(app, host, port, tls=tls)).run()
