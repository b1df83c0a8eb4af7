"""What every page is given: the open register, the road to it, and the ways to other pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar
from uuid import UUID

from PySide6.QtCore import QObject, Signal

from covidstation.catalog import Catalog
from covidstation.domain.clock import MADE_ON
from covidstation.domain.packs import PaperKind
from covidstation.domain.people import PersonDraft
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.services import rights
from covidstation.services.access.opening import Register
from covidstation.services.changes import Changes, Done, Kind
from covidstation.services.drafts import Settled, settled
from covidstation.services.rules.versions import station_catalog_of
from covidstation.ui.needs import closed_to
from covidstation.ui.parts.closed import close_acts
from covidstation.ui.parts.rights import Guarded, forbid
from covidstation.ui.tasks import TaskRunner

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NewF0:
    """How an F0 form opens: empty, filled from a card, for a known person, or to correct what is known.

    `episode_id`: correct that illness and its person; `person_only`: correct the person alone.
    """

    draft: PersonDraft | None = None
    person_id: UUID | None = None
    from_card: bool = False
    episode_id: UUID | None = None
    person_only: bool = False


@dataclass(frozen=True, slots=True)
class PaperWish:
    """Which paper a person wants to see, for these illnesses, these contacts of one household, or these people.

    Without a `kind` it is the isolation's order or its end, whichever papers the law of the day has. `about_id`: the
    transfer of a referral; without one, the newest of the illness.
    """

    episode_ids: tuple[UUID, ...]
    ending: bool = False
    kind: PaperKind | None = None
    contact_ids: tuple[UUID, ...] = ()
    about_id: UUID | None = None
    person_ids: tuple[UUID, ...] = ()

    @property
    def ids(self) -> tuple[UUID, ...]:
        """The contacts of a contact's paper, the people of one that speaks of no illness, else the illnesses."""
        return self.contact_ids or self.person_ids or self.episode_ids


class Desk(QObject):
    """One for the whole window; no page keeps another page.

    `ask` reads, `act` does one thing of a person: after it the `changed` signal tells every page which kinds to ask
    again. The `want_…` signals are the ways between pages; the main window connects them.
    """

    changed = Signal(object)  # Changes
    want_page = Signal(str)
    want_person = Signal(object)  # UUID
    want_household = Signal(object)  # UUID
    want_supply = Signal(object)  # UUID of an item of the store
    want_taken = Signal(object)  # UUID of a person, at their medicines
    want_chronic = Signal(object)  # UUID of a person, at their chronic diseases
    want_vaccine = Signal(object)  # UUID of a person, at their doses
    want_f0 = Signal(object)  # NewF0
    want_paper = Signal(object)  # PaperWish
    want_issued = Signal(object)  # UUID of an issued paper
    want_transfer = Signal(object)  # UUID of the illness of whoever goes to a higher level
    want_contacts = Signal(object)  # UUID of an illness whose household becomes F1, or None for the list
    want_missing = Signal(object)  # tuple[UUID, ...] of illnesses or contacts: what their papers lack
    want_restore = Signal()  # close the register and choose a copy
    want_picture = Signal()  # read a card from a picture file
    said = Signal(str)  # one line for the toast
    want_sending = Signal()  # to the district, now
    sending = Signal(object)  # ui.sync.worker.Sending: how it goes

    def __init__(
        self, register: Register, catalog: Catalog, tasks: TaskRunner, now: Callable[[], datetime] | None = None
    ) -> None:
        super().__init__()
        self.register = register
        self.catalog = station_catalog_of(register.db, catalog)  # with the station's own versions of the rules
        self._shipped = catalog
        self.tasks = tasks
        self._parted = False
        close_acts(closed_to(register.db))
        self.now = now or (lambda: datetime.now().astimezone())
        register.db.clock = self.now
        self.made_on = None if now else MADE_ON  # what this PC's clock is held against

    def ask(
        self,
        parent: QObject,
        query: Callable[[], T],
        ok: Callable[[T], object],
        fail: Callable[[UserError], object] | None = None,
    ) -> None:
        """Run a query on the database thread and hand its frozen answer to `ok` on this one."""
        if not self._parted:
            self.tasks.run(parent, query, ok, fail)

    def act(
        self,
        parent: QObject,
        service: Callable[[], Done[T]],
        ok: Callable[[T], object],
        fail: Callable[[UserError], object] | None = None,
        *,
        draft: Settled | None = None,
    ) -> None:
        """Run a service on the database thread, hand its value to `ok`, then tell all pages what changed.

        `draft`: the half-typed form that the service saves; it goes in the same transaction.
        """
        if draft is not None:
            service = partial(settled, self.register.db, draft, service)

        def finished(result: Done[T]) -> None:
            ok(result.value)
            self.tell(result.changes)

        if not self._parted:
            self.tasks.run(parent, service, finished, fail)

    def part(self) -> None:
        """The register is about to be closed: what was asked before is still done, nothing is asked any more."""
        self._parted = True

    def tell(self, changes: Changes) -> None:
        """Say which kinds changed; edited rules are laid over the shipped ones first."""
        if Kind.RULES in changes:
            self.ask(
                self,
                partial(station_catalog_of, self.register.db, self._shipped),
                lambda catalog: self._lay(catalog, changes),
            )
        elif changes:
            self.changed.emit(changes)

    def may(self, right: Right) -> bool:
        """Whether whoever unlocked the register has that right."""
        return rights.may(self.register.db, right)

    def guard(self, right: Right, *acts: Guarded) -> None:
        """Close these buttons or menu entries, with the reason on them, to whoever lacks the right."""
        if not self.may(right):
            why = sentence(UserError(f"rights.{right.value}"))
            for act in acts:
                forbid(act, why)

    @property
    def shipped(self) -> Catalog:
        """The lists and rules as the program brought them."""
        return self._shipped

    def _lay(self, catalog: Catalog, changes: Changes) -> None:
        self.catalog = catalog
        self.changed.emit(changes)

    def open_paper(self, episode_ids: Sequence[UUID], *, ending: bool = False) -> None:
        """Show the paper of these illnesses before it gets a number."""
        self.want_paper.emit(PaperWish(tuple(episode_ids), ending))

    def open_kind(self, episode_ids: Sequence[UUID], kind: PaperKind, about_id: UUID | None = None) -> None:
        """The same for a paper of that kind; `about_id` is the transfer of a referral."""
        self.want_paper.emit(PaperWish(tuple(episode_ids), kind=kind, about_id=about_id))

    def open_contact_paper(self, contact_ids: Sequence[UUID], kind: PaperKind) -> None:
        """Show the order or the release of these contacts before it gets a number."""
        self.want_paper.emit(PaperWish((), kind=kind, contact_ids=tuple(contact_ids)))
