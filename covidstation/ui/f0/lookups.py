"""While a person is typed: is the number known, is there somebody like them, whose phone is it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import QObject, QTimer, Signal

from covidstation.catalog import Catalog
from covidstation.db.queries.people import PersonHit, get_hit, people_with_phone, person_by_number, similar_people
from covidstation.domain.citizen import CITIZEN, OLD_CITIZEN
from covidstation.domain.people import PersonDraft
from covidstation.i18n import _
from covidstation.services.access.opening import Register
from covidstation.services.people import cleaned_person
from covidstation.ui.desk import Desk

_WAIT_MS = 150
_LEAST = 10  # signs of the shortest insurance number


@dataclass(frozen=True, slots=True)
class Found:
    """Who in the register may be meant. `known` has one of the numbers; `fresh` says a whole number is nobody's."""

    known: PersonHit | None = None
    fresh: bool = False
    similar: tuple[PersonHit, ...] = ()
    phone: PersonHit | None = None


class Lookups(QObject):
    """`look(draft, self_id)` soon answers with `found(Found)`; an answer to older words is dropped."""

    found = Signal(object)

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self._turn = 0
        self._wanted: tuple[PersonDraft, UUID | None] = (PersonDraft(), None)
        self._wait = QTimer(self, interval=_WAIT_MS, singleShot=True)
        self._wait.timeout.connect(self._ask)

    def look(self, draft: PersonDraft, self_id: UUID | None) -> None:
        """Look these words up when typing pauses."""
        self._wanted = (draft, self_id)
        self._turn += 1
        self._wait.start()

    def look_now(self, draft: PersonDraft, self_id: UUID | None) -> None:
        """Look them up at once: a card was read."""
        self.look(draft, self_id)
        self._wait.stop()
        self._ask()

    def stop(self) -> None:
        """Nothing is asked any more, and no answer shows."""
        self._turn += 1
        self._wait.stop()

    def _ask(self) -> None:
        turn, (draft, self_id), desk = self._turn, self._wanted, self._desk

        def answered(found: Found) -> None:
            if turn == self._turn:
                self.found.emit(found)

        self._desk.ask(self, lambda: _look_up(desk.register, desk.catalog, draft, self_id), answered)


def _look_up(register: Register, catalog: Catalog, draft: PersonDraft, self_id: UUID | None) -> Found:
    db, person = register.db, cleaned_person(draft, catalog)
    whole = {
        "citizen": person.citizen_number if CITIZEN.fullmatch(person.citizen_number) else "",
        "old": person.old_citizen_number if OLD_CITIZEN.fullmatch(person.old_citizen_number) else "",
        "insurance": person.insurance_number if len(person.insurance_number) >= _LEAST else "",
    }
    known = person_by_number(db, **whole)
    other = known if known != self_id else None
    similar: list[PersonHit] = []
    if self_id is None and other is None and person.birth is not None:
        similar = similar_people(db, person.full_name, person.birth.year)
    sharing = people_with_phone(db, person.phone) if len(person.phone) >= _LEAST - 1 else []
    phone = next((hit for hit in sharing if hit.id not in (self_id, other)), None)
    return Found(
        known=get_hit(db, other) if other else None,
        fresh=bool(whole["citizen"]) and known is None,
        similar=tuple(similar),
        phone=phone,
    )


def known_words(hit: PersonHit) -> str:
    """`Giàng A Páo, 1955, bản Nậm Ngá`."""
    parts = (hit.full_name, f"{hit.birth.year}" if hit.birth else "", hit.hamlet)
    return ", ".join(filter(None, parts))


def similar_words(hit: PersonHit) -> str:
    """The question beside the name."""
    return _("Có thể là {person}?").format(person=known_words(hit))
