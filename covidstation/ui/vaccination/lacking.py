"""Who has not reached a level, as a part of the page of who is due: one page asks another for exactly these people."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from covidstation.domain.vaccination.coverage import Level
from covidstation.domain.vaccination.goals import Meant

_HEAD: Final = "lacking"


def lacking_part(meant: Meant) -> str:
    """The part that opens them."""
    ages = (meant.first_age, meant.end_age)
    numbers = ("" if one is None else str(one) for one in ages)
    hamlet = meant.hamlet_id.hex if meant.hamlet_id is not None else ""
    return "/".join((_HEAD, meant.level.value, *numbers, meant.group, hamlet))


def read_lacking(part: str) -> Meant | None:
    """Whom a part means; None for another one."""
    words = part.split("/")
    if len(words) != 6 or words[0] != _HEAD or words[1] not in set(Level):
        return None
    first, end, group, hamlet = words[2:]
    return Meant(
        level=Level(words[1]), first_age=int(first) if first else None, end_age=int(end) if end else None, group=group,
        hamlet_id=UUID(hex=hamlet) if hamlet else None,
    )  # fmt: skip
