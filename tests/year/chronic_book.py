"""The chronic register on paper: diseases, visits, calls; who is due; the cohort of a quarter. Knows nothing of the
program; targets and groups are read from the rules' TOML as data.

From issue 6 and docs/adr/0039. Whoever is under care and no more at a quarter's end went in that quarter, once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from tests.year.medicine_book import rule_on, rules
from tests.year.people_book import PeopleBook, Somebody


@dataclass
class Disease:
    """One line of the register, from which day to which; `own` targets by their names."""

    id: UUID
    person: UUID
    code: str
    since: date
    removed: date | None = None
    own: dict[str, int] = field(default_factory=dict)


@dataclass
class Seen:
    """One visit that stands; `written` is its place in the order of writing."""

    id: UUID
    person: UUID
    day: date
    written: int
    measured: dict[str, Any]
    result: str
    next_on: date | None
    home_on: date | None
    yearly: bool


@dataclass
class Call:
    """A call: the day that was agreed on, or on which to call again; `ends` when the station is to come no more."""

    day: date
    written: int
    on: date | None
    ends: bool


@dataclass
class Cohort:
    """Of one hamlet."""

    under_care: int = 0
    CONTROLLED: int = 0
    NOT: int = 0
    UNKNOWN: int = 0
    lost: int = 0
    removed: int = 0


class ChronicBook:
    """Everybody's."""

    def __init__(self, folder: Path, people: PeopleBook) -> None:
        self.targets, self.shelf = rules(folder / "targets.toml"), rules(folder / "chronic_conditions.toml")
        self.elder = rules(folder / "age_groups.toml")
        self.people = people
        self.diseases: dict[UUID, list[Disease]] = {}
        self.visits: dict[UUID, list[Seen]] = {}
        self.calls: dict[UUID, list[Call]] = {}
        self.written = 0

    def active(self, person: UUID) -> list[Disease]:
        """What somebody is followed for."""
        return [one for one in self.diseases.get(person, ()) if one.removed is None]

    def newest(self, person: UUID, day: date = date.max) -> Seen | None:
        """The last visit up to that day."""
        some = [one for one in self.visits.get(person, ()) if one.day <= day]
        return max(some, key=lambda one: (one.day, one.written), default=None)

    def judge(self, person: UUID, day: date, measured: dict[str, Any], without: UUID | None = None) -> str:
        """The result of a visit by the rule of its day, with a glucose or HbA1c of lately where it told none."""
        rule, shelf = rule_on(self.targets, day), rule_on(self.shelf, day)
        named = {one["code"]: set(one.get("judged_by", ())) for one in shelf["codes"]}
        needed = [named.get(one.code, named.get(one.code[:3], set())) for one in self.active(person)]
        needed = [one for one in needed if one]
        others = [one for one in self.visits.get(person, ()) if one.id != without]
        known = dict(measured)
        if known.get("glucose_kind") not in ("FASTING", "TWO_HOURS"):
            known |= _lately(others, "glucose", day, rule["glucose_days"])
        if "hba1c" not in known:
            known |= _lately(others, "hba1c", day, rule["hba1c_days"])
        own: dict[str, int] = {}
        for one in self.active(person):
            own |= {name: min(value, own.get(name, value)) for name, value in one.own.items()}
        met = {}
        for name, told in _TOLD.items():
            answer = told(known, self._target(rule, name, self.people.people[person], day), own)
            if answer is not None:
                met[name] = answer
        if any(not answer for name, answer in met.items() if any(name in one for one in needed)):
            return "NOT"
        return "CONTROLLED" if needed and all(one & set(met) for one in needed) else "UNKNOWN"

    def _target(self, rule: dict[str, Any], measure: str, who: Somebody, day: date) -> dict[str, Any]:
        """The first that surely fits the age, else the first."""
        fitting: list[dict[str, Any]] = [one for one in rule["targets"] if one["measure"] == measure]
        for one in fitting:
            least, most = one.get("from_months", 0), one.get("below_months", 10**6)
            if all(least <= months < most for months in _months(who.birth, day)):
                return one
        return fitting[0]

    def next_day(self, person: UUID) -> date | None:
        """When somebody is next: what was agreed on since the last visit, else its next day, or that of a visit at
        home; an elder without a disease only when a visit at home, or a call, says so."""
        last, call = self.newest(person), self._call(person)
        if call is not None and call.on is not None:
            return call.on
        if last is None:
            return None
        days = [last.home_on, last.next_on] if self.active(person) else [last.home_on]
        return min((one for one in days if one), default=None)

    def _call(self, person: UUID) -> Call | None:
        last = self.newest(person)
        call = max(self.calls.get(person, ()), key=lambda one: (one.day, one.written), default=None)
        if call is None or (last is not None and (call.day, call.written) < (last.day, last.written)):
            return None
        return call

    def listed(self) -> set[UUID]:
        """Who is in a list of visits: followed, or to be visited at home unless they said no on the phone since; alive
        and not gone."""
        some = [*self.diseases, *self.visits]
        return {
            person
            for person in some
            if self.people.people[person].here and (self.active(person) or self._planned(person))
        }

    def _planned(self, person: UUID) -> bool:
        last, call = self.newest(person), self._call(person)
        return last is not None and last.home_on is not None and not (call is not None and call.ends)

    def overdue(self, today: date) -> set[UUID]:
        """Whose day has passed, or who has none."""
        return {one for one in self.listed() if (self.next_day(one) or date.min) < today}

    def due(self, today: date) -> set[UUID]:
        """Today and in the six days after."""
        days = {one: self.next_day(one) for one in self.listed()}
        return {one for one, day in days.items() if day and today <= day < today + timedelta(days=7)}

    def unchecked(self, today: date) -> set[UUID]:
        """Elders who live here and had no yearly check in this calendar year."""
        age = rule_on(self.elder, today)["elder_from"]
        return {
            one.id
            for one in self.people.people.values()
            if one.here and (one.born.year + age, one.born.month, one.born.day) <= (today.year, today.month, today.day)
            and not any(seen.yearly and seen.day.year == today.year for seen in self.visits.get(one.id, ()))
        }  # fmt: skip

    def cohort(self, first: date, day: date, lost_days: int, code: str = "") -> dict[UUID | None, Cohort]:
        """At the end of that day, by the hamlet in which people lived then, or had lived when they went."""
        found: dict[UUID | None, Cohort] = {}
        for person, all_of_them in self.diseases.items():
            some = [one for one in all_of_them if one.code.startswith(code)]
            who = self.people.people[person]
            followed = [one for one in some if one.since <= day and (one.removed is None or one.removed > day)]
            if followed and who.on(day) is not None:
                line = found.setdefault(who.last_hamlet(day), Cohort())
                line.under_care += 1
                last = self.newest(person, day)
                long_ago, since = day - timedelta(days=lost_days), min(one.since for one in followed)
                lately = last is not None and last.day >= long_ago
                kind = last.result if last and lately else "lost" if since < long_ago else "UNKNOWN"
                setattr(line, kind, getattr(line, kind) + 1)
            elif self._was(who, some, first, day):
                found.setdefault(who.last_hamlet(day), Cohort()).removed += 1
        return found

    def _was(self, who: Somebody, some: list[Disease], first: date, day: date) -> bool:
        """Under care on the eve of the quarter or on a day in it."""
        one = first - timedelta(days=1)
        while one <= day:
            if who.on(one) and any(it.since <= one and (it.removed is None or it.removed > one) for it in some):
                return True
            one += timedelta(days=1)
        return False


def whole(lines: dict[UUID | None, Cohort]) -> Counter[str]:
    """The sum of the hamlets."""
    found: Counter[str] = Counter()
    for one in lines.values():
        found.update(vars(one))
    return found


def _months(birth: tuple[int, int | None, int | None], day: date) -> tuple[int, int]:
    """The fewest and the most full months that somebody can be old."""
    year, month, born = birth
    most = (day.year - year) * 12 + day.month - (month or 1) - (day.day < (born or 1))
    if born:
        return most, most
    ends_on = 31 if (month or 12) in (1, 3, 5, 7, 8, 10, 12) else 30 if month != 2 else 28
    fewest = (day.year - year) * 12 + day.month - (month or 12) - (day.day < ends_on)
    return max(0, fewest), max(0, most)


def _lately(others: list[Seen], name: str, day: date, days: int) -> dict[str, Any]:
    """What the last visit of those days measured."""
    some = [
        one
        for one in others
        if name in one.measured
        and day - timedelta(days=days) <= one.day <= day
        and (name != "glucose" or one.measured["glucose_kind"] != "RANDOM")
    ]
    last = max(some, key=lambda one: (one.day, one.written), default=None)
    names = ("glucose", "glucose_kind") if name == "glucose" else (name,)
    return {one: last.measured[one] for one in names} if last else {}


def _pressure(known: dict[str, Any], target: dict[str, Any], own: dict[str, int]) -> bool | None:
    if "systolic" not in known:
        return None
    high, low = own.get("systolic", target["systolic_below"]), own.get("diastolic", target["diastolic_below"])
    return bool(known["systolic"] < high and known["diastolic"] < low)


def _glucose(known: dict[str, Any], target: dict[str, Any], own: dict[str, int]) -> bool | None:
    value, kind = known.get("glucose"), known.get("glucose_kind")
    if value is None or kind == "RANDOM":
        return None
    if kind == "TWO_HOURS":
        return bool(value < target["two_hours_below"])
    if "fasting" in own:
        return bool(value < own["fasting"])
    return bool(target["fasting_from"] <= value <= target["fasting_to"])


def _hba1c(known: dict[str, Any], target: dict[str, Any], own: dict[str, int]) -> bool | None:
    return None if "hba1c" not in known else bool(known["hba1c"] < own.get("hba1c", target["hba1c_below"]))


_TOLD: dict[str, Callable[[dict[str, Any], dict[str, Any], dict[str, int]], bool | None]] = {
    "pressure": _pressure,
    "glucose": _glucose,
    "hba1c": _hba1c,
}
