"""Bar 23: nothing of a hundred planted people is readable on the disk after a morning, a kill and a second start."""

import gzip
import io
import unicodedata
import zipfile

import pytest

from tests.privacy.leaks import PLACES, hits, use
from tests.privacy.people import people, planted

pytestmark = pytest.mark.timeout(300)  # two children, each with a morning's work


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    folder = tmp_path_factory.mktemp("leaks")
    ended = use(folder)
    errors = (folder / "home" / "work.err").read_text() + (folder / "home" / "again.err").read_text()
    assert ended == [-9, 0], errors[-3000:]
    return folder


def test_nothing_of_anybody_is_readable(used):
    assert [line for place in PLACES for line in hits(used / place)] == []


def test_the_program_did_work_there(used):
    assert (used / "data" / "register.db").stat().st_size > 1_000_000
    assert list((used / "data" / "backups").iterdir())
    assert [path for path in (used / "stick").rglob("*") if path.is_file()]
    assert (used / "data" / "logs").is_dir() or list((used / "data").rglob("*.log"))


def test_what_was_asked_for_is_readable(used):
    """Else the search itself would be blind."""
    found = {line.split(": ")[1] for line in hits(used / "asked")}
    assert people()[2].full_name in found  # the person's own file
    assert sum(word in found for word in planted()) >= 100  # the list


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("code", ["utf-8", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("change", [str, str.upper, str.lower])
def test_every_writing_of_a_name_is_seen(tmp_path, form, code, change):
    name = people()[31].full_name
    (tmp_path / "x.bin").write_bytes(b"\x00\x01\x02" + unicodedata.normalize(form, change(name)).encode(code) + b"\xff")
    assert hits(tmp_path)


def test_folded_names_grouped_numbers_archives_and_file_names_are_seen(tmp_path):
    one = people()[31]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", gzip.compress(one.full_name.encode()))
    samples = {
        "folded": b"cu quynhx cho",
        "grouped": f"{one.phone[:4]} {one.phone[4:7]} {one.phone[7:]}".encode(),
        "zip": out.getvalue(),
        one.full_name: b"",
    }
    for name, data in samples.items():
        folder = tmp_path / f"{len(data)}"
        folder.mkdir()
        (folder / name).write_bytes(data)
        assert hits(folder), name
