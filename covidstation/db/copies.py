"""The copies beside the register as they lie there: what each says of itself, and whether it still is what was written.

Beside `register-….db` lie its keys and `register-….json`, which names what is in it without opening it: numbers and
hashes, nobody's name but the station's. A copy is judged by its bytes, so that no passphrase is needed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from covidstation.db.key_file import replace_file
from covidstation.domain.canonical import decode
from covidstation.domain.rotation import Held, from_the_future, to_keep

FOLDER: Final = "backups"
STALE: Final = 3600  # seconds after which a part belongs to nobody any more
MOST_FACTS: Final = 16 << 10
_NAME: Final = re.compile(r"register-(\d{8}-\d{6})\.db")
_STAMP: Final = "%Y%m%d-%H%M%S"


class Why(StrEnum):
    """What a copy was made for."""

    WORK = "work"
    HAND = "hand"
    MIGRATION = "migration"
    RESTORE = "restore"


class Health(StrEnum):
    """What is known of a copy without opening it."""

    WHOLE = "whole"
    DAMAGED = "damaged"
    UNKNOWN = "unknown"  # made before copies said what they are


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a copy says of itself. `mark` is equal for registers with nothing saved between them."""

    station: str = ""
    epoch: str = ""
    seq: int = 0
    mark: str = ""
    people: int = 0
    episodes: int = 0
    papers: int = 0
    last_report: str = ""  # ISO day
    schema: int = 0
    size: int = 0
    sha256: str = ""
    why: str = Why.WORK.value
    checked_on: str = ""  # ISO day of the last look on the slow round
    damaged: bool = False


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy. `made` is the wall clock in its name; `facts` is None for one of an earlier version."""

    path: Path
    made: datetime
    size: int
    facts: Facts | None
    ahead: bool = False  # its name bears a day that is still to come

    @property
    def keys(self) -> Path:
        """Its keys file."""
        return self.path.with_suffix(".keys.json")

    @property
    def health(self) -> Health:
        """As far as it was looked at: a file of another length is damaged at once."""
        if not self.keys.is_file():
            return Health.DAMAGED
        if self.facts is None:
            return Health.UNKNOWN
        whole = not self.facts.damaged and self.facts.size == self.size
        return Health.WHOLE if whole else Health.DAMAGED


def name_of(now: datetime) -> str:
    """`register-20220310-083000`, without an ending."""
    return f"register-{now.strftime(_STAMP)}"


def free_name(folder: Path, now: datetime) -> str:
    """The name of that second, or of the next one that nobody has: a clock that went back overwrites nothing."""
    while (folder / f"{name_of(now)}.db").exists():
        now += timedelta(seconds=1)
    return name_of(now)


def made_at(path: Path) -> datetime | None:
    """The wall clock in a copy's name; None when it is no copy's."""
    match = _NAME.fullmatch(path.name)
    with suppress(ValueError):
        return datetime.strptime(match[1], _STAMP) if match else None
    return None


def list_copies(folder: Path, now: datetime | None = None) -> list[Copy]:
    """The copies in that folder, newest name first. A folder that is not there has none; OSError is no copy's fault."""
    found = []
    with suppress(FileNotFoundError, NotADirectoryError):
        for path in folder.iterdir():
            made = made_at(path)
            if made is not None and path.is_file() and not path.is_symlink():
                ahead = now is not None and from_the_future(made, now)
                found.append(Copy(path, made, path.stat().st_size, read_facts(path.with_suffix(".json")), ahead))
    return sorted(found, key=lambda one: (one.made, one.path.name), reverse=True)


def read_facts(path: Path) -> Facts | None:
    """What stands beside a copy; None when it is missing or not what was written."""
    try:
        with path.open("rb") as file:
            return parse_facts(decode(file.read(MOST_FACTS)))
    except (OSError, ValueError, RecursionError):
        return None


def parse_facts(found: Any) -> Facts:
    """From JSON of a file that anyone may have written. Raises ValueError."""
    kinds = {name: type(value) for name, value in asdict(Facts()).items()}
    if not isinstance(found, dict) or not found.keys() <= kinds.keys():
        raise ValueError("not the facts of a copy")
    if any(type(value) is not kinds[name] for name, value in found.items()):
        raise ValueError("not the facts of a copy")
    facts = Facts(**found)
    if len(facts.station) > 200 or min(facts.seq, facts.people, facts.episodes, facts.papers, facts.size) < 0:
        raise ValueError("not the facts of a copy")
    if facts.last_report:
        date.fromisoformat(facts.last_report)
    return facts


def write_facts(path: Path, facts: Facts) -> None:
    """Beside a copy, old or new."""
    replace_file(path.with_suffix(".json"), json.dumps(asdict(facts), ensure_ascii=False, indent=1).encode())


def digest(path: Path) -> str:
    """SHA-256 of what the disk gives back, past the system's cache where it can be dropped."""
    with path.open("rb") as file:
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_whole(copy: Copy) -> bool | None:
    """Read every byte and compare; None when it never said what they were."""
    if copy.facts is None or not copy.facts.sha256:
        return None
    try:
        return copy.health is Health.WHOLE and digest(copy.path) == copy.facts.sha256
    except OSError:
        return False


def look_at_one(folder: Path, now: datetime) -> Copy | None:
    """The slow round: once a day read the copy that was looked at longest ago, and remember what was found.

    Returns it when it is damaged, so that it can be named; None when all is well or it was done today.
    """
    today = now.date().isoformat()
    asked = [(copy, copy.facts) for copy in list_copies(folder, now) if copy.facts is not None]
    if not asked or any(facts.checked_on == today for _copy, facts in asked):
        return None
    copy, facts = min(asked, key=lambda one: (one[1].checked_on, one[0].made))
    whole = bool(is_whole(copy))
    facts = replace(facts, checked_on=today, damaged=not whole)
    with suppress(OSError):
        write_facts(copy.path, facts)
    return None if whole else replace(copy, facts=facts)


def let_go(folder: Path, today: date) -> None:
    """Take away what the rotation no longer keeps, and parts and companions that belong to nothing."""
    copies = list_copies(folder)
    held = [Held(one.path.name, one.made, one.health is not Health.DAMAGED) for one in copies]
    kept = to_keep(held, today)
    for one in copies:
        if one.path.name not in kept:
            one.path.unlink()
            one.keys.unlink(missing_ok=True)
            one.path.with_suffix(".json").unlink(missing_ok=True)
    for torn in folder.glob("register-*.part"):
        if torn.stat().st_mtime < time.time() - STALE:
            torn.unlink()
    for left in (*folder.glob("register-*.json"),):
        name = left.name.split(".", 1)[0]
        stale = left.stat().st_mtime < time.time() - STALE
        if stale and not any((folder / f"{name}{ending}").exists() for ending in (".db", ".part")):
            left.unlink()
