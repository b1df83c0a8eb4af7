"""Where the program stands: one folder a version beside its launcher, and the pointer that says which one starts.

    HOME/current      {"app": "app-0.2.0", "before": "app-0.1.0", "gave_up": ""}
    HOME/well         the version that was seen to start
    HOME/trying       how often the launcher has tried one that was not
    HOME/app-0.2.0/   the program's files

installer/launcher.py reads and writes the same files; it imports nothing of the program. The standard library alone:
the window asks before its first paint.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HOME: Final = "COVIDSTATION_HOME"  # set by the launcher
PREFIX: Final = "app-"
CURRENT: Final = "current"
WELL: Final = "well"
TRYING: Final = "trying"
_APP: Final = re.compile(r"app-\d{1,4}\.\d{1,4}\.\d{1,4}")


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which version starts, which one did before, and which one the launcher gave up."""

    app: str
    before: str = ""
    gave_up: str = ""


def home(environment: Mapping[str, str] = os.environ) -> Path | None:
    """The folder of the launcher that started this program; None when another way started it."""
    said = environment.get(HOME)
    return Path(said) if said and (Path(said) / CURRENT).is_file() else None


def platform_name() -> str:
    """What a package is built for: `windows-x86_64`, `linux-x86_64`."""
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    return f"{sys.platform.replace('win32', 'windows')}-{machine}"


def read_pointer(place: Path) -> Pointer:
    """The pointer. Raises ValueError for a file that is none, OSError for one that cannot be read."""
    try:
        value = json.loads((place / CURRENT).read_bytes())  # door: the launcher has the standard library alone
    except RecursionError as cause:
        raise ValueError("pointer") from cause
    if not isinstance(value, dict):
        raise ValueError("pointer")
    found = Pointer(*(str(value.get(name, "")) for name in ("app", "before", "gave_up")))
    if not all(_APP.fullmatch(name) for name in (found.app, found.before, found.gave_up) if name) or not found.app:
        raise ValueError("pointer")
    return found


def point_to(place: Path, pointer: Pointer) -> None:
    """Switch: written beside, synced, renamed, so that a power cut leaves the old pointer or the new one."""
    value = {"app": pointer.app, "before": pointer.before, "gave_up": pointer.gave_up}
    _replace(place / CURRENT, json.dumps(value).encode())


def started_well() -> None:
    """Tell the launcher that this version came as far as its first picture: it need not go back to the one before."""
    place = home()
    if place is None:
        return
    with suppress(OSError, ValueError):  # a folder that cannot be written must not keep anybody from working
        app = read_pointer(place).app
        if not (place / WELL).is_file() or (place / WELL).read_text("ascii") != app:
            _replace(place / WELL, app.encode("ascii"))
        (place / TRYING).unlink(missing_ok=True)


def given_up() -> str:
    """The version that the launcher gave up since it did not start, empty when there is none."""
    place = home()
    with suppress(OSError, ValueError):
        return read_pointer(place).gave_up.removeprefix(PREFIX) if place else ""
    return ""


def let_go(place: Path, keep: Pointer) -> None:
    """Remove versions that neither start nor are gone back to, and parts of what was never finished."""
    for one in place.glob(f"{PREFIX}*"):
        if one.name not in (keep.app, keep.before):
            shutil.rmtree(one, ignore_errors=True)


def _replace(path: Path, data: bytes) -> None:
    beside = path.with_name(path.name + ".part")
    with beside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    if os.name != "nt":
        handle = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
