"""Transfers, outcomes, isolation, hours, calls and the months after, in a real register."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from covidstation.db.queries.care import calls_due, care_record, due_follow_ups, facilities
from covidstation.db.queries.episodes import get_episode
from covidstation.db.rows import AlertRow, EpisodeRow, PhoneCallRow, TreatmentRow, VisitRow
from covidstation.domain.care import CallResult, FollowUpStatus, VisitMeans
from covidstation.domain.episodes import (
    CaseClassification,
    CaseOutcome,
    EndOfIsolationReason,
    EpisodeDraft,
    PathogenTest,
    QuarantineType,
    TestResult,
)
from covidstation.domain.hospitalization import FacilityLevel, ReturnDraft, TransferDraft
from covidstation.domain.hours import Step
from covidstation.domain.needs import Need
from covidstation.domain.packs import PaperKind
from covidstation.errors import Refused, UserError
from covidstation.services.calls import CallDraft, log_call, void_call
from covidstation.services.changes import Kind
from covidstation.services.episodes import add_test
from covidstation.services.follow_up import finish_follow_up, move_follow_up, remove_follow_up
from covidstation.services.isolation import (
    ChangeDraft,
    case_rules,
    change_isolation,
    hours_on,
    late_hours,
    mark_step,
    needs_on,
    running_hours,
)
from covidstation.services.outcomes import Ending, OutcomeDraft, record_outcome, reopen_case
from covidstation.services.papers import issue_one, void_paper
from covidstation.services.station import change_setting
from covidstation.services.transfers import edit_transfer, return_home, transfer_out, void_transfer
from tests.services.samples import HANOI, NOW, PAO, TODAY, catalog, f0, positive_on, register

WHO = {"by": None, "by_name": "Lò Thị Mai"}
LEFT = datetime(2022, 3, 10, 8)
AWAY = TransferDraft(
    left_at=LEFT,
    facility="Trung tâm Y tế Sìn Hồ",
    level=FacilityLevel.DISTRICT,
    reason="SpO2 93 %",
    state="tỉnh, khó thở",
)


def codes(trouble):
    return [(problem.field, problem.code) for problem in trouble.value.problems]


def alert(db, episode, now=NOW):
    with db.write(None, now) as session:
        row = AlertRow(
            id=uuid4(), person_id=episode.person_id, episode_id=episode.id, visit_id=uuid4(),
            raised_at=now.replace(tzinfo=None), guideline="g", rule="r", measure="spo2", value="93 %",
            sentence="SpO2 từ 96 % trở xuống.",
        )  # fmt: skip
        session.add(row)
    return row.id


def visit(db, episode, at, **more):
    with db.write(None, NOW) as session:
        row = VisitRow(
            id=uuid4(), person_id=episode.person_id, episode_id=episode.id, at=at, day=at.date(), round="EXTRA",
            status="COOPERATIVE", means="VISIT", symptoms=[], **more,
        )  # fmt: skip
        session.add(row)
    return row.id


def alerts(db):
    with db.read() as session:
        return [(row.answered_at, row.answer) for row in session.scalars(select(AlertRow).order_by(AlertRow.n))]


def go(db, episode, draft=AWAY, now=NOW, **more):
    return transfer_out(db, episode.id, draft, now=now, **WHO, **more).value


def end(db, episode, draft, now=NOW, **more):
    return record_outcome(db, episode.id, draft, catalog=catalog(), now=now, **WHO, **more).value


class Test_transfer:
    def test_it_leaves_answers_the_alerts_and_remembers_the_isolation(self, db):
        episode = register(db, f0(episode=EpisodeDraft(report_date=TODAY, isolation_address="bản Nậm Ngá")))
        alert(db, episode)
        done = transfer_out(db, episode.id, AWAY, now=NOW, **WHO)
        assert done.value.alerts == 1
        assert done.changes == {Kind.CARE, Kind.EPISODES}
        assert alerts(db) == [(datetime(2022, 3, 10, 8, 30), "TRANSFERRED")]
        gone = get_episode(db, episode.id)
        assert (gone.isolation_type, gone.isolation_address) == (QuarantineType.HOSPITAL, AWAY.facility)
        assert gone.outcome is CaseOutcome.NO_OUTCOME
        assert care_record(db, episode.person_id).away(episode.id).facility == AWAY.facility
        assert needs_on(db, catalog(), [episode.id], TODAY)[episode.id].need is Need.AWAY
        assert facilities(db) == [AWAY.facility]

        back = ReturnDraft(returned_at=datetime(2022, 3, 12, 9))
        later = NOW + timedelta(days=3)
        return_home(db, done.value.id, back, catalog=catalog(), now=later, **WHO)
        home = get_episode(db, episode.id)
        assert (home.isolation_type, home.isolation_address) == (QuarantineType.HOME, "bản Nậm Ngá")
        assert care_record(db, episode.person_id).away(episode.id) is None

    def test_recovered_on_the_return(self, db):
        episode = register(db)
        gone = go(db, episode)
        back = ReturnDraft(returned_at=datetime(2022, 3, 15, 9), recovered=True)
        return_home(db, gone.id, back, catalog=catalog(), now=NOW + timedelta(days=6), **WHO)
        home = get_episode(db, episode.id)
        assert (home.outcome, home.outcome_on) == (CaseOutcome.RECOVERED, date(2022, 3, 15))
        assert len(due_follow_ups(db, date(2023, 3, 15))) == 4

    def test_what_cannot_be(self, db):
        episode = register(db)
        with pytest.raises(Refused) as trouble:
            go(db, episode, TransferDraft(left_at=LEFT + timedelta(hours=1)))
        assert codes(trouble) == [
            ("left_at", "care.future"), ("facility", "care.facility_missing"),
            ("reason", "care.transfer_reason_missing"),
        ]  # fmt: skip
        with pytest.raises(Refused) as trouble:
            go(db, episode, replace(AWAY, left_at=datetime(2022, 3, 9, 23, 59)))
        assert codes(trouble) == [("left_at", "care.before_illness")]
        gone = go(db, episode)
        with pytest.raises(UserError, match=r"care\.already_away"):
            go(db, episode)
        with pytest.raises(Refused) as trouble:
            early = ReturnDraft(returned_at=LEFT - timedelta(minutes=1))
            return_home(db, gone.id, early, catalog=catalog(), now=NOW, **WHO)
        assert codes(trouble) == [("returned_at", "care.return_early")]
        return_home(db, gone.id, ReturnDraft(returned_at=LEFT), catalog=catalog(), now=NOW, **WHO)
        with pytest.raises(UserError, match=r"care\.not_away"):
            return_home(db, gone.id, ReturnDraft(returned_at=LEFT), catalog=catalog(), now=NOW, **WHO)
        with pytest.raises(UserError, match=r"episodes\.unknown"):
            transfer_out(db, UUID(int=5), AWAY, now=NOW, **WHO)

    def test_a_wrong_one_is_taken_back_whole(self, db):
        episode = register(db)
        alert(db, episode)
        gone = go(db, episode)
        void_transfer(db, gone.id, now=NOW, **WHO)
        assert get_episode(db, episode.id).isolation_type is QuarantineType.HOME
        assert alerts(db) == [(None, "")]
        assert care_record(db, episode.person_id).transfers[0].voided_at is not None
        with pytest.raises(UserError, match=r"care\.already_void"):
            void_transfer(db, gone.id, now=NOW, **WHO)
        go(db, episode)  # and the right one goes in

    def test_words_are_corrected_and_the_place_follows(self, db):
        episode = register(db)
        gone = go(db, episode)
        edit_transfer(db, gone.id, replace(AWAY, facility="Bệnh viện tỉnh"), now=NOW, **WHO)
        assert get_episode(db, episode.id).isolation_address == "Bệnh viện tỉnh"
        assert care_record(db, episode.person_id).transfers[0].facility == "Bệnh viện tỉnh"

    def test_somebody_decided_meanwhile(self, db):
        episode = register(db)
        end(db, episode, OutcomeDraft(ending=Ending.LOST, on=TODAY))
        with pytest.raises(UserError, match=r"care\.already_ended"):
            go(db, episode, seen=episode)
        other = register(db, f0(replace(PAO, full_name="Sùng", citizen_number="")))
        go(db, other)
        with pytest.raises(UserError, match=r"care\.changed_meanwhile"):
            end(db, other, OutcomeDraft(ending=Ending.RECOVERED, on=TODAY), seen=other)
        assert get_episode(db, other.id).outcome is CaseOutcome.NO_OUTCOME


class Test_outcome:
    def test_recovery_plans_twelve_months(self, db):
        episode = register(db)
        now = NOW + timedelta(days=8)
        end(db, episode, OutcomeDraft(ending=Ending.RECOVERED, on=date(2022, 3, 17)), now=now)
        planned = care_record(db, episode.person_id).follow_ups
        assert [line.due_on for line in planned] == [
            date(2022, 4, 17), date(2022, 6, 17), date(2022, 9, 17), date(2023, 3, 17),
        ]  # fmt: skip
        assert due_follow_ups(db, date(2022, 4, 16)) == ()
        due = due_follow_ups(db, date(2022, 4, 17))
        assert [(one.full_name, one.recovered_on) for one in due] == [(PAO.full_name, date(2022, 3, 17))]

    def test_a_death_keeps_day_place_and_cause_and_closes_what_is_open(self, db):
        episode = register(db)
        alert(db, episode)
        draft = OutcomeDraft(ending=Ending.DIED, on=TODAY, place="Tại nhà", cause="Suy hô hấp")
        dead = end(db, episode, draft)
        assert (dead.outcome, dead.outcome_on, dead.isolation_end_reason) == (
            CaseOutcome.DECEASED, TODAY, EndOfIsolationReason.DIED,
        )  # fmt: skip
        assert (dead.outcome_place, dead.outcome_note) == ("Tại nhà", "Suy hô hấp")
        assert alerts(db) == [(datetime(2022, 3, 10, 8, 30), "CASE_ENDED")]
        assert care_record(db, episode.person_id).follow_ups == ()

    @pytest.mark.parametrize("kind", ["visit", "test", "call", "treatment", "left"])
    def test_a_death_followed_by_anything_is_stopped(self, db, kind):
        now = NOW + timedelta(days=2)
        episode = register(db)
        at = datetime(2022, 3, 11, 7)
        if kind == "visit":
            visit(db, episode, at)
        elif kind == "test":
            add_test(db, episode.id, positive_on(at.date()), by=None, now=now)
        elif kind == "call":
            log_call(db, CallDraft(person_id=episode.person_id, at=at, summary="khoẻ"), now=now, **WHO)
        elif kind == "left":
            go(db, episode, replace(AWAY, left_at=at), now=now)
        else:
            with db.write(None, now) as session:
                session.add(TreatmentRow(
                    id=uuid4(), person_id=episode.person_id, episode_id=episode.id, giving=uuid4(), given_at=at,
                    list_id="l", medicine="m", name="n", quantity=1, warnings=[],
                ))  # fmt: skip
        draft = OutcomeDraft(ending=Ending.DIED, on=TODAY, place="Tại nhà")
        with pytest.raises(Refused) as trouble:
            end(db, episode, draft, now=now)
        assert codes(trouble) == [("on", "care.death_before")]
        assert trouble.value.problems[0].params["when"] == "11/03/2022"
        end(db, episode, replace(draft, on=date(2022, 3, 11)), now=now)  # on that day it may be

    def test_what_was_taken_back_does_not_stop_a_death(self, db):
        episode = register(db)
        now = NOW + timedelta(days=2)
        first = visit(db, episode, datetime(2022, 3, 11, 7))
        with db.write(None, now) as session:
            session.add(VisitRow(
                id=uuid4(), person_id=episode.person_id, episode_id=episode.id, at=datetime(2022, 3, 11, 7),
                day=date(2022, 3, 11), round="EXTRA", status="VOIDED", means="VISIT", symptoms=[], voids=first,
            ))  # fmt: skip
        draft = CallDraft(person_id=episode.person_id, at=datetime(2022, 3, 11, 7), summary="khoẻ")
        call = log_call(db, draft, now=now, **WHO).value
        void_call(db, call, now=now, **WHO)
        end(db, episode, OutcomeDraft(ending=Ending.DIED, on=TODAY, place="Tại nhà"), now=now)
        record = care_record(db, episode.person_id)
        assert (record.checks, record.calls) == ((), ())

    def test_bad_days(self, db):
        episode = register(db)
        for on, code in (
            (None, "care.day_missing"), (TODAY + timedelta(days=1), "care.day_future"),
            (TODAY - timedelta(days=1), "care.day_early"),
        ):  # fmt: skip
            with pytest.raises(Refused) as trouble:
                end(db, episode, OutcomeDraft(ending=Ending.RECOVERED, on=on))
            assert codes(trouble) == [("on", code)]
        with pytest.raises(Refused) as trouble:
            end(db, episode, OutcomeDraft(ending=Ending.DIED, on=TODAY))
        assert codes(trouble) == [("place", "care.death_place_missing")]

    def test_a_wrong_entry_needs_a_reason_and_no_valid_paper(self, db):
        episode = register(db)
        with pytest.raises(Refused) as trouble:
            end(db, episode, OutcomeDraft(ending=Ending.NO_CASE))
        assert codes(trouble) == [("reason", "care.reason_missing")]
        wrong = OutcomeDraft(ending=Ending.NO_CASE, reason="Nhập nhầm người")
        paper = issue_one(db, PaperKind.ISOLATION_ORDER, episode.id, catalog=catalog(), by=None, now=NOW)
        with pytest.raises(UserError, match=r"care\.paper_first") as held:
            end(db, episode, wrong)
        assert held.value.params["number"].startswith("01/")
        void_paper(db, paper.id, "nhập nhầm", by=None, now=NOW)
        kept = end(db, episode, wrong)
        assert (kept.classification, kept.outcome_note) == (CaseClassification.NO_CASE, "Nhập nhầm người")
        opened = reopen_case(db, episode.id, now=NOW, **WHO).value
        assert (opened.classification, opened.outcome) == (CaseClassification.CONFIRMED, CaseOutcome.NO_OUTCOME)

    def test_reopening_takes_the_plan_away(self, db):
        episode = register(db)
        end(db, episode, OutcomeDraft(ending=Ending.RECOVERED, on=TODAY))
        with pytest.raises(UserError, match=r"care\.already_ended"):
            end(db, episode, OutcomeDraft(ending=Ending.LOST, on=TODAY))
        reopen_case(db, episode.id, now=NOW, **WHO)
        assert due_follow_ups(db, date(2030, 1, 1)) == ()
        with pytest.raises(UserError, match=r"care\.nothing_to_reopen"):
            reopen_case(db, episode.id, now=NOW, **WHO)

    def test_not_while_another_illness_is_open(self, db):
        episode = register(db)
        end(db, episode, OutcomeDraft(ending=Ending.LOST, on=TODAY))
        register(db, f0(person_id=episode.person_id))
        with pytest.raises(UserError, match=r"care\.other_open"):
            reopen_case(db, episode.id, now=NOW, **WHO)

    def test_an_ending_paper_must_be_voided_first_and_plans_too(self, db):
        change_setting(db, "home_isolation", "yes", by=None, now=NOW)
        episode = register(db)
        issue_one(db, PaperKind.ISOLATION_ORDER, episode.id, catalog=catalog(), by=None, now=NOW)
        later = NOW + timedelta(days=7)
        add_test(db, episode.id, positive_on(later.date(), result=TestResult.NEGATIVE), by=None, now=later)
        paper = issue_one(db, PaperKind.ISOLATION_END, episode.id, catalog=catalog(), by=None, now=later)
        assert len(due_follow_ups(db, date(2030, 1, 1))) == 4
        with pytest.raises(UserError, match=r"care\.paper_first"):
            reopen_case(db, episode.id, now=later, **WHO)
        void_paper(db, paper.id, "in nhầm", by=None, now=later)
        assert due_follow_ups(db, date(2030, 1, 1)) == ()
        assert get_episode(db, episode.id).outcome is CaseOutcome.NO_OUTCOME


class Test_isolation:
    def test_longer_with_what_it_was(self, db):
        episode = register(db)
        longer = change_isolation(
            db, episode.id, ChangeDraft(days=10, reason="còn dương tính"), catalog=catalog(), now=NOW, **WHO
        ).value
        assert longer.isolation_days == 10
        (line,) = care_record(db, episode.person_id).changes
        assert (line.days_before, line.days_after) == (7, 10)
        assert (line.until_before, line.until_after) == (date(2022, 3, 16), date(2022, 3, 19))
        with db.read() as session:
            assert session.scalars(select(EpisodeRow.isolation_until)).one() == date(2022, 3, 19)

    def test_refused(self, db):
        episode = register(db)
        with pytest.raises(Refused) as trouble:
            change_isolation(db, episode.id, ChangeDraft(days=7), catalog=catalog(), now=NOW, **WHO)
        assert codes(trouble) == [("reason", "care.reason_missing"), ("days", "care.same_days")]
        change_isolation(db, episode.id, ChangeDraft(days=8, reason="x"), catalog=catalog(), now=NOW, **WHO)
        with pytest.raises(UserError, match=r"care\.changed_meanwhile"):
            again = ChangeDraft(days=9, reason="y")
            change_isolation(db, episode.id, again, catalog=catalog(), now=NOW, seen=episode, **WHO)


JULY = datetime(2026, 7, 10, 9, 30, tzinfo=HANOI)


@pytest.fixture
def found(db):
    """Found at 7:15 on 10 July 2026; nothing else is written."""
    draft = EpisodeDraft(report_date=JULY.date(), found_at=datetime(2026, 7, 10, 7, 15))
    return register(db, f0(day=JULY.date(), episode=draft), now=JULY)


class Test_hours:
    def test_late_is_named_and_a_click_writes_the_step(self, db, found):
        (late,) = late_hours(db, catalog(), datetime(2026, 7, 10, 9, 30))
        assert (late.who.full_name, late.hours.running.step) == (PAO.full_name, Step.PROPOSED)
        assert late.hours.running.late == timedelta(minutes=15)
        mark_step(db, found.id, Step.PROPOSED, at=datetime(2026, 7, 10, 9, 30), by=None, now=JULY)
        assert late_hours(db, catalog(), datetime(2026, 7, 10, 9, 40)) == ()
        (running,) = running_hours(db, catalog(), datetime(2026, 7, 10, 9, 40))
        assert running.hours.running.left == timedelta(minutes=50)
        with pytest.raises(UserError, match=r"care\.step_done"):
            mark_step(db, found.id, Step.PROPOSED, at=datetime(2026, 7, 10, 9, 30), by=None, now=JULY)

    def test_an_hour_before_the_last_step_or_ahead_is_refused(self, db, found):
        for at, code in (
            (datetime(2026, 7, 10, 7, 14), "episodes.steps_order"), (datetime(2026, 7, 10, 9, 31), "care.future"),
        ):  # fmt: skip
            with pytest.raises(Refused) as trouble:
                mark_step(db, found.id, Step.PROPOSED, at=at, by=None, now=JULY)
            assert codes(trouble) == [("proposed_at", code)]

    def test_no_clock_before_july_2026(self, db):
        old = register(db, f0(episode=EpisodeDraft(report_date=TODAY, found_at=datetime(2022, 3, 10, 7))))
        assert running_hours(db, catalog(), datetime(2022, 3, 10, 20)) == ()
        assert hours_on(case_rules(db, catalog(), TODAY), old, datetime(2022, 3, 10, 20)) is None

    def test_told_or_away_stops_it(self, db, found):
        go(db, found, replace(AWAY, left_at=datetime(2026, 7, 10, 9)), now=JULY)
        assert running_hours(db, catalog(), datetime(2026, 7, 10, 12)) == ()


class Test_calls:
    def test_a_promise_is_due_until_the_next_call(self, db):
        episode = register(db)
        first = CallDraft(
            person_id=episode.person_id, episode_id=episode.id, at=datetime(2022, 3, 10, 8), summary="đỡ sốt",
            next_at=datetime(2022, 3, 10, 16),
        )  # fmt: skip
        log_call(db, first, now=NOW, **WHO)
        assert calls_due(db, datetime(2022, 3, 10, 15, 59)) == ()
        (due,) = calls_due(db, datetime(2022, 3, 10, 16))
        assert (due.full_name, due.summary, due.phone) == (PAO.full_name, "đỡ sốt", PAO.phone)
        again = replace(first, at=datetime(2022, 3, 10, 16, 5), result=CallResult.NO_ANSWER, summary="", next_at=None)
        second = log_call(db, again, now=NOW + timedelta(hours=9), **WHO).value
        assert calls_due(db, datetime(2022, 3, 11)) == ()
        void_call(db, second, now=NOW + timedelta(hours=9), **WHO)
        assert len(calls_due(db, datetime(2022, 3, 11))) == 1
        end(db, episode, OutcomeDraft(ending=Ending.LOST, on=TODAY))
        assert calls_due(db, datetime(2022, 3, 11)) == ()

    def test_a_call_answers_a_danger_sign_in_one_step(self, db):
        episode = register(db)
        raised = alert(db, episode)
        draft = CallDraft(person_id=episode.person_id, episode_id=episode.id, at=LEFT, result=CallResult.NO_ANSWER)
        log_call(db, draft, answers=(raised,), now=NOW, **WHO)
        assert alerts(db) == [(None, "")]
        said = replace(draft, result=CallResult.REACHED, summary="đã nằm nghỉ, đo lại 97 %")
        log_call(db, said, answers=(raised,), now=NOW, **WHO)
        assert alerts(db) == [(datetime(2022, 3, 10, 8, 30), "PHONED")]

    def test_refused(self, db):
        episode = register(db)
        draft = CallDraft(person_id=episode.person_id, at=datetime(2022, 3, 10, 9), next_at=datetime(2022, 3, 10, 9))
        with pytest.raises(Refused) as trouble:
            log_call(db, draft, now=NOW, **WHO)
        assert codes(trouble) == [
            ("at", "care.future"), ("summary", "care.summary_missing"), ("next_at", "care.next_call_early"),
        ]  # fmt: skip
        with db.read() as session:
            assert session.scalars(select(PhoneCallRow.n)).all() == []


class Test_follow_up:
    @pytest.fixture
    def plan(self, db):
        episode = register(db)
        end(db, episode, OutcomeDraft(ending=Ending.RECOVERED, on=TODAY))
        return episode, care_record(db, episode.person_id).follow_ups

    def test_done_not_possible_moved_and_removed(self, db, plan):
        episode, lines = plan
        asked = {"means": VisitMeans.VISIT, "now": NOW, **WHO}
        finish_follow_up(db, lines[0].id, result="còn ho", **asked)
        finish_follow_up(db, lines[1].id, result="đi làm ăn xa", reached=False, **asked)
        remove_follow_up(db, lines[2].id, "chuyển xã", now=NOW, **WHO)
        move_follow_up(db, lines[3].id, date(2023, 3, 20), now=NOW, **WHO)
        after = care_record(db, episode.person_id).follow_ups
        assert [line.status for line in after] == [
            FollowUpStatus.DONE, FollowUpStatus.NOT_EXECUTABLE, FollowUpStatus.REMOVED, FollowUpStatus.PENDING,
        ]  # fmt: skip
        assert after[3].due_on == date(2023, 3, 20)
        with pytest.raises(UserError, match=r"care\.follow_up_closed"):
            finish_follow_up(db, lines[0].id, result="khoẻ", **asked)
        with pytest.raises(Refused):
            remove_follow_up(db, lines[3].id, "  ", now=NOW, **WHO)

    def test_falling_ill_again_ends_the_plan(self, db, plan):
        episode, _lines = plan
        register(db, f0(person_id=episode.person_id), again=True)
        assert due_follow_ups(db, date(2030, 1, 1)) == ()


def test_a_wrong_test_is_corrected_not_changed(db):
    episode = register(db)
    wrong = episode.tests[0]
    right = PathogenTest(sampled_on=TODAY, place="Nhà", voids=wrong.id)
    after = add_test(db, episode.id, right, by=None, now=NOW).value
    assert [(test.place, test.voids) for test in after.tests] == [("Nhà", wrong.id)]
