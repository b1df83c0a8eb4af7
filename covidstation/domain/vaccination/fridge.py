"""Fridges that vaccines are kept in: what the thermometer said, for how long it was outside, which lots were inside.

Temperatures are tenths of a degree Celsius, times the station's wall clock. The bounds and the turns of a day are dated
data (`resources/rules/cold_chain.toml`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from covidstation.domain.problems import Problem, too_long
from covidstation.domain.rule_sets import Dated, rule_on, rule_tables
from covidstation.domain.rule_tables import Table
from covidstation.domain.text import NAME_LIMIT, TEXT_LIMIT

LEAST, MOST = -400, 500
"""What a thermometer of a fridge can show; beyond it is a slip of the keyboard."""
FIRST_YEAR: Final = 2000
_MOST_TURNS: Final = 6


class FridgeKind(StrEnum):
    """What it is. Only a fridge is read every day: a box is read while something is in it."""

    FRIDGE = "FRIDGE"
    COLD_BOX = "COLD_BOX"
    CARRIER = "CARRIER"

    @classmethod
    def _missing_(cls, value: object) -> FridgeKind:
        return cls.FRIDGE


class Fate(StrEnum):
    """What was decided of a lot that was outside the bounds; an unknown word reads as kept."""

    ASIDE = "ASIDE"
    KEPT = "KEPT"

    @classmethod
    def _missing_(cls, value: object) -> Fate:
        return cls.KEPT


@dataclass(frozen=True, slots=True)
class Turn:
    """A time of the day at which the thermometer is read: from an hour until the next turn begins, late from
    `by_hour`."""

    code: str
    label: str
    from_hour: int
    by_hour: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ColdChainRule(Dated):
    """`low` and `high` are still good. The first turn begins with the day."""

    low: int
    high: int
    turns: tuple[Turn, ...]

    def outside(self, temperature: int) -> bool:
        """Whether that is no temperature for vaccines."""
        return not self.low <= temperature <= self.high

    def turn_at(self, at: datetime) -> Turn:
        """The turn that a reading of that moment counts for."""
        return [one for one in self.turns if one.from_hour <= at.hour][-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class FridgeDraft:
    """What is said of a fridge. `kept_from` and `ended_on`: the first and the last day on which it is read."""

    name: str = ""
    place: str = ""
    kind: FridgeKind = FridgeKind.FRIDGE
    kept_from: date | None = None
    ended_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fridge(FridgeDraft):
    """One in the register."""

    id: UUID

    def kept_on(self, day: date) -> bool:
        """Whether it was in use on that day."""
        begun = self.kept_from is None or self.kept_from <= day
        return begun and (self.ended_on is None or day <= self.ended_on)


@dataclass(frozen=True, slots=True)
class LotInside:
    """A lot as it lay inside: what it was and how many doses, copied from the store at that moment."""

    lot_id: UUID
    item: str
    number: str
    expiry: date | None
    doses: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingDraft:
    """What the thermometer said. Outside the bounds also: since when (`since`, None: nobody knows), what was done, and
    which lots were inside (`lots`; None: every lot of vaccine that the store had then)."""

    fridge_id: UUID
    at: datetime | None = None
    temperature: int | None = None
    since: datetime | None = None
    action: str = ""
    lots: tuple[UUID, ...] | None = None
    power_cut: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One in the register. `outside` by the rule of its day."""

    id: UUID
    fridge_id: UUID
    at: datetime
    temperature: int
    outside: bool
    since: datetime | None = None
    action: str = ""
    lots: tuple[LotInside, ...] = ()
    power_cut: bool = False
    note: str = ""
    by_name: str = ""
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What was decided of one lot after a reading; `doses` left the store."""

    id: UUID
    reading_id: UUID
    lot_id: UUID
    fate: Fate
    doses: int
    reason: str
    at: datetime
    by_name: str = ""


@dataclass(frozen=True, slots=True)
class Excursion:
    """Readings outside the bounds one after another, the good one before them and the good one after."""

    readings: tuple[Reading, ...]
    before: Reading | None
    after: Reading | None

    @property
    def began(self) -> datetime:
        """The first moment at which it can have begun."""
        first = self.readings[0]
        return first.since or (self.before.at if self.before else first.at)

    @property
    def worst(self) -> Reading:
        """The coldest of those that were too cold, else the warmest: frozen vaccine is lost at once."""
        coldest = min(self.readings, key=lambda one: one.temperature)
        return coldest if coldest.temperature < 0 else max(self.readings, key=lambda one: one.temperature)

    def least(self) -> timedelta:
        """For how long it was outside for certain."""
        first = self.readings[0]
        return self.readings[-1].at - (first.since or first.at)

    def most(self, now: datetime) -> timedelta:
        """For how long it can have been, until `now` when nobody has read anything good since."""
        return (self.after.at if self.after else max(now, self.readings[-1].at)) - self.began


@dataclass(frozen=True, slots=True)
class Gap:
    """A turn at which nobody read the thermometer; `late` once its hour is over."""

    fridge_id: UUID
    day: date
    turn: Turn
    late: bool


@dataclass(frozen=True, slots=True)
class LotWaiting:
    """A lot that was outside at `readings` of which nobody has decided, the oldest first; as it lay at the last."""

    readings: tuple[Reading, ...]
    lot: LotInside

    @property
    def reading(self) -> Reading:
        """The last one that it was outside at."""
        return self.readings[-1]


def excursions(readings: Iterable[Reading]) -> list[Excursion]:
    """Those of one fridge, the oldest first."""
    found: list[Excursion] = []
    good: Reading | None = None
    bad: list[Reading] = []
    for one in sorted(readings, key=lambda one: (one.at, one.id)):
        if one.outside:
            bad.append(one)
            continue
        if bad:
            found.append(Excursion(tuple(bad), good, one))
            bad = []
        good = one
    return [*found, Excursion(tuple(bad), good, None)] if bad else found


def gaps(
    fridge: Fridge, rules: Sequence[ColdChainRule], readings: Iterable[Reading], first: date, last: date, now: datetime
) -> list[Gap]:
    """The turns from `first` to `last`, both inclusive, that began until `now` and have no reading, the oldest first.

    On the day on which a fridge was taken into use only the turn that runs is asked for.
    """
    if fridge.kind is not FridgeKind.FRIDGE:
        return []
    read = {(one.at.date(), cold_rule_on(rules, one.at.date()).turn_at(one.at).code) for one in readings}
    found = []
    day, last = first, min(last, now.date())
    while day <= last:
        rule = cold_rule_on(rules, day)
        for turn in rule.turns if fridge.kept_on(day) else ():
            begins, due = _moment(day, turn.from_hour), _moment(day, turn.by_hour)
            new = day == fridge.kept_from and turn != (rule.turn_at(now) if day == now.date() else None)
            if begins <= now and not new and (day, turn.code) not in read:
                found.append(Gap(fridge.id, day, turn, late=due <= now))
        day += timedelta(days=1)
    return found


def _moment(day: date, hour: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(hours=hour)


def lots_waiting(outside: Iterable[Reading], verdicts: Collection[Verdict]) -> list[LotWaiting]:
    """The lots that were outside at a reading that nobody has decided of, the longest waiting first.

    A reading that is written late, or comes from another copy of the register, makes its lots wait, whatever was
    decided after readings that were known before.
    """
    decided = {(one.reading_id, one.lot_id) for one in verdicts}
    found: dict[UUID, LotWaiting] = {}
    for one in sorted((one for one in outside if one.outside), key=lambda one: (one.at, one.id)):
        for lot in one.lots:
            if (one.id, lot.lot_id) not in decided:
                before = found[lot.lot_id].readings if lot.lot_id in found else ()
                found[lot.lot_id] = LotWaiting((*before, one), lot)
    return sorted(found.values(), key=lambda one: (one.reading.at, one.lot.item, one.lot.number))


def check_fridge(draft: FridgeDraft, others: Iterable[Fridge], today: date) -> list[Problem]:
    """What is wrong with a tidied draft; `others`: those in use."""
    found = [] if draft.name else [Problem("name", "cold_chain.name_missing")]
    if draft.name and draft.ended_on is None and draft.name.casefold() in {one.name.casefold() for one in others}:
        found.append(Problem("name", "cold_chain.name_taken", {"name": draft.name}))
    if draft.kept_from is None:
        found.append(Problem("kept_from", "cold_chain.day_missing"))
    elif not date(FIRST_YEAR, 1, 1) <= draft.kept_from <= today:
        found.append(Problem("kept_from", "cold_chain.day_future"))
    elif draft.ended_on is not None and not draft.kept_from <= draft.ended_on <= today:
        found.append(Problem("ended_on", "cold_chain.end_day", {"day": f"{draft.kept_from:%d/%m/%Y}"}))
    for field in ("name", "place"):
        found += too_long(field, getattr(draft, field), NAME_LIMIT)
    return found + too_long("note", draft.note, TEXT_LIMIT)


def check_reading(draft: ReadingDraft, rule: ColdChainRule, near: Collection[Reading], now: datetime) -> list[Problem]:
    """What cannot be (errors), what is asked back (warnings). `near`: the fridge's other readings."""
    found: list[Problem] = []
    if draft.temperature is None:
        found.append(Problem("temperature", "cold_chain.temperature_missing"))
    elif not LEAST <= draft.temperature <= MOST:
        found.append(Problem("temperature", "cold_chain.temperature", {"low": "-40", "high": "50"}))
    if draft.at is None:
        found.append(Problem("at", "cold_chain.time_missing"))
    elif draft.at > now + timedelta(minutes=1):
        found.append(Problem("at", "cold_chain.future"))
    elif draft.at.year < FIRST_YEAR:
        found.append(Problem("at", "cold_chain.long_ago", {"year": f"{FIRST_YEAR}"}))
    elif any(one.at.replace(second=0) == draft.at.replace(second=0) for one in near):
        found.append(Problem("at", "cold_chain.same_minute", {"at": f"{draft.at:%H:%M %d/%m/%Y}"}, "warning"))
    for field in ("action", "note"):
        found += too_long(field, getattr(draft, field), TEXT_LIMIT)
    if draft.temperature is not None and rule.outside(draft.temperature):
        found += _check_alarm(draft, near)
    return found


def _check_alarm(draft: ReadingDraft, near: Collection[Reading]) -> list[Problem]:
    """Outside the bounds somebody says what was done; since when, if they know it."""
    found = [] if draft.action else [Problem("action", "cold_chain.action_missing")]
    if draft.since is None or draft.at is None:
        return found
    if draft.since > draft.at:
        return [*found, Problem("since", "cold_chain.since_late", {"at": f"{draft.at:%H:%M %d/%m/%Y}"})]
    good = [one for one in near if not one.outside and draft.since < one.at < draft.at]
    if good:
        last = max(good, key=lambda one: one.at)
        params = {"at": f"{last.at:%H:%M %d/%m/%Y}", "temperature": degrees(last.temperature)}
        found.append(Problem("since", "cold_chain.since_early", params, "warning"))
    return found


def degrees(tenths: int) -> str:
    """`5,2` of 52; `-0,5` of -5."""
    sign = "-" if tenths < 0 else ""
    return f"{sign}{abs(tenths) // 10},{abs(tenths) % 10}"


def read_cold_rule(table: dict[str, Any]) -> ColdChainRule:
    """One rule from its table. Raises RuleError, which names the field."""
    row = Table(table, "cold_chain")
    dated = row.dated()
    low, high = _tenths(row, "coldest"), _tenths(row, "warmest")
    if not LEAST <= low < high <= MOST:
        raise row.trouble("warmest")
    turns = tuple(map(_turn, row.plain_tables("turns")))
    row.close()
    hours = [one.from_hour for one in turns]
    if not 0 < len(turns) <= _MOST_TURNS or hours[0] != 0 or hours != sorted(set(hours)):
        raise row.trouble("turns")
    ends = [*hours[1:], 24]
    if any(one.by_hour > end for one, end in zip(turns, ends, strict=True)):
        raise row.trouble("turns")
    if len({one.code for one in turns}) < len(turns):
        raise row.trouble("turns")
    return ColdChainRule(**dated, low=low, high=high, turns=turns)


def _tenths(row: Table, name: str) -> int:
    value = row.number(name)
    if not value.is_integer():
        raise row.trouble(name)
    return int(value)


def _turn(row: Table) -> Turn:
    made = Turn(row.text("code"), row.text("label"), row.count("from_hour"), row.count("by_hour"))
    row.close()
    if not made.from_hour < made.by_hour <= 24:
        raise row.trouble("by_hour")
    if max(len(made.code), len(made.label)) > NAME_LIMIT:
        raise row.trouble("label")
    return made


def parse_cold_rules(text: str) -> tuple[ColdChainRule, ...]:
    """The rules of the file. Raises RuleError."""
    return tuple(map(read_cold_rule, rule_tables(text)))


def cold_rule_on(rules: Iterable[ColdChainRule], day: date) -> ColdChainRule:
    """The one in force on that day; the oldest for a day before all of them. Raises RuleError when there are none."""
    known = sorted(rules, key=lambda one: one.valid_from)
    return known[0] if known and day < known[0].valid_from else rule_on(known, day)
