"""A card stands open at one desk while another one writes the sheet of the same person."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from covidstation.domain.care import Vitals
from covidstation.domain.vaccination.screening import Outcome
from covidstation.domain.vaccination.sessions import NoDose, Step
from covidstation.services.vaccination.day import screen_person
from covidstation.services.vaccination.seating import ScreeningDraft
from covidstation.ui.vaccination.reaction_dialogs import WithoutDialog
from tests.ui.dialogs import with_dialog
from tests.ui.vaccination.test_session import WHO, page_of, people, seat, session, window
from tests.ui.vaccination.test_session import with_dialog as saved
from tests.ui.village import catalog

__all__ = ["window"]

pytestmark = pytest.mark.timeout(120)
ILL = ScreeningDraft(vitals=Vitals(temperature=371), answers=frozenset({"ANAPHYLAXIS"}))


@pytest.fixture
def other_desk(window, desk):
    """The card of somebody of whom another desk keeps a contraindication meanwhile."""
    who = people(desk, 1)[0]
    one = session(desk, [who])
    page = page_of(window)
    page.open_person(who)
    screen_person(desk.register.db, one, who, ILL, catalog=catalog(), sure=True, **WHO)
    page.card.sheet.temperature.setText("367")
    return page, one, who


def test_the_sheet_of_the_other_desk_is_shown_before_anything_is_given(desk, other_desk):
    page, one, who = other_desk
    card = page.card
    card.main.click()
    assert seat(desk, one, who).step is Step.SCREENED
    assert seat(desk, one, who).seat.outcome is Outcome.CONTRAINDICATED
    assert "Chống chỉ định" in card._trouble.text_in_full()
    assert card.sheet.temperature.text() == "37,1" and "ANAPHYLAXIS" in card.sheet.answers.chosen()
    assert QApplication.focusWidget() is card.without
    card.main.click()
    assert seat(desk, one, who).step is Step.SCREENED  # not against it, either


def test_who_was_refused_in_the_dialog_finds_the_sheet_of_now_behind_it(desk, other_desk, qtbot):
    page, one, who = other_desk
    said = []

    def fill(dialog):
        dialog.reason.set_value("Không muốn tiêm")
        dialog.save()
        said.append(dialog._trouble.text_in_full())

    assert not with_dialog(WithoutDialog, fill, page.card.without.click, qtbot)
    assert "vừa ghi phiếu khám" in said[0] and seat(desk, one, who).step is Step.SCREENED
    assert "ANAPHYLAXIS" in page.card.sheet.answers.chosen()


def test_a_sheet_that_this_desk_has_just_kept_is_its_own(window, desk):
    who = people(desk, 1)[0]
    one = session(desk, [who])
    page = page_of(window)
    page.open_person(who)
    page.card.sheet.temperature.set_value("36,7")
    page.card.sheet.answers.set_chosen({"ANAPHYLAXIS"})
    page.card.sheet.answers.chosen_changed.emit()
    saved(WithoutDialog, lambda dialog: None, page.card.keep.click)  # a contraindication asks why they go at once
    assert seat(desk, one, who).step is Step.ENDED
    assert (seat(desk, one, who).seat.no_dose, seat(desk, one, who).answers) == (
        NoDose.CONTRAINDICATED,
        {"ANAPHYLAXIS"},
    )
