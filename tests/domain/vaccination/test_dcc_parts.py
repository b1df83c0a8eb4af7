"""Base45, CBOR and what they must refuse; examples of RFC 9285 section 4 and RFC 8949 appendix A."""

from __future__ import annotations

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.domain.vaccination.dcc import base45
from covidstation.domain.vaccination.dcc.cbor import CutOff, Tagged, bare, decode, encode_bytes, encode_text
from tests import dcc_signing

VALUES = st.recursive(
    st.integers(-(1 << 63), (1 << 64) - 1) | st.binary(max_size=40) | st.text(max_size=40) | st.booleans() | st.none(),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.integers(-300, 300) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("text", "data"),
    [("BB8", b"AB"), ("%69 VD92EX0", b"Hello!!"), ("UJCLQE7W581", b"base-45"), ("QED8WEX0", b"ietf!"), ("", b"")],
)
def test_the_examples_of_base45(text, data):
    assert base45.decode(text) == data


@pytest.mark.parametrize("text", ["GGW", "::", ":::", "A", "AAAA", "bb8", "BB_", "ĐB8", "\x00\x00\x00"])
def test_what_is_no_base45(text):
    with pytest.raises(ValueError):
        base45.decode(text)


@given(st.binary(max_size=300))
def test_base45_there_and_back(data):
    assert base45.decode(dcc_signing.base45(data)) == data


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ("00", 0), ("17", 23), ("1818", 24), ("1903e8", 1000), ("1bffffffffffffffff", 18446744073709551615),
        ("20", -1), ("3903e7", -1000), ("f93c00", 1.0), ("fb3ff199999999999a", 1.1), ("fa47c35000", 100000.0),
        ("f4", False), ("f5", True), ("f6", None), ("4401020304", b"\1\2\3\4"), ("6449455446", "IETF"),
        ("62c3bc", "ü"), ("83010203", [1, 2, 3]), ("a201020304", {1: 2, 3: 4}),
        ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]),
        ("bf61610161629f0203ffff", {"a": 1, "b": [2, 3]}), ("5f42010243030405ff", b"\1\2\3\4\5"),
        ("7f657374726561646d696e67ff", "streaming"), ("c11a514b67b0", Tagged(1, 1363896240)),
    ],
)  # fmt: skip
def test_the_examples_of_cbor(data, value):
    assert decode(bytes.fromhex(data)) == value


def test_what_ends_early_is_told_from_what_is_wrong():
    whole = dcc_signing.cbor([{1: "một"}, b"hai", [3, 4]])
    for cut in range(1, len(whole)):
        with pytest.raises(CutOff):
            decode(whole[:cut])


def test_not_a_number_is_a_number_of_no_worth():
    assert math.isnan(decode(bytes.fromhex("f97e00")))


@pytest.mark.parametrize(
    "data",
    [
        "", "18", "1c", "1f", "ff", "f8ff", "f0", "0001",  # short, reserved, a break alone, more behind
        "a1f500", "a1400000", "a18000", "a10100" + "00",  # keys that are no number or text
        "a201000100", "bf01000100ff",  # a key twice
        "61ff", "62c328", "7f61c361bcff",  # no UTF-8, whole or in its pieces
        "5f6161ff", "5f5f4101ffff", "9f01", "bf01",  # pieces of another kind, pieces in pieces, no end
        "9bffffffffffffffff", "bbffffffffffffffff", "5bffffffffffffffff", "7bffffffffffffffff", "9affffffff00",
        "81" * 20 + "00", "c1" * 20 + "00", "a100" * 20 + "00", "9f" * 200,
    ],
)  # fmt: skip
def test_what_is_refused_of_cbor(data):
    with pytest.raises(ValueError):
        decode(bytes.fromhex(data))


def test_too_many_values_are_refused():
    with pytest.raises(ValueError):
        decode(b"\x99\x20\x00" + b"\x00" * 0x2000)
    with pytest.raises(ValueError):
        decode(b"\x5f" + b"\x41\x00" * 5000 + b"\xff")


@given(VALUES)
def test_cbor_there_and_back(value):
    assert decode(dcc_signing.cbor(value)) == value


@given(st.binary(max_size=400))
def test_any_bytes_are_a_value_or_a_value_error(data):
    with contextlib.suppress(ValueError):
        bare(decode(data))


@pytest.mark.parametrize("size", [0, 23, 24, 255, 256, 65535, 65536])
def test_strings_are_written_as_they_are_read(size):
    assert decode(encode_bytes(b"x" * size)) == b"x" * size
    assert encode_text("x" * size) == dcc_signing.cbor("x" * size)
