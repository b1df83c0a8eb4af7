"""The pages “Độ bao phủ” and “Chỉ tiêu, kế hoạch”: figures, targets by the keyboard, the way to the people."""

from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft
from covidstation.domain.vaccination.coverage import Level
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft
from covidstation.domain.vaccination.goals import GoalDraft
from covidstation.services.people import register_person
from covidstation.services.preferences import Preferences
from covidstation.services.vaccination.due import priority_list
from covidstation.services.vaccination.history import record_dose
from covidstation.services.vaccination.targets import add_target, vaccination_targets
from covidstation.ui.main import MainWindow
from covidstation.ui.vaccination.target_dialog import TargetDialog
from tests.ui.vaccination.test_due_page import with_dialog
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(90)
TODAY = NOW.date()
PFIZER = "EU/1/20/1528"


@pytest.fixture
def few(desk, village):
    """Beside the village's own people six with doses: two, two, two, one, none, none."""
    db = desk.register.db
    for number, doses in enumerate((2, 2, 2, 1, 0, 0)):
        hamlet = village.pa_khoa if number % 2 else village.nam_nga
        draft = PersonDraft(full_name=f"Lò Văn {'ABCDEG'[number]}", birth=PartialDate(1960 + number), hamlet_id=hamlet)
        who = register_person(db, draft, catalog=catalog(), by=None, now=NOW).value.id
        for at in range(doses):
            given = PartialDate.of(TODAY - timedelta(300 - 40 * at))
            dose = DoseDraft(
                person_id=who, given=given, product=PFIZER, dose_class=DoseClass.PRIMARY, number=at + 1, reason="giấy"
            )
            record_dose(db, dose, catalog=catalog(), by=None, by_name="Lò Thị Nhung", now=NOW, sure=True)


@pytest.fixture
def window(desk, theme, shown, few):
    found = MainWindow(desk, theme, Preferences(station="Trạm Y tế xã Nậm Tăm"), lambda _kept: None)
    found.resize(1366, 697)
    shown(found)
    found.begin()
    found.go("vaccination")
    yield found
    found._go(found.locked)


def line(page, words):
    found = (page.model.record(row) for row in range(page.model.rowCount()))
    return next(one.line for one in found if one.line.words == words)


def test_the_figures_follow_the_register_and_lead_to_the_people(window, desk, village):
    window._all.vaccination.to_coverage.click()
    page = window._all.coverage
    assert window.current() is page
    whole = line(page, "Cả xã").share
    assert whole.people >= 8 and (whole.count(Level.FIRST), whole.count(Level.BASIC)) == (4, 3)
    shares = [line(page, name).share.people for name in ("Bản Nậm Ngá", "Bản Pa Khoá")]
    assert sum(shares) == whole.people and "còn thiếu" in page.words.text()
    unsure = "(Chưa xác nhận: Độ bao phủ theo QĐ 218.)"
    assert page.risk.text() == f"Người nguy cơ: từ 50 tuổi hoặc có bệnh nền. {unsure}"
    page.parts._take("month")
    assert [bar.tenths for bar in page.chart._shown.bars][-1] == whole.tenths(Level.BASIC)
    page.day.set_day(TODAY - timedelta(280))
    page.day.value_changed.emit(page.day.day())
    assert line(page, "Cả xã").share.count(Level.BASIC) == 0
    page.day.set_day(TODAY)
    page.day.value_changed.emit(TODAY)
    page.parts._take("hamlet")
    row = next(at for at in range(page.model.rowCount()) if page.model.record(at).line.hamlet_id == village.pa_khoa)
    page.table.setCurrentIndex(page.model.index(row, 0))
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    due, share = window._all.vaccination, line(page, "Bản Pa Khoá").share
    assert window.current() is due and due.filters.lacks.hamlet_id == village.pa_khoa
    assert due.model.rowCount() == share.people - share.count(Level.BASIC)


def test_a_target_is_written_by_keys_counted_changed_and_closed(window, desk, monkeypatch):
    window.go("vaccine_targets")
    page = window._all.vaccine_targets
    assert page._stack.currentWidget() is page._none

    def write(dialog):
        QTest.keyClicks(dialog.percent, "90")
        QTest.keyClicks(dialog.first_age, "18")
        QTest.keyClicks(dialog.until, f"{TODAY + timedelta(30):%d%m%Y}")
        dialog.in_charge.setText("Lò Thị Nhung")
        dialog.save()

    with_dialog(TargetDialog, write, page.add_one.click)
    found = vaccination_targets(desk.register.db, catalog=catalog(), now=NOW)
    assert [(one.goal.percent, one.goal.first_age, one.goal.in_charge) for one in found] == [(90, 18, "Lò Thị Nhung")]
    assert found[0].progress.done == 3 and found[0].progress.lacks > 0
    cells = [column.cell(page.model.record(0)).spoken() for column in page.model.columns]
    assert "còn 30 ngày" in cells and "từ 18 tuổi" in cells and f"{found[0].progress.lacks}" in cells
    left = {name: count for _id, name, count in found[0].where}
    told = page.words.text_in_full()
    assert f"Chưa tiêm {sum(left.values())} người" in told and all(f"{name} {left[name]}" in told for name in left)
    page.people.click()
    due = window._all.vaccination
    assert window.current() is due and due.model.rowCount() == sum(left.values()) == found[0].progress.share.people - 3
    assert {due.hamlet.itemText(at) for at in range(due.hamlet.count())} >= {f"{one} ({n})" for one, n in left.items()}
    assert "chưa có đủ mũi cơ bản: từ 18 tuổi" in due.subtitle and due.filters.scope.isVisible()
    due.filters.scope.click()
    assert due.filters.lacks is None and due.model.rowCount() > sum(left.values())
    window.go("vaccine_targets")

    def change(dialog):
        dialog.percent.clear()
        QTest.keyClicks(dialog.count, "3")
        dialog.save()

    with_dialog(TargetDialog, change, page.edit.click)
    assert page.model.columns[0].cell(page.model.record(0)).text == "đạt"
    page.view._take("plan")
    assert page._stack.currentWidget() is page.plan
    assert page.plan_model.record(0).month == TODAY.replace(day=1)
    page.view._take("targets")
    monkeypatch.setattr("covidstation.ui.vaccination.targets_page.confirm", lambda *_a, **_k: True)
    page.close_one.click()
    assert page._stack.currentWidget() is page._none


def test_a_target_keeps_a_group_that_the_list_has_no_more(desk, village, qapp):
    db, today = desk.register.db, NOW.date()
    groups = priority_list(db, catalog=catalog(), day=today)
    code, level = groups.groups[2].code, Level.BASIC
    draft = GoalDraft(level=level, percent=90, group=code, given_on=today, until=today + timedelta(9))
    add_target(db, draft, catalog=catalog(), by=None, by_name="", now=NOW)
    (kept,) = vaccination_targets(db, catalog=catalog(), now=NOW)
    fewer = replace(groups, groups=tuple(one for one in groups.groups if one.code != code))
    over = QWidget()
    dialog = TargetDialog(desk, over, (), fewer, kept.goal)
    assert code in dialog.group.currentText()
    dialog.note.set_value("chỉ sửa ghi chú")
    dialog.act()()
    (kept,) = vaccination_targets(db, catalog=catalog(), now=NOW)
    assert (kept.goal.group, kept.goal.note) == (code, "chỉ sửa ghi chú")
    assert "" not in TargetDialog(desk, over, (), groups, kept.goal).group.all_keys()[1:]
