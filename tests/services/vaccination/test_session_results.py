"""The result of a day against a count by hand; who goes without is counted once; the papers; what waits today."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pypdfium2
import pytest

from covidstation.db.queries.vaccine_seats import seats
from covidstation.db.queries.vaccine_sessions import sessions
from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft
from covidstation.domain.vaccination.reactions import EventDraft
from covidstation.domain.vaccination.sessions import NoDose, WasteReason
from covidstation.errors import UserError
from covidstation.services.vaccination.closing import cancel_session
from covidstation.services.vaccination.day import come_to_session, let_go, take_back_injection
from covidstation.services.vaccination.history import record_dose
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.reactions import record_event
from covidstation.services.vaccination.results import day_result
from covidstation.services.vaccination.session_papers import (
    invitations_pdf,
    result_pdf,
    screening_pdf,
    session_list_pdf,
)
from covidstation.services.vaccination.sessions import invite_people
from covidstation.services.vaccination.vials import WasteDraft, waste_doses
from covidstation.services.vaccination.waiting import sessions_waiting
from covidstation.services.vaccination.without import WithoutDraft, send_without
from tests.services.samples import NOW, TODAY, catalog
from tests.services.supplies.store import SOON, bring, keep
from tests.services.vaccination.rooms import (
    ASTRA,
    COMIRNATY,
    WHO,
    ended,
    jab,
    person,
    planned,
    running,
    sheet,
    take,
    vaccine,
)

AT = datetime(2022, 3, 10, 8, 30)
KNOWN = {"catalog": catalog(), "today": TODAY}


def had(db, who, *doses):
    """Doses of the basic course that somebody told of."""
    for number, day in enumerate(doses, 1):
        draft = DoseDraft(
            person_id=who,
            given=PartialDate.of(day),
            product=COMIRNATY,
            dose_class=DoseClass.PRIMARY,
            number=number,
        )
        record_dose(db, draft, catalog=catalog(), now=NOW, sure=True, **WHO)


def text_of(pdf):
    found = pypdfium2.PdfDocument(pdf)
    words = "\n".join(page.get_textpage().get_text_bounded() for page in found)
    found.close()
    return " ".join(words.split())


@pytest.fixture
def day(db):
    """Three first doses, one second, one booster; one of each kind without; a loss; two reactions."""
    one = running(db, vaccine(db), 4)
    for number in (1, 2, 3):
        jab(db, one, person(db, number))
    second, third = person(db, 4), person(db, 5)
    had(db, second, date(2022, 1, 3))
    had(db, third, date(2021, 8, 2), date(2021, 9, 2))
    jab(db, one, second)
    last = jab(db, one, third)
    for number, kind in enumerate(NoDose, 10):
        draft = WithoutDraft(kind=kind, reason="lý do", again_on=TODAY + timedelta(days=9))
        send_without(db, one, person(db, number), draft, catalog=catalog(), now=NOW, **WHO)
    invite_people(db, one, [person(db, 20)], now=NOW, **WHO)  # who never came
    takes = sheet(db, one).takes[0]
    lost = WasteDraft(take_id=takes.id, vial_id=takes.opened[0].id, doses=1, reason=WasteReason.SPILLED)
    waste_doses(db, lost, now=NOW, **WHO)
    for kinds in (("PAIN", "FEVER"), ("ANAPHYLAXIS",)):
        event = EventDraft(
            person_id=third, dose_id=last.dose.id, kinds=kinds, began_at=AT + timedelta(minutes=9), treatment="nằm"
        )
        record_event(db, event, catalog=catalog(), now=NOW + timedelta(minutes=10), **WHO)
    return db, one


def test_the_figures_of_a_day_are_those_counted_by_hand(day):
    db, one = day
    (found,) = day_result(db, TODAY, catalog=catalog())
    assert found.session_id == one and found.product == COMIRNATY and found.campaign == "Đợt 3"
    assert (found.first, found.second, found.third, found.additional, found.booster) == (3, 1, 0, 0, 1)
    assert (found.used, found.wasted, found.people) == (5, 1, 10)
    assert (found.hospital, found.refused, found.deferred, found.contraindicated) == (1, 1, 1, 1)
    assert dict(found.ordinary) == {"PAIN": 1, "FEVER": 1} and found.severe == 1


def test_what_was_taken_back_is_in_no_figure(day):
    db, one = day
    before = day_result(db, TODAY, catalog=catalog())[0]
    first = next(line for line in seats(db, one) if line.dose is not None and line.dose.number == 1)
    take_back_injection(db, one, first.person_id, "nhầm", catalog=catalog(), now=NOW, **WHO)
    after = day_result(db, TODAY, catalog=catalog())[0]
    assert (after.first, after.used) == (before.first - 1, before.used - 1)


def test_two_vaccines_in_one_session_are_two_lines_and_nobody_is_counted_twice(db):
    one = running(db, vaccine(db, 6), 1)
    other = bring(db, keep(db, replace(ASTRA, name="AstraZeneca")), 10, number="AZ1")
    take(db, one, other, 1, per_vial=10)
    lots = [
        jab(db, one, person(db, number), draft=InjectionDraft(product=COMIRNATY if number < 3 else None)).dose.product
        for number in range(8)
    ]
    draft = WithoutDraft(kind=NoDose.WENT)
    send_without(db, one, person(db, 9), draft, catalog=catalog(), now=NOW, **WHO)
    found = day_result(db, TODAY, catalog=catalog())
    assert len(set(lots)) == 2 and len(found) == 2
    assert sum(one.used for one in found) == 8 and sum(one.people for one in found) == 9


def test_the_vaccine_of_the_dose_before_is_chosen_where_the_session_has_it(db):
    one, who = running(db, vaccine(db, 6), 1), person(db, 1)
    other = bring(db, keep(db, replace(ASTRA, name="AstraZeneca")), 10, number="AZ1", expiry=SOON)
    take(db, one, other, 1, per_vial=10)
    assert jab(db, one, person(db, 2)).dose.lot_number == "AZ1"  # it expires first, and is opened
    had(db, who, date(2022, 1, 3))
    assert jab(db, one, who).dose.product == COMIRNATY


def test_the_official_columns_stand_in_their_order(day):
    db, _one = day
    words = text_of(result_pdf(db, TODAY, **KNOWN))
    heads = ["Đợt", "Vắc xin", "Chuyển", "Không", "Hoãn", "Chống", "Mũi 1", "Mũi 2", "Bổ", "Nhắc", "Tai biến"]
    places = [words.find(head, words.find("TT")) for head in heads]
    assert -1 not in places and places == sorted(places)


def test_the_papers_of_a_session_say_who_and_what(day):
    db, one = day
    listed = text_of(session_list_pdf(db, one, **KNOWN))
    assert "FK0112" in listed and "Phản vệ" in listed  # the reaction stands in the list
    assert "GIẤY MỜI" in text_of(invitations_pdf(db, one, **KNOWN))
    sheets = text_of(screening_pdf(db, one, **KNOWN))
    assert "PHIẾU SÀNG LỌC" in sheets and "36,7" in sheets
    blank = text_of(screening_pdf(db, one, blank=1, **KNOWN))
    assert "Trẻ em dưới 18 tuổi" in blank and "Người từ 18 tuổi" in blank and "36,7" not in blank


def test_nobody_to_invite_is_said(db):
    with pytest.raises(UserError, match="nobody"):
        invitations_pdf(db, planned(db), **KNOWN)


def test_what_waits_today(db):
    assert waits(db).sessions == ()
    later = planned(db, day=TODAY + timedelta(days=2))
    today = planned(db)
    assert [line.id for line in waits(db).sessions] == [today]
    one = running(db, vaccine(db), 1)
    assert [line.id for line in waits(db).left_open] == [one]
    assert [line.id for line in waits(db, 1).left_open] == [one]  # left open: it is not forgotten
    ended(db, one, 6)
    assert {line.id for line in sessions(db)} == {later, today, one}
    assert waits(db).left_open == ()


def test_plans_whose_day_went_by_wait_behind_those_of_today(db):
    forgotten, today = planned(db, day=TODAY - timedelta(days=20)), planned(db)
    found = waits(db)
    assert [line.id for line in found.sessions] == [today, forgotten]
    assert [line.id for line in found.forgotten(TODAY)] == [forgotten]
    assert [line.id for line in waits(db, 1).forgotten(TODAY + timedelta(days=1))] == [forgotten, today]
    cancel_session(db, forgotten, by=None, now=NOW)
    assert [line.id for line in waits(db).sessions] == [today]


def waits(db, days=0):
    return sessions_waiting(db, TODAY + timedelta(days=days), catalog=catalog())


def test_who_still_sits_after_the_session_is_named_until_they_are_let_go(db):
    one, sits, early, came = running(db, vaccine(db), 1), person(db, 90), person(db, 91), person(db, 92)
    jab(db, one, sits, now=NOW + timedelta(minutes=5))
    jab(db, one, early)
    come_to_session(db, one, [came], now=NOW, **WHO)
    assert waits(db).sitting == ()  # the session says it while it runs
    ended(db, one, 0, now=NOW + timedelta(minutes=10))
    wall = NOW.replace(tzinfo=None)
    found = [(each.person_id, each.until, each.session_id) for each in waits(db, 3).sitting]
    late = wall + timedelta(minutes=35)  # 30 minutes by QĐ 5785
    assert found == [(early, wall + timedelta(minutes=30), one), (sits, late, one)]
    let_go(db, one, [early], catalog=catalog(), now=NOW + timedelta(days=3), **WHO)
    assert [each.person_id for each in waits(db, 3).sitting] == [sits]
    assert waits(db, 60).sitting == ()
