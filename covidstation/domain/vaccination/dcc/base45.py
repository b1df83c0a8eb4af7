"""Base45 (RFC 9285): three signs of a QR's alphabet for two bytes, two for a last one."""

from __future__ import annotations

from typing import Final

SIGNS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

_VALUES: Final = {sign: value for value, sign in enumerate(SIGNS)}


class Unfinished(ValueError):
    """The last group is not whole: the text was cut off."""


def decode(text: str) -> bytes:
    """The bytes. Raises ValueError: a sign outside of the alphabet, a group beyond its bytes, a part of a group."""
    try:
        values = [_VALUES[sign] for sign in text]
    except KeyError as cause:
        raise ValueError("a sign that base45 does not have") from cause
    found = bytearray()
    for start in range(0, len(values), 3):
        group = values[start : start + 3]
        number, size = sum(value * 45**place for place, value in enumerate(group)), len(group) - 1
        if not size or number >= 1 << 8 * size:
            raise ValueError("a group beyond its bytes") if size == 2 else Unfinished("a part of a group")
        found += number.to_bytes(size, "big")
    return bytes(found)
