"""Reactions after a dose: what can be, what must be said, who must still look at what."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta

import pytest

from covidstation.db.queries.vaccination import doses_of
from covidstation.db.queries.vaccine_events import events_of, events_waiting, list_events, session_events
from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import DoseDraft
from covidstation.domain.vaccination.reactions import EventDraft, EventEnd
from covidstation.services.vaccination.day import take_back_injection
from covidstation.services.vaccination.history import record_dose, void_dose
from covidstation.services.vaccination.reactions import (
    EndDraft,
    edit_event,
    end_event,
    record_event,
    reopen_event,
    report_event,
    take_back_report,
)
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.rooms import COMIRNATY, WHO, jab, person, running, vaccine
from tests.services.vaccination.test_session_day import code, later, refused

AT = datetime(2022, 3, 10, 8, 30)  # the injection
KNOWN = {"catalog": catalog(), "by": None}


@pytest.fixture
def injected(db):
    one, who = running(db, vaccine(db)), person(db, 1)
    jab(db, one, who)
    return db, one, who


def write(db, draft, *, minutes=60, sure=False):
    return record_event(db, draft, catalog=catalog(), now=later(minutes), sure=sure, **WHO).value


def mild(who, minutes=20):
    return EventDraft(person_id=who, kinds=("PAIN", "FEVER"), began_at=AT + timedelta(minutes=minutes))


def severe(who, **changes):
    said = EventDraft(
        person_id=who, kinds=("ANAPHYLAXIS",), began_at=AT + timedelta(minutes=8), grade=2, treatment="Adrenalin 0,5 mg"
    )
    return replace(said, **changes)


def test_a_reaction_is_of_the_last_dose_before_it(injected):
    db, one, who = injected
    event = write(db, mild(who))
    assert (event.severe, event.product, event.session_id, event.injected_at) == (False, COMIRNATY, one, AT)
    assert event.follow_until is None and event.report_due(24) is None
    assert session_events(db, one) == (event,) == events_of(db, who)
    assert events_waiting(db).open == 0  # an ordinary one asks for nobody


def test_a_severe_one_waits_until_it_is_reported_and_has_ended(injected):
    db, _one, who = injected
    event = write(db, severe(who))
    assert event.severe and event.follow_until == TODAY + timedelta(days=28)
    assert event.report_due(24) == AT + timedelta(minutes=8, hours=24)
    found = events_waiting(db)
    assert (found.open, found.unreported, [line.full_name for line in found.first]) == (1, 1, ["Chẻo Lở Mẩy"])
    assert refused(lambda: report_event(db, event.id, " ", by=None, now=later(90))) == {"reactions.reported_to"}
    report_event(db, event.id, "Trung tâm Y tế huyện Sìn Hồ", "12/BC", by=None, now=later(90))
    assert (events_waiting(db).open, events_waiting(db).unreported) == (1, 0)
    end_event(db, event.id, EndDraft(end=EventEnd.RECOVERED, on=TODAY), by=None, now=later(90))
    assert events_waiting(db).open == 0 and list_events(db, waiting=True) == ()
    assert [line.event.end for line in list_events(db)] == [EventEnd.RECOVERED]
    assert code(lambda: edit_event(db, event.id, severe(who), now=later(91), **KNOWN)) == "reactions.ended"
    reopen_event(db, event.id, now=later(92), **KNOWN)
    assert events_waiting(db).open == 1


def test_a_second_report_is_asked_back_says_its_hour_and_can_be_taken_back(injected):
    db, _one, who = injected
    event = write(db, severe(who))

    def told(at=None, sure=False, minutes=90):
        return report_event(db, event.id, "TTYT huyện", "12/BC", by=None, now=later(minutes), at=at, sure=sure).value

    assert refused(lambda: told(AT + timedelta(minutes=91))) == {"reactions.future"}
    assert refused(lambda: told(AT - timedelta(days=1))) == {"reactions.reported_early"}
    by_phone = AT + timedelta(minutes=30)
    assert told(by_phone).reported_at == by_phone
    assert refused(lambda: told(minutes=5000)) == {"reactions.reported_before"}
    assert events_of(db, who)[0].reported_at == by_phone
    assert told(minutes=5000, sure=True).reported_at == AT + timedelta(minutes=5000)
    again = take_back_report(db, event.id, by=None, now=later(5001)).value
    assert (again.reported_at, again.reported_to, again.report_number) == (None, "", "")
    assert events_waiting(db).unreported == 1 and told(minutes=5002).reported_at is not None


def test_one_that_has_ended_unreported_still_waits_but_a_mistake_does_not(injected):
    db, one, who = injected
    event = write(db, severe(who))
    end_event(db, event.id, EndDraft(end=EventEnd.RECOVERED), by=None, now=later(90))
    assert events_waiting(db).unreported == 1
    reopen_event(db, event.id, now=later(91), **KNOWN)
    end_event(db, event.id, EndDraft(end=EventEnd.MISTAKE), by=None, now=later(92))
    assert events_waiting(db).open == 0 and session_events(db, one) == ()


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [
        ({"kinds": ()}, {"reactions.kind_missing"}),
        ({"kinds": ("PURPLE",)}, {"reactions.kind_unknown"}),
        ({"began_at": None}, {"reactions.time_missing"}),
        ({"began_at": AT + timedelta(minutes=62)}, {"reactions.future"}),
        ({"dose": True, "began_at": AT - timedelta(minutes=1)}, {"reactions.before_dose"}),
        ({"grade": 5}, {"reactions.grade"}),
        ({"treatment": ""}, {"reactions.treatment_missing"}),
        ({"sent_at": AT + timedelta(minutes=20)}, {"reactions.sent_where"}),
        ({"sent_to": "BV huyện", "sent_at": AT + timedelta(minutes=7)}, {"reactions.sent_before"}),
    ],
)
def test_what_cannot_be_is_refused(injected, changes, wanted):
    db, _one, who = injected
    if changes.pop("dose", False):
        jabbed = next(line for line in list_doses(db, who))
        changes["dose_id"] = jabbed.id
    assert refused(lambda: write(db, severe(who, **changes))) == wanted


def list_doses(db, who):
    with db.read() as session:
        return doses_of(session, who)


def test_more_than_twenty_eight_days_after_is_asked_back(injected):
    db, _one, who = injected
    day = 24 * 60
    assert write(db, mild(who, 28 * day), minutes=40 * day).kinds == ("PAIN", "FEVER")
    late = replace(mild(who, 29 * day), kinds=("RASH",))
    assert refused(lambda: write(db, late, minutes=40 * day)) == {"reactions.late"}
    write(db, late, minutes=40 * day, sure=True)


def test_only_severe_ones_are_reported(injected):
    db, _one, who = injected
    event = write(db, mild(who))
    assert code(lambda: report_event(db, event.id, "huyện", by=None, now=NOW)) == "reactions.not_severe"
    worse = replace(mild(who), kinds=("FEVER", "SEIZURE"), sent_to="BV huyện Sìn Hồ")
    assert edit_event(db, event.id, worse, now=later(80), **KNOWN).value.severe


def test_an_end_before_the_beginning_is_refused(injected):
    db, _one, who = injected
    event = write(db, mild(who))
    early = EndDraft(end=EventEnd.RECOVERED, on=TODAY - timedelta(days=1))
    assert refused(lambda: end_event(db, event.id, early, by=None, now=later(90))) == {"reactions.end_early"}
    assert refused(lambda: end_event(db, event.id, EndDraft(), by=None, now=later(90))) == {"reactions.end_missing"}


def again(db, dose, **changes):
    said = {one.name: getattr(dose, one.name) for one in fields(DoseDraft)}
    draft = DoseDraft(**{**said, "voids": dose.id, "reason": "sửa", **changes})
    return record_dose(db, draft, catalog=catalog(), now=later(120), sure=True, **WHO).value


def test_a_reaction_stays_with_the_dose_that_is_corrected(injected):
    db, one, who = injected
    event = write(db, severe(who))
    (dose,) = list_doses(db, who)
    right = again(db, dose, note="tay phải")
    (found,) = events_of(db, who)
    assert found == replace(event, dose_id=right.id)
    assert session_events(db, one) == (found,) == tuple(line.event for line in list_events(db))
    assert edit_event(db, event.id, replace(severe(who, dose_id=right.id), note="đã khoẻ"), now=later(130), **KNOWN)


def test_the_follow_up_moves_with_the_day_of_the_dose(db):
    who = person(db, 1)
    dose = DoseDraft(person_id=who, given=PartialDate.of(TODAY), product=COMIRNATY, given_at=AT)
    dose = record_dose(db, dose, catalog=catalog(), now=NOW, sure=True, **WHO).value
    assert write(db, severe(who)).follow_until == TODAY + timedelta(days=28)
    right = again(db, dose, given=PartialDate.of(TODAY - timedelta(days=2)), given_at=None)
    (found,) = events_of(db, who)
    assert (found.dose_id, found.injected_at, found.follow_until) == (right.id, None, TODAY + timedelta(days=26))


def test_a_reaction_of_a_dose_that_is_taken_back_waits_for_the_dose(injected):
    db, one, who = injected
    event = write(db, mild(who))
    take_back_injection(db, one, who, "Nhầm lọ", catalog=catalog(), now=later(61), **WHO)
    (found,) = events_of(db, who)
    assert (found.dose_id, found.product, found.injected_at) == (None, "", None)
    edit_event(db, event.id, replace(mild(who), dose_id=None, note="đỡ"), now=later(61), sure=True, **KNOWN)
    given = jab(db, one, who, now=later(62)).dose
    (found,) = events_of(db, who)
    assert (found.dose_id, found.product, found.note) == (given.id, COMIRNATY, "đỡ")


def test_a_dose_told_twice_leaves_its_reaction_to_the_other(db):
    who = person(db, 1)
    dose = DoseDraft(person_id=who, given=PartialDate(2022, 3, 1), product=COMIRNATY, reason="theo giấy")
    first, twice = (record_dose(db, dose, catalog=catalog(), now=NOW, sure=True, **WHO).value for _ in range(2))
    write(db, EventDraft(person_id=who, dose_id=twice.id, kinds=("FEVER",), began_at=datetime(2022, 3, 1, 7, 0)))
    void_dose(db, twice.id, "Ghi hai lần", catalog=catalog(), now=NOW, **WHO)
    assert [one.dose_id for one in events_of(db, who)] == [first.id]


@pytest.mark.parametrize(
    ("given", "began", "wanted"),
    [
        ((2022, 3, 1), datetime(2022, 3, 1, 0, 5), None),
        ((2022, 3, 1), datetime(2022, 2, 28, 23, 59), "reactions.before_day"),
        ((2022, 2, 10), datetime(2022, 3, 10, 8, 0), None),  # the twenty-eighth day
        ((2022, 2, 9), datetime(2022, 3, 10, 8, 0), "reactions.late"),
        ((2022, 2), datetime(2022, 2, 1, 6, 0), None),
        ((2022, 2), datetime(2022, 3, 10, 8, 0), None),  # it may have been on the last day of February
        ((2022,), datetime(2021, 12, 31, 8, 0), "reactions.before_day"),
    ],
)
def test_where_nobody_wrote_the_hour_of_the_dose_none_is_made_up(db, given, began, wanted):
    who = person(db, 1)
    draft = DoseDraft(person_id=who, given=PartialDate(*given), product=COMIRNATY)
    dose = record_dose(db, draft, catalog=catalog(), now=NOW, sure=True, **WHO).value
    event = EventDraft(person_id=who, dose_id=dose.id, kinds=("FEVER",), began_at=began)
    if wanted is not None:
        assert refused(lambda: write(db, event)) == {wanted}
        return
    assert write(db, event).injected_at is None
    assert events_of(db, who)[0].dose_id == dose.id
