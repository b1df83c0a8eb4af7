"""The book of who is due (docs/adr/0043): a line for everybody whom the station manages, as the schedule says it.

Triggers note of whom something was written; `refresh_book` asks the schedule anew about these, about whoever's day has
come, and about everybody when rules or lists changed or the clock went back. Whatever way a row came by, a list that
was refreshed says what the schedule would say from nothing.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from enum import Enum
from functools import cache, lru_cache
from hashlib import blake2b
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import String, bindparam, delete, exists, func, insert, or_, select, type_coerce
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import Session

from covidstation.db.queries.residence import birth_number, dead_of_illness, lives_here
from covidstation.db.queries.vaccination import dose_stands, settled_of
from covidstation.db.queries.vaccine_due import count_lines
from covidstation.db.rows import (
    EpisodeRow,
    PersonRow,
    VaccineBasisRow,
    VaccineBookRow,
    VaccineDoseRow,
    VaccineStaleRow,
    VaccineStanceRow,
)
from covidstation.db.session import Database
from covidstation.domain.canonical import decode
from covidstation.domain.dates import PartialDate
from covidstation.domain.episodes import CaseOutcome
from covidstation.domain.flow import COUNTED
from covidstation.domain.residence import Living
from covidstation.domain.terms import Answer
from covidstation.domain.vaccination.doses import DoseClass, DoseSource, is_abroad
from covidstation.domain.vaccination.schedule import signature, state_of
from covidstation.domain.vaccination.schedule_rules import Schedule
from covidstation.domain.vaccination.stances import Stance
from covidstation.domain.vaccination.states import Infection, Mark, Shot, VaccineFacts, VaccineState, told_since

_ONLY: Final = 1  # the one line of vaccine_basis
_FEW: Final = 2000  # people whose rows are looked up one by one; for more, whole tables are read

Memo = dict[tuple[Any, ...], tuple[Any, ...]]


def refresh_book(db: Database, schedule: Schedule, *, today: date, now: datetime) -> int:
    """Bring the book up to that day; how many lines were asked for anew. `schedule` is the station's own."""
    with db.read() as session:
        held = _held(session, today)
        if not _is_void(held, schedule, today) and not held.behind:
            return 0
    with db.write(None, now) as session:
        return refresh_in(session, schedule, today)


def refresh_in(session: Session, schedule: Schedule, today: date) -> int:
    """The same inside another transaction."""
    held = _held(session, today)
    every = _is_void(held, schedule, today)
    if not every:
        _mark_turned(session, today)
    scope = _Scope.EVERYBODY if every else _Scope.STALE
    lines = list(_lines(session, schedule, scope, today))
    of_these = () if every else (VaccineBookRow.person_id.in_(_STALE),)
    counts = "[]" if every else held.counts
    gone = count_lines(session, *of_these) if counts and not every else []
    session.execute(delete(VaccineBookRow).where(*of_these))
    if lines:
        session.connection().exec_driver_sql(_INSERT, lines)  # door: our own words, values beside them
    asked = session.connection().execute(delete(VaccineStaleRow)).rowcount
    told = _counted(counts, gone, lines) if counts else json.dumps(count_lines(session))
    said = {"basis": basis_of(schedule), "day": today, "counts": told}
    session.execute(upsert(VaccineBasisRow).values(n=_ONLY, **said).on_conflict_do_update(set_=said))
    return len(lines) if every else asked


def _counted(before: str, gone: Iterable[Sequence[Any]], lines: Iterable[Sequence[Any]]) -> str:
    """The sums of `vaccine_basis` without the lines that went, and with those that came."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    known = decode(before.encode())
    changes = [(row, 1) for row in known] + [(row, -1) for row in gone]
    changes += [((line[_KIND], line[_STAGE], 1, line[_AWAY]), 1) for line in lines]
    for (kind, stage, count, away), sign in changes:
        sums[kind, stage][0] += sign * count
        sums[kind, stage][1] += sign * away
    return json.dumps([[*key, *both] for key, both in sorted(sums.items()) if both[0]])


_JUDGED: Final = 6  # another number when the program answers the same rules otherwise: the book is written anew


def is_empty(session: Session, schedule: Schedule, today: date) -> bool:
    """Whether no line of the book can be believed: it was never written, by other rules, or on a later day."""
    return _is_void(_held(session, today), schedule, today)


def _held(session: Session, today: date) -> Any:
    """What the book was written by, and whether it is behind that day; None when it was never written."""
    return session.execute(_HELD, {"today": today}).one_or_none()


def _is_void(held: Any, schedule: Schedule, today: date) -> bool:
    return held is None or held.basis != basis_of(schedule) or today < held.day


def basis_of(schedule: Schedule) -> str:
    """What the rules say, in a word: another one when any of them says something else."""
    return _basis((*schedule.rules, *schedule.products))


@lru_cache(maxsize=4)
def _basis(rules: tuple[Any, ...]) -> str:
    said = json.dumps([_JUDGED, *(asdict(one) for one in rules)], default=_plain, sort_keys=True)
    return blake2b(said.encode(), digest_size=16).hexdigest()


def _plain(value: object) -> object:
    """A set in an order that the next start has, too."""
    return sorted(value) if isinstance(value, frozenset) else str(value)


def facts_of(session: Session, people: Sequence[UUID]) -> Mapping[UUID, VaccineFacts]:
    """What the schedule asks about these people, whether they live here or come from elsewhere; not managed are those
    who died, left, or are another station's. Whoever is in no register is not in it."""
    gone = or_(
        PersonRow.living.in_((Living.DIED.value, Living.LEFT.value)),
        PersonRow.moved_to.is_not(None),
        PersonRow.merged_into.is_not(None),
        PersonRow.id.in_(dead_of_illness()),
    )
    asked = _queries(lambda column: _among(column, people))
    told = _Told(session, asked)
    found = {}
    for person, *row, away in session.execute(asked.people.add_columns(gone)):
        found[UUID(hex=person)] = told.facts(person, tuple(row), managed=not away)
    return found


def _mark_turned(session: Session, today: date) -> None:
    """Whoever's day has come, beside those of whom something was written."""
    turned = select(VaccineBookRow.person_id).where(
        VaccineBookRow.next_change_on <= today, VaccineBookRow.person_id.not_in(_STALE)
    )
    session.execute(insert(VaccineStaleRow).from_select(["person_id"], turned))


_TODAY: Final = bindparam("today", type_=VaccineBookRow.next_change_on.type)
_HELD: Final = select(
    VaccineBasisRow.basis,
    VaccineBasisRow.day,
    VaccineBasisRow.counts,
    or_(exists().select_from(VaccineStaleRow), exists().where(VaccineBookRow.next_change_on <= _TODAY)).label("behind"),
)
_INSERT: Final = """INSERT INTO vaccine_book (
    person_id, person_n, sort_key, hamlet_id, born, sex, said_group, diseased, kind, stage, due_on, late_on, since,
    away, pregnant, why, rule, doses, next_class, next_number, products, params, stance_id, first_on, basic_on,
    added_on, booster_on, booster2_on, as_of, next_change_on
) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_KIND, _STAGE, _AWAY = 8, 9, 13  # where they stand in a line
_NONE: Final = (None, "", "[]", "null")  # how a register holds no disease
_CASES: Final = tuple(sorted(COUNTED))


def _lines(session: Session, schedule: Schedule, scope: _Scope, today: date) -> Iterable[tuple[Any, ...]]:
    """The rows of the book for these people: whom the station does not manage has none."""
    asked = _queries_of(scope)
    told = _Told(session, asked)
    memo: Memo = {}
    day = today.isoformat()
    known = today >= schedule.first_day  # before it, ages of long ago change answers
    for person, *rest in session.execute(asked.people):
        row = tuple(rest)
        key = told.key(schedule, person, row) if known else None
        said = memo.get(key) if key is not None else None
        if said is None:
            said = _said(state_of(schedule, told.facts(person, row), today))
            if key is not None:
                memo[key] = said
        yield (person, *row[:6], row[-1] not in _NONE, *said[:-1], day, said[-1])


def _said(state: VaccineState) -> tuple[Any, ...]:
    """A state as the book's columns, in their order, without the day on which it was asked for."""
    dose = state.next
    return (
        state.kind.value, state.stage.value, _iso(state.due_on), _iso(state.late_on), _iso(state.since),
        Mark.CANNOT_TRAVEL in state.marks, Mark.PREGNANT in state.marks, state.why.value, state.rule, state.doses,
        dose.dose_class.value if dose else "", dose.number if dose else 0, " ".join(state.products),
        json.dumps(dict(state.params), ensure_ascii=False) if state.params else "",
        state.stance.hex if state.stance else None, *map(_iso, state.reached), _iso(state.next_change_on),
    )  # fmt: skip


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


class _Scope(Enum):
    """Of whom the book is written."""

    EVERYBODY = 1
    STALE = 2


class _Queries(NamedTuple):
    """What reads the rows of some people; made once, since making them takes longer than asking about one person."""

    people: Any
    doses: Any
    ill: Any
    stances: Any


@cache
def _queries_of(scope: _Scope) -> _Queries:
    """Those of whom the station manages."""
    found = _queries((lambda column: column.in_(_STALE)) if scope is _Scope.STALE else None)
    return found._replace(people=found.people.where(lives_here()))


def _queries(within: Callable[[Any], Any] | None) -> _Queries:
    """Of the people whose ids are `within`, or of everybody."""
    told = (
        (VaccineDoseRow, _DOSE, dose_stands()),
        (EpisodeRow, _ILL, EpisodeRow.classification.in_(_CASES)),
    )
    doses, ill = (
        select(type_coerce(table.person_id, String), *columns).where(holds).order_by(*columns, table.n)
        for table, columns, holds in told
    )
    people, stances = select(*_PERSON), select(VaccineStanceRow).order_by(VaccineStanceRow.n)
    if within is None:
        return _Queries(people, doses, ill, stances)
    return _Queries(
        people.where(within(PersonRow.id)),
        doses.where(within(VaccineDoseRow.person_id)),
        ill.where(within(EpisodeRow.person_id)),
        stances.where(within(VaccineStanceRow.person_id)),
    )


_STALE: Final = select(VaccineStaleRow.person_id)
_PERSON: Final = (
    type_coerce(PersonRow.id, String),
    PersonRow.n,
    PersonRow.sort_key,
    type_coerce(PersonRow.hamlet_id, String),
    birth_number(),
    PersonRow.sex,
    PersonRow.priority_group,
    PersonRow.birth_year,
    PersonRow.birth_month,
    PersonRow.birth_day,
    PersonRow.pregnancy,
    type_coerce(PersonRow.conditions, String),
)
"""Ids and JSON as they are kept: of fifty thousand people, most are never looked into."""


def _among(column: Any, people: Sequence[UUID]) -> Any:
    if len(people) <= _FEW:
        return column.in_(people)
    wanted = func.json_each(json.dumps([one.hex for one in people])).table_valued("value")
    return type_coerce(column, String).in_(select(wanted.c.value))


class _Told:
    """What the register says of people, read once for all of them."""

    def __init__(self, session: Session, asked: _Queries) -> None:
        self._doses, self._ill = _by_person(session, asked.doses), _by_person(session, asked.ill)
        stances = settled_of(session, session.scalars(asked.stances))
        self._stances: Mapping[str, tuple[Stance, ...]] = {who.hex: found for who, found in stances.items()}

    def key(self, schedule: Schedule, person: str, row: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """Two people with the same one get the same state; None for who is like nobody else."""
        if person in self._stances:
            return None
        *_who, group, year, month, day, pregnant, conditions = row
        birth = PartialDate(year, month, day) if year else None
        sure = birth.text() if birth is not None and birth.full is None else ""
        group = group if group in schedule.groups else ""
        told = (self._doses.get(person), self._ill.get(person), pregnant, conditions, group)
        return (signature(schedule, birth), sure, birth is None, *told)

    def facts(self, person: str, row: tuple[Any, ...], *, managed: bool = True) -> VaccineFacts:
        """All of it as the schedule asks for it."""
        *_who, group, year, month, day, pregnant, conditions = row
        found = decode((conditions or "[]").encode())
        ill, doses = self._ill.get(person, ()), tuple(map(_shot, self._doses.get(person, ())))
        return VaccineFacts(
            birth=PartialDate(year, month, day) if year else None,
            doses=doses,
            infections=tuple(map(_infection, ill)),
            told=told_since(((date.fromisoformat(row[0]), row[-1] or 0) for row in ill), doses),
            pregnant=pregnant == Answer.YES.value,
            conditions=frozenset(found if isinstance(found, list) else ()),
            stances=self._stances.get(person, ()),
            group=group,
            managed=managed,
        )


_DOSE: Final = (
    VaccineDoseRow.given_year, VaccineDoseRow.given_month, VaccineDoseRow.given_day, VaccineDoseRow.product,
    VaccineDoseRow.dose_class, VaccineDoseRow.number, VaccineDoseRow.country, VaccineDoseRow.source,
)  # fmt: skip
_ILL: Final = (
    func.coalesce(type_coerce(EpisodeRow.onset_date, String), type_coerce(EpisodeRow.report_date, String)),
    EpisodeRow.outcome,
    type_coerce(EpisodeRow.outcome_on, String),
    EpisodeRow.doses_known,
)


def _by_person(session: Session, query: Any) -> Mapping[str, tuple[tuple[Any, ...], ...]]:
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for person, *rest in session.execute(query):
        found[person].append(tuple(rest))
    return {person: tuple(rows) for person, rows in found.items()}


def _shot(row: tuple[Any, ...]) -> Shot:
    year, month, day, product, kind, number, country, source = row
    return Shot(PartialDate(year, month, day), product, DoseClass(kind), number, is_abroad(country), DoseSource(source))


def _infection(row: tuple[Any, ...]) -> Infection:
    first, outcome, over_on, _told = row
    began = date.fromisoformat(first)
    if outcome == CaseOutcome.NO_OUTCOME.value:
        return Infection(began)
    return Infection(began, max(began, date.fromisoformat(over_on)) if over_on else began)
