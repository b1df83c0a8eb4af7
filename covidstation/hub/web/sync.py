"""The addresses that stations speak to: docs/bundle-format-1.md §11.

Who speaks is known from the signed header before anything is kept. A body is held in memory up to 1 MiB; what is larger
comes in pieces and lies in a file. Nothing here decides about data: `hub.intake.bundles` does.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial, wraps
from typing import Final
from uuid import UUID

from anyio import to_thread
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from covidstation.domain.canonical import is_hex, moment_text
from covidstation.errors import UserError
from covidstation.hub.database.store import Hub
from covidstation.hub.down.contact import HTTP
from covidstation.hub.intake.bundles import Intake, Outcome
from covidstation.hub.replies.answering import Speaker, build_answer, find_speaker
from covidstation.hub.staff.audit import PROGRAM
from covidstation.hub.stations.vouching import is_vouched, take_vouched
from covidstation.hub.web.limits import Buckets, Rate, later
from covidstation.hub.web.reading import number_in, read_chunks
from covidstation.hub.web.refusing import refusal, status_of
from covidstation.hub.web.taking import Taker
from covidstation.hub.web.uploads import Upload, Uploads
from covidstation.sync.bundle import LIMITS, SIGNATURE, read_header, signed_header
from covidstation.sync.enrolment import LIMITS as KEYS
from covidstation.sync.frames import AT_ONCE, BUNDLE, BUNDLES, LENGTH, OFFSET, PIECE, SERIAL, frame
from covidstation.sync.header import MAGIC, MOST_HEADER, NAMELESS, Header, Kind
from covidstation.sync.refusals import BundleRefused

FIRST: Final = 8 + MOST_HEADER + SIGNATURE  # bytes in which every header and its signature end
REFUSED: Final = frozenset({400, 403, 413, 422})
SWEEP: Final = 300.0  # seconds
STATION: Final = Rate(120, 1)
FORMER: Final = Rate(3, 1 / 600)  # keys that were replaced
EVERYBODY: Final = Rate(2_000, 400)
Endpoint = Callable[["SyncDoor", Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Rates:
    """What one station and all of them may ask; beyond, 429 and 503 with Retry-After."""

    station: Rate = STATION
    former: Rate = FORMER
    everybody: Rate = EVERYBODY
    bodies: int = 64  # held in memory at once


@dataclass(slots=True)
class _Said:
    """What is known of a request once its header was checked."""

    header: Header
    speaker: Speaker
    length: int  # of the whole bundle


def _answered(endpoint: Endpoint) -> Endpoint:
    """A known trouble is an answer, not an error."""

    @wraps(endpoint)
    async def wrapped(self: SyncDoor, request: Request) -> Response:
        try:
            return await endpoint(self, request)
        except UserError as trouble:
            return refusal(trouble)
        except ClientDisconnect:
            return Response(status_code=400)  # to nobody

    return wrapped


@dataclass(slots=True)
class SyncDoor:
    """The sync addresses of one hub."""

    hub: Hub
    taker: Taker
    uploads: Uploads
    rates: Rates = field(default_factory=Rates)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _stations: Buckets = field(init=False)
    _former: Buckets = field(init=False)
    _everybody: Buckets = field(init=False)
    _bodies: int = field(init=False, default=0)
    _swept: float = field(init=False, default=0.0)

    def __post_init__(self) -> None:
        self._stations, self._former = Buckets(self.rates.station), Buckets(self.rates.former)
        self._everybody = Buckets(self.rates.everybody)

    def routes(self) -> list[Route]:
        """For the application."""
        place = "/sync/v1/bundles/{bundle}"
        return [
            Route(place, self.post, methods=["POST"]),
            Route(place, self.head, methods=["HEAD"]),
            Route(place, self.patch, methods=["PATCH"]),
            Route("/sync/v1/time", self.time, methods=["GET"]),
        ]

    @_answered
    async def time(self, request: Request) -> Response:
        """The hub's clock, and which of its lives this is."""
        self._come_in()
        return JSONResponse({"time": moment_text(self.now()), "hub_epoch": self.hub.epoch})

    @_answered
    async def post(self, request: Request) -> Response:
        """One bundle of at most 1 MiB; the answer is what the station needs to know."""
        bundle = self._begin(request, BUNDLE)
        if "Content-Length" in request.headers and number_in(request, "Content-Length", 1 << 40) > AT_ONCE:
            raise UserError("http.in_pieces", most=AT_ONCE >> 20)
        if self._bodies >= self.rates.bodies:
            raise UserError("hub.busy")
        self._bodies += 1
        try:
            body, said = bytearray(), None
            async for chunk in read_chunks(request, AT_ONCE):
                body += chunk
                if _are_keys(bytes(body[:FIRST])):
                    if len(body) > KEYS.file:
                        raise BundleRefused("bundle.too_large", most=1)
                    continue
                said = said or await self._who(bytes(body[:FIRST]), bundle)
            if said is not None:
                return await self._take(said, bytes(body), request)
            if not _are_keys(bytes(body[:FIRST])):
                raise BundleRefused("bundle.cut")
            return await self._take_keys(bytes(body), bundle)
        finally:
            self._bodies -= 1

    @_answered
    async def head(self, request: Request) -> Response:
        """How much of a large bundle is here."""
        upload = self.uploads.get(self._begin(request))
        if upload is None:
            return Response(status_code=404)
        return Response(headers={OFFSET: str(upload.size), LENGTH: str(upload.length)})

    @_answered
    async def patch(self, request: Request) -> Response:
        """One more piece; the last one is answered as a POST."""
        bundle = self._begin(request, PIECE)
        offset, length = number_in(request, OFFSET, LIMITS.file), number_in(request, LENGTH, LIMITS.file)
        upload = self.uploads.get(bundle)
        if offset != (upload.size if upload else 0) or (
            upload is not None and (upload.busy or upload.length != length)
        ):
            return Response(status_code=409, headers={OFFSET: str(upload.size if upload else 0)})
        if upload is not None:
            upload.busy = True
        try:
            upload = await self._add(request, bundle, upload, length)
            if not upload.whole:
                return Response(status_code=204, headers={OFFSET: str(upload.size)})
            return await self._finish(request, upload)
        finally:
            if upload := self.uploads.get(bundle):
                upload.busy = False

    async def _add(self, request: Request, bundle: UUID, upload: Upload | None, length: int) -> Upload:
        """Append the body. The first bytes of a new bundle wait in memory until its signature was checked."""
        first = b""
        try:
            async for chunk in read_chunks(request, length):
                if upload is not None:
                    self.uploads.add(upload, chunk, time.time())
                    continue
                first += chunk
                said = await self._who(first[:FIRST], bundle)
                if said is None:
                    continue
                if said.length != length:
                    raise UserError("http.bad_request", what=LENGTH)
                upload = self.uploads.begin(said.speaker.station, bundle, length, time.time())
                upload.busy = True
                self.uploads.add(upload, first, time.time())
        finally:
            if upload is not None:
                await to_thread.run_sync(self.uploads.settle, upload)
        if upload is None:
            raise BundleRefused("bundle.cut")
        return upload

    async def _finish(self, request: Request, upload: Upload) -> Response:
        data = await to_thread.run_sync(upload.path.read_bytes)
        said = await self._who(data[:FIRST], upload.bundle)
        if said is None:
            raise BundleRefused("bundle.cut")
        try:
            response = await self._take(said, data, request)
        except BundleRefused:
            self.uploads.drop(upload)  # the same again would be no better
            raise
        if response.status_code in REFUSED:
            self.uploads.drop(upload)
        return response

    async def _who(self, first: bytes, bundle: UUID) -> _Said | None:
        """Who speaks, by the signed header at the start of what has come; None while it is not all there."""
        if not _header_is_whole(first):
            return None
        sender = read_header(first).sender
        speaker = await to_thread.run_sync(self._find, sender)
        if speaker is None:
            raise BundleRefused("bundle.unknown_sender", sender=sender)
        key = speaker.sign
        header, at = signed_header(first, lambda _header: key)
        if header.kind is not Kind.UP:
            raise BundleRefused("bundle.wrong_kind", kind=header.kind.value)
        if header.station != speaker.id:
            raise BundleRefused("bundle.wrong_station", sender=sender)
        if header.bundle != bundle:
            raise UserError("http.bad_request", what="bundle")
        if wait := (self._former if speaker.revoked else self._stations).take(speaker.station):
            raise UserError("http.too_often", seconds=wait)
        return _Said(header, speaker, at + header.size)

    async def _take_keys(self, data: bytes, bundle: UUID) -> Response:
        """Keys that are vouched for: their certificate is the answer. Nothing is kept of any others."""
        header = read_header(data)
        if header.bundle != bundle:
            raise UserError("http.bad_request", what="bundle")
        if header.kind is Kind.ENROL and not await to_thread.run_sync(is_vouched, data):
            raise UserError("http.words_first")
        found = await to_thread.run_sync(partial(take_vouched, self.hub, data, by=PROGRAM, now=self.now()))
        if wait := self._stations.take(found.number):
            raise UserError("http.too_often", seconds=wait)
        return Response(frame([found.certificate]), 200, media_type=BUNDLES)

    def _find(self, key: str) -> Speaker | None:
        with self.hub.db.read() as session:
            return find_speaker(session, key)

    async def _take(self, said: _Said, data: bytes, request: Request) -> Response:
        """Take it in and answer; a bundle that stands aside is told as refused, though it is kept."""
        taken = await self.taker.take(data, f"{said.header.bundle.hex}.csb", self.now())
        trouble = _trouble_of(taken)
        if trouble is not None:
            return refusal(trouble, 422 if status_of(trouble) == 503 else None)
        held = request.headers.get(SERIAL, "")
        serial = int(held) if held.isascii() and held.isdigit() and len(held) < 19 else None
        build = partial(
            build_answer,
            self.hub,
            said.speaker,
            said.header.epoch or "",
            held=serial,
            carrier=HTTP,
            noted=_is_noted(taken) and not said.speaker.revoked,
            now=self.now(),
        )
        answer = frame(await to_thread.run_sync(build))
        if taken is None:
            return Response(answer, 202, {"Retry-After": str(later(10))}, BUNDLES)
        return Response(answer, 200, media_type=BUNDLES)

    def _begin(self, request: Request, kind: str = "") -> UUID:
        """The bundle that the address names. Raises UserError http.…."""
        self._come_in()
        bundle = request.path_params["bundle"]
        if not is_hex(bundle, 32):
            raise UserError("http.not_here")
        if kind and request.headers.get("Content-Type", "").partition(";")[0].strip().lower() != kind:
            raise UserError("http.wrong_type")
        return UUID(hex=bundle)

    def _come_in(self) -> None:
        """Raises UserError hub.busy when all together ask too much."""
        if self._everybody.take("all"):
            raise UserError("hub.busy")
        if time.monotonic() - self._swept > SWEEP:
            self._swept = time.monotonic()
            self.uploads.sweep(time.time())


def _are_keys(first: bytes) -> bool:
    """Whether it begins as a request that its own new key signed."""
    return _header_is_whole(first) and read_header(first).kind in NAMELESS


def _header_is_whole(first: bytes) -> bool:
    """Whether header and signature are all there, or can never be: then reading them says why."""
    if len(first) < 8:
        return len(first) >= 4 and not first.startswith(MAGIC)
    length = int.from_bytes(first[4:8], "big")
    return not first.startswith(MAGIC) or length > MOST_HEADER or len(first) >= 8 + length + SIGNATURE


def _is_noted(taken: Sequence[Intake] | None) -> bool:
    """Whether the bundle's own transaction wrote that the station was heard of and gets a receipt."""
    return taken is not None and [one.outcome for one in taken[:1]] == [Outcome.TAKEN]


def _trouble_of(taken: Sequence[Intake] | None) -> UserError | None:
    """Why the bundle itself was not simply taken; those that had waited for it are not the caller's concern."""
    if not taken:
        return None
    return taken[0].trouble if taken[0].outcome in (Outcome.ASIDE, Outcome.REFUSED) else None
