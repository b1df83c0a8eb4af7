"""Targets that the upper level gave: written down, how far each is reached, where those live who are missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.queries.places import hamlets
from covidstation.db.rows import HamletRow, VaccinationTargetRow
from covidstation.db.session import Database
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.domain.text import clean
from covidstation.domain.vaccination.coverage import Level
from covidstation.domain.vaccination.goals import Goal, GoalDraft, Progress, check_goal, progress_of
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.vaccination.coverage import look_at_coverage
from covidstation.services.vaccination.due import priorities_in, priority_list

_TEXTS: Final = ("in_charge", "document", "note")
_SAME: Final = ("percent", "count", "first_age", "end_age", "hamlet_id", "given_on", "until")


@needs(Right.ENTER)
def add_target(
    db: Database, draft: GoalDraft, *, catalog: Catalog, by: UUID | None, by_name: str, now: datetime
) -> Done[Goal]:
    """Write one down. Raises Refused vaccine_target.…, vaccination.group_unknown."""
    with db.write(by, now) as session:
        row = VaccinationTargetRow(id=new_id(), by_name=clean(by_name))
        _fill(session, row, draft, catalog, now)
        session.add(row)
        session.flush()
        return done(_goal(row), Kind.VACCINES)


@needs(Right.ENTER)
def edit_target(
    db: Database, target_id: UUID, draft: GoalDraft, *, catalog: Catalog, by: UUID | None, now: datetime
) -> Done[Goal]:
    """Correct one. Raises as `add_target`, and UserError vaccine_target.unknown, vaccine_target.closed."""
    with db.write(by, now) as session:
        row = _open(session, target_id)
        _fill(session, row, draft, catalog, now)
        session.flush()
        return done(_goal(row), Kind.VACCINES)


@needs(Right.ENTER)
def close_target(db: Database, target_id: UUID, *, by: UUID | None, now: datetime) -> Done[Goal]:
    """It is over, or was written by mistake. Raises UserError vaccine_target.unknown, vaccine_target.closed."""
    with db.write(by, now) as session:
        row = _open(session, target_id)
        row.closed_on = now.date()
        session.flush()
        return done(_goal(row), Kind.VACCINES)


def _open(session: Session, target_id: UUID) -> VaccinationTargetRow:
    row = session.scalars(select(VaccinationTargetRow).where(VaccinationTargetRow.id == target_id)).first()
    if row is None:
        raise UserError("vaccine_target.unknown")
    if row.closed_on is not None:
        raise UserError("vaccine_target.closed")
    return row


def _fill(session: Session, row: VaccinationTargetRow, draft: GoalDraft, catalog: Catalog, now: datetime) -> None:
    groups = {one.code: one.label for one in priorities_in(session, catalog, now.date()).groups}
    if row.group_code:
        groups.setdefault(row.group_code, "")  # what stood there may stay, whatever the list says now
    problems = check_goal(draft, today=now.date(), groups=groups)
    if draft.hamlet_id is not None:
        used = (HamletRow.id == draft.hamlet_id, HamletRow.valid_until.is_(None))
        known = session.scalars(select(HamletRow.id).where(*used)).first()
        problems += [] if known else [Problem("hamlet_id", "vaccine_target.hamlet")]
    if problems:
        raise Refused(problems)
    for name in _SAME:
        setattr(row, name, getattr(draft, name))
    for name in _TEXTS:
        setattr(row, name, clean(getattr(draft, name)))
    row.level, row.group_code = draft.level.value, draft.group


def _goal(row: VaccinationTargetRow) -> Goal:
    level = row.level if row.level in set(Level) else Level.BASIC  # a word of a newer version
    fields: dict[str, Any] = {name: getattr(row, name) for name in (*_SAME, *_TEXTS)}
    return Goal(
        id=row.id, level=Level(level), group=row.group_code, by_name=row.by_name, closed_on=row.closed_on, **fields
    )


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One target with its progress on that day; `group` and `hamlet` as they are called, `where` by the names of
    hamlets, where most are missing first. `ended`: its hamlet is no longer in use, so that it means nobody until
    somebody gives it another one."""

    goal: Goal
    progress: Progress
    group: str
    hamlet: str
    where: tuple[tuple[UUID | None, str, int], ...]
    today: date
    ended: bool = False

    @property
    def late(self) -> bool:
        """Whether its day is over and it was not reached."""
        return not self.progress.met and self.goal.until < self.today


@needs(Right.SEE)
def vaccination_targets(db: Database, *, catalog: Catalog, now: datetime) -> tuple[TargetLine, ...]:
    """Those that nobody closed, the first to be reached first, by the coverage of today."""
    look = look_at_coverage(db, now.date(), catalog=catalog, now=now)
    labels = {one.code: one.label for one in priority_list(db, catalog=catalog, day=now.date()).groups}
    used, names = {one.id for one in hamlets(db)}, {one.id: one.title for one in hamlets(db, date.min)}
    with db.read() as session:
        query = select(VaccinationTargetRow).where(VaccinationTargetRow.closed_on.is_(None))
        goals = [_goal(row) for row in session.scalars(query.order_by(VaccinationTargetRow.until))]
    found = []
    for goal in goals:
        progress = progress_of(goal, look.coverage)
        where = tuple((one, names.get(one, "") if one else "", left) for one, left in progress.where)
        hamlet = names.get(goal.hamlet_id, "") if goal.hamlet_id else ""
        ended = goal.hamlet_id is not None and goal.hamlet_id not in used
        group = labels.get(goal.group, goal.group)
        found.append(TargetLine(goal, progress, group, hamlet, where, now.date(), ended))
    return tuple(found)
