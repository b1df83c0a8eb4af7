"""`update` and `selftest` by command; what a package goes through is tests/services/upkeep/test_update.py."""

from __future__ import annotations

import io
import json
import sys
from datetime import date

import pytest

from covidstation import __version__
from covidstation.db.schema import CURRENT
from covidstation.services.upkeep import update as service
from covidstation.services.upkeep.selftest import REPORT
from covidstation.update import stand
from covidstation.update.stand import Pointer, point_to, read_pointer
from tests.services.samples import register as register_someone
from tests.update.packages import STRANGER, good, keys

OLD = f"app-{__version__}"


@pytest.fixture(autouse=True)
def own_keys(monkeypatch):
    monkeypatch.setattr(service, "release_keys", keys)


@pytest.fixture
def home(tmp_path, monkeypatch):
    """The place of an installed program, as its launcher names it."""
    place = tmp_path / "program"
    (place / OLD).mkdir(parents=True)
    point_to(place, Pointer(OLD))
    monkeypatch.setenv(stand.HOME, str(place))
    return place


@pytest.fixture
def package(tmp_path):
    good(tmp_path / "a.csu", tmp_path / "tree")
    return tmp_path / "a.csu"


def test_a_package_is_looked_at_and_nothing_changes(ask, run, home, package):
    status, said = ask("update", package, "--look")
    assert status == 0 and said["bytes"] > 0
    told = {name: said[name] for name in ("running", "version", "made", "lifts", "installed")}
    assert told == {
        "running": __version__, "version": "0.2.0", "made": date(2026, 11, 22).isoformat(), "lifts": False,
        "installed": False,
    }  # fmt: skip
    assert "0.2.0" in run("update", package, "--look")[1]
    assert read_pointer(home) == Pointer(OLD)


def test_a_program_that_does_not_start_is_not_switched_to(run, home, package):
    status, out, err = run("update", package)  # the small package only prints
    assert (status, out) == (1, "") and err.count("\n") == 1 and "Traceback" not in err
    assert read_pointer(home) == Pointer(OLD) and not (home / "app-0.2.0").exists()


def test_what_was_tried_is_installed(ask, home, package, monkeypatch):
    monkeypatch.setattr(service, "_tried", lambda *_given: None)
    status, said = ask("update", package)
    assert (status, said["installed"], said["version"]) == (0, True, "0.2.0")
    assert said["backup"].endswith(".db") and read_pointer(home) == Pointer("app-0.2.0", OLD)


def test_a_package_of_strangers_or_none_is_a_sentence(run, tmp_path):
    good(tmp_path / "b.csu", tmp_path / "tree", secret=STRANGER)
    for file in (tmp_path / "b.csu", tmp_path / "none.csu"):
        status, out, err = run("update", file, "--look")
        assert (status, out) == (1, "") and err.count("\n") == 1


@pytest.fixture
def say_key(db, monkeypatch):
    """Standard input with the key of the register, or with what is given."""
    key = db.key.hex()

    def said(text=key):
        monkeypatch.setattr(sys, "stdin", io.StringIO(text + "\n"))

    return said


def test_the_program_tries_itself_on_a_copy(ask, db, folder, say_key):
    register_someone(db)
    db.close()
    say_key()
    status, said = ask("selftest")
    assert (status, said) == (0, {"version": __version__, "schema": CURRENT, "people": 1, "episodes": 1, "failed": ""})
    assert json.loads((folder / REPORT).read_text(encoding="utf-8")) == said


def test_another_key_does_not_pass(ask, run, db, folder, say_key):
    db.close()
    say_key("00" * 32)
    status, said = ask("selftest")
    assert (status, said["failed"]) == (1, "open")
    say_key("no key")
    status, out, err = run("selftest")
    assert (status, out) == (1, "") and err.count("\n") == 1
