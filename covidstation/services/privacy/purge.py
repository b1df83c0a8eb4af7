"""The legal deletion: a signed act of the head of station, after a backup, gone from the rows and from the journal.

What it leaves: the numbers in the book, the sums of frozen reports and of vaccination sessions, tombstones, blanked
lines under a seal, one row of `purge` and one entry of the record. What it does not reach: copies made before it, and
what the district holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db import audit
from covidstation.db.blanks import blank_lines, seal_of, walk
from covidstation.db.ids import new_id
from covidstation.db.merged import merged_with
from covidstation.db.rows import (
    DraftRow,
    HouseholdRow,
    JournalStateRow,
    PaperFileRow,
    PaperRow,
    PersonRow,
    PurgeRow,
    SearchRow,
    SupplyMovementRow,
    VaccineStaleRow,
)
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.problems import Problem, too_long
from covidstation.domain.retention import RecordKind, due
from covidstation.domain.rights import Right
from covidstation.domain.text import clean
from covidstation.errors import Refused, UserError
from covidstation.services.certificate import journal_start
from covidstation.services.changes import Done, Kind, done
from covidstation.services.copies.backup import back_up
from covidstation.services.privacy.district_words import forget_district
from covidstation.services.privacy.dossiers import dossiers_in, rows_of
from covidstation.services.privacy.retention import rules_of_day
from covidstation.services.rights import needs
from covidstation.services.rules.versions import station_catalog
from covidstation.services.supplies.unsaying import unsay_movements
from covidstation.services.vaccination.nameless import leave_counts

WORD: Final = "HUỶ"
_ALSO_WRITTEN: Final = frozenset({"HUỶ", "HỦY"})
LONGEST_DECISION: Final = 100
_CHUNK: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeOrder:
    """What the head of station signs. `count` is what was shown, `typed` the word that was typed by hand."""

    kind: RecordKind
    until: date | None
    decision: str
    count: int
    typed: str


@dataclass(frozen=True, slots=True)
class Purged:
    """What went."""

    people: int
    rows: int
    lines: int


@needs(Right.MANAGE)
def purge_records(
    db: Database, order: PurgeOrder, *, catalog: Catalog, by: UUID | None, by_name: str, now: datetime
) -> Done[Purged]:
    """Delete the records of a class whose years are over, as shown by `look_at_due`.

    Raises Refused: care.day_missing, care.day_future, privacy.decision_missing, privacy.not_typed; UserError
    privacy.nothing_due, privacy.other_count, privacy.unsent, privacy.journal_bad, privacy.no_rule, and what a backup
    raises.
    """
    found = _problems(order, now.date())
    if found or order.until is None:
        raise Refused(found)
    with db.read() as session:
        _refuse_unsent(session)
        if walk(session, journal_start(session)).fault:
            raise UserError("privacy.journal_bad")
    back_up(db, now=now)
    with db.write(by, now) as session:
        _refuse_unsent(session)
        rules = rules_of_day(station_catalog(session, catalog), now.date())
        chosen = due(dossiers_in(session), rules, order.kind, order.until, now.date())
        if not chosen:
            raise UserError("privacy.nothing_due")
        if len(chosen) != order.count:
            raise UserError("privacy.other_count", count=len(chosen))
        people = [one.person_id for one in chosen]
        gone = _delete(session, [*people, *merged_with(session, people)])
        lines = blank_lines(session, [row_id for row_id, _table in gone])
        _leave_word(session, order, rules[order.kind].id, len(people), by_name=by_name, now=now)
        purged = Purged(len(people), len(gone), lines)
    squeeze(db)
    return done(purged, Kind.PEOPLE, Kind.EPISODES, Kind.CONTACTS, Kind.PAPERS, Kind.CARE, Kind.PLACES, Kind.REPORTS)


def _problems(order: PurgeOrder, today: date) -> list[Problem]:
    found = []
    if order.until is None:
        found.append(Problem("until", "care.day_missing"))
    elif order.until > today:
        found.append(Problem("until", "care.day_future", {"day": f"{order.until:%d/%m/%Y}"}))
    if not clean(order.decision):
        found.append(Problem("decision", "privacy.decision_missing"))
    if clean(order.typed).upper() not in _ALSO_WRITTEN:
        found.append(Problem("typed", "privacy.not_typed", {"word": WORD}))
    return [*found, *too_long("decision", order.decision, LONGEST_DECISION)]


def _refuse_unsent(session: Session) -> None:
    state = session.get_one(JournalStateRow, 1)
    if state.received_upto < state.last_seq:
        raise UserError("privacy.unsent", count=state.last_seq - state.received_upto)


def _delete(session: Session, people: Sequence[UUID]) -> list[tuple[UUID, str]]:
    """All rows of these people with what belongs to nobody else; ids and tables of what went."""
    rows = list(rows_of(session, people))
    leave_counts(session, rows)
    gone = [(row.id, row.__tablename__) for row in rows]
    gone += [(one, SupplyMovementRow.__tablename__) for one in unsay_movements(session, [one for one, _ in gone])]
    ours = [row for row in rows if isinstance(row, PersonRow)]
    forget_words(session, ours)
    households = {row.household_id for row in ours if row.household_id is not None}
    files = {row.file_hash for row in rows if isinstance(row, PaperRow)}
    for row in rows:
        session.delete(row)
    session.flush()
    _forget_turns(session, people)
    gone += _leave_households(session, households, set(people))
    gone += forget_district(session, people, [row_id for row_id, _table in gone])
    drop_files(session, files)
    return gone


def _forget_turns(session: Session, people: Sequence[UUID]) -> None:
    """Triggers noted that something of them changed: nobody is to be asked about them again."""
    wanted = list(people)
    for at in range(0, len(wanted), _CHUNK):
        session.execute(delete(VaccineStaleRow).where(VaccineStaleRow.person_id.in_(wanted[at : at + _CHUNK])))


def forget_words(session: Session, people: Sequence[PersonRow]) -> None:
    """The search index, merged so that it keeps no deleted words, and half-typed forms that speak of them."""
    for person in people:
        words = session.get(SearchRow, person.n)
        if words is not None:
            session.delete(words)
    told = {word for row in people for word in (row.id.hex, str(row.id), row.full_name) if word}
    for draft in session.scalars(select(DraftRow)):
        if any(word in f"{draft.subject} {draft.value}" for word in told):
            session.delete(draft)
    session.flush()
    session.execute(text("INSERT INTO person_search(person_search) VALUES ('optimize')"))


def _leave_households(session: Session, households: set[UUID], people: set[UUID]) -> list[tuple[UUID, str]]:
    """An empty household goes; another one keeps no head who is gone. What went or changed."""
    found = []
    for household in session.scalars(select(HouseholdRow).where(HouseholdRow.id.in_(households))):
        stays = session.scalars(select(PersonRow.id).where(PersonRow.household_id == household.id).limit(1)).first()
        if stays is None:
            found.append((household.id, HouseholdRow.__tablename__))
            session.delete(household)
        elif household.head_id in people:
            household.head_id = None
    for household in session.scalars(select(HouseholdRow).where(HouseholdRow.head_id.in_(people))):
        if household.id not in households:
            household.head_id = None
    session.flush()
    return found


def drop_files(session: Session, hashes: set[str]) -> None:
    """The bytes of papers that nobody else has; shared fonts stay."""
    kept = set(session.scalars(select(PaperRow.file_hash).where(PaperRow.file_hash.in_(hashes))))
    session.execute(delete(PaperFileRow).where(PaperFileRow.file_hash.in_(hashes - kept)))


def _leave_word(session: Session, order: PurgeOrder, rule: str, people: int, *, by_name: str, now: datetime) -> None:
    """The row that says what was done, with the seal over all that was blanked, and the entry of the record."""
    seal = seal_of(session, journal_start(session))
    values: dict[str, Any] = {"rule": rule, "kind": order.kind.value, "until": order.until}
    session.add(
        PurgeRow(
            id=new_id(),
            **values,
            decision=clean(order.decision),
            count=people,
            by_name=clean(by_name),
            purged_at=now.replace(microsecond=0, tzinfo=None),
            seal=seal,
        )
    )
    session.flush()
    detail = {"kind": order.kind.value, "people": people, "decision": clean(order.decision)}
    audit.note(session, AuditAction.PURGE, detail=detail)


@needs(Right.SEND)
def squeeze(db: Database) -> None:
    """Write the file anew, so that no free page keeps what went. A full disk leaves that to the next time."""
    with suppress(UserError):
        db.outside_transaction("VACUUM")
        db.outside_transaction("PRAGMA wal_checkpoint(TRUNCATE)")
