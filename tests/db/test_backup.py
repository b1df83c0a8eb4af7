"""Copies of the register: verified before they count, the newest fourteen kept, a torn one never counted."""

import os
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from covidstation.db import backup
from covidstation.db.backup import FOLDER, KEPT, last_backup, make_backup
from covidstation.db.rows import PersonRow
from covidstation.db.session import Database, make_engine
from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.services.station.check import check_register
from tests.db.test_session import limit_pages
from tests.services.samples import NOW, f0, neighbour, opened
from tests.services.samples import register as register_someone


def names(folder):
    return sorted(path.name for path in (folder / FOLDER).iterdir())


def test_a_copy_opens_with_the_same_key_and_is_whole(folder, db):
    register_someone(db)
    path = make_backup(db, now=NOW)
    assert path == folder / FOLDER / "register-20220310-083000.db"
    assert b"SQLite format" not in path.read_bytes()
    copy = Database(make_engine(path, db.key, read_only=True), path, db.key)
    with copy.read() as session:
        assert session.scalars(select(PersonRow.full_name)).all() == ["Giàng A Páo"]
    assert all(finding.good for finding in check_register(copy, folder))
    copy.engine.dispose()
    assert path.with_suffix(".keys.json").read_bytes() == (folder / "keys.json").read_bytes()
    assert last_backup(folder) == NOW.replace(tzinfo=None)


def test_a_copy_put_back_is_a_register(folder, db, tmp_path):
    register_someone(db)
    path = make_backup(db, now=NOW)
    fresh = tmp_path / "new pc"
    fresh.mkdir()
    (fresh / "register.db").write_bytes(path.read_bytes())
    (fresh / "keys.json").write_bytes(path.with_suffix(".keys.json").read_bytes())
    register = opened(fresh)
    register_someone(register.db, f0(neighbour(1)))
    assert all(finding.good for finding in check_register(register.db, fresh))
    register.db.engine.dispose()


def test_the_newest_fourteen_are_kept(folder, db):
    for day in range(KEPT + 3):
        make_backup(db, now=NOW + timedelta(days=day))
    copies = [name for name in names(folder) if name.endswith(".db")]
    assert len(copies) == KEPT
    assert copies[0] == "register-20220313-083000.db" and copies[-1] == "register-20220326-083000.db"
    assert len([name for name in names(folder) if name.endswith(".keys.json")]) == KEPT


def test_a_torn_copy_is_not_counted_and_goes(folder, db):
    (folder / FOLDER).mkdir()
    torn = folder / FOLDER / "register-20300101-000000.part"
    torn.write_bytes(b"torn")
    os.utime(torn, (1_600_000_000, 1_600_000_000))
    (folder / FOLDER / "notes.txt").write_text("của trạm")
    assert last_backup(folder) is None
    make_backup(db, now=NOW)
    assert last_backup(folder) == NOW.replace(tzinfo=None)
    assert names(folder) == ["notes.txt", "register-20220310-083000.db", "register-20220310-083000.keys.json"]


def test_no_backup_is_none(folder):
    assert last_backup(folder) is None
    assert last_backup(folder / "nowhere") is None


def test_a_copy_that_reads_back_otherwise_is_thrown_away(folder, db, monkeypatch):
    make_backup(db, now=NOW)
    monkeypatch.setattr(backup, "_looked_over", lambda _path, _key: None)
    with pytest.raises(UserError) as caught:
        make_backup(db, now=NOW + timedelta(days=1))
    assert caught.value.code == "station.backup_failed"
    assert names(folder) == ["register-20220310-083000.db", "register-20220310-083000.keys.json"]


def test_a_save_while_the_copy_is_made_spoils_nothing(folder, db, monkeypatch):
    """The copy is one snapshot: what is saved meanwhile is in the next one."""
    whole = db.outside_transaction

    def interrupted(statement, *values):
        whole(statement, *values)
        register_someone(db)

    monkeypatch.setattr(db, "outside_transaction", interrupted)
    path = make_backup(db, now=NOW)
    copy = Database(make_engine(path, db.key, read_only=True), path, db.key)
    with copy.read() as session:
        assert session.scalar(select(func.count()).select_from(PersonRow)) == 0
    copy.engine.dispose()


def test_no_room_for_a_copy_is_a_sentence_and_leaves_nothing(folder, db, monkeypatch):
    register_someone(db)

    def full(_statement, path):
        with open(path, "wb") as file:
            file.write(b"half")
        raise UserError("station.disk_full")

    monkeypatch.setattr(db, "outside_transaction", full)
    with pytest.raises(UserError) as caught:
        make_backup(db, now=NOW)
    assert caught.value.code == "station.disk_full"
    assert names(folder) == []


def test_a_place_that_cannot_hold_a_copy_is_a_sentence(folder, db):
    (folder / FOLDER).write_text("a file where the folder should be")
    with pytest.raises(UserError) as caught:
        make_backup(db, now=NOW)
    assert caught.value.code == "station.backup_place"
    assert sentence(caught.value)


def test_the_register_is_read_while_it_cannot_grow(folder, db):
    register_someone(db)
    limit_pages(db, 0)
    assert make_backup(db, now=NOW).is_file()
