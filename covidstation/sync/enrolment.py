"""How a station and its hub come to trust each other's keys (docs/bundle-format-1.md §6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

from covidstation.domain.canonical import Fields, decode, encode, is_hex, moment_text
from covidstation.sync.bundle import Limits, Subject, open_self_signed, write_bundle
from covidstation.sync.header import Kind
from covidstation.sync.identity import PublicKeys, SignKey, is_recipient
from covidstation.sync.refusals import BundleRefused
from covidstation.sync.words import eight_words

LIMITS: Final = Limits(file=256 << 10, payload=256 << 10, lines=10)
MOST_URLS: Final = 8
MOST_URL: Final = 500
MOST_AUTHORITY: Final = 16 << 10
MOST_REVOKED: Final = 500
MOST_CERTIFICATE: Final = 64 << 10  # hex digits


@dataclass(frozen=True, slots=True, kw_only=True)
class EnrolRequest:
    """A station that asks to be enrolled."""

    station_name: str
    commune: str  # code of the commune
    place: str  # place name as papers write it
    keys: PublicKeys
    made_at: datetime  # UTC, to the second
    program: str  # version
    certificate: bytes = b""  # the bundle that it holds, when its hub may have forgotten it (§12)

    def words(self) -> tuple[str, ...]:
        """Shown at the station and at the hub; two people compare them."""
        return station_words(self.keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The root's word on a station's and a hub's keys."""

    station: UUID
    station_keys: PublicKeys
    epoch: str  # 16 hex digits: where the station's numbering starts
    hub_name: str
    hub_keys: PublicKeys
    root: bytes  # public Ed25519 key, 32 bytes
    escrow: str  # age1…
    serial: int
    issued_at: datetime  # UTC, to the second
    valid_from: date  # both for people to see: no reader refuses by a clock
    valid_until: date
    urls: tuple[str, ...] = ()  # where the hub is reached over HTTP, the best first (§11)
    tls_authority: str = ""  # PEM of the only authority that vouches for its server; empty: those of the system
    follows: str = ""  # id of the station's former key, when that one vouched for these (§12)
    recalls: int = 0  # serial of the certificate that was shown for this one; 0: none was (§12)
    revoked: tuple[str, ...] = ()  # ids of keys of any station that people took out of force: a hub founded anew asks

    def __post_init__(self) -> None:
        if len(self.root) != 32 or not is_recipient(self.escrow) or not is_hex(self.epoch, 16) or self.serial < 1:
            raise ValueError("not a certificate")
        if len(self.urls) > MOST_URLS or not all(is_url(url) for url in self.urls):
            raise ValueError("not addresses")
        if self.follows and not is_hex(self.follows, 16):
            raise ValueError("not a key id")
        if len(self.revoked) > MOST_REVOKED or not all(is_hex(one, 16) for one in self.revoked):
            raise ValueError("not key ids")

    def words(self) -> tuple[str, ...]:
        """Shown at the hub and at the station; two people compare them."""
        return hub_words(self.root, self.hub_keys, self.escrow)


def is_url(text: str) -> bool:
    """Whether it is an address of a server: scheme, host, perhaps a port and a path; nobody's name or passphrase."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    whole = parts.scheme in ("http", "https") and bool(parts.hostname) and port != 0
    bare = parts.username is None and not parts.query and not parts.fragment
    return whole and bare and len(text) <= MOST_URL and text.isprintable() and " " not in text


def station_words(keys: PublicKeys) -> tuple[str, ...]:
    """The eight words of a station's keys."""
    return eight_words(b"CSB1 station\n" + keys.sign + keys.age.encode())


def hub_words(root: bytes, keys: PublicKeys, escrow: str) -> tuple[str, ...]:
    """The eight words of a hub: its root, its keys, the escrow key that can open everything."""
    return eight_words(b"CSB1 hub\n" + root + keys.sign + keys.age.encode() + escrow.encode())


def write_request(request: EnrolRequest, *, signer: SignKey) -> bytes:
    """The enrol bundle, signed by the station's own key. Raises ValueError for another key."""
    if signer.public != request.keys.sign:
        raise ValueError("a station signs its own request")
    return write_bundle(Subject(kind=Kind.ENROL), [request_line(request)], signer=signer, recipients=[])


def open_request(source: bytes | Path) -> EnrolRequest:
    """Read an enrol bundle. It proves possession of the key and nothing more: compare the words. BundleRefused."""
    bundle = open_self_signed(source, Kind.ENROL, limits=LIMITS)
    try:
        (line,) = bundle.lines
        request = parse_request(line)
    except ValueError:
        raise BundleRefused("bundle.content_bad") from None
    if request.keys.sign != bundle.header.key:
        raise BundleRefused("bundle.manifest_differs")
    return request


def write_certificate(certificate: Certificate, *, root: SignKey) -> bytes:
    """The cert bundle, signed by the root. Raises ValueError for another key than the certificate names."""
    if root.public != certificate.root:
        raise ValueError("the root signs its own certificates")
    subject = Subject(kind=Kind.CERT, station=certificate.station, epoch=certificate.epoch)
    return write_bundle(subject, [certificate_line(certificate)], signer=root, recipients=[])


def open_certificate(source: bytes | Path, *, ours: PublicKeys, root: bytes | None = None) -> Certificate:
    """Read a cert bundle for the station with the keys `ours`. Raises BundleRefused.

    With `root`, the one already trusted, any other is refused. Without it, the root in the file vouches for
    itself alone: two people compare `words()` before it is believed. A lower serial than the present one is the
    caller's to refuse.
    """
    certificate = read_certificate(source, root=root)
    if certificate.station_keys != ours:
        raise BundleRefused("enrol.not_ours")
    return certificate


def read_certificate(source: bytes | Path, *, root: bytes | None = None) -> Certificate:
    """The same for whichever station it is. Raises BundleRefused."""
    bundle = open_self_signed(source, Kind.CERT, limits=LIMITS)
    header = bundle.header
    if root is not None and header.key != root:
        raise BundleRefused("enrol.other_root")
    try:
        (line,) = bundle.lines
        certificate = parse_certificate(line)
    except ValueError:
        raise BundleRefused("bundle.content_bad") from None
    said = (certificate.root, certificate.station, certificate.epoch)
    if said != (header.key, header.station, header.epoch):
        raise BundleRefused("bundle.manifest_differs")
    return certificate


def request_line(request: EnrolRequest) -> bytes:
    """The payload line of an enrol bundle."""
    return encode(request_value(request))


def request_value(request: EnrolRequest) -> dict[str, Any]:
    """What the line says."""
    shown = {"certificate": request.certificate.hex()} if request.certificate else {}
    return {
        "station_name": request.station_name,
        "commune": request.commune,
        "place": request.place,
        "sign": request.keys.sign.hex(),
        "age": request.keys.age,
        "made_at": moment_text(request.made_at),
        "program": request.program,
    } | shown


def parse_request(line: bytes) -> EnrolRequest:
    """What `request_line` gave; unknown keys are passed over. Raises ValueError."""
    return read_request(decode(line))


def read_request(value: object) -> EnrolRequest:
    """What `request_value` gave. Raises ValueError."""
    fields = Fields(value)
    shown = isinstance(value, dict) and "certificate" in value
    return EnrolRequest(
        station_name=fields.text("station_name", 200),
        commune=fields.text("commune", 20),
        place=fields.text("place", 200),
        keys=PublicKeys(fields.octets("sign", 32), fields.text("age")),
        made_at=fields.moment("made_at"),
        program=fields.text("program", 40),
        certificate=bytes.fromhex(fields.text("certificate", MOST_CERTIFICATE)) if shown else b"",
    )


def certificate_line(certificate: Certificate) -> bytes:
    """The payload line of a cert bundle."""
    more: dict[str, Any] = {}
    if certificate.urls:
        more["urls"] = list(certificate.urls)
    if certificate.tls_authority:
        more["tls_authority"] = certificate.tls_authority
    if certificate.follows:
        more["follows"] = certificate.follows
    if certificate.recalls:
        more["recalls"] = certificate.recalls
    if certificate.revoked:
        more["revoked"] = list(certificate.revoked)
    return encode(
        {
            "station": certificate.station.hex,
            "station_sign": certificate.station_keys.sign.hex(),
            "station_age": certificate.station_keys.age,
            "epoch": certificate.epoch,
            "hub_name": certificate.hub_name,
            "hub_sign": certificate.hub_keys.sign.hex(),
            "hub_age": certificate.hub_keys.age,
            "root": certificate.root.hex(),
            "escrow": certificate.escrow,
            "serial": certificate.serial,
            "issued_at": moment_text(certificate.issued_at),
            "valid_from": certificate.valid_from.isoformat(),
            "valid_until": certificate.valid_until.isoformat(),
        }
        | more
    )


def parse_certificate(line: bytes) -> Certificate:
    """What `certificate_line` gave; unknown keys are passed over. Raises ValueError."""
    value = decode(line)
    fields = Fields(value)
    return Certificate(
        station=fields.uuid("station"),
        station_keys=PublicKeys(fields.octets("station_sign", 32), fields.text("station_age")),
        epoch=fields.hex("epoch", 16),
        hub_name=fields.text("hub_name", 200),
        hub_keys=PublicKeys(fields.octets("hub_sign", 32), fields.text("hub_age")),
        root=fields.octets("root", 32),
        escrow=fields.text("escrow"),
        serial=fields.number("serial", 1),
        issued_at=fields.moment("issued_at"),
        valid_from=fields.day("valid_from"),
        valid_until=fields.day("valid_until"),
        urls=tuple(_text(one) for one in fields.items("urls", MOST_URLS)) if "urls" in value else (),
        tls_authority=fields.text("tls_authority", MOST_AUTHORITY) if "tls_authority" in value else "",
        follows=fields.hex("follows", 16) if "follows" in value else "",
        recalls=fields.number("recalls", 1) if "recalls" in value else 0,
        revoked=tuple(_text(one) for one in fields.items("revoked", MOST_REVOKED)) if "revoked" in value else (),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value
