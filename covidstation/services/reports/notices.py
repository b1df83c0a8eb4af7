"""The queue "chưa nhập hệ thống": cases and deaths that the national notifiable-disease system must hear of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.moved import still_here
from covidstation.db.queries.daily import wall
from covidstation.db.queries.places import hamlet_words
from covidstation.db.rows import CaseNoticeRow, EpisodeRow, HamletRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.episodes import CaseClassification, CaseOutcome
from covidstation.domain.flow import moment_on
from covidstation.domain.notifiable import NoticeEvent, NotifiableRule, due_at, read_notifiable_rule
from covidstation.domain.problems import Problem
from covidstation.domain.rights import Right
from covidstation.domain.rule_sets import Family, RuleError, rule_on
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs
from covidstation.services.rules.versions import rules_in

LOOKED_BACK: Final = timedelta(days=60)  # older ones are history: the queue is for what can still be mended
NUMBER_LIMIT: Final = 60  # letters
_CASES: Final = (
    EpisodeRow.id,
    EpisodeRow.person_id,
    EpisodeRow.report_date,
    EpisodeRow.found_at,
    EpisodeRow.onset_date,
    EpisodeRow.outcome,
    EpisodeRow.outcome_on,
    EpisodeRow.risk_class,
    EpisodeRow.made,
    EpisodeRow.stamps,
    PersonRow.full_name,
    PersonRow.phone,
    PersonRow.citizen_number,
    PersonRow.sort_key,
    hamlet_words().label("hamlet"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """One case, or one death, with its deadline by the rule of its day. `lacking` names fields that are empty."""

    episode_id: UUID
    person_id: UUID
    event: NoticeEvent
    full_name: str
    hamlet: str
    known_at: datetime
    due_at: datetime
    rule: NotifiableRule
    lacking: tuple[str, ...]
    entered_at: datetime | None = None
    entered_by: str = ""
    system_number: str = ""

    def left(self, now: datetime) -> timedelta:
        """Until the deadline; negative when it is late."""
        return self.due_at - now.replace(tzinfo=None)


def notice_rules(session: Session, catalog: Catalog) -> tuple[NotifiableRule, ...]:
    """The rules as the station has them."""
    return rules_in(session, Family.NOTIFIABLE, catalog.notifiable_rules, read_notifiable_rule)


@needs(Right.SEE)
def notices_due(db: Database, catalog: Catalog, now: datetime, *, entered: bool = False) -> tuple[NoticeLine, ...]:
    """What still has to be entered, the most urgent first; with `entered`, what was, the newest first."""
    since = now.date() - LOOKED_BACK
    with db.read() as session:
        rules = notice_rules(session, catalog)
        rows = session.execute(_wanted().where(or_(EpisodeRow.report_date >= since, EpisodeRow.outcome_on >= since)))
        marks = _marks(session, since)
        found = [
            line
            for row in rows
            for line in _lines(row, rules, marks, since, now.tzinfo)
            if (line.entered_at is not None) == entered
        ]
    if entered:
        return tuple(sorted(found, key=lambda line: line.entered_at or datetime.min, reverse=True))
    return tuple(sorted(found, key=lambda line: (line.due_at, line.full_name)))


@dataclass(frozen=True, slots=True)
class NoticesWaiting:
    """How many still have to be entered, and the most urgent of them."""

    count: int = 0
    first: NoticeLine | None = None


@needs(Right.SEE)
def notices_waiting(db: Database, catalog: Catalog, now: datetime) -> NoticesWaiting:
    """The count and the first of `notices_due`: days are counted, and only those read that can hold the first."""
    since = now.date() - LOOKED_BACK
    with db.read() as session:
        rules = notice_rules(session, catalog)
        days = _days_waiting(session, since, rules)
        urgent = _most_urgent(days, rules)
        if not urgent:
            return NoticesWaiting()
        on = [day for _event, day in urgent]
        rows = session.execute(_wanted().where(or_(EpisodeRow.report_date.in_(on), EpisodeRow.outcome_on.in_(on))))
        marks = _marks(session, since)
        lines = [line for row in rows for line in _lines(row, rules, marks, since, now.tzinfo) if not line.entered_at]
    first = min(lines, key=lambda line: (line.due_at, line.full_name), default=None)
    return NoticesWaiting(sum(days.values()), first)


def _days_waiting(session: Session, since: date, rules: Sequence[NotifiableRule]) -> Counter[tuple[NoticeEvent, date]]:
    """How many of each day are not entered; days without a rule are left out."""
    found = Counter[tuple[NoticeEvent, date]]()
    died = EpisodeRow.outcome == CaseOutcome.DECEASED.value
    for event, column, more in (
        (NoticeEvent.CASE, EpisodeRow.report_date, ()),
        (NoticeEvent.DEATH, EpisodeRow.outcome_on, (died,)),
    ):
        query = (
            select(column, func.count())
            .where(
                column >= since,
                EpisodeRow.classification != CaseClassification.NO_CASE.value,
                still_here(EpisodeRow.person_id),
                EpisodeRow.id.not_in(_entered(event)),
                *more,
            )
            .group_by(column)
        )
        found.update({(event, day): count for day, count in session.execute(query) if day and _rule_id(rules, day)})
    return found


def _entered(event: NoticeEvent) -> Select[Any]:
    """The illnesses whose newest mark says so."""
    later, same = aliased(CaseNoticeRow), CaseNoticeRow.event == event.value
    newer = exists().where(
        later.episode_id == CaseNoticeRow.episode_id, later.event == event.value, later.n > CaseNoticeRow.n
    )
    return select(CaseNoticeRow.episode_id).where(same, CaseNoticeRow.entered_at.is_not(None), ~newer)


def _most_urgent(
    days: Mapping[tuple[NoticeEvent, date], int], rules: Sequence[NotifiableRule]
) -> list[tuple[NoticeEvent, date]]:
    """The days on which the nearest deadline can be: whatever the hour, no other day's is before it."""
    spans = {
        (event, day): tuple(
            due_at(rule_on(rules, day), event, datetime.combine(day, hour)) for hour in (time.min, time.max)
        )
        for event, day in days
    }
    bound = min((latest for _earliest, latest in spans.values()), default=None)
    return [key for key, (earliest, _latest) in spans.items() if bound is not None and earliest <= bound]


@cache  # building the statement takes longer than running it
def _wanted() -> Select[Any]:
    return (
        select(*_CASES)
        .join(PersonRow, PersonRow.id == EpisodeRow.person_id)
        .outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
        .where(EpisodeRow.classification != CaseClassification.NO_CASE.value, PersonRow.moved_to.is_(None))
        .order_by(EpisodeRow.report_date, PersonRow.sort_key)
    )


def _marks(session: Session, since: date) -> dict[tuple[UUID, str], CaseNoticeRow]:
    """The newest mark of each of those cases and events."""
    lately = or_(EpisodeRow.report_date >= since, EpisodeRow.outcome_on >= since)
    of_them = CaseNoticeRow.episode_id.in_(select(EpisodeRow.id).where(lately))
    rows = session.scalars(select(CaseNoticeRow).where(of_them).order_by(CaseNoticeRow.n))
    return {(row.episode_id, row.event): row for row in rows}


def _lines(
    row: Any,
    rules: Sequence[NotifiableRule],
    marks: Mapping[tuple[UUID, str], CaseNoticeRow],
    since: date,
    zone: tzinfo | None,
) -> list[NoticeLine]:
    """The case, and the death if there was one; none for a day without a rule."""
    found = []
    stamps = row.stamps or {}
    if row.report_date >= since:
        at = moment_on(row.report_date, said=row.found_at, known_at=wall(row.made, zone))
        found.append((NoticeEvent.CASE, row.report_date, at))
    if row.outcome == CaseOutcome.DECEASED.value and row.outcome_on and row.outcome_on >= since:
        known = wall(stamps.get("outcome_on") or row.made, zone)
        found.append((NoticeEvent.DEATH, row.outcome_on, moment_on(row.outcome_on, said=None, known_at=known)))
    lines = []
    for event, day, at in found:
        try:
            rule = rule_on(rules, day)
        except RuleError:
            continue
        mark = marks.get((row.id, event.value))
        lines.append(
            NoticeLine(
                episode_id=row.id,
                person_id=row.person_id,
                event=event,
                full_name=row.full_name,
                hamlet=row.hamlet,
                known_at=at,
                due_at=due_at(rule, event, at),
                rule=rule,
                lacking=_lacking(row),
                entered_at=mark.entered_at if mark else None,
                entered_by=mark.entered_by if mark else "",
                system_number=mark.system_number if mark else "",
            )
        )
    return lines


def _lacking(row: Any) -> tuple[str, ...]:
    """The fields that such reports are known to lack: phone and severity most of all, onset, citizen number, place."""
    fields = {
        "phone": row.phone,
        "severity": row.risk_class,
        "onset": row.onset_date,
        "citizen_number": row.citizen_number,
        "address": row.hamlet,
    }
    return tuple(name for name, value in fields.items() if not value)


@needs(Right.ENTER)
def mark_entered(
    db: Database,
    wanted: Sequence[tuple[UUID, NoticeEvent]],
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    system_number: str = "",
) -> Done[int]:
    """These cases and deaths are in the national system now, all or none. The value is how many.

    `system_number` is that of one case. Raises Refused; UserError notices.unknown, notices.already.
    """
    number = clean(system_number)
    if len(number) > NUMBER_LIMIT:
        raise Refused([Problem("system_number", "notices.number_long", {"most": str(NUMBER_LIMIT)})])
    at = now.replace(tzinfo=None, second=0, microsecond=0)
    with db.write(by, now) as session:
        rules = notice_rules(session, catalog)
        for episode_id, event in wanted:
            row, person = _case(session, episode_id)
            day = row.outcome_on if event is NoticeEvent.DEATH and row.outcome_on else row.report_date
            mark = _mark(session, episode_id, event)
            if mark is not None and mark.entered_at is not None:
                raise UserError("notices.already", name=person.full_name)
            if mark is None:
                mark = CaseNoticeRow(id=new_id(), person_id=person.id, episode_id=episode_id, event=event.value)
                session.add(mark)
            mark.rule = _rule_id(rules, day)
            mark.entered_at, mark.entered_by, mark.system_number = at, clean(by_name), number
    return done(len(wanted), Kind.REPORTS)


@needs(Right.ENTER)
def unmark_entered(
    db: Database, wanted: Sequence[tuple[UUID, NoticeEvent]], *, by: UUID | None, now: datetime
) -> Done[int]:
    """They were not entered after all. Raises UserError notices.not_entered."""
    with db.write(by, now) as session:
        for episode_id, event in wanted:
            mark = _mark(session, episode_id, event)
            if mark is None or mark.entered_at is None:
                raise UserError("notices.not_entered")
            mark.entered_at, mark.entered_by, mark.system_number = None, "", ""
    return done(len(wanted), Kind.REPORTS)


def _rule_id(rules: Sequence[NotifiableRule], day: date) -> str:
    try:
        return rule_on(rules, day).id
    except RuleError:
        return ""


def _case(session: Session, episode_id: UUID) -> tuple[EpisodeRow, PersonRow]:
    row = session.scalars(select(EpisodeRow).where(EpisodeRow.id == episode_id)).first()
    if row is None:
        raise UserError("notices.unknown")
    return row, session.scalars(select(PersonRow).where(PersonRow.id == row.person_id)).one()


def _mark(session: Session, episode_id: UUID, event: NoticeEvent) -> CaseNoticeRow | None:
    query = select(CaseNoticeRow).where(CaseNoticeRow.episode_id == episode_id, CaseNoticeRow.event == event.value)
    return session.scalars(query.order_by(CaseNoticeRow.n.desc()).limit(1)).first()
