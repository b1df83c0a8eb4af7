"""One visit of somebody with a chronic disease, or an elder's yearly check: what cannot be, what is asked back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from covidstation.domain.care import Vitals
from covidstation.domain.chronic import NAME_LIMIT, TEXT_LIMIT
from covidstation.domain.dates import PartialDate
from covidstation.domain.glucose import GlucoseKind, GlucoseUnit, check_glucose
from covidstation.domain.monitoring import Range, check_vitals
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.targets import Result
from covidstation.domain.terms import Answer


class VisitPlace(StrEnum):
    """Where somebody was seen."""

    STATION = "STATION"
    HOME = "HOME"
    PHONE = "PHONE"


class Adherence(StrEnum):
    """How the medicines are taken."""

    UNKNOWN = ""
    GOOD = "GOOD"  # đều
    PARTLY = "PARTLY"  # hay quên
    STOPPED = "STOPPED"  # bỏ thuốc


class Habit(StrEnum):
    """Smoking, or drinking."""

    UNKNOWN = ""
    NO = "NO"
    FORMER = "FORMER"
    SOMETIMES = "SOMETIMES"
    DAILY = "DAILY"


class Ability(StrEnum):
    """What an elder can do: seeing, hearing, walking, remembering."""

    UNKNOWN = ""
    GOOD = "GOOD"
    WEAK = "WEAK"
    POOR = "POOR"


@dataclass(frozen=True, slots=True, kw_only=True)
class ElderCheck:
    """The yearly check's own part. `home_on`: when a frail elder is to be visited at home."""

    vision: Ability = Ability.UNKNOWN
    hearing: Ability = Ability.UNKNOWN
    walking: Ability = Ability.UNKNOWN
    memory: Ability = Ability.UNKNOWN
    alone: Answer = Answer.UNKNOWN
    frail: Answer = Answer.UNKNOWN
    home_on: date | None = None


NO_CHECK: Final = ElderCheck()
VOIDED: Final = "VOIDED"
"""Place of a row that only takes a visit back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronicVisitDraft:
    """What is said of one visit; `voids` is the visit that this one corrects.

    Pressures in mmHg, weight in hundreds of grams, height and waist in mm, glucose in hundredths of mmol/L, HbA1c in
    tenths of a percent. `back` tells what came back from a referral.
    """

    person_id: UUID
    day: date
    place: VisitPlace = VisitPlace.STATION
    systolic: int | None = None
    diastolic: int | None = None
    pulse: int | None = None
    weight: int | None = None
    height: int | None = None
    waist: int | None = None
    glucose: int | None = None
    glucose_kind: GlucoseKind = GlucoseKind.FASTING
    glucose_unit: GlucoseUnit = GlucoseUnit.MMOL
    hba1c: int | None = None
    symptoms: str = ""
    complications: str = ""
    adherence: Adherence = Adherence.UNKNOWN
    smoking: Habit = Habit.UNKNOWN
    alcohol: Habit = Habit.UNKNOWN
    note: str = ""
    next_on: date | None = None
    referred_to: str = ""
    referred_reason: str = ""
    back: str = ""
    yearly: bool = False
    elder: ElderCheck = NO_CHECK
    voids: UUID | None = None

    @property
    def vitals(self) -> Vitals:
        """What the rounds measure too."""
        return Vitals(pulse=self.pulse, systolic=self.systolic, diastolic=self.diastolic)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronicVisit(ChronicVisitDraft):
    """A visit in the register. `rule` is the targets' rule that judged it, `sentence` what it said."""

    id: UUID
    result: Result = Result.UNKNOWN
    rule: str = ""
    sentence: str = ""
    by_name: str = ""


RANGES: Final[Mapping[str, Range]] = MappingProxyType(
    {
        "weight": Range((10, 2500), (80, 1500)),
        "height": Range((400, 2300), (900, 2000)),
        "waist": Range((300, 2000), (400, 1500)),
        "hba1c": Range((30, 200), (40, 150)),  # analysers end near 20 %
    }
)
MOST_AHEAD: Final = timedelta(days=400)  # the longest time to the next visit that is no slip of the hand
_DECIMAL: Final = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]))?")


def read_tenths(text: str) -> int | None:
    """`62,5` → 625, `7` → 70; None for nothing typed. Raises ValueError."""
    typed = text.strip()
    if not typed.strip("-–— "):
        return None
    found = _DECIMAL.fullmatch(typed)
    if found is None or not typed.isascii():
        raise ValueError(text)
    return int(found[1]) * 10 + int(found[2] or 0)


def tenths_text(value: int | None) -> str:
    """625 → `62,5`, 620 → `62`; empty for none."""
    if value is None:
        return ""
    return f"{value // 10},{value % 10}" if value % 10 else str(value // 10)


def body_mass(weight: int | None, height: int | None) -> int | None:
    """Tenths of kg/m² from hundreds of grams and mm; None when one of them is not known."""
    if not weight or not height:
        return None
    return round(weight * 1_000_000 / (height * height))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a visit is held against: the person's own days, and the other visit of the same day."""

    birth: PartialDate | None = None
    died_on: date | None = None
    left_on: date | None = None  # of who has not come back
    elder: bool = True  # by age on the day; unknown ages pass
    same_day: bool = False
    weight: int | None = None  # the last one
    conditions: bool = True


def check_chronic_visit(draft: ChronicVisitDraft, *, seen: Seen, today: date) -> list[Problem]:
    """All that cannot be (errors) or is seldom so (warnings), in the order of the form."""
    return [
        *_check_day(draft, seen, today),
        *check_vitals(draft.vitals),
        *_check_body(draft, seen),
        *(check_glucose(draft.glucose, draft.glucose_unit) if draft.glucose is not None else ()),
        *_check_content(draft, seen),
        *_check_next(draft, seen, today),
        *_check_texts(draft),
    ]


def _check_day(draft: ChronicVisitDraft, seen: Seen, today: date) -> list[Problem]:
    day = f"{draft.day:%d/%m/%Y}"
    if draft.day > today:
        return [Problem("day", "chronic.visit_future", {"day": day})]
    if seen.birth is not None and draft.day < seen.birth.earliest:
        return [Problem("day", "chronic.visit_before_birth", {"day": day, "birth": seen.birth.text()})]
    if seen.died_on is not None and draft.day > seen.died_on:
        return [Problem("day", "chronic.visit_after_death", {"day": day, "died": f"{seen.died_on:%d/%m/%Y}"})]
    if seen.left_on is not None and draft.day > seen.left_on:
        return [Problem("day", "chronic.visit_after_leaving", {"day": day, "left": f"{seen.left_on:%d/%m/%Y}"})]
    if seen.same_day:
        return [Problem("day", "chronic.visit_same_day", {"day": day}, "warning")]
    return []


_TEN_PERCENT: Final = 10


def _check_body(draft: ChronicVisitDraft, seen: Seen) -> list[Problem]:
    found = []
    for name, limits in RANGES.items():
        value: int | None = getattr(draft, name)
        if value is None:
            continue
        params = {"value": measure_words(name, value), "from": measure_words(name, limits.possible[0])}
        params |= {"to": measure_words(name, limits.possible[1])}
        if not limits.possible[0] <= value <= limits.possible[1]:
            found.append(Problem(name, "chronic.measure_impossible", params))
        elif not limits.usual[0] <= value <= limits.usual[1]:
            found.append(Problem(name, "chronic.measure_unusual", params, "warning"))
    weight, before = draft.weight, seen.weight
    if not found and weight and before and abs(weight - before) * _TEN_PERCENT > before * 2:
        params = {"value": measure_words("weight", weight), "before": measure_words("weight", before)}
        found.append(Problem("weight", "chronic.weight_changed", params, "warning"))
    return found


def measure_words(name: str, value: int) -> str:
    """`62,5 kg`, `158 cm`, `7,2 %`."""
    unit = {"weight": "kg", "height": "cm", "waist": "cm", "hba1c": "%"}[name]
    return f"{tenths_text(value)}\u00a0{unit}"


_MEASURED: Final = ("systolic", "pulse", "weight", "height", "waist", "glucose", "hba1c")
_SAID: Final = ("symptoms", "complications", "note", "referred_to", "back")


def _check_content(draft: ChronicVisitDraft, seen: Seen) -> list[Problem]:
    empty = all(getattr(draft, name) is None for name in _MEASURED) and not any(
        getattr(draft, name).strip() for name in _SAID
    )
    if empty and draft.elder == NO_CHECK and draft.adherence is Adherence.UNKNOWN:
        return [Problem("pressure", "chronic.visit_empty")]
    if draft.yearly and not seen.elder:
        return [Problem("yearly", "chronic.too_young", level="warning")]
    if draft.referred_to.strip() and not draft.referred_reason.strip():
        return [Problem("referred_reason", "chronic.referred_why")]
    if draft.referred_reason.strip() and not draft.referred_to.strip():
        return [Problem("referred_to", "chronic.referred_where")]
    return []


def _check_next(draft: ChronicVisitDraft, seen: Seen, today: date) -> list[Problem]:
    found = []
    for field, day in (("next_on", draft.next_on), ("home_on", draft.elder.home_on)):
        if day is None:
            continue
        if day <= draft.day:
            found.append(Problem(field, "chronic.next_early", {"day": f"{day:%d/%m/%Y}"}))
        elif day > draft.day + MOST_AHEAD:
            found.append(Problem(field, "chronic.next_far", {"day": f"{day:%d/%m/%Y}"}, "warning"))
    if draft.next_on is None and seen.conditions and seen.died_on is None:
        found.append(Problem("next_on", "chronic.next_missing", level="warning"))
    return found


def _check_texts(draft: ChronicVisitDraft) -> list[Problem]:
    limits = {name: TEXT_LIMIT for name in ("symptoms", "complications", "note", "back", "referred_reason")}
    limits["referred_to"] = NAME_LIMIT
    return [one for name, most in limits.items() for one in too_long(name, getattr(draft, name), most)]
