"""The screening sheets on paper: each vaccine of the session asks what speaks against it alone."""

from __future__ import annotations

import pypdfium2
import pytest

from covidstation.domain.care import Vitals
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import Sex
from covidstation.domain.vaccination.screening import Outcome
from covidstation.services.vaccination.day import screen_person
from covidstation.services.vaccination.seating import ScreeningDraft
from covidstation.services.vaccination.session_papers import screening_pdf
from covidstation.services.vaccination.sessions import invite_people, open_session
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.rooms import WHO, person, planned, seat, take, vaccine

KNOWN = {"catalog": catalog(), "today": TODAY}
OWN = "vắc xin này không dùng"  # of Sputnik V alone
NAMED = "không dùng (chỉ hỏi khi tiêm Sputnik V"


def words(pdf):
    found = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_bounded() for page in found)
    found.close()
    return " ".join(text.split())


def session_of(db, *items):
    one = planned(db)
    for number, item in enumerate(items):
        take(db, one, vaccine(db, 20, number=f"L{number}", item=item), 2, per_vial=5)
    return one


def woman(db, one):
    who = person(db, 1, sex=Sex.FEMALE, birth=PartialDate(1995, 1, 1))
    invite_people(db, one, [who], now=NOW, **WHO)
    return who


@pytest.mark.parametrize("items", [("Comirnaty", "Sputnik V"), ("Sputnik V", "Comirnaty"), ()])
def test_every_vaccine_of_the_session_asks_its_own_question_by_name(db, items):
    one = session_of(db, *items)
    who = woman(db, one)
    blank = words(screening_pdf(db, one, blank=1, **KNOWN))
    for text in (blank, words(screening_pdf(db, one, only=[who], **KNOWN))):
        assert OWN in text and NAMED in text


def test_a_session_of_one_vaccine_asks_what_is_of_it(db):
    only, other = session_of(db, "Sputnik V"), session_of(db, "Comirnaty")
    text = words(screening_pdf(db, only, blank=1, **KNOWN))
    assert OWN in text and "chỉ hỏi khi" not in text
    assert OWN not in words(screening_pdf(db, other, blank=1, **KNOWN))


def test_the_answer_that_decided_stands_on_the_paper(db):
    one = session_of(db, "Comirnaty")
    who = woman(db, one)
    open_session(db, one, by=None, now=NOW)
    said = ScreeningDraft(vitals=Vitals(temperature=367), answers=frozenset({"NOT_FOR_PREGNANT"}))
    screen_person(db, one, who, said, catalog=catalog(), now=NOW, **WHO)
    assert seat(db, one, who).seat.outcome is Outcome.CONTRAINDICATED
    text = words(screening_pdf(db, one, only=[who], **KNOWN))
    assert OWN in text


def test_nobody_is_said_to_have_said_no_to_what_was_perhaps_not_asked(db):
    one = session_of(db, "Comirnaty", "Sputnik V")
    who = woman(db, one)
    open_session(db, one, by=None, now=NOW)
    screen_person(db, one, who, ScreeningDraft(vitals=Vitals(temperature=367)), catalog=catalog(), now=NOW, **WHO)
    text = words(screening_pdf(db, one, only=[who], **KNOWN))
    rest = text[text.index(NAMED) + len(NAMED) :].split(")", 1)[1].split()
    assert rest[0] != "X" and "X" in rest  # the others were asked
