"""Who speaks for a child is kept from the first desk that asks, whatever becomes of the child in the session."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.sessions import Consent, NoDose, Step
from covidstation.services.vaccination.day import screen_person
from covidstation.services.vaccination.paper_rows import WrittenRow, enter_paper_row
from covidstation.services.vaccination.seating import ConsentDraft
from covidstation.services.vaccination.without import WithoutDraft, call_back, send_without
from tests.services.samples import NOW, catalog
from tests.services.vaccination.rooms import WELL, WHO, jab, person, refused, running, seat, vaccine

ACT = {"catalog": catalog(), "now": NOW, **WHO}
MOTHER = ConsentDraft(guardian_name="Giàng Thị Sua", guardian_relation="mẹ", guardian_phone="0912345678")


@pytest.fixture
def room(db):
    return running(db, vaccine(db)), person(db, 1, birth=PartialDate(2006, 5, 1))


def who_speaks(db, one, child):
    line = seat(db, one, child)
    return line.guardian_name, line.guardian_relation, line.guardian_phone


SAID = ("Giàng Thị Sua", "mẹ", "0912345678")


def test_the_screening_desk_keeps_them_without_a_yes_and_the_next_desk_has_them(db, room):
    one, child = room
    screen_person(db, one, child, WELL, consent=MOTHER, sure=True, **ACT)
    line = seat(db, one, child)
    assert who_speaks(db, one, child) == SAID and line.seat.consent is Consent.UNASKED
    screen_person(db, one, child, WELL, sure=True, **ACT)  # a sheet that does not ask for them
    assert who_speaks(db, one, child) == SAID
    jab(db, one, child, consent=ConsentDraft(), sure=True)
    line = seat(db, one, child)
    assert (line.step, line.seat.consent) == (Step.OBSERVED, Consent.YES) and who_speaks(db, one, child) == SAID


def test_who_refuses_for_a_child_is_kept(db, room):
    one, child = room
    no = WithoutDraft(kind=NoDose.REFUSED, reason="Mẹ không đồng ý")
    send_without(db, one, child, no, consent=MOTHER, **ACT)
    assert seat(db, one, child).seat.consent is Consent.NO and who_speaks(db, one, child) == SAID
    call_back(db, one, child, by=None, now=NOW)
    assert seat(db, one, child).seat.consent is Consent.UNASKED
    long = replace(MOTHER, guardian_name="a" * 300)
    assert refused(lambda: send_without(db, one, child, no, consent=long, **ACT)) == {"episodes.text_long"}
    assert refused(lambda: screen_person(db, one, child, WELL, consent=long, **ACT)) == {"episodes.text_long"}


@pytest.mark.parametrize(
    ("name", "kept"), [("", SAID), ("giàng thị sua", ("giàng thị sua", "mẹ", "0912345678")), ("Lò Văn Pao", None)]
)
def test_a_row_from_paper_forgets_nothing_of_the_same_guardian(db, room, name, kept):
    one, child = room
    screen_person(db, one, child, WELL, consent=MOTHER, sure=True, **ACT)
    row = WrittenRow(
        vitals=WELL.vitals,
        at=(NOW - timedelta(minutes=5)).replace(tzinfo=None),
        guardian_name=name,
        guardian_relation="bố" if kept is None else "",
        reason="Theo giấy",
    )
    enter_paper_row(db, one, child, row, sure=True, **ACT)
    assert seat(db, one, child).step is Step.OBSERVED
    assert who_speaks(db, one, child) == (kept or ("Lò Văn Pao", "bố", ""))  # another one's phone is not theirs
