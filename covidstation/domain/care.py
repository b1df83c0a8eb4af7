"""Terms of F0 care that several registers share: risk, rounds, visits, calls, alerts, transfers, follow-up.

Names are those of SORMAS where it has one (VisitStatus, ContactStatus, TaskStatus, OrderMeans).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from enum import StrEnum
from typing import Final

NOON: Final = time(12)


class RiskClass(StrEnum):
    """The four groups of QĐ 5525/QĐ-BYT, least first."""

    LOW = "LOW"  # thấp, xanh
    MEDIUM = "MEDIUM"  # trung bình, vàng
    HIGH = "HIGH"  # cao, cam
    VERY_HIGH = "VERY_HIGH"  # rất cao, đỏ

    def graver_than(self, other: RiskClass) -> bool:
        """Whether it stands above the other."""
        order = tuple(RiskClass)
        return order.index(self) > order.index(other)


class Round(StrEnum):
    """The half of the day a check belongs to, or one between."""

    MORNING = "MORNING"
    AFTERNOON = "AFTERNOON"
    EXTRA = "EXTRA"


class VisitStatus(StrEnum):
    """SORMAS VisitStatus."""

    COOPERATIVE = "COOPERATIVE"  # met and checked
    UNAVAILABLE = "UNAVAILABLE"  # không gặp được
    UNCOOPERATIVE = "UNCOOPERATIVE"  # không hợp tác


class VisitMeans(StrEnum):
    """How somebody was checked."""

    VISIT = "VISIT"
    PHONE = "PHONE"


class AlertAnswer(StrEnum):
    """What was done about a danger sign."""

    PHONED = "PHONED"
    VISITED = "VISITED"
    TRANSFERRED = "TRANSFERRED"
    MEASURED_AGAIN = "MEASURED_AGAIN"  # and it was well
    WRONG_ENTRY = "WRONG_ENTRY"
    CASE_ENDED = "CASE_ENDED"  # the illness ended while it stood open


class CallResult(StrEnum):
    """How a phone call ended."""

    REACHED = "REACHED"
    NO_ANSWER = "NO_ANSWER"
    WRONG_NUMBER = "WRONG_NUMBER"


class CallTopic(StrEnum):
    """What a call was about, where it was neither an illness nor a contact."""

    NONE = ""
    CHRONIC = "chronic"


class FollowUpStatus(StrEnum):
    """SORMAS TaskStatus, for one visit or call of the twelve months after."""

    PENDING = "PENDING"
    DONE = "DONE"
    REMOVED = "REMOVED"
    NOT_EXECUTABLE = "NOT_EXECUTABLE"


class FoundIn(StrEnum):
    """Where a case was found, as the daily report counts it."""

    COMMUNITY = "COMMUNITY"  # cộng đồng
    QUARANTINE = "QUARANTINE"  # khu cách ly, F1
    ENTRY = "ENTRY"  # nhập cảnh, về từ vùng dịch
    SCREENING = "SCREENING"  # sàng lọc


class OrderMeans(StrEnum):
    """SORMAS OrderMeans: how a decision reached the home."""

    OFFICIAL_DOCUMENT = "OFFICIAL_DOCUMENT"
    VERBALLY = "VERBALLY"


class ContactStatus(StrEnum):
    """SORMAS ContactStatus."""

    ACTIVE = "ACTIVE"
    CONVERTED = "CONVERTED"  # became a case
    DROPPED = "DROPPED"  # quarantine ended or contact denied


class ContactProximity(StrEnum):
    """How near the contact was (SORMAS ContactProximity, those in use)."""

    SAME_ROOM = "SAME_ROOM"
    FACE_TO_FACE_LONG = "FACE_TO_FACE_LONG"  # within 2 m for 15 minutes or more
    FACE_TO_FACE_SHORT = "FACE_TO_FACE_SHORT"
    PHYSICAL_CONTACT = "PHYSICAL_CONTACT"
    AIRPLANE_OR_VEHICLE = "AIRPLANE_OR_VEHICLE"
    OTHER = "OTHER"


class ContactRelation(StrEnum):
    """SORMAS ContactRelation."""

    SAME_HOUSEHOLD = "SAME_HOUSEHOLD"
    FAMILY_MEMBER_OR_FRIEND = "FAMILY_MEMBER_OR_FRIEND"
    SAME_ENVIRONMENT = "SAME_ENVIRONMENT"
    MEDICAL_CARE = "MEDICAL_CARE"
    OTHER = "OTHER"


class EndOfQuarantineReason(StrEnum):
    """SORMAS EndOfQuarantineReason."""

    ASYMPTOMATIC = "ASYMPTOMATIC"
    ISOLATED_AS_CASE = "ISOLATED_AS_CASE"
    LOST_TO_FOLLOWUP = "LOST_TO_FOLLOWUP"
    OTHER = "OTHER"


class Level(StrEnum):
    """How a check stands by the guideline: its colour in the strip of the last days."""

    NORMAL = "normal"
    WATCH = "watch"
    DANGER = "danger"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """What was measured. Temperature in tenths of °C, SpO2 in %, pulse and breaths a minute, pressures in mmHg."""

    temperature: int | None = None
    spo2: int | None = None
    pulse: int | None = None
    breaths: int | None = None
    systolic: int | None = None
    diastolic: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DangerSign:
    """One sign by one rule of a guideline. `sentence` says what it is and what to do, in Vietnamese, as data has it."""

    rule: str
    measure: str  # a field of Vitals, or "symptom"
    value: str  # as people say it: "93 %", "38,4 °C", a symptom's label
    level: Level
    sentence: str


def round_of(moment: datetime) -> Round:
    """The round that is on at that moment: mornings until noon."""
    return Round.MORNING if moment.time() < NOON else Round.AFTERNOON
