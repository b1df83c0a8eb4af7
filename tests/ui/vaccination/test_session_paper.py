"""A session that was run on paper is typed into the grid by keyboard alone; what is refused stays typed."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from covidstation.db.queries.vaccine_seats import seats
from covidstation.db.queries.vaccine_sessions import session_sheet
from covidstation.domain.care import Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft, Sex
from covidstation.domain.vaccination.screening import Outcome
from covidstation.domain.vaccination.sessions import NoDose, SessionDraft, Step
from covidstation.services.drafts import draft_of
from covidstation.services.scans import ScanLook, ScanOutcome
from covidstation.services.vaccination.day import screen_person
from covidstation.services.vaccination.injecting import InjectionDraft, inject
from covidstation.services.vaccination.seating import ScreeningDraft
from covidstation.services.vaccination.sessions import plan_session, screening_rule_of
from covidstation.ui.drafts import DialogDraft
from covidstation.ui.parts.dialogs import Sentence
from covidstation.ui.vaccination.paper_cells import PaperCell, asked, read_row
from covidstation.ui.vaccination.paper_dialog import PaperDialog
from covidstation.ui.vaccination.paper_walk_in import WalkInDialog
from tests.services.vaccination.rooms import WELL, YES
from tests.ui.vaccination.test_session import TODAY, WHO, page_of, people, seat, session, window
from tests.ui.village import NOW, catalog

__all__ = ["window"]
pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def grid(desk, shown):
    """Four people of today's session: two adults, an elder, a child; entered an hour after it."""
    adults = people(desk, 2)
    elder = people(desk, 1, full_name="Lò Thị Già", birth=PartialDate(1950, 1, 1), citizen_number="012150000001")
    child = people(desk, 1, full_name="Lò Văn Út", birth=PartialDate(2012, 1, 1), citizen_number="012212000001")
    one = session(desk, [*adults, *elder, *child])
    desk.now = lambda: NOW.replace(hour=20)
    db = desk.register.db
    rule = screening_rule_of(db, catalog=catalog(), day=TODAY)
    below = QWidget()
    shown(below)
    dialog = PaperDialog(desk, below, session_sheet(db, one).line, seats(db, one), rule)
    dialog.open()
    yield dialog, one
    dialog.grid.rows = []
    dialog.reject()


def typing(dialog, *cells):
    """Words and Enter for each cell; a temperature or a pressure that is whole goes on by itself."""
    for words in cells:
        before = dialog.grid.at()
        QTest.keyClicks(dialog.grid.field, words)
        if dialog.grid.at() == before:
            QTest.keyClick(dialog.grid.field, Qt.Key.Key_Return)


def go(dialog, name):
    at = next(n for n, row in enumerate(dialog.grid.rows) if row.line.full_name == name)
    dialog.grid.go_to(at)
    return dialog.grid.rows[at]


def test_a_row_is_written_when_enter_leaves_it_and_the_next_one_waits(grid, desk):
    dialog, one = grid
    row = go(dialog, "Lò Văn A")
    typing(dialog, "", "367", "", "1", "715", "", "")
    line = seat(desk, one, row.line.person_id)
    assert (line.step, line.vitals.temperature) == (Step.LEFT, 367)
    assert line.seat.injected_at == datetime.combine(TODAY, time(7, 15))
    assert line.seat.left_at == datetime.combine(TODAY, time(7, 45))
    assert row.step is Step.LEFT and dialog.grid.rows[dialog.grid.at()[0]] is not row


def test_what_the_desk_kept_stands_in_the_row_and_is_asked_back(grid, desk):
    """Before the light went out the desk had found why not: the row says so before anything is written."""
    dialog, one = grid
    db, who = desk.register.db, go(dialog, "Lò Văn A").line.person_id
    kept = ScreeningDraft(
        vitals=Vitals(temperature=371, systolic=130, diastolic=80), answers=frozenset({"ANAPHYLAXIS"})
    )
    screen_person(db, one, who, kept, catalog=catalog(), sure=True, **WHO)
    dialog.grid.renew(seats(db, one))
    row = go(dialog, "Lò Văn A")
    assert row.texts == {PaperCell.TEMPERATURE: "37,1", PaperCell.PRESSURE: "130/80"} and not row.typed
    dialog.finish(dialog.grid.at()[0])  # nobody typed into it
    assert not row.problems and dialog.half_typed() == {}
    go(dialog, "Lò Văn A")
    typing(dialog, "", "367", "", "1", "715", "", "")
    assert [each.code for each in row.problems] == ["vaccine_session.paper_against"]
    assert seat(desk, one, who).seat.outcome is Outcome.CONTRAINDICATED
    at = dialog.grid.row_of(who)
    dialog.finish(at)  # once more, without a word why
    assert [each.code for each in row.problems] == ["vaccination.why"]
    dialog.grid.set_text(at, PaperCell.REASON, "Bác sĩ cho tiêm")
    dialog.finish(at)
    line = seat(desk, one, who)
    assert line.step is Step.LEFT and line.vitals.systolic == 130 and line.answers == {"ANAPHYLAXIS"}


def test_a_reason_confirms_only_what_was_shown(grid, desk):
    """The temperature is missing; the vial was opened after that hour: both are said at once."""
    dialog, one = grid
    db, other = desk.register.db, go(dialog, "Lò Văn B").line.person_id
    act = {**WHO, "now": NOW, "catalog": catalog(), "screening": WELL, "consent": YES}
    inject(db, one, other, InjectionDraft(), **act)
    row = go(dialog, "Lò Văn A")
    typing(dialog, "", "", "", "1", "110", "", "")
    codes = {each.code for each in row.problems}
    assert codes == {"vaccine_session.paper_temperature_missing", "vaccine_session.paper_vial_hours"}
    at = dialog.grid.row_of(row.line.person_id)
    dialog.grid.set_text(at, PaperCell.AT, "1200")
    dialog.grid.set_text(at, PaperCell.REASON, "Giấy không ghi")
    dialog.finish(at)
    assert {each.code for each in row.problems} == {"vaccine_session.paper_temperature_missing"}  # asked anew
    dialog.finish(at)
    assert row.step is Step.LEFT


def test_the_paper_says_who_injected(grid, desk):
    dialog, one = grid
    dialog.activateWindow()
    dialog.vaccinator.setFocus()
    QTest.keyClicks(dialog.vaccinator, "Lo Thi Po")
    QTest.keyClick(dialog.vaccinator, Qt.Key.Key_Return)
    assert dialog.grid.field.hasFocus()
    row = go(dialog, "Lò Văn A")
    typing(dialog, "", "367", "", "1", "715", "", "")
    assert seat(desk, one, row.line.person_id).dose.vaccinator == "Lo Thi Po"
    assert dialog.half_typed() == {}
    go(dialog, "Lò Văn B")
    typing(dialog, "", "36")
    assert dialog.half_typed()["vaccinator"] == "Lo Thi Po"


def test_an_elder_is_asked_for_the_pressure_and_a_child_for_its_guardian(grid, desk):
    dialog, one = grid
    elder = go(dialog, "Lò Thị Già")
    typing(dialog, "", "367", "13080", "", "", "720", "", "")
    child = go(dialog, "Lò Văn Út")
    typing(dialog, "", "366", "", "", "725", "", "", "Lo Thi So, me")
    assert seat(desk, one, elder.line.person_id).vitals.systolic == 130
    assert seat(desk, one, child.line.person_id).guardian_relation == "me"


def test_what_is_refused_stays_typed_with_the_reason_until_it_is_right(grid, desk):
    dialog, one = grid
    row = go(dialog, "Lò Văn A")
    typing(dialog, "", "367", "", "9", "715", "", "")
    assert row.wrong and row.texts[PaperCell.VIAL] == "9"
    assert seat(desk, one, row.line.person_id).step is Step.EXPECTED
    go(dialog, "Lò Văn A")
    assert "lọ kế tiếp là 1" in dialog._why.text_in_full() or "không mang lọ" in dialog._why.text_in_full()
    dialog.grid.set_text(dialog.grid.at()[0], PaperCell.VIAL, "1")
    dialog.save()
    assert row.step is Step.LEFT and seat(desk, one, row.line.person_id).step is Step.LEFT


def test_who_was_put_off_or_absent(grid, desk):
    dialog, one = grid
    row, away = go(dialog, "Lò Văn B"), go(dialog, "Lò Văn A")
    typing(dialog, "v")
    go(dialog, "Lò Văn B")
    again = TODAY + timedelta(days=9)
    typing(dialog, "", "378", "h", "720", f"{again:%d/%m/%Y}", "sot")
    line = seat(desk, one, row.line.person_id)
    assert (line.step, line.seat.no_dose, line.again_on) == (Step.ENDED, NoDose.DEFERRED, again)
    assert away.absent and seat(desk, one, away.line.person_id).step is Step.EXPECTED


def test_all_rows_at_once_each_for_itself(grid, desk):
    dialog, one = grid
    for name, vial in (("Lò Văn A", ""), ("Lò Văn B", "77")):
        go(dialog, name)
        at = dialog.grid.at()[0]
        for cell, words in ((PaperCell.TEMPERATURE, "36,7"), (PaperCell.AT, "7:30"), (PaperCell.VIAL, vial)):
            dialog.grid.set_text(at, cell, words)
    dialog.save()
    steps = {line.full_name: line.step for line in seats(desk.register.db, one)}
    assert steps["Lò Văn A"] is Step.LEFT and steps["Lò Văn B"] is Step.EXPECTED


def test_leaving_with_words_that_are_not_written_is_asked_for(grid, monkeypatch):
    dialog, _one = grid
    asked_for = []
    monkeypatch.setattr(Sentence, "exec", lambda box: asked_for.append(box.accessibleName()) or 0)
    go(dialog, "Lò Văn A")
    QTest.keyClicks(dialog.grid.field, "v")
    dialog.grid.set_text(0, PaperCell.REASON, "x")
    dialog.reject()
    assert asked_for == ["Đóng bảng nhập?"] and dialog.isVisible()


@pytest.mark.parametrize(
    ("cell", "words", "code"),
    [
        (PaperCell.TEMPERATURE, "ba bảy", "chronic.measure_unreadable"),
        (PaperCell.RESULT, "x", "vaccine_session.paper_result"),
        (PaperCell.AT, "26:00", "vaccine_session.paper_hour"),
        (PaperCell.AGAIN, "99/99", "vaccine_session.paper_day"),
        (PaperCell.GUARDIAN, "Lò Thị Sơ", "vaccine_session.paper_guardian"),
        (PaperCell.COME, "x", "vaccine_session.paper_come"),
        (PaperCell.REACTION, "7", "vaccine_session.paper_reaction"),
    ],
)
def test_a_cell_that_cannot_be_read_is_named(cell, words, code):
    (problem,) = read_row({cell: words}, TODAY).problems
    assert (problem.field, problem.code) == (cell, code)


def test_absent_asks_for_nothing_more_and_words_beside_it_are_asked_back(grid):
    dialog, _one = grid
    line = dialog.grid.rows[0].line
    assert asked({PaperCell.COME: "V"}, line, dialog._rule, TODAY) == (PaperCell.COME,)
    assert read_row({PaperCell.COME: "v"}, TODAY).problems == ()
    (problem,) = read_row({PaperCell.COME: "v", PaperCell.AT: "715"}, TODAY).problems
    assert problem.code == "vaccine_session.paper_absent"


def test_every_running_session_can_be_entered_from_paper(window, desk, monkeypatch):
    who = people(desk, 2)
    now_on = session(desk, who)
    page = page_of(window)
    page.show_session(now_on)
    assert not page.by_paper.isHidden()
    opened = []
    monkeypatch.setattr(PaperDialog, "exec", lambda dialog: opened.append([one.line for one in dialog.grid.rows]))
    page.by_paper.click()
    assert {line.person_id for (lines) in opened for line in lines} == set(who) and len(opened) == 1
    plan = plan_session(desk.register.db, SessionDraft(day=TODAY, campaign="Đợt 4"), sure=True, **WHO).value
    page.show_session(plan)
    assert page.by_paper.isHidden()  # it has not begun


def test_what_is_typed_outlives_a_lock_and_a_power_cut(grid, desk, shown):
    dialog, one = grid
    go(dialog, "Lò Văn A")
    typing(dialog, "", "367", "", "9", "735", "", "")  # vial 9: refused, it stays typed
    go(dialog, "Lò Văn B")
    typing(dialog, "", "36")
    written = go(dialog, "Lò Thị Già")
    typing(dialog, "", "367", "13080", "", "", "720", "", "c")
    assert written.reaction
    (keeper,) = dialog.findChildren(DialogDraft)
    keeper.put_aside()  # the window locks
    db, below = desk.register.db, QWidget()
    shown(below)
    again = PaperDialog(desk, below, session_sheet(db, one).line, seats(db, one), dialog._rule)
    again.resize(1340, 640)
    again.open()
    again.findChild(QPushButton, "reopen_draft").click()
    rows = {row.line.full_name: row for row in again.grid.rows}
    assert rows["Lò Văn A"].texts[PaperCell.VIAL] == "9" and rows["Lò Văn A"].typed
    assert rows["Lò Văn B"].texts[PaperCell.TEMPERATURE] == "36"
    assert rows["Lò Thị Già"].step is Step.LEFT and rows["Lò Thị Già"].reaction  # nobody has written it down yet
    assert again.width() == 1340
    again.grid.set_text(again.grid.row_of(rows["Lò Văn A"].line.person_id), PaperCell.VIAL, "1")
    again.save()
    assert rows["Lò Văn A"].step is Step.LEFT
    assert set(again.half_typed()) == {rows[name].line.person_id.hex for name in ("Lò Văn B", "Lò Thị Già")}
    again.grid.rows = []
    again.reject()
    assert draft_of(db, "dialog.PaperDialog", one.hex) is None


def test_who_stands_below_the_list_is_found_or_new(grid, desk, monkeypatch):
    dialog, one = grid
    go(dialog, "Lò Văn A")
    typing(dialog, "", "36")
    (known,) = people(desk, 1, full_name="Tẩn U Mẩy", citizen_number="012170000009")
    look = ScanLook(ScanOutcome.KNOWN, person_id=known, name="Tẩn U Mẩy")
    monkeypatch.setattr(WalkInDialog, "exec", lambda walk_in: walk_in.save() or 1)
    dialog.take_scan(look)
    row = dialog.grid.rows[dialog.grid.at()[0]]
    assert (row.line.person_id, row.line.place_no) == (known, 5)
    draft = PersonDraft(full_name="Sùng Thị Pà", birth=PartialDate(1991), sex=Sex.FEMALE)
    dialog.take_scan(ScanLook(ScanOutcome.NEW, draft=draft))
    row = dialog.grid.rows[dialog.grid.at()[0]]
    assert (row.line.full_name, row.line.sex, row.line.place_no) == ("Sùng Thị Pà", "FEMALE", 6)
    assert dialog.grid.rows[0].texts[PaperCell.TEMPERATURE] == "36"  # nothing that was typed is lost
    typing(dialog, "", "367")
    dialog.grid.set_text(5, PaperCell.WEEKS, "20")
    typing(dialog, "", "", "730", "", "")
    assert seat(desk, one, row.line.person_id).weeks == 20


def test_whoever_sat_through_the_power_cut_has_only_the_hour_of_leaving_left(grid, desk):
    dialog, one = grid
    (who,) = people(desk, 1, full_name="Giàng A Páo", citizen_number="012085000077")
    act = {**WHO, "now": NOW, "catalog": catalog(), "screening": WELL, "consent": YES}
    inject(desk.register.db, one, who, InjectionDraft(), **act)
    dialog.grid.renew(seats(desk.register.db, one))
    row = go(dialog, "Giàng A Páo")
    at = dialog.grid.at()[0]
    dialog.grid.set_text(at, PaperCell.TEMPERATURE, "399")
    assert row.sits and row.texts[PaperCell.TEMPERATURE] == "36,7"  # what stands is not typed over
    dialog.grid.go_to(at, PaperCell.LEFT)
    early = NOW + timedelta(minutes=10)
    typing(dialog, f"{early:%H%M}")
    assert row.wrong and row.asked and seat(desk, one, who).step is Step.OBSERVED
    dialog.grid.go_to(at, PaperCell.LEFT)
    late = (NOW + timedelta(minutes=50)).replace(tzinfo=None, second=0)
    dialog.grid.set_text(at, PaperCell.LEFT, "")
    typing(dialog, f"{late:%H%M}")
    assert row.step is Step.LEFT and not row.problems
    assert (seat(desk, one, who).seat.left_at, seat(desk, one, who).step) == (late, Step.LEFT)
