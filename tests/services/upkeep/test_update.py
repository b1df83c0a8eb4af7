"""A newer version is taken whole, tried on a copy, and switched to; or nothing at all happens."""

from __future__ import annotations

import json
import os
import random
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from covidstation import __version__
from covidstation.db.audit import entries
from covidstation.db.key_file import replace_file
from covidstation.db.rows import SecretRow
from covidstation.db.schema import CURRENT
from covidstation.domain.audit import AuditAction
from covidstation.errors import UserError
from covidstation.services.upkeep import update as module
from covidstation.services.upkeep.selftest import REPORT
from covidstation.services.upkeep.update import install_update, look_at_update
from covidstation.update import stand
from covidstation.update.stand import Pointer, point_to, read_pointer
from tests.services.samples import NOW, register
from tests.update.packages import FILES, FIRST, SECOND, entry, good, keys, manifest_of, mutants, said, signed, zipped
from tests.update.test_launcher import launcher
from tools.build_update import Build, build_package, lay_tree

OLD = "app-0.1.0"


@pytest.fixture(autouse=True)
def own_keys(monkeypatch):
    monkeypatch.setattr(module, "release_keys", keys)


@pytest.fixture
def home(tmp_path):
    place = tmp_path / "program"
    (place / OLD).mkdir(parents=True)
    (place / OLD / "start.py").write_text("")
    (place / OLD / "start").write_text("start.py\nstart.py")
    point_to(place, Pointer(OLD))
    return place


@pytest.fixture
def untried(monkeypatch):
    """Without the child process, for what is decided before it."""
    monkeypatch.setattr(module, "_tried", lambda *_given: None)


def names(place):
    return sorted(path.relative_to(place).as_posix() for path in place.rglob("*"))


def install(db, file, home, **more):
    return install_update(db, file, by=None, now=NOW, home=home, running="0.1.0", **more).value


def refusal(db, file, home):
    before = names(home)
    with pytest.raises(UserError) as refused:
        install(db, file, home)
    assert names(home) == before and read_pointer(home) == Pointer(OLD)
    return refused.value.code


@pytest.fixture(scope="module")
def next_version(tmp_path_factory):
    """This very program, one version on."""
    place = tmp_path_factory.mktemp("next")
    lay_tree(place / "tree")
    about = place / "tree" / "covidstation" / "__init__.py"
    about.write_text(about.read_text().replace('"0.1.0"', '"0.2.0"'))
    build_package(place / "tree", place / "next.csu", FIRST, Build(version="0.2.0", made=date(2026, 11, 22)))
    return place / "next.csu"


def broken(next_version, place, change):
    """The same with something wrong in it, signed as well as the good one."""
    tree = place / "broken"
    shutil.copytree(next_version.parent / "tree", tree)
    change(tree)
    build_package(tree, place / "broken.csu", FIRST, Build(version="0.2.0", made=date(2026, 11, 22)))
    return place / "broken.csu"


def test_the_next_version_is_tried_and_installed(db, folder, home, next_version):
    register(db)
    register_bytes = (folder / "keys.json").read_bytes()
    look = look_at_update(db, next_version, now=NOW, running="0.1.0")
    assert (look.version, look.running, look.expired, look.lifts) == ("0.2.0", "0.1.0", False, False)
    assert names(home) == ["app-0.1.0", "app-0.1.0/start", "app-0.1.0/start.py", "current"]
    done = install(db, next_version, home)
    assert (done.version, done.before) == ("0.2.0", "0.1.0") and done.backup.is_file()
    assert read_pointer(home) == Pointer("app-0.2.0", OLD)
    assert launcher.start_file(home, "app-0.2.0").read_text().startswith('"""Starts this version')
    assert not [name for name in names(home) if name.endswith(".part")]
    assert [path for path in folder.iterdir() if path.name.startswith("update-test-")] == []
    assert (folder / "keys.json").read_bytes() == register_bytes
    assert not [one for one in folder.rglob(REPORT)]
    with db.read() as session:
        assert json.loads(session.get(SecretRow, module.RATCHET).value) == {k: "0.2.0" for k in [_id(FIRST)]}


def _id(secret):
    return module.read_package.__globals__["key_id"](secret.public_key().public_bytes_raw()).hex()


BROKEN = {
    "it does not start": (lambda tree: (tree / "start.py").write_text("raise SystemExit(1)\n"), "start"),
    "it says nothing and seems content": (lambda tree: (tree / "start.py").write_text(""), "start"),
    "a part is missing": (lambda tree: (tree / "covidstation" / "ui" / "main.py").unlink(), "start"),
    "a font is missing": (
        lambda tree: (tree / "covidstation" / "_resources" / "fonts" / "LiberationSerif-Bold.ttf").unlink(),
        "start",
    ),
    "it is another version than it says": (
        lambda tree: (tree / "covidstation" / "__init__.py").write_text('"""X."""\n\n__version__ = "0.3.0"\n'),
        "version",
    ),
    "it loses people": (
        lambda tree: (tree / "covidstation" / "db" / "queries" / "station.py").write_text(
            (tree / "covidstation" / "db" / "queries" / "station.py")
            .read_text()
            .replace("return Counts(people, episodes)", "return Counts(people - 1, episodes)")
        ),
        "count",
    ),
}


QUICK = ("it does not start", "it loses people")


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in BROKEN]
)
def test_a_version_that_does_not_work_here_is_not_switched_to(db, folder, home, next_version, tmp_path, name):
    register(db)
    change, step = BROKEN[name]
    file = broken(next_version, tmp_path, change)
    with pytest.raises(UserError) as refused:
        install(db, file, home)
    assert (refused.value.code, refused.value.params["step"]) == ("update.failed_test", step)
    assert read_pointer(home) == Pointer(OLD) and not (home / "app-0.2.0").exists()
    with db.read() as session:
        assert session.get(SecretRow, module.RATCHET) is None
    assert [path for path in folder.iterdir() if path.name.startswith("update-test-")] == []


def test_of_a_thousand_mutants_none_is_installed(db, home, tmp_path, untried, monkeypatch):
    """Bar 35. The child process would refuse most of them, too; here only what comes before it counts."""
    monkeypatch.setattr(module, "make_backup", lambda *_a, **_k: pytest.fail("came as far as the backup"))
    good(tmp_path / "a.csu", tmp_path / "a")
    good(tmp_path / "b.csu", tmp_path / "b", version="0.3.0", secret=SECOND)
    before = names(home)
    ways = mutants((tmp_path / "a.csu").read_bytes(), (tmp_path / "b.csu").read_bytes(), random.Random(8))
    refused = []
    for _mutant in range(1000):
        (tmp_path / "c.csu").write_bytes(next(ways))
        with pytest.raises(UserError) as trouble:
            install(db, tmp_path / "c.csu", home)
        refused.append(trouble.value.code)
    assert set(refused) <= {"update.damaged", "update.foreign", "update.not_one"}
    assert names(home) == before and read_pointer(home) == Pointer(OLD)


@pytest.mark.parametrize(
    ("build", "code"),
    [
        ({"version": "0.1.0"}, "update.older"),
        ({"version": "0.0.9"}, "update.older"),
        ({"platform": "plan9-mips"}, "update.other_platform"),
        ({"schema": CURRENT - 1}, "update.newer_data"),
        ({"schema": CURRENT + 9, "oldest": CURRENT + 1}, "update.too_old_data"),
    ],
)
def test_what_does_not_fit_is_refused(db, home, tmp_path, build, code):
    good(tmp_path / "a.csu", tmp_path / "tree", **build)
    assert refusal(db, tmp_path / "a.csu", home) == code


def test_a_key_never_goes_back(db, home, tmp_path, untried):
    """The PC runs 0.1.0 again after a return; what its key has brought once is not brought older again."""
    good(tmp_path / "c.csu", tmp_path / "c", version="0.5.0")
    good(tmp_path / "b.csu", tmp_path / "b", version="0.4.0")
    good(tmp_path / "other.csu", tmp_path / "o", version="0.4.0", secret=SECOND)
    assert install(db, tmp_path / "c.csu", home).version == "0.5.0"
    with db.read() as session:
        newest = [one for one, _chain in entries(session)][-1]
    assert (newest.action, newest.detail) == (AuditAction.UPDATE, {"version": "0.5.0", "before": __version__})
    point_to(home, Pointer(OLD, "", "app-0.5.0"))
    with pytest.raises(UserError) as refused:
        install(db, tmp_path / "b.csu", home)
    assert refused.value.code == "update.ratchet"
    assert install(db, tmp_path / "c.csu", home).version == "0.5.0"  # the same again may be tried again
    point_to(home, Pointer(OLD, "", "app-0.5.0"))
    assert install(db, tmp_path / "other.csu", home).version == "0.4.0"  # each key has its own mark


def test_an_old_package_only_warns(db, tmp_path):
    good(tmp_path / "a.csu", tmp_path / "tree")
    assert look_at_update(db, tmp_path / "a.csu", now=NOW + timedelta(days=3000), running="0.1.0").expired


def test_a_full_disk_is_said_before_anything_is_written(db, home, tmp_path, monkeypatch):
    good(tmp_path / "a.csu", tmp_path / "tree")
    usage = shutil.disk_usage(home)
    monkeypatch.setattr(module.shutil, "disk_usage", lambda _place: usage._replace(free=50 << 20))
    assert refusal(db, tmp_path / "a.csu", home) == "update.no_space"


def test_without_a_launcher_there_is_nothing_to_switch(db, tmp_path, monkeypatch):
    monkeypatch.delenv(stand.HOME, raising=False)
    good(tmp_path / "a.csu", tmp_path / "tree")
    with pytest.raises(UserError) as refused:
        install_update(db, tmp_path / "a.csu", by=None, now=NOW, running="0.1.0")
    assert refused.value.code == "update.no_home"


def test_the_two_newest_versions_stay(db, home, tmp_path, untried):
    for version, running in (("0.2.0", "0.1.0"), ("0.3.0", "0.2.0"), ("0.4.0", "0.3.0")):
        good(tmp_path / "a.csu", tmp_path / version, version=version)
        install_update(db, tmp_path / "a.csu", by=None, now=NOW, home=home, running=running)
    assert sorted(path.name for path in home.glob("app-*")) == ["app-0.3.0", "app-0.4.0"]


def test_a_signed_archive_that_leads_outside_installs_nothing(db, home, tmp_path):
    archive = zipped([(entry("start.py"), b""), (entry("../../evil.py"), b"1")])
    manifest = manifest_of(archive, [said("start.py", b""), said("../../evil.py", b"1")])
    file = signed(tmp_path / "a.csu", manifest.to_bytes(), archive)
    assert refusal(db, file, home) == "update.damaged"
    assert list(tmp_path.rglob("evil.py")) == []


class Killed(BaseException):
    """The process is gone: nothing after it runs."""


def test_wherever_it_is_cut_off_the_old_version_or_the_new_one_starts(db, home, tmp_path, untried, monkeypatch):
    """Every sync and rename of an installation in turn; what a kill leaves is judged before anything is undone."""
    good(tmp_path / "a.csu", tmp_path / "tree")
    backup = module.make_backup(db, now=NOW)
    monkeypatch.setattr(module, "make_backup", lambda *_a, **_k: backup)
    monkeypatch.setattr(module, "_raise_ratchet", lambda *_a: None)
    calls, last, states = 0, 0, set()
    fsync, rename = os.fsync, Path.replace

    def cut(real):
        def call(*given):
            nonlocal calls
            calls += 1
            if calls == last:
                states.add(judged(home))
                raise Killed
            return real(*given)

        return call

    monkeypatch.setattr(os, "fsync", cut(fsync))
    monkeypatch.setattr(Path, "replace", cut(rename))
    for turn in range(1, 200):
        calls, last = 0, turn
        try:
            install(db, tmp_path / "a.csu", home)
            break
        except Killed:
            monkeypatch.setattr(Path, "replace", rename)
            assert judged(home) in (OLD, "app-0.2.0")
            point_to(home, Pointer(OLD))
            monkeypatch.setattr(Path, "replace", cut(rename))
    assert 12 < last < 199
    assert judged(home) == "app-0.2.0"
    assert states <= {OLD, "app-0.2.0"} and OLD in states


def judged(home):
    """What the launcher would start; a version that has its name is whole."""
    for one in home.glob("app-*"):
        if one.is_dir() and one.name == "app-0.2.0":
            assert {name: (one / name).read_bytes() for name in FILES} == FILES
            assert launcher.start_file(home, one.name)
    before = (home / "current").read_bytes()
    chosen = launcher.choose(home)["app"]
    if (home / "current").read_bytes() != before:
        replace_file(home / "current", before)
    return chosen
