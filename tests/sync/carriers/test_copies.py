"""Copies on sticks: whole or not there, the newest two kept, nothing believed that does not agree."""

import json
import os
import random
import zipfile
from contextlib import suppress
from datetime import datetime
from functools import partial
from uuid import UUID

import pytest

from covidstation.errors import UserError
from covidstation.sync.carriers import copies
from covidstation.sync.carriers.copies import copy_name, find_carried, put_copy, take_out

STATION = UUID("5a0c2d4e-6f80-41b2-a3c4-d5e6f7081920")
MADE = datetime(2022, 3, 10, 8, 30)


@pytest.fixture
def register(tmp_path):
    path = tmp_path / "register.db"
    path.write_bytes(os.urandom(3_000_000))
    return path


def put(stick, register, day=10, **more):
    name = copy_name(STATION, "9f86d081884c7d65", MADE.replace(day=day))
    return put_copy(stick, name, register, b'{"wraps": []}', {"people": day}, **more)


@pytest.fixture
def stick(tmp_path):
    made = tmp_path / "stick"
    made.mkdir()
    return made


def test_it_comes_back_byte_for_byte_and_says_what_it_is(stick, register, tmp_path):
    moved = []
    path = put(stick, register, step=lambda done, of: moved.append((done, of)))
    assert path == stick / "CSB" / STATION.hex / "backup" / "B-9f86d081-20220310-083000.csk"
    assert moved == sorted(moved) and moved[-1] == (6_000_000, 6_000_000)
    (found,) = find_carried(stick)
    assert (found.path, found.made, found.facts) == (path, MADE, {"people": 10})
    take_out(path, tmp_path / "out.db")
    assert (tmp_path / "out.db").read_bytes() == register.read_bytes()
    assert copies.carried_keys(path) == b'{"wraps": []}'
    with zipfile.ZipFile(path) as packed:  # anything that reads zip reads it
        assert sorted(packed.namelist()) == ["keys.json", "manifest.json", "register.db"]


def test_the_newest_two_of_a_station_stay(stick, register):
    other = copy_name(UUID(int=7), "9f86d081884c7d65", MADE)
    put_copy(stick, other, register, b"{}", {})
    for day in (10, 11, 12):
        put(stick, register, day)
    assert [found.made.day for found in find_carried(stick) if STATION.hex in str(found.path)] == [12, 11]
    assert len(find_carried(stick)) == 3


def test_a_stick_that_is_too_small_says_so_and_keeps_what_it_has(stick, register, monkeypatch):
    first = put(stick, register)
    monkeypatch.setattr(copies.shutil, "disk_usage", lambda _folder: type("Usage", (), {"free": 2 << 20}))
    with pytest.raises(UserError) as caught:
        put(stick, register, 11)
    assert (caught.value.code, caught.value.params) == ("stick.copy_room", {"needed": 4, "free": 2})
    assert [found.path for found in find_carried(stick)] == [first]


@pytest.mark.parametrize("fails", ["write", "read"])
def test_a_stick_that_fails_holds_no_part(stick, register, monkeypatch, fails):
    first = put(stick, register)
    if fails == "write":
        monkeypatch.setattr(copies.os, "fsync", lambda _number: (_ for _ in ()).throw(OSError(5, "I/O error")))
    else:
        monkeypatch.setattr(copies, "_agrees", lambda *_given: False)
    with pytest.raises(UserError) as caught:
        put(stick, register, 11)
    assert caught.value.code == ("stick.pulled_out" if fails == "write" else "stick.not_the_same")
    assert [path.name for path in first.parent.iterdir()] == [first.name]


def test_each_flipped_bit_is_found(stick, register, tmp_path):
    path = put(stick, register)
    data = path.read_bytes()
    for at in (*range(40, len(data), len(data) // 60), len(data) - 10, len(data) - 150):
        path.write_bytes(data[:at] + bytes([data[at] ^ 4]) + data[at + 1 :])
        try:
            take_out(path, tmp_path / "out.db")
        except UserError as trouble:
            assert trouble.code == "station.copy_damaged"
            assert not (tmp_path / "out.db").exists()
        else:  # a bit of the zip's own dates and names of makers carries nothing
            assert (tmp_path / "out.db").read_bytes() == register.read_bytes()


def evil(path, members, compress=zipfile.ZIP_STORED):
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", compress) as packed:
        for name, data in members:
            packed.writestr(name, data)


def test_what_a_stranger_wrote_is_no_copy(stick, tmp_path):
    place = stick / "CSB" / STATION.hex / "backup"
    good = json.dumps({"format": 1, "facts": {}, "files": {}})
    names = ["manifest.json", "keys.json", "register.db"]
    evil(place / "B-00000001-20220310-083000.csk", [(name, "x") for name in names])
    evil(place / "B-00000002-20220310-083000.csk", [("../../evil", "x"), *((name, good) for name in names)])
    evil(place / "B-00000003-20220310-083000.csk", [(name, good * 100_000) for name in names], zipfile.ZIP_DEFLATED)
    evil(place / "B-00000004-20220310-083000.csk", [("manifest.json", "[" * 100_000), ("keys.json", ""), names[2:] * 2])
    (place / "B-00000005-20220310-083000.csk").write_bytes(b"PK\x03\x04" + os.urandom(1000))
    (place / "B-00000006-20220310-083000.csk").symlink_to("/etc/passwd")
    (place / "B-00000007-20220310-083000.csk").mkdir()
    assert find_carried(stick) == []
    for path in place.glob("*.csk"):
        with pytest.raises(UserError):
            take_out(path, tmp_path / "out.db")
        assert not (tmp_path / "out.db").exists()


def test_no_torn_copy_hides_the_good_ones_or_ends_in_a_trace(stick, register, tmp_path):
    """Three thousand ways, most at the end of the file, where a zip says what is in it."""
    register.write_bytes(register.read_bytes()[:20_000])
    good = put(stick, register)
    data, dice = good.read_bytes(), random.Random(7)
    torn = good.with_name("B-9f86d081-20220311-083000.csk")
    for _one in range(3000):
        found = bytearray(data)
        for _change in range(dice.choice((1, 1, 2, 5))):
            at = dice.randrange(len(found) - 600, len(found))
            piece = dice.choice((b"", b"\xff" * 8, dice.randbytes(1), dice.randbytes(3)))
            found[at : at + dice.choice((0, 1, 8))] = piece
        torn.write_bytes(found)
        assert good in [one.path for one in find_carried(stick)]
        for act in (copies.carried_keys, partial(take_out, target=tmp_path / "out.db")):
            with suppress(UserError):
                act(torn)
