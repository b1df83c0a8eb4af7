"""Reactions after a dose on a person's page: written, put right, told of, ended; among the events by day."""

from __future__ import annotations

from datetime import datetime

import pytest
from PySide6.QtWidgets import QLabel

from covidstation.db.queries.vaccine_events import events_of
from covidstation.domain.vaccination.reactions import EventDraft, EventEnd
from covidstation.services.about_person import about_person
from covidstation.services.preferences import Preferences
from covidstation.services.vaccination.history import void_dose
from covidstation.services.vaccination.reactions import record_event
from covidstation.ui.main import MainWindow
from covidstation.ui.person.vaccine_events import reaction_events
from covidstation.ui.vaccination.reaction_dialogs import EventDialog, EventEndDialog, ReportDialog
from tests.ui.dialogs import buttons, with_dialog
from tests.ui.vaccination.test_person_doses import PFIZER, WHO, keep, press, tab_of
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(90)


@pytest.fixture
def window(desk, theme, shown):
    found = MainWindow(desk, theme, Preferences(station="Trạm Y tế xã Nậm Tăm"), lambda _kept: None)
    found.resize(1366, 697)
    shown(found)
    found.begin()
    yield found
    found._go(found.locked)


def test_a_severe_reaction_is_written_told_of_and_ended(window, desk, village, qtbot):
    dose = keep(desk, village.my, 2022, 3, 9, product=PFIZER)
    page = tab_of(window, desk, village.my)
    db = desk.register.db
    began = datetime(2022, 3, 9, 9, 20)
    assert NOW.date() > began.date()

    def severe(dialog):
        dialog.kinds.set_chosen(["ANAPHYLAXIS"])
        assert dialog.began.moment() is None  # nobody knows when, and it was not today
        dialog.began.setText("9:20")
        assert dialog.began.moment() == began
        dialog.save()
        assert dialog.isVisible()  # nobody has said what was done
        dialog.grade.set_value(2)
        dialog.treatment.set_value("Adrenalin 0,5 mg")
        dialog.save()

    assert with_dialog(EventDialog, severe, press(page.vaccine, "add_reaction"), qtbot)
    (event,) = events_of(db, village.my)
    assert (event.severe, event.dose_id, event.began_at, event.grade) == (True, dose.id, began, 2)
    qtbot.waitUntil(lambda: bool(buttons(page.vaccine, "report_reaction")))

    def told(dialog):
        dialog.to.set_value("Trung tâm Y tế Sìn Hồ")
        dialog.save()

    assert with_dialog(ReportDialog, told, press(page.vaccine, "report_reaction"), qtbot)
    qtbot.waitUntil(lambda: not buttons(page.vaccine, "report_reaction"))

    def over(dialog):
        dialog.end.set_value(EventEnd.RECOVERED)
        dialog.save()

    assert with_dialog(EventEndDialog, over, press(page.vaccine, "end_reaction"), qtbot)
    (event,) = events_of(db, village.my)
    assert (event.end, event.reported_to) == (EventEnd.RECOVERED, "Trung tâm Y tế Sìn Hồ")
    again = ("end_reaction", "add_reaction")  # what is over cannot be ended, another one can be written
    qtbot.waitUntil(lambda: [len(buttons(page.vaccine, name)) for name in again] == [0, 1])
    press(page.vaccine, "reopen_reaction")()
    qtbot.waitUntil(lambda: [len(buttons(page.vaccine, name)) for name in again] == [1, 1])
    assert events_of(db, village.my)[0].open


def test_a_reaction_stands_among_the_events_and_a_mistake_does_not(window, desk, village, qtbot):
    keep(desk, village.my, 2022, 3, 9, product=PFIZER)
    page = tab_of(window, desk, village.my)
    began = datetime(2022, 3, 9, 16, 5)

    def mild(dialog):
        dialog.kinds.set_chosen(["FEVER", "PAIN"])
        dialog.began.set_moment(began)
        dialog.note.set_value("uống hạ sốt")
        dialog.save()

    assert with_dialog(EventDialog, mild, press(page.vaccine, "add_reaction"), qtbot)

    def events():
        return list(reaction_events(about_person(desk.register.db, village.my), catalog()))

    (event,) = events()
    assert (event.day, event.clock, event.icon) == (began.date(), "16:05", "alert")
    assert "Sốt" in event.what and "uống hạ sốt" in event.more

    def more(dialog):
        assert dialog.note.value() == "uống hạ sốt" and dialog.kinds.chosen() == ("FEVER", "PAIN")
        dialog.note.set_value("hết sốt sau một ngày")
        dialog.save()

    qtbot.waitUntil(lambda: bool(buttons(page.vaccine, "edit_reaction")))
    assert with_dialog(EventDialog, more, press(page.vaccine, "edit_reaction"), qtbot)
    assert "hết sốt sau một ngày" in events()[0].more

    def wrong(dialog):
        dialog.end.set_value(EventEnd.MISTAKE)
        dialog.note.set_value("của người khác")
        dialog.save()

    assert with_dialog(EventEndDialog, wrong, press(page.vaccine, "end_reaction"), qtbot)
    assert events() == []


def test_a_reaction_whose_dose_was_taken_back_is_of_none_until_one_is_chosen(window, desk, village, qtbot):
    first = keep(desk, village.my, 2022, 2, 20, product="EU/1/21/1529")
    second = keep(desk, village.my, 2022, 3, 9, product=PFIZER, reason="theo giấy")
    db, who = desk.register.db, village.my
    said = EventDraft(person_id=who, dose_id=second.id, kinds=("FEVER",), began_at=datetime(2022, 3, 9, 16, 5))
    record_event(db, said, catalog=catalog(), **WHO)
    void_dose(db, second.id, "ghi sai ngày", catalog=catalog(), **WHO)
    page = tab_of(window, desk, who)

    def noted(dialog):
        assert dialog.dose.isVisible() and dialog.dose.value() is None
        dialog.note.set_value("đỡ")
        dialog.save()

    assert with_dialog(EventDialog, noted, press(page.vaccine, "edit_reaction"), qtbot)
    assert [(one.dose_id, one.note) for one in events_of(db, who)] == [(None, "đỡ")]
    qtbot.waitUntil(lambda: "đỡ" in str([one.text() for one in page.vaccine.findChildren(QLabel)]))

    def chosen(dialog):
        dialog.dose.set_value(first.id)
        dialog.save()

    assert with_dialog(EventDialog, chosen, press(page.vaccine, "edit_reaction"), qtbot)
    assert [one.dose_id for one in events_of(db, who)] == [first.id]


def test_without_a_dose_and_without_a_reaction_there_is_nothing_to_write(window, desk, village):
    page = tab_of(window, desk, village.my)
    assert buttons(page.vaccine, "add_reaction") == []
