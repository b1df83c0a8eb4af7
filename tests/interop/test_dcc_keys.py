"""Lists of keys are hostile too: whatever the bytes, keys are found or the list is refused by name."""

from __future__ import annotations

import base64
import contextlib
import json

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
