"""The hours of an isolation decision: found, proposed, decided, told, each within its time.

The times are dated data (`resources/rules/isolation_hours.toml`): since 1/7/2026 NĐ 165/2026/NĐ-CP Điều 15 gives two
hours to propose, one to decide and three to tell; before there were none, but the longest isolation (NĐ 101/2010).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from covidstation.domain.rule_sets import Dated, RuleError, rule_on, rule_tables
from covidstation.domain.rule_tables import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursRule(Dated):
    """One regime. Minutes for each step and for a hold at home before the decision; 0 where the law sets none.

    `most_days` is the longest isolation, `extension_days` the length of one extension; 0: no such limit.
    """

    propose_minutes: int
    decide_minutes: int
    tell_minutes: int
    hold_minutes: int
    most_days: int
    extension_days: int
    sentence: str

    @property
    def has_clock(self) -> bool:
        """Whether any step has its time."""
        return bool(self.propose_minutes or self.decide_minutes or self.tell_minutes)


class Step(StrEnum):
    """The steps after the finding; each is named as the illness's own field is."""

    PROPOSED = "proposed_at"
    DECIDED = "decided_at"
    TOLD = "told_at"


@dataclass(frozen=True, slots=True)
class StepState:
    """One step at a moment.

    `due` is None while the step before it has no hour; `late` is how much the step was, or by now is, over its time.
    """

    step: Step
    due: datetime | None
    done: datetime | None
    late: timedelta | None = None
    left: timedelta | None = None

    @property
    def running(self) -> bool:
        """Its clock runs: due, and not done."""
        return self.due is not None and self.done is None


@dataclass(frozen=True, slots=True)
class Hours:
    """All steps of one isolation; `hold_until` is how long the person may be held at home without a decision."""

    found: datetime
    steps: tuple[StepState, ...]
    hold_until: datetime | None = None

    @property
    def running(self) -> StepState | None:
        """The step whose clock runs, if any."""
        return next((step for step in self.steps if step.running), None)


_COUNTS: Final = (
    "propose_minutes", "decide_minutes", "tell_minutes", "hold_minutes", "most_days", "extension_days",
)  # fmt: skip


def read_hours_rule(table: dict[str, Any]) -> HoursRule:
    """One rule from its table. Raises RuleError, which names the field."""
    row = Table(table, "hours")
    counts: dict[str, Any] = {name: row.count(name) for name in _COUNTS}
    rule = HoursRule(**row.dated(), **counts, sentence=row.text("sentence"))
    row.close()
    return rule


def parse_hours_rules(text: str) -> tuple[HoursRule, ...]:
    """Read the TOML of the rules. Raises RuleError."""
    return tuple(map(read_hours_rule, rule_tables(text)))


def hours_rule_on(rules: Iterable[HoursRule], day: date) -> HoursRule | None:
    """The rule for a case found on that day; None when there is none."""
    try:
        return rule_on(rules, day)
    except RuleError:
        return None


def hours_of(
    rule: HoursRule,
    now: datetime,
    *,
    found: datetime | None,
    proposed: datetime | None,
    decided: datetime | None,
    told: datetime | None,
) -> Hours | None:
    """Where the steps stand at `now` (the station's wall clock); None without an hour of finding or without a clock.

    Each step counts from the one before it. A step without its hour before one that has it is not asked again: it
    was done, only nobody wrote when.
    """
    if found is None or not rule.has_clock:
        return None
    done = (proposed, decided, told)
    minutes = (rule.propose_minutes, rule.decide_minutes, rule.tell_minutes)
    begun: datetime | None = found
    steps = []
    for at, step in enumerate(Step):
        passed = done[at] is None and any(done[at + 1 :])
        due = begun + timedelta(minutes=minutes[at]) if begun and minutes[at] and not passed else None
        steps.append(_state(step, due, done[at], now))
        begun = done[at]
    held = rule.hold_minutes and decided is None and told is None
    return Hours(found, tuple(steps), found + timedelta(minutes=rule.hold_minutes) if held else None)


def _state(step: Step, due: datetime | None, done: datetime | None, now: datetime) -> StepState:
    if due is None:
        return StepState(step, None, done)
    over = (done or now) - due
    late = over if over > timedelta() else None
    left = -over if done is None and late is None else None
    return StepState(step, due, done, late, left)
