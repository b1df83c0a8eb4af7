"""Starts the version of CovidStation that `current` names, and goes back to the one before when it does not start.

It is the one part that an update does not replace, so it knows as little as possible: the standard library, three small
files (covidstation/update/stand.py), and folders `app-VERSION`, each with a file `start` of two lines: what to run for
the window, and what for the command line.

A window that has not yet been seen to start is tried twice. When both tries end, or die, before the program says that
its first picture stood (`well`), the launcher points back and starts the old version, which says what happened. Nothing
of a station's data lies here, and a register is lifted only after that first picture.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

TRIES = 2
POLL = 0.2


def here() -> Path:
    """The folder of the launcher."""
    return Path(sys.executable if getattr(sys, "frozen", False) else __file__).resolve().parent


def write(path: Path, data: bytes) -> bool:
    """The old file or the new one, whatever happens; whether the disk took it. A full one keeps nobody from working."""
    beside = path.with_name(path.name + ".part")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        return False
    return True


def read_object(path: Path) -> dict[str, object]:
    """A JSON object; empty for anything else."""
    try:
        value = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def start_file(home: Path, app: str, *, console: bool = False) -> Path | None:
    """What that version runs for a window, or for a command line; None when it is not whole."""
    try:
        names = (home / app / "start").read_text("utf-8").splitlines()
        file = home / app / names[console]
    except (OSError, ValueError, IndexError):
        return None
    return file if app.startswith("app-") and os.sep not in app and file.is_file() else None


def choose(home: Path) -> dict[str, str]:
    """The pointer, or what is nearest to it when the file or its version is gone."""
    found = read_object(home / "current")
    pointer = {name: str(found.get(name, "")) for name in ("app", "before", "gave_up")}
    if start_file(home, pointer["app"]):
        return pointer
    there = sorted(
        (one.name for one in home.glob("app-*") if start_file(home, one.name)),
        key=lambda name: [int(part) if part.isdigit() else -1 for part in name[4:].split(".")],
    )
    if pointer["before"] in there:
        there = [pointer["before"]]
    if not there:
        sys.exit("CovidStation: no version is installed here; install it anew. The register is not touched by that.")
    pointer = {"app": there[-1], "before": "", "gave_up": pointer["app"]}
    write(home / "current", json.dumps(pointer).encode())
    return pointer


def is_well(home: Path, app: str) -> bool:
    """Whether that version was seen to start."""
    try:
        return (home / "well").read_text("ascii").strip() == app
    except (OSError, ValueError):
        return False


def begin(home: Path, app: str, words: list[str]) -> subprocess.Popen[bytes] | None:
    """Start it; None when it cannot even be started."""
    file = start_file(home, app, console=bool(words))
    if file is None:
        return None
    command = [sys.executable, "-P", str(file)] if file.suffix == ".py" else [str(file)]
    try:
        return subprocess.Popen([*command, *words], env={**os.environ, "COVIDSTATION_HOME": str(home)})
    except OSError:
        return None


def try_window(home: Path, app: str) -> bool:
    """Start a window that was never seen to start; True once it was, or when its user closed it in peace."""
    running = begin(home, app, [])
    while running is not None:
        if is_well(home, app):
            return True
        try:
            return running.wait(POLL) == 0
        except subprocess.TimeoutExpired:
            continue
    return False


def go_back(home: Path, pointer: dict[str, str]) -> str:
    """Point to the version before, when there is one; the version that starts now."""
    if not start_file(home, pointer["before"]):
        return pointer["app"]
    write(home / "current", json.dumps({"app": pointer["before"], "before": "", "gave_up": pointer["app"]}).encode())
    return pointer["before"]


def open_window(home: Path) -> int:
    """The current version; after two tries the one before."""
    pointer = choose(home)
    app = pointer["app"]
    unwritten = 0  # tries that the disk could not remember
    while not is_well(home, app):
        tried = read_object(home / "trying")
        past = tried.get("times") if tried.get("app") == app else 0
        times = max(past if isinstance(past, int) else 0, unwritten)
        if times >= TRIES:
            app = go_back(home, pointer)
            break
        if not write(home / "trying", json.dumps({"app": app, "times": times + 1}).encode()):
            unwritten = times + 1
        if try_window(home, app):
            return 0
        time.sleep(POLL)
    running = begin(home, app, [])
    return 1 if running is None else 0


def main(words: list[str]) -> int:
    """A window without words; with words the command line, which is waited for."""
    home = here()
    if not words:
        return open_window(home)
    running = begin(home, choose(home)["app"], words)
    return 1 if running is None else running.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
