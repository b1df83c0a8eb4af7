"""What a session takes along, in the window: the number is that of all vials of the lot."""

from __future__ import annotations

import pytest

from covidstation.db.queries.vaccine_sessions import session_sheet
from covidstation.ui.vaccination.reaction_dialogs import WithoutDialog
from covidstation.ui.vaccination.session_dialogs import TakeDialog
from tests.ui.vaccination.test_session import page_of, people, session, window, with_dialog

__all__ = ["window"]

pytestmark = pytest.mark.timeout(120)


def test_the_vials_that_are_there_already_stand_in_the_field_whatever_line_is_chosen(window, desk):
    one = session(desk, vials=5)
    page = page_of(window)
    page.view.set_value("vials")
    page.vial_table.setCurrentIndex(page.vials.index(-1, 0))

    def more(dialog):
        assert dialog.vials.number() == 5 and "đã có 5 lọ" in dialog._number._hint
        dialog.vials.set_number(8)

    with_dialog(TakeDialog, more, page.take.click)
    assert [take.vials for take in session_sheet(desk.register.db, one).takes] == [8]


def test_a_temperature_that_cannot_be_read_is_not_left_out_when_somebody_goes_without(window, desk, monkeypatch):
    who = people(desk, 1)[0]
    session(desk, [who])
    page = page_of(window)
    page.open_person(who)
    opened = []
    monkeypatch.setattr(WithoutDialog, "exec", lambda dialog: opened.append(dialog))
    page.card.sheet.temperature.setText("3x5")
    page.card.without.click()
    assert not opened
    page.card.sheet.temperature.setText("38,5")
    page.card.without.click()
    assert [dialog._screening.vitals.temperature for dialog in opened] == [385]
