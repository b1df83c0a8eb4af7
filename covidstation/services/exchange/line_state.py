"""What this PC knows of its line to the district: when it last spoke, how fast it was, when it tries again.

A small file beside the register and no part of it: a copy that is brought back on another PC has another line.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from covidstation.db.key_file import replace_file
from covidstation.domain.canonical import decode
from covidstation.errors import UserError
from covidstation.sync.enrolment import Certificate

FILE: Final = "line.json"
MOST: Final = 64 << 10  # bytes


@dataclass(frozen=True, slots=True)
class LineState:
    """Moments are aware. `trouble` is the code of what went wrong at the last try, with its `params`; or empty."""

    contact_at: datetime | None = None  # the last answer of the district
    tried_at: datetime | None = None
    next_at: datetime | None = None  # when the program tries by itself
    failures: int = 0  # in a row
    trouble: str = ""
    params: Mapping[str, str] = field(default_factory=dict)
    url: str = ""  # which address answered last
    speed: float = 0.0  # bytes a second; 0: not known
    drift: float = 0.0  # seconds that this PC's clock is before the district's

    @property
    def error(self) -> UserError | None:
        """What went wrong at the last try."""
        return UserError(self.trouble, **self.params) if self.trouble else None


def read_line(folder: Path) -> LineState:
    """What is known; nothing when the file is missing or not ours."""
    try:
        with (folder / FILE).open("rb") as file:
            value = decode(file.read(MOST))
        moments = {name: _moment(value[name]) for name in ("contact_at", "tried_at", "next_at")}
        params = {str(name): str(what) for name, what in value["params"].items()}
        return LineState(
            **moments,
            failures=int(value["failures"]),
            trouble=str(value["trouble"]),
            params=params,
            url=str(value["url"]),
            speed=float(value["speed"]),
            drift=float(value["drift"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, OverflowError):
        return LineState()


def keep_line(folder: Path, state: LineState) -> None:
    """Remember it; a disk that is full forgets, and nothing else happens."""
    value: dict[str, Any] = asdict(state)
    for name in ("contact_at", "tried_at", "next_at"):
        moment = value[name]
        value[name] = moment.isoformat() if moment is not None else None
    value["params"] = {name: str(what)[:200] for name, what in state.params.items()}
    try:
        replace_file(folder / FILE, json.dumps(value, ensure_ascii=False).encode())
    except OSError:
        return


def _moment(text: object) -> datetime | None:
    if text is None:
        return None
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        raise ValueError("a moment needs its zone")
    return moment


def addresses(own: str, certificate: Certificate) -> tuple[str, ...]:
    """Where the district is: at the address that the station's head has set, else at those of the certificate.

    Raises UserError wire.no_address.
    """
    urls = (own.strip(),) if own.strip() else certificate.urls
    if not urls:
        raise UserError("wire.no_address")
    return urls
