"""How long a contact (F1) keeps apart: dated rules of `resources/rules/quarantine.toml`, and what they say of one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from covidstation.domain.problems import Problem
from covidstation.domain.rule_sets import Dated, RuleError, rule_on, rule_tables
from covidstation.domain.rule_tables import Table

ISOLATES: Final = ("yes", "ask")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineRule(Dated):
    """One rule: days after the last contact, the days on which a test is due, the days of watching oneself after.

    `…_protected` is for those with enough doses or newly recovered. `first_day_number` is the number of the day of
    the last contact. `isolates` "ask": the law leaves the contact free, watching their health for `days_self_watch`.
    """

    isolates: str
    days: int
    test_days: tuple[int, ...]
    self_monitor_days: int
    days_protected: int
    test_days_protected: tuple[int, ...]
    self_monitor_days_protected: int
    days_self_watch: int
    full_doses: int
    days_after_dose: int
    months_after_recovery: int
    needs_negative_test: bool
    first_day_number: int
    infectious_days_before: int
    sentence: str
    sentence_protected: str
    confirmed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Immunity:
    """What is known of a contact's protection; None is not known."""

    doses_known: int | None = None
    last_dose_on: date | None = None
    recovered_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantine:
    """What the rule says for one contact. `why` names the branch and the facts it was taken from.

    With `free` the law does not isolate: `days`, `until` and `tests_on` are then those of watching oneself.
    """

    rule_id: str
    protected: bool
    free: bool
    days: int
    tests_on: tuple[date, ...]
    until: date
    watch_until: date
    needs_test: bool
    sentence: str
    source: str
    confirmed: bool
    why: Problem


_COUNTS: Final = (
    "days", "self_monitor_days", "days_protected", "self_monitor_days_protected", "days_self_watch", "full_doses",
    "days_after_dose", "months_after_recovery", "first_day_number", "infectious_days_before",
)  # fmt: skip


def read_quarantine_rule(table: dict[str, Any]) -> QuarantineRule:
    """One rule from its table. Raises RuleError, which names the field."""
    row = Table(table, "quarantine")
    counts: dict[str, Any] = {name: row.count(name) for name in _COUNTS}
    rule = QuarantineRule(
        **row.dated(),
        **counts,
        isolates=row.text("isolates"),
        test_days=row.counts("test_days"),
        test_days_protected=row.counts("test_days_protected"),
        needs_negative_test=row.flag("needs_negative_test"),
        sentence=row.text("sentence"),
        sentence_protected=row.text("sentence_protected"),
    )
    row.close()
    if rule.isolates not in ISOLATES:
        raise row.trouble("isolates")
    for name in ("days", "days_protected", "days_self_watch"):
        if not getattr(rule, name):
            raise row.trouble(name)
    return rule


def parse_quarantine_rules(text: str) -> tuple[QuarantineRule, ...]:
    """Read the TOML of the rules. Raises RuleError."""
    return tuple(map(read_quarantine_rule, rule_tables(text)))


def quarantine_rule_on(rules: Iterable[QuarantineRule], day: date) -> QuarantineRule:
    """The one rule for a contact found on that day; RuleError when there is none, or more than one."""
    return rule_on(rules, day)


def rule_of(rules: Sequence[QuarantineRule], rule_id: str, day: date) -> QuarantineRule | None:
    """The rule a contact was entered under, while it is still there; else the one of that day, if any."""
    kept = next((rule for rule in rules if rule.id == rule_id), None)
    if kept is not None:
        return kept
    try:
        return quarantine_rule_on(rules, day)
    except RuleError:
        return None


def quarantine_of(
    rule: QuarantineRule, immunity: Immunity, last_contact: date, *, isolate: bool | None = None
) -> Quarantine:
    """What the rule says after a contact on that day.

    `isolate` is the answer where the law asks: None takes the law's own (nobody is isolated without a reason).
    """
    protected, why = _protection(rule, immunity, last_contact)
    free = not isolate if isolate is not None else rule.isolates == "ask"
    days = rule.days_self_watch if free else rule.days_protected if protected else rule.days
    test_days = () if free else rule.test_days_protected if protected else rule.test_days
    watch = 0 if free else rule.self_monitor_days_protected if protected else rule.self_monitor_days
    until = quarantine_end(rule, last_contact, days)
    return Quarantine(
        rule_id=rule.id,
        protected=protected,
        free=free,
        days=days,
        tests_on=tuple(last_contact + timedelta(days=day - rule.first_day_number) for day in test_days),
        until=until,
        watch_until=until + timedelta(days=watch),
        needs_test=rule.needs_negative_test and not free,
        sentence=rule.sentence_protected if protected else rule.sentence,
        source=rule.source,
        confirmed=rule.confirmed,
        why=why,
    )


def quarantine_end(rule: QuarantineRule, last_contact: date, days: int) -> date:
    """The last day, itself included: 5 days after a contact on 10/03 with a first day number of 0 end on 15/03."""
    return last_contact + timedelta(days=days - rule.first_day_number)


def months_before(day: date, months: int) -> date:
    """The same day of an earlier month, the month's last where it has none: 3 months before 31/05 is 28/02."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError("each month has 28 days")


def _protection(rule: QuarantineRule, immunity: Immunity, last_contact: date) -> tuple[bool, Problem]:
    """Which branch, and the sentence why. What is not known is taken as not protected, and said."""
    recovered, doses, last = immunity.recovered_on, immunity.doses_known, immunity.last_dose_on
    months = {"months": str(rule.months_after_recovery)}
    if recovered is not None and months_before(last_contact, rule.months_after_recovery) <= recovered <= last_contact:
        return True, _why("contacts.why_recovered", day=_day(recovered), **months)
    said = {"count": str(doses), "full": str(rule.full_doses), "days": str(rule.days_after_dose)}
    if doses is None:
        return False, _why("contacts.why_doses_unknown", **said)
    if doses < rule.full_doses:
        return False, _why("contacts.why_few_doses", **said)
    if last is None:
        return False, _why("contacts.why_dose_day_unknown", **said)
    if (last_contact - last).days < rule.days_after_dose:
        return False, _why("contacts.why_dose_new", day=_day(last), **said)
    return True, _why("contacts.why_doses", day=_day(last), **said)


def _why(code: str, **params: str) -> Problem:
    return Problem("quarantine_days", code, params, "warning")


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
