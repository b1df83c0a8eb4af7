"""The store: what comes, goes, is counted and taken back; nothing falls below nothing on any day."""

from datetime import date, timedelta

import pytest

from covidstation.domain.episodes import EpisodeDraft
from covidstation.domain.supplies import ItemDraft, MovementKind
from covidstation.errors import Refused, UserError
from covidstation.messages import sentences
from covidstation.services.care.medicines import GivingDraft, GivingItem, give, look_at_giving, take_back
from covidstation.services.supplies.acts import (
    CountDraft,
    CountLine,
    ReceiptDraft,
    ReceiptLine,
    correct_movement,
    count,
    receive,
    take_back_movements,
)
from covidstation.services.supplies.items import add_items, edit_item, edit_lot, end_item, twins_of
from tests.services.samples import NOW, TODAY, catalog, f0, register
from tests.services.supplies.store import (
    LATER,
    MASKS,
    PARACETAMOL,
    SOON,
    WHO,
    bring,
    counted,
    hand,
    keep,
    kept_sums,
    left,
    movement,
    moves,
    one,
)

YESTERDAY = TODAY - timedelta(days=1)


def days_ago(days):
    return TODAY - timedelta(days=days)


def refused(act):
    with pytest.raises(Refused) as trouble:
        act()
    assert all(sentences(trouble.value))
    return {(one.field, one.code) for one in trouble.value.problems}


def code(act):
    with pytest.raises(UserError) as trouble:
        act()
    assert all(sentences(trouble.value))
    return trouble.value.code


def test_what_expires_first_goes_first_and_what_is_over_stays(db):
    item = keep(db)
    late = bring(db, item, 100, number="L2", expiry=LATER)
    soon = bring(db, item, 30, number="L1", expiry=SOON)
    over = bring(db, item, 50, day=days_ago(30), number="L0", expiry=YESTERDAY)
    assert hand(db, item, 40) == 2
    assert (left(db, soon), left(db, late), left(db, over)) == (0, 90, 50)
    assert refused(lambda: hand(db, item, 91)) == {("lines.0.quantity", "supplies.not_enough_expired")}
    assert (left(db, soon), left(db, late), left(db, over)) == (0, 90, 50)
    assert refused(lambda: one(db, over, MovementKind.ISSUE, 1)) == {("quantity", "supplies.lot_expired")}
    assert refused(lambda: one(db, late, MovementKind.EXPIRY, 1)) == {("day", "supplies.not_expired")}
    one(db, over, MovementKind.EXPIRY, 50, reason="")
    assert left(db, over) == 0
    assert kept_sums(db) == {soon: 0, late: 90, over: 0}


def test_a_lot_is_given_on_its_last_day(db):
    item = keep(db)
    lot = bring(db, item, 10, expiry=TODAY)
    hand(db, item, 10)
    assert left(db, lot) == 0


def test_a_past_act_that_would_empty_a_later_day_is_refused_with_the_day(db):
    item = keep(db)
    lot = bring(db, item, 100, day=days_ago(20))
    hand(db, item, 80, day=days_ago(5))
    assert refused(lambda: hand(db, item, 30, day=days_ago(10))) == {("lines.0.quantity", "supplies.not_enough_then")}
    assert refused(lambda: one(db, lot, MovementKind.LOSS, 30, day=days_ago(10))) == {
        ("quantity", "supplies.below_zero")
    }
    hand(db, item, 20, day=days_ago(10))
    assert [left(db, lot, days_ago(day)) for day in (20, 10, 5, 0)] == [100, 80, 0, 0]
    assert refused(lambda: take_back_movements(db, [movement(db, lot, MovementKind.RECEIPT)], "nhầm", **WHO)) == {
        ("", "supplies.below_zero")
    }


def test_what_a_count_found_stays_true_whatever_is_written_late(db):
    item = keep(db)
    lot = bring(db, item, 100, day=days_ago(20))
    assert counted(db, lot, 90, day=days_ago(5)) == 1
    hand(db, item, 10, day=days_ago(8))  # somebody had forgotten to write this: it is why ten were missing
    assert [row.quantity for row in moves(db, lot)] == [100, -10, 0]
    assert left(db, lot) == 90
    hand(db, item, 15, day=days_ago(4))
    assert left(db, lot) == 75
    take_back_movements(db, [movement(db, lot, MovementKind.COUNT)], "đếm nhầm lô", **WHO)
    assert left(db, lot) == 75
    assert kept_sums(db) == {lot: 75}


def test_a_count_that_finds_more_may_be_spent_and_cannot_be_taken_back_then(db):
    item = keep(db)
    lot = bring(db, item, 10, day=days_ago(20))
    counted(db, lot, 30, day=days_ago(10))
    assert refused(lambda: hand(db, item, 11, day=days_ago(15))) == {("lines.0.quantity", "supplies.not_enough_then")}
    hand(db, item, 25)
    again = lambda: take_back_movements(db, [movement(db, lot, MovementKind.COUNT)], "nhầm", **WHO)  # noqa: E731
    assert refused(again) == {("", "supplies.below_zero")}


def test_a_count_asks_why_it_differs_and_notes_that_it_does_not(db):
    item, masks = keep(db), keep(db, MASKS)
    lot, box = bring(db, item, 100), bring(db, masks, 7, number="", expiry=None)
    lines = (CountLine(lot_id=lot, counted=98), CountLine(lot_id=box, counted=7))
    draft = CountDraft(day=TODAY, lines=lines)
    assert refused(lambda: count(db, draft, **WHO)) == {("reason", "supplies.reason_differs")}
    assert left(db, lot) == 100
    assert counted(db, box, 7, reason="") == 0
    assert [row.quantity for row in moves(db, box)] == [7, 0]


def test_a_wrong_quantity_is_corrected_in_its_place(db):
    item = keep(db)
    lot = bring(db, item, 10, day=days_ago(3))
    hand(db, item, 8)
    receipt = movement(db, lot, MovementKind.RECEIPT)
    assert refused(lambda: correct_movement(db, receipt, 7, "gõ nhầm", **WHO)) == {("quantity", "supplies.below_zero")}
    correct_movement(db, receipt, 100, "gõ nhầm", **WHO)
    assert [(row.day, row.quantity) for row in moves(db, lot)] == [(days_ago(3), 100), (TODAY, -8)]
    assert code(lambda: correct_movement(db, receipt, 9, "gõ nhầm", **WHO)) == "supplies.voided_already"
    assert kept_sums(db) == {lot: 92}


def test_a_receipt_says_what_is_wrong_beside_its_line(db):
    item = keep(db)
    bring(db, item, 10, number="AB 12", expiry=LATER)
    lines = (
        ReceiptLine(item_id=item, number="ab 12", expiry=SOON, quantity=5),
        ReceiptLine(item_id=item, number="C", expiry=YESTERDAY, quantity=0),
        ReceiptLine(item_id=item, number="D", expiry=date(2099, 1, 1), quantity=1),
    )
    draft = ReceiptDraft(day=TODAY + timedelta(days=1), lines=lines)
    assert refused(lambda: receive(db, draft, **WHO)) == {
        ("day", "supplies.day_future"),
        ("lines.0.expiry", "supplies.lot_expiry"),
        ("lines.1.quantity", "supplies.quantity"),
        ("lines.1.expiry", "supplies.expired_already"),
        ("lines.2.expiry", "supplies.expiry_far"),
    }
    twice = tuple(ReceiptLine(item_id=item, number="E 1", expiry=day, quantity=1) for day in (SOON, LATER))
    assert refused(lambda: receive(db, ReceiptDraft(day=TODAY, lines=twice), **WHO)) == {
        ("lines.1.expiry", "supplies.lot_expiry")
    }
    same = bring(db, item, 5, number="ab 12".upper(), expiry=LATER)
    assert left(db, same) == 15


def test_items_are_one_and_the_same_medicine_under_another_name_is_told(db):
    item = keep(db)
    assert refused(lambda: keep(db, PARACETAMOL)) == {("name", "supplies.same_item")}
    shipped = catalog().supply_rules[0].items
    made = add_items(db, shipped, **WHO).value
    assert len(made) == len(shipped) - 1
    panadol = ItemDraft(name="Panadol Extra", substances=("Paracetamol", "caffeine"), unit="viên")
    assert PARACETAMOL.title in {one.title for one in twins_of(db, panadol)}
    bring(db, item, 1)
    assert code(lambda: end_item(db, item, **WHO)) == "supplies.not_empty"
    hand(db, item, 1)
    end_item(db, item, **WHO)
    assert keep(db) != item  # the name is free again
    assert refused(lambda: end_item(db, item, again=True, **WHO)) == {("name", "supplies.same_item")}
    wrong = ItemDraft(name="", unit="", atc="N02X", low_level=-1)
    assert refused(lambda: edit_item(db, item, wrong, **WHO)) == {
        ("name", "supplies.name_missing"),
        ("unit", "supplies.unit_missing"),
        ("low_level", "supplies.quantity"),
    }


def test_a_lot_s_label_is_corrected_but_never_into_another_one(db):
    item = keep(db)
    first = bring(db, item, 1, number="A1")
    bring(db, item, 1, number="B1")
    assert refused(lambda: edit_lot(db, first, "b1", LATER, **WHO)) == {("number", "supplies.lot_there")}
    assert refused(lambda: edit_lot(db, first, "A2", date(2220, 1, 1), **WHO)) == {("expiry", "supplies.expiry_far")}
    edit_lot(db, first, "A2", SOON, **WHO)
    assert bring(db, item, 4, number="A2", expiry=SOON) == first


class Test_a_giving:
    ITEMS = (GivingItem(medicine="paracetamol500", quantity=12, dose="1 viên khi sốt", days=3),)

    def given(self, db, episode, day=TODAY, **changes):
        at = NOW.replace(tzinfo=None) - (TODAY - day)
        items = tuple(GivingItem(medicine="paracetamol500", quantity=12, days=1, **changes) for _one in self.ITEMS)
        return give(db, episode.id, GivingDraft(items=items, given_at=at), catalog=catalog(), by=None, now=NOW).value

    def test_draws_from_the_store_and_brings_back(self, db):
        episode = register(db)
        item = keep(db)
        soon, late = bring(db, item, 5, number="A", expiry=SOON), bring(db, item, 50, number="B")
        assert look_at_giving(db, episode.id, catalog=catalog(), now=NOW).in_store == {"paracetamol500": 55}
        giving = self.given(db, episode)
        assert (left(db, soon), left(db, late)) == (0, 43)
        served = {row.link_id for lot in (soon, late) for row in moves(db, lot) if row.kind == "ISSUE"}
        assert len(served) == 1
        issued = movement(db, late, MovementKind.ISSUE)
        assert code(lambda: take_back_movements(db, [issued], "nhầm", **WHO)) == "supplies.linked"
        take_back(db, giving, "Ghi nhầm người", by=None, now=NOW)
        assert (left(db, soon), left(db, late)) == (5, 50)
        assert [row.kind for row in moves(db, soon)] == ["RECEIPT"]
        take_back(db, self.given(db, episode), "Trả lại", by=None, now=NOW, returned=True)
        assert [row.kind for row in moves(db, soon)] == ["RECEIPT", "ISSUE", "RETURN"]
        assert kept_sums(db) == {soon: 5, late: 50}

    def test_without_stock_is_refused_unless_it_is_from_elsewhere(self, db):
        episode = register(db)
        keep(db)
        assert refused(lambda: self.given(db, episode)) == {("items", "supplies.not_enough")}
        assert look_at_giving(db, episode.id, catalog=catalog(), now=NOW).given == ()
        self.given(db, episode, own_supply=True)
        given = look_at_giving(db, episode.id, catalog=catalog(), now=NOW).given[0].items[0]
        assert (given.own_supply, given.from_store) == (True, False)

    def test_before_the_store_kept_it_or_of_what_it_does_not_keep_draws_nothing(self, db):
        episode = register(db, f0(day=YESTERDAY, episode=EpisodeDraft(report_date=YESTERDAY)))
        item = keep(db, ItemDraft(name="Paracetamol", strength="500 mg", unit="viên", medicine="paracetamol500"))
        lot = bring(db, item, 100)
        self.given(db, episode, day=YESTERDAY)
        assert left(db, lot) == 100
