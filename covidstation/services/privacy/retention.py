"""What may be destroyed when: each class with its years, how many people, since when, and who is due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.queries.places import hamlet_words
from covidstation.db.rows import HamletRow, JournalStateRow, PersonRow, PurgeRow
from covidstation.db.session import Database
from covidstation.domain.retention import (
    Dossier,
    RecordKind,
    RetentionRule,
    due,
    free_from,
    rule_for,
    rules_on,
)
from covidstation.domain.rights import Right
from covidstation.domain.rule_sets import RuleError
from covidstation.errors import UserError
from covidstation.i18n import date_text
from covidstation.services.privacy.dossiers import dossiers_in, rows_of
from covidstation.services.rights import needs
from covidstation.services.rules.versions import station_catalog

LISTED: Final = 500  # names that a window is given


@dataclass(frozen=True, slots=True)
class ClassLook:
    """One class: the rule of the day, how many people, the oldest last day, when the first may go, how many may now."""

    rule: RetentionRule
    people: int
    oldest: date | None
    first_free: date | None
    due: int


@dataclass(frozen=True, slots=True)
class PurgeLine:
    """One deletion that was done."""

    purged_on: date
    kind: RecordKind
    until: date
    decision: str
    count: int
    by_name: str


@dataclass(frozen=True, slots=True)
class RetentionLook:
    """All classes, the longest kept first; `unsent` changes must reach the district before anything goes."""

    classes: tuple[ClassLook, ...]
    done: tuple[PurgeLine, ...]
    unsent: int


@dataclass(frozen=True, slots=True)
class DuePerson:
    """Somebody whose records would go."""

    full_name: str
    birth_year: int | None
    hamlet: str
    last_on: date
    free_from: date


@dataclass(frozen=True, slots=True)
class DueLook:
    """Exactly what would go: how many people, the first of them by name, and how many rows of which table."""

    rule: RetentionRule
    count: int
    people: tuple[DuePerson, ...]
    rows: Mapping[str, int]


def rules_of_day(catalog: Catalog, day: date) -> Mapping[RecordKind, RetentionRule]:
    """The rule of each class. Raises UserError privacy.no_rule for a day that no rule covers."""
    try:
        return rules_on(catalog.retention_rules, day)
    except RuleError as trouble:
        raise UserError("privacy.no_rule", day=date_text(day)) from trouble


@needs(Right.MANAGE)
def look_at_retention(db: Database, *, catalog: Catalog, today: date) -> RetentionLook:
    """Every class of the register. Raises UserError privacy.no_rule."""
    with db.read() as session:
        rules = rules_of_day(station_catalog(session, catalog), today)
        dossiers = dossiers_in(session)
        state = session.get_one(JournalStateRow, 1)
        rows = session.scalars(select(PurgeRow).order_by(PurgeRow.purged_at.desc())).all()
        done = tuple(
            PurgeLine(row.purged_at.date(), RecordKind(row.kind), row.until, row.decision, row.count, row.by_name)
            for row in rows
            if row.kind in set(RecordKind) and row.count  # what came back later of the same people counts nobody
        )
        classes = tuple(_class(kind, dossiers, rules, today) for kind in rules)
        return RetentionLook(classes, done, state.last_seq - state.received_upto)


def _class(
    kind: RecordKind, dossiers: list[Dossier], rules: Mapping[RecordKind, RetentionRule], today: date
) -> ClassLook:
    own = [one for one in dossiers if rule_for(one, rules).kind is kind]
    oldest = min((one.last_on for one in own), default=None)
    rule = rules[kind]
    free = free_from(oldest, rule.years) if oldest else None
    return ClassLook(rule, len(own), oldest, free, len(due(dossiers, rules, kind, today, today)))


@needs(Right.MANAGE)
def look_at_due(db: Database, kind: RecordKind, until: date, *, catalog: Catalog, today: date) -> DueLook:
    """What a deletion of that class would take, up to that last day. Raises UserError privacy.no_rule."""
    with db.read() as session:
        rules = rules_of_day(station_catalog(session, catalog), today)
        chosen = due(dossiers_in(session), rules, kind, until, today)
        rows = Counter(row.__tablename__ for row in rows_of(session, [one.person_id for one in chosen]))
        return DueLook(rules[kind], len(chosen), _people(session, chosen[:LISTED], rules[kind]), dict(rows))


def _people(session: Session, chosen: list[Dossier], rule: RetentionRule) -> tuple[DuePerson, ...]:
    query = (
        select(PersonRow.id, PersonRow.full_name, PersonRow.birth_year, hamlet_words().label("hamlet"))
        .outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
        .where(PersonRow.id.in_([one.person_id for one in chosen]))
    )
    known = {row.id: row for row in session.execute(query)}
    return tuple(
        DuePerson(row.full_name, row.birth_year, row.hamlet or "", one.last_on, free_from(one.last_on, rule.years))
        for one in chosen
        if (row := known.get(one.person_id)) is not None
    )
