"""Any order and partition of a station's changes, and many of them at once, give the same state at the district."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from covidstation.hub.database.store import Hub
from covidstation.hub.figures.stations import gaps_between, joined
from covidstation.hub.rows import BundleRow, RecordRow
from covidstation.hub.stations.enrolling import SameCommune
from tests.depth import examples
from tests.hub.conftest import BOTH
from tests.hub.fake_stations import FakeStation, dump, take, upto

DATABASES = BOTH


@pytest.fixture(scope="module")
def story() -> list[tuple[str, int, dict, str]]:
    """Fourteen changes of four people, as (action, row, fields, which stamps they replace)."""
    steps = [("i", row, {"full_name": f"Người {row}", "sex": "MALE"}, "") for row in (1, 2, 3)]
    steps += [("u", 1, {"phone": "1"}, "made"), ("u", 2, {"sex": "FEMALE"}, "made"), ("i", 4, {"full_name": "D"}, "")]
    steps += [("u", 1, {"phone": "2"}, "phone"), ("u", 9, {"phone": "9"}, "made"), ("d", 3, {}, "made")]
    steps += [("u", 3, {"phone": "3"}, "made"), ("u", 1, {"phone": None}, "phone"), ("u", 4, {"x": [1]}, "made")]
    steps += [("u", 2, {"sex": "MALE"}, "made"), ("u", 1, {"phone": "5"}, "phone")]
    return steps


def told(station: FakeStation, story) -> FakeStation:
    station.lines = []
    made: dict[int, int] = {}
    phone: dict[int, int] = {}
    for action, row, fields, replaces in story:
        base = {"": None, "made": made.get(row, 7), "phone": phone.get(row)}[replaces]
        one = station.op(action, row, fields, base=base)
        if action == "i":
            made[row] = one.stamp
        if "phone" in fields:
            phone[row] = one.stamp
    return station


@settings(max_examples=examples(10, 100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_order_and_partition_gives_the_same_state(hub: Hub, story, data: st.DataObject):
    """Ranges that cover the story, overlapping and repeated, in any order; receipts claim no more than is durable."""
    count = len(story)
    keys = {"name": "Trạm", "commune": data.draw(st.integers(10_000, 99_999).map(str), label="commune")}
    one, two = (told(FakeStation(**keys).join(hub, same_commune=SameCommune.SECOND), story) for _twice in range(2))
    take(hub, one.up())
    cuts = sorted(data.draw(st.sets(st.integers(1, count - 1)), label="cuts"))
    ranges = list(zip([1, *(cut + 1 for cut in cuts)], [*cuts, count], strict=True))
    ends = st.integers(1, count)
    extra = data.draw(st.lists(st.tuples(ends, ends).map(lambda pair: (min(pair), max(pair))), max_size=5))
    order = data.draw(st.permutations(ranges + extra + ranges[:2]), label="order")
    held: set[int] = set()
    for first, last in order:
        take(hub, two.up(first, last))
        held |= set(range(first, last + 1))
        assert upto(hub, two) == next(n for n in range(count + 1) if n + 1 not in held)
    by_station: dict[int, list] = {}
    for (station, table, row), state in dump(hub).items():
        by_station.setdefault(station, []).append((table, row, state))
    last_two = sorted(by_station)[-2:]
    assert by_station[last_two[0]] == by_station[last_two[1]]
    with hub.db.read() as session:
        assert session.scalars(select(BundleRow).where(BundleRow.outcome != "taken")).all() == []


@given(st.lists(st.tuples(st.integers(5, 60), st.integers(0, 9)).map(lambda one: (one[0], one[0] + one[1]))))
def test_ranges_join_and_leave_gaps(ranges: list[tuple[int, int]]):
    staged = joined(sorted(ranges))
    numbers = {n for first, last in ranges for n in range(first, last + 1)}
    assert [n for first, last in staged for n in range(first, last + 1)] == sorted(numbers)
    gaps = gaps_between(3, staged)
    missing = [n for first, last in gaps for n in range(first, last + 1)]
    assert missing == [n for n in range(4, max(numbers, default=3)) if n not in numbers]


def test_a_large_bundle_goes_through_several_queries(hub: Hub, station: FakeStation):
    made = station.people(6000)
    take(hub, station.up())
    for one in made:
        station.op("u", int(one.row, 16), {"phone": "1"}, base=one.stamp)
    assert take(hub, station.up())[0].taken == 6000
    with hub.db.read() as session:
        assert {row.fields["phone"] for row in session.scalars(select(RecordRow))} == {"1"}
