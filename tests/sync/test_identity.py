"""Keys, their ids, and the words for them."""

import hashlib
import re
import time
import unicodedata
from itertools import combinations

import pytest

from covidstation.sync.identity import AgeKey, Identity, PublicKeys, SignKey, is_recipient, key_id, verify
from covidstation.sync.words import eight_words, word_list


def test_rfc_8032_vector() -> None:
    """RFC 8032 §7.1, test 2."""
    key = SignKey(bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))
    assert key.public.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    signature = key.sign(b"\x72")
    assert signature.hex().startswith("92a009a9f0d4cab8720e820b5f642540")
    assert verify(key.public, signature, b"\x72")
    assert not verify(key.public, signature, b"\x73")
    assert not verify(b"short", signature, b"\x72")


def test_storage_and_ids() -> None:
    one = Identity.generate()
    assert Identity.from_bytes(one.to_bytes()) == one
    assert one.sign.id == hashlib.sha256(one.public.sign).hexdigest()[:16] == key_id(one.public.sign)
    assert one.age.id == hashlib.sha256(one.public.age.encode()).hexdigest()[:16]
    assert is_recipient(one.public.age)


def test_secrets_do_not_show() -> None:
    one = Identity.generate()
    assert one.age.secret not in repr(one)
    assert repr(one.sign.secret) not in repr(one)


def test_what_is_no_key() -> None:
    for bad in (b"", b"{}", b"[]", b'{"age":"x","sign":"00"}', b"\xff"):
        with pytest.raises(ValueError):
            Identity.from_bytes(bad)
    with pytest.raises(ValueError):
        PublicKeys(bytes(32), "age1abc")
    with pytest.raises(ValueError):
        PublicKeys(bytes(31), AgeKey.generate().public)
    for text in ("", "age1", "ssh-ed25519 AAAA", AgeKey.generate().public.upper(), AgeKey.generate().secret):
        assert not is_recipient(text)


def plain(word: str) -> str:
    letters = unicodedata.normalize("NFD", word.replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def spoken(word: str) -> str:
    """As heard across regions: l=n, s=x, tr=ch, d=gi=r=v, final n=ng=nh and t=c=ch, y=i; no tones."""
    folds = [(r"\btr", "ch"), (r"\b(gi|d|r|v)(?=[aeiouy])", "z"), (r"\bs", "x"), (r"\bl", "n"), (r"\bqu", "w"),
             (r"(ng|nh|n)\b", "n"), (r"(ch|c|t)\b", "t"), ("y", "i")]  # fmt: skip
    word = plain(word)
    for pattern, fold in folds:
        word = re.sub(pattern, fold, word)
    return word


def one_letter_apart(one: str, two: str) -> bool:
    """Whether one letter changed, added or left out makes one the other."""
    if len(one) == len(two):
        return sum(a != b for a, b in zip(one, two, strict=True)) <= 1
    short, long = sorted((one, two), key=len)
    return len(long) - len(short) == 1 and any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


def test_the_words_stay_apart_to_eye_and_ear() -> None:
    words = word_list()
    assert len(set(words)) == 256
    for word in words:
        assert word == unicodedata.normalize("NFC", word).strip().lower()
        assert len(word.split()) == 2
        assert len(word) <= 12
    for one, two in combinations(map(spoken, words), 2):
        assert not one_letter_apart(one, two), (one, two)


def test_eight_words_are_slow_and_steady() -> None:
    start = time.perf_counter()
    words = eight_words(b"known material")
    assert time.perf_counter() - start > 0.02
    assert words == ("mưa rào", "tương ớt", "sữa chua", "nồi đồng", "bánh chưng", "đậu xanh", "đôi dép", "ngỗng trời")
    assert eight_words(b"other material") != words


def test_the_word_list_is_part_of_the_format() -> None:
    joined = "\n".join(word_list()).encode()
    assert hashlib.sha256(joined).hexdigest() == "de9b736ec909d4dbd209bffb089638aa5b258032ed511dd5b8d5b39f05db7d4d"
