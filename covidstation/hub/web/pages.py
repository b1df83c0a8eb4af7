"""The hub's pages for people: who comes in, what is read of a request, how an answer leaves.

    make_app(hub, pages=routes(hub))

Handlers run on threads of their own: however many people log in at once, stations are served. Every page carries its
headers; every form that changes something carries the session's secret.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import re
import secrets
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

import anyio.from_thread
from anyio import CapacityLimiter, to_thread
from starlette.datastructures import FormData, URLPath
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Match, NoMatchFound, Route
from starlette.types import Message, Receive, Scope, Send

from covidstation.catalog import Catalog, load_catalog
from covidstation.errors import UserError
from covidstation.hub.database.store import Hub
from covidstation.hub.down.packs import codes_mark, with_codes
from covidstation.hub.intake.bundles import Intake, take_in
from covidstation.hub.staff.audit import HubAction, note_alone
from covidstation.hub.staff.sessions import find_session, is_form_token
from covidstation.hub.web.carrying import MOST_FILES
from covidstation.hub.web.doors import DOORS, Door
from covidstation.hub.web.frame import Answer, Ask, File, Go, Sheet, Show
from covidstation.hub.web.render import render
from covidstation.hub.web.taking import Taker
from covidstation.paths import resources
from covidstation.services.tables import xlsx_bytes

log = logging.getLogger(__name__)

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
FOR_EVER: Final = "public, max-age=31536000, immutable"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
THREADS, LOGINS, LOGINS_WAITING = 8, 2, 60
MOST_FIELDS: Final = 60
SILENCE, GRACE, SLOWEST = 30.0, 120.0, 400.0  # seconds, seconds, bytes a second
ZIPPED_FROM: Final = 1_200  # bytes
STATUS: Final = {"hub_page.not_found": 404}
_FORM_SECRET: Final = re.compile(r"[0-9a-f]{64}")
STATIONS: Final = "/sync/"
PLAIN: Final = frozenset(door.path for door in DOORS if door.method == "GET" and "{" not in door.path)
LOGIN: Final = next(door for door in DOORS if (door.method, door.path) == ("GET", "/login"))
Clock = Callable[[], datetime]


def routes(hub: Hub, *, taker: Taker | None = None, clock: Clock | None = None) -> list[BaseRoute]:
    """A route for each door, and one for whoever is lost.

    `taker` takes bundles in as the sync addresses do; `clock` gives aware moments.
    """
    return Pages(hub, taker, clock or _now).routes()


def _now() -> datetime:
    return datetime.now().astimezone()


class Lost(BaseRoute):
    """Every address that no door has; those of stations are answered as their programs expect (`hub.web.app`)."""

    path, methods = "", frozenset[str]()

    def __init__(self, answer: Callable[[Request], Awaitable[Response]]) -> None:
        self._answer = answer

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """All that is a person's."""
        mine = scope["type"] == "http" and not f"{scope['path']}/".startswith(STATIONS)
        return (Match.FULL if mine else Match.NONE), {}

    def url_path_for(self, name: str, /, **_params: object) -> URLPath:
        """It has no address."""
        raise NoMatchFound(name, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        response = await self._answer(Request(scope, receive))
        await response(scope, receive, send)


class Pages:
    """The pages of one open hub."""

    def __init__(self, hub: Hub, taker: Taker | None, clock: Clock) -> None:
        self._hub, self._taker, self._clock = hub, taker, clock
        self._catalog: Catalog | None = None
        self._coded: tuple[object, Catalog] | None = None
        self._threads, self._logins = CapacityLimiter(THREADS), CapacityLimiter(LOGINS)

    def routes(self) -> list[BaseRoute]:
        """In the order of the table; what is none of them comes last."""
        doors = [Route(door.path, partial(self._answer, door), methods=[door.method]) for door in DOORS]
        return [*doors, Lost(self._lost)]

    async def _answer(self, door: Door, request: Request) -> Response:
        """One request, whatever comes of it."""
        ask = self._asked(request)
        secret = request.cookies.get(f"{cookie_name(request)}-form", "")
        secret = secret if _FORM_SECRET.fullmatch(secret) else secrets.token_hex(32)
        try:
            return zipped(request, await self._let_in(door, request, ask, secret))
        except ClientDisconnect:
            return Response(status_code=400)
        except Exception as trouble:
            log.error("a page failed: %s %s", door.method, door.path, exc_info=trouble)
            return await self._refuse(ask, UserError("hub_page.trouble"), 500)

    def _asked(self, request: Request) -> Ask:
        return Ask(
            hub=self._hub,
            catalog=self._lists(),
            now=self._clock(),
            address=request.client.host if request.client else "",
            secure=request.url.scheme == "https",
            path=request.url.path,
            parts=dict(request.path_params),
            query=dict(request.query_params),
            token=request.cookies.get(cookie_name(request), ""),
            take=self._take,
        )

    async def _lost(self, request: Request) -> Response:
        """An address that nobody has: a page that leads back."""
        plain = request.url.path.rstrip("/")
        if request.method in ("GET", "HEAD") and plain != request.url.path and plain in PLAIN:
            return RedirectResponse(plain, 307)
        ask = self._asked(request)
        try:
            if ask.token:
                found = await to_thread.run_sync(find_session, self._hub, ask.token, ask.now, limiter=self._threads)
                ask = replace(ask, signed=found)
            return await self._refuse(ask, UserError("hub_page.not_found"), 404)
        except Exception as trouble:
            log.error("a page failed: %s", request.method, exc_info=trouble)
            return await self._refuse(replace(ask, signed=None), UserError("hub_page.trouble"), 500)

    def _lists(self) -> Catalog:
        self._catalog = self._catalog or load_catalog(resources())
        return self._catalog

    def _with_codes(self, shipped: Catalog) -> Catalog:
        """With the lists of codes that the district sent; read again when it sent something."""
        with self._hub.db.read() as session:
            mark = codes_mark(session)
            if self._coded is None or self._coded[0] != mark:
                self._coded = (mark, with_codes(session, shipped))
        return self._coded[1]

    def _take(self, data: bytes, name: str) -> Sequence[Intake] | None:
        """On a worker thread: a bundle that came by browser, in its turn among those that came by wire."""
        if self._taker is None:
            return take_in(self._hub, data, name=name, now=self._clock())
        return anyio.from_thread.run(self._taker.take, data, name, self._clock())

    async def _let_in(self, door: Door, request: Request, ask: Ask, secret: str) -> Response:
        """Who is it, may they, does their form belong to their session; then the handler."""
        if door.method == "POST" and not _is_from_here(request):
            return await self._refuse(ask, UserError("hub_page.elsewhere"), 403)
        if ask.token:
            found = await to_thread.run_sync(find_session, self._hub, ask.token, ask.now, limiter=self._threads)
            ask = replace(ask, signed=found)
        gate = self._gate(door, ask)
        if gate is not None:
            return gate
        if door.right is not None and not ask.may(door.right):
            return await self._refuse(ask, UserError("hub_page.no_right"), 403)
        if ask.signed is not None and door.path != "/login":
            secret = ask.signed.csrf
        if door.method == "GET":
            return await self._run(door, ask, secret)
        return await self._post(door, request, ask, secret)

    async def _post(self, door: Door, request: Request, ask: Ask, secret: str) -> Response:
        """Read the form; its secret must be that of this session, or of this browser before there is one."""
        try:
            form = await _read_form(request, door.most)
        except UserError as refused:
            return await self._refuse(ask, refused, 413 if refused.code == "hub_page.too_large" else 400)
        try:
            ask = replace(ask, form=form)
            if is_form_token(secret, ask.text("csrf")):
                return await self._run(door, ask, secret)
            old = UserError("hub_page.form_old")
            if door.path == "/login":
                return await self._run(LOGIN, replace(ask, trouble=old), secret)
            return await self._refuse(ask, old, 403)
        finally:
            await form.close()

    def _gate(self, door: Door, ask: Ask) -> Response | None:
        """To the login, or to the choice of one's own passphrase, before anything else."""
        if door.right is None:
            return None
        if ask.signed is None:
            to = f"?to={ask.path}" if door.method == "GET" and ask.path != "/" else ""
            return _finished(RedirectResponse(f"/login{to}", 303), ask)
        if ask.actor.must_change and not door.path.startswith(("/own", "/logout")):
            return _finished(RedirectResponse("/own", 303), ask)
        return None

    async def _run(self, door: Door, ask: Ask, secret: str) -> Response:
        limiter = self._threads
        if door.path == "/login" and door.method == "POST":
            limiter = self._logins
            if limiter.statistics().tasks_waiting >= LOGINS_WAITING:
                return await self._refuse(ask, UserError("hub_user.busy"), 503)
        return await to_thread.run_sync(self._handled, door, ask, secret, limiter=limiter)

    def _handled(self, door: Door, ask: Ask, secret: str) -> Response:
        """On a worker thread: the handler, and its answer as a response."""
        ask = replace(ask, catalog=self._with_codes(ask.catalog))
        try:
            return self._response(door.handler(ask), ask, secret)
        except UserError as refused:
            trouble = refused
        if door.again is not None and trouble.code not in STATUS:
            again = replace(ask, trouble=trouble)
            try:
                answer = door.again(again)
            except UserError as gone:
                trouble = gone
            else:
                shown = replace(answer, status=422) if isinstance(answer, Show) else answer
                return self._response(shown, again, secret)
        return self._response(Show("trouble.html", {"trouble": trouble}, STATUS.get(trouble.code, 422)), ask, secret)

    async def _refuse(self, ask: Ask, trouble: UserError, status: int) -> Response:
        secret = ask.signed.csrf if ask.signed else ""
        show = partial(self._response, Show("trouble.html", {"trouble": trouble}, status), ask, secret)
        return await to_thread.run_sync(show, limiter=self._threads)

    def _response(self, answer: Answer, ask: Ask, secret: str) -> Response:
        if isinstance(answer, Go):
            path = f"{answer.path}?done={answer.done}" if answer.done else answer.path
            moved = RedirectResponse(path, 303)
            if answer.token is not None:
                _set_cookie(moved, ask, cookie_of(secure=ask.secure), answer.token)
            return _finished(moved, ask)
        if isinstance(answer, Sheet):
            rows = sum(len(table.rows) for table in answer.tables)
            detail: Mapping[str, str | int] = {"list": answer.name, "rows": rows}
            note_alone(self._hub, HubAction.EXPORT, by=ask.by, now=ask.now, detail=detail)
            name = f"{answer.name}-{ask.today:%Y-%m-%d}.xlsx"
            answer = File(name, XLSX, xlsx_bytes(answer.tables))
        if isinstance(answer, File):
            sent = Response(answer.data, media_type=answer.media)
            if answer.name:
                sent.headers["Content-Disposition"] = f'attachment; filename="{answer.name}"'
            else:
                sent.headers["Cache-Control"] = FOR_EVER
            return _finished(sent, ask)
        page = Response(render(answer.template, answer.values, ask, csrf=secret), answer.status, media_type="text/html")
        if ask.signed is None and secret:
            _set_cookie(page, ask, f"{cookie_of(secure=ask.secure)}-form", secret)
        return _finished(page, ask)


def cookie_of(*, secure: bool) -> str:
    """`__Host-`: no other host and no other path can have set it, which a browser grants under TLS alone."""
    return "__Host-covidstation" if secure else "covidstation"


def cookie_name(request: Request) -> str:
    """The name of the session's cookie."""
    return cookie_of(secure=request.url.scheme == "https")


def _set_cookie(response: Response, ask: Ask, name: str, value: str) -> None:
    if value:
        response.set_cookie(name, value, path="/", secure=ask.secure, httponly=True, samesite="strict")
    else:
        response.delete_cookie(name, path="/", secure=ask.secure, httponly=True, samesite="strict")


def _finished(response: Response, ask: Ask) -> Response:
    """The headers of every page."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _is_from_here(request: Request) -> bool:
    """Browsers say where a form comes from; whoever says nothing is judged by the form's secret alone."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None and site not in ("same-origin", "none"):
        return False
    return origin is None or origin == f"{request.url.scheme}://{request.headers.get('host', '')}"


async def _read_form(request: Request, most: int) -> FormData:
    """The form, its files in temporary files. Raises UserError hub_page.too_large, hub_page.broken_form."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        raise UserError("hub_page.too_large", most=max(1, most >> 20))
    started, got = time.monotonic(), 0

    async def counted() -> Message:
        nonlocal got
        async with asyncio.timeout(SILENCE):
            message = await request.receive()
        got += len(message.get("body", b""))
        if got > most:
            raise UserError("hub_page.too_large", most=max(1, most >> 20))
        if time.monotonic() - started > GRACE + got / SLOWEST:
            raise TimeoutError
        return message

    try:
        return await Request(request.scope, counted).form(
            max_files=MOST_FILES, max_fields=MOST_FIELDS, max_part_size=most
        )
    except (MultiPartException, HTTPException, TimeoutError):
        raise UserError("hub_page.broken_form") from None


def zipped(request: Request, response: Response) -> Response:
    """Smaller on a slow line; forms' secrets are masked anew on each page, so their length tells nothing."""
    small = len(response.body) < ZIPPED_FROM or "gzip" not in request.headers.get("accept-encoding", "")
    if small or not (response.media_type or "").startswith("text/"):
        return response
    response.body = gzip.compress(bytes(response.body), 6, mtime=0)
    response.headers["Content-Encoding"], response.headers["Vary"] = "gzip", "Accept-Encoding"
    response.headers["Content-Length"] = str(len(response.body))
    return response
