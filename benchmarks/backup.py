"""A verified copy of a register of 100 MB while another thread saves (bar 9: ≤ 2 s, a writer waits ≤ 100 ms).

`python -m benchmarks.backup [--megabytes 100] [--rounds 3]` prints JSON: seconds of a copy, read back, looked over and
synced; milliseconds of the saves beside it, and of saves with no copy under way, since the disk's own sync is in both.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.measure import percentile, report
from covidstation.db.backup import make_backup
from covidstation.db.ids import new_id
from covidstation.db.keys import Cost
from covidstation.db.rows import HamletRow, PaperChunkRow
from covidstation.db.session import Database
from covidstation.domain.station import StationDraft
from covidstation.services.access.opening import open_register
from covidstation.services.station.setup import found_register

NOW = datetime(2022, 3, 10, 5, 40, tzinfo=UTC)
WORDS = "suối reo bên bản mới"


def filled(folder: Path, megabytes: int) -> Database:
    """A register of about that size."""
    station = StationDraft(commune_code="03517", name="Trạm Y tế xã Nậm Tăm", place_name="Nậm Tăm")
    found_register(folder, station, user_name="Lò Thị Mai", passphrase=WORDS, now=NOW, cost=Cost(8, 1, 1))
    db = open_register(folder, WORDS).db
    for number in range(megabytes):
        with db.write(None, NOW) as session:
            session.add_all(PaperChunkRow(hash=f"{number} {part}", data=os.urandom(250_000)) for part in range(4))
    return db


def save(db: Database, number: int) -> float:
    """One save of a nurse, in milliseconds."""
    began = time.perf_counter()
    with db.write(None, NOW + timedelta(seconds=number)) as session:
        session.add(HamletRow(id=new_id(), name=f"Bản {number}"))
    return (time.perf_counter() - began) * 1000


def beside(db: Database, started: int, done: threading.Event) -> list[float]:
    """Saves ten times a second until it is done."""
    times = []
    while not done.is_set():
        times.append(save(db, started + len(times)))
        time.sleep(0.1)
    return times


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as place, closing(filled(Path(place, "data"), options.megabytes)) as db:
        alone = [save(db, number) for number in range(30)]
        copies, works, waits = [], [], []
        for round_ in range(options.rounds):
            done, found = threading.Event(), list[float]()
            thread = threading.Thread(target=lambda f=found, d=done, r=round_: f.extend(beside(db, 1000 * (r + 1), d)))
            thread.start()
            began, worked = time.perf_counter(), time.thread_time()
            make_backup(db, now=NOW + timedelta(days=round_))
            copies.append(time.perf_counter() - began)
            works.append(time.thread_time() - worked)
            done.set()
            thread.join()
            waits += found
        figures = {
            "register_mb": db.path.stat().st_size >> 20,
            "copy_s": round(statistics.median(copies), 2),
            "fastest_copy_s": round(min(copies), 2),
            "copy_cpu_s": round(statistics.median(works), 2),
            "save_alone_ms": round(statistics.median(alone), 1),
            "save_beside_ms": round(statistics.median(waits), 1),
            "save_beside_p95_ms": round(percentile(waits, 0.95), 1),
            "save_beside_worst_ms": round(max(waits), 1),
        }
    report("backup", figures)


if __name__ == "__main__":
    main()
