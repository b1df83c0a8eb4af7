"""The chronic register in the window: its lists, a visit by the keyboard alone, calls, the tab of a person."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from covidstation.db.queries.people import get_person
from covidstation.domain.chronic import ConditionDraft, RemovedReason
from covidstation.domain.chronic_visits import ChronicVisitDraft, ElderCheck
from covidstation.domain.glucose import GlucoseUnit
from covidstation.domain.targets import Result
from covidstation.domain.terms import Answer
from covidstation.services.chronic.calls import Reply
from covidstation.services.chronic.conditions import add_condition
from covidstation.services.chronic.paper import chronic_sheet_pdf
from covidstation.services.chronic.visits import look_at_chronic, record_chronic_visit
from covidstation.services.preferences import Preferences
from covidstation.ui.chronic.acts import ChronicCallDialog, ConditionDialog, RemoveDialog
from covidstation.ui.chronic.figures import CohortDialog
from covidstation.ui.chronic.visit import ChronicVisitDialog
from covidstation.ui.main import MainWindow
from covidstation.ui.parts.dialogs import Sentence
from tests.ui.dialogs import buttons, with_dialog
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(90)
TODAY = NOW.date()
ACT = {"by": None, "by_name": "Lò Thị Nhung", "now": NOW, "catalog": catalog()}


@pytest.fixture
def window(desk, theme, shown):
    found = MainWindow(desk, theme, Preferences(station="Trạm Y tế xã Nậm Tăm"), lambda _kept: None)
    found.resize(1366, 697)
    shown(found)
    found.begin()
    yield found
    found._go(found.locked)


@pytest.fixture
def ill(desk, village):
    """Giàng Thị Mỷ with high blood pressure and diabetes, overdue by ten days; not under control."""
    db = desk.register.db
    for code in ("I10", "E11"):
        add_condition(db, village.my, ConditionDraft(code=code, registered_on=TODAY - timedelta(400)), **ACT)
    for days, high, sugar in ((160, 162, 910), (100, 150, 800), (40, 146, 760)):
        day = TODAY - timedelta(days)
        draft = ChronicVisitDraft(
            person_id=village.my, day=day, systolic=high, diastolic=92, glucose=sugar, next_on=day + timedelta(30)
        )
        record_chronic_visit(db, draft, **ACT)
    return village.my


def look(desk, person):
    return look_at_chronic(desk.register.db, person, catalog=catalog(), now=NOW)


def page_of(window):
    assert window.go("chronic")
    return window.page("chronic")


def test_the_page_has_its_number_and_its_help(window, qtbot):
    qtbot.keyClick(window, Qt.Key.Key_0, Qt.KeyboardModifier.AltModifier)
    assert window.current().objectName() == "chronic"


def test_lists_and_their_counts(window, ill):
    page = page_of(window)
    assert page.model.rowCount() == 1
    words = [page.model.cell(0, at).text for at in range(page.model.columnCount())]
    assert words[0] == "quá 10 ngày"
    assert words[1] == "Giàng Thị Mỷ"
    assert "Tăng huyết áp, Đái tháo đường típ 2" in words
    assert "Chưa đạt" in words
    page.code.set_value("J44")
    page.reload()
    assert page.model.rowCount() == 0
    page.code.set_value("E11")
    page.show_part("due")
    assert page.model.rowCount() == 0
    page.show_part("all")
    assert page.model.rowCount() == 1


def test_whom_to_see_at_home(window, desk, ill, village, qtbot, monkeypatch):
    plan = ElderCheck(frail=Answer.YES, home_on=TODAY + timedelta(12))
    check = ChronicVisitDraft(person_id=village.mai, day=TODAY, yearly=True, elder=plan)
    record_chronic_visit(desk.register.db, check, sure=True, **ACT)
    page = page_of(window)
    page.show_part("all")
    qtbot.keyClick(page, Qt.Key.Key_N, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(page.home.isChecked, timeout=5000)
    assert page.model.rowCount() == 1
    words = [page.model.cell(0, at).text for at in range(page.model.columnCount())]
    assert "Lò Thị Mai" in words and "đến nhà 22/07" in words
    handed = []
    monkeypatch.setattr("covidstation.ui.chronic.page.hand_out", lambda *told: handed.append(told))
    qtbot.keyClick(page, Qt.Key.Key_I, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: bool(handed), timeout=5000)
    assert handed[0][2].startswith(b"%PDF")
    page.show_part("overdue")
    assert not page.home.isChecked()


def test_an_ordinary_visit_is_at_most_twelve_keys(window, desk, ill, qtbot):
    """Alt+K, five digits, Ctrl+Enter: seven strokes after the person is chosen."""
    page = page_of(window)
    page.table.selectRow(0)
    page.table.setFocus()
    strokes = 0

    def type_it(dialog):
        nonlocal strokes
        assert dialog.focusWidget() is dialog.pressure
        for digit in "13682":
            qtbot.keyClick(dialog.pressure, digit)
            strokes += 1
        assert "đạt" in dialog._pressure_row._beside._words.text_in_full()
        qtbot.keyClick(dialog.pressure, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        strokes += 1

    assert with_dialog(ChronicVisitDialog, type_it, page.visit.click, qtbot)
    strokes += 1  # Alt+K, which the click stands for
    assert strokes <= 12
    last = look(desk, ill).last
    assert (last.day, last.systolic, last.diastolic) == (TODAY, 136, 82)
    assert last.next_on == TODAY + timedelta(30)
    assert page.views._counts["overdue"] == 0


def test_wrong_numbers_stay_in_the_form_and_doubtful_ones_are_asked_back(window, desk, ill, qtbot):
    page = page_of(window)
    page.table.selectRow(0)
    asked = []

    def wrong(dialog):
        dialog.pressure.setText("1200/80")
        dialog.save()
        assert dialog.isVisible()
        assert "145/90" in dialog._pressure_row._beside._words.text_in_full()
        dialog.pressure.setText("136/82")
        dialog.glucose.setText("126")
        dialog.save()  # 126 mmol/L: refused, and the other unit named
        assert dialog.isVisible()
        assert "126\u00a0mg/dL" in dialog._glucose_row._beside._words.text_in_full()
        dialog.glucose_unit.set_value(GlucoseUnit.MG)
        dialog.next_on.set_day(None)

        def answer():
            question = QApplication.activeModalWidget()
            if isinstance(question, Sentence):
                asked.append(True)
                question.accept()
            else:
                QTimer.singleShot(20, answer)

        QTimer.singleShot(20, answer)
        dialog.save()

    assert with_dialog(ChronicVisitDialog, wrong, page.visit.click, qtbot)
    assert asked == [True]
    last = look(desk, ill).last
    assert (last.glucose, last.glucose_unit, last.next_on) == (699, GlucoseUnit.MG, None)


def test_a_call_takes_somebody_out_of_the_overdue_list(window, desk, ill, qtbot):
    page = page_of(window)
    page.table.selectRow(0)

    def agreed(dialog):
        dialog.on.set_day(TODAY + timedelta(2))
        dialog.save()

    assert with_dialog(ChronicCallDialog, agreed, page.call.click, qtbot)
    assert page.model.rowCount() == 0
    page.show_part("due")
    assert page.model.rowCount() == 1
    page.table.selectRow(0)

    def refused(dialog):
        dialog.reply.set_value(Reply.REFUSED)
        dialog.save()

    assert with_dialog(ChronicCallDialog, refused, page.call.click, qtbot)
    assert not look(desk, ill).record.active


def test_taking_somebody_in_fills_the_underlying_diseases(window, desk, village, qtbot):
    page = page_of(window)

    def fill(dialog):
        dialog.save()
        assert dialog.isVisible()  # nobody chosen
        dialog.who.choose(village.mai, "Lò Thị Mai")
        dialog.code.put_text("m10")
        dialog.save()
        assert dialog.isVisible()  # no list names it, so its name is asked for
        dialog.name.setText("Gút")
        dialog.code.put_text("")
        dialog.code.set_value("I10")
        dialog.pressure.setText("130/80")
        dialog.save()

    assert with_dialog(ConditionDialog, fill, page.add_one.click, qtbot)
    assert "hypertension" in get_person(desk.register.db, village.mai).conditions
    (condition,) = look(desk, village.mai).record.active
    assert (condition.code, condition.targets.systolic) == ("I10", 130)
    person = window.page("person")
    assert person.header.tabs.value() == "chronic"  # where it leads


def test_the_tab_shows_pictures_and_every_visit(window, desk, ill, qtbot):
    desk.want_chronic.emit(ill)
    tab = window.page("person").chronic
    assert {one.objectName() for one in tab.findChildren(QWidget) if one.objectName().endswith("_chart")} == {
        "pressure_chart",
        "glucose_chart",
    }
    voids = buttons(tab, "void_visit")
    assert len(voids) == 3

    def why(dialog):
        dialog.findChild(QWidget, "reason").setText("Nhầm người")
        dialog.accept()

    assert with_dialog(Sentence, why, voids[0].click, qtbot)
    assert len(look(desk, ill).record.visits) == 2

    def correct(dialog):
        assert dialog.pressure.text() == "150/92"
        dialog.pressure.setText("134/84")
        dialog.glucose.setText("6,4")
        dialog.save()

    qtbot.waitUntil(lambda: len(buttons(tab, "edit_visit")) == 2, timeout=3000)
    edits = buttons(tab, "edit_visit")
    assert with_dialog(ChronicVisitDialog, correct, edits[0].click, qtbot)
    assert look(desk, ill).last.result is Result.CONTROLLED

    def gone(dialog):
        dialog.reason.set_value(RemovedReason.WRONG)
        dialog.note.setText("xét nghiệm lại bình thường")
        dialog.save()

    qtbot.waitUntil(lambda: len(buttons(tab, "remove_E11")) == 1, timeout=3000)
    (remove,) = buttons(tab, "remove_E11")
    assert with_dialog(RemoveDialog, gone, remove.click, qtbot)
    assert [one.code for one in look(desk, ill).record.active] == ["I10"]
    assert "diabetes" not in get_person(desk.register.db, ill).conditions


def test_figures(window, ill, qtbot):
    page = page_of(window)
    seen = []

    def read(dialog):
        qtbot.waitUntil(lambda: dialog.model.rowCount() == 2, timeout=3000)
        seen.append([dialog.model.cell(1, at).text for at in range(1, 7)])

    with_dialog(CohortDialog, read, page.figures.click, qtbot)
    assert seen == [["1", "0", "1", "0", "0", "0"]]


def test_the_sheet_is_a_pdf_of_one_page(desk, ill):
    pdf = chronic_sheet_pdf(desk.register.db, ill, catalog=catalog(), now=NOW)
    assert pdf.startswith(b"%PDF")
    assert chronic_sheet_pdf(desk.register.db, ill, catalog=catalog(), now=NOW) == pdf
