"""What is signed and by which key: COSE_Sign1 (RFC 9052) around a CBOR Web Token (RFC 8392)."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from covidstation.domain.vaccination.dcc import cbor

TAG_SIGN1: Final = 18
TAG_CWT: Final = 61
ALG, KID = 1, 4  # header parameters
ISSUER, EXPIRES, BEGINS, ISSUED, HEALTH = 1, 4, 5, 6, -260  # claims
EU_CERTIFICATE: Final = 1  # under HEALTH
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST_SECOND: Final = 1 << 36  # past the year 4000: no time of a certificate


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed message. `kid` is empty when it names no key; `alg` None when it names none."""

    protected: bytes
    kid: bytes
    alg: int | None
    payload: bytes
    signature: bytes

    def signed_bytes(self) -> tuple[bytes, ...]:
        """What the signature may cover: an empty protected map is signed as nothing, by some issuers as a map."""
        forms = (b"", self.protected) if self.protected in (b"\xa0", b"\xbf\xff") else (self.protected,)
        parts = (cbor.encode_bytes(form) + b"\x40" + cbor.encode_bytes(self.payload) for form in forms)
        return tuple(b"\x84" + cbor.encode_text("Signature1") + part for part in parts)


@dataclass(frozen=True, slots=True)
class Claims:
    """Whose word it is and how long it holds. `health` is the certificate's content, not yet looked at."""

    issuer: str
    issued: datetime | None
    expires: datetime | None
    begins: datetime | None
    health: dict[Any, Any]


def read_signed(data: bytes) -> Signed:
    """Take the message apart, with or without its tags. Raises ValueError."""
    value = cbor.decode(data)
    for tag in (TAG_CWT, TAG_SIGN1):
        if isinstance(value, cbor.Tagged) and value.tag == tag:
            value = value.value
    if not isinstance(value, list) or len(value) != 4:
        raise ValueError("not a COSE_Sign1")
    protected, loose, payload, signature = value
    if not all(isinstance(part, bytes) for part in (protected, payload, signature)) or not isinstance(loose, dict):
        raise ValueError("not a COSE_Sign1")
    header = cbor.decode(protected) if protected else {}
    if not isinstance(header, dict):
        raise ValueError("the protected header is no map")
    kid = header.get(KID) or loose.get(KID)  # the protected one stands, whatever the other says
    alg = header.get(ALG, loose.get(ALG))
    return Signed(
        protected=protected,
        kid=kid if isinstance(kid, bytes) else b"",
        alg=alg if type(alg) is int else None,
        payload=payload,
        signature=signature,
    )


def read_claims(payload: bytes) -> Claims:
    """Take the token apart. Raises ValueError when there is no health certificate in it, or a time is none."""
    token = cbor.bare(cbor.decode(payload))
    health = token.get(HEALTH) if isinstance(token, dict) else None
    content = health.get(EU_CERTIFICATE) if isinstance(health, dict) else None
    if content is None and isinstance(health, dict) and "nam" in health:
        content = health  # as Bulgaria wrote it in the first weeks
    if not isinstance(content, dict):
        raise ValueError("no health certificate in it")
    issuer = token.get(ISSUER, "")
    return Claims(
        issuer=issuer if isinstance(issuer, str) else "",
        issued=_moment(token.get(ISSUED)),
        expires=_moment(token.get(EXPIRES)),
        begins=_begin(token.get(BEGINS)),
        health=content,
    )


def _begin(value: object) -> datetime | None:
    """Seldom written, so that one which is no time is none."""
    try:
        return _moment(value)
    except ValueError:
        return None


def _moment(value: object) -> datetime | None:
    """Seconds since 1970, whole or not; None when there are none."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError("not a time")
    if not 0 <= value < LAST_SECOND:
        raise ValueError("a time of no certificate")
    return EPOCH + timedelta(seconds=int(value))
