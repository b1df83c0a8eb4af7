"""Từ huyện: the list by what needs an answer, the answer box with its draft, and what other pages say of it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from sqlalchemy import select

from covidstation.db.queries.district import get_item, list_items
from covidstation.db.rows import DistrictMessageRow
from covidstation.domain.district import MOST_BODY, ItemKind, MessageKind
from covidstation.domain.rights import Actor
from covidstation.domain.station import Role
from covidstation.services.district.moves import whereabouts
from covidstation.services.drafts import draft_of
from covidstation.services.reports.today import todays_work
from covidstation.services.rules.shelf import rule_shelf
from covidstation.ui.district import asking
from covidstation.ui.district import page as page_module
from covidstation.ui.district.asking import MoveDialog
from covidstation.ui.district.page import DistrictPage
from covidstation.ui.person.page import OnePerson
from covidstation.ui.reports.page import ReportsPage
from covidstation.ui.today.lines import Key, lines_of
from covidstation.ui.today.page import TodayPage
from tests.services.district import District
from tests.ui.district.items import a_morning, put
from tests.ui.village import NOW, catalog


@pytest.fixture
def ids(desk, village):
    return a_morning(desk.register.db, village.mai)


@pytest.fixture
def page(desk, shown, ids, monkeypatch):
    monkeypatch.setattr(page_module, "READ_MS", 0)
    made = DistrictPage(desk)
    made.resize(1166, 620)
    desk.changed.connect(made.refresh)
    made.load()
    shown(made)
    return made


def titles(page):
    return [page._model.record(row).title for row in range(page._model.rowCount())]


def go_to(page, item_id):
    page.show_part(str(item_id))
    QApplication.processEvents()


def said(desk, item_id):
    return [one.kind for one in get_item(desk.register.db, item_id).said]


def test_what_wants_an_answer_stands_first_by_its_day_then_the_unread(page):
    assert titles(page)[:3] == [
        "Ngày sinh của Lò Thị Mai",  # its day was yesterday
        "Tủ thuốc: 3 hộp que thử đã quá hạn",
        "Nhận quản lý Vàng A Sính",  # no day
    ]
    assert titles(page)[3:5] == ["Chỉ tiêu: mẫu xét nghiệm, 40", "Họp giao ban dịch tễ chiều thứ Sáu"]
    assert titles(page)[-1] == "Đổi số điện thoại trực của trung tâm"
    assert page.subtitle == "3 mục chờ trả lời · 2 mục chưa đọc"


def test_an_item_in_sight_for_a_moment_counts_as_opened_and_is_told_once(page, desk, ids, qtbot):
    go_to(page, ids["announcement"])
    qtbot.waitUntil(lambda: not get_item(desk.register.db, ids["announcement"]).unread, timeout=4000)
    assert said(desk, ids["announcement"]) == [MessageKind.READ]
    go_to(page, ids["target"])
    go_to(page, ids["announcement"])
    QTest.qWait(50)
    assert said(desk, ids["announcement"]) == [MessageKind.READ]


def test_by_keyboard_alone_down_enter_type_and_send(page, desk, ids, qtbot):
    page.table.setFocus()
    QTest.keyClick(page.table, Qt.Key.Key_Down)
    assert page.panel.item.id == ids["finding"]
    QTest.keyClick(page.table, Qt.Key.Key_Return)
    assert page.panel.answer.hasFocus()
    page.panel.answer.insertPlainText("Đã bỏ 3 hộp, ghi sổ huỷ")
    (send,) = page.bar_actions()
    assert send.plain_text() == "Đã khắc phục" and send.isEnabled()
    send.click()
    assert said(desk, ids["finding"])[-1] is MessageKind.DONE
    assert "Đã bỏ 3 hộp, ghi sổ huỷ" in page.panel._said.text() and "chờ gửi huyện" in page.panel._said.text()
    assert page.panel.answer.toPlainText() == ""
    assert page.subtitle.startswith("2 mục chờ trả lời")


def test_an_empty_answer_says_what_is_missing_and_sends_nothing(page, desk, ids):
    go_to(page, ids["question"])
    page.panel.send.click()
    assert page.panel._wrong.text() == "Ghi câu trả lời rồi mới gửi được."
    assert MessageKind.ANSWER not in said(desk, ids["question"])


def test_what_is_half_typed_is_kept_and_offered_again(page, desk, ids, shown):
    go_to(page, ids["question"])
    page.panel.answer.setPlainText("Căn cước ghi 19")
    page.put_aside()
    draft = draft_of(desk.register.db, "settings.district", ids["question"].hex)
    assert draft is not None and draft.value == {"answer": "Căn cước ghi 19"}
    again = DistrictPage(desk)
    again.load()
    shown(again)
    go_to(again, ids["question"])
    again.panel.half._offer.again.click()
    assert again.panel.answer.toPlainText() == "Căn cước ghi 19"
    again.panel.answer.setPlainText("Căn cước ghi 1990")
    again.panel.send.click()
    assert draft_of(desk.register.db, "settings.district", ids["question"].hex) is None


def test_a_person_is_taken_over_or_refused_with_a_reason(page, desk, ids):
    go_to(page, ids["move"])
    assert page.bar_actions() == (page.panel.refuse, page.panel.accept)
    assert "Về ở hẳn với vợ ở bản Nậm Ngá" in page.panel._words.text()
    page.panel.refuse.click()
    assert page.panel._wrong.text() == "Ghi lý do, để người nhận hiểu."
    page.panel.accept.click()
    with desk.register.db.read() as session:
        row = session.scalars(select(DistrictMessageRow).where(DistrictMessageRow.kind == "move_answer")).one()
    assert (row.item, row.data["accept"]) == (ids["move"], True)
    assert page.panel.answer.isHidden() and "Đã nhận quản lý" in page.panel._said.text()


def test_a_target_shows_how_far_it_is_and_a_bad_pack_why_the_old_rule_goes_on(page, desk, ids):
    go_to(page, ids["target"])
    assert page.panel._target.text() == "1 trên 40 mẫu xét nghiệm, từ 01/07/2026 đến 31/07/2026, còn 39"
    assert (page.panel._bar.value(), page.panel._bar.maximum()) == (1, 40)
    go_to(page, ids["pack"])
    assert "quy định cũ vẫn được dùng" in page.panel._trouble.text()
    assert all(one.id != "huyen-cach-ly-7-2026" for one in rule_shelf(desk.register.db, catalog()))


def test_what_was_withdrawn_or_only_told_has_nothing_to_press(page, ids):
    for key in ("old", "announcement", "target"):
        go_to(page, ids[key])
        assert page.bar_actions() == () and page.panel.answer.isHidden()


def test_hostile_words_are_plain_and_long_ones_scroll(page, desk):
    evil = put(desk.register.db, ItemKind.ANNOUNCEMENT, "<b>đậm</b>\u202e", "<img src=x>" + "dài " * 2500)
    other = put(desk.register.db, "from-a-newer-hub", "Loại mới", "gì đó")
    page.load()
    go_to(page, evil)
    assert page.panel._title.textFormat() == Qt.TextFormat.PlainText
    assert page.panel._title.text() == "<b>đậm</b>"
    assert page.panel._words.textFormat() == Qt.TextFormat.PlainText
    assert page.panel._words.text().startswith("<img src=x>") and len(page.panel._words.text()) <= MOST_BODY
    assert page.panel.width() <= 600 and page.width() == 1166
    go_to(page, other)
    assert page.panel._meta.text().startswith("Thông báo")


def test_an_observer_sees_and_neither_answers_nor_counts_as_a_reader(desk, ids, shown, monkeypatch):
    monkeypatch.setattr(page_module, "READ_MS", 0)
    desk.register.db.actor = Actor(None, "Khách", Role.READ_ONLY)
    made = DistrictPage(desk)
    made.load()
    shown(made)
    go_to(made, ids["question"])
    assert not made.panel.send.isEnabled() and not made.ask_person.isEnabled()
    QTest.qWait(50)
    desk.register.db.actor = None
    assert said(desk, ids["question"]) == []


def test_today_and_the_side_bar_count_what_waits(desk, ids):
    work = todays_work(desk.register, desk.catalog, NOW)
    assert (len(work.district.waiting), work.district.unread, work.district.late) == (3, 2, 1)
    line = next(one for one in lines_of(work, NOW) if one.key is Key.DISTRICT)
    assert (line.count, line.lead, line.what) == (5, "Quá hạn –", "3 mục chờ trả lời · 2 mục chưa đọc")
    assert line.why == "Ngày sinh của Lò Thị Mai · quá hạn 1 ngày"
    page = TodayPage(desk)
    page.load()
    wanted = []
    desk.want_page.connect(wanted.append)
    page._acts[Key.DISTRICT][-1].click()
    assert wanted == ["district"]


def test_a_persons_page_leads_to_the_question(desk, village, ids, shown):
    page = OnePerson(desk)
    page.show_person(village.mai)
    shown(page)
    assert page.where.asked.words.text_in_full() == "Huyện – Câu hỏi: Ngày sinh của Lò Thị Mai · quá hạn 1 ngày"
    wanted = []
    desk.want_page.connect(wanted.append)
    page.where.asked.button.click()
    assert wanted == [f"district:{ids['question'].hex}"]
    page.show_person(village.my)
    assert page.where.asked.isHidden() and page.where.place.isHidden()


def test_asking_for_another_station_from_the_persons_page(desk, village, shown, tmp_path, monkeypatch):
    District().enrol(desk.register.db, tmp_path, now=NOW)
    page = OnePerson(desk)
    page.show_person(village.mai, "family")
    shown(page)

    def fill(dialog):
        assert isinstance(dialog, MoveDialog)
        dialog.save()
        dialog.place.set_value("Trạm Y tế xã Pa Tần")
        dialog.reason.set_value("Về nhà mẹ")
        dialog.save()
        return 1

    monkeypatch.setattr(asking.MoveDialog, "exec", fill)
    page.family.move_asked.emit()
    found = whereabouts(desk.register.db, village.mai)
    assert found.asked_place == "Trạm Y tế xã Pa Tần"
    page.load()
    assert "Đã xin chuyển sang Trạm Y tế xã Pa Tần" in page.where.place.words.text_in_full()


def test_somebody_who_has_moved_is_there_to_look_at_only(desk, village, shown, monkeypatch):
    mark = "UPDATE person SET moved_to = 'Trạm Y tế xã Pa Tần', rev = rev + 4 WHERE id = ?"
    with desk.register.db.engine.begin() as connection:  # as the district's line does
        connection.exec_driver_sql(mark, (village.mai.hex,))
    page = OnePerson(desk)
    page.show_person(village.mai)
    shown(page)
    assert page.where.place.words.text_in_full().startswith("Nay do Trạm Y tế xã Pa Tần quản lý.")
    assert not any(button.isVisible() for button in page._acts_shown)
    told = []
    monkeypatch.setattr("covidstation.ui.person.page.tell", lambda *words, **_more: told.append(words))
    page.illness.asked.emit("add_test", page._look.open)
    assert len(told) == 1 and "Pa Tần" in told[0][2]
    assert list_items(desk.register.db) == ()


def test_the_report_page_says_how_far_a_target_is(desk, ids, shown):
    page = ReportsPage(desk)
    page.load()
    shown(page)
    assert page.subtitle.endswith("Huyện giao: 1 trên 40 mẫu xét nghiệm")
