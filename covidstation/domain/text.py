"""Vietnamese text: how it is kept, how it is searched, and the order in which names stand in a list.

Text is kept NFC with single spaces and otherwise as typed; search and sort keys are made from it, never shown.
What cannot be seen is not kept, since two names that look alike must be alike: control signs (NUL, ESC, C1), signs
that turn the direction (RLO, isolates), zero-width ones (ZWSP, joiners, BOM), variation selectors, half surrogates,
private and non-characters, tags, and marks beyond eight on one letter. Emoji stay, each sign of a joined one by
itself. Markup, formulas, quotes and look-alike letters are text like any other.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

APOSTROPHES: Final = "'`´ʹʻʼʽʾˈ‘’‛′ꞌ＇"
NAME_LIMIT: Final = 200  # letters of a name
TEXT_LIMIT: Final = 500  # letters of an address or a note line

# Letters that Unicode does not take apart: đ, and the Ê-đê, Gia-rai and Ba-na ƀ.
_STROKED: Final = str.maketrans("đĐƀɃ", "dDbB")
_NO_APOSTROPHES: Final = str.maketrans("", "", APOSTROPHES)
_APOSTROPHE_SPACES: Final = str.maketrans(dict.fromkeys(APOSTROPHES, " "))
# Letters and marks that draw nothing (Default_Ignorable_Code_Point, Hangul fillers, the empty Braille cell), and the
# non-characters, which XML cannot hold. A name made of them would look empty.
_BLANK: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufdd0-\ufdef\ufe00-\ufe0f\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff"
    + "".join(f"{chr(plane | 0xFFFE)}{chr(plane | 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)
_HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cs"})
_LINES: Final = frozenset("\n\t")
_MARK_RUN: Final = 8  # no letter of any living language carries more marks

_LETTERS: Final = (
    *("a", "a\u0306", "a\u0302", "b", "c", "d", "đ", "e", "e\u0302", "f", "g", "h", "i", "j", "k", "l", "m", "n"),
    *("o", "o\u0302", "o\u031b", "p", "q", "r", "s", "t", "u", "u\u031b", "v", "w", "x", "y", "z"),
)
_LETTER_RANK: Final = {letter: chr(0x41 + rank) for rank, letter in enumerate(_LETTERS)}
_TONE_RANK: Final = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_LETTER_MARKS: Final = frozenset("\u0302\u0306\u031b")
_WORD: Final = re.compile(r"[^\W_]+")


def _without_hidden(text: str, keep: frozenset[str] = frozenset()) -> str:
    """Drop what cannot be seen, and marks beyond eight on one letter, which would make NFC quadratic."""
    if text.isascii() and text.isprintable():
        return text
    kept: list[str] = []
    run = 0
    for char in _BLANK.sub("", text):
        category = unicodedata.category(char)
        if category in _HIDDEN and char not in keep:
            continue
        run = run + 1 if category[0] == "M" else 0
        if run <= _MARK_RUN:
            kept.append(char)
    return "".join(kept)


def clean(text: str) -> str:
    """The text as it is kept: NFC, no control, bidi or zero-width signs, single spaces, case as typed."""
    squeezed = " ".join(text.split())
    return unicodedata.normalize("NFC", " ".join(_without_hidden(squeezed).split()))


def clean_block(text: str) -> str:
    """The same for a text whose lines and spaces are its own: NFC, nothing hidden but tabs and line ends."""
    return unicodedata.normalize("NFC", _without_hidden(text, _LINES))


def _plain(text: str) -> str:
    """Lower case, no marks, đ as d, single spaces; apostrophes stay."""
    if not text.isascii():
        apart = unicodedata.normalize("NFD", clean(text)).translate(_STROKED).lower()
        apart = unicodedata.normalize("NFD", apart).translate(_STROKED)
        text = "".join(char for char in apart if not unicodedata.category(char).startswith("M"))
    return clean(text).lower()


def fold(text: str) -> str:
    """The search key: lower case without marks, đ as d, apostrophes dropped (`H'Dung Niê` gives `hdung nie`).

    Both ways to place a tone (`hoà`, `hòa`) give one key. Folding a key changes nothing.
    """
    return " ".join(_plain(text).translate(_NO_APOSTROPHES).split())


def words(text: str) -> tuple[str, ...]:
    """Words to index, each once: those of `fold`, and the parts at apostrophes (`hdung`, `nie`, `h`, `dung`).

    A query folded and split at spaces finds the text when each of its words begins one of these.
    """
    plain = _plain(text)
    whole = _WORD.findall(plain.translate(_NO_APOSTROPHES))
    parts = _WORD.findall(plain.translate(_APOSTROPHE_SPACES))
    return tuple(dict.fromkeys([*whole, *parts]))


def search_text(text: str) -> str:
    """`words` as one line, for a full-text index."""
    return " ".join(words(text))


def initials(name: str) -> str:
    """`Nguyễn Văn An` gives `nva`."""
    return "".join(word[0] for word in _WORD.findall(fold(name)))


def given_name(name: str) -> str:
    """The last word, as typed; the whole of a one-word name."""
    return name.split()[-1] if name.split() else ""


def _word_weights(word: str) -> tuple[str, str]:
    """(primary weights of the letters, tones in their order) of one lower-case NFD word."""
    letters: list[str] = []
    tones: list[str] = []
    for char in word:
        if char in _TONE_RANK:
            tones.append(_TONE_RANK[char])
        elif char in _LETTER_MARKS and letters and letters[-1] + char in _LETTER_RANK:
            letters[-1] += char
        elif not unicodedata.combining(char):
            letters.append(char)
    return "".join(map(_primary, letters)), "".join(tones) or "0"


def _primary(letter: str) -> str:
    """One sign whose code point gives the order: punctuation, digits, letters of the alphabet, all others."""
    if letter in _LETTER_RANK:
        return _LETTER_RANK[letter]
    if letter == "ƀ":
        return _LETTER_RANK["b"]
    return letter if letter.isdecimal() or ord(letter) > 0x7F else '"'


def _weights(text: str) -> list[tuple[str, str]]:
    plain = unicodedata.normalize("NFD", text.lower()).translate(_NO_APOSTROPHES)
    return [_word_weights(word) for word in plain.split()]


def spelling(text: str) -> str:
    """A key that is equal for one name to whoever reads Vietnamese: letters with their marks, tones, and the order of
    the words (`HÒA` as `Hoà`, not as `Hoa`); whatever the case, the apostrophes and the letter that bears the tone."""
    return " ".join("/".join(weight) for weight in _weights(clean(text)))


def _weighed(ordered: str, text: str) -> str:
    """All letters, then all tones, then the text itself."""
    weights = _weights(ordered)
    letters = " ".join(weight[0] for weight in weights)
    tones = " ".join(weight[1] for weight in weights)
    # "!" stands between a space and everything else that the levels hold.
    return f"{letters} !{tones} !{text.swapcase()}"


def sort_key(text: str) -> str:
    """The Vietnamese order of places and things in the order of their words, numbers by their value."""
    return _weighed(" ".join(word.zfill(6) if word.isdecimal() else word for word in clean(text).split()), clean(text))


def name_sort_key(name: str) -> str:
    """A key whose ordinary comparison puts names in Vietnamese order: given name first, then the others.

    CLDR `vi`: letters a ă â b c d đ e ê … o ô ơ … u ư … first over all words, then tones ngang, huyền, hỏi, ngã,
    sắc, nặng over all words, one a syllable so that `Hoà` and `Hòa` stand together, then the text itself.
    """
    text = clean(name)
    parts = text.split()
    ordered = [*parts[-1:], *parts[:-1]]
    return _weighed(" ".join(ordered), text)
