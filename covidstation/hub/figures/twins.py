"""People who may have been entered twice: found as their records come, by number or by name and year of birth.

Each record leaves its signs as hashes (`person_key`), and each pair that shares one is a row of `twin`: at one station
by any sign, at two stations by a number alone. A person decides; nothing is merged by itself (docs/adr/0036).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from types import MappingProxyType
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Table, and_, delete, exists, func, insert, or_, select
from sqlalchemy.orm import Session

from covidstation.domain.belongings import PERSON
from covidstation.domain.merged import MARK
from covidstation.domain.text import fold
from covidstation.errors import UserError
from covidstation.hub.database.sets import among
from covidstation.hub.database.store import utc
from covidstation.hub.rows import ApartRow, PersonKeyRow, RecordRow, StationRow, TwinRow
from covidstation.i18n import N_

MOST_ALIKE: Final = 8  # records with one sign: more than that is a common name, or a number that means nothing

_keys: Final = cast(Table, PersonKeyRow.__table__)
_twins: Final = cast(Table, TwinRow.__table__)
Place = tuple[int, str]  # station, row


class Sign(IntEnum):
    """By what two records are alike, the strongest last."""

    NAME = 1  # name without marks, and year of birth
    INSURANCE = 2
    CITIZEN = 3


WORDS: Final[Mapping[Sign, str]] = MappingProxyType(
    {
        Sign.CITIZEN: N_("cùng số căn cước"),
        Sign.INSURANCE: N_("cùng số thẻ BHYT"),
        Sign.NAME: N_("cùng họ tên, năm sinh"),
    }
)


@dataclass(frozen=True, slots=True)
class Side:
    """One of two records: where it is, and what it says."""

    station: StationRow
    row: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records that may be of one person."""

    sign: Sign
    one: Side
    other: Side

    @property
    def same_station(self) -> bool:
        """Whether they can be merged; at two stations a person is handed over."""
        return self.one.station.n == self.other.station.n


def signs_of(station: int, fields: Mapping[str, Any]) -> dict[int, Sign]:
    """What a person's record is found by; nothing of one that is looked after elsewhere or stands behind another."""
    if fields.get("moved_to") or fields.get(MARK):
        return {}
    found = {}
    name, year = fold(str(fields.get("full_name") or "")), fields.get("birth_year")
    if " " in name and isinstance(year, int):
        found[_hash("name", station, name, year)] = Sign.NAME
    for field, sign in (("insurance_number", Sign.INSURANCE), ("citizen_number", Sign.CITIZEN)):
        number = str(fields.get(field) or "").strip().upper()
        if number:
            found[_hash(field, number)] = sign
    return found


def _hash(*parts: object) -> int:
    text = "\x1f".join(map(str, parts)).encode()
    return int.from_bytes(hashlib.blake2b(text, digest_size=8).digest(), "big", signed=True)


def write_twins(
    session: Session, station: int, people: Mapping[str, Mapping[str, Any]], touched: Iterable[str]
) -> None:
    """Write the signs of the touched records anew, and whom they are like; `people` are those of them that stand."""
    rows = sorted(touched)
    for picked in among(session, _keys.c.row, rows):
        session.execute(delete(_keys).where(_keys.c.station == station, picked))
    for column, place in ((_twins.c.row, _twins.c.station), (_twins.c.other, _twins.c.other_station)):
        for picked in among(session, column, rows):
            session.execute(delete(_twins).where(place == station, picked))
    signs = {row: signs_of(station, fields) for row, fields in people.items()}
    new = [{"station": station, "row": row, "key": key} for row, of in signs.items() for key in of]
    if new:
        session.execute(insert(_keys), new)
        _write_pairs(session, station, signs)


def _write_pairs(session: Session, station: int, signs: Mapping[str, Mapping[int, Sign]]) -> None:
    wanted = {key: sign for of in signs.values() for key, sign in of.items()}
    pairs: dict[tuple[Place, Place], Sign] = {}
    for key, places in _alike(session, wanted).items():
        mine = [place for place in places if place[0] == station and key in signs.get(place[1], ())]
        for one in mine:
            for other in places:
                if other != one:
                    pair = (min(one, other), max(one, other))
                    pairs[pair] = max(wanted[key], pairs.get(pair, Sign.NAME))
    found = [
        {"station": one[0], "row": one[1], "other_station": other[0], "other": other[1], "sign": int(sign)}
        for (one, other), sign in pairs.items()
    ]
    if found:
        session.execute(insert(_twins), found)


def _alike(session: Session, keys: Collection[int]) -> dict[int, list[Place]]:
    """Who bears each of these signs, where more than one does and not too many."""
    shared: list[int] = []
    for picked in among(session, _keys.c.key, keys):
        counted = select(_keys.c.key).where(picked).group_by(_keys.c.key)
        shared += session.scalars(counted.having(func.count().between(2, MOST_ALIKE)))
    found: dict[int, list[Place]] = defaultdict(list)
    for picked in among(session, _keys.c.key, shared):
        for key, station, row in session.execute(select(_keys.c.key, _keys.c.station, _keys.c.row).where(picked)):
            found[key].append((station, row))
    return found


def pairs_to_see(
    session: Session, *, station: int | None = None, skip: int = 0, most: int = 40
) -> tuple[list[Pair], int]:
    """Those that nobody has looked at, the surest first; and how many there are."""
    query = select(TwinRow).where(~_told_apart())
    if station is not None:
        query = query.where(or_(TwinRow.station == station, TwinRow.other_station == station))
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(TwinRow.sign.desc(), TwinRow.station, TwinRow.row, TwinRow.other)
    rows = list(session.scalars(ordered.offset(skip).limit(most)))
    return [pair for row in rows if (pair := _pair(session, row)) is not None], total


def _told_apart() -> ColumnElement[bool]:
    same = (getattr(ApartRow, name) == getattr(TwinRow, name) for name in ("station", "row", "other_station", "other"))
    return exists().where(and_(*same))


def _pair(session: Session, row: TwinRow) -> Pair | None:
    """None when one of the records went since the figures followed."""
    sides = [_side(session, *place) for place in ((row.station, row.row), (row.other_station, row.other))]
    one, other = sides
    return Pair(Sign(row.sign), one, other) if one is not None and other is not None else None


def _side(session: Session, station: int, row: str) -> Side | None:
    held = session.get(RecordRow, (station, PERSON, row))
    if held is None or held.deleted or held.fields.get(MARK) or held.fields.get("moved_to"):
        return None
    return Side(session.get_one(StationRow, station), row, held.fields)


def twins_of(session: Session, station: int, row: str) -> list[Pair]:
    """The pairs in which a record stands."""
    mine = or_(
        and_(TwinRow.station == station, TwinRow.row == row),
        and_(TwinRow.other_station == station, TwinRow.other == row),
    )
    query = select(TwinRow).where(mine, ~_told_apart()).order_by(TwinRow.sign.desc(), TwinRow.row, TwinRow.other)
    return [pair for one in session.scalars(query.limit(MOST_ALIKE)) if (pair := _pair(session, one)) is not None]


def tell_apart(session: Session, one: Place, other: Place, by_name: str, now: datetime) -> None:
    """They are two people: the pair is not shown again. Raises UserError hub_page.not_found."""
    lower, higher = min(one, other), max(one, other)
    if lower == higher or _side(session, *lower) is None or _side(session, *higher) is None:
        raise UserError("hub_page.not_found")
    session.merge(
        ApartRow(
            station=lower[0],
            row=lower[1],
            other_station=higher[0],
            other=higher[1],
            by_name=by_name,
            told_at=utc(now),
        )
    )
