"""Kill an act at random moments, as the power or the task manager does: `python -m tests.faults.kills ACT FOLDER`.

The act runs in a forked child on a fresh folder each time, and is killed with SIGKILL some milliseconds after its first
acknowledgement; then the check of the same name looks at what is left. Exit status 1 when anything is lost or half.
"""

from __future__ import annotations

import argparse
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

from covidstation.hub.database.store import Hub
from covidstation.services.access.opening import Register
from tests.faults.acts import ACTS, run
from tests.faults.care_acts import CARE
from tests.faults.checks import CHECKS
from tests.faults.haste import hurry
from tests.faults.hub_acts import HUB_ACTS, opened_hub
from tests.faults.sync_acts import SYNC_ACTS
from tests.services.samples import opened

ENOUGH = 1_000_000
SHORT, LONG = 0.25, 1.2  # seconds within which a kill falls; an act of care prepares its case first
LONGEST = 3.0  # seconds in which a register opens after a kill
KILLED = tuple(name for name in ACTS if name != "init")
PATIENCE = 20.0  # seconds for the first acknowledgement


def killed(act: str, folder: Path, dice: random.Random) -> int:
    """Run the act and kill it; how many times it was acknowledged."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(writing, 1)
        try:
            run(act, folder, ENOUGH)
        finally:
            os._exit(3)
    os.close(writing)
    said = b""
    ready, _, _ = select.select([reading], [], [], PATIENCE)
    if ready:
        said = os.read(reading, 1 << 16)
        time.sleep(dice.random() ** 2 * (LONG if act in CARE or act in SYNC_ACTS else SHORT))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while data := os.read(reading, 1 << 16):
        said += data
    os.close(reading)
    return int(said.split()[-1]) if said.endswith(b"\n") else 0


def open_again(act: str, folder: Path) -> Register | Hub:
    """What the act worked on, as its own program opens it."""
    return opened_hub(folder) if act in HUB_ACTS else opened(folder)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("act", choices=[*KILLED, "all"], help="all: the kills are divided among the acts")
    parser.add_argument("folder", type=Path, nargs="?", help="where the registers are made; without one, a temporary")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    hurry()
    acts = KILLED if options.act == "all" else (options.act,)
    kills = -(-options.kills // len(acts))
    with tempfile.TemporaryDirectory() as beside:
        place = options.folder or Path(beside)
        return max(loop(act, place / act, kills, options.seed) for act in acts)


def loop(act: str, place: Path, kills: int, seed: int) -> int:
    """Each kill on a register of its own; the exit status."""
    dice, total, bad, slowest = random.Random(seed), 0, 0, 0.0
    for number in range(kills):
        folder = place / str(number)
        folder.mkdir(parents=True)
        acknowledged = killed(act, folder, dice)
        total += acknowledged
        begun = time.monotonic()
        if acknowledged:
            open_again(act, folder).db.engine.dispose()
        slowest = max(slowest, time.monotonic() - begun)
        verdict = CHECKS[act](folder, acknowledged) if acknowledged else "never acknowledged"
        verdict = verdict or ("slow to open" if slowest > LONGEST else "")
        if verdict:
            bad += 1
            shutil.copytree(folder, place / f"bad {number}")
            sys.stderr.write(f"kill {number}: {acknowledged} acknowledged, {verdict}\n")
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(f"{act}: {kills} kills, {total} acknowledged, {bad} bad; opens in {slowest:.2f} s\n")
    sys.stdout.flush()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
