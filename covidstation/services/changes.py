"""What an act changed, so that whoever shows it can ask again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

T = TypeVar("T")


class Kind(StrEnum):
    """The kinds of thing that a window may show."""

    PEOPLE = "people"
    EPISODES = "episodes"
    PAPERS = "papers"
    PLACES = "places"
    STATION = "station"
    SYNC = "sync"
    CARE = "care"  # triage, visits, alerts, calls, transfers, medicines, follow-up
    CONTACTS = "contacts"
    REPORTS = "reports"
    RULES = "rules"
    COPIES = "copies"  # backups: no record, but the status line tells how old the newest is
    SUPPLIES = "supplies"
    CHRONIC = "chronic"  # chronic disease, elders' checks
    REVIEWS = "reviews"  # rounds from door to door, people to look after, who goes where
    VACCINES = "vaccines"  # doses, what stands between somebody and the next one, sessions, fridges
    DISTRICT = "district"  # what the district tells and asks


Changes = frozenset[Kind]


@dataclass(frozen=True, slots=True)
class Done(Generic[T]):
    """The result of an act and the kinds that it touched."""

    value: T
    changes: Changes


def done(value: T, *kinds: Kind) -> Done[T]:
    """A result; every change of a record also waits for the next bundle."""
    return Done(value, frozenset(kinds))
