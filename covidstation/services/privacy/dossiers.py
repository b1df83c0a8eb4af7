"""What the register holds about each person: which rows, the last day of any, and whose records need whose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Date, DateTime, func, select
from sqlalchemy.orm import Session

from covidstation.db.merged import merged_with, not_merged
from covidstation.db.queries.residence import out_of_care
from covidstation.db.rows import (
    Base,
    ChronicConditionRow,
    ContactRow,
    EpisodeRow,
    HospitalizationRow,
    PaperDeliveryRow,
    PaperRow,
    PaperSubjectRow,
    PersonRow,
    Synced,
)
from covidstation.domain.care import ContactStatus
from covidstation.domain.chronic import ConditionStatus
from covidstation.domain.episodes import CaseOutcome
from covidstation.domain.retention import Dossier
from covidstation.domain.stamps import moment_of

OF_A_PERSON: Final[tuple[Any, ...]] = tuple(
    sorted(
        (
            mapper.class_
            for mapper in Base.registry.mappers
            if issubclass(mapper.class_, Synced) and "person_id" in mapper.columns
        ),
        key=lambda row: row.__tablename__,
    )
)
"""Every kind of row that names its person: a new table of care is found by itself."""

_CHUNK: Final = 400


@dataclass(slots=True)
class _Found:
    last: date | None = None
    died: bool = False
    cases: int = 0
    contacts: int = 0
    open: bool = False
    named_by: set[UUID] = field(default_factory=set)

    def see(self, moment: date | datetime | None) -> None:
        """Something happened on that day."""
        day = moment.date() if isinstance(moment, datetime) else moment
        if day is not None and (self.last is None or day > self.last):
            self.last = day


def dossiers_in(session: Session) -> list[Dossier]:
    """One for each person of the register."""
    found: defaultdict[UUID, _Found] = defaultdict(_Found)
    _see_days(session, found)
    _see_cases(session, found)
    _see_shared(session, found)
    people = session.execute(select(PersonRow.id, PersonRow.made, PersonRow.conditions).where(not_merged()))
    return [_dossier(row.id, row.made, row.conditions, found[row.id]) for row in people]


def _dossier(person_id: UUID, made: int, conditions: Iterable[str] | None, found: _Found) -> Dossier:
    return Dossier(
        person_id=person_id,
        last_on=found.last or moment_of(made).astimezone().date(),
        died=found.died,
        cases=found.cases,
        contacts=found.contacts,
        conditions=frozenset(conditions or ()),
        open=found.open,
        named_by=frozenset(found.named_by - {person_id}),
    )


def _see_days(session: Session, found: defaultdict[UUID, _Found]) -> None:
    """The newest day of every row that names its person, and of the papers that do."""
    for kind in OF_A_PERSON:
        columns = [column for column in kind.__table__.columns if isinstance(column.type, Date | DateTime)]
        for column in columns:
            for person, newest in session.execute(select(kind.person_id, func.max(column)).group_by(kind.person_id)):
                found[person].see(newest)
    papers = (
        select(PaperSubjectRow.person_id, func.max(PaperRow.issued_on), func.max(PaperDeliveryRow.delivered_on))
        .join(PaperRow, PaperRow.id == PaperSubjectRow.paper_id)
        .outerjoin(PaperDeliveryRow, PaperDeliveryRow.paper_id == PaperRow.id)
        .group_by(PaperSubjectRow.person_id)
    )
    for person, issued, delivered in session.execute(papers):
        found[person].see(issued)
        found[person].see(delivered)


def _see_cases(session: Session, found: defaultdict[UUID, _Found]) -> None:
    """Illnesses and contacts: how many, whether one is open, whether the person died; what is followed is open too."""
    for person, outcome in session.execute(select(EpisodeRow.person_id, EpisodeRow.outcome)):
        one = found[person]
        one.cases += 1
        one.died |= outcome == CaseOutcome.DECEASED.value
        one.open |= outcome == CaseOutcome.NO_OUTCOME.value
    for person, status in session.execute(select(ContactRow.person_id, ContactRow.status)):
        found[person].contacts += 1
        found[person].open |= status == ContactStatus.ACTIVE.value
    followed = select(ChronicConditionRow.person_id).where(
        ChronicConditionRow.status == ConditionStatus.ACTIVE.value,
        ChronicConditionRow.person_id.not_in(out_of_care()),  # no list shows these: nobody could end it
    )
    for person in session.scalars(followed):
        found[person].open = True
    away = select(HospitalizationRow.person_id).where(
        HospitalizationRow.returned_at.is_(None), HospitalizationRow.voided_at.is_(None)
    )
    for person in session.scalars(away):
        found[person].open |= not found[person].died


def _see_shared(session: Session, found: defaultdict[UUID, _Found]) -> None:
    """A contact needs its F0; people on one paper need each other."""
    source = select(EpisodeRow.person_id, ContactRow.person_id).join(
        ContactRow, ContactRow.source_episode_id == EpisodeRow.id
    )
    for case, contact in session.execute(source):
        found[case].named_by.add(contact)
    together: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for paper, person in session.execute(select(PaperSubjectRow.paper_id, PaperSubjectRow.person_id)):
        together[paper].add(person)
    for people in together.values():
        for person in people:
            found[person].named_by |= people


def rows_of(session: Session, people: Iterable[UUID]) -> Iterator[Any]:
    """Every row about these people, papers and their deliveries among them, the people themselves last, with the
    records that were merged into theirs."""
    wanted = list(people)
    wanted += [one for one in merged_with(session, wanted) if one not in wanted]
    papers: dict[UUID, None] = {}
    for at in range(0, len(wanted), _CHUNK):
        some = wanted[at : at + _CHUNK]
        papers.update(
            dict.fromkeys(
                session.scalars(select(PaperSubjectRow.paper_id).where(PaperSubjectRow.person_id.in_(some)).distinct())
            )
        )
        for kind in OF_A_PERSON:
            yield from session.scalars(select(kind).where(kind.person_id.in_(some)))
    for paper in papers:
        yield from session.scalars(select(PaperDeliveryRow).where(PaperDeliveryRow.paper_id == paper))
        yield from session.scalars(select(PaperRow).where(PaperRow.id == paper))
    for at in range(0, len(wanted), _CHUNK):
        yield from session.scalars(select(PersonRow).where(PersonRow.id.in_(wanted[at : at + _CHUNK])))
