"""Home care by the guideline in force: danger signs by age, rounds a day, who may stay at home.

Read from `resources/rules/guideline.toml`. Every threshold is data with its own id, source and `confirmed`, because the
guidelines differ: at SpO2 96 % QĐ 4038 lets stay at home, QĐ 261 calls for help.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from covidstation.domain.bands import ANY_AGE, OLDEST, Band, When
from covidstation.domain.care import DangerSign, Level, Vitals
from covidstation.domain.dates import PartialDate, months_possible
from covidstation.domain.eligibility import Item, read_items
from covidstation.domain.rule_sets import Dated, RuleError, rule_on, rule_tables
from covidstation.domain.rule_tables import Table

SYMPTOM: Final = "symptom"
UNITS: Final = {  # how a measured value is said; a temperature is kept in tenths and said in degrees
    "temperature": "{value} °C",
    "spo2": "{value} %",
    "pulse": "{value} lần/phút",
    "breaths": "{value} lần/phút",
    "systolic": "{value} mmHg",
    "diastolic": "{value} mmHg",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignRule:
    """One danger or watch sign: a measure held against a limit, or a symptom, for an age band.

    `limit` is in the unit people say (°C, %, a minute, mmHg). `{value}` and `{limit}` stand in `sentence`.
    """

    id: str
    measure: str  # a field of Vitals, or "symptom"
    level: Level
    sentence: str
    source: str
    confirmed: bool
    band: Band = ANY_AGE
    when: When | None = None
    limit: float = 0
    symptom: str = ""  # code of resources/rules/symptoms.toml
    label: str = ""  # of the symptom, as the sentence says it; of a measure, what lists call the rule

    def speaks(self, vitals: Vitals, symptoms: frozenset[str]) -> bool:
        """Whether what was measured or seen is this sign, at its ages."""
        if self.when is None:
            return self.symptom in symptoms
        value = measured(vitals, self.measure)
        return value is not None and self.when.holds(value, self.limit)

    def sign(self, vitals: Vitals) -> DangerSign:
        """The sign as an alert names it."""
        value = self.label if self.when is None else said(self.measure, measured(vitals, self.measure))
        sentence = self.sentence.replace("{value}", value).replace("{limit}", self.limit_text)
        return DangerSign(rule=self.id, measure=self.measure, value=value, level=self.level, sentence=sentence)

    @property
    def limit_text(self) -> str:
        """The limit as people say it, with its unit; empty for a symptom."""
        return "" if self.when is None else said(self.measure, self.limit)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guideline(Dated):
    """A guideline of home care with its days of validity."""

    rounds: int  # checks a day
    eligibility: tuple[Item, ...]
    signs: tuple[SignRule, ...]

    def sign_rule(self, rule_id: str) -> SignRule | None:
        """The rule of an alert; None when another version of the guideline had it."""
        return next((rule for rule in self.signs if rule.id == rule_id), None)

    def limits(self, measure: str, months: tuple[int, int], level: Level = Level.DANGER) -> tuple[SignRule, ...]:
        """The rules that can speak of a measure at that age, as a chart draws their lines."""
        return tuple(
            rule
            for rule in self.signs
            if rule.measure == measure and rule.level is level and rule.when and rule.band.meets(months)
        )


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a check stands. `age_unsure`: a rule spoke of which the age is not certain, on the safe side."""

    level: Level
    signs: tuple[DangerSign, ...] = ()  # dangers first, in the guideline's order
    age_unsure: bool = False


def measured(vitals: Vitals, measure: str) -> float | None:
    """A measure in the unit people say; None when it was not measured."""
    value: int | None = getattr(vitals, measure)
    return value / 10 if measure == "temperature" and value is not None else value


def said(measure: str, value: float | None) -> str:
    """A value of a measure as people say it: "93 %", "38,4 °C"; empty for None."""
    if value is None:
        return ""
    number = f"{value:.1f}" if measure == "temperature" else f"{value:g}"
    return UNITS[measure].format(value=number.replace(".", ","))


def judge(
    guideline: Guideline, birth: PartialDate | None, on: date, vitals: Vitals, symptoms: frozenset[str]
) -> Judgement:
    """Hold one check against the guideline, by the age on that day.

    Where the birth is known in part or not at all, the rule of every age that is possible speaks (the safe side), and
    `age_unsure` says so. One sign a measure or symptom: the gravest.
    """
    months = months_possible(birth, on, OLDEST)
    found: dict[str, SignRule] = {}
    for level in (Level.DANGER, Level.WATCH):
        for rule in guideline.signs:
            if rule.level is level and rule.band.meets(months) and rule.speaks(vitals, symptoms):
                _keep(found, rule, months)
    rules = tuple(found.values())
    if not rules:
        return Judgement(Level.NORMAL)
    unsure = any(not rule.band.holds(months) for rule in rules)
    return Judgement(rules[0].level, tuple(rule.sign(vitals) for rule in rules), unsure)


def _keep(found: dict[str, SignRule], rule: SignRule, months: tuple[int, int]) -> None:
    """The first rule of a key stays, unless a later one of the same level is sure of the age."""
    key = rule.symptom or rule.measure
    before = found.get(key)
    surer = before is not None and before.level is rule.level and not before.band.holds(months)
    if before is None or (surer and rule.band.holds(months)):
        found[key] = rule


def guideline_on(guidelines: Iterable[Guideline], day: date) -> Guideline:
    """The guideline in force on that day. Raises RuleError."""
    return rule_on(guidelines, day)


def parse_guidelines(text: str) -> tuple[Guideline, ...]:
    """Read the TOML of the guidelines. Raises RuleError."""
    return tuple(map(read_guideline, rule_tables(text)))


def read_guideline(table: dict[str, Any]) -> Guideline:
    """One guideline from its table. Raises RuleError, which names the sign and the field."""
    row = Table(table, "guideline")
    source, confirmed = row.text("source"), row.flag("confirmed")
    found = Guideline(
        **row.dated(),
        rounds=row.count("rounds"),
        eligibility=read_items(row.tables("eligibility"), source, confirmed),
        signs=tuple(_read_sign(one, source, confirmed) for one in row.tables("signs")),
    )
    row.close()
    if not 1 <= found.rounds <= 12 or not found.signs:
        raise row.trouble("rounds" if found.signs else "signs")
    return found


def _read_sign(row: Table, source: str, confirmed: bool) -> SignRule:
    measure, level = row.text("measure"), row.member("level", Level)
    if measure not in (SYMPTOM, *UNITS) or level is Level.NORMAL:
        raise row.trouble("measure")
    rule = SignRule(
        id=row.text("id"),
        measure=measure,
        level=level,
        sentence=row.text("sentence"),
        source=row.text("source", source),
        confirmed=row.flag("confirmed", confirmed),
        band=row.band(),
    )
    if measure == SYMPTOM:
        rule = replace(rule, symptom=row.text("symptom"), label=row.text("label"))
    else:
        rule = replace(rule, when=row.member("when", When), limit=row.number("limit"), label=row.text("name"))
    row.close()
    return rule


__all__ = ["Guideline", "Judgement", "RuleError", "SignRule", "guideline_on", "judge", "parse_guidelines"]
