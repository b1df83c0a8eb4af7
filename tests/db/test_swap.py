"""Another file in the register's place: nobody may hold the old one, no log of it is left, nothing is lost."""

from __future__ import annotations

import secrets
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import text

from covidstation.db import hold, swap
from covidstation.db.ids import new_id
from covidstation.db.rows import HamletRow
from covidstation.db.session import Database, make_engine
from covidstation.errors import UserError
from covidstation.messages import sentence
from tests.services.samples import NOW, opened


def code_of(act, *values, **more):
    with pytest.raises(UserError) as caught:
        act(*values, **more)
    assert sentence(caught.value)
    return caught.value.code


def holding(folder):
    """Another program that holds the register until it is killed."""
    code = (
        "import sys, time; from pathlib import Path; from covidstation.db import hold\n"
        "held = hold.share(Path(sys.argv[1])); print('held', flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline().strip() == "held"
    return child


def hamlet(db, name="Nậm Ngá"):
    with db.write(None, NOW) as session:
        session.add(HamletRow(id=new_id(), name=name))


def hamlets(db):
    with db.read() as session:
        return session.scalar(text("SELECT count(*) FROM hamlet"))


def copy_of(db, path):
    db.outside_transaction("VACUUM INTO ?", str(path))
    return path


def test_many_hold_it_and_one_alone(tmp_path):
    first, second = hold.share(tmp_path), hold.share(tmp_path)
    assert code_of(hold.alone(tmp_path).__enter__) == "station.in_use"
    first.release()
    first.release()
    second.release()
    with hold.alone(tmp_path):
        assert code_of(hold.alone(tmp_path).__enter__) == "station.in_use"
    hold.share(tmp_path).release()
    assert (tmp_path / hold.FILE).stat().st_size == 0


@pytest.mark.parametrize("data", [b"x", bytes(4096), "không phải sổ".encode() * 400])
def test_what_somebody_wrote_into_the_hold_locks_nobody_out(tmp_path, data):
    holder = hold.share(tmp_path)
    (tmp_path / hold.FILE).write_bytes(data)
    assert code_of(hold.alone(tmp_path).__enter__) == "station.in_use", "the lock of who has it stays"
    holder.release()
    for act in (hold.alone, lambda folder: hold.turn(folder / hold.KEYS_FILE)):
        (tmp_path / hold.KEYS_FILE).write_bytes(data)
        with act(tmp_path):
            pass
    hold.share(tmp_path).release()


def test_a_hold_dies_with_its_program(tmp_path):
    child = holding(tmp_path)
    try:
        assert code_of(hold.alone(tmp_path).__enter__) == "station.in_use"
    finally:
        child.kill()
        child.wait(timeout=30)
        child.stdout.close()
    with hold.alone(tmp_path):
        pass


def test_a_folder_that_is_none_is_a_sentence(tmp_path):
    assert code_of(hold.share, tmp_path / "nowhere") == "station.read_only"


def test_the_new_file_stands_and_no_log_of_the_old_one(folder):
    db = opened(folder).db
    copy = copy_of(db, folder / "new.db")
    hamlet(db)
    key = db.key
    db.engine.dispose()  # the log stays, as after a power cut
    db.let_go()
    swap.fold(folder / "register.db", key)
    swap.place(folder, copy)
    assert not copy.exists() and not (folder / "register.db-wal").exists()
    db = opened(folder).db
    assert hamlets(db) == 0
    db.close()


def test_a_swap_that_cannot_be_leaves_all_as_it_is(folder):
    db = opened(folder).db
    hamlet(db)
    key = db.key
    db.close()
    before = (folder / "register.db").read_bytes()
    assert code_of(swap.place, folder, folder / "nowhere.db") == "station.not_replaced"
    assert code_of(swap.fold, folder / "register.db", bytes(32)) == "station.damaged"
    assert (folder / "register.db").read_bytes() == before
    assert opened(folder).db.key == key


def test_the_key_changes_under_an_open_register_and_its_threads_wait(folder):
    db = opened(folder).db
    hamlet(db)
    stop, saved, troubles = threading.Event(), [], []

    def save():
        while not stop.is_set():
            try:
                hamlet(db, f"Bản {len(saved)}")
                saved.append(1)
            except UserError as trouble:
                troubles.append(trouble.code)
            time.sleep(0.02)

    thread = threading.Thread(target=save)
    thread.start()
    changed = 0
    for _one in range(3):
        try:
            swap.rekey(db, secrets.token_bytes(32), placed=lambda: None)
            changed += 1
        except UserError as trouble:
            assert trouble.code == "station.busy"
    stop.set()
    thread.join(timeout=60)
    assert changed and set(troubles) <= {"station.busy", "station.locked_by_other"}
    assert hamlets(db) == len(saved) + 1
    last = db.key
    db.close()
    again = Database(make_engine(folder / "register.db", last), folder / "register.db", last)
    assert hamlets(again) == len(saved) + 1
    again.close()


def test_a_full_disk_leaves_the_old_key(folder, monkeypatch):
    db = opened(folder).db
    hamlet(db)
    key = db.key

    def refuse(*_values):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(swap.os, "fsync", refuse)
    assert code_of(swap.rekey, db, bytes(range(32)), placed=lambda: None) == "station.not_replaced"
    monkeypatch.undo()
    assert db.key == key and hamlets(db) == 1 and not (folder / swap.REKEYED).exists()
    hamlet(db, "Pa Khoá")
    db.close()
