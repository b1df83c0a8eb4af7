"""What a session takes along is what the store calls the lot; how much is given fits the vial."""

from __future__ import annotations

from datetime import timedelta

import pytest

from covidstation.domain.dates import PartialDate
from covidstation.errors import Refused
from covidstation.messages import sentences
from covidstation.services.vaccination.closing import cancel_session, reopen_session
from covidstation.services.vaccination.injecting import InjectionDraft
from covidstation.services.vaccination.seating import ConsentDraft
from covidstation.services.vaccination.sessions import open_session
from covidstation.services.vaccination.takes import TakeDraft, take_out
from tests.services.samples import NOW, TODAY, catalog
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
    sheet,
    vaccine,
)

YEAR = TODAY.year


def test_the_lot_says_the_vaccine_whatever_was_said(db):
    session = planned(db, vaccine(db))
    astra = vaccine(db, 100, number="AZ1", item="AstraZeneca")
    said = TakeDraft(lot_id=astra, vials=1, per_vial=10, product=COMIRNATY)
    take_out(db, session, said, catalog=catalog(), now=NOW, **WHO)
    taken = {one.lot_number: one.product for one in sheet(db, session).takes}
    assert taken == {"FK0112": COMIRNATY, "AZ1": "EU/1/21/1529"}


@pytest.mark.parametrize(("item", "volume"), [("Comirnaty 10 mcg", 20), ("Comirnaty 30 mcg", 30)])
def test_a_birth_that_allows_two_vials_is_asked_back_and_given_what_the_vial_is_made_for(db, item, volume):
    session = planned(db, vaccine(db, item=item))
    open_session(db, session, by=None, now=NOW)
    who = person(db, 1, birth=PartialDate(YEAR - 12))  # eleven or twelve
    yes = ConsentDraft(guardian_name="Lò Văn Pâng", guardian_relation="bố")
    assert "vaccination.vial_age" in refused(lambda: jab(db, session, who, consent=yes))
    draft = InjectionDraft(reason="Mẹ nói đúng tuổi")
    given = jab(db, session, who, draft=draft, consent=yes, sure=True)
    assert given.dose.volume == volume


def again(db, one, lot, vials, **said):
    draft = TakeDraft(lot_id=lot, vials=vials, per_vial=6, **{key: said.pop(key) for key in ("was",) if key in said})
    return take_out(db, one, draft, catalog=catalog(), now=NOW, **WHO, **said)


def test_a_number_said_by_somebody_who_did_not_see_the_vials_that_are_there_is_asked_back(db):
    lot = vaccine(db)
    one = planned(db, lot, 5)
    assert refused(lambda: again(db, one, lot, 3)) == {"vaccine_session.take_again"}
    assert refused(lambda: again(db, one, lot, 3, was=4)) == {"vaccine_session.take_again"}  # another desk was quicker
    assert [found.vials for found in sheet(db, one).takes] == [5]
    again(db, one, lot, 6, was=5)
    again(db, one, lot, 6)  # no other number
    again(db, one, lot, 2, sure=True)
    assert [found.vials for found in sheet(db, one).takes] == [2]


def test_the_session_that_holds_the_doses_is_named(db):
    lot = vaccine(db)
    forgotten, later = planned(db, lot, 10), NOW + timedelta(days=20)
    one = planned(db, day=later.date(), now=later)
    with pytest.raises(Refused) as trouble:
        again(db, one, lot, 1)
    (words,) = sentences(trouble.value)
    assert "buổi 10/03/2022 giữ 60 liều" in words
    cancel_session(db, forgotten, by=None, now=later)
    again(db, one, lot, 1)
    assert refused(lambda: again(db, one, lot, 11, was=1)) == {"vaccine_session.not_enough"}


def test_a_session_that_is_opened_again_has_no_vials_that_another_one_used_or_holds(db):
    lot = vaccine(db, 18)
    one = running(db, lot, 3)
    jab(db, one, person(db, 1))
    ended(db, one, 12)
    two = running(db, lot, 1)
    for number in range(2, 8):
        jab(db, two, person(db, number))
    planned(db, lot, 1, day=TODAY + timedelta(days=2))
    reopen_session(db, one, now=NOW, **WHO)
    (found,) = sheet(db, one).takes
    assert (found.vials, found.unopened, found.should_be) == (1, 0, 5)
    for number in range(8, 13):
        jab(db, one, person(db, number))
    assert code(lambda: jab(db, one, person(db, 13))) == "vaccine_session.nothing_left"
    ended(db, one, 0)


def test_a_session_that_is_opened_again_keeps_its_vials_while_they_are_there(db):
    lot = vaccine(db, 12)
    one = running(db, lot, 2)
    jab(db, one, person(db, 1))
    ended(db, one, 0, "một lọ thất lạc")
    reopen_session(db, one, now=NOW, **WHO)
    (found,) = sheet(db, one).takes
    assert (found.vials, found.should_be) == (2, 11)


def test_a_lot_that_came_after_the_day_is_not_taken_along(db):
    """The session was run on paper: each of its rows would be refused by the store."""
    day = TODAY - timedelta(days=3)
    late, early = vaccine(db, 60), vaccine(db, 60, number="FK2", day=day)
    one = planned(db, day=day)
    asked = TakeDraft(lot_id=late, vials=2, per_vial=6)
    assert refused(lambda: take_out(db, one, asked, catalog=catalog(), now=NOW, **WHO)) == {
        "vaccine_session.came_after"
    }
    take_out(db, one, TakeDraft(lot_id=early, vials=2, per_vial=6), catalog=catalog(), now=NOW, **WHO)
    assert [each.lot_number for each in sheet(db, one).takes] == ["FK2"]
