"""Isolations made longer, their hours, calls, the months after, a corrected test: in a real register."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from covidstation.db.queries.care import care_record
from covidstation.db.queries.care_due import calls_due, due_follow_ups
from covidstation.db.queries.episodes import get_episode
from covidstation.db.rows import EpisodeRow, PhoneCallRow
from covidstation.domain.care import CallResult, FollowUpStatus, VisitMeans
from covidstation.domain.episodes import (
    EpisodeDraft,
    PathogenTest,
    QuarantineType,
)
from covidstation.domain.hours import Step
from covidstation.errors import Refused, UserError
from covidstation.services.care.calls import CallDraft, log_call, void_call
from covidstation.services.care.follow_up import finish_follow_up, move_follow_up, remove_follow_up
from covidstation.services.care.isolation import (
    ChangeDraft,
    case_rules,
    change_isolation,
    hours_on,
    mark_step,
    running_hours,
)
from covidstation.services.care.outcomes import Ending, OutcomeDraft, reopen_case
from covidstation.services.episodes import add_test, edit_f0
from tests.services.care_acts import AWAY, LEFT, WHO, alert, alerts, codes, end, go
from tests.services.samples import HANOI, NOW, PAO, TODAY, catalog, f0, register


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


def late_ones(db, now):
    return [one for one in running_hours(db, catalog(), now) if one.late]


class Test_hours:
    def test_late_is_named_and_a_click_writes_the_step(self, db, found):
        (late,) = late_ones(db, datetime(2026, 7, 10, 9, 30))
        assert (late.who.full_name, late.hours.running.step) == (PAO.full_name, Step.PROPOSED)
        assert late.hours.running.late == timedelta(minutes=15)
        mark_step(db, found.id, Step.PROPOSED, at=datetime(2026, 7, 10, 9, 30), by=None, now=JULY)
        assert late_ones(db, datetime(2026, 7, 10, 9, 40)) == []
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

    def test_one_that_was_moved_comes_again_with_a_new_plan(self, db, plan):
        """Whoever moved it did not take it out: reopened and well again, the whole plan stands."""
        episode, lines = plan
        move_follow_up(db, lines[0].id, lines[1].due_on, now=NOW, **WHO)
        reopen_case(db, episode.id, now=NOW, **WHO)
        end(db, episode, OutcomeDraft(ending=Ending.RECOVERED, on=TODAY))
        waiting = [one for one in care_record(db, episode.person_id).follow_ups if one.status is FollowUpStatus.PENDING]
        assert [one.due_on for one in waiting] == [one.due_on for one in lines]

    def test_falling_ill_again_ends_the_plan(self, db, plan):
        episode, _lines = plan
        register(db, f0(person_id=episode.person_id))
        assert due_follow_ups(db, date(2030, 1, 1)) == ()


def test_a_wrong_test_is_corrected_not_changed(db):
    episode = register(db)
    wrong = episode.tests[0]
    right = PathogenTest(sampled_on=TODAY, place="Nhà", voids=wrong.id)
    after = add_test(db, episode.id, right, by=None, now=NOW).value
    assert [(test.place, test.voids) for test in after.tests] == [("Nhà", wrong.id)]


def test_a_form_opened_before_a_decision_does_not_undo_it(db):
    episode = register(db)
    go(db, episode)
    draft = f0(episode=EpisodeDraft(**{name: getattr(episode, name) for name in EpisodeDraft.__dataclass_fields__}))
    draft = replace(draft, person_id=episode.person_id)
    with pytest.raises(UserError, match=r"care\.changed_meanwhile"):
        edit_f0(db, episode.id, draft, catalog=catalog(), by=None, now=NOW, seen=episode)
    assert get_episode(db, episode.id).isolation_type is QuarantineType.HOSPITAL
