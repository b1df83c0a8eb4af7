"""Vials that came frozen last so many days at 2–8 °C; asked back, for the label may say otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from covidstation.db.queries.supply_books import books_in
from covidstation.db.queries.vaccine_sessions import sessions
from covidstation.db.rows import SupplyLotRow
from covidstation.domain.supplies import MovementKind
from covidstation.domain.vaccination.cold_rules import FridgeKind
from covidstation.domain.vaccination.products import products_on
from covidstation.domain.vaccination.sessions import SessionDraft, SessionPart, SessionPlace
from covidstation.services.vaccination.sessions import edit_session
from covidstation.services.vaccination.takes import TakeDraft, lots_to_take, take_out
from covidstation.services.vaccination.thawing import Thawing, came_on, thawed_lots
from tests.services.samples import NOW, TODAY, catalog
from tests.services.supplies.store import LATER, counted, one
from tests.services.vaccination.fridges import fridge
from tests.services.vaccination.rooms import COMIRNATY, WHO, planned, refused, vaccine

CAME = TODAY - timedelta(days=31)


@pytest.mark.parametrize(
    ("code", "said", "day", "days"),
    [
        (COMIRNATY, "Comirnaty", date(2021, 5, 16), 5),
        (COMIRNATY, "Comirnaty", date(2021, 5, 17), 31),
        (COMIRNATY, "Comirnaty 30 mcg (nắp tím)", date(2022, 3, 1), 31),
        (COMIRNATY, "Comirnaty 10 mcg", date(2022, 4, 20), 70),
        ("EU/1/20/1507", "Spikevax", date(2022, 3, 1), 30),
        ("EU/1/21/1529", "AstraZeneca", date(2022, 3, 1), None),
    ],
)
def test_how_long_a_thawed_vial_lasts(code, said, day, days):
    product = products_on(catalog().vaccine_products, day).product(code)
    assert product is not None and product.days_thawed(said, day) == days


def shown(db, day):
    return {each.number: each.expiry for each in lots_to_take(db, catalog=catalog(), day=day, today=TODAY)}


def test_a_lot_beyond_its_days_is_asked_about(db):
    """It came on day 0 and may be used through day 31; the day after it is asked about."""
    lot = vaccine(db, 60, number="RA", day=CAME)
    assert shown(db, TODAY) == {"RA": CAME + timedelta(days=31)}
    today, tomorrow = planned(db), planned(db, day=TODAY + timedelta(days=1))
    known = {"catalog": catalog(), "now": NOW, **WHO}
    draft = TakeDraft(lot_id=lot, vials=1, per_vial=6)
    take_out(db, today, draft, **known)
    assert refused(lambda: take_out(db, tomorrow, draft, **known)) == {"vaccine_session.take_thawed"}
    take_out(db, tomorrow, draft, sure=True, **known)
    fridge(db, name="Tủ đông", kind=FridgeKind.FREEZER)  # when it thawed there nobody wrote
    assert shown(db, TODAY) == {"RA": LATER}
    take_out(db, planned(db, day=TODAY + timedelta(days=1)), draft, **known)


def test_a_session_that_is_put_off_beyond_them_asks_again(db):
    lot = vaccine(db, 60, number="RA", day=CAME)
    one_day, known = planned(db), {"catalog": catalog(), "now": NOW}
    take_out(db, one_day, TakeDraft(lot_id=lot, vials=1, per_vial=6), **known, **WHO)
    late = SessionDraft(day=TODAY + timedelta(days=1), part=SessionPart.MORNING, place=SessionPlace.STATION)
    assert refused(lambda: edit_session(db, one_day, late, by=None, **known)) == {"vaccine_session.take_thawed"}
    assert [one.draft.day for one in sessions(db)] == [TODAY]
    edit_session(db, one_day, late, by=None, sure=True, **known)
    edit_session(db, one_day, replace(late, team="Mai"), by=None, **known)  # the day stays, and nobody asks of it again
    assert [one.draft.day for one in sessions(db)] == [TODAY + timedelta(days=1)]


def test_vaccine_that_is_never_frozen_has_its_label_s_day(db):
    vaccine(db, 60, number="AZ", day=CAME, item="AstraZeneca")
    assert shown(db, TODAY + timedelta(days=9)) == {"AZ": LATER}


def test_a_lot_that_was_used_up_begins_anew(db):
    lot = vaccine(db, 12, day=CAME)
    vaccine(db, 6, day=TODAY - timedelta(days=20))
    with db.read() as session:
        assert came_on(books_in(session, [lot])[lot]) == CAME  # what is left may be of the first
    one(db, lot, MovementKind.ISSUE, 18, day=TODAY - timedelta(days=9))
    with db.read() as session:
        assert came_on(books_in(session, [lot])[lot]) is None
    vaccine(db, 6, day=TODAY - timedelta(days=2))
    counted(db, lot, 5, day=TODAY)
    with db.read() as session:
        assert came_on(books_in(session, [lot])[lot]) == TODAY - timedelta(days=2)


def test_the_store_says_when_its_lots_thawed(db):
    cold, never = vaccine(db, 60, day=CAME), vaccine(db, 60, item="AstraZeneca", number="AZ1")
    gone = vaccine(db, 6, number="HET", day=CAME)
    counted(db, gone, 0)

    def thawed(lot):
        with db.read() as session:
            item = session.scalars(select(SupplyLotRow.item_id).where(SupplyLotRow.id == lot)).one()
        return thawed_lots(db, item, catalog=catalog(), today=TODAY)

    assert thawed(cold) == {cold: Thawing(CAME, 31)} and thawed(cold)[cold].until == TODAY
    assert thawed(never) == {}
    fridge(db, kind=FridgeKind.FREEZER)
    assert thawed(cold) == {}  # kept frozen here: nobody wrote when it thawed
