"""A card of a session whose day is over: it asks for the hour, also when it was opened before midnight."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from PySide6.QtWidgets import QApplication

from covidstation.domain.vaccination.sessions import Step
from tests.ui.vaccination.test_session import NOW, TODAY, Keys, page_of, people, seat, session, window

__all__ = ["window"]

pytestmark = pytest.mark.timeout(120)
MORNING = (NOW + timedelta(days=1)).replace(hour=0, minute=2)


@pytest.fixture
def midnight(window, desk):
    """A card that was opened at two minutes to twelve, with a temperature; now it is four minutes later."""
    who = people(desk, 1)[0]
    one = session(desk, [who])
    desk.now = lambda: NOW.replace(hour=23, minute=58)
    page = page_of(window)
    page.open_person(who)
    page.card.sheet.temperature.set_value("36,7")
    desk.now = lambda: MORNING
    return page.card, one, who


def test_a_card_that_stood_there_at_midnight_asks_for_the_hour(window, desk, midnight):
    card, one, who = midnight
    window._look()
    assert not card._at_row.isHidden() and card.sheet.temperature.text() == "36,7"
    card.at.setText("2350")
    card.give()
    assert seat(desk, one, who).seat.injected_at == datetime.combine(TODAY, time(23, 50))


@pytest.mark.parametrize("act", ["main", "keep", "without"])
def test_each_act_says_that_the_hour_is_missing_where_it_can_be_typed(desk, midnight, act):
    """Nobody has told the card yet that the day is over; no dialog opens that could not take the hour."""
    card, one, who = midnight
    getattr(card, act).click()
    assert not card._at_row.isHidden() and QApplication.focusWidget() is card.at
    assert "Ghi giờ" in card._at_row._beside._words.text_in_full()
    assert seat(desk, one, who).step is Step.EXPECTED
    Keys().type("2350")
    card.keep.click()
    assert seat(desk, one, who).step is Step.SCREENED


def test_what_is_refused_about_a_row_that_is_not_in_sight_is_said_below(window, desk):
    who = people(desk, 1)[0]
    session(desk, [who])
    page = page_of(window)
    page.open_person(who)
    desk.now = lambda: MORNING
    page.card.follow_day = lambda: None
    page.card.sheet.temperature.set_value("36,7")
    page.card.give()
    assert "Ghi giờ" in page.card._trouble.text_in_full()
