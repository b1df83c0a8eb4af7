"""Users: who opens the register, who no longer does, who learns what; the key changes without anybody's passphrase."""

from __future__ import annotations

import json
from contextlib import closing
from dataclasses import replace

import pyrage
import pytest
from sqlalchemy import select

from covidstation.db import audit, keys, swap
from covidstation.db.rows import SecretRow, UserRow
from covidstation.domain.station import Role
from covidstation.errors import UserError
from covidstation.hub.database.keys import escrow_file
from covidstation.messages import sentence, sentences
from covidstation.services.access import keyring
from covidstation.services.access.opening import (
    REGISTER,
    open_register,
    open_with_escrow,
    open_with_key,
    open_with_recovery,
)
from covidstation.services.access.passphrases import (
    change_passphrase,
    escrow_identity,
    recovery_used,
    reset_passphrase,
    reset_with_escrow,
)
from covidstation.services.access.users import (
    State,
    UserDraft,
    add_user,
    change_role,
    disable_user,
    enable_user,
    list_users,
    reset_user,
    set_recovery,
)
from covidstation.services.copies.backup import back_up
from covidstation.services.upkeep.check import check_register
from covidstation.sync.identity import AgeKey, SignKey
from tests.db.first_format import first_format, write_first_format
from tests.services.district import District
from tests.services.samples import NOW, OWN, PASSPHRASE, USER, f0, found, neighbour, opened, register

pytestmark = pytest.mark.usefixtures("cheap")
NURSE = UserDraft(name="Giàng A Sùng", role="clinician")
SON = UserDraft(name="Vàng Thị Sơ", role="data_entry")
SAID = "chợ phiên đầu tháng"


@pytest.fixture
def station(tmp_path):
    """An open register with one patient, in the hands of its head."""
    founded = found(tmp_path)
    station = opened(tmp_path)
    register(station.db)
    yield station, founded
    station.db.close()


def code_of(act, *values, **more):
    with pytest.raises(UserError) as caught:
        act(*values, **more)
    assert sentences(caught.value)
    problems = getattr(caught.value, "problems", ())
    return problems[0].code if problems else caught.value.code


def added(station, draft=NURSE, own=OWN):
    """A user who has chosen their own passphrase."""
    one = add_user(station.db, draft, by=station.user_id, now=NOW).value
    open_register(station.folder, one.phrase, user=one.name, own=own).db.close()
    return one.user_id


def state_of(station, user_id):
    return next(line.state for line in list_users(station.db) if line.id == user_id)


def entries(db, action="users"):
    with db.read() as session:
        return [entry.detail for entry, _chain in audit.entries(session) if entry.action == action]


def enrol(station, place):
    """The district's answer, read from a stick; returns the identity of its escrow."""
    stick, district = place / "stick", District()
    stick.mkdir()
    district.enrol(station.db, stick)
    return district


def test_two_staff_the_district_and_the_code_each_open(station, tmp_path):
    station, founded = station
    nurse = added(station)
    district = enrol(station, tmp_path)
    ways = [
        (lambda: open_register(station.folder, PASSPHRASE), "head", founded.user_id),
        (lambda: open_register(station.folder, OWN), "clinician", nurse),
        (lambda: open_with_recovery(station.folder, founded.recovery_code), "head", None),
        (lambda: open_with_escrow(station.folder, district.escrow.secret), "head", None),
    ]
    for _again in range(2):
        for way, role, user in ways:
            with closing(way().db) as db:
                assert (db.actor.role, db.actor.id, db.key) == (role, user, station.db.key)
        key = station.db.key
        keyring.change_key(station.db, now=NOW)
        assert station.db.key != key


def test_a_one_time_passphrase_is_replaced_at_its_first_use(station):
    station, _founded = station
    one = add_user(station.db, NURSE, by=station.user_id, now=NOW).value
    assert len(one.phrase) == 19 and state_of(station, one.user_id) is State.ONE_TIME
    assert code_of(open_register, station.folder, one.phrase) == "keys.choose_own"
    assert code_of(open_register, station.folder, one.phrase, own="matkhau123") == "keys.passphrase_common"
    assert code_of(open_register, station.folder, one.phrase, own=one.phrase.upper()) == "keys.same_again"
    assert code_of(open_register, station.folder, one.phrase, own="Giang A Sung") == "keys.passphrase_name"
    with closing(open_register(station.folder, one.phrase.replace("-", " ").upper(), own=OWN).db) as db:
        assert db.actor.name == NURSE.name
    assert state_of(station, one.user_id) is State.READY
    assert code_of(open_register, station.folder, one.phrase, own=OWN) == "keys.wrong_passphrase"
    open_register(station.folder, OWN).db.close()


def test_a_file_cannot_make_a_one_time_passphrase_last(station):
    station, _founded = station
    one = add_user(station.db, NURSE, by=station.user_id, now=NOW).value
    file = station.folder / keys.FILE
    value = json.loads(file.read_bytes())
    for wrap in value["wraps"]:
        wrap.pop("once", None)
        wrap.pop("sum")
    file.write_text(json.dumps(value), encoding="utf-8")
    assert code_of(open_register, station.folder, one.phrase) == "keys.wrong_passphrase"


def test_the_disabled_are_out_at_once_with_a_new_key_and_their_copies_closed(station):
    station, founded = station
    nurse = added(station)
    added(station, SON, SAID)
    back_up(station.db, now=NOW)
    before, old_key = (station.folder / keys.FILE).read_bytes(), station.db.key
    change = disable_user(station.db, nurse, by=station.user_id, now=NOW).value
    assert change.changed and station.db.key != old_key and state_of(station, nurse) is State.DISABLED
    assert code_of(open_register, station.folder, OWN) == "keys.wrong_passphrase"
    copies = list((station.folder / "backups").glob("*.keys.json"))
    assert copies and all(nurse.hex not in {wrap.id for wrap in keys.read_key_file(one)} for one in copies)
    for way in (PASSPHRASE, SAID):
        open_register(station.folder, way).db.close()
    open_with_recovery(station.folder, founded.recovery_code).db.close()
    assert all(finding.good for finding in check_register(station.db, station.folder))
    (station.folder / keys.FILE).write_bytes(before)  # the file of yesterday, from a stick
    assert code_of(open_register, station.folder, OWN) == "station.damaged"  # its key no longer opens the file


def test_a_disabled_user_is_refused_by_the_register_whatever_the_file_says(station):
    station, _founded = station
    nurse = added(station)
    before = (station.folder / keys.FILE).read_bytes()
    with station.db.write(None, NOW) as session:
        session.scalars(select(UserRow).where(UserRow.id == nurse)).one().disabled_on = NOW.date()
    (station.folder / keys.FILE).write_bytes(before)
    assert code_of(open_register, station.folder, OWN) == "keys.user_disabled"
    assert code_of(open_with_key, station.folder, station.db.key, nurse) == "keys.user_disabled"


def test_the_role_is_that_of_the_register_whatever_the_file_says(station):
    station, _founded = station
    nurse = added(station)
    file = station.folder / keys.FILE
    file.write_text(file.read_text(encoding="utf-8").replace('"clinician"', '"head"'), encoding="utf-8")
    with closing(open_register(station.folder, OWN).db) as db:
        assert db.actor.role is Role.CLINICIAN
    assert '"clinician"' in file.read_text(encoding="utf-8")
    change_role(station.db, nurse, "read_only", by=station.user_id, now=NOW)
    assert {wrap.role for wrap in keys.read_keys(station.folder) if wrap.id == nurse.hex} == {"read_only"}
    with closing(open_register(station.folder, OWN).db) as db:
        assert db.actor.role is Role.READ_ONLY
        assert code_of(list_users, db) == "rights.manage"


def test_no_key_is_sealed_to_a_stranger_who_edits_the_file(station):
    station, _founded = station
    nurse = added(station)
    stranger = pyrage.x25519.Identity.generate()
    forged = [replace(wrap, public=str(stranger.to_public())) for wrap in keys.read_keys(station.folder)]
    keys.write_keys(station.folder, [*forged, keys.escrow_wrap(bytes(32), str(stranger.to_public()))])
    disable_user(station.db, nurse, by=station.user_id, now=NOW)
    for wrap in keys.read_keys(station.folder):
        for sealed in (wrap.sealed, wrap.next):
            with pytest.raises(pyrage.DecryptError):
                pyrage.decrypt(sealed, [stranger])


def test_somebody_reset_gets_in_with_the_new_passphrase_alone(station):
    station, _founded = station
    nurse = added(station)
    one = reset_user(station.db, nurse, by=station.user_id, now=NOW).value
    assert code_of(open_register, station.folder, OWN) == "keys.wrong_passphrase"
    assert code_of(open_register, station.folder, one.phrase) == "keys.choose_own"
    open_register(station.folder, one.phrase, own="lá lành đùm lá rách").db.close()
    disable_user(station.db, nurse, by=station.user_id, now=NOW)
    again = enable_user(station.db, nurse, by=station.user_id, now=NOW).value
    open_register(station.folder, again.phrase, own="lá lành đùm lá rách").db.close()
    assert state_of(station, nurse) is State.READY
    whats = [detail["what"] for detail in entries(station.db)]
    assert whats == ["add", "reset", "key", "disable", "key", "enable"]


def test_the_last_head_stays(station):
    station, founded = station
    with closing(open_with_recovery(station.folder, founded.recovery_code).db) as db:
        for act in (disable_user, lambda *a, **k: change_role(*a, "clinician", **k)):
            assert code_of(act, db, founded.user_id, by=None, now=NOW) == "users.last_head"
    second = added(station, UserDraft(name="Tao Thị Lả", role="head"))
    assert code_of(disable_user, station.db, founded.user_id, by=None, now=NOW) == "users.not_self"
    with closing(open_register(station.folder, OWN).db) as db:
        change_role(db, founded.user_id, "clinician", by=None, now=NOW)
        assert code_of(change_role, db, second, "clinician", by=None, now=NOW) == "users.not_self"


@pytest.mark.parametrize(
    ("draft", "code"),
    [
        (UserDraft(name=" ", role="head"), "users.name_missing"),
        (UserDraft(name="x" * 81, role="head"), "users.name_long"),
        (UserDraft(name="Páo", role="doctor"), "users.role_missing"),
        (UserDraft(name=USER.upper(), role="clinician"), "users.name_taken"),
    ],
)
def test_users_that_cannot_be_added(station, draft, code):
    station, _founded = station
    assert code_of(add_user, station.db, draft, by=None, now=NOW) == code
    assert len(list_users(station.db)) == len(keys.read_keys(station.folder)) - 1 == 1


def test_a_new_code_ends_the_old_one(station):
    station, founded = station
    reset_passphrase(station.folder, founded.recovery_code, USER, "lá lành đùm lá rách", now=NOW)
    assert recovery_used(station.db) == NOW.date().isoformat()
    code = keys.new_recovery_code()
    set_recovery(station.db, code, by=station.user_id, now=NOW)
    assert recovery_used(station.db) == ""
    assert code_of(open_with_recovery, station.folder, founded.recovery_code) == "keys.wrong_passphrase"
    open_with_recovery(station.folder, code).db.close()
    keyring.change_key(station.db, now=NOW)
    open_with_recovery(station.folder, code).db.close()


def test_the_district_gives_a_new_passphrase(station, tmp_path):
    station, _founded = station
    district = enrol(station, tmp_path)
    phrase = reset_with_escrow(station.folder, district.escrow.secret, USER, now=NOW)
    assert code_of(open_register, station.folder, phrase) == "keys.choose_own"
    open_register(station.folder, phrase, own=OWN).db.close()
    other = str(pyrage.x25519.Identity.generate())
    assert code_of(reset_with_escrow, station.folder, other, USER, now=NOW) == "keys.wrong_escrow"
    assert code_of(open_register, station.folder, PASSPHRASE) == "keys.wrong_passphrase"


def test_the_districts_key_is_read_as_the_hub_wrote_it(tmp_path):
    key, code, file = AgeKey.generate(), keys.new_recovery_code(), tmp_path / "escrow.age"
    file.write_bytes(escrow_file(key, code, SignKey.generate()))
    assert escrow_identity(file, lambda: f" {code.lower()}\n") == key.secret
    assert code_of(escrow_identity, file, keys.new_recovery_code) == "keys.escrow_file"
    file.write_text(f"# plain\n{key.secret}\n", encoding="utf-8")
    assert escrow_identity(file, keys.new_recovery_code) == key.secret
    for data in (b"", b"#", b"AGE-\xff", bytes(300)):
        file.write_bytes(data)
        assert code_of(escrow_identity, file, keys.new_recovery_code) == "keys.escrow_file"
    assert code_of(escrow_identity, tmp_path, keys.new_recovery_code) == "keys.escrow_file"


def test_without_a_district_there_is_no_escrow(station):
    station, _founded = station
    other = str(pyrage.x25519.Identity.generate())
    assert code_of(open_with_escrow, station.folder, other) == "keys.no_escrow"


def old_register(station, founded, *others):
    """As the first version left it: keys in the boxes, no public key in the register."""
    wraps = [
        first_format(station.db.key, secret, kind=kind, id=id_, name=name, role=role)
        for secret, kind, id_, name, role in (
            (PASSPHRASE, "user", founded.user_id.hex, USER, "head"),
            *others,
            (founded.recovery_code, "recovery", "recovery", "", "head"),
        )
    ]
    with station.db.write(None, NOW) as session:
        for row in session.scalars(select(UserRow)):
            row.public_key = ""
        session.delete(session.get(SecretRow, keyring.RECOVERY_KEY))
    write_first_format(station.folder, *wraps)


def test_a_register_of_the_first_version_gets_its_keys_one_by_one(station):
    station, founded = station
    nurse, third = added(station), added(station, SON, SAID)
    old_register(
        station,
        founded,
        (OWN, "user", nurse.hex, NURSE.name, "clinician"),
        (SAID, "user", third.hex, "Vàng Thị Sơ", "data_entry"),
    )
    open_register(station.folder, PASSPHRASE).db.close()
    assert [line.state for line in list_users(station.db)] == [State.READY, State.OLD_KEY, State.OLD_KEY]
    change = disable_user(station.db, third, by=station.user_id, now=NOW).value
    assert not change.changed and change.trouble.params["names"] == f"{NURSE.name}, mã khôi phục"
    assert NURSE.name in sentence(change.trouble)
    key = station.db.key
    assert code_of(open_register, station.folder, SAID) == "keys.wrong_passphrase"
    set_recovery(station.db, keys.new_recovery_code(), by=station.user_id, now=NOW)
    assert station.db.key == key and keyring.key_is_due(station.db)
    station.db.close()
    with closing(open_register(station.folder, OWN).db) as db:  # the last one: now it can be done, and is
        assert db.key != key and not keyring.key_is_due(db)


def test_a_key_is_not_changed_under_somebody_elses_hands(station):
    station, _founded = station
    nurse = added(station)
    with closing(opened(station.folder).db) as other:
        change = disable_user(station.db, nurse, by=station.user_id, now=NOW).value
        assert (change.changed, change.trouble.code) == (False, "station.in_use")
        assert not any(wrap.next for wrap in keys.read_keys(station.folder))
        assert code_of(open_register, station.folder, OWN) == "keys.wrong_passphrase"
        register(other, f0(neighbour(1)), now=NOW)  # nothing of either is in the way of the other
    key = station.db.key
    station.db.close()
    with closing(opened(station.folder).db) as db:
        assert db.key != key and not keyring.key_is_due(db)


@pytest.mark.parametrize("cut", ["both", "placed"])
def test_a_change_of_keys_that_was_cut_off_is_finished_at_the_next_opening(station, cut, monkeypatch):
    station, _founded = station
    nurse = added(station)
    real, key = swap.rekey, station.db.key

    class Cut(BaseException):
        """The power goes."""

    def cut_off(db, new_key, *, placed):
        if cut == "placed":
            real(db, new_key, placed=lambda: None)
        raise Cut

    monkeypatch.setattr(swap, "rekey", cut_off)
    with pytest.raises(Cut):
        disable_user(station.db, nurse, by=station.user_id, now=NOW)
    station.db.close()
    monkeypatch.setattr(swap, "rekey", real)
    assert any(wrap.next for wrap in keys.read_keys(station.folder))
    assert code_of(open_register, station.folder, OWN) == "keys.wrong_passphrase"
    with closing(opened(station.folder).db) as db:
        assert db.key != key and not keyring.key_is_due(db)
        assert not any(wrap.next for wrap in keys.read_keys(station.folder))
        assert all(finding.good for finding in check_register(db, station.folder))
    opened(station.folder).db.close()


def test_a_wrong_passphrase_never_damages(station):
    station, _founded = station
    names = (REGISTER, keys.FILE, "register.head")
    station.db.close()
    before = [(station.folder / name).read_bytes() for name in names]
    for wrong in ("sai rồi nhé", "", "x" * 10_000, "\ud83d", "0" * 40):
        assert code_of(open_register, station.folder, wrong) in ("keys.wrong_passphrase", "keys.wait")
    assert [(station.folder / name).read_bytes() for name in names] == before


def test_changing_ones_own_asks_for_the_old_one(station):
    station, founded = station
    change_passphrase(station.db, PASSPHRASE, OWN, now=NOW)
    assert code_of(change_passphrase, station.db, PASSPHRASE, "lá lành đùm lá rách", now=NOW) == "keys.wrong_passphrase"
    open_register(station.folder, OWN).db.close()
    with closing(open_with_recovery(station.folder, founded.recovery_code).db) as db:
        assert code_of(change_passphrase, db, "x", "lá lành đùm lá rách", now=NOW) == "keys.no_own"
    assert {"what": "passphrase"} in entries(station.db)
