"""What the form of a transfer opens with: all that the register knows of the illness, put into words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlalchemy import select

from covidstation.catalog import Catalog
from covidstation.db.queries.care import AlertLine, CareRecord, CheckLine, care_record, facilities
from covidstation.db.queries.episodes import get_episode
from covidstation.db.queries.people import get_person
from covidstation.db.rows import StationRow
from covidstation.db.session import Database
from covidstation.domain.care import VisitStatus, Vitals
from covidstation.domain.episodes import Episode, first_positive
from covidstation.domain.hospitalization import (
    FacilityLevel,
    Transfer,
    TransferDraft,
    course_words,
    reason_words,
    state_words,
)
from covidstation.domain.people import Person
from covidstation.domain.rights import Right
from covidstation.errors import UserError
from covidstation.services.access.audit import shows
from covidstation.services.care.rows import wall
from covidstation.services.rights import needs


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferLook:
    """The illness as the form shows it, and what it is filled with; `away` is a transfer not yet returned from."""

    episode: Episode
    full_name: str
    draft: TransferDraft
    facilities: tuple[str, ...]
    alerts: int
    away: Transfer | None


@needs(Right.SEE)
@shows("transfer")
def look_at_transfer(db: Database, catalog: Catalog, episode_id: UUID, now: datetime) -> TransferLook:
    """Fill the form: the reason from the open danger signs, the state from the newest check. UserError unknown."""
    episode = get_episode(db, episode_id)
    person = get_person(db, episode.person_id) if episode else None
    if episode is None or person is None:
        raise UserError("episodes.unknown")
    record = care_record(db, episode.person_id)
    alerts = record.open_alerts(episode_id)
    places = [*facilities(db), *_upper(db)]
    draft = TransferDraft(
        left_at=wall(now).replace(second=0),
        facility=places[0] if places else "",
        level=FacilityLevel.DISTRICT,
        reason=reason_words(_newest(alerts)),
        state=_state(record, episode_id, catalog),
        course=_course(episode, person, catalog),
        treatment=_treatment(record, episode_id),
    )
    return TransferLook(
        episode=episode,
        full_name=person.full_name,
        draft=draft,
        facilities=tuple(dict.fromkeys(places)),
        alerts=len(alerts),
        away=record.away(episode_id),
    )


def _newest(alerts: Iterable[AlertLine]) -> list[tuple[str, str]]:
    """One value a measure, the newest; each symptom for itself."""
    found = {(one.measure, "" if one.measure in Vitals.__slots__ else one.value): one for one in reversed(list(alerts))}
    return [(one.measure, one.value) for one in found.values()]


def _upper(db: Database) -> list[str]:
    with db.read() as session:
        return [name for name in session.scalars(select(StationRow.upper_name)) if name]


def _state(record: CareRecord, episode_id: UUID, catalog: Catalog) -> str:
    check = next((one for one in record.checks if one.episode_id == episode_id and _tells(one)), None)
    if check is None:
        return ""
    return state_words(check.vitals, _labels(check.symptoms, catalog.symptoms), check.at)


def _tells(check: CheckLine) -> bool:
    return check.status is VisitStatus.COOPERATIVE and (check.vitals != Vitals() or bool(check.symptoms))


def _course(episode: Episode, person: Person, catalog: Catalog) -> str:
    positive = first_positive(episode.tests)
    return course_words(
        onset=episode.onset_date,
        found=positive.sampled_on if positive else episode.report_date,
        symptoms=_labels(sorted(episode.symptoms), catalog.symptoms),
        doses=episode.doses_known,
        conditions=_labels(sorted(person.conditions), catalog.conditions),
    )


def _treatment(record: CareRecord, episode_id: UUID) -> str:
    given = [line for line in reversed(record.given) if line.episode_id == episode_id]
    return "; ".join(f"{line.at:%d/%m}: {', '.join(line.items)}" for line in given)


class _Labelled(Protocol):
    @property
    def label(self) -> str: ...


def _labels(codes: Iterable[str], known: Mapping[str, _Labelled]) -> list[str]:
    """The labels; a code without one stands as it is."""
    return [known[code].label if code in known else code for code in codes]
