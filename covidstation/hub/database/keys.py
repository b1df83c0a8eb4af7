"""The hub's own keys, sealed in its database; and the escrow key, which leaves the hub at once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from covidstation.db.codes import read_recovery_code
from covidstation.domain.canonical import Fields, decode, encode
from covidstation.errors import UserError
from covidstation.sync.enrolment import hub_words
from covidstation.sync.identity import AgeKey, Identity, SignKey
from covidstation.sync.locked import WrongCode, lock, unlock

NONCE: Final = 12
BOUND: Final = b"covidstation-hub keys 1"
MOST_FORMER: Final = 1_000
ROOT_LINE: Final = "# root key: "


@dataclass(frozen=True, slots=True)
class HubKeys:
    """The root that signs certificates, the hub's identity, and the public part of the escrow key.

    `former` identities, the newest first: bundles that were sealed to them may still lie on sticks.
    """

    root: SignKey
    identity: Identity
    escrow: str  # age1…
    former: tuple[Identity, ...] = ()

    @property
    def readers(self) -> list[AgeKey]:
        """All that may open what stations sealed."""
        return [self.identity.age, *(one.age for one in self.former)]

    def renewed(self) -> HubKeys:
        """New keys of the hub under the same root; the present ones go on reading."""
        return replace(self, identity=Identity.generate(), former=(self.identity, *self.former)[:MOST_FORMER])

    def words(self) -> tuple[str, ...]:
        """What a station shows before it trusts this hub."""
        return hub_words(self.root.public, self.identity.public, self.escrow)

    def seal(self, key: bytes) -> bytes:
        """For storage. Sealed on top of the file's encryption: another database may have none."""
        value = {
            "root": self.root.secret.hex(),
            "identity": self.identity.to_bytes().decode(),
            "escrow": self.escrow,
            "former": [one.to_bytes().decode() for one in self.former],
        }
        nonce = secrets.token_bytes(NONCE)
        return nonce + _box(key).encrypt(nonce, encode(value), BOUND)

    @classmethod
    def unseal(cls, sealed: bytes, key: bytes) -> HubKeys:
        """What `seal` gave. Raises UserError keys.damaged."""
        try:
            value = decode(_box(key).decrypt(sealed[:NONCE], sealed[NONCE:], BOUND))
            fields = Fields(value)
            former = fields.items("former", MOST_FORMER) if isinstance(value, dict) and "former" in value else []
            return cls(
                SignKey(fields.octets("root", 32)),
                Identity.from_bytes(fields.text("identity").encode()),
                fields.text("escrow"),
                tuple(Identity.from_bytes(str(one).encode()) for one in former),
            )
        except (InvalidTag, ValueError) as cause:
            raise UserError("keys.damaged") from cause


def _box(key: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(HKDF(SHA256(), 32, None, BOUND).derive(key))


class KeyRing:
    """The hub's keys as its database has them: another program of this hub may give it new ones meanwhile."""

    def __init__(self, keys: HubKeys, sealed: bytes = b"", key: bytes = b"") -> None:
        """`key` is that of the database, under which `sealed` holds `keys`."""
        self._key = key
        self._held = (sealed, keys)

    @property
    def keys(self) -> HubKeys:
        """As they were when the database was asked last."""
        return self._held[1]

    def follow(self, sealed: bytes) -> HubKeys:
        """As they stand there now. Raises UserError keys.damaged."""
        if sealed != self._held[0]:
            self._held = (sealed, HubKeys.unseal(sealed, self._key))
        return self.keys

    def seal(self, keys: HubKeys) -> bytes:
        """To be put there."""
        return keys.seal(self._key)

    @property
    def database_key(self) -> bytes:
        """For whoever gives somebody another way in."""
        return self._key


@dataclass(frozen=True, slots=True)
class EscrowKeys:
    """What lies in the safe. `root` is None in files of hubs that were founded before it was put there."""

    key: AgeKey
    root: SignKey | None


def escrow_file(key: AgeKey, code: str, root: SignKey) -> bytes:
    """The escrow identity as `age` reads it, locked with the code; `age -d` opens it without this program."""
    text = f"# CovidStation escrow key\n# public key: {key.public}\n{ROOT_LINE}{root.secret.hex()}\n{key.secret}\n"
    return lock(text.encode(), code)


def open_escrow(data: bytes, code: str) -> EscrowKeys:
    """What `escrow_file` gave, however the code was typed. Raises UserError hub.wrong_escrow, keys.code_garbled."""
    try:
        lines = unlock(data, read_recovery_code(code)).decode().splitlines()
        roots = [SignKey(bytes.fromhex(line.removeprefix(ROOT_LINE))) for line in lines if line.startswith(ROOT_LINE)]
        return EscrowKeys(AgeKey(lines[-1]), roots[0] if roots else None)
    except (WrongCode, ValueError, IndexError) as cause:
        raise UserError("hub.wrong_escrow") from cause
