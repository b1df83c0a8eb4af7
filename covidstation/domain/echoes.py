"""A line of the district within a line of a station: whole, or in pieces where it would be too long (format, §10)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

MOST_WHOLE: Final = 120_000  # bytes: within another line its quotes take twice the room, of 256 KiB
PIECE: Final = 30_000  # letters, of at most four bytes each
_HEAD: Final = re.compile(r"([1-9][0-9]{0,3})/([1-9][0-9]{0,3})\n")


def pieces_of(line: bytes) -> list[str]:
    """The texts that carry it: itself, or `i/n`, a line end and the i-th piece of it for each i."""
    text = line.decode()
    if len(line) <= MOST_WHOLE:
        return [text]
    parts = [text[at : at + PIECE] for at in range(0, len(text), PIECE)]
    return [f"{number}/{len(parts)}\n{part}" for number, part in enumerate(parts, 1)]


def is_piece(text: str) -> bool:
    """Whether it is one of several; a line begins with a brace."""
    return _HEAD.match(text) is not None


def joined(texts: Iterable[str]) -> str | None:
    """The line whose pieces these are, in any order and perhaps twice; None while one is missing."""
    found: dict[int, dict[int, str]] = {}
    for text in texts:
        head = _HEAD.match(text)
        if head is not None:
            found.setdefault(int(head[2]), {})[int(head[1])] = text[head.end() :]
    for count, parts in found.items():
        if set(parts) == set(range(1, count + 1)):
            return "".join(parts[number] for number in range(1, count + 1))
    return None
