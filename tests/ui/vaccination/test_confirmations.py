"""Whoever goes home from a session takes the confirmation along; a page without a session shows nothing to press."""

from __future__ import annotations

from datetime import timedelta

import pytest

from covidstation.db.queries.vaccine_papers import without_confirmation
from covidstation.domain.dates import PartialDate
from covidstation.domain.packs import PaperKind
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft, DoseSource
from covidstation.errors import UserError
from covidstation.services.papers.issuing import issue_paper, void_paper
from covidstation.services.preferences import Preferences
from covidstation.services.vaccination.day import take_back_injection
from covidstation.services.vaccination.history import record_dose
from covidstation.ui.desk import PaperWish
from covidstation.ui.main import MainWindow
from covidstation.ui.papers import bulk
from covidstation.ui.vaccination import confirming
from tests.ui.vaccination.test_session import NOW, TODAY, WHO, catalog, page_of, people, session

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def window(desk, theme, shown):
    found = MainWindow(desk, theme, Preferences(station="Trạm Y tế xã Nậm Tăm"), lambda _kept: None)
    found.resize(1366, 697)
    shown(found)
    found.begin()
    yield found
    found._go(found.locked)


@pytest.fixture
def folder(monkeypatch, tmp_path):
    """A PC without a printer; papers go into this folder."""
    monkeypatch.setattr(confirming, "chosen_printer", lambda _remembered: "")
    monkeypatch.setattr(confirming.QFileDialog, "getExistingDirectory", lambda *_asked: str(tmp_path))
    return tmp_path


def gone(window, desk, count):
    """That many people who had their dose and went home after their half hour."""
    who = people(desk, count)
    one = session(desk, who)
    page = page_of(window)
    for person in who:
        page.open_person(person)
        page.card.sheet.temperature.set_value("36,7")
        page.card.give()
    assert page.certify.isHidden()  # nobody has gone
    desk.now = lambda: NOW + timedelta(minutes=31)
    page.load()
    return page, one, who


def test_one_who_goes_home_has_the_paper_by_one_key(window, desk, folder, qtbot):
    page, one, (first, _second) = gone(window, desk, 2)
    page.open_person(first)
    page.card.go.click()
    qtbot.waitUntil(lambda: not page.certify.isHidden())
    assert "1" in page.certify.text()
    page.certify.click()
    qtbot.waitUntil(page.certify.isHidden)
    (pdf,) = folder.glob("*.pdf")
    assert pdf.read_bytes().startswith(b"%PDF")
    assert without_confirmation(desk.register.db, one) == ()


def test_many_who_go_home_at_once_have_theirs_and_nobody_gets_two(window, desk, folder, qtbot):
    page, one, who = gone(window, desk, 4)
    page.rested_go.click()
    qtbot.waitUntil(lambda: page.rested_go.isHidden() and "4" in page.certify.text() and not page.certify.isHidden())
    page.certify.click()
    page.certify.click()
    qtbot.waitUntil(page.certify.isHidden, timeout=20_000)
    assert len(list(folder.glob("*.pdf"))) == 4
    db = desk.register.db
    found = issue_paper(
        db, PaperKind.VACCINATION, [who[0]], catalog=catalog(), issued_on=TODAY, by=None, now=desk.now()
    )
    assert found.value.number == 5  # the four had 1 to 4
    assert without_confirmation(db, one) == ()


def test_a_paper_that_was_voided_is_missing_again_and_a_dose_that_was_none_asks_for_nothing(window, desk):
    page, one, (first, second) = gone(window, desk, 2)
    page.rested_go.click()
    db = desk.register.db
    assert [person for person, _name in without_confirmation(db, one)] == [first, second]
    paper = issue_paper(
        db, PaperKind.VACCINATION, [first], catalog=catalog(), issued_on=TODAY, by=None, now=desk.now()
    ).value
    assert [person for person, _name in without_confirmation(db, one)] == [second]
    void_paper(db, paper.id, "In nhầm", by=None, now=desk.now())
    who = {**WHO, "now": desk.now()}
    take_back_injection(db, one, second, "Nhầm người", catalog=catalog(), **who)
    assert [person for person, _name in without_confirmation(db, one)] == [first]


def test_a_printer_that_fails_eats_one_number_and_says_which(window, desk, monkeypatch, qtbot):
    page, one, _who = gone(window, desk, 3)
    page.rested_go.click()
    qtbot.waitUntil(lambda: not page.certify.isHidden())

    def broken(*_asked):
        raise UserError("paper.printer", printer="Canon LBP2900")

    monkeypatch.setattr(confirming, "chosen_printer", lambda _remembered: "Canon LBP2900")
    monkeypatch.setattr(bulk, "print_pdf", broken)
    page.certify.click()
    qtbot.waitUntil(lambda: "01/" in page.banner.text())
    assert len(without_confirmation(desk.register.db, one)) == 2  # the others have no number yet


def test_without_a_session_the_head_has_nothing_to_press(window, desk, qtbot):
    page = page_of(window)
    head = (page.session, page.papers, page.edit, page.start, page.close_it)
    assert all(part.isHidden() for part in head)
    assert page.first.isVisible() and page.plan.isVisible()
    session(desk)
    page.load()
    qtbot.waitUntil(lambda: page.session.isVisible() and page.close_it.isVisible())
    assert page.start.isHidden() and page.edit.isVisible() and page.plan.isVisible()


def test_a_dose_without_a_place_on_the_paper_is_said_before_its_number(window, desk, village, qtbot):
    for month, kind, number in ((1, "PRIMARY", 1), (2, "PRIMARY", 2), (4, "ADDITIONAL", 1), (6, "ADDITIONAL", 2)):
        draft = DoseDraft(
            person_id=village.my, given=PartialDate(2021, month, 5), product="EU/1/20/1528", source=DoseSource.CARD,
            dose_class=DoseClass(kind), number=number, reason="theo giấy",
        )  # fmt: skip
        record_dose(desk.register.db, draft, catalog=catalog(), sure=True, by=None, by_name="Nhung", now=NOW)
    said = []
    drafting = window.page("paper").drafting
    drafting.troubled.connect(said.append)
    drafting.begin(PaperWish((), kind=PaperKind.VACCINATION, person_ids=(village.my,)))
    qtbot.waitUntil(lambda: bool(said and said[-1]))
    assert "không có trên giấy" in said[-1] and "05/06/2021" in said[-1]
