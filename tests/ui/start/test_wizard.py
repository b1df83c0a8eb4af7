"""The first start, walked through as typed; left and taken up again; founding what was asked for."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from covidstation.db.queries.places import hamlets
from covidstation.db.queries.station import counts, get_setting, get_station
from covidstation.services.access.entrance import beside
from covidstation.services.access.opening import open_register
from covidstation.services.station.setup import read_setup_draft
from covidstation.ui.start.station_steps import HamletsStep, IsolationStep, PlaceStep, SignersStep
from covidstation.ui.start.wizard import Wizard
from covidstation.ui.tasks import InlineTasks
from tests.ui.village import NOW, catalog

PHRASE = "con suối chảy qua bản"


@pytest.fixture
def wizard(shown, tmp_path):
    return shown(Wizard(tmp_path / "data", catalog(), InlineTasks(), NOW))


def step(wizard, kind):
    found = wizard.current()
    assert isinstance(found, kind)
    return found


def enter(widget, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(widget, Qt.Key.Key_Return, modifier)


def fill_place(wizard, type_in, commune="nam tam"):
    place = step(wizard, PlaceStep)
    type_in(place.province, "lai chau")
    enter(place.province)
    assert place.commune.hasFocus()
    type_in(place.commune, commune)
    enter(place.commune)
    return place


def fill_user(wizard, type_in, name="Chẻo Lở Mẩy"):
    user = wizard.user
    if not user.user.value():
        type_in(user.user, name)
    type_in(user.passphrase, PHRASE)
    type_in(user.again, PHRASE)
    wizard.forward()


def test_a_station_is_founded_as_it_was_typed(wizard, tmp_path, type_in):
    founded = []
    wizard.founded.connect(lambda folder, phrase: founded.append((folder, phrase)))
    wizard.forward()
    place = fill_place(wizard, type_in)
    assert place.name.value() == "Trạm Y tế xã Nậm Tăm"
    assert place.place.value() == "Nậm Tăm"
    type_in(place.upper, "Trung tâm Y tế Sìn Hồ")
    wizard.forward()
    signers = step(wizard, SignersStep)
    assert signers.head_title.value() == "Giám đốc"
    type_in(signers.head, "Chẻo Lở Mẩy")
    enter(signers.head, Qt.KeyboardModifier.ControlModifier)
    isolation = step(wizard, IsolationStep)
    isolation.answer.set_value("yes")
    wizard.forward()
    places = step(wizard, HamletsStep)
    type_in(places.text, "Bản Nậm Ngá\n\nThôn  Pa Khoá\nBản Nậm Ngá")
    wizard.forward()
    assert wizard.user.user.value() == "Chẻo Lở Mẩy"
    fill_user(wizard, type_in)
    group = wizard.recovery.code.split("-")[wizard.recovery.asked_group]
    type_in(wizard.recovery.typed, "sai")
    wizard.forward()
    assert not founded
    wizard.recovery.typed.clear()
    type_in(wizard.recovery.typed, group.lower())
    enter(wizard.recovery.typed)
    assert founded == [(tmp_path / "data", PHRASE)]
    register = open_register(tmp_path / "data", PHRASE)
    station = get_station(register.db)
    assert (station.commune_code, station.upper_name) == ("03517", "Trung tâm Y tế Sìn Hồ")
    assert (station.head_name, station.head_title) == ("Chẻo Lở Mẩy", "Giám đốc")
    assert get_setting(register.db, "home_isolation") == "yes"
    assert sorted(place.name for place in hamlets(register.db)) == ["Nậm Ngá", "Pa Khoá"]
    assert not (tmp_path / "data" / "setup.json").exists()
    register.db.close()


@pytest.mark.parametrize("kind", ["empty", "training"])
def test_the_step_of_the_passphrase_promises_no_step_that_does_not_come(wizard, kind):
    wizard.kind.kind.set_value(kind)
    titles = {step.key for step in wizard.steps()}
    wizard.user.start({"kind": kind})
    promised = any("mã khôi phục ở bước sau" in one.text() for one in wizard.user.findChildren(QLabel))
    assert promised == ("recovery" in titles)
    assert promised == (kind == "empty")


def test_training_goes_to_its_own_folder(wizard, tmp_path, type_in):
    founded = []
    wizard.founded.connect(lambda folder, phrase: founded.append(folder))
    wizard.kind.kind.set_value("training")
    wizard.kind.people.setText("40")
    wizard.forward()
    fill_place(wizard, type_in)
    wizard.forward()
    fill_user(wizard, type_in, "Lò Thị Mai")
    assert founded == [beside(tmp_path / "data")]
    register = open_register(founded[0], PHRASE)
    assert register.training
    assert register.user_name == "Lò Thị Mai"
    assert counts(register.db).people == 40
    assert not (tmp_path / "data" / "register.db").exists()
    register.db.close()


def test_an_old_commune_is_found_and_its_heir_is_taken(wizard, type_in):
    wizard.forward()
    place = fill_place(wizard, type_in, "ta ngao")
    assert place.values()["commune_code"] == "03529"
    assert place.name.value() == "Trạm Y tế xã Tủa Sín Chải"


def test_what_is_missing_is_said_and_holds_the_step(wizard, type_in):
    wizard.forward()
    wizard.forward()
    place = step(wizard, PlaceStep)
    assert place.province.hasFocus() or place.commune.hasFocus()
    assert {problem.field for problem in place.problems()} == {"province", "commune_code", "name", "place_name"}


def test_own_words_are_never_replaced_by_a_suggestion(wizard, type_in):
    wizard.forward()
    place = step(wizard, PlaceStep)
    type_in(place.name, "Trạm Y tế Nậm Tăm mới")
    fill_place(wizard, type_in)
    assert place.name.value() == "Trạm Y tế Nậm Tăm mới"
    assert place.place.value() == "Nậm Tăm"


def test_it_is_left_and_taken_up_again_without_the_passphrase(wizard, shown, tmp_path, type_in):
    wizard.forward()
    fill_place(wizard, type_in)
    wizard.forward()
    type_in(step(wizard, SignersStep).head, "Giàng A Páo")
    for _step in range(3):
        wizard.forward()
    type_in(wizard.user.passphrase, PHRASE)
    wizard.close()
    kept = (tmp_path / "data" / "setup.json").read_text(encoding="utf-8")
    assert PHRASE not in kept
    assert wizard.recovery.code not in kept
    assert read_setup_draft(tmp_path / "data")["head_name"] == "Giàng A Páo"
    again = shown(Wizard(tmp_path / "data", catalog(), InlineTasks(), NOW))
    assert again.current() is again.user
    assert again.user.passphrase.value() == ""
    again.backward()
    again.backward()
    again.backward()
    assert step(again, SignersStep).head.value() == "Giàng A Páo"
    again.backward()
    assert step(again, PlaceStep).commune.value_text() == "Xã Nậm Tăm"


@pytest.mark.parametrize("kept", ["", "[]", "{", '{"step": 7, "kind": [], "training_people": "x"}', '{"step": "user"}'])
def test_a_damaged_draft_begins_anew(shown, tmp_path, kept):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "setup.json").write_text(kept, encoding="utf-8")
    found = shown(Wizard(folder, catalog(), InlineTasks(), NOW))
    assert found.current() in found.steps()


def test_a_draft_taken_up_behind_a_hole_leads_back_to_it(shown, tmp_path, type_in):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "setup.json").write_text('{"step": "user", "user_name": "Lò Thị Mai"}', encoding="utf-8")
    found = shown(Wizard(folder, catalog(), InlineTasks(), NOW))
    fill_user(found, type_in)
    type_in(found.recovery.typed, found.recovery.code.split("-")[found.recovery.asked_group])
    found.forward()
    assert isinstance(found.current(), PlaceStep)
    assert not (folder / "register.db").exists()


def test_short_and_differing_passphrases_hold_the_step(wizard, type_in):
    user = wizard.user
    user.user.setText("A")
    type_in(user.passphrase, "ngắn")
    assert [problem.code for problem in user.problems()] == ["keys.passphrase_short"]
    type_in(user.passphrase, " mà dài")
    type_in(user.again, "khác hẳn đi")
    assert [problem.code for problem in user.problems()] == ["keys.passphrases_differ"]


def test_the_recovery_sheet_is_saved_whole(wizard, tmp_path):
    wizard.save_sheet(tmp_path / "ma.pdf")
    assert (tmp_path / "ma.pdf").read_bytes().startswith(b"%PDF")
