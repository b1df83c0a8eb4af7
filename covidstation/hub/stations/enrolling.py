"""Enrolling stations: their keys, compared by people, become certificates signed by the root."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.ids import new_id
from covidstation.domain.ops import chain_start
from covidstation.domain.text import clean
from covidstation.errors import UserError
from covidstation.hub.database.certificates import next_serial, renew_all, revoked_keys
from covidstation.hub.database.holding import hold_hub
from covidstation.hub.database.store import Hub, utc
from covidstation.hub.rows import EnrolmentRow, HubStateRow, StationRow, StreamRow
from covidstation.sync.enrolment import (
    Certificate,
    EnrolRequest,
    open_request,
    write_certificate,
)
from covidstation.sync.identity import key_id

YEARS: Final = 5  # of validity; for people to see, no reader refuses by a clock


class Standing(StrEnum):
    """What an enrolment file is to this hub."""

    NEW = "new"
    SAME = "same"  # these keys are enrolled: the same certificate answers
    CLASH = "clash"  # its commune has a station with other keys
    FORMER = "former"  # keys that were replaced


class SameCommune(StrEnum):
    """A person's word on a second set of keys from one commune."""

    REPLACE = "replace"  # the station has a new computer: same station, the former keys end
    SECOND = "second"  # another station of the commune


@dataclass(frozen=True, slots=True)
class Look:
    """An enrolment file, read and compared with what the hub knows; nothing is changed by looking."""

    request: EnrolRequest
    standing: Standing
    others: tuple[str, ...]  # names of the commune's stations with other keys
    station: UUID | None  # of a station that is enrolled with these keys
    serial: int | None

    @property
    def name(self) -> str:
        """The station's name, fit for a screen."""
        return clean(self.request.station_name)


def look_at_request(hub: Hub, data: bytes) -> Look:
    """Read an enrolment file. Raises BundleRefused."""
    request = open_request(data)
    with hub.db.read() as session:
        return _look(session, request)


def _look(session: Session, request: EnrolRequest) -> Look:
    held = session.scalars(select(EnrolmentRow).where(EnrolmentRow.key_id == key_id(request.keys.sign))).first()
    if held is not None:
        known = held.revoked_at is None and held.age == request.keys.age
        standing = Standing.SAME if known else Standing.FORMER
        return Look(request, standing, (), session.get_one(StationRow, held.station).id, held.serial)
    others = tuple(station.name for station in _stations_of(session, request.commune))
    return Look(request, Standing.CLASH if others else Standing.NEW, others, None, None)


def _stations_of(session: Session, commune: str) -> list[StationRow]:
    query = select(StationRow).where(StationRow.commune == commune).order_by(StationRow.n)
    return list(session.scalars(query))


def enrol_station(
    hub: Hub, request: EnrolRequest, *, same_commune: SameCommune | None = None, now: datetime
) -> tuple[UUID, int]:
    """A person compared the words: certify these keys. Returns station id and serial.

    The same keys again get what they had. Raises UserError enrol.former_keys, enrol.same_commune, enrol.which_station.
    """
    with hub.db.write(None, now) as session:
        hold_hub(session)  # two requests of one commune at once: the second one sees the first
        look = _look(session, request)
        if look.standing is Standing.FORMER:
            raise UserError("enrol.former_keys", name=look.name)
        if look.station is not None and look.serial is not None:
            return look.station, look.serial
        if look.standing is Standing.CLASH and same_commune is None:
            raise UserError("enrol.same_commune", commune=request.commune, names=", ".join(look.others))
        replaces = look.standing is Standing.CLASH and same_commune is SameCommune.REPLACE
        station = _replaced(session, request, now) if replaces else _new_station(session, request)
        station.name, station.place = look.name, clean(request.place)
        return station.id, _certify(session, hub, station, request, now)


def _new_station(session: Session, request: EnrolRequest) -> StationRow:
    station = StationRow(id=new_id(), name=clean(request.station_name), commune=request.commune, place="")
    session.add(station)
    return station


def _replaced(session: Session, request: EnrolRequest, now: datetime) -> StationRow:
    """The commune's station that these keys take over: its only one, or the one of the same name."""
    stations = _stations_of(session, request.commune)
    same_name = [one for one in stations if one.name == clean(request.station_name)]
    found = same_name if len(stations) > 1 else stations
    if len(found) != 1:
        raise UserError("enrol.which_station", commune=request.commune, name=clean(request.station_name))
    in_force = select(EnrolmentRow).where(EnrolmentRow.station == found[0].n, EnrolmentRow.revoked_at.is_(None))
    for row in session.scalars(in_force):
        row.revoked_at = utc(now)
    return found[0]


def _certify(session: Session, hub: Hub, station: StationRow, request: EnrolRequest, now: datetime) -> int:
    session.flush()
    before = session.scalars(select(EnrolmentRow.key_id).where(EnrolmentRow.station == station.n)).all()
    row = certify(session, hub, station, request, epoch=secrets.token_hex(8), revoked=before, now=now)
    session.add(StreamRow(station=station.n, epoch=row.epoch, chain=chain_start(station.id, row.epoch)))
    return row.serial


def certify(
    session: Session,
    hub: Hub,
    station: StationRow,
    request: EnrolRequest,
    *,
    epoch: str,
    follows: str = "",
    recalls: int = 0,
    revoked: Sequence[str] = (),
    now: datetime,
) -> EnrolmentRow:
    """The next certificate, for these keys; inside a transaction that holds the hub. `revoked`: ids heard of."""
    state = session.get_one(HubStateRow, 1)
    keys, today = hub.ring.follow(state.keys), now.date()
    certificate = Certificate(
        station=station.id,
        station_keys=request.keys,
        epoch=epoch,
        hub_name=hub.name,
        hub_keys=keys.identity.public,
        root=keys.root.public,
        escrow=keys.escrow,
        serial=next_serial(state),
        issued_at=now.astimezone(UTC),
        valid_from=today,
        valid_until=_years_on(today, YEARS),
        urls=tuple(state.urls.split()),
        tls_authority=state.authority,
        follows=follows,
        recalls=recalls,
        revoked=revoked_keys(session, revoked),
    )
    row = EnrolmentRow(
        serial=certificate.serial,
        station=station.n,
        key_id=key_id(request.keys.sign),
        sign=request.keys.sign,
        age=request.keys.age,
        epoch=epoch,
        certificate=write_certificate(certificate, root=keys.root),
        enrolled_at=utc(now),
    )
    session.add(row)
    session.flush()
    return row


def renew_certificates(hub: Hub, *, urls: Sequence[str], authority: str, now: datetime) -> int:
    """Say from now on that the hub is reached at these addresses, and write every certificate in force anew.

    Stations get theirs with the next answer, by HTTP or by stick: same keys, same words, a higher serial. Returns how
    many were written; none when nothing was new.
    """
    wanted = "\n".join(urls)
    with hub.db.write(None, now) as session:
        state = hold_hub(session)
        if (state.urls, state.authority) == (wanted, authority):
            return 0
        state.urls, state.authority = wanted, authority
        keys = hub.ring.follow(state.keys)
        return renew_all(session, keys, state, now, urls=tuple(urls), tls_authority=authority)


def _years_on(day: date, years: int) -> date:
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + years, day=28 if leap else day.day)
