"""Medicines, test kits and other supplies of a station: what they are, how they come and go, what a form must hold.

Quantities are whole units of the item (a tablet, a kit, a pair), never packs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from covidstation.domain.problems import Problem, too_long
from covidstation.domain.text import NAME_LIMIT, TEXT_LIMIT, clean, fold

MOST_UNITS: Final = 9_999_999
SHORT_LIMIT: Final = 60  # letters of a strength, a form, a unit, a lot number
FIRST_YEAR: Final = 2000
YEARS_AHEAD: Final = 20  # of an expiry; beyond that it is a slip of the keyboard


class SupplyKind(StrEnum):
    """What an item is."""

    MEDICINE = "MEDICINE"
    TEST_KIT = "TEST_KIT"
    VACCINE = "VACCINE"
    PROTECTIVE = "PROTECTIVE"
    CHEMICAL = "CHEMICAL"
    OTHER = "OTHER"

    @classmethod
    def _missing_(cls, value: object) -> SupplyKind:
        return cls.OTHER


class MovementKind(StrEnum):
    """Why a lot has more or less of it. `VOID` only takes another movement away and moves nothing itself."""

    RECEIPT = "RECEIPT"
    ISSUE = "ISSUE"
    RETURN = "RETURN"  # what was issued has come back
    SENT_BACK = "SENT_BACK"  # to the upper level, or lent to another station
    LOSS = "LOSS"  # broken, lost
    EXPIRY = "EXPIRY"  # destroyed after its day
    COUNT = "COUNT"  # what was found when counted; the quantity is the difference
    VOID = "VOID"


INTO: Final = frozenset({MovementKind.RECEIPT, MovementKind.RETURN})
OUT_OF: Final = frozenset({MovementKind.ISSUE, MovementKind.SENT_BACK, MovementKind.LOSS, MovementKind.EXPIRY})
USED: Final = frozenset({MovementKind.ISSUE, MovementKind.RETURN})
"""What the use of an item is reckoned from."""


class Source(StrEnum):
    """Where a receipt comes from."""

    UPPER = "UPPER"
    BOUGHT = "BOUGHT"
    DONATED = "DONATED"
    OPENING = "OPENING"  # what stood in the store when the ledger began
    OTHER = "OTHER"

    @classmethod
    def _missing_(cls, value: object) -> Source:
        return cls.OTHER


class LinkKind(StrEnum):
    """What a movement was for: the table of the row that it names."""

    NONE = ""
    TREATMENT = "treatment"
    TEST = "pathogen_test"
    DISPENSING = "dispensing"
    INJECTION = "injection"
    WASTE = "session_waste"
    TAKE = "session_take"  # what was counted at the end of a session
    FRIDGE = "fridge_verdict"  # put aside after it was outside the bounds
    ALLOTMENT = "district_message"  # what the district sent, as it was counted


@dataclass(frozen=True, slots=True)
class Link:
    """The row that a movement serves. The ledger names no person: whom it was for stands in that row alone."""

    kind: LinkKind = LinkKind.NONE
    id: UUID | None = None


BY_HAND: Final = Link()


def vial_of(kind: str, pack: int) -> int:
    """Doses in a vial of a vaccine; 0 for what is counted in units alone."""
    return pack if kind == SupplyKind.VACCINE.value and pack > 1 else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemDraft:
    """One item of the store. `substances` are the active ones, by which the same medicine under two names is found;
    `medicine` is its code in the dated list for F0 at home, whose givings then draw from it. `low_level`: units at or
    below which it is short, 0 for none."""

    kind: SupplyKind = SupplyKind.MEDICINE
    name: str = ""
    substances: tuple[str, ...] = ()
    atc: str = ""
    strength: str = ""
    form: str = ""
    unit: str = ""
    pack_size: int = 0
    low_level: int = 0
    medicine: str = ""
    kept_from: date | None = None  # None: from the day on which it is written
    note: str = ""

    @property
    def title(self) -> str:
        """The name with the strength, unless the name says it."""
        return self.name if fold(self.strength) in fold(self.name) else f"{self.name} {self.strength}"

    @property
    def identity(self) -> tuple[str, ...]:
        """What two items may not both be."""
        return (self.kind.value, fold(self.name), fold(self.strength).replace(" ", ""), fold(self.form))


def tidy_item(draft: ItemDraft) -> ItemDraft:
    """The draft as it is kept."""
    substances = tuple(dict.fromkeys(filter(None, map(clean, draft.substances))))
    return ItemDraft(
        kind=draft.kind,
        name=clean(draft.name),
        substances=substances,
        atc=clean(draft.atc).upper().replace(" ", ""),
        strength=clean(draft.strength),
        form=clean(draft.form),
        unit=clean(draft.unit),
        pack_size=draft.pack_size,
        low_level=draft.low_level,
        medicine=clean(draft.medicine),
        kept_from=draft.kept_from,
        note=clean(draft.note),
    )


def check_item(draft: ItemDraft) -> list[Problem]:
    """What is wrong with a tidied draft."""
    found = []
    if not draft.name:
        found.append(Problem("name", "supplies.name_missing"))
    if not draft.unit:
        found.append(Problem("unit", "supplies.unit_missing"))
    if draft.atc and not _is_atc(draft.atc):
        found.append(Problem("atc", "supplies.atc", {"code": draft.atc}))
    found += too_long("name", draft.name, NAME_LIMIT)
    for field in ("strength", "form", "unit"):
        found += too_long(field, getattr(draft, field), SHORT_LIMIT)
    found += too_long("substances", ", ".join(draft.substances), TEXT_LIMIT)
    found += too_long("note", draft.note, TEXT_LIMIT)
    for field in ("pack_size", "low_level"):
        if not 0 <= getattr(draft, field) <= MOST_UNITS:
            found.append(Problem(field, "supplies.quantity", {"name": draft.name, "most": f"{MOST_UNITS}"}))
    return found


def _is_atc(code: str) -> bool:
    """A letter, two digits, two letters, two digits: `N02BE01`; a group, down to its first letter and digits, too."""
    shape = "A00AA00"[: len(code)]
    fits = all(one.isdigit() if kind == "0" else "A" <= one <= "Z" for one, kind in zip(code, shape, strict=False))
    return len(code) in (1, 3, 4, 5, 7) and fits


def check_units(field: str, quantity: int, name: str, least: int = 1) -> list[Problem]:
    """A quantity that is none, or beyond what a commune ever holds."""
    if least <= quantity <= MOST_UNITS:
        return []
    return [Problem(field, "supplies.quantity", {"name": name, "most": f"{MOST_UNITS}"})]


def check_day(field: str, day: date | None, today: date) -> list[Problem]:
    """The day of an act: there, and not after today."""
    if day is None:
        return [Problem(field, "supplies.day_missing")]
    if day > today:
        return [Problem(field, "supplies.day_future")]
    return [Problem(field, "supplies.day_long_ago", {"year": f"{FIRST_YEAR}"})] if day.year < FIRST_YEAR else []


def check_expiry(field: str, expiry: date | None, on: date) -> list[Problem]:
    """A receipt takes nothing whose day is over, and no day that nobody prints on a box."""
    if expiry is None:
        return []
    if expiry < on:
        return [Problem(field, "supplies.expired_already", {"day": f"{expiry:%d/%m/%Y}"})]
    if expiry.year > on.year + YEARS_AHEAD:
        return [Problem(field, "supplies.expiry_far", {"day": f"{expiry:%d/%m/%Y}"})]
    return []


def same_substances(item: ItemDraft, others: Iterable[ItemDraft]) -> tuple[ItemDraft, ...]:
    """The other items that hold one of its active substances: the same medicine under another name."""
    wanted = set(map(fold, item.substances))
    return tuple(one for one in others if wanted & set(map(fold, one.substances)))


REASON_NEEDED: Final = frozenset({MovementKind.LOSS, MovementKind.SENT_BACK})
SIGNS: Final[Mapping[MovementKind, int]] = MappingProxyType(
    {**dict.fromkeys(INTO, 1), **dict.fromkeys(OUT_OF, -1), MovementKind.COUNT: 0, MovementKind.VOID: 0}
)
