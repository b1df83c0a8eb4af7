"""One medicine that a person takes from a day on, and one handing-out of several of them: what can be written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from covidstation.domain.chronic import ICD_EXAMPLE, normal_icd
from covidstation.domain.dispensing import MOST_AMOUNT, MOST_TIMES, WHOLE, Origin, Place, Receiver, Regimen
from covidstation.domain.problems import Problem, too_long

SHORT: Final = 200  # letters of a name or a place
LONG: Final = 500  # of an instruction or a reason
MOST_UNITS: Final = 9_999


class EndReason(StrEnum):
    """Why somebody no longer takes a medicine."""

    CHANGED = "CHANGED"  # another dose or medicine took its place
    STOPPED = "STOPPED"  # by whoever prescribes
    SIDE_EFFECT = "SIDE_EFFECT"
    ELSEWHERE = "ELSEWHERE"  # has it from another facility from now on
    DIED = "DIED"
    WRONG = "WRONG"  # entered by mistake


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriptionDraft:
    """One medicine to be taken from `started_on` on. `item_id` is the station's item, when it keeps the medicine."""

    medicine: str
    strength: str = ""
    form: str = ""
    unit: str = ""
    substances: tuple[str, ...] = ()
    atc: str = ""
    item_id: UUID | None = None
    amount: int = WHOLE  # hundredths of a unit at a time
    times: int = 1  # a day
    instruction: str = ""
    condition: str = ""  # ICD-10
    started_on: date | None = None
    prescriber: str = ""
    facility: str = ""

    @property
    def regimen(self) -> Regimen:
        """How it is taken."""
        return Regimen(amount=self.amount, times=self.times)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandingItem:
    """One medicine of a handing-out. `units` None means what the days need; `counted` is what was left at home."""

    prescription_id: UUID
    days: int
    units: int | None = None
    counted: int | None = None
    origin: Origin = Origin.STATION


@dataclass(frozen=True, slots=True, kw_only=True)
class HandingDraft:
    """What is handed out in one act, on one day."""

    items: tuple[HandingItem, ...]
    day: date | None = None
    place: Place = Place.STATION
    receiver: Receiver = Receiver.SELF
    receiver_name: str = ""
    facility: str = ""
    reason: str = ""


def check_prescription(draft: PrescriptionDraft, today: date, born: date | None) -> list[Problem]:
    """All that is wrong with its fields; `born` is the earliest day of birth that is known."""
    found = [] if draft.medicine.strip() else [Problem("medicine", "dispensing.medicine_missing")]
    if not 1 <= draft.amount <= MOST_AMOUNT:
        found.append(Problem("amount", "dispensing.amount", {"most": str(MOST_AMOUNT // WHOLE)}))
    if not 1 <= draft.times <= MOST_TIMES:
        found.append(Problem("times", "dispensing.times", {"most": str(MOST_TIMES)}))
    for field in ("medicine", "strength", "form", "unit", "prescriber", "facility"):
        found += too_long(field, getattr(draft, field), SHORT)
    found += too_long("instruction", draft.instruction, LONG)
    if draft.condition:
        try:
            normal_icd(draft.condition)
        except ValueError:
            found.append(Problem("condition", "chronic.code_shape", {"code": draft.condition, "example": ICD_EXAMPLE}))
    return found + check_day("started_on", draft.started_on, today, born)


def check_handing(draft: HandingDraft, today: date, born: date | None) -> list[Problem]:
    """All that is wrong with the act itself, its days and amounts aside."""
    found = [] if draft.items else [Problem("items", "dispensing.nothing")]
    if len({item.prescription_id for item in draft.items}) < len(draft.items):
        found.append(Problem("items", "dispensing.twice"))
    for item in draft.items:
        if item.units is not None and not 1 <= item.units <= MOST_UNITS:
            found.append(Problem("units", "dispensing.units", {"most": str(MOST_UNITS)}))
        if item.counted is not None and not 0 <= item.counted <= MOST_UNITS:
            found.append(Problem("counted", "dispensing.counted", {"most": str(MOST_UNITS)}))
    if draft.receiver is Receiver.PROXY and not draft.receiver_name.strip():
        found.append(Problem("receiver_name", "dispensing.receiver_missing"))
    if any(item.origin is Origin.UPPER for item in draft.items) and not draft.facility.strip():
        found.append(Problem("facility", "dispensing.facility_missing"))
    found += [*too_long("receiver_name", draft.receiver_name, SHORT), *too_long("facility", draft.facility, SHORT)]
    return [*found, *too_long("reason", draft.reason, LONG), *check_day("day", draft.day, today, born)]


def check_day(field: str, day: date | None, today: date, born: date | None) -> list[Problem]:
    """A day that is there, not to come, and not before the birth."""
    if day is None:
        return [Problem(field, "care.day_missing")]
    if day > today:
        return [Problem(field, "care.day_future", {"day": f"{day:%d/%m/%Y}"})]
    if born is not None and day < born:
        return [Problem(field, "dispensing.before_birth", {"day": f"{day:%d/%m/%Y}"})]
    return []
