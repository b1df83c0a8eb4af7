"""Who may put a copy into the place of a register that opens, and what does not come back with it."""

from __future__ import annotations

import shutil
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from covidstation.db import keys, restoring
from covidstation.db.backup import make_backup
from covidstation.db.rows import PersonRow
from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.services.access.keyring import key_is_due
from covidstation.services.access.opening import open_register
from covidstation.services.access.passphrases import change_passphrase
from covidstation.services.access.users import State, UserDraft, add_user, disable_user, list_users, set_recovery
from covidstation.services.copies.restore import choose_copy, find_copies, restore
from covidstation.services.station.setup import found_register
from tests.services.samples import (
    CHEAP,
    NEXT,
    NOW,
    OWN,
    PASSPHRASE,
    STATION,
    USER,
    f0,
    found,
    neighbour,
    opened,
    register,
    user_of,
)

LATER = NOW + timedelta(hours=3)
pytestmark = pytest.mark.usefixtures("cheap")
NURSE = UserDraft(name="Giàng A Sùng", role="data_entry")


@pytest.fixture
def station(tmp_path):
    """A register with a nurse, one patient, a copy, and one patient more."""
    founded = found(tmp_path / "data")
    station = opened(tmp_path / "data")
    nurse = user_of(station, NURSE)
    register(station.db)
    make_backup(station.db, now=NOW)
    register(station.db, f0(neighbour(1)))
    yield station, founded.recovery_code, nurse
    station.db.close()


def shut(station):
    station.db.close()
    station.db.let_go()
    return station.folder


def chosen(folder, secret=PASSPHRASE, user=USER):
    found = find_copies(folder, [], LATER)[-1]
    return choose_copy(folder, found, secret, now=LATER, user=user)


def refusal(act, *values, **more):
    with pytest.raises(UserError) as refused:
        act(*values, **more)
    assert sentence(refused.value)
    return refused.value.code


def people(folder, secret=PASSPHRASE):
    with closing(open_register(folder, secret).db) as db, db.read() as session:
        return len(list(session.scalars(select(PersonRow))))


def stranger(folder, **changes):
    """A station of somebody who is no user here, with a copy of it among ours."""
    elsewhere = folder.parent / "elsewhere"
    found_register(elsewhere, replace(STATION, **changes), user_name="Kẻ lạ", passphrase=NEXT, now=NOW, cost=CHEAP)
    theirs = open_register(elsewhere, NEXT)
    make_backup(theirs.db, now=NOW - timedelta(days=1))
    shut(theirs)
    for path in (elsewhere / "backups").iterdir():
        shutil.copy(path, folder / "backups")


def rotated(station):
    one = add_user(station.db, UserDraft(name="Vàng Thị Sơ", role="read_only"), by=station.user_id, now=NOW).value
    assert disable_user(station.db, one.user_id, by=station.user_id, now=NOW).value.changed


@pytest.mark.parametrize("changed", [False, True])
def test_a_copy_with_another_key_gives_a_nurse_no_say(station, changed):
    station, _code, _nurse = station
    if changed:
        rotated(station)
    folder = shut(station)
    ready = chosen(folder, OWN, NURSE.name)
    assert ready.need_head
    assert refusal(restore, ready, now=LATER) == "rights.manage"
    assert refusal(restore, ready, now=LATER, head=OWN) == "rights.manage"
    assert refusal(restore, ready, now=LATER, head=NEXT) == "keys.wrong_passphrase"
    assert people(folder) == 2
    back = restore(ready, now=LATER, head=PASSPHRASE)
    assert back.kept is not None and people(folder) == 1


def test_what_its_log_still_holds_belongs_to_a_register_that_opens(station):
    """Killed, so that nobody folded the log: it is no broken one for that."""
    station, _code, _nurse = station
    register(station.db, f0(neighbour(2)))
    killed = station.folder.parent / "killed"
    shutil.copytree(station.folder, killed)
    (killed / "register.db-shm").unlink(missing_ok=True)
    assert (killed / "register.db-wal").stat().st_size
    ready = chosen(killed, OWN, NURSE.name)
    assert refusal(restore, ready, now=LATER) == "rights.manage"
    back = restore(chosen(killed), now=LATER)
    assert back.kept is not None and people(killed) == 1


def test_an_old_passphrase_of_the_head_opens_the_copy_and_decides_nothing(station):
    station, code, _nurse = station
    change_passphrase(station.db, PASSPHRASE, NEXT, now=NOW)
    folder = shut(station)
    ready = chosen(folder)
    assert refusal(restore, ready, now=LATER) == "station.restore_head"
    assert refusal(restore, ready, now=LATER, head=PASSPHRASE) == "keys.wrong_passphrase"
    assert people(folder, NEXT) == 2
    assert restore(ready, now=LATER, head=code).kept is not None
    assert people(folder) == 1


def test_a_code_that_was_replaced_decides_nothing(station):
    station, lost, _nurse = station
    set_recovery(station.db, keys.new_recovery_code(), by=station.user_id, now=NOW)
    folder = shut(station)
    assert refusal(restore, chosen(folder, lost, None), now=LATER) == "station.restore_head"


def test_a_stranger_with_a_copy_of_his_own_replaces_nothing(station):
    station, _code, _nurse = station
    stranger(station.folder)
    folder = shut(station)
    ready = chosen(folder, NEXT, "Kẻ lạ")
    assert refusal(restore, ready, now=LATER) == "station.restore_head"
    assert refusal(restore, ready, now=LATER, head=PASSPHRASE) == "station.copy_foreign", "nor does the head in haste"
    assert people(folder) == 2
    (folder / "register.db").write_bytes(bytes(4096))
    assert refusal(restore, ready, now=LATER) == "station.restore_head", "he cannot know that it is broken"


def test_a_copy_of_the_training_register_never_takes_the_place_of_the_real_one(station):
    """The same head, the same passphrase, in haste."""
    station, _code, _nurse = station
    training = station.folder.parent / "training"
    found(training, replace(STATION, training=True))
    theirs = opened(training)
    make_backup(theirs.db, now=NOW - timedelta(days=1))
    shut(theirs)
    for path in (training / "backups").iterdir():
        shutil.copy(path, station.folder / "backups")
    folder = shut(station)
    assert refusal(chosen, folder) == "station.copy_foreign"
    assert not (folder / restoring.PART).exists() and people(folder) == 2


@pytest.mark.parametrize("spoilt", ["register", "keys", "gone"])
def test_a_register_that_nobody_opens_is_replaced_by_whoever_opens_the_copy(station, spoilt):
    station, _code, _nurse = station
    rotated(station)
    folder = shut(station)
    if spoilt == "register":
        (folder / "register.db").write_bytes(bytes(618_496))
    elif spoilt == "keys":
        (folder / keys.FILE).write_bytes(b"{")
    else:
        (folder / "register.db").unlink()
    ready = chosen(folder, OWN, NURSE.name)
    assert not ready.need_head
    restore(ready, now=LATER)
    assert people(folder) == 1


def test_who_was_disabled_since_the_copy_stays_so_and_the_old_key_goes(station):
    station, _code, nurse = station
    stolen = (station.folder / keys.FILE).read_bytes()
    disable_user(station.db, nurse, by=station.user_id, now=NOW)
    folder = shut(station)
    restore(chosen(folder), now=LATER)
    with closing(open_register(folder, PASSPHRASE).db) as db:
        assert next(one.state for one in list_users(db) if one.id == nurse) is State.DISABLED
        assert not key_is_due(db), "changed at this opening"
    (folder / keys.FILE).write_bytes(stolen)
    assert refusal(open_register, folder, OWN, user=NURSE.name) == "station.damaged"


def test_the_disabled_open_nothing_that_was_set_aside_here(station):
    station, _code, nurse = station
    aside = restore(chosen(shut(station)), now=LATER).aside
    assert nurse.hex in {wrap.id for wrap in keys.read_keys(aside)}
    with closing(open_register(station.folder, PASSPHRASE).db) as db:
        disable_user(db, nurse, by=None, now=NOW)
    assert nurse.hex not in {wrap.id for wrap in keys.read_keys(aside)}
    assert len(keys.read_keys(aside)) == 2


def test_a_decided_restore_is_finished_before_another_begins(station, monkeypatch):
    station, _code, _nurse = station
    folder = shut(station)
    with monkeypatch.context() as cut:
        cut.setattr(restoring, "carry_over", lambda _folder: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            restore(chosen(folder), now=LATER)
    second = chosen(folder)
    assert not restoring.is_decided(folder)
    restore(second, now=LATER + timedelta(minutes=1))
    assert len(list((folder / restoring.ASIDE).iterdir())) == 2 and people(folder) == 1
