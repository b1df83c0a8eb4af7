"""Two records of one person were in a session, and turned out to be one: one row speaks, and every act finds it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from covidstation.domain.vaccination.screening import Outcome
from covidstation.domain.vaccination.sessions import NoDose, Step
from covidstation.services.merging import merge_people
from covidstation.services.vaccination.day import come_to_session, let_go, screen_person
from covidstation.services.vaccination.results import day_result
from covidstation.services.vaccination.seating import sheet_of
from covidstation.services.vaccination.sessions import invite_people
from covidstation.services.vaccination.without import WithoutDraft, call_back, send_without
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.rooms import WELL, WHO, code, ended, jab, person, refused, running, seat, sheet, vaccine


@pytest.fixture
def one(db):
    return running(db, vaccine(db), 2)


@pytest.fixture
def two(db):
    return person(db, 1), person(db, 2, citizen_number="")


def merged(db, stays, goes):
    merge_people(db, stays, goes, take=(), reason="cùng một người", catalog=catalog(), by=None, now=NOW)


def test_who_waits_and_was_sent_home_is_called_back_and_injected(db, one, two):
    waits, went = two
    come_to_session(db, one, [waits], now=NOW, **WHO)
    home = WithoutDraft(kind=NoDose.WENT)
    send_without(db, one, went, home, catalog=catalog(), now=NOW + timedelta(minutes=5), **WHO)
    merged(db, waits, went)
    line = sheet(db, one).line
    assert (line.expected, line.come) == (1, 1)
    assert seat(db, one, waits).step is Step.ENDED
    assert code(lambda: jab(db, one, waits)) == "vaccine_session.went"
    call_back(db, one, waits, by=None, now=NOW)
    assert seat(db, one, waits).step is Step.COME
    jab(db, one, waits)
    assert [(found.people, found.used) for found in day_result(db, TODAY, catalog=catalog())] == [(1, 1)]


def test_who_had_the_dose_goes_home_once(db, one, two):
    had, invited = two
    jab(db, one, had)
    invite_people(db, one, [invited], now=NOW, **WHO)
    merged(db, had, invited)
    let_go(db, one, [had], catalog=catalog(), now=NOW + timedelta(hours=1), **WHO)
    found = seat(db, one, had)
    assert (found.step, found.seat.invited) == (Step.LEFT, False)


@pytest.mark.parametrize("barred", [0, 1])
def test_what_the_sheet_of_one_record_forbids_is_not_hidden_by_that_of_the_other(db, one, two, barred):
    """Whichever was written first, and whichever stays."""
    desk = {"catalog": catalog(), "now": NOW, **WHO}
    ill = replace(WELL, answers=frozenset({"ANAPHYLAXIS"}))
    for who in two:
        screen_person(db, one, who, ill if who == two[barred] else WELL, **desk)
    stays = two[0]
    merged(db, *two)
    line = seat(db, one, stays)
    assert (line.seat.outcome, line.seat.to_send) == (Outcome.CONTRAINDICATED, True)
    quick = replace(WELL, over=WELL)  # a card that knows the other sheet
    assert code(lambda: jab(db, one, stays, screening=quick)) == "vaccine_session.sheet_changed"
    assert code(lambda: jab(db, one, stays, screening=None)) == "vaccine_session.may_not"
    assert refused(lambda: ended(db, one, 12)) == {"vaccine_session.people_barred"}
    send_without(db, one, stays, WithoutDraft(kind=NoDose.CONTRAINDICATED, reason="Phản vệ lần trước"), **desk)
    assert seat(db, one, stays).step is Step.ENDED
    ended(db, one, 12)


def test_a_doctor_who_looks_at_both_sheets_decides_for_both(db, one, two):
    desk = {"catalog": catalog(), "now": NOW, **WHO}
    ill = replace(WELL, answers=frozenset({"ANAPHYLAXIS"}))
    for who, said in zip(two, (WELL, ill), strict=True):
        screen_person(db, one, who, said, **desk)
    merged(db, *two)
    asked = replace(
        ill, outcome=Outcome.CAUTION, reason="BS khám: không phải phản vệ", over=sheet_of(seat(db, one, two[0]))
    )
    jab(db, one, two[0], screening=asked, sure=True)
    line = seat(db, one, two[0])
    assert (line.step, line.seat.outcome, line.outcome_reason) == (Step.OBSERVED, Outcome.CAUTION, asked.reason)
