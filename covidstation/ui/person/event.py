"""One line of a person's timeline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from covidstation.ui.look.tokens import Ink


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened: the hour where it is known, an icon, what, and more words under it."""

    day: date
    icon: str
    what: str
    more: str = ""
    clock: str = ""
    ink: Ink = "muted"
    paper_id: UUID | None = None
    rank: int = 5
    why: str = ""  # whole sentences behind "Vì sao?"
