"""The register answers when somebody else stands at the desk already: the answer is not theirs."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from covidstation.domain.vaccination.sessions import NoDose, Step
from covidstation.services.vaccination.without import WithoutDraft, send_without
from covidstation.ui.parts.toast import Toast
from covidstation.ui.vaccination.reaction_dialogs import WithoutDialog
from tests.ui.dialogs import with_dialog
from tests.ui.vaccination.test_session import WHO, catalog, page_of, people, seat, session, window

__all__ = ["window"]

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def meanwhile(window, desk, monkeypatch):
    """`meanwhile(press)`: A's button is pressed; B stands there, and is measured, before the answer comes. What was
    said then."""
    first, second = people(desk, 2)
    one = session(desk, [first, second])
    page, said = page_of(window), []
    page.open_person(first)
    page.card.sheet.temperature.set_value("36,7")

    def run(press):
        held, real = [], desk.tasks.run
        monkeypatch.setattr(desk.tasks, "run", lambda *asked: held.append(asked))
        press()
        monkeypatch.setattr(desk.tasks, "run", real)
        page.open_person(second)
        page.card.sheet.temperature.set_value("36,6")
        page.card.sheet.temperature.setFocus()
        desk.said.connect(said.append)
        for asked in held:
            real(*asked)
        return said

    return page, one, first, second, run


def stands(card, who) -> bool:
    """With what was typed, and the hand where it was."""
    focused = QApplication.focusWidget() is card.sheet.temperature
    return card.arrival.person_id == who and card.sheet.temperature.text() == "36,6" and focused


def test_who_was_barred_asks_nothing_of_the_next_one(desk, meanwhile):
    page, one, first, second, run = meanwhile
    page.card.sheet.answers.set_chosen({"ANAPHYLAXIS"})
    page.card.sheet.answers.chosen_changed.emit()
    said = run(page.card.keep.click)
    assert QApplication.activeModalWidget() is None and stands(page.card, second)
    assert any("Lò Văn A" in words and "Chống chỉ định" in words for words in said)
    assert seat(desk, one, first).seat.to_send
    page.card.give()
    assert seat(desk, one, second).step is Step.OBSERVED


def test_a_dose_that_was_given_leaves_the_next_one_at_the_desk(desk, meanwhile):
    page, one, first, second, run = meanwhile
    said = run(page.card.main.click)
    assert seat(desk, one, first).step is Step.OBSERVED
    assert stands(page.card, second) and "Lò Văn A: đã tiêm" in said[0]


def test_what_was_refused_of_one_is_not_asked_of_the_next(desk, window, meanwhile):
    page, one, first, second, run = meanwhile
    page.card.sheet.temperature.set_value("385")
    run(page.card.main.click)
    assert stands(page.card, second) and not page.card._asked and page.card._trouble.text_in_full() == ""
    assert any("Lò Văn A: " in toast.accessibleName() for toast in window.findChildren(Toast))
    assert seat(desk, one, first).step is Step.EXPECTED


def test_who_goes_without_leaves_whoever_came_meanwhile_at_the_desk(desk, qtbot, meanwhile):
    page, one, first, second, _run = meanwhile

    def fill(dialog):
        dialog.reason.set_value("Không muốn tiêm")
        page.open_person(second)
        page.card.sheet.temperature.set_value("36,6")
        dialog.save()

    assert with_dialog(WithoutDialog, fill, page.card.without.click, qtbot)
    assert seat(desk, one, first).step is Step.ENDED
    assert page.card.arrival.person_id == second and page.card.sheet.temperature.text() == "36,6"


def test_who_is_called_back_does_not_push_the_next_one_away(desk, meanwhile):
    page, one, first, second, run = meanwhile
    db, draft = desk.register.db, WithoutDraft(kind=NoDose.WENT)
    send_without(db, one, first, draft, catalog=catalog(), **WHO)
    page.open_person(first)
    run(page.card.again.click)
    assert stands(page.card, second) and seat(desk, one, first).step is Step.COME
