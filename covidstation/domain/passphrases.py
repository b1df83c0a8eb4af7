"""What makes a passphrase easy to guess. Nothing is asked of its signs, and it never grows old.

After OWASP ASVS 5.0, 6.2.1 (eight letters at least), 6.2.4 (not among the 3,000 most common), 6.2.5 (no rules of
composition), 6.2.10 (no change without a cause).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

from covidstation.domain.text import fold

_ROWS: Final = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb",
)
_PHONE: Final = re.compile(r"(?:0|84)[35789]\d{8}")
_DAY: Final = re.compile(r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d|(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d")
_NUMBER: Final = re.compile(r"\d{9}|\d{12}")  # of an identity card
_AROUND: Final = re.compile(r"^[\d\W_]+|[\d\W_]+$")
_LONGEST_PART: Final = 4  # letters that are said again and again


def weakness(phrase: str, common: Collection[str], words: Collection[str], names: Iterable[str] = ()) -> str:
    """Why it would be guessed: the code of a sentence, or '' when it is none of those.

    `common` are whole passphrases in lower case, `words` those to which people add figures, both without marks and
    spaces; `names` are of the user and the station.
    """
    bare = _bare(phrase)
    core = _AROUND.sub("", bare)
    if core in _of(names):
        return "keys.passphrase_name"
    digits = re.sub(r"[\s.+-]", "", phrase)
    if _PHONE.fullmatch(digits) or _DAY.fullmatch(digits) or _NUMBER.fullmatch(digits):
        return "keys.passphrase_number"
    if bare in common or core in common or core in words or _again(bare) or _in_a_row(bare):
        return "keys.passphrase_common"
    return ""


def _bare(text: str) -> str:
    """Lower case, no marks, no spaces."""
    return fold(text).replace(" ", "")


def _of(names: Iterable[str]) -> set[str]:
    """Each name as a whole, backwards by words, and without what every station's name begins with."""
    found = set()
    for name in names:
        parts = fold(name).split()
        found |= {"".join(parts), "".join(reversed(parts))}
        if parts[:3] == ["tram", "y", "te"]:
            rest = "".join(parts[3:])
            found |= {rest, rest.removeprefix("xa"), "tramyte" + rest.removeprefix("xa")}
    return {name for name in found if name}


def _again(text: str) -> bool:
    """`aaaaaaaa`, `12121212`, `abcabcabc`."""
    return any(
        len(text) >= 2 * size and text == (text[:size] * len(text))[: len(text)] for size in range(1, _LONGEST_PART + 1)
    )


def _in_a_row(text: str) -> bool:
    """`12345678`, `87654321`, `abcdefgh`, `qwertyuiop`: as they lie on the keys, once or more."""
    for row in _ROWS:
        for line in (row, row[::-1]):
            if text in line * 3 and len(text) >= _LONGEST_PART:
                return True
    return False
