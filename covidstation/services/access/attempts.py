"""Wrong passphrases cost time: five are free, then each waits, from half a minute to a quarter of an hour.

Kept in a small file beside the register, overwritten in place so that a full disk does not make tries free. Time is the
system's clock since it was switched on: setting the date changes nothing, and after a restart the wait begins anew. A
try is counted before it is judged. A right one forgives those of the same person alone, else somebody with a passphrase
of their own could guess at another's for ever; an hour without a wrong one forgives all. Nobody is locked out for good.
It slows whoever sits at this PC; whoever takes the files away has only Argon2id before him.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import Final

from covidstation.db import hold
from covidstation.domain.canonical import decode
from covidstation.errors import UserError
from covidstation.i18n import _

FILE: Final = "register.tries"
HOLD: Final = "tries.hold"
FREE: Final = 5
FIRST: Final = 30  # seconds
MOST: Final = 900
SIZE: Final = 4096
FORGIVEN: Final = 3600
KEPT_TIMES: Final = 20
MOST_NAMES: Final = 40
WRONG: Final = frozenset(("keys.wrong_passphrase", "keys.wrong_escrow", "keys.wrap_damaged"))

Clock = Callable[[], float]
_unwritten: dict[Path, Tries] = {}  # where the disk refused
_alone: Final = Lock()  # where not even the lock can be made


@dataclass(frozen=True, slots=True)
class Tries:
    """How many wrong ones at whose passphrase (a user's id, or what else was tried), the last at `mono` seconds of the
    clock since switching on.

    `failed` are the moments (milliseconds since 1970) of those that no entry of the audit tells of yet, `told` how
    many they are in all.
    """

    counts: Mapping[str, int] = field(default_factory=dict)
    mono: float = 0.0
    failed: tuple[int, ...] = ()
    told: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return sum(self.counts.values())

    def without(self, *who: str) -> Tries:
        """Those at the others' passphrases."""
        return replace(self, counts={one: count for one, count in self.counts.items() if one not in who})

    def with_one(self, who: str, at: int, mono: float) -> Tries:
        """One more."""
        who = who if who in self.counts or len(self.counts) < MOST_NAMES else ""
        counts = {**self.counts, who: self.counts.get(who, 0) + 1}
        return Tries(counts, mono, (*self.failed, at)[-KEPT_TIMES:], self.told + 1)

    def without_one(self, who: str, at: int) -> Tries:
        """That one less."""
        who = who if who in self.counts else ""
        counts = {one: count - (one == who) for one, count in self.counts.items()}
        failed = list(self.failed)
        if at in failed:
            failed.remove(at)
        left = {one: count for one, count in counts.items() if count > 0}
        return replace(self, counts=left, failed=tuple(failed), told=max(0, self.told - 1))


class Judged:
    """Whose passphrase it turned out to be: set by whoever judges it."""

    def __init__(self, who: str) -> None:
        self.who = who


def wait_after(count: int) -> int:
    """Seconds before the next try after so many wrong ones."""
    return 0 if count < FREE else min(FIRST << min(count - FREE, 20), MOST)


def wait_left(folder: Path, clock: Clock = time.monotonic) -> int:
    """Seconds before the next try counts; 0: now."""
    tries = _read(folder)
    return wait_after(FREE) if tries is None else _left(tries, clock())


def _left(tries: Tries, mono: float) -> int:
    if mono < tries.mono:  # switched on anew
        return wait_after(tries.count)
    return max(0, -int((mono - tries.mono - wait_after(tries.count)) // 1))


@contextmanager
def trying(folder: Path, who: str, now: datetime, clock: Clock = time.monotonic) -> Iterator[Judged]:
    """Around the judging of one passphrase or code. Raises UserError keys.wait when it is too early.

    A trouble of another kind than a wrong one is not counted. A wrong one is told how many are `free` yet, and for how
    many `seconds` the next must wait.
    """
    at = int(now.timestamp() * 1000)
    with _turn(folder):
        before = _begin(folder, who, at, clock())
    judged = Judged(who)
    try:
        yield judged
    except UserError as trouble:
        if trouble.code not in WRONG:
            _take_back(folder, before, who, at)
        else:
            count = before.count + 1
            trouble.params.update(free=max(0, FREE - count), seconds=wait_after(count))
        raise
    _take_back(folder, before, who, at, judged.who)


@contextmanager
def _turn(folder: Path) -> Iterator[None]:
    """One after the other; a folder that cannot be written to may still be looked at, counted in this program alone."""
    with ExitStack() as taken:
        try:
            taken.enter_context(hold.turn(folder / HOLD))
        except UserError as trouble:
            if trouble.code not in ("station.read_only", "station.disk_full"):
                raise
            taken.enter_context(_alone)
        yield


def failed_tries(folder: Path) -> Tries | None:
    """The wrong ones that no entry tells of yet."""
    tries = _read(folder)
    return tries if tries is not None and tries.told else None


def forget_failed(folder: Path) -> None:
    """They stand in the audit now."""
    with _turn(folder):
        tries = _read(folder)
        if tries is not None:
            _write(folder, replace(tries, failed=(), told=0))


def _begin(folder: Path, who: str, at: int, mono: float) -> Tries:
    """Count the try; returns how it was before."""
    tries = _read(folder)
    if tries is None or mono < tries.mono:
        tries = replace(tries or Tries({"": FREE}), mono=mono)
        _write(folder, tries)
    elif mono - tries.mono > FORGIVEN:
        tries = replace(tries, counts={})
    left = _left(tries, mono)
    if left:
        raise UserError("keys.wait", wait=wait_text(left), seconds=left)
    _write(folder, tries.with_one(who, at, mono))
    return tries


def _take_back(folder: Path, before: Tries, who: str, at: int, *forgiven: str) -> None:
    """Uncount one try, and those at whose it turned out to be; what others tried meanwhile stays."""
    with _turn(folder):
        left = (_read(folder) or before).without_one(who, at)
        kept = before if left.count == before.count else left  # alone: the wait runs from where it ran
        _write(folder, kept.without(*forgiven))


def _read(folder: Path) -> Tries | None:
    """None when the file is not what was written: then as if the free ones were used."""
    if folder in _unwritten:
        return _unwritten[folder]
    try:
        data = (folder / FILE).read_bytes()[:SIZE]
        if not data:  # the program was cut off between making the file and its first line
            return Tries()
        found = decode(data)
        failed = tuple(int(one) for one in found["failed"])
        counts = {str(who): int(count) for who, count in found["counts"].items()}
        if any(count < 0 for count in counts.values()) or len(counts) > MOST_NAMES + 1:
            return None
        return Tries(counts, float(found["mono"]), failed[-KEPT_TIMES:], int(found["told"]))
    except FileNotFoundError:
        return Tries()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
        return None


def _write(folder: Path, tries: Tries) -> None:
    data = json.dumps(asdict(tries)).encode().ljust(SIZE)
    try:
        handle = os.open(folder / FILE, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
        try:
            os.write(handle, data)
            os.fsync(handle)
        finally:
            os.close(handle)
        _unwritten.pop(folder, None)
    except OSError:
        _unwritten[folder] = tries


def wait_text(seconds: int) -> str:
    """So long, as it is said."""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return _("{n} giây").format(n=rest)
    if not rest:
        return _("{n} phút").format(n=minutes)
    return _("{n} phút {m} giây").format(n=minutes, m=rest)
