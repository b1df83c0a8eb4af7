"""Hours that are typed: a vial is as old as its doses, and after midnight no dose is of the day before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from covidstation.domain.care import Vitals
from covidstation.domain.vaccination.sessions import Step
from covidstation.errors import Refused
from covidstation.messages import sentences
from covidstation.services.vaccination.day import come_to_session, keep_sitting, let_go, take_back_injection
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.paper_rows import WrittenRow, enter_paper_row
from tests.services.samples import NOW, catalog
from tests.services.vaccination.rooms import WHO, jab, person, refused, running, seat, sheet, vaccine

MIDDAY = NOW.replace(hour=13, minute=0)


def hour(hours, minutes=0):
    return NOW.replace(hour=hours, minute=minutes, tzinfo=None)


def written(db, one, who, at, now, *, sure=False):
    row = WrittenRow(vitals=Vitals(temperature=367), at=at, vial=1)
    return enter_paper_row(db, one, who, row, catalog=catalog(), now=now, sure=sure, **WHO).value


def asked(act):
    with pytest.raises(Refused) as trouble:
        act()
    assert all(sentences(trouble.value))
    return [(one.field, one.code, one.level) for one in trouble.value.problems]


def test_a_wrong_hour_from_paper_is_asked_back_and_a_dose_taken_back_leaves_the_vial_as_old_as_before(db):
    first, wrong, late = (person(db, number) for number in (1, 2, 3))
    one = running(db, vaccine(db), 2, now=NOW)
    jab(db, one, first, now=MIDDAY)
    now = NOW.replace(hour=20)
    outside = [("at", "vaccine_session.paper_vial_hours", "warning")]
    for who, at in ((wrong, hour(1, 10)), (late, hour(19, 50))):
        assert asked(lambda who=who, at=at: written(db, one, who, at, now)) == outside
    assert written(db, one, late, hour(13, 10), now) is Step.LEFT  # within its hours: not a word
    written(db, one, wrong, hour(1, 10), now, sure=True)
    assert [vial.opened_at for vial in sheet(db, one).takes[0].opened] == [hour(1, 10)]
    take_back_injection(db, one, wrong, "Gõ nhầm giờ", catalog=catalog(), now=now, **WHO)
    take_back_injection(db, one, first, "Nhầm người", catalog=catalog(), now=now, **WHO)
    (vial,) = sheet(db, one).takes[0].opened
    assert (vial.opened_at, vial.given) == (hour(13), 1)  # opened for the first one, though it went to somebody else


def test_after_midnight_who_goes_before_their_time_is_asked_back_and_goes_now(db):
    night, after = NOW.replace(hour=23, minute=45), NOW.replace(hour=0, minute=5) + timedelta(days=1)
    who, act = person(db, 1), {"catalog": catalog(), **WHO}
    one = running(db, vaccine(db), 1, now=night)
    jab(db, one, who, now=night)
    assert refused(lambda: let_go(db, one, [who], now=after, **act)) == {"vaccine_session.too_early"}
    let_go(db, one, [who], now=after, sure=True, **act)
    assert seat(db, one, who).seat.left_at == after.replace(tzinfo=None)
    keep_sitting(db, one, who, by=None, now=after)
    let_go(db, one, [who], now=after + timedelta(hours=8), **act)  # their time was over at a quarter past
    assert seat(db, one, who).seat.left_at == after.replace(minute=15, tzinfo=None)


def test_over_midnight_no_dose_is_of_the_day_before(db):
    night, after = NOW.replace(hour=23, minute=30), NOW.replace(hour=0, minute=10) + timedelta(days=1)
    who, other = person(db, 1), person(db, 2)
    one = running(db, vaccine(db), 2, now=night)
    early = {"draft": InjectionDraft(at=hour(0, 10)), "now": after}
    assert refused(lambda: jab(db, one, who, **early)) == {"vaccine_session.before_opening"}
    come = {"by": None, "by_name": "", "now": after, "at": hour(0, 10)}
    assert refused(lambda: come_to_session(db, one, [who], **come)) == {"vaccine_session.before_opening"}
    jab(db, one, who, draft=InjectionDraft(at=hour(23, 40)), now=after)
    assert seat(db, one, who).seat.injected_at == hour(23, 40)
    found = asked(lambda: written(db, one, other, hour(0, 10), after))  # paper may have begun before the screen
    assert ("at", "vaccine_session.paper_before_opening", "warning") in found


def test_who_has_gone_keeps_the_hour_when_a_second_desk_lets_them_go(db):
    one, (gone, sits) = running(db, vaccine(db)), (person(db, number) for number in (8, 9))
    for who in (gone, sits):
        jab(db, one, who)
    go = {"catalog": catalog(), **WHO}
    let_go(db, one, [gone], now=NOW + timedelta(minutes=31), **go)
    assert let_go(db, one, [gone, sits], now=NOW + timedelta(minutes=90), **go).value == 1
    left = [seat(db, one, who).seat.left_at for who in (gone, sits)]
    assert left == [(NOW + timedelta(minutes=after)).replace(tzinfo=None) for after in (31, 90)]
    said = NOW.replace(tzinfo=None) + timedelta(minutes=40)
    let_go(db, one, [gone], now=NOW + timedelta(minutes=90), at=said, **go)
    assert seat(db, one, gone).seat.left_at == said
