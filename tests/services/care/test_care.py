"""Transfers and outcomes, in a real register."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from covidstation.db.queries.care import care_record, facilities
from covidstation.db.queries.care_due import due_follow_ups
from covidstation.db.queries.episodes import get_episode
from covidstation.db.rows import TreatmentRow, VisitRow
from covidstation.domain.episodes import (
    CaseClassification,
    CaseOutcome,
    EndOfIsolationReason,
    EpisodeDraft,
    QuarantineType,
    TestResult,
)
from covidstation.domain.hospitalization import ReturnDraft, TransferDraft
from covidstation.domain.needs import Need
from covidstation.domain.packs import PaperKind
from covidstation.errors import Refused, UserError
from covidstation.services.care.calls import CallDraft, log_call, void_call
from covidstation.services.care.isolation import (
    needs_on,
)
from covidstation.services.care.outcomes import Ending, OutcomeDraft, reopen_case
from covidstation.services.care.transfers import edit_transfer, return_home, transfer_out, void_transfer
from covidstation.services.changes import Kind
from covidstation.services.episodes import add_test
from covidstation.services.papers.issuing import issue_one, void_paper
from covidstation.services.record import change_setting
from tests.services.care_acts import AWAY, LEFT, WHO, alert, alerts, codes, end, go, visit
from tests.services.samples import NOW, PAO, TODAY, catalog, f0, positive_on, register


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
