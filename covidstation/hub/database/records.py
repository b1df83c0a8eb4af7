"""The present rows of a station's register, many at a time: read in one look, changed in memory, written by sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from sqlalchemy import Table, delete, select
from sqlalchemy.orm import Session

from covidstation.domain.belongings import PERSON
from covidstation.domain.merged import MARK
from covidstation.hub.database.sets import among, insert_rows, update_rows
from covidstation.hub.rows import MergedRow, RecordRow, SaidRow, to_json

Key = tuple[str, str]  # table, row id

_records: Final = cast(Table, RecordRow.__table__)
_merged: Final = cast(Table, MergedRow.__table__)
_said: Final = cast(Table, SaidRow.__table__)
MESSAGE: Final = "district_message"


@dataclass(slots=True)
class Record:
    """A row of the station's register while it is worked on."""

    made: int
    rev: int
    fields: dict[str, Any]
    stamps: dict[str, int]
    deleted: bool = False
    is_new: bool = False
    changed: bool = False

    def stamp_of(self, name: str) -> int:
        """The stamp of a field's value."""
        return self.stamps.get(name, self.made)

    def put(self, values: Mapping[str, Any], stamp: int) -> None:
        """Set fields; None clears."""
        for name, value in values.items():
            self.stamps[name] = stamp
            if value is None:
                self.fields.pop(name, None)
            else:
                self.fields[name] = value
        self.rev, self.changed = max(self.rev, stamp), True


def load_records(session: Session, station: int, keys: Iterable[Key]) -> dict[Key, Record]:
    """Those of the rows that are there."""
    by_table: dict[str, list[str]] = {}
    for table, row in keys:
        by_table.setdefault(table, []).append(row)
    columns = [_records.c[name] for name in ("row", "made", "rev", "fields", "stamps", "deleted")]
    found: dict[Key, Record] = {}
    for table, rows in by_table.items():
        for picked in among(session, _records.c.row, rows):
            query = select(*columns).where(_records.c.station == station, _records.c.tbl == table, picked)
            for row, made, rev, fields, stamps, deleted in session.connection().execute(query):
                found[table, row] = Record(made, rev, fields, stamps or {}, deleted)
    return found


def write_records(session: Session, station: int, records: Mapping[Key, Record]) -> None:
    """Those that changed."""
    _write_merged(session, station, records)
    _write_said(session, station, records)
    new: list[tuple[object, ...]] = []
    changed: list[tuple[object, ...]] = []
    for (table, row), record in records.items():
        if record.changed:
            stamps = to_json(record.stamps) if record.stamps else None
            state = (record.rev, to_json(record.fields), stamps, record.deleted)
            if record.is_new:
                new.append((station, table, row, record.made, *state))
            else:
                changed.append((*state, station, table, row))
            record.is_new = record.changed = False
    insert_rows(session, _records, new)
    update_rows(session, _records, ("rev", "fields", "stamps", "deleted"), ("station", "tbl", "row"), changed)


def _write_merged(session: Session, station: int, records: Mapping[Key, Record]) -> None:
    """Follow the marks of people's records (`hub.database.merged` reads them)."""
    marked = {
        row: None if record.deleted else record.fields.get(MARK)
        for (table, row), record in records.items()
        if table == PERSON and record.changed and (MARK in record.fields or MARK in record.stamps)
    }
    if not marked:
        return
    for picked in among(session, _merged.c.row, marked):
        session.execute(delete(_merged).where(_merged.c.station == station, picked))
    insert_rows(session, _merged, [(station, row, str(stays)) for row, stays in marked.items() if stays])


def _write_said(session: Session, station: int, records: Mapping[Key, Record]) -> None:
    """Which item a new message speaks of; what a station has said never changes."""
    new = [
        (station, row, str(record.fields.get("item") or "")[:32], str(record.fields.get("kind") or "")[:32])
        for (table, row), record in records.items()
        if table == MESSAGE and record.is_new and record.changed
    ]
    insert_rows(session, _said, new)
