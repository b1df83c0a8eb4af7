"""What the district sent, counted in the window by keyboard: nothing is taken in that nobody counted."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from covidstation.db.queries.supplies import list_supplies
from covidstation.services.preferences import Preferences
from covidstation.services.supplies.allotments import allotments
from covidstation.ui.main import MainWindow
from covidstation.ui.parts.dialogs import Sentence
from covidstation.ui.supplies.allotment_dialog import NEW, AllotmentDialog
from covidstation.ui.today.lines import Key
from tests.ui.district.items import WITHDRAWN
from tests.ui.supplies.papers import TODAY, paper
from tests.ui.village import catalog

pytestmark = pytest.mark.timeout(90)


@pytest.fixture
def window(desk, theme, shown):
    found = MainWindow(desk, theme, Preferences(station="Trạm Y tế xã Nậm Tăm"), lambda _kept: None)
    found.resize(1366, 697)
    shown(found)
    found.begin()
    yield found
    found._go(found.locked)


def opened(window, desk, qtbot):
    """The list of papers, with all of them."""
    window.go("supplies")
    found = window.page("supplies")
    found.show_part("allotted")
    want = len(allotments(desk.register.db))
    qtbot.waitUntil(lambda: found.allotted.model.rowCount() == want)
    return found


def in_dialog(kind, do, press, qtbot):
    """Press, then do something with the dialog that opens; it is left afterwards when it still stands."""
    done = []

    def look():
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, kind):
            QTimer.singleShot(20, look)
            return
        try:
            if isinstance(dialog, AllotmentDialog):
                qtbot.waitUntil(lambda: bool(dialog.lines), timeout=5000)
                dialog.activateWindow()
                qtbot.waitUntil(dialog.isActiveWindow, timeout=5000)
            do(dialog)
        finally:
            done.append(True)
            if dialog.isVisible():
                dialog.reject()

    QTimer.singleShot(20, look)
    press()
    qtbot.waitUntil(lambda: bool(done), timeout=15000)


def enter(page):
    """Enter on the first paper."""
    page.allotted.table.setCurrentIndex(page.allotted.model.index(0, 0))
    page.allotted.table.setFocus()
    QTest.keyClick(page.allotted.table, Qt.Key.Key_Return)


def saved(dialog, qtbot):
    """Ctrl+Enter; whether it closed by it."""
    QTest.keyClick(dialog.focusWidget() or dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)

    def settled():
        wrong = any(row._wrong for row in dialog._rows) or bool(dialog._trouble.text_in_full())
        return not dialog.isVisible() or wrong

    qtbot.waitUntil(settled, timeout=5000)
    return not dialog.isVisible()


def left(desk):
    """What is usable of each item."""
    return {one.title: one.usable for one in list_supplies(desk.register.db, catalog().supply_rules[0], TODAY)}


def test_it_is_counted_by_keys_alone_and_is_in_the_store(store, window, desk, qtbot):
    paper(desk.register.db)
    page = opened(window, desk, qtbot)
    before = left(desk)

    def count(dialog):
        assert dialog.focusWidget() is dialog.lines[0].counted, "the tablets and kits were found in the store"
        assert [row.item.value() for row in dialog.lines][2] is None, "the gloves were not"
        for keys in ("1500", "200"):
            QTest.keyClicks(dialog.focusWidget(), keys)
            QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
        assert dialog.focusWidget() is dialog.lines[2].item
        QTest.keyClick(dialog, Qt.Key.Key_F4)
        assert dialog.lines[2].item.value() == NEW and dialog.focusWidget() is dialog.lines[2].counted
        QTest.keyClicks(dialog.focusWidget(), "500")
        assert [row.differs.text() for row in dialog.lines] == ["khớp"] * 3
        assert saved(dialog, qtbot)

    in_dialog(AllotmentDialog, count, lambda: enter(page), qtbot)
    after = left(desk)
    assert after["Paracetamol 500 mg"] - before["Paracetamol 500 mg"] == 1500
    assert after["Găng tay y tế"] == 500
    (view,) = allotments(desk.register.db)
    assert not view.waits and not view.differs and view.stands.by_name
    qtbot.waitUntil(lambda: page.views._counts["allotted"] == 0)


def test_who_only_presses_enter_has_counted_nothing(store, window, desk, qtbot):
    paper(desk.register.db)
    page = opened(window, desk, qtbot)
    before = left(desk)

    def careless(dialog):
        for _press in range(6):
            QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
        assert not saved(dialog, qtbot)
        assert "ghi số đếm được" in dialog._trouble.text_in_full()
        assert [row.counted.property("state") for row in dialog.lines] == ["error"] * 3

    in_dialog(AllotmentDialog, careless, lambda: enter(page), qtbot)
    assert left(desk) == before and allotments(desk.register.db)[0].waits


def test_a_difference_asks_why(store, window, desk, qtbot):
    paper(desk.register.db)
    page = opened(window, desk, qtbot)

    def count(dialog):
        for row, units in zip(dialog.lines, (1480, 200, 0), strict=True):
            row.counted.set_number(units)
        assert dialog.lines[0].differs.text() == "-20"
        assert not saved(dialog, qtbot)
        dialog.reason.set_value("Vỡ một hộp; chưa thấy găng tay")
        assert saved(dialog, qtbot)

    in_dialog(AllotmentDialog, count, lambda: enter(page), qtbot)
    (view,) = allotments(desk.register.db)
    assert view.differs and view.stands.reason.startswith("Vỡ")
    assert "Găng tay y tế" not in left(desk), "what never came makes no item"


def test_what_is_over_stays_out_only_when_somebody_says_so(store, window, desk, qtbot):
    paper(desk.register.db)
    page = opened(window, desk, qtbot)

    def count(dialog):
        first = dialog.lines[0]
        assert not first.out.isVisible()
        first.expiry.set_day(TODAY - timedelta(days=3))
        assert first.out.isVisible()
        for row, units in zip(dialog.lines, (1500, 200, 0), strict=True):
            row.counted.set_number(units)
        dialog.reason.set_value("Chưa thấy găng tay")
        assert not saved(dialog, qtbot) and first.expiry.property("state") == "error"
        first.out.setChecked(True)
        assert saved(dialog, qtbot)

    before = left(desk)["Paracetamol 500 mg"]
    in_dialog(AllotmentDialog, count, lambda: enter(page), qtbot)
    assert left(desk)["Paracetamol 500 mg"] == before


def test_it_is_counted_again_in_the_place_of_the_first(store, window, desk, qtbot):
    paper(desk.register.db)
    page = opened(window, desk, qtbot)

    def all_of_it(units, reason=""):
        def count(dialog):
            for row, found in zip(dialog.lines, units, strict=True):
                row.counted.set_number(found)
                if row.item.value() is None:
                    row.item.set_value(NEW)
            dialog.reason.set_value(reason)
            assert saved(dialog, qtbot)

        return count

    before = left(desk)["Paracetamol 500 mg"]
    in_dialog(AllotmentDialog, all_of_it((1500, 200, 500)), lambda: enter(page), qtbot)
    qtbot.waitUntil(lambda: page.views._counts["allotted"] == 0)
    in_dialog(AllotmentDialog, all_of_it((1400, 200, 500), "Đếm nhầm"), lambda: enter(page), qtbot)
    assert left(desk)["Paracetamol 500 mg"] == before + 1400 and left(desk)["Găng tay y tế"] == 500


def test_what_was_half_counted_is_offered_again(store, window, desk, qtbot):
    paper(desk.register.db)
    page = opened(window, desk, qtbot)

    def begin(dialog):
        dialog.lines[0].counted.setFocus()
        QTest.keyClicks(dialog.lines[0].counted, "1480")
        dialog._kept.keep_now()
        qtbot.wait(100)
        dialog._kept.put_aside()

    def go_on(dialog):
        qtbot.waitUntil(lambda: dialog._kept._offer is not None, timeout=5000)
        dialog._kept._offer.again.click()
        qtbot.waitUntil(lambda: dialog.lines[0].counted.number() == 1480, timeout=5000)

    in_dialog(AllotmentDialog, begin, lambda: enter(page), qtbot)
    in_dialog(AllotmentDialog, go_on, lambda: enter(page), qtbot)


def test_what_was_taken_back_is_said(store, window, desk, qtbot):
    paper(desk.register.db, **WITHDRAWN)
    page = opened(window, desk, qtbot)
    said = []
    in_dialog(
        Sentence, lambda dialog: said.append(dialog.findChildren(type(dialog._act))[0]), lambda: enter(page), qtbot
    )
    assert said and page.views._counts["allotted"] == 0


def test_today_names_what_waits_and_leads_there(store, window, desk, qtbot):
    paper(desk.register.db, due_on=TODAY - timedelta(days=2))
    window.go("today")
    today = window.page("today")
    row = today.rows[Key.ALLOTMENTS]
    today.load()
    qtbot.waitUntil(row.isVisible)
    assert today._work.allotments.late == 1 and today._work.district.count == 0
    today._acts[Key.ALLOTMENTS][-1].click()
    page = window.page("supplies")
    qtbot.waitUntil(lambda: window.current() is page and page.views.value() == "allotted")
    assert page._stack.currentWidget() is page.allotted


def test_the_page_of_the_district_leads_to_the_store(store, window, desk, qtbot):
    item = paper(desk.register.db)
    window.go("district")
    district = window.page("district")
    district.show_part(item.hex)
    qtbot.waitUntil(lambda: district.panel.item is not None and district.panel.item.id == item)
    assert district.panel.store.isVisible() and district.panel.answer.isHidden()
    district.panel.store.click()
    qtbot.waitUntil(lambda: window.current() is window.page("supplies"))
