"""The acts of care as a nurse does them: forms filled, refused beside the field, seen before saving."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from unittest.mock import patch

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from covidstation.db.queries.care import care_record
from covidstation.db.queries.care_due import calls_due
from covidstation.db.queries.episodes import get_episode
from covidstation.domain.care import CallResult, Round, Vitals
from covidstation.domain.episodes import CaseOutcome, QuarantineType, TestResult
from covidstation.domain.hours import Step
from covidstation.domain.monitoring import VisitDraft
from covidstation.services.care.isolation import case_rules
from covidstation.services.care.look import look_at_care
from covidstation.services.care.outcomes import Ending, OutcomeDraft, record_outcome
from covidstation.services.care.rounds import record_visit
from covidstation.services.care.transfer_look import look_at_transfer
from covidstation.ui.care.calls import CallDialog
from covidstation.ui.care.follow_up import FollowUpDialog, MoveFollowUpDialog
from covidstation.ui.care.isolation import ChangeDialog
from covidstation.ui.care.outcome import OutcomeDialog
from covidstation.ui.care.transfer import ReturnDialog, TransferDialog
from covidstation.ui.care.words import span_words
from covidstation.ui.parts.buttons import Button
from covidstation.ui.person.dialogs import TestDialog
from covidstation.ui.person.page import OnePerson
from tests.services.samples import edit_episode
from tests.ui.village import NOW, catalog

pytestmark = pytest.mark.timeout(60)
TODAY = NOW.date()
WHO = {"by": None, "by_name": "Lò Thị Nhung"}


def texts(widget):
    return " ".join(label.text() for label in widget.findChildren(QLabel)).replace("\n", " ")


@pytest.fixture
def page(desk, shown, village):
    made = OnePerson(desk)
    made.resize(1166, 680)
    shown(made)
    made.show_person(village.mai, "illness")
    return made


@pytest.fixture
def episode(desk, village):
    return get_episode(desk.register.db, village.mai_episode)


@pytest.fixture
def danger(desk, village):
    """Lò Thị Mai at 06:50: SpO2 93 %."""
    draft = VisitDraft(
        episode_id=village.mai_episode, at=datetime(2026, 7, 10, 6, 50), round=Round.MORNING,
        vitals=Vitals(temperature=378, spo2=93, pulse=90, breaths=18), signs_asked=True,
    )  # fmt: skip
    record_visit(desk.register.db, draft, catalog=catalog(), now=NOW, sure=True, **WHO)


def record(desk, village):
    return care_record(desk.register.db, village.mai)


def opened(qtbot, dialog):
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


class Test_transfer:
    @pytest.fixture
    def dialog(self, desk, village, page, qtbot, danger):
        look = look_at_transfer(desk.register.db, catalog(), village.mai_episode, NOW)
        return opened(qtbot, TransferDialog(desk, page, look))

    def test_it_is_filled_with_what_is_known(self, dialog):
        draft = dialog._words.draft()
        assert (draft.facility, draft.left_at) == ("Trung tâm Y tế Sìn Hồ", datetime(2026, 7, 10, 7, 15))
        assert draft.reason == "Có dấu hiệu nặng: SpO2 93 %."
        assert draft.state == "06:50 10/07: nhiệt độ 37,8 °C, SpO2 93 %, mạch 90 lần/phút, nhịp thở 18 lần/phút."
        assert "dương tính 08/07/2026" in draft.course

    def test_saved_it_is_away_and_the_page_offers_the_way_back(self, dialog, desk, village, page, qtbot):
        left = []
        dialog.left.connect(left.append)
        qtbot.keyClick(dialog, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        (gone,) = record(desk, village).transfers
        assert left == [gone.id]
        assert not record(desk, village).open_alerts(village.mai_episode)
        page.load()
        assert page.back.isVisible()
        assert not page.transfer.isVisible()
        assert not page.check.isVisible()
        back = opened(qtbot, ReturnDialog(desk, page, gone))
        back.save()
        page.load()
        assert get_episode(desk.register.db, village.mai_episode).isolation_type is QuarantineType.HOME
        assert not page.back.isVisible()

    def test_what_is_missing_is_said_and_nothing_is_lost(self, dialog, desk, village):
        dialog._words.facility.setText("")
        dialog._words.left_at.setText("25:99")
        dialog.save()
        assert dialog.isVisible()
        dialog._words.left_at.setText("7:00")
        dialog.save()
        assert "Ghi nơi chuyển đến" in texts(dialog)
        assert dialog._words.reason.value()
        assert record(desk, village).transfers == ()

    def test_somebody_decided_meanwhile(self, dialog, desk, village):
        ending = OutcomeDraft(ending=Ending.LOST, on=TODAY)
        record_outcome(desk.register.db, village.mai_episode, ending, catalog=catalog(), now=NOW, **WHO)
        dialog.save()
        assert dialog.isVisible()
        assert "đã có kết quả" in texts(dialog)


class Test_outcome:
    def test_a_death_asks_its_place(self, desk, village, page, episode, qtbot):
        dialog = opened(qtbot, OutcomeDialog(desk, page, episode, Ending.DIED))
        assert dialog.place.isVisible()
        assert not dialog.reason.isVisible()
        dialog.save()
        assert "Ghi nơi mất" in texts(dialog)
        dialog.place.put_text("Tại nhà")
        dialog.cause.set_value("Suy hô hấp")
        dialog.save()
        dead = get_episode(desk.register.db, village.mai_episode)
        assert (dead.outcome, dead.outcome_place, dead.outcome_note) == (
            CaseOutcome.DECEASED, "Tại nhà", "Suy hô hấp",
        )  # fmt: skip

    def test_a_death_before_a_check_is_stopped_in_one_sentence(self, desk, village, page, episode, qtbot, danger):
        dialog = opened(qtbot, OutcomeDialog(desk, page, episode, Ending.DIED))
        dialog.place.put_text("Tại nhà")
        dialog.day.set_day(date(2026, 7, 9))
        dialog.save()
        assert "lần đo, khám" in texts(dialog)
        assert get_episode(desk.register.db, village.mai_episode).outcome is CaseOutcome.NO_OUTCOME

    def test_two_decisions_at_once_are_seen(self, desk, village, page, episode, qtbot):
        first = opened(qtbot, OutcomeDialog(desk, page, episode))
        second = opened(qtbot, ChangeDialog(desk, page, episode, case_rules(desk.register.db, catalog(), TODAY)))
        second.days.setText("9")
        second.reason.set_value("còn dương tính")
        second.save()
        first.save()
        assert first.isVisible()
        assert "vừa được người khác sửa" in texts(first)


class Test_change:
    @pytest.fixture
    def dialog(self, desk, page, episode, qtbot):
        rules = case_rules(desk.register.db, catalog(), date(2022, 3, 10))  # NĐ 101
        return opened(qtbot, ChangeDialog(desk, page, episode, rules))

    def test_days_and_end_follow_each_other(self, dialog, qtbot):
        assert dialog.until.text() == "14/07/2026"
        dialog.days.clear()
        qtbot.keyClicks(dialog.days, "10")
        assert dialog.until.text() == "17/07/2026"
        dialog.until.clear()
        qtbot.keyClicks(dialog.until, "15/7/2026")
        assert dialog.days.text() == "8"

    def test_the_law_warns_and_may_be_passed(self, dialog, desk, village, qtbot):
        dialog.days.clear()
        qtbot.keyClicks(dialog.days, "9")
        assert "mỗi lần 10 ngày" in texts(dialog)
        dialog.save()
        assert "Ghi lý do" in texts(dialog)
        dialog.reason.set_value("còn dương tính")
        dialog.save()
        assert [line.days_after for line in record(desk, village).changes] == [9]


class Test_call:
    def test_one_step_answers_the_sign_and_promises_the_next_call(self, desk, village, page, qtbot, danger):
        waiting = [one.id for one in record(desk, village).open_alerts(village.mai_episode)]
        dialog = opened(
            qtbot,
            CallDialog(
                desk, page, person_id=village.mai, full_name="Lò <b>Mai</b>", episode_id=village.mai_episode,
                alerts=waiting,
            ),
        )  # fmt: skip
        assert dialog.answers.isChecked()
        dialog.save()
        assert "ghi người bệnh nói gì" in texts(dialog)
        dialog.summary.set_value("Đã đo lại 97 %")
        dialog.next_at.setText("16:00")
        dialog.save()
        assert not record(desk, village).open_alerts(village.mai_episode)
        assert calls_due(desk.register.db, datetime(2026, 7, 10, 16))[0].summary == "Đã đo lại 97 %"

    def test_nobody_answered_leaves_the_sign_open(self, desk, village, page, qtbot, danger):
        waiting = [one.id for one in record(desk, village).open_alerts(village.mai_episode)]
        dialog = opened(
            qtbot,
            CallDialog(
                desk, page, person_id=village.mai, full_name="Mai", episode_id=village.mai_episode, alerts=waiting,
            ),
        )  # fmt: skip
        dialog.came.set_value(CallResult.NO_ANSWER)
        dialog.save()
        assert len(record(desk, village).open_alerts(village.mai_episode)) == len(waiting) > 0


class Test_the_tab:
    def test_danger_makes_transfer_the_filled_button(self, page, danger):
        page.load()
        assert page.transfer.isVisible()
        assert not page.order.isVisible()

    def test_state_and_needs_are_told(self, page):
        assert "Ngày 3/7 · đến hết 14/07/2026" in texts(page.illness.state)
        assert "Cần xét nghiệm âm tính vào 14/07/2026" in texts(page.illness.state)
        assert "chưa xác nhận" in texts(page.illness.state)

    def test_a_wrong_test_is_corrected(self, page, desk, village, episode, qtbot):
        dialog = opened(qtbot, TestDialog(desk, page, episode, episode.tests[0]))
        assert dialog.found.value() is TestResult.POSITIVE
        dialog.place.set_value("Nhà")
        dialog.save()
        (test,) = get_episode(desk.register.db, village.mai_episode).tests
        assert (test.place, test.voids) == ("Nhà", episode.tests[0].id)

    def test_the_clock_runs_and_one_click_writes_the_step(self, page, desk, village, episode):
        assert not page.hours.isVisible()
        early = replace(episode, found_at=datetime(2026, 7, 10, 5))
        edit_episode(desk.register.db, village.mai_episode, early, catalog=catalog(), by=None, now=NOW)
        page.load()
        assert page.hours.isVisible()
        assert "Đề nghị: quá giờ 15 phút" in texts(page.hours)
        page.hours.mark.click()
        assert get_episode(desk.register.db, village.mai_episode).proposed_at == datetime(2026, 7, 10, 7, 15)
        page.load()
        assert "Quyết định: còn 59 phút" in texts(page.hours)  # it is 07:15:22
        assert page.hours._step is Step.DECIDED

    def test_the_months_after_and_their_answer(self, page, desk, village, qtbot):
        db, ending = desk.register.db, OutcomeDraft(ending=Ending.RECOVERED, on=TODAY)
        record_outcome(db, village.mai_episode, ending, catalog=catalog(), now=NOW, **WHO)
        page.load()
        assert page.illness.months.isVisible()
        assert "các mốc tháng chưa xác nhận" in texts(page.illness.months)
        (first, *_rest) = look_at_care(db, catalog(), village.mai, TODAY).record.follow_ups
        dialog = opened(qtbot, FollowUpDialog(desk, page, first.id, first.means))
        dialog.save()
        assert "Ghi người bệnh thế nào" in texts(dialog)
        dialog.told.set_value("Còn mệt khi đi nương")
        dialog.save()
        page.load()
        assert "Còn mệt khi đi nương" in texts(page.illness.months)

    def test_a_month_after_is_moved_to_another_day(self, page, desk, village, qtbot):
        db, ending = desk.register.db, OutcomeDraft(ending=Ending.RECOVERED, on=TODAY)
        record_outcome(db, village.mai_episode, ending, catalog=catalog(), now=NOW, **WHO)
        page.load()
        (first, *rest) = record(desk, village).follow_ups
        asked = []
        page.illness.asked.connect(lambda act, payload: asked.append((act, payload)))
        with patch.object(MoveFollowUpDialog, "exec", lambda _dialog: 0):
            page.illness.months.findChildren(Button, "move_follow_up")[0].click()
        assert asked == [("move_follow_up", first)]
        dialog = opened(qtbot, MoveFollowUpDialog(desk, page, first))
        assert dialog.day.day() == first.due_on
        dialog.day.setText("32/13/2026")
        dialog.save()
        assert dialog.isVisible()
        dialog.day.set_day(TODAY)  # the day of recovery itself
        dialog.save()
        assert "Ngày hẹn phải sau ngày khỏi (10/07/2026)" in texts(dialog)
        assert record(desk, village).follow_ups == (first, *rest)
        dialog.day.set_day(date(2026, 7, 30))
        dialog.save()
        assert not dialog.isVisible()
        page.load()
        assert date(2026, 7, 30) in [one.due_on for one in record(desk, village).follow_ups]
        assert "30/07/2026" in texts(page.illness.months)


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(minutes=12), "12 phút"),
        (timedelta(hours=1, minutes=12, seconds=59), "1 giờ 12 phút"),
        (timedelta(days=2, hours=3), "2 ngày 3 giờ"),
    ],
)
def test_spans_in_words(span, words):
    assert span_words(span) == words
