"""The hub's own authority and the certificate of its server, made here, renewed by itself.

Stations get the authority's certificate inside theirs, which the hub's root signs, and believe it alone; nobody buys a
certificate, and no other authority of the world can stand between. The authority's key is made from the hub's keys
whenever it is needed and kept nowhere: a hub that was restored on another computer has the same one. The server's key
lies under a passphrase that is made likewise.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from covidstation.db.key_file import replace_file
from covidstation.errors import UserError
from covidstation.hub.database.store import Hub
from covidstation.hub.rows import HubStateRow
from covidstation.sync.identity import key_id

FOLDER: Final = "tls"
SERVER, SERVER_KEY = "server.pem", "server.key"
AUTHORITY_YEARS: Final = 20
SERVER_DAYS: Final = 397
RENEW_DAYS: Final = 90  # before the end
EARLIER: Final = timedelta(days=366)  # PC clocks lie: a certificate counts from a year ago
P256_ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # FIPS 186-5
Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True)
class ServerFiles:
    """What the server is started with, and the authority that stations believe."""

    certificate: Path
    key: Path
    passphrase: str
    authority: str  # PEM


def server_files(hub: Hub, urls: Sequence[str], *, now: datetime) -> ServerFiles:
    """The certificate for the hosts of these addresses; made, or made anew, when it is missing, old or for others.

    Raises UserError hub.tls_folder.
    """
    folder = hub.place.folder / FOLDER
    key, authority = _authority(hub, now)
    files = ServerFiles(folder / SERVER, folder / SERVER_KEY, _derived(hub, b"server").hex(), _pem(authority))
    hosts = sorted({urlsplit(url).hostname or "" for url in urls} - {""})
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        if not _is_good(files, authority, hosts, now):
            _make_server(files, authority, key, hosts, now)
    except OSError as cause:
        raise UserError("hub.tls_folder", folder=folder) from cause
    return files


def _derived(hub: Hub, what: bytes) -> bytes:
    """48 bytes that only this hub's keys give: enough that a number below a curve's order is as good as random."""
    return HKDF(SHA256(), 48, None, b"covidstation-hub tls 1 " + what).derive(hub.keys.root.secret)


def _authority(hub: Hub, now: datetime) -> tuple[Key, x509.Certificate]:
    """Its key, and its certificate: the one that stations have, else a new one for the same key."""
    number = int.from_bytes(_derived(hub, b"authority"), "big") % (P256_ORDER - 1) + 1
    key = ec.derive_private_key(number, ec.SECP256R1())
    with hub.db.read() as session:
        held = session.get_one(HubStateRow, 1).authority
    with suppress(ValueError):
        found = x509.load_pem_x509_certificate(held.encode())
        if found.public_key() == key.public_key():
            return key, found
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"CovidStation {key_id(hub.keys.root.public)}")])
    made = (
        _begun(name, name, key, now, now + timedelta(days=365 * AUTHORITY_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key, made


def _make_server(files: ServerFiles, authority: x509.Certificate, by: Key, hosts: Sequence[str], now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, (hosts[0] if hosts else "covidstation-hub")[:64])])
    certificate = (
        _begun(name, authority.subject, key, now, now + timedelta(days=SERVER_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_name_of(host) for host in hosts]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
        .sign(by, hashes.SHA256())
    )
    _keep(files.key, _private(key, files.passphrase))
    _keep(files.certificate, _pem(certificate).encode())


def _begun(name: x509.Name, issuer: x509.Name, key: Key, now: datetime, until: datetime) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now.astimezone(UTC) - EARLIER)
        .not_valid_after(until.astimezone(UTC))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, sign: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign,
        key_cert_sign=sign,
        crl_sign=sign,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name_of(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host.encode("idna").decode())


def _is_good(files: ServerFiles, authority: x509.Certificate, hosts: Sequence[str], now: datetime) -> bool:
    """Whether the server's certificate is of this authority, for these hosts, and lasts; and its key opens."""
    try:
        found = x509.load_pem_x509_certificate(files.certificate.read_bytes())
        key = serialization.load_pem_private_key(files.key.read_bytes(), files.passphrase.encode())
        found.verify_directly_issued_by(authority)
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    wanted = {_name_of(host) for host in hosts}
    lasts = found.not_valid_after_utc - timedelta(days=RENEW_DAYS) > now.astimezone(UTC)
    return lasts and set(names) == wanted and key.public_key() == found.public_key()


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def _private(key: Key, passphrase: str) -> bytes:
    how = serialization.BestAvailableEncryption(passphrase.encode())
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)


def _keep(path: Path, data: bytes) -> None:
    replace_file(path, data)
    os.chmod(path, 0o600)
