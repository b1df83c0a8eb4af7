"""One damaged bit in the log of a register that was killed: SQLite drops the log's tail and says nothing.

    python -m tests.faults.log_flips /tmp/f --flips 100

A child process saves and is killed with SIGKILL; then, each time in a fresh copy, one bit of `register.db-wal` is
turned over and the register opened as the program opens it. Either nothing is lost, or the loss is named.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import func, select

from covidstation.db.rows import AuditRow, HamletRow
from covidstation.domain.audit import AuditAction
from covidstation.errors import UserError
from covidstation.services.places import add_hamlet
from tests.services.samples import NOW, found, opened

SAVES: Final = 12
LOG: Final = "register.db-wal"
CHILD_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Count:
    """What became of the flips."""

    flips: int = 0
    named: int = 0  # something was lost, and the opening said so
    refused: int = 0  # the register did not open, with a sentence
    harmless: int = 0  # everything is there
    silent: int = 0  # something was lost and nobody said it


def child(folder: Path) -> None:
    """Save, and die without closing anything."""
    db = opened(folder).db
    for number in range(SAVES):
        add_hamlet(db, f"Bản số {number}", by=None, now=NOW)
        db.note(AuditAction.PRINT, detail={"what": "f0_list"}, now=NOW)
    os.kill(os.getpid(), signal.SIGKILL)


def killed(folder: Path) -> Path:
    """A register whose last saves stand in the log alone."""
    found(folder)
    words = [sys.executable, "-m", "tests.faults.log_flips", str(folder), "--child"]
    done = subprocess.run(words, timeout=CHILD_SECONDS, check=False)
    assert done.returncode == -signal.SIGKILL, done
    assert (folder / LOG).stat().st_size > 0
    return folder


def contents(folder: Path) -> tuple[int, int, bool]:
    """How many hamlets and entries there are, and whether the opening named a loss."""
    register = opened(folder)
    try:
        with register.db.read() as session:
            hamlets = session.scalar(select(func.count()).select_from(HamletRow)) or 0
            prints = select(func.count()).where(AuditRow.action == AuditAction.PRINT.value)
            return hamlets, session.scalar(prints) or 0, register.loss is not None
    finally:
        register.db.engine.dispose()
        register.db.let_go()


def flip(folder: Path, work: Path, bit: int) -> str:
    """Turn that bit over in a copy; named, refused, harmless or silent."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(folder, work)
    data = bytearray((work / LOG).read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    (work / LOG).write_bytes(data)
    try:
        hamlets, prints, named = contents(work)
    except UserError:
        return "refused"
    whole = (hamlets, prints) == (SAVES, SAVES)
    return "named" if named else "harmless" if whole else "silent"


def run(folder: Path, flips: int, seed: int = 7) -> Count:
    """So many bits, drawn from the whole log."""
    killed(folder / "data")
    luck = random.Random(seed)
    bits = [luck.randrange((folder / "data" / LOG).stat().st_size * 8) for _one in range(flips)]
    outcomes = [flip(folder / "data", folder / "work", bit) for bit in bits]
    names = ("named", "refused", "harmless", "silent")
    return Count(flips, *(outcomes.count(name) for name in names))


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--flips", type=int, default=100)
    parser.add_argument("--child", action="store_true")
    arguments = parser.parse_args()
    if arguments.child:
        child(arguments.folder)
    count = run(arguments.folder, arguments.flips)
    sys.stdout.write(f"{count}\n")
    sys.exit(1 if count.silent else 0)


if __name__ == "__main__":
    main()
