"""The launcher: what `current` names starts; what does not start twice is given up, and said."""

from __future__ import annotations

import errno
import importlib.util
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from covidstation.update import stand
from covidstation.update.stand import Pointer, point_to, read_pointer
from tools.sources import ROOT

FILE = ROOT / "installer" / "launcher.py"
WELL = """
import os, pathlib, sys
home, app = pathlib.Path(os.environ["COVIDSTATION_HOME"]), pathlib.Path(__file__).parent.name
with (home / "ran").open("a") as log: log.write(app + " " + " ".join(sys.argv[1:]) + "\\n")
"""
SAYS_WELL = WELL + '(home / "well").write_text(app)\n'
DIES = WELL + "sys.exit(3)\n"
KILLED = WELL + "os.kill(os.getpid(), 9)\n"
STAYS = WELL + '(home / "well").write_text(app); import time; time.sleep(3); (home / "ended").write_text("")\n'


def load():
    spec = importlib.util.spec_from_file_location("launcher", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


launcher = load()


@pytest.fixture
def home(tmp_path):
    place = tmp_path / "CovidStation"
    place.mkdir()
    (place / "launcher.py").write_bytes(FILE.read_bytes())
    return place


def app(home, version, text):
    folder = home / f"app-{version}"
    folder.mkdir()
    (folder / "start.py").write_text(text)
    (folder / "start").write_text("start.py\nstart.py")
    return folder.name


def start(home, *words):
    """Its status and what it said; a window that goes on has the file, too, so no pipe is waited for."""
    with (home / "said").open("w") as out:
        command = [sys.executable, str(home / "launcher.py"), *words]
        done = subprocess.run(command, timeout=30, check=False, stdout=out, stderr=out)
    done.stderr = (home / "said").read_text()
    return done


def ran(home):
    try:
        return [line.strip() for line in (home / "ran").read_text().splitlines()]
    except OSError:
        return []


def until(what):
    for _turn in range(100):
        if what():
            return True
        time.sleep(0.05)
    return False


def test_what_current_names_starts_and_the_launcher_goes(home):
    point_to(home, Pointer(app(home, "0.1.0", STAYS)))
    begun = time.monotonic()
    assert start(home).returncode == 0
    assert time.monotonic() - begun < 3
    assert not (home / "ended").exists()
    assert until((home / "ended").exists)
    assert ran(home) == ["app-0.1.0"]


@pytest.mark.parametrize("new", [DIES, KILLED, "syntax error", "import a_part_that_is_not_here"])
def test_two_failed_starts_and_the_old_version_is_back(home, new):
    old = app(home, "0.1.0", SAYS_WELL)
    (home / "well").write_text(old)
    point_to(home, Pointer(app(home, "0.2.0", new), old))
    assert start(home).returncode == 0
    assert until(lambda: "app-0.1.0" in ran(home))
    assert ran(home).count("app-0.2.0") == (2 if new in (DIES, KILLED) else 0)
    assert read_pointer(home) == Pointer(old, "", "app-0.2.0")
    assert start(home).returncode == 0
    assert until(lambda: ran(home)[-2:] == ["app-0.1.0", "app-0.1.0"])


def test_tries_are_counted_over_starts_that_somebody_had_to_kill(home):
    """A window that hangs: the PC is switched off, twice."""
    old = app(home, "0.1.0", SAYS_WELL)
    point_to(home, Pointer(app(home, "0.2.0", WELL + "import time; time.sleep(60)\n"), old))
    for number in (1, 2):
        hung = subprocess.Popen([sys.executable, str(home / "launcher.py")], start_new_session=True)
        assert until(lambda number=number: len(ran(home)) == number)
        os.killpg(hung.pid, 9)
        hung.wait()
    assert start(home).returncode == 0
    assert until(lambda: ran(home)[-1] == "app-0.1.0")


def test_a_version_that_was_once_well_is_not_counted(home):
    old, new = app(home, "0.1.0", SAYS_WELL), app(home, "0.2.0", DIES)
    (home / "well").write_text(new)
    point_to(home, Pointer(new, old))
    for _turn in range(4):
        start(home)
    assert read_pointer(home).app == new


def test_a_window_closed_in_peace_is_no_failure(home):
    old, new = app(home, "0.1.0", SAYS_WELL), app(home, "0.2.0", WELL)
    point_to(home, Pointer(new, old))
    assert start(home).returncode == 0
    assert read_pointer(home).app == new


def test_without_a_version_before_the_new_one_is_tried_on(home):
    point_to(home, Pointer(app(home, "0.2.0", DIES)))
    start(home)
    start(home)
    assert read_pointer(home).app == "app-0.2.0"


REFUSED = {"open": (Path, "open"), "fsync": (os, "fsync"), "replace": (Path, "replace")}


@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EACCES], ids=errno.errorcode.get)
@pytest.mark.parametrize("call", REFUSED)
def test_a_disk_that_refuses_keeps_nobody_from_working(home, call, error, monkeypatch):
    """A full disk, a bad one, a folder that may not be written to: a version starts, a broken one is still given up."""
    old, new = app(home, "0.1.0", SAYS_WELL), app(home, "0.2.0", DIES)
    point_to(home, Pointer(new, old))
    on, name = REFUSED[call]
    real = getattr(on, name)

    def refused(*given, **words):
        if call == "open" and given[1:2] != ("wb",):
            return real(*given, **words)
        raise OSError(error, os.strerror(error))

    begun = []
    popen = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda *given, **words: begun.append(popen(*given, **words)) or begun[-1])
    with monkeypatch.context() as failing:
        failing.setattr(on, name, refused)
        assert launcher.open_window(home) == 0
        assert until(lambda: "app-0.1.0" in ran(home))
        assert ran(home).count(new) == 2
        (home / "current").write_bytes(b"")  # and no pointer any more
        assert launcher.choose(home)["app"] == new
    assert launcher.open_window(home) == 0
    assert read_pointer(home).app in (old, new)
    assert [one.wait(20) for one in begun]


@pytest.mark.parametrize("torn", [b"", b"{", b"[]", b'{"app": "app-9.9.9"}', b'{"app": "../evil"}', b"\xff\xfe", None])
def test_a_lost_pointer_finds_the_newest_whole_version(home, torn):
    app(home, "0.9.0", SAYS_WELL)
    app(home, "0.10.0", SAYS_WELL)
    (app_broken := home / "app-0.11.0").mkdir()
    if torn is not None:
        (home / "current").write_bytes(torn)
    assert start(home).returncode == 0
    assert until(lambda: ran(home) == ["app-0.10.0"])
    assert app_broken.exists()


def test_a_quarantined_version_falls_back(home):
    old, new = app(home, "0.1.0", SAYS_WELL), app(home, "0.2.0", SAYS_WELL)
    (home / "well").write_text(new)
    point_to(home, Pointer(new, old))
    (home / new / "start.py").unlink()  # a virus guard took it
    assert start(home).returncode == 0
    assert until(lambda: ran(home) == ["app-0.1.0"])
    assert read_pointer(home).gave_up == new


def test_nothing_installed_is_said(home):
    done = start(home)
    assert done.returncode == 1 and "install it anew" in done.stderr


def test_words_go_to_the_command_line_and_its_status_comes_back(home):
    point_to(home, Pointer(app(home, "0.1.0", DIES)))
    assert start(home, "status", "--json").returncode == 3
    assert ran(home) == ["app-0.1.0 status --json"]
    assert not (home / "trying").exists()


def test_the_program_says_that_it_started(home, monkeypatch):
    point_to(home, Pointer(app(home, "0.2.0", WELL), "", "app-0.3.0"))
    (home / "trying").write_text(json.dumps({"app": "app-0.2.0", "times": 1}))
    monkeypatch.setenv(stand.HOME, str(home))
    stand.started_well()
    assert launcher.is_well(home, "app-0.2.0") and not (home / "trying").exists()
    assert stand.given_up() == "0.3.0"


def test_a_program_without_a_launcher_says_nothing(tmp_path, monkeypatch):
    monkeypatch.delenv(stand.HOME, raising=False)
    stand.started_well()
    assert stand.home() is None and stand.given_up() == ""
    monkeypatch.setenv(stand.HOME, str(tmp_path))
    stand.started_well()
    assert stand.home() is None and list(Path(tmp_path).iterdir()) == []
