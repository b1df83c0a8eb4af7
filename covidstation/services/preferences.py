"""What the window knows before the register is open: a small plain file beside it, nothing about any patient.

The register holds the truth of these; the file is written again at each unlock and may be lost without harm.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from covidstation.db.key_file import replace_file
from covidstation.domain.canonical import decode
from covidstation.i18n import LANGUAGES

FILE: Final = "window.json"
_MOST: Final = 20_000


@dataclass(frozen=True, slots=True)
class Preferences:
    """`theme` is system, light or dark; `station` and `place` are the two lines of the unlock card."""

    language: str = "vi"
    theme: str = "system"
    station: str = ""
    place: str = ""
    last_user: str = ""
    training: bool = False
    lock_minutes: int = 5


def read_preferences(folder: Path) -> Preferences:
    """What was kept; the defaults for whatever is missing or unreadable."""
    try:
        with (folder / FILE).open("rb") as file:
            found = decode(file.read(_MOST))
    except (OSError, ValueError):
        return Preferences()
    if not isinstance(found, dict):
        return Preferences()
    texts = {name: str(found.get(name, ""))[:200] for name in ("station", "place", "last_user")}
    looks = {name: str(found[name]) for name in ("language", "theme") if name in found}
    minutes = found.get("lock_minutes")
    lock = minutes if type(minutes) is int and 1 <= minutes <= 15 else Preferences().lock_minutes
    kept = Preferences(**texts, **looks, training=found.get("training") is True, lock_minutes=lock)
    if kept.language not in LANGUAGES:
        kept = replace(kept, language="vi")
    return kept if kept.theme in ("system", "light", "dark") else replace(kept, theme="system")


def keep_preferences(folder: Path, preferences: Preferences) -> None:
    """Write them, if they changed; a folder that cannot be written keeps the old ones."""
    if read_preferences(folder) == preferences:
        return
    try:
        replace_file(folder / FILE, json.dumps(asdict(preferences), ensure_ascii=False).encode(errors="replace"))
    except OSError:
        return
