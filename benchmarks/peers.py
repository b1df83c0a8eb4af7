"""Other programs on the same work, in the same run: ours and theirs in turn, so that the machine is the same for all.

`python -m benchmarks.peers --folder RUNNERS --peer NAME=COMMAND … [--rounds 3]` prints JSON. A runner is any command
that works through 10,000 new, 10,000 changed, 100 new, 100 changed and nothing, and prints one JSON object a step
(`phase`, `wall_s`, `bytes_per_rec`) for one round; it is started in RUNNERS. What is said of a peer is the median of
its rounds. `NET="600 64"` in the environment reaches the runners as it is.
"""

from __future__ import annotations

import argparse
import json
import shlex
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.bundle import one_round
from benchmarks.measure import report

LONGEST_S = 900  # for one round of one peer
OURS = {"new_10000": "push N new", "updates_10000": "push N updates", "new_100": "push 100 new"}
OURS["updates_100"] = "push 100 updates"

Steps = dict[str, tuple[float, float]]  # seconds, bytes a record


def ours(seed: int) -> Steps:
    """One round of `benchmarks.bundle`: from lines to a file, and from the file into the hub."""
    with tempfile.TemporaryDirectory() as folder:
        steps = one_round(Path(folder), seed)
    return {phase: (steps[name]["total_ms"] / 1000, steps[name]["bytes_per_record"]) for name, phase in OURS.items()}


def theirs(command: str, folder: Path) -> Steps:
    """One round of a peer's runner; what it prints that is no step is passed over."""
    ran = subprocess.run(
        shlex.split(command), cwd=folder, capture_output=True, text=True, timeout=LONGEST_S, check=False
    )
    steps: Steps = {}
    for line in ran.stdout.partition("MEDIANS")[0].splitlines():
        said: Any = json.loads(line) if line.startswith("{") else {}
        if "bytes_per_rec" in said:
            steps[said["phase"]] = (said["wall_s"], said["bytes_per_rec"])
    if not steps:
        raise SystemExit(f"{command}: {ran.stdout[-500:]} {ran.stderr[-500:]}")
    return steps


def main() -> int:
    """Print the medians of all, side by side."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=Path())
    parser.add_argument("--peer", action="append", default=[], metavar="NAME=COMMAND")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    peers = dict(one.split("=", 1) for one in given.peer)
    rounds: dict[str, list[Steps]] = defaultdict(list)
    for seed in range(given.rounds):
        rounds["covidstation"].append(ours(seed))
        for name, command in peers.items():
            rounds[name].append(theirs(command, given.folder))
    figures = {
        name: {
            phase: {
                "seconds": round(statistics.median(one[phase][0] for one in ran), 3),
                "bytes_per_record": round(statistics.median(one[phase][1] for one in ran), 1),
            }
            for phase in ran[0]
        }
        for name, ran in rounds.items()
    }
    report("peers", {"rounds": given.rounds, **figures})
    return 0


if __name__ == "__main__":
    sys.exit(main())
