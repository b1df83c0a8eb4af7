"""Who is looked after at home on a day, the checks of an illness, and the danger signs that nobody has answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, String, and_, bindparam, func, or_, select, type_coerce, union_all
from sqlalchemy.orm import Session, aliased

from covidstation.db.queries.checks import vitals_of
from covidstation.db.queries.places import hamlet_words
from covidstation.db.rows import AlertRow, EpisodeRow, HamletRow, HouseholdRow, PersonRow, VisitRow
from covidstation.db.session import Database
from covidstation.domain.care import AlertAnswer, Level, Round, VisitMeans, VisitStatus
from covidstation.domain.dates import PartialDate, age_on, months_on
from covidstation.domain.episodes import CaseClassification, CaseOutcome, QuarantineType
from covidstation.domain.hamlets import capital
from covidstation.domain.monitoring import VOIDED, Glance, Visit
from covidstation.domain.people import Sex
from covidstation.domain.text import sort_key

AWAY = (QuarantineType.HOSPITAL.value, QuarantineType.INSTITUTIONELL.value)
BABY_MONTHS = 24  # until then an age is said in months


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundPerson:
    """One F0 at home, as a round finds them. `hamlet` is its title, `house` the head of the household."""

    episode_id: UUID
    person_id: UUID
    full_name: str
    birth: PartialDate | None
    sex: Sex
    phone: str
    hamlet_id: UUID | None
    hamlet: str
    house: str
    report_date: date
    isolation_start: datetime | None
    isolation_until: date | None
    outcome: CaseOutcome
    outcome_on: date | None
    checks_a_day: int | None = None  # by the nurse's word; else the guideline's

    def day_number(self, day: date) -> int:
        """The day of the isolation, 1 on its first; of the illness where no isolation began."""
        start = self.isolation_start.date() if self.isolation_start else self.report_date
        return (day - start).days + 1

    def open_on(self, day: date) -> bool:
        """Whether the illness still ran on that day."""
        return self.outcome is CaseOutcome.NO_OUTCOME or (self.outcome_on or date.min) > day


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertLine:
    """A danger sign. `value` and `sentence` are those of its rule; `at` is when it was measured."""

    id: UUID
    episode_id: UUID
    person_id: UUID
    visit_id: UUID
    full_name: str
    birth: PartialDate | None
    hamlet: str
    phone: str
    guideline: str
    rule: str
    measure: str
    value: str
    sentence: str
    at: datetime
    raised_at: datetime
    answered_at: datetime | None = None
    answered_by: str = ""
    answer: AlertAnswer | None = None
    note: str = ""

    def minutes_open(self, now: datetime) -> int:
        """How long nobody has answered, or how long it took."""
        until = self.answered_at or now.replace(tzinfo=None)
        return max(0, int((until - self.raised_at).total_seconds() // 60))


def said_age(birth: PartialDate | None, day: date) -> tuple[int, bool] | None:
    """Years, or months where the flag is set (under two years, when the month of birth is known)."""
    if birth is None:
        return None
    if birth.month is not None and months_on(birth, day) < BABY_MONTHS:
        return months_on(birth, day), True
    return age_on(birth, day), False


def standing() -> ColumnElement[bool]:
    """Checks that no later row has corrected or taken back, for any statement over `VisitRow`."""
    later = aliased(VisitRow)
    return and_(VisitRow.status != VOIDED, VisitRow.id.not_in(select(later.voids).where(later.voids.is_not(None))))


def people_of_day(db: Database, day: date) -> tuple[RoundPerson, ...]:
    """All who were looked after at home on that day, by hamlet, then house, then given name."""
    with db.read() as session:
        rows = list(session.execute(_people_of_day(), {"day": day}))
    return tuple(_person(row) for row in _by_house(rows))


@cache  # building the statement takes longer than running it
def _people_of_day() -> Select[Any]:
    head = aliased(PersonRow)
    return (
        select(
            EpisodeRow.id,
            EpisodeRow.person_id,
            PersonRow.full_name,
            PersonRow.sort_key,
            *_birth(),
            PersonRow.sex,
            PersonRow.phone,
            PersonRow.hamlet_id,
            HamletRow.kind,
            HamletRow.name.label("hamlet"),
            PersonRow.household_id,
            func.coalesce(head.full_name, HouseholdRow.head_name, "").label("house"),
            func.coalesce(head.sort_key, HouseholdRow.head_name, "").label("house_key"),
            EpisodeRow.report_date,
            EpisodeRow.isolation_start,
            EpisodeRow.isolation_until,
            EpisodeRow.outcome,
            EpisodeRow.outcome_on,
            EpisodeRow.checks_a_day,
        )
        .join(PersonRow, PersonRow.id == EpisodeRow.person_id)
        .outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
        .outerjoin(HouseholdRow, HouseholdRow.id == PersonRow.household_id)
        .outerjoin(head, head.id == HouseholdRow.head_id)
        .where(*_at_home())
        .order_by(EpisodeRow.report_date, EpisodeRow.n)  # between two of one name in one house
    )


def _at_home() -> tuple[ColumnElement[bool], ...]:
    """Ill on `:day`, and at home or seen there on it."""
    day = bindparam("day", type_=Date)
    seen = select(VisitRow.episode_id).where(VisitRow.day == day, VisitRow.episode_id.is_not(None))
    ill = union_all(  # each by its index; with the day of the report in it SQLite would take all before that day
        select(EpisodeRow.id).where(EpisodeRow.outcome == CaseOutcome.NO_OUTCOME.value),
        select(EpisodeRow.id).where(EpisodeRow.outcome_on >= day),
    )
    return (
        EpisodeRow.id.in_(ill),
        EpisodeRow.report_date <= day,
        EpisodeRow.classification != CaseClassification.NO_CASE.value,
        PersonRow.moved_to.is_(None),
        or_(EpisodeRow.isolation_type.not_in(AWAY), EpisodeRow.id.in_(seen)),
    )


def _by_house(rows: Iterable[Any]) -> list[Any]:
    """Hamlets in Vietnamese order, people without one last; a house keeps together."""
    rows = list(rows)
    order = {name: sort_key(name) for name in {row.hamlet or "" for row in rows}}

    def place(row: Any) -> tuple[Any, ...]:
        hamlet = (row.hamlet is None, order[row.hamlet or ""])
        return (*hamlet, row.house_key, str(row.household_id or ""), row.sort_key)

    return sorted(rows, key=place)


def _birth() -> tuple[Any, ...]:
    return PersonRow.birth_year, PersonRow.birth_month, PersonRow.birth_day


def _birth_of(row: Any) -> PartialDate | None:
    return PartialDate(row.birth_year, row.birth_month, row.birth_day) if row.birth_year else None


def _person(row: Any) -> RoundPerson:
    return RoundPerson(
        episode_id=row.id,
        person_id=row.person_id,
        full_name=row.full_name,
        birth=_birth_of(row),
        sex=Sex(row.sex),
        phone=row.phone,
        hamlet_id=row.hamlet_id,
        hamlet=f"{capital(row.kind)} {row.hamlet}".strip() if row.hamlet else "",
        house=row.house,
        report_date=row.report_date,
        isolation_start=row.isolation_start,
        isolation_until=row.isolation_until,
        outcome=CaseOutcome(row.outcome),
        outcome_on=row.outcome_on,
        checks_a_day=row.checks_a_day,
    )


def visits_between(db: Database, first: date, last: date) -> dict[UUID, tuple[Visit, ...]]:
    """The standing checks of all illnesses in those days, oldest first, by illness."""
    query = _visits().where(VisitRow.day.between(first, last), VisitRow.episode_id.is_not(None), standing())
    found: dict[UUID, list[Visit]] = {}
    with db.read() as session:
        for row in session.execute(query):
            found.setdefault(row.episode_id, []).append(_visit(row))
    return {key: tuple(visits) for key, visits in found.items()}


def glances_between(db: Database, first: date, last: date) -> dict[UUID, list[Glance]]:
    """For the strips: the same checks as `visits_between`, of which only the level is read."""
    illness = type_coerce(VisitRow.episode_id, String)  # an id becomes a UUID once, not for each of its checks
    query = (
        select(illness, VisitRow.at, VisitRow.round, VisitRow.status, VisitRow.level)
        .where(VisitRow.day.between(first, last), VisitRow.episode_id.is_not(None), standing())
        .order_by(VisitRow.at, VisitRow.n)
    )
    found: dict[str, list[Glance]] = {}
    with db.read() as session:
        for key, at, round_, status, level in session.execute(query):
            met = status == VisitStatus.COOPERATIVE.value
            found.setdefault(key, []).append(Glance(at, Round(round_), met, Level(level) if level else None))
    return {UUID(key): glances for key, glances in found.items()}


def visits_of(db: Database, episode_id: UUID) -> tuple[Visit, ...]:
    """The standing checks of an illness, oldest first."""
    query = _visits().where(VisitRow.episode_id == episode_id, standing())
    with db.read() as session:
        return tuple(_visit(row) for row in session.execute(query))


def held_checks(session: Session, episode_id: UUID) -> list[Any]:
    """Of the same no more than tells one from another: `id`, `day`, `at`, `round`, `by_name`."""
    return list(session.execute(_held_checks(), {"episode": episode_id}))


@cache  # building the statement takes longer than running it
def _held_checks() -> Select[Any]:
    columns: tuple[Any, ...] = (VisitRow.id, VisitRow.day, VisitRow.at, VisitRow.round, VisitRow.by_name)
    return select(*columns).where(VisitRow.episode_id == bindparam("episode"), standing())


def checked_between(db: Database, day: date) -> frozenset[UUID]:
    """The illnesses that had a check between the rounds on that day."""
    query = select(VisitRow.episode_id).where(
        VisitRow.day == day, VisitRow.round == Round.EXTRA.value, VisitRow.episode_id.is_not(None), standing()
    )
    with db.read() as session:
        return frozenset(one for one in session.scalars(query) if one is not None)


def _visits() -> Select[Any]:
    columns: tuple[Any, ...] = (
        VisitRow.id,
        VisitRow.person_id,
        VisitRow.episode_id,
        VisitRow.at,
        VisitRow.round,
        VisitRow.status,
        VisitRow.means,
        VisitRow.reason,
        VisitRow.temperature,
        VisitRow.spo2,
        VisitRow.pulse,
        VisitRow.breaths,
        VisitRow.systolic,
        VisitRow.diastolic,
        VisitRow.symptoms,
        VisitRow.signs_asked,
        VisitRow.note,
        VisitRow.guideline,
        VisitRow.level,
        VisitRow.by_name,
        VisitRow.voids,
    )
    return select(*columns).order_by(VisitRow.at, VisitRow.n)


def _visit(row: Any) -> Visit:
    return Visit(
        id=row.id,
        person_id=row.person_id,
        episode_id=row.episode_id,
        at=row.at,
        round=Round(row.round),
        status=VisitStatus(row.status),
        means=VisitMeans(row.means),
        reason=row.reason,
        vitals=vitals_of(row),
        symptoms=frozenset(row.symptoms),
        signs_asked=row.signs_asked,
        note=row.note,
        guideline=row.guideline,
        level=Level(row.level) if row.level else None,
        by_name=row.by_name,
        voids=row.voids,
    )


def open_alerts(db: Database) -> tuple[AlertLine, ...]:
    """Danger signs that nobody has answered, the longest waiting first."""
    with db.read() as session:
        rows = session.execute(_alerts().where(AlertRow.answered_at.is_(None), PersonRow.moved_to.is_(None)))
        return tuple(_alert(row) for row in rows)


def alerts_of(db: Database, episode_id: UUID) -> tuple[AlertLine, ...]:
    """All danger signs of an illness, answered or not, the oldest first."""
    with db.read() as session:
        rows = session.execute(_alerts().where(AlertRow.episode_id == episode_id))
        return tuple(_alert(row) for row in rows)


def alerts_of_visits(db: Database, visit_ids: Sequence[UUID]) -> tuple[AlertLine, ...]:
    """The danger signs that these checks raised."""
    found: list[AlertLine] = []
    with db.read() as session:
        for some in _chunks(visit_ids):
            found += [_alert(row) for row in session.execute(_alerts().where(AlertRow.visit_id.in_(some)))]
    return tuple(found)


def get_alert(db: Database, alert_id: UUID) -> AlertLine | None:
    """One danger sign."""
    with db.read() as session:
        row = session.execute(_alerts().where(AlertRow.id == alert_id)).first()
        return _alert(row) if row is not None else None


def _chunks(ids: Sequence[UUID], size: int = 400) -> Iterable[Sequence[UUID]]:
    """SQLite takes so many values in one statement."""
    return (ids[at : at + size] for at in range(0, len(ids), size))


def _alerts() -> Select[Any]:
    return (
        select(
            AlertRow,
            PersonRow.full_name,
            *_birth(),
            PersonRow.phone,
            hamlet_words().label("hamlet"),
            VisitRow.at.label("measured_at"),
        )
        .join(PersonRow, PersonRow.id == AlertRow.person_id)
        .outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
        .outerjoin(VisitRow, VisitRow.id == AlertRow.visit_id)
        .order_by(AlertRow.raised_at, AlertRow.n)
    )


def _alert(row: Any) -> AlertLine:
    alert: AlertRow = row.AlertRow
    return AlertLine(
        id=alert.id,
        episode_id=alert.episode_id,
        person_id=alert.person_id,
        visit_id=alert.visit_id,
        full_name=row.full_name,
        birth=_birth_of(row),
        hamlet=row.hamlet,
        phone=row.phone,
        guideline=alert.guideline,
        rule=alert.rule,
        measure=alert.measure,
        value=alert.value,
        sentence=alert.sentence,
        at=row.measured_at or alert.raised_at,
        raised_at=alert.raised_at,
        answered_at=alert.answered_at,
        answered_by=alert.answered_by,
        answer=AlertAnswer(alert.answer) if alert.answer else None,
        note=alert.note,
    )
