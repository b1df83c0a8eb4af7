"""Whoever goes without a dose: what stands on the sheet says why."""

from __future__ import annotations

import pytest

from covidstation.domain.vaccination.sessions import NoDose, Step
from covidstation.ui.vaccination.reaction_dialogs import WithoutDialog
from tests.ui.vaccination.test_session import page_of, people, seat, session, window, with_dialog

__all__ = ["window"]

pytestmark = pytest.mark.timeout(120)


def test_what_was_ticked_is_why_they_go_without_though_nobody_measured_a_temperature(window, desk):
    who = people(desk, 1)[0]
    one = session(desk, [who])
    page = page_of(window)
    page.open_person(who)
    page.card.sheet.answers.set_chosen({"ANAPHYLAXIS"})
    page.card.sheet.answers.chosen_changed.emit()

    def fill(dialog):
        assert dialog.kind.value() is NoDose.CONTRAINDICATED and "Phản vệ" in dialog.reason.value()

    with_dialog(WithoutDialog, fill, page.card.without.click)
    line = seat(desk, one, who)
    assert (line.step, set(line.answers)) == (Step.ENDED, {"ANAPHYLAXIS"})


def test_who_is_kept_with_a_sheet_that_bars_the_dose_is_asked_for_at_once(window, desk):
    who = people(desk, 1)[0]
    one = session(desk, [who])
    page = page_of(window)
    page.open_person(who)
    page.card.sheet.temperature.set_value("36,7")
    page.card.sheet.answers.set_chosen({"ANAPHYLAXIS"})
    page.card.sheet.answers.chosen_changed.emit()
    with_dialog(WithoutDialog, lambda dialog: None, page.card.keep.click, accept=False)
    assert page.card.arrival is not None  # who closes it has them at the desk still
    assert seat(desk, one, who).seat.to_send
    with_dialog(WithoutDialog, lambda dialog: None, page.card.keep.click)
    assert seat(desk, one, who).step is Step.ENDED and page.card.arrival is None
