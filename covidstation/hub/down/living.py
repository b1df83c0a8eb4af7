"""A row lives on that the district had deleted, and the station cannot know it: the hub says the row once more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from covidstation.db.down import OURS
from covidstation.domain.groups import whole_groups
from covidstation.hub.database.records import Key, load_records, write_records
from covidstation.hub.down.stream import Change, Draft, append, base_for


def say_living(session: Session, station_n: int, rows: Mapping[Key, Iterable[str]], *, now: datetime) -> None:
    """Say these fields of rows once more, inside `hub.database.kinds.write`; one that is gone by now is passed over."""
    records = load_records(session, station_n, rows)
    drafts = []
    for (table, row), names in rows.items():
        record = records.get((table, row))
        if record is None or record.deleted or table in OURS:
            continue
        fields = {name: record.fields.get(name) for name in sorted(whole_groups(table, frozenset(names)))}
        drafts.append(Draft(Change(table, UUID(hex=row), "u", fields), base_for(record, fields), record))
    append(session, station_n, drafts, by=None, now=now)
    write_records(session, station_n, records)
