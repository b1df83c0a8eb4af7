"""What is read out to a person, and the yes or no to it: dated texts read from `resources/rules/consent.toml`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

from covidstation.domain.problems import Problem, too_long
from covidstation.domain.rule_sets import Dated, RuleError, rule_tables
from covidstation.domain.rule_tables import Table

LONGEST_NAME: Final = 100
LONGEST_NOTE: Final = 500


class ConsentKind(StrEnum):
    """What a text is about."""

    CARE = "care"  # care at home, and the record that goes with it
    CALLS = "calls"
    GROUP_C = "group_c"  # the controlled antiviral
    DISTRICT = "district"  # what the law sends on; a notice


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentText(Dated):
    """One text in one version. `by_law`: a notice, nobody is asked."""

    kind: ConsentKind
    by_law: bool
    heading: str
    lines: tuple[str, ...]
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentDraft:
    """An answer as typed. `given_by` is who spoke for a child or an elder, empty for the person's own word."""

    kind: ConsentKind
    agreed: bool
    given_on: date | None
    given_by: str = ""
    note: str = ""


def parse_consent_texts(text: str) -> tuple[ConsentText, ...]:
    """Read `consent.toml`. Raises RuleError, also when two texts of a kind are in force on one day."""
    found = tuple(map(read_consent_text, rule_tables(text)))
    for one in found:
        for other in found:
            if one is not other and one.kind is other.kind and other.on(one.valid_from):
                raise RuleError(f"{one.id}: {other.id}")
    if len({one.id for one in found}) < len(found):
        raise RuleError("id")
    return found


def read_consent_text(table: dict[str, Any]) -> ConsentText:
    """One text of the file, or of a station. Raises RuleError."""
    row = Table(table, "consent")
    lines = []
    for one in row.tables("lines"):
        one.text("id")
        lines.append(one.text("text"))
        one.close()
    text = ConsentText(
        **row.dated(),
        kind=row.member("kind", ConsentKind),
        by_law=row.flag("by_law", False),
        heading=row.text("heading"),
        lines=tuple(lines),
        question=row.text("question"),
    )
    row.close()
    if not lines:
        raise row.trouble("lines")
    return text


def text_on(texts: Iterable[ConsentText], kind: ConsentKind, day: date) -> ConsentText | None:
    """The text of that kind in force on that day; None when there was none."""
    return next((text for text in texts if text.kind is kind and text.on(day)), None)


def text_named(texts: Iterable[ConsentText], text_id: str) -> ConsentText | None:
    """The text that was read out, whether it is still in force or not."""
    return next((text for text in texts if text.id == text_id), None)


def consent_problems(draft: ConsentDraft, texts: Iterable[ConsentText], today: date) -> list[Problem]:
    """What is wrong with an answer: no day, a day to come, no text in force then, a notice, too long words."""
    found = [*too_long("given_by", draft.given_by, LONGEST_NAME), *too_long("note", draft.note, LONGEST_NOTE)]
    if draft.given_on is None:
        return [*found, Problem("given_on", "care.day_missing")]
    day = f"{draft.given_on:%d/%m/%Y}"
    if draft.given_on > today:
        return [*found, Problem("given_on", "care.day_future", {"day": day})]
    text = text_on(texts, draft.kind, draft.given_on)
    if text is None:
        found.append(Problem("given_on", "privacy.no_text", {"day": day}))
    elif text.by_law:
        found.append(Problem("kind", "privacy.by_law"))
    return found
