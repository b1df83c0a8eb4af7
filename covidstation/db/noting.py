"""Noting what was only looked at, printed or carried away: nothing of the register changes by it (docs/adr/0019)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from covidstation.db import audit
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Actor
from covidstation.errors import UserError


class Noting(ABC):
    """What an open register is besides a file: somebody has it in hand, and what they do is noted."""

    def __init__(self, actor: Actor | None) -> None:
        self.actor = actor  # who unlocked it; None: the program itself
        self.clock = _now  # of entries that no act gives a moment
        self._owed: list[audit.Owed] = []

    @abstractmethod
    def write(self, by: UUID | None, now: datetime) -> AbstractContextManager[Session]:
        """See `Database`."""

    @contextmanager
    def noting(self, action: AuditAction, now: datetime, **entry: Any) -> Iterator[None]:
        """Do something that changes nothing of the register and note it; when the block fails nothing is noted.

        `entry` as in `db.audit.note`. Raises UserError when the entry cannot be written.
        """
        yield
        with self.write(None, now) as session:
            audit.note(session, action, **entry)

    def note(
        self,
        action: AuditAction,
        *,
        subjects: Sequence[UUID | None] = (None,),
        detail: Mapping[str, str | int] | None = None,
        now: datetime | None = None,
    ) -> None:
        """Note what was done, one entry for each subject. Never raises for the disk.

        A full disk keeps nobody from reading and printing: the entries are then owed, and the next act writes them
        with its own.
        """
        moment = now or self.clock()
        at, actor = int(moment.timestamp() * 1000), self.actor.id if self.actor else None
        self._owed += [audit.Owed(action, subject, dict(detail or {}), actor, at) for subject in subjects]
        with suppress(UserError), self.write(None, moment):
            pass

    @contextmanager
    def _paying(self) -> Iterator[tuple[audit.Owed, ...]]:
        """The entries that are owed; they stay so when the block fails."""
        owed = tuple(self._owed)
        yield owed
        del self._owed[: len(owed)]


def _now() -> datetime:
    return datetime.now(UTC)
