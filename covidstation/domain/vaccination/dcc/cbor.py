"""A small strict reader of CBOR (RFC 8949) for certificates: hostile input, so bounded in depth, count and size.

It knows the types that a certificate can have and makes no objects of tags: a library that turns tags into dates,
fractions and patterns does work that whoever made the code chose (ADR 45).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any, Final

MOST_DEPTH: Final = 16
MOST_VALUES: Final = 4096

_INDEFINITE: Final = 31
_FLOATS: Final = {25: (2, ">e"), 26: (4, ">f"), 27: (8, ">d")}
_SIMPLE: Final[dict[int, Any]] = {20: False, 21: True, 22: None, 23: None}
_BREAK: Final = 0xFF


class CutOff(ValueError):
    """The bytes end before the value does."""


@dataclass(frozen=True, slots=True)
class Tagged:
    """A value under a tag, which is told and not acted on."""

    tag: int
    value: Any


def decode(data: bytes) -> Any:
    """One value: int, float, bytes, str, bool, None, list, dict with keys of int or str, `Tagged`.

    Raises ValueError for anything else: what is malformed, cut off, followed by more, too deep, too much.
    """
    reader = _Reader(data)
    value = reader.value(MOST_DEPTH)
    if reader.place != len(data):
        raise ValueError("more behind the value")
    return value


def bare(value: Any) -> Any:
    """The value without its tags, at every depth."""
    if isinstance(value, Tagged):
        return bare(value.value)
    if isinstance(value, list):
        return [bare(inner) for inner in value]
    if isinstance(value, dict):
        return {key: bare(inner) for key, inner in value.items()}
    return value


def encode_bytes(data: bytes) -> bytes:
    """A byte string."""
    return _head(2, len(data)) + data


def encode_text(text: str) -> bytes:
    """A text string."""
    data = text.encode()
    return _head(3, len(data)) + data


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    for info, size in ((24, 1), (25, 2), (26, 4)):
        if number < 1 << 8 * size:
            return bytes([major << 5 | info]) + number.to_bytes(size, "big")
    raise ValueError("too long")


class _Reader:
    """Walks once over the bytes; a length beyond what is left is refused before anything is made."""

    def __init__(self, data: bytes) -> None:
        self.data, self.place, self.left = data, 0, MOST_VALUES

    def value(self, depth: int) -> Any:
        self.left -= 1
        if self.left < 0 or not depth:
            raise ValueError("too much or too deep")
        major, info = divmod(self._take(1)[0], 32)
        if major == 7:
            return self._simple(info)
        if info == _INDEFINITE and major in (2, 3, 4, 5):
            return self._open_ended(major, depth - 1)
        number = self._number(info)
        if major == 0:
            return number
        if major == 1:
            return -1 - number
        if major in (2, 3):
            return self._string(major, number)
        if major == 6:
            return Tagged(number, self.value(depth - 1))
        if number > len(self.data) - self.place:  # each value takes a byte at least
            raise CutOff("fewer values than promised")
        if major == 4:
            return [self.value(depth - 1) for _nth in range(number)]
        return self._mapping([self._pair(depth - 1) for _nth in range(number)])

    def _open_ended(self, major: int, depth: int) -> Any:
        """A string in pieces, or an array or map up to its break."""
        found: list[Any] = []
        while not self._at_break():
            if major in (2, 3):
                self.left -= 1
                kind, info = divmod(self._take(1)[0], 32)
                if kind != major or info == _INDEFINITE or self.left < 0:
                    raise ValueError("not a piece of the string")
                found.append(self._string(major, self._number(info)))
            else:
                found.append(self.value(depth) if major == 4 else self._pair(depth))
        if major == 2:
            return b"".join(found)
        if major == 3:
            return "".join(found)
        return found if major == 4 else self._mapping(found)

    def _at_break(self) -> bool:
        if self.place >= len(self.data):
            raise CutOff("no end")
        if self.data[self.place] != _BREAK:
            return False
        self.place += 1
        return True

    def _pair(self, depth: int) -> tuple[Any, Any]:
        key = self.value(depth)
        if type(key) not in (int, str):
            raise ValueError("a key that is neither number nor text")
        return key, self.value(depth)

    def _mapping(self, pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a key twice")
        return found

    def _string(self, major: int, length: int) -> Any:
        data = self._take(length)
        return data if major == 2 else data.decode("utf-8")  # UnicodeDecodeError is a ValueError

    def _simple(self, info: int) -> Any:
        if info in _FLOATS:
            size, form = _FLOATS[info]
            return struct.unpack(form, self._take(size))[0]
        if info not in _SIMPLE:
            raise ValueError("a simple value of no meaning here")
        return _SIMPLE[info]

    def _number(self, info: int) -> int:
        if info < 24:
            return info
        if info > 27:
            raise ValueError("a reserved length")
        return int.from_bytes(self._take(1 << (info - 24)), "big")

    def _take(self, count: int) -> bytes:
        if count > len(self.data) - self.place:
            raise CutOff("cut off")
        self.place += count
        return self.data[self.place - count : self.place]
