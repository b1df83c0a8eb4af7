"""How bundles lie in requests and answers over HTTP (docs/bundle-format-1.md §11); both ends use it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from covidstation.sync.bundle import LIMITS
from covidstation.sync.refusals import BundleRefused

BUNDLE: Final = "application/vnd.covidstation.bundle"
BUNDLES: Final = "application/vnd.covidstation.bundles"
PIECE: Final = "application/offset+octet-stream"
OFFSET: Final = "Upload-Offset"
LENGTH: Final = "Upload-Length"
SERIAL: Final = "CovidStation-Certificate"  # the serial that the station holds: a newer one comes with the answer
AT_ONCE: Final = 1 << 20  # bytes: a larger bundle goes in pieces
MOST_FRAMES: Final = 8
MOST_ANSWER: Final = LIMITS.file + (4 << 20)  # bytes


def frame(bundles: Sequence[bytes]) -> bytes:
    """Each with its length before it, four bytes, big-endian."""
    return b"".join(part for one in bundles for part in (len(one).to_bytes(4, "big"), one))


def unframe(data: bytes) -> list[bytes]:
    """What `frame` gave. Raises BundleRefused `bundle.cut`, `bundle.damaged`."""
    found: list[bytes] = []
    at = 0
    while at < len(data):
        end = at + 4 + int.from_bytes(data[at : at + 4], "big")
        if len(data) < at + 4 or end > len(data):
            raise BundleRefused("bundle.cut")
        found.append(data[at + 4 : end])
        if len(found) > MOST_FRAMES:
            raise BundleRefused("bundle.damaged")
        at = end
    return found
