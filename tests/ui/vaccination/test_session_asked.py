"""What the desk of a session asks back is confirmed for the act that asked it, and for nothing that was not shown."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from covidstation.db.queries.vaccine_sessions import session_sheet
from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft, DoseSource
from covidstation.domain.vaccination.reactions import EventDraft
from covidstation.domain.vaccination.sessions import SessionStatus, Step
from covidstation.services.vaccination.day import come_to_session
from covidstation.services.vaccination.history import record_dose
from covidstation.services.vaccination.reactions import record_event
from covidstation.ui.vaccination.session_dialogs import CloseDialog
from tests.ui.vaccination.test_session import TODAY, WHO, page_of, people, seat, session, window
from tests.ui.village import catalog

__all__ = ["window"]

pytestmark = pytest.mark.timeout(120)
COMIRNATY = "EU/1/20/1528"


def had(desk, who, days, **changes):
    """A first dose so many days ago, told from a card."""
    day = TODAY - timedelta(days=days)
    draft = DoseDraft(
        person_id=who, given=PartialDate.of(day), product=COMIRNATY, dose_class=DoseClass.PRIMARY, number=1,
        source=DoseSource.CARD,
    )  # fmt: skip
    return record_dose(desk.register.db, draft, catalog=catalog(), sure=True, **WHO).value


@pytest.fixture
def grave(desk):
    """Somebody who could not breathe after the first dose."""
    who = people(desk, 1)[0]
    event = EventDraft(
        person_id=who, dose_id=had(desk, who, 25).id, kinds=("DYSPNEA",), treatment="Adrenalin",
        began_at=datetime.combine(TODAY - timedelta(days=25), time(10)),
    )  # fmt: skip
    record_event(desk.register.db, event, catalog=catalog(), sure=True, **WHO)
    return who


def test_keeping_the_sheet_of_a_fever_confirms_nothing_of_the_dose(window, desk, grave):
    one = session(desk, [grave])
    page = page_of(window)
    page.open_person(grave)
    card = page.card
    card.sheet.temperature.setText("385")
    card.keep.click()
    asked = card._trouble.text_in_full()
    assert asked.startswith("Vẫn lưu khám thì bấm lần nữa.") and "Thân nhiệt 38,5" in asked
    assert card._reason_row.isHidden() and card.keep.hasFocus()
    card.main.click()
    assert seat(desk, one, grave).step is Step.EXPECTED
    asked = card._trouble.text_in_full()
    assert "tai biến nặng" in asked and "Thân nhiệt 38,5" in asked and card.reason.hasFocus()
    card.keep.click()
    assert seat(desk, one, grave).step is Step.SCREENED  # asked of it before


def test_a_word_why_serves_for_what_was_shown_beside_it(window, desk):
    who = people(desk, 1)[0]
    one = session(desk, [who])
    page = page_of(window)
    page.open_person(who)
    card = page.card
    card.sheet.temperature.setText("385")
    card.main.click()
    assert "Thân nhiệt 38,5" in card._trouble.text_in_full()
    card.reason.setText("Sốt do đi nắng")
    had(desk, who, 5)  # the other desk writes what stands on the card that the family brought meanwhile
    card.main.click()
    assert seat(desk, one, who).step is Step.EXPECTED
    assert (TODAY - timedelta(days=5)).strftime("%d/%m/%Y") in card._trouble.text_in_full()
    assert card.reason.value() == "Sốt do đi nắng"
    card.main.click()
    assert seat(desk, one, who).step is Step.OBSERVED


def test_who_comes_while_the_end_is_asked_about_is_named_before_it(window, desk, monkeypatch):
    first, second = people(desk, 2)
    one, asked = session(desk, [first, second]), []
    come_to_session(desk.register.db, one, [first], **WHO)
    page = page_of(window)

    def answer(_dialog, _title, words, **_buttons):
        asked.append(words)
        if len(asked) == 1:
            come_to_session(desk.register.db, one, [second], **WHO)  # at the other desk
        return len(asked) < 3

    monkeypatch.setattr("covidstation.ui.vaccination.session_dialogs.confirm", answer)
    dialog = CloseDialog(desk, page, session_sheet(desk.register.db, one))
    dialog.show()
    for left in dialog._left.values():
        left.set_number(24)
    dialog.save()
    assert len(asked) == 2 and "Còn 1 người chờ" in asked[0] and "Còn 2 người chờ" in asked[1]
    assert session_sheet(desk.register.db, one).line.status is SessionStatus.CLOSED
