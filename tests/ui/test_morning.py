"""A nurse's morning from the first danger to the lock, by keyboard alone: every key goes to whatever has the focus."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from covidstation.db.queries.episodes import get_episode
from covidstation.db.queries.people import person_page
from covidstation.db.queries.rounds import open_alerts
from covidstation.domain.care import Round, Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import EpisodeDraft, PathogenTest, QuarantineType, TestResult
from covidstation.domain.monitoring import VisitDraft
from covidstation.domain.packs import PaperKind
from covidstation.domain.people import PersonDraft, Sex
from covidstation.services.care.rounds import record_visit, round_list
from covidstation.services.episodes import F0Draft, register_f0
from covidstation.services.papers.issuing import issue_paper
from covidstation.services.preferences import Preferences
from covidstation.services.record import change_setting
from covidstation.services.reports.daily import frozen_report
from covidstation.ui.main import MainWindow
from covidstation.ui.papers import keeping
from tests.ui.hands import write as commit
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(120)

ALT, CTRL, PLAIN = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
MOST_TABS = 60


def ill_since(desk, name: str, found: date, hamlet: UUID) -> UUID:
    """An F0 at home with an order, found that day."""
    draft = F0Draft(
        person=PersonDraft(full_name=name, birth=PartialDate(1971), sex=Sex.FEMALE, hamlet_id=hamlet),
        episode=EpisodeDraft(
            report_date=found,
            isolation_type=QuarantineType.HOME,
            isolation_start=datetime(found.year, found.month, found.day, 9),
            isolation_address="bản Nậm Ngá",
        ),
        tests=(PathogenTest(sampled_on=found, place="Trạm Y tế"),),
        new_household_head=name,
    )
    db, by = desk.register.db, desk.register.user_id
    episode = register_f0(db, draft, catalog=catalog(), by=by, now=NOW).value
    kind = PaperKind.ISOLATION_ORDER
    issue_paper(db, kind, [episode.id], catalog=catalog(), issued_on=found, by=by, now=NOW)
    return episode.id


@pytest.fixture
def people(desk, village) -> dict[str, UUID]:
    """One over seven days who lacks a negative test, one over ten days, and Lò Thị Mai with too little oxygen."""
    db = desk.register.db
    change_setting(db, "home_isolation", "yes", by=None, now=NOW)
    found = {
        "over_seven": ill_since(desk, "Vàng Thị Dợ", date(2026, 7, 2), village.nam_nga),
        "over_ten": ill_since(desk, "Tẩn Sành Líu", date(2026, 6, 28), village.nam_nga),
    }
    low = VisitDraft(
        episode_id=village.mai_episode, at=datetime(2026, 7, 10, 6, 50), round=Round.MORNING, vitals=Vitals(spo2=91)
    )
    record_visit(db, low, catalog=catalog(), by=None, by_name="Lò Thị Nhung", now=NOW)
    return found


@pytest.fixture
def window(desk, people, theme, shown, tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "chosen_printer", lambda _name: "")
    monkeypatch.setattr(keeping, "choose_file", lambda _parent, name: tmp_path / name)
    made = MainWindow(desk, theme, Preferences(station="Trạm Y tế xã Nậm Tăm"), lambda _kept: None)
    made.resize(1366, 697)
    shown(made)
    made.begin()
    QApplication.processEvents()
    yield made
    if made._scanner is not None:
        made._go(made.locked)


def focus() -> QWidget:
    """Who has the keyboard; nobody is a failure: a nurse would be lost."""
    QApplication.processEvents()
    if QApplication.activeWindow() is None:  # a window manager gives it to the window when a dialog is closed
        next(one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow)).activateWindow()
        QApplication.processEvents()
    here = QApplication.focusWidget()
    assert here is not None, "the keyboard is nowhere"
    return here


def key(code: Qt.Key, modifiers: Qt.KeyboardModifier = PLAIN) -> None:
    QTest.keyClick(focus(), code, modifiers)
    QApplication.processEvents()


def write(text: str) -> None:
    """Letter by letter, each to whatever has the focus by then; accents come from an input method."""
    for letter in text:
        if letter.isascii():
            QTest.keyClick(focus(), letter)
        else:
            commit(focus(), letter)
    QApplication.processEvents()


def tab_to(name: str) -> QWidget:
    """Tab until that control has the focus."""
    seen = []
    for _step in range(MOST_TABS):
        here = focus()
        if here.objectName() == name:
            return here
        seen.append(here.objectName())
        key(Qt.Key.Key_Tab)
    raise AssertionError(f"Tab never reaches {name}: {list(dict.fromkeys(seen))}")


def over(kind: str, act: Callable[[], object]) -> list[bool]:
    """Type `act` into the window of that object name as soon as it stands over the page."""
    done: list[bool] = []

    def look(tries: int = 200) -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None or dialog.objectName() != kind:
            assert tries, f"{kind} never came"
            QTimer.singleShot(10, lambda: look(tries - 1))
            return
        try:
            act()
            done.append(QApplication.activeModalWidget() is not dialog)
        finally:
            if QApplication.activeModalWidget() is dialog:
                dialog.reject()

    QTimer.singleShot(10, look)
    return done


def answer_the_danger(desk) -> None:
    assert focus().objectName() == "danger_answer", "the day begins at whoever is in danger"
    done = over("act_dialog", lambda: (write("Đã đưa máy đo đến nhà"), key(Qt.Key.Key_Return, CTRL)))
    key(Qt.Key.Key_Return)
    assert done == [True]
    assert not open_alerts(desk.register.db)


def do_the_round(window, desk) -> None:
    tab_to("open_round")
    key(Qt.Key.Key_Return)
    assert window.current().objectName() == "rounds"
    assert focus().objectName() == "cell_value", "the hand is in the first cell"
    hamlet = next(group for group in window.current()._found.groups if group.title.endswith("Nậm Ngá"))
    waiting = [line for line in hamlet.lines if line.check is None and line.due]
    assert waiting
    for _line in waiting:
        write("368978018")  # 36,8 degrees, oxygen 97, pulse 80, 18 breaths: whole values go on by themselves
        key(Qt.Key.Key_Return)  # no pressure
        write("0")  # no signs
        key(Qt.Key.Key_Down)
    found = round_list(desk.register.db, catalog=catalog(), day=NOW.date(), round_=Round.MORNING)
    hamlet = next(group for group in found.groups if group.title.endswith("Nậm Ngá"))
    assert [line.check.vitals.spo2 for line in hamlet.lines if line.due] == [97] * len(waiting)


def add_the_test(window, desk, people) -> None:
    key(Qt.Key.Key_1, ALT)
    tab_to("to_tests")
    key(Qt.Key.Key_Return)
    assert window.current().objectName() == "f0_list"
    assert focus().objectName() == "f0_table"
    key(Qt.Key.Key_Return)
    assert window.current().objectName() == "person"
    assert "Vàng Thị Dợ" in window.current().title
    tab_to("head_test_first")

    done = over("act_dialog", lambda: key(Qt.Key.Key_Return, CTRL))  # a negative rapid test of today is proposed
    key(Qt.Key.Key_Return)
    assert done == [True]
    results = [test.result for test in get_episode(desk.register.db, people["over_seven"]).tests]
    assert results == [TestResult.POSITIVE, TestResult.NEGATIVE]


def print_the_endings(window, desk, people, folder) -> None:
    key(Qt.Key.Key_1, ALT)
    tab_to("issue_endings")
    key(Qt.Key.Key_Return)
    assert window.current().objectName() == "paper"
    key(Qt.Key.Key_P, CTRL)
    assert [file.suffix for file in folder.glob("*.pdf")] == [".pdf"]
    key(Qt.Key.Key_1, ALT)


def mark_as_brought(window, desk, people) -> None:
    tab_to("open_missing")
    key(Qt.Key.Key_Return)
    assert window.current().objectName() == "missing"
    done = over("act_dialog", lambda: key(Qt.Key.Key_Return, CTRL))
    key(Qt.Key.Key_G, CTRL)
    assert done == [True]
    for name in people:
        person = get_episode(desk.register.db, people[name]).person_id
        assert all(line.delivery is not None for line in person_page(desk.register.db, person).papers)


def send_the_report(window, desk) -> None:
    key(Qt.Key.Key_6, ALT)
    assert window.current().objectName() == "reports"
    tab_to("oxygen")
    write("1")
    key(Qt.Key.Key_Tab)
    write("không")
    key(Qt.Key.Key_Tab)
    write("thêm máy đo SpO2")
    key(Qt.Key.Key_Return, CTRL)
    report = frozen_report(desk.register.db, NOW.date())
    assert report is not None and report.frozen is not None
    assert (report.typed.oxygen, report.typed.difficulties) == (1, "không")


def the_morning(window, desk, people, folder) -> None:
    answer_the_danger(desk)
    do_the_round(window, desk)
    add_the_test(window, desk, people)
    print_the_endings(window, desk, people, folder)
    mark_as_brought(window, desk, people)
    send_the_report(window, desk)
    locked = []
    window.locked.connect(lambda: locked.append(True))
    key(Qt.Key.Key_L, CTRL)
    assert locked == [True]


def test_a_morning_without_a_mouse(window, desk, people, tmp_path):
    try:
        the_morning(window, desk, people, tmp_path)
    finally:  # else a failure in a half-typed row would wait for an answer when the window is closed
        window._parted = True
