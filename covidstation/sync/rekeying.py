"""A station's new keys, vouched for by its old ones (docs/bundle-format-1.md §12)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from covidstation.domain.canonical import Fields, decode_canonical, encode
from covidstation.sync.bundle import Subject, open_self_signed, write_bundle
from covidstation.sync.enrolment import LIMITS, EnrolRequest, read_request, request_value
from covidstation.sync.header import Kind
from covidstation.sync.identity import SignKey, key_id, verify
from covidstation.sync.refusals import BundleRefused

SIGNATURE = "signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rekey:
    """New keys in `request`; whoever holds `old` says that they are that station's from now on."""

    request: EnrolRequest
    station: UUID
    old: bytes  # public Ed25519 key, 32 bytes

    @property
    def old_id(self) -> str:
        """Key id of the one that vouches."""
        return key_id(self.old)


def rekey_line(rekey: Rekey, *, old: SignKey) -> bytes:
    """The payload line, signed by the old key. Raises ValueError for another key than it names, or for no new one."""
    if old.public != rekey.old or rekey.request.keys.sign == rekey.old:
        raise ValueError("the old key vouches for a new one")
    value: dict[str, Any] = request_value(rekey.request) | {"station": rekey.station.hex, "old": rekey.old.hex()}
    return encode(value | {SIGNATURE: old.sign(encode(value)).hex()})


def parse_rekey(line: bytes) -> Rekey:
    """What `rekey_line` gave, its signature checked; unknown keys are passed over. ValueError, BundleRefused."""
    value = decode_canonical(line)
    fields = Fields(value)
    rekey = Rekey(request=read_request(value), station=fields.uuid("station"), old=fields.octets("old", 32))
    if rekey.request.keys.sign == rekey.old:
        raise ValueError("old")
    signed = {name: one for name, one in value.items() if name != SIGNATURE}
    if not verify(rekey.old, fields.octets(SIGNATURE, 64), encode(signed)):
        raise BundleRefused("bundle.forged")
    return rekey


def write_rekey(rekey: Rekey, *, old: SignKey, new: SignKey) -> bytes:
    """The bundle, signed by both: inside by the old key, outside by the new one. Raises ValueError."""
    if new.public != rekey.request.keys.sign:
        raise ValueError("the new key signs it")
    return write_bundle(Subject(kind=Kind.REKEY), [rekey_line(rekey, old=old)], signer=new, recipients=[])


def open_rekey(source: bytes | Path) -> Rekey:
    """Read a rekey bundle: both keys signed it. Whether the old one may speak is the caller's. Raises BundleRefused."""
    bundle = open_self_signed(source, Kind.REKEY, limits=LIMITS)
    try:
        (line,) = bundle.lines
        rekey = parse_rekey(line)
    except ValueError:
        raise BundleRefused("bundle.content_bad") from None
    if rekey.request.keys.sign != bundle.header.key:
        raise BundleRefused("bundle.manifest_differs")
    return rekey
