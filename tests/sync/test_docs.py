"""The examples of docs/bundle-format-1.md are what this program reads and writes."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from covidstation.domain.canonical import decode_canonical, encode
from covidstation.domain.ops import decode_op, encode_op
from covidstation.sync import enrolment, receipts, rekeying
from covidstation.sync.header import IDENTITY, Kind, parse_header
from covidstation.sync.identity import SignKey

PAGE = (Path(__file__).parents[2] / "docs" / "bundle-format-1.md").read_text(encoding="utf-8")


def example(name: str) -> list[bytes]:
    (text,) = re.findall(rf"```json {name}\n(.*?)\n```", PAGE, re.DOTALL)
    return [line.encode() for line in text.splitlines()]


def test_header_and_manifest() -> None:
    (line,) = example("header")
    header = parse_header(line)
    assert header.to_bytes() == line
    (manifest,) = example("manifest")
    value = decode_canonical(manifest)
    assert {key: value[key] for key in IDENTITY} == header.identity()


def test_operations() -> None:
    lines = example("op")
    assert [encode_op(decode_op(line)) for line in lines] == lines
    assert {decode_op(line).action for line in lines} == {"i", "u", "d"}


def test_a_line_down() -> None:
    lines = example("item")
    assert [encode_op(decode_op(line)) for line in lines] == lines


def test_receipt() -> None:
    lines = example("receipt")
    assert receipts.receipt_lines(receipts.parse_receipt(lines)) == lines


@pytest.mark.parametrize(
    ("name", "parse", "write"),
    [
        ("enrol", enrolment.parse_request, enrolment.request_line),
        ("cert", enrolment.parse_certificate, enrolment.certificate_line),
    ],
)
def test_enrolment(name: str, parse: Callable[[bytes], object], write: Callable[[object], bytes]) -> None:
    (line,) = example(name)
    assert write(parse(line)) == line
    assert encode(decode_canonical(line)) == line


def test_rekey() -> None:
    """The old key's secret is in the text, so that anybody can make the example again."""
    (line,) = example("rekey")
    found = rekeying.parse_rekey(line)
    old = SignKey(bytes([7]) * 32)
    assert old.public == found.old
    assert rekeying.rekey_line(found, old=old) == line


def test_every_kind_is_named() -> None:
    for kind in Kind:
        assert f"`{kind.value}`" in PAGE
