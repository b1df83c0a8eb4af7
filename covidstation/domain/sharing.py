"""Sharing the day's work out: hamlets stay whole, loads are as even as that allows (docs/adr/0040)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

P = TypeVar("P", bound=Hashable)  # a person
H = TypeVar("H", bound=Hashable)  # a hamlet


def share_evenly(
    loads: Mapping[H, int], people: Sequence[P], near: Mapping[H, Sequence[P]] | None = None
) -> dict[H, P]:
    """Who goes to which hamlet: the heaviest hamlet first, each to whoever has least so far. Two sums differ by no more
    than the largest hamlet.

    Among those who have least, one who is in charge of the hamlet (`near`) is taken, else the first of `people`; equal
    hamlets go in the order of `loads`. The same question has the same answer. Nobody to share among: empty.
    """
    if not people:
        return {}
    sums = dict.fromkeys(people, 0)
    found: dict[H, P] = {}
    for hamlet in sorted(loads, key=lambda one: -loads[one]):
        least = min(sums.values())
        free = [one for one in sums if sums[one] == least]
        chosen = next((one for one in (near or {}).get(hamlet, ()) if one in free), free[0])
        found[hamlet] = chosen
        sums[chosen] += loads[hamlet]
    return found


def sums_of(loads: Mapping[H, int], shares: Mapping[H, P], people: Sequence[P]) -> dict[P, int]:
    """How much each of the people has; who has nothing has 0."""
    found = dict.fromkeys(people, 0)
    for hamlet, person in shares.items():
        found[person] = found.get(person, 0) + loads.get(hamlet, 0)
    return found
