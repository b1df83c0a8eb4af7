"""Before a vaccine: the sheet for an age, what speaks against it, and the time after it, all by dated rule.

Sources stand with the rules (`resources/rules/vaccine_screening.toml`): QĐ 5785/QĐ-BYT of 21/12/2021 and before. The
heaviest outcome that anything asks for speaks; a nurse may decide otherwise and says why.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from covidstation.domain.bands import OLDEST, Band
from covidstation.domain.care import Vitals
from covidstation.domain.dates import PartialDate, age_on, months_possible
from covidstation.domain.follow_up import months_after
from covidstation.domain.monitoring import RANGES
from covidstation.domain.rule_sets import Dated, rule_on, rule_tables
from covidstation.domain.rule_tables import Table

MOST_QUESTIONS: Final = 16  # that fit one sheet of paper
MOST_SHEETS: Final = 8
MOST_REACTIONS: Final = 40
MOST_MINUTES: Final = 24 * 60
MOST_WEEKS: Final = 44
LONGEST_CODE: Final = 40
GRADES: Final = (1, 4)  # of an anaphylaxis: Thông tư 51/2017/TT-BYT


class Outcome(StrEnum):
    """What the screening ends in, the lightest first; a code that this version does not know reads as cautious."""

    ELIGIBLE = "ELIGIBLE"
    CAUTION = "CAUTION"
    DEFER = "DEFER"
    CONTRAINDICATED = "CONTRAINDICATED"

    @classmethod
    def _missing_(cls, value: object) -> Outcome:
        return cls.CAUTION

    @property
    def weight(self) -> int:
        """The heavier, the more it forbids."""
        return tuple(Outcome).index(self)

    @property
    def may_inject(self) -> bool:
        """Whether the vaccine may be given at all, here or at a hospital."""
        return self in (Outcome.ELIGIBLE, Outcome.CAUTION)


class KnownFrom(StrEnum):
    """What the register itself can answer before anybody asks."""

    NOTHING = ""
    CONDITIONS = "conditions"  # an underlying disease; of `conditions` alone, where they are named
    PREGNANT = "pregnant"
    PREGNANT_OR_NURSING = "pregnant_or_nursing"
    INFECTED = "infected"  # COVID-19 within `known_months`
    ILL = "ill"  # an illness that the station follows and that is open, a suspected one as well


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningQuestion:
    """One line of a sheet. `weeks`, `early`: below so many weeks of pregnancy the other outcome. `products`: asked for
    these vaccines alone. `again_days`: after how many days to look again, 0 for none proposed. `measure`: above its
    limit somebody says whether the answer is yes (a fever: an acute illness?), whatever the limit itself asks for."""

    code: str
    label: str
    short: str
    outcome: Outcome
    known: KnownFrom = KnownFrom.NOTHING
    known_months: int = 0
    conditions: tuple[str, ...] = ()
    sex: str = ""
    weeks: int = 0
    early: Outcome = Outcome.DEFER
    products: tuple[str, ...] = ()
    pressure: bool = False
    again_days: int = 0
    measure: str = ""

    def outcome_at(self, weeks: int | None) -> Outcome:
        """What a yes asks for; `weeks` of a pregnancy, unknown ones count as early."""
        return self.early if self.weeks and (weeks is None or weeks < self.weeks) else self.outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One measure: what lies outside of `low` to `high` asks for the outcome; `rise` over what is usual, too."""

    measure: str  # a field of Vitals
    outcome: Outcome
    low: int | None = None
    high: int | None = None
    rise: int | None = None

    def holds(self, value: int, usual: int | None) -> bool:
        """Whether the value is good."""
        risen = self.rise is not None and usual is not None and value - usual > self.rise
        return not (
            risen or (self.low is not None and value < self.low) or (self.high is not None and value > self.high)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningSheet:
    """The questions and limits of one age. `pressure_from`: full years from which blood pressure is taken, 0: never."""

    code: str
    label: str
    band: Band
    pressure_from: int
    limits: tuple[Limit, ...]
    questions: tuple[ScreeningQuestion, ...]

    def asked(self, sex: str, product: str) -> tuple[ScreeningQuestion, ...]:
        """What is asked of somebody of that sex for that vaccine (a code, or empty while none is chosen)."""
        return tuple(
            one
            for one in self.questions
            if (not one.sex or one.sex == sex or sex not in ("MALE", "FEMALE"))
            and (not one.products or product in one.products)
        )

    def wants_pressure(self, age: int | None, ticked: Collection[str]) -> bool:
        """Whether the rule asks for the blood pressure; an age that nobody knows asks for it."""
        aged = self.pressure_from > 0 and (age is None or age >= self.pressure_from)
        return aged or any(one.pressure and one.code in ticked for one in self.questions)

    def of_pregnancy(self, sex: str, product: str) -> frozenset[str]:
        """The codes of the questions that a pregnancy answers with yes."""
        kinds = (KnownFrom.PREGNANT, KnownFrom.PREGNANT_OR_NURSING)
        return frozenset(one.code for one in self.asked(sex, product) if one.weeks or one.known in kinds)

    def question(self, code: str) -> ScreeningQuestion | None:
        """The question of that code."""
        return next((one for one in self.questions if one.code == code), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReactionKind:
    """One reaction by its code; a severe one is reported. `bars_from`: the grade from which the same vaccine must not
    follow, 0 for none."""

    code: str
    label: str
    severe: bool = False
    bars_from: int = 0

    @property
    def any_grade(self) -> bool:
        """Whether it bars however grave it was: one without grades, too."""
        return self.bars_from == GRADES[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningRule(Dated):
    """All sheets of one time. Minutes: under observation, and how long an opened vial is used. Days after the dose: of
    closest watch, and of follow-up. Hours: until a severe reaction is reported. `guardian_below`: years of age."""

    observe_minutes: int
    vial_minutes: int
    watch_days: int
    follow_days: int
    report_hours: int
    guardian_below: int
    sheets: tuple[ScreeningSheet, ...]
    reactions: tuple[ReactionKind, ...]

    def sheet_for(self, birth: PartialDate | None, day: date) -> ScreeningSheet:
        """The sheet of somebody's age on that day; of an age in doubt the first whose ages it may be."""
        months = months_possible(birth, day, OLDEST)
        return next((one for one in self.sheets if one.band.meets(months)), self.sheets[0])

    def wants_guardian(self, birth: PartialDate | None, day: date) -> bool:
        """Whether somebody else says yes for them: also while the birth date leaves it open; of an unknown one nobody
        is asked for."""
        return birth is not None and months_possible(birth, day, OLDEST)[0] < self.guardian_below * 12

    def reaction(self, code: str) -> ReactionKind | None:
        """The reaction of that code."""
        return next((one for one in self.reactions if one.code == code), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningFacts:
    """What the register knows of somebody. `infected_on`: the first day of the newest case; `ill`: one is open."""

    birth: PartialDate | None = None
    sex: str = ""
    conditions: tuple[str, ...] = ()
    pregnant: bool = False
    nursing: bool = False
    infected_on: date | None = None
    ill: bool = False
    usual_systolic: int | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """What asks for an outcome: the code of a question or the name of a measure, and its words."""

    code: str
    label: str
    outcome: Outcome
    again_days: int = 0


@dataclass(frozen=True, slots=True)
class Judgement:
    """The outcome with its causes, the heaviest first."""

    outcome: Outcome
    causes: tuple[Cause, ...] = ()

    @property
    def again_days(self) -> int:
        """After how many days to look again: the longest that a cause of a deferral proposes."""
        return max((one.again_days for one in self.causes if one.outcome is Outcome.DEFER), default=0)


def known_answers(sheet: ScreeningSheet, facts: ScreeningFacts, product: str, day: date) -> frozenset[str]:
    """The codes that the register answers with yes on that day."""
    return frozenset(one.code for one in sheet.asked(facts.sex, product) if _is_known(one, facts, day))


def _is_known(question: ScreeningQuestion, facts: ScreeningFacts, day: date) -> bool:
    if question.known is KnownFrom.CONDITIONS:
        return bool(set(question.conditions) & set(facts.conditions) if question.conditions else facts.conditions)
    if question.known is KnownFrom.INFECTED:
        return facts.infected_on is not None and day < months_after(facts.infected_on, question.known_months)
    if question.known is KnownFrom.ILL:
        return facts.ill
    nursing = question.known is KnownFrom.PREGNANT_OR_NURSING and facts.nursing
    return nursing or (question.known in (KnownFrom.PREGNANT, KnownFrom.PREGNANT_OR_NURSING) and facts.pregnant)


def judge(
    sheet: ScreeningSheet,
    ticked: Collection[str],
    vitals: Vitals,
    *,
    weeks: int | None = None,
    usual_systolic: int | None = None,
) -> Judgement:
    """What the sheet says of these answers and measures."""
    causes = [
        Cause(one.code, one.label, one.outcome_at(weeks), one.again_days)
        for one in sheet.questions
        if one.code in ticked
    ]
    for limit in sheet.limits:
        value: int | None = getattr(vitals, limit.measure)
        usual = usual_systolic if limit.measure == "systolic" else None
        if value is not None and not limit.holds(value, usual):
            causes.append(Cause(limit.measure, limit.measure, limit.outcome))
    causes.sort(key=lambda one: -one.outcome.weight)
    return Judgement(causes[0].outcome if causes else Outcome.ELIGIBLE, tuple(causes))


def left_open(sheet: ScreeningSheet, ticked: Collection[str], vitals: Vitals) -> tuple[ScreeningQuestion, ...]:
    """What a measure asks and nobody answered with yes: no dose is given before somebody has said no."""
    high = {one.measure: one.high for one in sheet.limits if one.high is not None}
    above = {name for name, most in high.items() if (getattr(vitals, name) or 0) > most}
    return tuple(one for one in sheet.questions if one.measure in above and one.code not in ticked)


def age_in_years(birth: PartialDate | None, day: date) -> int | None:
    """Full years, None when nobody knows the birth."""
    return None if birth is None else age_on(birth, day)


_MEASURES: Final = frozenset(RANGES)
_COUNTS: Final = ("observe_minutes", "vial_minutes", "watch_days", "follow_days", "report_hours", "guardian_below")


def read_screening_rule(table: dict[str, Any]) -> ScreeningRule:
    """One rule from its table. Raises RuleError, which names the field."""
    row = Table(table, "vaccine_screening")
    counts: dict[str, Any] = {name: row.count(name) for name in _COUNTS}
    found = ScreeningRule(
        **row.dated(),
        **counts,
        sheets=tuple(map(_sheet, row.plain_tables("sheets"))),
        reactions=tuple(map(_reaction, row.plain_tables("reactions"))),
    )
    row.close()
    for name in ("observe_minutes", "vial_minutes", "report_hours"):
        if not 0 < getattr(found, name) <= MOST_MINUTES:
            raise row.trouble(name)
    if not 0 < len(found.sheets) <= MOST_SHEETS or _doubled(one.code for one in found.sheets):
        raise row.trouble("sheets")
    if not 0 < len(found.reactions) <= MOST_REACTIONS or _doubled(one.code for one in found.reactions):
        raise row.trouble("reactions")
    return found


def _sheet(row: Table) -> ScreeningSheet:
    found = ScreeningSheet(
        code=row.text("code"),
        label=row.text("label"),
        band=row.band(),
        pressure_from=row.count("pressure_from", 0),
        limits=tuple(map(_limit, row.plain_tables("limits"))),
        questions=tuple(map(_question, row.plain_tables("questions"))),
    )
    row.close()
    questions = found.questions
    if not 0 < len(questions) <= MOST_QUESTIONS or _doubled(one.code for one in questions):
        raise row.trouble("questions")
    return found


def _limit(row: Table) -> Limit:
    found = Limit(
        measure=row.text("measure"),
        outcome=_outcome(row, "outcome"),
        low=row.optional_count("low"),
        high=row.optional_count("high"),
        rise=row.optional_count("rise"),
    )
    row.close()
    if found.measure not in _MEASURES:
        raise row.trouble("measure")
    if found.low is not None and found.high is not None and found.high < found.low:
        raise row.trouble("high")
    return found


def _question(row: Table) -> ScreeningQuestion:
    found = ScreeningQuestion(
        code=row.text("code"),
        label=row.text("label"),
        short=row.text("short"),
        outcome=_outcome(row, "outcome"),
        known=row.member("known", KnownFrom, ""),
        known_months=row.count("known_months", 0),
        conditions=tuple(row.texts("conditions", [])),
        sex=row.text("sex", ""),
        weeks=row.count("weeks", 0),
        early=_outcome(row, "early", Outcome.DEFER.value),
        products=tuple(row.texts("products", [])),
        pressure=row.flag("pressure", False),
        again_days=row.count("again_days", 0),
        measure=row.text("measure", ""),
    )
    row.close()
    if len(found.code) > LONGEST_CODE:
        raise row.trouble("code")
    if found.measure and found.measure not in _MEASURES:
        raise row.trouble("measure")
    if found.weeks > MOST_WEEKS:
        raise row.trouble("weeks")
    return found


def _outcome(row: Table, name: str, default: str | None = None) -> Outcome:
    """One that this version knows: a misspelt word must not read as cautious."""
    found = row.text(name, default)
    if found not in {one.value for one in Outcome}:
        raise row.trouble(name)
    return Outcome(found)


def _reaction(row: Table) -> ReactionKind:
    found = ReactionKind(
        code=row.text("code"),
        label=row.text("label"),
        severe=row.flag("severe", False),
        bars_from=row.count("bars_from", 0),
    )
    row.close()
    if len(found.code) > LONGEST_CODE:
        raise row.trouble("code")
    if found.bars_from > GRADES[1]:
        raise row.trouble("bars_from")
    return found


def _doubled(codes: Iterable[str]) -> bool:
    seen = list(codes)
    return len(set(seen)) < len(seen)


def parse_screening_rules(text: str) -> tuple[ScreeningRule, ...]:
    """Read the TOML of the rules. Raises RuleError."""
    return tuple(map(read_screening_rule, rule_tables(text)))


def screening_rule_on(rules: Iterable[ScreeningRule], day: date) -> ScreeningRule:
    """The one in force on that day; the oldest for a day before all of them. Raises RuleError when there are none."""
    known = sorted(rules, key=lambda one: one.valid_from)
    if known and day < known[0].valid_from:
        return known[0]
    return rule_on(known, day)


def reaction_words(rules: Iterable[ScreeningRule]) -> dict[str, ReactionKind]:
    """Every reaction that any rule ever had, as its newest one words it."""
    return {one.code: one for rule in sorted(rules, key=lambda one: one.valid_from) for one in rule.reactions}
