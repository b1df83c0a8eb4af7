"""What the district sends to the store, over sticks: counted once, in the store once, heard line by line."""

from dataclasses import replace
from datetime import timedelta
from enum import StrEnum

import pytest
from sqlalchemy import select

from covidstation.db.queries import district
from covidstation.db.queries.district import list_items
from covidstation.db.rows import DistrictItemRow, DistrictMessageRow, SupplyItemRow, SupplyMovementRow
from covidstation.domain.district import ItemKind
from covidstation.domain.supplies import ItemDraft, MovementKind, Source, SupplyKind
from covidstation.errors import Refused, UserError
from covidstation.hub.down.allotments import State
from covidstation.hub.down.items import withdraw_item
from covidstation.services.district.items import answer_item, district_work, mark_read
from covidstation.services.supplies.acts import take_back_movements
from covidstation.services.supplies.allotments import (
    AllotmentDraft,
    allotments_waiting,
    look_at_allotment,
    receive_allotment,
)
from covidstation.services.supplies.items import add_items
from tests.services.from_district.papers import KITS, LATER, PAPER, PARACETAMOL, TWO, count, here, send, store, there
from tests.services.from_district.world import HOA
from tests.services.samples import NOW, TODAY
from tests.services.supplies.store import bring, hand

WHO = {"by": None, "now": NOW}


@pytest.fixture
def near(world):
    return world.station("Nậm Tăm")


@pytest.fixture
def sent(world, near):
    """A paper that has come."""
    found = send(world.hub, world.tick(), near.n)
    near.receive()
    return found


def problems(call):
    with pytest.raises(Refused) as caught:
        call()
    return [(one.field, one.code) for one in caught.value.problems]


def withdraw(world, item):
    with world.hub.db.write(None, world.tick()) as session:
        withdraw_item(session, world.hub, item, HOA, now=world.now)


def test_what_was_sent_waits_is_counted_and_the_district_sees_each_line(world, near, sent):
    assert [one.state for one in there(world.hub)] == [State.SENT]
    near.send()
    assert [one.state for one in there(world.hub)] == [State.ARRIVED]
    waiting = allotments_waiting(near.db, TODAY)
    assert (waiting.count, waiting.late, waiting.first.paper.document) == (1, 0, "PX-031")
    assert district_work(near.db, TODAY).count == 0, "it has its own line, not that of the district"
    assert count(near.db, world.tick(), 500, 50) == 0
    assert store(near.db) == {("Paracetamol 500 mg", "A12"): 500, ("Test nhanh SARS-CoV-2", "T9"): 50}
    assert allotments_waiting(near.db, TODAY).count == 0 and not here(near.db).heard
    near.exchange()
    assert here(near.db).heard
    (state,) = there(world.hub)
    assert (state.state, state.stands.by_name) == (State.COUNTED, "Lò Thị Mai")
    assert [(one.line.quantity, one.found.counted) for one in state.lines] == [(500, 500), (50, 50)]
    with near.db.read() as session:
        rows = list(session.scalars(select(SupplyMovementRow)))
    assert {(one.kind, one.source, one.document, one.partner) for one in rows} == {
        (MovementKind.RECEIPT.value, Source.UPPER.value, "PX-031", "Trung tâm Y tế Sìn Hồ")
    }


def test_each_line_is_counted_and_a_difference_has_a_reason(world, near, sent):
    assert problems(lambda: count(near.db, world.tick(), 500, None)) == [
        ("lines.1.counted", "allotment.count_missing"),
        ("reason", "allotment.reason_missing"),
    ]
    assert problems(lambda: count(near.db, world.tick(), 500)) == [("lines", "allotment.lines_all")]
    assert problems(lambda: count(near.db, world.tick(), 480, 50)) == [("reason", "allotment.reason_missing")]
    assert problems(lambda: count(near.db, world.tick(), -1, 50, reason="x"))[0] == (
        "lines.0.counted", "supplies.quantity",
    )  # fmt: skip
    assert store(near.db) == {} and here(near.db).waits, "what is refused leaves nothing"
    assert count(near.db, world.tick(), 480, 0, reason="Một hộp vỡ, thùng test chưa thấy") == 2
    assert store(near.db) == {("Paracetamol 500 mg", "A12"): 480}
    near.send()
    (state,) = there(world.hub)
    assert (state.state, state.stands.reason) == (State.DIFFERS, "Một hộp vỡ, thùng test chưa thấy")
    assert [one.delta for one in state.lines] == [-20, -50]


def test_the_label_on_the_box_is_what_the_store_has(world, near, sent):
    box = {"number": "A13", "expiry": LATER + timedelta(days=30)}
    assert count(near.db, world.tick(), 500, 50, changed={1: box}) == 1
    assert ("Paracetamol 500 mg", "A13") in store(near.db)
    near.send()
    (state,) = there(world.hub)
    assert state.state is State.DIFFERS and [one.label_differs for one in state.lines] == [True, False]


def test_counting_twice_is_refused_and_counting_again_stands_in_the_place_of_the_first(world, near, sent):
    count(near.db, world.tick(), 500, 50)
    with pytest.raises(UserError, match=r"allotment\.counted_already"):
        count(near.db, world.tick(), 500, 50)
    first = here(near.db).stands.id
    assert count(near.db, world.tick(), 450, 50, reason="Đếm nhầm hộp", replaces=first) == 1
    assert store(near.db) == {("Paracetamol 500 mg", "A12"): 450, ("Test nhanh SARS-CoV-2", "T9"): 50}
    near.send()
    (state,) = there(world.hub)
    assert (state.lines[0].found.counted, state.twice) == (450, False)
    with pytest.raises(UserError, match=r"allotment\.counted_already"):
        count(near.db, world.tick(), 500, 50, replaces=first)


def test_what_was_handed_out_since_cannot_be_counted_away(world, near, sent):
    count(near.db, world.tick(), 500, 50)
    with near.db.read() as session:
        item = session.scalars(select(SupplyItemRow.id).where(SupplyItemRow.name == "Paracetamol")).one()
    hand(near.db, item, 300)
    before = store(near.db)
    again = {"reason": "Đếm lại", "replaces": here(near.db).stands.id}
    assert problems(lambda: count(near.db, world.tick(), 200, 50, **again)) == [("lines", "supplies.below_zero")]
    assert store(near.db) == before and here(near.db).stands.id == again["replaces"]
    count(near.db, world.tick(), 300, 50, **again)
    assert store(near.db)["Paracetamol 500 mg", "A12"] == 0


def test_its_movements_are_corrected_by_counting_again_alone(world, near, sent):
    count(near.db, world.tick(), 500, 50)
    with near.db.read() as session:
        row = session.scalars(select(SupplyMovementRow.id)).first()
    with pytest.raises(UserError, match=r"supplies\.linked_allotment"):
        take_back_movements(near.db, [row], "nhầm", **WHO)


def test_a_lot_that_is_over_is_asked_back_and_stays_out_of_the_store(world, near):
    soon = replace(TWO[0], expiry=TODAY + timedelta(days=1))
    send(world.hub, world.tick(), near.n, paper=replace(PAPER, lines=(soon,)))
    near.receive()
    world.now += timedelta(days=3)
    day = TODAY + timedelta(days=3)
    assert problems(lambda: count(near.db, world.tick(), 500, day=day)) == [("lines.0.expiry", "allotment.expired")]
    assert count(near.db, world.tick(), 500, day=day, changed={1: {"kept": False}}) == 1
    assert store(near.db) == {}
    near.send()
    (state,) = there(world.hub)
    assert state.state is State.DIFFERS and state.lines[0].left_out and state.lines[0].delta == 0


def test_what_is_good_is_not_left_out(world, near, sent):
    out = {1: {"kept": False}}
    assert problems(lambda: count(near.db, world.tick(), 500, 50, changed=out)) == [
        ("lines.0.kept", "allotment.not_over")
    ]


def test_a_line_becomes_the_item_that_the_store_has(world, near, sent):
    mine = add_items(near.db, [replace(PARACETAMOL, name="Paracetamol Stada"), KITS], **WHO).value
    assert look_at_allotment(near.db, sent).matched == mine, "by its ATC, strength and form; by its name"
    bring(near.db, mine[0], 100, number="A12", expiry=LATER)
    count(near.db, world.tick(), 500, 50)
    assert store(near.db) == {("Paracetamol Stada 500 mg", "A12"): 600, ("Test nhanh SARS-CoV-2", "T9"): 50}


def test_another_unit_is_another_item(world, near, sent):
    by_box = add_items(near.db, [replace(PARACETAMOL, unit="hộp")], **WHO).value[0]
    assert look_at_allotment(near.db, sent).matched == (None, None)
    chosen = {1: {"item_id": by_box}}
    assert problems(lambda: count(near.db, world.tick(), 500, 50, changed=chosen)) == [
        ("lines.0.item", "allotment.other_unit")
    ]
    count(near.db, world.tick(), 500, 50)
    assert store(near.db)["Paracetamol (viên) 500 mg", "A12"] == 500


def test_a_number_on_a_box_that_the_store_has_with_another_expiry_is_asked_back(world, near, sent):
    item = add_items(near.db, [PARACETAMOL], **WHO).value[0]
    bring(near.db, item, 100, number="A12", expiry=LATER + timedelta(days=60))
    assert problems(lambda: count(near.db, world.tick(), 500, 50)) == [("lines.0.expiry", "supplies.lot_expiry")]


def test_what_was_withdrawn_is_not_counted_and_what_was_counted_is_not_withdrawn(world, near, sent):
    withdraw(world, sent)
    near.receive()
    assert not here(near.db).waits
    with pytest.raises(UserError, match=r"allotment\.withdrawn"):
        count(near.db, world.tick(), 500, 50)
    second = send(world.hub, world.tick(), near.n)
    near.receive()
    with near.db.read() as session:
        assert len(list(session.scalars(select(DistrictItemRow)))) == 2
    again = next(one for one in list_items(near.db) if one.id == second)
    assert again.wants is not None
    assert sorted(one.state for one in there(world.hub)) == [State.SENT, State.WITHDRAWN]


def test_withdrawn_while_it_was_counted_the_goods_are_in_the_store_and_both_see_it(world, near, sent):
    count(near.db, world.tick(), 500, 50)
    withdraw(world, sent)  # the district had not heard
    near.exchange()
    assert [one.state for one in there(world.hub)] == [State.CROSSED]
    assert store(near.db)["Paracetamol 500 mg", "A12"] == 500
    view = here(near.db)
    assert view.stands is not None and view.item.withdrawn_at is not None and not view.waits
    count(near.db, world.tick(), 400, 50, reason="Đếm lại", replaces=view.stands.id)
    assert store(near.db)["Paracetamol 500 mg", "A12"] == 400, "what is in the store may still be put right"


def test_what_the_district_knows_to_be_counted_it_cannot_take_back(world, near, sent):
    count(near.db, world.tick(), 500, 50)
    near.send()
    with pytest.raises(UserError, match=r"allotment\.counted_there"):
        withdraw(world, sent)


def test_each_station_has_a_paper_of_its_own(world, near):
    far = world.station("Pa Tần")
    send(world.hub, world.tick(), near.n, far.n)
    near.receive()
    far.receive()
    count(near.db, world.tick(), 500, 50)
    near.send()
    assert {(one.station_name, one.state) for one in there(world.hub)} == {
        (near.name, State.COUNTED), (far.name, State.SENT),
    }  # fmt: skip
    assert here(far.db).waits and store(far.db) == {}


def test_what_waits_too_long_is_late_at_both_ends(world, near):
    send(world.hub, world.tick(), near.n, due_on=TODAY)
    near.receive()
    tomorrow = TODAY + timedelta(days=1)
    assert allotments_waiting(near.db, tomorrow).late == 1 and allotments_waiting(near.db, TODAY).late == 0
    assert [one.late for one in there(world.hub, tomorrow)] == [True]
    count(near.db, world.tick(), 500, 50)
    near.send()
    assert [one.late for one in there(world.hub, tomorrow)] == [False]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"document": " "}, "document", "allotment.document_missing"),
        ({"day": TODAY + timedelta(days=9)}, "day", "supplies.day_future"),
        ({"lines": ()}, "lines", "supplies.nothing"),
        ({"lines": TWO * 21}, "lines", "allotment.lines_many"),
        ({"lines": (replace(TWO[0], quantity=0),)}, "lines.0.quantity", "supplies.quantity"),
        ({"lines": (replace(TWO[0], item=ItemDraft(unit="viên")),)}, "lines.0.name", "supplies.name_missing"),
        ({"lines": (replace(TWO[0], item=replace(KITS, unit="")),)}, "lines.0.unit", "supplies.unit_missing"),
        ({"lines": (replace(TWO[0], expiry=TODAY - timedelta(days=1)),)}, "lines.0.expiry", "allotment.sent_expired"),
    ],
)
def test_no_paper_goes_out_that_no_station_could_take_in(world, near, change, field, code):
    assert (field, code) in problems(lambda: send(world.hub, world.tick(), near.n, paper=replace(PAPER, **change)))
    assert there(world.hub) == []


def test_a_paper_goes_to_somebody_once(world, near, sent):
    assert problems(lambda: send(world.hub, world.tick())) == [("stations", "allotment.no_station")]
    assert problems(lambda: send(world.hub, world.tick(), near.n, paper=replace(PAPER, document="px-031"))) == [
        ("document", "allotment.document_twice")
    ]
    withdraw(world, sent)
    send(world.hub, world.tick(), near.n)


def test_it_is_counted_in_the_store_not_answered_in_words(world, near, sent):
    with pytest.raises(UserError, match=r"district\.not_to_answer"):
        answer_item(near.db, sent, "Đã nhận", by_name="Lò Thị Mai", **WHO)
    mark_read(near.db, sent, by=None, by_name="Lò Thị Mai", now=world.tick())
    assert here(near.db).waits


def test_a_program_that_does_not_know_the_kind_shows_its_words_and_keeps_it(world, near, monkeypatch):
    """As the program of schema 6: a kind without a name. The newer program then counts what the older one kept."""
    older = StrEnum("ItemKind", {kind.name: kind.value for kind in ItemKind if kind is not ItemKind.ALLOTMENT})
    with monkeypatch.context() as before:
        before.setattr(district, "ItemKind", older)
        sent = send(world.hub, world.tick(), near.n)
        near.receive()
        (item,) = near.items()
        assert item.kind is None and item.wants is None and item.unread, "shown as an announcement"
        assert "Paracetamol 500 mg, viên nén, lô A12" in item.body and "500 viên" in item.body and "PX-031" in item.body
        mark_read(near.db, sent, by=None, by_name="Lò Thị Mai", now=world.tick())
        near.exchange()
    assert here(near.db).waits
    assert count(near.db, world.tick(), 500, 50) == 0
    near.send()
    assert [one.state for one in there(world.hub)] == [State.COUNTED]


def test_words_of_a_paper_stay_within_what_a_station_shows(world, near):
    long = ItemDraft(kind=SupplyKind.CHEMICAL, name="Hoá chất " + "rất " * 45, unit="lít")
    lines = tuple(replace(TWO[0], item=long, number=at, lot=f"{at}" * 20) for at in range(1, 41))
    send(world.hub, world.tick(), near.n, paper=replace(PAPER, lines=lines))
    near.receive()
    assert len(here(near.db).paper.lines) == 40 and len(here(near.db).item.body) <= 10_000
    assert here(near.db).item.body.splitlines()[-1].startswith("… và ")


EVIL = (
    None, {}, {"lines": []}, {"lines": "x"}, {"lines": [1]}, {"lines": [{"line": 1}]},
    {"lines": [{"line": True, "quantity": 5, "name": "A", "unit": "viên"}]},
    {"lines": [{"line": 1, "quantity": 10**9, "name": "A", "unit": "viên"}]},
    {"lines": [{"line": 1, "quantity": 5, "name": "A", "unit": "viên"}] * 2},
    {"lines": [{"line": 1, "quantity": 5, "name": ["A"], "unit": "viên"}]},
    {"lines": [{"line": 1, "quantity": 5, "name": "A", "unit": "viên", "expiry": "31/12/2022"}]},
    {"lines": [{"line": 1, "quantity": 5, "name": "A", "unit": "viên", "substances": "x"}]},
    {"day": "hôm nay", "lines": [{"line": 1, "quantity": 5, "name": "A", "unit": "viên"}]},
)  # fmt: skip


@pytest.mark.parametrize("data", EVIL)
def test_what_no_paper_can_be_is_said_and_breaks_nothing(world, near, sent, data):
    with near.db.write(None, world.tick()) as session:
        session.scalars(select(DistrictItemRow)).one().data = data
    view = here(near.db)
    assert view.paper is None and view.lines == () and view.waits
    assert look_at_allotment(near.db, sent).matched == ()
    assert allotments_waiting(near.db, TODAY).count == 1
    with pytest.raises(UserError, match=r"allotment\.unreadable"):
        count_nothing(near.db, sent, world.tick())


def count_nothing(db, item, now):
    receive_allotment(db, AllotmentDraft(allotment=item, day=TODAY), by=None, now=now)


EVIL_COUNTS = (
    None, {}, {"day": "x", "lines": []}, {"day": "2022-03-10", "lines": [{"line": 1, "counted": -1}]},
    {"day": "2022-03-10", "lines": [{"line": 1, "counted": "5"}]}, {"day": "2022-03-10", "lines": [{}] * 50},
    {"day": "2022-03-10", "lines": [], "replaces": "x"}, {"day": "2022-03-10", "lines": [], "replaces": ["x"]},
    {"day": "2022-03-10", "lines": [{"line": 1, "counted": 1}] * 2},
)  # fmt: skip


@pytest.mark.parametrize("data", EVIL_COUNTS)
def test_what_no_counting_can_be_does_not_move_the_districts_list(world, near, sent, data):
    count(near.db, world.tick(), 500, 50)
    with near.db.write(None, world.tick()) as session:
        session.scalars(select(DistrictMessageRow)).one().data = data
    near.send()
    (state,) = there(world.hub)
    assert state.state is State.ARRIVED and state.stands is None


def test_a_station_speaks_of_its_own_papers_alone(world, near, sent):
    far = world.station("Pa Tần")
    count(near.db, world.tick(), 500, 50)
    with near.db.read() as session:
        said = session.scalars(select(DistrictMessageRow)).one()
    with far.db.write(None, world.tick()) as session:
        same = {name: getattr(said, name) for name in ("item", "kind", "text", "data", "by_name", "made_at")}
        session.add(DistrictMessageRow(id=said.id, **same))
    far.send()
    assert [one.state for one in there(world.hub)] == [State.SENT]
