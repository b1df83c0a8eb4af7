"""A station with every kind of record: all of it reaches the district, field by field, and comes there once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import select

from covidstation.db.journal import plain
from covidstation.db.rows import Base, Synced
from covidstation.db.session import Database
from covidstation.hub.database.store import DATABASE, Place, open_hub
from covidstation.hub.rows import OperationRow, RecordRow
from covidstation.services.access.opening import open_register
from tests.e2e.programs import PASSPHRASE, Program
from tests.e2e.test_journey import NAME, Journey
from tests.services import outbreak
from tests.services.samples import USER

pytestmark = pytest.mark.timeout(240)
TABLES = {
    mapper.class_.__tablename__: mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, Synced)
}
EMPTY: tuple[Any, ...] = (None, "", [])


@pytest.fixture(scope="module")
def travelled(tmp_path_factory) -> tuple[Journey, Program]:
    """A station's outbreak, exported once and taken in by its district."""
    journey = Journey(tmp_path_factory.mktemp("outbreak"))
    station = journey.station(NAME, "03517", "--head", USER)
    journey.enrol(station)
    with opened(station) as db:
        outbreak.everything(db)
    station.ask("export", journey.stick)
    journey.hub.ask("import", journey.stick)
    return journey, station


def opened(program: Program) -> closing[Database]:
    return closing(open_register(program.data, PASSPHRASE).db)


def at_home(program: Program) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every row that travels as it stands at the station, without what is empty."""
    with opened(program) as db, db.read() as session:
        for table, kind in TABLES.items():
            for row in session.scalars(select(kind)):
                names = set(kind.__mapper__.columns.keys()) - row.local_fields
                fields = {name: plain(getattr(row, name)) for name in names}
                told = {name: value for name, value in fields.items() if value not in EMPTY}
                yield table, row.id.hex, {"made": row.made, "rev": row.rev, "stamps": row.stamps or {}, **told}


def at_hub(journey: Journey) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """The same as the district has it."""
    hub = open_hub(Place(journey.hub.data / DATABASE, journey.hub.data), PASSPHRASE)
    with closing(hub.db), hub.db.read() as session:
        assert session.scalars(select(OperationRow.code).where(OperationRow.code.is_not(None))).all() == []
        for row in session.scalars(select(RecordRow).where(RecordRow.deleted.is_(False))):
            told = {name: value for name, value in row.fields.items() if value not in EMPTY}
            yield row.tbl, row.row, {"made": row.made, "rev": row.rev, "stamps": row.stamps or {}, **told}


def by_row(records: Iterator[tuple[str, str, dict[str, Any]]]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(table, row): fields for table, row, fields in records}


def test_every_table_and_every_field_arrives(travelled):
    journey, station = travelled
    home, hub = by_row(at_home(station)), by_row(at_hub(journey))
    assert {table for table, _row in home} == set(TABLES), "outbreak.everything has no row of a table that travels"
    assert hub.keys() == home.keys()
    different = {key: (home[key], hub[key]) for key in home if home[key] != hub[key]}
    assert different == {}


def test_a_second_import_changes_nothing_and_the_receipt_ends_the_waiting(travelled):
    journey, station = travelled
    before = by_row(at_hub(journey))
    again = journey.hub.ask("import", journey.stick)
    assert again["taken"] == 0 and {one["outcome"] for one in again["files"]} == {"already"}
    assert by_row(at_hub(journey)) == before
    assert station.ask("status")["unsent"] > 0
    journey.hub.ask("export", journey.stick)
    station.ask("import", journey.stick)
    status = station.ask("status")
    assert (status["unsent"], status["exceptions"]) == (0, 0)


def test_the_station_finds_nothing_wrong_with_itself(travelled):
    _journey, station = travelled
    found = station.ask("check")
    assert found["good"], found
