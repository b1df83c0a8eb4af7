"""A copy of the hub: whole or not there, and from it the same hub again on either database."""

from __future__ import annotations

import errno
import io
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from covidstation.db import keys
from covidstation.db.schema import Schema
from covidstation.errors import UserError
from covidstation.hub.cli import main
from covidstation.hub.copies import backup
from covidstation.hub.copies import daily as backup_daily
from covidstation.hub.copies import file as backup_file
from covidstation.hub.copies.backup import LEFT_OUT, check_backup, list_backups, make_backup
from covidstation.hub.copies.daily import DailyBackup
from covidstation.hub.copies.restoring import SERIALS, Escrow, restore_hub
from covidstation.hub.copies.rows import columns_of, count_rows
from covidstation.hub.database.keys import HubKeys, KeyRing
from covidstation.hub.database.store import DATABASE, ESCROW, Founded, Hub, Place, base_at, open_hub
from covidstation.hub.intake.queue import enqueue
from covidstation.hub.intake.workers import Workers
from covidstation.hub.rows import DownStreamRow, EnrolmentRow, HubBase, HubStateRow
from covidstation.messages import SENTENCES
from covidstation.sync.enrolment import Certificate, read_certificate
from covidstation.sync.identity import Identity
from tests.hub.conftest import BOTH, PASSPHRASE, POSTGRESQL, SQLITE
from tests.hub.fake_stations import NOW, FakeStation, dump, take, upto
from tests.hub.intake.test_bundles import fork
from tests.hub.intake.test_queue import until

DATABASES = BOTH
LATER = NOW + timedelta(days=3)


@pytest.fixture
def full(hub: Hub) -> Hub:
    """A hub with something in nearly every table."""
    station = FakeStation().join(hub)
    made = station.people(4)
    station.op("u", 1, {"phone": "0912", "note": "Giàng <b> \u00e9 \U0001f600", "n": 2**40}, base=made[0].stamp)
    station.op("d", 2, base=made[1].stamp)
    station.op("u", 99, {"phone": "1"}, base=1)
    station.people(3)
    take(hub, station.up(1, 7))
    take(hub, station.up(9, 10))
    twin = fork(station, 5)
    twin.people(1)
    take(hub, twin.up(1, 5))
    FakeStation(commune="10002").join(hub)
    enqueue(hub, station.up(8, 8), NOW)
    return hub


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], Place]:
    """An empty place of that kind."""

    def place(kind: str) -> Place:
        folder = tmp_path / "elsewhere"
        database = request.getfixturevalue("empty_database") if kind == POSTGRESQL else folder / DATABASE
        return Place(database, folder)

    return place


def content(hub: Hub) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table that a copy keeps, as Python sees it."""
    with hub.db.read() as session:
        return {
            table.name: sorted(map(repr, session.execute(select(table)).all()))
            for table in HubBase.metadata.sorted_tables
            if table.name not in LEFT_OUT | {"hub_state", "down_stream", "enrolment"}
        }


def certificates(hub: Hub) -> list[Certificate]:
    """By station and key, with the columns beside them checked."""
    with hub.db.read() as session:
        rows = session.scalars(select(EnrolmentRow).order_by(EnrolmentRow.station, EnrolmentRow.key_id)).all()
        found = [read_certificate(row.certificate, root=hub.keys.root.public) for row in rows]
        assert [(row.serial, row.sign, row.age) for row in rows] == [
            (one.serial, one.station_keys.sign, one.station_keys.age) for one in found
        ]
    return found


def streams_down(hub: Hub) -> set[tuple[Any, ...]]:
    with hub.db.read() as session:
        return {(one.station, one.epoch, one.last_seq) for one in session.scalars(select(DownStreamRow))}


@pytest.mark.parametrize("target", BOTH)
def test_the_same_hub_lives_again_on_either_database(full: Hub, elsewhere, target: str, tmp_path: Path):
    made = make_backup(full, tmp_path / "b", now=NOW)
    place = elsewhere(target)
    back = restore_hub(made.path, place, PASSPHRASE, now=LATER)
    again = open_hub(place, PASSPHRASE)
    assert content(again) == content(full)
    ended = {(station, full.epoch, 0) for station in (1, 2)}  # every receipt names the epoch that ended
    assert streams_down(again) == streams_down(full) | ended - {(s, e, 0) for s, e, _last in streams_down(full)}
    assert (again.keys, again.name, again.code) == (full.keys, full.name, full.code)
    assert back.rows == made.rows and made.rows["operation"] == 7 and made.rows["inbox"] == 1
    assert (place.folder / ESCROW).read_bytes() == (full.place.folder / ESCROW).read_bytes()
    with again.db.read() as session:
        state = session.scalars(select(HubStateRow)).one()
    assert state.last_serial == 4 + SERIALS  # the hub's keys may have been others: stations get certificates anew
    for before, after in zip(certificates(full), certificates(again), strict=True):
        assert after == replace(before, serial=after.serial, issued_at=after.issued_at)
        assert after.serial > before.serial + SERIALS
    assert state.last_stamp >= int(LATER.timestamp() * 1000) << 16
    assert len({full.epoch, again.epoch}) == 2 and (back.epoch, back.former_epoch) == (again.epoch, full.epoch)
    workers = Workers(again, clock=lambda: LATER)
    while workers.work():
        pass
    new = FakeStation(commune="10003").join(again)  # numbers go on behind those that were loaded
    new.people(2)
    assert take(again, new.up())[0].taken == 2
    assert max(key[0] for key in dump(again)) == 3
    back_again = make_backup(again, tmp_path / "c", now=LATER)
    assert check_backup(again, back_again.path) == back_again.rows
    again.db.close()


def test_every_table_is_kept_or_left_out_for_a_reason():
    names = {table.name for table in HubBase.metadata.sorted_tables}
    assert names >= LEFT_OUT and {table.name for table in backup.tables()} == names - LEFT_OUT
    assert {"hub_session", "case_fact", "report_fact", "fact_mark"} == LEFT_OUT
    for table in HubBase.metadata.sorted_tables:
        assert len(columns_of(table)) == len(table.columns)


def test_the_recovery_code_opens_a_copy_too(full: Hub, elsewhere, codes: Founded, tmp_path: Path):
    made = make_backup(full, tmp_path / "b", now=NOW)
    place = elsewhere(SQLITE)
    with pytest.raises(UserError, match="wrong_passphrase"):
        restore_hub(made.path, place, "con đường khác", now=LATER)
    assert not place.folder.exists()
    restore_hub(made.path, place, codes.recovery_code, now=LATER)
    open_hub(place, PASSPHRASE).db.close()


def test_the_escrow_code_opens_it_when_the_passphrase_is_lost(full, elsewhere, codes: Founded, tmp_path):
    made = make_backup(full, tmp_path / "b", now=NOW)
    place = elsewhere(SQLITE)
    for code, trouble in (("0000-1111", "code_garbled"), (keys.new_recovery_code(), "wrong_escrow")):
        with pytest.raises(UserError, match=trouble):
            restore_hub(made.path, place, Escrow(code, "suối reo bên bản mới"), now=LATER)
    back = restore_hub(made.path, place, Escrow(codes.escrow_code, "suối reo bên bản mới"), now=LATER)
    for secret in ("suối reo bên bản mới", back.recovery_code):
        again = open_hub(place, secret)
        assert again.keys == full.keys
        again.db.close()
    with pytest.raises(UserError, match="wrong_passphrase"):
        open_hub(place, PASSPHRASE)


def test_nothing_is_restored_over_a_hub(full: Hub, tmp_path: Path):
    made = make_backup(full, tmp_path / "b", now=NOW)
    before = content(full)
    with pytest.raises(UserError, match="already_set_up"):
        restore_hub(made.path, full.place, PASSPHRASE, now=LATER)
    assert content(full) == before


def test_nobody_reads_or_changes_a_copy_unnoticed(full: Hub, elsewhere, tmp_path: Path):
    made = make_backup(full, tmp_path / "b", now=NOW)
    data, place = made.path.read_bytes(), elsewhere(SQLITE)
    for secret in ("Giàng".encode(), b"full_name", full.keys.identity.age.secret.encode(), full.keys.root.secret):
        assert secret not in data
    length = 8 + int.from_bytes(data[4:8], "big")
    evil = tmp_path / "evil.chb"
    for at in (0, 5, 60, length - 9, length + 20, len(data) // 2, len(data) - 100, len(data) - 1):
        evil.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        with pytest.raises(UserError):
            restore_hub(evil, place, PASSPHRASE, now=LATER)
        assert not place.folder.exists(), at
    for cut in (0, 3, 100, length, len(data) - 64, len(data) - 1):
        evil.write_bytes(data[:cut])
        with pytest.raises(UserError):
            restore_hub(evil, place, PASSPHRASE, now=LATER)
    evil.write_bytes(data + b"x")
    with pytest.raises(UserError, match="backup_damaged"):
        restore_hub(evil, place, PASSPHRASE, now=LATER)
    assert not place.folder.exists()


def test_a_copy_that_another_wrote_for_this_hub_is_refused(full: Hub, elsewhere, tmp_path: Path):
    """The age key of a hub is public: whoever can write into the folder could seal records of their own to it."""
    made = make_backup(full, tmp_path / "b", now=NOW)
    forger = Identity(Identity.generate().sign, full.keys.identity.age)
    with full.db.read() as session:
        sealed = session.scalars(select(HubStateRow.keys)).one()
    stranger = Hub(
        full.db,
        KeyRing(HubKeys(full.keys.root, forger, full.keys.escrow), sealed),
        full.name,
        full.code,
        full.epoch,
        full.place,
    )
    forged = make_backup(stranger, tmp_path / "c", now=NOW)
    assert forged.rows == made.rows
    with pytest.raises(UserError, match="backup_damaged"):
        restore_hub(forged.path, elsewhere(SQLITE), PASSPHRASE, now=LATER)


def test_others_write_while_a_copy_is_made(full: Hub, monkeypatch, tmp_path: Path):
    """One snapshot: what is committed during the copy is in all of its tables or in none."""
    other = FakeStation(commune="10009").join(full)
    other.people(3)
    real, done = backup.dump, []

    def slow(session, table):
        yield from real(session, table)
        if not done:
            done.append(take(full, other.up()))

    monkeypatch.setattr(backup, "dump", slow)
    made = make_backup(full, tmp_path / "b", now=NOW)
    assert done[0][0].taken == 3
    assert (made.rows["operation"], upto(full, other)) == (7, 3)


@pytest.mark.parametrize("trouble", [OSError(errno.ENOSPC, "No space left"), OSError(errno.EIO, "Input/output error")])
def test_a_disk_that_fails_leaves_the_copies_before(full: Hub, monkeypatch, tmp_path: Path, trouble: OSError):
    old = make_backup(full, tmp_path, now=NOW)

    class Failing(io.BytesIO):
        def write(self, data: Any) -> int:
            if self.tell():  # not at once: the header goes through
                raise trouble
            return super().write(data)

    def broken(_file, *given, **more):
        return real(Failing(), *given, **more)

    real = backup_file.write_file
    with monkeypatch.context() as patch:
        patch.setattr(backup, "write_file", broken)
        with pytest.raises(UserError, match="backup_failed"):
            make_backup(full, tmp_path, now=LATER)
    assert [path for path, _made in list_backups(tmp_path)] == [old.path]
    assert list(tmp_path.glob("*.part")) == []


def test_a_copy_that_cannot_be_read_back_gets_no_name(full: Hub, monkeypatch, tmp_path: Path):
    def rotten(file, *given, **more):
        held = io.BytesIO()
        rows = real(held, *given, **more)
        data = held.getvalue()
        file.write(data[:-200] + bytes([data[-200] ^ 4]) + data[-199:])
        return rows

    real = backup_file.write_file
    monkeypatch.setattr(backup, "write_file", rotten)
    with pytest.raises(UserError, match="backup_failed"):
        make_backup(full, tmp_path, now=NOW)
    assert list_backups(tmp_path) == [] and list(tmp_path.glob("hub-*")) == []


def test_the_rotation_thins_old_copies(hub: Hub, tmp_path: Path):
    for day in range(40):
        (tmp_path / f"hub-{NOW.astimezone() - timedelta(days=day + 1):%Y%m%d-%H%M%S}.chb").write_bytes(b"x")
    make_backup(hub, tmp_path, now=NOW)
    kept = [made.date() for _path, made in list_backups(tmp_path)]
    today = NOW.astimezone().date()
    assert kept[:12] == [today - timedelta(days=day) for day in range(12)]
    assert 12 < len(kept) < 25


def test_an_older_schema_is_restored_and_brought_up(hub: Hub, elsewhere, monkeypatch, tmp_path: Path, kind: str):
    """A copy written by the program of schema 2 has fewer tables and columns."""
    station = FakeStation().join(hub)
    station.people(2)
    take(hub, station.up())
    old = base_at(elsewhere(kind)).prepare(bytes(32), Schema(2, backup.SCHEMA.steps))
    with old.engine.connect() as connection:
        names = set(old.engine.dialect.get_table_names(connection)) - {"alembic_version"}
        columns = {name: {one["name"] for one in old.engine.dialect.get_columns(connection, name)} for name in names}
    old.close()

    def then(table):
        return [one for one in columns_of(table) if one[0] in columns[table.name]]

    kept = [table for table in HubBase.metadata.sorted_tables if table.name in names]
    monkeypatch.setattr(backup, "tables", lambda: kept)
    monkeypatch.setattr(backup, "columns_of", then)
    monkeypatch.setattr("covidstation.hub.copies.rows.columns_of", then)
    monkeypatch.setattr(backup, "SCHEMA", Schema(2, backup.SCHEMA.steps))
    made = make_backup(hub, tmp_path / "b", now=NOW)
    monkeypatch.undo()
    place = Place(tmp_path / "new" / DATABASE, tmp_path / "new")
    restore_hub(made.path, place, PASSPHRASE, now=LATER)
    again = open_hub(place, PASSPHRASE)
    assert dump(again) == dump(hub) and len(dump(again)) == 2
    again.db.close()


def test_a_newer_copy_and_other_files_are_refused(full: Hub, elsewhere, monkeypatch, tmp_path: Path):
    monkeypatch.setattr(backup, "SCHEMA", Schema(99, backup.SCHEMA.steps))
    made = make_backup(full, tmp_path / "b", now=NOW)
    with pytest.raises(UserError, match="newer_data"):
        restore_hub(made.path, elsewhere(SQLITE), PASSPHRASE, now=LATER)
    (tmp_path / "x.chb").write_bytes(b"PK\x03\x04 rubbish")
    with pytest.raises(UserError, match="not_a_backup"):
        restore_hub(tmp_path / "x.chb", elsewhere(SQLITE), PASSPHRASE, now=LATER)
    with pytest.raises(UserError, match="backup_unreadable"):
        restore_hub(tmp_path / "none.chb", elsewhere(SQLITE), PASSPHRASE, now=LATER)


def test_a_restore_that_was_cut_off_can_be_done_again(full: Hub, elsewhere, kind: str, monkeypatch, tmp_path: Path):
    made = make_backup(full, tmp_path / "b", now=NOW)
    place = elsewhere(kind)
    with monkeypatch.context() as patch:
        patch.setattr(
            "covidstation.hub.copies.restoring._lay_keys", lambda *_given: (_ for _ in ()).throw(OSError("cut"))
        )
        with pytest.raises(OSError, match="cut"):
            restore_hub(made.path, place, PASSPHRASE, now=LATER)
    with pytest.raises(UserError, match="not_set_up"):
        open_hub(place, PASSPHRASE)
    restore_hub(made.path, place, PASSPHRASE, now=LATER)
    again = open_hub(place, PASSPHRASE)
    assert content(again) == content(full)
    again.db.close()


def test_a_torn_block_is_no_rows():
    columns = [("a", "int4"), ("b", "text")]
    row = b"\0\2" + b"\0\0\0\4\0\0\0\7" + b"\0\0\0\1x"
    assert count_rows(row * 3, columns) == 3
    for torn in (row[:-1], row + b"\0", b"\0\3" + row[2:], row[:2] + b"\x7f" + row[3:]):
        with pytest.raises(ValueError, match=r"cut|row"):
            count_rows(torn, columns)


def test_a_copy_a_day_by_itself(full: Hub, monkeypatch, tmp_path: Path):
    clock = [NOW]
    daily = DailyBackup(full, tmp_path, clock=lambda: clock[0])
    assert daily.make_if_due() is not None and daily.make_if_due() is None
    clock[0] = NOW + timedelta(hours=22)
    assert not daily.is_due()
    clock[0] = NOW + timedelta(hours=24)
    assert daily.make_if_due() is not None
    clock[0] = NOW - timedelta(days=3650)
    assert daily.make_if_due() is not None, "the copies of a clock that was wrong do not count"
    assert len(list_backups(tmp_path)) == 3


def test_the_daily_copy_survives_a_disk_that_fails(full: Hub, monkeypatch, tmp_path: Path):
    daily, calls = DailyBackup(full, tmp_path / "x"), []

    def fails(*_given: object, **_more: object) -> None:
        calls.append(1)
        raise UserError("hub.backup_failed", folder="x", reason="x")

    monkeypatch.setattr(backup_daily, "LOOK", 0.01)
    monkeypatch.setattr(backup_daily, "make_backup", fails)
    daily.start()
    until(lambda: len(calls) > 2)
    assert daily.trouble is not None and daily.trouble.code == "hub.backup_failed"
    monkeypatch.setattr(backup_daily, "make_backup", make_backup)
    until(lambda: list_backups(tmp_path / "x") != [])
    daily.stop()
    assert daily.trouble is None


def test_the_commands_copy_and_restore_with_the_escrow_code(folder: Path, tmp_path: Path, founded, capsys):
    secret, code, new = (tmp_path / name for name in ("secret", "code", "new"))
    for file, text in ((secret, PASSPHRASE), (code, founded[1].escrow_code), (new, "suối reo bên bản mới")):
        file.write_text(text, encoding="utf-8")
        file.chmod(0o600)

    def run(data: Path, words: Path, *given: object) -> tuple[int, str, str]:
        status = main(["--data", str(data), "--passphrase-file", str(words), *map(str, given)])
        said = capsys.readouterr()
        return status, said.out, said.err

    status, said, _err = run(folder, secret, "backup", "--json")
    made = json.loads(said)
    assert status == 0 and Path(made["file"]).parent == folder / "backups" and made["rows"]["hub_state"] == 1
    other = tmp_path / "other"
    assert run(other, new, "restore", made["file"])[0] == 1, "not its passphrase"
    status, said, _err = run(other, new, "restore", made["file"], "--escrow-code-file", code, "--json")
    back = json.loads(said)
    assert status == 0 and back["recovery_code"] and back["words"] == list(founded[1].words)
    status, said, _err = run(other, new, "status", "--json")
    assert (status, json.loads(said)["hub_epoch"]) == (0, back["hub_epoch"])
    status, said, err = run(other, new, "restore", made["file"])
    assert (status, said) == (1, "") and err.strip() == SENTENCES["hub.already_set_up"].format(folder=other)
