"""Small lines are small, and what an older program packed is read for ever."""

import hashlib

import pytest
from sqlalchemy import select

from covidstation.db import packed
from covidstation.db.rows import JournalRow
from covidstation.paths import resources
from tests.services import outbreak

RELEASED = {
    "journal-1": "e02169527616882efd7bc617093332e6566941a9ff3c98804090ba034063cd85",
    "journal-2": "cc2f8c2265c8e8862ff4588f2963b0acfd0430c93560ae4479a78418f89949e9",
    "paper-1": "8b3853074dde3d27943c311b5e000b929409c5f935a6653bdaf2b1965b4aefee",
}


@pytest.mark.parametrize("name", RELEASED)
def test_a_released_dictionary_never_changes(name):
    assert hashlib.sha256((resources() / f"{name}.dict").read_bytes()).hexdigest() == RELEASED[name]


def test_every_dictionary_is_pinned_here_and_the_newest_is_there():
    assert {path.stem for path in resources().glob("*.dict")} == set(RELEASED)
    assert {f"{words}-{number}" for words, number in packed.NEWEST.items()} <= set(RELEASED)


LINE = '{"f":{"full_name":"Giàng A Páo","sex":"MALE"},"o":"i","t":"person","v":1}'.encode()


@pytest.mark.parametrize("number", [1, 2])
def test_what_any_dictionary_packed_is_read(monkeypatch, number):
    monkeypatch.setitem(packed.NEWEST, "journal", number)
    monkeypatch.setattr(packed, "_local", type(packed._local)())
    stored = packed.pack("journal", LINE)
    assert (stored[0], len(stored) < len(LINE)) == (number, True)
    monkeypatch.undo()
    assert packed.unpack("journal", stored) == LINE


def test_what_does_not_shrink_is_kept_as_it_is():
    noise = hashlib.sha256(b"noise").digest()
    assert packed.unpack("journal", packed.pack("journal", noise)) == noise
    assert packed.pack("journal", noise)[0] == 0


@pytest.mark.parametrize("stored", [b"", b"\x01", b"\x02rubbish", b"\x63" + b"x" * 40])
def test_rubbish_is_a_value_error(stored):
    with pytest.raises(ValueError):
        packed.unpack("journal", stored)


def test_a_check_of_a_round_takes_little_of_the_journal(db):
    """Twice a day for every F0: 300 of them for 14 days are 8,400 checks, of about 500 bytes when written out."""
    episode = outbreak.case(db, 1)
    for hour in range(7):
        outbreak.check(db, episode, at=outbreak.LOCAL.replace(hour=hour), round=outbreak.Round.EXTRA)
    with db.read() as session:
        lines = list(session.scalars(select(JournalRow.line).where(JournalRow.tbl == "visit")))
    sizes = [len(packed.pack("journal", line)) for line in lines]
    assert len(sizes) == 7
    assert max(sizes) <= 160
