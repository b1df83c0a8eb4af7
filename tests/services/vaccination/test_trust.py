"""Lists of the keys that certificates are signed with: taken in, in many forms, added to, dropped."""

from __future__ import annotations

import base64
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from covidstation.db.session import Database
from covidstation.domain.rights import Actor
from covidstation.domain.station import Role
from covidstation.domain.vaccination.dcc.verdict import Verdict
from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.services.vaccination.reading import look_at_certificate
from covidstation.services.vaccination.trust import drop_list, look_at_list, take_list, trust_lists
from tests.dcc_signing import certificate, issuer
from tests.services.samples import NOW, USER, catalog

HOME, ABROAD = issuer(), issuer("rsa", country="LA")
BOTH = (("VN", HOME), ("LA", ABROAD))


@pytest.fixture
def keys(db: Database, tmp_path: Any) -> None:
    (tmp_path / "vn.der").write_bytes(HOME.certificate)
    take_list(db, tmp_path / "vn.der", instead=True, by=None, now=NOW)


def verdict(db: Database, text: str) -> Verdict:
    return look_at_certificate(db, text, catalog=catalog(), now=NOW).judgement.verdict


def lists(db: Database) -> list[tuple[str, int, tuple[str, ...]]]:
    return [(one.name, one.keys, one.countries) for one in trust_lists(db, now=NOW)]


def pem(data: bytes) -> str:
    return x509.load_der_x509_certificate(data).public_bytes(Encoding.PEM).decode()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def web(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def big(number: int, size: int) -> str:
    return web(number.to_bytes(size, "big"))


def by_kid(value: Callable[[Any], Any]) -> dict[str, Any]:
    return {b64(one.kid): value(one) for _land, one in BOTH}


def gateway() -> list[dict[str, Any]]:
    """As the EU's gateway gives it, with an authority of the list itself among them."""
    usual = {"certificateType": "DSC", "signature": b64(b"0" * 300), "thumbprint": "ab" * 32}
    lines = [{**usual, "kid": b64(one.kid), "country": land, "rawData": b64(one.certificate)} for land, one in BOTH]
    authority = b64(issuer(country="FR").certificate)
    return [*lines, {**lines[0], "certificateType": "CSCA", "rawData": authority}]


def swedish() -> bytes:
    """A JWS over countries with their chains."""
    lands = {land: {"keys": [{"kid": b64(one.kid), "x5c": [b64(one.certificate)]}], "eku": {}} for land, one in BOTH}
    return ".".join(map(web, (b'{"alg":"ES256"}', json.dumps({"dsc_trust_list": lands}).encode(), b"x" * 64))).encode()


def dutch() -> dict[str, str]:
    """Public keys alone, packed once more."""
    found = {"eu_keys": by_kid(lambda one: [{"subjectPk": b64(one.public), "keyUsage": ["v"]}])}
    return {"payload": b64(json.dumps(found).encode()), "signature": "x"}


def swiss() -> dict[str, Any]:
    """Public keys in numbers."""
    point, modulus = HOME.private.public_key().public_numbers(), ABROAD.private.public_key().public_numbers()
    curve = {"alg": "ES256", "crv": "P-256", "x": big(point.x, 32), "y": big(point.y, 32)}
    plain = {"alg": "RS256", "n": big(modulus.n, 256), "e": big(modulus.e, 3)}
    return {"certs": [{"keyId": b64(HOME.kid), **curve}, {"keyId": b64(ABROAD.kid), **plain}]}


def forms() -> dict[str, bytes]:
    """HOME and ABROAD in the forms of public lists."""
    plain = {
        "gateway.json": gateway(),
        "italian.json": by_kid(lambda one: b64(one.certificate)),
        "mapping.json": by_kid(lambda one: [b64(one.certificate)]),
        "french.json": {"certificatesDCC": by_kid(lambda one: b64(pem(one.certificate).encode()))},
        "dutch.json": dutch(),
        "swiss.json": swiss(),
        "british.json": [{"kid": b64(one.kid), "publicKey": b64(one.public)} for _land, one in BOTH],
    }
    return {
        **{name: json.dumps(value).encode() for name, value in plain.items()},
        "german.json": b64(b"0" * 64).encode() + b"\n" + json.dumps({"certificates": gateway()}).encode(),
        "swedish.jwt": swedish(),
        "both.pem": "\n".join(pem(one.certificate) for _land, one in BOTH).encode(),
    }


@pytest.mark.parametrize("name", forms())
def test_lists_of_keys_in_the_forms_of_many_countries(db: Database, tmp_path: Any, name: str) -> None:
    (tmp_path / name).write_bytes(forms()[name])
    assert look_at_list(db, tmp_path / name, now=NOW).keys == 2
    take_list(db, tmp_path / name, instead=True, by=None, now=NOW)
    for land, one in BOTH:
        assert verdict(db, certificate(one, claims={1: land})) is Verdict.VALID


def test_a_folder_and_an_archive_of_keys(db: Database, tmp_path: Any) -> None:
    folder = tmp_path / "keys" / "DSC" / "VN"
    folder.mkdir(parents=True)
    (folder / "one.der").write_bytes(HOME.certificate)
    (folder / "two.pem").write_text(pem(ABROAD.certificate))
    (folder / "readme.md").write_text("no key")
    assert look_at_list(db, tmp_path / "keys", now=NOW).keys == 2
    with zipfile.ZipFile(tmp_path / "keys.zip", "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"DSC/VN/{file.name}")
    assert look_at_list(db, tmp_path / "keys.zip", now=NOW).countries == ("LA", "VN")


def test_a_list_is_replaced_added_to_and_dropped(db: Database, tmp_path: Any) -> None:
    assert lists(db) == [("", 0, ())]
    (tmp_path / "vn.der").write_bytes(HOME.certificate)
    (tmp_path / "la.pem").write_text(pem(ABROAD.certificate))
    take_list(db, tmp_path / "vn.der", instead=False, by_name=USER, by=None, now=NOW)
    take_list(db, tmp_path / "la.pem", instead=False, by=None, now=NOW)
    assert lists(db) == [("la.pem", 1, ("LA",)), ("vn.der", 1, ("VN",))]
    assert verdict(db, certificate(HOME)) is Verdict.VALID
    drop_list(db, trust_lists(db, now=NOW)[1].n, by=None, now=NOW)
    assert verdict(db, certificate(HOME)) is Verdict.UNKNOWN_KEY
    take_list(db, tmp_path / "vn.der", instead=True, by=None, now=NOW)
    assert lists(db) == [("vn.der", 1, ("VN",))]
    with pytest.raises(UserError) as caught:
        drop_list(db, 99, by=None, now=NOW)
    assert caught.value.code == "dcc.list_gone"


ENDED = issuer(not_after=NOW.astimezone(UTC) - timedelta(days=10))
RENEWED, TESTS_ALONE = issuer(private=ENDED.private), issuer(private=HOME.private, uses=("1",))
SWITCHED = issuer(private=HOME.private, country="LA")


@pytest.mark.parametrize("turned", [False, True], ids=["", "turned"])
@pytest.mark.parametrize("together", [False, True], ids=["lists", "folder"])
@pytest.mark.parametrize(
    ("issuers", "named", "code"),
    [
        ((ENDED, RENEWED), (ENDED, RENEWED), "dcc.valid"),
        ((HOME, TESTS_ALONE), (HOME, TESTS_ALONE), "dcc.wrong_use"),
        ((HOME, SWITCHED), (HOME,), "dcc.valid"),
    ],
    ids=["renewed", "for tests alone", "of two countries"],
)
def test_what_two_certificates_say_of_one_key_counts_in_whatever_order_they_came(
    db: Database, tmp_path: Any, issuers: Any, named: Any, code: str, together: bool, turned: bool
) -> None:
    (tmp_path / "keys").mkdir()
    for nth, one in enumerate(reversed(issuers) if turned else issuers):
        file = tmp_path / "keys" / f"{nth}.der"
        file.write_bytes(one.certificate)
        if not together:
            take_list(db, file, instead=nth == 0, by=None, now=NOW)
    if together:
        take_list(db, tmp_path / "keys", instead=True, by=None, now=NOW)
    for one in named:
        found = look_at_certificate(db, certificate(one), catalog=catalog(), now=NOW)
        assert found.judgement.code == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        *((data, "dcc.keys_none") for data in (
            b"", b"{}", b"xin chao", b"0\x82\x01\x00", b"[" * 100_000, b'{"a":' * 50 + b"1" + b"}" * 50,
            b"PK\x03\x04xxx", b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", b"\xff\xfe\x00",
        )),
        (b"0" * (21 << 20), "dcc.keys_too_large"),
    ],
    ids=range(10),
)  # fmt: skip
def test_what_is_no_list_changes_nothing(db: Database, tmp_path: Any, keys: None, data: bytes, code: str) -> None:
    (tmp_path / "list.json").write_bytes(data)
    with pytest.raises(UserError) as caught:
        take_list(db, tmp_path / "list.json", instead=True, by=None, now=NOW)
    assert caught.value.code == code
    assert "list.json" in sentence(caught.value)
    assert lists(db) == [("vn.der", 1, ("VN",))]


def test_a_list_that_is_not_there(db: Database, tmp_path: Any) -> None:
    with pytest.raises(UserError) as caught:
        look_at_list(db, tmp_path / "none.json", now=NOW)
    assert caught.value.code == "dcc.keys_file"


def test_weak_keys_are_passed_over(db: Database, tmp_path: Any) -> None:
    weak = [rsa.generate_private_key(65537, 1024), ec.generate_private_key(ec.SECP192R1())]
    spki = [b64(one.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)) for one in weak]
    (tmp_path / "list.json").write_text(json.dumps([*spki, b64(HOME.certificate)]))
    found = look_at_list(db, tmp_path / "list.json", now=NOW)
    assert (found.keys, found.passed_over) == (1, 2)


def test_only_whoever_manages_the_station_says_whom_it_believes(db: Database, tmp_path: Any) -> None:
    (tmp_path / "vn.der").write_bytes(HOME.certificate)
    db.actor = Actor(None, USER, Role.CLINICIAN)
    with pytest.raises(UserError) as caught:
        take_list(db, tmp_path / "vn.der", instead=True, by=None, now=NOW)
    assert caught.value.code == "rights.manage"
    assert lists(db) == [("", 0, ())]
