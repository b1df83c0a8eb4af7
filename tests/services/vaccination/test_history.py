"""Doses that people had: kept, asked back, corrected, taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.db.ids import new_id
from covidstation.db.queries.supplies import lots_left
from covidstation.db.rows import VaccinationSessionRow, VaccineDoseRow
from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.people import PersonDraft
from covidstation.domain.supplies import ItemDraft, Link, LinkKind, SupplyKind
from covidstation.domain.vaccination.doses import DoseClass, DoseDraft, DoseSource
from covidstation.domain.vaccination.sessions import SessionStatus
from covidstation.errors import Refused, UserError
from covidstation.services.merging import merge_people
from covidstation.services.people import edit_person, register_person
from covidstation.services.supplies.acts import ReceiptDraft, ReceiptLine, receive
from covidstation.services.supplies.drawing import draw, item_in
from covidstation.services.supplies.items import add_items
from covidstation.services.supplies.writing import Said
from covidstation.services.vaccination.history import look_at_vaccination, record_dose, void_dose, write_dose
from tests.services.samples import NOW, TODAY, USER, catalog

WHO: dict[str, Any] = {"by": None, "by_name": USER}
PFIZER, VERO, ABDALA = "EU/1/20/1528", "BBIBP-CorV", "Abdala"


@pytest.fixture
def person(db: Database) -> UUID:
    """Born in 1980."""
    draft = PersonDraft(full_name="Lò Thị Mai", birth=PartialDate(1980, 2, 29))
    return register_person(db, draft, catalog=catalog(), by=None, now=NOW).value.id


def told(person: UUID, *given: int, **more: Any) -> DoseDraft:
    return DoseDraft(person_id=person, given=PartialDate(*given), **more)


def keep(db: Database, draft: DoseDraft, *, sure: bool = False) -> Any:
    return record_dose(db, draft, catalog=catalog(), now=NOW, sure=sure, **WHO).value


def why(db: Database, draft: DoseDraft, *, sure: bool = False) -> set[str]:
    with pytest.raises(Refused) as refused:
        keep(db, draft, sure=sure)
    return {one.code for one in refused.value.problems}


def look(db: Database, person: UUID) -> Any:
    return look_at_vaccination(db, person, catalog=catalog(), now=NOW)


def test_what_is_said_of_a_dose_finds_its_vaccine(db: Database, person: UUID) -> None:
    dose = keep(db, told(person, 2021, 9, product_name="vắc xin pfizer mũi 1"))
    assert (dose.product, dose.product_name) == (PFIZER, "vắc xin pfizer mũi 1")
    mixed = told(person, 2021, 12, 1, product=VERO)  # the schedule lets no Sinopharm follow Pfizer
    assert why(db, mixed) == {"vaccination.product_mixed"}
    assert keep(db, mixed, sure=True).product_name == "Vero Cell (Sinopharm)"
    assert [one.given.text() for one in look(db, person).doses] == ["09/2021", "01/12/2021"]


@pytest.mark.parametrize(
    ("given", "product", "code"),
    [
        ((2022, 3, 11), PFIZER, "vaccination.future"),
        ((1980, 2, 28), PFIZER, "vaccination.before_birth"),
        ((2020, 12, 1), PFIZER, "vaccination.before_product"),
        ((2021, 3, 21), ABDALA, "vaccination.before_product"),
        ((2019,), "", "vaccination.before_any"),
    ],
)
def test_what_cannot_be_is_refused_whatever_anybody_says(
    db: Database, person: UUID, given: tuple[int, ...], product: str, code: str
) -> None:
    assert code in why(db, told(person, *given, product=product, reason="đúng"), sure=True)


def test_nobody_is_born_after_a_dose_of_theirs(db: Database, person: UUID) -> None:
    keep(db, told(person, 2021, 10, 1, product=PFIZER), sure=True)
    wrong = keep(db, told(person, 2021, 9, product=PFIZER), sure=True)

    def born(*birth: int) -> Any:
        draft = PersonDraft(full_name="Lò Thị Mai", birth=PartialDate(*birth))
        return edit_person(db, person, draft, catalog=catalog(), by=None, now=NOW)

    with pytest.raises(Refused) as refused:
        born(2021, 10, 1)
    (problem,) = refused.value.problems
    assert (problem.field, problem.code, problem.params["day"]) == ("birth", "people.born_after_dose", "09/2021")
    born(2021)  # perhaps before it
    void_dose(db, wrong.id, "Ghi nhầm người", catalog=catalog(), by=None, by_name=USER, now=NOW)
    born(2021, 10, 1)


def test_a_dose_before_the_birth_keeps_nobody_from_correcting_something_else(db: Database) -> None:
    """Both may come together: one station corrects the birth while another writes the dose."""
    draft = PersonDraft(full_name="Lò Thị Mai", birth=PartialDate(2021, 12))
    one, other = (register_person(db, draft, catalog=catalog(), by=None, now=NOW).value.id for _ in range(2))
    with db.write(None, NOW) as session:
        for year, month, day in ((2021, 8, 5), (2021, 12, 10)):
            dose = VaccineDoseRow(id=new_id(), person_id=one, source=DoseSource.CARD.value, product=PFIZER)
            dose.given_year, dose.given_month, dose.given_day = year, month, day
            session.add(dose)

    def edit(**changes: Any) -> Any:
        return edit_person(db, one, replace(draft, **changes), catalog=catalog(), by=None, now=NOW).value

    assert edit(phone="0912345678").phone == "0912345678"
    assert edit(birth=PartialDate(2021, 12, 3)).birth == PartialDate(2021, 12, 3)
    with pytest.raises(Refused) as refused:
        edit(birth=PartialDate(2021, 12, 11))  # now after the other one, too
    assert [(one.code, one.params["day"]) for one in refused.value.problems] == [
        ("people.born_after_dose", "10/12/2021")
    ]
    merge_people(db, other, one, take=(), reason="Một người", catalog=catalog(), by=None, now=NOW)
    assert len(look(db, other).doses) == 2


def test_the_first_day_of_a_vaccine_is_a_day_on_which_it_was_given(db: Database, person: UUID) -> None:
    assert keep(db, told(person, 2020, 12, 2, product=PFIZER), sure=True).product == PFIZER


def test_a_child_below_the_age_is_asked_back_and_needs_a_reason(db: Database) -> None:
    draft = PersonDraft(full_name="Lò Văn Bé", birth=PartialDate(2017, 3, 11))
    child = register_person(db, draft, catalog=catalog(), by=None, now=NOW).value.id
    dose = told(child, 2022, 3, 10, product=PFIZER)  # 4 years and 364 days old, and 12 was the age of that day
    assert why(db, dose) == {"vaccination.too_young"}
    assert why(db, dose, sure=True) == {"vaccination.why"}
    assert keep(db, replace(dose, reason="Tiêm ở nước ngoài"), sure=True).reason == "Tiêm ở nước ngoài"


def test_the_same_dose_told_twice_is_asked_back(db: Database, person: UUID) -> None:
    keep(db, told(person, 2021, 9, 5, product=PFIZER, source=DoseSource.CARD))
    assert why(db, told(person, 2021, 9, 5, product=VERO)) == {"vaccination.same_day"}
    assert why(db, told(person, 2021, 9, 8, product=PFIZER)) == {"vaccination.told_already"}
    assert why(db, told(person, 2021, product_name="Pfizer")) == {"vaccination.told_already"}
    other = told(person, 2021, 9, 8, product=VERO)  # what contradicts is another dose, and came too soon
    assert why(db, other) == {"vaccination.too_soon", "vaccination.product_mixed"}
    assert keep(db, replace(other, reason="Phiếu của người nhà"), sure=True).product == VERO


def test_a_dose_that_the_schedule_does_not_give_needs_a_word_why(db: Database) -> None:
    adult = PersonDraft(full_name="Lò Văn Khoẻ", birth=PartialDate(1990, 1, 1))
    who = register_person(db, adult, catalog=catalog(), by=None, now=NOW).value.id
    for number, day in enumerate(((2021, 6, 15), (2021, 7, 15)), 1):
        keep(db, told(who, *day, product=PFIZER, dose_class=DoseClass.PRIMARY, number=number, source=DoseSource.CARD))
    booster = told(who, 2021, 11, 1, product=PFIZER, dose_class=DoseClass.BOOSTER, number=1)
    keep(db, replace(booster, given=PartialDate(2022, 1, 10), source=DoseSource.CARD))
    fourth = replace(booster, given=PartialDate(2022, 3, 10), number=2, source=DoseSource.OWN_RECORD)
    assert "vaccination.beyond" in why(db, fourth)
    assert why(db, fourth, sure=True) == {"vaccination.why"}
    assert keep(db, replace(fourth, reason="Theo công văn của huyện"), sure=True).number == 2


def test_one_certificate_makes_a_dose_once(db: Database, person: UUID) -> None:
    dose = told(person, 2021, 9, 5, product=PFIZER, certificate="URN:UVCI:01:VN:1")
    keep(db, dose)
    assert why(db, replace(dose, given=PartialDate(2021, 10, 9)), sure=True) == {"vaccination.certificate_again"}


def test_numbers_out_of_order_and_boosters_before_the_course_are_asked_back(db: Database, person: UUID) -> None:
    one = told(person, 2021, 9, 5, product=PFIZER, dose_class=DoseClass.PRIMARY, number=1)
    keep(db, one)
    second = replace(one, given=PartialDate(2021, 8, 1), number=2)
    assert why(db, second) == {"vaccination.number_order"}
    assert why(db, replace(one, given=PartialDate(2021, 11, 1))) == {"vaccination.number_again"}
    booster = replace(one, given=PartialDate(2022, 1, 5), dose_class=DoseClass.BOOSTER)
    assert why(db, booster) == {"vaccination.course_open"}
    assert why(db, replace(one, given=PartialDate(2021, 11, 1), number=3)) == {"vaccination.number_beyond"}


def test_a_dose_of_an_expired_lot_needs_a_reason(db: Database, person: UUID) -> None:
    dose = told(person, 2021, 9, 5, product=PFIZER, lot_number="FH1", expiry=date(2021, 9, 4))
    assert why(db, dose) == {"vaccination.expired"}
    assert why(db, dose, sure=True) == {"vaccination.why"}
    assert keep(db, replace(dose, expiry=date(2021, 9, 5))).expiry == date(2021, 9, 5)


def test_a_correction_stands_for_what_it_corrects(db: Database, person: UUID) -> None:
    first = keep(db, told(person, 2021, 9, product=PFIZER))
    second = keep(db, told(person, 2021, 9, 5, product=PFIZER, voids=first.id))
    assert look(db, person).doses == (second,)
    with pytest.raises(UserError, match=r"vaccination\.dose_voided"):
        keep(db, told(person, 2021, 9, 6, product=PFIZER, voids=first.id))
    void_dose(db, second.id, "Của người khác", catalog=catalog(), now=NOW, **WHO)
    assert look(db, person).doses == ()
    assert look(db, person).next_place(TODAY) == (DoseClass.PRIMARY, 1)


def stocked(db: Database, lots: dict[str, int]) -> UUID:
    """Pfizer in the store; the item."""
    draft = ItemDraft(kind=SupplyKind.VACCINE, name="Comirnaty", unit="liều", pack_size=6, kept_from=TODAY)
    item = add_items(db, [draft], by=None, now=NOW).value[0]
    lines = [
        ReceiptLine(item_id=item, number=number, expiry=date(2022, 6, 30), quantity=many)
        for number, many in lots.items()
    ]
    receive(db, ReceiptDraft(day=TODAY, lines=tuple(lines), by_name=USER), by=None, now=NOW)
    return item


def inject(db: Database, person: UUID, item: UUID) -> Any:
    """As a session does it: the dose and what left the store in one transaction."""
    lot = lots_left(db, TODAY)[0][1]
    dose = told(
        person, 2022, 3, 10, product=PFIZER, source=DoseSource.OWN_RECORD, drawn=True, lot_id=lot.id,
        lot_number=lot.number, expiry=lot.expiry, given_at=NOW.replace(tzinfo=None),
    )  # fmt: skip
    with db.write(None, NOW) as session:
        kept = write_dose(session, dose, catalog=catalog(), by_name=USER, now=NOW)
        draw(session, item_in(session, item), 1, Said(day=TODAY), Link(LinkKind.INJECTION, kept.id), today=TODAY)
    return kept


def left(db: Database) -> dict[str, int]:
    return {lot.number: lot.balance for _item, lot in lots_left(db, TODAY)}


def test_what_left_the_store_goes_with_the_dose(db: Database, person: UUID) -> None:
    item = stocked(db, {"FH1": 12, "FH2": 6})
    kept = inject(db, person, item)
    assert left(db) == {"FH1": 11, "FH2": 6}
    again = replace(kept, voids=kept.id, note="Tay trái")
    again = keep(db, DoseDraft(**{name: getattr(again, name) for name in DoseDraft.__dataclass_fields__}))
    assert left(db) == {"FH1": 11, "FH2": 6}
    draft = {name: getattr(again, name) for name in DoseDraft.__dataclass_fields__}
    other = keep(db, DoseDraft(**{**draft, "lot_number": "FH2", "voids": again.id}))
    assert left(db) == {"FH1": 12, "FH2": 5}
    assert why(db, DoseDraft(**{**draft, "lot_number": "X", "voids": other.id})) == {"vaccination.lot_not_kept"}
    void_dose(db, other.id, "Không tiêm", catalog=catalog(), now=NOW, **WHO)
    assert left(db) == {"FH1": 12, "FH2": 6}


def test_the_doses_of_two_records_stand_together_after_a_merge(db: Database, person: UUID) -> None:
    draft = PersonDraft(full_name="Lò Thị Mai", birth=PartialDate(1980))
    twin = register_person(db, draft, catalog=catalog(), by=None, now=NOW).value.id
    keep(db, told(person, 2021, 9, 5, product=PFIZER))
    keep(db, told(twin, 2021, 9, 5, product=PFIZER))
    keep(db, told(twin, 2021, 12, 5, product=PFIZER))
    merge_people(db, person, twin, take=(), reason="Một người", catalog=catalog(), by=None, now=NOW)
    assert [one.given.text() for one in look(db, person).doses] == ["05/09/2021", "05/09/2021", "05/12/2021"]
    twice = look(db, person).doses[0]
    void_dose(db, twice.id, "Ghi hai lần", catalog=catalog(), now=NOW, **WHO)
    assert look(db, person).next_place(TODAY) == (DoseClass.BOOSTER, 1)


def test_what_a_closed_session_counted_is_not_taken_back_behind_it(db: Database, person: UUID) -> None:
    item = stocked(db, {"FH1": 12, "FH2": 6})
    kept = inject(db, person, item)
    with db.write(None, NOW) as session:
        held = VaccinationSessionRow(id=new_id(), day=TODAY, status=SessionStatus.OPEN.value, part="", place="")
        session.add(held)
        session.scalars(select(VaccineDoseRow).where(VaccineDoseRow.id == kept.id)).one().session_id = held.id
        session_id = held.id
    with db.write(None, NOW) as session:
        session.scalars(select(VaccinationSessionRow)).one().status = SessionStatus.CLOSED.value
    with pytest.raises(UserError, match=r"vaccine_session\.closed"):
        void_dose(db, kept.id, "Không tiêm", catalog=catalog(), now=NOW, **WHO)
    draft = {name: getattr(kept, name) for name in DoseDraft.__dataclass_fields__}
    with pytest.raises(UserError, match=r"vaccine_session\.closed"):
        keep(db, DoseDraft(**{**draft, "lot_number": "FH2", "voids": kept.id}))
    assert keep(db, DoseDraft(**{**draft, "note": "tay trái", "voids": kept.id})).session_id == session_id
    assert left(db) == {"FH1": 11, "FH2": 6}
