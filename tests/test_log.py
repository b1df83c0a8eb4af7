"""The log: kinds of errors and places in the code, never what stood in a field."""

from __future__ import annotations

import logging
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from covidstation import __version__, log
from covidstation.domain.packs import PaperKind
from covidstation.errors import UserError
from covidstation.services.copies.backup import back_up
from covidstation.services.exchange.bundles import export_changes, import_files
from covidstation.services.papers.issuing import issue_paper
from covidstation.services.upkeep.check import check_register
from tests.services import samples
from tests.services.fixtures import *  # noqa: F403
from tests.services.samples import NOW


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
    log.catch_the_rest(lambda _trouble: told.append(True))
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
    log.catch_the_rest(lambda _trouble: told.append(True))
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


def test_it_begins_with_the_version_and_ends_with_its_end_in_utc(written):
    log.stop_log()
    first, last = written.read_text(encoding="utf-8").splitlines()
    assert f"started: {__version__} on Python" in first and last.endswith("INFO covidstation: ended")
    said = datetime.strptime(last.partition(" INFO")[0], "%Y-%m-%d %H:%M:%S.%fZ").replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - said) < timedelta(minutes=1)


def test_five_files_and_no_more(written):
    for _line in range(40_000):
        log.log.info("x" * 100)
    files = list(written.parent.glob("covidstation.log*"))
    assert len(files) == 5
    assert sum(path.stat().st_size for path in files) <= 5 * log.LARGEST


def test_a_day_of_work_leaves_nobody_in_it(written, folder, stick, district):
    """What is saved, sent, received, copied and refused leaves lines for a supporter, and no person."""
    register_ = samples.opened(folder)
    db = register_.db
    district.enrol(db, stick)
    planted = replace(samples.neighbour(7), full_name="Giàng A Páo", phone="0365118214", citizen_number="012055004127")
    episode = samples.register(db, samples.f0(planted))
    issue_paper(
        db,
        PaperKind.ISOLATION_ORDER,
        [episode.id],
        catalog=samples.catalog(),
        issued_on=samples.TODAY,
        by=None,
        now=NOW,
    )
    export_changes(db, stick, by=None, now=NOW)
    back_up(db, now=NOW)
    with pytest.raises(UserError):
        samples.register(db, samples.f0(planted))
    check_register(db, folder, now=NOW)
    import_files(db, stick, by=None, now=NOW)
    db.close()
    text = written.read_text(encoding="utf-8")
    assert "bundle written: 1 parts" in text and "copy made: register-" in text
    for word in ("Giàng", "Páo", "0365118214", "012055004127", "Lò Thị", "Nậm"):
        assert word not in text


def test_a_folder_that_cannot_be_written_gives_no_log(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    assert log.start_log(file) is None
