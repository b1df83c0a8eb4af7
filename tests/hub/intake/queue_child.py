"""A hub that keeps files and takes them in until it is killed; arguments: database, folder of keys, folder of files."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from covidstation.hub.database.store import open_hub, place_of
from covidstation.hub.intake.queue import enqueue
from covidstation.hub.intake.workers import Workers
from tests.hub.conftest import PASSPHRASE
from tests.hub.fake_stations import NOW

if __name__ == "__main__":
    database, folder, files = sys.argv[1:]
    hub = open_hub(place_of(Path(folder), database), PASSPHRASE)
    Workers(hub, most=3, clock=lambda: NOW).start()
    for file in sorted(Path(files).iterdir()):
        enqueue(hub, file.read_bytes(), NOW)
        sys.stdout.write(f"{file.name}\n")
        sys.stdout.flush()
    time.sleep(60)
