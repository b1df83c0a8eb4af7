"""After a dose: ordinary reactions and severe events, what was done, how they ended, who was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from covidstation.domain.dates import PartialDate
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.text import NAME_LIMIT, TEXT_LIMIT
from covidstation.domain.vaccination.screening import GRADES, ReactionKind, ScreeningRule

NUMBER_LIMIT: Final = 60  # letters


class EventEnd(StrEnum):
    """How a reaction ended; an unknown word reads as not known."""

    UNKNOWN = ""
    RECOVERED = "RECOVERED"
    SEQUELAE = "SEQUELAE"
    DIED = "DIED"
    MISTAKE = "MISTAKE"  # was none, or another person's

    @classmethod
    def _missing_(cls, value: object) -> EventEnd:
        return cls.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class EventDraft:
    """What is said of one reaction. `began_at` is the station's wall clock. `grade`: of an anaphylaxis, 1 to 4."""

    person_id: UUID
    dose_id: UUID | None = None
    kinds: tuple[str, ...] = ()  # codes of the rule's list
    began_at: datetime | None = None
    grade: int | None = None
    signs: str = ""
    treatment: str = ""
    sent_to: str = ""
    sent_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AdverseEvent(EventDraft):
    """One in the register. `severe` by the rule of its day; `injected_at` of the dose, None when no hour is known."""

    id: UUID
    severe: bool
    injected_at: datetime | None = None
    product: str = ""
    session_id: UUID | None = None
    follow_until: date | None = None
    reported_at: datetime | None = None
    reported_to: str = ""
    report_number: str = ""
    end: EventEnd = EventEnd.UNKNOWN
    ended_on: date | None = None
    end_note: str = ""
    by_name: str = ""
    made_at: datetime | None = None

    @property
    def open(self) -> bool:
        """Whether nobody has said how it ended."""
        return self.end is EventEnd.UNKNOWN

    def report_due(self, hours: int) -> datetime | None:
        """Until when the upper level must hear of it; None for an ordinary one."""
        start = self.began_at if self.severe else None
        return start + timedelta(hours=hours) if start is not None else None

    @property
    def unreported(self) -> bool:
        """Whether somebody must still be told."""
        return self.severe and self.reported_at is None and self.end is not EventEnd.MISTAKE


class After(NamedTuple):
    """The dose after which it came: its day, and its hour where somebody wrote it."""

    given: PartialDate
    at: datetime | None = None

    @property
    def first(self) -> datetime:
        """The first moment at which it can have been given; forms know minutes."""
        if self.at is not None:
            return self.at.replace(second=0, microsecond=0)
        return datetime.combine(self.given.earliest, datetime.min.time())

    def days_until(self, moment: datetime) -> int:
        """How many full days passed for sure: from hour to hour, else from day to day."""
        return (moment - self.at).days if self.at is not None else (moment.date() - self.given.latest).days


def is_severe(kinds: Sequence[str], rule: ScreeningRule) -> bool:
    """Whether one of them is severe by the rule; a code that the rule does not know is not."""
    return any(found.severe for code in kinds if (found := rule.reaction(code)) is not None)


def barring(kinds: Sequence[str], grade: int | None, rule: ScreeningRule) -> ReactionKind | None:
    """What bars the same vaccine from then on, by the rule; a grade that nobody wrote may be any."""
    for code in kinds:
        found = rule.reaction(code)
        if found is not None and found.bars_from and (grade is None or grade >= found.bars_from):
            return found
    return None


def check_event(draft: EventDraft, rule: ScreeningRule, after: After | None, now: datetime) -> list[Problem]:
    """What cannot be (errors), what is asked back (warnings)."""
    found: list[Problem] = []
    if not draft.kinds:
        found.append(Problem("kinds", "reactions.kind_missing"))
    elif any(rule.reaction(code) is None for code in draft.kinds):
        found.append(Problem("kinds", "reactions.kind_unknown"))
    found += _check_times(draft, rule, after, now)
    if draft.grade is not None and not GRADES[0] <= draft.grade <= GRADES[1]:
        found.append(Problem("grade", "reactions.grade"))
    if draft.sent_at is not None and not draft.sent_to:
        found.append(Problem("sent_to", "reactions.sent_where"))
    if is_severe(draft.kinds, rule) and not draft.treatment and not draft.sent_to:
        found.append(Problem("treatment", "reactions.treatment_missing"))
    found += too_long("sent_to", draft.sent_to, NAME_LIMIT)
    for field in ("signs", "treatment", "note"):
        found += too_long(field, getattr(draft, field), TEXT_LIMIT)
    return found


def _check_times(draft: EventDraft, rule: ScreeningRule, after: After | None, now: datetime) -> list[Problem]:
    began = draft.began_at
    if began is None:
        return [Problem("began_at", "reactions.time_missing")]
    if began > now + timedelta(minutes=1):
        return [Problem("began_at", "reactions.future")]
    found: list[Problem] = []
    if after is not None and began < after.first:
        found.append(_too_early(after))
    elif after is not None and (days := after.days_until(began)) > rule.follow_days:
        params = {"days": str(days), "most": str(rule.follow_days), "rule": rule.title}
        found.append(Problem("began_at", "reactions.late", params, "warning"))
    if draft.sent_at is not None and draft.sent_at < began:
        found.append(Problem("sent_at", "reactions.sent_before"))
    elif draft.sent_at is not None and draft.sent_at > now + timedelta(minutes=1):
        found.append(Problem("sent_at", "reactions.future"))
    return found


def _too_early(after: After) -> Problem:
    if after.at is None:
        return Problem("began_at", "reactions.before_day", {"day": after.given.text()})
    return Problem("began_at", "reactions.before_dose", {"moment": f"{after.at:%H:%M %d/%m/%Y}"})
