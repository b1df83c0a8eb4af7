"""From the process's start to the painted unlock card, and from Enter to the first list (docs/performance.md).

    python benchmarks/start.py DATA PASSPHRASE_FILE [--runs 7]

DATA is a register made by `covidstation init`. The key derivation is measured apart, since it is slow by design.
Each run is a new process; the middle one is printed, with the fastest and the slowest.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHILD = """
import json, sys, time
started, data, file = float(sys.argv[1]), sys.argv[2], sys.argv[3]
marks = {"python": time.time() - started}
from pathlib import Path
from PySide6.QtCore import QEvent, QObject, QTimer
from covidstation import bootstrap
marks["imports"] = time.time() - started

class Watch(QObject):
    def __init__(self, program):
        super().__init__(program)
        self.program, self.entered = program, 0.0
        self.timer = QTimer(self, interval=1)
        self.timer.timeout.connect(self.look)
        program.shell.installEventFilter(self)
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.UpdateRequest and "painted" not in marks:
            QTimer.singleShot(0, self.painted)
        return False
    def painted(self):
        if "painted" not in marks:
            marks["painted"] = time.time() - started
            QTimer.singleShot(3000, self.unlock)
    def unlock(self):
        view = self.program.shell.view()
        import argon2.low_level
        derive = argon2.low_level.hash_secret_raw
        from covidstation.db import keys
        def timed(*given):
            begun = time.time()
            try:
                return derive(*given)
            finally:
                marks["derived"] = marks.get("derived", 0.0) + time.time() - begun
        keys.hash_secret_raw = timed
        name = view._people.name()
        self.entered = time.time()
        view.unlock_asked.emit(name, Path(file).read_text(encoding="utf-8").split(chr(10))[0])
        self.timer.start()
    def look(self):
        view = self.program.shell.view()
        if type(view).__name__ != "MainWindow":
            return
        marks.setdefault("window", time.time() - self.entered)
        if "day" not in marks:
            if view.page("today")._work is None:
                return
            marks["day"] = time.time() - self.entered
        page = view.page("f0_list")
        if view.current() is not page:
            view.go("f0_list", force=True)
        elif page.model.rowCount() and page.model.record(0) is not None:
            marks["list"] = time.time() - self.entered
            self.timer.stop()
            print(json.dumps(marks), flush=True)
            self.program.end()
            import os
            os._exit(0)

begin = bootstrap.Program.start
def start(program):
    Watch(program)
    begin(program)
bootstrap.Program.start = start
bootstrap.run_window(Path(data), None)
"""

CACHE = Path(tempfile.gettempdir()) / "covidstation-benchmark-cache"


def one_run(data: Path, passphrase: Path) -> dict[str, float]:
    """The marks of one process, in seconds."""
    environment = {"QT_QPA_PLATFORM": "offscreen"} | os.environ | {"PYTHONPYCACHEPREFIX": str(CACHE)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its compiled modules
    command = [sys.executable, "-c", CHILD, repr(time.time()), str(data), str(passphrase)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    derived = found.get("derived", 0.0)
    return {
        "imports done": found["imports"],
        "unlock card painted": found["painted"],
        "key derivation": derived,
        "Enter to the window, key apart": found["window"] - derived,
        "Enter to the day's list, key apart": found["day"] - derived,
        "Enter to the F0 list, key apart": found["list"] - derived,
    }


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("passphrase", type=Path)
    parser.add_argument("--runs", type=int, default=7)
    given = parser.parse_args()
    one_run(given.data, given.passphrase)  # compiles
    runs = [one_run(given.data, given.passphrase) for _run in range(given.runs)]
    for name in runs[0]:
        values = sorted(run[name] for run in runs)
        print(f"{name:34} {statistics.median(values):6.3f} s   ({values[0]:.3f} to {values[-1]:.3f})")


if __name__ == "__main__":
    main()
