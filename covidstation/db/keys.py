"""The register's random key, wrapped once for each user and once for the recovery code (docs/adr/0009).

`keys.json` holds only wraps: Argon2id of a passphrase gives the key of a ChaCha20-Poly1305 box around the 32-byte
database key, bound to the user's id and role. A wrong passphrase changes nothing.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal
from unicodedata import normalize
from uuid import UUID

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from covidstation.errors import UserError

FILE = "keys.json"
FORMAT = 1
LEAST_LENGTH = 8
CODE_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I L O U to mistake
CODE_GROUPS, GROUP_LENGTH = 8, 5  # four letters of secret (20 bits) and one of check in each group

WrapKind = Literal["user", "recovery"]


@dataclass(frozen=True, slots=True)
class Cost:
    """Argon2id parameters, kept in each wrap."""

    memory_kib: int = 65_536
    rounds: int = 3
    lanes: int = 2


FLOOR = Cost(19_456, 2, 1)  # OWASP's least


@dataclass(frozen=True, slots=True)
class Wrap:
    """The database key in one box."""

    kind: WrapKind
    id: str  # user's id in hex, or "recovery"
    name: str
    role: str
    cost: Cost
    salt: bytes
    box: bytes

    @property
    def bound(self) -> bytes:
        """What the box is bound to: a wrap cannot be given to another user or role."""
        return f"covidstation|{FORMAT}|{self.kind}|{self.id}|{self.role}".encode()


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


def write_keys(folder: Path, wraps: list[Wrap]) -> None:
    """Replace keys.json as a whole: the old one stands until the new one is safe on the disk."""
    found = {"format": FORMAT, "wraps": [_to_json(wrap) for wrap in wraps]}
    replace_file(folder / FILE, json.dumps(found, ensure_ascii=False, indent=1).encode())


def read_keys(folder: Path) -> list[Wrap]:
    """All wraps. Raises UserError keys.damaged when the file is missing or is not what was written."""
    try:
        found = json.loads((folder / FILE).read_bytes())
        if found["format"] != FORMAT:
            raise UserError("station.newer_data", found=found["format"], known=FORMAT)
        return [_from_json(wrap) for wrap in found["wraps"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as cause:
        raise UserError("keys.damaged") from cause


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


def _to_json(wrap: Wrap) -> dict[str, object]:
    return asdict(wrap) | {"salt": b64encode(wrap.salt).decode(), "box": b64encode(wrap.box).decode()}


def _from_json(found: dict[str, object]) -> Wrap:
    cost = found["cost"]
    if not isinstance(cost, dict) or found["kind"] not in ("user", "recovery"):
        raise ValueError("not a wrap")
    return Wrap(
        kind=found["kind"],
        id=str(found["id"]),
        name=str(found["name"]),
        role=str(found["role"]),
        cost=Cost(**{name: int(value) for name, value in cost.items()}),
        salt=b64decode(str(found["salt"]), validate=True),
        box=b64decode(str(found["box"]), validate=True),
    )


def replace_file(path: Path, data: bytes) -> None:
    """Write beside, sync, rename, sync the folder: the old file or the new one, never a part."""
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make names in the folder durable, where the system has a call for it."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
