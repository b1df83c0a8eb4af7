"""How people write a hamlet: its kind, then its name."""

from __future__ import annotations

from typing import Final

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
