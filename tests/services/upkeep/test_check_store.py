"""The look over the register sums every lot anew, and the next act with a damaged one puts it right."""

import pytest
from sqlalchemy import select, text

from covidstation.db.rows import SupplyStockRow
from covidstation.domain.supplies import MovementKind
from covidstation.services.supplies.writing import Move, Said, write_moves
from covidstation.services.upkeep.check import check_records
from tests.services.samples import NOW, TODAY
from tests.services.supplies.store import bring, counted, hand, keep, kept_sums, left


def stock(db):
    """What is said of the store."""
    (found,) = (one for one in check_records(db) if one.code.startswith("stock."))
    return found


@pytest.fixture
def lot(db):
    item = keep(db)
    made = bring(db, item, 500)
    hand(db, item, 120)
    return made


def test_a_store_whose_sums_are_true(db, lot):
    assert (stock(db).code, stock(db).params["n"], stock(db).level) == ("stock.good", "1", "good")


def test_a_sum_that_was_changed_is_found_named_and_put_right_by_a_count(db, lot):
    with db.write(None, NOW) as session:
        session.execute(text("UPDATE supply_stock SET balance = 400"))
    found = stock(db)
    assert (found.code, found.params["n"], found.level) == ("stock.bad", "1", "bad")
    assert found.params["names"] == "Paracetamol 500 mg L1" and "Kiểm kê" in found.text()
    counted(db, lot, 380)
    assert stock(db).code == "stock.good" and kept_sums(db)[lot] == left(db, lot) == 380


def test_a_sum_without_movements_is_found(db, lot):
    with db.write(None, NOW) as session:
        row = session.scalars(select(SupplyStockRow)).one()
        session.add(SupplyStockRow(lot_id=row.lot_id.__class__(int=7), balance=12))
    assert stock(db).code == "stock.bad"


def test_a_lot_below_nothing_wants_to_be_counted(db, lot):
    with db.write(None, NOW) as session:
        move = Move(lot_id=lot, kind=MovementKind.ISSUE, quantity=-600)
        write_moves(session, Said(day=TODAY), [move], even_below=True)
    found = stock(db)
    assert (found.code, found.level) == ("stock.below", "look") and found.params["names"].startswith("Paracetamol")
    counted(db, lot, 0)
    assert stock(db).code == "stock.good"
