"""Columns kept compressed with a dictionary of the program's own words: small lines shrink to a fifth.

The first byte says how: 0 as it is, n with dictionary n (`resources/<words>-n.dict`). A dictionary never changes once
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

NEWEST: Final = {"journal": 2, "paper": 1}
LEVEL: Final = 6
MOST: Final = 16 << 20
_local = threading.local()


@cache
def _dictionary(words: str, number: int) -> zstandard.ZstdCompressionDict:
    data = (resources() / f"{words}-{number}.dict").read_bytes()
    kind = zstandard.DICT_TYPE_FULLDICT if words == "journal" else zstandard.DICT_TYPE_RAWCONTENT
    found = zstandard.ZstdCompressionDict(data, dict_type=kind)
    found.precompute_compress(LEVEL)
    return found


def _packer(words: str) -> zstandard.ZstdCompressor:
    # A compressor must not be shared between threads.
    known: dict[str, zstandard.ZstdCompressor] = _local.__dict__.setdefault("packers", {})
    if words not in known:
        dictionary = _dictionary(words, NEWEST[words])
        known[words] = zstandard.ZstdCompressor(level=LEVEL, dict_data=dictionary, write_dict_id=False)
    return known[words]


def _unpacker(words: str, number: int) -> zstandard.ZstdDecompressor:
    known: dict[tuple[str, int], zstandard.ZstdDecompressor] = _local.__dict__.setdefault("unpackers", {})
    if (words, number) not in known:
        known[words, number] = zstandard.ZstdDecompressor(dict_data=_dictionary(words, number))
    return known[words, number]


def pack(words: str, data: bytes) -> bytes:
    """The bytes as the register keeps them; `words` names the family of dictionaries."""
    packed = _packer(words).compress(data)
    return bytes([NEWEST[words]]) + packed if len(packed) < len(data) else b"\0" + data


def unpack(words: str, stored: bytes) -> bytes:
    """The bytes as they were given. Raises ValueError for what `pack` did not make."""
    if not stored:
        raise ValueError("nothing packed")
    if stored[0] == 0:
        return stored[1:]
    try:
        return _unpacker(words, stored[0]).decompress(stored[1:], max_output_size=MOST)
    except (zstandard.ZstdError, OSError) as cause:
        raise ValueError("not packed by this program") from cause


class PackedBytes(TypeDecorator[bytes]):
    """A BLOB that is packed on its way in."""

    impl = LargeBinary
    cache_ok = True

    def __init__(self, words: str) -> None:
        super().__init__()
        self.words = words

    def process_bind_param(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """To the register."""
        return None if value is None else pack(self.words, value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> bytes | None:
        """From the register."""
        return None if value is None else unpack(self.words, value)


class PackedJSON(TypeDecorator[Any]):
    """A JSON value that is packed on its way in."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """To the register."""
        if value is None:
            return None
        return pack("journal", json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Any:
        """From the register."""
        return None if value is None else json.loads(unpack("journal", value))
