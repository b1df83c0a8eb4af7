"""Rounds in a real register: who is to be seen, alerts at once, corrections, two people at once."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from covidstation.db.queries.rounds import alerts_of, open_alerts, visits_of
from covidstation.db.rows import AlertRow, JournalRow, PhoneCallRow, VisitRow
from covidstation.domain.care import AlertAnswer, CallResult, Level, Round, VisitMeans, VisitStatus, Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseOutcome, QuarantineType
from covidstation.domain.monitoring import Mark, VisitDraft
from covidstation.errors import Refused, UserError
from covidstation.services.care.alerts import Answering, answer_alert, answer_alerts, answer_open_in, why_alert
from covidstation.services.care.rounds import record_visit, round_list, set_checks_a_day, void_visit
from covidstation.services.changes import Kind
from covidstation.services.places import add_hamlet
from tests.services.samples import NOW, PAO, TODAY, edit_episode, f0, neighbour, register

BY = "Lò Thị Mai"
MORNING = datetime(2022, 3, 10, 6, 50)
WELL = Vitals(temperature=368, spo2=98, pulse=84, breaths=18)


@pytest.fixture
def episode(db):
    """Giàng A Páo, 67, found on the sixth of March: guideline 261 speaks."""
    return register(db, f0(day=date(2022, 3, 6)))


def draft(episode, at=MORNING, round_=Round.MORNING, vitals=WELL, **changes) -> VisitDraft:
    return VisitDraft(episode_id=episode.id, at=at, round=round_, vitals=vitals, **changes)


def record(db, catalog, given, now=NOW, by_name=BY, **how):
    return record_visit(db, given, catalog=catalog, by=None, by_name=by_name, now=now, **how)


def oxygen(spo2: int) -> Vitals:
    return replace(WELL, spo2=spo2)


@pytest.mark.parametrize(
    ("found_on", "spo2", "level"),
    [
        (date(2021, 9, 1), 95, Level.DANGER),  # QĐ 4038: home from 96 % on
        (date(2021, 9, 1), 96, Level.NORMAL),
        (date(2022, 3, 6), 96, Level.DANGER),  # QĐ 261: SpO2 ≤ 96 % is reported at once
        (date(2022, 3, 6), 97, Level.NORMAL),
    ],
)
def test_the_guideline_of_the_cases_date_judges(db, catalog, found_on, spo2, level):
    held = register(db, f0(day=found_on))
    at = datetime(found_on.year, found_on.month, found_on.day, 7)
    result = record(db, catalog, draft(held, at=at, vitals=oxygen(spo2)))
    assert result.value.visit.level is level
    assert result.changes == {Kind.CARE}
    assert [alert.value for alert in open_alerts(db)] == ([f"{spo2} %"] if level is Level.DANGER else [])


def test_a_danger_is_kept_with_its_rule_and_stays_open_over_a_good_measurement(db, catalog, episode):
    record(db, catalog, draft(episode, vitals=oxygen(93)))
    record(db, catalog, draft(episode, at=MORNING + timedelta(hours=1), round_=Round.EXTRA))
    (alert,) = open_alerts(db)
    assert (alert.measure, alert.value, alert.full_name, alert.phone) == ("spo2", "93 %", PAO.full_name, PAO.phone)
    assert alert.minutes_open(NOW + timedelta(minutes=12)) == 12
    why = why_alert(db, alert.id, catalog=catalog)
    assert (why.limit, why.confirmed, why.valid_from) == ("96 %", True, date(2022, 1, 31))
    assert "261" in why.source


def test_an_answer_closes_an_alert_once_and_keeps_the_call(db, catalog, episode):
    record(db, catalog, draft(episode, vitals=replace(oxygen(93), breaths=24)))
    ids = [alert.id for alert in open_alerts(db)]
    assert len(ids) == 2
    said = Answering(answer=AlertAnswer.PHONED, note="Nhà báo còn khó thở", call=CallResult.REACHED)
    later = NOW + timedelta(minutes=12)
    assert answer_alerts(db, ids, said, by=None, by_name=BY, now=later).value == 2
    assert open_alerts(db) == ()
    kept = alerts_of(db, episode.id)
    assert {(one.answer, one.answered_by, one.minutes_open(later)) for one in kept} == {(AlertAnswer.PHONED, BY, 12)}
    with db.read() as session:
        assert [call.summary for call in session.scalars(select(PhoneCallRow))] == ["Nhà báo còn khó thở"]
    with pytest.raises(UserError) as trouble:
        answer_alert(db, ids[0], AlertAnswer.VISITED, by=None, by_name="Khác", now=later)
    assert trouble.value.code == "alerts.already_answered"
    assert trouble.value.params["who"] == BY


def test_a_wrong_entry_needs_a_reason_and_an_unknown_alert_is_said(db, catalog, episode):
    record(db, catalog, draft(episode, vitals=oxygen(93)))
    (alert,) = open_alerts(db)
    with pytest.raises(Refused):
        answer_alert(db, alert.id, AlertAnswer.WRONG_ENTRY, by=None, by_name=BY, now=NOW)
    with pytest.raises(UserError, match="unknown"):
        answer_alert(db, uuid4(), AlertAnswer.VISITED, by=None, by_name=BY, now=NOW)


def test_a_transfer_answers_all_in_its_own_transaction(db, catalog, episode):
    record(db, catalog, draft(episode, vitals=oxygen(93)))
    with db.write(None, NOW) as session:
        assert answer_open_in(session, episode.id, AlertAnswer.TRANSFERRED, by_name=BY, now=NOW) == 1
    assert open_alerts(db) == ()


def test_impossible_is_refused_and_nothing_is_kept(db, catalog, episode):
    with pytest.raises(Refused) as trouble:
        record(db, catalog, draft(episode, vitals=oxygen(9)), sure=True)
    assert [(one.field, one.level) for one in trouble.value.problems] == [("spo2", "error")]
    assert visits_of(db, episode.id) == ()


def test_doubtful_is_asked_back_and_passes_when_sure(db, catalog, episode):
    with pytest.raises(Refused) as trouble:
        record(db, catalog, draft(episode, vitals=oxygen(72)))
    assert {one.level for one in trouble.value.problems} == {"warning"}
    assert record(db, catalog, draft(episode, vitals=oxygen(72)), sure=True).value.visit.vitals.spo2 == 72


def test_two_people_with_the_same_patient_are_seen_before_saving(db, catalog, episode):
    record(db, catalog, draft(episode))
    with pytest.raises(UserError) as trouble:
        record(db, catalog, draft(episode, vitals=oxygen(97)), by_name="Tao Thị Lả")
    assert trouble.value.code == "rounds.already_checked"
    assert trouble.value.params == {"name": PAO.full_name, "who": BY, "when": "06:50 10/03"}
    assert len(visits_of(db, episode.id)) == 1
    record(db, catalog, draft(episode, vitals=oxygen(97)), by_name="Tao Thị Lả", again=True)
    assert len(visits_of(db, episode.id)) == 2


def test_a_correction_is_a_new_row_and_the_old_one_stays(db, catalog, episode):
    first = record(db, catalog, draft(episode, vitals=oxygen(93))).value.visit
    second = record(db, catalog, draft(episode, vitals=oxygen(98), voids=first.id)).value.visit
    assert [visit.id for visit in visits_of(db, episode.id)] == [second.id]
    with db.read() as session:
        assert session.scalars(select(VisitRow.spo2).order_by(VisitRow.n)).all() == [93, 98]
        assert [row.answer for row in session.scalars(select(AlertRow))] == [AlertAnswer.WRONG_ENTRY.value]
    with pytest.raises(UserError, match="already_voided"):
        record(db, catalog, draft(episode, vitals=oxygen(97), voids=first.id))


def test_a_correction_that_is_still_a_danger_keeps_the_first_hour(db, catalog, episode):
    first = record(db, catalog, draft(episode, vitals=oxygen(93))).value.visit
    record(db, catalog, draft(episode, vitals=oxygen(94), voids=first.id), now=NOW + timedelta(minutes=9))
    (alert,) = open_alerts(db)
    assert (alert.value, alert.raised_at) == ("94 %", NOW.replace(tzinfo=None))


def test_a_check_taken_back_needs_a_reason_and_counts_no_more(db, catalog, episode):
    visit = record(db, catalog, draft(episode, vitals=oxygen(93))).value.visit
    with pytest.raises(Refused):
        void_visit(db, visit.id, " ", catalog=catalog, by=None, by_name=BY, now=NOW)
    void_visit(db, visit.id, "ghi nhầm người", catalog=catalog, by=None, by_name=BY, now=NOW)
    assert visits_of(db, episode.id) == ()
    assert open_alerts(db) == ()
    with pytest.raises(UserError, match="already_voided"):
        void_visit(db, visit.id, "lần nữa", catalog=catalog, by=None, by_name=BY, now=NOW)
    with db.read() as session:
        assert len(session.scalars(select(VisitRow)).all()) == 2


def test_not_met_is_a_check_of_the_round(db, catalog, episode):
    away = draft(episode, vitals=Vitals(), status=VisitStatus.UNAVAILABLE, reason="đi nương", means=VisitMeans.PHONE)
    record(db, catalog, away)
    found = round_list(db, catalog=catalog, day=TODAY, round_=Round.MORNING)
    assert (found.done, found.wanted) == (1, 1)
    after = round_list(db, catalog=catalog, day=TODAY, round_=Round.AFTERNOON)
    assert after.lines[0].strip[-1] is Mark.MISSED
    assert after.lines[0].latest is None


def test_the_round_goes_by_hamlet_and_leaves_out_who_is_away(db, catalog):
    far = add_hamlet(db, "Bản Pa Khoá", by=None, now=NOW).value
    near = add_hamlet(db, "Bản Đông", by=None, now=NOW).value
    for number, hamlet in enumerate((far, near, near, None, far)):
        register(db, f0(replace(neighbour(number), hamlet_id=hamlet), day=date(2022, 3, 8)))
    gone = register(db, f0(replace(neighbour(5), hamlet_id=near), day=date(2022, 3, 8)))
    edit_episode(db, gone.id, replace(gone, isolation_type=QuarantineType.HOSPITAL), catalog=catalog, by=None, now=NOW)
    ended = register(db, f0(replace(neighbour(6), hamlet_id=near), day=date(2022, 3, 1)))
    well = replace(ended, outcome=CaseOutcome.RECOVERED, outcome_on=date(2022, 3, 9))
    edit_episode(db, ended.id, well, catalog=catalog, by=None, now=NOW)
    today = round_list(db, catalog=catalog, day=TODAY, round_=Round.MORNING)
    assert [(group.title, len(group.lines)) for group in today.groups] == [("Bản Đông", 2), ("Bản Pa Khoá", 2), ("", 1)]
    assert round_list(db, catalog=catalog, day=date(2022, 3, 9), round_=Round.MORNING).wanted == 5


def test_nobody_is_checked_after_death(db, catalog, episode):
    died = replace(episode, outcome=CaseOutcome.DECEASED, outcome_on=date(2022, 3, 9))
    edit_episode(db, episode.id, died, catalog=catalog, by=None, now=NOW)
    with pytest.raises(Refused) as trouble:
        record(db, catalog, draft(episode), sure=True)
    assert trouble.value.problems[0].code == "rounds.after_death"


def test_an_open_danger_stays_in_sight_in_the_next_round(db, catalog, episode):
    record(db, catalog, draft(episode, vitals=oxygen(93)))
    (line,) = round_list(db, catalog=catalog, day=TODAY, round_=Round.AFTERNOON).lines
    assert line.check is None
    assert [alert.value for alert in line.open_alerts] == ["93 %"]
    assert line.strip[-1] is Mark.DANGER
    (extra,) = round_list(db, catalog=catalog, day=TODAY, round_=Round.EXTRA).lines
    assert extra.due


def test_the_age_of_a_child_chooses_its_threshold(db, catalog):
    """QĐ 261: fast breathing is 40 from one to under five years, 30 from five to under twelve."""
    for birth, breaths, level in (
        (PartialDate(2018, 1, 1), 39, Level.NORMAL),
        (PartialDate(2018, 1, 1), 40, Level.DANGER),
        (PartialDate(2015, 1, 1), 30, Level.DANGER),
        (PartialDate(2015, 1, 1), 29, Level.NORMAL),
    ):
        child = replace(PAO, birth=birth, citizen_number="", old_citizen_number="", phone="")
        held = register(db, f0(child, day=date(2022, 3, 6)))
        vitals = replace(WELL, breaths=breaths, pulse=100)
        assert record(db, catalog, draft(held, vitals=vitals)).value.visit.level is level, (birth, breaths)


def test_each_check_and_alert_has_its_journal_line(db, catalog, episode):
    with db.read() as session:
        before = len(session.scalars(select(JournalRow.seq)).all())
    record(db, catalog, draft(episode, vitals=oxygen(93)))
    with db.read() as session:
        lines = session.scalars(select(JournalRow.tbl).order_by(JournalRow.seq)).all()
    assert sorted(lines[before:]) == ["alert", "visit"]


def test_an_illness_that_is_not_there_is_said(db, catalog, episode):
    with pytest.raises(UserError, match="unknown"):
        record(db, catalog, replace(draft(episode), episode_id=uuid4()))


def test_signs_that_nobody_asked_for_are_not_signs_that_are_absent(db, catalog, episode):
    visit = record(db, catalog, draft(episode, vitals=Vitals(), note="chỉ hỏi thăm")).value.visit
    assert (visit.level, visit.signs_asked) == (None, False)
    asked = draft(episode, at=MORNING + timedelta(minutes=5), round_=Round.EXTRA, vitals=Vitals(), signs_asked=True)
    assert record(db, catalog, asked).value.visit.level is Level.NORMAL


def test_a_call_that_reached_nobody_is_kept_and_answers_nothing(db, catalog, episode):
    record(db, catalog, draft(episode, vitals=oxygen(93)))
    (alert,) = open_alerts(db)
    said = Answering(answer=AlertAnswer.PHONED, note="không ai nghe", call=CallResult.NO_ANSWER)
    assert answer_alerts(db, [alert.id], said, by=None, by_name=BY, now=NOW).value == 0
    assert [one.id for one in open_alerts(db)] == [alert.id]
    with db.read() as session:
        assert [call.result for call in session.scalars(select(PhoneCallRow))] == [CallResult.NO_ANSWER.value]


def test_the_nurse_can_ask_for_more_checks_of_one_person(db, catalog):
    one = register(db)
    morning = round_list(db, catalog=catalog, day=TODAY, round_=Round.EXTRA).lines[0]
    assert (morning.due, morning.wants_extra) == (False, False)
    set_checks_a_day(db, one.id, 3, by=None, now=NOW)
    assert round_list(db, catalog=catalog, day=TODAY, round_=Round.EXTRA).lines[0].due
    assert round_list(db, catalog=catalog, day=TODAY, round_=Round.MORNING).lines[0].wants_extra
    set_checks_a_day(db, one.id, 1, by=None, now=NOW)
    assert not round_list(db, catalog=catalog, day=TODAY, round_=Round.AFTERNOON).lines[0].due
    set_checks_a_day(db, one.id, None, by=None, now=NOW)
    assert round_list(db, catalog=catalog, day=TODAY, round_=Round.AFTERNOON).lines[0].due
    with pytest.raises(Refused):
        set_checks_a_day(db, one.id, 9, by=None, now=NOW)
