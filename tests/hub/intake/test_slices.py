"""A large bundle goes in by slices: each ends between transactions, and cut off anywhere the rest follows later."""

from __future__ import annotations

import gc

import pytest
from sqlalchemy import select

from covidstation.hub.database.store import Hub
from covidstation.hub.intake.bundles import Outcome, Taking
from covidstation.hub.intake.slices import slice_end, uncollected
from covidstation.hub.replies.receipting import build_receipt
from covidstation.hub.rows import BundleRow, OperationRow, StationRow, StreamRow
from tests.hub.conftest import BOTH
from tests.hub.fake_stations import NOW, FakeStation, dump, take, upto

DATABASES = BOTH


def acts(station: FakeStation, *sizes: int) -> FakeStation:
    """New people, by transactions of these sizes; the first line of one lacks its number, as the format allows."""
    for size in sizes:
        first = len(station.lines) + 1
        for number in range(size):
            station.rows += 1
            first_of = first if number else None
            fields = {"full_name": f"Người {station.rows}"}
            station.op("i", station.rows, fields, first_of_transaction=first_of)
    return station


def step(hub: Hub, taking: Taking, most: int) -> None:
    with hub.db.write(None, NOW) as session:
        taking.step(session, most)


def ends(hub: Hub, station: FakeStation, data: bytes, most: int) -> list[int]:
    """Take the file in by slices; how far the stream was after each."""
    taking, found = Taking(hub, data, now=NOW), []
    while not taking.is_done:
        step(hub, taking, most)
        found.append(upto(hub, station))
    return found


def test_a_slice_ends_between_transactions(hub: Hub, station: FakeStation):
    acts(station, 1, 4, 1, 1, 3, 2)
    assert ends(hub, station, station.up(), 3) == [5, 10, 12]
    assert len(dump(hub)) == 12


def test_a_transaction_that_alone_fills_four_slices_is_divided(hub: Hub, station: FakeStation):
    acts(station, 2, 19, 1)
    assert ends(hub, station, station.up(), 2) == [2, 10, 18, 21, 22]


@pytest.mark.parametrize("most", [1, 2, 5, 100])
def test_every_slicing_gives_the_same(hub: Hub, most: int):
    stations = [acts(FakeStation(commune=f"1000{n}").join(hub), 3, 1, 2, 5, 1) for n in range(2)]
    take(hub, stations[0].up())
    ends(hub, stations[1], stations[1].up(), most)
    whole, sliced = ([(key[1:], row) for key, row in dump(hub).items() if key[0] == n] for n in (1, 2))
    assert whole == sliced
    with hub.db.read() as session:
        rows = session.scalars(select(BundleRow).order_by(BundleRow.n)).all()
        assert [(row.outcome, row.first, row.last) for row in rows] == [("taken", 1, 12)] * 2


def test_the_outcome_counts_all_slices(hub: Hub, station: FakeStation):
    acts(station, 4)
    station.op("u", 999, {"phone": "1"}, base=1)
    acts(station, 4)
    taking = Taking(hub, station.up(), now=NOW)
    while not taking.is_done:
        step(hub, taking, 2)
    (one,) = taking.outcomes
    assert (one.outcome, one.taken, one.set_aside, one.upto) == (Outcome.TAKEN, 9, 1, 9)


def test_cut_off_between_two_slices_the_rest_follows(hub: Hub, station: FakeStation):
    acts(station, 1, 1, 1, 1, 1)
    data = station.up()
    step(hub, Taking(hub, data, now=NOW), 2)
    assert upto(hub, station) == 2
    (again,) = take(hub, data)
    assert (again.outcome, again.taken, again.upto) == (Outcome.TAKEN, 3, 5)
    with hub.db.read() as session:
        assert list(session.scalars(select(OperationRow.seq).order_by(OperationRow.seq))) == [1, 2, 3, 4, 5]
        assert len(session.scalars(select(BundleRow)).all()) == 1


def test_what_had_waited_is_sliced_too_and_found_again_after_a_cut(hub: Hub, station: FakeStation):
    acts(station, 1, 1, 1, 1, 1, 1, 1)
    take(hub, station.up(4, 7))
    data = station.up(1, 3)
    taking = Taking(hub, data, now=NOW)
    step(hub, taking, 3)
    step(hub, taking, 2)
    assert (upto(hub, station), taking.is_done) == (5, False), "the program ends here"
    done = take(hub, data)
    assert [(one.outcome, one.taken, one.upto) for one in done] == [(Outcome.ALREADY, 0, 5), (Outcome.TAKEN, 2, 7)]
    with hub.db.read() as session:
        rows = session.scalars(select(BundleRow).order_by(BundleRow.first)).all()
        assert [(row.outcome, row.kept) for row in rows] == [("taken", None)] * 2


def test_a_receipt_between_two_slices_claims_what_is_there(hub: Hub, station: FakeStation):
    acts(station, 1, 1, 1, 1, 1, 1, 1)
    take(hub, station.up(4, 5))
    take(hub, station.up(7, 7))
    taking = Taking(hub, station.up(1, 3), now=NOW)
    seen = []
    while not taking.is_done:
        step(hub, taking, 1)
        with hub.db.read() as session:
            stream = session.scalars(select(StreamRow).where(StreamRow.epoch == station.epoch)).one()
            receipt = build_receipt(session, hub, session.get_one(StationRow, stream.station), stream, NOW)
            assert receipt.chain == station.chain(receipt.upto)
            seen.append((receipt.upto, receipt.staged))
    waits = (7, 7)
    assert seen == [(1, ((4, 5), waits)), (2, ((4, 5), waits)), (3, (waits,)), (4, (waits,)), (5, (waits,))]


def test_where_slices_end_by_the_numbers_of_transactions():
    station = FakeStation()
    ops = [station.op("i", 1), station.op("i", 2, first_of_transaction=1), station.op("i", 3, first_of_transaction=3)]
    assert [slice_end(ops, 0, most) for most in (1, 2, 3, 9)] == [2, 2, 3, 3]


def bundles(hub: Hub) -> list[tuple[int, str]]:
    with hub.db.read() as session:
        return [(row.first, row.outcome) for row in session.scalars(select(BundleRow).order_by(BundleRow.n))]


def test_a_file_that_came_by_another_way_after_it_was_opened_is_kept_once(hub: Hub, station: FakeStation):
    """Two programs at one server, or a stick and a request, open the same file at once; one of them is first."""
    station.people(5)
    data = station.up(3, 5)
    late = Taking(hub, data, now=NOW)
    take(hub, data)
    step(hub, late, 1000)
    assert [one.outcome for one in late.outcomes] == [Outcome.WAITING]
    assert bundles(hub) == [(3, "waiting")]


def test_so_is_one_whose_gap_has_just_closed(hub: Hub, station: FakeStation):
    station.people(5)
    data = station.up(3, 5)
    late = Taking(hub, data, now=NOW)
    take(hub, data)
    step(hub, Taking(hub, station.up(1, 2), now=NOW), 1000)  # what waits for it has not had its turn
    while not late.is_done:
        step(hub, late, 1000)
    assert late.outcomes[0].outcome is Outcome.TAKEN
    assert (upto(hub, station), bundles(hub)) == (5, [(1, "taken")])
    assert take(hub, data)[0].outcome is Outcome.ALREADY
    assert len(dump(hub)) == 5


def test_two_that_overlap_leave_the_collection_of_cycles_as_it_was(monkeypatch):
    """One ends while the other one begins: a hub that went on without collecting would grow for ever."""
    first, real, ended = uncollected(), gc.isenabled, []
    first.__enter__()

    def meanwhile() -> bool:
        found = real()
        if not ended:
            ended.append(first.__exit__(None, None, None))
        return found

    monkeypatch.setattr(gc, "isenabled", meanwhile)
    with uncollected():
        pass
    if not ended:
        first.__exit__(None, None, None)
    is_on = real()
    gc.enable()
    assert is_on
