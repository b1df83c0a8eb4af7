"""The F0 register as a whole table, with what the list on the screen has no room for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from covidstation.db.queries.episodes import EpisodeLine, EpisodeList
from covidstation.db.rows import EpisodeRow, PathogenTestRow, PersonRow, VisitRow
from covidstation.db.session import Database
from covidstation.domain.care import VisitStatus
from covidstation.domain.episodes import TestKind, TestResult

_PART = 500


@dataclass(frozen=True, slots=True)
class F0Row:
    """One illness: its line of the register, and what else a printed list asks for."""

    line: EpisodeLine
    citizen_number: str
    conditions: tuple[str, ...]
    hamlet_id: UUID | None
    test: TestKind | None  # the first positive one
    spo2: int | None  # of the newest check, as `breaths`
    breaths: int | None


def f0_rows(db: Database, found: EpisodeList, chosen: Sequence[UUID] = ()) -> tuple[F0Row, ...]:
    """All of the list in its order, or those chosen of it."""
    wanted = set(chosen)
    lines = [line for line in found.lines(0, len(found)) if not wanted or line.id in wanted]
    rows: list[F0Row] = []
    with db.read() as session:
        for at in range(0, len(lines), _PART):
            rows += _rows(session, lines[at : at + _PART])
    return tuple(rows)


def _rows(session: Session, lines: Sequence[EpisodeLine]) -> Iterable[F0Row]:
    ids = [line.id for line in lines]
    people = {
        row.id: row
        for row in session.execute(
            select(EpisodeRow.id, PersonRow.citizen_number, PersonRow.conditions, PersonRow.hamlet_id)
            .join(PersonRow, PersonRow.id == EpisodeRow.person_id)
            .where(EpisodeRow.id.in_(ids))
        )
    }
    tests, checks = _first_positive(session, ids), _last_vitals(session, ids)
    for line in lines:
        person, check = people[line.id], checks.get(line.id)
        yield F0Row(
            line=line,
            citizen_number=person.citizen_number,
            conditions=tuple(sorted(person.conditions)),
            hamlet_id=person.hamlet_id,
            test=tests.get(line.id),
            spo2=check.spo2 if check else None,
            breaths=check.breaths if check else None,
        )


def _first_positive(session: Session, ids: Sequence[UUID]) -> dict[UUID, TestKind]:
    later = aliased(PathogenTestRow)
    query = (
        select(PathogenTestRow.episode_id, PathogenTestRow.kind)
        .where(
            PathogenTestRow.episode_id.in_(ids),
            PathogenTestRow.result == TestResult.POSITIVE.value,
            ~exists().where(later.voids == PathogenTestRow.id, later.episode_id == PathogenTestRow.episode_id),
        )
        .order_by(PathogenTestRow.sampled_on.desc(), PathogenTestRow.n.desc())
    )
    rows = session.execute(query)  # the last one read is the first
    return {episode_id: TestKind(kind) for episode_id, kind in rows if episode_id is not None}


def _last_vitals(session: Session, ids: Sequence[UUID]) -> dict[UUID, Any]:
    later = aliased(VisitRow)
    query = (
        select(VisitRow.episode_id, VisitRow.spo2, VisitRow.breaths)
        .where(
            VisitRow.episode_id.in_(ids),
            VisitRow.status == VisitStatus.COOPERATIVE.value,
            ~exists().where(later.voids == VisitRow.id, later.episode_id == VisitRow.episode_id),
        )
        .order_by(VisitRow.day, VisitRow.at, VisitRow.n)
    )
    return {row.episode_id: row for row in session.execute(query)}
