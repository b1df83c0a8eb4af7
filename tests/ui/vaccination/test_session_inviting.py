"""Whom a session expects, in the window: a name or a list, and the session that is shown first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from covidstation.db.queries.places import hamlets
from covidstation.db.queries.vaccine_seats import seats
from covidstation.db.queries.vaccine_sessions import session_sheet
from covidstation.domain.vaccination.sessions import SessionDraft, SessionPlace
from covidstation.services.vaccination.sessions import edit_session, plan_session
from covidstation.ui.vaccination.inviting import InviteDialog
from tests.ui.vaccination.test_session import TODAY, WHO, page_of, people, session, window
from tests.ui.village import NOW, catalog

__all__ = ["window"]

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def at_hamlet(desk):
    """A session at a hamlet in which four are due, somebody of elsewhere, and the session."""
    db = desk.register.db
    hamlet = hamlets(db)[0].id
    due = people(desk, 4, hamlet_id=hamlet)
    stranger = people(desk, 1, citizen_number="012299000001", full_name="Thào A Lử")[0]
    one = session(desk)
    draft = replace(session_sheet(db, one).line.draft, place=SessionPlace.HAMLET, hamlet_id=hamlet)
    edit_session(db, one, draft, catalog=catalog(), by=None, now=NOW, sure=True)
    return one, due, stranger


def dialog_of(desk, window, one):
    dialog = InviteDialog(desk, window, session_sheet(desk.register.db, one).line)
    dialog.open()
    return dialog


def test_somebody_by_name_is_invited_alone(window, desk, at_hamlet):
    one, due, stranger = at_hamlet
    dialog = dialog_of(desk, window, one)
    assert set(due) <= set(dialog._due)  # who types no name means the hamlet of the session
    dialog.person.setText("Thào")
    dialog.person.textEdited.emit("Thào")
    assert dialog.hamlet.value() == "" and dialog.wrong()  # nobody of that name was chosen yet
    dialog.person.choose(stranger, "Thào A Lử")
    dialog.save()
    assert [line.person_id for line in seats(desk.register.db, one)] == [stranger]


def test_a_list_that_is_chosen_is_meant_alone(window, desk, at_hamlet):
    one, due, stranger = at_hamlet
    dialog = dialog_of(desk, window, one)
    dialog.person.choose(stranger, "Thào A Lử")
    dialog.hamlet.picked.emit(dialog.hamlet.value())
    assert dialog.person.value_text() == ""
    dialog.save()
    invited = {line.person_id for line in seats(desk.register.db, one)}
    assert set(due) <= invited and stranger not in invited


def test_the_next_plan_is_shown_and_not_one_whose_day_went_by(window, desk):
    db = desk.register.db
    for days in (-40, 4, 1, -1):
        plan_session(db, SessionDraft(day=TODAY + timedelta(days=days)), sure=True, **WHO)
    assert page_of(window).sheet.line.day == TODAY + timedelta(days=1)
