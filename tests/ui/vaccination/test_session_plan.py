"""A session is given up in its plan, whoever was noted in it is named; who sits at its end is let go after it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QLabel, QWidget

from covidstation.db.queries.vaccine_sessions import session_sheet
from covidstation.domain.care import Vitals
from covidstation.domain.vaccination.sessions import SessionStatus, Step
from covidstation.services.vaccination.closing import Counted, close_session
from covidstation.services.vaccination.day import come_to_session, screen_person
from covidstation.services.vaccination.seating import ScreeningDraft
from covidstation.ui.parts.dialogs import Sentence
from covidstation.ui.vaccination.session_plan import PlanDialog
from tests.ui.vaccination.test_session import NOW, WHO, page_of, people, seat, session, window

__all__ = ["window"]

pytestmark = pytest.mark.timeout(120)


def test_a_session_is_given_up_after_both_questions(desk, shown, monkeypatch):
    (who,) = people(desk, 1)
    one = session(desk, [who])
    come_to_session(desk.register.db, one, [who], **WHO)
    asked, answers = [], [1, 0, 1, 1]
    monkeypatch.setattr(Sentence, "exec", lambda box: asked.append(box.accessibleName()) or answers.pop(0))
    below = QWidget()
    shown(below)
    for status in (SessionStatus.OPEN, SessionStatus.CANCELLED):
        dialog = PlanDialog(desk, below, session_sheet(desk.register.db, one).line)
        dialog.open()
        dialog.give_up.click()
        assert session_sheet(desk.register.db, one).line.status is status
        dialog.reject()
    assert len(asked) == 4 and asked[1] == asked[3] == "Vẫn bỏ buổi này?"
    assert PlanDialog(desk, below).give_up.isHidden()  # there is none yet


def test_whom_the_sheet_bars_is_named_in_the_plan_that_is_to_be_given_up(desk, shown, monkeypatch):
    (who,) = people(desk, 1)
    one = session(desk, [who])
    ill = ScreeningDraft(vitals=Vitals(temperature=367), answers=frozenset({"ANAPHYLAXIS"}))
    screen_person(desk.register.db, one, who, ill, catalog=desk.catalog, **WHO)
    monkeypatch.setattr(Sentence, "exec", lambda _box: 1)
    below = QWidget()
    shown(below)
    dialog = PlanDialog(desk, below, session_sheet(desk.register.db, one).line)
    dialog.open()
    dialog.give_up.click()
    (label,) = [each for each in dialog.findChildren(QLabel) if seat(desk, one, who).full_name in each.text()]
    assert label.isVisible() and "“Không tiêm…”" in label.text()
    assert session_sheet(desk.register.db, one).line.status is SessionStatus.OPEN


def test_who_sits_when_the_session_ends_is_let_go_and_kept_after_it(window, desk):
    (who,) = people(desk, 1)
    one = session(desk, [who])
    page = page_of(window)
    page.open_person(who)
    page.card.sheet.temperature.set_value("36,7")
    page.card.give()
    db, act = desk.register.db, {**WHO, "now": NOW + timedelta(minutes=31)}
    (take,) = session_sheet(db, one).takes
    close_session(db, one, {take.id: Counted(take.to_count)}, catalog=desk.catalog, sure=True, **act)
    desk.now = lambda: act["now"]
    page.load()
    for press, step in ((page.rested_go, Step.LEFT), (page.card.stay, Step.OBSERVED), (page.card.go, Step.LEFT)):
        page.open_person(who)
        press.click()
        assert seat(desk, one, who).step is step
