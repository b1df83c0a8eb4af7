"""Copies of the register: verified before they count, thinned by the rotation, a torn one never counted."""

import os
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from covidstation.db import backup
from covidstation.db.backup import FOLDER, copies_of, is_kept, last_backup, make_backup
from covidstation.db.copies import Health, look_at_one, read_facts
from covidstation.db.rows import PersonRow
from covidstation.db.session import Database, make_engine
from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.services.upkeep.check import check_register
from tests.db.test_session import limit_pages
from tests.services.samples import NOW, f0, neighbour, opened
from tests.services.samples import register as register_someone

COPY = [f"register-20220310-083000.{ending}" for ending in ("db", "json", "keys.json")]


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


def test_twelve_days_ten_weeks_nine_months_are_kept(folder, db):
    start = NOW - timedelta(days=40)
    for day in range(41):
        make_backup(db, now=start + timedelta(days=day))
    days = sorted(f"{copy.made:%m%d}" for copy in copies_of(folder))
    # The last 12 days; before them the Sundays that end a week, and the last of January.
    sundays, ends = ["0130", "0206", "0213", "0220"], ["0131"]
    assert days == sorted([*sundays, *ends, "0227", "0228", *[f"03{day:02d}" for day in range(1, 11)]])
    assert len([name for name in names(folder) if name.endswith(".keys.json")]) == len(days)


def test_what_a_copy_says_of_itself(folder, db):
    register_someone(db)
    facts = read_facts(make_backup(db, now=NOW).with_suffix(".json"))
    assert (facts.station, facts.people, facts.episodes, facts.papers) == ("Trạm Y tế xã Nậm Tăm", 1, 1, 0)
    assert is_kept(db)
    register_someone(db, f0(neighbour(1)))
    assert not is_kept(db)


def test_a_copy_made_under_a_wrong_clock_stays_and_says_nothing_of_today(folder, db):
    make_backup(db, now=NOW.replace(year=2024))
    make_backup(db, now=NOW)
    assert last_backup(folder, NOW) == NOW.replace(tzinfo=None)
    assert [copy.ahead for copy in copies_of(folder, NOW)] == [True, False]


def test_a_rotten_copy_is_named_once_a_day_and_never_counts(folder, db):
    old = make_backup(db, now=NOW - timedelta(days=2))
    register_someone(db)
    new = make_backup(db, now=NOW)
    data = bytearray(old.read_bytes())
    data[5000] ^= 1
    old.write_bytes(data)
    found = look_at_one(folder / FOLDER, NOW)
    assert found.path == old and found.health is Health.DAMAGED
    assert look_at_one(folder / FOLDER, NOW) is None, "one a day"
    assert look_at_one(folder / FOLDER, NOW + timedelta(days=1)) is None, "the other one is whole"
    assert [copy.health for copy in copies_of(folder)] == [Health.WHOLE, Health.DAMAGED]
    new.unlink()
    assert last_backup(folder) is None


def test_facts_that_a_stranger_wrote_are_no_facts(folder, db):
    path = make_backup(db, now=NOW).with_suffix(".json")
    for words in (
        "[]",
        "{",
        '{"people": "1"}',
        '{"people": -1}',
        '{"other": 1}',
        "[" * 100_000,
        '{"last_report": "x"}',
    ):
        path.write_text(words)
        assert read_facts(path) is None


def test_without_room_no_copy_is_begun(folder, db, monkeypatch):
    monkeypatch.setattr(backup.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=20 << 20))
    with pytest.raises(UserError) as caught:
        make_backup(db, now=NOW, room=20)
    assert caught.value.code == "station.backup_room"
    assert names(folder) == []


def test_a_torn_copy_is_not_counted_and_goes(folder, db):
    (folder / FOLDER).mkdir()
    torn = folder / FOLDER / "register-20300101-000000.part"
    torn.write_bytes(b"torn")
    os.utime(torn, (1_600_000_000, 1_600_000_000))
    (folder / FOLDER / "notes.txt").write_text("của trạm")
    assert last_backup(folder) is None
    make_backup(db, now=NOW)
    assert last_backup(folder) == NOW.replace(tzinfo=None)
    assert names(folder) == ["notes.txt", *COPY]


def test_no_backup_is_none(folder):
    assert last_backup(folder) is None
    assert last_backup(folder / "nowhere") is None


def test_a_copy_that_reads_back_otherwise_is_thrown_away(folder, db, monkeypatch):
    make_backup(db, now=NOW)
    monkeypatch.setattr(backup, "look_over", lambda _path, _key: None)
    with pytest.raises(UserError) as caught:
        make_backup(db, now=NOW + timedelta(days=1))
    assert caught.value.code == "station.backup_failed"
    assert names(folder) == COPY


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
