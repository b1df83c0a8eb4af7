"""Picking another vial at the desk asks what is asked for its vaccine, and keeps what was said."""

from __future__ import annotations

from datetime import timedelta

import pytest

from covidstation.domain.people import Sex
from covidstation.domain.supplies import ItemDraft, Source, SupplyKind
from covidstation.domain.terms import Answer
from covidstation.services.supplies.acts import ReceiptDraft, ReceiptLine, receive
from covidstation.services.supplies.items import add_items
from covidstation.services.vaccination.takes import TakeDraft, lots_to_take, take_out
from tests.ui.vaccination.test_session import NOW, TODAY, WHO, catalog, page_of, people, session, window

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
