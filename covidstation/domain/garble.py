"""Signs that text from a scanner was changed on its way through the keyboard.

A scanner types. An input method (UniKey, EVKey) that is on takes its letters for Telex or VNI keys; a scanner that is
set up for Telex while none is on leaves the keys bare; a wrong code table or keyboard layout turns letters and digits
into others. What cannot be told from a real name is let through: "Ksor H'Wew", "Giàng A Páo", "Ea Tar, Cư M'gar".
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from covidstation.domain.text import APOSTROPHES, fold

# Rhymes of Vietnamese without tones; a word typed in Telex is one only if it decodes to an onset and one of these.
_RHYMES: Final = (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu "
    "i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu "
    "o oa oac oach oai oam oan oang oanh oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong op ot "
    "ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt "
    "u ua uân uâng uât uây uc uê uêch uênh ui um un ung uơ uôc uôi uôm uôn uông uôt up ut uy uya uych uyên uyêt uynh "
    "uyt uyu ư ưa ưc ưi ưm ưn ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu y yê yêm yên yêng yêt yêu"
)
_SYLLABLE: Final = re.compile(
    r"(?:(?:k|gh|ngh)(?=[eêiy])|(?:c|ng)(?![eêiy])|g(?![eêy])|qu?(?=u|[aăâeêioơy])"
    r"|b|ch|d|đ|gi|h|kh|l|m|n|nh|p|ph|r|s|t|th|tr|v|x)?(?:" + "|".join(_RHYMES.split()) + ")"
)
_STOPPED: Final = re.compile(r".*(?:c|ch|p|t)")
_TELEX_LETTERS: Final = (
    *(("dd", "đ"), ("uwow", "ươ"), ("uow", "ươ"), ("aw", "ă"), ("uw", "ư"), ("ow", "ơ")),
    *(("aa", "â"), ("ee", "ê"), ("oo", "ô")),
)
_LONGEST_TELEX: Final = 11
_VOWELS: Final = frozenset("aeiouy")
_TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")
_LETTER_RUN: Final = re.compile(r"[^\W\d_]+")

# Weights of a word that decodes as Telex; at four in all the text was typed by keys.
_SURE: Final = 4
_LIKELY: Final = 2
_WEAK: Final = 1

_VNI_SYLLABLE: Final = re.compile(r"\b[a-z]*[aeiouyd][a-z]*[1-9][a-z1-9]*\b", re.IGNORECASE)

# How addresses shorten: thành phố, thị xã, thị trấn, khu phố, quốc lộ, tổ dân phố, khu dân cư ...
_SHORT_WORDS: Final = frozenset(
    {"tp", "tx", "tt", "kp", "ql", "tl", "tk", "tdp", "kdc", "kcn", "hcm", "tphcm", "ktx", "tnxp"}
)

# Marks that a letter of Vietnamese or of a language of the Highlands may carry: č, ñ, ŏ, ŭ and their like.
_BASES_OF: Final = {
    "\u0302": frozenset("aeo"),
    "\u0306": _VOWELS,
    "\u030c": frozenset("c"),
    "\u031b": frozenset("ou"),
    "\u0303": _VOWELS | {"n"},
    **dict.fromkeys("\u0300\u0301\u0309\u0323", _VOWELS),
}
_ODD_LETTERS: Final = frozenset("đƀ")
_ADDRESS_SIGNS: Final = frozenset("–—“”°º…№\ufffd")  # the last is judged as a lost letter

# The digit row of the Windows keyboard "Vietnamese" (1 to 9, 0), of a US one with Shift, and of a French one.
_TURNED_DIGITS: Final = re.compile(
    "[aeođ\u0302\u0306\u0300\u0309\u0303\u0301\u0323]{8,}|[!@#$%^&*()]{8,}|[&e\u0301\"'(\\-e\u0300_c\u0327a]{8,}"
)
_LOST_BARS: Final = re.compile(r"[0-9]{12}[^\w\s|]{1,2}[^\W\d_]")


def is_telex(texts: Iterable[str]) -> bool:
    """Whether the words hold bare Telex keys ("Lof Vawn Thuwr", "ddaf") that cannot be a name's own letters."""
    found = [word for text in texts for word in _LETTER_RUN.findall(text.lower())]
    accents_missing = all(word.isascii() for word in found)
    return sum(_telex_weight(word, accents_missing) for word in set(found)) >= _SURE


def _telex_weight(word: str, accents_missing: bool) -> int:
    if len(word) > _LONGEST_TELEX:
        return 0
    apart = unicodedata.normalize("NFD", word)
    bare = unicodedata.normalize("NFC", "".join(char for char in apart if char not in _TONES))
    return max((_weight(reading, accents_missing) for reading in _telex_readings(bare)), default=0)


def _telex_readings(word: str) -> Iterator[tuple[str, str, bool, frozenset[str]]]:
    """(syllable, tone key, whether the key stands last after a vowel, pairs of keys) of each way to decode it."""
    first = next((place for place, char in enumerate(word) if char in "aeiouyăâêôơư"), len(word))
    tones = [place for place, char in enumerate(word) if char in "sfrxj" and place > first]
    for place in [None, *tones]:
        rest = word if place is None else word[:place] + word[place + 1 :]
        pairs = set()
        for keys, letter in _TELEX_LETTERS:
            if keys in rest:
                pairs.add(keys)
                rest = rest.replace(keys, letter, 1)
        tone = "" if place is None else word[place]
        if (tone or pairs) and _SYLLABLE.fullmatch(rest) and not (tone and tone in "frx" and _STOPPED.fullmatch(rest)):
            soft = place == len(word) - 1 and word[place - 1] in "aeiouyăâêôơư" if place is not None else False
            yield rest, tone, soft, frozenset(pairs)


def _weight(reading: tuple[str, str, bool, frozenset[str]], accents_missing: bool) -> int:
    """How surely a reading is no name: final r and s, "oo", "ee" and x occur in names of the Highlands and abroad."""
    syllable, tone, soft, pairs = reading
    if tone and tone in "rs" and soft and pairs <= {"oo"}:
        return _WEAK if accents_missing else 0
    if not tone and pairs == {"oo"} and not accents_missing:  # "Moong Thị Boong" as it stands on the card
        return 0
    after_cluster = bool(tone) and not soft and syllable.endswith(("ng", "nh", "ch"))
    shaped = (
        after_cluster
        or pairs & {"dd", "aa", "aw", "uw", "uow", "uwow"}
        or ("ow" in pairs and not syllable.endswith("ơ"))
    )
    if shaped or (tone and (tone in "fj" or pairs)):
        return _SURE
    return _LIKELY


def is_vni(name: str, texts: Iterable[str]) -> bool:
    """Whether digits stand within the words of a name, or within several words of a text without any accent."""
    if re.search(r"[^\W\d_][0-9]", name):
        return True
    whole = " ".join(texts)
    return whole.isascii() and len(_VNI_SYLLABLE.findall(whole)) > 2


def is_doubly_toned(name: str) -> bool:
    """Whether a word carries two tones, as when an input method adds its own to a letter that has one."""
    marks = (unicodedata.normalize("NFD", word) for word in re.split(r"[\W_]+", name))
    return any(sum(char in _TONES for char in word) > 1 for word in marks)


def has_lost_letters(name: str, address: str) -> bool:
    """Whether letters came as question marks, or not at all ("L V?n Th", "Nguyn Vn")."""
    if "?" in name or "\ufffd" in name + address or re.search(r"[^\W\d_]\?", address):
        return True
    if _without_vowel(fold(name)):
        return True
    if not (name + address).isascii():
        return False
    if re.search(r"(?:^| )[a-z]", name) and re.search(r"[A-Z]", name):  # "Đào Ún" came as "o n"
        return True
    odd = [word for word in _without_vowel(address.lower()) if word not in _SHORT_WORDS]
    return len(odd) > 1 or any(len(word) > 2 for word in odd)


def _without_vowel(text: str) -> list[str]:
    return [word for word in re.findall(r"[a-z]+", text) if len(word) > 1 and not _VOWELS & set(word)]


def is_wrong_charset(name: str, address: str) -> bool:
    """Whether letters are of another code table: UTF-8 read as Latin ("LÃ²"), TCVN3 ("V¨n"), VNI ("Thöû")."""
    return _is_misread(name + address) or not all(_is_known(char) for char in name + address)


def _is_misread(text: str) -> bool:
    if text.isascii():
        return False
    for encoding in ("cp1252", "latin-1", "cp1258"):
        try:
            text.encode(encoding).decode()
        except UnicodeError:
            continue
        return True
    return False


def _is_known(char: str) -> bool:
    if char.isascii() or char in APOSTROPHES or char in _ADDRESS_SIGNS or char in _BASES_OF:
        return True
    if char.lower() in _ODD_LETTERS:
        return True
    apart = unicodedata.normalize("NFD", char.lower())
    base = apart[0]
    return base.isascii() and base.isalpha() and all(base in _BASES_OF.get(mark, ()) for mark in apart[1:])


def is_turned_keyboard(text: str) -> bool:
    """Whether the digit row or the bar came out as other signs: another keyboard layout, or Shift held down."""
    first = unicodedata.normalize("NFD", text.split("|", 1)[0])
    return bool(_TURNED_DIGITS.fullmatch(first) or _LOST_BARS.match(text))
