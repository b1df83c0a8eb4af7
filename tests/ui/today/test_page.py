"""Hôm nay: each line true, with its reason; papers in one go; calm when there is nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pypdf
import pytest
from PySide6.QtWidgets import QWidget

from covidstation.domain.care import AlertAnswer, CallResult, Round, Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import EpisodeDraft, PathogenTest, TestResult
from covidstation.domain.monitoring import VisitDraft
from covidstation.domain.packs import PaperKind
from covidstation.domain.people import PersonDraft, Sex
from covidstation.services.care.alerts import answer_alert
from covidstation.services.care.calls import CallDraft, log_call
from covidstation.services.care.rounds import record_visit
from covidstation.services.chronic.overdue import ChronicWaiting
from covidstation.services.contacts.work import DueContacts
from covidstation.services.episodes import F0Draft, add_test, register_f0
from covidstation.services.papers.issuing import issue_paper
from covidstation.services.record import change_setting
from covidstation.services.reports.notices import NoticesWaiting
from covidstation.services.reports.today import RoundProgress, Waiting, todays_work
from covidstation.services.vaccination.due import DueWork
from covidstation.ui.desk import Desk
from covidstation.ui.papers import handing
from covidstation.ui.parts.buttons import Button
from covidstation.ui.parts.rows import TwoLines
from covidstation.ui.tasks import InlineTasks
from covidstation.ui.today import issuing, words
from covidstation.ui.today.lines import Key, lines_of
from covidstation.ui.today.page import TodayPage
from tests.ui.village import NOW, catalog


def allow(desk):
    change_setting(desk.register.db, "home_isolation", "yes", by=desk.register.user_id, now=NOW)


def another(desk, name="H'Dung Niê", found=date(2026, 7, 8)):
    draft = F0Draft(
        person=PersonDraft(full_name=name, birth=PartialDate(1971), sex=Sex.FEMALE),
        episode=EpisodeDraft(),
        tests=(PathogenTest(sampled_on=found),),
        new_household_head=name,
    )
    return register_f0(desk.register.db, draft, catalog=catalog(), by=desk.register.user_id, now=NOW).value


@pytest.fixture
def page(desk, shown):
    found = TodayPage(desk)
    found.resize(1166, 600)
    shown(found)
    found.load()
    return found


def orders(page):
    return page._acts[Key.ORDERS][-1]


def endings(page):
    return page._acts[Key.ENDINGS][-1]


def lines(row):
    return row._lines.first.text_in_full(), row._lines.second.text_in_full()


def test_the_unanswered_question_leads_to_the_settings_and_holds_the_orders(page, desk):
    wanted = []
    desk.want_page.connect(wanted.append)
    assert not page.rows[Key.QUESTION].isHidden()
    assert "165/2026" in lines(page.rows[Key.QUESTION])[1]
    assert orders(page).isHidden()
    assert "chưa trả lời" in lines(page.rows[Key.ORDERS])[1]
    page._acts[Key.QUESTION][-1].click()
    assert wanted == ["settings:law"]


def test_who_has_no_order_is_named_and_one_paper_is_shown_first(page, desk, village):
    allow(desk)
    page.load()
    assert page.rows[Key.QUESTION].isHidden()
    count = todays_work(desk.register, catalog(), NOW).without_order.count
    assert "Lò Thị Mai" in lines(page.rows[Key.ORDERS])[0]
    wanted = []
    desk.want_paper.connect(wanted.append)
    if count == 1:
        orders(page).click()
        assert wanted[0].episode_ids == (village.mai_episode,)


def test_several_orders_are_issued_after_one_question_and_the_skipped_are_named(page, desk, tmp_path, monkeypatch):
    allow(desk)
    another(desk)
    page.load()
    asked = []
    monkeypatch.setattr(issuing, "chosen_printer", lambda _name: "")
    monkeypatch.setattr(issuing, "confirm", lambda *given, **named: asked.append(given) or True)
    monkeypatch.setattr(page.issuing, "_ask_folder", lambda: tmp_path)
    before = todays_work(desk.register, catalog(), NOW).without_order.count
    orders(page).click()
    assert len(asked) == 1
    after = todays_work(desk.register, catalog(), NOW).without_order.count
    assert len(list(tmp_path.glob("*.pdf"))) == before - after > 0
    assert page._stack.currentWidget() is page.issuing.panel
    page.issuing.panel.closed.emit()
    assert page._stack.currentWidget() is not page.issuing.panel


def test_refusing_the_question_issues_nothing(page, desk, tmp_path, monkeypatch):
    allow(desk)
    another(desk)
    page.load()
    monkeypatch.setattr(issuing, "confirm", lambda *_given, **_named: False)
    before = todays_work(desk.register, catalog(), NOW).without_order.count
    orders(page).click()
    assert todays_work(desk.register, catalog(), NOW).without_order.count == before


def later(desk, days):
    return Desk(desk.register, catalog(), InlineTasks(), now=lambda: NOW + timedelta(days=days))


def order_for(desk, episode_id: UUID):
    issue_paper(
        desk.register.db,
        PaperKind.ISOLATION_ORDER,
        [episode_id],
        catalog=catalog(),
        issued_on=NOW.date(),
        by=desk.register.user_id,
        now=NOW,
    )


def test_days_over_without_a_test_are_held_back_and_say_why(desk, village, shown):
    allow(desk)
    order_for(desk, village.mai_episode)
    page = shown(TodayPage(later(desk, 6)))
    page.load()
    assert "cần xét nghiệm" in lines(page.rows[Key.ENDINGS])[0]
    assert endings(page).isHidden()
    why = words.why_ending(todays_work(desk.register, catalog(), NOW + timedelta(days=6)))
    assert "7 ngày" in why
    assert "Căn cứ" in why


def test_a_negative_test_lets_the_isolation_end(desk, village, shown):
    allow(desk)
    order_for(desk, village.mai_episode)
    negative = PathogenTest(sampled_on=date(2026, 7, 15), result=TestResult.NEGATIVE)
    now = NOW + timedelta(days=6)
    add_test(desk.register.db, village.mai_episode, negative, by=desk.register.user_id, now=now)
    page = shown(TodayPage(later(desk, 6)))
    page.load()
    assert lines(page.rows[Key.ENDINGS])[0] == "1 người đủ điều kiện kết thúc cách ly"
    assert endings(page).plain_text() == "In 1 giấy xác nhận"


def test_unsent_changes_warn_after_a_day(desk, shown):
    page = shown(TodayPage(later(desk, 2)))
    page.load()
    assert "2 ngày" in lines(page.rows[Key.SENDING])[0]
    assert not page.rows[Key.SENDING]._lead.isHidden()


def quiet(work):
    """The same station with nothing to do."""
    status = replace(work.status, sync=replace(work.status.sync, unsent=0, oldest=None))
    return replace(
        work,
        without_order=Waiting(),
        may_end=Waiting(),
        over_days=Waiting(),
        home_isolation="yes",
        status=status,
        alerts=(),
        round=RoundProgress(work.round.round, 0, 0, ()),
        hours=(),
        missing=(),
        paper_names=(),
        contacts=DueContacts(),
        calls=(),
        follow_ups=(),
        chronic=ChronicWaiting(),
        vaccines=DueWork(),
        reviews=(),
        report=replace(work.report, frozen_at=NOW.replace(tzinfo=None), missing=()),
        notices=NoticesWaiting(),
        kept=(),
    )


def test_a_day_without_work_is_calm(page, desk):
    work = todays_work(desk.register, catalog(), NOW)
    page.show_work(quiet(work))
    assert page._stack.currentWidget() is page.empty


def test_a_late_report_climbs_above_the_round(desk):
    work = todays_work(desk.register, catalog(), NOW)
    late = replace(work.report, frozen_at=None, late_by=timedelta(minutes=12))
    in_time = replace(late, late_by=timedelta(minutes=-12))
    round_ = replace(work.round, wanted=31, done=14, left=(("bản Nậm Ngá", 17),))
    order = [line.key for line in lines_of(replace(quiet(work), report=late, round=round_), NOW)]
    assert order == [Key.REPORT, Key.ROUND]
    found = lines_of(replace(quiet(work), report=late, round=round_), NOW)[0]
    assert found.lead == "Quá giờ 12 phút –"
    with_question = replace(quiet(work), report=in_time, round=round_, home_isolation="ask", active=0)
    assert [line.key for line in lines_of(with_question, NOW)] == [Key.QUESTION, Key.REPORT, Key.ROUND]


def test_a_danger_sign_stands_on_top_until_somebody_answers_it(page, desk, village):
    check = VisitDraft(
        episode_id=village.mai_episode, at=NOW.replace(tzinfo=None), round=Round.MORNING, vitals=Vitals(spo2=91)
    )
    record_visit(desk.register.db, check, catalog=catalog(), by=None, by_name="Lò Thị Mai", now=NOW, sure=True)
    page.load()
    assert not page.danger.isHidden()
    row = page.danger.findChild(QWidget, "danger_row")
    assert "Lò Thị Mai" in row.findChildren(TwoLines)[0].first.text_in_full()
    wanted = []
    desk.want_transfer.connect(wanted.append)
    row.findChild(Button, "danger_transfer").click()
    assert wanted == [village.mai_episode]
    alert = todays_work(desk.register, catalog(), NOW).alerts[0]
    answer_alert(desk.register.db, alert.id, AlertAnswer.VISITED, note="đã tới", by=None, by_name="Mai", now=NOW)
    page.load()
    assert page.danger.isHidden()


def test_the_keyboard_stays_on_the_danger_while_the_list_is_made_anew(page, desk, village, qtbot):
    at = NOW.replace(tzinfo=None)
    low = VisitDraft(episode_id=village.mai_episode, at=at, round=Round.MORNING, vitals=Vitals(spo2=91))
    record_visit(desk.register.db, low, catalog=catalog(), by=None, by_name="", now=NOW, sure=True)

    def focused():
        here = page.window().focusWidget()
        return here.objectName() if here is not None else ""

    page.load()
    page.danger.take_focus()
    qtbot.waitUntil(lambda: focused() == "danger_answer")
    page.danger.findChild(Button, "danger_transfer").setFocus()
    page.load()
    qtbot.waitUntil(lambda: focused() == "danger_transfer")


def test_a_call_that_was_promised_is_listed_with_the_act(page, desk, village):
    draft = CallDraft(
        person_id=village.mai,
        episode_id=village.mai_episode,
        at=NOW.replace(tzinfo=None) - timedelta(hours=2),
        result=CallResult.NO_ANSWER,
        summary="chưa nghe máy",
        next_at=NOW.replace(tzinfo=None) - timedelta(minutes=15),
    )
    log_call(desk.register.db, draft, by=None, by_name="Mai", now=NOW - timedelta(hours=1))
    page.load()
    assert "Lò Thị Mai" in lines(page.rows[Key.CALLS])[0]
    page._acts[Key.CALLS][-1].click()
    assert page._stack.currentWidget() is page.people
    assert page.people.findChild(Button, "people_act").plain_text() == "Ghi cuộc gọi"
    page.people.closed.emit()
    assert page._stack.currentWidget() is page._area


def test_the_list_can_be_scrolled_and_no_line_is_lost(page, desk):
    work = todays_work(desk.register, catalog(), NOW)
    page.show_work(work)
    assert {line.key for line in lines_of(work, NOW)} == {key for key, row in page.rows.items() if not row.isHidden()}


def test_names_are_shown_as_they_are_and_the_rest_is_counted(desk):
    for name in ("<b>Lò</b> Văn Ính", "Tẩn Láo Tả", "Páo"):
        another(desk, name)
    work = todays_work(desk.register, catalog(), NOW)
    text = words.names_text(work.without_order)
    assert f"và {work.without_order.count - 3} người nữa" in text or work.without_order.count <= 3
    assert isinstance(NOW, datetime)


def test_the_days_work_goes_on_paper_with_every_name(page, desk, tmp_path, monkeypatch):
    allow(desk)
    for name in ("<b>Lò</b> Văn Ính", "Tẩn Láo Tả", "Páo", "Vừ A Chá"):
        another(desk, name)
    page.load()
    monkeypatch.setattr(handing, "chosen_printer", lambda _name: "")
    monkeypatch.setattr(handing, "choose_file", lambda _window, name: tmp_path / name)
    page.printing.click()
    text = " ".join(pypdf.PdfReader(tmp_path / "viec-hom-nay.pdf").pages[0].extract_text().split())
    assert "VIỆC HÔM NAY" in text
    assert all(name in text for name in ("<b>Lò</b> Văn Ính", "Tẩn Láo Tả", "Páo", "Vừ A Chá"))
