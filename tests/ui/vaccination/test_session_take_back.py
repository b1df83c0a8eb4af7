"""A dose that is taken back at the desk: what is asked of its vial."""

from __future__ import annotations

import pytest

from covidstation.db.queries.vaccine_sessions import session_sheet
from covidstation.ui.parts.dialogs import Sentence
from tests.ui.vaccination.test_session import page_of, people, session, window

__all__ = ["window"]

pytestmark = pytest.mark.timeout(120)


def test_who_takes_a_dose_back_is_asked_whether_its_vial_was_opened_at_all(window, desk, monkeypatch):
    first, second = people(desk, 2)
    one = session(desk, [first, second])
    page, said = page_of(window), []

    def give(who):
        page.open_person(who)
        page.card.sheet.temperature.set_value("36,7")
        page.card.give()

    def answer(dialog):
        said.append(dialog._tick.text() if dialog._tick is not None else "")
        dialog._reason.set_value("Nhầm lọ")
        if dialog._tick is not None:
            dialog._tick.setChecked(True)
        return 1

    monkeypatch.setattr(Sentence, "exec", answer)
    for who in (first, second):
        give(who)
    for who in (first, second):  # a dose of somebody else stands beside the first one
        page.open_person(who)
        page.card.wrong.click()
    assert said == ["", "Lọ 1 lô FK0112 &chưa mở thật, còn nguyên"]
    assert session_sheet(desk.register.db, one).takes[0].opened == ()
