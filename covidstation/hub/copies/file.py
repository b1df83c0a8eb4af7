"""A hub in one sealed file, whichever database it lives in (docs/hub-backup.md).

"CHB1", the length and the bytes of the header, then an age stream to the escrow and to the hub of one zstd stream of
blocks, then the hub's signature over the hash of all before it. In the open are the names of tables and what the
passphrase, the recovery code or the escrow key opens; nothing about people.
"""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

import pyrage
import zstandard

from covidstation.domain.canonical import Fields, decode, encode, moment_text
from covidstation.errors import UserError
from covidstation.hub.copies.rows import Columns
from covidstation.sync.identity import SignKey, verify

MAGIC: Final = b"CHB1"
FORMAT: Final = 1
SIGNED: Final = b"CHB1 backup\n"
SIGNATURE: Final = 64
MOST_HEADER: Final = 4 << 20
MOST_BLOCK: Final = 80 << 20  # one row may be a bundle of 64 MiB
LEVEL: Final = 3
PIECE: Final = 1 << 20
LAST: Final = 0xFFFF
_BLOCK: Final = struct.Struct(">HII")  # table, rows, bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What can be read without a key, and the keys under their wraps."""

    made_at: datetime
    program: str
    name: str
    code: str
    epoch: str
    schema: int
    tables: Mapping[str, Columns]
    keys: bytes  # keys.json
    sealed: bytes = field(repr=False)  # hub.keys, sealed with the key that keys.json wraps
    escrow: bytes = b""  # escrow.age

    def to_bytes(self) -> bytes:
        """Canonical JSON."""
        return encode(
            {
                "format": FORMAT,
                "made_at": moment_text(self.made_at),
                "program": self.program,
                "name": self.name,
                "code": self.code,
                "epoch": self.epoch,
                "schema": self.schema,
                "tables": [[name, [list(one) for one in columns]] for name, columns in self.tables.items()],
                "keys": self.keys.hex(),
                "sealed": self.sealed.hex(),
                "escrow": self.escrow.hex(),
            }
        )

    @classmethod
    def from_bytes(cls, data: bytes) -> Header:
        """What `to_bytes` gave. Raises UserError hub.backup_damaged, station.newer_data."""
        try:
            found = decode(data)
            fields = Fields(found)
            if fields.number("format") > FORMAT:
                raise UserError("station.newer_data", found=fields.number("format"), known=FORMAT)
            return cls(
                made_at=fields.moment("made_at"),
                program=fields.text("program"),
                name=fields.text("name"),
                code=fields.text("code"),
                epoch=fields.text("epoch"),
                schema=fields.number("schema"),
                tables={
                    str(name): [(str(one), str(kind)) for one, kind in columns] for name, columns in found["tables"]
                },
                keys=bytes.fromhex(fields.text("keys", MOST_HEADER)),
                sealed=bytes.fromhex(fields.text("sealed", MOST_HEADER)),
                escrow=bytes.fromhex(fields.text("escrow", MOST_HEADER)),
            )
        except (ValueError, TypeError, KeyError) as cause:
            raise UserError("hub.backup_damaged") from cause


Block = tuple[str, int, bytes]  # table, rows, tuples
Visit = Callable[[str, int, bytes], None]


def write_file(
    file: BinaryIO, header: Header, blocks: Iterable[Block], *, signer: SignKey, recipients: Sequence[str]
) -> Mapping[str, int]:
    """Stream the whole into the file; returns how many rows each table has. Memory: a few blocks."""
    raw = header.to_bytes()
    if len(raw) > MOST_HEADER:
        raise ValueError("too large a header")
    out = _Hashing(file)
    out.write(MAGIC + len(raw).to_bytes(4, "big") + raw)
    source = _Source(_packed(header, blocks))
    try:
        pyrage.encrypt_io(source, out, [pyrage.x25519.Recipient.from_str(one) for one in recipients])
    except (pyrage.EncryptError, OSError) as cause:
        raise source.trouble or out.trouble or cause from cause
    file.write(signer.sign(SIGNED + out.hash.digest()))
    return source.counts


def read_header(path: Path) -> tuple[Header, int]:
    """The header, and where the sealed part begins. Raises UserError hub.backup_damaged, stick.unreadable."""
    try:
        with path.open("rb") as file:
            start = file.read(8)
            length = int.from_bytes(start[4:], "big")
            if start[:4] != MAGIC or len(start) < 8 or length > MOST_HEADER:
                raise UserError("hub.not_a_backup", name=path.name)
            raw = file.read(length)
    except OSError as cause:
        raise UserError("hub.backup_unreadable", name=path.name, reason=cause.strerror or "") from cause
    if len(raw) < length:
        raise UserError("hub.backup_damaged")
    return Header.from_bytes(raw), 8 + length


def check_signature(path: Path, public: bytes) -> None:
    """Whether the key's owner wrote every byte of it. Raises UserError hub.backup_damaged."""
    hashed, left = hashlib.sha256(), path.stat().st_size - SIGNATURE
    with path.open("rb") as file:
        while left > 0 and (piece := file.read(min(PIECE, left))):
            hashed.update(piece)
            left -= len(piece)
        if left != 0 or not verify(public, file.read(), SIGNED + hashed.digest()):
            raise UserError("hub.backup_damaged")


def read_blocks(path: Path, header: Header, at: int, identity: str, visit: Visit) -> Mapping[str, int]:
    """Give each block to `visit` in the order in which it was written; returns the rows of each table.

    Raises UserError hub.backup_damaged when it is not whole; `visit` may have seen a part of it by then.
    """
    sink = _Sink(list(header.tables), visit)
    with path.open("rb") as file:
        file.seek(at)
        source = cast(Any, _Limited(file, path.stat().st_size - SIGNATURE - at))
        try:
            pyrage.decrypt_io(source, sink, [pyrage.x25519.Identity.from_str(identity)])
        except (pyrage.DecryptError, OSError, ValueError) as cause:
            if sink.trouble is not None:
                raise sink.trouble from cause
            raise UserError("hub.backup_damaged") from cause
    if sink.trouble is not None:
        raise sink.trouble
    return sink.finished()


def _packed(header: Header, blocks: Iterable[Block]) -> Iterator[bytes | dict[str, int]]:
    """The compressed stream; at last the number of rows of each table."""
    packer = zstandard.ZstdCompressor(level=LEVEL, write_checksum=True).compressobj()
    numbers = {name: number for number, name in enumerate(header.tables)}
    counts = dict.fromkeys(header.tables, 0)
    for table, rows, block in blocks:
        counts[table] += rows
        yield packer.compress(_BLOCK.pack(numbers[table], rows, len(block)))
        yield packer.compress(block)
    last = encode(counts)
    yield packer.compress(_BLOCK.pack(LAST, 0, len(last)) + last)
    yield packer.flush()
    yield counts


class _Hashing:
    """A file that hashes what is written. An exception is kept: age would lose what it was."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self.hash = file, hashlib.sha256()
        self.trouble: OSError | None = None

    def write(self, data: bytes) -> int:
        self.hash.update(data)
        try:
            self._file.write(data)
        except OSError as trouble:
            self.trouble = trouble
            raise
        return len(data)

    def flush(self) -> None:
        self._file.flush()


class _Source(io.RawIOBase):
    """What is made piece by piece, read as a file. An exception is kept, as in `_Hashing`."""

    def __init__(self, pieces: Iterator[bytes | dict[str, int]]) -> None:
        self._pieces, self._held = pieces, memoryview(b"")
        self.counts: Mapping[str, int] = {}
        self.trouble: BaseException | None = None

    def read(self, size: int = -1) -> bytes:
        try:
            while not self._held and (piece := next(self._pieces, None)) is not None:
                if isinstance(piece, dict):
                    self.counts = piece
                else:
                    self._held = memoryview(piece)
        except BaseException as trouble:
            self.trouble = trouble
            raise OSError("the source failed") from trouble
        given, self._held = self._held[:size], self._held[size:]
        return bytes(given)


class _Limited(io.RawIOBase):
    """The next so many bytes of a file."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._left = file, size

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(min(size, self._left) if size >= 0 else self._left)
        self._left -= len(data)
        return data


class _Sink:
    """Takes the decrypted stream apart into blocks."""

    def __init__(self, tables: Sequence[str], visit: Visit) -> None:
        self._tables, self._visit = tables, visit
        self._unpacker = zstandard.ZstdDecompressor(max_window_size=8 << 20).decompressobj()
        self._held = bytearray()
        self._counts = dict.fromkeys(tables, 0)
        self._said: Any = None
        self.trouble: Exception | None = None

    def write(self, data: bytes) -> int:
        try:
            self._held += self._unpacker.decompress(data)
            while self._said is None and self._one_block():
                pass
        except (zstandard.ZstdError, ValueError, IndexError) as cause:
            self.trouble = UserError("hub.backup_damaged")
            raise OSError("damaged") from cause
        except Exception as cause:
            self.trouble = cause
            raise OSError("the visit failed") from cause
        return len(data)

    def flush(self) -> None:
        """Nothing is held back but what is not whole."""

    def _one_block(self) -> bool:
        if len(self._held) < _BLOCK.size:
            return False
        number, rows, size = _BLOCK.unpack_from(self._held)
        if size > MOST_BLOCK:
            raise ValueError("too large a block")
        if len(self._held) < _BLOCK.size + size:
            return False
        block = bytes(self._held[_BLOCK.size : _BLOCK.size + size])
        del self._held[: _BLOCK.size + size]
        if number == LAST:
            self._said = decode(block)
        else:
            table = self._tables[number]
            self._counts[table] += rows
            self._visit(table, rows, block)
        return True

    def finished(self) -> Mapping[str, int]:
        """The rows of each table, when the end was there and says the same. Raises UserError hub.backup_damaged."""
        if self._said != self._counts or self._held:
            raise UserError("hub.backup_damaged")
        return self._counts
