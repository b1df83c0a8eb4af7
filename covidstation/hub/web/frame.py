"""What a page is made of: a request as handlers see it, and the few kinds of answer that they give.

A handler is a plain function from an `Ask` to an answer, on a worker thread. Who may ask is decided before it is
called (`hub.web.doors`), and what it answers becomes bytes and headers in one place (`hub.web.pages`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from starlette.datastructures import FormData, UploadFile

from covidstation.catalog import Catalog
from covidstation.errors import UserError
from covidstation.hub.database.store import Hub
from covidstation.hub.intake.bundles import Intake
from covidstation.hub.staff.rights import HubActor, HubRight
from covidstation.hub.staff.sessions import SignedIn
from covidstation.services.tables import SheetTable

PAGE: Final = 40  # lines of a list on one page: 30 kB with all that stands around them


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One request. `now` is aware; `trouble` is set when a page is shown again because its form was refused."""

    hub: Hub
    catalog: Catalog
    now: datetime
    address: str
    secure: bool
    path: str
    parts: Mapping[str, str] = field(default_factory=dict)  # of the path
    query: Mapping[str, str] = field(default_factory=dict)
    form: FormData = field(default_factory=FormData)
    signed: SignedIn | None = None
    token: str = ""  # of the session, as the browser sent it
    trouble: UserError | None = None
    take: Callable[[bytes, str], Sequence[Intake] | None]  # a bundle that was sent; None: it waits for its turn

    @property
    def actor(self) -> HubActor:
        """Who asks; a door with a right has let nobody else in."""
        assert self.signed is not None
        return self.signed.actor

    @property
    def by(self) -> UUID:
        """Their id, for the record."""
        return self.actor.id

    @property
    def today(self) -> date:
        """By the clock of this machine."""
        return self.now.astimezone().date()

    def may(self, right: HubRight) -> bool:
        """Whether who asks has it."""
        return self.signed is not None and self.signed.actor.may(right)

    def text(self, name: str, most: int = 500) -> str:
        """A field of the form; a file in its place counts as nothing."""
        value = self.form.get(name)
        return value[:most] if isinstance(value, str) else ""

    def files(self, name: str) -> list[UploadFile]:
        """The files that were sent in that field; an empty choice is none."""
        return [one for one in self.form.getlist(name) if isinstance(one, UploadFile) and one.filename]

    def id(self, name: str = "id") -> UUID:
        """A part of the path as an id. Raises UserError hub_page.not_found."""
        try:
            return UUID(hex=self.parts[name])
        except ValueError:
            raise UserError("hub_page.not_found") from None

    def day(self, name: str, otherwise: date) -> date:
        """A day of the query; anything else is the other day."""
        try:
            found = date.fromisoformat(self.query.get(name, ""))
        except ValueError:
            return otherwise
        return found if 2000 <= found.year <= 2100 else otherwise

    def skip(self) -> int:
        """How many lines of a list come before the wanted page."""
        typed = self.query.get("from", "")
        return min(int(typed), 1_000_000) if typed.isascii() and typed.isdigit() and len(typed) < 8 else 0


@dataclass(frozen=True, slots=True)
class Show:
    """A page from a template."""

    template: str
    values: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200


@dataclass(frozen=True, slots=True)
class Go:
    """To another page. `done` is a key of `words.DONE`, said there; `token` opens the session in the browser."""

    path: str
    done: str = ""
    token: str | None = None  # "" ends it


@dataclass(frozen=True, slots=True)
class File:
    """Bytes to keep. `name` is of our own making."""

    name: str
    media: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Sheet:
    """A list as a spreadsheet; it is noted in the record before it goes."""

    name: str
    tables: Sequence[SheetTable]


Answer = Show | Go | File | Sheet
Handler = Callable[[Ask], Answer]
