"""Picking another vial at the desk asks what is asked for its vaccine, and keeps what was said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from covidstation.db.ids import new_id
from covidstation.db.queries.vaccine_sessions import session_sheet
from covidstation.db.rows import SessionTakeRow
from covidstation.domain.people import Sex
from covidstation.domain.supplies import ItemDraft, Source, SupplyKind
from covidstation.domain.terms import Answer
from covidstation.domain.vaccination.sessions import Step
from covidstation.services.supplies.acts import ReceiptDraft, ReceiptLine, receive
from covidstation.services.supplies.items import add_items
from covidstation.services.vaccination.injecting import InjectionDraft, inject
from covidstation.services.vaccination.takes import TakeDraft, lots_to_take, take_out
from tests.services.vaccination.rooms import WELL, YES
from tests.ui.vaccination.test_session import NOW, TODAY, WHO, catalog, page_of, people, seat, session, window

__all__ = ["window"]

pytestmark = pytest.mark.timeout(120)


def take_sputnik(desk, one):
    """A vial of it is in the session as well."""
    db = desk.register.db
    item = ItemDraft(kind=SupplyKind.VACCINE, name="Sputnik V", unit="liều", pack_size=5, kept_from=TODAY)
    keeping = add_items(db, [item], by=None, now=NOW).value[0]
    line = ReceiptLine(item_id=keeping, number="SP", expiry=TODAY + timedelta(days=60), quantity=100)
    receive(db, ReceiptDraft(day=TODAY, source=Source.UPPER, lines=(line,)), by=None, now=NOW)
    lots = lots_to_take(db, catalog=catalog(), day=TODAY, today=TODAY)
    lot = next(lot.lot_id for lot in lots if lot.number == "SP")
    take_out(db, one, TakeDraft(lot_id=lot, vials=1, per_vial=5), catalog=catalog(), **WHO)


def pick(card, product):
    held = next(key for key in card.vial.all_keys() if key[1].take.product == product)
    card.vial.set_value(held)
    card.vial.picked.emit(held)


def test_a_vial_that_is_picked_asks_its_own_questions(window, desk):
    mother, other = people(desk, 2, sex=Sex.FEMALE, breastfeeding=Answer.YES)
    one = session(desk, [mother, other])
    take_sputnik(desk, one)
    page = page_of(window)
    page.open_person(mother)
    card = page.card
    said, usual = card.sheet.answers, card.vial.value()[1].take.product
    said.set_chosen({"ALLERGY"})
    card.sheet.temperature.set_value("367")
    pick(card, "Sputnik-V")
    assert set(said.chosen()) == {"ALLERGY", "NOT_FOR_PREGNANT"} and not card.sheet.may_inject()
    assert card.sheet.screening().vitals.temperature == 367
    pick(card, usual)
    assert set(said.chosen()) == {"ALLERGY"} and card.sheet.may_inject()
    pick(card, "Sputnik-V")
    assert "NOT_FOR_PREGNANT" in said.chosen()
    page.open_person(other)  # stands before the usual vial, whatever was picked for the one before
    assert card.vial.value()[1].take.product == usual


def test_a_new_vial_has_the_number_after_all_of_its_lot(window, desk):
    """Two computers took the lot along, each for itself."""
    first, second = people(desk, 2)
    one, db = session(desk, [first, second]), desk.register.db
    inject(db, one, first, InjectionDraft(), catalog=catalog(), screening=WELL, consent=YES, **WHO)
    with db.write(None, NOW) as held:
        take = held.query(SessionTakeRow).one()
        same = {key: getattr(take, key) for key in ("session_id", "lot_id", "product", "product_name", "lot_number")}
        another = SessionTakeRow(id=new_id(), vials=2, per_vial=6, expiry=take.expiry, by_name="B", **same)
        held.add(another)
        other = another.id
    page = page_of(window)
    page.open_person(second)
    card = page.card
    new = next(key for key in card.vial.all_keys() if key[0] == "take" and key[1].take.id == other)
    assert new[1].number == 2
    card.sheet.temperature.set_value("367")
    card.vial.set_value(new)
    card.vial.picked.emit(new)
    card.give()
    assert seat(desk, one, second).step is Step.OBSERVED
    assert card._trouble.text_in_full() == ""


def test_where_no_vial_was_shown_none_is_opened(window, desk):
    folk = people(desk, 7)
    one, db = session(desk, folk, vials=1), desk.register.db
    for who in folk[:6]:
        inject(db, one, who, InjectionDraft(), catalog=catalog(), screening=WELL, consent=YES, **WHO)
    page = page_of(window)
    page.open_person(folk[6])
    card = page.card
    assert card.vial.value() == ("", None)
    take = session_sheet(db, one).takes[0]
    take_out(
        db, one, TakeDraft(lot_id=take.lot_id, vials=2, per_vial=6, was=1), catalog=catalog(), **WHO
    )  # another desk
    card.sheet.temperature.set_value("367")
    card.give()
    assert seat(desk, one, folk[6]).step is Step.EXPECTED
    assert "không có lọ nào; bây giờ là Comirnaty" in card._trouble.text_in_full()
    assert card.vial.value()[1].number == 2  # shown now
    card.give()
    assert seat(desk, one, folk[6]).step is Step.OBSERVED


def test_what_was_given_yesterday_competes_with_no_desk_of_today(window, desk):
    folk = people(desk, 7)
    one, db = session(desk, folk, vials=1), desk.register.db
    for who in folk[:6]:
        inject(db, one, who, InjectionDraft(), catalog=catalog(), screening=WELL, consent=YES, **WHO)
    desk.now = lambda: NOW + timedelta(days=1)
    page = page_of(window)
    page.open_person(folk[6])
    card = page.card
    assert card.vial.value() == ("", None)
    take = session_sheet(db, one).takes[0]
    take_out(db, one, TakeDraft(lot_id=take.lot_id, vials=2, per_vial=6, was=1), catalog=catalog(), **WHO)
    card.at.setText(f"{NOW + timedelta(minutes=20):%H%M}")
    card.sheet.temperature.set_value("367")
    card.give()
    assert seat(desk, one, folk[6]).step is Step.OBSERVED, card._trouble.text_in_full()
