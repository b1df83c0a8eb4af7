"""The grid of daily monitoring, with the hands of a nurse: digits, Enter, arrows, K."""

from datetime import date, datetime, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from covidstation.db.queries.rounds import open_alerts, visits_of
from covidstation.domain.care import Level, Round, VisitMeans, VisitStatus, Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import EpisodeDraft, PathogenTest
from covidstation.domain.monitoring import VisitDraft
from covidstation.domain.people import PersonDraft
from covidstation.services.care.rounds import record_visit
from covidstation.services.changes import Kind
from covidstation.services.drafts import drafts
from covidstation.services.episodes import F0Draft, register_f0
from covidstation.ui.rounds import page as page_module
from covidstation.ui.rounds.answering import AnswerDialog
from covidstation.ui.rounds.below import BelowLine
from covidstation.ui.rounds.entry import Col
from covidstation.ui.rounds.page import RoundsPage
from tests.ui.hands import write
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(60)

DOWN, ENTER, UP, TAB, ESC = (
    Qt.Key.Key_Down,
    Qt.Key.Key_Return,
    Qt.Key.Key_Up,
    Qt.Key.Key_Tab,
    Qt.Key.Key_Escape,
)


@pytest.fixture
def ill(desk, village):
    """Three at home: Mai and Sử of the village, and a child; each found in the regime of 604."""
    draft = F0Draft(
        person=PersonDraft(full_name="Giàng Thị Dợ", birth=PartialDate(2018, 5, 1), hamlet_id=village.pa_khoa),
        episode=EpisodeDraft(report_date=date(2026, 7, 8)),
        tests=(PathogenTest(sampled_on=date(2026, 7, 8)),),
    )
    register_f0(desk.register.db, draft, catalog=catalog(), by=None, now=NOW)


@pytest.fixture
def page(desk, ill, shown):
    made = RoundsPage(desk)
    desk.changed.connect(made.refresh)
    made.resize(1166, 600)
    shown(made)
    made.load()
    return made


def keys(*given) -> int:
    """Press them wherever the focus is; a text is typed letter by letter. Returns how many keys."""
    count = 0
    for one in given:
        for key in one if isinstance(one, str) else (one,):
            field = QApplication.focusWidget()
            if isinstance(key, str):
                QTest.keyClicks(field, key)
            else:
                QTest.keyClick(field, key)
            count += 1
    return count


def names(page) -> list[str]:
    return [entry.line.person.full_name for entry in page.grid.model_.people()]


def visits(page, number: int):
    return visits_of(page._desk.register.db, page.grid.model_.people()[number].episode_id)


def line_under(page, number: int) -> str:
    entry = page.grid.model_.people()[number]
    row = page.grid.model_.row_of(entry) + 1
    widget = page.grid.indexWidget(page.grid.model_.index(row, 0))
    return widget.accessibleName() if isinstance(widget, BelowLine) else ""


def test_one_check_and_the_next_person_in_twelve_keys(page):
    count = keys("368", "98", "84", "18", ENTER, "0", DOWN)
    assert count <= 12
    (visit,) = visits(page, 0)
    assert visit.vitals == Vitals(temperature=368, spo2=98, pulse=84, breaths=18)
    assert (visit.round, visit.means, visit.signs_asked, visit.symptoms) == (
        Round.MORNING,
        VisitMeans.VISIT,
        True,
        frozenset(),
    )
    assert f"{visit.at:%H:%M}" == "07:15"
    entry, column = page.grid._at
    assert (entry.line.person.full_name, column) == (names(page)[1], Col.TEMPERATURE)


def test_the_people_stand_by_hamlet(page):
    assert names(page) == ["Giàng A Sử", "Giàng Thị Dợ", "Lò Thị Mai"]
    assert page.progress._words.text() == "0 trên 3 đã đo"


def test_a_danger_turns_the_row_at_once_and_says_what_to_do(page):
    keys("372", "93", DOWN)
    assert visits(page, 0)[0].level is Level.DANGER
    assert "93 %" in line_under(page, 0) and "báo ngay tuyến trên" in line_under(page, 0)
    buttons = {one.objectName() for one in page.grid.findChildren(BelowLine)[0].children() if one.objectName()}
    assert {"why_alert", "answer_alert", "transfer_person"} <= buttons


def test_f4_asks_for_the_transfer_of_the_person_in_hand(page, qtbot):
    keys("372", "93", DOWN, UP)
    with qtbot.waitSignal(page._desk.want_transfer, timeout=2000) as asked:
        keys(Qt.Key.Key_F4)
    assert asked.args == [page.grid.model_.people()[0].episode_id]


def test_impossible_stays_in_its_cell_with_a_sentence(page):
    keys("368", "9", ENTER)
    assert page.grid._at[1] is Col.SPO2
    assert "9\u00a0%" in line_under(page, 0)
    assert visits(page, 0) == ()
    keys("98", DOWN)
    assert visits(page, 0)[0].vitals.spo2 == 98
    assert line_under(page, 0) == ""


def test_doubtful_is_said_and_passes_when_the_hand_goes_on(page):
    keys("368", "72")
    assert "72\u00a0%" in line_under(page, 0)
    keys(DOWN)
    assert visits(page, 0)[0].vitals.spo2 == 72


def test_signs_are_found_by_their_first_letters(page):
    keys("368", "98", "84", "18", ENTER, "kt", ENTER, DOWN)
    assert visits(page, 0)[0].symptoms == frozenset({"difficultyBreathing"})


def test_k_and_a_number_say_why_nobody_was_met(page):
    assert keys("k", "2") == 2
    (visit,) = visits(page, 0)
    assert (visit.status, visit.reason) == (VisitStatus.UNAVAILABLE, "đi nương")
    assert page.grid.entry().line.person.full_name == "Giàng Thị Dợ"
    keys("k")
    write(QApplication.focusWidget(), "nhà khoá cửa")
    keys(ENTER)
    assert visits(page, 1)[0].reason == "nhà khoá cửa"


def test_a_dash_leaves_a_cell_empty(page):
    keys("368", "-", "84", DOWN)
    assert visits(page, 0)[0].vitals == Vitals(temperature=368, pulse=84)


def test_an_empty_row_is_not_saved(page):
    keys(DOWN, DOWN, UP)
    assert [visits(page, number) for number in range(3)] == [(), (), ()]


def test_correcting_a_row_leaves_one_standing_check(page):
    keys("368", "93", DOWN, UP, TAB, "98", DOWN)
    assert [visit.vitals.spo2 for visit in visits(page, 0)] == [98]
    assert open_alerts(page._desk.register.db) == ()


def test_half_typed_rows_come_back_after_a_crash(page, desk, shown):
    keys("368", "98")
    page.put_aside()
    assert len(drafts(desk.register.db, "round")) == 1
    again = RoundsPage(desk)
    shown(again)
    again.load()
    entry = again.grid.model_.people()[0]
    assert (entry.texts[Col.TEMPERATURE], entry.texts[Col.SPO2], entry.dirty) == ("36,8", "98", True)
    again.grid.go_to(again.grid.model_.people()[1])
    assert visits(again, 0)[0].vitals.spo2 == 98
    again.put_aside()
    assert drafts(desk.register.db, "round") == []


def test_leaving_the_page_saves_the_row_in_hand(page):
    keys("368", "98")
    assert page.may_leave()
    assert visits(page, 0)[0].vitals.spo2 == 98


def test_somebody_else_was_first(page, desk, monkeypatch):
    entry = page.grid.model_.people()[0]
    other = VisitDraft(
        episode_id=entry.episode_id,
        at=datetime(2026, 7, 10, 7, 0),
        round=Round.MORNING,
        vitals=Vitals(temperature=370),
    )
    record_visit(desk.register.db, other, catalog=catalog(), by=None, by_name="Tao Thị Lả", now=NOW)
    said = []
    monkeypatch.setattr(page_module, "confirm", lambda *given, **_more: said.append(given[2]))
    keys("368", "98", DOWN)
    assert "Tao Thị Lả" in said[0] and "07:00" in said[0]
    assert [visit.vitals.temperature for visit in visits(page, 0)] == [370]


def test_an_answer_takes_the_ways_on_away(page, desk, qtbot):
    keys("372", "93", DOWN)
    page._answer(page.grid.model_.people()[0])
    (dialog,) = page.window().findChildren(AnswerDialog)
    dialog.note.set_value("Đã sang nhà, đo lại 97")
    dialog.save()
    assert open_alerts(desk.register.db) == ()
    assert "Đã sang nhà" in line_under(page, 0)


def test_the_afternoon_and_an_earlier_day_have_their_own_rows(page):
    keys("368", "98", DOWN)
    page.bar.rounds._take(Round.AFTERNOON.value)
    assert page.title == "Theo dõi chiều"
    assert page.progress._words.text() == "0 trên 3 đã đo"
    page.bar.rounds._take(Round.MORNING.value)
    page.bar.before.click()
    assert page.bar.slot().day == NOW.date() - timedelta(days=1)
    assert page.progress._words.text() == "0 trên 3 đã đo"
    keys("368", "98", DOWN)
    assert page.grid._at[1] is Col.AT  # whoever writes of yesterday says the hour
    keys("1500", ENTER)
    assert visits(page, 0)[-1].day == NOW.date()


def test_who_is_reached_by_phone(page):
    page.bar.means._take(VisitMeans.PHONE.value)
    page.grid.go_to(page.grid.model_.people()[0])
    keys("368", DOWN)
    assert visits(page, 0)[0].means is VisitMeans.PHONE


def test_escape_gives_back_what_stood_there(page):
    keys("36", ESC)
    assert QApplication.focusWidget().text() == ""
    keys(DOWN)
    assert visits(page, 0) == ()


def test_a_name_with_markup_prints_as_it_is(desk, ill, shown):
    draft = F0Draft(
        person=PersonDraft(full_name="Lò <b>Thị</b> Mai", birth=PartialDate(1990)),
        episode=EpisodeDraft(),
        tests=(PathogenTest(sampled_on=NOW.date()),),
    )
    register_f0(desk.register.db, draft, catalog=catalog(), by=None, now=NOW)
    made = RoundsPage(desk)
    shown(made)
    made.load()
    assert "Lò <b>Thị</b> Mai" in names(made)


def test_what_others_change_is_asked_again_and_own_saves_are_not(page, desk, monkeypatch):
    asked = []
    monkeypatch.setattr(page, "_ask", lambda: asked.append(1))
    keys("368", "98", DOWN)
    assert asked == []
    desk.tell(frozenset({Kind.CARE}))
    assert asked == [1]


def test_every_control_has_its_names(page):
    for widget in (
        page.grid,
        page.grid.hand.value,
        page.grid.hand.signs,
        page.grid.hand.reason,
        page.bar.rounds,
        page.bar.means,
    ):
        assert widget.objectName() and widget.accessibleName()
    assert "Giàng A Sử" in page.grid.hand.value.accessibleName()


def test_the_page_fits_a_low_window(page):
    assert page.minimumSizeHint().height() <= 697 - 56 - 32 - 56


def test_the_strip_says_its_marks_in_words_on_hover_and_to_a_screen_reader(page, desk):
    entry = page.grid.model_.people()[2]
    check = VisitDraft(
        episode_id=entry.episode_id,
        at=datetime(2026, 7, 9, 15, 30),
        round=Round.AFTERNOON,
        vitals=Vitals(temperature=368, spo2=98),
        signs_asked=True,
    )
    record_visit(desk.register.db, check, catalog=catalog(), by=None, by_name="Mai", now=NOW)
    page.load()
    model = page.grid.model_
    index = model.index(model.row_of(model.people()[2]), Col.STRIP)
    lines = model.data(index, Qt.ItemDataRole.ToolTipRole).splitlines()
    assert (len(lines), lines[-1]) == (8, "09/07 chiều: bình thường")
    assert lines[0] == "06/07 sáng: chưa có số liệu"
    assert model.data(index, Qt.ItemDataRole.AccessibleTextRole).splitlines()[-1] == lines[-1]
    assert model.data(model.index(index.row(), Col.SPO2), Qt.ItemDataRole.ToolTipRole) is None
