"""Bundles: what goes in comes out, and nothing else is taken."""

import hashlib
import itertools
import json
import random
import shutil
import subprocess
import tracemalloc
from pathlib import Path
from uuid import UUID

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from covidstation.domain.canonical import encode
from covidstation.domain.ops import encode_op
from covidstation.messages import sentence
from covidstation.sync import bundle as module
from covidstation.sync.bundle import (
    Limits,
    Sender,
    open_bundle,
    open_self_signed,
    read_header,
    read_ops,
    split_records,
    write_bundle,
)
from covidstation.sync.header import MAGIC, Kind, parse_header
from covidstation.sync.identity import AgeKey, Identity, SignKey
from covidstation.sync.refusals import BundleRefused

from . import samples


def refusal(data: bytes | Path, key: AgeKey = samples.HUB.age, limits: Limits = module.LIMITS) -> str:
    """The code of the refusal; every one has its sentence, filled in."""
    with pytest.raises(BundleRefused) as caught:
        read_ops(open_bundle(data, known_senders=samples.KNOWN, identities=[key], limits=limits))
    assert "{" not in sentence(caught.value)
    return caught.value.code


def parts(data: bytes) -> tuple[bytes, bytes, bytes]:
    """Header, signature, body."""
    at = 8 + int.from_bytes(data[4:8], "big")
    return data[8:at], data[at : at + 64], data[at + 64 :]


def joined(header: bytes, body: bytes, signer: SignKey = samples.OURS.sign) -> bytes:
    """The file of a header as given, rightly signed."""
    return MAGIC + len(header).to_bytes(4, "big") + header + signer.sign(MAGIC + header) + body


def signed(body: bytes, like: bytes | None = None) -> bytes:
    """A bundle around any body, header (`like` that one) and signature right."""
    value = json.loads(like or parts(samples.up())[0])
    value["size"] = len(body)
    value["segments"] = [hashlib.sha256(body[at : at + (1 << 20)]).hexdigest() for at in range(0, len(body), 1 << 20)]
    return joined(encode(value), body)


def hostile(payload: bytes) -> bytes:
    """A bundle of the enrolled station around any payload after a right manifest."""
    header, _, _ = parts(samples.up())
    manifest = encode(parse_header(header).identity() | {"about": {}})
    return signed(sealed(zstandard.compress(manifest + b"\n" + payload)), header)


def sealed(packed: bytes) -> bytes:
    recipient = module.pyrage.x25519.Recipient.from_str(samples.HUB.age.public)
    return module.pyrage.encrypt(packed, [recipient])


def test_what_goes_in_comes_out() -> None:
    content = samples.lines(3)
    data = write_bundle(
        samples.up_subject(content),
        content,
        signer=samples.OURS.sign,
        recipients=[samples.HUB.age.public, samples.ESCROW.public],
        about={"program": "0.1.0"},
    )
    for key in (samples.HUB.age, samples.ESCROW):
        bundle = samples.opened(data, key)
        assert bundle.lines == tuple(content)
        assert bundle.about == {"program": "0.1.0"}
        assert bundle.header == read_header(data)
    assert [op.seq for op in read_ops(bundle)] == [1, 2, 3]
    assert bundle.header.stream is not None
    assert (bundle.header.stream.first, bundle.header.stream.last) == (1, 3)


def test_from_a_path(tmp_path: Path) -> None:
    path = tmp_path / "a.csb"
    path.write_bytes(samples.up())
    assert len(open_bundle(path, known_senders=samples.KNOWN, identities=[samples.HUB.age]).lines) == 3
    assert refusal(tmp_path / "absent.csb") == "bundle.unreadable"
    assert refusal(tmp_path) == "bundle.unreadable"


def test_an_empty_stream_and_a_later_range() -> None:
    assert read_ops(samples.opened(samples.up([]))) == []
    assert [op.seq for op in read_ops(samples.opened(samples.up(samples.lines(2, 5), first=5)))] == [5, 6]


def test_nothing_about_people_outside_the_ciphertext() -> None:
    data = samples.up()
    for secret in ("Giàng", "Páo", "full_name", "person"):
        assert secret.encode() not in data


def test_every_flipped_bit_is_refused() -> None:
    data = samples.up(samples.lines(1))
    for at, bit in itertools.product(range(len(data)), range(8)):
        flipped = bytearray(data)
        flipped[at] ^= 1 << bit
        with pytest.raises(BundleRefused):
            samples.opened(bytes(flipped))


def test_every_cut_and_every_appended_byte_is_refused() -> None:
    data = samples.up(samples.lines(1))
    for length in range(len(data)):
        assert refusal(data[:length]) == "bundle.cut"
    for tail in (b"\0", b"\n", data):
        assert refusal(data + tail) == "bundle.damaged"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"PK\3\4 a zip file", "bundle.not_a_bundle"),
        (b"{}", "bundle.not_a_bundle"),
        (b"CSB2" + bytes(100), "bundle.newer"),
        (b"CSB1\xff\xff\xff\xff" + bytes(100), "bundle.damaged"),
        (b"CSB1\0\0\0\0" + bytes(100), "bundle.damaged"),
        (b"", "bundle.cut"),
    ],
)
def test_other_files(data: bytes, code: str) -> None:
    assert refusal(data) == code


def test_strangers_forgers_and_wrong_places() -> None:
    stranger = Identity.generate()
    assert refusal(samples.up(signer=stranger.sign)) == "bundle.unknown_sender"
    assert refusal(samples.up(), stranger.age) == "bundle.foreign"
    header, _, body = parts(samples.up())
    assert refusal(joined(header, body, stranger.sign)) == "bundle.forged"
    other = {samples.OURS.sign.id: Sender(samples.OURS.sign.public, UUID(int=1))}
    with pytest.raises(BundleRefused) as caught:
        open_bundle(samples.up(), known_senders=other, identities=[samples.HUB.age])
    assert caught.value.code == "bundle.wrong_station"


def test_a_signature_has_one_form() -> None:
    """Ed25519 without the check S < L would take S + L as well."""
    order = (1 << 252) + 27742317777372353535851937790883648493
    header, signature, body = parts(samples.up())
    twin = signature[:32] + (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    assert refusal(MAGIC + len(header).to_bytes(4, "big") + header + twin + body) == "bundle.forged"


def test_someone_elses_ciphertext_cannot_be_signed_anew() -> None:
    """An enrolled station that puts its own header before another's content."""
    thief = Identity.generate()
    value = json.loads(parts(samples.up())[0]) | {"sender": thief.sign.id}
    data = joined(encode(value), parts(samples.up())[2], thief.sign)
    body = parts(data)[2]
    value |= {"size": len(body), "segments": [hashlib.sha256(body).hexdigest()]}
    known = {thief.sign.id: Sender(thief.sign.public, samples.STATION)}
    with pytest.raises(BundleRefused) as caught:
        open_bundle(joined(encode(value), body, thief.sign), known_senders=known, identities=[samples.HUB.age])
    assert caught.value.code == "bundle.manifest_differs"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"format": 2}, "bundle.newer"),
        ({"format": 0}, "bundle.damaged"),
        ({"format": True}, "bundle.damaged"),
        ({"kind": "snapshot"}, "bundle.newer_kind"),
        ({"kind": "media"}, "bundle.newer_kind"),
        ({"kind": "other"}, "bundle.damaged"),
        ({"kind": "down"}, "bundle.manifest_differs"),
        ({"kind": "enrol"}, "bundle.damaged"),
        ({"bundle": "0" * 32}, "bundle.manifest_differs"),
        ({"station": "0" * 32}, "bundle.wrong_station"),
        ({"epoch": "0" * 16}, "bundle.manifest_differs"),
        ({"epoch": "xyz"}, "bundle.damaged"),
        ({"from": 2}, "bundle.manifest_differs"),
        ({"from": 0}, "bundle.damaged"),
        ({"to": -1}, "bundle.damaged"),
        ({"to": 1 << 62}, "bundle.manifest_differs"),
        ({"from": 9}, "bundle.damaged"),
        ({"recipients": []}, "bundle.damaged"),
        ({"recipients": ["0" * 16] * 17}, "bundle.damaged"),
        ({"recipients": ["0" * 16]}, "bundle.foreign"),
        ({"recipients": [samples.HUB.age.id]}, "bundle.manifest_differs"),
        ({"segments": []}, "bundle.damaged"),
        ({"segments": ["0" * 64]}, "bundle.damaged"),
        ({"size": 1}, "bundle.damaged"),
        ({"size": 1 << 40}, "bundle.damaged"),
        ({"size": None}, "bundle.damaged"),
        ({"part": [2, 1]}, "bundle.damaged"),
        ({"part": [1]}, "bundle.damaged"),
        ({"part": [1, 1.5]}, "bundle.damaged"),
        ({"schema": 0}, "bundle.damaged"),
        ({"chain": ["0" * 64]}, "bundle.damaged"),
        ({"chain": ["0" * 64, "0" * 64]}, "bundle.chain_broken"),
        ({"sender": "0" * 16}, "bundle.unknown_sender"),
        ({"more": "x" * 9000}, "bundle.damaged"),
    ],
)
def test_a_signed_header_that_lies(change: dict[str, object], code: str) -> None:
    header, _, body = parts(samples.up())
    assert refusal(joined(encode(json.loads(header) | change), body)) == code


def test_the_header_has_one_form() -> None:
    header, _, body = parts(samples.up())
    value = json.loads(header)
    backwards = dict(reversed(value.items()))
    for other in (
        json.dumps(value).encode(),
        json.dumps(backwards, separators=(",", ":")).encode(),
        header.replace(b'"format":1', b'"format":1,"format":1'),
        header.replace(b'"kind":"up"', b'"kind":"\\u0075p"'),
        header + b" ",
        b"[" * 8000,
        b"\xff" + header,
    ):
        assert refusal(joined(other, body)) == "bundle.damaged"


def test_unknown_header_keys_are_passed_over() -> None:
    header, _, body = parts(samples.up())
    assert samples.opened(joined(encode(json.loads(header) | {"later": [1]}), body)).lines


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_header_fuzz(data: st.DataObject) -> None:
    """Any value in any key, signed by the enrolled key: refused or harmless, never another exception."""
    header, _, body = parts(samples.up())
    value = json.loads(header)
    key = data.draw(st.sampled_from(sorted(value)))
    scalars = (
        st.none() | st.booleans() | st.integers(-(1 << 63), (1 << 63) - 1) | st.text("0123456789abcdefg", max_size=70)
    )
    value[key] = data.draw(st.one_of(scalars, st.lists(scalars, max_size=4), st.dictionaries(st.just("a"), scalars)))
    harmless = key in ("schema", "part")
    try:
        read_ops(samples.opened(joined(encode(value), body)))
    except BundleRefused:
        return
    assert harmless or value == json.loads(header)


def test_bombs_are_refused_with_little_memory() -> None:
    honest = zstandard.ZstdCompressor(level=3).compress(bytes(1 << 30))
    small = zstandard.ZstdCompressor(level=3).compress(bytes(1 << 20))
    # The frame's descriptor (byte 4) says how the size is stored; 4 bytes from offset 6 for 1 GiB (no single segment).
    params = zstandard.get_frame_parameters(honest)
    assert params.content_size == 1 << 30
    at = honest.index((1 << 30).to_bytes(4, "little"))
    liar = honest[:at] + (1 << 20).to_bytes(4, "little") + honest[at + 4 :]
    unsized = zstandard.ZstdCompressor(level=3, write_content_size=False).compress(bytes(1 << 20))
    cases = {
        honest: "bundle.bomb",
        liar: "bundle.content_bad",
        unsized: "bundle.content_bad",
        small[:-3]: "bundle.content_bad",
        small + small: "bundle.content_bad",
        b"not zstd": "bundle.content_bad",
        zstandard.compress(b""): "bundle.content_bad",
    }
    for packed, code in cases.items():
        data = signed(sealed(packed))
        tracemalloc.start()
        assert refusal(data) == code
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 8 << 20


def test_a_frame_with_a_huge_window_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27)
    packed = zstandard.ZstdCompressor(compression_params=parameters).compress(random.Random(1).randbytes(9 << 20))
    frame = zstandard.get_frame_parameters(packed)
    assert frame.window_size > module.WINDOW
    assert refusal(signed(sealed(packed))) == "bundle.content_bad"


def test_limits() -> None:
    data = samples.up()
    assert refusal(data, limits=Limits(file=len(data) - 1)) == "bundle.too_large"
    assert refusal(data, limits=Limits(payload=100)) == "bundle.bomb"
    assert refusal(data, limits=Limits(lines=3)) == "bundle.bomb"
    assert len(open_bundle(data, known_senders=samples.KNOWN, identities=[samples.HUB.age]).lines) == 3
    assert refusal(hostile(b"1\n" * 100_001)) == "bundle.bomb"


def test_a_large_honest_bundle_opens() -> None:
    text = "".join(random.Random(3).choices("abcdefghijklmnopqrstuvwxyz", k=200_000))
    content = [encode_op(samples.op(seq, fields={"a": text[seq:] + str(seq)})) for seq in range(1, 101)]
    assert sum(map(len, content)) > module.WINDOW * 2
    assert read_ops(samples.opened(samples.up(content)))


LINE = samples.lines(1)[0]
OTHERS = samples.lines(3)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", "bundle.chain_broken"),
        (b"\n", "bundle.content_bad"),
        (LINE, "bundle.content_bad"),
        (LINE + b"\n", "bundle.chain_broken"),
        (LINE + b"\n\n" + LINE + b"\n", "bundle.content_bad"),
        (b"x" * 300_000 + b"\n", "bundle.content_bad"),
        (b"\n".join([LINE, LINE, LINE, b""]), "bundle.line_bad"),
        (b"\n".join([OTHERS[1], OTHERS[0], OTHERS[2], b""]), "bundle.line_bad"),
        (b"\n".join([*OTHERS[:2], OTHERS[2].replace(b"1968", b"1969"), b""]), "bundle.chain_broken"),
        (b"\n".join([*OTHERS[:2], b"[" * 200_000, b""]), "bundle.line_bad"),
        (b"\n".join([*OTHERS[:2], OTHERS[2].replace(b'"1968"', b"NaN"), b""]), "bundle.line_bad"),
        (b"\n".join([*OTHERS[:2], OTHERS[2].replace(b'"1968"', b"9" * 9999), b""]), "bundle.line_bad"),
        (b"\n".join([*OTHERS[:2], OTHERS[2].replace(b"1968", b"\xff"), b""]), "bundle.line_bad"),
        (b"\n".join([*OTHERS[:2], OTHERS[2].replace(b'{"a"', b'{"s":3,"a"'), b""]), "bundle.line_bad"),
        (b"\n".join([*OTHERS[:2], OTHERS[2].replace(b"1968", b"\\ud800"), b""]), "bundle.line_bad"),
    ],
)
def test_hostile_content_of_an_enrolled_station(payload: bytes, code: str) -> None:
    assert refusal(hostile(payload)) == code


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2), st.data())
def test_content_fuzz(index: int, data: st.DataObject) -> None:
    """Bytes of a line exchanged, inserted or removed, all validly signed: refused, never another exception."""
    content = list(OTHERS)
    line = content[index]
    at = data.draw(st.integers(0, len(line)))
    until = data.draw(st.integers(at, min(len(line), at + 5)))
    content[index] = line[:at] + data.draw(st.binary(max_size=8)) + line[until:]
    if content[index] != line:
        with pytest.raises(BundleRefused):
            read_ops(samples.opened(hostile(b"\n".join([*content, b""]))))


@pytest.mark.parametrize("manifest", [b"{}", b"[]", b"1", b"[" * 100_000, b'{"about":{}}', b'{"about":1}', b"\xff"])
def test_a_manifest_that_is_none(manifest: bytes) -> None:
    assert refusal(signed(sealed(zstandard.compress(manifest + b"\n")))) in (
        "bundle.content_bad",
        "bundle.manifest_differs",
    )


def test_a_body_that_age_did_not_make_or_cut_inside() -> None:
    body = parts(samples.up())[2]
    for bad in (b"x", body[:-1], body + b"x", body[:-70]):
        assert refusal(signed(bad)) == "bundle.undecryptable"


def test_each_kind_has_its_door() -> None:
    with pytest.raises(BundleRefused) as caught:
        open_self_signed(samples.up(), Kind.ENROL)
    assert caught.value.code == "bundle.wrong_kind"


def test_the_writer_refuses_what_a_reader_would() -> None:
    subject = samples.up_subject(OTHERS)
    with pytest.raises(ValueError, match="recipients"):
        write_bundle(subject, OTHERS, signer=samples.OURS.sign, recipients=[])
    with pytest.raises(ValueError, match="too much"):
        huge = [b"x" * (1 << 20)] * 33
        write_bundle(subject, huge, signer=samples.OURS.sign, recipients=[samples.HUB.age.public])


def test_splitting_keeps_transactions_together() -> None:
    records = [(1, b"aaaa"), (2, b"bbbb"), (2, b"cccc"), (4, b"dddd"), (5, b"eeee")]
    wanted = [[b"aaaa"], [b"bbbb", b"cccc"], [b"dddd"], [b"eeee"]]
    assert list(split_records(records, size=5)) == wanted
    assert list(split_records(records, count=1)) == wanted
    assert list(split_records(records)) == [[line for _, line in records]]
    assert list(split_records([])) == []


def test_a_giant_transaction_does_not_block_the_stream() -> None:
    giant = [(1, b"%04d" % number) for number in range(10)]
    assert [len(part) for part in split_records(giant, size=10)] == [4, 4, 2]


def test_debians_age_opens_it_with_the_escrow_key(tmp_path: Path) -> None:
    """Recovery needs none of this program; where `age` is not installed, the other half of the check remains."""
    body = parts(samples.up())[2]
    assert body.startswith(b"age-encryption.org/v1\n")
    age = shutil.which("age")
    if age is None:
        return
    (tmp_path / "escrow.txt").write_text(samples.ESCROW.secret + "\n")
    (tmp_path / "body.age").write_bytes(body)
    command = [age, "-d", "-i", str(tmp_path / "escrow.txt"), str(tmp_path / "body.age")]
    packed = subprocess.run(command, capture_output=True, check=True, timeout=30).stdout
    assert zstandard.decompress(packed).splitlines()[1:] == OTHERS
