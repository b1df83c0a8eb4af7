"""The lines of a stream: one change of one row each, and the chain over them (docs/bundle-format-1.md §3)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal
from uuid import UUID

from covidstation.domain.canonical import INT64, check_depth, decode, encode, is_hex

MOST_LINE: Final = 256 << 10
Base = int | Mapping[int, tuple[str, ...]] | None
Action = Literal["i", "u", "d"]

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,62}")
_KEYS: Final = frozenset("abfhorstvx")
_NEEDED: Final = frozenset("ahorstv")
_SCALARS: Final = frozenset({str, int, float, bool, type(None)})


class LineTooLong(ValueError):
    """An operation whose line no reader would take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Op:
    """One change of one row. Its identity for ever is (station, stamp)."""

    seq: int
    stamp: int  # milliseconds << 16 | counter
    action: Action
    table: str
    row: str  # 32 hex digits
    fields: Mapping[str, Any]  # changed fields, None clears; empty for a delete
    actor: str  # 32 hex digits
    schema: int
    base: Base = None  # stamp of what was replaced, or {stamp: fields} when they differ; None for an insert
    first_of_transaction: int | None = None  # None when the op is alone in its transaction


def encode_op(op: Op) -> bytes:
    """The line, canonical, without its line end. Raises ValueError for an op that a reader would refuse."""
    _check(op)
    value: dict[str, object] = {
        "a": op.actor,
        "h": op.stamp,
        "o": op.action,
        "r": op.row,
        "s": op.seq,
        "t": op.table,
        "v": op.schema,
    }
    if op.action != "d":
        value["f"] = op.fields
    if isinstance(op.base, Mapping):
        value["b"] = {str(stamp): sorted(names) for stamp, names in op.base.items()}
    elif op.base is not None:
        value["b"] = op.base
    if op.first_of_transaction is not None:
        value["x"] = op.first_of_transaction
    line = encode(value)
    if len(line) > MOST_LINE:
        raise LineTooLong("the line is too long")
    return line


def decode_op(line: bytes) -> Op:
    """Read one line, strictly. Raises ValueError alone, whatever the bytes."""
    if len(line) > MOST_LINE:
        raise ValueError("the line is too long")
    value = decode(line)
    if not isinstance(value, dict) or not _NEEDED <= value.keys() <= _KEYS:
        raise ValueError("not the keys of an operation")
    if (value["o"] == "d") == ("f" in value) or value.get("x", 1) is None:
        raise ValueError("not the keys of this operation")
    op = Op(
        seq=value["s"],
        stamp=value["h"],
        action=value["o"],
        table=value["t"],
        row=value["r"],
        fields=value.get("f", {}),
        actor=value["a"],
        schema=value["v"],
        base=_read_base(value["b"]) if "b" in value else None,
        first_of_transaction=value.get("x"),
    )
    _check(op)
    return op


def chain_start(station: UUID, epoch: str) -> bytes:
    """The chain before the first line of a stream: 32 bytes."""
    return hashlib.sha256(f"CSB1 chain{station.hex}{epoch}".encode("ascii")).digest()


def chain_next(chain: bytes, line: bytes) -> bytes:
    """The chain after one more line (without its line end)."""
    return hashlib.sha256(chain + line).digest()


def chain_over(chain: bytes, lines: Iterable[bytes]) -> bytes:
    """The chain after all these lines."""
    for line in lines:
        chain = chain_next(chain, line)
    return chain


def _read_base(value: object) -> Base:
    if not isinstance(value, dict):
        if type(value) is not int:
            raise ValueError("b")
        return value
    base: dict[int, tuple[str, ...]] = {}
    for text, names in value.items():
        if not text.isascii() or not text.isdigit() or len(text) > 19 or str(int(text)) != text:
            raise ValueError("b")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ValueError("b")
        base[int(text)] = tuple(names)
    return base


def _check(op: Op) -> None:
    """Raise ValueError when the parts are not of their types or contradict each other."""
    if not (_is_number(op.seq, 1) and _is_number(op.stamp) and _is_number(op.schema, 1)):
        raise ValueError("a number is missing or out of bounds")
    if not (is_hex(op.row, 32) and is_hex(op.actor, 32)):
        raise ValueError("an id is not 32 hex digits")
    if not isinstance(op.table, str) or not _is_name(op.table):
        raise ValueError("not a table name")
    first = op.first_of_transaction
    if first is not None and not (_is_number(first, 1) and first <= op.seq):
        raise ValueError("a transaction starts at or before its operations")
    _check_fields(op)
    _check_base(op)


def _check_fields(op: Op) -> None:
    if op.action not in ("i", "u", "d") or not isinstance(op.fields, Mapping):
        raise ValueError("not an operation")
    if bool(op.fields) != (op.action == "u") and op.action != "i":
        raise ValueError("an update has fields, a delete none")
    for name, value in op.fields.items():
        if not _is_name(name):
            raise ValueError("not a field name")
        if type(value) not in _SCALARS:
            check_depth(value, 4)


def _check_base(op: Op) -> None:
    if (op.base is None) != (op.action == "i"):
        raise ValueError("an insert replaces nothing, all else something")
    if isinstance(op.base, Mapping):
        names = [name for group in op.base.values() for name in group]
        if len(op.base) < 2 or len(names) != len(op.fields) or set(names) != op.fields.keys():
            raise ValueError("each field has one base")
        if not all(_is_number(stamp) and group for stamp, group in op.base.items()):
            raise ValueError("not a base stamp")
    elif op.base is not None and not _is_number(op.base):
        raise ValueError("not a base stamp")


def _is_number(value: object, least: int = 0) -> bool:
    return type(value) is int and least <= value < INT64


@lru_cache(maxsize=4096)
def _is_name(text: str) -> bool:
    return _NAME.fullmatch(text) is not None
