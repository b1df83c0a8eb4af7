"""Text as it is kept, searched and ordered."""

from __future__ import annotations

import time
import unicodedata
from functools import cmp_to_key

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.domain import text

LETTERS = [*"aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"]
TONES = [*"aàảãáạ"]
# Hand-sorted: by given name, letters before tones, then the words before it.
IN_ORDER = [
    "Lò Văn An",
    "Nguyễn An",
    "Nguyễn Thị An",
    "Nguyễn Văn An",
    "Trần Án",
    "Vàng A Ánh",
    "Lý Ăn",
    "Bùi Ân",
    "Lê Ấn",
    "Đỗ Bình",
    "Lò Thị Ca",
    "Lò Thị Cà",
    "Lò Thị Cả",
    "Lò Thị Cã",
    "Lò Thị Cá",
    "Lò Thị Cạ",
    "Cứ A Dế",
    "Hồ Dung",
    "Hồ Đan",
    "Hồ Đào",
    "Hồ Đảo",
    "Sùng Em",
    "Sùng Êm",
    "H'Dung",
    "Lò Hoa",
    "Phạm Hòa",
    "Chẻo Lở Mẩy",
    "H'Dung Niê",
    "Ma Oanh",
    "Ma Ông",
    "Ma Ơn",
    "Giàng A Páo",
    "Páo Páo",
    "Lò Un",
    "Lò Ưng",
    "Lò Văn Xôm",
]
ALPHABET = "aăâbdđeêhouưáàảãạấầ ơớ'AĐÂƠ"


def _slow_compare(one: str, two: str) -> int:
    """The rule written the long way: letter by letter, then tone by tone, on words with the last one first."""

    def turned(name: str) -> list[str]:
        parts = unicodedata.normalize("NFC", name).lower().replace("'", "").split()
        return parts[-1:] + parts[:-1]

    def split(letter: str) -> tuple[int, int]:
        for tone, mark in enumerate(["", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323"]):
            for rank, base in enumerate(LETTERS):
                if unicodedata.normalize("NFC", base + mark) == letter:
                    return rank, tone
        raise AssertionError(letter)

    first, second = ([[split(letter) for letter in word] for word in turned(name)] for name in (one, two))
    ranks = [[[rank for rank, _ in word] for word in words] for words in (first, second)]
    tones = [[[tone for _, tone in word if tone] or [0] for word in words] for words in (first, second)]
    pair = (ranks[0], tones[0]), (ranks[1], tones[1])
    return (pair[0] > pair[1]) - (pair[0] < pair[1])


def test_order_of_names_known_by_hand() -> None:
    shuffled = sorted(IN_ORDER, key=lambda name: hash(name[::-1]))
    assert sorted(shuffled, key=text.name_sort_key) == IN_ORDER


def test_alphabet_and_tones_are_in_order() -> None:
    assert sorted(reversed(LETTERS), key=text.name_sort_key) == LETTERS
    assert sorted(reversed(TONES), key=text.name_sort_key) == TONES


def test_order_as_sqlite_compares_it() -> None:
    keys = [text.name_sort_key(name) for name in IN_ORDER]
    assert keys == sorted(keys)
    assert keys == sorted(keys, key=str.encode)


def test_old_and_new_tone_placement_stand_together() -> None:
    assert sorted(["Lò Hoạ", "Lò Hoà", "Lò Hòa", "Lò Hoa", "Lò Họa"], key=text.name_sort_key) == [
        "Lò Hoa",
        *sorted(["Lò Hoà", "Lò Hòa"], key=str.swapcase),
        *sorted(["Lò Hoạ", "Lò Họa"], key=str.swapcase),
    ]


@given(st.text(ALPHABET, max_size=12), st.text(ALPHABET, max_size=12))
def test_sort_key_agrees_with_the_slow_rule(one: str, two: str) -> None:
    slow = _slow_compare(one, two)
    keys = text.name_sort_key(one), text.name_sort_key(two)
    if slow:
        assert (keys[0] < keys[1]) == (slow < 0)
    names = [one, two]
    assert sorted(names, key=text.name_sort_key) == sorted(
        sorted(names, key=text.name_sort_key), key=cmp_to_key(_slow_compare)
    )


@given(st.text(max_size=40))
def test_clean_is_nfc_visible_and_stable(typed: str) -> None:
    kept = text.clean(typed)
    assert unicodedata.is_normalized("NFC", kept)
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in kept)
    assert text.clean(kept) == kept
    assert kept == " ".join(kept.split())
    kept.encode()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Giàng  A\tPáo \r\n", "Giàng A Páo"),
        (unicodedata.normalize("NFD", "Chẻo Lở Mẩy"), "Chẻo Lở Mẩy"),
        ("An\u202e\u200b\u0000 Bình\ufeff", "An Bình"),
        ("<b>An</b>", "<b>An</b>"),
        ("H'Dung Niê", "H'Dung Niê"),
        ("\u3164\u200d ", ""),
        ("\ud800An", "An"),
    ],
)
def test_clean(typed: str, kept: str) -> None:
    assert text.clean(typed) == kept


@given(st.text(max_size=40))
def test_fold_is_stable_and_bare(typed: str) -> None:
    key = text.fold(typed)
    assert text.fold(key) == key
    assert not any(unicodedata.category(char) == "Mn" for char in unicodedata.normalize("NFD", key))


@given(st.text("aăâbdđeêhouưáàảãạấầ ơớ'AĐÂƠ", max_size=20))
def test_fold_sees_no_difference_between_forms(typed: str) -> None:
    assert text.fold(unicodedata.normalize("NFD", typed)) == text.fold(typed) == text.fold(typed.upper())


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Đặng Thị Hoà", "dang thi hoa"),
        ("ĐẶNG THỊ HÒA", "dang thi hoa"),
        ("H'Dung Niê", "hdung nie"),
        ("H’Dung Niê", "hdung nie"),
        ("Kpă Ƀơ̆", "kpa bo"),
        ("  Páo ", "pao"),
    ],
)
def test_fold(typed: str, key: str) -> None:
    assert text.fold(typed) == key


@pytest.mark.parametrize("query", ["hdung", "h dung", "H'Dung", "h’dung", "dung h", "nie hdu", "Niê"])
def test_a_name_with_an_apostrophe_is_found_either_way(query: str) -> None:
    index = text.words("H'Dung Niê")
    assert all(any(word.startswith(part) for word in index) for part in text.fold(query).split())


def test_words_are_each_listed_once() -> None:
    assert text.words("Giàng A Páo (Páo)") == ("giang", "a", "pao")
    assert text.search_text("H'Dung Niê") == "hdung nie h dung"
    assert text.words(" .-' ") == ()


@pytest.mark.parametrize(
    ("name", "letters", "last"),
    [
        ("Nguyễn Văn An", "nva", "An"),
        ("Páo", "p", "Páo"),
        ("H'Dung Niê", "hn", "Niê"),
        ("", "", ""),
        ("Đỗ  Ý", "dy", "Ý"),
    ],
)
def test_initials_and_given_name(name: str, letters: str, last: str) -> None:
    assert text.initials(name) == letters
    assert text.given_name(name) == last


@pytest.mark.parametrize("piece", ["Nguyễn ", "\u0323\u0301", "e\u0301\u0323", "ế", "'", "\u200b", "A"])
def test_long_names_are_not_slow(piece: str) -> None:
    started = time.process_time()
    name = (piece * 10_000)[:10_000]
    for make in (text.clean, text.fold, text.words, text.initials, text.given_name, text.name_sort_key):
        make(name)
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Hoà", "HÒA", True), ("H'Dung Niê", "hdung  niê", True), ("Nguyễn Văn An", "Nguyễn Vân An", False),
        ("Đào", "Dào", False), ("Lò Văn Thử", "Lò Văn Thu", False), ("Văn An", "An Văn", False),
    ],
)  # fmt: skip
def test_spelling_is_letters_and_tones_in_their_order(one: str, other: str, same: bool) -> None:
    assert (text.spelling(one) == text.spelling(other)) is same


def test_places_stand_in_vietnamese_order_and_numbers_by_value() -> None:
    right = ["2", "3", "10", "An Phú", "Ảng Cang", "Bó Xa", "Co Lót", "Đán Đón", "Nà Bua", "Nậm Lót", "Nậm Ngá"]
    assert sorted(reversed(right), key=text.sort_key) == right
