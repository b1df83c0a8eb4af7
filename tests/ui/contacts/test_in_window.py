"""The contacts in the main window: the ways to them, and what a card means there."""

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from covidstation.services.preferences import Preferences
from covidstation.ui.contacts.dialog import ContactDialog
from covidstation.ui.contacts.household_dialog import HouseholdContactsDialog
from covidstation.ui.main import MainWindow
from tests.ui.village import SCAN

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def window(desk, theme, shown):
    found = MainWindow(desk, theme, Preferences(station="Trạm Y tế xã Nậm Tăm"), lambda _kept: None)
    found.resize(1366, 697)
    shown(found)
    found.begin()
    yield found
    found._go(found.locked)


def on_dialog(kind, act):
    """Run `act` with the dialog of that kind as soon as it stands, then close it; the list tells that it did."""
    done = []

    def look():
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, kind):
            QTimer.singleShot(20, look)
            return
        try:
            done.append(act(dialog))
        finally:
            dialog.reject()

    QTimer.singleShot(20, look)
    return done


def test_a_card_over_the_list_is_a_new_contact(window, qtbot):
    window.go("contacts")
    done = on_dialog(ContactDialog, lambda dialog: dialog.person.new_name())
    window.look_at(SCAN)
    qtbot.waitUntil(lambda: bool(done), timeout=5000)
    assert done == ["Giàng A Páo"]
    assert window.current().objectName() == "contacts"


def test_a_card_over_the_open_dialog_fills_it(window, qtbot):
    window.go("contacts")

    def scan(dialog):
        assert dialog.person.new_name() == ""
        window.look_at(SCAN)
        return dialog.person.new_name()

    done = on_dialog(ContactDialog, scan)
    window.page("contacts").add_one.click()
    qtbot.waitUntil(lambda: bool(done), timeout=5000)
    assert done == ["Giàng A Páo"]


def test_a_case_leads_to_its_household_and_none_to_the_list(window, desk, village, qtbot):
    desk.want_contacts.emit(None)
    assert window.current().objectName() == "contacts"
    window.go("today")
    done = on_dialog(HouseholdContactsDialog, lambda dialog: dialog.case.value())
    desk.want_contacts.emit(village.mai_episode)
    qtbot.waitUntil(lambda: bool(done), timeout=5000)
    assert done == [village.mai_episode]


def test_the_page_fits_a_low_window(window):
    window.go("contacts")
    assert window.page("contacts").minimumSizeHint().height() <= 560
    assert window.page("contacts").minimumSizeHint().width() <= 1166
