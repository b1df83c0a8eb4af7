"""The bill of what is shipped, the holes that are known, and packages that come out the same twice."""

from __future__ import annotations

import json
import os
import re
import shutil
from datetime import date

import pytest

from tests.update.packages import FIRST, tree
from tools.build_update import Build, build_package, lay_tree
from tools.release_keys import make_keys, read_secret
from tools.sbom import Hole, Part, affected, bill, holes, shipped
from tools.sources import ROOT

NAMES = {
    "pyside6-essentials",
    "sqlcipher3",
    "sqlalchemy",
    "alembic",
    "reportlab",
    "cryptography",
    "pyrage",
    "zxing-cpp",
}


def test_every_part_of_the_lock_is_in_the_bill_with_its_licence_and_hashes():
    parts = shipped()
    assert {part.name for part in parts} >= NAMES
    pinned = re.findall(r"^([a-z0-9][\w.-]*)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE)
    assert [part.name for part in parts] == sorted(pinned)
    assert all(part.hashes for part in parts)
    made = bill(parts)
    assert all(one["licenses"] for one in made["components"])
    assert made["bomFormat"] == "CycloneDX" and made["metadata"]["component"]["name"] == "covidstation"
    assert json.dumps(made) == json.dumps(bill(shipped()))


def test_no_shipped_part_has_a_known_hole():
    checked, known = holes()
    assert known and checked >= date(2026, 11, 22)
    assert list(affected(shipped(), known)) == []


@pytest.mark.parametrize(
    ("version", "hit"), [("3.6.12", True), ("3.6.13", False), ("3.6.13.1", False), ("5.1.0", False), ("3.6.2", True)]
)
def test_versions_are_compared_as_numbers(version, hit):
    hole = Hole("ReportLab", "CVE-2023-33733", "0", "3.6.13", "")
    assert bool(list(affected([Part("reportlab", version, ())], [hole]))) is hit


def test_a_hole_that_nobody_mended_hits_every_version():
    hole = Hole("zxing_cpp", "X", "3.0", "", "")
    assert list(affected([Part("zxing-cpp", "3.1.0", ())], [hole]))
    assert not list(affected([Part("zxing-cpp", "2.9", ())], [hole]))


def test_the_parts_are_installed_by_their_hashes_alone():
    text = (ROOT / "run").read_text(encoding="utf-8")
    assert re.search(r"pip install [^\n]*\\\n[^\n]*--require-hashes --no-deps -r", text)
    assert text.count("pip install") == 2  # the other one is the word of advice about uv


def test_two_builds_of_one_tree_are_the_same_bytes(tmp_path):
    """Bar 36: whatever the clock, the order and the dates of the files."""
    made = []
    lay_tree(tmp_path / "one")
    shutil.copytree(tmp_path / "one", tmp_path / "two", copy_function=shutil.copyfile)
    for name in ("one", "two"):
        place = tmp_path / name
        for path in place.rglob("*"):
            os.utime(path, (0, 0) if name == "one" else None)
        build_package(place, tmp_path / f"{name}.csu", FIRST, Build(made=date(2026, 11, 22)))
        made.append((tmp_path / f"{name}.csu").read_bytes())
    assert made[0] == made[1] and len(made[0]) > 1_000_000


def test_a_tree_with_a_link_is_not_packed(tmp_path):
    place = tree(tmp_path / "tree")
    (place / "link").symlink_to("/etc/passwd")
    with pytest.raises(ValueError, match="regular"):
        build_package(place, tmp_path / "a.csu", FIRST, Build(made=date(2026, 11, 22)))


def test_keys_are_made_once_outside_the_tree(tmp_path):
    public = tmp_path / "release_keys.toml"
    make_keys(tmp_path / "safe", b"a passphrase", public)
    secrets = [read_secret(tmp_path / "safe" / f"release-{name}.pem", b"a passphrase") for name in ("first", "second")]
    assert [key.public_key().public_bytes_raw().hex() in public.read_text() for key in secrets] == [True, True]
    with pytest.raises(FileExistsError):
        make_keys(tmp_path / "safe", b"a passphrase", public)
    with pytest.raises(ValueError, match=r"password|decrypt"):
        read_secret(tmp_path / "safe" / "release-first.pem", b"another")
    with pytest.raises(ValueError, match="outside"):
        make_keys(ROOT / "build" / "keys", b"a passphrase", public)
    shutil.rmtree(tmp_path / "safe")


def test_no_secret_key_is_in_the_tree():
    assert [path for path in ROOT.rglob("*.pem") if ".venv" not in path.parts] == []
