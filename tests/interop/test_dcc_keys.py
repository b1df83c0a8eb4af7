"""Lists of keys are hostile too: whatever the bytes, keys are found or the list is refused by name."""

from __future__ import annotations

import base64
import contextlib
import json
from datetime import datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from covidstation.domain.vaccination.dcc.certificate import EntryKind
from covidstation.interop.dcc_keys import NoKeys, read_keys
from tests.dcc_signing import issuer

HOME = issuer(uses=("2",))
DER = base64.b64encode(HOME.certificate).decode()
NAMES = st.sampled_from(
    ["kid", "keyId", "country", "keyUsage", "certificateType", "rawData", "x5c", "x", "y", "n", "e", "crv", "kty",
     "keys", "payload", "VN", "publicKey", "signature"]
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers(-(1 << 60), 1 << 60) | st.text(max_size=20) | st.just(DER)
LEAVES |= st.sampled_from(["v", "P-256", "DSC", "AAAA", base64.b64encode(b'{"a":1}' * 20).decode(), "0" * 200])
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=5))


def test_a_certificate_says_for_what_its_key_is():
    (key,) = read_keys(HOME.certificate).keys
    assert key.uses == frozenset({EntryKind.VACCINATION})
    assert key.kids == frozenset({HOME.kid})
    assert (key.country, key.public) == ("VN", HOME.public)


STRONG = {
    "P-256": ec.generate_private_key(ec.SECP256R1()), "P-384": ec.generate_private_key(ec.SECP384R1()),
    "P-521": ec.generate_private_key(ec.SECP521R1()), "RSA 3072": rsa.generate_private_key(65537, 3072),
}  # fmt: skip
WEAK = {"P-192": ec.generate_private_key(ec.SECP192R1()), "RSA 1024": rsa.generate_private_key(65537, 1024)}
NAME = b"\x0112345\xfe\xff"  # with signs in which the two alphabets of base64 differ


def spki(private, form=Encoding.DER):
    return private.public_key().public_bytes(form, PublicFormat.SubjectPublicKeyInfo)


def lists(private):
    """A public key alone, in the forms of national lists."""
    key, name = base64.b64encode(spki(private)).decode(), base64.b64encode(NAME).decode()
    plain = [{name: key}, {name: {"subjectPublicKeyInfo": key, "country": "VN"}}, {"keys": [{"kid": name, "key": key}]}]
    plain += [{"VN": {name.replace("+", "-").replace("/", "_").rstrip("="): [{"subjectPk": key}]}}, {NAME.hex(): key}]
    return [*(json.dumps(one).encode() for one in plain), json.dumps([{"kid": name, "spki": key}]).encode()]


@pytest.mark.parametrize("kind", STRONG)
def test_public_keys_alone_in_every_form(kind):
    private = STRONG[kind]
    for data in (spki(private), spki(private, Encoding.PEM), b"\n".join([spki(private, Encoding.PEM)] * 2)):
        assert [key.public for key in read_keys(data).keys] == [spki(private)]
    for data in lists(private):
        (key,) = read_keys(data).keys
        assert (key.public, key.kids) == (spki(private), frozenset({NAME})), data


@pytest.mark.parametrize("kind", WEAK)
def test_weak_public_keys_are_none(kind):
    for data in (spki(WEAK[kind]), *lists(WEAK[kind])):
        with pytest.raises(NoKeys):
            read_keys(data)


@pytest.mark.parametrize("arc", ["1.3.6.1.4.1.1847.2021.1.", "1.3.6.1.4.1.0.1847.2021.1."])
def test_both_arcs_say_for_what_a_key_is(arc):
    private, name = STRONG["P-256"], x509.Name([])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
    builder = builder.serial_number(7).not_valid_before(datetime(2021, 1, 1)).not_valid_after(datetime(2031, 1, 1))
    uses = x509.ExtendedKeyUsage([x509.ObjectIdentifier(f"{arc}{one}") for one in (1, 3)])
    made = builder.add_extension(uses, critical=False).sign(private, hashes.SHA256())
    (key,) = read_keys(made.public_bytes(Encoding.DER)).keys
    assert (key.uses, key.country) == (frozenset({EntryKind.TEST, EntryKind.RECOVERY}), "")


@given(st.binary(max_size=400) | st.binary(max_size=200).map(b"0\x82".__add__) | st.binary().map(b"PK\x03\x04".__add__))
def test_any_bytes_are_refused_by_name(data):
    with contextlib.suppress(NoKeys):
        read_keys(data)


@settings(max_examples=300)
@given(VALUES)
def test_any_json_gives_keys_or_is_refused_by_name(value):
    with contextlib.suppress(NoKeys):
        found = read_keys(json.dumps(value).encode())
        assert found.keys


@given(st.data())
def test_a_changed_certificate_gives_a_key_or_is_refused_by_name(data):
    changed = bytearray(HOME.certificate)
    for _nth in range(data.draw(st.integers(1, 5))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(NoKeys):
        read_keys(bytes(changed))
