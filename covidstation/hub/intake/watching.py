"""Watching each station's record of who did what from outside: what was sent once must be there again, unchanged.

In each bundle the station names how many entries its record has, the hash over all of them, and the same for earlier
bundles, recomputed (docs/bundle-format-1.md §2). A record that was cut, edited or written anew cannot show the head
that the hub remembers. The data of such a bundle is taken all the same: it is flagged, never refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.domain.canonical import Fields
from covidstation.hub.database.store import utc
from covidstation.hub.rows import AuditHeadRow

MOST_POINTS: Final = 200


class Doubt(StrEnum):
    """What is wrong with a station's record."""

    CHANGED = "changed"  # another hash at the same number
    SHRUNK = "shrunk"  # fewer entries than before
    UNPROVEN = "unproven"  # longer, but the head known here is not shown again
    MISSING = "missing"  # no head, where earlier bundles had one


SENTENCE_OF: Final[Mapping[Doubt, str]] = {
    Doubt.CHANGED: "hub.audit_changed",
    Doubt.SHRUNK: "hub.audit_shrunk",
    Doubt.UNPROVEN: "hub.audit_unproven",
    Doubt.MISSING: "hub.audit_missing",
}


@dataclass(frozen=True, slots=True)
class Head:
    """What a bundle says: so many entries, the hash over them, and the hashes at earlier numbers."""

    seq: int
    head: str
    sent: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Watched:
    """What is known of a station's record; `doubt` stays until its next epoch. Moments are UTC without a zone."""

    seq: int
    read_at: datetime
    doubt: Doubt | None = None
    doubt_at: datetime | None = None
    doubt_seq: int = 0


def read_head(about: Mapping[str, Any]) -> Head | None:
    """The head in a bundle's `about`; None when there is none, or none that can be read."""
    if "audit" not in about:
        return None
    try:
        fields = Fields(about["audit"])
        points = dict(_point(one) for one in fields.items("sent", MOST_POINTS))
        return Head(fields.number("seq"), fields.octets("head", 32).hex(), points)
    except ValueError:
        return None


def _point(value: object) -> tuple[int, str]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError("sent")
    fields = Fields({"seq": value[0], "head": value[1]})
    return fields.number("seq"), fields.octets("head", 32).hex()


def judge(known: Head | None, said: Head | None, *, late: bool = False) -> Doubt | None:
    """Whether what a bundle says goes on from what is known; None when it does, or when nothing was known.

    `late`: the bundle has no line beyond those of the one that brought what is known, so it may be a stick that was
    read late. It proves nothing, and need not: the next one with new lines must go on from what is known.
    """
    if known is None:
        return None
    if said is None:
        return None if late else Doubt.MISSING
    if said.seq > known.seq:
        shown = said.sent.get(known.seq)
        return Doubt.UNPROVEN if shown is None else None if shown == known.head else Doubt.CHANGED
    if said.seq == known.seq:
        return None if said.head == known.head else Doubt.CHANGED
    if not late:
        return Doubt.SHRUNK
    return None if known.sent.get(said.seq) in (None, said.head) else Doubt.CHANGED


def watch_head(session: Session, station: int, epoch: str, said: Head | None, last: int, now: datetime) -> None:
    """Compare with what is known of that epoch, keep the first doubt, and go on from the newest head.

    `last` is the number of the bundle's last line.
    """
    row = session.get(AuditHeadRow, (station, epoch))
    if row is None:
        if said is not None:
            session.add(_fill(AuditHeadRow(station=station, epoch=epoch), said, last, now))
            session.flush()
        return
    doubt = _judged(row, said, last)
    if doubt is not None and row.doubt is None:
        row.doubt, row.doubt_at, row.doubt_seq = doubt.value, utc(now), row.seq
    if said is not None and (said.seq > row.seq or doubt is Doubt.CHANGED):
        _fill(row, said, last, now)
    session.flush()


def _judged(row: AuditHeadRow, said: Head | None, last: int) -> Doubt | None:
    known = Head(row.seq, row.head.hex(), {int(seq): head for seq, head in row.sent.items()})
    return judge(known, said, late=last <= row.last)


def _fill(row: AuditHeadRow, said: Head, last: int, now: datetime) -> AuditHeadRow:
    row.seq, row.head, row.last, row.read_at = said.seq, bytes.fromhex(said.head), last, utc(now)
    row.sent = {str(seq): head for seq, head in said.sent.items()}
    return row


def watched(session: Session, station: int, epoch: str) -> Watched | None:
    """How the record stands in that epoch, with the newest doubt of any epoch; None when none ever came."""
    rows = session.scalars(select(AuditHeadRow).where(AuditHeadRow.station == station)).all()
    if not rows:
        return None
    here = next((row for row in rows if row.epoch == epoch), rows[-1])
    doubted = max((row for row in rows if row.doubt), key=lambda row: row.doubt_at or row.read_at, default=None)
    if doubted is None or doubted.doubt is None:
        return Watched(here.seq, here.read_at)
    return Watched(here.seq, here.read_at, Doubt(doubted.doubt), doubted.doubt_at, doubted.doubt_seq or 0)
