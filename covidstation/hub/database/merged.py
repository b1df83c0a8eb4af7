"""Which of a person's records stands at a station, when they were entered twice (docs/adr/0036)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.domain.merged import survivor
from covidstation.hub.rows import MergedRow


def merged_at(session: Session, station: int) -> dict[str, str]:
    """All records of a station that name another one, and which."""
    query = select(MergedRow.row, MergedRow.stays).where(MergedRow.station == station)
    return {row: stays for row, stays in session.execute(query)}


def standing_at(session: Session, station: int, person: str) -> str:
    """The record that stands for a person at that station: their own, or the one that it was merged into."""
    merged: dict[str, str] = {}
    at: str | None = person
    while at is not None and at not in merged:
        stays = session.scalar(select(MergedRow.stays).where(MergedRow.station == station, MergedRow.row == at))
        if stays is not None:
            merged[at] = stays
        at = stays
    return survivor(person, merged)


def behind_at(session: Session, station: int, person: str) -> set[str]:
    """The records that a standing one stands for, itself left out."""
    found: set[str] = set()
    wanted = [person]
    while wanted:
        query = select(MergedRow.row).where(MergedRow.station == station, MergedRow.stays.in_(wanted))
        wanted = [row for row in session.scalars(query) if row not in found]
        found.update(wanted)
    return found - {person}


def counted_twice(session: Session) -> dict[int, set[str]]:
    """Of every station the records that another one stands for."""
    merged: dict[int, dict[str, str]] = {}
    for station, row, stays in session.execute(select(MergedRow.station, MergedRow.row, MergedRow.stays)):
        merged.setdefault(station, {})[row] = stays
    return {station: {row for row in of if survivor(row, of) != row} for station, of in merged.items()}
