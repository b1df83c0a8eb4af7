"""The line between a station and its hub: a real register, a real server, a pipe between them that is long and slow.

`python -m benchmarks.line [--rounds 3] [--rtt 600] [--kbit 64] [--people 100]` prints JSON: seconds (median) and bytes
both ways through the pipe, all headers and TLS included, for so many new people, as many corrections, and nothing to
send; with TLS of the hub's own and without. `rounds` counts round trips of bundles, `connections` those of TCP.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks._pipe import Pipe
from benchmarks.bundle import FAMILY, GIVEN, HAMLET, MIDDLE
from benchmarks.measure import report
from covidstation.catalog import load_catalog
from covidstation.db.keys import FLOOR
from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import Person, PersonDraft, Sex
from covidstation.hub.database.store import DATABASE, Hub, Place, create_hub, open_hub
from covidstation.hub.rows import EnrolmentRow
from covidstation.hub.stations.enrolling import enrol_station, look_at_request, renew_certificates
from covidstation.hub.stations.tls import server_files
from covidstation.paths import resources
from covidstation.services.access.opening import open_register
from covidstation.services.exchange.bundles import import_files
from covidstation.services.exchange.enrolment import write_enrolment
from covidstation.services.exchange.wire import Synced, sync_now
from covidstation.services.people import edit_person, register_person
from tests.hub.web.serving import serving_hub
from tests.services.samples import found

PASSPHRASE, STATION_PASSPHRASE = "con đường mòn qua đèo", "nước chảy đá mòn"


def now() -> datetime:
    """Now."""
    return datetime.now().astimezone()


def person(luck: random.Random) -> PersonDraft:
    """Somebody invented, with the fields that a card gives."""
    return PersonDraft(
        full_name=f"{luck.choice(FAMILY)} {luck.choice(MIDDLE)} {luck.choice(GIVEN)}",
        birth=PartialDate(luck.randint(1930, 2021), luck.randint(1, 12), luck.randint(1, 28)),
        sex=luck.choice((Sex.MALE, Sex.FEMALE)),
        citizen_number=f"012{luck.randint(0, 10**9 - 1):09d}",
        insurance_number=f"GD4{luck.randint(0, 10**12 - 1):012d}",
        phone=f"09{luck.randint(0, 10**8 - 1):08d}",
        address_printed=f"Thôn {luck.choice(HAMLET)}, xã Nậm Tăm, huyện Sìn Hồ, tỉnh Lai Châu",
    )


class Ends:
    """A hub and a station in a folder, enrolled."""

    def __init__(self, folder: Path) -> None:
        self.place = Place(folder / "hub" / DATABASE, folder / "hub")
        create_hub(self.place, name="Trung tâm Y tế Sìn Hồ", code="", passphrase=PASSPHRASE, now=now(), cost=FLOOR)
        self.station = folder / "station"
        found(self.station, now=now())
        self.catalog = load_catalog(resources())

    def enrol(self, hub: Hub, db: Database) -> None:
        """As if words were compared."""
        stick = self.station / "stick"
        stick.mkdir(exist_ok=True)
        asked = look_at_request(hub, write_enrolment(db, stick, by=None, now=now()).path.read_bytes())
        _station, serial = enrol_station(hub, asked.request, now=now())
        with hub.db.read() as session:
            self._take(db, session.get_one(EnrolmentRow, serial).certificate)

    def point(self, hub: Hub, db: Database, url: str, authority: str) -> None:
        """The station's certificate names that address from now on."""
        renew_certificates(hub, urls=[url], authority=authority, now=now())
        with hub.db.read() as session:
            self._take(db, session.query(EnrolmentRow).one().certificate)

    def _take(self, db: Database, certificate: bytes) -> None:
        path = self.station / "certificate.csb"
        path.write_bytes(certificate)
        import_files(db, path, by=None, now=now(), yes=True)


def measured(pipe: Pipe, db: Database) -> dict[str, Any]:
    """One sending through the pipe."""
    pipe.up = pipe.down = pipe.connections = 0
    began = time.perf_counter()
    done: Synced = sync_now(db, by=None, now=now()).value
    took = time.perf_counter() - began
    return {
        "seconds": took,
        "bytes": pipe.up + pipe.down,
        "bundle": done.size,
        "rounds": done.rounds,
        "connections": pipe.connections,
    }


def phases(ends: Ends, db: Database, pipe: Pipe, count: int, luck: random.Random) -> dict[str, dict[str, Any]]:
    """New, corrected, nothing."""

    def new() -> list[Person]:
        return [
            register_person(db, person(luck), catalog=ends.catalog, by=None, now=now()).value for _one in range(count)
        ]

    people = new()
    figures = {"new": measured(pipe, db)}
    for one in people:
        draft = replace(PersonDraft(**{name: getattr(one, name) for name in PersonDraft.__dataclass_fields__}))
        changed = replace(draft, phone=f"03{luck.randint(0, 10**8 - 1):08d}")
        edit_person(db, one.id, changed, catalog=ends.catalog, by=None, now=now())
    return figures | {"corrected": measured(pipe, db), "nothing": measured(pipe, db)}


def medians(runs: list[dict[str, dict[str, Any]]]) -> dict[str, Any]:
    """Of each figure of each phase."""
    return {
        phase: {name: round(statistics.median(run[phase][name] for run in runs), 2) for name in runs[0][phase]}
        for phase in runs[0]
    }


def way(ends: Ends, hub: Hub, db: Database, arguments: argparse.Namespace, *, tls: bool) -> dict[str, Any]:
    """All phases over one kind of line."""
    files = server_files(hub, ["https://127.0.0.1"], now=now()) if tls else None
    luck = random.Random(20260801 + tls)
    with (
        serving_hub(hub, tls=files) as url,
        Pipe(urlsplit(url).port or 0, rtt=arguments.rtt / 1000, rate=arguments.kbit * 125) as pipe,
    ):
        address = f"{urlsplit(url).scheme}://127.0.0.1:{pipe.port}"
        ends.point(hub, db, address, files.authority if files else "")
        sync_now(db, by=None, now=now())  # what enrolment left
        return medians([phases(ends, db, pipe, arguments.people, luck) for _round in range(arguments.rounds)])


def main() -> None:
    """All ways, as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rtt", type=float, default=600.0, help="milliseconds")
    parser.add_argument("--kbit", type=float, default=64.0, help="a second, each way; 0: as fast as it goes")
    parser.add_argument("--people", type=int, default=100)
    arguments = parser.parse_args()
    figures: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        ends = Ends(Path(name))
        hub = open_hub(ends.place, PASSPHRASE)
        with closing(hub.db), closing(open_register(ends.station, STATION_PASSPHRASE).db) as db:
            ends.enrol(hub, db)
            ways: dict[str, Callable[[], Any]] = {
                "plain": lambda: way(ends, hub, db, arguments, tls=False),
                "tls": lambda: way(ends, hub, db, arguments, tls=True),
            }
            for label, run in ways.items():
                figures[label] = run()
    report("line", {"rtt_ms": arguments.rtt, "kbit": arguments.kbit, "people": arguments.people, **figures})


if __name__ == "__main__":
    main()
