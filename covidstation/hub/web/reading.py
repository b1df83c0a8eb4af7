"""Reading what a caller sends: never more than is allowed, never longer than a slow line needs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Final

from starlette.requests import Request

from covidstation.errors import UserError

SILENCE: Final = 30.0  # seconds without a byte
GRACE: Final = 60.0  # seconds for any request
SLOWEST: Final = 400.0  # bytes a second after that: a fifth of the poorest GPRS line


async def read_chunks(request: Request, most: int) -> AsyncIterator[bytes]:
    """The body as it comes. Raises UserError http.too_slow, http.in_pieces; starlette's ClientDisconnect."""
    stream, started, got = request.stream(), time.monotonic(), 0
    while True:
        try:
            async with asyncio.timeout(SILENCE):
                chunk = await anext(stream)
        except StopAsyncIteration:
            return
        except TimeoutError:
            raise UserError("http.too_slow") from None
        got += len(chunk)
        if got > most:
            raise UserError("http.in_pieces", most=most >> 20)
        if time.monotonic() - started > GRACE + got / SLOWEST:
            raise UserError("http.too_slow")
        yield chunk


def number_in(request: Request, name: str, most: int) -> int:
    """A header that must be a number from 0 to `most`. Raises UserError http.bad_request."""
    text = request.headers.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 12 or int(text) > most:
        raise UserError("http.bad_request", what=name)
    return int(text)
