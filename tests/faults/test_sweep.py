"""The disk that fails, fills up or turns a bit, in short; in full: docs/safety-bars.md."""

import subprocess
import sys

import pytest

from tests.faults.sweep import ACTS, Fault, Said, judged
from tests.services.samples import opened
from tools.sources import ROOT


def said(*words, timeout=55):
    command = [sys.executable, "-m", *words]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8", timeout=timeout)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    return done.stdout


@pytest.mark.timeout(60)
def test_a_save_while_the_disk_fails_is_there_once_or_refused_with_a_sentence():
    """Every kind of call fails somewhere, once and for good: nothing acknowledged is lost, nothing is doubled."""
    heard = said("tests.faults.sweep", "save", "--quick")
    assert ", 0 bad; said: " in heard and "station.not_saved" in heard


@pytest.mark.timeout(90)
@pytest.mark.parametrize("act", ["inbox", "down"])
def test_what_comes_from_the_other_side_while_the_disk_fails(act):
    """The district's inbox slice by slice, the station's reading of the district's lines."""
    assert ", 0 bad; said: " in said("tests.faults.sweep", act, "--quick", timeout=85)


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_every_act_while_the_disk_fails():
    heard = said("tests.faults.sweep", "all", "--quick", timeout=1490)
    assert heard.count(", 0 bad; said: ") == len(heard.splitlines())


def test_the_judge_sees_what_is_lost_doubled_or_said_wrongly(tmp_path):
    template = sweep_template(tmp_path)
    assert judged("save", template, None, Said(done={0}, whole=True)) == "lost"
    assert judged("save", template, None, Said(refused={0: "station.not_saved"}, whole=True)) == ""
    assert judged("save", template, None, Said(bug="ValueError: x", whole=True)).startswith("no sentence")
    assert judged("save", template, None, Said(done={0})) == "died"
    put(template)
    refused = Said(refused={0: "station.not_saved"}, whole=True)
    assert judged("save", template, None, refused) == "said not saved, but it was"
    assert judged("save", template, None, Said(done={0}, whole=True)) == ""
    assert judged("save", template, None, Said(refused={0: "station.save_unknown"}, whole=True)) == ""


def sweep_template(folder):
    ACTS["save"].prepare(folder)
    return folder


def put(folder):
    station = opened(folder)
    ACTS["save"].do(station, folder, None, 0)
    station.db.close()


def test_the_words_for_strace():
    assert Fault("fsync", "EIO", 3, lasting=True).words()[-1] == "inject=fsync:error=EIO:when=3+"
    assert Fault("write", "ENOSPC", 1, lasting=False).words()[-1] == "inject=write:error=ENOSPC:when=1"


@pytest.mark.timeout(180)
def test_a_disk_that_is_really_full():
    heard = said("tests.faults.full", timeout=170)
    assert ", 0 bad" in heard and "open on 3 mornings and through the window" in heard


@pytest.mark.timeout(60)
def test_one_changed_bit_is_found_or_does_no_harm():
    assert "56 flips, 0 wrong" in said("tests.faults.flips", "--flips", "56")
