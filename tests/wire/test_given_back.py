"""A station restored from a copy gets over the line what it had sent before and lost, and nobody has to ask."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.db.ids import new_id
from covidstation.db.rows import PersonRow, PurgeRow, SecretRow, VisitRow
from covidstation.db.session import Database
from covidstation.hub.database.store import Hub
from covidstation.hub.replies import give_back
from covidstation.hub.rows import RecordRow, StationRow
from covidstation.services.certificate import RESTORED
from covidstation.services.copies.restore import begin_epoch, unsure_since
from covidstation.services.exchange.bundles import import_files
from covidstation.services.privacy.dossiers import rows_of
from covidstation.services.privacy.purge import forget_words
from tests.services import samples
from tests.wire.ends import history, join, last_seq, now, people, records, sync, unsent


def names(db: Database) -> dict[UUID, str]:
    with db.read() as session:
        return {row.id: row.full_name for row in session.scalars(select(PersonRow))}


def restored(folder: Path) -> Database:
    """As `services.copies.restore` carries a copy over: a new epoch, and the mark of one that has not heard yet."""
    db = samples.opened(folder).db
    with db.write(None, now()) as session:
        begin_epoch(session, (), now())
        marker = {"made": now().isoformat(), "at": now().isoformat(timespec="seconds"), "whole": False}
        session.add(SecretRow(name=RESTORED, value=json.dumps(marker).encode()))
    return db


@pytest.fixture
def copy(db: Database, tmp_path: Path) -> Callable[[], Path]:
    """Copy the register as it is now."""

    def make() -> Path:
        db.outside_transaction("PRAGMA wal_checkpoint(TRUNCATE)")
        return Path(shutil.copytree(db.path.parent, tmp_path / "copy"))

    return make


def given(found) -> list[int]:
    return [one.came_back.changes for one in found.taken if one.came_back is not None]


@pytest.mark.timeout(120)
@pytest.mark.parametrize("size", [give_back._ANSWER, 4_000])
def test_what_was_lost_comes_back_in_the_same_sending(db: Database, hub: Hub, copy, monkeypatch, size: int) -> None:
    monkeypatch.setattr(give_back, "_ANSWER", size)
    people(db, 2)
    sync(db)
    folder = copy()
    people(db, 6, 3)
    sync(db)
    before, lines, lost = names(db), history(hub), last_seq(db)
    db.engine.dispose()
    again = restored(folder)
    assert len(names(again)) == 2 and unsure_since(again) is not None
    lost -= last_seq(again)
    people(again, 1, 20)  # work goes on before anybody thinks of the district
    found = sync(again)
    assert found.trouble is None and found.waiting == 0 == unsent(again)
    parts = given(found)
    assert sum(parts) == lost and all(parts)
    assert len(parts) == 1 if size > 4_000 else len(parts) > 1
    assert {key: name for key, name in names(again).items() if key in before} == before
    assert len(names(again)) == 9 == records(hub)
    assert unsure_since(again) is None, "numbers of papers are sure again"
    assert history(hub) > lines
    people(again, 1, 30)
    assert given(sync(again)) == [], "nothing more is asked for"
    again.engine.dispose()


@pytest.mark.timeout(120)
@pytest.mark.parametrize("size", [give_back._ANSWER, 4_000])
def test_a_new_computer_gets_what_the_lost_one_had_sent(
    db: Database, hub: Hub, tmp_path: Path, monkeypatch, size: int
) -> None:
    """Enrolled anew as the same station, with no copy at all."""
    monkeypatch.setattr(give_back, "_ANSWER", size)
    people(db, 5)
    sync(db)
    before = names(db)
    db.engine.dispose()
    samples.found(tmp_path / "new", now=now())
    new = join(samples.opened(tmp_path / "new").db, hub, replaces=True)
    people(new, 1, 20)  # work goes on before anybody thinks of the district
    found = sync(new)
    assert found.trouble is None and found.waiting == 0 == unsent(new)
    assert len(given(found)) == 1 if size > 4_000 else len(given(found)) > 1
    assert {key: name for key, name in names(new).items() if key in before} == before
    assert len(names(new)) == 6 == records(hub)
    people(new, 1, 30)
    assert given(sync(new)) == [], "nothing more is asked for"
    new.engine.dispose()


def by_law(db: Database, person: UUID) -> None:
    """As `services.privacy.purge` deletes, but for the years that must have passed."""
    with db.write(None, now()) as session:
        people_gone = list(rows_of(session, [person]))
        forget_words(session, [row for row in people_gone if isinstance(row, PersonRow)])
        for row in people_gone:
            session.delete(row)
        values = {"rule": "r@1", "kind": "CASE", "until": now().date(), "decision": "12/QĐ", "count": 1}
        session.add(PurgeRow(id=new_id(), **values, by_name="Mai", purged_at=now().replace(tzinfo=None)))


@pytest.mark.timeout(120)
@pytest.mark.parametrize("carrier", ["line", "stick"])
def test_what_is_deleted_here_before_it_comes_back_is_deleted_at_the_district(
    db: Database, hub: Hub, copy, tmp_path: Path, carrier: str
) -> None:
    people(db, 2)
    sync(db)
    folder, person = copy(), next(iter(names(db)))
    visit = new_id()
    with db.write(None, now()) as session:
        at = {"at": now().replace(tzinfo=None), "day": now().date(), "round": "MORNING"}
        session.add(VisitRow(id=visit, person_id=person, **at, status="MET", means="VISIT", note="sốt"))
    sync(db)
    db.engine.dispose()
    again = restored(folder)
    by_law(again, person)
    if carrier == "stick":
        with hub.db.read() as session:
            name = session.scalars(select(StationRow.name)).one()
        (tmp_path / "stick").mkdir()
        give_back.give_back(hub, name, tmp_path / "stick", now=now())
        import_files(again, tmp_path / "stick", by=None, now=now())
    assert sync(again).trouble is None and unsent(again) == 0
    with hub.db.read() as session:
        held = {
            row.row: row for row in session.scalars(select(RecordRow).where(RecordRow.tbl.in_(("person", "visit"))))
        }
    assert held[person.hex].deleted and held[visit.hex].deleted
    assert held[person.hex].fields == {} == held[visit.hex].fields
    assert sum(not row.deleted for row in held.values()) == 1
    again.engine.dispose()


@pytest.mark.timeout(120)
def test_a_station_that_is_new_is_told_so_once(db: Database, hub: Hub) -> None:
    people(db, 1)
    assert given(sync(db)) == [0]
    people(db, 1, 2)
    assert given(sync(db)) == []


@pytest.mark.timeout(120)
def test_a_copy_that_lacks_nothing_is_told_so(db: Database, hub: Hub, copy) -> None:
    people(db, 2)
    sync(db)
    folder = copy()
    db.engine.dispose()
    again = restored(folder)
    found = sync(again)
    assert given(found) == [0] and unsure_since(again) is None
    assert records(hub) == 2
    again.engine.dispose()


@pytest.mark.timeout(120)
def test_a_district_that_never_heard_of_it_gives_nothing(db: Database, hub: Hub, copy) -> None:
    people(db, 2)
    folder = copy()
    db.engine.dispose()
    again = restored(folder)
    assert given(sync(again)) == [0] and records(hub) == 2
    assert unsure_since(again) is None
    again.engine.dispose()
