"""Record lines and the chain over them."""

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.domain.canonical import encode
from covidstation.domain.ops import Op, chain_next, chain_over, chain_start, decode_op, encode_op
from tests.sync import samples

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,62}", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
FIELDS = st.dictionaries(NAMES, st.none() | st.booleans() | st.integers(-9, 1 << 62) | TEXTS, min_size=1, max_size=5)
STAMPS = st.integers(0, (1 << 63) - 1)


@st.composite
def ops(draw: st.DrawFn) -> Op:
    action = draw(st.sampled_from(["i", "u", "d"]))
    fields = {} if action == "d" else draw(FIELDS)
    base: object = None if action == "i" else draw(STAMPS)
    if action == "u" and len(fields) > 1 and draw(st.booleans()):
        first, *rest = sorted(fields)
        one, two = draw(st.lists(STAMPS, min_size=2, max_size=2, unique=True))
        base = {one: (first,), two: tuple(rest)}
    seq = draw(st.integers(1, 1 << 40))
    transaction = draw(st.none() | st.integers(1, seq))
    return samples.op(
        seq, stamp=draw(STAMPS), action=action, fields=fields, base=base, first_of_transaction=transaction
    )


@given(ops())
def test_a_line_is_read_back_and_written_the_same(op: Op) -> None:
    line = encode_op(op)
    assert b"\n" not in line
    assert decode_op(line) == op
    assert encode_op(decode_op(line)) == line


def changed(**changes: object) -> bytes:
    value = json.loads(encode_op(samples.op(5, action="u", base=7, first_of_transaction=4)))
    value |= changes
    return encode({key: kept for key, kept in value.items() if kept != "absent"})


@pytest.mark.parametrize(
    "change",
    [
        {"s": 0}, {"s": True}, {"s": "5"}, {"s": 5.0}, {"s": None}, {"s": "absent"},
        {"h": -1}, {"h": 1.5}, {"v": 0}, {"v": []},
        {"o": "x"}, {"o": ["u"]}, {"o": "absent"}, {"o": "d"}, {"o": "i"},
        {"t": ""}, {"t": "Person"}, {"t": "a;drop"}, {"t": "a" * 64}, {"t": None}, {"t": "person\n"},
        {"r": "0" * 31}, {"r": "G" * 32}, {"r": "A" * 32}, {"r": 1}, {"a": None},
        {"f": {}}, {"f": []}, {"f": None}, {"f": "absent"}, {"f": {"A": 1}}, {"f": {"a": [[[[[1]]]]]}},
        {"b": "absent"}, {"b": None}, {"b": -1}, {"b": True}, {"b": "7"}, {"b": {}}, {"b": {"7": ["sex"]}},
        {"b": {"07": ["birth", "sex"], "8": ["full_name"]}}, {"b": {"7": ["birth"], "8": ["full_name"]}},
        {"b": {"7": ["birth", "sex"], "8": ["full_name", "sex"]}}, {"b": {"7": [["birth"]], "8": []}},
        {"b": {"-7": ["birth", "sex"], "8": ["full_name"]}}, {"b": {"²": ["birth", "sex"], "8": ["full_name"]}},
        {"b": {"7": ["birth", "sex", "full_name"], "8": []}},
        {"x": 0}, {"x": 6}, {"x": None}, {"x": True}, {"y": 1},
    ],
)  # fmt: skip
def test_anything_else_is_refused(change: dict[str, object]) -> None:
    decode_op(changed())
    with pytest.raises(ValueError):
        decode_op(changed(**change))


@pytest.mark.parametrize("line", [b"[]", b"1", b"null", b"{}", b"[" * 250_000, b" " * (1 << 19)])
def test_other_json_is_refused(line: bytes) -> None:
    with pytest.raises(ValueError):
        decode_op(line)


def test_an_op_that_would_be_refused_is_not_written() -> None:
    for bad in (
        samples.op(0),
        samples.op(1, base=3),
        samples.op(1, action="u"),
        samples.op(1, action="d", base=3),
        samples.op(1, fields={"a": "x" * 300_000}),
        samples.op(1, fields={"a": "\0"}),
    ):
        with pytest.raises(ValueError):
            encode_op(bad)


def test_the_chain_by_hand() -> None:
    start = hashlib.sha256(b"CSB1 chain5a0c2d4e6f8041b2a3c4d5e6f70819209f86d081884c7d65").digest()
    assert chain_start(samples.STATION, samples.EPOCH) == start
    one = hashlib.sha256(start + b"a").digest()
    assert chain_next(start, b"a") == one
    assert chain_over(start, [b"a", b"b"]) == hashlib.sha256(one + b"b").digest()
