"""Coming back from a copy: finding copies, looking at one, putting it into the register's place (docs/adr/0022).

Nothing that stands is touched before the copy was opened with its own key, read in full and made ready; what stood is
set aside. A restored register is a new epoch of the station: the district gets all of it again, and gives back what it
lacks.
"""

from __future__ import annotations

import errno
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db import audit, hold, keys, restoring, schema, swap
from covidstation.db.backup import RESERVE, Looked, copies_of, look_over, make_backup, size_of
from covidstation.db.copies import Copy, Facts, Health, Why, digest, parse_facts
from covidstation.db.heads import newest_heads
from covidstation.db.journal import start_epoch
from covidstation.db.rows import JournalStateRow, SecretRow, StationRow, UserRow
from covidstation.db.session import Database, make_engine
from covidstation.domain.audit import AuditAction
from covidstation.domain.rights import Right
from covidstation.domain.rotation import from_the_future
from covidstation.domain.station import Role
from covidstation.errors import UserError
from covidstation.services.access import attempts
from covidstation.services.access.entrance import REGISTER
from covidstation.services.access.keyring import vouch, want_new_key
from covidstation.services.access.phrases import check_passphrase
from covidstation.services.certificate import RESTORED, certificate_of
from covidstation.services.copies.standing import Standing, look_at_standing, prove_head
from covidstation.services.copies.stick_copy import draw_out, keys_of
from covidstation.services.rights import needs
from covidstation.sync.carriers.copies import Carried, find_carried

Step = Callable[[int, int], None]
NO_FACTS: Final = Facts()


@dataclass(frozen=True, slots=True)
class Found:
    """A copy that may be chosen. `made` is wall clock; `behind` how many changes came after it, None when not known.

    `stick` is the stick's name, empty for one on this PC: a copy on a stick is opened by the recovery code alone.
    """

    source: Path
    made: datetime
    size: int
    facts: Facts
    health: Health
    stick: str = ""
    ahead: bool = False
    behind: int | None = None
    users: tuple[str, ...] = ()


def find_copies(folder: Path, sticks: Sequence[tuple[str, Path]], now: datetime) -> list[Found]:
    """The copies on this PC and on these sticks (name, folder), newest first; sticks that fail are passed over."""
    here = [_on_this_pc(copy) for copy in copies_of(folder, now)]
    there = []
    for name, place in sticks:
        with suppress(UserError):
            there += [_on_stick(one, name, now) for one in find_carried(place)]
    head = newest_heads(folder)
    found = [_behind(one, head.epoch, head.heads.journal_seq) if head else one for one in (*here, *there)]
    return sorted(found, key=lambda one: (not one.ahead, one.made, not one.stick), reverse=True)


def _on_this_pc(copy: Copy) -> Found:
    try:
        users = tuple(wrap.name for wrap in keys.read_key_file(copy.keys) if wrap.kind == "user")
        health = copy.health
    except UserError:
        users, health = (), Health.DAMAGED
    return Found(copy.path, copy.made, copy.size, copy.facts or NO_FACTS, health, "", copy.ahead, users=users)


def _on_stick(one: Carried, name: str, now: datetime) -> Found:
    try:
        facts, health = parse_facts(dict(one.facts)), Health.UNKNOWN
    except ValueError:
        facts, health = NO_FACTS, Health.DAMAGED
    return Found(one.path, one.made, one.size, facts, health, name, from_the_future(one.made, now))


def _behind(one: Found, epoch: str, seq: int) -> Found:
    same = one.facts.epoch == epoch and seq >= one.facts.seq
    return replace(one, behind=seq - one.facts.seq) if same else one


@dataclass(frozen=True, slots=True)
class Person:
    """One who may use the restored register; `role` as in `domain.station.Role`."""

    id: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A copy that lies ready beside the register, opened and read in full; nothing has changed yet.

    `people`: who may open it; `need_passphrase`: one of them must get a passphrase, for the copy has only the code.
    `standing`: what it would replace.
    """

    folder: Path
    found: Found
    looked: Looked
    key: bytes
    opened_by: str  # id of the wrap
    people: tuple[Person, ...]
    need_passphrase: bool
    standing: Standing

    @property
    def need_head(self) -> bool:
        """Whether the head of the register that stands must say yes, with a passphrase of today or its code."""
        return not self.standing.free

    def __repr__(self) -> str:
        return f"Chosen({self.found.source.name})"  # a key is never in a log


def choose_copy(
    folder: Path,
    found: Found,
    secret: str,
    *,
    now: datetime,
    user: str | None = None,
    step: Step = lambda _done, _of: None,
) -> Chosen:
    """Open a copy with a passphrase of its time or its recovery code, and look it over; nothing is touched.

    Raises UserError keys.wrong_passphrase, keys.code_garbled, keys.wait, station.copy_damaged, station.copy_room,
    station.copy_foreign, …
    """
    restoring.finish(folder)  # one that was cut off after its decision stands already
    part = restoring.fresh_part(folder)
    try:
        with _in_words(folder):
            _need_room(folder, found.size)
            keys.replace_file(part / keys.FILE, keys_of(found.source))
            with attempts.trying(folder, keys.RECOVERY if user is None else "", now):
                unlocked = _unlock(part, secret, user)
            draw_out(found.source, part / REGISTER, step=step)
            if found.facts.sha256 and digest(part / REGISTER) != found.facts.sha256:
                raise UserError("station.copy_damaged", name=found.source.name)
            key, looked = _whole(part, unlocked, found)
            people, station = _people(part, key)
            standing = look_at_standing(folder, secret, user)
            _same_station(standing, station, looked.facts)
            has_user = any(wrap.kind == "user" for wrap in keys.read_keys(part))
            return Chosen(folder, found, looked, key, unlocked.wrap.id, people, not has_user, standing)
    except BaseException:
        restoring.forget_part(folder)
        raise


def _unlock(part: Path, secret: str, user: str | None) -> keys.Unlocked:
    """With a passphrase when a user was named, else with the recovery code, else with whose passphrase it may be."""
    if user is not None:
        return keys.open_with(part, secret, user)
    return keys.open_with_recovery(part, secret)


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as trouble:
        if trouble.errno == errno.ENOSPC:
            raise UserError("station.disk_full") from trouble
        raise UserError("station.read_only", folder=folder) from trouble


def _need_room(folder: Path, size: int) -> None:
    """The copy twice (once while it is made ready), what stands once more, and a reserve."""
    present = size_of(folder / REGISTER) if (folder / REGISTER).exists() else 0
    needed, free = 2 * size + 2 * present + RESERVE, shutil.disk_usage(folder).free
    if free < needed:
        raise UserError("station.copy_room", needed=-(-needed >> 20), free=free >> 20)


def _whole(part: Path, unlocked: keys.Unlocked, found: Found) -> tuple[bytes, Looked]:
    for key in unlocked.keys:
        looked = look_over(part / REGISTER, key)
        if looked is not None:
            if looked.facts.schema > schema.CURRENT:
                raise UserError("station.newer_data", found=looked.facts.schema, known=schema.CURRENT)
            return key, looked
    raise UserError("station.copy_damaged", name=found.source.name)


def _same_station(standing: Standing, station: UUID, facts: Facts) -> None:
    """A training register's copy, or a neighbour's, never takes the place of one that opens."""
    if standing.station not in (None, station):
        raise UserError("station.copy_foreign", station=facts.station)


def _people(part: Path, key: bytes) -> tuple[tuple[Person, ...], UUID]:
    """Who may open it, heads first; and the station's own id."""
    with _work(part, key, read_only=True) as db, db.read() as session:
        columns = select(UserRow.id, UserRow.name, UserRow.role).where(UserRow.disabled_on.is_(None))
        found = [Person(row.id.hex, row.name, row.role) for row in session.execute(columns.order_by(UserRow.n))]
        station = session.scalars(select(StationRow.id)).one()
    return tuple(sorted(found, key=lambda one: one.role != Role.HEAD.value)), station


@contextmanager
def _work(part: Path, key: bytes, *, read_only: bool = False) -> Iterator[Database]:
    path = part / REGISTER
    db = Database(make_engine(path, key, read_only=read_only), path, key)
    try:
        yield db
    finally:
        db.engine.dispose()


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back. `aside` is where the former register lies, `kept` the verified copy of it if it opened."""

    facts: Facts
    made: datetime
    aside: Path | None
    kept: Path | None
    enrolled: bool


def restore(
    chosen: Chosen,
    *,
    now: datetime,
    person: str = "",
    passphrase: str = "",
    head: str = "",
    cost: keys.Cost | None = None,
) -> Restored:
    """Put the chosen copy into the register's place; the register must be closed.

    `person` (an id of `chosen.people`) gets `passphrase` when the copy has no user's; `head` is what `need_head` wants.
    Raises UserError station.in_use, station.restore_head, rights.manage, station.copy_foreign, station.copy_damaged,
    station.disk_full and those of `check_passphrase`; then what stood stands.
    """
    folder = chosen.folder
    if person:
        named = next(one for one in chosen.people if one.id == person)
        check_passphrase(passphrase, named.name, chosen.looked.facts.station)
    standing = _allowed(chosen, head, now)
    with _in_words(folder), hold.alone(folder):
        present = look_over(folder / REGISTER, standing.key) if standing.key else None
        enrolled = _renew(chosen, standing, present, now, _wrap(chosen, person, passphrase, cost))
        kept = _kept(folder, standing.key, now) if present is not None and standing.key else None
        aside = restoring.set_aside(folder, now)
        restoring.decide(folder)
        restoring.carry_over(folder)
    return Restored(chosen.looked.facts, chosen.found.made, aside, kept, enrolled)


def _allowed(chosen: Chosen, head: str, now: datetime) -> Standing:
    """A register that opens is put back by its head alone; a broken one by whoever can open the copy."""
    if not chosen.need_head:
        return chosen.standing
    if chosen.standing.key is not None and not head:
        raise UserError("rights.manage")
    standing = prove_head(chosen.folder, head, now)
    with _work(chosen.folder / restoring.PART, chosen.key, read_only=True) as db, db.read() as session:
        _same_station(standing, session.scalars(select(StationRow.id)).one(), chosen.looked.facts)
    return standing


def _wrap(chosen: Chosen, person: str, passphrase: str, cost: keys.Cost | None) -> keys.Wrap | None:
    one = next((one for one in chosen.people if one.id == person), None)
    if one is None:
        return None
    cost = cost or keys.calibrated_cost()
    return keys.new_wrap(chosen.key, passphrase, kind="user", id=one.id, name=one.name, role=one.role, cost=cost)


def _kept(folder: Path, key: bytes, now: datetime) -> Path | None:
    """A verified copy of what stood; that it cannot be made keeps nobody from coming back: it is set aside as well."""
    path = folder / REGISTER
    db = Database(make_engine(path, key), path, key)
    try:
        return make_backup(db, now=now, why=Why.RESTORE)
    except UserError:
        return None
    finally:
        db.close()


def _renew(chosen: Chosen, standing: Standing, present: Looked | None, now: datetime, wrap: keys.Wrap | None) -> bool:
    """The copy as a new epoch, above every stamp that may have been given; whether the station was enrolled."""
    part, head = chosen.folder / restoring.PART, newest_heads(chosen.folder)
    seen = [present.last_stamp if present else 0, (head.at << 16) if head else 0]
    with _work(part, chosen.key) as db:
        schema.upgrade(db.engine)
        with db.write(None, now) as session:
            certificate = certificate_of(session)
            begin_epoch(session, seen, now)
            marker = {"made": chosen.found.made.isoformat(), "at": now.isoformat(timespec="seconds"), "whole": False}
            session.merge(SecretRow(name=RESTORED, value=json.dumps(marker).encode()))
            if wrap is not None:
                vouch(session, wrap)
            _keep_out(session, standing.disabled, now)
            if standing.key != chosen.key:  # it was changed since: somebody knows that of the copy who should not
                want_new_key(session)
            detail: dict[str, str | int] = {"copy": chosen.found.source.name, "seq": chosen.looked.facts.seq}
            actor = None if chosen.opened_by in (keys.RECOVERY, keys.ESCROW) else UUID(hex=chosen.opened_by)
            audit.note(session, AuditAction.RESTORE, detail=detail, actor=actor)
        db.close()
    if wrap is not None:
        keys.put_wrap(part, wrap)
    swap.fold(part / REGISTER, chosen.key)
    if look_over(part / REGISTER, chosen.key) is None:
        raise UserError("station.copy_damaged", name=chosen.found.source.name)
    with (part / REGISTER).open("rb+") as file:
        os.fsync(file.fileno())
    return certificate is not None


def begin_epoch(session: Session, seen: Sequence[int], now: datetime) -> None:
    """A history of its own for a register that came back; `seen` are stamps that were given after the copy was made.

    No stamp is ever given twice, though nobody here knows which were given on the disk that is gone, and the clock may
    be years behind: the first one is taken at random out of the next minutes.
    """
    certificate = certificate_of(session)
    start_epoch(session, certificate.station if certificate else None, secrets.token_hex(8))
    state = session.get_one(JournalStateRow, 1)
    newest = max(state.last_stamp, *seen, int(now.timestamp() * 1000) << 16)
    state.last_stamp = newest + secrets.randbelow(1 << 32) * 4


def _keep_out(session: Session, disabled: frozenset[UUID], now: datetime) -> None:
    """Who was disabled since the copy stays so; but somebody must be left who may manage."""
    rows = list(session.scalars(select(UserRow).where(UserRow.disabled_on.is_(None))))
    if any(row.role == Role.HEAD.value and row.id not in disabled for row in rows):
        for row in rows:
            if row.id in disabled:
                row.disabled_on, row.public_key = now.date(), ""


@dataclass(frozen=True, slots=True)
class Unsure:
    """A restored register that has not heard from the district: numbers may have been given after `made`."""

    made: datetime


@needs(Right.SEE)
def unsure_since(db: Database) -> Unsure | None:
    """Whether numbers of papers must be compared with what lies on paper; None when all came back."""
    with db.read() as session:
        row = session.get(SecretRow, RESTORED)
        held = json.loads(row.value) if row is not None else None
    return None if held is None or held["whole"] else Unsure(datetime.fromisoformat(held["made"]))


@needs(Right.ISSUE)
def numbers_compared(db: Database, *, by: UUID | None, now: datetime) -> None:
    """A person has compared the book with the last number on paper."""
    with db.write(by, now) as session:
        row = session.get(SecretRow, RESTORED)
        if row is not None:
            row.value = json.dumps(json.loads(row.value) | {"whole": True}).encode()
            audit.note(session, AuditAction.RESTORE, detail={"what": "numbers compared"})
