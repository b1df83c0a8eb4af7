"""Keep thousands of papers small: what all of them share is cut out and kept once.

`split` gives a skeleton and the compressed streams (fonts), named by their SHA-256; `join` gives back the very bytes.
The skeleton (the keeper compresses it) is `CSK1` and then, again and again, a length, that many plain bytes, and the
32-byte name of the stream that follows them; the last plain bytes have none.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from typing import Final

MAGIC: Final = b"CSK1"
LEAST: Final = 256  # shorter streams stay where they are
_STREAM: Final = re.compile(rb"/FlateDecode[^>]{0,200}?/Length (\d{1,9})[^>]{0,200}?>>\r?\nstream\r?\n")


def split(pdf: bytes) -> tuple[bytes, dict[str, bytes]]:
    """The skeleton and the streams by SHA-256 in hex. Works on any bytes; only what looks like a stream is cut."""
    parts, chunks, start = [MAGIC], {}, 0
    for found in _STREAM.finditer(pdf):
        begin, length = found.end(), int(found[1])
        if length < LEAST or begin < start or begin + length > len(pdf):
            continue
        chunk = pdf[begin : begin + length]
        name = hashlib.sha256(chunk)
        chunks[name.hexdigest()] = chunk
        parts += [_length(begin - start), pdf[start:begin], name.digest()]
        start = begin + length
    parts += [_length(len(pdf) - start), pdf[start:]]
    return b"".join(parts), chunks


def join(skeleton: bytes, chunks: Mapping[str, bytes]) -> bytes:
    """The bytes that were split. Raises ValueError for a damaged skeleton, KeyError for a chunk that is not there."""
    parts = []
    for plain, name in _parts(skeleton):
        parts.append(plain)
        if name:
            chunk = chunks[name]
            if hashlib.sha256(chunk).hexdigest() != name:
                raise ValueError("a chunk is not what its name says")
            parts.append(chunk)
    return b"".join(parts)


def chunk_names(skeleton: bytes) -> tuple[str, ...]:
    """The chunks that `join` asks for, in their order. Raises ValueError."""
    return tuple(name for _, name in _parts(skeleton) if name)


def _parts(skeleton: bytes) -> Iterator[tuple[bytes, str]]:
    """Plain bytes and the name of the chunk that follows them, empty after the last ones."""
    plain, at = skeleton, len(MAGIC)
    if not plain.startswith(MAGIC):
        raise ValueError("no skeleton")
    while True:
        end = at + 4 + int.from_bytes(plain[at : at + 4], "big")
        if at + 4 > len(plain) or end > len(plain):
            raise ValueError("the skeleton is cut")
        name = plain[end : end + 32]
        yield plain[at + 4 : end], name.hex()
        if not name:
            return
        at = end + 32


def _length(size: int) -> bytes:
    return size.to_bytes(4, "big")
