"""JSON in the one form that is signed, and its strict reading (docs/bundle-format-1.md §1)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

MOST_DEPTH: Final = 8
INT64: Final = 1 << 63
MOMENT: Final = "%Y-%m-%dT%H:%M:%SZ"
HEX: Final = frozenset("0123456789abcdef")

_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode


def encode(value: object) -> bytes:
    """Canonical JSON. Raises ValueError for what strict reading would refuse."""
    text = _encode(value)
    if "\\u0000" in text:
        _check_text(value)
    return text.encode()


def decode(data: bytes) -> Any:
    """Strict JSON, whatever its spacing and order. Raises ValueError alone, however hostile the bytes."""
    text = data.decode()
    try:
        value = _decode(text)
        if "\\u" in text:
            _check_text(value)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return value


def decode_canonical(data: bytes) -> Any:
    """Strict JSON in the canonical form. Raises ValueError."""
    value = decode(data)
    check_depth(value)
    if encode(value) != data:
        raise ValueError("not canonical")
    return value


def check_depth(value: object, left: int = MOST_DEPTH) -> None:
    """Raise ValueError when a value is nested more deeply than `left`."""
    if not isinstance(value, dict | list):
        return
    if not left:
        raise ValueError("nested too deeply")
    for inner in value.values() if isinstance(value, dict) else value:
        check_depth(inner, left - 1)


def is_hex(text: object, length: int) -> bool:
    """Whether it is a text of so many lower-case hex digits."""
    return isinstance(text, str) and len(text) == length and HEX.issuperset(text)


def moment_text(moment: datetime) -> str:
    """UTC to the second. Raises ValueError for a time without a zone, which would mean another one elsewhere."""
    if moment.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    return moment.astimezone(UTC).strftime(MOMENT)


def _no_twin_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _int64(text: str) -> int:
    # Length first: int() of a million digits takes seconds.
    if len(text) > 20 or not -INT64 <= (value := int(text)) < INT64:
        raise ValueError("an integer beyond 64 bits")
    return value


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("a number that is not finite")
    return value


def _no_constant(name: str) -> float:
    raise ValueError(name)


_decode = json.JSONDecoder(
    object_pairs_hook=_no_twin_keys, parse_int=_int64, parse_float=_finite, parse_constant=_no_constant
).decode


def _check_text(value: object) -> None:
    """Raise ValueError for U+0000, which databases cut at, and for surrogates, which are no text."""
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("U+0000")
        value.encode()
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check_text(key)
            _check_text(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check_text(inner)


class Fields:
    """Reads the keys of one JSON object, each by its type; every method raises ValueError for anything else."""

    def __init__(self, value: object) -> None:
        if not isinstance(value, dict):
            raise ValueError("not an object")
        self._values: Mapping[str, object] = value

    def text(self, key: str, most: int = 500) -> str:
        """A text of at most so many characters."""
        value = self._values.get(key)
        if not isinstance(value, str) or len(value) > most:
            raise ValueError(key)
        return value

    def number(self, key: str, least: int = 0, most: int = INT64 - 1) -> int:
        """An integer within bounds, both included; true and false are none."""
        value = self._values.get(key)
        if type(value) is not int or not least <= value <= most:
            raise ValueError(key)
        return value

    def hex(self, key: str, length: int) -> str:
        """So many hex digits, as text."""
        value = self.text(key)
        if not is_hex(value, length):
            raise ValueError(key)
        return value

    def octets(self, key: str, length: int) -> bytes:
        """So many bytes, written as hex."""
        return bytes.fromhex(self.hex(key, 2 * length))

    def uuid(self, key: str) -> UUID:
        """A UUID, written as 32 hex digits."""
        return UUID(hex=self.hex(key, 32))

    def moment(self, key: str) -> datetime:
        """A moment, UTC."""
        return datetime.strptime(self.text(key), MOMENT).replace(tzinfo=UTC)

    def day(self, key: str) -> date:
        """A calendar day."""
        return date.fromisoformat(self.text(key))

    def hexes(self, key: str, length: int, most: int) -> tuple[str, ...]:
        """A list of hex texts of one length."""
        values = self.items(key, most)
        if not all(is_hex(value, length) for value in values):
            raise ValueError(key)
        return tuple(str(value) for value in values)

    def pair(self, key: str) -> tuple[int, int]:
        """Two integers from 0 up."""
        return number_pair(self.items(key, 2))

    def items(self, key: str, most: int) -> list[object]:
        """A list of at most so many values of any type."""
        value = self._values.get(key)
        if not isinstance(value, list) or len(value) > most:
            raise ValueError(key)
        return value

    def numbers(self, key: str, most: int) -> dict[str, int]:
        """An object of at most so many integers from 0 up; empty when it is absent."""
        if key not in self._values:
            return {}
        fields = Fields(self.object(key))
        if len(fields._values) > most:
            raise ValueError(key)
        return {name: fields.number(name) for name in fields._values}

    def object(self, key: str) -> Mapping[str, object]:
        """An object, as it is."""
        value = self._values.get(key)
        if not isinstance(value, dict):
            raise ValueError(key)
        return value


def number_pair(value: object) -> tuple[int, int]:
    """Two integers from 0 up, out of a JSON list. Raises ValueError."""
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("not a pair")
    first, second = value
    if type(first) is not int or type(second) is not int or min(first, second) < 0:
        raise ValueError("not a pair of numbers")
    return first, second
