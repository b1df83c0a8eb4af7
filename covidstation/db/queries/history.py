"""Who changed what of one person, when, and from which value: read from the journal's own lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.queries.places import hamlet_words
from covidstation.db.queries.record_sync import RecordSync, SyncFacts, sync_facts
from covidstation.db.rows import (
    AlertRow,
    CaseNoticeRow,
    ChronicConditionRow,
    ChronicVisitRow,
    ContactRow,
    DistrictItemRow,
    DownLineRow,
    EpisodeRow,
    FollowUpRow,
    HamletRow,
    HospitalizationRow,
    HouseholdRow,
    IsolationChangeRow,
    JournalRow,
    PaperSubjectRow,
    PathogenTestRow,
    PersonRow,
    PhoneCallRow,
    ResidenceRow,
    RiskAssessmentRow,
    TreatmentRow,
    UserRow,
    VisitRow,
)
from covidstation.db.session import Database
from covidstation.domain.ops import decode_op
from covidstation.domain.stamps import moment_of
from covidstation.domain.text import clean

_OF_THE_PROGRAM: Final = frozenset(
    {"person_id", "merged_into", "merged_rows"}
)  # two records of one person: `db.merged`
LIMIT: Final = 2000  # journal lines of one person
_SAID_BY_THE_LINE: Final = frozenset(("answered_at", "answered_by"))  # when and who stand in every line
_OF_A_PERSON: Final[tuple[Any, ...]] = (
    EpisodeRow,
    PathogenTestRow,
    RiskAssessmentRow,
    VisitRow,
    AlertRow,
    PhoneCallRow,
    HospitalizationRow,
    TreatmentRow,
    IsolationChangeRow,
    FollowUpRow,
    ContactRow,
    CaseNoticeRow,
    ResidenceRow,
    ChronicConditionRow,
    ChronicVisitRow,
)

Change = Literal["made", "changed", "removed"]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One field that changed, or a row that came or went (`field` is then empty).

    `when` is UTC; `who` is empty for whoever opened with the recovery code; `table` is that of the row (`person`,
    `episode`, `visit`, …). Values are as the journal keeps them; hamlets and households are named.
    """

    when: datetime
    who: str
    table: str
    change: Change
    field: str = ""
    old: Any = None
    new: Any = None
    district: bool = False  # written by the district; `who` is then who speaks for it
    reason: str = ""  # that the district gave
    sync: RecordSync | None = None  # how far it has come; None for what came from there


def person_history(db: Database, person_id: UUID) -> list[HistoryLine]:
    """All of one person's rows, the newest first; a row that came says so in one line, without its fields."""
    with db.read() as session:
        rows = _rows_of(session, person_id)
        ours = session.scalars(
            select(JournalRow).where(JournalRow.row_id.in_(rows)).order_by(JournalRow.seq).limit(LIMIT)
        )
        theirs = session.scalars(
            select(DownLineRow)
            .where(DownLineRow.row_id.in_(rows), DownLineRow.code.is_(None))
            .order_by(DownLineRow.stamp)
            .limit(LIMIT)
        )
        lines = sorted((*ours, *theirs), key=lambda row: row.stamp)
        who = {row.id.hex: row.name for row in session.scalars(select(UserRow))}
        found = list(_told(lines, who, said=_said_with(session, rows), sync=sync_facts(session)))
        names = _names(session, found)
    return [_named(line, names) for line in reversed(found) if line.field not in _OF_THE_PROGRAM]


def act_changes(db: Database, first: int, person_id: UUID | None) -> list[HistoryLine]:
    """What one act changed, in its order: the transaction whose first journal line has that number.

    Of that person alone, or of everything when it is nobody's.
    """
    with db.read() as session:
        lines = _act(session, first)
        if person_id is not None:
            own = set(_rows_of(session, person_id))
            lines = [row for row in lines if row.row_id in own]
        earlier = session.scalars(
            select(JournalRow)
            .where(JournalRow.row_id.in_({row.row_id for row in lines if row.op != "i"}), JournalRow.seq < first)
            .order_by(JournalRow.seq)
        )
        standing: dict[UUID, dict[str, Any]] = {}
        for row in earlier:
            standing.setdefault(row.row_id, {}).update(decode_op(row.line).fields)
        who = {row.id.hex: row.name for row in session.scalars(select(UserRow))}
        found = list(_told(lines, who, standing))
        names = _names(session, found)
    return [_named(line, names) for line in found]


def _act(session: Session, first: int) -> list[JournalRow]:
    """All lines of the transaction that begins with that number."""
    found = []
    for row in session.scalars(select(JournalRow).where(JournalRow.seq >= first).order_by(JournalRow.seq).limit(LIMIT)):
        if row.seq != first and decode_op(row.line).first_of_transaction != first:
            break
        found.append(row)
    return found


def _rows_of(session: Session, person_id: UUID) -> list[UUID]:
    """The person, the illnesses with all care, the contacts, and the papers that name the person."""
    found = [person_id]
    for row in _OF_A_PERSON:
        found += session.scalars(select(row.id).where(row.person_id == person_id))
    found += session.scalars(select(PaperSubjectRow.paper_id).where(PaperSubjectRow.person_id == person_id))
    return found


Said = Mapping[tuple[str, int], tuple[str, str]]


def _said_with(session: Session, rows: list[UUID]) -> Said:
    """Who spoke for the district and why, by the transaction in which an item came with a change of a record."""
    items = select(DistrictItemRow.id, DistrictItemRow.author, DistrictItemRow.body).where(
        DistrictItemRow.about_row.in_(rows)
    )
    words = {row.id: (clean(row.author), clean(row.body)) for row in session.execute(items)}
    if not words:
        return {}
    found = {}
    for row in session.scalars(select(DownLineRow).where(DownLineRow.row_id.in_(words))):
        first = decode_op(row.line).first_of_transaction
        if first is not None:
            found[row.epoch, first] = words[row.row_id]
    return found


def _told(
    lines: Any,
    who: Mapping[str, str],
    standing: dict[UUID, dict[str, Any]] | None = None,
    said: Said | None = None,
    sync: SyncFacts | None = None,
) -> Iterator[HistoryLine]:
    """Oldest first: each line of the journal against what stood before it, `standing` to begin with."""
    standing = {} if standing is None else standing
    for row in lines:
        op = decode_op(row.line)
        name, when, theirs, reason = who.get(op.actor, ""), moment_of(op.stamp), isinstance(row, DownLineRow), ""
        if theirs:
            name, reason = (said or {}).get((row.epoch, op.first_of_transaction or op.seq), ("", ""))
        at = sync.of_line(row.seq, row.row_id) if sync is not None and not theirs else None
        before = standing.setdefault(row.row_id, {})
        if op.action != "u":
            yield HistoryLine(when, name, op.table, "made" if op.action == "i" else "removed", district=theirs, sync=at)
        else:
            for field, value in sorted(op.fields.items()):
                if field in _SAID_BY_THE_LINE or _same(before.get(field), value):
                    continue
                yield HistoryLine(when, name, op.table, "changed", field, before.get(field), value, theirs, reason, at)
        before.update(op.fields)


def _same(old: Any, new: Any) -> bool:
    """Fields that move together stand in a line together, changed or not; what is empty is not said."""
    empty: tuple[Any, ...] = (None, "", [])
    return bool(old == new) or (old in empty and new in empty)


def _names(session: Session, lines: list[HistoryLine]) -> dict[str, str]:
    """Hamlets and households that these lines speak of, by their hex ids."""
    wanted = [
        UUID(hex=value)
        for line in lines
        if line.field in ("hamlet_id", "household_id")
        for value in (line.old, line.new)
        if isinstance(value, str) and value
    ]
    if not wanted:
        return {}
    hamlets = session.execute(select(HamletRow.id, hamlet_words()).where(HamletRow.id.in_(wanted)))
    head = (
        select(PersonRow.full_name)
        .where(PersonRow.id == HouseholdRow.head_id)
        .correlate(HouseholdRow)
        .scalar_subquery()
    )
    houses = session.execute(select(HouseholdRow.id, head, HouseholdRow.head_name).where(HouseholdRow.id.in_(wanted)))
    found = {row_id.hex: str(name) for row_id, name in hamlets}
    return found | {row_id.hex: str(person or name) for row_id, person, name in houses}


def _named(line: HistoryLine, names: Mapping[str, str]) -> HistoryLine:
    if line.field not in ("hamlet_id", "household_id"):
        return line
    old, new = (names.get(value, "") if isinstance(value, str) else "" for value in (line.old, line.new))
    return replace(line, old=old, new=new)
