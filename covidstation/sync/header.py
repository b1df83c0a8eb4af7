"""The signed header of a bundle: what everybody may see (docs/bundle-format-1.md §2)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from covidstation.domain.canonical import INT64, Fields, decode_canonical, encode, is_hex
from covidstation.sync.identity import key_id
from covidstation.sync.refusals import BundleRefused

FORMAT: Final = 1
MAGIC: Final = b"CSB1"
MOST_HEADER: Final = 8192
SEGMENT: Final = 1 << 20
MOST_SEGMENTS: Final = 64
MOST_RECIPIENTS: Final = 16
MOST_PARTS: Final = 999
IDENTITY: Final = ("bundle", "epoch", "from", "kind", "recipients", "sender", "station", "to")
RESERVED: Final = frozenset({"snapshot", "media"})


class Kind(StrEnum):
    """What a bundle carries."""

    UP = "up"
    DOWN = "down"
    RECEIPT = "receipt"
    ENROL = "enrol"
    CERT = "cert"
    REKEY = "rekey"


STREAMS: Final = frozenset({Kind.UP, Kind.DOWN})
NAMELESS: Final = frozenset({Kind.ENROL, Kind.REKEY})  # say inside who speaks: its keys are new to the reader
SELF_SIGNED: Final = NAMELESS | {Kind.CERT}  # carry the signer's key; unencrypted


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """The piece of a station's stream in a bundle; `last` is `first` - 1 for an empty one."""

    first: int
    last: int
    chain_before: bytes
    chain_after: bytes
    schema: int
    part: tuple[int, int] = (1, 1)

    def __post_init__(self) -> None:
        part, parts = self.part
        if not 1 <= self.first <= self.last + 1 < INT64 or self.schema < 1:
            raise ValueError("not a range of a stream")
        if not 1 <= part <= parts <= MOST_PARTS or len(self.chain_before) != 32 or len(self.chain_after) != 32:
            raise ValueError("not a part of a stream")


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """A header, read or about to be written."""

    kind: Kind
    bundle: UUID
    sender: str  # key id
    recipients: tuple[str, ...]  # key ids; none for those signed by their own key
    size: int  # of the body
    segments: tuple[str, ...]  # SHA-256 of each MiB of the body
    station: UUID | None = None  # none for enrol and rekey
    epoch: str | None = None  # 16 hex digits; none for enrol and rekey
    stream: Stream | None = None  # for up and down
    key: bytes | None = None  # the signer's public key, for those that its own key signs

    def __post_init__(self) -> None:
        """Raise ValueError when the parts do not suit the kind, or each other."""
        named = self.kind not in NAMELESS
        if (self.station is not None) != named or (self.epoch is not None) != named:
            raise ValueError("station and epoch belong to all but enrolments")
        if self.epoch is not None and not is_hex(self.epoch, 16):
            raise ValueError("not an epoch")
        if (self.stream is not None) != (self.kind in STREAMS):
            raise ValueError("a range belongs to up and down")
        alone = self.kind in SELF_SIGNED
        if (self.key is not None) != alone or bool(self.recipients) == alone:
            raise ValueError("a key belongs to enrolment and certificate, recipients to all else")
        if self.key is not None and key_id(self.key) != self.sender:
            raise ValueError("not the sender's key")
        if len(self.segments) != -(-self.size // SEGMENT):
            raise ValueError("not as many segments as the body has")

    def to_bytes(self) -> bytes:
        """Canonical JSON. Raises ValueError beyond the size of a header."""
        value = self.identity() | {
            "format": FORMAT,
            "segments": list(self.segments),
            "size": self.size,
        }
        if self.key is not None:
            value["key"] = self.key.hex()
        if self.stream is not None:
            value["chain"] = [self.stream.chain_before.hex(), self.stream.chain_after.hex()]
            value["part"] = list(self.stream.part)
            value["schema"] = self.stream.schema
        data = encode(value)
        if len(data) > MOST_HEADER:
            raise ValueError("the header is too long")
        return data

    def identity(self) -> dict[str, Any]:
        """The keys that the inner manifest repeats."""
        value: dict[str, Any] = {
            "bundle": self.bundle.hex,
            "kind": self.kind.value,
            "recipients": list(self.recipients),
            "sender": self.sender,
        }
        if self.station is not None:
            value |= {"station": self.station.hex, "epoch": self.epoch}
        if self.stream is not None:
            value |= {"from": self.stream.first, "to": self.stream.last}
        return value


def parse_header(data: bytes) -> Header:
    """Read a header's bytes, strictly. Raises BundleRefused; says nothing about who wrote it."""
    try:
        fields = Fields(decode_canonical(data))
        number = fields.number("format", 1)
        if number > FORMAT:
            raise BundleRefused("bundle.newer", found=number)
        kind = fields.text("kind", 20)
        if kind in RESERVED:
            raise BundleRefused("bundle.newer_kind", kind=kind)
        return _read(fields, Kind(kind))
    except ValueError:
        raise BundleRefused("bundle.damaged") from None


def _read(fields: Fields, kind: Kind) -> Header:
    named = kind not in NAMELESS
    return Header(
        kind=kind,
        bundle=fields.uuid("bundle"),
        sender=fields.hex("sender", 16),
        recipients=fields.hexes("recipients", 16, MOST_RECIPIENTS),
        size=fields.number("size", 1, MOST_SEGMENTS * SEGMENT),
        segments=fields.hexes("segments", 64, MOST_SEGMENTS),
        station=fields.uuid("station") if named else None,
        epoch=fields.hex("epoch", 16) if named else None,
        stream=_read_stream(fields) if kind in STREAMS else None,
        key=fields.octets("key", 32) if kind in SELF_SIGNED else None,
    )


def _read_stream(fields: Fields) -> Stream:
    chain = fields.hexes("chain", 64, 2)
    if len(chain) != 2:
        raise ValueError("chain")
    return Stream(
        first=fields.number("from", 1),
        last=fields.number("to", 0),
        chain_before=bytes.fromhex(chain[0]),
        chain_after=bytes.fromhex(chain[1]),
        schema=fields.number("schema", 1),
        part=fields.pair("part"),
    )
