"""The hub's own keys: new ones under the same root, cut off anywhere; the ways of the escrow."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from sqlalchemy import select

from covidstation.db import keys as wraps
from covidstation.domain.canonical import encode
from covidstation.errors import UserError
from covidstation.hub.cli import main
from covidstation.hub.copies.backup import make_backup
from covidstation.hub.copies.restoring import Escrow, restore_hub
from covidstation.hub.database import keys as module
from covidstation.hub.database.keys import HubKeys, open_escrow
from covidstation.hub.database.outcomes import Outcome
from covidstation.hub.database.store import DATABASE, ESCROW, Founded, FromEscrow, Hub, Place, create_hub, open_hub
from covidstation.hub.rows import EnrolmentRow, HubStateRow
from covidstation.hub.staff.audit import PROGRAM
from covidstation.hub.stations import rotating
from covidstation.hub.stations.rotating import add_escrow_wrap, look_at_keys, renew_escrow_file, rotate_keys
from covidstation.sync.enrolment import read_certificate
from covidstation.sync.locked import lock
from tests.hub.conftest import BOTH, NAME, PASSPHRASE
from tests.hub.fake_stations import NOW, FakeStation, everything, take

DATABASES = BOTH
WORDS = "suối reo bên bản mới"


def newest(hub: Hub, station: FakeStation):
    with hub.db.read() as session:
        row = session.scalars(select(EnrolmentRow).where(EnrolmentRow.key_id == station.keys.sign.id)).one()
        return read_certificate(row.certificate, root=hub.keys.root.public)


def test_old_bundles_are_read_and_everybody_gets_a_certificate(hub: Hub, station: FakeStation):
    other = FakeStation("Trạm Y tế xã Phăng Xô Lin", "03488").join(hub)
    before, root = hub.keys, hub.keys.root
    station.people(2)
    late = station.up(1, 1)
    assert rotate_keys(hub, by=PROGRAM, now=NOW) == 2
    assert (hub.keys.root, hub.keys.escrow) == (root, before.escrow)
    assert hub.keys.identity != before.identity and hub.keys.former == (before.identity,)
    for one in (station, other):
        renewed = newest(hub, one)
        assert renewed.hub_keys == hub.keys.identity.public
        assert renewed.serial > one.certificate.serial and renewed.station_keys == one.keys.public
    (done,) = take(hub, late)
    assert done.outcome is Outcome.TAKEN
    station.certificate = newest(hub, station)
    assert take(hub, station.up(2, 2))[0].outcome is Outcome.TAKEN
    rotate_keys(hub, by=PROGRAM, now=NOW)
    assert len(hub.keys.former) == 2
    assert take(hub, late)[0].outcome is Outcome.ALREADY


def test_they_are_there_after_the_hub_is_opened_again(hub: Hub):
    rotate_keys(hub, by=PROGRAM, now=NOW)
    again = open_hub(hub.place, PASSPHRASE)
    assert again.keys == hub.keys
    again.db.close()


def test_what_fails_changes_nothing(hub: Hub, station: FakeStation, monkeypatch: pytest.MonkeyPatch):
    before, keys = everything(hub), hub.keys

    def cut(*_given: object, **_named: object) -> None:
        raise OSError("cut")

    monkeypatch.setattr(rotating, "note", cut)
    with pytest.raises(OSError, match="cut"):
        rotate_keys(hub, by=PROGRAM, now=NOW)
    assert everything(hub) == before
    with hub.db.read() as session:
        assert hub.keys_now(session) == keys


def test_a_copy_of_before_and_one_of_after_come_back(hub: Hub, station: FakeStation, tmp_path: Path):
    station.people(1)
    take(hub, station.up())
    before, former = make_backup(hub, tmp_path / "a", now=NOW), hub.keys
    rotate_keys(hub, by=PROGRAM, now=NOW)
    after = make_backup(hub, tmp_path / "b", now=NOW)
    for number, (copy, keys) in enumerate([(before, former), (after, hub.keys)]):
        folder = tmp_path / f"again {number}"
        restore_hub(copy.path, Place(folder / DATABASE, folder), PASSPHRASE, now=NOW)
        again = open_hub(Place(folder / DATABASE, folder), PASSPHRASE)
        assert again.keys == keys
        assert newest(again, station).serial > newest(hub, station).serial
        again.db.close()


def test_a_hub_of_before_the_escrow_wrap_gets_it(hub: Hub, codes: Founded, tmp_path: Path):
    folder = hub.place.folder
    wraps.write_keys(folder, [one for one in wraps.read_keys(folder) if one.kind != "escrow"])
    assert not look_at_keys(hub).wrapped
    assert add_escrow_wrap(hub) and not add_escrow_wrap(hub)
    assert look_at_keys(hub).wrapped
    copy = make_backup(hub, tmp_path / "b", now=NOW)
    again = Place(tmp_path / "again" / DATABASE, tmp_path / "again")
    restore_hub(copy.path, again, Escrow(codes.escrow_code, WORDS), now=NOW)
    opened = open_hub(again, WORDS)
    assert opened.keys.root == hub.keys.root
    opened.db.close()


def test_an_escrow_file_of_before_gets_the_root(hub: Hub, codes: Founded, tmp_path: Path):
    found = open_escrow((hub.place.folder / ESCROW).read_bytes(), codes.escrow_code)
    assert found.root == hub.keys.root
    rotating.wraps.replace_file(hub.place.folder / ESCROW, old_escrow(found.key.secret, codes.escrow_code))
    held = FromEscrow((hub.place.folder / ESCROW).read_bytes(), codes.escrow_code.lower())
    assert open_escrow(held.file, held.code).root is None
    place = Place(tmp_path / "again" / DATABASE, tmp_path / "again")
    with pytest.raises(UserError, match="escrow_without_root"):
        create_hub(place, name=NAME, code="", passphrase=WORDS, now=NOW, cost=wraps.FLOOR, again=held)
    assert not place.folder.exists()
    renew_escrow_file(hub, held)
    again = open_escrow((hub.place.folder / ESCROW).read_bytes(), codes.escrow_code)
    assert (again.root, again.key) == (hub.keys.root, found.key)


def old_escrow(secret: str, code: str) -> bytes:
    """As a program of before wrote it, without the root."""
    return lock(f"# CovidStation escrow key\n{secret}\n".encode(), code)


def test_the_file_and_the_code_of_another_hub_are_refused(hub: Hub, tmp_path: Path):
    folder = tmp_path / "other"
    other = create_hub(
        Place(folder / DATABASE, folder), name=NAME, code="", passphrase=WORDS, now=NOW, cost=wraps.FLOOR
    )
    before = (hub.place.folder / ESCROW).read_bytes()
    file = other.escrow_file.read_bytes()
    with pytest.raises(UserError, match="wrong_escrow"):
        renew_escrow_file(hub, FromEscrow(file, other.escrow_code))
    with pytest.raises(UserError, match="wrong_escrow"):
        renew_escrow_file(hub, FromEscrow(file, wraps.new_recovery_code()))
    with pytest.raises(UserError, match="code_garbled"):
        renew_escrow_file(hub, FromEscrow(file, "0000-1111"))
    assert (hub.place.folder / ESCROW).read_bytes() == before


def test_founded_anew_its_serials_are_above_all_that_were_counted(hub: Hub, codes: Founded, tmp_path: Path):
    place = Place(tmp_path / "again" / DATABASE, tmp_path / "again")
    held = FromEscrow((hub.place.folder / ESCROW).read_bytes(), codes.escrow_code)
    founded = create_hub(place, name=NAME, code="", passphrase=WORDS, now=NOW, cost=wraps.FLOOR, again=held)
    again = open_hub(place, WORDS)
    assert (again.keys.root, again.keys.escrow, founded.escrow_code) == (hub.keys.root, hub.keys.escrow, "")
    assert again.epoch != hub.epoch
    assert open_escrow((place.folder / ESCROW).read_bytes(), codes.escrow_code).root == hub.keys.root
    station = FakeStation().join(again)
    assert station.certificate.serial == int(NOW.timestamp()) + 1
    again.db.close()


def test_sealed_keys_of_before_are_read(hub: Hub):
    """A hub of 0.1.0 sealed no former keys."""
    value = {
        "root": hub.keys.root.secret.hex(),
        "identity": hub.keys.identity.to_bytes().decode(),
        "escrow": hub.keys.escrow,
    }
    nonce = bytes(module.NONCE)
    sealed = nonce + module._box(bytes(32)).encrypt(nonce, encode(value), module.BOUND)
    assert HubKeys.unseal(sealed, bytes(32)) == hub.keys


KILLED = textwrap.dedent(
    """
    import os, sys
    from datetime import UTC, datetime
    from pathlib import Path
    from covidstation.hub.database import certificates
    from covidstation.hub.database.store import DATABASE, Place, open_hub
    from covidstation.hub.stations import rotating

    folder, at = Path(sys.argv[1]), int(sys.argv[2])
    hub = open_hub(Place(folder / DATABASE, folder), sys.argv[3])
    left = at

    def dying(call):
        def wrapped(*given, **named):
            global left
            left -= 1
            if left == 0:
                os._exit(9)
            return call(*given, **named)
        return wrapped

    certificates.write_certificate = dying(certificates.write_certificate)
    rotating.note = dying(rotating.note)
    rotating.hold_hub = dying(rotating.hold_hub)
    if at == 0:
        raise SystemExit("never")
    rotating.rotate_keys(hub, by="program", now=datetime(2022, 3, 11, tzinfo=UTC))
    os._exit(9 if left == 1 else 0)
    """
)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("at", [1, 2, 3, 4, 5])
def test_killed_at_any_step_both_sides_go_on(folder: Path, at: int):
    place = Place(folder / DATABASE, folder)
    hub = open_hub(place, PASSPHRASE)
    first, second = FakeStation().join(hub), FakeStation("Trạm Y tế xã Phăng Xô Lin", "03488").join(hub)
    for one in (first, second):
        one.people(2)
        take(hub, one.up(1, 1))
    before = hub.keys
    hub.db.close()
    run = [sys.executable, "-c", KILLED, str(folder), str(at), PASSPHRASE]
    assert subprocess.run(run, timeout=60, check=False).returncode == 9
    hub = open_hub(place, PASSPHRASE)
    certificates = [newest(hub, one) for one in (first, second)]
    assert len({one.hub_keys for one in certificates}) == 1, "all of them are new, or none"
    assert certificates[0].hub_keys == hub.keys.identity.public
    assert hub.keys == before or hub.keys.former == (before.identity,)
    for one in (first, second):
        assert take(hub, one.up(1, 2))[0].outcome is Outcome.TAKEN
    with hub.db.read() as session:
        state = session.scalars(select(HubStateRow)).one()
        assert state.last_serial >= max(session.scalars(select(EnrolmentRow.serial)))
    hub.db.close()


class Test_Commands:
    @pytest.fixture
    def say(self, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
        secret = tmp_path / "secret"
        secret.write_text(PASSPHRASE + "\n", encoding="utf-8")
        secret.chmod(0o600)

        def run(*words: object, data: Path = folder, words_file: Path = secret) -> tuple[int, str, str]:
            given = ["--data", str(data), "--passphrase-file", str(words_file), *map(str, words)]
            status = main(given)
            out, err = capsys.readouterr()
            return status, out, err

        return run

    def test_show_rotate_show(self, say):
        before = json.loads(say("keys", "show", "--json")[1])
        assert before["escrow_opens"] and before["escrow_file"] and before["former"] == []
        status, out, _err = say("keys", "rotate")
        assert status == 0 and "backup" in out
        after = json.loads(say("keys", "show", "--json")[1])
        assert after["former"] == [before["sign"]] and after["sign"] != before["sign"]
        assert (after["root"], after["escrow"]) == (before["root"], before["escrow"])
        assert after["words"] != before["words"]

    @pytest.fixture
    def code(self, founded: tuple[Path, Founded], tmp_path: Path) -> Path:
        """The file with the code from the safe."""
        path = tmp_path / "code"
        path.write_text(founded[1].escrow_code + "\n", encoding="utf-8")
        path.chmod(0o600)
        return path

    def test_the_escrow_by_command(self, say, folder: Path, founded: tuple[Path, Founded], code: Path, tmp_path: Path):
        wraps.write_keys(folder, [one for one in wraps.read_keys(folder) if one.kind != "escrow"])
        assert "keys escrow" in say("keys", "show")[1]
        found = json.loads(say("keys", "escrow", "--escrow-code-file", code, "--json")[1])
        assert found["added"] and open_escrow(Path(found["escrow_file"]).read_bytes(), founded[1].escrow_code).root
        assert json.loads(say("keys", "escrow", "--json")[1]) == {"added": False, "escrow_file": None}
        status, _out, err = say("keys", "escrow", "--escrow-code-file", code, "--escrow-file", tmp_path / "none")
        assert (status, err.count("\n")) == (1, 1)
        status, _out, err = say("keys", "escrow", "--escrow-file", folder / ESCROW)
        assert (status, err.count("\n")) == (1, 1)

    def test_founded_anew_by_command(self, say, folder: Path, code: Path, tmp_path: Path):
        before = json.loads(say("keys", "show", "--json")[1])
        safe, new = folder / ESCROW, tmp_path / "new"
        status, out, _err = say(
            "init", "--name", NAME, "--escrow-file", safe, "--escrow-code-file", code, "--json", data=new
        )
        assert status == 0 and json.loads(out)["escrow_code"] is None
        after = json.loads(say("keys", "show", "--json", data=new)[1])
        assert (after["root"], after["escrow"]) == (before["root"], before["escrow"])
        assert after["sign"] != before["sign"]
