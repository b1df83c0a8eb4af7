"""The replay of recorded calls keeps apart what was written and what is safe."""

import random

from tests.faults.states import Folder, changed, joined

ROOT = "/data"


def hexed(text):
    return "".join(f"\\x{byte:02x}" for byte in (text if isinstance(text, bytes) else text.encode()))


def opened(name, number=3, flags="O_RDWR|O_CREAT"):
    return f'7 openat(AT_FDCWD<{hexed("/")}>, "{hexed(f"{ROOT}/{name}")}", {flags}, 0644) = {number}'


def written(name, data, number=3, at=None):
    call, place = ("pwrite64", f", {at}") if at is not None else ("write", "")
    return f'7 {call}({number}<{hexed(f"{ROOT}/{name}")}>, "{hexed(data)}", {len(data)}{place}) = {len(data)}'


def synced(name, number=3):
    return f"7 fsync({number}<{hexed(f'{ROOT}/{name}')}>) = 0"


def renamed(old, new):
    return f'7 rename("{hexed(f"{ROOT}/{old}")}", "{hexed(f"{ROOT}/{new}")}") = 0'


def replayed(*lines):
    folder = Folder(ROOT)
    for line in lines:
        folder.replay(line)
    return folder


def states(folder, kind, cuts=200):
    dice = random.Random(3)
    return [state for one, state in folder.states(dice, cuts) if one == kind]


def test_a_kill_leaves_all_that_was_written():
    folder = replayed(opened("a"), written("a", b"one"), written("a", b"two"))
    assert states(folder, "killed") == [{"/data/a": b"onetwo"}]


def test_a_power_cut_keeps_what_was_synced_and_any_part_of_the_rest():
    folder = replayed(opened("a"), written("a", b"1" * 600), synced("a"), written("a", b"2" * 600, at=0))
    found = {state["/data/a"] for state in states(folder, "power cut")}
    torn = {b"2" * 512 + b"1" * 88, b"1" * 512 + b"2" * 88}
    assert found == {b"1" * 600, b"2" * 600} | torn


def test_a_name_is_old_or_new_until_it_is_durable():
    lines = [opened("a.new"), written("a.new", b"x"), synced("a.new"), renamed("a.new", "a")]
    assert {tuple(state) for state in states(replayed(*lines), "power cut")} == {("/data/a.new",), ("/data/a",)}
    whole = replayed(*lines, f"7 fsync(4<{hexed(ROOT)}>) = 0")
    assert {tuple(state) for state in states(whole, "power cut")} == {("/data/a",)}


def test_acknowledgements_are_counted_and_failures_are_not():
    folder = replayed(f'7 write(1<{hexed("pipe:[1]")}>, "{hexed("ACK 4" + chr(10))}", 6) = 6', opened("a", number=-1))
    assert (folder.acknowledged, folder.names) == (4, {})


def test_calls_that_were_interrupted_are_whole_again():
    lines = ["7 fsync(3</data/a> <unfinished ...>", "8 close(9) = 0", "7 <... fsync resumed>) = 0"]
    assert list(joined(lines)) == ["8 close(9) = 0", "7 fsync(3</data/a> ) = 0"]


def test_cuts_and_holes():
    assert changed(b"abcdef", 2, b"XY") == b"abXYef"
    assert changed(b"ab", 4, b"X") == b"ab\0\0X"
    assert changed(b"abcdef", 2, None) == b"ab" and changed(b"ab", 4, None) == b"ab\0\0"
