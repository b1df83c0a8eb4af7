"""An isolation made longer or shorter, its hours, and what each still needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.mapping import episode_of
from covidstation.db.queries.care_due import HoursOpen, hours_open
from covidstation.db.rows import EpisodeRow, IsolationChangeRow, PathogenTestRow
from covidstation.db.session import Database
from covidstation.domain.episodes import Episode
from covidstation.domain.hours import Hours, HoursRule, Step, hours_of, hours_rule_on, read_hours_rule
from covidstation.domain.needs import Needs, check_change, needs_of
from covidstation.domain.problems import Problem, errors
from covidstation.domain.rights import Right
from covidstation.domain.rule_sets import Family, RuleError
from covidstation.domain.rules import IsolationRule, isolation_end, isolation_rule_on, read_isolation_rule
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.services.care.rows import check_seen, episode_in, refuse_ended, value_of, wall
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.rules.versions import rules_in


@dataclass(frozen=True, slots=True)
class CaseRules:
    """The rules in force for one case, as the station has them; None where none is known for its day."""

    isolation: IsolationRule | None
    hours: HoursRule | None


def hours_rules(session: Session, catalog: Catalog) -> tuple[HoursRule, ...]:
    """The hours as the station has them."""
    return rules_in(session, Family.HOURS, catalog.hours_rules, read_hours_rule)


@needs(Right.SEE)
def case_rules(db: Database, catalog: Catalog, day: date) -> CaseRules:
    """The rules for a case found on that day, for a window."""
    with db.read() as session:
        return _case_rules(session, catalog, day)


def _case_rules(session: Session, catalog: Catalog, day: date) -> CaseRules:
    isolation = rules_in(session, Family.ISOLATION, catalog.isolation_rules, read_isolation_rule)
    return CaseRules(_rule_on(isolation, day), hours_rule_on(hours_rules(session, catalog), day))


def _rule_on(rules: Sequence[IsolationRule], day: date) -> IsolationRule | None:
    try:
        return isolation_rule_on(rules, day)
    except RuleError:
        return None


def _found_on(episode: Episode) -> date:
    start = episode.isolation_start.date() if episode.isolation_start else date.min
    return episode.report_date or start


@needs(Right.SEE)
def needs_on(db: Database, catalog: Catalog, episode_ids: Sequence[UUID], today: date) -> dict[UUID, Needs]:
    """What each of these isolations still needs on that day; one without a rule is left out. For lists."""
    with db.read() as session:
        rules = rules_in(session, Family.ISOLATION, catalog.isolation_rules, read_isolation_rule)
        rows = session.scalars(select(EpisodeRow).where(EpisodeRow.id.in_(episode_ids))).all()
        tests: dict[UUID, list[PathogenTestRow]] = {row.id: [] for row in rows}
        for test in session.scalars(select(PathogenTestRow).where(PathogenTestRow.episode_id.in_(episode_ids))):
            if test.episode_id is not None:
                tests[test.episode_id].append(test)
        episodes = [episode_of(row, tests[row.id]) for row in rows]
    ruled = ((episode, _rule_on(rules, _found_on(episode))) for episode in episodes)
    return {episode.id: needs_of(episode, rule, today) for episode, rule in ruled if rule is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDraft:
    """Another length of an isolation: `days` in all."""

    days: int | None = None
    reason: str = ""


def change_problems(draft: ChangeDraft, episode: Episode, rules: CaseRules, today: date) -> list[Problem]:
    """All that is wrong or odd in it, for a window while it is typed."""
    until = _until(rules.isolation, episode, draft.days)
    return check_change(
        days=draft.days,
        before=episode.isolation_days,
        reason=draft.reason,
        until=until,
        today=today,
        limits=rules.hours,
    )


def _until(rule: IsolationRule | None, episode: Episode, days: int | None) -> date | None:
    if rule is None or episode.isolation_start is None or not days:
        return None
    return isolation_end(rule, episode.isolation_start.date(), days)


@needs(Right.TREAT)
def change_isolation(
    db: Database,
    episode_id: UUID,
    draft: ChangeDraft,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    seen: Episode | None = None,
) -> Done[Episode]:
    """Make an isolation longer or shorter; what it was before stays with the change.

    Warnings pass: the window has shown them. Raises Refused; UserError episodes.unknown, care.already_ended,
    care.no_isolation, care.changed_meanwhile.
    """
    with db.write(by, now) as session:
        row, episode = episode_in(session, episode_id)
        check_seen(episode, seen)
        refuse_ended(episode)
        rules = _case_rules(session, catalog, _found_on(episode))
        if episode.isolation_start is None or rules.isolation is None:
            raise UserError("care.no_isolation")
        found = errors(change_problems(draft, episode, rules, now.date()))
        until = _until(rules.isolation, episode, draft.days)
        if found or draft.days is None or until is None:
            raise Refused(found)
        session.add(
            IsolationChangeRow(
                id=new_id(),
                person_id=row.person_id,
                episode_id=row.id,
                changed_at=wall(now),
                days_before=row.isolation_days,
                days_after=draft.days,
                until_before=row.isolation_until,
                until_after=until,
                reason=clean(draft.reason),
                by_name=by_name,
            )
        )
        row.isolation_days, row.isolation_until = draft.days, until
        session.flush()
        return done(value_of(session, row), Kind.EPISODES, Kind.CARE)


@needs(Right.ENTER)
def mark_step(
    db: Database, episode_id: UUID, step: Step, *, at: datetime, by: UUID | None, now: datetime
) -> Done[None]:
    """Write when a step was done (`at`, wall clock). Raises Refused (hour out of order), UserError care.step_done."""
    with db.write(by, now) as session:
        row, _episode = episode_in(session, episode_id)
        known: datetime | None = getattr(row, step.value)
        if known is not None:
            raise UserError("care.step_done", moment=f"{known:%H:%M %d/%m/%Y}")
        if at > wall(now):
            raise Refused([Problem(step.value, "care.future", {"moment": f"{at:%H:%M %d/%m/%Y}"})])
        names = ("found_at", *(one.value for one in Step))
        at = at.replace(second=0, microsecond=0)
        before = [getattr(row, name) for name in names[: names.index(step.value)]]
        earlier = max((moment for moment in before if moment is not None), default=None)
        if earlier is not None and at < earlier.replace(second=0):
            params = {"before": f"{earlier:%H:%M %d/%m/%Y}"}
            raise Refused([Problem(step.value, "episodes.steps_order", params)])
        after = [getattr(row, name) for name in names[names.index(step.value) + 1 :]]
        later = min((moment for moment in after if moment is not None), default=None)
        if later is not None and at > later:
            params = {"after": f"{later:%H:%M %d/%m/%Y}"}
            raise Refused([Problem(step.value, "episodes.steps_after", params)])
        setattr(row, step.value, max(at, earlier) if earlier else at)
    return done(None, Kind.EPISODES)


def hours_on(rules: CaseRules, episode: Episode, now: datetime) -> Hours | None:
    """The clock of one case at `now` (wall clock); None where the law or the case has none."""
    if rules.hours is None:
        return None
    return hours_of(
        rules.hours,
        now,
        found=episode.found_at,
        proposed=episode.proposed_at,
        decided=episode.decided_at,
        told=episode.told_at,
    )


@dataclass(frozen=True, slots=True)
class RunningHours:
    """One isolation whose clock runs, for the worklist."""

    who: HoursOpen
    hours: Hours

    @property
    def late(self) -> bool:
        """Whether the step whose clock runs is over its time."""
        return self.hours.running is not None and self.hours.running.late is not None


@needs(Right.SEE)
def running_hours(db: Database, catalog: Catalog, now: datetime) -> tuple[RunningHours, ...]:
    """Every isolation whose clock runs at `now` (wall clock), the nearest or longest past due first."""
    found = []
    with db.read() as session:
        rules = hours_rules(session, catalog)
    for who in hours_open(db):
        rule = hours_rule_on(rules, who.report_date)
        if rule is None:
            continue
        hours = hours_of(
            rule, now, found=who.found_at, proposed=who.proposed_at, decided=who.decided_at, told=who.told_at
        )
        if hours is not None and hours.running is not None:
            found.append(RunningHours(who, hours))
    return tuple(sorted(found, key=lambda one: _due(one.hours)))


def _due(hours: Hours) -> datetime:
    step = hours.running
    return step.due if step is not None and step.due is not None else datetime.max
