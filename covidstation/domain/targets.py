"""Whether somebody's disease is under control: what was measured against the dated rule, or against their own targets.

A rule names for each measure the first target that fits by age. Which measures tell of which disease stands in the
list of chronic conditions. The sentence says what was held against what, and is kept with the visit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from covidstation.domain.bands import OLDEST, Band
from covidstation.domain.chronic import OwnTargets
from covidstation.domain.dates import PartialDate, months_possible
from covidstation.domain.glucose import GlucoseKind, GlucoseUnit, glucose_number
from covidstation.domain.rule_sets import Dated, rule_on, rule_tables
from covidstation.domain.rule_tables import Table

LONGEST: Final = 366  # days until the next visit


class Result(StrEnum):
    """How a visit stands against the targets."""

    UNKNOWN = "UNKNOWN"  # not enough was measured
    CONTROLLED = "CONTROLLED"
    NOT = "NOT"


class Measure(StrEnum):
    """What a target speaks of."""

    PRESSURE = "pressure"
    GLUCOSE = "glucose"  # fasting, or two hours after a meal
    HBA1C = "hba1c"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One measure's target for one band of ages. Pressures in mmHg and HbA1c in tenths of a percent stay below;
    fasting glucose lies from `fasting_from` to `fasting_to`, glucose after meals below, in hundredths of mmol/L."""

    measure: Measure
    band: Band
    systolic_below: int = 0
    diastolic_below: int = 0
    fasting_from: int = 0
    fasting_to: int = 0
    two_hours_below: int = 0
    hba1c_below: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetRule(Dated):
    """What is aimed at in one time. Days: until the next visit when nothing else is said; of glucose and HbA1c how long
    a value still tells; overdue for longer than `long_days` is late, longer than `lost_days` lost."""

    next_days: int
    glucose_days: int
    hba1c_days: int
    long_days: int
    lost_days: int
    targets: tuple[Target, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What is known on the day of a visit. `..._on` is the day of a value that an earlier visit measured."""

    systolic: int | None = None
    diastolic: int | None = None
    glucose: int | None = None
    glucose_kind: GlucoseKind = GlucoseKind.FASTING
    glucose_unit: GlucoseUnit = GlucoseUnit.MMOL
    glucose_on: date | None = None
    hba1c: int | None = None
    hba1c_on: date | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """The result with its sentence and the rule's id; `raised`: a pressure that is too high, and no disease says so."""

    result: Result
    sentence: str
    rule: str
    raised: bool = False


def judge_control(
    rule: TargetRule,
    measured: Measured,
    *,
    needed: Iterable[frozenset[Measure]],
    own: OwnTargets,
    birth: PartialDate | None,
    day: date,
) -> Judged:
    """Hold a visit against its targets. `needed`: of each followed disease the measures of which one must be known.

    A pressure above the target is said of everybody; it decides only for those whose disease asks for it."""
    followed = list(needed)
    wanted = [one for one in followed if one]
    each = ((name, _told(name, rule, measured, own, birth, day)) for name in Measure)
    spoken = {name: said for name, said in each if said is not None}
    told = [said for name, said in spoken.items() if any(name in one for one in wanted)]
    high = _raised(rule, measured, wanted, own, birth, day)
    sentence = " · ".join((*(words for _met, words in told), *high))
    if any(not met for met, _one in told):
        return Judged(Result.NOT, sentence, rule.id, bool(high))
    if wanted and all(one & spoken.keys() for one in wanted):
        return Judged(Result.CONTROLLED, sentence, rule.id, bool(high))
    lacking = sorted({_NAMES[min(one)] for one in wanted if not one & spoken.keys()})
    nothing = "Chưa có đích bằng số cho bệnh này" if followed else ""
    lack = f"Chưa có {', '.join(lacking)} để kết luận" if lacking else nothing
    return Judged(Result.UNKNOWN, " · ".join(filter(None, (sentence, lack))), rule.id, bool(high))


_NAMES: Final[Mapping[Measure, str]] = {
    Measure.PRESSURE: "huyết áp", Measure.GLUCOSE: "đường huyết", Measure.HBA1C: "HbA1c",
}  # fmt: skip


def target_of(rule: TargetRule, measure: Measure, birth: PartialDate | None, day: date) -> Target | None:
    """The first of the rule that is sure to fit; for an unknown age the one that holds for most: the first."""
    months = months_possible(birth, day, OLDEST)
    fitting = [one for one in rule.targets if one.measure is measure]
    return next((one for one in fitting if one.band.holds(months)), fitting[0] if fitting else None)


def _told(
    name: Measure, rule: TargetRule, measured: Measured, own: OwnTargets, birth: PartialDate | None, day: date
) -> tuple[bool, str] | None:
    """Whether a measure is within its target, and the words for it; None when it tells nothing."""
    target = target_of(rule, name, birth, day)
    if target is None:
        return None
    if name is Measure.PRESSURE:
        return _pressure(target, measured, own)
    return _glucose(target, measured, own) if name is Measure.GLUCOSE else _hba1c(target, measured, own)


def _pressure(target: Target, measured: Measured, own: OwnTargets) -> tuple[bool, str] | None:
    high, low = measured.systolic, measured.diastolic
    if high is None or low is None:
        return None
    most_high, most_low = own.systolic or target.systolic_below, own.diastolic or target.diastolic_below
    met = high < most_high and low < most_low
    return met, _words(met, f"Huyết áp {high}/{low}", f"dưới {most_high}/{most_low}")


def _raised(
    rule: TargetRule,
    measured: Measured,
    wanted: Sequence[frozenset[Measure]],
    own: OwnTargets,
    birth: PartialDate | None,
    day: date,
) -> tuple[str, ...]:
    """A pressure that nobody follows yet and that is too high: the first sign of a disease that is not written."""
    target = target_of(rule, Measure.PRESSURE, birth, day)
    said = None if target is None else _pressure(target, measured, own)
    if target is None or said is None or said[0] or any(Measure.PRESSURE in one for one in wanted):
        return ()
    most = f"{own.systolic or target.systolic_below}/{own.diastolic or target.diastolic_below}"
    return (f"Huyết áp {measured.systolic}/{measured.diastolic} cao (từ {most}): đo lại, nghĩ đến tăng huyết áp",)


def _glucose(target: Target, measured: Measured, own: OwnTargets) -> tuple[bool, str] | None:
    value, unit = measured.glucose, measured.glucose_unit
    if value is None or measured.glucose_kind is GlucoseKind.RANDOM:
        return None
    on = _on(measured.glucose_on)
    if measured.glucose_kind is GlucoseKind.TWO_HOURS:
        most = target.two_hours_below
        met = value < most
        told, aim = f"Đường huyết 2 giờ sau ăn {glucose_number(value, unit)}{on}", f"dưới {glucose_number(most, unit)}"
        return met, _words(met, told, f"{aim}\u00a0{unit.value}")
    told = f"Đường huyết lúc đói {glucose_number(value, unit)}{on}"
    if own.fasting is not None:
        met = value < own.fasting
        return met, _words(met, told, f"dưới {glucose_number(own.fasting, unit)}\u00a0{unit.value}")
    met = target.fasting_from <= value <= target.fasting_to
    aim = f"{glucose_number(target.fasting_from, unit)}–{glucose_number(target.fasting_to, unit)}\u00a0{unit.value}"
    return met, _words(met, told, aim)


def _hba1c(target: Target, measured: Measured, own: OwnTargets) -> tuple[bool, str] | None:
    if measured.hba1c is None:
        return None
    most = own.hba1c or target.hba1c_below
    met = measured.hba1c < most
    told = f"HbA1c {_tenths(measured.hba1c)}{_on(measured.hba1c_on)}"
    return met, _words(met, told, f"dưới {_tenths(most)}\u00a0%")


def _words(met: bool, told: str, aim: str) -> str:
    return f"{told}, đích {aim}: {'đạt' if met else 'chưa đạt'}"


def _on(day: date | None) -> str:
    return f" (ngày {day:%d/%m/%Y})" if day else ""


def _tenths(value: int) -> str:
    return f"{value // 10},{value % 10}"


def read_target_rule(table: dict[str, Any]) -> TargetRule:
    """One rule from its table. Raises RuleError, which names the field."""
    row = Table(table, "targets")
    found = TargetRule(
        **row.dated(),
        next_days=row.count("next_days"),
        glucose_days=row.count("glucose_days"),
        hba1c_days=row.count("hba1c_days"),
        long_days=row.count("long_days"),
        lost_days=row.count("lost_days"),
        targets=tuple(map(_target, row.plain_tables("targets"))),
    )
    row.close()
    if not 0 < found.next_days <= LONGEST:
        raise row.trouble("next_days")
    if not 0 < found.long_days < found.lost_days:
        raise row.trouble("lost_days")
    if {one.measure for one in found.targets} != set(Measure):
        raise row.trouble("targets")
    return found


def _target(row: Table) -> Target:
    measure = row.member("measure", Measure)
    made = Target(measure=measure, band=row.band(), **{name: row.count(name) for name in _FIELDS[measure]})
    row.close()
    if not all(getattr(made, name) for name in _FIELDS[measure]):
        raise row.trouble(measure.value)
    if made.fasting_from > made.fasting_to or (
        measure is Measure.PRESSURE and made.systolic_below <= made.diastolic_below
    ):
        raise row.trouble(measure.value)
    return made


_FIELDS: Final[Mapping[Measure, tuple[str, ...]]] = {
    Measure.PRESSURE: ("systolic_below", "diastolic_below"),
    Measure.GLUCOSE: ("fasting_from", "fasting_to", "two_hours_below"),
    Measure.HBA1C: ("hba1c_below",),
}


def parse_target_rules(text: str) -> tuple[TargetRule, ...]:
    """The rules of the file. Raises RuleError."""
    return tuple(map(read_target_rule, rule_tables(text)))


def targets_on(rules: Iterable[TargetRule], day: date) -> TargetRule:
    """The rule in force on that day; the oldest for a day before all of them. Raises RuleError when there are none."""
    known = sorted(rules, key=lambda rule: rule.valid_from)
    if known and day < known[0].valid_from:
        return known[0]
    return rule_on(known, day)
