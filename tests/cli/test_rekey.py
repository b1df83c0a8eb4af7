"""`rekey` on the command line: new keys asked for, written, enrolled anew."""

from __future__ import annotations

import pytest

from covidstation.sync.enrolment import open_request
from covidstation.sync.rekeying import open_rekey


@pytest.fixture
def enrolled(db, stick, district):
    district.enrol(db, stick)
    db.close()
    return stick


def test_before_enrolment_it_is_refused_with_a_sentence(run, stick):
    status, out, err = run("rekey")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert run("rekey", "--anew", "--to", stick)[0] == 1


def test_asked_for_once_and_written(ask, enrolled):
    assert ask("rekey") == (0, {"what": "asked", "files": [], "words": []})
    status, found = ask("rekey", "--to", enrolled)
    assert (status, found["what"]) == (0, "already")
    (path,) = found["files"]
    assert open_rekey(enrolled / path).request.commune == "03517"


def test_anew_needs_a_stick_and_says_the_words(ask, run, enrolled):
    status, out, err = run("rekey", "--anew")
    assert (status, out) == (1, "") and "--to" in err
    status, found = ask("rekey", "--anew", "--to", enrolled)
    assert (status, found["what"]) == (0, "enrolment")
    (path,) = found["files"]
    assert list(open_request(enrolled / path).words()) == found["words"]


def test_a_person_reads_what_comes_next(run, enrolled):
    status, out, _err = run("rekey")
    assert status == 0 and "Khoá cũ vẫn dùng" in out
    status, out, _err = run("rekey", "--to", enrolled)
    assert status == 0 and "Rút được" in out
