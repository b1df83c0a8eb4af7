"""Riêng tư: numbers, answers, the person's own file."""

import zipfile
from dataclasses import replace

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from covidstation.db.queries.people import find_people, get_person
from covidstation.domain.consent import ConsentKind
from covidstation.domain.rights import Actor
from covidstation.domain.station import Role
from covidstation.services.people import edit_person
from covidstation.services.privacy.consent import consents_of
from covidstation.ui.parts.buttons import Button
from covidstation.ui.person import privacy_dialogs, privacy_tab
from covidstation.ui.person.page import OnePerson
from covidstation.ui.search import person_result
from tests.ui.village import NOW, catalog

CARD = "HN2120123456789"


@pytest.fixture
def page(desk, shown, village):
    return opened(desk, shown, village)


def opened(desk, shown, village):
    known = get_person(desk.register.db, village.mai)
    person = replace(known, insurance_number=CARD, ethnic_group="08", citizen_number="012190000345")
    actor, desk.register.db.actor = desk.register.db.actor, None
    edit_person(desk.register.db, village.mai, person, catalog=catalog(), by=None, now=NOW)
    desk.register.db.actor = actor
    made = OnePerson(desk)
    desk.changed.connect(made.refresh)
    made.resize(1166, 680)
    shown(made)
    made.show_person(village.mai, "privacy")
    return made


def words(widget):
    QApplication.processEvents()  # what was put into a column shows at the next turn
    return [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]


def press(page, name):
    page.privacy.findChild(Button, name).click()


def answering(monkeypatch, kind, fill=lambda dialog: None):
    """The dialog is filled and saved instead of waiting for somebody."""

    def run(dialog):
        fill(dialog)
        dialog.save()
        return dialog.result()

    monkeypatch.setattr(kind, "exec", run)


def test_no_tab_shows_a_whole_number_or_the_ethnic_group_where_nobody_asks(page):
    for tab in ("overview", "illness", "family", "papers", "history", "privacy"):
        page.header.tabs.set_value(tab)
        page._show_tab(tab)
        shown = " ".join(words(page))
        assert CARD not in shown.replace(" ", "") and "012190000345" not in shown.replace(" ", ""), tab
        assert ("H'Mông" in shown) == (tab == "overview")


def test_somebody_who_only_looks_sees_no_ethnic_group_and_opens_no_number(desk, shown, village):
    desk.register.db.actor = Actor(village.mai, "Người xem", Role.READ_ONLY)
    page = opened(desk, shown, village)
    page.header.tabs.set_value("overview")
    page._show_tab("overview")
    assert "H'Mông" not in " ".join(words(page))
    assert not page.header.number.button.isEnabled()


def test_a_number_is_shown_for_a_reason(page, monkeypatch):
    answering(monkeypatch, privacy_dialogs.RevealDialog)
    assert "•••• 6789" in words(page.privacy)
    press(page, "reveal_insurance_number")
    assert any(text.replace(" ", "") == CARD for text in words(page.privacy))


def test_an_answer_is_written_and_taken_back(page, desk, village, monkeypatch):
    answering(monkeypatch, privacy_dialogs.ConsentDialog, lambda dialog: dialog.given_by.set_value("con trai"))
    press(page, "record_consent_care")
    line = consents_of(desk.register.db, village.mai, catalog()).standing(ConsentKind.CARE)
    assert line.agreed and line.given_by == "con trai"
    assert any("con trai nói thay" in text for text in words(page.privacy))
    answering(monkeypatch, privacy_dialogs.WithdrawDialog)
    press(page, "withdraw_consent_care")
    assert any("rút lại" in text for text in words(page.privacy))
    assert page.privacy.findChild(Button, "record_consent_district") is None  # by law: nobody is asked


def test_the_file_is_saved_where_the_person_says(page, monkeypatch, tmp_path):
    answering(monkeypatch, privacy_dialogs.FileDialog, lambda dialog: dialog.reason.set_value("xem lại"))
    wanted = tmp_path / "cho-nguoi-benh"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(wanted), ""))
    press(page, "export_person")
    with zipfile.ZipFile(tmp_path / "cho-nguoi-benh.zip") as archive:
        assert set(archive.namelist()) == {"ho-so.pdf", "du-lieu.json", "du-lieu.csv"}


def test_the_text_is_handed_out(page, monkeypatch):
    given = []
    monkeypatch.setattr(
        privacy_tab, "hand_out", lambda _desk, _parent, pdf, _printer, name, _failed: given.append((pdf, name))
    )
    press(page, "print_consent_district")
    assert given[0][0].startswith(b"%PDF") and given[0][1] == "ban-dong-y-2026-07-10.pdf"


def test_another_one_who_asks_has_another_name(page, desk, village):
    dialog = privacy_dialogs.FileDialog(desk, page, village.mai, "Lò Thị Mai")
    dialog.requester.set_value(privacy_dialogs.Requester.PARENT)
    dialog.requester.picked.emit(privacy_dialogs.Requester.PARENT)
    assert dialog.name.value() == ""
    dialog.deleteLater()


def test_the_search_shows_the_end_of_a_number_alone(desk, village):

    hit = next(one for one in find_people(desk.register.db, "012168000119") if one.id == village.my)
    found = person_result(hit, "012168000119", NOW.date())
    assert "•••• 0119" in found.second and "012168000119" not in found.second
