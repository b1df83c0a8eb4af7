"""Chronic disease as a station keeps it: conditions and what of them cannot be or is seldom so.

A condition is a disease by ICD-10; a person may have several, and each of them once at a time. Visits are in
`domain.chronic_visits`, targets and results in `domain.targets`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from covidstation.domain.dates import PartialDate
from covidstation.domain.problems import Problem, too_long

TEXT_LIMIT: Final = 500  # letters
NAME_LIMIT: Final = 120
_ICD: Final = re.compile(r"([A-Z][0-9]{2})\.?([0-9]{1,2})?[*+†]?")
ICD_EXAMPLE: Final = "I10, E11.9"


class ConditionStatus(StrEnum):
    """Whether the station follows it."""

    ACTIVE = "ACTIVE"
    REMOVED = "REMOVED"


class RemovedReason(StrEnum):
    """Why a station no longer follows somebody for it."""

    LEFT = "LEFT"  # chuyển đi
    DIED = "DIED"
    PRIVATE = "PRIVATE"  # khám nơi khác, tư nhân
    REFUSED = "REFUSED"
    JOINED = "JOINED"  # the same disease stood in two lines: see `db.joining`; nobody chooses it
    WRONG = "WRONG"  # was never ill with it: a wrong diagnosis or entry
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnTargets:
    """What one person is to reach, where it differs from the rule. Pressures in mmHg, glucose in hundredths of mmol/L,
    HbA1c in tenths of a percent; a value below it is reached."""

    systolic: int | None = None
    diastolic: int | None = None
    fasting: int | None = None
    hba1c: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionDraft:
    """What is said of one disease of a person. `label` names one whose code no list has."""

    code: str
    label: str = ""
    diagnosed: PartialDate | None = None
    diagnosed_at: str = ""  # where, by whom
    registered_on: date | None = None  # under the station's care since; None means today
    treatment: str = ""
    targets: OwnTargets = OwnTargets()
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition(ConditionDraft):
    """A disease in the register. `group` is that of the underlying diseases (resources/rules/conditions.toml)."""

    id: UUID
    person_id: UUID
    group: str = ""
    status: ConditionStatus = ConditionStatus.ACTIVE
    removed_on: date | None = None
    removed_reason: RemovedReason | None = None
    removed_note: str = ""

    @property
    def active(self) -> bool:
        """Whether the station follows it."""
        return self.status is ConditionStatus.ACTIVE


def told_once(conditions: Iterable[Condition]) -> list[Condition]:
    """Each disease once: what was joined to a line (RemovedReason.JOINED) is read as part of it. The earliest diagnosis
    counts, of targets the stricter one; words that the line has not are added. One that was corrected since
    (`removed_note`) says nothing more."""
    found: list[Condition] = []
    joined: list[Condition] = []
    for one in conditions:
        (joined if one.removed_reason is RemovedReason.JOINED else found).append(one)
    for other in joined:
        at = [place for place, one in enumerate(found) if one.code == other.code]
        place = next((place for place in at if found[place].active), at[0] if at else None)
        if place is None:
            found.append(other)
        elif not other.removed_note:
            found[place] = _together(found[place], other)
    return found


def _together(one: Condition, other: Condition) -> Condition:
    mine, theirs = one.diagnosed, other.diagnosed
    first = other if theirs is not None and (mine is None or theirs.earliest < mine.earliest) else one
    return replace(
        one,
        label=one.label or other.label,
        diagnosed=first.diagnosed,
        diagnosed_at=first.diagnosed_at or one.diagnosed_at or other.diagnosed_at,
        treatment=_words(one.treatment, other.treatment),
        note=_words(one.note, other.note),
        targets=_stricter(one.targets, other.targets),
    )


def _words(one: str, other: str) -> str:
    return one if not other or other in one else "; ".join(filter(None, (one, other)))


def _stricter(one: OwnTargets, other: OwnTargets) -> OwnTargets:
    def least(name: str) -> int | None:
        return min((value for value in (getattr(one, name), getattr(other, name)) if value is not None), default=None)

    return OwnTargets(**{name: least(name) for name in ("systolic", "diastolic", "fasting", "hba1c")})


def normal_icd(text: str) -> str:
    """`i10` → `I10`, `e119` → `E11.9`, `N18.5 ` → `N18.5`. Raises ValueError for what has not the shape of ICD-10."""
    found = _ICD.fullmatch(text.strip().upper().replace(" ", ""))
    if found is None:
        raise ValueError(text)
    return f"{found[1]}.{found[2]}" if found[2] else found[1]


def category(code: str) -> str:
    """The three letters that name a disease: `E11` of `E11.9`."""
    return code.partition(".")[0]


_LIMITS: Final = {
    "systolic": (90, 180), "diastolic": (50, 110), "fasting": (400, 1500), "hba1c": (55, 120),
}  # fmt: skip
"""What a target can be: nobody is treated towards less, or content with more."""


def check_condition(
    draft: ConditionDraft, *, known: Sequence[str], active: Sequence[str], birth: PartialDate | None, today: date
) -> list[Problem]:
    """All that is wrong with a condition. `known`: codes that the list names; `active`: what this person has already.

    Fields: code, label, diagnosed, registered_on, systolic, diastolic, fasting, hba1c, and the texts.
    """
    return [
        *_check_code(draft, known, active),
        *_check_days(draft, birth, today),
        *_check_targets(draft.targets),
        *too_long("label", draft.label, NAME_LIMIT),
        *too_long("diagnosed_at", draft.diagnosed_at, NAME_LIMIT),
        *too_long("treatment", draft.treatment, TEXT_LIMIT),
        *too_long("note", draft.note, TEXT_LIMIT),
    ]


def _check_code(draft: ConditionDraft, known: Sequence[str], active: Sequence[str]) -> list[Problem]:
    if not draft.code.strip():
        return [Problem("code", "chronic.code_missing")]
    try:
        code = normal_icd(draft.code)
    except ValueError:
        return [Problem("code", "chronic.code_shape", {"code": draft.code, "example": ICD_EXAMPLE})]
    if code in active:
        return [Problem("code", "chronic.code_again", {"code": code})]
    if not {code, category(code)} & set(known) and not draft.label.strip():
        return [Problem("label", "chronic.label_missing", {"code": code})]
    return []


def _check_days(draft: ConditionDraft, birth: PartialDate | None, today: date) -> list[Problem]:
    found = []
    told = draft.diagnosed
    if told is not None and told.earliest > today:
        found.append(Problem("diagnosed", "chronic.diagnosed_future"))
    elif told is not None and birth is not None and _latest(told) < _first(birth):
        found.append(Problem("diagnosed", "chronic.diagnosed_before_birth", {"birth": birth.text()}))
    since = draft.registered_on
    if since is not None and since > today:
        found.append(Problem("registered_on", "chronic.registered_future"))
    elif since is not None and told is not None and since < told.earliest:
        found.append(Problem("registered_on", "chronic.registered_early", {"day": told.text()}))
    elif since is not None and birth is not None and since < birth.earliest:
        found.append(Problem("registered_on", "chronic.registered_before_birth", {"birth": birth.text()}))
    return found


def _latest(day: PartialDate) -> tuple[int, int, int]:
    return day.year, day.month or 12, day.day or 31


def _first(day: PartialDate) -> tuple[int, int, int]:
    return day.year, day.month or 1, day.day or 1


def _check_targets(targets: OwnTargets) -> list[Problem]:
    found = []
    for name, (least, most) in _LIMITS.items():
        value: int | None = getattr(targets, name)
        if value is not None and not least <= value <= most:
            found.append(Problem(name, f"chronic.target_{name}"))
    if (targets.systolic is None) != (targets.diastolic is None):
        found.append(Problem("systolic", "chronic.target_half"))
    elif targets.systolic is not None and targets.diastolic is not None and targets.systolic <= targets.diastolic:
        found.append(Problem("systolic", "chronic.target_turned"))
    return found
