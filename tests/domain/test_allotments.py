"""Papers of the district and their countings: what is written is read again, the same at both ends, in any order."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covidstation.domain.allotments import (
    MOST_LINES,
    Allotment,
    AllotmentLine,
    Confirmation,
    Count,
    Counted,
    allotment_data,
    check_allotment,
    compare,
    count_data,
    filled_up,
    match_item,
    new_item,
    read_allotment,
    read_count,
    standing_count,
    tidy_allotment,
)
from covidstation.domain.canonical import decode, encode
from covidstation.domain.supplies import MOST_UNITS, ItemDraft, SupplyKind

DAY = date(2022, 3, 10)
days = st.dates(date(2021, 1, 1), date(2035, 12, 31))
words = st.text("aăâbcdđeêghiklmnoôơpqrstuưvxyAĐ 0123456789%/-", min_size=1, max_size=30).filter(
    lambda text: text.strip()
)
items = st.builds(
    ItemDraft,
    kind=st.sampled_from(SupplyKind),
    name=words,
    substances=st.lists(words, max_size=2).map(tuple),
    atc=st.sampled_from(["", "N02BE01", "A10BA02", "J07"]),
    strength=st.sampled_from(["", "500 mg", "5 mg"]),
    form=st.sampled_from(["", "viên nén"]),
    unit=st.sampled_from(["viên", "gói", "test", "liều"]),
    pack_size=st.integers(0, 500),
)


@st.composite
def papers(draw) -> Allotment:
    """A paper as the district may send it."""
    count = draw(st.integers(1, 8))
    lines = tuple(
        AllotmentLine(
            number=at,
            item=draw(items),
            lot=draw(st.sampled_from(["", "A12", "b 7"])),
            expiry=draw(st.none() | days),
            quantity=draw(st.integers(1, MOST_UNITS)),
        )
        for at in range(1, count + 1)
    )
    return tidy_allotment(Allotment(document=draw(words), day=draw(days), lines=lines, note=draw(words)))


@settings(max_examples=150, deadline=None)
@given(papers())
def test_a_paper_is_read_as_it_was_written(paper):
    assert read_allotment(decode(encode(allotment_data(paper)))) == paper


@st.composite
def counts(draw) -> Count:
    """A counting of some lines."""
    lines = tuple(
        Counted(
            line=number,
            counted=draw(st.integers(0, MOST_UNITS)),
            lot=draw(st.sampled_from(["", "A12"])),
            expiry=draw(st.none() | days),
            kept=draw(st.booleans()),
        )
        for number in draw(st.sets(st.integers(1, MOST_LINES), max_size=6))
    )
    replaces = frozenset(UUID(int=one) for one in draw(st.sets(st.integers(1, 6), max_size=3)))
    return Count(day=draw(days), lines=lines, replaces=replaces)


@settings(max_examples=150, deadline=None)
@given(counts())
def test_a_counting_is_read_as_it_was_said(count):
    assert read_count(decode(encode(count_data(count)))) == count


@st.composite
def histories(draw) -> list[Confirmation]:
    """Countings of some lives: each may replace ones that its life knew, never itself."""
    made: list[Confirmation] = []
    for number in range(1, draw(st.integers(1, 7)) + 1):
        known = [one.id for one in made]
        replaces = frozenset(draw(st.sets(st.sampled_from(known), max_size=3))) if known else frozenset()
        at = datetime(2022, 3, 10) + timedelta(minutes=draw(st.integers(-9999, 9999)))
        count = Count(day=DAY, replaces=replaces)
        made.append(Confirmation(id=UUID(int=number), made_at=at, count=count))
    return made


@settings(max_examples=200, deadline=None)
@given(histories(), st.randoms(use_true_random=False))
def test_both_ends_find_the_same_counting_whatever_order_they_heard_it_in(history, random):
    stands, others = standing_count(history)
    mixed = list(history)
    random.shuffle(mixed)
    assert standing_count(mixed) == (stands, others)
    replaced = {one for said in history for one in said.count.replaces}
    open_ones = {one.id for one in history if one.id not in replaced}
    assert stands is not None, "the last one of a life is replaced by nobody"
    assert {stands.id, *(one.id for one in others)} == open_ones
    assert all((one.made_at, one.id) <= (stands.made_at, stands.id) for one in others)


@settings(max_examples=100, deadline=None)
@given(histories())
def test_a_counting_that_replaces_all_ends_every_doubt(history):
    last = Confirmation(
        id=UUID(int=99),
        made_at=datetime(2000, 1, 1),
        count=Count(day=DAY, replaces=frozenset(one.id for one in history)),
    )
    assert standing_count([*history, last]) == (last, ())


def line(item: ItemDraft, **more) -> AllotmentLine:
    return AllotmentLine(**{"number": 1, "item": item, "lot": "A12", "expiry": DAY, "quantity": 100} | more)


def found(counted: int, **more) -> Counted:
    return Counted(**{"line": 1, "counted": counted, "lot": "A12", "expiry": DAY} | more)


PARA = ItemDraft(name="Paracetamol", strength="500 mg", form="viên nén", unit="viên", atc="N02BE01")


@pytest.mark.parametrize(
    ("said", "delta", "differs"),
    [
        (found(100), 0, False),
        (found(90), -10, True),
        (found(110), 10, True),
        (found(0), -100, True),
        (found(0, lot="", expiry=None), -100, True),
        (found(100, lot="a12"), 0, False),
        (found(100, lot="A13"), 0, True),
        (found(100, expiry=None), 0, True),
        (found(100, kept=False), 0, True),
    ],
)
def test_what_differs(said, delta, differs):
    (one,) = compare(Allotment(document="1", day=DAY, lines=(line(PARA),)), Count(day=DAY, lines=(said,)))
    assert (one.delta, one.differs) == (delta, differs)
    assert not compare(Allotment(document="1", day=DAY, lines=(line(PARA),)), None)[0].differs, "nobody has counted"


def kept(*items: ItemDraft) -> list[tuple[UUID, ItemDraft]]:
    return [(UUID(int=at), item) for at, item in enumerate(items, start=1)]


@pytest.mark.parametrize(
    ("store", "wanted"),
    [
        ((ItemDraft(name="Ibuprofen", unit="viên"), PARA), 2),
        ((ItemDraft(name="PARACETAMOL", strength="500mg", form="Viên nén", unit="Viên"),), 1),
        ((ItemDraft(name="Hapacol", strength="500mg", form="viên nén", unit="viên", atc="N02BE01"),), 1),
        ((ItemDraft(name="Hapacol", strength="250 mg", form="viên nén", unit="viên", atc="N02BE01"),), None),
        ((ItemDraft(name="Paracetamol 500 mg", unit="viên"),), 1),
        ((ItemDraft(name="Paracetamol", strength="500 mg", form="viên nén", unit="hộp", atc="N02BE01"),), None),
        (
            (
                ItemDraft(name="Hapacol", strength="500 mg", form="viên nén", unit="viên", atc="N02BE01"),
                ItemDraft(name="Efferalgan", strength="500 mg", form="viên nén", unit="viên", atc="N02BE01"),
            ),
            None,
        ),
        ((), None),
    ],
)
def test_only_what_is_surely_the_same_is_found(store, wanted):
    assert match_item(line(PARA), kept(*store)) == (UUID(int=wanted) if wanted else None)


def test_an_item_in_another_unit_is_made_apart():
    by_box = ItemDraft(name="Paracetamol", strength="500 mg", form="viên nén", unit="hộp")
    assert new_item(line(PARA), [by_box]).name == "Paracetamol (viên)"
    assert new_item(line(PARA), [PARA]) == PARA == new_item(line(PARA), [])


def test_a_common_item_fills_what_nobody_typed():
    common = ItemDraft(
        kind=SupplyKind.MEDICINE, name="Paracetamol", strength="500 mg", form="viên nén", unit="viên", atc="N02BE01"
    )
    assert filled_up(ItemDraft(name="paracetamol 500 MG"), [common]) == common
    assert filled_up(ItemDraft(name="Paracetamol", strength="500 mg", unit="gói"), [common]).unit == "gói"
    assert filled_up(ItemDraft(name="Thuốc lạ", unit="gói"), [common]) == ItemDraft(name="Thuốc lạ", unit="gói")


def test_a_good_paper_has_nothing_wrong():
    paper = Allotment(document="PX 1", day=DAY, lines=(line(PARA, expiry=DAY + timedelta(days=300)),))
    assert check_allotment(tidy_allotment(paper), DAY) == []
