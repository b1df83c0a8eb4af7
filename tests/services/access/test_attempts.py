"""Guessing is slow: bar 25 of the safety bars, with restarts and clocks that jump."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from covidstation.db.audit import entries
from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.services.access import attempts
from covidstation.services.access.attempts import FILE, failed_tries, forget_failed, trying, wait_after, wait_left
from covidstation.services.access.opening import open_register, open_with_recovery
from covidstation.services.copies.rescue import open_to_read
from tests.services.samples import NOW, PASSPHRASE, found, opened

WRONG = "không phải câu này"


class Clock:
    """The seconds since this PC was switched on."""

    def __init__(self, at: float = 1000.0) -> None:
        self.at = at

    def __call__(self) -> float:
        return self.at


def entries_of(db, action):
    with db.read() as session:
        return [entry for entry, _chain in entries(session) if entry.action == action]


def guess(folder, clock, *, right=False, who="mai", now=NOW):
    """'' for the right one, else the code of the refusal."""
    try:
        with trying(folder, who, now, clock):
            if not right:
                raise UserError("keys.wrong_passphrase")
    except UserError as trouble:
        assert sentence(trouble)
        return trouble.code
    return ""


def test_five_are_free_then_the_wait_doubles_to_a_quarter_of_an_hour():
    assert [wait_after(count) for count in range(13)] == [0] * 5 + [30, 60, 120, 240, 480, 900, 900, 900]
    assert wait_after(10_000) == 900


def test_two_hundred_wrong_ones_with_restarts_and_clock_changes_are_slow(tmp_path):
    """One more is tried every twenty seconds; in no hour are more than twenty judged."""
    clock, judged, elapsed, tried = Clock(), [], 0.0, 0
    while len(judged) < 200:
        elapsed += 20
        clock.at += 20
        tried += 1
        if tried % 130 == 0:
            clock.at = 5.0  # switched off and on
        wall = NOW + timedelta(days=(tried % 7 - 3) * 365)
        if guess(tmp_path, clock, now=wall) == "keys.wrong_passphrase":
            judged.append(elapsed)
    for start in judged:
        assert sum(start <= at < start + 3600 for at in judged) <= 20
    clock.at += 900
    assert wait_left(tmp_path, clock) == 0
    assert guess(tmp_path, clock, right=True) == ""
    assert guess(tmp_path, clock) == "keys.wrong_passphrase" and wait_left(tmp_path, clock) == 0


def test_a_restart_begins_the_wait_anew_and_never_more(tmp_path):
    clock = Clock(50_000)
    for _one in range(8):
        clock.at += 900
        assert guess(tmp_path, clock) == "keys.wrong_passphrase"
    clock.at = 3.0
    assert wait_left(tmp_path, clock) == wait_after(8)
    assert guess(tmp_path, clock, right=True) == "keys.wait"
    clock.at += wait_after(8)
    assert guess(tmp_path, clock, right=True) == ""


def test_ones_own_right_passphrase_does_not_pay_for_guesses_at_anothers(tmp_path):
    clock = Clock()
    for _one in range(5):
        assert guess(tmp_path, clock, who="mai") == "keys.wrong_passphrase"
        clock.at += 31
        assert guess(tmp_path, clock, who="páo", right=True) == ""
    assert guess(tmp_path, clock, who="mai") == "keys.wrong_passphrase"
    assert wait_left(tmp_path, clock) == 60


def test_ones_own_right_passphrase_forgives_no_guess_made_while_it_is_judged(tmp_path):
    clock = Clock()
    for _round in range(2):
        with trying(tmp_path, "tú", NOW, clock):
            assert [guess(tmp_path, clock) for _one in range(2)] == ["keys.wrong_passphrase"] * 2
    with trying(tmp_path, "tú", NOW, clock):
        assert guess(tmp_path, clock) == "keys.wait", "four at Mai's, and the one that is being judged"
    assert (failed_tries(tmp_path).told, failed_tries(tmp_path).counts) == (4, {"mai": 4})


def test_an_hour_forgives(tmp_path):
    clock = Clock()
    for _one in range(9):
        guess(tmp_path, clock)
        clock.at += 900
    clock.at += 3601
    assert [guess(tmp_path, clock) for _one in range(6)] == ["keys.wrong_passphrase"] * 5 + ["keys.wait"]


@pytest.mark.parametrize("data", [b"{", b"null", b"[]", b'{"counts": 3}', b"\xff" * 4096, b'{"counts": {"a": -9}}'])
def test_a_spoilt_file_is_no_way_round_the_wait_and_locks_nobody_out(tmp_path, data):
    clock = Clock()
    (tmp_path / FILE).write_bytes(data)
    assert wait_left(tmp_path, clock) == 30
    assert guess(tmp_path, clock, right=True) == "keys.wait"
    clock.at += 30
    assert guess(tmp_path, clock, right=True) == ""


def test_a_disk_that_refuses_makes_no_try_free(tmp_path, monkeypatch):
    clock = Clock()

    def refuse(*_values):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(attempts.os, "fsync", refuse)
    assert [guess(tmp_path, clock) for _one in range(6)] == ["keys.wrong_passphrase"] * 5 + ["keys.wait"]
    attempts._unwritten.clear()


@pytest.fixture
def read_only(tmp_path, monkeypatch):
    """A founded register in a folder where no file can be made or written."""
    found(tmp_path / "data")
    folder, made = tmp_path / "data", os.open
    (folder / attempts.HOLD).unlink(missing_ok=True)
    (folder / attempts.HOLD).mkdir()

    def refuse(path, flags, *more, **named):
        if flags & (os.O_RDWR | os.O_WRONLY) and folder in Path(str(path)).parents:
            raise OSError(errno.EROFS, "Read-only file system")
        return made(path, flags, *more, **named)

    monkeypatch.setattr(os, "open", refuse)
    yield folder
    attempts._unwritten.clear()


def test_a_folder_that_cannot_be_written_to_is_looked_at_and_guesses_wait_there_too(read_only):
    opened = open_to_read(read_only, PASSPHRASE, now=NOW)
    assert opened.role == "read_only"
    opened.db.close()
    codes = []
    for _one in range(6):
        with pytest.raises(UserError) as refused:
            open_to_read(read_only, WRONG, now=NOW)
        codes.append(refused.value.code)
    assert codes == ["keys.wrong_passphrase"] * 5 + ["keys.wait"]
    assert not (read_only / FILE).exists()


def test_a_trouble_of_another_kind_is_no_guess(tmp_path):
    for _one in range(10):
        with pytest.raises(UserError, match=r"keys\.damaged"), trying(tmp_path, "mai", NOW, Clock()):
            raise UserError("keys.damaged")
    assert wait_left(tmp_path, Clock()) == 0


def test_many_programs_at_once_get_no_more_than_five(tmp_path):
    code = (
        "import sys; from pathlib import Path; from tests.services.access.test_attempts import guess\n"
        "import time; print(guess(Path(sys.argv[1]), time.monotonic))"
    )
    children = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _one in range(8)
    ]
    said = sorted(child.communicate(timeout=120)[0].strip() for child in children)
    assert said == ["keys.wait"] * 3 + ["keys.wrong_passphrase"] * 5


def test_opening_counts_and_the_record_tells_of_it(tmp_path, monkeypatch):
    founded, clock = found(tmp_path), Clock()
    monkeypatch.setattr(attempts.trying.__wrapped__, "__defaults__", (clock,))
    for n in range(5):
        with pytest.raises(UserError, match="wrong_passphrase"):
            open_register(tmp_path, WRONG, now=NOW + timedelta(seconds=n))
    with pytest.raises(UserError, match=r"keys\.wait") as caught:
        open_register(tmp_path, PASSPHRASE, now=NOW)
    assert caught.value.params["seconds"] == 30 and "30 giây" in sentence(caught.value)
    with pytest.raises(UserError, match=r"keys\.wait"):
        open_with_recovery(tmp_path, founded.recovery_code, now=NOW)
    clock.at += 30
    db = opened(tmp_path).db
    failed = entries_of(db, "login_failed")
    ms = int(NOW.timestamp() * 1000)
    assert [one.detail for one in failed] == [{"count": 5, "times": " ".join(str(ms + 1000 * n) for n in range(5))}]
    assert len(entries_of(db, "login")) == 1 and failed_tries(tmp_path) is None
    db.close()
    forget_failed(tmp_path)


def test_a_file_cut_off_at_its_making_makes_nobody_wait(tmp_path):
    (tmp_path / FILE).touch()
    assert guess(tmp_path, Clock(), right=True) == ""
