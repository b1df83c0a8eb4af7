"""What came of the sessions of a day, by vaccine: the figures of the daily result report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.db.queries.vaccine_events import events_of_session
from covidstation.db.queries.vaccine_nameless import nameless_in
from covidstation.db.queries.vaccine_seats import SeatLine, seats_in
from covidstation.db.queries.vaccine_sessions import takes_in
from covidstation.db.rows import VaccinationSessionRow
from covidstation.db.session import Database
from covidstation.domain.rights import Right
from covidstation.domain.vaccination.doses import DoseClass
from covidstation.domain.vaccination.nameless import Nameless, What
from covidstation.domain.vaccination.reactions import AdverseEvent
from covidstation.domain.vaccination.sessions import NoDose, SessionStatus, Take
from covidstation.services.rights import needs
from covidstation.services.rules.vaccines import products_in


class Difference(NamedTuple):
    """What was counted otherwise at the end than the book has it: doses of a lot that are missing (below nothing: too
    many), and why."""

    lot: str
    missing: int
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayResult:
    """One line of the report: a vaccine of a session. Who went without is counted once, with the first vaccine of the
    session. `people`: who came, each in one of the counts; `went`: before the injection, for no other reason;
    `ordinary`: reactions by their codes, most first; `differences`: doses that are neither used, wasted nor left."""

    session_id: UUID
    campaign: str
    product: str
    product_name: str
    people: int = 0
    hospital: int = 0
    refused: int = 0
    deferred: int = 0
    contraindicated: int = 0
    went: int = 0
    first: int = 0
    second: int = 0
    third: int = 0
    additional: int = 0
    booster: int = 0
    used: int = 0
    wasted: int = 0
    ordinary: tuple[tuple[str, int], ...] = ()
    severe: int = 0
    differences: tuple[Difference, ...] = ()
    note: str = ""

    @property
    def notes(self) -> str:
        """For the column of notes, so that people and doses add up: who went, what was counted otherwise, what was said
        of the session."""
        found = [f"{self.went} người về trước khi tiêm"] if self.went else []
        for one in self.differences:
            found.append(f"lô {one.lot} {'thiếu' if one.missing > 0 else 'thừa'} {abs(one.missing)} liều: {one.why}")
        return "; ".join(filter(None, (*found, self.note)))


@needs(Right.SEE)
def day_result(db: Database, day: date, *, catalog: Catalog, session_id: UUID | None = None) -> tuple[DayResult, ...]:
    """The lines of that day's sessions that were held; of one session alone."""
    row = VaccinationSessionRow
    held = (SessionStatus.OPEN.value, SessionStatus.CLOSED.value)
    with db.read() as session:
        query = select(row).where(row.day == day, row.status.in_(held)).order_by(row.n)
        if session_id is not None:
            query = query.where(row.id == session_id)
        names = {one.code: one.name for one in products_in(session, catalog, day).products}
        found: list[DayResult] = []
        for one in session.scalars(query).all():
            found += _of_session(session, one, names)
        return tuple(found)


def _of_session(session: Session, row: VaccinationSessionRow, names: dict[str, str]) -> list[DayResult]:
    lines, takes = seats_in(session, row.id), takes_in(session, row.id)
    events, gone = events_of_session(session, row.id), nameless_in(session, row.id)
    given = [one.dose.product for one in lines if one.dose]
    given += [one.counted.product for one in gone if one.counted.what is What.DOSE]
    codes = dict.fromkeys([*(one.product for one in takes), *given])
    found = []
    for at, code in enumerate(codes or {"": None}):
        mine = [one for one in lines if one.dose is not None and one.dose.product == code]
        without = [one for one in lines if one.dose is None and one.seat.come_at is not None] if at == 0 else []
        line = _line(row, code, names.get(code, code), mine, without, takes, events)
        found.append(_with_gone(line, [one for one in gone if one.counted.product == code or (at == 0 and _came(one))]))
    return found


def _came(one: Nameless) -> bool:
    return one.counted.what is What.WITHOUT


def _with_gone(line: DayResult, gone: Sequence[Nameless]) -> DayResult:
    """With those whose records the law took: they are still counted."""
    doses, classes, why, kinds = Counter[object](), Counter[object](), Counter[object](), Counter(dict(line.ordinary))
    severe = 0
    for one in gone:
        if one.counted.what is What.DOSE:
            doses[one.counted.dose] += one.many
            classes[one.counted.dose[0]] += one.many
        elif one.counted.what is What.WITHOUT:
            why[one.counted.no_dose] += one.many
        elif one.counted.what is What.MILD:
            kinds[one.counted.detail] += one.many
        elif one.counted.what is What.SEVERE:
            severe += one.many
    first, second = doses[DoseClass.PRIMARY, 1], doses[DoseClass.PRIMARY, 2]
    return replace(
        line,
        people=line.people + doses.total() + why.total(),
        hospital=line.hospital + why[NoDose.HOSPITAL],
        refused=line.refused + why[NoDose.REFUSED],
        deferred=line.deferred + why[NoDose.DEFERRED],
        contraindicated=line.contraindicated + why[NoDose.CONTRAINDICATED],
        went=line.went + why[NoDose.WENT] + why[None],
        first=line.first + first,
        second=line.second + second,
        third=line.third + classes[DoseClass.PRIMARY] - first - second,
        additional=line.additional + classes[DoseClass.ADDITIONAL],
        booster=line.booster + classes[DoseClass.BOOSTER],
        used=line.used + doses.total(),
        ordinary=tuple(kinds.most_common()),
        severe=line.severe + severe,
    )


def _line(
    row: VaccinationSessionRow,
    code: str,
    name: str,
    given: Sequence[SeatLine],
    without: Sequence[SeatLine],
    takes: Sequence[Take],
    events: Sequence[AdverseEvent],
) -> DayResult:
    why = Counter(one.seat.no_dose for one in without)
    doses = Counter((one.dose.dose_class, one.dose.number) for one in given if one.dose is not None)
    classes = Counter(one.dose.dose_class for one in given if one.dose is not None)
    ids = {one.dose.id for one in given if one.dose is not None}
    mine = [one for one in events if one.dose_id in ids]
    kinds = Counter(code for one in mine if not one.severe for code in one.kinds)
    return DayResult(
        session_id=row.id,
        campaign=row.campaign,
        product=code,
        product_name=name,
        people=len(given) + len(without),
        hospital=why[NoDose.HOSPITAL],
        refused=why[NoDose.REFUSED],
        deferred=why[NoDose.DEFERRED],
        contraindicated=why[NoDose.CONTRAINDICATED],
        went=why[NoDose.WENT] + why[None],
        first=doses[DoseClass.PRIMARY, 1],
        second=doses[DoseClass.PRIMARY, 2],
        third=classes[DoseClass.PRIMARY] - doses[DoseClass.PRIMARY, 1] - doses[DoseClass.PRIMARY, 2],
        additional=classes[DoseClass.ADDITIONAL],
        booster=classes[DoseClass.BOOSTER],
        used=len(given),
        wasted=sum(one.wasted for one in takes if one.product == code),
        ordinary=tuple(kinds.most_common()),
        severe=sum(one.severe for one in mine),
        differences=tuple(
            Difference(one.lot_number or "—", one.difference(one.left), one.difference_reason)
            for one in takes
            if one.product == code and one.left is not None and one.difference(one.left)
        ),
        note=row.note,
    )
