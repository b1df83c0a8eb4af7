"""The code on the papers of a session: read from the print by the program's own reader, and whom it leads to."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pypdfium2
import pytest
import zxingcpp

from covidstation.db.queries.vaccine_seats import seats
from covidstation.db.rows import PersonRow
from covidstation.domain.dates import PartialDate
from covidstation.domain.person_code import person_code
from covidstation.domain.vaccination.sessions import Step
from covidstation.messages import sentence
from covidstation.services.exchange.bundles import Taken
from covidstation.services.merging import merge_people, undo_merge
from covidstation.services.pictures import read_picture
from covidstation.services.scans import ScanOutcome, look_at_scan
from covidstation.services.vaccination.consents import consents_pdf
from covidstation.services.vaccination.session_papers import invitations_pdf, screening_pdf, session_list_pdf
from covidstation.services.vaccination.sessions import invite_people
from tests.services.exchange.test_given_back import parted
from tests.services.samples import NOW, TODAY, catalog
from tests.services.vaccination.rooms import WHO, person, planned, runs

__all__ = ["parted"]
KNOWN = {"catalog": catalog(), "today": TODAY}
PLAIN = {"catalog": catalog(), "by": None, "now": NOW}
CHILD = PartialDate(2012, 5, 1)


def codes(pdf: bytes, dots: int = 200) -> list[list[str]]:
    """The codes of each page, from the top, as printed with so many dots an inch."""
    document, found = pypdfium2.PdfDocument(pdf), []
    for page in document:
        picture = page.render(scale=dots / 72, grayscale=True).to_pil()
        read = sorted(zxingcpp.read_barcodes(picture), key=lambda one: one.position.top_left.y)
        found.append([one.text for one in read])
    document.close()
    return found


@pytest.fixture
def invited(db):
    """A session, an adult without a card and two children, of whom all are expected."""
    one = planned(db)
    who = [person(db, 1, citizen_number=""), person(db, 2, birth=CHILD), person(db, 3, birth=CHILD)]
    invite_people(db, one, who, now=NOW, **WHO)
    return one, [line.person_id for line in seats(db, one)]


def test_each_paper_bears_the_code_of_its_person_and_leads_to_them(db, invited, tmp_path):
    one, who = invited
    expected = [person_code(each) for each in who]
    assert codes(invitations_pdf(db, one, **KNOWN)) == [expected[:2], expected[2:]]
    assert codes(session_list_pdf(db, one, blank_rows=3, **KNOWN), 300) == [expected]
    assert codes(screening_pdf(db, one, **KNOWN)) == [[code] for code in expected]
    assert codes(screening_pdf(db, one, blank=1, **KNOWN)) == [[], []]
    children = [person_code(line.person_id) for line in seats(db, one) if line.birth == CHILD]
    assert codes(consents_pdf(db, one, **KNOWN)) == [children]
    path = tmp_path / "giay-moi.pdf"
    for at, each in enumerate(who):
        path.write_bytes(invitations_pdf(db, one, only=[each], **KNOWN))
        look = look_at_scan(db, read_picture(path) + "\r\n")
        assert (look.outcome, look.person_id, look.draft) == (ScanOutcome.KNOWN, each, None)
        assert look.name == seats(db, one)[at].full_name


def test_a_merged_persons_paper_leads_to_the_record_that_stays(db, invited):
    _one, (stays, goes, _other) = invited
    merge_people(db, stays, goes, take=(), reason="một người", **PLAIN)
    assert {look_at_scan(db, person_code(each)).person_id for each in (stays, goes)} == {stays}
    undo_merge(db, goes, **PLAIN)
    assert look_at_scan(db, person_code(goes)).person_id == goes


def test_a_code_that_is_wrong_or_of_nobody_here_is_told_as_that(db, invited):
    _one, (who, *_others) = invited
    code = person_code(who)
    slips = {look_at_scan(db, text).refusal.code for text in (code[:-1], code + code, code[:9] + code[10:] + "0")}
    assert slips == {"scan.invitation_slip"}
    elsewhere = look_at_scan(db, person_code(UUID(int=7)))
    assert (elsewhere.outcome, elsewhere.person_id) == (ScanOutcome.REFUSED, None)
    assert "không có trong sổ đang mở" in sentence(elsewhere.refusal)
    with db.write(None, NOW) as session:
        twin = PersonRow(id=UUID(int=who.int ^ (1 << 100)), full_name="Trùng", sort_key="trùng", sex="MALE")
        session.add(twin)  # one that differs in its time alone, as no two ever do: nobody is chosen by chance
    assert look_at_scan(db, code).refusal.code == "scan.invitation_unknown"


def test_a_paper_of_one_life_is_known_in_the_other_when_they_have_met(parted):
    db, copy, give = parted
    theirs = person(db, 301)
    invite_people(db, runs(db), [theirs], now=NOW, **WHO)
    both = next(line for line in seats(copy, runs(copy)) if line.step is not Step.EXPECTED).person_id
    code = person_code(theirs)
    assert look_at_scan(copy, code).refusal.code == "scan.invitation_unknown"
    invite_people(copy, runs(copy), [both], now=NOW + timedelta(hours=1), **WHO)
    assert give(copy).outcome is Taken.GIVEN_BACK
    assert look_at_scan(copy, code).person_id == theirs
    assert look_at_scan(copy, person_code(both)).person_id == look_at_scan(db, person_code(both)).person_id == both
