"""A file locked with a code: age's format, a factor that old computers bear."""

import hashlib
import time

import pyrage
import pytest

from covidstation.sync.locked import FACTOR, WrongCode, lock, unlock

CODE = "K7M3A-9QX2B"
TEXT = b"# public key: age1...\nAGE-SECRET-KEY-1\n"


def factor_of(data: bytes) -> int:
    return int(data.splitlines()[1].split()[-1])


def test_age_itself_opens_it() -> None:
    assert pyrage.passphrase.decrypt(lock(TEXT, CODE), CODE) == TEXT


def test_what_age_locked_is_opened() -> None:
    assert unlock(pyrage.passphrase.encrypt(TEXT, CODE), CODE) == TEXT


def test_it_opens_on_a_computer_sixteen_times_slower() -> None:
    """age's own rule (scrypt.rs of the `age` crate): double from 2^10 until a second, and bear four doublings more."""
    assert factor_of(lock(TEXT, CODE)) == FACTOR
    took = []
    for _turn in range(5):
        began = time.perf_counter()
        hashlib.scrypt(b"", salt=b"", n=1 << 10, r=8, p=1)
        took.append(time.perf_counter() - began)
    seconds, factor = 16 * min(took), 10
    while seconds < 1:
        seconds, factor = seconds * 2, factor + 1
    assert factor + 4 >= FACTOR


@pytest.mark.parametrize("text", [b"", TEXT, b"x" * 65_536])
def test_any_length_of_one_chunk(text: bytes) -> None:
    data = lock(text, CODE)
    assert unlock(data, CODE) == text == pyrage.passphrase.decrypt(data, CODE)


def test_too_long_a_text_is_no_secret() -> None:
    with pytest.raises(ValueError, match="long"):
        lock(b"x" * 65_537, CODE)


def test_every_changed_byte_is_refused() -> None:
    data = lock(b"x", CODE)
    for at in [*range(len(data) - 33, len(data)), *range(0, 60, 7), 70, 110]:
        changed = bytearray(data)
        changed[at] ^= 1
        with pytest.raises(WrongCode):
            unlock(bytes(changed), CODE)


@pytest.mark.parametrize(
    "data", [b"", b"age-encryption.org/v1\n", pyrage.encrypt(b"x", [pyrage.x25519.Identity.generate().to_public()])]
)
def test_other_files_are_refused(data: bytes) -> None:
    with pytest.raises(WrongCode):
        unlock(data, CODE)


def test_another_code_is_refused_and_a_factor_beyond_reason_not_tried() -> None:
    data = lock(TEXT, CODE)
    with pytest.raises(WrongCode):
        unlock(data, CODE + "X")
    with pytest.raises(WrongCode):
        unlock(data.replace(b" 15\n", b" 23\n", 1), CODE)
