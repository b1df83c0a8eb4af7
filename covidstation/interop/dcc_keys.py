"""Lists of the keys that certificates are signed with, in the forms in which countries publish them (ADR 45).

A list is not trusted by its form: whoever may manage the station chooses it. What of it is no key is passed over and
counted.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from cryptography.x509.oid import NameOID

from covidstation.domain.canonical import decode
from covidstation.domain.text import clean
from covidstation.domain.vaccination.dcc.certificate import EntryKind
from covidstation.domain.vaccination.dcc.key_lists import put_together
from covidstation.domain.vaccination.dcc.verdict import TrustKey

MOST_BYTES: Final = 20 << 20
MOST_FILES: Final = 5_000  # of a folder or an archive
MOST_KEYS: Final = 10_000
MOST_DEPTH: Final = 12
ENDINGS: Final = (".json", ".jwt", ".jws", ".txt", ".pem", ".crt", ".cer", ".der", ".zip")

_KID: Final = 8
_RSA_BITS: Final = range(2048, 8193)
_LEAST_EC_BITS: Final = 256
_MOST_DER: Final = 32 << 10  # bytes of a certificate
_MOST_NUMBER: Final = 1025  # bytes of a key's number
_PEM: Final = re.compile(rb"-----BEGIN (CERTIFICATE|PUBLIC KEY)-----([A-Za-z0-9+/=\s]{1,20000})-----END \1-----")
_USES: Final = {"1": EntryKind.TEST, "2": EntryKind.VACCINATION, "3": EntryKind.RECOVERY}
_USE_ARCS: Final = ("1.3.6.1.4.1.1847.2021.1.", "1.3.6.1.4.1.0.1847.2021.1.")  # the second is of the first months
_LETTERS: Final = {kind.value: kind for kind in EntryKind}
_KID_NAMES: Final = ("kid", "keyId", "keyID", "key_id")
_NOT_KEYS: Final = ("signature", "thumbprint", "x5t#S256", "x5t")
_CURVES: Final[dict[object, ec.EllipticCurve]] = {
    "P-256": ec.SECP256R1(),
    "P-384": ec.SECP384R1(),
    "P-521": ec.SECP521R1(),
}


class NoKeys(ValueError):
    """There is no key in it that can be read. `code` is a key of `messages.dcc`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class KeyList:
    """The keys of a file, each once. `passed_over`: how many of its entries are no key that can be used."""

    keys: tuple[TrustKey, ...]
    passed_over: int

    @property
    def countries(self) -> tuple[str, ...]:
        """Of which countries, in order; keys that name none are not among them."""
        return tuple(sorted({key.country for key in self.keys if key.country}))


@dataclass(frozen=True, slots=True)
class _About:
    """What stands around a key in a list."""

    kid: bytes = b""
    country: str = ""
    uses: frozenset[EntryKind] = frozenset()


def read_path(path: Path) -> KeyList:
    """The keys of a file, or of all files of a folder with a known ending. Raises NoKeys, OSError."""
    if not path.is_dir():
        return read_keys(_bytes_of(path))
    files = (file for file in sorted(path.rglob("*")) if file.is_file() and file.suffix.lower() in ENDINGS)
    found = _Found()
    for nth, file in enumerate(files):
        if nth >= MOST_FILES:
            raise NoKeys("dcc.keys_too_many")
        found.country = _country_of_folder(file)
        found.read(_bytes_of(file))
    return found.end()


def read_keys(data: bytes) -> KeyList:
    """The keys of one file, whatever its form. Raises NoKeys, no other exception."""
    found = _Found()
    found.read(data)
    return found.end()


def _bytes_of(path: Path) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        raise NoKeys("dcc.keys_too_large")
    return path.read_bytes()


def _country_of_folder(file: Path) -> str:
    """An archive of the EU has a folder for each country."""
    name = file.parent.name
    return name if re.fullmatch("[A-Z]{2}", name) else ""


class _Found:
    """Gathers keys from files of every form."""

    def __init__(self) -> None:
        self.country = ""
        self._keys: dict[tuple[bytes, str], TrustKey] = {}
        self._passed_over = 0

    def end(self) -> KeyList:
        if not self._keys:
            raise NoKeys("dcc.keys_none")
        return KeyList(put_together(self._keys.values()), self._passed_over)

    def read(self, data: bytes) -> None:
        """A file of any form that is known."""
        if len(data) > MOST_BYTES:
            raise NoKeys("dcc.keys_too_large")
        about = _About(country=self.country)
        if data.startswith(b"PK\x03\x04"):
            self._archive(data)
        elif data.startswith(b"0"):
            self._der(data, about)
        elif b"-----BEGIN" in data[: 1 << 16] and not data.lstrip().startswith((b"{", b"[", b'"')):
            self._pem(data, about)
        else:
            self._text(data, about)

    def _archive(self, data: bytes) -> None:
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                names = [
                    one for one in archive.infolist() if not one.is_dir() and one.filename.lower().endswith(ENDINGS)
                ]
                if len(names) > MOST_FILES or sum(one.file_size for one in names) > MOST_BYTES:
                    raise NoKeys("dcc.keys_too_large")
                for one in names:
                    if one.filename.lower().endswith(".zip"):
                        continue
                    self.country = _country_of_folder(Path(one.filename))
                    with archive.open(one) as inner:
                        self.read(inner.read(MOST_BYTES))
        except NoKeys:
            raise
        except Exception as cause:  # a damaged archive may raise anything
            raise NoKeys("dcc.keys_none") from cause

    def _text(self, data: bytes, about: _About) -> None:
        """JSON; a signed list (three parts parted by dots, or a line of signature before it); one key in base64."""
        text = data.decode("utf-8", "replace").strip().removeprefix("\ufeff")
        parts = text.split(".")
        if len(parts) == 3 and not text.startswith(("{", "[")):
            text = _unpacked(parts[1]).decode("utf-8", "replace")
        elif (
            "\n" in text and not text.startswith(("{", "[")) and text.split("\n", 1)[1].lstrip().startswith(("{", "["))
        ):
            text = text.split("\n", 1)[1].strip()
        if not text.startswith(("{", "[")):
            self._string(text, about, 0)
            return
        try:
            value = decode(text.encode())
        except ValueError as cause:
            raise NoKeys("dcc.keys_none") from cause
        self._walk(value, about, 0)

    def _walk(self, value: Any, about: _About, depth: int) -> None:
        """Whatever in a JSON value is a key, with the names that stand around it."""
        if depth > MOST_DEPTH:
            raise NoKeys("dcc.keys_none")
        if isinstance(value, list):
            for inner in value:
                self._walk(inner, about, depth + 1)
        elif isinstance(value, dict):
            self._walk_object(value, about, depth)
        elif isinstance(value, str):
            self._string(value, about, depth)

    def _walk_object(self, value: dict[str, Any], about: _About, depth: int) -> None:
        if value.get("certificateType", "DSC") != "DSC":
            return  # the list's own authorities
        about = _around(value, about)
        if "x5c" not in value and self._jwk(value, about):
            return
        for name, inner in value.items():
            if name in _NOT_KEYS:
                continue
            around = about
            if re.fullmatch("[A-Z]{2}", name):
                around = replace(about, country=name)
            elif kid := _kid(name):
                around = replace(about, kid=kid)
            chain = name == "x5c" and isinstance(inner, list)
            self._walk(inner[:1] if chain else inner, around, depth + 1)

    def _string(self, text: str, about: _About, depth: int) -> None:
        """A certificate or key as PEM or base64, or a packed list."""
        if len(text) < 80:
            return  # shorter than any key
        if "-----BEGIN" in text:
            self._pem(text.encode(), about)
            return
        data = _unpacked(text)
        if data[:1] == b"0":
            self._der(data, about)
        elif data.startswith(b"-----BEGIN"):
            self._pem(data, about)
        elif data[:1] in (b"{", b"["):
            try:
                self._walk(decode(data), about, depth + 1)
            except ValueError as cause:
                raise NoKeys("dcc.keys_none") from cause

    def _pem(self, data: bytes, about: _About) -> None:
        for block in _PEM.finditer(data):
            self._der(_unpacked(block[2].decode("ascii")), about)

    def _der(self, data: bytes, about: _About) -> None:
        if len(data) > _MOST_DER:
            self._passed_over += 1
            return
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # certificates of many makers, some odd in what does not matter here
                self._keep(_of_certificate(data, about) or _of_public_key(load_der_public_key(data), about))
        except (ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: a part of a name that is of no kind of text
            self._passed_over += 1

    def _jwk(self, value: dict[str, Any], about: _About) -> bool:
        """Whether the object is a key in numbers, as the web writes them."""
        names = ("n", "e") if "n" in value and "e" in value else ("x", "y")
        first, second = (_unpacked(value[name]) if isinstance(value.get(name), str) else b"" for name in names)
        if not first or not second or max(len(first), len(second)) > _MOST_NUMBER:
            return False
        one, two = int.from_bytes(first, "big"), int.from_bytes(second, "big")
        try:
            if names == ("n", "e"):
                public: PublicKeyTypes = rsa.RSAPublicNumbers(two, one).public_key()
            else:
                name = value.get("crv", "P-256")
                curve = _CURVES.get(name) if isinstance(name, str) else None
                if curve is None:
                    raise ValueError("another curve")
                public = ec.EllipticCurvePublicNumbers(one, two, curve).public_key()
            self._keep(_of_public_key(public, about))
        except (ValueError, UnsupportedAlgorithm):
            self._passed_over += 1
        return True

    def _keep(self, key: TrustKey) -> None:
        name = (key.public, key.country)
        self._keys[name] = put_together(filter(None, (self._keys.get(name), key)))[0]
        if len(self._keys) > MOST_KEYS:
            raise NoKeys("dcc.keys_too_many")


def _of_certificate(data: bytes, about: _About) -> TrustKey | None:
    """None when the bytes are no certificate. Raises ValueError for one whose key cannot be used."""
    try:
        found = x509.load_der_x509_certificate(data)
    except (ValueError, x509.InvalidVersion):
        return None
    key = _of_public_key(found.public_key(), about)
    return replace(
        key,
        kids=frozenset({hashlib.sha256(data).digest()[:_KID], about.kid} - {b""}),
        country=_country(found) or about.country,
        subject=clean(found.subject.rfc4514_string())[:200],
        not_before=_moment(found, "not_valid_before_utc"),
        not_after=_moment(found, "not_valid_after_utc"),
        uses=_uses(found) or about.uses,
    )


def _of_public_key(public: PublicKeyTypes, about: _About) -> TrustKey:
    if isinstance(public, rsa.RSAPublicKey):
        fits = public.key_size in _RSA_BITS
    else:
        fits = isinstance(public, ec.EllipticCurvePublicKey) and public.key_size >= _LEAST_EC_BITS
    if not fits:
        raise ValueError("not a key for certificates")
    data = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return TrustKey(frozenset({about.kid} - {b""}), data, country=about.country, uses=about.uses)


def _country(found: x509.Certificate) -> str:
    for name in (found.subject, found.issuer):
        for part in name.get_attributes_for_oid(NameOID.COUNTRY_NAME):
            text = str(part.value).strip().upper()
            if re.fullmatch("[A-Z]{2}", text):
                return text
    return ""


def _moment(found: x509.Certificate, name: str) -> datetime | None:
    try:
        moment: datetime = getattr(found, name)
    except ValueError:  # a year that no calendar has
        return None
    return moment


def _uses(found: x509.Certificate) -> frozenset[EntryKind]:
    """Which kinds it may sign; empty, for all, when it says nothing of them."""
    try:
        usage = found.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, x509.UnsupportedGeneralNameType, ValueError):
        return frozenset()
    return _kinds(one.dotted_string for one in usage)


def _kinds(names: Iterator[str] | list[Any]) -> frozenset[EntryKind]:
    """By letters (v, t, r) or by the numbers of objects."""
    found = set[EntryKind]()
    for name in names:
        if not isinstance(name, str):
            continue
        if name in _LETTERS:
            found.add(_LETTERS[name])
        elif name.startswith(_USE_ARCS):
            found |= {_USES[last] for last in (name.rsplit(".", 1)[1],) if last in _USES}
    return frozenset(found)


def _around(value: dict[str, Any], about: _About) -> _About:
    """What an object says of the keys in it."""
    kid = next((found for name in _KID_NAMES if (found := _kid(value.get(name)))), b"")
    country = value.get("country")
    usage = value.get("keyUsage")
    return _About(
        kid or about.kid,
        country.upper() if isinstance(country, str) and re.fullmatch("[A-Za-z]{2}", country) else about.country,
        (_kinds(usage) if isinstance(usage, list) else frozenset()) or about.uses,
    )


def _kid(value: object) -> bytes:
    """The eight bytes of a key's name, in base64 of either alphabet or in hex; empty when it is no such name."""
    if not isinstance(value, str) or not 11 <= len(value) <= 16:
        return b""
    if re.fullmatch("[0-9a-fA-F]{16}", value):
        return bytes.fromhex(value)
    found = _unpacked(value)
    return found if len(found) == _KID else b""


def _unpacked(text: str) -> bytes:
    """Base64 of either alphabet, with or without its padding; empty when it is none."""
    packed = "".join(text.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""
