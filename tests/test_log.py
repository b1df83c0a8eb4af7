"""The log: kinds of errors and places in the code, never what stood in a field."""

from __future__ import annotations

import logging
import sys
import threading

import pytest

from covidstation import log


@pytest.fixture
def written(tmp_path):
    kept = (log.log.handlers[:], log.log.propagate, sys.excepthook, threading.excepthook)
    path = log.start_log(tmp_path)
    assert path is not None
    yield path
    for handler in log.log.handlers:
        handler.close()
    log.log.handlers[:], log.log.propagate = kept[0], kept[1]
    sys.excepthook, threading.excepthook = kept[2], kept[3]


def fail():
    try:
        raise KeyError("Giàng A Páo")
    except KeyError as cause:
        raise ValueError("012055004127") from cause


def test_an_uncaught_error_leaves_its_place_without_its_message(written):
    told = []
    log.catch_the_rest(lambda: told.append(True))
    try:
        fail()
    except ValueError as trouble:
        sys.excepthook(type(trouble), trouble, trouble.__traceback__)
    text = written.read_text(encoding="utf-8")
    assert told == [True]
    assert "builtins.ValueError" in text
    assert "builtins.KeyError" in text
    assert "test_log.py" in text
    assert "Páo" not in text
    assert "012055004127" not in text


def test_an_error_in_a_thread_is_kept_too(written):
    told = []
    log.catch_the_rest(lambda: told.append(True))
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    assert told == [True]
    assert "ValueError" in written.read_text(encoding="utf-8")


def test_lines_of_libraries_are_left_out(written):
    logging.getLogger("sqlalchemy").warning("INSERT Giàng A Páo")
    logging.getLogger("covidstation.ui").warning("kept")
    text = written.read_text(encoding="utf-8")
    assert "kept" in text
    assert "Páo" not in text


def test_it_rolls_over(written, monkeypatch):
    for _line in range(8000):
        log.log.info("x" * 100)
    names = sorted(path.name for path in written.parent.glob("covidstation.log*"))
    assert names[0] == "covidstation.log"
    assert 2 <= len(names) <= 1 + log.KEPT
    assert written.stat().st_size <= log.LARGEST


def test_a_folder_that_cannot_be_written_gives_no_log(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    assert log.start_log(file) is None
