"""Text as it is looked for: without accents, Đ as d, lower case."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """`Sốt, Đau đầu` → `sot, dau dau`."""
    plain = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).casefold()
