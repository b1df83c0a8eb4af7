"""The confirmation of the doses that somebody had: numbered, frozen, printed again the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

import pypdfium2
import pytest
from sqlalchemy import event

from covidstation.db.queries.vaccine_papers import without_confirmation
from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.packs import PaperKind
from covidstation.domain.rule_leaves import to_toml
from covidstation.domain.rule_sets import Family
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft, DoseSource
from covidstation.domain.vaccination.schedule_rules import read_schedule_rule
from covidstation.errors import Refused, UserError
from covidstation.services.papers.delivery import DeliveryDraft, mark_delivered
from covidstation.services.papers.issuing import issue_paper, paper_pdf, prepare_paper, void_paper
from covidstation.services.people import register_person
from covidstation.services.rules.versions import RuleEdit, edit_rule
from covidstation.services.vaccination.day import let_go
from covidstation.services.vaccination.history import record_dose, void_dose
from tests.services.samples import NOW, TODAY, USER, catalog, neighbour
from tests.services.vaccination.rooms import WHO, jab, running, vaccine
from tests.services.vaccination.rooms import person as somebody

AZ, PFIZER = "EU/1/21/1529", "EU/1/20/1528"


@pytest.fixture
def person(db: Database) -> UUID:
    """A neighbour without a household and without an illness."""
    draft = replace(neighbour(1), household_id=None)
    return register_person(db, draft, catalog=catalog(), by=None, now=NOW).value.id


def keep(db: Database, person: UUID, *given: int, **more: object) -> None:
    draft = DoseDraft(person_id=person, given=PartialDate(*given), **more)  # type: ignore[arg-type]
    record_dose(db, draft, catalog=catalog(), by=None, by_name=USER, now=NOW, sure=True)


def issue(db: Database, person: UUID, now: datetime = NOW) -> object:
    return issue_paper(db, PaperKind.VACCINATION, [person], catalog=catalog(), issued_on=TODAY, by=None, now=now).value


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


def words_of(paper: object) -> str:
    return " ".join(text_of(paper.pdf).split())


def test_a_confirmation_after_a_correction_says_which_one_it_stands_for(db: Database) -> None:
    """Given, gone home with the paper, corrected, printed again: the second says so, the first stays as it was."""
    session_id, person = running(db, vaccine(db)), somebody(db, 1)
    dose = jab(db, session_id, person).dose
    let_go(db, session_id, [person], catalog=catalog(), now=NOW + timedelta(minutes=30), **WHO)
    first = issue(db, person, NOW + timedelta(minutes=31))
    assert "thay cho giấy" not in words_of(first)
    assert without_confirmation(db, session_id) == ()
    said = {one: getattr(dose, one) for one in DoseDraft.__dataclass_fields__}
    draft = DoseDraft(**{**said, "facility": "Nhà văn hoá bản Nậm Ngá", "voids": dose.id})
    later = {"catalog": catalog(), "now": NOW + timedelta(minutes=40), **WHO}
    right = record_dose(db, draft, sure=True, **later).value
    assert [one for one, _name in without_confirmation(db, session_id)] == [person]  # it is printed anew
    second = issue(db, person, NOW + timedelta(minutes=41))
    words = words_of(second)
    assert f"Giấy này thay cho giấy xác nhận số 01/GXN-TC, ngày {TODAY:%d} tháng {TODAY.month} năm 2022" in words
    assert "Nhà văn hoá bản Nậm Ngá" in words and "Nhà văn hoá bản Nậm Ngá" not in words_of(first)
    assert paper_pdf(db, first.id) == first.pdf and without_confirmation(db, session_id) == ()
    keep(db, person, 2021, 9, 5, product=PFIZER)  # what only comes to it makes no paper wrong
    assert "thay cho giấy" not in words_of(issue(db, person, NOW + timedelta(minutes=50)))
    void_dose(db, right.id, "Của người khác", **{**later, "now": NOW + timedelta(minutes=60)})
    assert "thay cho giấy xác nhận số 03/GXN-TC" in words_of(issue(db, person, NOW + timedelta(minutes=61)))


def test_it_says_of_each_dose_that_was_only_told_or_shown(db: Database, person: UUID) -> None:
    keep(db, person, 2021, 9, 5, product=AZ, source=DoseSource.SAID)
    keep(db, person, 2021, 12, 1, product=AZ, source=DoseSource.CARD)
    keep(db, person, 2022, 3, 1, product=AZ, source=DoseSource.UPPER_LEVEL, dose_class=DoseClass.BOOSTER, number=1)
    look = prepare_paper(db, PaperKind.VACCINATION, [person], catalog=catalog(), issued_on=TODAY, now=NOW)
    told = [(one.code, one.level, one.params) for one in look.problems if one.code == "paper.doses_told"]
    assert told == [("paper.doses_told", "warning", {"count": "1"})]
    words = words_of(issue(db, person))
    assert "05/09/2021, AstraZeneca, theo lời kể" in words
    assert "01/12/2021, AstraZeneca, theo giấy đã xem" in words
    assert words.count("theo lời kể") == words.count("theo giấy") == 1


def test_a_dose_that_the_station_gave_is_confirmed_without_a_word(db: Database) -> None:
    session_id, person = running(db, vaccine(db)), somebody(db, 1)
    jab(db, session_id, person)
    look = prepare_paper(db, PaperKind.VACCINATION, [person], catalog=catalog(), issued_on=TODAY, now=NOW)
    assert "paper.doses_told" not in {one.code for one in look.problems}
    assert "theo lời" not in words_of(issue(db, person))


def test_one_dose_that_was_told_twice_is_confirmed_once(db: Database, person: UUID) -> None:
    keep(db, person, 2021, 9, 5, product=AZ, dose_class=DoseClass.PRIMARY, number=1, source=DoseSource.OWN_RECORD)
    keep(
        db, person, 2021, 9, 5, product=AZ, dose_class=DoseClass.PRIMARY, number=1, reason="Theo giấy",
        source=DoseSource.CARD,
    )  # fmt: skip
    words = words_of(issue(db, person))
    assert words.count("05/09/2021") == 1 and "theo giấy đã xem" not in words  # the station's own record


def test_of_what_the_station_gave_the_paper_says_its_own_day_and_lot(db: Database, person: UUID) -> None:
    own = {"lot_number": "FK0112", "facility": "Trạm Y tế xã Tủa Chử", "source": DoseSource.OWN_RECORD}
    keep(db, person, 2021, 9, 6, product=PFIZER, **own)
    told = {"dose_class": DoseClass.PRIMARY, "number": 1, "source": DoseSource.SAID, "reason": "Người nhà kể"}
    keep(db, person, 2021, 9, 5, product=PFIZER, **told)
    look = prepare_paper(db, PaperKind.VACCINATION, [person], catalog=catalog(), issued_on=TODAY, now=NOW)
    assert "paper.doses_told" not in {one.code for one in look.problems}
    words = words_of(issue(db, person))
    assert "Mũi 1 / 1st: 06/09/2021, Comirnaty (Pfizer), lô FK0112" in words
    assert "05/09/2021" not in words and "theo lời kể" not in words


def test_what_the_paper_has_no_place_for_is_asked_back(db: Database, person: UUID) -> None:
    for number, day in enumerate(((2021, 9, 5), (2021, 10, 5), (2021, 11, 5)), 1):
        kind = DoseClass.PRIMARY if number < 3 else DoseClass.ADDITIONAL
        keep(db, person, *day, product=PFIZER, dose_class=kind, number=number if number < 3 else 1)
    look = prepare_paper(db, PaperKind.VACCINATION, [person], catalog=catalog(), issued_on=TODAY, now=NOW)
    assert "paper.doses_beyond" not in {one.code for one in look.problems}
    keep(db, person, 2022, 1, 20, product=PFIZER, dose_class=DoseClass.ADDITIONAL, number=2)
    look = prepare_paper(db, PaperKind.VACCINATION, [person], catalog=catalog(), issued_on=TODAY, now=NOW)
    (found,) = [one for one in look.problems if one.code == "paper.doses_beyond"]
    assert (found.level, found.params["days"]) == ("warning", "20/01/2022")


def test_it_reads_the_rules_of_vaccination_alone(db: Database, person: UUID) -> None:
    """After a session there are hundreds of them to print, at a station that has edited one rule."""
    keep(db, person, 2021, 9, 5, product=AZ)
    table = catalog().rule_tables(Family.SCHEDULE)[-1]
    edit = RuleEdit(rule_id=table["id"], body=to_toml(table), confirmed=False, reason="CV của Sở Y tế", by_name=USER)
    edit_rule(db, Family.SCHEDULE, edit, shipped=catalog().vaccine_schedules, make=read_schedule_rule, by=None, now=NOW)
    asked: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    issue(db, person)
    event.remove(db.engine, "before_cursor_execute", hear)
    assert sum("FROM rule_version" in one for one in asked) == 2  # schedules, vaccines
