"""What is left of somebody in the sums of a session once the law took their record: counts that name nobody.

They stand among the losses of the session (`session_waste`), with a reason of their own, so that its vials, its list
and its result report say what they said before. A program that does not know the reason reads a loss for another
reason: the vials still add up.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from covidstation.domain.vaccination.doses import DoseClass
from covidstation.domain.vaccination.sessions import NoDose

REASON: Final = "NAMELESS"
"""In `session_waste.reason`; no `WasteReason`: nobody chooses it, and no list of losses shows it."""


class What(StrEnum):
    """What is counted; a word that this version does not know counts nowhere."""

    DOSE = "DOSE"  # of a class and number
    WITHOUT = "WITHOUT"  # came, and had no dose
    AWAY = "AWAY"  # was invited, and did not come
    MILD = "MILD"  # an ordinary reaction, by its code
    SEVERE = "SEVERE"
    OTHER = ""

    @classmethod
    def _missing_(cls, value: object) -> What:
        return cls.OTHER


class Counted(NamedTuple):
    """One kind of person or reaction of a session: which vaccine, which dose, why without, which reaction."""

    what: What
    product: str = ""
    detail: str = ""  # DOSE: class; WITHOUT: NoDose; MILD: the reaction's code
    number: int = 0

    @property
    def note(self) -> str:
        """As it is kept."""
        return "|".join((self.what.value, self.product, self.detail, str(self.number)))

    @property
    def dose(self) -> tuple[DoseClass, int | None]:
        """Class and number of a dose."""
        return DoseClass(self.detail), self.number or None

    @property
    def no_dose(self) -> NoDose | None:
        """Why they went without; None for who came and was still there."""
        return NoDose(self.detail) if self.detail else None


def counted_of(note: str) -> Counted:
    """What a note says; of one that cannot be read nothing is counted."""
    what, *rest = note.split("|")
    if len(rest) != 3 or not rest[2].isdecimal():
        return Counted(What.OTHER)
    return Counted(What(what), rest[0], rest[1], int(rest[2]))


class Nameless(NamedTuple):
    """So many of a kind in one session; a dose with its take and vial."""

    session_id: UUID
    take_id: UUID
    vial_id: UUID | None
    counted: Counted
    many: int
