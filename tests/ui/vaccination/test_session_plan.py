"""A session is given up in its plan; whoever was noted in it is named before."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QWidget

from covidstation.db.queries.vaccine_sessions import session_sheet
from covidstation.domain.vaccination.sessions import SessionStatus
from covidstation.services.vaccination.day import come_to_session
from covidstation.ui.parts.dialogs import Sentence
from covidstation.ui.vaccination.session_plan import PlanDialog
from tests.ui.vaccination.test_session import WHO, people, session

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
