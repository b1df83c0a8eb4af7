"""The end of a session, and of a vaccine in it: what was lost, what is left, what differs, who still sits."""

from __future__ import annotations

from dataclasses import replace

from covidstation.domain.dates import PartialDate
from covidstation.domain.supplies import MovementKind
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft
from covidstation.domain.vaccination.sessions import SessionStatus, WasteReason, tally
from covidstation.services.vaccination.closing import Counted, close_session, reopen_session
from covidstation.services.vaccination.history import record_dose
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.vials import WasteDraft, void_waste, waste_doses
from tests.services.samples import NOW, catalog
from tests.services.supplies.store import left, moves
from tests.services.vaccination.rooms import (
    COMIRNATY,
    WHO,
    code,
    ended,
    jab,
    person,
    refused,
    running,
    sheet,
    take,
    vaccine,
)


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
    assert [row.counted for row in moves(db, lot) if row.kind == MovementKind.COUNT.value] == [53]
    reopen_session(db, one, now=NOW, **WHO)
    assert left(db, lot) == 60 - 1 - 5 and not sheet(db, one).takes[0].settled
    ended(db, one, 12)
    assert left(db, lot) == 60 - 1 - 5 and sheet(db, one).takes[0].difference(12) == 0


def test_what_was_counted_must_be_there_for_each_take(db):
    one = running(db, vaccine(db), 2)
    assert refused(lambda: close_session(db, one, {}, now=NOW, **WHO)) == {"vaccine_session.left_missing"}
    assert refused(lambda: ended(db, one, 13)) == {"vaccine_session.left"}


def test_people_who_still_sit_are_named_before_the_end(db):
    one = running(db, vaccine(db), 1)
    jab(db, one, person(db, 1))
    takes = sheet(db, one).takes[0].id
    act = {"now": NOW, **WHO}
    assert refused(lambda: close_session(db, one, {takes: Counted(0)}, **act)) == {"vaccine_session.people_there"}
    close_session(db, one, {takes: Counted(0)}, sure=True, **act)


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
