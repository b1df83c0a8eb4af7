"""The dated schedules of vaccination against COVID-19, as `resources/rules/vaccine_schedule.toml` says them.

Days are days after the dose before; months are calendar months, ages full months.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

from covidstation.domain.bands import OLDEST, Band
from covidstation.domain.rule_sets import Dated, Family, RuleError, rule_tables
from covidstation.domain.rule_tables import Table
from covidstation.domain.vaccination.doses import DoseClass
from covidstation.domain.vaccination.products import FromAge, Products, products_on

MOST_DAYS: Final = 730
MOST_MONTHS: Final = 60
MOST_NUMBER: Final = 9
ILL_AGAIN_DAYS: Final = 14  # where a station's own rule says nothing
PREGNANT_AGAIN_DAYS: Final = 28
NO_AGE: Final = OLDEST + 1  # nobody has so many months


@dataclass(frozen=True, slots=True)
class Switch:
    """To one of these vaccines it takes longer than an interval says."""

    vaccines: tuple[str, ...]
    after_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Between two doses of the basic course, by the vaccine of the earlier one; no `vaccines`: any other.

    `until_days`: the last day in time. Below `counts_from_days` the later one does not count. `then`: what may follow,
    nothing for the same again.
    """

    vaccines: tuple[str, ...]
    after_days: int
    until_days: int | None
    counts_from_days: int
    then: tuple[str, ...]
    switches: tuple[Switch, ...] = ()

    def days_to(self, product: str) -> int:
        """After how many days that vaccine may follow."""
        return next((one.after_days for one in self.switches if product in one.vaccines), self.after_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """A dose after the basic course, so long after the last one. `same_too`: after a basic course of one vaccine that
    one, too. An ADDITIONAL one is for whoever had nothing but `after_vaccines` as the basic course, or has one of the
    `conditions`; a BOOSTER that names `conditions` or `groups` is for whoever has one of these or was said to belong to
    one of those, another one is for everybody.
    """

    dose_class: DoseClass
    number: int
    offered_from: date
    after_months: int
    after_days: int
    until_days: int | None
    infection_months: int
    vaccines: tuple[str, ...]
    same_too: bool
    after_vaccines: frozenset[str]
    conditions: frozenset[str]
    groups: frozenset[str] = frozenset()

    def is_for(self, vaccines: Iterable[str], conditions: frozenset[str], group: str = "") -> bool:
        """Whether somebody with that basic course and these diseases, of that group, gets it."""
        if self.dose_class is not DoseClass.ADDITIONAL:
            some = self.conditions or self.groups
            return not some or group in self.groups or not self.conditions.isdisjoint(conditions)
        known = frozenset(vaccines)
        return (bool(known) and known <= self.after_vaccines) or not self.conditions.isdisjoint(conditions)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeBand:
    """What one age is given. `same`: no mixing within the basic course; `vaccines`: none for any that fits the age."""

    label: str
    ages: Band
    offered_from: date
    vaccines: tuple[str, ...]
    same: bool
    infection_months: int
    further: tuple[Further, ...]


@dataclass(frozen=True, kw_only=True)
class ScheduleRule(Dated):
    """The schedule of one time, its bands from the youngest on. Days until somebody looks again: after an illness began
    that goes on, and from one time to the next while a pregnancy leaves no vaccine."""

    late_days: int
    ill_again_days: int
    pregnant_again_days: int
    grace_days: int
    not_pregnant: frozenset[str]
    intervals: tuple[Interval, ...]
    bands: tuple[AgeBand, ...]

    def interval(self, product: str) -> Interval:
        """The line for that vaccine; the last one for an unknown one."""
        return self._by_product.get(product, self.intervals[-1])

    @property
    def named_codes(self) -> Mapping[Family, frozenset[str]]:
        """Vaccines, diseases and groups: with a slip in one, others are due."""
        further = [one for band in self.bands for one in band.further]
        vaccines: set[str] = set(self.not_pregnant)
        for line in self.intervals:
            vaccines.update(line.vaccines, line.then, *(one.vaccines for one in line.switches))
        vaccines.update(*(band.vaccines for band in self.bands))
        vaccines.update(*(one.vaccines for one in further), *(one.after_vaccines for one in further))
        return {
            Family.VACCINES: frozenset(vaccines),
            Family.CONDITIONS: frozenset(code for one in further for code in one.conditions),
            Family.PRIORITY: frozenset(code for one in further for code in one.groups),
        }

    def asked_again(self, first: date, on: date) -> date:
        """The first day from `on` at which a pregnancy is asked about again, since the dose could be given."""
        return first + timedelta(
            days=max(0, -((first - on).days // self.pregnant_again_days)) * self.pregnant_again_days
        )

    @cached_property
    def additional(self) -> tuple[Further, ...]:
        """The additional doses of any age."""
        return tuple(one for band in self.bands for one in band.further if one.dose_class is DoseClass.ADDITIONAL)

    @cached_property
    def _by_product(self) -> dict[str, Interval]:
        return {product: one for one in self.intervals for product in one.vaccines}


@dataclass(frozen=True)
class Schedule:
    """All schedules and all lists of vaccines: a dose is judged by the rule of its own day."""

    rules: tuple[ScheduleRule, ...]
    products: tuple[Products, ...]

    @classmethod
    def of(cls, rules: Iterable[ScheduleRule], products: Iterable[Products]) -> Schedule:
        """Raises RuleError when there are none."""
        made = cls(
            tuple(sorted(rules, key=lambda one: one.valid_from)),
            tuple(sorted(products, key=lambda one: one.valid_from)),
        )
        if not made.rules or not made.products:
            raise RuleError("vaccine_schedule")
        return made

    def on(self, day: date) -> ScheduleRule:
        """The one in force on that day; the oldest for a day before all of them, the last one for a gap."""
        return next((one for one in reversed(self.rules) if one.valid_from <= day), self.rules[0])

    def products_on(self, day: date) -> Products:
        """The vaccines of that day."""
        return products_on(self.products, day)

    def bars_all(self, barred: str) -> bool:
        """Whether who must not have that vaccine must have none: nobody knows which it is. One that the list of the day
        no longer has is known by another list, or by a rule that names it."""
        return barred not in self._codes

    def akin(self, code: str) -> frozenset[str]:
        """The codes under which any list says that vaccine is sold, its own among them."""
        return frozenset({code}.union(*(shelf.akin(code) for shelf in self.products)))

    def shared(self, code: str, other: str) -> frozenset[str]:
        """The components that both vaccines have, each as any list has it."""
        return self._components(code) & self._components(other)

    def name(self, code: str) -> str:
        """What people call it, by the newest list that has it; else the code."""
        return next((shelf.name(code) for shelf in reversed(self.products) if shelf.product(code)), code)

    def barred_names(self, codes: Iterable[str]) -> tuple[str, ...]:
        """What people call these vaccines: each as it was said, and under every other name that it is given here by."""
        here = {one.code for shelf in self.products for one in shelf.here}
        found = (one for code in codes for one in (code, *sorted(self.akin(code) & here - {code})))
        return tuple(dict.fromkeys(map(self.name, found)))

    def _components(self, code: str) -> frozenset[str]:
        found = (shelf.product(code) for shelf in self.products)
        return frozenset[str]().union(*(one.components for one in found if one is not None))

    @cached_property
    def _codes(self) -> frozenset[str]:
        """The vaccines that some list has, or some rule names."""
        listed = {one.code for shelf in self.products for one in shelf.products}
        return frozenset(listed.union(*(rule.named_codes[Family.VACCINES] for rule in self.rules)))

    def here(self, shelf_of: date, day: date) -> Mapping[str, int]:
        """The vaccines given in Việt Nam by the list of one day, and from which age in months on another; one that came
        later fits no age."""
        shelf = self.products_on(shelf_of)
        held = self._here.get((shelf.id, day))
        if held is None:
            held = self._here[shelf.id, day] = {
                one.code: (one.least_months(day) or 0) if one.given_on(day) else NO_AGE for one in shelf.here
            }
        return held

    @cached_property
    def _here(self) -> dict[tuple[str, date], Mapping[str, int]]:
        return {}

    @cached_property
    def ages(self) -> tuple[int, ...]:
        """Every age in months at which some rule's band, or a vaccine, begins or ends."""
        bands = [band.ages for rule in self.rules for band in rule.bands]
        vaccines = {age.months_from for age in self._vaccine_ages}
        ends = {months for one in bands for months in (one.first or 0, one.end) if months is not None}
        return tuple(sorted(ends | vaccines))

    @cached_property
    def days(self) -> tuple[date, ...]:
        """Every day on which some rule, or part of one, begins, or a vaccine is first given at some age."""
        bands = [band for rule in self.rules for band in rule.bands]
        parts = {band.offered_from for band in bands} | {one.offered_from for band in bands for one in band.further}
        return tuple(
            sorted(
                parts
                | {rule.valid_from for rule in self.rules}
                | {one.valid_from for one in self.products}
                | {one.since for one in self._vaccine_ages}
            )
        )

    @cached_property
    def _vaccine_ages(self) -> tuple[FromAge, ...]:
        return tuple(age for shelf in self.products for one in shelf.products for age in one.ages)

    @cached_property
    def groups(self) -> frozenset[str]:
        """The groups to which some dose is given; another one changes no answer."""
        further = (one for rule in self.rules for band in rule.bands for one in band.further)
        return frozenset(group for one in further for group in one.groups)

    @cached_property
    def first_day(self) -> date:
        """Nobody was vaccinated before: what lies earlier changes no answer."""
        return min(band.offered_from for rule in self.rules for band in rule.bands)


def read_schedule_rule(table: dict[str, Any]) -> ScheduleRule:
    """One rule from its table. Raises RuleError, which names the field."""
    row = Table(table, "vaccine_schedule")
    found = ScheduleRule(
        **row.dated(),
        late_days=row.count("late_days"),
        ill_again_days=row.count("ill_again_days", ILL_AGAIN_DAYS),
        pregnant_again_days=row.count("pregnant_again_days", PREGNANT_AGAIN_DAYS),
        grace_days=row.count("grace_days"),
        not_pregnant=frozenset(row.texts("not_pregnant", [])),
        intervals=tuple(map(_interval, row.plain_tables("intervals"))),
        bands=tuple(sorted(map(_band, row.plain_tables("bands")), key=lambda one: one.ages.first or 0)),
    )
    row.count("pregnant_weeks", 0)  # of a kept version: the screening sheet has the weeks, nothing asked for these
    row.close()
    for name in ("late_days", "ill_again_days", "pregnant_again_days"):
        if not 0 < getattr(found, name) <= MOST_DAYS:
            raise row.trouble(name)
    _check_intervals(row, found.intervals)
    _check_bands(row, found.bands)
    return found


def _check_intervals(row: Table, intervals: Sequence[Interval]) -> None:
    named = [product for one in intervals for product in one.vaccines]
    others = [one for one in intervals if not one.vaccines]
    if len(others) != 1 or others[0] is not intervals[-1] or len(set(named)) < len(named):
        raise row.trouble("intervals")


def _check_bands(row: Table, bands: Sequence[AgeBand]) -> None:
    """None over another, the youngest first."""
    over = any(young.ages.end is None or young.ages.end > (old.ages.first or 0) for young, old in pairwise(bands))
    if not bands or over:
        raise row.trouble("bands")


def _interval(row: Table) -> Interval:
    made = Interval(
        vaccines=tuple(row.texts("vaccines", [])),
        after_days=row.count("after_days"),
        until_days=row.optional_count("until_days"),
        counts_from_days=row.count("counts_from_days", 0),
        then=tuple(row.texts("then", [])),
        switches=tuple(map(_switch, row.plain_tables("switches"))),
    )
    row.close()
    if any(not made.after_days < one.after_days <= MOST_DAYS for one in made.switches):
        raise row.trouble("switches")
    if not 0 < made.after_days <= MOST_DAYS or made.counts_from_days > made.after_days:
        raise row.trouble("after_days")
    if made.until_days is not None and not made.after_days <= made.until_days <= MOST_DAYS:
        raise row.trouble("until_days")
    return made


def _switch(row: Table) -> Switch:
    made = Switch(tuple(row.texts("vaccines")), row.count("after_days"))
    row.close()
    return made


def _band(row: Table) -> AgeBand:
    made = AgeBand(
        label=row.text("label"),
        ages=row.band(),
        offered_from=row.day("offered_from"),
        vaccines=tuple(row.texts("vaccines", [])),
        same=row.flag("same", False),
        infection_months=row.count("infection_months", 0),
        further=tuple(map(_further, row.plain_tables("further"))),
    )
    row.close()
    if made.infection_months > MOST_MONTHS:
        raise row.trouble("infection_months")
    return made


def _further(row: Table) -> Further:
    made = Further(
        dose_class=row.member("dose_class", DoseClass),
        number=row.count("number", 1),
        offered_from=row.day("offered_from"),
        after_months=row.count("after_months", 0),
        after_days=row.count("after_days", 0),
        until_days=row.optional_count("until_days"),
        infection_months=row.count("infection_months", 0),
        vaccines=tuple(row.texts("vaccines", [])),
        same_too=row.flag("same_too", False),
        after_vaccines=frozenset(row.texts("after_vaccines", [])),
        conditions=frozenset(row.texts("conditions", [])),
        groups=frozenset(row.texts("groups", [])),
    )
    row.close()
    if made.dose_class not in (DoseClass.ADDITIONAL, DoseClass.BOOSTER):
        raise row.trouble("dose_class")
    if not 0 < made.number <= MOST_NUMBER:
        raise row.trouble("number")
    one_of_both = (made.after_months > 0) != (made.after_days > 0)
    if not one_of_both or made.after_months > MOST_MONTHS or made.after_days > MOST_DAYS:
        raise row.trouble("after_months")
    if made.until_days is not None and not made.after_days <= made.until_days <= MOST_DAYS:
        raise row.trouble("until_days")
    return made


def parse_schedule_rules(text: str) -> tuple[ScheduleRule, ...]:
    """Read the TOML of the rules. Raises RuleError."""
    return tuple(map(read_schedule_rule, rule_tables(text)))
