"""Which lines Hôm nay has, and what one of them says."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Key(StrEnum):
    """The lines, in the order that they have when none is late."""

    QUESTION = "question"
    HOURS = "hours"
    REPORT = "report"
    ROUND = "round"
    ENDINGS = "endings"
    ORDERS = "orders"
    CONTACTS = "contacts"
    PAPERS = "papers"
    CALLS = "calls"
    NOTICES = "notices"
    FOLLOW_UPS = "follow_ups"
    MEDICINES = "medicines"
    CHRONIC = "chronic"
    REACTIONS = "reactions"
    SITTING = "sitting"
    SESSION = "session"
    FRIDGE = "fridge"
    REVISITS = "revisits"
    VACCINES = "vaccines"
    REVIEW = "review"
    ALLOTMENTS = "allotments"
    STORE = "store"
    DISTRICT = "district"
    KEPT = "kept"
    SENDING = "sending"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkLine:
    """One line: how much, what and why. `lead` is the amber word of what is late; `progress` is done of all."""

    key: Key
    count: int
    what: str
    why: str = ""
    lead: str = ""
    progress: tuple[int, int] = (0, 0)
