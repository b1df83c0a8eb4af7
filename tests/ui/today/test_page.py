"""Hôm nay: each line true, with its reason; papers in one go; calm when there is nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest

from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import EpisodeDraft, PathogenTest, TestResult
from covidstation.domain.packs import PaperKind
from covidstation.domain.people import PersonDraft, Sex
from covidstation.services.episodes import F0Draft, add_test, register_f0
from covidstation.services.papers import issue_paper
from covidstation.services.station import change_setting
from covidstation.services.today import Waiting, todays_work
from covidstation.ui.desk import Desk
from covidstation.ui.tasks import InlineTasks
from covidstation.ui.today import page as today_page
from covidstation.ui.today import words
from covidstation.ui.today.page import TodayPage
from tests.ui.village import NOW, catalog, desk, template, village

__all__ = ["desk", "template", "village"]


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


def lines(row):
    return row._lines.first.text_in_full(), row._lines.second.text_in_full()


def test_the_unanswered_question_leads_to_the_settings_and_holds_the_orders(page, desk):
    wanted = []
    desk.want_page.connect(wanted.append)
    assert not page.question.isHidden()
    assert "165/2026" in lines(page.question)[1]
    assert page._print_orders.isHidden()
    assert "chưa trả lời" in lines(page.orders)[1]
    page._answer.click()
    assert wanted == ["settings:law"]


def test_who_has_no_order_is_named_and_one_paper_is_shown_first(page, desk, village):
    allow(desk)
    page.load()
    assert page.question.isHidden()
    count = todays_work(desk.register, catalog(), NOW).without_order.count
    assert "Lò Thị Mai" in lines(page.orders)[0]
    wanted = []
    desk.want_paper.connect(wanted.append)
    if count == 1:
        page._print_orders.click()
        assert wanted[0].episode_ids == (village.mai_episode,)


def test_several_orders_are_issued_after_one_question_and_the_skipped_are_named(page, desk, tmp_path, monkeypatch):
    allow(desk)
    another(desk)
    page.load()
    asked = []
    monkeypatch.setattr(today_page, "chosen_printer", lambda _name: "")
    monkeypatch.setattr(today_page, "confirm", lambda *given, **named: asked.append(given) or True)
    monkeypatch.setattr(page, "_ask_folder", lambda: tmp_path)
    before = todays_work(desk.register, catalog(), NOW).without_order.count
    page._print_orders.click()
    assert len(asked) == 1
    after = todays_work(desk.register, catalog(), NOW).without_order.count
    assert len(list(tmp_path.glob("*.pdf"))) == before - after > 0
    assert page._stack.currentWidget() is page.result
    page.result.closed.emit()
    assert page._stack.currentWidget() is not page.result


def test_refusing_the_question_issues_nothing(page, desk, tmp_path, monkeypatch):
    allow(desk)
    another(desk)
    page.load()
    monkeypatch.setattr(today_page, "confirm", lambda *_given, **_named: False)
    before = todays_work(desk.register, catalog(), NOW).without_order.count
    page._print_orders.click()
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
    assert "cần xét nghiệm" in lines(page.endings)[0]
    assert page._print_endings.isHidden()
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
    assert lines(page.endings)[0] == "1 người đủ điều kiện kết thúc cách ly"
    assert page._print_endings.plain_text() == "In 1 giấy xác nhận"


def test_unsent_changes_warn_after_a_day(desk, shown):
    page = shown(TodayPage(later(desk, 2)))
    page.load()
    assert "2 ngày" in lines(page.sending)[0]
    assert not page.sending._lead.isHidden()


def test_a_day_without_work_is_calm(page, desk):
    work = todays_work(desk.register, catalog(), NOW)
    status = replace(work.status, sync=replace(work.status.sync, unsent=0, oldest=None))
    page.show_work(replace(work, without_order=Waiting(), home_isolation="yes", status=status))
    assert page._stack.currentWidget() is page.empty


def test_names_are_shown_as_they_are_and_the_rest_is_counted(desk):
    for name in ("<b>Lò</b> Văn Ính", "Tẩn Láo Tả", "Páo"):
        another(desk, name)
    work = todays_work(desk.register, catalog(), NOW)
    text = words.names_text(work.without_order)
    assert f"và {work.without_order.count - 3} người nữa" in text or work.without_order.count <= 3
    assert isinstance(NOW, datetime)
