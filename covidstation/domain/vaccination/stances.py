"""What stands between somebody and the next dose: refused, put off, not allowed, cannot come; until when, what next.

Nobody writes that a dose, or a newer word, ended one: that follows from the rows (`settled`). So what was taken back
leaves no trace, in whatever order two copies of a register tell of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from covidstation.domain.dates import PartialDate
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.text import TEXT_LIMIT

MOST_AHEAD: Final = timedelta(days=731)  # a day beyond that is a slip of the keyboard


class StanceKind(StrEnum):
    """A word that this version does not know reads as put off: somebody looks at it again."""

    REFUSED = "REFUSED"
    DEFERRED = "DEFERRED"
    CONTRAINDICATED = "CONTRAINDICATED"
    CANNOT_TRAVEL = "CANNOT_TRAVEL"  # a mark beside the state: somebody goes there

    @classmethod
    def _missing_(cls, value: object) -> StanceKind:
        return cls.DEFERRED


class ClosedReason(StrEnum):
    """Why it no longer stands; an unknown word reads as over."""

    OVER = "OVER"  # no longer so
    VACCINATED = "VACCINATED"
    MISTAKE = "MISTAKE"  # it never was so
    REPLACED = "REPLACED"  # said anew since; never written

    @classmethod
    def _missing_(cls, value: object) -> ClosedReason:
        return cls.OVER


@dataclass(frozen=True, slots=True, kw_only=True)
class StanceDraft:
    """What is said. `until`: look again on that day; what it ends, `Stance.holds` says. `product`: a contraindication
    against that vaccine alone."""

    person_id: UUID
    kind: StanceKind
    reason: str = ""
    since: date
    until: date | None = None
    product: str = ""
    next_step: str = ""
    due_on: date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stance(StanceDraft):
    """One in the register."""

    id: UUID
    by_name: str = ""
    closed_on: date | None = None
    closed_reason: ClosedReason | None = None

    def holds(self, day: date) -> bool:
        """Whether it stands on that day. A contraindication stands until somebody closes it, what else is said until
        its re-check day; one that was written by mistake never did."""
        if self.closed_reason is ClosedReason.MISTAKE:
            return False
        if self.since > day or (self.closed_on is not None and self.closed_on <= day):
            return False
        # What once was dangerous is so until somebody has looked: no day alone makes it harmless.
        return self.kind is StanceKind.CONTRAINDICATED or self.until is None or day < self.until

    @property
    def open(self) -> bool:
        """Whether nobody has closed it; it may wait for a look all the same (`until`)."""
        return self.closed_on is None


class Told(NamedTuple):
    """A stance as it is written, with the stamp of its writing; `said`: of the last word on what it is, or that it
    stands again, `closed`: of the last word on whether it is over."""

    stance: Stance
    stamp: int
    said: int = 0
    closed: int = 0

    def replaces(self, one: Told) -> bool:
        """Whether this newer word stands for that one: nobody took it back, or said the other again since it was over;
        nobody is put off for less time by being put off once more."""
        stance, other = self.stance, one.stance
        if (stance.kind, stance.product) != (other.kind, other.product) or stance.closed_reason is ClosedReason.MISTAKE:
            return False
        if not stance.open and one.said > self.closed:
            return False
        return stance.kind is not StanceKind.DEFERRED or _end(stance) >= _end(other)


class Had(NamedTuple):
    """A dose that stands, as stances see it. `came`: to a place of vaccination; `stamp`: of the first writing."""

    given: PartialDate
    stamp: int
    came: bool = False


_ENDED_BY_DOSE: Final = frozenset({StanceKind.REFUSED, StanceKind.DEFERRED})


def settled(told: Iterable[Told], doses: Iterable[Had]) -> tuple[Stance, ...]:
    """One person's stances as they stand: a dose since then ended a refusal and what had put it off, a way to the place
    of vaccination ended that nobody could come, a newer word of the same kind stands for the older one
    (`Told.replaces`).

    A contraindication is ended by no dose: who gave one all the same said why of that dose alone. What somebody closed
    stays closed as they said.
    """
    said, had = sorted(told, key=lambda one: (one.stamp, one.stance.id)), tuple(doses)
    return tuple(_settled(one, said[at + 1 :], had) for at, one in enumerate(said))


def _settled(one: Told, later: Sequence[Told], doses: Sequence[Had]) -> Stance:
    stance = one.stance
    if not stance.open:
        return stance
    ends = [(dose.given.latest, ClosedReason.VACCINATED) for dose in doses if _ended(one, dose)]
    ends += [(max(other.stance.since, stance.since), ClosedReason.REPLACED) for other in later if other.replaces(one)]
    if not ends:
        return stance
    day, reason = min(ends)
    return replace(stance, closed_on=day, closed_reason=reason)


def _end(stance: Stance) -> date:
    return stance.until or date.max


def _ended(one: Told, dose: Had) -> bool:
    """Whether the dose came after what was said: of one day, whether it was written after it."""
    kind, since, given = one.stance.kind, one.stance.since, dose.given
    if kind not in _ENDED_BY_DOSE and not (kind is StanceKind.CANNOT_TRAVEL and dose.came):
        return False
    return given.earliest > since or (given.full == since and dose.stamp > one.stamp)


def check_look(draft: StanceDraft, today: date) -> list[Problem]:
    """What is over by its own day as soon as it is written: nothing would stand between them and the next dose."""
    day = draft.until
    if day is None or not draft.since <= day <= today or draft.kind is StanceKind.CONTRAINDICATED:
        return []
    return [Problem("until", "vaccination.stance_over", {"day": f"{day:%d/%m/%Y}"})]


def check_stance(draft: StanceDraft, *, birth: PartialDate | None, today: date) -> list[Problem]:
    """What cannot be (errors) or is asked back (warnings)."""
    found: list[Problem] = []
    if not draft.reason.strip():
        found.append(Problem("reason", "vaccination.stance_why"))
    if draft.since > today:
        found.append(Problem("since", "vaccination.stance_future"))
    elif birth is not None and draft.since < birth.earliest:
        found.append(Problem("since", "vaccination.stance_before_birth", {"birth": birth.text()}))
    if draft.kind is StanceKind.DEFERRED and draft.until is None:
        found.append(Problem("until", "vaccination.stance_until_missing"))
    for field, day in (("until", draft.until), ("due_on", draft.due_on)):
        if day is not None and day < draft.since:
            found.append(Problem(field, "vaccination.stance_turned", {"day": f"{day:%d/%m/%Y}"}))
        elif day is not None and day > today + MOST_AHEAD:
            found.append(Problem(field, "vaccination.stance_far", {"day": f"{day:%d/%m/%Y}"}))
    if draft.kind is not StanceKind.CONTRAINDICATED and draft.product:
        found.append(Problem("product", "vaccination.stance_product"))
    for field in ("reason", "next_step", "note"):
        found += too_long(field, getattr(draft, field), TEXT_LIMIT)
    return found
