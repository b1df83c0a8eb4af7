"""Kill the whole program, window and all: `python -m tests.faults.window_kills [--kills 20]`.

The real program starts offscreen on a register, unlocks it, and saves F0s through its desk while its pages load and its
timers run; at a random moment it is killed. What it acknowledged must be there, whole, and the register opens within
three seconds. One folder all the way, as at a station. Exit status 1 when anything is lost, half, or slow.

`--migrate`: each time a register of the first release, killed somewhere between its copy before the lifting and its
first page; then the program is started again and must show all that the old register had.
"""

from __future__ import annotations

import argparse
import itertools
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from covidstation.bootstrap import Program
from covidstation.db.backup import FOLDER
from covidstation.services.episodes import register_f0
from covidstation.ui.main import MainWindow
from tests.faults.acts import OLD
from tests.faults.checks import CHECKS, OLD_ROWS
from tests.services.samples import NOW, PASSPHRASE, catalog, f0, found, neighbour, opened

PATIENCE = 60.0
LONGEST = 3.0  # seconds in which a register opens after a kill
LIFTING = 1.5  # seconds after the copy before the lifting has begun
WITHIN = 2.5  # seconds after the first save in which the kill falls


def work(folder: Path, first: int) -> None:
    """In the child: the program, and somebody who saves without end."""
    app = QApplication([])
    passphrase = folder.with_name("passphrase")
    passphrase.write_text(PASSPHRASE, encoding="utf-8")
    program = Program(app, folder, passphrase)
    program.start()
    numbers = itertools.count(first)

    def save(window: MainWindow) -> None:
        number = next(numbers)
        draft = f0(neighbour(number), new_household_head=neighbour(number).full_name)
        op = partial(register_f0, window._desk.register.db, draft, catalog=catalog(), by=None, now=NOW)
        window._desk.act(window, op, lambda _episode: saved(window, number))

    def saved(window: MainWindow, number: int) -> None:
        os.write(1, f"ACK {number}\n".encode())
        QTimer.singleShot(0, lambda: save(window))

    def wait() -> None:
        view = program.shell.view()
        if isinstance(view, MainWindow):
            save(view)
        else:
            QTimer.singleShot(20, wait)

    QTimer.singleShot(0, wait)
    app.exec()


def killed(folder: Path, first: int, dice: random.Random) -> int:
    """Start the program, kill it; how many saves it acknowledged."""
    command = [sys.executable, "-m", "tests.faults.window_kills", "--work", str(folder), str(first)]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment)
    assert child.stdout is not None
    timer = time.monotonic()
    said = child.stdout.readline()
    while not said and child.poll() is None and time.monotonic() - timer < PATIENCE:
        said = child.stdout.readline()
    time.sleep(dice.random() * WITHIN)
    child.kill()
    rest, _nothing = child.communicate()
    return (said + rest).count(b"\n")


def cut_off(folder: Path, dice: random.Random) -> str:
    """Kill the program while it lifts an old register, and start it again; what is wrong then, '' for nothing."""
    shutil.copytree(OLD, folder)
    window = [sys.executable, "-m", "tests.faults.full", "--window", str(folder), str(OLD_ROWS[0])]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    child = subprocess.Popen(window, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
    end = time.monotonic() + PATIENCE
    while not list(folder.glob(f"{FOLDER}/*")) and child.poll() is None and time.monotonic() < end:
        time.sleep(0.002)
    begun = bool(list(folder.glob(f"{FOLDER}/*")))
    time.sleep(dice.random() * LIFTING)
    child.kill()
    child.wait()
    if not begun:
        return "it never began"
    if subprocess.run(window, env=environment, check=False, timeout=2 * PATIENCE).returncode:
        return "the window does not open it"
    return CHECKS["migrate"](folder, 1)


def migrations(kills: int, seed: int) -> int:
    """Each kill on an old register of its own; the exit status."""
    dice, bad = random.Random(seed), 0
    for number in range(kills):
        with tempfile.TemporaryDirectory() as place:
            verdict = cut_off(Path(place, "data"), dice)
        bad += bool(verdict)
        if verdict:
            sys.stderr.write(f"kill {number}: {verdict}\n")
    sys.stdout.write(f"window, lifting: {kills} kills, {bad} bad\n")
    return int(bad > 0)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--migrate", action="store_true", help="while an old register is lifted")
    parser.add_argument("--work", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        work(Path(options.work[0]), int(options.work[1]))
        return 0
    if options.migrate:
        return migrations(options.kills, options.seed)
    dice, total, bad, slowest = random.Random(options.seed), 0, 0, 0.0
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "data")
        found(folder)
        for number in range(options.kills):
            total += killed(folder, 1000 * number, dice)
            begun = time.monotonic()
            opened(folder).db.engine.dispose()
            slowest = max(slowest, time.monotonic() - begun)
            verdict = CHECKS["save"](folder, total + 1) or ("never saved" if not total else "")
            bad += bool(verdict)
            if verdict:
                sys.stderr.write(f"kill {number}: {total} acknowledged, {verdict}\n")
    slow = slowest > LONGEST
    sys.stdout.write(f"window: {options.kills} kills, {total} acknowledged, {bad} bad; opens in {slowest:.2f} s\n")
    return int(bad > 0 or slow)


if __name__ == "__main__":
    sys.exit(main())
