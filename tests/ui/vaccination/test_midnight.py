"""A window that stays open over midnight: the list in sight is that of the day, and months go on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft
from covidstation.domain.vaccination.fridge import FridgeDraft, ReadingDraft
from covidstation.services.people import register_person
from covidstation.services.preferences import Preferences
from covidstation.services.vaccination.fridge import add_fridge, record_reading
from covidstation.services.vaccination.history import record_dose
from covidstation.ui.main import MainWindow
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(90)
TODAY = NOW.date()
WHO = {"by": None, "by_name": "Lò Thị Nhung"}
MONTH = TODAY.replace(day=1)
NEXT = (MONTH + timedelta(days=32)).replace(day=1)


@pytest.fixture
def window(desk, theme, shown, village):
    """Somebody's second dose is due in some days."""
    db = desk.register.db
    draft = PersonDraft(full_name="Vàng Thị Dợ", birth=PartialDate(1990, 4, 2), hamlet_id=village.pa_khoa)
    who = register_person(db, draft, catalog=catalog(), by=None, now=NOW).value.id
    given = PartialDate.of(TODAY - timedelta(days=8))
    dose = DoseDraft(person_id=who, given=given, product="EU/1/20/1528", dose_class=DoseClass.PRIMARY, number=1)
    record_dose(db, dose, catalog=catalog(), sure=True, now=NOW, **WHO)
    found = MainWindow(desk, theme, Preferences(station="Trạm Y tế xã Nậm Tăm"), lambda _kept: None)
    found.resize(1366, 697)
    shown(found)
    found.begin()
    yield found
    found._go(found.locked)


def turn(desk, window, day: date) -> None:
    """The same hour of that day; the minute is over."""
    later = NOW + (day - TODAY)
    desk.now = lambda: later
    window._look()


def due(page) -> set[str]:
    return {page.model.record(row).full_name for row in range(page.model.rowCount())}


def test_who_is_due_today_is_on_the_list_that_was_open_yesterday(desk, window, qtbot):
    window.go("vaccination")
    page = window.page("vaccination")
    page.views._take("due")
    assert "Vàng Thị Dợ" not in due(page)
    turn(desk, window, TODAY)
    assert "Vàng Thị Dợ" not in due(page)
    turn(desk, window, TODAY + timedelta(days=22))
    qtbot.waitUntil(lambda: "Vàng Thị Dợ" in due(page), timeout=5000)


def test_a_page_is_told_once_that_a_day_has_begun(desk, window, monkeypatch):
    told = []
    for name in ("vaccination", "person"):
        monkeypatch.setattr(window.page(name), "refresh", told.append)
    window.go("vaccination")
    for days in (0, 1, 1, 2):
        turn(desk, window, TODAY + timedelta(days=days))
    assert len(told) == 2


def test_the_month_that_has_begun_can_be_chosen(desk, window):
    reactions, fridge = window.page("reactions"), window.page("fridge")
    window.go("reactions")
    assert reactions.month.all_keys()[:2] == (None, MONTH) and reactions.month.value() is None
    reactions.month.set_value(MONTH)
    turn(desk, window, NEXT)
    assert reactions.month.all_keys()[:3] == (None, NEXT, MONTH) and len(reactions.month.all_keys()) == 13
    assert reactions.month.value() == MONTH  # what somebody chose stays
    assert not fridge.month.all_keys()  # nobody has looked at it yet


def test_the_book_of_a_fridge_goes_on_to_the_month_that_has_begun(desk, window):
    db = desk.register.db
    one = add_fridge(db, FridgeDraft(name="Tủ TCW 3000", kept_from=TODAY), now=NOW, **WHO).value.id
    record_reading(db, ReadingDraft(fridge_id=one, temperature=50), catalog=catalog(), now=NOW, **WHO)
    window.go("fridge")
    page = window.page("fridge")
    assert page.month.value() == MONTH and len(page._look.month.readings) == 1
    turn(desk, window, NEXT)
    assert page.month.value() == NEXT == page._look.month.first and not page._look.month.readings
    page.month.set_value(MONTH)
    page.month.picked.emit(MONTH)
    assert len(page._look.month.readings) == 1
    page.load()
    assert page.month.value() == MONTH


def test_the_words_beside_a_name_are_those_of_the_new_day(desk, window):
    """An isolation that is over waits for its end, whatever day it was when the window was opened."""
    window.go("f0_list")
    page = window.page("f0_list")

    def days() -> set[tuple[int, int]]:
        cells = [page.model.cell(row, at) for row in range(page.model.rowCount()) for at in range(11)]
        return {cell.days for cell in cells if cell is not None and cell.days}

    before = days()
    turn(desk, window, TODAY + timedelta(days=1))
    assert before and days() == {(day + 1, total) for day, total in before}
