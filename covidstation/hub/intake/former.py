"""What may still come of a former time: of keys in force no more (docs/bundle-format-1.md §12), of an ended epoch."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.hub.database.certificates import is_followed
from covidstation.hub.rows import BundleRow, EnrolmentRow, StreamRow

FORK: Final = "bundle.fork"


def why_aside(session: Session, enrolment: EnrolmentRow, stream: StreamRow | None, last: int) -> str | None:
    """The code for which a bundle up to number `last` stands aside; None when it is taken.

    What was signed before newer keys followed counts, in streams that are known. But where the newer keys write, they
    send every new line themselves, and whoever has the old key must not be able to get there before them.
    """
    if enrolment.revoked_at is None:
        return None
    if stream is None or not is_followed(session, enrolment):
        return "bundle.former_keys"
    newest = session.scalar(select(func.max(StreamRow.n)).where(StreamRow.station == enrolment.station))
    return "bundle.rekeyed" if stream.n == newest and last > stream.upto else None


def went_on(session: Session, fork: BundleRow) -> bool:
    """Whether the station has begun a new epoch: its old file, still on the stick, calls nobody to the telephone again.

    It stays aside all the same, and the station's page says so. Another file of that history alarms as the first did.
    """
    ended = select(StreamRow.n).where(StreamRow.station == fork.station, StreamRow.epoch == fork.epoch)
    later = select(StreamRow.n).where(StreamRow.station == fork.station, StreamRow.n > ended.scalar_subquery())
    return session.scalars(later.limit(1)).first() is not None
