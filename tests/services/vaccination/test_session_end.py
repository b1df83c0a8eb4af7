"""The end of a session, and of a vaccine in it: what was lost, what is left, what differs, who still sits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from covidstation.db.queries.vaccine_papers import without_confirmation
from covidstation.db.rows import VaccineDoseRow
from covidstation.domain.dates import PartialDate
from covidstation.domain.packs import PaperKind
from covidstation.domain.supplies import MovementKind
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft
from covidstation.domain.vaccination.sessions import NoDose, SessionStatus, Step, WasteReason, tally
from covidstation.services.papers.issuing import issue_paper
from covidstation.services.vaccination.closing import Counted, close_session, reopen_session
from covidstation.services.vaccination.day import come_to_session, keep_sitting, let_go
from covidstation.services.vaccination.history import record_dose
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.sessions import invite_people
from covidstation.services.vaccination.takes import doses_out
from covidstation.services.vaccination.vials import WasteDraft, void_waste, waste_doses
from tests.services.samples import NOW, TODAY, catalog
from tests.services.supplies.store import left, moves
from tests.services.vaccination.rooms import (
    COMIRNATY,
    WHO,
    code,
    ended,
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

TOLD = DoseDraft(person_id=UUID(int=0), given=PartialDate(2021, 9, 1), product=COMIRNATY, number=1)


def test_lost_doses_leave_the_store_and_come_back_when_they_were_not_lost(db):
    lot = vaccine(db)
    one = running(db, lot, 3)
    jab(db, one, person(db, 1))
    takes = sheet(db, one).takes[0]
    waste = WasteDraft(take_id=takes.id, vial_id=takes.opened[0].id, doses=6, reason=WasteReason.SPILLED)
    assert refused(lambda: waste_doses(db, waste, now=NOW, **WHO)) == {"vaccine_session.doses"}
    spilled = waste_doses(db, replace(waste, doses=2), now=NOW, **WHO).value
    broken = WasteDraft(take_id=takes.id, reason=WasteReason.BROKEN)
    waste_doses(db, broken, now=NOW, **WHO)  # a whole vial that nobody had opened
    assert left(db, lot) == 60 - 1 - 2 - 6
    found = sheet(db, one)
    assert found.takes[0].wasted == 8 and found.takes[0].unopened == 1
    assert [(one.reason, one.doses) for one in found.wastes] == [(WasteReason.SPILLED, 2), (WasteReason.BROKEN, 6)]
    void_waste(db, spilled, now=NOW, **WHO)
    assert left(db, lot) == 60 - 1 - 6 and sheet(db, one).takes[0].opened[0].left == 5
    assert code(lambda: void_waste(db, spilled, now=NOW, **WHO)) == "vaccine_session.waste_unknown"


def test_at_the_end_given_and_wasted_and_left_are_what_was_taken(db):
    lot = vaccine(db)
    one = running(db, lot, 3)
    for number in range(8):
        jab(db, one, person(db, number))
    ended(db, one, 6)
    found = sheet(db, one)
    sums = tally(found.takes)
    assert (sums.taken, sums.given, sums.wasted, sums.left, sums.difference) == (18, 8, 4, 6, 0)
    assert [one.reason for one in found.wastes] == [WasteReason.LEFTOVER]
    assert left(db, lot) == 60 - 8 - 4 and found.line.status is SessionStatus.CLOSED
    assert code(lambda: jab(db, one, person(db, 9))) == "vaccine_session.closed"


def test_a_difference_must_be_explained_and_the_store_follows_it(db):
    lot = vaccine(db)
    one = running(db, lot, 3)
    jab(db, one, person(db, 1))
    assert refused(lambda: ended(db, one, 11)) == {"vaccine_session.difference_why"}
    assert left(db, lot) == 59  # nothing was written, the leftover of the vial neither
    ended(db, one, 11, "Một liều không thấy")
    assert left(db, lot) == 60 - 1 - 5 - 1
    assert [(row.kind, row.counted, row.quantity) for row in moves(db, lot)][-1] == (MovementKind.COUNT.value, None, -1)
    reopen_session(db, one, now=NOW, **WHO)
    found = sheet(db, one).takes[0]
    assert left(db, lot) == 60 - 1 and not found.settled
    assert found.opened[0].usable(NOW.replace(tzinfo=None), 360) and found.opened[0].left == 5  # it goes on
    ended(db, one, 12)
    assert left(db, lot) == 60 - 1 - 5 and sheet(db, one).takes[0].difference(12) == 0


def test_what_was_counted_must_be_there_for_each_take(db):
    one = running(db, vaccine(db), 2)
    assert refused(lambda: close_session(db, one, {}, catalog=catalog(), now=NOW, **WHO)) == {
        "vaccine_session.left_missing"
    }
    assert refused(lambda: ended(db, one, 13)) == {"vaccine_session.left"}


def test_nobody_is_lost_when_a_session_ends_while_people_sit_and_wait(db):
    one = running(db, vaccine(db), 1)
    sits, waits, expected = (person(db, number) for number in (1, 2, 3))
    invite_people(db, one, [expected], now=NOW, **WHO)
    jab(db, one, sits)
    come_to_session(db, one, [waits], now=NOW, **WHO)
    takes = sheet(db, one).takes[0].id
    act, soon = {"now": NOW, **WHO}, {"now": NOW + timedelta(minutes=31), **WHO}
    asked = {"vaccine_session.people_waiting", "vaccine_session.people_sitting"}
    assert refused(lambda: close_session(db, one, {takes: Counted(0)}, catalog=catalog(), **act)) == asked
    close_session(db, one, {takes: Counted(0)}, catalog=catalog(), sure=True, **act)
    steps = [seat(db, one, who).step for who in (sits, waits, expected)]
    assert steps == [Step.OBSERVED, Step.ENDED, Step.EXPECTED]
    assert seat(db, one, waits).seat.no_dose is NoDose.WENT
    again = {"catalog": catalog(), **act}
    assert refused(lambda: let_go(db, one, [sits], **again)) == {"vaccine_session.too_early"}  # the clock goes on
    let_go(db, one, [sits], catalog=catalog(), **soon)
    assert seat(db, one, sits).step is Step.LEFT
    keep_sitting(db, one, sits, by=None, now=NOW)
    assert seat(db, one, sits).step is Step.OBSERVED
    assert code(lambda: keep_sitting(db, one, waits, by=None, now=NOW)) == "vaccine_session.no_dose_yet"
    reopen_session(db, one, **act)
    assert seat(db, one, waits).step is Step.COME


def test_a_paper_that_does_not_speak_of_the_dose_does_not_count(db):
    """Issued before the injection; or after its hour, but before the register knew of it; or of a dose without hour."""
    who, hour = person(db, 1), NOW.replace(tzinfo=None)
    tomorrow = NOW + timedelta(days=1)
    record_dose(db, replace(TOLD, person_id=who), catalog=catalog(), now=NOW, sure=True, **WHO)
    issued = {"catalog": catalog(), "issued_on": TODAY, "by": None}
    issue_paper(db, PaperKind.VACCINATION, [who], now=NOW + timedelta(hours=5), **issued)
    one = running(db, vaccine(db), 1, now=tomorrow)
    went = InjectionDraft(reason="Tiêm nhắc sớm", at=hour, left_at=hour + timedelta(hours=1))
    jab(db, one, who, sure=True, draft=went, now=tomorrow)
    assert [found for found, _name in without_confirmation(db, one)] == [who]
    issue_paper(db, PaperKind.VACCINATION, [who], now=tomorrow, **issued)
    assert without_confirmation(db, one) == ()
    with db.write(None, NOW) as session:
        session.query(VaccineDoseRow).filter(VaccineDoseRow.session_id == one).one().given_at = None
    assert without_confirmation(db, one) == ()


def test_another_vaccine_is_not_given_because_the_usual_one_is_used_up(db):
    pfizer, astra = vaccine(db, 6), vaccine(db, 20, item="AstraZeneca", number="AZ7")
    one = running(db, pfizer, 1)
    take(db, one, astra, 1, per_vial=10)
    for number in range(6):
        jab(db, one, person(db, number), draft=InjectionDraft(product=COMIRNATY))
    who, new = person(db, 7), person(db, 8)
    had = DoseDraft(person_id=who, given=PartialDate(2021, 9, 1), product=COMIRNATY, dose_class=DoseClass.PRIMARY)
    record_dose(db, replace(had, number=1), catalog=catalog(), now=NOW, sure=True, **WHO)
    assert code(lambda: jab(db, one, who, sure=True)) == "vaccine_session.nothing_left"
    assert left(db, astra) == 20
    assert jab(db, one, new).dose.product != COMIRNATY  # who had none of them has what is there


@pytest.mark.parametrize(
    ("on_paper", "late", "why"),
    [
        (False, timedelta(minutes=360), WasteReason.LEFTOVER),  # 6 hours by the rule, QĐ 5785: the last minute
        (False, timedelta(minutes=361), WasteReason.OVERTIME),
        (False, timedelta(hours=23), WasteReason.OVERTIME),
        (True, timedelta(days=1), WasteReason.LEFTOVER),  # nobody wrote when it was opened
    ],
)
def test_a_vial_past_its_hours_is_written_off_as_what_it_is(db, on_paper, late, why):
    lot, opened = vaccine(db), NOW.replace(hour=8)
    one = running(db, lot, 1, now=NOW + timedelta(days=1) if on_paper else opened)
    draft = InjectionDraft(at=opened.replace(tzinfo=None)) if on_paper else InjectionDraft()
    jab(db, one, person(db, 4), now=opened + late if on_paper else opened, draft=draft)
    ended(db, one, 0, now=opened + late)
    assert [(each.doses, each.reason) for each in sheet(db, one).wastes] == [(5, why)]
    assert left(db, lot) == 60 - 6
    reopen_session(db, one, now=opened + late, **WHO)
    assert sheet(db, one).wastes == () and left(db, lot) == 60 - 1


def test_a_count_of_the_store_is_told_what_sessions_hold(db):
    lot, other = vaccine(db, 60), vaccine(db, 60, number="FK2")
    planned(db, lot, 3)  # its vials are still in the fridge
    one = running(db, lot, 4)
    take(db, one, other, 1)
    jab(db, one, person(db, 4))
    waste_doses(db, WasteDraft(take_id=sheet(db, one).takes[0].id, reason=WasteReason.BROKEN), now=NOW, **WHO)
    assert doses_out(db) == {lot: 24 - 1 - 6, other: 6}
    assert left(db, lot) == 60 - 1 - 6  # 43 lie in the fridge
    second = running(db, lot, 1)
    assert doses_out(db)[lot] == 17 + 6
    for each in (one, second):
        counted = {mine.id: Counted(mine.to_count) for mine in sheet(db, each).takes}
        close_session(db, each, counted, catalog=catalog(), now=NOW, sure=True, **WHO)
    assert doses_out(db) == {}
