"""A dose that is taken back at the desk: whose sheet it was, and what is asked of its vial."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from covidstation.db.queries.vaccine_sessions import session_sheet
from covidstation.domain.vaccination.sessions import Step
from covidstation.ui.vaccination.session_back import TakeBackDialog, Which
from tests.ui.dialogs import with_dialog
from tests.ui.vaccination.test_session import page_of, people, seat, session, window

__all__ = ["window"]

pytestmark = pytest.mark.timeout(120)


def give(page, who):
    page.open_person(who)
    page.card.sheet.temperature.set_value("36,9")
    page.card.give()


def take_back(page, who, which, qtbot):
    """The choices that were there."""
    said = []

    def fill(dialog):
        said.extend(dialog.which.itemText(row) for row in range(dialog.which.count()))
        dialog.reason.set_value("Nhầm")
        dialog.save()
        assert dialog.isVisible()  # nothing is proposed
        assert dialog._rows[0]._beside._words.text_in_full().startswith("Chọn: chưa tiêm cho ai")
        dialog.which.set_value(which)
        dialog.save()

    page.open_person(who)
    assert with_dialog(TakeBackDialog, fill, page.card.wrong.click, qtbot)
    return said


def test_who_takes_a_dose_back_is_asked_whether_its_vial_was_opened_at_all(window, desk, qtbot):
    first, second = people(desk, 2)
    one, page = session(desk, [first, second]), page_of(window)
    give(page, first)
    give(page, second)
    unopened = "Lọ 1 lô FK0112 chưa mở thật, còn nguyên"
    assert unopened not in take_back(page, first, Which.NOT_GIVEN, qtbot)  # a dose of somebody else stands beside it
    assert unopened in take_back(page, second, Which.UNOPENED, qtbot)
    assert session_sheet(desk.register.db, one).takes[0].opened == ()


def test_a_dose_that_was_somebody_elses_leaves_no_sheet_behind_it(window, desk, qtbot):
    first, second = people(desk, 2)
    one, page = session(desk, [first, second]), page_of(window)
    give(page, first)
    take_back(page, first, Which.OTHERS, qtbot)
    assert seat(desk, one, first).step is Step.EXPECTED
    page.open_person(first)
    sheet = page.card.sheet
    assert sheet.temperature.text() == "" and window.focusWidget() is sheet.temperature
    QTest.keyClick(sheet.temperature, Qt.Key.Key_Return)
    QTest.keyClick(window.focusWidget(), Qt.Key.Key_Return)
    assert seat(desk, one, first).step is Step.EXPECTED


def test_who_did_not_get_it_waits_on_with_their_own_sheet(window, desk, qtbot):
    (who,) = people(desk, 1)
    one, page = session(desk, [who]), page_of(window)
    give(page, who)
    take_back(page, who, Which.NOT_GIVEN, qtbot)
    assert seat(desk, one, who).step is Step.SCREENED
    assert seat(desk, one, who).vitals.temperature == 369
