"""The page Đồng bộ in one go: what waits, what was written, what the district said."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

from covidstation.db.queries.station import get_setting, get_station
from covidstation.db.queries.sync import (
    Batch,
    SyncState,
    Touched,
    Waiting,
    batches,
    sync_state,
    touched_by,
    waiting_by_kind,
)
from covidstation.db.session import Database
from covidstation.domain.rights import Right
from covidstation.services.certificate import get_certificate
from covidstation.services.exchange.conflicts import Conflict, list_conflicts
from covidstation.services.exchange.enrolment import identity_of
from covidstation.services.exchange.line_look import LineLook, look_at_line
from covidstation.services.rights import needs
from covidstation.sync.enrolment import station_words
from covidstation.sync.identity import PublicKeys


@dataclass(frozen=True, slots=True)
class Question:
    """One line that the district keeps but asks about, with its sentence."""

    seq: int
    code: str
    text: str
    touched: Touched | None


@dataclass(frozen=True, slots=True)
class SyncLook:
    """`hub` is the district's name on the certificate, empty before; `words` the station's own eight, empty until
    its request was written."""

    upper: str
    hub: str
    enrolled: bool
    training: bool
    words: tuple[str, ...]
    state: SyncState
    kinds: tuple[Waiting, ...]
    batches: tuple[Batch, ...]
    questions: tuple[Question, ...]
    folder: str
    conflicts: tuple[Conflict, ...] = ()
    line: LineLook = field(default_factory=LineLook)


@lru_cache(maxsize=4)
def _words(keys: PublicKeys) -> tuple[str, ...]:
    """The same keys have the same words, and making them is slow on purpose."""
    return station_words(keys)


@needs(Right.SEE)
def look_at_sync(db: Database, *, most: int = 200) -> SyncLook:
    """Counted now; nothing is written."""
    station, state, certificate = get_station(db), sync_state(db), get_certificate(db)
    with db.read() as session:
        try:
            words = _words(identity_of(session).public)
        except KeyError:
            words = ()
    asked = state.last_receipt.exceptions if state.last_receipt else ()
    return SyncLook(
        upper=station.upper_name,
        hub=certificate.hub_name if certificate else "",
        enrolled=certificate is not None,
        training=station.training,
        words=words if certificate is None else (),
        state=state,
        kinds=tuple(waiting_by_kind(db)),
        batches=tuple(batches(db, most)),
        questions=tuple(
            Question(int(one["seq"]), str(one["code"]), str(one["text"]), touched_by(db, int(one["seq"])))
            for one in asked[:most]
        ),
        folder=get_setting(db, "usb_folder"),
        conflicts=tuple(list_conflicts(db)),
        line=look_at_line(db),
    )
