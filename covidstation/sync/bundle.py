"""Writing and opening bundles, in memory (docs/bundle-format-1.md §2).

A reader trusts nothing before the signature, and parses nothing of the body before all of it was decrypted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import pyrage
import zstandard

from covidstation.domain.canonical import Fields, decode_canonical, encode
from covidstation.domain.ops import MOST_LINE, Op, chain_over, decode_op
from covidstation.sync.header import (
    IDENTITY,
    MAGIC,
    MOST_HEADER,
    SEGMENT,
    SELF_SIGNED,
    Header,
    Kind,
    Stream,
    parse_header,
)
from covidstation.sync.identity import AgeKey, SignKey, key_id, verify
from covidstation.sync.refusals import BundleRefused

LEVEL: Final = 9
WINDOW: Final = 8 << 20
SIGNATURE: Final = 64
PART: Final = 8 << 20
PART_LINES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a reader spends on one bundle at most, in bytes; beyond, it refuses."""

    file: int = 64 << 20
    payload: int = 32 << 20
    lines: int = 100_000


LIMITS: Final = Limits()


@dataclass(frozen=True, slots=True)
class Sender:
    """A key that the reader trusts, and the one station in whose streams it may write."""

    key: bytes  # Ed25519, 32 bytes
    station: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What a bundle to be written is: the header without what follows from the content."""

    kind: Kind
    station: UUID | None = None
    epoch: str | None = None
    stream: Stream | None = None
    bundle: UUID = field(default_factory=uuid4)


@dataclass(frozen=True, slots=True)
class OpenedBundle:
    """A bundle that passed every check: who says it, what the sender says of itself, the lines."""

    header: Header
    about: Mapping[str, Any]
    lines: tuple[bytes, ...]


def write_bundle(
    subject: Subject,
    lines: Iterable[bytes],
    *,
    signer: SignKey,
    recipients: Sequence[str],
    about: Mapping[str, Any] | None = None,
    level: int = LEVEL,
) -> bytes:
    """The bytes of a bundle; `recipients` are `age1…` texts, none for enrol and cert.

    Raises ValueError when the caller asks for what a reader would refuse: a wrong subject, too much content.
    """
    public = signer.public
    ids = tuple(key_id(recipient) for recipient in recipients)
    draft = _header(subject, public, ids, b"")
    manifest = encode(draft.identity() | {"about": dict(about or {})})
    payload = b"\n".join([manifest, *lines, b""])
    if len(payload) > LIMITS.payload or payload.count(b"\n") > LIMITS.lines:
        raise ValueError("too much for one bundle")
    body = zstandard.ZstdCompressor(level=level, threads=0).compress(payload)
    if recipients:
        body = pyrage.encrypt(body, [pyrage.x25519.Recipient.from_str(one) for one in recipients])
    header = _header(subject, public, ids, body).to_bytes()
    data = b"".join([MAGIC, len(header).to_bytes(4, "big"), header, signer.sign(MAGIC + header), body])
    if len(data) > LIMITS.file:
        raise ValueError("too much for one bundle")
    return data


def split_records(
    records: Iterable[tuple[int, bytes]], *, size: int = PART, count: int = PART_LINES
) -> Iterator[list[bytes]]:
    """Group (first number of the transaction, line) into parts of about `size` bytes or `count` lines.

    A part ends between transactions; one that alone fills two parts is divided, so that nothing can block the stream.
    """
    part: list[bytes] = []
    filled = 0
    transaction = 0
    for first, line in records:
        full = max(filled / size, len(part) / count)
        if full >= 2 or (full >= 1 and first != transaction):
            yield part
            part, filled = [], 0
        part.append(line)
        filled += len(line) + 1
        transaction = first
    if part:
        yield part


def read_header(data: bytes) -> Header:
    """The header of a bundle, or of its first 16 KiB, unverified: for lists on a screen. Raises BundleRefused."""
    return parse_header(_frame(data)[0])


def signed_header(data: bytes, key_of: Callable[[Header], bytes]) -> tuple[Header, int]:
    """The header at the start of a bundle, signed by the key that `key_of` names for it, and where its body begins.

    Enough of the bundle to know who speaks, before any more of it is kept. Raises BundleRefused; `bundle.cut` while
    the signature is not all there.
    """
    raw, at = _frame(data)
    header = parse_header(raw)
    signature = data[at : at + SIGNATURE]
    key = key_of(header)
    if len(signature) < SIGNATURE:
        raise BundleRefused("bundle.cut")
    if not verify(key, signature, MAGIC + raw):
        raise BundleRefused("bundle.forged")
    return header, at + SIGNATURE


def open_bundle(
    source: bytes | Path,
    *,
    known_senders: Mapping[str, Sender],
    identities: Sequence[AgeKey],
    limits: Limits = LIMITS,
) -> OpenedBundle:
    """Check and decrypt an up, down or receipt bundle; `known_senders` by key id. Raises BundleRefused.

    Replay, order and forks are the caller's: the chain is checked within the bundle alone, by `read_ops`.
    """

    header, body = _checked(_load(source, limits), known_senders, limits)
    return _unpack(header, _decrypt(header, body, identities), limits)


def check_bundle(data: bytes, *, known_senders: Mapping[str, Sender], limits: Limits = LIMITS) -> Header:
    """The first four steps of reading: a known key signed every byte. Nothing is decrypted. Raises BundleRefused."""
    return _checked(data, known_senders, limits)[0]


def _checked(data: bytes, known_senders: Mapping[str, Sender], limits: Limits) -> tuple[Header, bytes]:
    def key_of(header: Header) -> bytes:
        if header.kind in SELF_SIGNED:
            raise BundleRefused("bundle.wrong_kind", kind=header.kind.value)
        sender = known_senders.get(header.sender)
        if sender is None:
            raise BundleRefused("bundle.unknown_sender", sender=header.sender)
        return sender.key

    header, body = _verified(data, key_of, limits)
    if known_senders[header.sender].station != header.station:
        raise BundleRefused("bundle.wrong_station", sender=header.sender)
    _check_body(header, body)
    return header, body


def open_self_signed(source: bytes | Path, kind: Kind, *, limits: Limits = LIMITS) -> OpenedBundle:
    """Check an enrol or cert bundle by the key in it; whether to trust that key is the caller's. BundleRefused."""

    def key_of(header: Header) -> bytes:
        if header.kind is not kind or header.key is None:
            raise BundleRefused("bundle.wrong_kind", kind=header.kind.value)
        return header.key

    header, body = _verified(_load(source, limits), key_of, limits)
    _check_body(header, body)
    return _unpack(header, body, limits)


def read_ops(bundle: OpenedBundle) -> list[Op]:
    """The operations of an up or down bundle; numbers without a gap, chain as the header says. BundleRefused."""
    stream = bundle.header.stream
    if stream is None:
        raise BundleRefused("bundle.wrong_kind", kind=bundle.header.kind.value)
    if len(bundle.lines) != stream.last - stream.first + 1:
        raise BundleRefused("bundle.chain_broken")
    ops: list[Op] = []
    for seq, line in enumerate(bundle.lines, stream.first):
        try:
            op = decode_op(line)
        except ValueError:
            raise BundleRefused("bundle.line_bad", line=seq) from None
        if op.seq != seq:
            raise BundleRefused("bundle.line_bad", line=seq)
        ops.append(op)
    if chain_over(stream.chain_before, bundle.lines) != stream.chain_after:
        raise BundleRefused("bundle.chain_broken")
    return ops


def _header(subject: Subject, public: bytes, ids: tuple[str, ...], body: bytes) -> Header:
    return Header(
        kind=subject.kind,
        bundle=subject.bundle,
        sender=key_id(public),
        recipients=ids,
        size=len(body),
        segments=_segments(body),
        station=subject.station,
        epoch=subject.epoch,
        stream=subject.stream,
        key=public if subject.kind in SELF_SIGNED else None,
    )


def _segments(body: bytes) -> tuple[str, ...]:
    view = memoryview(body)
    return tuple(hashlib.sha256(view[at : at + SEGMENT]).hexdigest() for at in range(0, len(body), SEGMENT))


def _load(source: bytes | Path, limits: Limits) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        with source.open("rb") as file:
            return file.read(limits.file + 1)
    except OSError:
        raise BundleRefused("bundle.unreadable", name=source.name) from None


def _frame(data: bytes) -> tuple[bytes, int]:
    """The header's bytes and where the signature starts. Raises BundleRefused."""
    if data[:4] != MAGIC:
        if data[:3] == MAGIC[:3] and data[3:4].isdigit():
            raise BundleRefused("bundle.newer", found=data[3:4].decode())
        raise BundleRefused("bundle.cut" if MAGIC.startswith(data) else "bundle.not_a_bundle")
    length = int.from_bytes(data[4:8], "big")
    if len(data) < 8:
        raise BundleRefused("bundle.cut")
    if not 2 <= length <= MOST_HEADER:
        raise BundleRefused("bundle.damaged")
    if len(data) < 8 + length:
        raise BundleRefused("bundle.cut")
    return data[8 : 8 + length], 8 + length


def _verified(data: bytes, key_of: Callable[[Header], bytes], limits: Limits) -> tuple[Header, bytes]:
    """The header, signed by the key that `key_of` names for it, and the body, still unchecked."""
    if len(data) > limits.file:
        raise BundleRefused("bundle.too_large", most=limits.file >> 20)
    header, at = signed_header(data, key_of)
    return header, data[at:]


def _check_body(header: Header, body: bytes) -> None:
    if len(body) < header.size:
        raise BundleRefused("bundle.cut")
    if len(body) > header.size or _segments(body) != header.segments:
        raise BundleRefused("bundle.damaged")


def _decrypt(header: Header, body: bytes, identities: Sequence[AgeKey]) -> bytes:
    ours = [key for key in identities if key.id in header.recipients]
    if not ours:
        raise BundleRefused("bundle.foreign")
    try:
        opened: bytes = pyrage.decrypt(body, [pyrage.x25519.Identity.from_str(key.secret) for key in ours])
    except pyrage.DecryptError:
        raise BundleRefused("bundle.undecryptable") from None
    return opened


def _unpack(header: Header, packed: bytes, limits: Limits) -> OpenedBundle:
    payload = _decompress(packed, limits)
    count = payload.count(b"\n")
    if count > limits.lines:
        raise BundleRefused("bundle.bomb")
    if not payload.endswith(b"\n"):
        raise BundleRefused("bundle.content_bad")
    manifest, *lines = payload[:-1].split(b"\n")
    if len(manifest) > MOST_LINE or not all(0 < len(line) <= MOST_LINE for line in lines):
        raise BundleRefused("bundle.content_bad")
    return OpenedBundle(header, _read_manifest(header, manifest), tuple(lines))


def _decompress(packed: bytes, limits: Limits) -> bytes:
    """One zstd frame within the cap. The stated size bounds the memory: zstd fails on a frame that lies."""
    try:
        size = zstandard.frame_content_size(packed)
        if size > limits.payload:
            raise BundleRefused("bundle.bomb")
        if size <= 0:
            raise BundleRefused("bundle.content_bad")
        reader = zstandard.ZstdDecompressor(max_window_size=WINDOW)
        return reader.decompress(packed, allow_extra_data=False)
    except (zstandard.ZstdError, MemoryError):
        raise BundleRefused("bundle.content_bad") from None


def _read_manifest(header: Header, line: bytes) -> Mapping[str, Any]:
    try:
        value = decode_canonical(line)
        about = Fields(value).object("about")
    except ValueError:
        raise BundleRefused("bundle.content_bad") from None
    repeated = {key: value[key] for key in IDENTITY if key in value}
    if encode(repeated) != encode(header.identity()):
        raise BundleRefused("bundle.manifest_differs")
    return about
