"""The file of wraps beside the register, read and written without any cryptography: the first window needs its names.

What a wrap is and how it is opened: `covidstation.db.keys`.
"""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal
from uuid import UUID

from covidstation.errors import UserError

FILE = "keys.json"
FORMAT = 1
MOST_SIZE = 1 << 20
SALT, BOX = 16, 12 + 32 + 16  # bytes; a box is nonce, key and seal
MOST_COST = (1 << 20, 100, 16)  # memory in KiB, rounds, lanes: a file cannot ask for more

WrapKind = Literal["user", "recovery"]


@dataclass(frozen=True, slots=True)
class Cost:
    """Argon2id parameters, kept in each wrap."""

    memory_kib: int = 65_536
    rounds: int = 3
    lanes: int = 2


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


def write_keys(folder: Path, wraps: list[Wrap]) -> None:
    """Replace keys.json as a whole: the old one stands until the new one is safe on the disk."""
    found = {"format": FORMAT, "wraps": [_to_json(wrap) for wrap in wraps]}
    replace_file(folder / FILE, json.dumps(found, ensure_ascii=False, indent=1).encode())


def read_keys(folder: Path) -> list[Wrap]:
    """All wraps. Raises UserError keys.damaged when the file is missing or is not what was written."""
    try:
        with (folder / FILE).open("rb") as file:
            found = json.loads(file.read(MOST_SIZE))
        if found["format"] != FORMAT:
            raise UserError("station.newer_data", found=found["format"], known=FORMAT)
        return [_from_json(wrap) for wrap in found["wraps"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as cause:
        raise UserError("keys.damaged") from cause


def _to_json(wrap: Wrap) -> dict[str, object]:
    return asdict(wrap) | {"salt": b64encode(wrap.salt).decode(), "box": b64encode(wrap.box).decode()}


def _from_json(found: dict[str, object]) -> Wrap:
    cost = found["cost"]
    if not isinstance(cost, dict) or found["kind"] not in ("user", "recovery"):
        raise ValueError("not a wrap")
    wrap = Wrap(
        kind=found["kind"],
        id=str(found["id"]) if found["kind"] == "recovery" else UUID(hex=str(found["id"])).hex,
        name=str(found["name"]),
        role=str(found["role"]),
        cost=Cost(**{name: int(value) for name, value in cost.items()}),
        salt=b64decode(str(found["salt"]), validate=True),
        box=b64decode(str(found["box"]), validate=True),
    )
    asked = (wrap.cost.memory_kib, wrap.cost.rounds, wrap.cost.lanes)
    if any(not 1 <= one <= most for one, most in zip(asked, MOST_COST, strict=True)):
        raise ValueError("not a cost")
    if asked[0] < 8 * asked[2] or (len(wrap.salt), len(wrap.box)) != (SALT, BOX):
        raise ValueError("not a wrap")
    return wrap


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
