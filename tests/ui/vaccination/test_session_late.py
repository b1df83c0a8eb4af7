"""A card of a session whose day is over: it asks for the hour, also when it was opened before midnight."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from PySide6.QtWidgets import QApplication

from covidstation.db.queries.vaccine_sessions import session_sheet
from covidstation.domain.vaccination.sessions import Step
from covidstation.services.vaccination.injecting import InjectionDraft, inject
from tests.services.vaccination.rooms import WELL, YES
from tests.ui.vaccination.test_session import NOW, TODAY, WHO, Keys, page_of, people, seat, session, window
from tests.ui.village import catalog

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


@pytest.fixture
def next_day(window, desk):
    """Yesterday's session opened a vial at half past nine and gave one dose of it; the next one is entered now."""
    first, second = people(desk, 2)
    one = session(desk, [first, second])
    at = {**WHO, "now": NOW.replace(hour=9, minute=30)}
    inject(desk.register.db, one, first, InjectionDraft(), catalog=catalog(), screening=WELL, consent=YES, **at)
    desk.now = lambda: (NOW + timedelta(days=1)).replace(hour=8, minute=2)
    page = page_of(window)
    page.open_person(second)
    page.card.sheet.temperature.set_value("36,7")
    return page.card, one, second


def inject_of(desk, one, draft, hour):
    """A dose of yesterday that another desk enters, of somebody else."""
    draft = replace(draft, at=datetime.combine(TODAY, time(hour, 30)))
    other, now = people(desk, 1, citizen_number="")[0], {**WHO, "now": desk.now()}
    inject(desk.register.db, one, other, draft, catalog=catalog(), screening=WELL, consent=YES, **now)


def test_the_vial_on_the_card_is_the_one_of_the_hour_that_was_typed(desk, next_day):
    card, one, who = next_day
    assert card.vial.currentText().endswith("lọ 1, còn 5 liều") and len(card.vial.all_keys()) == 2
    card.at.setText("1630")
    assert card.vial.value()[1].label == "2" and len(card.vial.all_keys()) == 1  # the first was too old by then
    card.at.setText("1000")
    assert card.vial.value()[1].label == "1"
    card.at.setText("1630")
    card.give()
    assert [vial.given for vial in session_sheet(desk.register.db, one).takes[0].opened] == [1, 1]
    assert seat(desk, one, who).seat.injected_at == datetime.combine(TODAY, time(16, 30))


def test_a_vial_that_was_picked_by_hand_stays_and_is_refused_when_it_was_too_old(desk, next_day):
    card, one, who = next_day
    take = card.vial.value()[1].take
    inject_of(desk, one, InjectionDraft(take_id=take.id), hour=8)
    page_of(card.window()).open_person(who)
    picked = next(key for key in card.vial.all_keys() if key[0] == "vial")  # the younger one, opened at 9:30
    card.vial.set_value(picked)
    card.sheet.temperature.set_value("36,7")
    for hour in ("1000", "1500", "1000"):  # at three the older one was over
        card.at.setText(hour)
        assert card.vial.value() == picked
    card.at.setText("1630")
    card.give()
    assert seat(desk, one, who).step is Step.EXPECTED and "mở lúc 09:30" in card._trouble.text_in_full()
    card.at.setText("1500")
    card.give()
    given = {vial.number: vial.given for vial in session_sheet(desk.register.db, one).takes[0].opened}
    assert given == {1: 2, 2: 1}


def test_the_next_one_is_shown_the_vial_of_the_hour_that_stands_there_still(window, desk, next_day):
    card, _one, who = next_day
    card.at.setText("1630")
    page_of(window).open_person(who)
    assert card.at.text() in ("1630", "16:30") and card.vial.value()[1].label == "2"


def test_a_dose_of_yesterday_is_given_out_of_no_other_vial_than_the_one_that_was_shown(desk, next_day):
    """Another desk enters the last doses of the first vial meanwhile."""
    card, one, who = next_day
    card.at.setText("1000")
    for _other in range(5):
        inject_of(desk, one, InjectionDraft(), hour=9)
    card.give()
    assert seat(desk, one, who).step is Step.EXPECTED
    assert "bây giờ là" in card._trouble.text_in_full() and card.vial.value()[1].label == "2"
    card.give()
    assert seat(desk, one, who).step is Step.OBSERVED
