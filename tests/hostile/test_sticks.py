"""What else may lie on a stick: links, pipes, devices, folders by the name of a file, a crowd, a giant, odd names."""

import os
from pathlib import Path

import pytest

from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.services.exchange.bundles import Taken, import_files
from covidstation.sync.carriers import usb
from tests.hostile.sticks import enrolled, state
from tests.services.samples import NOW


@pytest.fixture
def station(tmp_path):
    db, said = enrolled(tmp_path / "station")
    yield db, said
    db.close()


@pytest.fixture(autouse=True)
def _folder(tmp_path):
    (tmp_path / "station").mkdir()


def read(db, stick):
    results = import_files(db, stick, by=None, now=NOW, yes=True).value
    assert all(one.trouble is None or sentence(one.trouble) for one in results)
    return results


def test_nothing_but_files_is_opened(station, stick, tmp_path):
    db, said = station
    (tmp_path / "receipt").write_bytes(said[2])
    (stick / "link.csb").symlink_to(tmp_path / "receipt")
    (stick / "loop.csb").symlink_to(stick / "loop.csb")
    (stick / "zero.csb").symlink_to("/dev/zero")
    (stick / "up").symlink_to(stick)
    os.mkfifo(stick / "pipe.csb")
    os.mknod(stick / "zeros.csb", 0o600 | 0o020000, os.makedev(1, 5)) if os.geteuid() == 0 else None
    (stick / "folder.csb").mkdir()
    (stick / "folder.csb" / "deep.csb").write_bytes(said[0])
    assert [one.name for one in read(db, stick)] == ["deep.csb"]


def test_a_pipe_or_a_device_given_by_itself_is_refused(station, stick):
    db, _said = station
    os.mkfifo(stick / "pipe.csb")
    for path in (stick / "pipe.csb", Path("/dev/zero")):
        with pytest.raises(UserError) as trouble:
            read(db, path)
        assert sentence(trouble.value)


def test_a_file_that_became_a_link_or_a_pipe_after_it_was_found(stick):
    path = stick / "x.csb"
    path.write_bytes(b"CSB1")
    (found,) = usb.scan(stick)
    path.unlink()
    path.symlink_to("/etc/passwd")
    with pytest.raises(UserError):
        usb.read(found)
    path.unlink()
    os.mkfifo(path)
    with pytest.raises(UserError):
        usb.read(found)
    path.unlink()
    with pytest.raises(UserError) as trouble:
        usb.read(found)
    assert sentence(trouble.value)


def test_a_giant_full_of_holes_is_not_read(station, stick):
    db, _said = station
    with (stick / "giant.csb").open("wb") as file:
        file.truncate(4 << 30)
    (one,) = read(db, stick)
    assert one.outcome is Taken.REFUSED and one.trouble.code == "bundle.too_large"


def test_names_that_are_none(station, stick):
    db, said = station
    names = ["a\nb.csb", "\x1b[31m.csb", "\u202ebsc.csb", "x" * 240 + ".csb", "%s{0}.csb", "<b>.csb", " .csb"]
    for name in names:
        (stick / name).write_bytes(said[0])
    (Path(os.fsdecode(os.fsencode(stick) + b"/\xff\xfe.csb"))).write_bytes(b"CSB1")
    found = read(db, stick)
    assert len(found) == len(names) + 1
    assert [one.outcome for one in found].count(Taken.REFUSED) == 1


def test_a_crowd_of_files_ends_in_a_sentence(station, stick):
    db, _said = station
    for number in range(usb.MOST_FILES + 1):
        (stick / f"{number}.csb").touch()
    before = state(db)
    with pytest.raises(UserError) as trouble:
        read(db, stick)
    assert trouble.value.code == "stick.too_many" and sentence(trouble.value)
    assert state(db) == before


def test_a_stick_that_vanishes_half_way(station, stick, monkeypatch):
    """Each file that can no longer be read says so; what came before stays."""
    db, said = station
    for number, data in enumerate(said[:3]):
        (stick / f"{number}.csb").write_bytes(data)
    whole = usb.read

    def pulled(found):
        if found.path.name == "1.csb":
            for path in stick.iterdir():
                path.unlink()
        return whole(found)

    monkeypatch.setattr(usb, "read", pulled)
    found = read(db, stick)
    assert [one.outcome for one in found] == [Taken.RECEIPT, Taken.REFUSED, Taken.REFUSED]
    assert [one.trouble.code for one in found[1:]] == ["bundle.unreadable"] * 2
