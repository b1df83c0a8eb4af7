"""Whose signatures on certificates are believed: the shipped list, or what the station took in instead (ADR 45)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from covidstation.db.audit import note
from covidstation.db.rows import TrustKeyRow, TrustListRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Right
from covidstation.domain.text import clean
from covidstation.domain.vaccination.dcc.certificate import EntryKind
from covidstation.domain.vaccination.dcc.key_lists import put_together
from covidstation.domain.vaccination.dcc.verdict import TrustKey
from covidstation.errors import UserError
from covidstation.interop.dcc_keys import KeyList, NoKeys, read_keys, read_path
from covidstation.paths import resources
from covidstation.services.changes import Done, Kind, done
from covidstation.services.rights import needs

SHIPPED: Final = "dcc_keys.json"


@dataclass(frozen=True, slots=True)
class TrustList:
    """One list: `n` is 0 for the shipped one, `taken_at` the station's wall clock. `ended`: keys no longer valid."""

    n: int
    name: str
    taken_at: datetime | None
    by_name: str
    keys: int
    countries: tuple[str, ...]
    ended: int


@dataclass(frozen=True, slots=True)
class ListLook:
    """What a file would bring, with the keys themselves: these are taken in, whatever the file is by then."""

    path: Path
    found: KeyList
    ended: int

    @property
    def keys(self) -> int:
        """How many keys."""
        return len(self.found.keys)

    @property
    def countries(self) -> tuple[str, ...]:
        """Of which countries."""
        return self.found.countries

    @property
    def passed_over(self) -> int:
        """Entries that are no key that can be used."""
        return self.found.passed_over


@cache
def shipped_keys() -> tuple[TrustKey, ...]:
    """The keys that the program brings."""
    try:
        return read_keys((resources() / "codes" / SHIPPED).read_bytes()).keys
    except NoKeys:
        return ()


def trust_keys_in(session: Session) -> tuple[TrustKey, ...]:
    """Every key that is believed, each once; what the station took in stands in the place of the shipped list."""
    own = [_key_of(row) for row in session.scalars(select(TrustKeyRow).order_by(TrustKeyRow.n))]
    return put_together(own or shipped_keys())


@needs(Right.SEE)
def trust_lists(db: Database, *, now: datetime) -> tuple[TrustList, ...]:
    """The lists that are in use, the newest first; the shipped one when the station has none of its own."""
    with db.read() as session:
        rows = session.scalars(select(TrustListRow).order_by(TrustListRow.n.desc())).all()
        keys: dict[int, list[TrustKey]] = {}
        for row in session.scalars(select(TrustKeyRow)):
            keys.setdefault(row.list_n, []).append(_key_of(row))
    lists = [_list(one.n, one.name, one.taken_at, one.by_name, keys.get(one.n, ()), now) for one in rows]
    return tuple(lists) or (_list(0, "", None, "", shipped_keys(), now),)


@needs(Right.SEE)
def look_at_list(db: Database, path: Path, *, now: datetime) -> ListLook:
    """What a file or folder would bring; nothing is kept. Raises UserError dcc.keys_none, dcc.keys_too_large, …"""
    return _look(path, now)


@needs(Right.MANAGE)
def take_list(
    db: Database, chosen: Path | ListLook, *, instead: bool, by_name: str = "", by: UUID | None, now: datetime
) -> Done[ListLook]:
    """Believe the keys of a file, an archive or a folder, or those that somebody has looked at: `instead` of all that
    stand, or beside them.

    Raises UserError dcc.keys_none, dcc.keys_too_large, dcc.keys_too_many, dcc.keys_file of a path; then nothing has
    changed.
    """
    look = chosen if isinstance(chosen, ListLook) else _look(chosen, now)
    with db.write(by, now) as session:
        if instead:
            _forget(session)
        row = TrustListRow(
            name=clean(look.path.name)[:200], taken_at=now.replace(microsecond=0, tzinfo=None), by_name=clean(by_name)
        )
        session.add(row)
        session.flush()
        session.add_all(_row_of(key, row.n) for key in look.found.keys)
        detail: dict[str, str | int] = {"what": "dcc_keys", "keys": look.keys, "file": row.name}
        note(session, AuditAction.IMPORT, detail=detail)
    return done(look, Kind.STATION)


@needs(Right.MANAGE)
def drop_list(db: Database, n: int, *, by: UUID | None, now: datetime) -> Done[None]:
    """Believe the keys of that list no longer. Raises UserError dcc.list_gone."""
    with db.write(by, now) as session:
        row = session.get(TrustListRow, n)
        if row is None:
            raise UserError("dcc.list_gone")
        session.execute(delete(TrustKeyRow).where(TrustKeyRow.list_n == n))
        session.delete(row)
        note(session, AuditAction.IMPORT, detail={"what": "dcc_keys_dropped", "file": row.name})
    return done(None, Kind.STATION)


def _look(path: Path, now: datetime) -> ListLook:
    try:
        found = read_path(path)
    except NoKeys as refusal:
        raise UserError(refusal.code, name=path.name) from refusal
    except OSError as trouble:
        raise UserError("dcc.keys_file", name=path.name, reason=trouble.strerror or "") from trouble
    return ListLook(path, found, _ended(found.keys, now))


def _forget(session: Session) -> None:
    session.execute(delete(TrustKeyRow))
    session.execute(delete(TrustListRow))


def _list(
    n: int, name: str, taken_at: datetime | None, by_name: str, keys: Iterable[TrustKey], now: datetime
) -> TrustList:
    every = tuple(keys)
    countries = tuple(sorted({key.country for key in every if key.country}))
    return TrustList(n, name, taken_at, by_name, len(every), countries, _ended(every, now))


def _ended(keys: Iterable[TrustKey], now: datetime) -> int:
    return sum(key.not_after is not None and key.not_after < now for key in keys)


def _row_of(key: TrustKey, list_n: int) -> TrustKeyRow:
    return TrustKeyRow(
        list_n=list_n,
        kids=sorted(kid.hex() for kid in key.kids),
        public=key.public,
        country=key.country,
        subject=key.subject,
        not_before=_naive(key.not_before),
        not_after=_naive(key.not_after),
        uses=sorted(kind.value for kind in key.uses),
    )


def _key_of(row: TrustKeyRow) -> TrustKey:
    return TrustKey(
        kids=frozenset(bytes.fromhex(kid) for kid in row.kids),
        public=row.public,
        country=row.country,
        subject=row.subject,
        not_before=_aware(row.not_before),
        not_after=_aware(row.not_after),
        uses=frozenset(EntryKind(kind) for kind in row.uses),
    )


def _naive(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone(UTC).replace(tzinfo=None)


def _aware(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)
