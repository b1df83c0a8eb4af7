"""Founding a register and opening it: whole or not at all, never over another one."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from covidstation.db.heads import FILE as HEADS
from covidstation.db.keys import FILE
from covidstation.db.queries.station import get_station, users
from covidstation.db.rows import JournalRow
from covidstation.domain.station import StationDraft
from covidstation.errors import Refused, UserError
from covidstation.messages import sentences
from covidstation.services.access.entrance import REGISTER
from covidstation.services.access.opening import is_set_up, open_register
from covidstation.services.record import change_setting, edit_station
from covidstation.services.station import setup
from covidstation.services.station.setup import SETUP_DRAFT, found_register, keep_setup_draft, read_setup_draft
from covidstation.services.upkeep.check import check_register
from tests.services.samples import CHEAP, NOW, PASSPHRASE, STATION, USER, found, opened

BESIDE = ("register.hold", "keys.hold", "tries.hold", "register.tries")  # locks and what slows guessing


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_founded_register_is_whole(tmp_path):
    founded = found(tmp_path)
    assert set(files(tmp_path)) - set(BESIDE) == {FILE, REGISTER, HEADS}
    register = opened(tmp_path)
    station = get_station(register.db)
    values = {name: getattr(station, name) for name in StationDraft.__dataclass_fields__}
    assert StationDraft(**values) == STATION
    assert [(user.name, user.role) for user in users(register.db)] == [(USER, "head")]
    assert (register.user_id, station.id) == (founded.user_id, founded.station_id)
    with register.db.read() as session:
        assert session.scalars(select(JournalRow.tbl).order_by(JournalRow.seq)).all() == ["station", "app_user"]
    assert all(finding.good for finding in check_register(register.db, tmp_path))
    register.db.engine.dispose()


def test_nothing_is_founded_over_a_register(folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(UserError) as caught:
        found(folder)
    assert caught.value.code == "station.already_set_up"
    after = {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in BESIDE}
    assert after == before


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"passphrase": "ngắn"}, "keys.passphrase_short"),
        ({"user_name": ""}, "station.user_name_missing"),
        ({"draft": replace(STATION, name="")}, "station.has_problems"),
        ({"draft": replace(STATION, name="x" * 300)}, "station.has_problems"),
    ],
)
def test_a_refused_founding_leaves_nothing(tmp_path, change, code):
    place = tmp_path / "data"
    values = {"draft": STATION, "user_name": USER, "passphrase": PASSPHRASE} | change
    draft = values.pop("draft")
    with pytest.raises(UserError) as caught:
        found_register(place, draft, now=NOW, cost=CHEAP, **values)
    assert caught.value.code == code and all(sentences(caught.value))
    assert not is_set_up(place)


def test_a_founding_that_was_cut_can_be_done_again(tmp_path, monkeypatch):
    def cut(*_values):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(setup.keys, "write_keys", cut)
        with pytest.raises(KeyboardInterrupt):
            found(tmp_path)
    assert not is_set_up(tmp_path)
    found(tmp_path)
    opened(tmp_path).db.engine.dispose()
    assert set(files(tmp_path)) - set(BESIDE) == {FILE, REGISTER, HEADS}


def test_a_full_disk_while_founding_leaves_no_register(tmp_path, monkeypatch):
    """When the log cannot be folded into the new file, the file does not get its name."""

    def full(self, statement, *_values):
        raise UserError("station.disk_full")

    with monkeypatch.context() as patched:
        patched.setattr(setup.Database, "outside_transaction", full)
        with pytest.raises(UserError) as caught:
            found(tmp_path)
    assert caught.value.code == "station.disk_full"
    assert not is_set_up(tmp_path)
    found(tmp_path)


@pytest.mark.parametrize("left", [FILE, "backups/register-20220310-083000.db"])
def test_nothing_is_founded_over_what_is_left_of_a_register(tmp_path, left):
    (tmp_path / left).parent.mkdir(exist_ok=True)
    (tmp_path / left).write_bytes(b"all that is left")
    with pytest.raises(UserError) as caught:
        found(tmp_path)
    assert caught.value.code == "station.register_missing"
    assert (tmp_path / left).read_bytes() == b"all that is left"


def test_a_place_that_takes_no_files_is_a_sentence(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    for place, code in ((tmp_path / "file", "station.no_folder"), (tmp_path / "file" / "data", "station.read_only")):
        with pytest.raises(UserError) as caught:
            found(place)
        assert caught.value.code == code and all(sentences(caught.value))


def test_no_register_is_a_sentence(tmp_path):
    with pytest.raises(UserError) as caught:
        open_register(tmp_path, PASSPHRASE)
    assert caught.value.code == "station.not_set_up"


def test_opening_with_a_wrong_passphrase_changes_nothing(folder):
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(UserError) as caught:
        open_register(folder, "sai mật khẩu")
    assert caught.value.code == "keys.wrong_passphrase"
    after = {path.name: path.read_bytes() for path in folder.iterdir() if path.name not in BESIDE}
    assert after == before


def test_the_keys_of_another_register_open_nothing(folder, tmp_path):
    found(tmp_path / "other")
    (folder / FILE).write_bytes((tmp_path / "other" / FILE).read_bytes())
    with pytest.raises(UserError) as caught:
        opened(folder)
    assert caught.value.code == "station.damaged"


def test_the_wizard_is_taken_up_again(tmp_path):
    place = tmp_path / "data"
    assert read_setup_draft(place) == {}
    keep_setup_draft(place, {"name": "Trạm Y tế xã Nậm Tăm", "commune_code": "03517"})
    assert read_setup_draft(place) == {"name": "Trạm Y tế xã Nậm Tăm", "commune_code": "03517"}
    for rubbish in (b"", b"[]", b"{", b"\xff"):
        (place / SETUP_DRAFT).write_bytes(rubbish)
        assert read_setup_draft(place) == {}
    keep_setup_draft(place, {"name": "x"})
    found(place)
    assert read_setup_draft(place) == {}


def test_the_station_is_edited_and_only_the_change_travels(db):
    edit_station(db, replace(STATION, head_name="Vàng Thị Sơ"), by=None, now=NOW)
    assert get_station(db).head_name == "Vàng Thị Sơ"
    with db.read() as session:
        line = session.scalars(select(JournalRow.line).order_by(JournalRow.seq.desc())).first()
    assert b'"f":{"head_name":' in line
    with pytest.raises(Refused):
        edit_station(db, replace(STATION, name=""), by=None, now=NOW)
    assert get_station(db).name == STATION.name


def test_settings_are_declared(db):
    change_setting(db, "home_isolation", "yes", by=None, now=NOW)
    for key, value, code in (("nothing", "x", "station.unknown_setting"), ("theme", "pink", "station.bad_setting")):
        with pytest.raises(UserError) as caught:
            change_setting(db, key, value, by=None, now=NOW)
        assert caught.value.code == code and all(sentences(caught.value))
