"""Which record of a person stands."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from covidstation.domain.merged import survivor


def test_a_chain_leads_to_its_end_and_a_ring_to_its_least():
    assert survivor(5, {}) == 5
    assert survivor(1, {1: 2, 2: 3}) == 3
    assert [survivor(one, {1: 2, 2: 1, 4: 2}) for one in (1, 2, 4)] == [1, 1, 1]
    assert survivor(7, {7: 7}) == 7


@given(st.dictionaries(st.integers(0, 8), st.integers(0, 8)))
def test_all_who_are_linked_have_one_and_the_same_that_stands(merged):
    """By union of all links, computed apart: each group has one survivor, and it is of the group."""
    groups = {one: {one} for one in {*merged, *merged.values()}}
    for one, other in merged.items():
        joined = groups[one] | groups[other]
        for member in joined:
            groups[member] = joined
    for group in groups.values():
        found = {survivor(one, merged) for one in group}
        assert len(found) == 1
        assert found <= group
