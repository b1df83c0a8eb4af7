"""Sticks: whole or nothing when writing, nothing believed when reading."""

import errno
import os
from pathlib import Path

import pytest

from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.sync.carriers import usb
from covidstation.sync.carriers.usb import FoundFile, put, read, scan

from .. import samples

NAME = usb.up_name(samples.STATION, samples.EPOCH, 1, 312)


def code_of(call: object, *args: object) -> str:
    with pytest.raises(UserError) as caught:
        call(*args)
    assert "{" not in sentence(caught.value)
    return caught.value.code


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_names() -> None:
    assert NAME == "CSB/5a0c2d4e6f8041b2a3c4d5e6f7081920/up/U-9f86d081-0000000001-0000000312-001.csb"
    assert usb.down_name(samples.STATION, samples.EPOCH, 2, 3, 4).endswith(
        "/down/D-9f86d081-0000000002-0000000003-004.csb"
    )
    assert usb.receipt_name(samples.STATION, samples.EPOCH, 312).endswith("/down/R-9f86d081-0000000312.csb")
    assert usb.certificate_name(samples.STATION, 7).endswith("/down/C-000007.csb")
    assert usb.enrol_name("02755", samples.OURS.sign.id) == f"CSB/enrol/E-02755-{samples.OURS.sign.id}.csb"


def test_put_and_find_again(tmp_path: Path) -> None:
    path = put(tmp_path, NAME, b"one")
    assert path == tmp_path / NAME
    assert files(tmp_path) == [path.name]
    (found,) = scan(tmp_path)
    assert found == FoundFile(path, 3)
    assert read(found) == b"one"
    assert put(tmp_path, NAME, b"two") == path
    assert path.read_bytes() == b"two"
    for place in (tmp_path / "CSB", path.parent.parent, path.parent, path):
        assert [one.path for one in scan(place)] == [path]


def test_the_csb_folder_itself_may_be_chosen(tmp_path: Path) -> None:
    put(tmp_path, NAME, b"one")
    assert put(tmp_path / "CSB", NAME, b"two") == tmp_path / NAME


@pytest.mark.parametrize(
    "name", ["", "../a.csb", "/a.csb", "CSB/../../a.csb", "a.txt", "CSB/.csb", "a\\b.csb", "C:/a.csb", "a b.csb"]
)
def test_only_own_names_are_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError):
        put(tmp_path, name, b"")
    assert files(tmp_path) == []


@pytest.mark.parametrize("call", ["fsync", "replace", "mkdir", "open"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.ENODEV, errno.EACCES, errno.EMLINK])
def test_a_failing_call_leaves_the_old_or_the_new_file_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    """The call fails the first, the second … time, until it is not reached any more."""
    put(tmp_path, NAME, b"old")
    fresh = NAME.replace("-001.", "-002.").replace("/up/", "/down/")
    real = getattr(os, call)
    for failing in range(1, 20):
        count = 0

        def fault(*args: object, **named: object) -> object:
            nonlocal count
            count += 1
            if count == failing:  # noqa: B023
                raise OSError(number, os.strerror(number))
            return real(*args, **named)

        with monkeypatch.context() as patch:
            patch.setattr(os, call, fault)
            codes = []
            for name, data in ((NAME, b"new"), (fresh, b"fresh")):
                try:
                    put(tmp_path, name, data)
                    assert (tmp_path / name).read_bytes() == data
                except UserError as error:
                    assert "{" not in sentence(error)
                    codes.append(error.code)
        assert (tmp_path / NAME).read_bytes() in (b"old", b"new")
        assert not (tmp_path / fresh).exists() or (tmp_path / fresh).read_bytes() == b"fresh"
        assert not [name for name in files(tmp_path) if name.endswith(".part")]
        assert len(codes) == (count >= failing)
        if not codes:
            return
        (tmp_path / NAME).write_bytes(b"old")
        (tmp_path / fresh).unlink(missing_ok=True)
        if (tmp_path / fresh).parent.exists():
            (tmp_path / fresh).parent.rmdir()
    raise AssertionError("the faults never ended")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "stick.full"),
        (errno.EROFS, "stick.read_only"),
        (errno.EACCES, "stick.no_permission"),
        (errno.EIO, "stick.pulled_out"),
        (errno.EMLINK, "stick.failed"),
    ],
)
def test_errors_by_their_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str) -> None:
    def fault(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fault)
    assert code_of(put, tmp_path, NAME, b"x") == code


def test_errors_by_windows_number() -> None:
    for number, code in ((19, "stick.read_only"), (21, "stick.pulled_out"), (112, "stick.full")):
        error = PermissionError(errno.EACCES, "denied")
        error.winerror = number
        assert usb.as_user_error(error, Path("E:/")).code == code


def test_a_file_system_without_folder_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync

    def fault(handle: int) -> None:
        if os.path.isdir(f"/proc/self/fd/{handle}"):
            raise OSError(errno.EINVAL, "not here")
        real(handle)

    monkeypatch.setattr(os, "fsync", fault)
    assert put(tmp_path, NAME, b"x").read_bytes() == b"x"


def test_a_stick_that_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usb, "_digest", lambda path: b"")
    assert code_of(put, tmp_path, NAME, b"x") == "stick.not_the_same"
    assert files(tmp_path) == []


def test_no_stick(tmp_path: Path) -> None:
    assert code_of(put, tmp_path / "absent", NAME, b"x") == "stick.no_folder"
    assert code_of(scan, tmp_path / "absent") == "stick.no_folder"


def test_a_left_over_part_is_no_hindrance(tmp_path: Path) -> None:
    path = put(tmp_path, NAME, b"x")
    path.with_name(path.name + ".part").write_bytes(b"half")
    assert put(tmp_path, NAME, b"y").read_bytes() == b"y"
    assert files(tmp_path) == [path.name]


def test_links_lead_nowhere(tmp_path: Path) -> None:
    stick, home = tmp_path / "stick", tmp_path / "home"
    stick.mkdir()
    home.mkdir()
    (home / "secret.csb").write_bytes(b"s")
    (stick / "CSB").symlink_to(home)
    assert code_of(put, stick, NAME, b"x") == "stick.link"
    assert files(home) == ["secret.csb"]
    (stick / "a.csb").symlink_to(home / "secret.csb")
    (stick / "loop").symlink_to(stick)
    assert scan(stick) == []
    if hasattr(os, "O_NOFOLLOW"):
        assert code_of(read, FoundFile(stick / "a.csb", 1)) == "bundle.unreadable"


def test_only_bundles_are_found(tmp_path: Path) -> None:
    for name in ("b.CSB", "a.csb", "a.csb.part", "x.exe", ".hidden.csb", "._a.csb", "autorun.inf", "csb"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "folder.csb").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.csb")
        assert code_of(read, FoundFile(tmp_path / "pipe.csb", 0)) == "bundle.unreadable"
    deep = tmp_path / "1/2/3/4"
    deep.mkdir(parents=True)
    (deep / "found.csb").write_bytes(b"x")
    (deep / "5").mkdir()
    (deep / "5/unseen.csb").write_bytes(b"x")
    assert [one.path.name for one in scan(tmp_path)] == ["a.csb", "b.CSB", "found.csb"]


def test_crowded_sticks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(30):
        (tmp_path / f"{number}.csb").write_bytes(b"")
    assert len(scan(tmp_path)) == 30
    monkeypatch.setattr(usb, "MOST_FILES", 29)
    assert code_of(scan, tmp_path) == "stick.too_many"
    monkeypatch.setattr(usb, "MOST_FILES", 100)
    monkeypatch.setattr(usb, "MOST_ENTRIES", 29)
    assert code_of(scan, tmp_path) == "stick.too_many"


def test_a_folder_that_may_not_be_read_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "System Volume Information").mkdir()
    (tmp_path / "a.csb").write_bytes(b"x")
    real = os.scandir

    def fault(folder: Path) -> object:
        if folder.name.startswith("System"):
            raise PermissionError(errno.EACCES, "denied")
        return real(folder)

    monkeypatch.setattr(os, "scandir", fault)
    assert len(scan(tmp_path)) == 1


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csb"
    with path.open("wb") as file:
        file.truncate(usb.MOST_SIZE + 1)
    (found,) = scan(tmp_path)
    assert code_of(read, found) == "bundle.too_large"
    path.unlink()
    assert code_of(read, found) == "bundle.unreadable"
