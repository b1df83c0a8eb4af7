"""What is not what the signer wrote is refused before anything is unpacked; so is what he should not have written."""

import random
import resource
import zipfile

import pytest

from covidstation.errors import UserError
from covidstation.update.manifest import File, Version, check_paths, read_manifest
from covidstation.update.package import HEAD, look_through, read_package, take_archive, unpack
from tests.update.packages import (
    FILES,
    FIRST,
    SECOND,
    STRANGER,
    entry,
    good,
    keys,
    manifest_of,
    mutants,
    said,
    signed,
    zipped,
)


@pytest.fixture
def made(tmp_path):
    file = tmp_path / "covidstation-0.2.0.csu"
    good(file, tmp_path / "tree")
    return file


def take(file, place):
    """Everything that is done with a package before its program runs; what was written."""
    package = read_package(file, keys())
    archive, into = place / "archive", place / "app"
    take_archive(package, archive)
    look_through(archive, package.manifest, file.name)
    unpack(archive, package.manifest, file.name, into)
    return into


def refusal(file, place):
    with pytest.raises(UserError) as refused:
        take(file, place)
    assert not (place / "app").exists()
    return refused.value.code


def test_a_good_package_is_what_was_built(made, tmp_path):
    into = take(made, tmp_path)
    assert {path.relative_to(into).as_posix(): path.read_bytes() for path in into.rglob("*") if path.is_file()} == FILES


@pytest.mark.parametrize("secret", [FIRST, SECOND])
def test_either_key_is_enough(tmp_path, secret):
    good(tmp_path / "a.csu", tmp_path / "tree", secret=secret)
    assert read_package(tmp_path / "a.csu", keys()).manifest.version == Version(0, 2, 0)


def test_a_stranger_s_key_is_not(tmp_path):
    good(tmp_path / "a.csu", tmp_path / "tree", secret=STRANGER)
    assert refusal(tmp_path / "a.csu", tmp_path) == "update.foreign"


def test_a_stranger_who_gives_a_known_key_s_name(made, tmp_path):
    good(tmp_path / "b.csu", tmp_path / "tree", secret=STRANGER)
    data = bytearray((tmp_path / "b.csu").read_bytes())
    data[:28] = made.read_bytes()[:28]
    made.write_bytes(data)
    assert refusal(made, tmp_path) == "update.damaged"


def test_flipped_bits_are_found(made, tmp_path):
    whole = made.read_bytes()
    size = int.from_bytes(whole[16:20], "big")
    accepted = []
    for bit in [*range(8 * (HEAD + size)), *range(8 * (HEAD + size), 8 * len(whole), 64)]:
        data = bytearray(whole)
        data[bit // 8] ^= 1 << bit % 8
        made.write_bytes(data)
        try:
            take_archive(read_package(made, keys()), tmp_path / "archive")
            accepted.append(bit)
        except UserError:
            pass
    assert accepted == []


def test_of_a_thousand_mutants_none_is_taken(made, tmp_path):
    """Bar 35, the file; tests/services/upkeep/test_update.py says the same of a whole installation."""
    good(tmp_path / "b.csu", tmp_path / "other", version="0.3.0")
    rng = random.Random(35)
    ways = mutants(made.read_bytes(), (tmp_path / "b.csu").read_bytes(), rng)
    accepted = 0
    for _mutant in range(1000):
        made.write_bytes(next(ways))
        try:
            take(made, tmp_path)
            accepted += 1
        except UserError:
            continue
    assert accepted == 0


BAD_PATHS = [
    "../x", "a/../../x", "/etc/x", "C:/x", "C:x", "a\\..\\x", "a//x", "./x", "a/./x", "x/", "", ".", "..", "con",
    "a/NUL.txt", "lpt1", "x.", "x ", " x", "a /x", "x\ny", "x*", "x?", "x|y", 'x"y', "<x>", "x:stream", "e\u0301.txt",
    "a" * 121, "/".join(["a" * 60] * 4), "\u202ex", "COM¹.dll", "a/lpt³", "aux .txt",
]  # fmt: skip


@pytest.mark.parametrize("path", BAD_PATHS)
def test_no_path_leads_outside_or_means_something_to_a_system(tmp_path, path):
    with pytest.raises(ValueError):
        check_paths(["start.py", path])
    archive = zipped([(entry("start.py"), b"1")])
    manifest = manifest_of(archive, [said("start.py", b"1"), File(path, 1, bytes(32))])
    assert refusal(signed(tmp_path / "a.csu", manifest.to_bytes(), archive), tmp_path) == "update.damaged"


@pytest.mark.parametrize("pair", [("A.txt", "a.txt"), ("a", "a/b"), ("Đ/x", "đ/x"), ("x", "x")])
def test_no_file_hides_another(pair):
    with pytest.raises(ValueError):
        check_paths(pair)


def test_ordinary_names_pass():
    check_paths(
        ["start.py", "PySide6/Qt6Core.dll", "covidstation/_resources/help/vi/new-f0.md", "api-ms-win-1-1-0.dll"]
    )


START = ("start.py", b"pass\n")
BOMB = b"\0" * (64 << 20)


def hostile():
    plain = (entry(START[0]), START[1])
    extra = (entry("extra.py"), b"1")
    yield "an extra file", [plain, extra], [said(*START)]
    yield "a missing file", [plain], [said(*START), said("lib.py", b"1")]
    yield "another file", [plain, extra], [said(*START), said("lib.py", b"1")]
    yield "other bytes", [(entry(START[0]), b"fail\n")], [said(*START)]
    yield "a symlink", [(entry(START[0], 0o120777), START[1])], [said(*START)]
    yield "a device", [(entry(START[0], 0o020644), START[1])], [said(*START)]
    yield "a folder", [plain, (entry("lib/", 0o040755), b"")], [said(*START)]
    yield "a bomb said small", [plain, (entry("bomb"), BOMB)], [said(*START), said("bomb", BOMB, 10)]
    yield "a small one said large", [plain, (entry("bomb"), b"1")], [said(*START), said("bomb", b"1", 1 << 20)]


@pytest.mark.parametrize(("entries", "files"), [one[1:] for one in hostile()], ids=[one[0] for one in hostile()])
def test_a_signed_archive_that_is_not_its_manifest_is_refused(tmp_path, entries, files):
    archive = zipped(entries)
    manifest = manifest_of(archive, files)
    assert refusal(signed(tmp_path / "a.csu", manifest.to_bytes(), archive), tmp_path) == "update.damaged"


def test_the_same_name_twice_in_the_archive(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate"):
        archive = zipped([(entry(START[0]), START[1]), (entry(START[0]), START[1])])
    manifest = manifest_of(archive, [said(*START)])
    assert refusal(signed(tmp_path / "a.csu", manifest.to_bytes(), archive), tmp_path) == "update.damaged"


def test_a_lying_directory_of_the_archive_is_not_believed(tmp_path):
    """The central directory says 5 bytes; behind them the stream goes on for 64 MB."""
    archive = bytearray(zipped([(entry(START[0]), BOMB)]))
    head, directory = archive.index(b"PK\x03\x04"), archive.index(b"PK\x01\x02")
    for at in (head + 22, directory + 24):
        archive[at : at + 4] = (5).to_bytes(4, "little")
    manifest = manifest_of(bytes(archive), [said(*START)])
    file = signed(tmp_path / "a.csu", manifest.to_bytes(), bytes(archive))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert refusal(file, tmp_path) == "update.damaged"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 40_000  # KiB


def test_encrypted_entries_and_other_packings_are_refused(tmp_path):
    one = entry(START[0])
    one.compress_type = zipfile.ZIP_LZMA
    archive = zipped([(one, START[1])])
    manifest = manifest_of(archive, [said(*START)])
    assert refusal(signed(tmp_path / "a.csu", manifest.to_bytes(), archive), tmp_path) == "update.damaged"
    archive = bytearray(zipped([(entry(START[0]), START[1])]))
    archive[archive.index(b"PK\x01\x02") + 8] |= 1
    manifest = manifest_of(bytes(archive), [said(*START)])
    assert refusal(signed(tmp_path / "b.csu", manifest.to_bytes(), bytes(archive)), tmp_path) == "update.damaged"


GOOD = manifest_of(b"", [said(*START)]).to_bytes()
TWISTED = [
    b"", b"{}", b"[]", b"null", b"[" * 100_000, b'{"a":' * 50_000, GOOD + b" ",
    GOOD.replace(b'"oldest":1', b'"oldest":-1'),
    GOOD.replace(b'"oldest":1', b'"oldest":1e0'), GOOD.replace(b'"oldest":1', b'"oldest":true'),
    GOOD.replace(b'"oldest":1', b'"oldest":9999'), GOOD.replace(b'"version":"0.2.0"', b'"version":"0.2"'),
    GOOD.replace(b'"version":"0.2.0"', b'"version":"00.2.0"'),
    GOOD.replace(b'"version":"0.2.0"', '"version":"٠.٢.٠"'.encode()),
    GOOD.replace(b'"format":"covidstation-update-1"', b'"format":"covidstation-update-2"'),
    GOOD.replace(b'"made":"2026-11-22"', b'"made":"2026-13-22"'), GOOD.replace(b'"made"', b'"made2"'),
    GOOD.replace(b'{"archive"', b'{"a":1,"archive"'), GOOD.replace(b'"start":["start.py"', b'"start":["other.py"'),
    GOOD.replace(b',5,"', b',5000000000000,"'), GOOD.replace(b"[0,", b"[99999999999,"), b"\xff" + GOOD,
]  # fmt: skip


@pytest.mark.parametrize("data", TWISTED, ids=range(len(TWISTED)))
def test_a_signed_manifest_that_says_nonsense_is_refused(tmp_path, data):
    assert data != GOOD
    with pytest.raises(ValueError):
        read_manifest(data)
    assert refusal(signed(tmp_path / "a.csu", data, b""), tmp_path) == "update.damaged"


def test_a_manifest_with_more_files_than_any_program_has():
    files = [File(f"f{number}", 0, bytes(32)) for number in range(20_001)]
    with pytest.raises(ValueError):
        read_manifest(manifest_of(b"", [said(*START), *files]).to_bytes())


def test_files_that_are_no_package_and_files_that_are_not_there(tmp_path):
    (tmp_path / "a.csu").write_bytes(b"PK\x03\x04" + bytes(500))
    assert refusal(tmp_path / "a.csu", tmp_path) == "update.not_one"
    (tmp_path / "a.csu").write_bytes(b"")
    assert refusal(tmp_path / "a.csu", tmp_path) == "update.not_one"
    assert refusal(tmp_path / "none.csu", tmp_path) == "update.unreadable"
    assert refusal(tmp_path, tmp_path) == "update.unreadable"


def test_versions_are_ordered_as_numbers():
    assert Version.of("0.10.0") > Version.of("0.9.9") > Version.of("0.9.8")
    assert str(Version.of("1.20.3")) == "1.20.3"
