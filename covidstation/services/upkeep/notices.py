"""What the person at the desk should know of the place, the disk and the clock, each with a way to go on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final, Literal
from uuid import UUID

from sqlalchemy import func, select

from covidstation.db.place import PlaceKind, place_of
from covidstation.db.queries.station import get_setting
from covidstation.db.reserve import lay_in
from covidstation.db.rows import AuditRow, JournalStateRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.clock import doubt
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.services.access.opening import Register
from covidstation.services.changes import Done
from covidstation.services.copies.backup import look_at_backups
from covidstation.services.exchange.conflicts import list_conflicts
from covidstation.services.record import change_setting
from covidstation.services.rights import needs
from covidstation.services.status import free_room

LITTLE: Final = 500 << 20  # bytes free: time to clear up
LEAST: Final = 100 << 20  # bytes free: today
NEWEST: Final = 1000  # entries in which the newest moment is looked for
TRUSTED: Final = "clock_trusted"
_MB: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to know; its sentence is `messages.sentence(notice.problem)`. `clock`: `trust_clock` answers it."""

    code: str
    level: Literal["warn", "danger"]
    params: dict[str, str] = field(default_factory=dict)
    clock: bool = False

    @property
    def problem(self) -> Problem:
        """For `messages.sentence`."""
        return Problem("", self.code, self.params)


@needs(Right.SEE)
def station_notices(register: Register, now: datetime, made_on: date | None = None) -> tuple[Notice, ...]:
    """All that is to be said now, the gravest first. `made_on` is the day on which this program was made."""
    found = [
        *_room(register.folder),
        *place_notices(register.folder),
        *_clock(register.db, now, made_on),
        *_drill(register.db, now),
        *_conflicts(register.db),
    ]
    return tuple(sorted(found, key=lambda one: one.level != "danger"))


def _conflicts(db: Database) -> Iterator[Notice]:
    """Values that somebody must choose between."""
    waiting = len(list_conflicts(db))
    if waiting:
        yield Notice("conflict.waiting", "warn", {"n": str(waiting)})


def place_notices(folder: Path) -> Iterator[Notice]:
    """What is wrong with the place itself."""
    place = place_of(folder)
    if place.kind is PlaceKind.CLOUD:
        yield Notice("place.cloud", "danger", {"cloud": place.name})
    elif place.kind is PlaceKind.NETWORK:
        yield Notice("place.network", "danger")
    elif place.kind is PlaceKind.STICK:
        yield Notice("place.stick", "warn")


def keep_room(folder: Path) -> bool:
    """Lay in the reserve for a full disk (docs/adr/0023); whether it is there."""
    return lay_in(folder)


@needs(Right.OWN)
def trust_clock(db: Database, *, by: UUID | None, now: datetime) -> Done[None]:
    """A person says that the clock is right: what was written until now no longer speaks against it."""
    with db.read() as session:
        upto = session.get_one(JournalStateRow, 1).audit_seq
    return change_setting(db, TRUSTED, f"{upto} {now.date().isoformat()}", by=by, now=now)


def _room(folder: Path) -> Iterator[Notice]:
    free = free_room(folder)
    if free is not None and free < LITTLE:
        params = {"free": str(free // _MB)}
        yield Notice("space.least", "danger", params) if free < LEAST else Notice("space.little", "warn", params)


def _drill(db: Database, now: datetime) -> Iterator[Notice]:
    if look_at_backups(db, now).drill_due:
        yield Notice("backup.drill", "warn")


def _clock(db: Database, now: datetime, made_on: date | None) -> Iterator[Notice]:
    upto, day = _trusted(get_setting(db, TRUSTED))
    if day is not None and now.date() >= day:
        made_on = None
    newest = _newest(db, upto)
    found = doubt(now, newest, made_on)
    if found is not None:
        when = (newest or now).astimezone(now.tzinfo)
        params = {"now": f"{now:%H:%M %d/%m/%Y}", "newest": f"{when:%H:%M %d/%m/%Y}"}
        yield Notice(f"clock.{found}", "warn", params, clock=True)


def _trusted(value: str) -> tuple[int, date | None]:
    """Up to which entry a person answered for the clock, and on which day of it."""
    upto, _space, day = value.partition(" ")
    try:
        return int(upto), date.fromisoformat(day)
    except ValueError:
        return 0, None


def _newest(db: Database, after: int) -> datetime | None:
    """The latest moment of a change after that entry, by the PC's clock as it was: stamps never go back."""
    changes = (AuditRow.seq > after, AuditRow.action == AuditAction.CHANGE.value)
    last = select(AuditRow.at).where(*changes).order_by(AuditRow.seq.desc()).limit(NEWEST).subquery()
    with db.read() as session:
        at = session.scalar(select(func.max(last.c.at)))
    return datetime.fromtimestamp(at / 1000, UTC) if at is not None else None
