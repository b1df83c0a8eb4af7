"""The living list of people who need looking after: each with the reasons that stand and what is next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, aliased

from covidstation.db.mapping import birth_of
from covidstation.db.merged import not_merged
from covidstation.db.queries.people import match_words
from covidstation.db.queries.places import hamlet_words, within
from covidstation.db.queries.residence import dead_of_illness
from covidstation.db.rows import HamletRow, HouseholdRow, PersonRow, VulnerabilityRow
from covidstation.db.session import Database
from covidstation.domain.dates import PartialDate
from covidstation.domain.residence import Living
from covidstation.domain.text import sort_key


class VulnerableSort(StrEnum):
    """The columns a list can be sorted by."""

    NAME = "name"
    HAMLET = "hamlet"
    DUE = "due"


class Gone(StrEnum):
    """Why somebody on the list cannot be visited any more: the finding waits to be closed."""

    NO = ""
    DIED = "DIED"
    LEFT = "LEFT"


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason that stands, and what is next."""

    id: UUID
    reason: str
    since: date
    next_step: str
    due_on: date | None
    note: str


@dataclass(frozen=True, slots=True)
class VulnerableLine:
    """Somebody on the list, the step that is due first in front."""

    person_id: UUID
    full_name: str
    birth: PartialDate | None
    hamlet_id: UUID | None
    hamlet: str
    house: str
    household_id: UUID | None
    address: str
    trip: str
    walk_order: int | None
    phone: str
    findings: tuple[Finding, ...]
    gone: Gone

    @property
    def due_on(self) -> date | None:
        """When the next thing is to be done."""
        return next((one.due_on for one in self.findings if one.due_on is not None), None)

    def overdue(self, day: date) -> bool:
        """Whether that day has passed."""
        return self.due_on is not None and self.due_on < day


@dataclass(frozen=True, slots=True)
class VulnerableFilter:
    """What a list shows. `hamlets` None: the whole commune."""

    reason: str = ""
    hamlet_id: UUID | None = None
    hamlets: frozenset[UUID | None] | None = None
    overdue: bool = False
    gone: bool = False
    typed: str = ""


@dataclass(frozen=True, slots=True)
class VulnerableCounts:
    """How many people there are, and by which reason; somebody with two reasons counts under both."""

    people: int
    overdue: int
    gone: int
    by_reason: Mapping[str, int]


class VulnerableList:
    """All lines at once: a commune has some hundreds."""

    def __init__(self, found: Sequence[VulnerableLine]) -> None:
        self._found = tuple(found)

    def __len__(self) -> int:
        return len(self._found)

    def lines(self, offset: int, limit: int) -> Sequence[VulnerableLine]:
        """The lines from `offset` on, at most `limit`."""
        return self._found[offset : offset + limit]

    def all(self) -> tuple[VulnerableLine, ...]:
        """Every line."""
        return self._found


_LATE: Final = date.max
_GONE: Final[Mapping[str, Gone]] = {
    Living.DIED.value: Gone.DIED,
    Living.LEFT.value: Gone.LEFT,
    Living.NEVER.value: Gone.LEFT,
}
_Head = aliased(PersonRow)
_FINDING: Final = (
    VulnerabilityRow.id.label("finding_id"),
    VulnerabilityRow.reason,
    VulnerabilityRow.since,
    VulnerabilityRow.next_step,
    VulnerabilityRow.due_on,
    VulnerabilityRow.note,
)
_WHO: Final = (
    PersonRow.id.label("person_id"),
    PersonRow.full_name,
    PersonRow.birth_year,
    PersonRow.birth_month,
    PersonRow.birth_day,
    PersonRow.hamlet_id,
    PersonRow.household_id,
    PersonRow.phone,
    PersonRow.living,
)


def list_vulnerable(
    db: Database,
    wanted: VulnerableFilter,
    *,
    day: date,
    listed: Collection[str],
    sort: VulnerableSort = VulnerableSort.DUE,
    descending: bool = False,
) -> VulnerableList:
    """Who stands on the list. `listed`: the reasons that bring somebody there by themselves; another reason shows
    only when it is asked for. Nobody falls out but by a closing: whoever died or left stays until it is closed."""
    with db.read() as session:
        lines = _lines(session, wanted)
    shown = [one for one in lines if _shown(one, wanted, day, listed)]
    keys: dict[VulnerableSort, Any] = {
        VulnerableSort.NAME: lambda one: sort_key(one.full_name.split()[-1] if one.full_name else ""),
        VulnerableSort.HAMLET: lambda one: (
            sort_key(one.hamlet),
            one.walk_order is None,
            one.walk_order or 0,
            one.trip,
        ),
        VulnerableSort.DUE: lambda one: (one.gone is Gone.NO, one.due_on or _LATE),
    }
    return VulnerableList(sorted(shown, key=keys[sort], reverse=descending))


def count_vulnerable(
    db: Database, *, day: date, listed: Collection[str], hamlets: frozenset[UUID | None] | None = None
) -> VulnerableCounts:
    """How many people are on the list, and why."""
    with db.read() as session:
        lines = _lines(session, VulnerableFilter(hamlets=hamlets))
    on_list = [one for one in lines if _shown(one, VulnerableFilter(), day, listed)]
    reasons = Counter(code for one in lines for code in {finding.reason for finding in one.findings})
    return VulnerableCounts(
        len(on_list), sum(one.overdue(day) for one in on_list), sum(one.gone is not Gone.NO for one in on_list), reasons
    )


def vulnerable_people(db: Database, people: Iterable[UUID]) -> tuple[VulnerableLine, ...]:
    """What stands of these people, whatever the reason."""
    wanted = frozenset(people)
    with db.read() as session:
        return tuple(one for one in _lines(session, VulnerableFilter(), wanted) if one.person_id in wanted)


def _shown(line: VulnerableLine, wanted: VulnerableFilter, day: date, listed: Collection[str]) -> bool:
    codes = {one.reason for one in line.findings}
    known = wanted.reason in codes if wanted.reason else bool(codes & set(listed))
    return known and (not wanted.overdue or line.overdue(day)) and (not wanted.gone or line.gone is not Gone.NO)


def _lines(session: Session, wanted: VulnerableFilter, people: Collection[UUID] | None = None) -> list[VulnerableLine]:
    query = (
        select(
            *_FINDING,
            *_WHO,
            hamlet_words().label("hamlet"),
            func.coalesce(_Head.full_name, HouseholdRow.head_name, "").label("house"),
            func.coalesce(HouseholdRow.address, "").label("address"),
            func.coalesce(HouseholdRow.trip, "").label("trip"),
            HouseholdRow.walk_order,
        )
        .join(PersonRow, PersonRow.id == VulnerabilityRow.person_id)
        .outerjoin(HamletRow, HamletRow.id == PersonRow.hamlet_id)
        .outerjoin(HouseholdRow, HouseholdRow.id == PersonRow.household_id)
        .outerjoin(_Head, _Head.id == HouseholdRow.head_id)
        .where(VulnerabilityRow.closed_on.is_(None), PersonRow.moved_to.is_(None), not_merged())
        .order_by(PersonRow.sort_key, PersonRow.n, VulnerabilityRow.due_on.is_(None), VulnerabilityRow.due_on)
    )
    if wanted.hamlet_id is not None:
        query = query.where(PersonRow.hamlet_id == wanted.hamlet_id)
    if wanted.hamlets is not None:
        query = query.where(within(PersonRow.hamlet_id, wanted.hamlets))
    if people is not None:
        query = query.where(PersonRow.id.in_(list(people)))
    expressions = match_words(wanted.typed)
    if expressions:
        found = text("person.n IN (SELECT rowid FROM person_search WHERE person_search MATCH :typed)")
        query = query.where(found.bindparams(typed=expressions[-1]))
    dead = set(session.scalars(dead_of_illness()))
    grouped: dict[UUID, list[Any]] = {}
    for row in session.execute(query):
        grouped.setdefault(row.person_id, []).append(row)
    return [_line(rows, dead) for rows in grouped.values()]


def _line(rows: Sequence[Any], dead: Collection[UUID]) -> VulnerableLine:
    row = rows[0]
    gone = Gone.DIED if row.person_id in dead else _GONE.get(row.living, Gone.NO)
    return VulnerableLine(
        person_id=row.person_id,
        full_name=row.full_name,
        birth=birth_of(row),
        hamlet_id=row.hamlet_id,
        hamlet=row.hamlet,
        house=row.house,
        household_id=row.household_id,
        address=row.address,
        trip=row.trip,
        walk_order=row.walk_order,
        phone=row.phone,
        findings=tuple(
            Finding(one.finding_id, one.reason, one.since, one.next_step, one.due_on, one.note) for one in rows
        ),
        gone=gone,
    )
