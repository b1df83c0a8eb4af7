"""From the text of a QR to a certificate and its signature. Every refusal is `Unreadable`, whatever the text."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import Final

from covidstation.domain.vaccination.dcc import base45, cbor
from covidstation.domain.vaccination.dcc.certificate import Certificate, read_certificate
from covidstation.domain.vaccination.dcc.cose import Claims, Signed, read_claims, read_signed

PREFIX: Final = "HC1:"
MOST_SIGNS: Final = 4400  # the largest QR holds 4,296 of this alphabet
MOST_BYTES: Final = 64 << 10  # inflated; real ones have under 2,000

_AROUND: Final = "\ufeff\r\n\t\x00"
_BEGINS: Final = re.compile(r"[\ufeff\s]{0,4}HC[0-9ăĂ]:", re.IGNORECASE)  # Windows' own Vietnamese keyboard: ă for 1
# Papers of other systems, by how their codes begin: SMART Health Card, New Zealand, older and national ones of Europe,
# France's 2D-DOC, ICAO's VDS-NC, India's and Sri Lanka's DIVOC.
_OTHER: Final = re.compile(
    r"[\ufeff\s]{0,4}(?:shc:/|NZCP:/|(?:HL|LT|NL|LU)[0-9]:|DC0[1-4][A-Z0-9]{8}|openid|"
    r'\{\s?"data":\s?\{\s?"hdr"|PK\x03\x04[^|]{0,40}certificate\.json)',
    re.IGNORECASE,
)
_START: Final = 80  # signs in which it shows what a code is


class Unreadable(ValueError):
    """The text is no certificate that can be read. `code` is a key of `messages.dcc`: what is the matter with it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Reading:
    """A certificate and what its signature can be checked with."""

    certificate: Certificate
    signed: Signed


def looks_like_certificate(text: str) -> bool:
    """Whether it begins as such a code does, of whatever version or system; cheap."""
    return bool(_BEGINS.match(text[:12]) or _OTHER.match(text[:_START]))


def read(text: str) -> Reading:
    """Read the text of a code. Raises Unreadable; no other exception, whatever the text.

    Takes at most some milliseconds and some hundred kilobytes.
    """
    signed = _signed(_inflated(_unprefixed(text)))
    try:
        claims: Claims = read_claims(signed.payload)
        return Reading(read_certificate(claims), signed)
    except ValueError as cause:
        raise Unreadable("dcc.content") from cause


def _unprefixed(text: str) -> bytes:
    # A space never ends a base45 text: as its last sign it would be beyond the bytes of its group.
    text = text.strip(_AROUND).rstrip(_AROUND + " ").lstrip(" ")
    if len(text) > MOST_SIGNS:
        raise Unreadable("dcc.too_long")
    if text.isascii():  # small letters come of a keyboard whose capitals were locked: the code has none
        text = text.upper()
    if not text.startswith(PREFIX):
        if _OTHER.match(text[:_START]):
            raise Unreadable("dcc.other_code")
        if looks_like_certificate(text):
            raise Unreadable("dcc.other_version" if text.isascii() else "dcc.typing")
        raise Unreadable("dcc.not_certificate")
    if not text.isascii():  # letters with their marks, or marks by themselves
        raise Unreadable("dcc.typing")
    try:
        return base45.decode(text.removeprefix(PREFIX))
    except base45.Unfinished as cause:
        raise Unreadable("dcc.cut_off") from cause
    except ValueError as cause:
        raise Unreadable("dcc.signs") from cause


def _inflated(data: bytes) -> bytes:
    """Whole and within bounds, or not at all: what would be larger is not made."""
    unpacking = zlib.decompressobj()
    try:
        found = unpacking.decompress(data, MOST_BYTES)
    except zlib.error as cause:
        raise Unreadable("dcc.packed") from cause
    if not unpacking.eof:
        raise Unreadable("dcc.too_long" if unpacking.unconsumed_tail else "dcc.cut_off")
    if unpacking.unused_data:
        raise Unreadable("dcc.packed")
    return found


def _signed(data: bytes) -> Signed:
    try:
        return read_signed(data)
    except cbor.CutOff as cause:
        raise Unreadable("dcc.cut_off") from cause
    except ValueError as cause:
        raise Unreadable("dcc.structure") from cause
