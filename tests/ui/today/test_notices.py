"""The bar of Hôm nay that speaks of the place, the disk and the clock."""

from collections import namedtuple
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics

from covidstation.db.place import LOCAL, Place, PlaceKind
from covidstation.services import status
from covidstation.services.reports.daily import report_state
from covidstation.services.status import station_status
from covidstation.services.upkeep import notices
from covidstation.ui.desk import Desk
from covidstation.ui.frame.status import MOST
from covidstation.ui.look.fonts import font
from covidstation.ui.parts.buttons import Button
from covidstation.ui.status_parts import status_parts, with_report
from covidstation.ui.tasks import InlineTasks
from covidstation.ui.today.page import TodayPage
from tests.ui.village import NOW, catalog

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def surroundings(monkeypatch):
    """`surroundings(free MB, place)`."""

    def set_to(megabytes=10_000, place=LOCAL):
        monkeypatch.setattr(status, "disk_usage", lambda _folder: Usage(1 << 40, 0, megabytes << 20))
        monkeypatch.setattr(notices, "place_of", lambda _folder: place)

    set_to()
    return set_to


def shown(qtbot, desk):
    page = TodayPage(desk)
    qtbot.addWidget(page)
    page.resize(1166, 640)
    page.load()
    page.show()
    return page


def press(qtbot, page):
    qtbot.mouseClick(page.notices.findChildren(Button, "banner_button")[-1], Qt.MouseButton.LeftButton)


def test_nothing_stands_there_when_all_is_well(qtbot, desk, surroundings):
    assert shown(qtbot, desk).notices.height() == 0


def test_the_gravest_is_said_first_and_answered_for_the_day(qtbot, desk, surroundings):
    surroundings(megabytes=400, place=Place(PlaceKind.CLOUD, "OneDrive"))
    page = shown(qtbot, desk)
    assert "OneDrive" in page.notices.text()
    press(qtbot, page)
    assert "400 MB" in page.notices.text()
    press(qtbot, page)
    assert page.notices.text() == "" and page.notices.height() == 0
    page.load()
    assert page.notices.text() == ""
    surroundings(megabytes=90)
    page.load()
    assert "90 MB" in page.notices.text()  # worse than what was answered


def test_a_clock_is_answered_for_good(qtbot, desk, surroundings):
    register = desk.register
    back = Desk(register, catalog(), InlineTasks(), now=lambda: NOW - timedelta(days=730))
    page = shown(qtbot, back)
    assert "10/07/2024" in page.notices.text() and "10/07/2026" in page.notices.text()
    press(qtbot, page)
    assert page.notices.text() == ""
    assert shown(qtbot, back).notices.text() == ""  # also at the next start


def test_every_sentence_fits_on_the_narrowest_window(qtbot, desk, surroundings, monkeypatch):
    page = shown(qtbot, desk)
    long_ago = {"now": "07:15 10/07/2024", "newest": "07:15 10/07/2026", "free": "499", "cloud": "Google Drive"}
    for code in ("place.cloud", "place.network", "place.stick", "space.little", "space.least"):
        page.notices.show_notices([notices.Notice(code, "danger", long_ago)])
        assert room(page) >= 0, code
    for code in ("clock.early", "clock.behind", "clock.ahead"):
        page.notices.show_notices([notices.Notice(code, "warn", long_ago, clock=True)])
        assert room(page) >= 0, code


def room(page):
    """Pixels left beside the sentence, as the banner lays it out."""
    bar = page.notices
    bar.layout().activate()
    button = bar.findChildren(Button, "banner_button")[-1]
    words = QFontMetrics(font("strong")).horizontalAdvance(bar.text())
    return bar.width() - button.sizeHint().width() - 8 - 12 - 44 - words


def test_the_status_line_says_what_is_left_and_holds_four_parts(desk, surroundings):
    db = desk.register.db
    plain = station_status(db, desk.register.folder)
    for free, state in ((499, "wait"), (99, "warn")):
        status = replace(plain, free=free << 20)
        parts = status_parts(status, NOW, to_sync=None, to_backup=None)
        parts = with_report(parts, report_state(db, NOW), to_report=None)
        assert len(parts) == MOST
        assert next(part.state for part in parts if f"{free} MB" in part.text) == state
    calm = status_parts(replace(plain, free=10 << 30), NOW, to_sync=None, to_backup=None)
    assert not any(" MB" in part.text for part in calm)
