"""What an export is made of: one person with all that happened, as frozen values. Voided rows are left out before.

Other registers (elders, vaccination) plug in here: their doses go into `doses`, their checks into `checks`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from covidstation.domain.care import CallResult, FollowUpStatus, RiskClass, VisitMeans, VisitStatus, Vitals
from covidstation.domain.chronic import Condition
from covidstation.domain.chronic_visits import ChronicVisit
from covidstation.domain.contacts import Contact
from covidstation.domain.dates import PartialDate
from covidstation.domain.dispensing import Origin
from covidstation.domain.episodes import Episode, PathogenTest
from covidstation.domain.people import Person
from covidstation.domain.prescriptions import EndReason
from covidstation.domain.residence import Stay
from covidstation.domain.vaccination.doses import DoseClass, DoseSource, Site


@dataclass(frozen=True, slots=True)
class HamletPlace:
    """A hamlet as lists name it; `until` is its last day, None while it is in use."""

    id: UUID
    name: str
    kind: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The station that keeps the register; `training` says that its people are invented. `hamlets`: also those that are
    no longer in use."""

    id: UUID
    name: str
    commune_code: str
    upper: str = ""
    phone: str = ""
    training: bool = False
    hamlets: tuple[HamletPlace, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Illness:
    """An episode and the last day of its isolation."""

    episode: Episode
    until: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """A test that stands; `illness_id` is that of the illness it belongs to."""

    id: UUID
    test: PathogenTest
    written_on: date  # its day where the day of the sample is not known
    illness_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of a round, met or not. `asked`: signs were asked for; none in `symptoms` then means none."""

    id: UUID
    at: datetime
    status: VisitStatus
    means: VisitMeans
    vitals: Vitals = field(default_factory=Vitals)
    symptoms: frozenset[str] = frozenset()
    asked: bool = False
    reason: str = ""  # why not met
    note: str = ""
    by_name: str = ""
    illness_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One phone call."""

    id: UUID
    at: datetime
    result: CallResult
    summary: str = ""
    by_name: str = ""
    illness_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One medicine of one giving; `weight` in hundreds of grams. A quantity of 0: taken, but not from here."""

    id: UUID
    giving: UUID
    at: datetime
    name: str
    quantity: int
    unit: str = ""
    dose: str = ""
    days: int | None = None
    weight: int | None = None
    reason: str = ""
    by_name: str = ""
    illness_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Away:
    """A transfer to a higher level, and the return from it."""

    id: UUID
    left_at: datetime
    facility: str
    returned_at: datetime | None = None
    reason: str = ""
    state: str = ""
    treatment: str = ""
    by_name: str = ""
    illness_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """One visit or call of the months after an illness."""

    due_on: date
    means: VisitMeans
    status: FollowUpStatus
    done_at: datetime | None = None
    result: str = ""
    illness_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """One triage: the risk group that was chosen."""

    id: UUID
    at: datetime
    chosen: RiskClass
    words: str = ""
    by_name: str = ""
    illness_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """A dose against COVID-19 as somebody said it on `said_on`; from a vaccination register also what and by whom."""

    said_on: date
    number: int | None = None
    given: PartialDate | None = None
    id: UUID | None = None  # of the book that keeps doses one by one; the rest is known there alone
    product: str = ""  # a code of resources/rules/vaccine_products.toml
    vaccine: str = ""
    dose_class: DoseClass = DoseClass.UNKNOWN
    lot: str = ""
    expiry: date | None = None
    volume: int | None = None  # hundredths of a millilitre
    site: Site = Site.UNKNOWN
    facility: str = ""
    country: str = ""  # ISO 3166 alpha-2; empty for here
    giver: str = ""
    source: DoseSource = DoseSource.SAID
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A medicine that somebody takes or took; `amount` in hundredths of a unit at a time, `times` a day."""

    id: UUID
    medicine: str
    atc: str = ""
    unit: str = ""
    amount: int
    times: int
    instruction: str = ""
    condition: str = ""  # ICD-10
    started_on: date
    ended_on: date | None = None
    end_reason: EndReason | None = None
    prescriber: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOut:
    """A medicine handed out for some days; only what was handed out, not what came back."""

    id: UUID
    taken_id: UUID
    day: date
    days: int
    units: int
    origin: Origin
    at_home: bool = False
    receiver: str = ""  # a proxy
    facility: str = ""
    reason: str = ""
    by_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """One person with everything; `place` is the hamlet as lists name it.

    `active`: neither died, left nor was handed over. `stays`: when the station managed them, the earliest first.
    `died_on` of a death with its day, `dead` of any. `taken_back`: doses of the book that were entered by mistake.
    """

    person: Person
    place: str = ""
    active: bool = True
    stays: tuple[Stay, ...] = ()
    dead: bool = False
    died_on: date | None = None
    illnesses: tuple[Illness, ...] = ()
    contacts: tuple[Contact, ...] = ()
    tests: tuple[Tested, ...] = ()
    checks: tuple[Check, ...] = ()
    calls: tuple[Call, ...] = ()
    given: tuple[Given, ...] = ()
    away: tuple[Away, ...] = ()
    later: tuple[Later, ...] = ()
    groups: tuple[Grouped, ...] = ()
    doses: tuple[Dose, ...] = ()
    taken_back: tuple[Dose, ...] = ()
    followed: tuple[Condition, ...] = ()
    seen: tuple[ChronicVisit, ...] = ()
    taken: tuple[Taken, ...] = ()
    handed: tuple[HandedOut, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """Days from `first` to `last`, both in it."""

    first: date
    last: date

    def holds(self, day: date) -> bool:
        """Whether the day is in it."""
        return self.first <= day <= self.last
