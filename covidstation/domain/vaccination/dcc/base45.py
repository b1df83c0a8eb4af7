"""Base45 (RFC 9285): three signs of a QR's alphabet for two bytes, two for a last one."""

from __future__ import annotations

from typing import Final

SIGNS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

_VALUES: Final = {sign: value for value, sign in enumerate(SIGNS)}


def decode(text: str) -> bytes:
    """The bytes. Raises ValueError: a sign outside of the alphabet, a group too large, one sign left over."""
    try:
        values = [_VALUES[sign] for sign in text]
    except KeyError as cause:
        raise ValueError("a sign that base45 does not have") from cause
    found = bytearray()
    for start in range(0, len(values), 3):
        group = values[start : start + 3]
        if len(group) == 1:
            raise ValueError("one sign left over")
        number = sum(value * 45**place for place, value in enumerate(group))
        found += number.to_bytes(len(group) - 1, "big") if number < 1 << 8 * (len(group) - 1) else _too_large()
    return bytes(found)


def _too_large() -> bytes:
    raise ValueError("a group beyond its bytes")
