"""Founding a station, what a folder tells before it is opened, and the small file for the window."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from covidstation.catalog import load_catalog
from covidstation.db.keys import Cost
from covidstation.db.queries.places import hamlets
from covidstation.db.queries.station import get_setting, get_station
from covidstation.domain.station import StationDraft
from covidstation.errors import UserError
from covidstation.passphrases import read_passphrase
from covidstation.paths import resources
from covidstation.services.access.entrance import (
    FolderState,
    beside,
    entrants,
    is_training_folder,
    look_at_folder,
)
from covidstation.services.access.opening import open_register, open_with_recovery
from covidstation.services.copies.backup import back_up, needs_backup
from covidstation.services.preferences import Preferences, keep_preferences, read_preferences
from covidstation.services.record import change_setting
from covidstation.services.station.founding import (
    FoundingDraft,
    commune_of,
    communes_to_choose,
    found_station,
    new_recovery_code,
    read_hamlets,
)

NOW = datetime(2026, 7, 10, 7, 15, tzinfo=timezone(timedelta(hours=7)))
CHEAP = Cost(8, 1, 1)
CATALOG = load_catalog(resources())
PHRASE = "một câu dễ nhớ"


def station(**changes):
    given = {"commune_code": "03517", "name": "Trạm Y tế xã Nậm Tăm", "place_name": "Nậm Tăm"}
    return StationDraft(**(given | changes))


def found(folder: Path, draft: FoundingDraft, **more):
    return found_station(folder, draft, passphrase=PHRASE, catalog=CATALOG, now=NOW, cost=CHEAP, **more)


def test_the_code_that_was_printed_opens_the_register(tmp_path):
    code = new_recovery_code()
    made = found(tmp_path, FoundingDraft(station=station(), user_name="Lò Thị Mai"), recovery_code=code)
    assert made.founded.recovery_code == code
    open_with_recovery(tmp_path, code.lower()).db.close()


def test_hamlets_and_the_answer_are_there_at_once(tmp_path):
    draft = FoundingDraft(
        station=station(), user_name="Lò", hamlets=("Bản Nậm Ngá", "bản nậm ngá", "Thôn 1"), home_isolation="no"
    )
    found(tmp_path, draft)
    register = open_register(tmp_path, PHRASE)
    assert len(hamlets(register.db)) == 2
    assert get_setting(register.db, "home_isolation") == "no"
    register.db.close()


def test_training_brings_its_staff_and_tells_how_far_it_is(tmp_path):
    steps = []
    draft = FoundingDraft(station=station(), training_people=30, seed=7)
    made = found(tmp_path, draft, progress=lambda done, of: steps.append((done, of)))
    register = open_register(tmp_path, PHRASE)
    record = get_station(register.db)
    assert record.head_name
    assert made.user_name
    assert record.chairman_name
    assert steps[-1] == (30, 30)
    register.db.close()


def test_a_code_of_before_the_merger_becomes_its_heir(tmp_path):
    assert commune_of(CATALOG, "03520", NOW.date()).code == "03529"
    found(tmp_path, FoundingDraft(station=station(commune_code="03520"), user_name="Lò"))
    register = open_register(tmp_path, PHRASE)
    assert get_station(register.db).commune_code == "03529"
    register.db.close()
    with pytest.raises(UserError, match="unknown_commune"):
        commune_of(CATALOG, "99999", NOW.date())


def test_communes_are_offered_by_their_old_names_too():
    offered = communes_to_choose(CATALOG, "12", date(2026, 7, 10))
    now = [one for one in offered if not one.past]
    assert {one.label for one in now} >= {"Xã Nậm Tăm", "Xã Tủa Sín Chải"}
    old = next(one for one in offered if one.label == "Xã Tả Ngảo")
    assert (old.code, old.key, old.past) == ("03529", "03520", "Xã Tủa Sín Chải")


def test_hamlets_are_read_from_pasted_lines():
    assert read_hamlets(" Bản  Nậm Ngá\r\n\n\tBản Pa Khoá\nBẢN NẬM NGÁ\n") == ("Bản Nậm Ngá", "Bản Pa Khoá")


def test_a_folder_says_what_stands_in_it(tmp_path):
    assert look_at_folder(tmp_path / "none") is FolderState.EMPTY
    found(tmp_path / "data", FoundingDraft(station=station(), user_name="Giàng A Páo"))
    assert look_at_folder(tmp_path / "data") is FolderState.REGISTER
    assert [(one.name, one.role) for one in entrants(tmp_path / "data")] == [("Giàng A Páo", "head")]
    (tmp_path / "data" / "register.db").unlink()
    with pytest.raises(UserError, match="register_missing"):
        look_at_folder(tmp_path / "data")
    file = tmp_path / "file"
    file.write_text("x")
    with pytest.raises(UserError, match="no_folder"):
        look_at_folder(file)


def test_a_power_cut_while_founding_leaves_a_folder_that_can_be_founded(tmp_path):
    (tmp_path / "register.db.new").write_bytes(b"half")
    (tmp_path / "keys.json").write_text("{}", encoding="utf-8")
    assert look_at_folder(tmp_path) is FolderState.EMPTY
    found(tmp_path, FoundingDraft(station=station(), user_name="Lò"))
    open_register(tmp_path, PHRASE).db.close()


def test_backups_without_a_register_are_never_founded_over(tmp_path):
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "register-20260710-071500.db").write_bytes(b"x")
    with pytest.raises(UserError, match="register_missing"):
        look_at_folder(tmp_path)


def test_training_has_its_folder_beside():
    assert beside(Path("/d/CovidStation")) == Path("/d/CovidStation-tap-huan")
    assert beside(beside(Path("/d/CovidStation"))) == Path("/d/CovidStation")
    assert is_training_folder(Path("/d/CovidStation-tap-huan"))


def test_a_passphrase_file_gives_its_first_line(tmp_path):
    file = tmp_path / "pass"
    file.write_bytes("\ufeffmật khẩu có dấu \r\nthừa".encode())
    assert read_passphrase(file) == "mật khẩu có dấu "
    with pytest.raises(UserError, match="passphrase_file"):
        read_passphrase(tmp_path / "none")


def test_a_backup_is_needed_only_after_a_change(tmp_path):
    made = found(tmp_path, FoundingDraft(station=station(), user_name="Lò"))
    register = open_register(tmp_path, PHRASE)
    assert needs_backup(register.db)
    later = datetime.now().astimezone() + timedelta(seconds=2)
    back_up(register.db, now=later)
    assert not needs_backup(register.db)
    change_setting(register.db, "theme", "dark", by=made.founded.user_id, now=later + timedelta(seconds=5))
    assert needs_backup(register.db)
    register.db.close()


@pytest.mark.parametrize("text", ["", "[]", '{"language": "xx", "theme": 3}', "{" * 50_000])
def test_unreadable_preferences_are_the_defaults(tmp_path, text):
    (tmp_path / "window.json").write_text(text, encoding="utf-8")
    assert read_preferences(tmp_path) == Preferences()


def test_preferences_are_kept(tmp_path):
    kept = Preferences("en", "dark", "Trạm Y tế xã Nậm Tăm", "Xã Nậm Tăm", "Giàng A Páo", training=True)
    keep_preferences(tmp_path, kept)
    assert read_preferences(tmp_path) == kept
    keep_preferences(tmp_path / "none" / "such", kept)
