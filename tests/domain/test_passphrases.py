"""Which passphrases are refused, and that others are not."""

from __future__ import annotations

import pytest

from covidstation.domain.passphrases import weakness
from covidstation.services.access.phrases import _lists, weakness_of

NAMES = ("Lò Thị Mai", "Trạm Y tế xã Nậm Tăm")


def test_the_lists_hold_more_than_three_thousand():
    common, words = _lists()
    assert len(common) >= 3000 and all(len(one) >= 8 for one in common)
    assert {"matkhau", "anhyeuem", "tramyte"} <= words
    assert {"password", "12345678", "iloveyou"} <= common


@pytest.mark.parametrize(
    "phrase",
    [
        "12345678", "87654321", "matkhau1", "MatKhau@2024", "mật khẩu 123", "anhyeuem", "Anh yêu em!", "tramyte2025",
        "password", "Passw0rd", "iloveyou", "qwertyuiop", "aaaaaaaa", "12121212", "abcabcabc", "11112222"[:4] * 2,
        "covid2021", "1qaz2wsx", "benhvien01",
    ],
)  # fmt: skip
def test_what_many_people_use_is_refused(phrase):
    assert weakness_of(phrase, *NAMES) == "keys.passphrase_common"


@pytest.mark.parametrize(
    "phrase", ["0912345678", "0912 345 678", "+84 912345678", "01011990", "19900101", "012055000001"]
)
def test_numbers_that_others_know_are_refused(phrase):
    assert weakness_of(phrase, *NAMES) == "keys.passphrase_number"


@pytest.mark.parametrize(
    "phrase", ["lothimai", "Lò Thị Mai 1990", "maithilo", "NamTam2024", "tramytenamtam", "xanamtam1"]
)
def test_names_of_the_place_are_refused(phrase):
    assert weakness_of(phrase, *NAMES) == "keys.passphrase_name"


@pytest.mark.parametrize(
    "phrase",
    [
        "con suối sau bản",
        "nuoc chay da mon",
        "lá lành đùm lá rách",
        "Mai nhặt măng tháng tư",
        "x7#kQ2!z",
        "đo hồ sơ nhé",
    ],
)
def test_ones_own_sentence_is_taken_without_rules_of_signs(phrase):
    assert weakness_of(phrase, *NAMES) == ""


@pytest.mark.parametrize("phrase", ["", "1234567", "mai"])
def test_short_ones_are_refused_first(phrase):
    assert weakness_of(phrase, *NAMES) == "keys.passphrase_short"


def test_an_empty_name_refuses_nothing():
    assert weakness("-----!!!", (), (), ("", " ")) == ""
