"""The twelve months after an illness: the plan made on recovery, what is due, what was done."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.rows import EpisodeRow, FollowUpRow
from covidstation.db.session import Database
from covidstation.domain.care import FollowUpStatus, VisitMeans
from covidstation.domain.episodes import CaseOutcome
from covidstation.domain.follow_up import (
    MOST_MONTHS,
    FollowUpRule,
    due_days,
    follow_up_rule_on,
    months_after,
    read_follow_up_rule,
)
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.domain.rule_sets import Family
from covidstation.domain.text import TEXT_LIMIT, clean
from covidstation.errors import Refused, UserError
from covidstation.services.care.rows import wall
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.rules.versions import rules_in


def follow_up_rules(session: Session, catalog: Catalog) -> tuple[FollowUpRule, ...]:
    """The plans as the station has them."""
    return rules_in(session, Family.FOLLOW_UP, catalog.follow_up_rules, read_follow_up_rule)


def plan_follow_up_in(session: Session, episode: EpisodeRow, *, catalog: Catalog) -> int:
    """Plan the months after a recovery, inside the act that says so; how many visits or calls were planned.

    The days count from `outcome_on`. An illness that has its plan keeps it, moved to the new day where it is pending.
    """
    recovered_on = episode.outcome_on
    if recovered_on is None:
        return 0
    rule = follow_up_rule_on(follow_up_rules(session, catalog), recovered_on)
    if rule is None:
        return 0
    remove_follow_up_in(session, episode_id=episode.id)
    days = due_days(rule, recovered_on)
    closed = set(session.scalars(select(FollowUpRow.due_on).where(_closed_of(episode.id))))
    for day in days:
        if day not in closed:
            session.add(
                FollowUpRow(
                    id=new_id(),
                    person_id=episode.person_id,
                    episode_id=episode.id,
                    due_on=day,
                    means=rule.means.value,
                    status=FollowUpStatus.PENDING.value,
                )
            )
    return len(days)


def _closed_of(episode_id: UUID) -> ColumnElement[bool]:
    """Those that somebody has done, tried, or taken out; what an act had removed bears nobody's name."""
    tried = FollowUpRow.status.in_((FollowUpStatus.DONE.value, FollowUpStatus.NOT_EXECUTABLE.value))
    taken_out = (FollowUpRow.status == FollowUpStatus.REMOVED.value) & (FollowUpRow.by_name != "")
    return (FollowUpRow.episode_id == episode_id) & (tried | taken_out)


def restore_follow_up_in(session: Session, wrong: EpisodeRow, *, catalog: Catalog) -> int:
    """An illness was entered by mistake: the newest recovery before it has its plan again. Returns how many."""
    query = (
        select(EpisodeRow)
        .where(
            EpisodeRow.person_id == wrong.person_id,
            EpisodeRow.id != wrong.id,
            EpisodeRow.outcome == CaseOutcome.RECOVERED.value,
        )
        .order_by(EpisodeRow.outcome_on.desc(), EpisodeRow.n.desc())
    )
    before = session.scalars(query).first()
    return plan_follow_up_in(session, before, catalog=catalog) if before is not None else 0


def remove_follow_up_in(
    session: Session, *, person_id: UUID | None = None, episode_id: UUID | None = None, note: str = ""
) -> int:
    """Take away what is still planned, of a person (who fell ill again, or died) or of one illness; how many."""
    query = select(FollowUpRow).where(FollowUpRow.status == FollowUpStatus.PENDING.value)
    if person_id is not None:
        query = query.where(FollowUpRow.person_id == person_id)
    if episode_id is not None:
        query = query.where(FollowUpRow.episode_id == episode_id)
    rows = session.scalars(query).all()
    for row in rows:
        row.status, row.note, row.by_name = FollowUpStatus.REMOVED.value, note, ""  # who moved it did not take it out
    return len(rows)


@needs(Right.ENTER)
def finish_follow_up(
    db: Database,
    follow_up_id: UUID,
    *,
    result: str,
    means: VisitMeans,
    by: UUID | None,
    by_name: str,
    now: datetime,
    reached: bool = True,
) -> Done[None]:
    """Say how the person is; `reached=False` keeps that nobody could ask, and why.

    Raises Refused care.result_missing; UserError care.unknown, care.follow_up_closed.
    """
    _refuse_empty("result", result, "care.result_missing")
    with db.write(by, now) as session:
        row = _pending(session, follow_up_id)
        status = FollowUpStatus.DONE if reached else FollowUpStatus.NOT_EXECUTABLE
        row.status, row.done_at, row.means = status.value, wall(now), means.value
        row.result, row.by_name = clean(result), by_name
    return done(None, Kind.CARE)


@needs(Right.TREAT)
def remove_follow_up(
    db: Database, follow_up_id: UUID, reason: str, *, by: UUID | None, by_name: str, now: datetime
) -> Done[None]:
    """Take one out of the plan. Raises Refused care.reason_missing; UserError care.unknown, care.follow_up_closed."""
    _refuse_empty("reason", reason, "care.reason_missing")
    with db.write(by, now) as session:
        row = _pending(session, follow_up_id)
        row.status, row.note, row.by_name = FollowUpStatus.REMOVED.value, clean(reason), by_name
    return done(None, Kind.CARE)


@needs(Right.ENTER)
def move_follow_up(
    db: Database, follow_up_id: UUID, day: date, *, by: UUID | None, by_name: str, now: datetime
) -> Done[None]:
    """Put one on another day, after the recovery and within the plan's longest time.

    Raises Refused care.follow_up_day; UserError care.unknown, care.follow_up_closed.
    """
    with db.write(by, now) as session:
        row = _pending(session, follow_up_id)
        recovered = session.scalars(select(EpisodeRow.outcome_on).where(EpisodeRow.id == row.episode_id)).first()
        if recovered and not recovered < day <= months_after(recovered, MOST_MONTHS):
            params = {"recovered": f"{recovered:%d/%m/%Y}", "years": str(MOST_MONTHS // 12)}
            raise Refused([Problem("due_on", "care.follow_up_day", params)])
        row.due_on, row.by_name = day, by_name
    return done(None, Kind.CARE)


def _refuse_empty(field: str, text: str, code: str) -> None:
    if not clean(text):
        raise Refused([Problem(field, code)])
    if len(text) > TEXT_LIMIT:
        params = {"count": str(len(text)), "most": str(TEXT_LIMIT)}
        raise Refused([Problem(field, "episodes.text_long", params)])


def _pending(session: Session, follow_up_id: UUID) -> FollowUpRow:
    row = session.scalars(select(FollowUpRow).where(FollowUpRow.id == follow_up_id)).first()
    if row is None:
        raise UserError("care.unknown")
    if row.status != FollowUpStatus.PENDING.value:
        raise UserError("care.follow_up_closed")
    return row
