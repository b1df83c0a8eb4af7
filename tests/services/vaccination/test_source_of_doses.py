"""The book of doses says to illnesses and contacts how many doses somebody had: nobody types it, and it follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.db.queries.episodes import get_episode
from covidstation.db.rows import ContactRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.care import ContactStatus
from covidstation.domain.contacts import ContactDraft
from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft, DoseSource, Site
from covidstation.domain.vaccination.states import DueKind, Why
from covidstation.interop.vaccines import immunizations
from covidstation.services.care.doses import NOTHING, doses_told
from covidstation.services.care.outcomes import Ending, OutcomeDraft, record_outcome
from covidstation.services.contacts.register import NewContact, add_contacts, immunity_in
from covidstation.services.exchange.fhir import _words
from covidstation.services.exchange.fhir_records import records_of
from covidstation.services.people import register_person
from covidstation.services.vaccination.due import vaccine_state
from covidstation.services.vaccination.history import record_dose, void_dose
from tests.services.samples import NOW, TODAY, USER, catalog, f0, neighbour, register

PFIZER = "EU/1/20/1528"


@pytest.fixture
def person(db: Database) -> UUID:
    """A neighbour without a household."""
    draft = replace(neighbour(1), household_id=None)
    return register_person(db, draft, catalog=catalog(), by=None, now=NOW).value.id


def keep(db: Database, person: UUID, *given: int, product: str = PFIZER, **more: object) -> UUID:
    draft = DoseDraft(person_id=person, given=PartialDate(*given), product=product, **more)  # type: ignore[arg-type]
    done = record_dose(db, draft, catalog=catalog(), by=None, by_name=USER, now=NOW, sure=True)
    return done.value.id


def ill(db: Database, person: UUID, **episode: object) -> UUID:
    draft = f0(replace(neighbour(1), household_id=None))
    return register(db, replace(draft, person_id=person, episode=replace(draft.episode, **episode))).id


def held(db: Database, episode: UUID) -> tuple[int | None, date | None]:
    found = get_episode(db, episode)
    assert found is not None
    return found.doses_known, found.last_dose_on


def test_a_new_illness_has_the_doses_of_the_book(db: Database, person: UUID) -> None:
    keep(db, person, 2021, 9, 5)
    keep(db, person, 2021, 10, 3)
    assert doses_told(db, person, TODAY) == (2, date(2021, 10, 3))
    assert doses_told(db, person, date(2021, 10, 2)) == (1, date(2021, 9, 5))
    assert doses_told(db, person, date(2021, 9, 4)) == NOTHING
    assert held(db, ill(db, person)) == (2, date(2021, 10, 3))


def test_what_was_told_of_a_new_illness_stands(db: Database, person: UUID) -> None:
    keep(db, person, 2021, 9, 5)
    assert held(db, ill(db, person, doses_known=3, last_dose_on=date(2022, 1, 2))) == (3, date(2022, 1, 2))


def test_an_open_illness_follows_the_book(db: Database, person: UUID) -> None:
    episode = ill(db, person)
    assert held(db, episode) == (None, None)
    one = keep(db, person, 2021, 9)
    assert held(db, episode) == (1, None)
    one = keep(db, person, 2021, 9, 5, voids=one)
    assert held(db, episode) == (1, date(2021, 9, 5))
    two = keep(db, person, 2021, 10, 3)
    assert held(db, episode) == (2, date(2021, 10, 3))
    for dose in (two, one):
        void_dose(db, dose, "Của người khác", catalog=catalog(), by=None, by_name=USER, now=NOW)
    assert held(db, episode) == (None, None)


def test_more_than_the_book_knows_stays(db: Database, person: UUID) -> None:
    episode = ill(db, person, doses_known=3)
    dose = keep(db, person, 2021, 9, 5)
    assert held(db, episode) == (3, None)
    void_dose(db, dose, "Của người khác", catalog=catalog(), by=None, by_name=USER, now=NOW)
    assert held(db, episode) == (3, None)


def over(db: Database, episode: UUID) -> None:
    ending = OutcomeDraft(ending=Ending.RECOVERED, on=TODAY)
    record_outcome(db, episode, ending, catalog=catalog(), by=None, by_name=USER, now=NOW)


def test_an_illness_that_is_over_says_nothing_more_of_what_was_taken_back(db: Database, person: UUID) -> None:
    """The program had filled in what the book said; nobody had told of these doses."""
    doses = [keep(db, person, 2021, 9, 5), keep(db, person, 2021, 10, 3)]
    episode = ill(db, person)
    over(db, episode)
    for dose in doses:
        void_dose(db, dose, "Của người khác", catalog=catalog(), by=None, by_name=USER, now=NOW)
    assert held(db, episode) == (None, None)
    assert vaccine_state(db, person, catalog=catalog(), now=NOW + timedelta(60)).why is not Why.TOLD


def test_an_illness_that_is_over_keeps_what_was_told(db: Database, person: UUID) -> None:
    told = ill(db, person, doses_known=3)
    over(db, told)
    dose = keep(db, person, 2021, 9, 5)
    assert held(db, told) == (3, None)
    void_dose(db, dose, "Của người khác", catalog=catalog(), by=None, by_name=USER, now=NOW)
    assert held(db, told) == (3, None)


def test_a_dose_that_was_told_twice_counts_once_in_an_illness(db: Database, person: UUID) -> None:
    keep(db, person, 2021, 9, 5, dose_class=DoseClass.PRIMARY, number=1)
    keep(db, person, 2021, 10, 3, dose_class=DoseClass.PRIMARY, number=2)
    keep(db, person, 2021, 10, 4)
    episode = ill(db, person)
    assert held(db, episode) == (2, date(2021, 10, 3))
    over(db, episode)
    assert vaccine_state(db, person, catalog=catalog(), now=NOW + timedelta(60)).kind is DueKind.OVERDUE


def test_a_contact_is_as_protected_as_the_book_says(db: Database, person: UUID) -> None:
    keep(db, person, 2021, 9, 5)
    keep(db, person, 2021, 10, 3)
    with db.read() as session:
        found = immunity_in(session, person, TODAY)
    assert (found.doses_known, found.last_dose_on) == (2, date(2021, 10, 3))


def watched(db: Database, person: UUID) -> UUID:
    """A contact who was last near a case a week ago."""
    draft = ContactDraft(last_contact_on=TODAY - timedelta(7), source_words="Một người ở xã Noong Hẻo")
    new = NewContact(person_id=person, contact=draft)
    return add_contacts(db, [new], catalog=catalog(), by=None, now=NOW).value[0]


def told_of(db: Database, contact: UUID) -> tuple[int | None, date | None, date | None]:
    with db.read() as session:
        row = session.scalars(select(ContactRow).where(ContactRow.id == contact)).one()
        return row.doses_known, row.last_dose_on, row.quarantine_until


def test_a_contact_follows_the_book_as_long_as_somebody_watches(db: Database, person: UUID) -> None:
    contact = watched(db, person)
    _none, _day, until = told_of(db, contact)
    one = keep(db, person, 2021, 9, 5)
    keep(db, person, TODAY.year, TODAY.month, TODAY.day)  # after the last contact: it protected from nothing then
    assert told_of(db, contact) == (1, date(2021, 9, 5), until)  # the days stay as they were decided
    void_dose(db, one, "Của người khác", catalog=catalog(), by=None, by_name=USER, now=NOW)
    assert told_of(db, contact) == (None, None, until)
    with db.write(None, NOW) as session:
        session.scalars(select(ContactRow)).one().status = ContactStatus.DROPPED.value
    keep(db, person, 2021, 10, 5)
    assert told_of(db, contact) == (None, None, until)


def test_each_dose_goes_out_as_an_immunization(db: Database, person: UUID) -> None:
    keep(db, person, 2021, 9)
    draft = DoseDraft(
        person_id=person, given=PartialDate(2021, 12, 5), product_name="Vắc xin lạ", lot_number="FH1", volume=50,
        expiry=date(2022, 5, 31), facility="Trạm Y tế", vaccinator="Tao Thị Lả", source=DoseSource.OWN_RECORD,
        dose_class=DoseClass.PRIMARY, number=2, site=Site.LEFT_ARM,
    )  # fmt: skip
    record_dose(db, draft, catalog=catalog(), by=None, by_name=USER, now=NOW, sure=True)
    ill(db, person, doses_known=3)  # one more than the book knows
    words = _words(db, catalog(), NOW)
    with db.read() as session:
        (record,) = records_of(session, [session.scalars(select(PersonRow).where(PersonRow.id == person)).one()], words)
    first, second, third = (item.resource for item in immunizations(record, words))
    assert (first["occurrenceDateTime"], first["primarySource"]) == ("2021-09", False)
    assert first["vaccineCode"]["coding"][0]["code"] == PFIZER
    assert second["vaccineCode"]["text"] == "Vắc xin lạ"
    assert (second["occurrenceDateTime"], second["primarySource"]) == ("2021-12-05", True)
    assert (second["lotNumber"], second["expirationDate"]) == ("FH1", "2022-05-31")
    assert second["doseQuantity"]["value"] == 0.5
    assert second["protocolApplied"][0]["series"] == "Liều cơ bản"
    assert (third["occurrenceString"], third["protocolApplied"][0]["doseNumberPositiveInt"]) == ("không rõ ngày", 3)
