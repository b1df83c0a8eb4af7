"""A case's history as events, so that "under care" is a sum and the day's identity holds by construction.

    under care today = yesterday + new + back from hospital − recovered − transferred − died − lost ± handed over

Each event has a moment on the station's wall clock and a `delta` of −1, 0 or +1; of one case the deltas add up to 0 or
1 at every moment. A death or a recovery in hospital has delta 0: the person had left the commune's care before.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from enum import StrEnum
from typing import Final
from uuid import UUID

from covidstation.domain.care import ContactStatus
from covidstation.domain.episodes import CaseClassification, CaseOutcome

END_OF_DAY: Final = time(23, 59)


class FlowKind(StrEnum):
    """What happened to a case; the first letter of an event's key."""

    NEW = "N"
    OUT = "O"  # to a higher level
    IN = "I"  # back from it
    RECOVERED = "R"
    DIED = "D"
    LOST = "L"
    WITHDRAWN = "W"  # counted in a report that was sent, and no longer true
    CAME = "C"  # from another station, which had counted the case as new
    WENT = "V"  # to another station


HANDED_OVER: Final = frozenset((FlowKind.CAME, FlowKind.WENT))
"""Move who is under care without being a figure of their own: a report shows them as its adjustment."""

_ENDS: Final = {
    CaseOutcome.RECOVERED: FlowKind.RECOVERED,
    CaseOutcome.DECEASED: FlowKind.DIED,
    CaseOutcome.UNKNOWN: FlowKind.LOST,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """A transfer and the return from it, if there was one; voided ones are left out before."""

    id: UUID
    left_at: datetime
    returned_at: datetime | None = None
    known_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHistory:
    """What the flow needs of one case. `known_at` moments say when something was written into the register."""

    episode_id: UUID
    person_id: UUID
    hamlet_id: UUID | None
    report_date: date
    found_at: datetime | None = None
    known_at: datetime
    classification: CaseClassification = CaseClassification.CONFIRMED
    stays: tuple[Stay, ...] = ()
    outcome: CaseOutcome = CaseOutcome.NO_OUTCOME
    outcome_on: date | None = None
    end_known_at: datetime
    came_from: bool = False  # another station has counted the case; here it begins when it was handed over
    went_at: datetime | None = None  # handed over to another station


@dataclass(frozen=True, slots=True, kw_only=True)
class CareEvent:
    """One event. `key` stays the same while the event is true, whatever else is corrected of it."""

    key: str
    kind: FlowKind
    episode_id: UUID
    person_id: UUID
    hamlet_id: UUID | None
    at: datetime
    delta: int
    known_at: datetime


def key_of(id: UUID) -> str:
    """An id in 22 letters: reports keep thousands of them."""
    return urlsafe_b64encode(id.bytes).decode("ascii").rstrip("=")


def id_of(key: str) -> UUID:
    """The id again."""
    return UUID(bytes=urlsafe_b64decode(f"{key}=="))


def moment_on(day: date, *, said: datetime | None, known_at: datetime) -> datetime:
    """The moment of something of which the day is known.

    The hour that was said, if it is of that day; else when it was written, if it was written that day; else the end
    of the day: what is entered afterwards may not slip into a report that was sent before.
    """
    if said is not None and said.date() == day:
        return said
    if known_at.date() == day:
        return known_at
    return datetime.combine(day, END_OF_DAY)


COUNTED: Final = frozenset(
    (CaseClassification.CONFIRMED, CaseClassification.CONFIRMED_NO_SYMPTOMS, CaseClassification.PROBABLE)
)
"""What a report counts as F0 (docs/daily-report.md)."""
SUSPECTED: Final = frozenset((CaseClassification.SUSPECT, CaseClassification.NOT_CLASSIFIED))
"""What it shows apart."""


def events_of(case: CaseHistory) -> tuple[CareEvent, ...]:
    """The case's events in their order. A suspected case and a wrong entry (NO_CASE) have none."""
    if case.classification not in COUNTED:
        return ()
    last = case.outcome_on if case.outcome in _ENDS else None
    made = _Events(case)
    if not case.came_from:
        begun = moment_on(case.report_date, said=case.found_at, known_at=case.known_at)
        made.add(FlowKind.NEW, begun, case.known_at, key_of(case.episode_id))
    elif last is not None and last < case.known_at.date():
        return ()  # it had ended before: all of it is the other station's
    else:
        made.come()
    for stay in sorted(case.stays, key=lambda one: (one.left_at, one.id)):
        if last is None or stay.left_at.date() <= last:
            made.add_stay(stay, last)
    if case.outcome in _ENDS:
        day = last or case.end_known_at.date()
        at = moment_on(day, said=None, known_at=case.end_known_at)
        made.add(_ENDS[case.outcome], at, case.end_known_at, key_of(case.episode_id))
    made.go()
    return tuple(made.found)


class _Events:
    """Events being made: no moment before the one before it, nobody leaves twice."""

    def __init__(self, case: CaseHistory) -> None:
        self._case = case
        self.found: list[CareEvent] = []
        self._here = 0

    def come(self) -> None:
        """Handed over by another station; whoever was in hospital then comes into care with the return."""
        case = self._case
        self.add(FlowKind.CAME, case.known_at, case.known_at, key_of(case.episode_id))
        if any(self._before(stay) and not self._over(stay) for stay in case.stays):
            self.found[-1] = replace(self.found[-1], delta=0)
            self._here = 0

    def go(self) -> None:
        """Handed over to another station, if somebody was in care."""
        case = self._case
        if case.went_at is not None and self._here:
            self.add(FlowKind.WENT, case.went_at, case.went_at, key_of(case.episode_id))

    def _before(self, stay: Stay) -> bool:
        return self._case.came_from and stay.left_at <= self._case.known_at

    def _over(self, stay: Stay) -> bool:
        return stay.returned_at is not None and stay.returned_at <= self._case.known_at

    def add_stay(self, stay: Stay, last: date | None) -> None:
        """A transfer while the person is here; the return counts until the day the illness ended."""
        key = key_of(self._case.episode_id) + key_of(stay.id)
        if self._before(stay):
            if self._over(stay):
                return
        elif self._here:
            self.add(FlowKind.OUT, stay.left_at, stay.known_at, key)
        else:
            return
        back = stay.returned_at
        if back is not None and (last is None or back.date() <= last):
            self.add(FlowKind.IN, back, stay.known_at, key)

    def add(self, kind: FlowKind, at: datetime, known_at: datetime, key: str) -> None:
        """One more event."""
        if self.found:
            at = max(at, self.found[-1].at)
        after = 1 if kind in (FlowKind.NEW, FlowKind.IN, FlowKind.CAME) else 0
        case = self._case
        self.found.append(
            CareEvent(
                key=kind.value + key,
                kind=kind,
                episode_id=case.episode_id,
                person_id=case.person_id,
                hamlet_id=case.hamlet_id,
                at=at,
                delta=after - self._here,
                known_at=known_at,
            )
        )
        self._here = after


def under_care(events: Iterable[CareEvent], at: datetime) -> int:
    """How many are under care at that moment."""
    return sum(event.delta for event in events if event.at <= at)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactHistory:
    """What the flow needs of one contact (F1)."""

    contact_id: UUID
    person_id: UUID
    hamlet_id: UUID | None
    report_date: date
    known_at: datetime
    status: ContactStatus
    ended_on: date | None = None
    end_known_at: datetime


def contact_span(contact: ContactHistory) -> tuple[datetime, datetime | None]:
    """From when until when somebody counts as a contact in quarantine; None while it lasts.

    It begins when the contact was written down: the hour of a quarantine is often only the station's usual one. It ends
    when somebody ends it, not by its last day passing: until then the person waits for a release.
    """
    begin = moment_on(contact.report_date, said=None, known_at=contact.known_at)
    if contact.status is ContactStatus.ACTIVE and contact.ended_on is None:
        return begin, None
    day = contact.ended_on or contact.end_known_at.date()
    return begin, max(begin, moment_on(day, said=None, known_at=contact.end_known_at))
