"""What outsiders know: every line that was ever written, and which were destroyed with a disk before a copy left it."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from covidstation.domain.merging import base_by_field
from covidstation.domain.ops import decode_op

Key = tuple[bool, int, int]
"""Of the district; the station's number; the stamp."""


@dataclass(frozen=True, slots=True)
class Written:
    """One line as it was written."""

    table: str
    row: str
    fields: dict[str, Any]
    action: str
    bases: dict[str, int]


@dataclass(slots=True)
class Ledger:
    """See the module. `numbers`: which stamp a number of a stream bears; `files`: the lines of each bundle by hash."""

    ever: dict[Key, Written] = field(default_factory=dict)
    destroyed: set[Key] = field(default_factory=set)
    numbers: dict[tuple[bool, int, str, int], int] = field(default_factory=dict)
    files: dict[bytes, frozenset[Key]] = field(default_factory=dict)

    def write(self, district: bool, station: int, epoch: str, seq: int, line: bytes) -> None:
        """A line stands in a stream."""
        op = decode_op(line)
        self.numbers[district, station, epoch, seq] = op.stamp
        key = (district, station, op.stamp)
        if key not in self.ever:
            bases = base_by_field(op.base, op.fields)
            self.ever[key] = Written(op.table, op.row, dict(op.fields), op.action, bases)

    def pack(self, data: bytes, district: bool, station: int, epoch: str, first: int, last: int) -> frozenset[Key]:
        """A bundle was written: the lines in it."""
        found = frozenset(
            (district, station, stamp)
            for seq in range(first, last + 1)
            if (stamp := self.numbers.get((district, station, epoch, seq))) is not None
        )
        self.files[sha256(data).digest()] = found
        return found

    def lines_of(self, data: bytes) -> frozenset[Key]:
        """The lines of a bundle; none for receipts, and for what is damaged."""
        return self.files.get(sha256(data).digest(), frozenset())

    def alive(self, station: int) -> dict[Key, Written]:
        """Lines of a station's stream, in both directions, that must be somewhere."""
        return {key: one for key, one in self.ever.items() if key[1] == station and key not in self.destroyed}

    def mourn(self, held: set[Key]) -> None:
        """What is nowhere now is destroyed."""
        self.destroyed |= {key for key in self.ever if key not in held}
