"""`users` and `recover` by command: who opens the register, and the way back in by the district's key."""

from __future__ import annotations

import pytest

from covidstation.db import keys
from covidstation.hub.database.keys import escrow_file
from tests.services.samples import CHEAP, PASSPHRASE, USER

NURSE = "Giàng A Sùng"
OWN = "con suối sau bản"


@pytest.fixture(autouse=True)
def cheap(monkeypatch):
    """Locks without the half second that a passphrase is worth."""
    monkeypatch.setattr(keys, "calibrated_cost", lambda: CHEAP)
    monkeypatch.setattr(keys, "FLOOR", CHEAP)


@pytest.fixture
def own(tmp_path):
    """The file of a new passphrase."""
    file = tmp_path / "own.txt"
    file.write_text(OWN + "\n", encoding="utf-8")
    return file


def users(ask):
    return {one["name"]: (one["role"], one["state"]) for one in ask("users", "list")[1]["users"]}


def test_a_user_is_added_chooses_a_passphrase_and_is_let_go(ask, run, secret, own):
    assert users(ask) == {USER: ("head", "ready")}
    status, given = ask("users", "add", NURSE, "--role", "clinician")
    assert (status, given["user"]) == (0, NURSE) and users(ask)[NURSE] == ("clinician", "one_time")
    secret.write_text(given["one_time"], encoding="utf-8")
    status, out, err = run("status", user=NURSE)
    assert (status, out) == (1, "") and err
    assert ask("users", "passphrase", "--new-passphrase-file", own, user=NURSE) == (0, {"user": NURSE})
    secret.write_text(OWN, encoding="utf-8")
    assert run("status", user=NURSE)[0] == 0
    status, out, err = run("users", "list", user=NURSE)
    assert (status, out) == (1, "") and err.count("\n") == 1, "only the head sees them"
    secret.write_text(PASSPHRASE, encoding="utf-8")
    assert ask("users", "disable", NURSE) == (0, {"user": NURSE, "key_changed": True})
    assert users(ask)[NURSE] == ("clinician", "disabled")
    secret.write_text(OWN, encoding="utf-8")
    assert run("status", user=NURSE)[0] == 1
    secret.write_text(PASSPHRASE, encoding="utf-8")
    assert ask("users", "enable", NURSE)[1]["one_time"] and users(ask)[NURSE] == ("clinician", "one_time")


def test_a_forgotten_passphrase_is_given_anew(ask, run):
    first = ask("users", "add", NURSE, "--role", "data_entry")[1]["one_time"]
    status, out, _err = run("users", "reset", NURSE)
    assert status == 0 and NURSE in out and first not in out
    assert NURSE in run("users", "list")[1]


@pytest.mark.parametrize("act", ["disable", "enable", "reset"])
def test_who_is_not_there_is_a_sentence(run, act):
    status, out, err = run("users", act, "Ai Đó")
    assert (status, out) == (1, "") and "Ai Đó" in err and err.count("\n") == 1


def test_the_last_head_stays(ask, run):
    status, out, err = run("users", "disable", USER)
    assert (status, out) == (1, "") and err.count("\n") == 1
    assert users(ask) == {USER: ("head", "ready")}


def test_ones_own_passphrase_is_changed(ask, run, secret, own):
    assert ask("users", "passphrase", "--new-passphrase-file", own) == (0, {"user": USER})
    assert run("status")[0] == 1
    secret.write_text(OWN, encoding="utf-8")
    assert run("status")[0] == 0


def test_the_districts_key_opens_the_way_back(ask, run, db, stick, district, secret, own, tmp_path):
    district.enrol(db, stick)
    db.close()
    code, file = keys.new_recovery_code(), tmp_path / "escrow.age"
    file.write_bytes(escrow_file(district.escrow, code, district.root))
    secret.write_text(keys.new_recovery_code(), encoding="utf-8")
    status, out, err = run("recover", "--escrow-key", file, user=USER)
    assert (status, out) == (1, "") and str(file) in err, "another code does not open it"
    secret.write_text(code, encoding="utf-8")
    status, out, err = run("recover", "--escrow-key", file)
    assert (status, out) == (1, "") and err.count("\n") == 1, "nobody was named"
    status, given = ask("recover", "--escrow-key", file, user=USER)
    assert (status, given["user"]) == (0, USER)
    secret.write_text(PASSPHRASE, encoding="utf-8")
    assert run("status")[0] == 1
    secret.write_text(given["one_time"], encoding="utf-8")
    assert ask("users", "passphrase", "--new-passphrase-file", own, user=USER)[0] == 0
    secret.write_text(OWN, encoding="utf-8")
    assert run("status")[0] == 0
