"""Key pairs: Ed25519 to sign, age X25519 to read. Storage and its encryption are the caller's."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

import pyrage
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from covidstation.domain.canonical import Fields, decode, encode


def key_id(public: bytes | str) -> str:
    """First 16 hex digits of SHA-256 of an Ed25519 key (32 raw bytes) or of an age recipient's text."""
    return hashlib.sha256(public if isinstance(public, bytes) else public.encode()).hexdigest()[:16]


def is_recipient(text: str) -> bool:
    """Whether that is an age X25519 recipient (`age1…`)."""
    try:
        return str(pyrage.x25519.Recipient.from_str(text)) == text
    except (pyrage.RecipientError, ValueError):
        return False


def verify(public: bytes, signature: bytes, data: bytes) -> bool:
    """Whether the signature of `data` was made with the secret key of `public` (32 bytes)."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class SignKey:
    """An Ed25519 key pair: 32 secret bytes."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) != 32:
            raise ValueError("an Ed25519 secret has 32 bytes")

    @classmethod
    def generate(cls) -> SignKey:
        """A new one, from the system's randomness."""
        return cls(Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def public(self) -> bytes:
        """32 bytes."""
        return Ed25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes_raw()

    @property
    def id(self) -> str:
        """Key id of the public part."""
        return key_id(self.public)

    def sign(self, data: bytes) -> bytes:
        """64 bytes, always the same for the same data."""
        return Ed25519PrivateKey.from_private_bytes(self.secret).sign(data)


@dataclass(frozen=True, slots=True)
class AgeKey:
    """An age X25519 identity: `AGE-SECRET-KEY-1…`, as the `age` program reads it from a file."""

    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        try:
            pyrage.x25519.Identity.from_str(self.secret)
        except pyrage.IdentityError:
            raise ValueError("not an age identity") from None

    @classmethod
    def generate(cls) -> AgeKey:
        """A new one, from the system's randomness."""
        return cls(str(pyrage.x25519.Identity.generate()))

    @property
    def public(self) -> str:
        """The recipient, `age1…`."""
        return str(pyrage.x25519.Identity.from_str(self.secret).to_public())

    @property
    def id(self) -> str:
        """Key id of the recipient."""
        return key_id(self.public)


@dataclass(frozen=True, slots=True)
class PublicKeys:
    """What others may know of a station or hub."""

    sign: bytes  # Ed25519, 32 bytes
    age: str  # age1…

    def __post_init__(self) -> None:
        if len(self.sign) != 32 or not is_recipient(self.age):
            raise ValueError("not a pair of public keys")


@dataclass(frozen=True, slots=True)
class Identity:
    """Both key pairs of a station or hub."""

    sign: SignKey
    age: AgeKey

    @classmethod
    def generate(cls) -> Identity:
        """New pairs."""
        return cls(SignKey.generate(), AgeKey.generate())

    @property
    def public(self) -> PublicKeys:
        """The parts that go into enrolment files."""
        return PublicKeys(self.sign.public, self.age.public)

    def to_bytes(self) -> bytes:
        """For storage; secret, so the caller encrypts it."""
        return encode({"age": self.age.secret, "sign": self.sign.secret.hex()})

    @classmethod
    def from_bytes(cls, data: bytes) -> Identity:
        """What `to_bytes` gave. Raises ValueError."""
        fields = Fields(decode(data))
        return cls(SignKey(fields.octets("sign", 32)), AgeKey(fields.text("age")))
