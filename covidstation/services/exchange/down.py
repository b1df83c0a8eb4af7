"""Taking what the district says: its lines from a stick or over the wire, with all that lists show of them."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.audit import note
from covidstation.db.down import CameDown, Piece, take_lines
from covidstation.db.merged import carry_over, values_of
from covidstation.db.rows import HouseholdRow, PaperRow, PersonRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Right
from covidstation.domain.stamps import COUNTER_BITS, ceiling
from covidstation.domain.text import name_sort_key
from covidstation.services.changes import Changes, Done, Kind, done
from covidstation.services.exchange.given_back import print_again
from covidstation.services.exchange.word import tell_again
from covidstation.services.merging import put_in_order
from covidstation.services.people import index_person
from covidstation.services.rights import needs
from covidstation.sync.bundle import OpenedBundle, read_ops
from covidstation.sync.header import Kind as BundleKind
from covidstation.sync.refusals import BundleRefused
from covidstation.sync.upcast import upcast

log = logging.getLogger(__name__)

GIVEN_BACK: Final = "give_back"  # in `about` of a bundle with the station's own lines
_CARE: Final = frozenset({Kind.CARE, Kind.EPISODES})
_KINDS: Final[Mapping[str, Changes]] = MappingProxyType(
    {
        "person": frozenset({Kind.PEOPLE, Kind.EPISODES, Kind.CONTACTS, Kind.CARE, Kind.CHRONIC}),
        "household": frozenset({Kind.PEOPLE, Kind.PLACES}),
        "hamlet": frozenset({Kind.PLACES, Kind.PEOPLE}),
        "residence": frozenset({Kind.PEOPLE, Kind.PLACES}),
        "sub_point": frozenset({Kind.PLACES}),
        "station": frozenset({Kind.STATION}),
        "duty": frozenset({Kind.PLACES, Kind.STATION}),
        "contact": frozenset({Kind.CONTACTS, Kind.CARE}),
        "chronic_condition": frozenset({Kind.CHRONIC, Kind.PEOPLE}),
        "chronic_visit": frozenset({Kind.CHRONIC}),
        "phone_call": frozenset({Kind.CARE, Kind.EPISODES, Kind.CHRONIC}),
        "paper": frozenset({Kind.PAPERS}),
        "paper_subject": frozenset({Kind.PAPERS}),
        "paper_delivery": frozenset({Kind.PAPERS}),
        "case_notice": frozenset({Kind.REPORTS}),
        "rule_version": frozenset({Kind.RULES}),
        "pack_edit": frozenset({Kind.RULES}),
        "district_item": frozenset({Kind.SYNC, Kind.RULES, Kind.DISTRICT}),
        "conflict_decision": frozenset({Kind.SYNC}),
    }
)


@dataclass(frozen=True, slots=True)
class TookDown:
    """What one bundle of the district brought.

    `lines`: changes that are new here; `items`: what the district tells or asks among them; `conflicts`: how many more
    are open now; `aside`: what could not be applied; `gap`: numbers that are missing before it, nothing was taken then.
    `upto`, `more`: how far we have read, and how much the district has beyond that.
    """

    lines: int
    items: int = 0
    conflicts: int = 0
    aside: tuple[tuple[int, str], ...] = ()
    gap: tuple[int, int] | None = None
    upto: int = 0
    more: int = 0


@needs(Right.SEND)
def take_opened(db: Database, bundle: OpenedBundle, *, by: UUID | None, now: datetime) -> Done[TookDown]:
    """Read one bundle of the district's lines whose signature was checked, all or nothing. Raises BundleRefused."""
    header = bundle.header
    if header.kind is not BundleKind.DOWN or header.stream is None or header.epoch is None or header.station is None:
        raise BundleRefused("bundle.wrong_kind", kind=header.kind.value)
    piece = Piece(
        station=header.station,
        epoch=header.epoch,
        first=header.stream.first,
        chain_before=header.stream.chain_before,
        lines=bundle.lines,
        ops=[upcast(op) for op in read_ops(bundle)],
        limit=_believed(bundle, now),
    )
    with db.write(by, now) as session:
        before = values_of(session, {UUID(hex=op.row) for op in piece.ops if op.table == PersonRow.__tablename__})
        found = take_lines(session, piece, now)
        if found.fork:
            raise BundleRefused("bundle.fork_down")
        if not found.lines and found.gap is None:
            tell_again(session)
        if found.lines:
            _follow_merged(session, found, before, now)
            refresh_rows(session, found.rows)
            detail: dict[str, str | int] = {"what": "down", "lines": found.lines, "to": header.stream.last}
            note(
                session, AuditAction.MERGE, detail=detail | ({"conflicts": found.conflicts} if found.conflicts else {})
            )
    log.info("lines of the district: %d new, %d aside, up to %d", found.lines, len(found.aside), header.stream.last)
    more = bundle.about.get("more")
    took = TookDown(
        lines=found.lines,
        items=len(found.rows.get("district_item", ())),
        conflicts=max(0, found.conflicts),
        aside=tuple(found.aside),
        gap=found.gap,
        upto=header.stream.last,
        more=more if type(more) is int and more > 0 else 0,
    )
    return done(took, *kinds_of_tables(found.rows))


def _follow_merged(session: Session, found: CameDown, before: Mapping[UUID, Mapping[str, Any]], now: datetime) -> None:
    """What the district says of a record that was merged here, before it knew, is said of the one that stands."""
    session.expire_all()
    people = carry_over(session, before)
    people |= put_in_order(session, None, now)
    if people:
        found.rows.setdefault(PersonRow.__tablename__, set()).update(people)


def _believed(bundle: OpenedBundle, now: datetime) -> int:
    """The highest stamp that our clock may follow: a day beyond the district's own when it wrote the bundle."""
    said = bundle.about.get("clock")
    if type(said) is not int:
        return ceiling(now)
    return (said + int(timedelta(hours=24).total_seconds() * 1000)) << COUNTER_BITS


def kinds_of_tables(tables: Iterable[str]) -> Changes:
    """What windows ask again: tables of care stand for all of care."""
    return frozenset({Kind.SYNC}).union(*(_KINDS.get(table, _CARE) for table in tables))


def refresh_rows(session: Session, rows: Mapping[str, Iterable[UUID]]) -> None:
    """What does not travel: bytes of papers, the order of names, and the words by which people are found."""
    for at in range(0, len(papers := sorted(rows.get("paper", ()))), 500):
        for paper in session.scalars(select(PaperRow).where(PaperRow.id.in_(papers[at : at + 500]))):
            print_again(session, paper)  # of another station: the same bytes, when this program prints them alike
    people = set(rows.get("person", ()))
    houses, places = set(rows.get("household", ())), set(rows.get("hamlet", ()))
    if houses or places:
        named = HouseholdRow.id.in_(houses) | HouseholdRow.hamlet_id.in_(places)
        query = select(PersonRow.id).join(HouseholdRow, PersonRow.household_id == HouseholdRow.id)
        people |= set(session.scalars(query.where(named)))
        people |= set(session.scalars(select(PersonRow.id).where(PersonRow.hamlet_id.in_(places))))
    for at in range(0, len(ordered := sorted(people)), 500):
        for row in session.scalars(select(PersonRow).where(PersonRow.id.in_(ordered[at : at + 500]))):
            row.sort_key = name_sort_key(row.full_name)  # which does not travel
            index_person(session, row)
