"""The confirmation of the doses that somebody had: numbered, frozen, printed again the same."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from uuid import UUID

import pypdfium2
import pytest

from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.packs import PaperKind
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft
from covidstation.errors import Refused, UserError
from covidstation.services.papers.delivery import DeliveryDraft, mark_delivered
from covidstation.services.papers.issuing import issue_paper, paper_pdf, prepare_paper, void_paper
from covidstation.services.people import register_person
from covidstation.services.vaccination.history import record_dose
from tests.services.samples import NOW, TODAY, USER, catalog, neighbour

AZ, PFIZER = "EU/1/21/1529", "EU/1/20/1528"


@pytest.fixture
def person(db: Database) -> UUID:
    """A neighbour without a household and without an illness."""
    draft = replace(neighbour(1), household_id=None)
    return register_person(db, draft, catalog=catalog(), by=None, now=NOW).value.id


def keep(db: Database, person: UUID, *given: int, **more: object) -> None:
    draft = DoseDraft(person_id=person, given=PartialDate(*given), **more)  # type: ignore[arg-type]
    record_dose(db, draft, catalog=catalog(), by=None, by_name=USER, now=NOW, sure=True)


def issue(db: Database, person: UUID) -> object:
    return issue_paper(db, PaperKind.VACCINATION, [person], catalog=catalog(), issued_on=TODAY, by=None, now=NOW).value


def text_of(pdf: bytes) -> str:
    found = pypdfium2.PdfDocument(BytesIO(pdf))
    return " ".join(page.get_textpage().get_text_range() for page in found).replace("\r\n", " ")


def test_the_doses_stand_in_their_places(db: Database, person: UUID) -> None:
    keep(db, person, 2021, 9, 5, product=AZ, lot_number="4120Z025", facility="Trung tâm Y tế Sìn Hồ")
    keep(db, person, 2021, 12, 1, product=AZ)
    keep(db, person, 2022, 3, product=PFIZER, dose_class=DoseClass.BOOSTER, number=1)
    issued = issue(db, person)
    words = text_of(issued.pdf)
    assert issued.number == 1
    assert "GIẤY XÁC NHẬN ĐÃ TIÊM VẮC XIN COVID-19" in words
    told = ("Mũi 1 / 1st: 05/09/2021, AstraZeneca, lô 4120Z025", "Trung tâm Y tế Sìn Hồ", "01/12/2021, AstraZeneca")
    for said in (*told, "Nhắc lại 1 / 1st: 03/2022, Comirnaty"):
        assert said in " ".join(words.split())


def test_it_is_printed_again_the_same_whatever_came_since(db: Database, person: UUID) -> None:
    keep(db, person, 2021, 9, 5, product=AZ)
    first = issue(db, person)
    keep(db, person, 2021, 12, 1, product=AZ)
    assert paper_pdf(db, first.id) == first.pdf
    second = issue(db, person)  # as often as it is asked for
    assert second.number == 2
    assert "01/12/2021" in text_of(second.pdf) and "01/12/2021" not in text_of(first.pdf)


def test_without_a_dose_there_is_nothing_to_confirm(db: Database, person: UUID) -> None:
    with pytest.raises(Refused) as refused:
        issue(db, person)
    assert {one.code for one in refused.value.problems} == {"paper.missing.doses"}
    with pytest.raises(UserError, match=r"people\.unknown_person"):
        issue(db, UUID(int=5))


def test_it_is_brought_home_and_taken_back_like_any_other(db: Database, person: UUID) -> None:
    keep(db, person, 2021, 9, 5, product=AZ)
    paper = issue(db, person)
    draft = DeliveryDraft(delivered_on=TODAY, by_name=USER, to_name="người nhà")
    assert mark_delivered(db, (paper.id,), draft, by=None, now=NOW).value == 1
    void_paper(db, paper.id, "In nhầm", by=None, now=NOW)
    look = prepare_paper(db, PaperKind.VACCINATION, [person], catalog=catalog(), issued_on=TODAY, now=NOW)
    assert (look.refusal, look.next_number) == ("", 2)
