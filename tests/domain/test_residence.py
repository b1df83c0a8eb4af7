"""Where somebody stood on a day, from the present and the changes since; what follows of relations."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covidstation.db.ids import new_id
from covidstation.domain.residence import (
    NOWHERE,
    ChangeKind,
    Life,
    Living,
    Relation,
    Stand,
    Step,
    old_head_to_new,
    stays_of,
    under_new_head,
)

HERE, THERE = Stand(Living.PERMANENT, new_id(), new_id()), Stand(Living.PERMANENT, new_id(), new_id())
GONE = Stand(Living.LEFT, HERE.hamlet_id)
DAY = date(2022, 3, 10)


def flows(life, first=DAY - timedelta(365), last=DAY + timedelta(365)):
    return [(one.kind.value, one.day) for one in life.flows(first, last)]


@pytest.mark.parametrize(
    ("stand", "here"),
    [
        (HERE, True),
        (Stand(Living.KNOWN, None, new_id()), True),
        (Stand(Living.TEMPORARY, new_id()), True),
        (Stand("A_CODE_OF_TOMORROW", new_id()), True),
        (Stand(Living.KNOWN), False),
        (GONE, False),
        (NOWHERE, False),
    ],
)
def test_who_is_managed(stand, here):
    assert stand.here is here


def test_without_a_change_the_present_stands_from_the_birth_on():
    life = Life(HERE, born=DAY)
    assert life.on(DAY) == HERE and life.on(DAY - timedelta(1)) == NOWHERE
    assert flows(life) == [("BORN", DAY)]
    assert Life(HERE).on(date(1900, 1, 1)) == HERE
    assert flows(Life(HERE)) == []


@given(
    st.lists(st.tuples(st.integers(0, 8), st.sampled_from((HERE, THERE, GONE, NOWHERE))), max_size=5),
    st.sampled_from((HERE, THERE, GONE)),
    *(st.none() | st.integers(0, 8) for _ in range(3)),
)
@settings(max_examples=100)
def test_stays_are_the_days_on_which_somebody_was_here(steps, present, born, died, handed):
    made = [Step(DAY + timedelta(at), ChangeKind.MOVED, before) for at, before in sorted(steps, key=lambda one: one[0])]
    born, died, handed = (None if at is None else DAY + timedelta(at) for at in (born, died, handed))
    life = Life(present, made, born=born, died=died, handed=handed)
    stays = stays_of(life)
    for at in range(-2, 12):
        day, stand = DAY + timedelta(at), life.on(DAY + timedelta(at))
        found = [one for one in stays if (one.first or day) <= day <= (one.last or day)]
        said = [(one.living, one.hamlet_id) for one in found]
        assert said == ([(stand.living, stand.hamlet_id)] if stand.here else [])


def test_each_change_shows_what_stood_before_it():
    life = Life(
        GONE,
        (
            Step(DAY, ChangeKind.CAME, NOWHERE),
            Step(DAY + timedelta(2), ChangeKind.MOVED, HERE),
            Step(DAY + timedelta(4), ChangeKind.LEFT, THERE),
        ),
    )
    assert [life.on(DAY + timedelta(n)) for n in (-1, 0, 1, 2, 3, 4)] == [NOWHERE, HERE, HERE, THERE, THERE, GONE]
    assert flows(life) == [("CAME", DAY), ("LEFT", DAY + timedelta(4))]
    assert flows(life, DAY, DAY) == [("CAME", DAY)]


def test_born_and_dead_on_one_day_are_both_counted():
    life = Life(Stand(Living.DIED), (Step(DAY, ChangeKind.BORN, NOWHERE), Step(DAY, ChangeKind.DIED, HERE)), born=DAY)
    assert life.on(DAY) == Stand(Living.DIED)
    assert flows(life) == [("BORN", DAY), ("DIED", DAY)]


def test_a_death_in_an_illness_and_a_handing_over_end_it():
    assert flows(Life(HERE, died=DAY)) == [("DIED", DAY)]
    assert flows(Life(HERE, handed=DAY)) == [("LEFT", DAY)]
    assert Life(HERE, died=DAY).on(DAY) == NOWHERE
    assert flows(Life(Stand(Living.DIED), (Step(DAY, ChangeKind.DIED, HERE),), died=DAY)) == [("DIED", DAY)]


def test_a_birth_that_was_corrected_to_a_later_day_counts_from_there():
    life = Life(HERE, (Step(DAY, ChangeKind.BORN, NOWHERE),), born=DAY + timedelta(3))
    assert not life.on(DAY + timedelta(2)).here and life.on(DAY + timedelta(3)).here
    assert flows(life) == [("BORN", DAY + timedelta(3))]


def test_every_day_and_its_flows_agree_whatever_the_order_of_things():
    for born in (None, DAY, DAY + timedelta(1), DAY + timedelta(5)):
        for died in (None, DAY + timedelta(1), DAY + timedelta(3)):
            for present in (HERE, GONE):
                steps = (Step(DAY, "CAME", NOWHERE), Step(DAY + timedelta(2), "LEFT", HERE))
                life = Life(present, (*steps, Step(DAY + timedelta(4), "CAME", GONE)), born=born, died=died)
                for n in range(-2, 8):
                    day = DAY + timedelta(n)
                    net = sum(1 if one.kind in ("BORN", "CAME") else -1 for one in life.flows(day, day))
                    assert life.on(day).here - life.on(day - timedelta(1)).here == net, (born, died, present, day)


@pytest.mark.parametrize(
    ("chosen", "other", "told"),
    [
        (Relation.SPOUSE, Relation.CHILD, Relation.CHILD),
        (Relation.SPOUSE, Relation.PARENT, Relation.PARENT_IN_LAW),
        (Relation.CHILD, Relation.SPOUSE, Relation.PARENT),
        (Relation.CHILD, Relation.CHILD, Relation.SIBLING),
        (Relation.CHILD, Relation.GRANDCHILD, Relation.UNKNOWN),
        (Relation.UNKNOWN, Relation.CHILD, Relation.UNKNOWN),
    ],
)
def test_what_a_member_is_to_the_new_head(chosen, other, told):
    assert under_new_head(chosen, other) is told


def test_the_old_head_is_the_other_way_round():
    assert old_head_to_new(Relation.CHILD) is Relation.PARENT
    assert old_head_to_new(Relation.SPOUSE) is Relation.SPOUSE
    assert old_head_to_new(Relation.UNKNOWN) is Relation.UNKNOWN
    assert Relation("OF_TOMORROW") is Relation.UNKNOWN
