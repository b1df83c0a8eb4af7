"""A session whose end is written after its day: no hour before what had happened, and losses stay what they were."""

from __future__ import annotations

from datetime import timedelta

import pytest

from covidstation.domain.vaccination.sessions import NoDose, Step, WasteReason
from covidstation.services.vaccination.arrival import look_at_arrival
from covidstation.services.vaccination.closing import reopen_session
from covidstation.services.vaccination.day import come_to_session
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.vials import WasteDraft, waste_doses
from covidstation.services.vaccination.without import WithoutDraft, send_without
from tests.services.samples import NOW, catalog
from tests.services.vaccination.rooms import WHO, ended, jab, person, running, seat, sheet, vaccine

MORNING = NOW.replace(hour=9, minute=0)
NEXT = MORNING.replace(hour=7, minute=30) + timedelta(days=1)


def at(hour, minute=0):
    return NOW.replace(hour=hour, minute=minute, tzinfo=None)


def test_who_waited_did_not_leave_before_they_came(db):
    """Ended the next morning at half past seven; opened again, who had gone by themselves stays gone."""
    one, waits, gone = running(db, vaccine(db), 2, now=MORNING), person(db, 2), person(db, 3)
    jab(db, one, person(db, 1), now=MORNING)
    come_to_session(db, one, [waits], now=MORNING.replace(minute=20), **WHO)
    left = MORNING.replace(minute=40)
    send_without(db, one, gone, WithoutDraft(kind=NoDose.WENT), catalog=catalog(), now=left, **WHO)
    ended(db, one, 6, now=NEXT)
    (waste,) = sheet(db, one).wastes
    assert seat(db, one, waits).seat.left_at > at(9, 40) and waste.at > at(9, 40)
    reopen_session(db, one, now=NEXT, **WHO)
    assert (seat(db, one, waits).step, seat(db, one, gone).step) == (Step.COME, Step.ENDED)
    assert sheet(db, one).wastes == ()


def test_a_loss_that_is_written_the_next_day_is_not_before_its_vial(db):
    one = running(db, vaccine(db), 2, now=MORNING)
    jab(db, one, person(db, 1), now=MORNING)
    (vial,) = sheet(db, one).takes[0].opened
    waste_doses(db, WasteDraft(take_id=vial.take_id, vial_id=vial.id, doses=1), now=NEXT, **WHO)
    assert [each.at for each in sheet(db, one).wastes] == [at(9)]


def test_a_session_of_yesterday_proposes_the_vials_that_it_had_opened(db):
    """Opened again to enter who was forgotten: the only vial of the day is no empty session, though old by now."""
    one, forgotten = running(db, vaccine(db), 1, now=MORNING), person(db, 2)
    jab(db, one, person(db, 1), now=MORNING)
    ended(db, one, 0, now=MORNING + timedelta(hours=2))
    reopen_session(db, one, now=NEXT, **WHO)
    drawing = look_at_arrival(db, forgotten, session_id=one, catalog=catalog()).drawing(NEXT.replace(tzinfo=None))
    assert (drawing.number, drawing.vial.left) == (1, 5)
    given = jab(db, one, forgotten, draft=InjectionDraft(at=at(10)), now=NEXT)
    assert given.vial == 1 and seat(db, one, forgotten).seat.injected_at == at(10)


@pytest.mark.parametrize(("hours", "why"), [(7, WasteReason.OVERTIME), (2, WasteReason.LEFTOVER)])
def test_opened_again_the_day_after_what_was_lost_stays_what_it_was(db, hours, why):
    """Something is entered late; the session was not run on paper for that."""
    one = running(db, vaccine(db), 1, now=MORNING)
    jab(db, one, person(db, 1), now=MORNING)
    ended(db, one, 0, now=MORNING + timedelta(hours=hours))
    for _again in range(2):
        reopen_session(db, one, now=NEXT, **WHO)
        assert not sheet(db, one).line.on_paper
        ended(db, one, 0, now=NEXT)
        assert [(each.doses, each.reason) for each in sheet(db, one).wastes] == [(5, why)]
