"""A small file locked with a code, in age's own format: `age -d` opens it without this program.

age measures the computer that locks and writes a factor that takes it a second; a computer sixteen times slower refuses
to try. A code of 160 random bits needs no stretching, so the factor here is a bounded one, and a file that a faster
computer locked is opened however long it takes (docs/adr/0034).
"""

from __future__ import annotations

import hmac
import re
import secrets
from base64 import b64decode, b64encode
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

FACTOR: Final = 15  # 32 MiB and 0.1 s of a PC of today
MOST_FACTOR: Final = 22  # as `age` itself: 4 GiB
MOST_TEXT: Final = 1 << 16  # one chunk of age's stream
_LABEL: Final = b"age-encryption.org/v1/scrypt"
_HEADER: Final = re.compile(
    rb"(age-encryption\.org/v1\n-> scrypt ([A-Za-z0-9+/]{22}) ([1-9][0-9]?)\n([A-Za-z0-9+/]{43})\n---) "
    rb"([A-Za-z0-9+/]{43})\n"
)
_LAST: Final = bytes(11) + b"\x01"  # nonce of the first chunk, which is the last one


class WrongCode(Exception):
    """The code does not open it, or it is not such a file."""


def lock(text: bytes, code: str) -> bytes:
    """The text as `age -p` would write it. Raises ValueError beyond 64 KiB."""
    if len(text) > MOST_TEXT:
        raise ValueError("too long")
    file_key, salt, nonce = secrets.token_bytes(16), secrets.token_bytes(16), secrets.token_bytes(16)
    body = ChaCha20Poly1305(_stretched(code, salt, FACTOR)).encrypt(bytes(12), file_key, None)
    stanza = b"-> scrypt %s %d\n%s\n" % (_base64(salt), FACTOR, _base64(body))
    head = b"age-encryption.org/v1\n" + stanza + b"---"
    sealed = ChaCha20Poly1305(_derived(file_key, nonce, b"payload")).encrypt(_LAST, text, None)
    return head + b" " + _base64(_mac(file_key, head)) + b"\n" + nonce + sealed


def unlock(data: bytes, code: str) -> bytes:
    """What was locked, by this program or by `age`. Raises WrongCode."""
    found = _HEADER.match(data)
    if found is None or int(found[3]) > MOST_FACTOR:
        raise WrongCode
    head, salt, factor, body, mac = found[1], _bytes(found[2]), int(found[3]), _bytes(found[4]), _bytes(found[5])
    nonce, sealed = data[found.end() : found.end() + 16], data[found.end() + 16 :]
    try:
        file_key = ChaCha20Poly1305(_stretched(code, salt, factor)).decrypt(bytes(12), body, None)
        if len(nonce) != 16 or not hmac.compare_digest(_mac(file_key, head), mac):
            raise WrongCode
        return ChaCha20Poly1305(_derived(file_key, nonce, b"payload")).decrypt(_LAST, sealed, None)
    except (InvalidTag, MemoryError) as cause:
        raise WrongCode from cause


def _stretched(code: str, salt: bytes, factor: int) -> bytes:
    return Scrypt(salt=_LABEL + salt, length=32, n=1 << factor, r=8, p=1).derive(code.encode())


def _derived(file_key: bytes, salt: bytes, what: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, what).derive(file_key)


def _mac(file_key: bytes, head: bytes) -> bytes:
    return hmac.digest(_derived(file_key, b"", b"header"), head, "sha256")


def _base64(data: bytes) -> bytes:
    return b64encode(data).rstrip(b"=")


def _bytes(text: bytes) -> bytes:
    return b64decode(text + b"=" * (-len(text) % 4))
