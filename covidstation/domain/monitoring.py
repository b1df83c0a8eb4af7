"""One check of an F0 at home: what was measured and seen, what of it cannot be, what is asked back.

The limits here say what a thermometer, an oximeter, a watch and a cuff can show on a living person; what is dangerous
is said by the guideline in force alone (`domain.guidelines`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Final, Protocol
from uuid import UUID

from covidstation.domain.care import Level, Round, VisitMeans, VisitStatus, Vitals, round_of
from covidstation.domain.problems import Problem

NOTE_LIMIT: Final = 1000  # letters
REASON_LIMIT: Final = 200
VOIDED: Final = "VOIDED"
"""Status of a row that only takes another one back."""


@dataclass(frozen=True, slots=True)
class Range:
    """What a measure can be at all, and what it seldom is; both ends belong to it."""

    possible: tuple[int, int]
    usual: tuple[int, int]


RANGES: Final[Mapping[str, Range]] = MappingProxyType(
    {
        "temperature": Range((300, 430), (350, 410)),  # tenths of °C; a clinical thermometer shows 32 to 42
        "spo2": Range((50, 100), (80, 100)),  # below 70 no finger oximeter is exact
        "pulse": Range((20, 250), (40, 180)),  # a crying infant reaches 180
        "breaths": Range((4, 120), (10, 70)),
        "systolic": Range((50, 300), (75, 220)),  # a cuff's scale ends at 300
        "diastolic": Range((20, 200), (40, 130)),
    }
)
FIELDS: Final = {"systolic": "pressure", "diastolic": "pressure"}  # one field on a form
NOTHING: Final = Vitals()
HALF_DAYS: Final = 8  # that the strip shows


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitDraft:
    """What is said of one check. `at` is the station's wall clock; `voids` is the check that this one corrects.

    `symptoms` are codes of resources/rules/symptoms.toml; `signs_asked` with none means that there are none.
    """

    episode_id: UUID
    at: datetime
    round: Round
    status: VisitStatus = VisitStatus.COOPERATIVE
    means: VisitMeans = VisitMeans.VISIT
    reason: str = ""  # why not met
    vitals: Vitals = NOTHING
    symptoms: frozenset[str] = frozenset()
    signs_asked: bool = False
    note: str = ""
    voids: UUID | None = None

    @property
    def day(self) -> date:
        """The day that the check belongs to."""
        return self.at.date()

    @property
    def met(self) -> bool:
        """Whether the person was seen or spoken to."""
        return self.status is VisitStatus.COOPERATIVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit(VisitDraft):
    """A check in the register. `level` is None when nothing was measured; `guideline` is the one that judged."""

    id: UUID
    person_id: UUID
    guideline: str = ""
    level: Level | None = None
    by_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Between which days an illness can be checked, as far as they are known; `away` are the stays in hospital."""

    first: date | None = None
    died_on: date | None = None
    ended_on: date | None = None
    away: tuple[tuple[datetime, datetime | None], ...] = ()

    def away_since(self, moment: datetime) -> datetime | None:
        """Since when the person was in hospital at that moment, None at home."""
        return next((left for left, back in self.away if left < moment and (back is None or moment < back)), None)


@dataclass(frozen=True, slots=True)
class Glance:
    """As much of a check as a strip needs."""

    at: datetime
    round: Round
    met: bool
    level: Level | None

    @property
    def day(self) -> date:
        """The day that it belongs to."""
        return self.at.date()


class Seen(Protocol):
    """A check, or a glance at one."""

    @property
    def at(self) -> datetime: ...
    @property
    def round(self) -> Round: ...
    @property
    def met(self) -> bool: ...
    @property
    def level(self) -> Level | None: ...
    @property
    def day(self) -> date: ...


class Mark(StrEnum):
    """One half-day in the strip."""

    NORMAL = "normal"
    WATCH = "watch"
    DANGER = "danger"
    MISSED = "missed"  # looked for and not met
    NONE = "none"  # nothing in the register


_WORST: Final = (Mark.NONE, Mark.MISSED, Mark.NORMAL, Mark.WATCH, Mark.DANGER)


def check_visit(draft: VisitDraft, *, span: Span, now: datetime) -> list[Problem]:
    """All that cannot be (errors) or is seldom so (warnings, that a nurse may confirm), in the order of the grid.

    `now` is the station's wall clock. Fields: at, temperature, spo2, pulse, breaths, pressure, signs, reason, note.
    """
    return [
        *_check_time(draft, span, now),
        *check_vitals(draft.vitals),
        *_check_content(draft),
        *_check_words(draft),
    ]


def check_vitals(vitals: Vitals) -> list[Problem]:
    """What was measured, by itself."""
    found = []
    for name, limits in RANGES.items():
        value: int | None = getattr(vitals, name)
        if value is None:
            continue
        params = {"value": value_text(name, value), "from": _bare(name, limits.possible[0])}
        params |= {"to": _bare(name, limits.possible[1])}
        field = FIELDS.get(name, name)
        if not limits.possible[0] <= value <= limits.possible[1]:
            found.append(Problem(field, f"rounds.{name}_impossible", params))
        elif not limits.usual[0] <= value <= limits.usual[1]:
            found.append(Problem(field, f"rounds.{name}_unusual", params, "warning"))
    return found + _check_pressure(vitals)


def _check_pressure(vitals: Vitals) -> list[Problem]:
    high, low = vitals.systolic, vitals.diastolic
    if (high is None) != (low is None):
        return [Problem("pressure", "rounds.pressure_half")]
    if high is not None and low is not None and high <= low:
        return [Problem("pressure", "rounds.pressure_turned", {"high": str(high), "low": str(low)})]
    return []


def _check_time(draft: VisitDraft, span: Span, now: datetime) -> list[Problem]:
    clock = f"{draft.at:%H:%M}"
    day = f"{draft.day:%d/%m/%Y}"
    if draft.at > now + timedelta(minutes=1):
        return [Problem("at", "rounds.future", {"clock": clock, "day": day})]
    if span.died_on and draft.day > span.died_on:
        return [Problem("at", "rounds.after_death", {"day": day, "died": f"{span.died_on:%d/%m/%Y}"})]
    if span.first and draft.day < span.first:
        return [Problem("at", "rounds.before_illness", {"day": day, "first": f"{span.first:%d/%m/%Y}"})]
    if span.ended_on and draft.day > span.ended_on:
        params = {"day": day, "ended": f"{span.ended_on:%d/%m/%Y}"}
        return [Problem("at", "rounds.after_end", params, "warning")]
    if left := span.away_since(draft.at):
        return [Problem("at", "rounds.in_hospital", {"since": f"{left:%H:%M %d/%m/%Y}"}, "warning")]
    if draft.round is not Round.EXTRA and round_of(draft.at) is not draft.round:
        return [Problem("at", f"rounds.other_half_{draft.round.value.lower()}", {"clock": clock}, "warning")]
    return []


def _check_content(draft: VisitDraft) -> list[Problem]:
    if not draft.met:
        return [] if draft.reason.strip() else [Problem("reason", "rounds.reason_missing")]
    if draft.vitals == NOTHING and not draft.symptoms and not draft.signs_asked and not draft.note.strip():
        return [Problem("temperature", "rounds.empty")]
    return []


def _check_words(draft: VisitDraft) -> list[Problem]:
    found = []
    for field, text, most in (("note", draft.note, NOTE_LIMIT), ("reason", draft.reason, REASON_LIMIT)):
        if len(text) > most:
            found.append(Problem(field, "rounds.text_long", {"count": str(len(text)), "most": str(most)}))
    return found


def mark_of(visits: Sequence[Seen]) -> Mark:
    """What a half-day shows: the worst of its checks."""
    return max((_mark(visit) for visit in visits), key=_WORST.index, default=Mark.NONE)


def _mark(visit: Seen) -> Mark:
    if not visit.met:
        return Mark.MISSED
    return Mark(visit.level.value) if visit.level else Mark.NONE


@lru_cache(maxsize=8)
def half_days(day: date, round_: Round, count: int = HALF_DAYS) -> tuple[tuple[date, Round], ...]:
    """The half-days before a round, oldest first; before an extra check they reach to the morning of its day."""
    at = (day, Round.AFTERNOON if round_ is not Round.MORNING else Round.MORNING)
    found: list[tuple[date, Round]] = []
    for _step in range(count):
        at = (at[0], Round.MORNING) if at[1] is Round.AFTERNOON else (at[0] - timedelta(days=1), Round.AFTERNOON)
        found.append(at)
    return tuple(found[::-1])


def half_day_of(visit: Seen) -> tuple[date, Round]:
    """Where a check stands in the strip: an extra one in the half of the day it was made in."""
    half = round_of(visit.at) if visit.round is Round.EXTRA else visit.round
    return visit.day, half


def strip(visits: Sequence[Seen], day: date, round_: Round) -> tuple[Mark, ...]:
    """The eight half-days before a round."""
    held: dict[tuple[date, Round], list[Seen]] = {}
    for visit in visits:
        held.setdefault(half_day_of(visit), []).append(visit)
    return tuple(mark_of(held.get(half, ())) for half in half_days(day, round_))


def value_text(name: str, value: int) -> str:
    """A value as people say it, with its unit: `36,7 °C`, `93 %`, `112`."""
    units = {"temperature": "\u00a0°C", "spo2": "\u00a0%", "systolic": "\u00a0mmHg", "diastolic": "\u00a0mmHg"}
    return _bare(name, value) + units.get(name, "")


def _bare(name: str, value: int) -> str:
    return f"{value // 10},{value % 10}" if name == "temperature" else str(value)
