"""Figures that follow the records: each refresh reads the lines that came since, and nothing else.

A line of a station, or of the hub for it, says which row it touched; that row's facts are written anew from `record` as
it stands now. So a page of 200 communes asks small tables, whatever came in the night. Deleting all marks makes
everything anew.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock
from typing import Any, Final, cast
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Table, delete, func, insert, select
from sqlalchemy.orm import Session

from covidstation.domain.dates import PartialDate, age_on
from covidstation.domain.flow import COUNTED
from covidstation.hub.database.sets import is_postgres
from covidstation.hub.database.store import Hub
from covidstation.hub.figures.twins import write_twins
from covidstation.hub.rows import (
    CaseFactRow,
    DownLineRow,
    DownStreamRow,
    FactMarkRow,
    OperationRow,
    RecordRow,
    ReportFactRow,
    StreamRow,
)

AT_ONCE: Final = 5_000  # lines in one transaction: others wait no longer than for these
PATIENCE: Final = 0.4  # seconds that a page waits for fresher figures
LOOK: Final = 0.05  # seconds until it is asked again whether another program has done it
FOLLOWING: Final = 0x43_53_42_33  # the advisory lock of whoever follows
IN_LIST: Final = 2_000
FOLLOWED: Final = frozenset({"person", "episode", "daily_report"})
OLDEST: Final = 130  # years; an older birth is a slip

_cases: Final = cast(Table, CaseFactRow.__table__)
_reports: Final = cast(Table, ReportFactRow.__table__)
_turns: Final[WeakKeyDictionary[Engine, Lock]] = WeakKeyDictionary()
Touched = dict[str, set[str]]  # row ids by table


@dataclass(frozen=True, slots=True)
class _Behind:
    """A stream of lines with news: `upto` was followed, `last` is there."""

    mark: str
    station: int
    upto: int
    last: int
    stream: int | None = None  # of a station's lines
    epoch: str = ""  # of the hub's lines


def refresh_facts(hub: Hub, now: datetime, seconds: float = PATIENCE) -> int:
    """Follow the lines that came since, for at most so long; returns how many are left."""
    turn = _turns.setdefault(hub.db.engine, Lock())
    until = time.monotonic() + seconds
    if not turn.acquire(timeout=seconds):
        return _lines_left(hub)
    try:
        while True:
            with hub.db.read() as session:
                behind = _behind(session)
            if not behind or time.monotonic() >= until:
                return sum(one.last - one.upto for one in behind)
            with hub.db.write(None, now) as session:
                mine = _alone(session)
                if mine:
                    _follow_some(session, _behind(session))
            if not mine:
                time.sleep(LOOK)
    finally:
        turn.release()


def _alone(session: Session) -> bool:
    """Of the programs at one server one follows at a time; SQLite has one program."""
    if not is_postgres(session):
        return True
    return bool(session.scalar(select(func.pg_try_advisory_xact_lock(FOLLOWING))))


def _lines_left(hub: Hub) -> int:
    with hub.db.read() as session:
        return sum(one.last - one.upto for one in _behind(session))


def _behind(session: Session) -> list[_Behind]:
    marks = {row.stream: row.upto for row in session.execute(select(FactMarkRow.stream, FactMarkRow.upto))}
    found = []
    for up in session.execute(select(StreamRow.n, StreamRow.station, StreamRow.upto)):
        mark = f"u{up.n}"
        found.append(_Behind(mark, up.station, marks.get(mark, 0), up.upto, stream=up.n))
    for down in session.execute(select(DownStreamRow.station, DownStreamRow.epoch, DownStreamRow.last_seq)):
        mark = f"d{down.station}/{down.epoch}"
        found.append(_Behind(mark, down.station, marks.get(mark, 0), down.last_seq, epoch=down.epoch))
    return [one for one in found if one.upto < one.last]


def _follow_some(session: Session, behind: Iterable[_Behind]) -> None:
    """Whole streams, or the first part of one, until enough lines were read."""
    left = AT_ONCE
    for one in behind:
        upto = min(one.last, one.upto + left)
        touched = _touched(session, one, upto)
        if one.stream is None:
            touched["episode"] |= _uncounted(session, one.station, touched["person"])
        _write_facts(session, one.station, touched)
        session.merge(FactMarkRow(stream=one.mark, upto=upto))
        left -= upto - one.upto
        if left <= 0:
            return


def _touched(session: Session, one: _Behind, upto: int) -> Touched:
    found: Touched = {table: set() for table in FOLLOWED}
    if one.stream is None:
        rows = session.execute(
            select(DownLineRow.tbl, DownLineRow.row).where(
                DownLineRow.station == one.station,
                DownLineRow.epoch == one.epoch,
                DownLineRow.seq > one.upto,
                DownLineRow.seq <= upto,
            )
        )
        pairs: Iterable[tuple[str, str]] = ((row.tbl, row.row) for row in rows)
    else:
        lines = session.scalars(
            select(OperationRow.line).where(
                OperationRow.stream == one.stream, OperationRow.seq > one.upto, OperationRow.seq <= upto
            )
        )
        pairs = (_named(line) for line in lines)
    for table, row in pairs:
        if table in found:
            found[table].add(row)
    return found


def _named(line: bytes) -> tuple[str, str]:
    """Table and row of a line that was checked when it came."""
    fields = json.loads(line)  # door: `decode_op` has checked it; this is four times as fast
    return fields["t"], fields["r"]


def _write_facts(session: Session, station: int, touched: Touched) -> None:
    if touched["daily_report"]:
        reports = _records(session, station, "daily_report", touched["daily_report"])
        facts = [fact for row, fields in reports.items() if (fact := _report_fact(station, row, fields))]
        _replace(session, _reports, station, touched["daily_report"], facts)
    if touched["person"]:
        write_twins(session, station, _records(session, station, "person", touched["person"]), touched["person"])
    episodes = set(touched["episode"])
    for part in _parts(touched["person"]):
        known = select(CaseFactRow.row).where(CaseFactRow.station == station, CaseFactRow.person.in_(part))
        episodes.update(session.scalars(known))
    if episodes:
        cases = _records(session, station, "episode", episodes)
        people = _records(session, station, "person", {str(one.get("person_id")) for one in cases.values()})
        made = (_case_fact(station, row, one, people.get(str(one.get("person_id")), {})) for row, one in cases.items())
        _replace(session, _cases, station, episodes, [fact for fact in made if fact is not None])


def _uncounted(session: Session, station: int, people: Collection[str]) -> set[str]:
    """Illnesses without a fact of people whom the hub wrote about: who comes back to a station counts there again."""
    missing = set(people)
    for part in _parts(people):
        known = select(CaseFactRow.person).where(CaseFactRow.station == station, CaseFactRow.person.in_(part))
        missing.difference_update(session.scalars(known))
    if not missing:
        return set()
    query = select(RecordRow.row, RecordRow.fields).where(
        RecordRow.station == station, RecordRow.tbl == "episode", RecordRow.deleted.is_(False)
    )
    return {row for row, fields in session.execute(query) if fields.get("person_id") in missing}


def _parts(rows: Collection[str]) -> Iterable[list[str]]:
    ordered = sorted(rows)
    return (ordered[at : at + IN_LIST] for at in range(0, len(ordered), IN_LIST))


def _records(session: Session, station: int, table: str, rows: Collection[str]) -> dict[str, Mapping[str, Any]]:
    """The fields of those rows that stand."""
    found = {}
    for part in _parts(rows):
        query = select(RecordRow.row, RecordRow.fields).where(
            RecordRow.station == station,
            RecordRow.tbl == table,
            RecordRow.row.in_(part),
            RecordRow.deleted.is_(False),
        )
        found.update({row: fields for row, fields in session.execute(query)})
    return found


def _replace(
    session: Session, table: Table, station: int, rows: Collection[str], facts: Sequence[dict[str, Any]]
) -> None:
    for part in _parts(rows):
        session.execute(delete(table).where(table.c.station == station, table.c.row.in_(part)))
    if facts:
        session.execute(insert(table), facts)


def _case_fact(station: int, row: str, fields: Mapping[str, Any], person: Mapping[str, Any]) -> dict[str, Any] | None:
    day = _day(fields.get("report_date"))
    if day is None or fields.get("classification") not in COUNTED or person.get("moved_to"):
        return None  # whom another station looks after is counted there
    return {
        "station": station,
        "row": row,
        "person": str(fields.get("person_id") or "")[:32],
        "day": day,
        "age": _age(person, day),
        "sex": str(person.get("sex") or "")[:16],
        "outcome": str(fields.get("outcome") or "")[:16],
        "outcome_on": _day(fields.get("outcome_on")),
        "risk": str(fields.get("risk_class") or "")[:16],
    }


def _age(person: Mapping[str, Any], day: date) -> int | None:
    year, month, on = (person.get(name) for name in ("birth_year", "birth_month", "birth_day"))
    if not isinstance(year, int):
        return None
    try:
        age = age_on(PartialDate(year, month, on if month else None), day)
    except (ValueError, TypeError):
        age = day.year - year
    return age if 0 <= age <= OLDEST else None


def _report_fact(station: int, row: str, fields: Mapping[str, Any]) -> dict[str, Any] | None:
    day, frozen_at = _day(fields.get("day")), _moment(fields.get("frozen_at"))
    kept = fields.get("figures")
    figures = kept.get("figures") if isinstance(kept, dict) else None
    if day is None or frozen_at is None or not isinstance(figures, dict):
        return None
    typed = fields.get("typed")
    return {
        "station": station,
        "row": row,
        "day": day,
        "version": fields["version"] if isinstance(fields.get("version"), int) else 1,
        "frozen_at": frozen_at,
        "by_name": str(fields.get("by_name") or ""),
        "figures": {name: pair for name, pair in figures.items() if _is_pair(pair) and not _is_of_place(name)},
        "typed": typed if isinstance(typed, dict) else {},
    }


def _is_of_place(name: str) -> bool:
    """Figures of single hamlets and hospitals stay with the report itself."""
    return ".hamlet." in name or ".to." in name


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(one is None or type(one) is int for one in value)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        return None


def _moment(value: Any) -> datetime | None:
    try:
        return datetime.fromisoformat(value).replace(tzinfo=None)
    except (TypeError, ValueError):
        return None
