"""New keys of the station: asked for, put in force with their certificate, cut off anywhere in between."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest

from covidstation.db.session import Database
from covidstation.errors import UserError
from covidstation.services.certificate import get_certificate
from covidstation.services.exchange.bundles import Exported, Taken, export_changes, import_files
from covidstation.services.exchange.rekeying import KeyState, ask_new_keys, asked_rekey, enrol_anew, look_at_keys
from covidstation.services.exchange.station_keys import identity_of, next_identity, reading_keys
from covidstation.sync.enrolment import open_request
from covidstation.sync.identity import AgeKey, Identity, SignKey
from covidstation.sync.rekeying import open_rekey
from tests.services.district import WHEN, District
from tests.services.samples import found, opened

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def place(tmp_path: Path) -> tuple[Path, District]:
    """A station that is enrolled, closed."""
    folder, district = tmp_path / "station", District()
    found(folder, now=WHEN)
    db = opened(folder).db
    district.enrol(db, tmp_path)
    db.close()
    return folder, district


@pytest.fixture
def db(place: tuple[Path, District]):
    register = opened(place[0])
    yield register.db
    register.db.close()


def keys(db: Database) -> tuple[str, str | None, int]:
    """Id of those in force, of the next ones, and how many can read."""
    with db.read() as session:
        coming = next_identity(session)
        return identity_of(session).sign.id, coming.sign.id if coming else None, len(reading_keys(session))


def certify(db: Database, district: District, folder: Path, **changes: object) -> Path:
    """The district's answer to what was asked."""
    with db.read() as session:
        rekey = open_rekey(asked_rekey(session) or b"")
    path = folder / "answer.csb"
    path.write_bytes(district.certified(rekey.request, serial=9, follows=rekey.old_id, **changes))
    return path


def test_asked_twice_it_is_the_same_request(db: Database):
    assert ask_new_keys(db, by=None, now=WHEN).value is True
    with db.read() as session:
        first = asked_rekey(session)
    assert ask_new_keys(db, by=None, now=WHEN).value is False
    with db.read() as session:
        assert asked_rekey(session) == first
    present, coming, reading = keys(db)
    rekey = open_rekey(first or b"")
    assert rekey.old_id == present
    assert coming is not None and coming != present and reading == 2


def test_the_answer_puts_them_in_force_and_the_old_ones_go_on_reading(db: Database, place, tmp_path: Path):
    ask_new_keys(db, by=None, now=WHEN)
    present, coming, _reading = keys(db)
    path = certify(db, place[1], tmp_path)
    (taken,) = import_files(db, path, by=None, now=WHEN).value
    assert (taken.outcome, taken.trouble) == (Taken.CERTIFICATE, None)
    assert keys(db) == (coming, None, 2)
    assert look_at_keys(db).state is KeyState.IN_FORCE and look_at_keys(db).serial == 9
    (again,) = import_files(db, path, by=None, now=WHEN).value
    assert again.outcome is Taken.ALREADY
    ask_new_keys(db, by=None, now=WHEN)
    assert keys(db)[2] == 3 and present != coming


@pytest.mark.parametrize("change", ["escrow", "root", "station_keys", "station"])
def test_an_answer_that_changes_more_is_not_taken_in_silence(db: Database, place, tmp_path: Path, change: str):
    district = place[1]
    ask_new_keys(db, by=None, now=WHEN)
    before = keys(db)
    changes = {
        "escrow": lambda: {"escrow": AgeKey.generate().public},
        "station_keys": lambda: {"station_keys": Identity.generate().public},
        "station": lambda: {"station": UUID("00112233445566778899aabbccddeeff")},
        "root": dict,
    }[change]()
    if change == "root":
        district = replace_root(district)
    path = certify(db, district, tmp_path, **changes)
    (taken,) = import_files(db, path, by=None, now=WHEN).value
    assert taken.outcome in (Taken.ASKS, Taken.REFUSED)
    assert keys(db) == before


def replace_root(district: District) -> District:
    other = District()
    other.identity, other.escrow, other.root = district.identity, district.escrow, SignKey.generate()
    return other


def test_before_enrolment_there_is_nothing_to_change(tmp_path: Path):
    folder = tmp_path / "fresh"
    found(folder, now=WHEN)
    db = opened(folder).db
    for act in (lambda: ask_new_keys(db, by=None, now=WHEN), lambda: enrol_anew(db, tmp_path, by=None, now=WHEN)):
        with pytest.raises(UserError, match="not_yet_keys"):
            act()
    assert look_at_keys(db).state is KeyState.NOT_ENROLLED
    db.close()


def test_enrolled_anew_with_the_keys_that_were_asked_for(db: Database, tmp_path: Path):
    ask_new_keys(db, by=None, now=WHEN)
    _present, coming, _reading = keys(db)
    anew = enrol_anew(db, tmp_path, by=None, now=WHEN)
    request = open_request(anew.path)
    assert (keys(db)[1], request.words()) == (coming, anew.words)
    assert look_at_keys(db).state is KeyState.ANEW
    again = enrol_anew(db, tmp_path, by=None, now=WHEN)
    assert again.words == anew.words


def test_a_stick_carries_the_request_until_it_is_answered(db: Database, place, tmp_path: Path):
    stick = tmp_path / "stick"
    stick.mkdir()
    ask_new_keys(db, by=None, now=WHEN)
    assert export_changes(db, stick, by=None, now=WHEN).value.what is Exported.CHANGES
    assert len(list(stick.rglob("K-*.csb"))) == 1
    import_files(db, certify(db, place[1], tmp_path), by=None, now=WHEN)
    other = tmp_path / "other"
    other.mkdir()
    export_changes(db, other, by=None, now=WHEN)
    assert list(other.rglob("K-*.csb")) == []
    (shown,) = other.rglob(f"E-{keys(db)[0]}.csb")
    held = open_request(shown)
    assert held.certificate == (tmp_path / "answer.csb").read_bytes()
    assert get_certificate(db) == replace(get_certificate(db), station_keys=held.keys)


KILLED = textwrap.dedent(
    """
    import os, sys
    from pathlib import Path
    from covidstation.services.exchange import enrolment, rekeying
    from covidstation.services.exchange.bundles import import_files
    from tests.services.district import WHEN
    from tests.services.samples import opened

    folder, what, at = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    db = opened(folder).db
    left = at

    def dying(call):
        def wrapped(*given, **named):
            global left
            left -= 1
            if left == 0:
                os._exit(9)
            return call(*given, **named)
        return wrapped

    for module in (enrolment, rekeying):
        for name in ("keep_secret", "drop_secret", "note", "promote_next", "make_next", "start_epoch", "follow"):
            if hasattr(module, name):
                setattr(module, name, dying(getattr(module, name)))
    if what == "ask":
        rekeying.ask_new_keys(db, by=None, now=WHEN)
    else:
        (taken,) = import_files(db, Path(sys.argv[4]), by=None, now=WHEN).value
        assert taken.trouble is None, taken.trouble
    os._exit(0)
    """
)


def killed(folder: Path, what: str, at: int, *more: object) -> int:
    run = [sys.executable, "-c", KILLED, str(folder), what, str(at), *map(str, more)]
    return subprocess.run(run, timeout=60, check=False).returncode


def test_killed_at_each_step_of_asking(place):
    folder, _district = place
    at, ends = 1, []
    while not ends or ends[-1] == 9:
        ends.append(killed(folder, "ask", at))
        db = opened(folder).db
        with db.read() as session:
            rekey, coming = asked_rekey(session), next_identity(session)
        assert (rekey is None) == (coming is None), "both or none"
        db.close()
        at += 1
    assert ends[-1] == 0 and len(ends) >= 4, ends


def test_killed_at_each_step_of_taking_the_answer(place, tmp_path: Path):
    folder, district = place
    db = opened(folder).db
    ask_new_keys(db, by=None, now=WHEN)
    present, coming, _reading = keys(db)
    path = certify(db, district, tmp_path)
    db.close()
    at, ends = 1, []
    while not ends or ends[-1] == 9:
        ends.append(killed(folder, "take", at, path))
        db = opened(folder).db
        certificate = get_certificate(db)
        assert certificate is not None
        with db.read() as session:
            now_held = identity_of(session)
        assert certificate.station_keys == now_held.public, "the certificate is for the keys in force"
        assert keys(db) in ((present, coming, 2), (coming, None, 2))
        db.close()
        at += 1
    assert ends[-1] == 0 and len(ends) >= 5, ends
