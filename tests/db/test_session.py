"""The door to the register: what every connection is, and what its troubles become."""

import gc
import threading
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.sql.compiler import SQLCompiler
from sqlcipher3 import dbapi2

from covidstation.db import session as sessions
from covidstation.db.ids import new_id
from covidstation.db.rows import EpisodeRow, JournalRow, JournalStateRow, PersonRow
from covidstation.db.session import Database, make_engine
from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.services.upkeep.check import check_register
from tests import haste
from tests.services.samples import NOW, f0, neighbour, opened
from tests.services.samples import register as register_someone

PRAGMAS = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "temp_store": 2}


def test_every_pooled_connection_is_durable_and_checked(db):
    connections = [db.engine.connect() for _one in range(6)]  # more than the pool keeps
    try:
        for connection in connections:
            found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in PRAGMAS}
            assert found == PRAGMAS
    finally:
        for connection in connections:
            connection.close()


def test_the_file_says_nothing(folder, db):
    register_someone(db)
    db.close()
    for file in folder.rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert b"SQLite format" not in data
            for word in ("Giàng A Páo", "012055000001", "0912000111", "Nậm Ngá"):
                assert word.encode() not in data


def test_an_older_library_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(sessions, "LEAST_SQLITE", (99, 0, 0))
    with pytest.raises(UserError) as caught:
        make_engine(tmp_path / "register.db", bytes(32))
    assert caught.value.code == "station.old_sqlite"
    assert dbapi2.sqlite_version in sentence(caught.value)


def test_many_unlockings_leave_nothing_compiled_behind(folder, db, monkeypatch):
    """SQLAlchemy's mappers keep what they compile for each dialect that they meet; a day has many locks."""
    monkeypatch.setattr(sessions, "create_engine", haste.CREATE_ENGINE)
    db.close()

    def held():
        again = opened(folder)
        register_someone(again.db, f0(neighbour(next(numbers))))
        again.db.close()
        del again
        gc.collect()
        return sum(isinstance(one, SQLCompiler) for one in gc.get_objects())

    numbers = iter(range(9))
    held()
    before = held()
    assert [held() for _time in range(3)] == [before] * 3


def test_a_wrong_key_is_a_sentence_and_changes_nothing(folder, db):
    db.close()
    path = folder / "register.db"
    before = path.read_bytes()
    other = Database(make_engine(path, bytes(range(32))), path, bytes(range(32)))
    with pytest.raises(UserError) as caught, other.read() as session:
        session.scalar(select(func.count()).select_from(PersonRow))
    assert caught.value.code == "station.damaged"
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", ["zeroed", "cut", "other"])
def test_a_damaged_file_is_a_sentence(folder, db, damage):
    key = db.key
    for number in range(30):
        register_someone(db, f0(neighbour(number)))
    db.close()
    path = folder / "register.db"
    data = bytearray(path.read_bytes())
    if damage == "zeroed":
        data[4096 * 3 : 4096 * 40] = bytes(4096 * 37)
    elif damage == "cut":
        del data[len(data) // 2 :]
    else:
        data = bytearray(b"This is no register.\n" * 1000)
    path.write_bytes(data)
    hurt = Database(make_engine(path, key), path, key)
    with pytest.raises(UserError) as caught, hurt.read() as session:
        for row in (PersonRow, EpisodeRow, JournalRow):
            session.scalars(select(row)).all()
    assert caught.value.code == "station.damaged"
    assert sentence(caught.value)
    hurt.engine.dispose()


def test_every_flipped_bit_is_found(folder, db):
    """SQLCipher signs each page: a flip anywhere is an error or is found by the check, never other data."""
    key = db.key
    register_someone(db)
    db.close()
    path = folder / "register.db"
    data = path.read_bytes()
    for at in range(50, len(data), max(1, len(data) // 25)):
        hurt = bytearray(data)
        hurt[at] ^= 0x04
        path.write_bytes(hurt)
        damaged = Database(make_engine(path, key), path, key)
        try:
            found = [finding for finding in check_register(damaged, folder) if not finding.good]
        except UserError as trouble:
            found = [trouble.code]
        damaged.engine.dispose()
        assert found, f"byte {at}"


def limit_pages(db: Database, more: int) -> None:
    """Let the file grow by so many pages at most, on every connection of the pool."""
    with db.read() as session:
        now = session.connection().exec_driver_sql("PRAGMA page_count").scalar_one()
    db.engine.dispose()
    event.listen(db.engine, "connect", lambda one, _record: one.execute(f"PRAGMA max_page_count = {now + more}"))


def test_a_full_disk_is_a_sentence_and_leaves_nothing_half(folder, db):
    register_someone(db)
    limit_pages(db, 6)
    saved = 1
    with pytest.raises(UserError) as caught:
        for number in range(1, 500):
            register_someone(db, f0(neighbour(number), new_household_head="Giàng A Chư"))
            saved += 1
    assert caught.value.code == "station.disk_full"
    with db.read() as session:
        people, episodes = (session.scalar(select(func.count()).select_from(row)) for row in (PersonRow, EpisodeRow))
    assert people == episodes == saved
    assert all(finding.good for finding in check_register(db, folder))
    db.engine.dispose()
    again = opened(folder)  # with room again
    register_someone(again.db, f0(neighbour(600)))
    assert all(finding.good for finding in check_register(again.db, folder))
    again.db.engine.dispose()


def test_what_is_read_is_one_snapshot(db):
    with db.read() as session:
        before = session.scalar(select(func.count()).select_from(PersonRow))
        register_someone(db)
        assert session.scalar(select(func.count()).select_from(PersonRow)) == before
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(PersonRow)) == before + 1


def test_an_error_inside_an_act_keeps_nothing(db):
    with db.read() as session:
        before = session.get_one(JournalStateRow, 1).last_seq
    with pytest.raises(ZeroDivisionError), db.write(None, NOW) as session:
        session.add(person("Giàng A Páo"))
        session.flush()
        raise ZeroDivisionError
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(PersonRow)) == 0
        assert session.get_one(JournalStateRow, 1).last_seq == before


def person(name: str) -> PersonRow:
    return PersonRow(id=new_id(), full_name=name, sex="MALE")


def test_two_writers_wait_for_each_other(folder, db):
    """Two programs on one file: all that both wrote stands, in one gapless journal."""
    other = opened(folder)
    troubles = []

    def write(database: Database, first: int) -> None:
        try:
            for number in range(first, first + 20):
                register_someone(database, f0(neighbour(number)))
        except Exception as trouble:
            troubles.append(trouble)

    threads = [threading.Thread(target=write, args=(one, first)) for one, first in ((db, 0), (other.db, 100))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    other.db.engine.dispose()
    assert troubles == []
    with db.read() as session:
        assert session.scalar(select(func.count()).select_from(PersonRow)) == 40
    assert all(finding.good for finding in check_register(db, folder))


def test_a_writer_that_never_ends_is_a_sentence(folder, db, monkeypatch):
    monkeypatch.setattr(sessions, "BUSY_MS", 50)
    other = opened(folder)
    with db.write(None, NOW) as session:
        session.add(person("Giàng A Páo"))
        session.flush()
        with pytest.raises(UserError) as caught, other.db.write(None, NOW) as late:
            late.add(person("Chẻo Lở Mẩy"))
    other.db.engine.dispose()
    assert caught.value.code == "station.busy"


def test_closing_folds_the_log_into_the_file(folder, db):
    register_someone(db)
    db.close()
    assert [path.name for path in folder.iterdir() if path.name.endswith(("-wal", "-shm"))] == []


def test_reading_only_never_writes(folder, db):
    key, path = db.key, folder / "register.db"
    register_someone(db)
    db.close()
    before = path.read_bytes()
    looker = Database(make_engine(path, key, read_only=True), path, key)
    with looker.read() as session:
        assert session.scalar(select(func.count()).select_from(PersonRow)) == 1
    with pytest.raises(UserError), looker.write(None, NOW) as session:
        session.execute(text("DELETE FROM setting"))
    looker.engine.dispose()
    assert path.read_bytes() == before


def test_a_missing_folder_is_a_sentence(tmp_path):
    lost = Database(make_engine(Path(tmp_path, "gone", "register.db"), bytes(32)), tmp_path, bytes(32))
    with pytest.raises(UserError) as caught, lost.read() as session:
        session.scalar(select(func.count()).select_from(PersonRow))
    assert caught.value.code == "station.damaged"
