"""The line to the district in one look, without trying it."""

from __future__ import annotations

import socket  # door: asks the system for a way out and sends nothing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

from covidstation.db.queries.station import get_setting
from covidstation.db.session import Database
from covidstation.domain.pace import next_slot
from covidstation.domain.rights import Right
from covidstation.services.certificate import get_certificate
from covidstation.services.exchange.line_state import LineState, read_line
from covidstation.services.rights import needs

FAR: Final = timedelta(days=2)  # a plan beyond this was made by another clock


@dataclass(frozen=True, slots=True)
class LineLook:
    """`urls` where the district is reached, the best first, none: by stick alone. `auto`: it is sent by itself."""

    urls: tuple[str, ...] = ()
    auto: bool = False
    station: UUID | None = None
    state: LineState = field(default_factory=LineState)

    @property
    def host(self) -> str:
        """The district's computer, as a person would say it."""
        return (urlsplit(self.urls[0]).hostname or "") if self.urls else ""

    def due_at(self, now: datetime) -> datetime:
        """When the program sends by itself; at once when it never tried, or when the clock that planned was wrong."""
        state = self.state
        tried, planned = state.tried_at, state.next_at
        if tried is None or planned is None or tried > now + timedelta(minutes=1) or planned - now > FAR:
            return now
        if self.station is None or state.failures:
            return planned
        return min(planned, next_slot(self.station, tried))


@needs(Right.SEE)
def look_at_line(db: Database) -> LineLook:
    """Who is called, whether by itself, and what is known of the line; nothing is tried."""
    certificate = get_certificate(db)
    own = get_setting(db, "hub_url").strip()
    if certificate is None:
        return LineLook()
    return LineLook(
        urls=(own,) if own else certificate.urls,
        auto=get_setting(db, "auto_sync") == "yes",
        station=certificate.station,
        state=read_line(db.path.parent),
    )


def is_line_up(host: str) -> bool:
    """Whether this PC has any way out: asked of the system alone, nothing is sent."""
    try:
        address = host if host.replace(".", "").isdigit() else "192.0.2.1"  # a documentation address, RFC 5737
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect((address, 9))
    except OSError:
        return False
    return True
