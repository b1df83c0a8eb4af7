"""The register's random key, wrapped once for each user and once for the recovery code (docs/adr/0009).

`keys.json` holds only wraps: Argon2id of a passphrase gives the key of a ChaCha20-Poly1305 box around the 32-byte
database key, bound to the user's id and role. A wrong passphrase changes nothing.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import replace
from pathlib import Path
from unicodedata import normalize
from uuid import UUID

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from covidstation.db.key_file import FILE as FILE
from covidstation.db.key_file import FORMAT as FORMAT
from covidstation.db.key_file import Cost as Cost
from covidstation.db.key_file import Wrap as Wrap
from covidstation.db.key_file import WrapKind as WrapKind
from covidstation.db.key_file import read_keys as read_keys
from covidstation.db.key_file import replace_file as replace_file
from covidstation.db.key_file import sync_folder as sync_folder
from covidstation.db.key_file import write_keys as write_keys
from covidstation.errors import UserError

LEAST_LENGTH = 8
CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I L O U to mistake
CODE_GROUPS, GROUP_LENGTH = 8, 5  # four letters of secret (20 bits) and one of check in each group


FLOOR = Cost(19_456, 2, 1)  # OWASP's least


def calibrated_cost(target: float = 0.6) -> Cost:
    """Parameters that take about `target` seconds on this machine, never under the floor."""
    started = time.perf_counter()
    hash_secret_raw(b"measure", bytes(16), 1, 65_536, 2, 32, Type.ID)
    one_round = max(time.perf_counter() - started, 0.001)
    rounds = round(target / one_round)
    return Cost(65_536, min(rounds, 20), 2) if rounds >= 1 else FLOOR


def _derive(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    secret = normalize("NFC", passphrase).encode()
    return hash_secret_raw(secret, salt, cost.rounds, cost.memory_kib, cost.lanes, 32, Type.ID)


def check_passphrase(passphrase: str) -> None:
    """Raise UserError when it is too short to protect anything."""
    if len(passphrase) < LEAST_LENGTH:
        raise UserError("keys.passphrase_short", least=LEAST_LENGTH)


def wrap_key(key: bytes, secret: str, *, kind: WrapKind, id: str, name: str, role: str, cost: Cost) -> Wrap:
    """Box the database key under a passphrase or a recovery code."""
    salt = secrets.token_bytes(16)
    empty = Wrap(kind, id, name, role, cost, salt, b"")
    nonce = secrets.token_bytes(12)
    box = nonce + ChaCha20Poly1305(_derive(secret, salt, cost)).encrypt(nonce, key, empty.bound)
    return replace(empty, box=box)


def unwrap_key(wrap: Wrap, secret: str) -> bytes:
    """The database key. Raises UserError keys.wrong_passphrase."""
    try:
        return ChaCha20Poly1305(_derive(secret, wrap.salt, wrap.cost)).decrypt(wrap.box[:12], wrap.box[12:], wrap.bound)
    except InvalidTag:
        raise UserError("keys.wrong_passphrase") from None


def new_recovery_code() -> str:
    """160 random bits as eight groups of five letters, the last of each group a check letter."""
    groups = []
    for _group in range(CODE_GROUPS):
        letters = "".join(secrets.choice(CODE_LETTERS) for _letter in range(GROUP_LENGTH - 1))
        groups.append(letters + _check_letter(letters))
    return "-".join(groups)


def _check_letter(letters: str) -> str:
    # Weights odd, so that they are units mod 32: one wrong letter is always found, most swaps too.
    return CODE_LETTERS[sum((2 * place + 1) * CODE_LETTERS.index(letter) for place, letter in enumerate(letters)) % 32]


def read_recovery_code(text: str) -> str:
    """The code in its one spelling. Raises UserError keys.code_garbled with the number of the wrong group."""
    letters = "".join(text.upper().split()).replace("-", "").replace("O", "0").replace("I", "1").replace("L", "1")
    groups = [letters[start : start + GROUP_LENGTH] for start in range(0, len(letters), GROUP_LENGTH)]
    for number, group in enumerate(groups, 1):
        right = len(group) == GROUP_LENGTH and all(letter in CODE_LETTERS for letter in group)
        if not right or _check_letter(group[:-1]) != group[-1]:
            raise UserError("keys.code_garbled", group=number)
    if len(groups) != CODE_GROUPS:
        raise UserError("keys.code_garbled", group=min(len(groups), CODE_GROUPS) or 1)
    return "-".join(groups)


def open_with(folder: Path, secret: str, user: str | None = None) -> tuple[bytes, UUID | None]:
    """The database key and the user whose passphrase it was; None for the recovery code.

    `user` narrows the search to one name. Raises UserError keys.wrong_passphrase, keys.damaged.
    """
    for wrap in read_keys(folder):
        if wrap.kind == "user" and user in (None, wrap.name):
            try:
                return unwrap_key(wrap, secret), UUID(hex=wrap.id)
            except UserError:
                continue
    raise UserError("keys.wrong_passphrase")


def open_with_recovery(folder: Path, code: str) -> bytes:
    """The database key by the printed code. Raises UserError keys.code_garbled, keys.wrong_passphrase."""
    spelled = read_recovery_code(code)
    for wrap in read_keys(folder):
        if wrap.kind == "recovery":
            return unwrap_key(wrap, spelled)
    raise UserError("keys.wrong_passphrase")
