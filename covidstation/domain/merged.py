"""People who were entered twice: which of their records stays (docs/adr/0036).

The other record stays in the register and names the one that took its place. Both ends follow these names alike.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, TypeVar

Id = TypeVar("Id", bound=Any)

MARK: Final = "merged_into"
"""The field of a person that names the record which stays; null for a record of its own."""

LEFT: Final = "merged_rows"
"""The field that says what followed the mark, so that it can go back: see `db.merged`."""

MERGE: Final = "merge"
STAYS, GOES, INTO, VALUES = "stays", "goes", "into", "values"
"""In what follows a mark (`LEFT`): the record that it names, and what that one took over, field -> [before, after].

In the data of an item by which the district tells a station that it merged two records, under `MERGE`: both ids, and
the same values.
"""


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


TOGETHER: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "full_name": ("full_name",),
        "birth": ("birth_year", "birth_month", "birth_day"),
        "sex": ("sex",),
        "citizen_number": ("citizen_number", "citizen_issued_on", "card_extras"),
        "old_citizen_number": ("old_citizen_number",),
        "insurance_number": ("insurance_number",),
        "phone": ("phone",),
        "ethnic_group": ("ethnic_group",),
        "hamlet_id": ("hamlet_id", "address_printed", "address_unit", "address_detail"),
        "household_id": ("household_id",),
        "pregnancy": ("pregnancy",),
        "breastfeeding": ("breastfeeding",),
        "occupation": ("occupation", "workplace"),
        "father_name": ("father_name", "mother_name"),
        "priority_group": ("priority_group",),
    }
)
"""What is taken over together, by the key under which a person chooses it. Chronic diseases are always put together."""

CONDITIONS: Final = "conditions"

EMPTY: Final[Mapping[str, Any]] = MappingProxyType(
    dict.fromkeys(("birth_year", "birth_month", "birth_day", "citizen_issued_on", "hamlet_id", "household_id"))
    | {"pregnancy": "UNKNOWN", "breastfeeding": "UNKNOWN", CONDITIONS: []}
)
"""How a register holds a field of a person of which nothing is said; an empty text for all others."""

_BLANK: Final[tuple[Any, ...]] = (None, "", [], "UNKNOWN")

Fields = Mapping[str, Any]
"""Fields of a person in their JSON form; what is not there is not said."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What two records say differently under one key of `TOGETHER`. `take`: the one that stays says nothing."""

    key: str
    ours: Fields
    theirs: Fields
    take: bool


def said(fields: Fields, name: str) -> Any:
    """A field as a register holds it."""
    value = fields.get(name)
    return EMPTY.get(name, "") if value is None else value


def differences(stays: Fields, goes: Fields) -> list[Difference]:
    """Where the record that goes says something, and something else than the one that stays."""
    found = []
    for key, names in TOGETHER.items():
        ours, theirs = ({name: said(fields, name) for name in names} for fields in (stays, goes))
        if ours != theirs and not _is_blank(theirs):
            found.append(Difference(key, ours, theirs, _is_blank(ours)))
    return found


def _is_blank(fields: Fields) -> bool:
    return all(value in _BLANK for value in fields.values())


def taken_over(stays: Fields, goes: Fields, take: Collection[str]) -> dict[str, list[Any]]:
    """What the record that stays says before and after, by field, when these keys are taken from the other one."""
    names = [name for key, fields in TOGETHER.items() if key in take for name in fields]
    taken = {name: [said(stays, name), said(goes, name)] for name in names}
    ill = said(stays, CONDITIONS)
    taken[CONDITIONS] = [ill, ill if set(ill) >= set(said(goes, CONDITIONS)) else sorted({*ill, *goes[CONDITIONS]})]
    return {name: pair for name, pair in taken.items() if pair[0] != pair[1]}
