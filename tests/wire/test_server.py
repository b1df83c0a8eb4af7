"""The whole of the line against a hub on PostgreSQL: sent, answered, corrected, parted, decided, lost and restored."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import URL, select

from covidstation.db.rows import ConflictRow as StationConflictRow
from covidstation.db.rows import PersonRow
from covidstation.db.session import Database
from covidstation.domain.deciding import Choice
from covidstation.domain.district import ItemKind
from covidstation.hub.copies.backup import make_backup
from covidstation.hub.copies.restoring import restore_hub
from covidstation.hub.database.store import Hub, Place, create_hub, open_hub
from covidstation.hub.down.items import Author, ItemDraft, make_item
from covidstation.hub.down.stream import Change, say
from covidstation.hub.merging.conflicts import decide_conflict
from covidstation.hub.rows import ConflictRow, OperationRow, RecordRow, StationRow, StreamRow
from covidstation.services.exchange.conflicts import list_conflicts
from tests.hub import postgres
from tests.services import samples
from tests.wire.ends import PASSPHRASE, history, join, last_seq, now, people, point_to, records, served, sync, unsent

pytestmark = pytest.mark.timeout(240)
NAME = "Giàng Thị 1"


@pytest.fixture(scope="session")
def server() -> Iterator[URL]:
    """A PostgreSQL server."""
    with postgres.server() as url:
        yield url


@pytest.fixture
def hub(server: URL, tmp_path: Path) -> Iterator[Hub]:
    """A hub of one's own on it."""
    with postgres.database(server) as url:
        place = Place(url, tmp_path / "hub")
        create_hub(place, name="Trung tâm Y tế Sìn Hồ", code="", passphrase=PASSPHRASE, now=now(), cost=samples.CHEAP)
        opened = open_hub(place, PASSPHRASE)
        yield opened
        opened.db.close()


def number(hub: Hub) -> int:
    with hub.db.read() as session:
        return session.scalars(select(StationRow.n)).one()


def phone_here(db: Database) -> str:
    with db.read() as session:
        return session.scalars(select(PersonRow).where(PersonRow.full_name == NAME)).one().phone


def phone_there(hub: Hub, row: UUID) -> str | None:
    with hub.db.read() as session:
        return session.scalars(select(RecordRow).where(RecordRow.row == row.hex)).one().fields.get("phone")


def call(db: Database, phone: str) -> UUID:
    """Somebody writes a telephone down at the station."""
    with db.write(None, now()) as session:
        row = session.scalars(select(PersonRow).where(PersonRow.full_name == NAME)).one()
        row.phone = phone
        return row.id


def test_a_year_of_one_station_and_a_server(
    station: Callable[[str], Database], hub: Hub, server: URL, tmp_path: Path
) -> None:
    db = join(station("station"), hub)
    with served(hub, workers=2) as one:
        point_to(db, hub, [one.url])
        people(db, 3)
        found = sync(db)
        assert (found.waiting, unsent(db), history(hub), records(hub)) == (0, 0, last_seq(db), 3)
        row = part(db, hub)
        decide(db, hub, row)
        copy = make_backup(hub, tmp_path / "copies", now=now()).path
        people(db, 2, start=20)
        lost = call(db, "0912000555")
        assert sync(db).waiting == 0
        kept = lines(hub)
    hub.db.close()
    shutil.rmtree(hub.place.folder)

    with postgres.database(server) as url:
        place = Place(url, tmp_path / "new")
        restore_hub(copy, place, PASSPHRASE, now=now())
        again = open_hub(place, PASSPHRASE)
        with closing(again.db), served(again, workers=2) as one:
            assert len(lines(again)) < len(kept)
            point_to(db, again, [one.url])
            sync(db)
            sync(db)
            assert kept.items() <= lines(again).items(), "all that the lost hub had taken"
            assert (records(again), phone_there(again, lost)) == (5, phone_here(db))
            assert sync(db).waiting == 0 and unsent(db) == 0


def part(db: Database, hub: Hub) -> UUID:
    """The district corrects while the station, which has not heard, writes the same; an announcement goes with it."""
    row = call(db, "0912000111")
    with hub.db.write(None, now()) as session:
        said = {"phone": "0912000222"}
        say(session, hub, number(hub), [Change("person", row, "u", said)], by=None, now=now())
        draft = ItemDraft(kind=ItemKind.ANNOUNCEMENT, title="Họp giao ban", body="8 giờ sáng thứ Hai", station=None)
        make_item(session, hub, draft, Author("BS. Lò Thị Hoa"), now=now())
    sync(db)
    sync(db)  # it says now how far it has read
    with hub.db.read() as session:
        kept = session.scalars(select(ConflictRow)).one()
    assert {kept.standing["values"]["phone"], kept.losing["values"]["phone"]} == {"0912000111", "0912000222"}
    assert phone_here(db) == phone_there(hub, row) == kept.standing["values"]["phone"]
    assert [one.id for one in list_conflicts(db)] == [kept.id], "both ends name it alike"
    return row


def decide(db: Database, hub: Hub, row: UUID) -> None:
    """The district takes the other value; the station hears of it."""
    with hub.db.read() as session:
        kept = session.scalars(select(ConflictRow)).one()
    with hub.db.write(None, now()) as session:
        decide_conflict(session, hub, kept.id, Choice.LOSING, reason="đã gọi hỏi", by=None, by_name="Hoa", now=now())
    sync(db)
    assert phone_here(db) == phone_there(hub, row) == kept.losing["values"]["phone"]
    assert list_conflicts(db) == []
    with db.read() as session:
        assert session.scalars(select(StationConflictRow)).one().decided_at is not None
    sync(db)


def lines(hub: Hub) -> dict[tuple[str, int], bytes]:
    """Every line of the station's history, by epoch and number."""
    query = select(StreamRow.epoch, OperationRow.seq, OperationRow.line)
    with hub.db.read() as session:
        rows = session.execute(query.join(StreamRow, StreamRow.n == OperationRow.stream))
        return {(epoch, seq): line for epoch, seq, line in rows}


def test_many_stations_at_once_and_two_workers(station: Callable[[str], Database], hub: Hub) -> None:
    """Four stations send in the same moment, twice each; all is there once."""
    with served(hub, workers=2):
        dbs = [join(station(f"station {n}"), hub, second=n > 0) for n in range(4)]
        for _round in range(2):
            for db in dbs:
                people(db, 2, start=10 * _round + 1)
            with ThreadPoolExecutor(4) as pool:
                assert [found.waiting for found in pool.map(sync, dbs)] == [0] * 4
        assert [unsent(db) for db in dbs] == [0] * 4
    assert history(hub) == sum(last_seq(db) for db in dbs)
    assert records(hub) == 4 * 4
