"""Certificates and keys in force: those of a station, and all of them written anew under higher serials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from covidstation.hub.database.keys import HubKeys
from covidstation.hub.rows import EnrolmentRow, HubStateRow, StationRow
from covidstation.sync.enrolment import MOST_REVOKED, open_certificate, read_certificate, write_certificate
from covidstation.sync.identity import PublicKeys

_IN_FORCE: Final = (
    select(EnrolmentRow)
    .where(EnrolmentRow.station == bindparam("station"), EnrolmentRow.revoked_at.is_(None))
    .order_by(EnrolmentRow.serial.desc())
)
MOST_READERS: Final = 8  # keys of one station that are in force at once and sealed to

MOST_WITNESSES: Final = 50


def in_force(session: Session, station_n: int) -> Sequence[EnrolmentRow]:
    """The station's certificates, the newest first; several while it changes its keys, none once it was revoked."""
    return session.scalars(_IN_FORCE, {"station": station_n}).all()


def readers(session: Session, station_n: int, *also: str) -> list[str]:
    """The age recipients of what is for a station: `also`, and all of its keys in force."""
    ages = [row.age for row in in_force(session, station_n)[:MOST_READERS]]
    return list(dict.fromkeys((*also, *ages)))


def is_followed(session: Session, ended: EnrolmentRow) -> bool:
    """Whether keys that are in force followed on these, one after the other, each on the word of the one before.

    Not so when a person revoked the station, or took new keys by comparing words: then these speak for nobody.
    """
    rows = session.scalars(select(EnrolmentRow).where(EnrolmentRow.station == ended.station)).all()
    after: dict[str, list[EnrolmentRow]] = {}
    for row in rows:
        after.setdefault(read_certificate(row.certificate).follows, []).append(row)
    waiting, seen = [ended.key_id], set[str]()
    while waiting:
        seen.add(key := waiting.pop())
        followers = [row for row in after.get(key, ()) if row.key_id not in seen]
        if any(row.revoked_at is None for row in followers):
            return True
        waiting += [row.key_id for row in followers]
    return False


def revoked_keys(session: Session, also: Iterable[str] = ()) -> tuple[str, ...]:
    """Ids of keys that people took out of force, as far as this hub has heard: `also`, those of stations that have none
    left, and all that the newest certificate names. Each that is written names them: nothing else outlives the hub.
    """
    in_force_now = select(EnrolmentRow.station).where(EnrolmentRow.revoked_at.is_(None))
    silent = select(EnrolmentRow.key_id).where(EnrolmentRow.station.not_in(in_force_now))
    own = session.scalars(silent.order_by(EnrolmentRow.serial.desc()).limit(MOST_REVOKED)).all()
    newest = session.scalars(select(EnrolmentRow).order_by(EnrolmentRow.serial.desc()).limit(1)).first()
    said = read_certificate(newest.certificate).revoked if newest is not None else ()
    return tuple(dict.fromkeys((*also, *own, *said)))[:MOST_REVOKED]


def next_serial(state: HubStateRow) -> int:
    """One more certificate; inside a transaction that holds the hub."""
    state.last_serial += 1
    return state.last_serial


def renew_all(session: Session, keys: HubKeys, state: HubStateRow, now: datetime, **changes: Any) -> int:
    """Every certificate in force anew, with these fields changed; how many. Inside a transaction that holds the hub.

    Stations take them without comparing words: the root is the same (docs/bundle-format-1.md §12).
    """
    in_force_now = select(EnrolmentRow).where(EnrolmentRow.revoked_at.is_(None)).order_by(EnrolmentRow.serial)
    return _renew(session, session.scalars(in_force_now).all(), keys, state, now, changes)


def tell_witnesses(session: Session, keys: HubKeys, state: HubStateRow, now: datetime, revoked: Iterable[str]) -> int:
    """Write certificates anew of those who spoke last, so that what was revoked is known outside this house; how many.

    Not of all: a few are enough to remember, and a hub may have thousands.
    """
    last = (
        select(EnrolmentRow)
        .join(StationRow, StationRow.n == EnrolmentRow.station)
        .where(EnrolmentRow.revoked_at.is_(None))
        .order_by(StationRow.contact_at.is_(None), StationRow.contact_at.desc(), EnrolmentRow.serial.desc())
    )
    return _renew(session, session.scalars(last.limit(MOST_WITNESSES)).all(), keys, state, now, {}, revoked)


def _renew(
    session: Session,
    rows: Sequence[EnrolmentRow],
    keys: HubKeys,
    state: HubStateRow,
    now: datetime,
    changes: Mapping[str, Any],
    revoked: Iterable[str] = (),
) -> int:
    changes = {**changes, "revoked": revoked_keys(session, revoked)}
    for row in rows:
        held = open_certificate(row.certificate, ours=PublicKeys(row.sign, row.age), root=keys.root.public)
        issued_at = now.astimezone(UTC).replace(microsecond=0)
        renewed = replace(held, serial=next_serial(state), issued_at=issued_at, **changes)
        row.serial, row.certificate = renewed.serial, write_certificate(renewed, root=keys.root)
        session.flush()
    return len(rows)
