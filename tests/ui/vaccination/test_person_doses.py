"""Doses on a person's page: entered by the keyboard, asked back, corrected, taken back; what stands before the next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel

from covidstation.domain.dates import PartialDate
from covidstation.domain.packs import PaperKind
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft, DoseSource
from covidstation.domain.vaccination.stances import StanceDraft, StanceKind
from covidstation.services.preferences import Preferences
from covidstation.services.vaccination.history import look_at_vaccination, record_dose
from covidstation.services.vaccination.stances import add_stance, edit_stance
from covidstation.ui.main import MainWindow
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.dialogs import Sentence
from covidstation.ui.vaccination.dose import DoseDialog
from covidstation.ui.vaccination.slots import SlotStrip
from covidstation.ui.vaccination.stances import CloseStanceDialog, StanceDialog
from tests.ui.dialogs import buttons, with_dialog
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(90)
TODAY = NOW.date()
WHO = {"by": None, "by_name": "Lò Thị Nhung", "now": NOW}
PFIZER, VERO = "EU/1/20/1528", "BBIBP-CorV"


@pytest.fixture
def window(desk, theme, shown):
    found = MainWindow(desk, theme, Preferences(station="Trạm Y tế xã Nậm Tăm"), lambda _kept: None)
    found.resize(1366, 697)
    shown(found)
    found.begin()
    yield found
    found._go(found.locked)


def look(desk, person):
    return look_at_vaccination(desk.register.db, person, catalog=catalog(), now=NOW)


def keep(desk, person, *given, **more):
    draft = DoseDraft(person_id=person, given=PartialDate(*given), **more)
    return record_dose(desk.register.db, draft, catalog=catalog(), sure=True, **WHO).value


def tab_of(window, desk, person):
    desk.want_vaccine.emit(person)
    return window.page("person")


def press(tab, name):
    """Press the first such button, once the rows are there."""

    def pressed():
        QApplication.processEvents()
        buttons(tab, name)[0].click()

    return pressed


def slots_of(page):
    found = [one for one in page.vaccine.findChildren(SlotStrip) if one.isVisibleTo(page.vaccine)]
    return [day for _kind, _title, day, _name in found[0].cells] if found else []


def test_an_old_dose_is_entered_by_the_keyboard_alone(window, desk, village, qtbot):
    page = tab_of(window, desk, village.my)

    def typed(dialog):
        qtbot.keyClicks(dialog.product, "pfi")
        qtbot.keyClick(dialog.product, Qt.Key.Key_Return)
        assert dialog.product.value() == PFIZER
        qtbot.keyClick(dialog.product, Qt.Key.Key_Tab)
        qtbot.keyClicks(dialog.given, "9/2021")
        assert (dialog.dose_class.value(), dialog.number.number()) == (DoseClass.PRIMARY, 1)
        assert dialog.volume.text() == "0,30"
        qtbot.keyClick(dialog.given, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    assert with_dialog(DoseDialog, typed, press(page.vaccine, "add_dose"), qtbot)
    (dose,) = look(desk, village.my).doses
    assert (dose.product, dose.given, dose.number, dose.volume) == (PFIZER, PartialDate(2021, 9), 1, 30)
    assert (dose.source, dose.dose_class) == (DoseSource.CARD, DoseClass.PRIMARY)
    qtbot.waitUntil(lambda: slots_of(page) == ["09/2021", "", "", "", "", "", ""])


def test_what_is_odd_is_asked_back_and_may_need_a_word(window, desk, village, qtbot):
    first = keep(desk, village.my, 2021, 9, 5, product=PFIZER, dose_class=DoseClass.PRIMARY, number=1)
    page = tab_of(window, desk, village.my)

    def typed(dialog):
        dialog.product.set_value(PFIZER)
        dialog.given.set_birth(PartialDate(2021, 9, 15))  # ten days later
        dialog.save()
        assert dialog.isVisible()
        assert dialog.reason.isVisible()
        dialog.save()
        assert dialog.isVisible()
        dialog.reason.set_value("Tiêm ở xã khác")
        dialog.save()

    assert with_dialog(DoseDialog, typed, press(page.vaccine, "add_dose"), qtbot)
    assert [one.reason for one in look(desk, village.my).doses] == [first.reason, "Tiêm ở xã khác"]


def test_a_word_why_serves_for_nothing_that_another_desk_wrote_meanwhile(window, desk, village, qtbot):
    keep(desk, village.my, 2021, 9, 5, product=PFIZER, dose_class=DoseClass.PRIMARY, number=1)
    page = tab_of(window, desk, village.my)

    def typed(dialog):
        dialog.product.set_value(PFIZER)
        dialog.given.set_birth(PartialDate(2021, 9, 15))
        dialog.save()
        dialog.reason.set_value("Tiêm ở xã khác")
        same = {"product": PFIZER, "dose_class": DoseClass.PRIMARY, "number": 2, "reason": "Theo thẻ"}
        keep(desk, village.my, 2021, 9, 15, **same)
        dialog.save()
        assert dialog.isVisible() and len(look(desk, village.my).doses) == 2  # the same dose, from another desk
        assert dialog.reason.value() == "Tiêm ở xã khác"

    assert not with_dialog(DoseDialog, typed, press(page.vaccine, "add_dose"), qtbot)


def test_what_cannot_be_stays_in_the_dialog(window, desk, village, qtbot):
    page = tab_of(window, desk, village.my)

    def typed(dialog):
        for text in ("", "xưa rồi", "1/1/2020"):
            dialog.given.setText(text)
            dialog.save()
            assert dialog.isVisible()

    assert not with_dialog(DoseDialog, typed, press(page.vaccine, "add_dose"), qtbot)
    assert look(desk, village.my).doses == ()


def test_a_dose_is_corrected_and_taken_back(window, desk, village, qtbot):
    keep(desk, village.my, 2021, 9, product_name="Pfizer", lot_number="FH1", note="nhớ áng chừng")
    page = tab_of(window, desk, village.my)

    def right(dialog):
        assert (dialog.lot.value(), dialog.note.value()) == ("FH1", "nhớ áng chừng")
        dialog.given.set_birth(PartialDate(2021, 9, 5))
        dialog.save()

    assert with_dialog(DoseDialog, right, press(page.vaccine, "edit_dose"), qtbot)
    qtbot.waitUntil(lambda: slots_of(page)[:1] == ["05/09/2021"])
    assert [one.lot_number for one in look(desk, village.my).doses] == ["FH1"]

    def why(dialog):
        dialog.findChild(object, "reason").set_value("Của người khác")
        dialog.findChild(Button, "act_button").click()

    assert with_dialog(Sentence, why, press(page.vaccine, "void_dose"), qtbot)
    assert look(desk, village.my).doses == ()


def test_the_name_on_the_card_stays_while_the_vaccine_is_the_same(window, desk, village, qtbot):
    keep(desk, village.my, 2021, 9, product_name="Pfizer")
    page = tab_of(window, desk, village.my)

    def note(dialog):
        dialog.note.set_value("tay trái")
        dialog.save()

    assert with_dialog(DoseDialog, note, press(page.vaccine, "edit_dose"), qtbot)
    qtbot.waitUntil(lambda: look(desk, village.my).doses[0].note == "tay trái")
    (dose,) = look(desk, village.my).doses
    assert (dose.product_name, dose.product) == ("Pfizer", "EU/1/20/1528")


def test_what_stands_before_the_next_dose(window, desk, village, qtbot):
    page = tab_of(window, desk, village.my)

    def typed(dialog):
        dialog.kind.set_value(StanceKind.DEFERRED)
        dialog.save()
        assert dialog.isVisible()  # no reason, no day to look again
        dialog.reason.set_value("Đang sốt")
        dialog.until.set_day(TODAY + timedelta(7))
        dialog.next_step.set_value("Gọi lại")
        dialog.save()

    assert with_dialog(StanceDialog, typed, press(page.vaccine, "add_stance"), qtbot)
    (stance,) = look(desk, village.my).stances
    assert (stance.kind, stance.until, stance.next_step) == (StanceKind.DEFERRED, TODAY + timedelta(7), "Gọi lại")
    assert any("hoãn tiêm" in text for text, _tone in page.header._found)

    def over(dialog):
        dialog.save()

    assert with_dialog(CloseStanceDialog, over, press(page.vaccine, "close_stance"), qtbot)
    assert look(desk, village.my).stances[0].closed_on == TODAY


def test_a_contraindication_keeps_its_vaccine_and_its_kind(window, desk, village, qtbot):
    """Also one to a vaccine that is given in other countries only; nothing that another desk wrote is lost."""
    db = desk.register.db
    draft = StanceDraft(
        person_id=village.my,
        kind=StanceKind.CONTRAINDICATED,
        reason="Phản vệ",
        since=date(2026, 7, 1),
        product="CoronaVac",
    )
    first = add_stance(db, draft, **WHO).value
    page = tab_of(window, desk, village.my)

    def noted(dialog):
        assert "CoronaVac" in dialog.product.currentText()
        assert not dialog.kind.isEnabled()
        dialog.note.set_value("đã dặn")
        dialog.save()

    assert with_dialog(StanceDialog, noted, press(page.vaccine, "edit_stance"), qtbot)
    (stance,) = look(desk, village.my).stances
    assert (stance.kind, stance.product, stance.note) == (first.kind, "CoronaVac", "đã dặn")
    qtbot.waitUntil(lambda: "đã dặn" in str([one.text() for one in page.vaccine.findChildren(QLabel)]))

    def late(dialog):
        edit_stance(db, first.id, replace(stance, product=""), by=None, now=NOW)
        dialog.note.set_value("gọi lại")
        dialog.save()

    assert not with_dialog(StanceDialog, late, press(page.vaccine, "edit_stance"), qtbot)
    assert [(one.product, one.note) for one in look(desk, village.my).stances] == [("", "đã dặn")]


def test_doses_stand_among_the_events_and_chips(window, desk, village):
    keep(desk, village.my, 2021, 9, 5, product=PFIZER)
    keep(desk, village.my, 2021, 10, product=PFIZER)
    draft = StanceDraft(person_id=village.my, kind=StanceKind.REFUSED, reason="Sợ", since=date(2026, 7, 1))
    add_stance(desk.register.db, draft, **WHO)
    page = tab_of(window, desk, village.my)
    chips = [text for text, _tone in page.header._found]
    assert "từ chối tiêm vắc xin" in chips
    assert "2 mũi" in chips


def test_the_confirmation_opens_on_its_page(window, desk, village, qtbot):
    keep(desk, village.my, 2021, 9, 5, product=PFIZER)
    page = tab_of(window, desk, village.my)
    press(page.vaccine, "print_vaccination")()
    paper = window.page("paper")
    assert window.current() is paper
    look = paper.drafting.look
    assert (look.prepared.kind, look.prepared.refusal, look.prepared.next_number) == (PaperKind.VACCINATION, "", 1)
