"""A station's new keys: both keys sign, nothing else counts."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from covidstation.domain.canonical import decode, encode
from covidstation.sync.bundle import Subject, open_bundle, read_header, write_bundle
from covidstation.sync.enrolment import write_request
from covidstation.sync.header import Kind
from covidstation.sync.identity import Identity, SignKey, key_id
from covidstation.sync.refusals import BundleRefused
from covidstation.sync.rekeying import Rekey, open_rekey, parse_rekey, rekey_line, write_rekey

from . import samples

STATION = UUID("5a0c2d4e6f8041b2a3c4d5e6f7081920")
NEW = Identity.generate()


def rekey() -> Rekey:
    request = replace(samples.request(), keys=NEW.public)
    return Rekey(request=request, station=STATION, old=samples.OURS.sign.public)


def written() -> bytes:
    return write_rekey(rekey(), old=samples.OURS.sign, new=NEW.sign)


def code_of(data: bytes) -> str:
    with pytest.raises(BundleRefused) as caught:
        open_rekey(data)
    return caught.value.code


def outside(line: bytes, signer: SignKey) -> bytes:
    return write_bundle(Subject(kind=Kind.REKEY), [line], signer=signer, recipients=[])


def test_it_is_read_as_it_was_written() -> None:
    found = open_rekey(written())
    assert found == rekey()
    assert found.old_id == key_id(samples.OURS.sign.public)
    header = read_header(written())
    assert (header.kind, header.sender, header.station, header.recipients) == (Kind.REKEY, NEW.sign.id, None, ())


def test_every_flipped_byte_and_every_cut_is_refused() -> None:
    data = written()
    for at in range(len(data)):
        flipped = bytearray(data)
        flipped[at] ^= 1 << at % 8
        assert code_of(bytes(flipped))
        assert code_of(data[:at]) == "bundle.cut"


def test_only_the_old_key_vouches() -> None:
    stranger = Identity.generate()
    line = rekey_line(rekey(), old=samples.OURS.sign)
    value = decode(line)
    assert isinstance(value, dict)
    without = {name: one for name, one in value.items() if name != "signature"}
    by_stranger = encode(without | {"signature": stranger.sign.sign(encode(without)).hex()})
    assert code_of(outside(by_stranger, NEW.sign)) == "bundle.forged"
    for name, other in (("station", "0" * 32), ("age", stranger.age.public), ("commune", "00001"), ("more", 1)):
        assert code_of(outside(encode(value | {name: other}), NEW.sign)) == "bundle.forged"


def test_only_the_new_key_carries_it() -> None:
    stranger = Identity.generate()
    line = rekey_line(rekey(), old=samples.OURS.sign)
    assert code_of(outside(line, stranger.sign)) == "bundle.manifest_differs"
    assert code_of(outside(line, samples.OURS.sign)) == "bundle.manifest_differs"


def test_a_key_does_not_vouch_for_itself() -> None:
    same = replace(rekey(), old=NEW.sign.public)
    with pytest.raises(ValueError, match="new one"):
        rekey_line(same, old=NEW.sign)
    with pytest.raises(ValueError, match="old key"):
        rekey_line(rekey(), old=NEW.sign)
    with pytest.raises(ValueError, match="new key"):
        write_rekey(rekey(), old=samples.OURS.sign, new=samples.OURS.sign)


@pytest.mark.parametrize("lines", [[], [b"{}"], [b"[]"], [b"{"], 2 * [b"{}"]])
def test_other_content_is_refused(lines: list[bytes]) -> None:
    data = write_bundle(Subject(kind=Kind.REKEY), lines, signer=NEW.sign, recipients=[])
    assert code_of(data) == "bundle.content_bad"


def test_other_kinds_are_refused_and_it_is_refused_as_another() -> None:
    assert code_of(write_request(samples.request(), signer=samples.OURS.sign)) == "bundle.wrong_kind"
    with pytest.raises(BundleRefused) as caught:
        open_bundle(written(), known_senders={}, identities=[])
    assert caught.value.code == "bundle.wrong_kind"


def test_keys_of_later_programs_are_signed_too() -> None:
    value = decode(rekey_line(rekey(), old=samples.OURS.sign))
    assert isinstance(value, dict)
    later = {name: one for name, one in value.items() if name != "signature"} | {"later": "x"}
    line = encode(later | {"signature": samples.OURS.sign.sign(encode(later)).hex()})
    assert parse_rekey(line) == rekey()
