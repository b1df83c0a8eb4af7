"""Makes certificates as issuers do, with keys of its own: CBOR and COSE written here, not with the program's reader."""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
ISSUED = datetime(2022, 3, 1, 8, 0, tzinfo=UTC)
EXPIRES = datetime(2023, 3, 1, 8, 0, tzinfo=UTC)


def base45(data: bytes) -> str:
    """RFC 9285, section 4."""
    text = ""
    for start in range(0, len(data), 2):
        pair = data[start : start + 2]
        number = int.from_bytes(pair, "big")
        for _sign in range(len(pair) + 1):
            text += SIGNS[number % 45]
            number //= 45
    return text


def cbor(value: Any) -> bytes:
    """RFC 8949 for what certificates hold; a tuple (tag, value) is a tagged value."""
    if isinstance(value, bool) or value is None:
        return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[value]
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, float):
        return b"\xfb" + struct.pack(">d", value)
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(map(cbor, value))
    if isinstance(value, dict):
        return _head(5, len(value)) + b"".join(cbor(key) + cbor(inner) for key, inner in value.items())
    tag, inner = value
    return _head(6, tag) + cbor(inner)


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    size = next(size for size in (1, 2, 4, 8) if number < 1 << 8 * size)
    return bytes([major << 5 | {1: 24, 2: 25, 4: 26, 8: 27}[size]]) + number.to_bytes(size, "big")


def vaccination(**other: Any) -> dict[str, Any]:
    """One dose, in the fields of schema 1.3.0."""
    return {
        "tg": "840539006",
        "vp": "1119349007",
        "mp": "EU/1/20/1528",
        "ma": "ORG-100030215",
        "dn": 2,
        "sd": 2,
        "dt": "2021-11-20",
        "co": "VN",
        "is": "Bộ Y tế",
        "ci": "URN:UVCI:01:VN:1A2B3C4D#K",
        **other,
    }


def content(*doses: dict[str, Any], **other: Any) -> dict[str, Any]:
    """Of an invented person."""
    names = {"fn": "Nguyễn", "gn": "Văn An", "fnt": "NGUYEN", "gnt": "VAN<AN"}
    return {"ver": "1.3.0", "nam": names, "dob": "1964-08-12", "v": list(doses or (vaccination(),)), **other}


@dataclass(frozen=True)
class Issuer:
    """A signer with its certificate."""

    private: Any
    certificate: bytes

    @property
    def kid(self) -> bytes:
        return hashlib.sha256(self.certificate).digest()[:8]

    @property
    def public(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    def signature(self, protected: bytes, payload: bytes) -> bytes:
        data = cbor(["Signature1", protected, b"", payload])
        if isinstance(self.private, rsa.RSAPrivateKey):
            digest = hashes.SHA256()
            return self.private.sign(data, padding.PSS(padding.MGF1(digest), 32), digest)
        first, second = decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
        size = (self.private.curve.key_size + 7) // 8
        return first.to_bytes(size, "big") + second.to_bytes(size, "big")

    @property
    def alg(self) -> int:
        return -37 if isinstance(self.private, rsa.RSAPrivateKey) else -7


def issuer(
    kind: str = "ec",
    *,
    country: str = "VN",
    uses: tuple[str, ...] = (),
    not_after: datetime = datetime(2030, 1, 1, tzinfo=UTC),
    private: Any = None,
) -> Issuer:
    """A self-signed certificate; `uses`: the last numbers of the objects (1 test, 2 …). `private`: of a key that has
    another certificate already, else it has one of its own."""
    if private is None:
        private = rsa.generate_private_key(65537, 2048) if kind == "rsa" else ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [x509.NameAttribute(NameOID.COMMON_NAME, "Test DSC")]
        + ([x509.NameAttribute(NameOID.COUNTRY_NAME, country)] if country else [])
    )
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(private.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(not_after - timedelta(days=3650))
    builder = builder.not_valid_after(not_after)
    if uses:
        oids = [x509.ObjectIdentifier(f"1.3.6.1.4.1.1847.2021.1.{one}") for one in uses]
        builder = builder.add_extension(x509.ExtendedKeyUsage(oids), critical=False)
    return Issuer(private, builder.sign(private, hashes.SHA256()).public_bytes(Encoding.DER))


def cwt(health: Any, *, claims: dict[int, Any] | None = None) -> bytes:
    """The payload."""
    usual = {1: "VN", 4: int(EXPIRES.timestamp()), 6: int(ISSUED.timestamp()), -260: {1: health}}
    return cbor({**usual, **(claims or {})})


def packed(cose: bytes) -> str:
    """From COSE to the text of the QR."""
    return "HC1:" + base45(zlib.compress(cose, 9))


def certificate(
    by: Issuer,
    health: Any = None,
    *,
    claims: dict[int, Any] | None = None,
    protected: dict[int, Any] | None = None,
    loose: dict[int, Any] | None = None,
    tags: tuple[int, ...] = (18,),
    payload: bytes | None = None,
    spoil: bytes | None = None,
) -> str:
    """The text of a QR. `payload` is signed; `spoil` stands in its place afterwards."""
    head = cbor({1: by.alg, 4: by.kid} if protected is None else protected) if protected != {} else b""
    body = cwt(content() if health is None else health, claims=claims) if payload is None else payload
    message: Any = [head, loose or {}, body if spoil is None else spoil, by.signature(head, body)]
    for tag in tags:
        message = (tag, message)
    return packed(cbor(message))
