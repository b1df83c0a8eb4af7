"""The desk's keys: whoever waits longest is one Enter away; a fever is no dose by Enter; what is said to nobody."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from PySide6.QtWidgets import QApplication

from covidstation.domain.vaccination.sessions import SessionDraft, Step
from covidstation.services.vaccination.day import come_to_session
from covidstation.services.vaccination.injecting import InjectionDraft, inject
from covidstation.services.vaccination.sessions import plan_session
from tests.services.vaccination.rooms import WELL, YES
from tests.ui.vaccination.test_session import NOW, TODAY, WHO, Keys, page_of, people, seat, session, window
from tests.ui.village import catalog

__all__ = ["window"]

pytestmark = pytest.mark.timeout(120)


def test_after_an_injection_whoever_waits_longest_is_one_key_away(window, desk):
    first, second, third = people(desk, 3)
    one = session(desk, [first, second, third])
    for who, minutes in ((third, 30), (first, 20), (second, 10)):  # the third on the list came before the others
        come_to_session(desk.register.db, one, [who], **{**WHO, "now": NOW - timedelta(minutes=minutes)})
    page = page_of(window)
    page.view.set_value("waiting")
    page.view.chosen.emit("waiting")
    page.table.setCurrentIndex(page.model.index(0, 0))
    page.table.setFocus()
    keys = Keys()
    for who in (third, first, second):
        keys.enter()
        assert page.card.arrival.person_id == who
        keys.type("367")
        keys.enter()
        assert seat(desk, one, who).step is Step.OBSERVED
    assert QApplication.focusWidget() is page.table and page.model.rowCount() == 0
    assert page.vials.rowCount() == 0  # nobody looks at the vials
    page.view.set_value("vials")
    page.view.chosen.emit("vials")
    assert page.vials.rowCount() == 2  # the lot, and the one vial that was opened


def test_the_hour_on_a_card_is_of_nobody_who_has_sat_out_their_time(window, desk):
    """The session is entered the day after: each went when their time was over."""
    first, second, third = people(desk, 3)
    one, noon = session(desk, [first, second, third]), {**WHO, "now": NOW.replace(hour=12)}
    given = {"catalog": catalog(), "screening": WELL, "consent": YES, **noon}
    for who, hour in ((first, 9), (second, 10)):
        inject(desk.register.db, one, who, InjectionDraft(at=datetime.combine(TODAY, time(hour))), **given)
    desk.now = lambda: NOW + timedelta(days=1)
    page = page_of(window)
    page.open_person(third)
    page.card.at.setText("1140")
    page.acts.let_rested_go()
    left = [seat(desk, one, who).seat.left_at for who in (first, second)]
    assert left == [datetime.combine(TODAY, time(hour, 30)) for hour in (9, 10)]


def test_enter_gives_no_dose_to_somebody_with_a_fever(window, desk):
    who = people(desk, 1)[0]
    one = session(desk, [who])
    page = page_of(window)
    page.open_person(who)
    keys = Keys()
    keys.type("385")
    assert "hỏi: Bệnh cấp tính?" in page.card.sheet._causes.text_in_full()
    keys.enter()
    assert "Thân nhiệt 38,5" in page.card._trouble.text_in_full() and page.card.reason.hasFocus()
    for _time in range(3):
        keys.enter()
    assert (
        seat(desk, one, who).step is Step.EXPECTED
        and page.card._reason_row._beside._words.text_in_full() == "Ghi vì sao vẫn lưu."
    )
    page.card.sheet.answers.set_chosen({"ACUTE"})
    page.card.sheet.answers.chosen_changed.emit()
    page.card.sheet.onward()
    assert QApplication.focusWidget() is page.card.without


def test_what_is_refused_leaves_the_hand_at_what_is_wrong(window, desk):
    (who,) = people(desk, 1)
    one = session(desk, [who])
    page, keys = page_of(window), Keys()
    page.open_person(who)
    keys.type("120")
    keys.enter()
    assert seat(desk, one, who).dose is None
    assert QApplication.focusWidget() is page.card.sheet.temperature
    page.card.sheet.temperature.selectAll()
    keys.type("367")
    keys.enter()
    assert seat(desk, one, who).dose is not None


def test_the_way_to_open_a_sheet_is_said_while_the_session_runs_alone(window, desk):
    plan_session(desk.register.db, SessionDraft(day=TODAY + timedelta(days=1)), **WHO)
    page = page_of(window)
    assert page.card._name.text_in_full() == "Chuẩn bị buổi tiêm" and page.card._about.text_in_full() == ""
    page.show_session(session(desk))
    assert page.card._about.text_in_full().startswith("Enter")


def test_enter_in_the_filter_opens_nobody_but_the_only_one_who_is_meant(window, desk):
    folk = people(desk, 3)
    session(desk, folk)
    page, said = page_of(window), []
    desk.said.connect(said.append)
    keys = Keys()

    def enter(text):
        page.card.clear()
        page.typed.clear()
        page.typed.setFocus()
        keys.type(text)
        keys.enter()
        return page.card.arrival.person_id if page.card.arrival is not None else None

    assert enter("20") is None  # stands in every citizen number, and is nobody's on the list
    assert said[-1] == "Danh sách này không có ai khớp “20”" and page.model.rowCount() == 0
    assert enter("van") is None  # three of them
    assert said[-1] == "3 người khớp: gõ thêm, hoặc chọn một dòng" and page.typed.text() == "van"
    assert enter("van b") == folk[1] and enter("3") == folk[2] and enter("012070000000") == folk[0]
