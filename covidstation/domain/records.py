"""One line of the journal as it travels (docs/bundle-format-1.md §Record): the same bytes in the chain and in a bundle."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, NoReturn, get_args
from uuid import UUID

OpKind = Literal["i", "u", "d"]
Base = int | Mapping[str, list[str]] | None

MAX_LINE = 1 << 20
MAX_INT = 1 << 63
CHAIN_START = bytes(32)
_NAMES = frozenset("shbtrofavx")


@dataclass(frozen=True, slots=True, kw_only=True)
class Op:
    """One change of one row.

    `base` is the stamp of the values it replaced; when they had several, a mapping of stamp to field names.
    `first` is the first sequence number of the transaction when that holds several changes.
    """

    seq: int
    stamp: int
    table: str
    row: UUID
    kind: OpKind
    fields: Mapping[str, Any]
    actor: UUID | None
    schema: int
    base: Base = None
    first: int | None = None


def encode_op(op: Op) -> bytes:
    """The canonical line, without a line end."""
    line: dict[str, Any] = {"s": op.seq, "h": op.stamp, "t": op.table, "r": op.row.hex, "o": op.kind}
    if op.base is not None:
        line["b"] = op.base
    if op.fields:
        line["f"] = dict(op.fields)
    if op.actor is not None:
        line["a"] = op.actor.hex
    line["v"] = op.schema
    if op.first is not None:
        line["x"] = op.first
    return json.dumps(line, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _refuse(what: str) -> NoReturn:
    raise ValueError(what)


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        _refuse("a key stands twice")
    return found


def _read_int(text: str) -> int:
    if len(text) > 20:
        _refuse("number too large")
    value = int(text)
    return value if -MAX_INT <= value < MAX_INT else _refuse("number too large")


_decoder = json.JSONDecoder(object_pairs_hook=_no_twins, parse_int=_read_int, parse_constant=lambda name: _refuse(name))


def decode_op(line: bytes) -> Op:
    """Read one line strictly; whatever is not exactly a record raises ValueError."""
    if len(line) > MAX_LINE:
        _refuse("line too long")
    try:
        found = _decoder.decode(line.decode("utf-8"))
    except RecursionError:
        _refuse("too deep")
    if not isinstance(found, dict) or not found.keys() <= _NAMES:
        _refuse("unknown shape")
    try:
        return _op_of(found)
    except (KeyError, TypeError, AttributeError) as cause:
        raise ValueError("field missing or of another type") from cause


def _op_of(found: dict[str, Any]) -> Op:
    fields = found.get("f", {})
    if not isinstance(fields, dict) or found["o"] not in get_args(OpKind):
        _refuse("unknown shape")
    table = found["t"]
    if not (isinstance(table, str) and table.isidentifier() and len(table) <= 40):
        _refuse("table")
    actor = found.get("a")
    return Op(
        seq=_positive(found["s"]),
        stamp=_positive(found["h"]),
        table=table,
        row=UUID(hex=_hex(found["r"])),
        kind=found["o"],
        fields=fields,
        actor=UUID(hex=_hex(actor)) if actor is not None else None,
        schema=_positive(found["v"]),
        base=_base_of(found.get("b")),
        first=_positive(found["x"]) if "x" in found else None,
    )


def _positive(value: Any) -> int:
    return value if type(value) is int and value > 0 else _refuse("number")


def _hex(value: Any) -> str:
    if not (isinstance(value, str) and len(value) == 32 and value == value.lower()):
        _refuse("id")
    return value


def _base_of(value: Any) -> Base:
    if value is None:
        return None
    if isinstance(value, dict):
        for stamp, names in value.items():
            if not (stamp.isdecimal() and isinstance(names, list) and all(isinstance(name, str) for name in names)):
                _refuse("base")
        return value
    return _positive(value)


def chain_after(chain: bytes, line: bytes) -> bytes:
    """SHA-256 of the chain so far and the line: 32 bytes."""
    return hashlib.sha256(chain + line).digest()
