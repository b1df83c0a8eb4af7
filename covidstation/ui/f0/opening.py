"""What an F0 form has to know before it opens, asked for in one go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from covidstation.catalog import Catalog
from covidstation.db.queries.episodes import get_episode
from covidstation.db.queries.people import get_hit, get_person
from covidstation.db.queries.places import Hamlet, hamlets, sub_points
from covidstation.db.queries.record_sync import RecordSync, sync_states_of
from covidstation.db.queries.station import get_setting
from covidstation.db.queries.triage import Assessment, assessments_of
from covidstation.domain.citizen import normal_number
from covidstation.domain.episodes import Episode
from covidstation.domain.packs import PaperKind, pack_on
from covidstation.domain.people import Person
from covidstation.domain.station import TEST_PLACES
from covidstation.errors import UserError
from covidstation.services.access.audit import saw_person
from covidstation.services.access.opening import Register
from covidstation.services.care.doses import NOTHING, Told, doses_told
from covidstation.services.drafts import Draft, drafts
from covidstation.ui.desk import NewF0
from covidstation.ui.f0.keeper import FORM


@dataclass(frozen=True, slots=True)
class Opening:
    """The answer: lists, defaults, the person and illness that are meant, drafts that were left."""

    hamlets: tuple[Hamlet, ...]
    test_places: tuple[str, ...]
    test_place: str
    isolation_hour: int
    asks_hours: bool
    person: Person | None
    open_episode: UUID | None
    episode: Episode | None
    drafts: tuple[Draft, ...]
    sync: RecordSync | None = None  # how far what is known has come on its way to the district
    chosen_class: Assessment | None = None  # the risk group of that illness, when a person chose it
    doses: Told = NOTHING  # of a known person, as the book of doses has them


def subject_of(wish: NewF0) -> str:
    """Under what the draft of that form is kept: the person it is about, or a new name of its own."""
    if wish.person_id is None:
        return f"new-{uuid4().hex}"
    return f"{wish.person_id.hex}-{wish.episode_id.hex if wish.episode_id else 'person' if wish.person_only else 'f0'}"


def mode_of(wish: NewF0) -> dict[str, Any]:
    """The wish as JSON values, without what stands in the fields."""
    return {
        "person": wish.person_id.hex if wish.person_id else "",
        "episode": wish.episode_id.hex if wish.episode_id else "",
        "person_only": wish.person_only,
    }


def wish_of(mode: Mapping[str, Any]) -> NewF0:
    """The wish that `mode_of` wrote."""
    person, episode = str(mode.get("person", "")), str(mode.get("episode", ""))
    return NewF0(
        person_id=UUID(hex=person) if person else None,
        episode_id=UUID(hex=episode) if episode else None,
        person_only=bool(mode.get("person_only")),
    )


def opening(register: Register, catalog: Catalog, wish: NewF0, today: date) -> Opening:
    """Ask the register. Raises UserError people.unknown_person, episodes.unknown."""
    db = register.db
    person = get_person(db, wish.person_id) if wish.person_id else None
    if wish.person_id and person is None:
        raise UserError("people.unknown_person")
    episode = get_episode(db, wish.episode_id) if wish.episode_id else None
    if wish.episode_id and episode is None:
        raise UserError("episodes.unknown")
    hit = get_hit(db, wish.person_id) if wish.person_id else None
    if person is not None:
        saw_person(db, person.id, "form", now=db.clock())
    points = tuple(point.name for point in sub_points(db))
    usual = get_setting(db, "test_place") or TEST_PLACES[0]
    return Opening(
        hamlets=tuple(hamlets(db)),
        test_places=(usual, *TEST_PLACES, *points),
        test_place=usual,
        isolation_hour=int(get_setting(db, "isolation_hour")),
        asks_hours=_asks_hours(catalog, today),
        person=person,
        open_episode=hit.open_episode if hit else None,
        episode=episode,
        drafts=tuple(draft for draft in drafts(db, FORM) if _fits(draft, wish)),
        sync=_sync(register, wish),
        chosen_class=_chosen(register, wish.episode_id),
        doses=doses_told(db, person.id, today) if person is not None else NOTHING,
    )


def _sync(register: Register, wish: NewF0) -> RecordSync | None:
    rows = [("person", wish.person_id), ("episode", wish.episode_id)]
    return sync_states_of(register.db, [(table, row) for table, row in rows if row is not None])


def _chosen(register: Register, episode_id: UUID | None) -> Assessment | None:
    newest = next(iter(assessments_of(register.db, episode_id)), None) if episode_id else None
    return newest if newest is not None and newest.overridden else None


def _asks_hours(catalog: Catalog, day: date) -> bool:
    """Whether a decision of that day names the four hours (NĐ 165/2026/NĐ-CP Điều 15)."""
    paper = pack_on(catalog.packs, day).paper(PaperKind.ISOLATION_ORDER)
    return "found_at" in (*paper.needs, *paper.wants)


def _fits(draft: Draft, wish: NewF0) -> bool:
    """A draft is offered on the form it was typed into: the same person, any new one, or the same card."""
    if wish.person_id is not None:
        return draft.subject == subject_of(wish)
    if not draft.subject.startswith("new-"):
        return False
    if wish.draft is None:
        return True
    person = draft.value.get("person")
    typed = str(person.get("citizen_number", "")) if isinstance(person, dict) else ""
    return bool(typed) and normal_number(typed) == wish.draft.citizen_number
