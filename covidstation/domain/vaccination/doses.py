"""Doses of vaccine: what a form says of one, what stands in the register, where it stands on the certificate.

The paper has three places for basic doses, one for an additional one, three for boosters (QĐ 43/QĐ-BYT, 7/1/2022).
Volumes are hundredths of a millilitre.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Final, Protocol, Self
from uuid import UUID

from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.products import Products


class DoseClass(StrEnum):
    """What a dose is for; a word that this version does not know reads as not known."""

    UNKNOWN = ""
    PRIMARY = "PRIMARY"  # cơ bản
    ADDITIONAL = "ADDITIONAL"  # bổ sung
    BOOSTER = "BOOSTER"  # nhắc lại

    @classmethod
    def _missing_(cls, value: object) -> DoseClass:
        return cls.UNKNOWN


class DoseSource(StrEnum):
    """How the station knows of a dose."""

    OWN_RECORD = "OWN_RECORD"  # it gave it
    CARD = "CARD"
    CERTIFICATE = "CERTIFICATE"  # the code of one was read
    SAID = "SAID"
    UPPER_LEVEL = "UPPER_LEVEL"

    @classmethod
    def _missing_(cls, value: object) -> DoseSource:
        return cls.SAID


class Site(StrEnum):
    """Where it went in."""

    UNKNOWN = ""
    LEFT_ARM = "LEFT_ARM"
    RIGHT_ARM = "RIGHT_ARM"
    LEFT_THIGH = "LEFT_THIGH"
    RIGHT_THIGH = "RIGHT_THIGH"
    OTHER = "OTHER"

    @classmethod
    def _missing_(cls, value: object) -> Site:
        return cls.UNKNOWN


VOIDED: Final = "VOIDED"
"""Source of a row that only takes a dose back."""
HOME: Final = "VN"
PLACES: Final[dict[DoseClass, int]] = {DoseClass.PRIMARY: 3, DoseClass.ADDITIONAL: 1, DoseClass.BOOSTER: 3}
"""How many of each the certificate has room for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseDraft:
    """What is said of one dose; `voids` is the one that this corrects.

    `given` may lack its day or month when it was only told; `given_at` is the moment of an injection of the station's
    own, in local time. `product` is a code of the list, or empty with what was said in `product_name`. `number` counts
    within the class; with an unknown class it counts all doses. `country` is ISO 3166 alpha-2, empty for here.
    `lot_id`, `session_id`, `vial_id` and `drawn` (a dose of that lot left the store) are of an injection here.
    """

    person_id: UUID
    given: PartialDate
    given_at: datetime | None = None
    product: str = ""
    product_name: str = ""
    dose_class: DoseClass = DoseClass.UNKNOWN
    number: int | None = None
    lot_number: str = ""
    lot_id: UUID | None = None
    expiry: date | None = None
    volume: int | None = None
    site: Site = Site.UNKNOWN
    facility: str = ""
    country: str = ""
    vaccinator: str = ""
    source: DoseSource = DoseSource.SAID
    certificate: str = ""
    session_id: UUID | None = None
    vial_id: UUID | None = None
    drawn: bool = False
    reason: str = ""
    note: str = ""
    voids: UUID | None = None

    @property
    def abroad(self) -> bool:
        """Whether it was given outside Việt Nam."""
        return is_abroad(self.country)

    @property
    def knows_product(self) -> bool:
        """Whether anybody said which vaccine it was."""
        return bool(self.product or self.product_name)

    def saying(self, product: str, dose_class: DoseClass, number: int | None) -> Self:
        """The same record with what another one says of that dose."""
        return replace(self, product=product, dose_class=dose_class, number=number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose(DoseDraft):
    """A dose in the register; `rule` is the list of vaccines that judged it."""

    id: UUID
    rule: str = ""
    by_name: str = ""


def is_abroad(country: str) -> bool:
    """Whether a dose of that country was given outside Việt Nam; of an unknown one nobody thinks so."""
    return country not in ("", HOME)


def in_order(doses: Iterable[Dose]) -> list[Dose]:
    """The oldest first; what has no day stands at the start of its month or year, of one day the lower number first."""
    return sorted(doses, key=lambda one: (one.given, list(DoseClass).index(one.dose_class), one.number or 0, one.id))


@dataclass(frozen=True, slots=True)
class Slots:
    """The places of the certificate; `beyond`: doses for which it has none; `twice`: told a second time."""

    primary: tuple[Dose | None, ...]
    additional: tuple[Dose | None, ...]
    boosters: tuple[Dose | None, ...]
    beyond: tuple[Dose, ...] = ()
    twice: tuple[Dose, ...] = ()

    @property
    def all(self) -> tuple[tuple[DoseClass, int, Dose | None], ...]:
        """Every place, in the paper's order."""
        found = ((DoseClass.PRIMARY, self.primary), (DoseClass.ADDITIONAL, self.additional))
        return tuple(
            (kind, number, one)
            for kind, places in (*found, (DoseClass.BOOSTER, self.boosters))
            for number, one in enumerate(places, 1)
        )

    def of(self, dose: Dose) -> tuple[DoseClass, int] | None:
        """Where a dose stands."""
        return next(((kind, number) for kind, number, one in self.all if one is not None and one.id == dose.id), None)


class Numbered(Protocol):
    """A dose as far as the length of a course goes by it."""

    @property
    def product(self) -> str:
        """Its vaccine's code, empty for an unknown one."""

    @property
    def dose_class(self) -> DoseClass:
        """What it was for."""

    @property
    def number(self) -> int | None:
        """Its number within the class; without a class, of all doses."""


def course_of(doses: Sequence[Numbered], products: Products) -> int:
    """How many doses the basic course has that was begun: as the first vaccine of it that is known has it. A dose
    without a class that stands behind its own vaccine's course was perhaps of none, and says nothing."""
    for place, one in enumerate(doses, 1):
        if one.product and one.dose_class in (DoseClass.UNKNOWN, DoseClass.PRIMARY):
            needed = products.primary_doses(one.product)
            if one.dose_class is DoseClass.PRIMARY or (one.number or place) <= needed:
                return needed
    return products.primary_doses("")
