"""The file of wraps beside the register, read and written without any cryptography: the first window needs its names.

What a wrap is and how it is opened: `covidstation.db.keys`.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal
from uuid import UUID

from covidstation.domain.canonical import decode
from covidstation.errors import UserError

FILE = "keys.json"
FORMAT = 2
MOST_SIZE = 1 << 20
SALT, DIRECT_BOX, BOX = 16, 12 + 32 + 16, 12 + 74 + 16  # bytes; a box is nonce, what is in it, and seal
MOST_SEALED = 4096
SUM = 16  # hexadecimal digits
MOST_COST = (1 << 20, 100, 16)  # memory in KiB, rounds, lanes: a file cannot ask for more

WrapKind = Literal["user", "recovery", "escrow"]
_PUBLIC = re.compile(r"age1[0-9a-z]{58}")


@dataclass(frozen=True, slots=True)
class Cost:
    """Argon2id parameters, kept in each wrap."""

    memory_kib: int = 65_536
    rounds: int = 3
    lanes: int = 2


@dataclass(frozen=True, slots=True)
class Wrap:
    """One way to the register's key.

    Format 2: `box` holds an age identity under a passphrase, `sealed` the register's key for the identity's `public`
    half; while the register gets another key, `next` holds that one. The escrow has no box: its identity lies at the
    district. Format 1 (`public` is empty): the key itself was in the box. `name` and `role` are for the unlock card
    only; the register says who somebody is.
    """

    kind: WrapKind
    id: str  # user's id in hex, or "recovery", "escrow"
    name: str
    role: str
    cost: Cost
    salt: bytes
    box: bytes
    public: str = ""  # age1…
    sealed: bytes = b""
    next: bytes = b""
    once: bool = False  # a passphrase that another person has seen: it must be replaced when it is first used
    whole: bool | None = field(
        default=True, compare=False
    )  # by its sum in the file; None: written before there was one

    @property
    def bound(self) -> bytes:
        """What the box is bound to: it cannot be given to another user, nor a one-time passphrase be made to last."""
        if not self.public:
            return f"covidstation|1|{self.kind}|{self.id}|{self.role}".encode()
        once = "once" if self.once else "own"
        return f"covidstation|2|{self.kind}|{self.id}|{once}|{self.public}".encode()


def write_keys(folder: Path, wraps: Iterable[Wrap]) -> None:
    """Replace keys.json as a whole: the old one stands until the new one is safe on the disk."""
    write_key_file(folder / FILE, wraps)


def write_key_file(path: Path, wraps: Iterable[Wrap]) -> None:
    """The same of a copy beside a backup."""
    found = {"format": FORMAT, "wraps": [_to_json(wrap) for wrap in wraps]}
    replace_file(path, json.dumps(found, ensure_ascii=False, indent=1).encode())


def read_keys(folder: Path) -> list[Wrap]:
    """All wraps. Raises UserError keys.damaged when the file is missing or is not what was written."""
    return read_key_file(folder / FILE)


def read_key_file(path: Path) -> list[Wrap]:
    """The same of a copy beside a backup."""
    try:
        with path.open("rb") as file:
            found = decode(file.read(MOST_SIZE))
        if found["format"] not in (1, FORMAT):
            raise UserError("station.newer_data", found=found["format"], known=FORMAT)
        return [_from_json(wrap) for wrap in found["wraps"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as cause:
        raise UserError("keys.damaged") from cause


def _to_json(wrap: Wrap) -> dict[str, object]:
    found: dict[str, object] = {"kind": wrap.kind, "id": wrap.id, "name": wrap.name, "role": wrap.role}
    if wrap.kind != "escrow":
        found |= {"cost": asdict(wrap.cost), "salt": _text(wrap.salt), "box": _text(wrap.box)}
    if wrap.public:
        found |= {"public": wrap.public, "sealed": _text(wrap.sealed)}
    if wrap.next:
        found["next"] = _text(wrap.next)
    if wrap.once:
        found["once"] = True
    found["sum"] = "" if wrap.whole is False else _sum(found)  # what is damaged is not made good by writing it again
    return found


def _sum(found: dict[str, object]) -> str:
    """Tells a damaged entry from a wrong passphrase; it guards against disks, not against people."""
    rest = {name: value for name, value in found.items() if name != "sum"}
    words = json.dumps(rest, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")
    return hashlib.sha256(words).hexdigest()[:SUM]


def _text(value: bytes) -> str:
    return b64encode(value).decode()


def _bytes(found: dict[str, object], name: str) -> bytes:
    return b64decode(str(found.get(name, "")), validate=True)


def _from_json(found: dict[str, object]) -> Wrap:
    kind = found["kind"]
    if kind not in ("user", "recovery", "escrow"):
        raise ValueError("not a wrap")
    wrap = Wrap(
        kind=kind,
        id=UUID(hex=str(found["id"])).hex if kind == "user" else str(found["id"]),
        name=str(found["name"]),
        role=str(found["role"]),
        cost=Cost() if kind == "escrow" else _cost(found["cost"]),
        salt=_bytes(found, "salt"),
        box=_bytes(found, "box"),
        public=str(found.get("public", "")),
        sealed=_bytes(found, "sealed"),
        next=_bytes(found, "next"),
        once=found.get("once") is True,
        whole=None if "sum" not in found else found["sum"] == _sum(found),
    )
    wanted = (0, 0) if kind == "escrow" else (SALT, BOX if wrap.public else DIRECT_BOX)
    if (len(wrap.salt), len(wrap.box)) != wanted or max(len(wrap.sealed), len(wrap.next)) > MOST_SEALED:
        raise ValueError("not a wrap")
    if (wrap.public or kind == "escrow") and not (wrap.sealed and _PUBLIC.fullmatch(wrap.public)):
        raise ValueError("not a wrap")
    return wrap


def _cost(found: object) -> Cost:
    if not isinstance(found, dict):
        raise TypeError("not a cost")
    cost = Cost(**{name: int(value) for name, value in found.items()})
    asked = (cost.memory_kib, cost.rounds, cost.lanes)
    if any(not 1 <= one <= most for one, most in zip(asked, MOST_COST, strict=True)) or asked[0] < 8 * asked[2]:
        raise ValueError("not a cost")
    return cost


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
