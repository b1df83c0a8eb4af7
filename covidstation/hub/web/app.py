"""The hub's web application: the sync addresses of stations, and the pages of people (`hub.web.pages`).

    make_app(hub, pages=routes(hub))    # what `covidstation-hub serve` runs

Whatever fails inside is logged without a value of any field and answered with one sentence.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Final

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from covidstation.errors import UserError
from covidstation.hub.database.store import Hub
from covidstation.hub.intake.workers import Clock, now_here
from covidstation.hub.web.refusing import refusal
from covidstation.hub.web.sync import Rates, SyncDoor
from covidstation.hub.web.taking import Inbox, Taker
from covidstation.hub.web.uploads import FOLDER, Bounds, Uploads
from covidstation.sync.frames import BUNDLES

log = logging.getLogger(__name__)

SAFE: Final = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
"""On every answer, unless a page says something of its own."""
FOR_BROWSERS: Final = (
    "X-Frame-Options",
    "Referrer-Policy",
    "Cross-Origin-Resource-Policy",
    "Content-Security-Policy",
)
HSTS: Final = "max-age=31536000"


def make_app(
    hub: Hub,
    *,
    taker: Taker | None = None,
    pages: Sequence[BaseRoute] = (),
    middleware: Sequence[Middleware] = (),
    rates: Rates | None = None,
    bounds: Bounds | None = None,
    clock: Clock = now_here,
) -> Starlette:
    """The application for one open hub, whose workers run. `pages` and their `middleware` are for people.

    `clock` is what stations are answered by.
    """
    uploads = Uploads(hub.place.folder / FOLDER, bounds)
    door = SyncDoor(hub, taker or Inbox(hub), uploads, rates or Rates(), clock)
    app = Starlette(
        routes=[*door.routes(), *pages],
        middleware=[Middleware(Guard), *middleware],
        exception_handlers={HTTPException: _not_here},
    )
    app.state.hub = hub
    return app


def _not_here(request: Request, trouble: Exception) -> Response:
    """An address or a method that nobody has."""
    status = trouble.status_code if isinstance(trouble, HTTPException) else 500
    answer = refusal(UserError("http.not_here"), status)
    if isinstance(trouble, HTTPException) and trouble.headers:
        answer.headers.update(trouble.headers)
    return answer


class Guard:
    """Around everything: headers that keep browsers careful, and no trace of an error to anybody."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def sending(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                headers = MutableHeaders(scope=message)
                for name, value in SAFE.items():
                    headers.setdefault(name, value)
                if headers.get("Content-Type") == BUNDLES:  # no browser's, and each byte counts on its line
                    for name in FOR_BROWSERS:
                        del headers[name]
                elif scope.get("scheme") == "https":
                    headers.setdefault("Strict-Transport-Security", HSTS)
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as trouble:
            log.error("a request failed: %s", scope.get("method"), exc_info=trouble)
            if not begun:
                await refusal(UserError("http.failed"), 500)(scope, receive, sending)
