"""Columns kept compressed with a dictionary of the program's own words: small lines shrink to a fifth.

The first byte says how: 0 as it is, n with dictionary n (`resources/journal-n.dict`). A dictionary never changes once
it was released; a better one gets the next number and the old ones stay.
"""

from __future__ import annotations

import json
import threading
from functools import cache
from typing import Any, Final

import zstandard
from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from covidstation.paths import resources

NEWEST: Final = 1
LEVEL: Final = 6
MOST: Final = 16 << 20
_local = threading.local()


@cache
def _dictionary(number: int) -> zstandard.ZstdCompressionDict:
    words = zstandard.ZstdCompressionDict((resources() / f"journal-{number}.dict").read_bytes())
    words.precompute_compress(LEVEL)
    return words


def _packer() -> zstandard.ZstdCompressor:
    # A compressor must not be shared between threads.
    if not hasattr(_local, "packer"):
        _local.packer = zstandard.ZstdCompressor(level=LEVEL, dict_data=_dictionary(NEWEST), write_dict_id=False)
    packer: zstandard.ZstdCompressor = _local.packer
    return packer


def _unpacker(number: int) -> zstandard.ZstdDecompressor:
    known: dict[int, zstandard.ZstdDecompressor] = _local.__dict__.setdefault("unpackers", {})
    if number not in known:
        known[number] = zstandard.ZstdDecompressor(dict_data=_dictionary(number))
    return known[number]


def pack(data: bytes) -> bytes:
    """The bytes as the register keeps them."""
    packed = _packer().compress(data)
    return bytes([NEWEST]) + packed if len(packed) < len(data) else b"\0" + data


def unpack(stored: bytes) -> bytes:
    """The bytes as they were given. Raises ValueError for what `pack` did not make."""
    if not stored:
        raise ValueError("nothing packed")
    if stored[0] == 0:
        return stored[1:]
    try:
        return _unpacker(stored[0]).decompress(stored[1:], max_output_size=MOST)
    except (zstandard.ZstdError, OSError) as cause:
        raise ValueError("not packed by this program") from cause


class PackedBytes(TypeDecorator[bytes]):
    """A BLOB that is packed on its way in."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """To the register."""
        return None if value is None else pack(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """From the register."""
        return None if value is None else unpack(value)


class PackedJSON(TypeDecorator[Any]):
    """A JSON value that is packed on its way in."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """To the register."""
        if value is None:
            return None
        return pack(json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        """From the register."""
        return None if value is None else json.loads(unpack(value))
