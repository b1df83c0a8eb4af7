"""Keys files as the first version wrote them: the register's key itself in the box, bound to user and role."""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from covidstation.db.key_file import Cost, Wrap
from tests.services.samples import CHEAP


def first_format(key: bytes, secret: str, *, kind: str, id: str, name: str, role: str, cost: Cost = CHEAP) -> Wrap:
    """One wrap."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    made = hash_secret_raw(secret.encode(), salt, cost.rounds, cost.memory_kib, cost.lanes, 32, Type.ID)
    bound = f"covidstation|1|{kind}|{id}|{role}".encode()
    return Wrap(kind, id, name, role, cost, salt, nonce + ChaCha20Poly1305(made).encrypt(nonce, key, bound))


def write_first_format(folder: Path, *wraps: Wrap) -> None:
    """The file, written as that version did."""
    lines = [
        {
            "kind": wrap.kind,
            "id": wrap.id,
            "name": wrap.name,
            "role": wrap.role,
            "cost": {"memory_kib": wrap.cost.memory_kib, "rounds": wrap.cost.rounds, "lanes": wrap.cost.lanes},
            "salt": b64encode(wrap.salt).decode(),
            "box": b64encode(wrap.box).decode(),
        }
        for wrap in wraps
    ]
    (folder / "keys.json").write_text(json.dumps({"format": 1, "wraps": lines}), encoding="utf-8")
