"""How people write a hamlet: its kind, then its name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from covidstation.domain.text import clean, fold

KINDS: Final = ("bản", "thôn", "xóm", "ấp", "buôn", "làng", "tổ dân phố", "tổ", "khu phố", "khu")


def capital(kind: str) -> str:
    """`Khu` for `khu`: a hamlet's kind where it stands at the head of a name on the screen."""
    return kind[:1].upper() + kind[1:]


def split_hamlet(written: str, kind: str = "bản") -> tuple[str, str]:
    """`Bản Nậm Ngá` is the bản of the name Nậm Ngá; without a kind in front, `kind` is taken."""
    lowered = written.casefold()
    for known in sorted(KINDS, key=len, reverse=True):
        rest = written[len(known) + 1 :].strip()
        if lowered.startswith(known + " ") and rest:
            return known, rest
    return kind, written


def hamlets_named(printed: str, names: Iterable[str]) -> list[str]:
    """Those of the names that stand in the first part of an address, as a card prints it: `Bản Nà Xa, Nậm Tăm, …`."""
    place = f" {fold(clean(printed.split(',')[0]))} "
    return [name for name in names if f" {fold(name)} " in place]
