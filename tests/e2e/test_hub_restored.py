"""The district's computer is gone: from a copy that is older than what stations sent since, all of it comes back.

Real programs and a stick. The hub moves from a file to a PostgreSQL server on the way, and back.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, select

from covidstation.hub.database.store import DATABASE, Place, open_hub
from covidstation.hub.rows import OperationRow, RecordRow, StationRow, StreamRow
from covidstation.services.access.opening import open_register
from tests.e2e.programs import PASSPHRASE, Program
from tests.e2e.test_journey import NAME, OTHER, Journey
from tests.hub import postgres
from tests.services.samples import f0, neighbour, register

pytestmark = pytest.mark.timeout(300)


def now() -> datetime:
    return datetime.now().astimezone()


@pytest.fixture(scope="module")
def server() -> Iterator[URL]:
    with postgres.server() as url:
        yield url


class OnServer(Program):
    """The district's program with `--database`."""

    def __init__(self, data: Path, database: str) -> None:
        super().__init__("covidstation.hub", data, child=False)
        self.database = database

    def _within(self, words: list[str]) -> Any:
        return super()._within(["--database", self.database, *words])


def add(station: Program, *numbers: int) -> None:
    """New patients at the station."""
    with closing(open_register(station.data, PASSPHRASE).db) as db:
        for number in numbers:
            register(db, f0(neighbour(number)), now=now())


def carry(journey: Journey, hub: Program, *stations: Program) -> None:
    """One stick goes round: from every station to the district, and back with receipts."""
    for one in stations:
        one.ask("export", journey.stick)
    taken = hub.ask("import", journey.stick)
    assert taken["refused"] == 0, taken
    hub.ask("export", journey.stick)
    for one in stations:
        files = one.ask("import", journey.stick)["files"]
        assert all(file["code"] is None for file in files), files


def held(place: Place) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """All that a hub holds: the present state of every record and every line of every station's history."""
    hub = open_hub(place, PASSPHRASE)
    with closing(hub.db), hub.db.read() as session:
        records = {
            (station.hex, row.tbl, row.row): (row.made, row.rev, row.fields, row.stamps, row.deleted)
            for row, station in session.execute(
                select(RecordRow, StationRow.id).join(StationRow, StationRow.n == RecordRow.station)
            )
        }
        lines = {
            (station.hex, epoch, row.seq): (row.line, row.chain, row.code)
            for row, epoch, station in session.execute(
                select(OperationRow, StreamRow.epoch, StationRow.id)
                .join(StreamRow, StreamRow.n == OperationRow.stream)
                .join(StationRow, StationRow.n == StreamRow.station)
            )
        }
        return records, lines


def restored(file: Path, database: str, data: Path) -> OnServer:
    """A hub from a copy, in a new place."""
    hub = OnServer(data, database)
    said = hub.ask("restore", file)
    assert said["hub_epoch"] != said["former_epoch"]
    return hub


@pytest.mark.parametrize("moves", ["to the server", "to the server and back"])
def test_stations_send_again_what_a_restored_hub_lacks(tmp_path: Path, server: URL, moves: str):
    journey = Journey(tmp_path)
    first, second = journey.station(NAME, "03517"), journey.station(OTHER, "03520")
    for one in (first, second):
        journey.enrol(one)
        add(one, 90, 91)
    carry(journey, journey.hub, first, second)
    copy = Path(journey.hub.ask("backup", "--to", tmp_path / "copies")["file"])
    add(first, 92, 93)
    carry(journey, journey.hub, first, second)
    add(second, 94)
    wanted = held(Place(journey.hub.data / DATABASE, journey.hub.data))
    before = first.ask("status")
    assert before["unsent"] == 0
    shutil.rmtree(journey.hub.data)  # the computer is gone

    with postgres.database(server) as url:
        place = Place(url, tmp_path / "new")
        hub: OnServer = restored(copy, postgres.dsn(url), place.folder)
        if moves.endswith("back"):
            again = Path(hub.ask("backup", "--to", tmp_path / "more")["file"])
            place = Place(tmp_path / "third" / DATABASE, tmp_path / "third")
            hub = restored(again, str(place.database), place.folder)
        assert len(held(place)[1]) < len(wanted[1])
        hub.ask("export", journey.stick)
        for one in (first, second):
            files = one.ask("import", journey.stick)["files"]
            assert all(file["code"] is None for file in files), files
        assert first.ask("status")["unsent"] > 0, "it knows what the district lost"
        carry(journey, hub, first, second)
        records, lines = held(place)
        assert wanted[0].items() <= records.items() and wanted[1].items() <= lines.items()
        assert len(lines) > len(wanted[1]), "and what was never sent came with it"
        assert [one.ask("status")["unsent"] for one in (first, second)] == [0, 0]
        for one in hub.ask("status")["stations"]:
            assert (one["set_aside"], one["bundles_aside"], one["gaps"], one["staged"]) == (0, 0, [], [])
        held_now = held(place)
        carry(journey, hub, first, second)
        assert held(place) == held_now, "another round changes nothing"


def test_an_old_receipt_of_the_hub_before_does_no_harm(tmp_path: Path, server: URL):
    """A stick with the former hub's receipt turns up after the new one's: nothing counts as received that is not."""
    journey = Journey(tmp_path)
    station = journey.station(NAME, "03517")
    journey.enrol(station)
    add(station, 90)
    carry(journey, journey.hub, station)
    copy = Path(journey.hub.ask("backup", "--to", tmp_path / "copies")["file"])
    add(station, 91)
    carry(journey, journey.hub, station)
    late = shutil.copytree(journey.stick, tmp_path / "late stick")
    shutil.rmtree(journey.hub.data)
    with postgres.database(server) as url:
        hub = restored(copy, postgres.dsn(url), tmp_path / "new")
        hub.ask("export", journey.stick)
        station.ask("import", journey.stick)
        unsent = station.ask("status")["unsent"]
        assert unsent > 0
        station.ask("import", late, status=None)
        assert station.ask("status")["unsent"] == unsent
        carry(journey, hub, station)
        assert station.ask("status")["unsent"] == 0
