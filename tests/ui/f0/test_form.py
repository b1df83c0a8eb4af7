"""The F0 form: filling, saving, problems, drafts, corrections."""

from dataclasses import replace
from datetime import date, datetime
from uuid import uuid4

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from covidstation.db.queries.episodes import EpisodeFilter, EpisodeState, get_episode, list_episodes
from covidstation.db.queries.people import find_people, get_person, person_page
from covidstation.domain.episodes import CaseClassification, QuarantineType, TestKind, TestResult
from covidstation.domain.people import Sex
from covidstation.domain.scan import read_scan
from covidstation.services.drafts import drafts
from covidstation.services.people import edit_person
from covidstation.services.record import change_setting
from covidstation.ui.desk import Desk, NewF0
from covidstation.ui.f0.form import F0Form
from covidstation.ui.f0.keeper import FORM
from tests.services.samples import edit_episode
from tests.ui.village import LOCAL, NOW, SCAN


def say(widget, text: str) -> None:
    """Type as an input method does."""
    widget.setFocus()
    event = QInputMethodEvent()
    event.setCommitString(text)
    QApplication.sendEvent(widget, event)


@pytest.fixture
def heard(desk):
    """What the form asked the window for."""
    found = []
    desk.want_person.connect(lambda one: found.append(("person", one)))
    desk.want_paper.connect(lambda wish: found.append(("paper", wish)))
    desk.want_page.connect(lambda name: found.append(("page", name)))
    desk.said.connect(lambda text: found.append(("said", text)))
    return found


@pytest.fixture
def form(desk, shown):
    page = F0Form(desk)
    page.resize(1166, 624)
    shown(page)
    return page


def card() -> NewF0:
    return NewF0(draft=read_scan(SCAN).person, from_card=True)


def shown_problem(row) -> str:
    return row._beside._words.text_in_full()


class Test_card:
    def test_fields_hamlet_and_defaults_are_filled(self, form, village):
        form.show_wish(card())
        draft = form.fields.f0()
        assert draft.person.full_name == "Giàng A Páo"
        assert draft.person.hamlet_id == village.nam_nga
        assert draft.episode.report_date == NOW.date()
        assert draft.episode.isolation_start == draft.episode.found_at
        assert draft.episode.isolation_days == 7
        assert draft.episode.isolation_rule == "vn-isolation-2026-07-01"
        assert draft.episode.found_at == draft.episode.proposed_at == datetime(2026, 7, 10, 7, 15)
        assert draft.tests[0].kind is TestKind.RAPID_ANTIGEN
        assert form.fields.panel._summary.text() == "Cách ly tại nhà 10/07 – 16/07/2026"
        assert form.fields.person.citizen.text() == "012 055 004 127"

    def test_one_key_founds_the_household_and_one_saves_and_prints(self, form, desk, heard, qtbot):
        form.show_wish(card())
        qtbot.waitUntil(lambda: QApplication.focusWidget() is form.fields.person.household)
        QTest.keyClick(form.fields.person.household, Qt.Key.Key_Return)
        assert form.fields.person.new_head() == "Giàng A Páo"
        form._print.click()
        wish = dict(heard)["paper"]
        episode = get_episode(desk.register.db, wish.episode_ids[0])
        page = person_page(desk.register.db, episode.person_id)
        assert page.household_head == "Giàng A Páo"
        assert page.person.citizen_number == "012055004127"
        assert dict(heard)["said"] == "Đã lưu Giàng A Páo"
        assert drafts(desk.register.db, FORM) == []

    def test_an_unknown_hamlet_of_the_card_is_proposed_and_founded_by_one_key(self, form, qtbot):
        draft = read_scan(SCAN.replace("Nậm Ngá", "Hua Chải")).person
        form.show_wish(NewF0(draft=draft, from_card=True))
        hamlet = form.fields.person.hamlet
        qtbot.waitUntil(lambda: QApplication.focusWidget() is hamlet)
        assert hamlet.choices()[0].text == "Bản mới: Hua Chải"
        QTest.keyClick(hamlet, Qt.Key.Key_Return)
        assert form.fields.person.hamlet_id() is not None
        assert hamlet.text() == "Bản Hua Chải"

    def test_a_card_marks_its_fields_until_they_are_changed(self, form):
        form.show_wish(card())
        assert form.fields.person.name._mark
        say(form.fields.person.name, "x")
        assert not form.fields.person.name._mark


class Test_by_hand:
    def test_a_person_is_saved_with_what_was_typed(self, form, desk, heard, village):
        form.show_wish(NewF0())
        person, illness = form.fields.person, form.fields.illness
        say(person.name, "  Chẻo   Lở Mẩy ")
        say(person.birth, "1990")
        person.sex.set_value(Sex.FEMALE)
        person.hamlet.set_value(village.nam_nga)
        person.hamlet.picked.emit(village.nam_nga)
        person.household.set_value(village.household)
        illness.symptoms.set_chosen(["fever", "cough"])
        say(illness.onset, "8/7")
        form._save.click()
        saved = get_person(desk.register.db, dict(heard)["person"])
        assert (saved.full_name, saved.household_id) == ("Chẻo Lở Mẩy", village.household)
        episode = person_page(desk.register.db, saved.id).episodes[0]
        assert episode.symptoms == {"fever", "cough"}
        assert episode.onset_date == date(2026, 7, 8)
        assert episode.classification is CaseClassification.CONFIRMED

    def test_without_a_name_nothing_is_saved_and_the_field_has_the_focus(self, form, desk, qtbot):
        form.show_wish(NewF0())
        form._save.click()
        assert shown_problem(form.fields.person.name_row) == "Ghi họ và tên."
        assert QApplication.focusWidget() is form.fields.person.name
        assert len(list_episodes(desk.register.db, EpisodeFilter(EpisodeState.ALL), today=NOW.date())) == 2

    def test_problems_show_only_where_something_was_done(self, form):
        form.show_wish(NewF0())
        assert shown_problem(form.fields.person.name_row) == ""
        say(form.fields.illness.found, "11/7/2027")
        form.fields.illness.found.clear()
        say(form.fields.illness.found, "99")
        assert "Không đọc được ngày" in shown_problem(form.fields.illness.found_row)

    def test_a_future_day_of_finding_stops_the_save(self, form, heard):
        form.show_wish(card())
        form.fields.illness.found.setText("12/07/2026")
        form._save.click()
        assert "sau hôm nay" in shown_problem(form.fields.illness.found_row)
        assert "person" not in dict(heard)

    def test_a_day_without_a_rule_is_a_sentence_not_a_crash(self, form, heard):
        form.show_wish(card())
        form.fields.illness.found.setText("12/07/2019")
        form.fields.panel.follow()
        form._save.click()
        assert "Chưa có quy định" in shown_problem(form.fields.illness.found_row)
        assert "person" not in dict(heard)

    def test_no_positive_test_is_a_suspect(self, form):
        form.show_wish(NewF0())
        form.fields.illness.result.set_value(TestResult.PENDING)
        form.fields.illness.result.picked.emit(TestResult.PENDING)
        assert form.fields.illness.classification.value() is CaseClassification.SUSPECT

    def test_the_isolation_follows_the_day_until_it_is_touched(self, form):
        form.show_wish(NewF0())
        found, panel = form.fields.illness.found, form.fields.panel
        found.clear()
        say(found, "5/7/2026")
        assert panel.start.day() == date(2026, 7, 5)
        assert panel.moments["found_at"].moment() is None
        say(panel.days, "0")
        found.clear()
        say(found, "4/7/2026")
        assert panel.days.text() == "70"

    def test_pregnancy_is_asked_of_women_of_age_alone(self, form):
        form.show_wish(NewF0())
        person = form.fields.person
        assert person.pregnancy.isHidden()
        say(person.birth, "1995")
        person.sex.set_value(Sex.FEMALE)
        person.sex.picked.emit(Sex.FEMALE)
        assert not person.pregnancy.isHidden()

    def test_where_tests_are_made_is_remembered(self, form, desk):
        form.show_wish(card())
        form.fields.illness.place.put_text("Nhà văn hoá bản")
        form._save.click()
        form.show_wish(NewF0())
        assert form.fields.illness.place.text() == "Nhà văn hoá bản"

    def test_isolation_begins_with_the_finding_until_somebody_says_otherwise(self, form):
        form.show_wish(card())
        panel = form.fields.panel
        assert panel.hour.text() == "07:15"
        say(panel.moments["found_at"], "")
        panel.moments["found_at"].clear()
        say(panel.moments["found_at"], "6:40")
        assert form.fields.f0().episode.isolation_start == datetime(2026, 7, 10, 6, 40)
        panel.hour.clear()
        say(panel.hour, "9h")
        panel.moments["found_at"].clear()
        say(panel.moments["found_at"], "6:50")
        assert form.fields.f0().episode.isolation_start == datetime(2026, 7, 10, 9)
        panel.hour.clear()
        say(panel.hour, "25")
        assert "isolation_hour" in [problem.field for problem in form.fields.problems()]

    def test_without_an_hour_of_finding_the_setting_begins_it(self, form, desk):
        change_setting(desk.register.db, "isolation_hour", "7", by=None, now=NOW)
        form.show_wish(card())
        found = form.fields.illness.found
        found.clear()
        say(found, "20/6")
        assert form.fields.f0().episode.isolation_start == datetime(2026, 6, 20, 7)


class Test_who_it_may_be:
    def test_a_known_number_is_said_and_stops_the_save(self, form, qtbot, village):
        form.show_wish(NewF0())
        say(form.fields.person.citizen, "012168000119")
        form._lookups._ask()
        assert "Giàng Thị Mỷ" in shown_problem(form.fields.person.number_row)
        form.fields.person.use_known.click()
        assert form.fields.f0().person_id == village.my
        assert form.fields.person.name.text() == "Giàng Thị Mỷ"

    def test_a_like_name_and_year_is_asked_about(self, form):
        form.show_wish(NewF0())
        say(form.fields.person.name, "giang thi my")
        say(form.fields.person.birth, "1968")
        form._lookups._ask()
        assert shown_problem(form.fields.person.name_row).startswith("Có thể là Giàng Thị Mỷ, 1968")

    def test_a_shared_phone_is_only_said(self, form):
        form.show_wish(card())
        say(form.fields.person.phone, "0365 118 214")
        form._lookups._ask()
        assert "Giữ nếu dùng chung" in shown_problem(form.fields.person.phone_row)

    def test_an_open_f0_has_no_second_illness_and_leads_to_the_first(self, form, desk, heard, village):
        form.show_wish(NewF0(person_id=village.mai))
        assert "đang là F0" in form.banner.text()
        form._save.click()
        assert "person" not in dict(heard)
        assert len(person_page(desk.register.db, village.mai).episodes) == 1
        form.banner._button.click()
        assert dict(heard)["person"] == village.mai


class Test_drafts:
    def test_what_was_typed_comes_back_after_a_power_cut(self, form, desk, shown):
        form.show_wish(NewF0())
        say(form.fields.person.name, "H'Dung Niê")
        say(form.fields.person.birth, "31/02/1990")
        form.fields.illness.symptoms.set_chosen(["cough"])
        form._keeper.keep_now()
        later = F0Form(desk)
        shown(later)
        later.show_wish(NewF0())
        assert later.offer._words.text_in_full() == "Bản nháp lúc 07:15 hôm nay: H'Dung Niê"
        later.offer._again()
        assert later.fields.person.name.text() == "H'Dung Niê"
        assert later.fields.person.birth.text() == "31/02/1990"
        assert later.fields.illness.symptoms.chosen() == ("cough",)

    def test_it_is_kept_within_three_seconds(self, form, desk):
        form.show_wish(NewF0())
        say(form.fields.person.name, "Lò Văn Tủa")
        assert form._keeper._timer.isActive()
        assert form._keeper._timer.interval() <= 3000

    def test_a_new_household_and_a_known_one_come_back(self, form, desk, village):
        form.show_wish(card())
        form.fields.person.household.found("Giàng A Páo")
        form._keeper.touch()
        form._keeper.keep_now()
        form.show_wish(NewF0())
        form.offer._again()
        assert form.fields.person.new_head() == "Giàng A Páo"
        form.fields.person.household.set_value(village.household)
        form._keeper.touch()
        form.show_wish(NewF0())
        form.offer._again()
        assert form.fields.f0().person.household_id == village.household

    def test_a_draft_of_one_person_is_offered_on_that_person_alone(self, form, village):
        form.show_wish(NewF0(person_id=village.my))
        say(form.fields.illness.note, "nghe kém")
        form._keeper.keep_now()
        form.show_wish(NewF0())
        assert form.offer.isHidden()
        form.show_wish(NewF0(person_id=village.my))
        assert not form.offer.isHidden()

    def test_a_scanned_card_offers_the_draft_of_that_card_alone(self, form):
        form.show_wish(NewF0())
        say(form.fields.person.name, "Một")
        form.show_wish(card())
        assert form.offer.isHidden()
        form._keeper.touch()
        form.show_wish(card())
        assert not form.offer.isHidden()

    def test_dropping_one_shows_the_next(self, form, desk):
        for name in ("Một", "Hai"):
            form.show_wish(NewF0())
            say(form.fields.person.name, name)
        form.show_wish(NewF0())
        form.offer._drop()
        assert not form.offer.isHidden()
        form.offer._drop()
        assert form.offer.isHidden()
        assert drafts(desk.register.db, FORM) == []


class Test_corrections:
    def test_an_illness_and_its_person_are_corrected_together(self, form, desk, heard, village):
        form.show_wish(NewF0(person_id=village.mai, episode_id=village.mai_episode))
        form.fields.person.phone.setText("0365 118 299")
        form.fields.panel.kind.set_value(QuarantineType.HOSPITAL)
        form._keep.click()
        assert dict(heard)["person"] == village.mai
        assert get_person(desk.register.db, village.mai).phone == "0365118299"
        episode = get_episode(desk.register.db, village.mai_episode)
        assert episode.isolation_type is QuarantineType.HOSPITAL
        assert episode.doses_known == 2
        assert len(episode.tests) == 1

    def test_opening_and_saving_changes_nothing(self, form, desk, village):
        before = (get_person(desk.register.db, village.mai), get_episode(desk.register.db, village.mai_episode))
        form.show_wish(NewF0(person_id=village.mai, episode_id=village.mai_episode))
        form._keep.click()
        after = (get_person(desk.register.db, village.mai), get_episode(desk.register.db, village.mai_episode))
        assert before == after

    def test_what_the_form_has_no_words_for_is_kept(self, form, desk, village):
        db = desk.register.db
        episode = replace(
            get_episode(db, village.mai_episode),
            isolation_start=datetime(2026, 7, 8, 9, 45),
            isolation_days=9,
            isolation_rule="a-newer-rule",
            doses_known=11,
            symptoms=frozenset(("fever", "aNewSymptom")),
        )
        edit_episode(db, village.mai_episode, episode, catalog=desk.catalog, by=None, now=NOW)
        person = replace(
            get_person(db, village.mai), hamlet_id=uuid4(), conditions=frozenset(("aNewDisease",)), ethnic_group="99"
        )
        edit_person(db, village.mai, person, catalog=desk.catalog, by=None, now=NOW)
        form.show_wish(NewF0(person_id=village.mai, episode_id=village.mai_episode))
        form._keep.click()
        assert get_person(db, village.mai) == person
        kept = get_episode(db, village.mai_episode)
        assert replace(kept, tests=(), risk_class=None) == replace(episode, tests=(), risk_class=None)

    def test_the_person_alone(self, form, desk, village):
        form.show_wish(NewF0(person_id=village.my, person_only=True))
        assert form.fields.illness.isHidden()
        form.fields.person.detail.setText("Nhà số 4")
        form._keep.click()
        assert get_person(desk.register.db, village.my).address_detail == "Nhà số 4"
        assert person_page(desk.register.db, village.my).episodes == ()


def test_the_law_of_2022_asks_for_no_hours(desk, shown):
    page = F0Form(Desk(desk.register, desk.catalog, desk.tasks, now=lambda: datetime(2022, 3, 10, 7, 15, tzinfo=LOCAL)))
    shown(page)
    page.show_wish(NewF0())
    assert page.fields.panel._hours.isHidden()
    assert page.fields.f0().episode.found_at is None
    assert page.fields.panel._summary.text() == "Cách ly tại nhà 10/03 – 16/03/2022"


class Test_looks:
    def test_all_fits_where_windows_leaves_697_pixels(self, form):
        form.resize(1166, 697 - 56 - 56 - 32)
        form.show_wish(card())
        QTest.qWait(20)
        for area in form.fields.findChildren(type(form.fields._panel_area)):
            assert area.verticalScrollBar().maximum() == 0

    def test_a_name_with_tags_is_plain_text(self, form, desk, heard):
        form.show_wish(card())
        form.fields.person.name.setText("Lò <b>Văn</b> Tủa")
        form._save.click()
        assert get_person(desk.register.db, dict(heard)["person"]).full_name == "Lò <b>Văn</b> Tủa"
        assert find_people(desk.register.db, "tua")[0].full_name == "Lò <b>Văn</b> Tủa"

    def test_enter_walks_through_the_fields(self, form, qtbot):
        form.show_wish(NewF0())
        qtbot.waitUntil(lambda: QApplication.focusWidget() is form.fields.person.name)
        QTest.keyClick(form.fields.person.name, Qt.Key.Key_Return)
        assert QApplication.focusWidget() is form.fields.person.citizen
        QTest.keyClick(form.fields.person.citizen, Qt.Key.Key_Return)
        assert QApplication.focusWidget() is form.fields.person.birth
