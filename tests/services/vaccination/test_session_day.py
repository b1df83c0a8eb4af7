"""A session: planned, injected, sat out, counted; the store is right at every moment; nothing is counted twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from covidstation.db.queries.vaccine_seats import seats
from covidstation.db.rows import PersonRow, SessionPersonRow, SupplyLotRow
from covidstation.domain.care import Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import Sex
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft
from covidstation.domain.vaccination.screening import Outcome
from covidstation.domain.vaccination.sessions import Consent, NoDose, SessionStatus, Step, WasteReason, seat_of, tally
from covidstation.domain.vaccination.stances import StanceDraft, StanceKind
from covidstation.services.vaccination.arrival import look_at_arrival
from covidstation.services.vaccination.closing import cancel_session
from covidstation.services.vaccination.day import (
    come_to_session,
    keep_sitting,
    let_go,
    screen_person,
    take_back_injection,
)
from covidstation.services.vaccination.history import record_dose
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.seating import ConsentDraft, ScreeningDraft
from covidstation.services.vaccination.sessions import (
    edit_session,
    invite_people,
    open_session,
    uninvite_people,
)
from covidstation.services.vaccination.stances import add_stance
from covidstation.services.vaccination.takes import leave_out, lots_to_take
from covidstation.services.vaccination.vials import WasteDraft, draw_over, void_waste, waste_doses
from covidstation.services.vaccination.without import WithoutDraft, call_back, send_without
from tests.services.samples import NOW, TODAY, catalog
from tests.services.supplies.store import LATER, SOON, bring, keep, kept_sums, left
from tests.services.vaccination.rooms import (
    COMIRNATY,
    PFIZER,
    WELL,
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


def later(minutes):
    return NOW + timedelta(minutes=minutes)


def test_one_injection_writes_dose_store_vial_and_seat(db):
    lot = vaccine(db, 60)
    one, who = running(db, lot), person(db, 1)
    done = jab(db, one, who)
    assert (done.vial, done.left) == (1, 5)
    assert done.until == datetime(2022, 3, 10, 9, 0)  # thirty minutes
    line = seat(db, one, who)
    assert line.step is Step.OBSERVED and line.vitals.temperature == 367 and line.place_no == 1
    assert line.dose is not None
    assert (line.dose.product, line.dose.lot_number, line.dose.volume) == (COMIRNATY, "FK0112", 30)
    assert (line.dose.dose_class, line.dose.number) == (DoseClass.PRIMARY, 1)
    assert left(db, lot) == 59 == kept_sums(db)[lot]
    (vial,) = sheet(db, one).takes[0].opened
    assert (vial.given, vial.left, vial.number) == (1, 5, 1)


def test_taking_along_moves_nothing_and_holds_the_doses_for_that_session(db):
    lot = vaccine(db, 30)
    one, other = planned(db, lot, 3), planned(db)
    assert left(db, lot) == 30
    (offer,) = lots_to_take(db, catalog=catalog(), day=TODAY, today=TODAY)
    assert (offer.free, offer.per_vial, offer.product) == (12, 6, COMIRNATY)
    assert refused(lambda: take(db, other, lot, 3)) == {"vaccine_session.held"}
    take(db, other, lot, 2)
    take(db, one, lot, 1)
    take(db, other, lot, 4)
    leave_out(db, sheet(db, other).takes[0].id, by=None, now=NOW)
    assert sheet(db, other).takes == ()


def test_an_expired_lot_is_not_taken_and_not_offered(db):
    lot = vaccine(db, 30, expiry=SOON, item="AstraZeneca")
    late = planned(db, day=SOON + timedelta(days=1))
    assert lots_to_take(db, catalog=catalog(), day=SOON + timedelta(days=1), today=TODAY) == ()
    assert refused(lambda: take(db, late, lot, 1)) == {"vaccine_session.take_expired"}
    on_its_last_day = planned(db, day=SOON)
    take(db, on_its_last_day, lot, 1)


def test_what_expires_first_goes_first_and_an_opened_vial_goes_on(db):
    late = vaccine(db, 12, number="LATE", expiry=LATER)
    soon = vaccine_of_same_item(db, late, "SOON", SOON)
    one = running(db, late, 1)
    take(db, one, soon, 1)
    lots = [jab(db, one, person(db, n), now=later(n)).dose.lot_number for n in range(8)]
    assert lots == ["SOON"] * 6 + ["LATE"] * 2


def vaccine_of_same_item(db, lot, number, expiry):
    with db.read() as session:
        item = session.scalars(select(SupplyLotRow.item_id).where(SupplyLotRow.id == lot)).one()
    return bring(db, item, 12, number=number, expiry=expiry)


def test_a_vial_that_was_opened_too_long_ago_is_not_used(db):
    one = running(db, vaccine(db), 2)
    jab(db, one, person(db, 1))
    assert jab(db, one, person(db, 2), now=later(360)).vial == 1  # six hours to the minute
    assert jab(db, one, person(db, 3), now=later(361)).vial == 2
    old = next(vial for vial in sheet(db, one).takes[0].opened if vial.number == 1)
    chosen = InjectionDraft(vial_id=old.id)
    assert code(lambda: jab(db, one, person(db, 4), now=later(361), draft=chosen)) == "vaccine_session.vial_old"


def test_a_vial_may_be_chosen_and_a_new_one_opened(db):
    one = running(db, vaccine(db), 3)
    jab(db, one, person(db, 1))
    take_id = sheet(db, one).takes[0].id
    assert jab(db, one, person(db, 2), draft=InjectionDraft(take_id=take_id)).vial == 2
    second = next(vial for vial in sheet(db, one).takes[0].opened if vial.number == 2)
    assert jab(db, one, person(db, 3), draft=InjectionDraft(vial_id=second.id)).left == 4


def test_nobody_has_two_doses_in_one_session(db):
    one, who = running(db, vaccine(db)), person(db, 1)
    jab(db, one, who)
    assert code(lambda: jab(db, one, who, now=later(1))) == "vaccine_session.had_dose"
    assert sheet(db, one).line.given == 1


def test_without_doses_left_it_says_so_and_writes_nothing(db):
    lot = vaccine(db, 6)
    one = running(db, lot, 1)
    for number in range(6):
        jab(db, one, person(db, number))
    who = person(db, 7)
    assert code(lambda: jab(db, one, who)) == "vaccine_session.nothing_left"
    assert left(db, lot) == 0 and who not in {line.person_id for line in seats(db, one)}


def test_a_dose_over_the_label_is_counted_into_the_store(db):
    lot = vaccine(db, 6)
    one = running(db, lot, 1)
    for number in range(6):
        jab(db, one, person(db, number))
    (vial,) = sheet(db, one).takes[0].opened
    extra = draw_over(db, vial.id, now=NOW, **WHO).value
    assert left(db, lot) == 1
    jab(db, one, person(db, 7))
    assert left(db, lot) == 0
    assert code(lambda: void_waste(db, extra, now=NOW, **WHO)) == "vaccine_session.over_given"
    ended(db, one, 0)
    assert sheet(db, one).takes[0].settled


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"screening": ScreeningDraft()}, {"vaccine_session.temperature_missing"}),
        ({"screening": ScreeningDraft(vitals=Vitals(temperature=290))}, {"rounds.temperature_impossible"}),
        ({"consent": ConsentDraft(said=Consent.UNASKED)}, {"vaccine_session.no_consent"}),
        ({"screening": replace(WELL, answers=frozenset({"PREGNANT"}))}, {"vaccine_session.weeks_missing"}),
        ({"screening": replace(WELL, answers=frozenset({"GIANT"}))}, {"vaccine_session.answer_unknown"}),
        ({"screening": replace(WELL, answers=frozenset({"PRESSURE"}))}, {"vaccine_session.pressure_missing"}),
        ({"screening": replace(WELL, outcome=Outcome.CAUTION)}, {"vaccine_session.outcome_why"}),
    ],
)
def test_what_is_missing_stops_the_injection_and_nothing_is_written(db, changes, wanted):
    lot = vaccine(db)
    one, who = running(db, lot), person(db, 1)
    assert refused(lambda: jab(db, one, who, **changes)) == wanted
    assert left(db, lot) == 60 and seats(db, one) == ()


def test_a_deferral_stops_the_injection_unless_somebody_decides_otherwise_with_a_reason(db):
    one, who = running(db, vaccine(db)), person(db, 1)
    ill = replace(WELL, answers=frozenset({"ACUTE"}))
    assert code(lambda: jab(db, one, who, screening=ill)) == "vaccine_session.may_not"
    well = replace(ill, outcome=Outcome.ELIGIBLE, reason="Chỉ sổ mũi, bác sĩ đã khám")
    jab(db, one, who, screening=well)
    line = seat(db, one, who)
    assert (line.proposed, line.seat.outcome) == (Outcome.DEFER, Outcome.ELIGIBLE)
    assert line.outcome_reason == "Chỉ sổ mũi, bác sĩ đã khám"


def test_a_child_needs_a_guardian(db):
    one, child = running(db, vaccine(db)), person(db, 1, birth=PartialDate(2008, 5, 1))
    assert refused(lambda: jab(db, one, child)) == {"vaccine_session.guardian"}
    half = ConsentDraft(guardian_name="Giàng Thị Sua")
    assert refused(lambda: jab(db, one, child, consent=half)) == {"vaccine_session.guardian_relation"}
    jab(db, one, child, consent=replace(half, guardian_relation="mẹ"))
    assert seat(db, one, child).guardian_name == "Giàng Thị Sua"


def test_the_wrong_product_for_a_child_is_asked_back(db):
    one, child = running(db, vaccine(db)), person(db, 1, birth=PartialDate(2019, 5, 1))
    mother = ConsentDraft(guardian_name="Giàng Thị Sua", guardian_relation="mẹ")
    assert "vaccination.too_young" in refused(lambda: jab(db, one, child, consent=mother))


def test_two_steps_screened_first_then_injected(db):
    one, who = running(db, vaccine(db)), person(db, 1)
    come_to_session(db, one, [who], now=NOW, **WHO)
    assert seat(db, one, who).step is Step.COME
    outcome = screen_person(db, one, who, WELL, catalog=catalog(), now=later(5), **WHO).value
    assert outcome is Outcome.ELIGIBLE and seat(db, one, who).step is Step.SCREENED
    jab(db, one, who, now=later(9), screening=None)
    line = seat(db, one, who)
    assert line.step is Step.OBSERVED and line.seat.come_at == datetime(2022, 3, 10, 8, 30)


def test_who_was_not_screened_is_not_injected(db):
    one, who = running(db, vaccine(db)), person(db, 1)
    assert code(lambda: jab(db, one, who, screening=None)) == "vaccine_session.not_screened"


def test_the_clock_runs_thirty_minutes_and_earlier_is_asked_back(db):
    one, who = running(db, vaccine(db)), person(db, 1)
    jab(db, one, who)
    early = {"catalog": catalog(), "now": later(29), **WHO}
    assert refused(lambda: let_go(db, one, [who], **early)) == {"vaccine_session.too_early"}
    assert seat(db, one, who).step is Step.OBSERVED
    let_go(db, one, [who], **{**early, "now": later(30)})
    assert seat(db, one, who).step is Step.LEFT
    keep_sitting(db, one, who, by=None, now=later(31))
    assert seat(db, one, who).step is Step.OBSERVED
    let_go(db, one, [who], sure=True, **early)
    assert seat(db, one, who).seat.left_at == datetime(2022, 3, 10, 8, 59)


def test_an_injection_taken_back_is_in_its_vial_and_in_the_store_again(db):
    lot = vaccine(db)
    one, who = running(db, lot), person(db, 1)
    jab(db, one, who)
    back = {"catalog": catalog(), "now": later(2), **WHO}
    assert refused(lambda: take_back_injection(db, one, who, " ", **back)) == {"vaccination.void_why"}
    take_back_injection(db, one, who, "Nhầm người", **back)
    assert left(db, lot) == 60 and sheet(db, one).takes[0].opened[0].left == 6
    assert seat(db, one, who).step is Step.SCREENED
    assert jab(db, one, who, now=later(3)).vial == 1


@pytest.mark.parametrize(
    ("kind", "stance"),
    [
        (NoDose.DEFERRED, StanceKind.DEFERRED),
        (NoDose.CONTRAINDICATED, StanceKind.CONTRAINDICATED),
        (NoDose.REFUSED, StanceKind.REFUSED),
        (NoDose.HOSPITAL, None),
        (NoDose.WENT, None),
    ],
)
def test_who_goes_without_leaves_word_in_the_register(db, kind, stance):
    one, who = running(db, vaccine(db)), person(db, 1)
    draft = WithoutDraft(kind=kind, reason="Đang sốt", again_on=TODAY + timedelta(days=14))
    send_without(db, one, who, draft, catalog=catalog(), now=NOW, **WHO)
    assert seat(db, one, who).step is Step.ENDED
    known = look_at_arrival(db, who, session_id=one, catalog=catalog()).stances
    assert [one.kind for one in known] == ([stance] if stance else [])
    if stance:
        assert known[0].until == TODAY + timedelta(days=14)
    assert code(lambda: jab(db, one, who)) == "vaccine_session.went"
    call_back(db, one, who, by=None, now=NOW)
    assert look_at_arrival(db, who, session_id=one, catalog=catalog()).stances == ()
    jab(db, one, who)


def test_what_goes_without_must_say(db):
    one, who = running(db, vaccine(db)), person(db, 1)
    act = {"catalog": catalog(), "now": NOW, **WHO}
    said = WithoutDraft(kind=NoDose.DEFERRED, again_on=TODAY)
    found = refused(lambda: send_without(db, one, who, said, **act))
    assert found == {"vaccine_session.why_without", "vaccine_session.again_past"}
    said = WithoutDraft(kind=NoDose.DEFERRED, reason="sốt")
    assert refused(lambda: send_without(db, one, who, said, **act)) == {"vaccine_session.again_missing"}


def test_a_second_deferral_takes_the_place_of_the_first(db):
    one, who = running(db, vaccine(db)), person(db, 1)
    earlier = StanceDraft(
        person_id=who, kind=StanceKind.DEFERRED, reason="Sốt", since=TODAY, until=TODAY + timedelta(days=3)
    )
    add_stance(db, earlier, now=NOW, **WHO)
    draft = WithoutDraft(reason="Vẫn sốt", again_on=TODAY + timedelta(days=10))
    send_without(db, one, who, draft, catalog=catalog(), now=NOW, **WHO)
    known = look_at_arrival(db, who, session_id=one, catalog=catalog()).stances
    assert [(one.reason, one.until) for one in known] == [("Vẫn sốt", TODAY + timedelta(days=10))]


def test_an_injection_ends_what_had_put_it_off(db):
    one, who = running(db, vaccine(db)), person(db, 1)
    draft = StanceDraft(person_id=who, kind=StanceKind.REFUSED, reason="Chưa muốn", since=TODAY)
    add_stance(db, draft, now=NOW, **WHO)
    jab(db, one, who)
    assert look_at_arrival(db, who, session_id=one, catalog=catalog()).stances == ()


def test_the_dose_of_the_session_is_the_next_of_the_person(db):
    one, who = running(db, vaccine(db)), person(db, 1)
    for number, given_on in enumerate((date(2021, 8, 1), date(2021, 9, 1)), 1):
        dose = DoseDraft(
            person_id=who,
            given=PartialDate.of(given_on),
            product=COMIRNATY,
            dose_class=DoseClass.PRIMARY,
            number=number,
        )
        record_dose(db, dose, catalog=catalog(), now=NOW, sure=True, **WHO)
    known = look_at_arrival(db, who, session_id=one, catalog=catalog())
    assert known.next_dose == (DoseClass.BOOSTER, 1)
    found = jab(db, one, who).dose
    assert (found.dose_class, found.number) == (DoseClass.BOOSTER, 1)


def test_a_session_left_open_at_a_power_cut_is_found_as_it_was(db):
    one, who, next_one = running(db, vaccine(db)), person(db, 1), person(db, 2)
    jab(db, one, who)
    come_to_session(db, one, [next_one], now=NOW, **WHO)
    before = sheet(db, one), seats(db, one)
    db.engine.dispose()
    assert (sheet(db, one), seats(db, one)) == before
    assert before[0].line.status is SessionStatus.OPEN
    assert [line.step for line in before[1]] == [Step.OBSERVED, Step.COME]


def test_a_session_of_yesterday_is_entered_from_paper_with_its_hours(db):
    yesterday = TODAY - timedelta(days=1)
    lot = vaccine_before(db)
    one, who = running(db, lot, 2, day=yesterday), person(db, 1)
    assert sheet(db, one).line.on_paper
    assert refused(lambda: jab(db, one, who)) == {"vaccine_session.time_missing"}
    for number, hour in ((2, 15), (3, 8)):  # a late vial first, then an early hour
        at = datetime(2022, 3, 9, hour, 20)
        done = jab(db, one, person(db, number), draft=InjectionDraft(at=at))
        assert done.vial == 1 and done.dose.given == PartialDate(2022, 3, 9)
    let_go(db, one, [seats(db, one)[0].person_id], catalog=catalog(), now=NOW, **WHO)
    assert seats(db, one)[0].seat.left_at == datetime(2022, 3, 9, 15, 50)


def vaccine_before(db):
    return bring(db, keep(db, PFIZER), 60, number="FK0112", day=TODAY - timedelta(days=5))


def test_whom_a_session_expects(db):
    one, first, second = planned(db), person(db, 1), person(db, 2)
    assert invite_people(db, one, [first, second, first], now=NOW, **WHO).value == 2
    assert [(line.person_id, line.place_no) for line in seats(db, one)] == [(first, 1), (second, 2)]
    assert uninvite_people(db, one, [first], by=None, now=NOW).value == 1
    assert [line.person_id for line in seats(db, one)] == [second]
    assert invite_people(db, one, [first], now=NOW, **WHO).value == 1
    assert sheet(db, one).line.expected == 2


def test_two_copies_that_add_the_same_person_write_the_same_row(db):
    one, who = planned(db), person(db, 1)
    invite_people(db, one, [who], now=NOW, **WHO)
    with db.read() as session:
        assert [row.id for row in session.query(SessionPersonRow)] == [seat_of(one, who)]


def test_a_plan_can_change_until_it_has_begun(db):
    one = running(db, vaccine(db))
    draft = replace(sheet(db, one).line.draft, day=TODAY + timedelta(days=1))
    act = {"by": None, "now": NOW}
    jab(db, one, person(db, 1))
    assert code(lambda: edit_session(db, one, draft, catalog=catalog(), **act)) == "vaccine_session.day_begun"
    assert code(lambda: cancel_session(db, one, **act)) == "vaccine_session.begun"
    edit_session(db, one, replace(draft, day=TODAY, team="Mai tiêm, Páo theo dõi"), catalog=catalog(), **act)
    other = planned(db, day=TODAY + timedelta(days=3))
    assert code(lambda: open_session(db, other, **act)) == "vaccine_session.not_yet"
    cancel_session(db, other, **act)
    assert code(lambda: open_session(db, other, **act)) == "vaccine_session.cancelled"


def test_who_died_or_moved_is_not_vaccinated(db):
    one, who = running(db, vaccine(db)), person(db, 1)
    with db.write(None, NOW) as session:
        session.query(PersonRow).filter(PersonRow.id == who).one().moved_to = "03518"
    assert code(lambda: jab(db, one, who)) == "vaccine_session.moved"


def test_the_desk_knows_what_the_register_knows(db):
    one = running(db, vaccine(db))
    who = person(db, 1, sex=Sex.FEMALE, conditions=("hypertension",))
    known = look_at_arrival(db, who, session_id=one, catalog=catalog())
    assert known.sheet.code == "adult" and known.facts.conditions == ("hypertension",)
    assert known.sheet.wants_pressure(known.age, {"PRESSURE"}) and known.seat is None


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=st.lists(st.integers(0, 6), min_size=1, max_size=14))
def test_whatever_is_done_the_store_and_the_session_agree(register, acts):
    """After each act: what left the lot is what was given and lost; no dose is in two vials."""
    db = register.db
    lot = vaccine(db, 36, number=f"H{next(_COUNT)}", item=f"Comirnaty {next(_COUNT)}")
    one, given_to = running(db, lot, 4), []
    for step, act in enumerate(acts):
        _do(db, one, act, given_to, step)
        found = sheet(db, one)
        out = found.takes[0].given + found.takes[0].wasted - found.takes[0].extra
        assert left(db, lot) == kept_sums(db)[lot] == 36 - out
        assert found.takes[0].given == sum(vial.given for vial in found.takes[0].opened) == len(given_to)
        assert all(vial.given + vial.wasted <= vial.doses + vial.extra for vial in found.takes[0].opened)
    ended(db, one, sheet(db, one).takes[0].unopened * 6)
    assert tally(sheet(db, one).takes).difference == 0


_COUNT = iter(range(10**6))


def _do(db, one, act, given_to, step):
    found = sheet(db, one).takes[0]
    opened = [vial for vial in found.opened if vial.left]
    if act <= 2 and (opened or found.unopened):
        who = person(db, 100 + next(_COUNT), citizen_number="", phone="")
        jab(db, one, who, now=later(step))
        given_to.append(who)
    elif act == 3 and given_to:
        take_back_injection(db, one, given_to.pop(), "nhầm", catalog=catalog(), now=later(step), **WHO)
    elif act == 4 and opened:
        waste_doses(db, WasteDraft(take_id=found.id, vial_id=opened[0].id, doses=1), now=later(step), **WHO)
    elif act == 5 and found.opened and found.opened[0].extra < 5:
        draw_over(db, found.opened[0].id, now=later(step), **WHO)
    elif act == 6:
        losses = [loss for loss in sheet(db, one).wastes if loss.reason is not WasteReason.DRAWN_OVER]
        if losses:
            void_waste(db, losses[0].id, now=later(step), **WHO)
