"""The station's end of the line: one bundle there, the district's answer back (docs/bundle-format-1.md §11).

    with Line(urls, authority=pem) as line:
        reply = line.exchange(bundle, data, serial=7)

Everything that may go wrong on a line becomes a UserError `wire.…`; nothing of the station was lost then.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any, Final, Self
from urllib.parse import urlsplit
from uuid import UUID

import httpx  # door: the one way to the district's own address

from covidstation import __version__
from covidstation.domain.canonical import decode
from covidstation.domain.text import clean
from covidstation.errors import UserError
from covidstation.sync.frames import AT_ONCE, BUNDLE, BUNDLES, LENGTH, MOST_ANSWER, OFFSET, PIECE, SERIAL, unframe

CONNECT, SILENCE = 20.0, 60.0  # seconds
PIECE_SIZE: Final = 256 << 10  # bytes; what arrived of a piece that was cut counts
MOST_REFUSAL: Final = 16 << 10  # bytes
NO_CHECK_TIME: Final = 0x200000  # X509_V_FLAG_NO_CHECK_TIME: a wrong PC clock must not part a station from its hub
DIRECT: Final = "direct"
LATER: Final = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Reply:
    """What the district answered. `later`: seconds after which it has more to say, 0 for nothing."""

    bundles: tuple[bytes, ...]
    url: str
    seconds: float  # from the first byte of the request to the last one of the answer
    sent: int  # bytes
    later: float = 0.0
    hub_time: datetime | None = None  # by its own clock, when the answer began


class Line:
    """Connections to one hub. `urls` the best first; `authority` PEM, else the system's.

    `proxy`: an address, `direct` for none, empty as the PC says. `patience`: seconds to be let in, and of silence.
    """

    def __init__(
        self,
        urls: Sequence[str],
        *,
        authority: str = "",
        proxy: str = "",
        patience: tuple[float, float] = (CONNECT, SILENCE),
    ) -> None:
        self._urls = tuple(url.rstrip("/") for url in urls)
        client: dict[str, Any] = {"proxy": proxy} if proxy and proxy != DIRECT else {}
        try:
            self._client = httpx.Client(
                verify=_trust(authority),
                trust_env=not proxy,
                timeout=httpx.Timeout(patience[1], connect=patience[0]),
                headers={"User-Agent": f"CovidStation/{__version__}", "Accept": BUNDLES, "Accept-Encoding": "identity"},
                follow_redirects=False,
                **client,
            )
        except (ValueError, ImportError) as cause:  # a proxy that is no address, or SOCKS
            raise UserError("wire.proxy_unknown", proxy=proxy) from cause
        self._good = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def exchange(
        self,
        bundle: UUID,
        data: bytes,
        *,
        serial: int,
        resume: bool = False,
        sent: Callable[[int], object] = lambda _there: None,
        stop: threading.Event | None = None,
    ) -> Reply:
        """Bring a bundle and fetch the answer. `resume`: a part of it may be there already.

        `sent` hears how many bytes of a large one are there, `stop` ends it between pieces. Raises UserError wire.….
        """
        headers = {SERIAL: str(serial)}
        if len(data) <= AT_ONCE:
            return self._ask("POST", bundle, data, headers | {"Content-Type": BUNDLE})
        at = min(self.arrived(bundle) or 0, len(data)) if resume else 0
        while True:
            part = data[at : at + PIECE_SIZE]
            more = {"Content-Type": PIECE, OFFSET: str(at), LENGTH: str(len(data))}
            reply = self._ask("PATCH", bundle, part, headers | more)
            if reply.bundles or reply.later:
                return reply
            at = min(reply.sent, len(data))
            sent(at)
            if stop is not None and stop.is_set():
                raise UserError("wire.stopped")

    def arrived(self, bundle: UUID) -> int | None:
        """How many bytes of a large bundle the hub has; None when it knows nothing of it."""
        answer, _body, _url = self._send("HEAD", f"bundles/{bundle.hex}", b"", {})
        if answer.status_code == 404:
            return None
        return _offset(answer)

    def ask_time(self) -> None:
        """Whether a hub answers there at all. Raises UserError wire.…."""
        answer, body, url = self._send("GET", "time", b"", {})
        if answer.status_code != 200:
            raise _refused(answer, body, url)
        try:
            is_hub = isinstance(decode(body), dict)
        except ValueError:
            is_hub = False
        if not is_hub:
            raise UserError("wire.strange", host=_host(url))

    def _ask(self, method: str, bundle: UUID, data: bytes, headers: dict[str, str]) -> Reply:
        """One request. For a piece, `sent` of the reply is where the hub wants to go on."""
        began = time.monotonic()
        answer, body, url = self._send(method, f"bundles/{bundle.hex}", data, headers)
        took = time.monotonic() - began
        if answer.status_code in (204, 409):
            return Reply((), url, took, _offset(answer))
        if answer.status_code not in (200, 202):
            raise _refused(answer, body, url)
        if answer.headers.get("Content-Type", "").partition(";")[0].strip() != BUNDLES:
            raise UserError("wire.strange", host=_host(url))
        later = _retry_after(answer) if answer.status_code == 202 else 0.0
        return Reply(tuple(unframe(body)), url, took, len(data), later, _date(answer))

    def _send(self, method: str, path: str, data: bytes, headers: dict[str, str]) -> tuple[httpx.Response, bytes, str]:
        """To the first address that can be reached. Raises UserError wire.…."""
        if not self._urls:
            raise UserError("wire.no_address")
        trouble: UserError | None = None
        for turn in range(len(self._urls)):
            at = (self._good + turn) % len(self._urls)
            url = self._urls[at]
            try:
                with self._client.stream(method, f"{url}/sync/v1/{path}", content=data, headers=headers) as answer:
                    body = _read(answer, url)
                self._good = at
                return answer, body, url
            except httpx.ConnectError as cause:
                trouble = trouble or _not_reached(cause, url)
            except httpx.ConnectTimeout:
                trouble = trouble or UserError("wire.unreachable", host=_host(url))
            except httpx.ProxyError as cause:
                raise _proxy_trouble(cause) from cause
            except httpx.TimeoutException as cause:
                raise UserError("wire.silent", host=_host(url)) from cause
            except httpx.TransportError as cause:
                raise UserError("wire.cut", host=_host(url)) from cause
            except httpx.InvalidURL as cause:
                raise UserError("wire.no_address") from cause
        raise trouble or UserError("wire.no_address")


def _trust(authority: str) -> ssl.SSLContext:
    """The hub's own authority alone, whatever the PC's clock says; without one, those of the system."""
    if not authority:
        return ssl.create_default_context()
    try:
        context = ssl.create_default_context(cadata=authority)
    except (ssl.SSLError, ValueError) as cause:
        raise UserError("wire.authority") from cause
    context.minimum_version = ssl.TLSVersion.TLSv1_3  # every hub has it; a hello that offers less is twice as long
    context.verify_flags |= NO_CHECK_TIME
    return context


def _not_reached(cause: httpx.ConnectError, url: str) -> UserError:
    if _is_about_certificates(cause):
        return UserError("wire.other_machine", host=_host(url))
    return UserError("wire.unreachable", host=_host(url))


def _proxy_trouble(cause: httpx.ProxyError) -> UserError:
    """A proxy says no by the number of its answer: 407 asks for a name."""
    return UserError("wire.proxy_name" if str(cause).lstrip().startswith("407") else "wire.proxy")


def _is_about_certificates(cause: BaseException | None) -> bool:
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(cause):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def _read(answer: httpx.Response, url: str) -> bytes:
    """The body, never more than an answer may have."""
    most = MOST_ANSWER if answer.status_code in (200, 202) else MOST_REFUSAL
    body = bytearray()
    for chunk in answer.iter_raw():
        body += chunk
        if len(body) > most:
            raise UserError("wire.strange", host=_host(url))
    return bytes(body)


def _refused(answer: httpx.Response, body: bytes, url: str) -> UserError:
    """A refusal in the hub's words; anything else that answers is not a hub."""
    if answer.status_code == 407:
        return UserError("wire.proxy_name")
    code, text = "", ""
    try:
        value = decode(body)
        if isinstance(value, dict):
            code, text = clean(str(value.get("code", "")))[:80], clean(str(value.get("text", "")))[:500]
    except ValueError:
        pass
    if answer.status_code in LATER:
        seconds = _retry_after(answer)
        return UserError("wire.later" if text else "wire.unwell", host=_host(url), seconds=seconds, text=text)
    if not text:
        return UserError("wire.strange", host=_host(url))
    return UserError("wire.refused", text=text, code=code)


def _retry_after(answer: httpx.Response) -> float:
    """Seconds; a day at most, whatever a clock or a jest there says."""
    text = answer.headers.get("Retry-After", "")
    return min(86_400.0, float(text)) if text.isascii() and text.isdigit() and len(text) < 10 else 60.0


def _offset(answer: httpx.Response) -> int:
    text = answer.headers.get(OFFSET, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _date(answer: httpx.Response) -> datetime | None:
    try:
        moment = parsedate_to_datetime(answer.headers.get("Date", ""))
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else None


def _host(url: str) -> str:
    return urlsplit(url).hostname or url
