"""Old keys files put back beside today's register: what was replaced stays replaced, and a cut locks nobody out."""

from __future__ import annotations

import shutil
from contextlib import closing
from functools import partial

import pytest

from covidstation.db import keys
from covidstation.db.backup import copies_of
from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.services.access import keyring
from covidstation.services.access.entrance import entrants
from covidstation.services.access.opening import open_register, open_with_recovery
from covidstation.services.access.passphrases import change_passphrase
from covidstation.services.access.users import UserDraft, add_user, reset_user, set_recovery
from covidstation.services.copies.backup import back_up, needs_backup
from covidstation.services.copies.rescue import open_to_read
from tests.services.samples import CHEAP, NEXT, NOW, OWN, PASSPHRASE, USER, found, opened, register, user_of

pytestmark = pytest.mark.usefixtures("cheap")
NURSE = UserDraft(name="Giàng A Sùng", role="clinician")


@pytest.fixture
def station(tmp_path):
    """An open register, in the hands of its head; and its recovery code."""
    founded = found(tmp_path / "data")
    station = opened(tmp_path / "data")
    register(station.db)
    yield station, founded.recovery_code
    station.db.close()


def refusal(act):
    """Why it does not open, '' when it does."""
    try:
        act().db.close()
    except UserError as trouble:
        assert sentence(trouble)
        return trouble.code
    return ""


def put_back(station, old):
    (station.folder / keys.FILE).write_bytes(old)


def kept(station):
    return (station.folder / keys.FILE).read_bytes()


@pytest.mark.parametrize("busy", [False, True])
def test_a_passphrase_from_before_a_reset_is_dead(station, busy, monkeypatch):
    """Also while the register could not get another key yet, since another program had it open."""
    station, _code = station
    nurse, old = user_of(station, NURSE), kept(station)
    if busy:
        monkeypatch.setattr(
            keyring, "change_key", lambda _db, *, now: (_ for _ in ()).throw(UserError("station.in_use"))
        )
    one = reset_user(station.db, nurse, by=station.user_id, now=NOW).value
    open_register(station.folder, one.phrase, user=one.name, own=NEXT).db.close()
    put_back(station, old)
    wanted = "keys.replaced" if busy else "station.damaged"
    assert refusal(lambda: open_register(station.folder, OWN)) == wanted
    assert refusal(lambda: open_to_read(station.folder, OWN, user=NURSE.name, now=NOW)) == wanted


def test_one_s_own_old_passphrase_is_dead(station):
    station, _code = station
    old = kept(station)
    change_passphrase(station.db, PASSPHRASE, NEXT, now=NOW)
    today = kept(station)
    put_back(station, old)
    assert refusal(lambda: open_register(station.folder, PASSPHRASE)) == "keys.replaced"
    assert refusal(lambda: open_to_read(station.folder, PASSPHRASE, now=NOW)) == "keys.replaced"
    assert refusal(lambda: open_register(station.folder, NEXT)) == "keys.wrong_passphrase"
    put_back(station, today)
    assert refusal(lambda: open_register(station.folder, NEXT)) == ""


def test_a_slip_with_a_one_time_passphrase_is_used_once(station):
    station, _code = station
    one = add_user(station.db, NURSE, by=station.user_id, now=NOW).value
    old = kept(station)
    open_register(station.folder, one.phrase, user=one.name, own=OWN).db.close()
    put_back(station, old)
    assert refusal(lambda: open_register(station.folder, one.phrase, user=one.name, own=NEXT)) == "keys.replaced"


def test_a_lost_sheet_opens_no_register_of_later_days(station, tmp_path):
    """Neither by an old keys file, nor by the key that lies in the keys file of a copy from before."""
    station, lost = station
    back_up(station.db, now=NOW)
    old, key = kept(station), keys.open_with_recovery(station.folder, lost).key
    code = keys.new_recovery_code()
    assert set_recovery(station.db, code, by=station.user_id, now=NOW).value.changed
    assert station.db.key != key
    today = kept(station)
    put_back(station, old)
    assert refusal(lambda: open_with_recovery(station.folder, lost)) == "station.damaged"
    put_back(station, today)
    assert refusal(lambda: open_with_recovery(station.folder, lost)) == "keys.wrong_passphrase"
    assert refusal(lambda: open_with_recovery(station.folder, code)) == ""


def test_after_a_change_of_key_a_copy_is_due_that_holds_todays_keys(station):
    """The advice for a spoilt keys file is to take that of the newest copy."""
    station, _code = station
    back_up(station.db, now=NOW)
    assert not needs_backup(station.db)
    set_recovery(station.db, keys.new_recovery_code(), by=station.user_id, now=NOW)
    assert needs_backup(station.db)
    back_up(station.db, now=NOW)
    assert not needs_backup(station.db)
    shutil.copy(copies_of(station.folder)[0].keys, station.folder / keys.FILE)
    assert refusal(lambda: open_register(station.folder, PASSPHRASE)) == ""


@pytest.mark.parametrize("step", ["file", "register", "file again"])
def test_a_cut_while_a_passphrase_is_replaced_locks_nobody_out(station, step, monkeypatch):
    station, _code = station
    put, told = keys.put_wrap, []

    def cut(*_values, **_more):
        raise KeyboardInterrupt

    def counted(folder, wrap, **more):
        told.append(more)
        if step == "file" or (step == "file again" and len(told) == 2):
            raise KeyboardInterrupt
        put(folder, wrap, **more)

    with monkeypatch.context() as cutting:
        cutting.setattr(keys, "put_wrap", counted)
        if step == "register":
            cutting.setattr(keyring, "vouch", cut)
        with pytest.raises(KeyboardInterrupt):
            change_passphrase(station.db, PASSPHRASE, NEXT, now=NOW)
    assert [one.name for one in entrants(station.folder)] == [USER]
    works = [one for one in (PASSPHRASE, NEXT) if not refusal(partial(open_register, station.folder, one))]
    assert works == ([NEXT] if step == "file again" else [PASSPHRASE])
    with closing(open_register(station.folder, works[0]).db):
        assert [wrap.kind for wrap in keys.read_keys(station.folder)] == ["user", "recovery"]


def test_a_second_entry_of_a_stranger_under_a_known_id_goes_at_the_next_opening(station):
    station, _code = station
    (mine, *others) = keys.read_keys(station.folder)
    forged = keys.new_wrap(bytes(32), NEXT, kind="user", id=mine.id, name=mine.name, role="head", cost=CHEAP)
    keys.write_keys(station.folder, [forged, mine, *others])
    assert refusal(lambda: open_register(station.folder, NEXT)) == "station.damaged"
    assert refusal(lambda: open_register(station.folder, PASSPHRASE)) == ""
    assert keys.read_keys(station.folder) == [mine, *others]


def cut_change(station, monkeypatch):
    """The register has its new key already, the keys file still both."""
    write, written = keys.write_keys, []

    def refused(folder, wraps):
        written.append(folder)
        if len(written) > 1:
            raise OSError(28, "No space left on device")
        write(folder, wraps)

    with monkeypatch.context() as full:
        full.setattr(keys, "write_keys", refused)
        with pytest.raises(OSError, match="No space"):
            keyring.change_key(station.db, now=NOW)
    assert all(wrap.next for wrap in keys.read_keys(station.folder))


def test_a_full_disk_after_a_cut_change_of_key_keeps_nobody_out(station, monkeypatch):
    station, _code = station
    cut_change(station, monkeypatch)
    station.db.close()

    def refused(_folder, _wraps):
        raise OSError(28, "No space left on device")

    assert refusal(lambda: open_to_read(station.folder, PASSPHRASE, now=NOW)) == ""
    with monkeypatch.context() as full:
        full.setattr(keys, "write_keys", refused)
        assert refusal(lambda: open_register(station.folder, PASSPHRASE)) == ""
    assert all(wrap.next for wrap in keys.read_keys(station.folder))
    assert refusal(lambda: open_register(station.folder, PASSPHRASE)) == ""
    assert not any(wrap.next for wrap in keys.read_keys(station.folder))


@pytest.mark.parametrize("reason", [2, 28])
def test_no_folder_for_a_private_copy_is_a_sentence(station, reason, monkeypatch):
    """On a full disk `tempfile` finds no usable folder at all."""
    station, _code = station

    def refused(**_more):
        raise OSError(reason, "no usable temporary directory")

    monkeypatch.setattr("tempfile.mkdtemp", refused)
    assert refusal(lambda: open_to_read(station.folder, PASSPHRASE, now=NOW)) == "station.disk_full"


def test_a_passphrase_changed_after_a_cut_change_of_key_opens_the_key_in_force(station, monkeypatch):
    station, _code = station
    one = add_user(station.db, NURSE, by=station.user_id, now=NOW).value
    cut_change(station, monkeypatch)
    change_passphrase(station.db, PASSPHRASE, NEXT, now=NOW)
    station.db.close()
    monkeypatch.setattr(keyring, "change_key", lambda _db, *, now: (_ for _ in ()).throw(UserError("station.in_use")))
    for _time in range(2):
        assert refusal(lambda: open_register(station.folder, NEXT, user=USER)) == ""
    assert refusal(lambda: open_register(station.folder, one.phrase, user=one.name, own=OWN)) == ""
    assert refusal(lambda: open_register(station.folder, OWN, user=one.name)) == ""
