"""What strict JSON refuses, and that nothing but ValueError comes out of it."""

import math
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.domain.canonical import (
    Fields,
    check_depth,
    decode,
    decode_canonical,
    encode,
    moment_text,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
NUMBERS = st.integers(-(1 << 63), (1 << 63) - 1) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=10)


@pytest.mark.parametrize(
    "bad",
    [
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b"[" * 200_000 + b"]" * 200_000,
        b"NaN",
        b"[Infinity]",
        b"-Infinity",
        b"1e999",
        b"9" * 100_000,
        b"9223372036854775808",
        b"-9223372036854775809",
        b'{"a":1,"a":2}',
        b'{"x":{"a":1,"a":1}}',
        b'"\xff"',
        b'"\xc0\x80"',
        b'"\xed\xa0\x80"',
        b'"\\ud800"',
        b'{"\\udfff":1}',
        b'"a\\u0000"',
        b'"a\x00"',
        b'"a\nb"',
        b"\xef\xbb\xbf{}",
        b'{\x00"\x00a\x00"\x00:\x001\x00}\x00',
        b"",
        b"{}{}",
        b"{'a':1}",
        b"[1,]",
    ],
)
def test_strict_reading_refuses(bad: bytes) -> None:
    with pytest.raises(ValueError):
        decode(bad)


@given(VALUES)
def test_what_is_encoded_is_read_back(value: object) -> None:
    assert decode(encode(value)) == value


@given(st.binary(max_size=200))
def test_no_bytes_crash_it(data: bytes) -> None:
    try:
        value = decode_canonical(data)
    except ValueError:
        return
    assert encode(value) == data


def test_canonical_is_one_form_alone() -> None:
    assert decode_canonical('{"a":"Đ","b":[1,2]}'.encode()) == {"a": "Đ", "b": [1, 2]}
    for other in (b'{"b":1,"a":1}', b'{"a": 1}', b'{"a":"\\u0110"}', b'{"a":1}\n', b'{"a":1.50}', b"-0", b"1E2"):
        with pytest.raises(ValueError, match="canonical"):
            decode_canonical(other)


@pytest.mark.parametrize("bad", [math.nan, math.inf, "a\0", {"a\0": 1}, ["\ud800"]])
def test_what_no_reader_would_take_is_not_written(bad: object) -> None:
    with pytest.raises(ValueError):
        encode(bad)


def test_a_typed_backslash_is_no_escape() -> None:
    assert decode(encode({"a": "\\u0000"})) == {"a": "\\u0000"}


def test_depth() -> None:
    check_depth([[{"a": 1}]], 3)
    with pytest.raises(ValueError, match="deep"):
        check_depth([[{"a": 1}]], 2)


def test_fields_take_each_key_by_its_type() -> None:
    fields = Fields({"n": True, "f": 1.0, "s": 5, "h": "AB", "u": "0" * 31, "m": "2022-13-01T00:00:00Z", "p": [1]})
    wrong = [
        lambda: fields.number("n"),
        lambda: fields.number("f"),
        lambda: fields.text("s"),
        lambda: fields.hex("h", 2),
        lambda: fields.uuid("u"),
        lambda: fields.moment("m"),
        lambda: fields.pair("p"),
        lambda: fields.object("p"),
        lambda: fields.items("s", 3),
        lambda: fields.day("absent"),
        lambda: Fields([1]),
    ]
    for call in wrong:
        with pytest.raises(ValueError):
            call()


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        moment_text(datetime(2022, 3, 10))
