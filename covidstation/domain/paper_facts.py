"""What is known when a paper is asked for, before it becomes words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import TestKind, TestResult
from covidstation.domain.people import Sex
from covidstation.domain.sick_leave import SickLeave


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperTest:
    """The test a paper rests on."""

    kind: TestKind
    result: TestResult
    on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperDose:
    """One dose in its place of the certificate (`paper_values.DOSE_PLACES`); texts as they stand on the paper. `told`:
    by what the station knows of it, where it neither gave it nor has it from somebody who vouches for it."""

    place: str
    day: str
    vaccine: str
    lot: str = ""
    facility: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectFacts:
    """What is known of one person of the paper; addresses and the hamlet ("bản Nậm Ngá") are written out."""

    name: str
    birth: PartialDate | None = None
    sex: Sex = Sex.UNKNOWN
    citizen_number: str = ""
    nationality: str = ""  # empty: Việt Nam when there is a citizen number
    phone: str = ""
    address: str = ""
    hamlet: str = ""
    test: PaperTest | None = None  # the positive one for an order, the last one for its end
    tests: tuple[PaperTest, ...] = ()  # all, oldest first
    ethnic_group: str = ""
    occupation: str = ""
    workplace: str = ""
    insurance_number: str = ""
    citizen_issued_on: date | None = None
    father_name: str = ""
    mother_name: str = ""
    last_contact_on: date | None = None  # of a contact
    doses: tuple[PaperDose, ...] = ()
    doses_beyond: tuple[str, ...] = ()  # the days of those for which the paper has no place


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperReference:
    """An earlier paper that this one rests on."""

    number: int
    symbol: str
    issued_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralFacts:
    """A transfer to a higher level as the referral tells it; texts as they were typed, `vitals` the last measured."""

    left_at: datetime
    facility: str
    reason: str = ""
    state: str = ""
    signs: str = ""
    vitals: str = ""
    course: str = ""
    treatment: str = ""
    transport: str = ""
    escort: str = ""
    by_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperFacts:
    """What is known when a paper is asked for. Units carry their kind: "xã Nậm Tăm", "tỉnh Lai Châu".

    Hours stand apart from days because a nurse may know the day and not yet the hour.
    """

    issued_on: date
    place: str  # as papers name it: "Nậm Tăm"
    commune: str
    province: str
    station: str  # "Trạm Y tế xã Nậm Tăm"
    district: str = ""  # empty from 1/7/2025
    upper: str = ""  # "Trung tâm Y tế huyện Sìn Hồ"
    signer: str = ""
    by_deputy: bool = False
    subjects: tuple[SubjectFacts, ...] = ()
    household: str = ""  # "ông Giàng A Páo", the head of the household
    isolation_place: str = ""
    isolation_from: date | None = None
    isolation_from_time: time | None = None
    isolation_until: date | None = None
    days: int | None = None
    found_at: datetime | None = None  # the four hours of NĐ 165/2026 Điều 15
    proposed_at: datetime | None = None
    decided_at: datetime | None = None
    told_at: datetime | None = None
    opening: PaperReference | None = None
    ended_on: date | None = None
    ended_at: time | None = None
    station_phone: str = ""
    sick_leave: SickLeave | None = None
    head_registered: bool = True  # the head's signature is registered with the social insurance
    transfer: ReferralFacts | None = None
    training: bool = False
