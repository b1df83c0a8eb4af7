"""A session from its plan to its beginning, or to being given up: what may change when, what is asked back."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from covidstation.db.queries.vaccination import stances_of
from covidstation.db.rows import SessionPersonRow, SessionVialRow, VaccineDoseRow
from covidstation.domain.vaccination.sessions import (
    NoDose,
    SessionDraft,
    SessionPart,
    SessionPlace,
    SessionStatus,
    Step,
)
from covidstation.services.vaccination.closing import cancel_session, close_session
from covidstation.services.vaccination.day import come_to_session, take_back_injection
from covidstation.services.vaccination.nameless import leave_counts
from covidstation.services.vaccination.results import day_result
from covidstation.services.vaccination.session_papers import result_pdf, session_list_pdf
from covidstation.services.vaccination.sessions import (
    edit_session,
    invite_people,
    open_session,
    plan_session,
)
from covidstation.services.vaccination.vials import WasteDraft, waste_doses
from covidstation.services.vaccination.without import WithoutDraft, send_without
from tests.services.samples import NOW, TODAY, catalog
from tests.services.supplies.store import SOON
from tests.services.vaccination.rooms import (
    WHO,
    code,
    jab,
    person,
    planned,
    refused,
    running,
    seat,
    sheet,
    take,
    vaccine,
)

ACT = {"by": None, "now": NOW}
TOMORROW = TODAY + timedelta(days=1)


def draft_of(db, one):
    return sheet(db, one).line.draft


def test_a_session_that_runs_changes_its_team_place_and_lots_and_is_asked_nothing(db):
    one = running(db, vaccine(db), 1)
    jab(db, one, person(db, 1))
    late = {"by": None, "now": NOW + timedelta(days=1)}
    said = replace(draft_of(db, one), team="Páo tiêm", place=SessionPlace.HOME, address="Nhà ông Sử", note="mất điện")
    whole = replace(said, part=SessionPart.WHOLE)
    edit_session(db, one, whole, catalog=catalog(), **late)  # its day is over, and nobody asks of it again
    found = sheet(db, one).line
    assert (found.draft.team, found.draft.address, found.draft.part) == ("Páo tiêm", "Nhà ông Sử", SessionPart.WHOLE)
    take(db, one, vaccine(db, 12, number="FK0113"), 2)
    assert [one.lot_number for one in sheet(db, one).takes] == ["FK0112", "FK0113"]


def test_the_day_moves_only_while_nobody_has_come_and_nothing_was_opened(db):
    lot = vaccine(db)
    lost, came, idle = running(db, lot, 1), running(db, lot, 1), running(db, lot, 1)
    waste_doses(db, WasteDraft(take_id=sheet(db, lost).takes[0].id), now=NOW, **WHO)
    come_to_session(db, came, [person(db, 1)], now=NOW, **WHO)
    for one in (lost, came):
        later = replace(draft_of(db, one), day=TOMORROW)
        assert code(lambda one=one, later=later: edit_session(db, one, later, catalog=catalog(), sure=True, **ACT)) == (
            "vaccine_session.day_begun"
        )
    moved = replace(draft_of(db, idle), day=TOMORROW)
    edit_session(db, idle, moved, catalog=catalog(), sure=True, **ACT)
    found = sheet(db, idle).line
    assert (found.status, found.opened_at, found.day) == (SessionStatus.PLANNED, None, TOMORROW)  # opened by mistake
    edit_session(db, idle, replace(moved, day=TODAY - timedelta(days=1)), catalog=catalog(), sure=True, **ACT)
    open_session(db, idle, **ACT)
    assert sheet(db, idle).line.on_paper


def test_a_day_after_the_expiry_of_a_lot_that_goes_along_is_refused(db):
    one = planned(db, vaccine(db, 6, expiry=SOON), 1)
    late = replace(draft_of(db, one), day=SOON + timedelta(days=1))
    assert refused(lambda: edit_session(db, one, late, catalog=catalog(), sure=True, **ACT)) == {
        "vaccine_session.take_expired"
    }
    edit_session(db, one, replace(late, day=SOON), catalog=catalog(), sure=True, **ACT)


def test_two_sessions_at_one_place_and_time_are_asked_back(db):
    plan = SessionDraft(day=TODAY, part=SessionPart.MORNING, place=SessionPlace.HOME, address="Nhà văn hoá")
    first = plan_session(db, plan, now=NOW, **WHO).value

    def again(**other):
        return lambda: plan_session(db, replace(plan, **other), now=NOW, **WHO)

    assert refused(again()) == refused(again(address="NHÀ  VĂN HOÁ")) == {"vaccine_session.twin"}
    assert refused(again(part=SessionPart.WHOLE)) == {"vaccine_session.twin"}
    afternoon = again(part=SessionPart.AFTERNOON)().value
    again(address="Trường học")()
    moved = replace(draft_of(db, afternoon), part=SessionPart.MORNING)
    assert refused(lambda: edit_session(db, afternoon, moved, catalog=catalog(), **ACT)) == {"vaccine_session.twin"}
    told = replace(plan, team="Mai")
    edit_session(db, first, told, catalog=catalog(), **ACT)  # it is no twin of itself, nor asked while it stays
    cancel_session(db, first, **ACT)
    edit_session(db, afternoon, moved, catalog=catalog(), **ACT)  # what was given up is in nobody's way


def test_what_was_given_or_lost_keeps_a_session_from_being_given_up(db):
    given, lost = running(db, vaccine(db), 1), running(db, vaccine(db, number="FK2"), 1)
    jab(db, given, person(db, 1))
    waste_doses(db, WasteDraft(take_id=sheet(db, lost).takes[0].id), now=NOW, **WHO)
    for one in (given, lost):
        assert code(lambda one=one: cancel_session(db, one, sure=True, **ACT)) == "vaccine_session.begun"


def test_who_was_put_off_in_a_session_that_is_given_up_keeps_what_was_said(db):
    one, ill, waits = running(db, vaccine(db), 1), person(db, 1), person(db, 2)
    again = TODAY + timedelta(days=9)
    send_without(
        db, one, ill, WithoutDraft(reason="Đang sốt", again_on=again), catalog=catalog(), now=NOW, **WHO
    )  # fmt: skip
    come_to_session(db, one, [waits], now=NOW, **WHO)
    asked = {"vaccine_session.cancel_noted", "vaccine_session.cancel_waiting"}
    assert refused(lambda: cancel_session(db, one, **ACT)) == asked
    cancel_session(db, one, sure=True, **ACT)
    assert sheet(db, one).line.status is SessionStatus.CANCELLED
    with db.read() as session:
        (stance,) = stances_of(session, ill)
    assert (stance.reason, stance.until, stance.closed_on) == ("Đang sốt", again, None)
    assert (seat(db, one, ill).step, seat(db, one, ill).seat.no_dose) == (Step.ENDED, NoDose.DEFERRED)
    assert day_result(db, TODAY, catalog=catalog()) == ()


def test_a_session_without_anybody_and_without_vaccine_can_be_printed_and_ended(db):
    one = planned(db)
    known = {"catalog": catalog(), "today": TODAY}
    assert session_list_pdf(db, one, **known).startswith(b"%PDF")
    open_session(db, one, **ACT)
    close_session(db, one, {}, catalog=catalog(), now=NOW, **WHO)
    (found,) = day_result(db, TODAY, catalog=catalog())
    assert (found.people, found.used, found.wasted, found.product) == (0, 0, 0, "")
    assert result_pdf(db, TODAY, **known).startswith(b"%PDF")


def test_a_session_whose_vial_was_opened_is_ended_and_not_given_up(db):
    one = running(db, vaccine(db), 1)
    who = person(db, 1)
    jab(db, one, who)
    take_back_injection(db, one, who, "Chưa tiêm", catalog=catalog(), by_name="Lò Thị Mai", **ACT)
    assert code(lambda: cancel_session(db, one, sure=True, **ACT)) == "vaccine_session.begun"
    later = replace(draft_of(db, one), day=TOMORROW)
    assert (
        code(lambda: edit_session(db, one, later, catalog=catalog(), sure=True, **ACT)) == "vaccine_session.day_begun"
    )


def test_who_was_invited_and_whose_record_the_law_took_holds_no_plan_up(db):
    one = planned(db, vaccine(db), 1, day=TOMORROW)
    gone, stays = person(db, 1), person(db, 2)
    invite_people(db, one, [gone, stays], now=NOW, **WHO)
    with db.write(None, NOW) as session:
        leave_counts(session, session.scalars(select(SessionPersonRow).where(SessionPersonRow.person_id == gone)))
    edit_session(db, one, replace(draft_of(db, one), day=TOMORROW + timedelta(days=1)), catalog=catalog(), **ACT)
    cancel_session(db, one, **ACT)
    assert sheet(db, one).line.status is SessionStatus.CANCELLED


def test_a_dose_of_somebody_whose_record_the_law_took_is_a_beginning(db):
    one = running(db, vaccine(db), 1)
    who = person(db, 1)
    jab(db, one, who)
    with db.write(None, NOW) as session:
        doses = session.scalars(select(VaccineDoseRow).where(VaccineDoseRow.person_id == who)).all()
        leave_counts(session, doses)
        for row in (*doses, *session.scalars(select(SessionVialRow))):
            session.delete(row)
    assert code(lambda: cancel_session(db, one, sure=True, **ACT)) == "vaccine_session.begun"
