"""The hub's own keys, sealed in its database; and the escrow key, which leaves the hub at once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from covidstation.domain.canonical import Fields, decode, encode
from covidstation.errors import UserError
from covidstation.sync.enrolment import hub_words
from covidstation.sync.identity import AgeKey, Identity, SignKey

NONCE: Final = 12
BOUND: Final = b"covidstation-hub keys 1"


@dataclass(frozen=True, slots=True)
class HubKeys:
    """The root that signs certificates, the hub's identity, and the public part of the escrow key."""

    root: SignKey
    identity: Identity
    escrow: str  # age1…

    def words(self) -> tuple[str, ...]:
        """What a station shows before it trusts this hub."""
        return hub_words(self.root.public, self.identity.public, self.escrow)

    def seal(self, key: bytes) -> bytes:
        """For storage. Sealed on top of the file's encryption: another database may have none."""
        value = {"root": self.root.secret.hex(), "identity": self.identity.to_bytes().decode(), "escrow": self.escrow}
        nonce = secrets.token_bytes(NONCE)
        return nonce + _box(key).encrypt(nonce, encode(value), BOUND)

    @classmethod
    def unseal(cls, sealed: bytes, key: bytes) -> HubKeys:
        """What `seal` gave. Raises UserError keys.damaged."""
        try:
            fields = Fields(decode(_box(key).decrypt(sealed[:NONCE], sealed[NONCE:], BOUND)))
            return cls(
                SignKey(fields.octets("root", 32)),
                Identity.from_bytes(fields.text("identity").encode()),
                fields.text("escrow"),
            )
        except (InvalidTag, ValueError) as cause:
            raise UserError("keys.damaged") from cause


def _box(key: bytes) -> ChaCha20Poly1305:
    return ChaCha20Poly1305(HKDF(SHA256(), 32, None, BOUND).derive(key))


def escrow_file(key: AgeKey, code: str) -> bytes:
    """The escrow identity as `age` reads it, locked with the code; `age -d` opens it without this program."""
    text = f"# CovidStation escrow key\n# public key: {key.public}\n{key.secret}\n"
    locked: bytes = pyrage.passphrase.encrypt(text.encode(), code)
    return locked
