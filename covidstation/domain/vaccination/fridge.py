"""Fridges that vaccines are kept in: what the thermometer said, for how long it was outside, which lots were inside.

Temperatures are tenths of a degree Celsius, times the station's wall clock. The bounds and the turns of a day are dated
data (`cold_rules`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from covidstation.domain.problems import Problem, too_long
from covidstation.domain.text import NAME_LIMIT, TEXT_LIMIT
from covidstation.domain.vaccination.cold_rules import LEAST, MOST, ColdChainRule, FridgeKind, Turn, cold_rule_on

FIRST_YEAR: Final = 2000


class Fate(StrEnum):
    """What was decided of a lot that was outside the bounds; an unknown word reads as kept."""

    ASIDE = "ASIDE"
    KEPT = "KEPT"

    @classmethod
    def _missing_(cls, value: object) -> Fate:
        return cls.KEPT


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

    def worst(self, rules: Sequence[ColdChainRule]) -> Reading:
        """The farthest from the bounds of its own rule, the first of several. `rules` with the fridge's bounds."""
        return max(self.readings, key=lambda one: rule_of(rules, one).beyond(one.temperature))

    def frozen(self, rules: Sequence[ColdChainRule]) -> Reading | None:
        """The coldest at which vaccine froze that must not; None when that never was."""
        cold = [one for one in self.readings if rule_of(rules, one).frozen(one.temperature)]
        return min(cold, key=lambda one: one.temperature, default=None)

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


def rule_of(rules: Sequence[ColdChainRule], reading: Reading) -> ColdChainRule:
    """The rule by which it was judged; where the station has it no more, that of its day."""
    known = next((one for one in rules if one.id == reading.rule), None)
    return known or cold_rule_on(rules, reading.at.date())


def stretches(
    rules: Sequence[ColdChainRule], readings: Sequence[Reading]
) -> list[tuple[datetime, datetime, ColdChainRule]]:
    """The rules by which readings (the oldest first) were judged, each with the time for which its bounds are shown:
    from the first of them to the last, and to the middle between two that have other bounds."""
    found: list[tuple[datetime, datetime, ColdChainRule]] = []
    for one in readings:
        rule = rule_of(rules, one)
        if found and (found[-1][2].low, found[-1][2].high) == (rule.low, rule.high):
            found[-1] = (found[-1][0], one.at, found[-1][2])
            continue
        first = one.at
        if found:
            begun, ended, before = found[-1]
            first = ended + (one.at - ended) / 2
            found[-1] = (begun, first, before)
        found.append((first, one.at, rule))
    return found


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


def began(earlier: Iterable[Reading], at: datetime, since: datetime | None) -> datetime:
    """The first moment at which a fridge that is outside at `at` can have been so: `since`, if somebody knows it; else
    what the book says of the time outside that runs then. `earlier`: what was read before, back to the last good one.
    """
    if since is not None:
        return since
    before = sorted(earlier, key=lambda one: (one.at, one.id))
    runs = excursions(before)[-1:] if before and before[-1].outside else []
    return runs[0].began if runs else before[-1].at if before else at


def gaps(
    fridge: Fridge, rules: Sequence[ColdChainRule], readings: Iterable[Reading], first: date, last: date, now: datetime
) -> list[Gap]:
    """The turns from `first` to `last`, both inclusive, that began until `now` and have no reading, the oldest first.

    On the day on which a fridge was taken into use only the turn that runs is asked for.
    """
    if not fridge.kind.daily:
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


def check_fridge(
    draft: FridgeDraft,
    others: Collection[Fridge],
    today: date,
    lots: int = 0,
    *,
    used: bool = True,
    read_as: FridgeKind | None = None,
) -> list[Problem]:
    """What is wrong with a tidied draft; `others`: those in use. `lots` of vaccine in the store are asked about when
    the last fridge ends that was `used`. `read_as`: the kind by which readings of it were judged, which stays."""
    found = [] if draft.name else [Problem("name", "cold_chain.name_missing")]
    if read_as is not None and draft.kind is not read_as:
        found.append(Problem("kind", "cold_chain.kind_read"))
    if draft.name and draft.ended_on is None and draft.name.casefold() in {one.name.casefold() for one in others}:
        found.append(Problem("name", "cold_chain.name_taken", {"name": draft.name}))
    if draft.kept_from is None:
        found.append(Problem("kept_from", "cold_chain.day_missing"))
    elif not date(FIRST_YEAR, 1, 1) <= draft.kept_from <= today:
        found.append(Problem("kept_from", "cold_chain.day_future"))
    elif draft.ended_on is not None and not draft.kept_from <= draft.ended_on <= today:
        found.append(Problem("ended_on", "cold_chain.end_day", {"day": f"{draft.kept_from:%d/%m/%Y}"}))
    if used and lots and draft.ended_on is not None and draft.kind.daily and not any(o.kind.daily for o in others):
        found.append(Problem("ended_on", "cold_chain.lots_left", {"n": f"{lots}"}, "warning"))
    for field in ("name", "place"):
        found += too_long(field, getattr(draft, field), NAME_LIMIT)
    return found + too_long("note", draft.note, TEXT_LIMIT)


def check_reading(draft: ReadingDraft, rule: ColdChainRule, near: Collection[Reading], now: datetime) -> list[Problem]:
    """What cannot be (errors), what is asked back (warnings). `near`: the fridge's other readings, those ahead of the
    clock among them; `rule` with the bounds of the fridge."""
    found = [*_check_temperature(draft.temperature, rule), *_check_hour(draft.at, near, now)]
    for field in ("action", "note"):
        found += too_long(field, getattr(draft, field), TEXT_LIMIT)
    if draft.temperature is not None and rule.outside(draft.temperature):
        found += _check_alarm(draft, near)
    return found


def check_kept(fridge: Fridge, day: date) -> list[Problem]:
    """A reading of a day on which the fridge was not in use is asked back: it may be of another one."""
    if fridge.kept_on(day):
        return []
    if fridge.ended_on is not None and day > fridge.ended_on:
        return [Problem("at", "cold_chain.after_end", {"day": f"{fridge.ended_on:%d/%m/%Y}"}, "warning")]
    return [Problem("at", "cold_chain.before_use", {"day": f"{fridge.kept_from:%d/%m/%Y}"}, "warning")]


def _check_temperature(said: int | None, rule: ColdChainRule) -> list[Problem]:
    if said is None:
        return [Problem("temperature", "cold_chain.temperature_missing")]
    if not LEAST <= said <= MOST:
        return [Problem("temperature", "cold_chain.temperature", temperature_span())]
    if rule.slipped(said):
        params = {"said": degrees(said), "meant": degrees(said // 10)}
        return [Problem("temperature", "cold_chain.comma", params, "warning")]
    return []


def _check_hour(at: datetime | None, near: Collection[Reading], now: datetime) -> list[Problem]:
    if at is None:
        return [Problem("at", "cold_chain.time_missing")]
    soon = now + timedelta(minutes=1)
    if at > soon:
        return [Problem("at", "cold_chain.future")]
    if at.year < FIRST_YEAR:
        return [Problem("at", "cold_chain.long_ago", {"year": f"{FIRST_YEAR}"})]
    if any(one.at.replace(second=0) == at.replace(second=0) for one in near):
        return [Problem("at", "cold_chain.same_minute", {"at": f"{at:%H:%M %d/%m/%Y}"}, "warning")]
    ahead = max((one.at for one in near if one.at > soon), default=None)
    return [Problem("at", "cold_chain.clock", {"at": f"{ahead:%H:%M %d/%m/%Y}"}, "warning")] if ahead else []


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


def temperature_span() -> dict[str, str]:
    """What can be read, in the words of `cold_chain.temperature`."""
    return {"low": f"{LEAST // 10}", "high": f"{MOST // 10}"}


def degrees(tenths: int) -> str:
    """`5,2` of 52; `-0,5` of -5."""
    sign = "-" if tenths < 0 else ""
    return f"{sign}{abs(tenths) // 10},{abs(tenths) % 10}"
