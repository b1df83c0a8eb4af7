"""Kill an act at random moments, as the power or the task manager does: `python -m tests.faults.kills ACT FOLDER`.

The act runs in a forked child on a fresh folder each time, and is killed with SIGKILL some milliseconds after its first
acknowledgement; then the check of the same name looks at what is left. Exit status 1 when anything is lost or half.
"""

from __future__ import annotations

import argparse
import os
import random
import select
import signal
import sys
import time
from pathlib import Path

from tests.faults.acts import ACTS, run
from tests.faults.care_acts import CARE
from tests.faults.checks import CHECKS
from tests.services.samples import catalog

ENOUGH = 1_000_000
SHORT, LONG = 0.25, 1.2  # seconds within which a kill falls; an act of care prepares its case first
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
        time.sleep(dice.random() ** 2 * (LONG if act in CARE else SHORT))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    while data := os.read(reading, 1 << 16):
        said += data
    os.close(reading)
    return int(said.split()[-1]) if said.endswith(b"\n") else 0


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("act", choices=[name for name in ACTS if name != "init"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice, total, bad = random.Random(options.seed), 0, 0
    assert catalog().units and catalog().packs  # read once, before the forks
    for number in range(options.kills):
        folder = options.folder / str(number)
        folder.mkdir(parents=True)
        acknowledged = killed(options.act, folder, dice)
        total += acknowledged
        verdict = CHECKS[options.act](folder, acknowledged) if acknowledged else "never acknowledged"
        if verdict:
            bad += 1
            sys.stderr.write(f"kill {number}: {acknowledged} acknowledged, {verdict}\n")
    sys.stdout.write(f"{options.act}: {options.kills} kills, {total} acknowledged, {bad} bad\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
