"""Work shared out: every hamlet once, no two people further apart than the largest hamlet, the same answer twice."""

from hypothesis import given
from hypothesis import strategies as st

from covidstation.domain.sharing import share_evenly, sums_of

LOADS = st.dictionaries(st.integers(0, 40), st.integers(1, 300), max_size=25)
PEOPLE = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=8, unique=True)


@given(LOADS, PEOPLE)
def test_each_piece_once_and_even(loads: dict[int, int], people: list[str]) -> None:
    shares = share_evenly(loads, people)
    assert shares.keys() == loads.keys()
    sums = sums_of(loads, shares, people)
    assert sum(sums.values()) == sum(loads.values())
    assert set(sums) == set(people)
    assert max(sums.values()) - min(sums.values()) <= max(loads.values(), default=0)
    assert share_evenly(loads, people) == shares


@given(LOADS, PEOPLE, st.data())
def test_who_is_in_charge_breaks_a_tie_alone(loads: dict[int, int], people: list[str], data: st.DataObject) -> None:
    near = {hamlet: [data.draw(st.sampled_from(people))] for hamlet in loads}
    sums = sums_of(loads, share_evenly(loads, people, near), people)
    assert max(sums.values()) - min(sums.values()) <= max(loads.values(), default=0)


def test_by_hand() -> None:
    loads = {"Nậm Ngá": 9, "Pa Khoá": 5, "Hua Lai": 4, "Nà Xa": 1}
    assert share_evenly(loads, ["Mai", "Sử"]) == {"Nậm Ngá": "Mai", "Pa Khoá": "Sử", "Hua Lai": "Sử", "Nà Xa": "Mai"}
    near = {"Nậm Ngá": ["Sử"]}
    assert share_evenly(loads, ["Mai", "Sử"], near)["Nậm Ngá"] == "Sử"
    assert share_evenly(loads, []) == {}
