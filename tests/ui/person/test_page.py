"""One person's page: head, timeline, tabs, actions, history."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from sqlalchemy import select

from covidstation.db.queries.episodes import get_episode
from covidstation.db.queries.history import person_history
from covidstation.db.queries.people import get_person, person_page
from covidstation.db.rows import AuditRow
from covidstation.domain.episodes import CaseOutcome, EndOfIsolationReason, PathogenTest, TestResult
from covidstation.domain.packs import PaperKind
from covidstation.services.care.outcomes import Ending
from covidstation.services.changes import Kind
from covidstation.services.episodes import add_test
from covidstation.services.papers.issuing import issue_one
from covidstation.services.people import edit_person
from covidstation.services.record import change_setting
from covidstation.ui.care.outcome import OutcomeDialog
from covidstation.ui.person.dialogs import TestDialog
from covidstation.ui.person.event import Event
from covidstation.ui.person.header import chips, fitting, who_line
from covidstation.ui.person.history import value_words
from covidstation.ui.person.page import OnePerson
from covidstation.ui.person.privacy_dialogs import RevealDialog
from covidstation.ui.person.timeline import DayGroup, timeline
from tests.services.samples import edit_episode
from tests.ui.village import NOW, catalog

TODAY = NOW.date()


@pytest.fixture
def page(desk, shown, village):
    made = OnePerson(desk)
    made.resize(1166, 680)
    shown(made)
    made.show_person(village.mai)
    return made


def texts(widget) -> list[str]:
    return [label.text() for label in widget.findChildren(QLabel) if label.text()]


class Test_head:
    def test_who_and_what(self, desk, village):
        page = person_page(desk.register.db, village.mai)
        known = catalog()
        assert who_line(page, TODAY) == "36 tuổi (02/01/1990) · Nữ · Pa Khoá, hộ Lò Thị Mai"
        assert chips(page.person, page.episodes, TODAY, known.conditions) == [
            ("F0 ngày 3", "blue"), ("Nguy cơ trung bình", "yellow"), ("2 mũi", "plain"),
        ]  # fmt: skip

    def test_a_long_name_keeps_its_room_and_the_rest_is_counted(self, page, desk, village):
        person = replace(
            get_person(desk.register.db, village.mai),
            full_name="Nguyễn Thị Hoàng Ngọc Ánh Thu Thuỷ",
            conditions=frozenset(catalog().conditions),
        )
        edit_person(desk.register.db, village.mai, person, catalog=catalog(), by=None, now=NOW)
        page.load()
        assert page.header._name.width() >= min(400, page.header._name.sizeHint().width())
        shown = fitting(page.header._found, 300)
        assert shown[0] == ("F0 ngày 3", "blue")
        assert shown[-1] == (f"+{len(page.header._found) - len(shown) + 1}", "plain")

    def test_what_has_no_room_beside_the_name_stands_below(self, page, desk, village):
        person = get_person(desk.register.db, village.mai)
        many = replace(person, conditions=frozenset(sorted(catalog().conditions)[:6]))
        edit_person(desk.register.db, village.mai, many, catalog=catalog(), by=None, now=NOW)
        page.load()
        header = page.header
        rows = [[row.itemAt(at).widget() for at in range(row.count())] for row in (header._chips, header._more)]
        beside, below = ([chip.accessibleName() for chip in row] for row in rows)
        every = [text for text, _tone in header._found]
        shown = [*beside, *below]
        if shown != every:  # whatever is left over is counted last
            assert shown.pop() == f"+{len(every) - len(shown)}"
        assert beside and below and shown == every[: len(shown)] and not any(text[0] == "+" for text in shown)

    def test_the_number_is_masked_until_somebody_says_why(self, page, village, desk, monkeypatch):
        page.show_person(village.my)
        number = page.header.number
        assert number.words.text() == "•••• 0119"
        monkeypatch.setattr(RevealDialog, "exec", lambda dialog: (dialog.save(), dialog.result())[1])
        number.button.click()
        assert number.words.text() == "012 168 000 119" and number.is_whole()
        with desk.register.db.read() as session:
            entry = session.scalars(select(AuditRow).where(AuditRow.action == "reveal")).one()
        assert (entry.subject, entry.detail["field"]) == (village.my, "citizen_number")
        page.show_person(village.my)
        assert number.words.text() == "•••• 0119"

    def test_a_shown_number_hides_itself_after_a_minute_and_on_leaving(self, page, village):
        page.show_person(village.my)
        number = page.header.number
        number.show_whole("012168000119")
        assert number._timer.interval() == 60_000
        number._timer.timeout.emit()
        assert number.words.text() == "•••• 0119"
        number.show_whole("012168000119")
        page.hide()
        assert number.words.text() == "•••• 0119"

    def test_the_next_step_is_the_primary_button(self, page, village):
        assert page.order.isVisible()
        assert not page.ending.isVisible()
        assert not page.again.isVisible()
        page.show_person(village.my)
        assert page.again.isVisible()
        assert not page.order.isVisible()

    def test_the_f0_tab_and_the_head_do_not_ask_for_the_same_twice(self, page):
        assert page.check.isVisible()
        assert page.outcome.isVisible()
        page.header.tabs._take("illness")
        assert not any(button.isVisible() for button in (page.check, page.test, page.outcome))
        assert page.order.isVisible(), "the next step stays"
        assert all(page.illness.state.buttons[act].isVisible() for act in ("check", "add_test", "outcome"))
        page.header.tabs._take("overview")
        assert page.check.isVisible()

    def test_who_recovered_without_a_paper_gets_it_before_a_new_illness(self, page, desk, village):
        db = desk.register.db
        change_setting(db, "home_isolation", "yes", by=None, now=NOW)
        well = replace(
            get_episode(db, village.mai_episode),
            isolation_start=datetime(2026, 7, 8, 9),
            isolation_address="bản Pa Khoá",
        )
        edit_episode(db, village.mai_episode, well, catalog=catalog(), by=None, now=NOW)
        issue_one(db, PaperKind.ISOLATION_ORDER, village.mai_episode, catalog=catalog(), by=None, now=NOW)
        well = replace(get_episode(db, village.mai_episode), outcome=CaseOutcome.RECOVERED, outcome_on=NOW.date())
        edit_episode(db, village.mai_episode, well, catalog=catalog(), by=None, now=NOW)
        wishes = []
        desk.want_paper.connect(wishes.append)
        page.load()
        assert page.ending.isVisible()
        assert not page.again.isVisible()
        page.ending.click()
        assert wishes[0].ending
        assert wishes[0].ids == (village.mai_episode,)


@pytest.fixture
def over(desk, village):
    """Lò Thị Mai's illness, ordered and over its seven days on 10 July; nothing is known of a second test."""
    db = desk.register.db
    change_setting(db, "home_isolation", "yes", by=None, now=NOW)
    early = replace(
        get_episode(db, village.mai_episode),
        report_date=date(2026, 7, 2),
        isolation_start=datetime(2026, 7, 2, 9),
        isolation_address="bản Pa Khoá",
    )
    edit_episode(db, village.mai_episode, early, catalog=catalog(), by=None, now=NOW)
    issue_one(db, PaperKind.ISOLATION_ORDER, village.mai_episode, catalog=catalog(), by=None, now=NOW)
    return village.mai_episode


class Test_the_end_follows_the_rule:
    def test_over_the_days_it_waits_for_a_negative_test_and_says_so(self, over, page):
        assert page.test_first.isVisible()
        assert not page.test.isVisible()
        assert not page.ending.isVisible()
        assert page.banner.text().startswith("Đủ 7 ngày, cần xét nghiệm âm tính")
        assert "đủ 10 ngày" in page.banner.text()

    def test_with_it_the_end_is_next(self, over, page, desk):
        negative = PathogenTest(sampled_on=TODAY, result=TestResult.NEGATIVE)
        add_test(desk.register.db, over, negative, by=None, now=NOW)
        page.load()
        assert page.ending.isVisible()
        assert page.test.isVisible()
        assert not page.test_first.isVisible()
        assert not page.banner.text()

    def test_before_the_days_are_over_nothing_is_printed(self, over, page, desk):
        late = replace(get_episode(desk.register.db, over), isolation_start=datetime(2026, 7, 5, 9))
        edit_episode(desk.register.db, over, late, catalog=catalog(), by=None, now=NOW)
        page.load()
        assert page.test.isVisible()
        assert not page.ending.isVisible()
        assert not page.test_first.isVisible()


class Test_tabs:
    def test_timeline_is_newest_first_by_day(self, desk, village):
        groups = timeline(person_page(desk.register.db, village.mai), catalog(), TODAY)
        assert [group.title for group in groups] == ["Thứ Tư 08/07"]
        assert groups[0].second == "ngày 1"
        assert {event.what for event in groups[0].events} == {
            "Phát hiện F0",
            "Test nhanh kháng nguyên dương tính",
            "Bắt đầu cách ly",
        }

    def test_the_day_after_the_last_one_is_over(self, desk, village):
        groups = timeline(person_page(desk.register.db, village.head), catalog(), TODAY)
        assert groups[0].title == "Chủ Nhật 08/03"
        assert groups[0].events[0].what == "Ngày cách ly cuối"
        assert groups[0].second == "ngày 7"

    def test_family_links(self, page, desk, village):
        opened = []
        desk.want_person.connect(opened.append)
        page.show_person(village.my, "family")
        assert "Giàng A Sử" in texts(page.family)
        page.family.opened.emit(village.head)
        assert opened == [village.head]

    def test_an_unknown_person_is_a_sentence(self, page, village):
        page.show_person(village.household)
        assert "Không còn thấy" in page.banner.text()

    def test_names_with_tags_are_plain(self, page, desk, village):
        draft = get_person(desk.register.db, village.mai)
        edit_person(
            desk.register.db,
            village.mai,
            replace(draft, full_name="Lò <b>Thị</b> Mai"),
            catalog=catalog(),
            by=None,
            now=NOW,
        )
        page.load()
        assert page.header._name.text_in_full() == "Lò <b>Thị</b> Mai"


class Test_history:
    def test_who_changed_what_from_which_value(self, desk, village):
        db = desk.register.db
        draft = replace(get_person(db, village.my), phone="0365118299", hamlet_id=village.pa_khoa)
        edit_person(db, village.my, draft, catalog=catalog(), by=desk.register.user_id, now=NOW)
        lines = person_history(db, village.my)
        told = {(line.field, line.old, line.new) for line in lines if line.change == "changed"}
        assert told == {("phone", "0365118214", "0365118299"), ("hamlet_id", "Nậm Ngá", "Pa Khoá")}
        assert {line.who for line in lines} == {"Lò Thị Nhung"}
        assert lines[-1].change == "made"

    def test_values_read_as_words(self):
        words = value_words(catalog())
        assert words("sex", "FEMALE") == "Nữ"
        assert words("symptoms", ["fever"]) == "Sốt"
        assert words("onset_date", "2026-07-08") == "08/07/2026"
        assert words("isolation_start", "2026-07-08T07:00:00") == "07:00 08/07/2026"
        assert words("phone", "") == "–"
        assert words("outcome", "NEW_ONE") == "NEW_ONE"

    def test_the_tab_shows_them(self, page):
        page.header.tabs.set_value("history")
        page._show_tab("history")
        assert page.history.model.rowCount() == 4  # person, illness, test, triage


class Test_acts:
    def test_a_test_is_added(self, page, desk, village, qtbot):
        dialog = TestDialog(desk, page, get_episode(desk.register.db, village.mai_episode))
        qtbot.addWidget(dialog)
        dialog.found.set_value(TestResult.NEGATIVE)
        dialog.save()
        tests = get_episode(desk.register.db, village.mai_episode).tests
        assert [test.result for test in tests] == [TestResult.POSITIVE, TestResult.NEGATIVE]
        assert tests[-1].sampled_on == TODAY

    def test_a_test_of_tomorrow_is_refused_beside_its_day(self, page, desk, village, qtbot):
        dialog = TestDialog(desk, page, get_episode(desk.register.db, village.mai_episode))
        qtbot.addWidget(dialog)
        dialog.day.set_day(date(2026, 7, 11))
        dialog.save()
        assert any("sau hôm nay" in text for text in texts(dialog))
        assert len(get_episode(desk.register.db, village.mai_episode).tests) == 1

    @pytest.mark.parametrize(
        ("ending", "outcome", "reason"),
        [
            (Ending.RECOVERED, CaseOutcome.RECOVERED, EndOfIsolationReason.RECOVERED),
            (Ending.DIED, CaseOutcome.DECEASED, EndOfIsolationReason.DIED),
            (Ending.LOST, CaseOutcome.UNKNOWN, EndOfIsolationReason.LOST_TO_FOLLOW_UP),
        ],
    )
    def test_an_outcome_is_written(self, page, desk, village, qtbot, ending, outcome, reason):
        dialog = OutcomeDialog(desk, page, get_episode(desk.register.db, village.mai_episode))
        qtbot.addWidget(dialog)
        dialog.ending.set_value(ending)
        dialog.place.put_text("Tại nhà")
        dialog.save()
        episode = get_episode(desk.register.db, village.mai_episode)
        assert (episode.outcome, episode.outcome_on, episode.isolation_end_reason) == (outcome, TODAY, reason)

    def test_editing_asks_for_the_open_illness_or_the_person_alone(self, page, desk, village):
        wishes = []
        desk.want_f0.connect(wishes.append)
        page.edit.click()
        assert wishes[-1].episode_id == village.mai_episode
        page.show_person(village.my)
        page.edit.click()
        assert wishes[-1].person_only


def test_a_member_becomes_the_head_of_the_household(page, desk, village):
    page.show_person(village.my, "family")
    before = person_page(desk.register.db, village.my).household_head
    (button,) = page.family.findChildren(QPushButton, "make_head")
    assert button.text() == "Đặt Giàng Thị Mỷ làm chủ hộ"
    button.click()
    assert before == "Giàng A Sử"
    assert person_page(desk.register.db, village.my).household_head == "Giàng Thị Mỷ"
    page.load()
    assert "Giàng Thị Mỷ là chủ hộ" in texts(page.family)


class Test_only_what_is_in_sight_is_made:
    def test_a_tab_is_filled_when_somebody_goes_there_and_again_after_a_change(self, page, desk, village):
        page.show_person(village.my)
        assert "Giàng A Sử" not in texts(page.family)
        page.header.tabs._take("family")
        assert "Giàng A Sử" in texts(page.family)
        page.header.tabs._take("overview")
        db, known = desk.register.db, catalog()
        head = replace(get_person(db, village.head), full_name="Giàng A Tủa")
        edit_person(db, village.head, head, catalog=known, by=None, now=NOW)
        page.refresh(frozenset({Kind.PEOPLE}))
        page.header.tabs._take("family")
        assert "Giàng A Tủa" in texts(page.family)

    def test_hundreds_of_events_come_as_one_scrolls_to_them(self, page):
        days = page.overview.days
        first = date(2026, 1, 1)
        days.show_groups(
            DayGroup(f"ngày thứ {number}", "", (Event(first, "pulse", f"lần đo {number}"),)) for number in range(300)
        )
        QApplication.processEvents()
        bar = days._area.verticalScrollBar()
        assert "lần đo 0" in texts(days)
        assert "lần đo 299" not in texts(days)
        for _screen in range(300):
            bar.setValue(bar.maximum())
            QApplication.processEvents()
        shown = [text for text in texts(days) if text.startswith("lần đo")]
        assert shown == [f"lần đo {number}" for number in range(300)]

    def test_a_taller_window_is_filled_to_its_foot(self, page, qtbot):
        days = page.overview.days
        first = date(2026, 1, 1)
        days.show_groups([DayGroup("hôm ấy", "", tuple(Event(first, "pulse", f"lần {n}") for n in range(200)))])
        page.resize(1166, 2400)
        qtbot.waitUntil(lambda: days._area.verticalScrollBar().maximum() > 0, timeout=3000)
        assert len(texts(days)) > days.height() // 32, "what lies below can still be reached"


def test_coming_to_a_person_asks_the_register_once(desk, village, qtbot, monkeypatch):
    """The window chooses the person and shows the page in one go: that is one question, not two."""
    asked = []
    monkeypatch.setattr(desk.tasks, "run", lambda _parent, _op, ok, _fail=None: asked.append(ok))
    made = OnePerson(desk)
    qtbot.addWidget(made)
    made.show_person(village.mai)
    made.load()
    assert len(asked) == 1
    made.refresh(frozenset({Kind.CARE}))
    assert len(asked) == 2
