"""The budgets of hands, counted through the whole window: what a nurse presses from Hôm nay until the work is done.

Fifty decisions are counted where they are pressed: tests/ui/today/test_page.py, tests/ui/papers/test_lacking.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from covidstation.db.queries.rounds import visits_of
from covidstation.domain.care import Round, Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import EpisodeDraft, PathogenTest
from covidstation.domain.people import PersonDraft
from covidstation.services.episodes import F0Draft, register_f0
from covidstation.services.preferences import Preferences
from covidstation.services.record import change_setting
from covidstation.services.reports.daily import frozen_report
from covidstation.ui.main import MainWindow
from covidstation.ui.reports import day_tab
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(90)
TODAY = NOW.date()
FIFTY = 50


@dataclass
class Hands:
    """Clicks and keys so far."""

    clicks: int = 0
    keys: int = 0

    def click(self, button: QAbstractButton) -> None:
        """As a mouse does: on a button that shows and can be pressed, and on nothing else."""
        assert button.isVisible()
        assert button.isEnabled()
        self.clicks += 1
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def press(self, *given: Qt.Key | str) -> None:
        """Keys wherever the keyboard is; a text letter by letter."""
        for one in given:
            for key in one if isinstance(one, str) else (one,):
                self.keys += 1
                field = QApplication.focusWidget()
                QTest.keyClicks(field, key) if isinstance(key, str) else QTest.keyClick(field, key)


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
def busy(desk):
    """Fifty more F0 of this morning, all with what a decision needs."""
    change_setting(desk.register.db, "home_isolation", "yes", by=None, now=NOW)
    for number in range(FIFTY):
        name = f"Lò Văn Ính {number}"
        draft = F0Draft(
            person=PersonDraft(full_name=name, birth=PartialDate(1950 + number)),
            episode=EpisodeDraft(report_date=TODAY, isolation_address="bản Nậm Ngá"),
            tests=(PathogenTest(sampled_on=TODAY),),
        )
        register_f0(desk.register.db, draft, catalog=catalog(), by=None, now=NOW)
    return desk


@pytest.fixture
def window(busy, theme, shown):
    made = MainWindow(busy, theme, Preferences(station="Trạm Y tế xã Nậm Tăm"), lambda _kept: None)
    made.resize(1366, 697)
    shown(made)
    made.begin()
    yield made
    made._go(made.locked)


def button(window, name: str) -> QAbstractButton:
    """The one that shows."""
    return next(one for one in window.findChildren(QAbstractButton, name) if one.isVisible())


def test_a_check_and_the_next_person_in_twelve_keys(window, hands, desk, qtbot):
    window.go("rounds")
    page = window.current()
    page.load()  # the answer comes when the page shows already, as from the database thread
    first, second = page.grid.model_.people()[:2]
    qtbot.waitUntil(lambda: page.isAncestorOf(QApplication.focusWidget()))
    hands.press("368", "98", "84", "18", Qt.Key.Key_Return, "0", Qt.Key.Key_Down)
    assert (hands.keys, hands.clicks) == (12, 0)
    (visit,) = visits_of(desk.register.db, first.episode_id)
    assert (visit.round, visit.vitals) == (Round.MORNING, Vitals(temperature=368, spo2=98, pulse=84, breaths=18))
    assert visit.signs_asked
    assert page.grid.entry() is second


def test_the_report_is_looked_at_frozen_and_printed_in_three_clicks(window, hands, desk, monkeypatch):
    sent: list[bytes] = []
    monkeypatch.setattr(day_tab, "chosen_printer", lambda _kept: "Laser")
    monkeypatch.setattr(day_tab, "device_for", lambda _name: None)
    monkeypatch.setattr(day_tab, "print_pdf", lambda pdf, _device: sent.append(pdf))
    hands.click(button(window, "open_report"))
    hands.click(button(window, "freeze_report"))
    hands.click(button(window, "print_report"))
    assert (hands.clicks, hands.keys) == (3, 0)
    assert frozen_report(desk.register.db, date(2026, 7, 10)) is not None
    assert len(sent) == 1
    assert sent[0].startswith(b"%PDF")
