"""People who were entered twice: which of their records stays (docs/adr/0036).

The other record stays in the register and names the one that took its place. Both ends follow these names alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, TypeVar

Id = TypeVar("Id", bound=Any)

MARK: Final = "merged_into"
"""The field of a person that names the record which stays; null for a record of its own."""

LEFT: Final = "merged_rows"
"""The field that says what followed the mark, so that it can go back: see `db.merged`."""


def survivor(person: Id, merged: Mapping[Id, Id]) -> Id:
    """The record that stands for a person, by the names of all merged ones.

    Two that name each other (a restored register merged the other way round) have one that stays all the same: the
    least id of the ring, at both ends.
    """
    seen: list[Id] = []
    while person in merged and person not in seen:
        seen.append(person)
        person = merged[person]
    return min(seen[seen.index(person) :]) if person in seen else person
