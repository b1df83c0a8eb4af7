"""How far the register had come, in a small file beside it: a log whose end was lost opens well, and says nothing.

SQLite takes a damaged frame of its log for the log's end, and what came after is silently gone. The file is written
after each commit, so it is never ahead of what was acknowledged, and at most behind. Two slots take turns: a torn write
leaves the other. It holds numbers and hashes only.
"""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from covidstation.domain.audit import Heads
from covidstation.domain.canonical import Fields, decode, encode

FILE: Final = "register.head"
_SLOT: Final = 512
_SUM: Final = 16
_MOST: Final = 1 << 48  # lines or entries, more than any register has
_LATEST: Final = 1 << 42  # milliseconds, the year 2109: anybody can write this file, no clock comes that far


@dataclass(frozen=True, slots=True)
class Kept:
    """The newest whole slot: the epoch, the heads, and when they were written (milliseconds since 1970 UTC)."""

    epoch: str
    heads: Heads
    at: int


def keep_heads(folder: Path, kept: Kept) -> None:
    """Write one slot and sync it. A disk that refuses keeps the old one: nobody waits for this file."""
    slot = (kept.heads.journal_seq + kept.heads.audit_seq) % 2
    with suppress(OSError):
        handle = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            os.lseek(handle, slot * _SLOT, os.SEEK_SET)
            os.write(handle, _packed(kept))
            os.fsync(handle)
        finally:
            os.close(handle)


def read_heads(folder: Path, epoch: str) -> Kept | None:
    """The furthest of the whole slots of that epoch; None when there is none."""
    try:
        data = (folder / FILE).read_bytes()
    except OSError:
        return None
    slots = (_unpacked(data[at : at + _SLOT]) for at in range(0, len(data), _SLOT))
    found = [one for one in slots if one is not None and one.epoch == epoch]
    return max(found, key=lambda one: (one.heads.journal_seq, one.heads.audit_seq), default=None)


def newest_heads(folder: Path) -> Kept | None:
    """The slot that was written last, of whatever epoch: how far a register came that may be gone."""
    try:
        data = (folder / FILE).read_bytes()
    except OSError:
        return None
    slots = (_unpacked(data[at : at + _SLOT]) for at in range(0, len(data), _SLOT))
    return max((one for one in slots if one is not None), key=lambda one: (one.at, one.heads.journal_seq), default=None)


def forget_heads(folder: Path) -> None:
    """Before another register takes the place."""
    (folder / FILE).unlink(missing_ok=True)


def _packed(kept: Kept) -> bytes:
    heads = kept.heads
    body = encode(
        {
            "at": kept.at,
            "audit": heads.audit_chain.hex(),
            "audit_seq": heads.audit_seq,
            "epoch": kept.epoch,
            "journal": heads.journal_chain.hex(),
            "journal_seq": heads.journal_seq,
        }
    )
    return (hashlib.sha256(body).hexdigest()[:_SUM].encode() + body).ljust(_SLOT, b"\n")


def _unpacked(slot: bytes) -> Kept | None:
    body = slot[_SUM:].rstrip(b"\n")
    if hashlib.sha256(body).hexdigest()[:_SUM].encode() != slot[:_SUM]:
        return None
    try:
        fields = Fields(decode(body))
        heads = Heads(
            fields.number("journal_seq", 0, _MOST),
            fields.octets("journal", 32),
            fields.number("audit_seq", 0, _MOST),
            fields.octets("audit", 32),
        )
        return Kept(fields.hex("epoch", 16), heads, fields.number("at", 0, _LATEST))
    except ValueError:
        return None
