"""What a forger can do to a certificate, and what keyboards do to its text: none is believed, each is named."""

from __future__ import annotations

import unicodedata
import zlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from covidstation.domain.vaccination.dcc.certificate import EntryKind
from covidstation.domain.vaccination.dcc.reading import Unreadable, looks_like_certificate, read
from covidstation.domain.vaccination.dcc.verdict import Judgement, TrustKey, Verdict, judge
from covidstation.interop.dcc_signature import signed_by
from tests.dcc_signing import base45, cbor, certificate, content, cwt, issuer, packed, vaccination

NOW = datetime(2022, 6, 1, 8, 0, tzinfo=UTC)
EC, RSA, LAO = issuer(), issuer("rsa"), issuer(country="LA")
HEAD, BODY = cbor({1: -7, 4: EC.kid}), cwt(content())
SIGNED = EC.signature(HEAD, BODY)
TEXT = certificate(EC)


def key(by: Any, **other: Any) -> TrustKey:
    given: dict[str, Any] = {"country": "VN", "kids": frozenset({by.kid}), **other}
    return TrustKey(public=by.public, **given)


def judged(text: str, *keys: TrustKey) -> Judgement:
    return judge(read(text), keys or [key(EC)], signed_by, NOW)


def outcome(text: str) -> str:
    """Why it is not read, else its verdict."""
    try:
        return judged(text).verdict.value
    except Unreadable as refused:
        return refused.code


def message(signature: bytes = SIGNED, *, head: Any = HEAD, body: Any = BODY, loose: Any = None, more: Any = ()) -> str:
    return packed(cbor((18, [head, loose or {}, body, signature, *more])))


ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256, SEC 2


@pytest.mark.parametrize(
    "signature",
    [
        bytes(64), b"\xff" * 64, ORDER.to_bytes(32, "big") * 2, SIGNED[32:] + SIGNED[:32], SIGNED[:63], SIGNED + b"\0",
        b"", SIGNED[:32] + bytes(32), bytes(32) + SIGNED[32:], encode_dss_signature(0, 0), encode_dss_signature(1, 1),
        b"\x30\x80" + SIGNED,
    ],
    ids=range(12),
)  # fmt: skip
def test_no_made_up_signature_is_believed(signature: bytes) -> None:
    assert outcome(message(signature)) == "forged"
    assert outcome(message()) == "valid"


@pytest.mark.parametrize("way", ["sha1", "pkcs1", "no-mask"])
def test_a_weaker_way_to_sign_is_none(way: str) -> None:
    head = cbor({1: -37, 4: RSA.kid})
    data = cbor(["Signature1", head, b"", BODY])
    scheme: Any = padding.PKCS1v15() if way == "pkcs1" else padding.PSS(padding.MGF1(hashes.SHA1()), 20)
    digest = hashes.SHA1() if way == "sha1" else hashes.SHA256()
    text = message(RSA.private.sign(data, scheme, digest), head=head)
    assert judged(text, key(RSA)).verdict is Verdict.FORGED
    weak = EC.private.sign(cbor(["Signature1", HEAD, b"", BODY]), ec.ECDSA(hashes.SHA1()))
    assert outcome(message(weak)) == "forged"


def test_a_true_signature_in_a_way_that_is_not_read_is_not_called_forged() -> None:
    """PKCS#1 v1.5 of a listed key: not believed, and nobody is accused."""
    head = cbor({1: -257, 4: RSA.kid})
    data = cbor(["Signature1", head, b"", BODY])
    text = message(RSA.private.sign(data, padding.PKCS1v15(), hashes.SHA256()), head=head)
    found = judged(text, key(RSA))
    assert (found.verdict, found.code, found.vouched) == (Verdict.UNKNOWN_KEY, "dcc.other_way", False)
    assert judged(text, key(EC)).code == "dcc.unknown_key"


def test_a_listed_key_that_cannot_be_read_calls_nothing_forged() -> None:
    broken = TrustKey(kids=frozenset({EC.kid}), public=b"\x30\x03\x02\x01\x01", country="VN")
    assert judged(TEXT, broken).code == "dcc.other_way"
    assert judged(TEXT, broken, key(EC)).code == "dcc.valid"


@pytest.mark.parametrize(
    ("begins", "code"),
    [
        (NOW + timedelta(days=100), "dcc.not_begun"),
        (NOW + timedelta(minutes=9), "dcc.valid"),
        (NOW - timedelta(days=1), "dcc.valid"),
        ("2022", "dcc.valid"),
        (10**15, "dcc.valid"),
    ],
)
def test_what_is_not_good_yet_is_said_so(begins: Any, code: str) -> None:
    claim = int(begins.timestamp()) if isinstance(begins, datetime) else begins
    found = judged(certificate(EC, claims={5: claim}))
    assert found.code == code and found.vouched


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (message(head=cbor({1: 0, 4: EC.kid})), "forged"),  # “none”
        (message(head=b"", loose={1: 0, 4: EC.kid}), "forged"),
        (message(head=b"\xa3\x01\x26\x04\x41a\x04\x41b"), "dcc.structure"),  # a name twice
        (message(head=HEAD + b"\0"), "dcc.structure"),
        (message(more=[b""]), "dcc.structure"),
        (packed(cbor((18, [HEAD, {}, None, SIGNED]))), "dcc.structure"),  # the content somewhere else
        (packed(cbor((18, [HEAD, {}, content(), SIGNED]))), "dcc.structure"),
        (packed(cbor((18, (18, [HEAD, {}, BODY, SIGNED])))), "dcc.structure"),
        (packed(cbor((18, (61, [HEAD, {}, BODY, SIGNED])))), "dcc.structure"),
        (packed(cbor((98, [HEAD, {}, BODY, [[HEAD, {}, SIGNED]]]))), "dcc.structure"),  # signed by many
        (packed(cbor((18, [HEAD, {}, BODY, SIGNED])) + b"\0"), "dcc.structure"),
        ("HC1:" + base45(zlib.compress(cbor([HEAD, {}, BODY, SIGNED])) + b"more"), "dcc.packed"),
        ("HC1:" + base45(zlib.compress(cbor([HEAD, {}, BODY, SIGNED]), wbits=-15)), "dcc.packed"),
        ("HC1:" + base45(zlib.compress(cbor([HEAD, {}, BODY, SIGNED]), wbits=31)), "dcc.packed"),
        ("HC1:" + base45(cbor([HEAD, {}, BODY, SIGNED])), "dcc.packed"),
        (message(body=cwt(content(vaccination(dn=3)))), "forged"),
        (message(body=cbor({1: "VN", -260: {1: {**content(), "v": {}}}})), "forged"),
    ],
    ids=range(17),
)
def test_what_is_built_otherwise_is_refused_or_not_believed(text: str, found: str) -> None:
    assert outcome(text) == found


def test_one_bit_anywhere_is_told() -> None:
    whole = cbor((18, [HEAD, {}, BODY, SIGNED]))
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        text = packed(bytes(changed))
        if outcome(text) == "valid":  # a label of no meaning; what is signed is as it was
            assert read(text).signed.payload == BODY


def test_a_key_not_yet_in_use_and_one_of_another_country() -> None:
    early = key(EC, not_before=NOW + timedelta(1))
    assert (judged(TEXT, early).verdict, judged(TEXT, early).code) == (Verdict.EXPIRED, "dcc.key_early")
    assert judged(TEXT, key(EC, not_before=NOW + timedelta(minutes=5))).verdict is Verdict.VALID
    foreign = judged(certificate(LAO), key(LAO, country="LA"))
    assert (foreign.code, foreign.vouched) == ("dcc.other_signer", False)
    assert judged(certificate(LAO), key(LAO, country="")).code == "dcc.valid"  # a list that names no countries


@pytest.mark.parametrize(
    "claims",
    [{4: int((NOW - timedelta(1)).timestamp())}, {6: int((NOW + timedelta(5)).timestamp())}],
    ids=["ended", "later"],
)
def test_the_days_that_a_signer_writes_hide_nothing_of_its_key(claims: dict[int, Any]) -> None:
    tester, foreign = key(EC, uses=frozenset({EntryKind.TEST})), key(LAO, country="LA")
    found = judged(certificate(EC, claims=claims), tester)
    assert (found.code, found.vouched) == ("dcc.wrong_use", False)
    assert judged(TEXT, key(EC, uses=frozenset({EntryKind.TEST}), not_after=NOW - timedelta(1))).code == "dcc.wrong_use"
    found = judged(certificate(LAO, claims={1: "VN", **claims}), foreign)
    assert (found.code, found.vouched) == ("dcc.other_signer", False)


@pytest.mark.parametrize("written", ["EL", "GR"])
def test_a_list_may_name_its_country_as_the_eu_does(written: str) -> None:
    greek = certificate(LAO, content(vaccination(co="GR")), claims={1: written})
    for listed in ("EL", "GR"):
        assert judged(greek, key(LAO, country=listed)).code == "dcc.valid"
    assert judged(greek, key(LAO, country="FR")).code == "dcc.other_signer"


@pytest.mark.parametrize(("written", "iso"), [("EL", "GR"), ("UK", "GB"), ("GR", "GR"), ("XK", "XK")])
def test_two_countries_go_by_two_names(written: str, iso: str) -> None:
    text = certificate(EC, content(vaccination(co=written)), claims={1: written})
    assert judged(text, key(EC, country=iso)).code == "dcc.valid"


def telex(text: str) -> str:
    """The first pairs that an input method joins."""
    for pair, letter in (("DD", "Đ"), ("AA", "Â"), ("OW", "Ơ"), ("AS", "Á"), ("EF", "È"), ("UW", "Ư")):
        text = text.replace(pair, letter)
    return text


def test_what_keyboards_do_to_it_is_told() -> None:
    spoilt = TEXT[:40] + "DDAAOWASEFUW" + TEXT[40:]
    for sent in (
        telex(spoilt), unicodedata.normalize("NFD", telex(spoilt)), telex(spoilt).lower(),
        telex(spoilt).replace("Á", "¸"),  # TCVN3
        TEXT.replace("1", "ă").replace("2", "â"),  # Windows' own Vietnamese keyboard
    ):  # fmt: skip
        assert looks_like_certificate(sent)
        assert outcome(sent) == "dcc.typing"
    for sent in (TEXT.lower(), TEXT[:60] + TEXT[60:].lower(), "hc1:" + TEXT[4:], TEXT.swapcase()):
        assert outcome(sent) == "valid"


@pytest.mark.parametrize(
    "text",
    [
        "shc:/56762909524320603460292437404460312229595326546034602925407728043360287028", "NZCP:/1/2KCEVIQEIVVWK6JNG",
        '{"data":{"hdr":{"is":"AUS","t":"icao.vacc","v":1}}}', "HL1:6BFOXN", "LT1:6BFOXN",
        "PK\x03\x04\x14\x00\x08\x00certificate.json", "DC04FR0000011E8C1E8CL101FRL0THEOULE",
    ],
    ids=["SMART", "NZCP", "VDS-NC", "HL1", "LT1", "DIVOC", "2D-DOC"],
)  # fmt: skip
def test_papers_of_other_systems_are_told_kindly(text: str) -> None:
    assert looks_like_certificate(text)
    assert outcome(text) == "dcc.other_code"
    assert not looks_like_certificate("012180000127||Lò Thị Mai|29021980|Nữ|Bản Mẫu|10052021")
    assert not looks_like_certificate("DC4012180000127|4cc3b2|29/02/1980|2|42e1baa36e|")


@pytest.mark.parametrize(
    ("names", "whole"),
    [
        ({"fnt": "NGUYEN", "gnt": "VAN<AN"}, "NGUYEN VAN AN"), ({"fnt": "NGUYEN<VAN<AN"}, "NGUYEN VAN AN"),
        ({"gn": "An"}, "An"), ({"fn": "Nguyễn", "gnt": "VAN<AN"}, "Nguyễn VAN AN"), ({"fn": "", "fnt": "LO<"}, "LO"),
    ],
)  # fmt: skip
def test_names_that_lack_a_part(names: dict[str, str], whole: str) -> None:
    assert read(certificate(EC, content(nam=names))).certificate.full_name == whole
