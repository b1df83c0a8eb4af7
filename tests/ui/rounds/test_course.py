"""The course of an illness: its charts, its checks, and correcting one."""

from datetime import datetime

import pytest
from PySide6.QtWidgets import QWidget

from covidstation.db.queries.rounds import visits_of
from covidstation.domain.care import Level, Round, Vitals
from covidstation.domain.monitoring import VisitDraft
from covidstation.services.care.course import course_of
from covidstation.services.care.rounds import record_visit
from covidstation.ui.rounds import course as course_module
from covidstation.ui.rounds.course import CourseView
from covidstation.ui.rounds.visit_dialog import VisitDialog
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(60)


def check(desk, village, day: int, spo2: int, round_=Round.MORNING):
    draft = VisitDraft(
        episode_id=village.mai_episode,
        at=datetime(2026, 7, day, 7, 0),
        round=round_,
        vitals=Vitals(temperature=370, spo2=spo2),
        signs_asked=True,
    )
    record_visit(desk.register.db, draft, catalog=catalog(), by=None, by_name="Lò Thị Nhung", now=NOW)


@pytest.fixture
def view(desk, village, shown):
    check(desk, village, 8, 98)
    check(desk, village, 9, 93)
    made = CourseView(desk)
    desk.changed.connect(made.refresh)
    made.resize(1100, 480)
    shown(made)
    made.show_course(village.mai_episode)
    return made


def dialog(view: QWidget) -> VisitDialog:
    return view.window().findChildren(VisitDialog)[-1]


def values(desk, village) -> list[int | None]:
    return [visit.vitals.spo2 for visit in visits_of(desk.register.db, village.mai_episode)]


def test_the_newest_check_stands_first_and_the_bad_value_is_marked(view):
    assert [view.model.record(row).vitals.spo2 for row in range(2)] == [93, 98]
    cell = view.model.cell(0, [column.key for column in view.model.columns].index("spo2"))
    assert (cell.text, cell.ink) == ("93", "danger")
    assert [point.bad for point in view.oxygen._points] == [False, True]
    assert "93" in view.oxygen.accessibleDescription()


def test_the_charts_line_is_the_guidelines(view, desk, village):
    """QĐ 261's list, kept for adults: SpO2 ≤ 96 % is reported."""
    limits = course_of(desk.register.db, village.mai_episode, catalog=catalog()).oxygen_limits
    assert [(limit.value, limit.level) for limit in limits] == [(96, Level.DANGER)]


def test_a_check_is_corrected_and_the_warning_passed_by_pressing_again(view, desk, village):
    view.table.setCurrentIndex(view.model.index(0, 0))
    view.edit_button.click()
    form = dialog(view)
    form.measures["spo2"].set_value("72")
    form.save()
    assert values(desk, village) == [98, 93]
    form.save()
    assert values(desk, village) == [98, 72]
    assert view.model.record(0).vitals.spo2 == 72


def test_an_extra_check_is_added(view, desk, village):
    view.add_button.click()
    form = dialog(view)
    form.measures["temperature"].set_value("367")
    form.measures["pressure"].set_value("80/120")
    form.save()
    assert values(desk, village) == [98, 93]
    form.measures["pressure"].set_value("120/80")
    form.save()
    newest = visits_of(desk.register.db, village.mai_episode)[-1]
    assert (newest.round, newest.vitals.temperature, newest.vitals.systolic) == (Round.EXTRA, 367, 120)


def test_a_check_is_taken_back_with_a_reason(view, desk, village, monkeypatch):
    monkeypatch.setattr(course_module, "ask_reason", lambda *_given, **_more: "ghi nhầm người")
    view.table.setCurrentIndex(view.model.index(0, 0))
    view.void_button.click()
    assert values(desk, village) == [98]
    assert view.model.rowCount() == 1


def test_without_checks_it_says_so(desk, village, shown):
    made = CourseView(desk)
    shown(made)
    made.show_course(village.mai_episode)
    assert made.none.isVisible() and not made.table.isVisible()
