"""Vaccination sessions and their vials, as the register has them.

Every count is summed from rows that stand: doses from `vaccine_dose`, losses from `session_waste`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache, lru_cache
from string import ascii_uppercase
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, case, func, select
from sqlalchemy.orm import Session, aliased

from covidstation.db.queries.cold_chain import waiting_lots_in
from covidstation.db.queries.places import hamlet_words
from covidstation.db.queries.vaccination import dose_stands
from covidstation.db.queries.vaccine_nameless import nameless_in
from covidstation.db.rows import (
    HamletRow,
    SessionPersonRow,
    SessionTakeRow,
    SessionVialRow,
    SessionWasteRow,
    VaccinationSessionRow,
    VaccineDoseRow,
)
from covidstation.db.session import Database
from covidstation.domain.vaccination.nameless import REASON, Nameless, What
from covidstation.domain.vaccination.sessions import (
    SessionDraft,
    SessionPart,
    SessionPlace,
    SessionStatus,
    Take,
    Vial,
    WasteReason,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionLine:
    """One session in a list. `expected`: invited or come; `come`: of them; `given`: doses that stand."""

    id: UUID
    draft: SessionDraft
    hamlet: str
    status: SessionStatus
    on_paper: bool
    opened_at: datetime | None
    closed_at: datetime | None
    closed_by: str
    by_name: str
    expected: int = 0
    come: int = 0
    given: int = 0

    @property
    def day(self) -> date:
        """Its day; every session in the register has one."""
        assert self.draft.day is not None
        return self.draft.day


@dataclass(frozen=True, slots=True, kw_only=True)
class Waste:
    """Doses that went into nobody, or one over the label."""

    id: UUID
    take_id: UUID
    vial_id: UUID | None
    at: datetime
    doses: int
    reason: WasteReason
    note: str
    by_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSheet:
    """One session with all that was taken out. `astray`: doses of it out of lots that it did not take along."""

    line: SessionLine
    takes: tuple[Take, ...]
    wastes: tuple[Waste, ...]
    astray: int = 0

    def take(self, take_id: UUID) -> Take | None:
        """The take of that id."""
        return next((one for one in self.takes if one.id == take_id), None)


@lru_cache(maxsize=1)  # as `vaccination.dose_stands`
def waste_stands() -> ColumnElement[bool]:
    """A loss that no other row takes back, and that takes none back itself."""
    other = aliased(SessionWasteRow)
    voided = select(other.n).where(other.voids == SessionWasteRow.id)
    return SessionWasteRow.voids.is_(None) & ~voided.exists()


def sessions(db: Database, since: date | None = None) -> tuple[SessionLine, ...]:
    """All sessions from that day on, the newest first."""
    with db.read() as session:
        return sessions_in(session, since)


def sessions_in(session: Session, since: date | None = None, *, only: UUID | None = None) -> tuple[SessionLine, ...]:
    """The same inside a transaction; `only` one of them."""
    row = VaccinationSessionRow
    query = select(row, hamlet_words().label("hamlet")).outerjoin(HamletRow, HamletRow.id == row.hamlet_id)
    if since is not None:
        query = query.where(row.day >= since)
    if only is not None:
        query = query.where(row.id == only)
    found = session.execute(query.order_by(row.day.desc(), row.n.desc())).all()
    gone = nameless_in(session, only)
    given, seats = _given_in(session, only, gone), _seats_in(session, only, gone)
    return tuple(
        replace(
            _line(one, hamlet),
            expected=seats.get(one.id, (0, 0))[0],
            come=seats.get(one.id, (0, 0))[1],
            given=given.get(one.id, 0),
        )
        for one, hamlet in found
    )


def draft_of(row: VaccinationSessionRow) -> SessionDraft:
    """What was planned."""
    return SessionDraft(
        day=row.day,
        part=SessionPart(row.part),
        place=SessionPlace(row.place),
        hamlet_id=row.hamlet_id,
        address=row.address,
        campaign=row.campaign,
        team=row.team,
        note=row.note,
    )


def _line(row: VaccinationSessionRow, hamlet: str) -> SessionLine:
    return SessionLine(
        id=row.id,
        draft=draft_of(row),
        hamlet=hamlet,
        status=SessionStatus(row.status),
        on_paper=row.on_paper,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by,
        by_name=row.by_name,
    )


def _given_in(session: Session, only: UUID | None, gone: Sequence[Nameless]) -> Mapping[UUID, int]:
    column = VaccineDoseRow.session_id
    query = select(column, func.count()).where(column.is_not(None), dose_stands())
    if only is not None:
        query = query.where(column == only)
    found = Counter({one: count for one, count in session.execute(query.group_by(column)) if one is not None})
    found.update(_gone(gone, What.DOSE))
    return found


def _seats_in(session: Session, only: UUID | None, gone: Sequence[Nameless]) -> Mapping[UUID, tuple[int, int]]:
    row = SessionPersonRow
    came = case((row.come_at.is_not(None), row.person_id))  # two records of one person may have been merged
    query = select(row.session_id, func.count(row.person_id.distinct()), func.count(came.distinct())).where(
        row.invited | row.come_at.is_not(None)
    )
    if only is not None:
        query = query.where(row.session_id == only)
    rows = session.execute(query.group_by(row.session_id)).all()
    expected, come = (Counter({one[0]: one[at] for one in rows}) for at in (1, 2))
    there = _gone(gone, What.DOSE, What.WITHOUT)
    expected.update(there)
    come.update(there)
    expected.update(_gone(gone, What.AWAY))
    return {one: (expected[one], come[one]) for one in expected}


def _gone(gone: Sequence[Nameless], *kinds: What) -> Counter[UUID]:
    """By session, how many of these the law took."""
    found: Counter[UUID] = Counter()
    for one in gone:
        found[one.session_id] += one.many if one.counted.what in kinds else 0
    return found


def session_sheet(db: Database, session_id: UUID) -> SessionSheet | None:
    """One session; None when it is not there."""
    with db.read() as session:
        return session_sheet_in(session, session_id)


def session_sheet_in(session: Session, session_id: UUID, line: SessionLine | None = None) -> SessionSheet | None:
    """The same inside a transaction; its `line` if that transaction has read it."""
    lines = sessions_in(session, only=session_id) if line is None else (line,)
    if not lines:
        return None
    wastes = wastes_in(session, session_id)
    takes = takes_in(session, session_id, wastes)
    return SessionSheet(
        line=lines[0], takes=takes, wastes=wastes, astray=lines[0].given - sum(one.given for one in takes)
    )


def wastes_in(session: Session, session_id: UUID) -> tuple[Waste, ...]:
    """The losses that stand, the oldest first."""
    return tuple(
        Waste(
            id=one.id,
            take_id=one.take_id,
            vial_id=one.vial_id,
            at=one.at,
            doses=one.doses,
            reason=WasteReason(one.reason),
            note=one.note,
            by_name=one.by_name,
        )
        for one in session.scalars(_questions().wastes, {"session": session_id})
    )


class _Questions(NamedTuple):
    """What is asked of one session with each injection; made once, since making them takes longer than asking."""

    wastes: Any
    vials: Any
    takes: Any
    given: Any


@cache
def _questions() -> _Questions:
    held: Any = bindparam("session", type_=VaccinationSessionRow.id.type)
    loss, vial, take, dose = SessionWasteRow, SessionVialRow, SessionTakeRow, VaccineDoseRow
    stands = (loss.session_id == held, loss.reason != REASON, waste_stands())
    columns = (vial.id, vial.take_id, vial.number, vial.opened_at, vial.closed_at)
    given = select(dose.lot_id, dose.vial_id, func.count()).where(dose.session_id == held, dose_stands())
    return _Questions(
        wastes=select(loss).where(*stands).order_by(loss.at, loss.n),
        vials=select(*columns).where(vial.session_id == held).order_by(vial.opened_at, vial.n),
        takes=select(take).where(take.session_id == held),
        given=given.group_by(dose.lot_id, dose.vial_id),
    )


class _Opened(NamedTuple):
    """A vial as it is kept: a session of 600 opens a hundred, which are read with each injection."""

    id: UUID
    take_id: UUID
    number: int
    opened_at: datetime
    closed_at: datetime | None


def takes_in(session: Session, session_id: UUID, wastes: Sequence[Waste] | None = None) -> tuple[Take, ...]:
    """What the session took along, what expires first at the top, each with its vials; its `wastes` if they were
    read."""
    given = _given_by(session, session_id)
    by_vial = _by_vial(given)
    lost: dict[UUID | None, int] = {}
    by_take: dict[UUID, int] = {}
    over: dict[UUID | None, int] = {}
    for one in wastes_in(session, session_id) if wastes is None else wastes:
        if one.reason is WasteReason.DRAWN_OVER:
            over[one.vial_id] = over.get(one.vial_id, 0) + one.doses
            continue
        lost[one.vial_id] = lost.get(one.vial_id, 0) + one.doses
        by_take[one.take_id] = by_take.get(one.take_id, 0) + one.doses
    vials: dict[UUID, list[_Opened]] = {}
    for vial in map(_Opened._make, session.execute(_questions().vials, {"session": session_id})):
        vials.setdefault(vial.take_id, []).append(vial)
    found, waiting = [], waiting_lots_in(session)
    rows = session.scalars(_questions().takes, {"session": session_id}).all()
    twins, mine, last = _twins(rows, vials), _shares(rows, vials, by_take, given), _last_numbers(rows, vials)
    for take in rows:
        opened = tuple(
            _vial(one, take.per_vial, by_vial, lost, over, twins.get(one.id, "")) for one in vials.get(take.id, ())
        )
        made = _take(take, opened, mine.get(take.id, 0), by_take.get(take.id, 0))
        waits = take.left_doses is None and take.lot_id in waiting
        found.append(replace(made, waits=waits, last_number=last.get(take.lot_id, 0)))
    return tuple(sorted(found, key=lambda one: (one.expiry or date.max, one.lot_number, one.id)))


def _twins(takes: Iterable[SessionTakeRow], vials: Mapping[UUID, Sequence[_Opened]]) -> Mapping[UUID, str]:
    """The letters of vials that two computers gave one number of one lot, in the order in which they were opened."""
    found: dict[tuple[UUID, int], list[_Opened]] = {}
    for take in takes:
        for one in vials.get(take.id, ()):
            found.setdefault((take.lot_id, one.number), []).append(one)
    return {
        one.id: letter
        for same in found.values()
        if len(same) > 1
        for one, letter in zip(sorted(same, key=lambda row: (row.opened_at, row.id)), ascii_uppercase, strict=False)
    }


Counts = Mapping[UUID | None, int]
Given = Mapping[tuple[UUID | None, UUID | None], int]


def _given_by(session: Session, session_id: UUID) -> Given:
    """How many doses of the session stand, by lot and vial."""
    rows = session.execute(_questions().given, {"session": session_id})
    found = {(lot, vial): count for lot, vial, count in rows}
    for one in nameless_in(session, session_id):
        if one.counted.what is What.DOSE:
            lot = session.scalars(select(SessionTakeRow.lot_id).where(SessionTakeRow.id == one.take_id)).first()
            found[lot, one.vial_id] = found.get((lot, one.vial_id), 0) + one.many
    return found


def _by_vial(given: Given) -> Counts:
    found = Counter[UUID | None]()
    for (_lot, vial), count in given.items():
        found[vial] += count
    return found


def _shares(
    takes: Iterable[SessionTakeRow],
    vials: Mapping[UUID, Sequence[_Opened]],
    wasted: Mapping[UUID, int],
    given: Given,
) -> Mapping[UUID, int]:
    """How many doses were given of each take, each dose once: two computers may have taken one lot along, each for
    itself. A dose is of the take of its vial; one that names no vial of its lot is of the first that has room for it.
    """
    same: dict[UUID, list[SessionTakeRow]] = {}
    for take in sorted(takes, key=lambda one: one.id):
        same.setdefault(take.lot_id, []).append(take)
    of_vial = {vial.id: take for lot in same.values() for take in lot for vial in vials.get(take.id, ())}
    found, loose = Counter[UUID](), Counter[UUID]()
    for (lot_id, vial), count in given.items():
        drawn = of_vial.get(vial) if vial is not None else None
        if drawn is not None and drawn.lot_id == lot_id:
            found[drawn.id] += count
        elif lot_id in same:
            loose[lot_id] += count
    for lot_id, rest in loose.items():
        *first, last = same[lot_id]
        for take in first:
            room = take.vials * take.per_vial - found[take.id] - wasted.get(take.id, 0)
            fits = min(max(room, 0), rest)
            found[take.id] += fits
            rest -= fits
        found[last.id] += rest
    return found


def _last_numbers(takes: Iterable[SessionTakeRow], vials: Mapping[UUID, Sequence[_Opened]]) -> Mapping[UUID, int]:
    """By lot the highest number of a vial."""
    found: dict[UUID, int] = {}
    for take in takes:
        found[take.lot_id] = max(found.get(take.lot_id, 0), *(one.number for one in vials.get(take.id, ())), 0)
    return found


def _vial(row: _Opened, per_vial: int, given: Counts, lost: Counts, over: Counts, twin: str) -> Vial:
    return Vial(
        id=row.id,
        take_id=row.take_id,
        number=row.number,
        opened_at=row.opened_at,
        doses=per_vial,
        extra=over.get(row.id, 0),
        given=given.get(row.id, 0),
        wasted=lost.get(row.id, 0),
        twin=twin,
        closed=row.closed_at is not None,
    )


def _take(row: SessionTakeRow, opened: tuple[Vial, ...], given: int, wasted: int) -> Take:
    same = ("id", "lot_id", "product", "product_name", "lot_number", "expiry", "vials", "per_vial")
    return Take(
        **{name: getattr(row, name) for name in same},
        opened=opened,
        given=given,
        wasted=wasted,
        left=row.left_doses,
        difference_reason=row.difference_reason,
    )


def running(lines: Iterable[SessionLine]) -> tuple[SessionLine, ...]:
    """Those that are open now."""
    return tuple(one for one in lines if one.status is SessionStatus.OPEN)
