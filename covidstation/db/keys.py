"""The ways to the register's random key: one for each user, the recovery code, the district (docs/adr/0009, 0020).

Each user and the recovery code have an age identity of their own, boxed under Argon2id of the passphrase, and the
register's key is sealed to its public half. So the key can be changed, and a passphrase be reset, by somebody who knows
nobody's passphrase. A wrong passphrase changes nothing.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from unicodedata import normalize
from uuid import UUID

import pyrage
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from covidstation.db import hold
from covidstation.db.codes import CODE_LETTERS as CODE_LETTERS
from covidstation.db.codes import new_one_time as new_one_time
from covidstation.db.codes import new_recovery_code as new_recovery_code
from covidstation.db.codes import read_one_time as read_one_time
from covidstation.db.codes import read_recovery_code as read_recovery_code
from covidstation.db.key_file import BOX as BOX
from covidstation.db.key_file import FILE as FILE
from covidstation.db.key_file import FORMAT as FORMAT
from covidstation.db.key_file import Cost as Cost
from covidstation.db.key_file import Wrap as Wrap
from covidstation.db.key_file import WrapKind as WrapKind
from covidstation.db.key_file import read_key_file as read_key_file
from covidstation.db.key_file import read_keys as read_keys
from covidstation.db.key_file import replace_file as replace_file
from covidstation.db.key_file import sync_folder as sync_folder
from covidstation.db.key_file import write_key_file as write_key_file
from covidstation.db.key_file import write_keys as write_keys
from covidstation.errors import UserError

LEAST_LENGTH = 8
RECOVERY, ESCROW = "recovery", "escrow"  # ids of the two that are no users
FLOOR = Cost(19_456, 2, 1)  # OWASP's least


def calibrated_cost(target: float = 0.6) -> Cost:
    """Parameters that take about `target` seconds on this machine, never under the floor."""
    started = time.perf_counter()
    hash_secret_raw(b"measure", bytes(16), 1, 65_536, 2, 32, Type.ID)
    one_round = max(time.perf_counter() - started, 0.001)
    rounds = round(target / one_round)
    return Cost(65_536, min(rounds, 20), 2) if rounds >= 1 else FLOOR


def _derive(secret: str, salt: bytes, cost: Cost) -> bytes:
    words = normalize("NFC", secret).encode("utf-8", "surrogatepass")
    return hash_secret_raw(words, salt, cost.rounds, cost.memory_kib, cost.lanes, 32, Type.ID)


def check_length(passphrase: str) -> None:
    """Raise UserError keys.passphrase_short when it is too short to protect anything."""
    if len(normalize("NFC", passphrase)) < LEAST_LENGTH:
        raise UserError("keys.passphrase_short", least=LEAST_LENGTH)


@dataclass(frozen=True, slots=True)
class Unlocked:
    """A wrap that was opened. `keys` is the register's key and, after a change that was cut off, the next one."""

    wrap: Wrap
    keys: tuple[bytes, ...] = field(repr=False)
    identity: str = field(repr=False)  # AGE-SECRET-KEY-1…; empty in format 1
    secret: str = field(default="", repr=False)  # by which it was opened

    @property
    def key(self) -> bytes:
        """The register's key before any change that was cut off."""
        return self.keys[0]

    @property
    def user(self) -> UUID | None:
        """Whose passphrase it was; None for the recovery code and the district."""
        return UUID(hex=self.wrap.id) if self.wrap.kind == "user" else None


def seal(key: bytes, public: str) -> bytes:
    """The register's key for whoever has the identity of that public half. Raises ValueError for no public key."""
    try:
        recipient = pyrage.x25519.Recipient.from_str(public)
    except pyrage.RecipientError:
        raise ValueError("not a public key") from None
    sealed: bytes = pyrage.encrypt(key, [recipient])
    return sealed


def unseal(wrap: Wrap, identity: str) -> Unlocked:
    """The keys in a wrap. Raises UserError keys.wrong_passphrase, keys.wrap_damaged when they are not for that one."""
    try:
        opener = pyrage.x25519.Identity.from_str(identity)
        keys = tuple(pyrage.decrypt(one, [opener]) for one in (wrap.sealed, wrap.next) if one)
    except (pyrage.DecryptError, pyrage.IdentityError):
        raise _not_by(wrap) from None
    if not keys or any(len(key) != 32 for key in keys):
        raise _not_by(wrap)
    return Unlocked(wrap, keys, identity)


def new_wrap(
    key: bytes, secret: str, *, kind: WrapKind, id: str, name: str, role: str, cost: Cost, once: bool = False
) -> Wrap:
    """A new identity under that secret, with the register's key sealed to it."""
    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    empty = Wrap(kind, id, name, role, cost, b"", b"", public, seal(key, public), once=once)
    return _boxed(empty, str(identity), secret, cost)


def escrow_wrap(key: bytes, public: str) -> Wrap:
    """The register's key for the district."""
    return Wrap("escrow", ESCROW, "", "", Cost(), b"", b"", public, seal(key, public))


def renewed(wrap: Wrap, key: bytes, secret: str, cost: Cost | None = None) -> Wrap:
    """Another identity under another secret: what somebody kept of the old one opens nothing that is made later.

    `key` is that of the file that stands, which the wrap alone does not tell after a change that was cut off.
    """
    cost = cost or wrap.cost
    return new_wrap(key, secret, kind=wrap.kind, id=wrap.id, name=wrap.name, role=wrap.role, cost=cost)


def _boxed(wrap: Wrap, identity: str, secret: str, cost: Cost) -> Wrap:
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    key = _derive(_spelled(wrap, secret), salt, cost)
    box = nonce + ChaCha20Poly1305(key).encrypt(nonce, identity.encode(), wrap.bound)
    return replace(wrap, cost=cost, salt=salt, box=box)


def _spelled(wrap: Wrap, secret: str) -> str:
    return read_one_time(secret) if wrap.once else secret


def unlock(wrap: Wrap, secret: str) -> Unlocked:
    """Open one wrap. Raises UserError keys.wrong_passphrase, keys.wrap_damaged."""
    try:
        key = _derive(_spelled(wrap, secret), wrap.salt, wrap.cost)
        found = ChaCha20Poly1305(key).decrypt(wrap.box[:12], wrap.box[12:], wrap.bound)
    except InvalidTag:
        raise _not_by(wrap) from None
    if not wrap.public:
        return Unlocked(wrap, (found,), "", secret)
    return replace(unseal(wrap, found.decode()), secret=secret)


def _not_by(wrap: Wrap) -> UserError:
    """A wrong secret; or, where the entry is not what was written, perhaps the right one."""
    return UserError("keys.wrap_damaged" if wrap.whole is False else "keys.wrong_passphrase")


def open_with(folder: Path, secret: str, user: str | None = None) -> Unlocked:
    """The wrap of the user whose passphrase it is. `user` narrows the search to one name.

    Raises UserError keys.wrong_passphrase, keys.wrap_damaged, keys.damaged.
    """
    refused = UserError("keys.wrong_passphrase")
    for wrap in read_keys(folder):
        if wrap.kind == "user" and user in (None, wrap.name):
            try:
                return unlock(wrap, secret)
            except UserError as trouble:
                refused = trouble if trouble.code == "keys.wrap_damaged" else refused
    raise refused


def open_with_recovery(folder: Path, code: str) -> Unlocked:
    """The wrap of the printed code. Raises UserError keys.code_garbled, keys.wrong_passphrase, keys.wrap_damaged."""
    spelled = read_recovery_code(code)
    for wrap in read_keys(folder):
        if wrap.kind == "recovery":
            return unlock(wrap, spelled)
    raise UserError("keys.wrong_passphrase")


def open_with_escrow(folder: Path, identity: str) -> Unlocked:
    """The wrap of the district, by its escrow identity.

    Raises UserError keys.no_escrow, keys.wrong_escrow, keys.wrap_damaged.
    """
    for wrap in read_keys(folder):
        if wrap.kind == "escrow":
            try:
                return unseal(wrap, identity)
            except UserError as trouble:
                damaged = trouble.code == "keys.wrap_damaged"
                raise (trouble if damaged else UserError("keys.wrong_escrow")) from None
    raise UserError("keys.no_escrow")


def put_wrap(folder: Path, wrap: Wrap, *, beside: bool = False) -> None:
    """Give one user, the code or the district this wrap, in the place of the one that it had; the others stay.

    `beside` the one that it had, until the register has changed its list: a cut leaves one of the two that opens.
    """
    with hold.turn(folder / hold.KEYS_FILE):
        wraps = read_keys(folder)
        same = [at for at, one in enumerate(wraps) if (one.kind, one.id) == (wrap.kind, wrap.id)]
        kept = [one for at, one in enumerate(wraps) if at not in same or (beside and one.public != wrap.public)]
        at = same[0] if same else len(kept)
        write_keys(folder, [*kept[:at], wrap, *kept[at:]])


def drop_from_copies(folder: Path, gone: Iterable[str]) -> None:
    """Take these ids out of all keys files under that folder, of copies or set aside; one that is unreadable stays."""
    ids = set(gone)
    for path in sorted((*folder.rglob("*.keys.json"), *folder.rglob(FILE))):
        try:
            wraps = read_key_file(path)
        except UserError:
            continue
        left = [wrap for wrap in wraps if wrap.id not in ids]
        if len(left) != len(wraps):
            write_key_file(path, left)
