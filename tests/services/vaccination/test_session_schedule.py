"""The desk asks the schedule: who is not due is asked back with the rule, at arrival and again when the dose is
written; what the card showed is what is given."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from covidstation.db.ids import new_id
from covidstation.db.queries.vaccination import doses_of
from covidstation.db.queries.vaccine_seats import seats
from covidstation.db.rows import SessionTakeRow, SessionVialRow
from covidstation.domain.care import Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import Sex
from covidstation.domain.terms import Answer
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft, DoseSource
from covidstation.domain.vaccination.sessions import NoDose
from covidstation.domain.vaccination.stances import StanceDraft, StanceKind
from covidstation.domain.vaccination.states import DueKind
from covidstation.errors import UserError
from covidstation.messages import sentences
from covidstation.services.vaccination.arrival import look_at_arrival
from covidstation.services.vaccination.due import vaccine_state
from covidstation.services.vaccination.history import record_dose
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.seating import ConsentDraft, ScreeningDraft
from covidstation.services.vaccination.stances import add_stance
from covidstation.services.vaccination.without import WithoutDraft, send_without
from tests.services.samples import NOW, TODAY, catalog, f0, register
from tests.services.vaccination.rooms import (
    COMIRNATY,
    WHO,
    code,
    jab,
    person,
    planned,
    refused,
    running,
    sheet,
    take,
    vaccine,
)

ASTRA = "EU/1/21/1529"
NOT_DUE = "vaccine_session.not_due"
MEASURED = ScreeningDraft(vitals=Vitals(temperature=367, systolic=120, diastolic=80))
MOTHER = ConsentDraft(guardian_name="Giàng Thị Sua", guardian_relation="mẹ")


def later(minutes):
    return NOW + timedelta(minutes=minutes)


def arrival(db, one, who):
    return look_at_arrival(db, who, session_id=one, catalog=catalog())


def had(db, who, product, *days):
    for number, day in enumerate(days, 1):
        dose = DoseDraft(
            person_id=who, given=PartialDate.of(day), product=product, dose_class=DoseClass.PRIMARY, number=number,
            source=DoseSource.CARD, reason="Theo giấy",
        )  # fmt: skip
        record_dose(db, dose, catalog=catalog(), now=NOW, sure=True, **WHO)


def stance(db, who, kind, **more):
    said = StanceDraft(person_id=who, kind=kind, since=TODAY - timedelta(days=9), reason="Dị ứng nặng", **more)
    add_stance(db, said, now=NOW - timedelta(days=9), **WHO)


def too_soon(db, who):
    had(db, who, COMIRNATY, TODAY - timedelta(days=10))


def whole_course(db, who):
    had(db, who, COMIRNATY, date(2021, 6, 15), date(2021, 7, 15))
    booster = DoseDraft(
        person_id=who, given=PartialDate(2022, 1, 10), product=COMIRNATY, dose_class=DoseClass.BOOSTER, number=1,
        source=DoseSource.CARD, reason="Theo giấy",
    )  # fmt: skip
    record_dose(db, booster, catalog=catalog(), now=NOW, sure=True, **WHO)


def deferred(db, who):
    stance(db, who, StanceKind.DEFERRED, until=TODAY + timedelta(days=5))


def never(db, who):
    stance(db, who, StanceKind.CONTRAINDICATED, until=TODAY)  # to be looked at again: nobody has


def ill(db, who):
    register(db, replace(f0(day=TODAY - timedelta(days=2)), person_id=who))


@pytest.mark.parametrize(
    ("before", "born", "kind", "asked"),
    [
        (deferred, PartialDate(1985, 6, 1), DueKind.DEFERRED, {NOT_DUE}),
        (ill, PartialDate(1985, 6, 1), DueKind.DEFERRED, {NOT_DUE}),
        (whole_course, PartialDate(1985, 6, 1), DueKind.COMPLETE, {NOT_DUE}),
        (never, PartialDate(1985, 6, 1), DueKind.CONTRAINDICATED, {NOT_DUE}),
        (too_soon, PartialDate(1985, 6, 1), DueKind.NOT_YET, {"vaccination.too_soon"}),  # its own days and rule
        (lambda db, who: None, PartialDate(2011, 1, 2), DueKind.NOT_ELIGIBLE, {"vaccination.too_young"}),
        (lambda db, who: None, None, DueKind.UNKNOWN, {NOT_DUE}),
    ],
)
def test_who_is_not_due_is_asked_back_with_the_rule_and_wants_a_word_why(db, before, born, kind, asked):
    lot = vaccine(db)
    one, who = running(db, lot), person(db, 1, birth=born)
    before(db, who)
    known = arrival(db, one, who)
    assert known.standing.state.kind is kind is vaccine_state(db, who, catalog=catalog(), now=NOW).kind
    assert not known.standing.due and known.standing.state.rule in known.standing.why()
    said = {"consent": MOTHER, "screening": MEASURED}
    assert asked <= refused(lambda: jab(db, one, who, **said))
    assert refused(lambda: jab(db, one, who, sure=True, **said)) == {"vaccination.why"}
    assert seats(db, one) == ()
    jab(db, one, who, sure=True, draft=InjectionDraft(reason="Trưởng trạm quyết định"), **said)


def test_what_changed_between_the_look_and_the_needle_counts(db):
    one, who = running(db, vaccine(db)), person(db, 1)
    assert arrival(db, one, who).standing.due
    never(db, who)
    with pytest.raises(UserError) as trouble:
        jab(db, one, who)
    (words,) = sentences(trouble.value)
    assert "Dị ứng nặng" in words and "Chống chỉ định" in words


@pytest.mark.parametrize("kind", [StanceKind.REFUSED, StanceKind.CANNOT_TRAVEL])
def test_who_had_refused_and_came_has_the_dose_in_one_act(db, kind):
    one, who = running(db, vaccine(db)), person(db, 1)
    stance(db, who, kind)
    known = arrival(db, one, who)
    assert known.standing.due and [said.kind for said in known.standing.given_up] == [kind]
    jab(db, one, who)
    assert arrival(db, one, who).stances == ()


def test_a_contraindication_to_the_vaccine_that_was_drawn_is_named(db):
    lot, other = vaccine(db, 12), vaccine(db, 20, number="AZ7", item="AstraZeneca")
    one, who = running(db, lot, 1), person(db, 1)
    take(db, one, other, 1, per_vial=10)
    stance(db, who, StanceKind.CONTRAINDICATED, product=COMIRNATY)
    assert arrival(db, one, who).drawing(NOW.replace(tzinfo=None)).take.product == ASTRA
    pfizer = next(found.id for found in sheet(db, one).takes if found.product == COMIRNATY)
    assert refused(lambda: jab(db, one, who, draft=InjectionDraft(take_id=pfizer))) == {"vaccination.product_against"}
    assert jab(db, one, who).dose.product == ASTRA


def test_a_pregnant_woman_is_given_what_is_for_her(db):
    lot = vaccine(db, 20, number="SP1", item="Sputnik V")
    one, who = running(db, lot, 1), person(db, 1, sex=Sex.FEMALE, pregnancy=Answer.YES)
    known = arrival(db, one, who)
    assert not known.fits and "Sputnik-V" not in known.standing.wanted
    assert code(lambda: jab(db, one, who)) == "vaccine_session.none_fits"
    chosen = InjectionDraft(take_id=sheet(db, one).takes[0].id)
    said = {"vaccination.product_other", "vaccine_session.answer_known"}  # and her sheet has no word of it
    assert refused(lambda: jab(db, one, who, draft=chosen)) == said


def test_the_session_gives_what_may_follow_and_says_so_when_it_has_none(db):
    one, who = running(db, vaccine(db, 20, number="AZ7", item="AstraZeneca"), 1), person(db, 1)
    had(db, who, COMIRNATY, date(2022, 1, 20))
    known = arrival(db, one, who)
    assert not known.fits and known.drawing(NOW.replace(tzinfo=None)) is None
    with pytest.raises(UserError) as trouble:
        jab(db, one, who)
    (words,) = sentences(trouble.value)
    assert trouble.value.code == "vaccine_session.none_fits" and "Comirnaty" in words and "tuyến trên" in words
    chosen = InjectionDraft(take_id=sheet(db, one).takes[0].id)
    assert refused(lambda: jab(db, one, who, draft=chosen)) == {"vaccination.product_other"}
    take(db, one, vaccine(db, 12), 1)
    assert jab(db, one, who).dose.product == COMIRNATY


def test_the_number_of_the_dose_is_the_schedules(db):
    one, first, second = running(db, vaccine(db, item="Comirnaty")), person(db, 1), person(db, 2)
    had(db, first, "BBIBP-CorV", date(2021, 9, 1), date(2021, 10, 1))  # then an additional one
    state = vaccine_state(db, first, catalog=catalog(), now=NOW)
    assert state.next is not None and state.next.dose_class is DoseClass.ADDITIONAL
    assert arrival(db, one, first).next_dose == (DoseClass.ADDITIONAL, 1)
    assert jab(db, one, first).dose.dose_class is DoseClass.ADDITIONAL
    had(db, second, COMIRNATY, date(2021, 12, 1), date(2021, 12, 5))  # too early: it is given again
    assert arrival(db, one, second).next_dose == (DoseClass.PRIMARY, 2)
    assert jab(db, one, second).dose.number == 2


def test_two_desks_the_slower_one_is_told_what_changed_and_writes_nothing(db):
    one = running(db, vaccine(db, 12), 2)
    first, second, third = (person(db, number) for number in (1, 2, 3))
    when = NOW.replace(tzinfo=None)
    shown = arrival(db, one, first).drawing(when)
    jab(db, one, second, draft=InjectionDraft(shown=arrival(db, one, second).drawing(when)))
    with pytest.raises(UserError) as trouble:
        jab(db, one, first, draft=InjectionDraft(shown=shown))
    (words,) = sentences(trouble.value)
    assert trouble.value.code == "vaccine_session.vial_changed"
    assert "lọ 1, mở lọ mới" in words and "lọ 1, còn 5 liều" in words
    assert {line.person_id for line in seats(db, one)} == {second}
    now = arrival(db, one, first).drawing(when)
    jab(db, one, third, draft=InjectionDraft(shown=now))  # a dose fewer in the vial is no other vial
    assert jab(db, one, first, draft=InjectionDraft(shown=now)).left == 3


def test_a_lot_that_was_corrected_meanwhile_is_shown_first(db):
    one, who = running(db, vaccine(db, 12), 2), person(db, 1)
    shown = arrival(db, one, who).drawing(NOW.replace(tzinfo=None))
    with db.write(None, NOW) as session:
        session.query(SessionTakeRow).one().lot_number = "FK0113"
    assert code(lambda: jab(db, one, who, draft=InjectionDraft(shown=shown))) == "vaccine_session.vial_changed"


def test_vials_that_two_computers_opened_under_one_number_are_told_apart(db):
    one = running(db, vaccine(db, 36), 4)
    jab(db, one, person(db, 1))
    held = sheet(db, one).takes[0]
    with db.write(None, NOW) as session:  # as it comes from the other computer
        session.add(
            SessionVialRow(
                id=new_id(), session_id=one, take_id=held.id, number=1, opened_at=datetime(2022, 3, 10, 9), by_name="B"
            )
        )
    first, second = sheet(db, one).takes[0].opened
    assert [vial.label for vial in (first, second)] == ["1A", "1B"] and sheet(db, one).takes[0].unopened == 2
    assert jab(db, one, person(db, 2), draft=InjectionDraft(vial_id=second.id), now=later(31)).out_of.label == "1B"
    fresh = jab(db, one, person(db, 3), draft=InjectionDraft(take_id=held.id), now=later(31))
    assert (fresh.vial, fresh.out_of.label) == (2, "2")


def test_who_was_sent_home_may_come_to_the_next_session_once_the_day_has_come(db):
    one, who = running(db, vaccine(db)), person(db, 1)
    gone = WithoutDraft(kind=NoDose.DEFERRED, reason="Sốt", again_on=TODAY + timedelta(days=3))
    send_without(db, one, who, gone, catalog=catalog(), now=NOW, **WHO)
    early, ready = (planned(db, day=TODAY + timedelta(days=days)) for days in (2, 3))
    assert arrival(db, early, who).standing.state.kind is DueKind.DEFERRED
    assert arrival(db, ready, who).standing.due
    with db.read() as session:
        assert doses_of(session, who) == ()
