"""The rounds: who is to be seen, what was found, and corrections that leave the old check in the register."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.mapping import birth_of
from covidstation.db.queries.rounds import (
    AlertLine,
    RoundPerson,
    alerts_of,
    alerts_of_visits,
    glances_between,
    held_checks,
    open_alerts,
    people_of_day,
    visits_between,
)
from covidstation.db.rows import EpisodeRow, PersonRow, VisitRow
from covidstation.db.session import Database
from covidstation.domain.care import AlertAnswer, DangerSign, Level, Round
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseClassification, CaseOutcome
from covidstation.domain.guidelines import Guideline, Judgement, guideline_on, judge
from covidstation.domain.monitoring import (
    HALF_DAYS,
    NOTHING,
    REASON_LIMIT,
    VOIDED,
    Mark,
    Seen,
    Visit,
    VisitDraft,
    check_visit,
    strip,
)
from covidstation.domain.problems import Problem, errors, too_long
from covidstation.domain.rights import Right
from covidstation.domain.rule_sets import RuleError
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.services.care.alerts import answer_open_in, drop_alerts_in, guidelines_in, raise_alerts_in
from covidstation.services.care.rows import visit_row
from covidstation.services.care.triage import assess_spo2_in
from covidstation.services.care.visit_span import span_in
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs

MOST_CHECKS = 8  # of one person in a day
S = TypeVar("S", bound=Seen)
TWICE = 2  # checks a day from which the afternoon is a round too


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundLine:
    """One person in a round.

    `check` is what this round has; `latest` the newest check of yesterday or today before it; `due` whether the round
    wants this person; `signs` are those of `check`; `alerts` are its own and whatever of this illness nobody has
    answered, oldest first.
    """

    person: RoundPerson
    day: date
    strip: tuple[Mark, ...]
    check: Visit | None = None
    latest: Visit | None = None
    due: bool = True
    wants_extra: bool = False  # a check between the rounds, by the nurse's word, the guideline, or after a danger
    signs: tuple[DangerSign, ...] = ()
    alerts: tuple[AlertLine, ...] = ()

    @property
    def open_alerts(self) -> tuple[AlertLine, ...]:
        """Those that nobody has answered."""
        return tuple(alert for alert in self.alerts if alert.answered_at is None)

    @property
    def in_danger(self) -> bool:
        """Whether this round's check is a danger."""
        return self.check is not None and self.check.level is Level.DANGER


@dataclass(frozen=True, slots=True)
class HamletGroup:
    """The people of one hamlet in the order of the way from house to house; `title` is empty for none."""

    title: str
    lines: tuple[RoundLine, ...]

    @property
    def done(self) -> int:
        """How many have been checked, met or not."""
        return sum(line.check is not None for line in self.lines)


@dataclass(frozen=True, slots=True)
class RoundList:
    """One round of one day."""

    day: date
    round: Round
    groups: tuple[HamletGroup, ...]

    @property
    def lines(self) -> tuple[RoundLine, ...]:
        """All people in the order of the page."""
        return tuple(line for group in self.groups for line in group.lines)

    @property
    def wanted(self) -> int:
        """How many the round wants to see, or has seen."""
        return sum(line.due or line.check is not None for line in self.lines)

    @property
    def done(self) -> int:
        """How many have been checked."""
        return sum(line.check is not None for line in self.lines)


@needs(Right.SEE)
def round_list(db: Database, *, catalog: Catalog, day: date, round_: Round) -> RoundList:
    """Everybody who is at home on that day, by hamlet and house, with the strip of the half-days before."""
    people = people_of_day(db, day)
    glances = glances_between(db, day - timedelta(days=HALF_DAYS // 2), day)
    visits = visits_between(db, day - timedelta(days=1), day)
    with db.read() as session:
        guidelines = guidelines_in(session, catalog)
    checks = {one.episode_id: split(visits.get(one.episode_id, ()), day, round_) for one in people}
    alerts = _alerts(db, [check.id for check, _latest in checks.values() if check])
    waiting = _by_episode(open_alerts(db))
    groups: dict[str, list[RoundLine]] = {}
    for one in people:
        check, latest = checks[one.episode_id]
        guideline = guideline_for(guidelines, check.guideline if check else "", one.report_date)
        line = RoundLine(
            person=one,
            day=day,
            strip=strip(glances.get(one.episode_id, ()), day, round_),
            check=check,
            latest=latest,
            due=one.open_on(day) and wants(guideline, one.checks_a_day, round_, latest),
            wants_extra=one.open_on(day) and wants(guideline, one.checks_a_day, Round.EXTRA, check or latest),
            signs=signs_of(guideline, one.birth, check),
            alerts=_joined(waiting.get(one.episode_id, ()), alerts.get(check.id, ()) if check else ()),
        )
        groups.setdefault(one.hamlet, []).append(line)
    return RoundList(day, round_, tuple(HamletGroup(title, tuple(lines)) for title, lines in groups.items()))


def split(visits: Sequence[S], day: date, round_: Round) -> tuple[S | None, S | None]:
    """The check of the round (the newest of it), and the newest before it at which the person was met."""
    own = [visit for visit in visits if visit.day == day and visit.round is round_]
    check = own[-1] if own else None
    before = [visit for visit in visits if visit.met and visit not in own and (not check or visit.at <= check.at)]
    return check, before[-1] if before else None


def wants(guideline: Guideline | None, wish: int | None, round_: Round, latest: Seen | None) -> bool:
    """Mornings always, afternoons when two are asked for; an extra check after a danger or for a third.

    How many a day the guideline says, or the nurse for this person (`wish`).
    """
    rounds = wish or (guideline.rounds if guideline else TWICE)
    if round_ is Round.EXTRA:
        return rounds > TWICE or (latest is not None and latest.level is Level.DANGER)
    return round_ is Round.MORNING or rounds >= TWICE


def _alerts(db: Database, visit_ids: Sequence[UUID]) -> Mapping[UUID, tuple[AlertLine, ...]]:
    found: dict[UUID, tuple[AlertLine, ...]] = {}
    for alert in alerts_of_visits(db, visit_ids):
        found[alert.visit_id] = (*found.get(alert.visit_id, ()), alert)
    return found


def _by_episode(alerts: Iterable[AlertLine]) -> Mapping[UUID, tuple[AlertLine, ...]]:
    found: dict[UUID, tuple[AlertLine, ...]] = {}
    for alert in alerts:
        found[alert.episode_id] = (*found.get(alert.episode_id, ()), alert)
    return found


def _joined(waiting: Sequence[AlertLine], own: Sequence[AlertLine]) -> tuple[AlertLine, ...]:
    both = {alert.id: alert for alert in (*waiting, *own)}
    return tuple(sorted(both.values(), key=lambda alert: alert.raised_at))


def guideline_for(guidelines: Sequence[Guideline], wanted: str, day: date) -> Guideline | None:
    """The guideline that judged a check, or the one in force at the case's date; None when no rule covers it."""
    named = next((one for one in guidelines if wanted and one.id == wanted), None)
    try:
        return named or guideline_on(guidelines, day)
    except RuleError:
        return None


def signs_of(guideline: Guideline | None, birth: PartialDate | None, visit: Visit | None) -> tuple[DangerSign, ...]:
    """What of a check is out of order by the guideline."""
    if guideline is None or visit is None or not visit.met:
        return ()
    return judge(guideline, birth, visit.day, visit.vitals, visit.symptoms).signs


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A check that was saved, with what the guideline says of it.

    `alerts` are its own and whatever of this illness nobody has answered, as in `RoundLine`.
    """

    visit: Visit
    signs: tuple[DangerSign, ...] = ()
    alerts: tuple[AlertLine, ...] = ()
    age_unsure: bool = False


@needs(Right.ENTER)
def record_visit(
    db: Database,
    draft: VisitDraft,
    *,
    catalog: Catalog,
    by: UUID | None,
    by_name: str,
    now: datetime,
    sure: bool = False,
    again: bool = False,
) -> Done[Recorded]:
    """Keep one check and raise its alerts, in one transaction. With `draft.voids` it corrects an earlier one.

    Raises Refused with errors; with warnings alone unless `sure` (ask back, then call again); UserError
    rounds.already_checked when this round has another check of this person, unless `again`;
    rounds.already_voided when somebody else corrected the same check; episodes.unknown.
    """
    with db.write(by, now) as session:
        row, person = _known(session, draft.episode_id)
        found = check_visit(draft, span=span_in(session, row), now=now.replace(tzinfo=None))
        if errors(found) or (found and not sure):
            raise Refused(errors(found) or found)
        _see_others(session, draft, person.full_name, again=again)
        guideline = guideline_for(guidelines_in(session, catalog), "", row.report_date)
        visit, judged = put_visit_in(session, draft, row, person, guideline, by_name=by_name, now=now)
        measured = visit.vitals.spo2 is not None or visit.voids is not None
        other_class = measured and assess_spo2_in(session, row, person, catalog=catalog, now=now)
        no_case = row.classification == CaseClassification.NO_CASE.value
        if no_case or row.outcome == CaseOutcome.DECEASED.value:  # written late: there is nobody to call for it
            session.flush()
            answer_open_in(session, row.id, AlertAnswer.CASE_ENDED, by_name=by_name, now=now)
    alerts = alerts_of(db, draft.episode_id)
    recorded = Recorded(
        visit=visit,
        signs=judged.signs if judged else (),
        alerts=tuple(alert for alert in alerts if alert.answered_at is None or alert.visit_id == visit.id),
        age_unsure=judged.age_unsure if judged else False,
    )
    return done(recorded, Kind.CARE, *([Kind.EPISODES] if other_class else []))


def put_visit_in(
    session: Session,
    draft: VisitDraft,
    row: EpisodeRow,
    person: PersonRow,
    guideline: Guideline | None,
    *,
    by_name: str,
    now: datetime,
) -> tuple[Visit, Judgement | None]:
    """A checked draft as it is kept, with its alerts, inside another act's transaction."""
    judged = _judged(guideline, birth_of(person), draft)
    visit = _visit_from(draft, row, guideline, judged, clean(by_name))
    session.add(visit_row(visit))
    if guideline is not None:
        raise_alerts_in(session, visit, guideline, judged.signs if judged else (), now=now)
    return visit, judged


@needs(Right.TREAT)
def set_checks_a_day(
    db: Database, episode_id: UUID, count: int | None, *, by: UUID | None, now: datetime
) -> Done[None]:
    """How often this person is to be checked each day; None: as the guideline says.

    Raises Refused rounds.checks_a_day, UserError episodes.unknown.
    """
    if count is not None and not 1 <= count <= MOST_CHECKS:
        raise Refused([Problem("checks_a_day", "rounds.checks_a_day", {"most": str(MOST_CHECKS)})])
    with db.write(by, now) as session:
        row, _person = _known(session, episode_id)
        row.checks_a_day = count
    return done(None, Kind.CARE)


@needs(Right.ENTER)
def void_visit(
    db: Database, visit_id: UUID, reason: str, *, catalog: Catalog, by: UUID | None, by_name: str, now: datetime
) -> Done[None]:
    """Take a check back: it stays in the register with the reason, and counts no more.

    Raises Refused without a reason; UserError rounds.unknown_visit, rounds.already_voided.
    """
    found = too_long("reason", reason, REASON_LIMIT) if clean(reason) else [Problem("reason", "rounds.void_reason")]
    if found:
        raise Refused(found)
    with db.write(by, now) as session:
        row = session.scalars(select(VisitRow).where(VisitRow.id == visit_id)).first()
        if row is None or row.episode_id is None:
            raise UserError("rounds.unknown_visit")
        if visit_id not in {visit.id for visit in held_checks(session, row.episode_id)}:
            raise UserError("rounds.already_voided")
        session.add(
            VisitRow(
                id=new_id(),
                person_id=row.person_id,
                episode_id=row.episode_id,
                at=row.at,
                day=row.day,
                round=row.round,
                status=VOIDED,
                means=row.means,
                reason=clean(reason),
                by_name=clean(by_name),
                voids=row.id,
            )
        )
        drop_alerts_in(session, visit_id, by_name, reason, now=now)
        episode, person = _known(session, row.episode_id)
        other_class = row.spo2 is not None and assess_spo2_in(session, episode, person, catalog=catalog, now=now)
    return done(None, Kind.CARE, *([Kind.EPISODES] if other_class else []))


def _known(session: Session, episode_id: UUID) -> tuple[EpisodeRow, PersonRow]:
    row = session.scalars(select(EpisodeRow).where(EpisodeRow.id == episode_id)).first()
    if row is None:
        raise UserError("episodes.unknown")
    return row, session.scalars(select(PersonRow).where(PersonRow.id == row.person_id)).one()


def _see_others(session: Session, draft: VisitDraft, name: str, *, again: bool) -> None:
    """Two people at two desks: who comes second is told, before anything is saved."""
    held = held_checks(session, draft.episode_id)
    if draft.voids is not None and draft.voids not in {visit.id for visit in held}:
        raise UserError("rounds.already_voided")
    if again or draft.round is Round.EXTRA:
        return
    for visit in held:
        if (visit.day, visit.round) == (draft.day, draft.round) and visit.id != draft.voids:
            who, when = visit.by_name or "—", f"{visit.at:%H:%M %d/%m}"
            raise UserError("rounds.already_checked", name=name, who=who, when=when)


def _judged(guideline: Guideline | None, birth: PartialDate | None, draft: VisitDraft) -> Judgement | None:
    """None when there is nothing to judge: not met, or nothing measured and nobody asked for signs."""
    looked = draft.vitals != NOTHING or draft.symptoms or draft.signs_asked
    if guideline is None or not draft.met or not looked:
        return None
    return judge(guideline, birth, draft.day, draft.vitals, draft.symptoms)


def _visit_from(
    draft: VisitDraft, row: EpisodeRow, guideline: Guideline | None, judged: Judgement | None, by_name: str
) -> Visit:
    fields = {name: getattr(draft, name) for name in VisitDraft.__dataclass_fields__}
    visit = Visit(**fields, id=new_id(), person_id=row.person_id, by_name=by_name)
    return replace(
        visit,
        at=draft.at.replace(second=0, microsecond=0),
        note=clean(draft.note),
        reason=clean(draft.reason),
        signs_asked=draft.signs_asked or bool(draft.symptoms),
        guideline=guideline.id if guideline and judged else "",
        level=judged.level if judged else None,
    )
