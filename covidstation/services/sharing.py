"""Sharing the day's work out among those on duty: hamlets stay whole, loads are even, every hamlet has one name
(docs/adr/0040)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import ceil
from typing import Final
from uuid import UUID

from sqlalchemy import select

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.queries.people_at import PersonAt, people_at
from covidstation.db.queries.places import hamlets, people_within
from covidstation.db.queries.reviews import DoorLine, doors, reviews
from covidstation.db.queries.rounds import people_of_day
from covidstation.db.queries.staff import duties_on
from covidstation.db.queries.users import known_users
from covidstation.db.rows import DutyRow, UserRow, WorkShareRow
from covidstation.db.session import Database
from covidstation.domain.areas import Part, Places, part_words
from covidstation.domain.citizen import grouped
from covidstation.domain.problems import too_long
from covidstation.domain.reviews import DoorResult
from covidstation.domain.rights import Right
from covidstation.domain.sharing import share_evenly
from covidstation.domain.text import NAME_LIMIT, clean, name_sort_key, sort_key
from covidstation.errors import Refused, UserError
from covidstation.i18n import date_text
from covidstation.printing.sheets_share import ShareGroup, ShareLine, ShareSheet, render_shares
from covidstation.services.access.audit import prints
from covidstation.services.area import latest_shares, parts_on, places_of
from covidstation.services.changes import Done, Kind, done
from covidstation.services.contacts.work import due_contacts
from covidstation.services.papers.letterhead import letterhead
from covidstation.services.rights import needs

NOWHERE: Final = "Chưa rõ thôn, bản"


@dataclass(frozen=True, slots=True)
class Worker:
    """Who can be given work: on duty that day, or a user of the register. `hamlets`: where they are in charge."""

    name: str
    phone: str = ""
    user_id: UUID | None = None
    hamlets: frozenset[UUID] = field(default=frozenset(), compare=False)

    @property
    def key(self) -> str:
        """By whom a window tells two of the same name apart."""
        return f"{self.name.casefold()}\n{self.phone}"


@dataclass(frozen=True, slots=True)
class HamletLoad:
    """The work of one hamlet on that day: F0 to check, F1 to ask or test, doors to knock at. `hamlet_id` None: those
    whose hamlet nobody knows."""

    hamlet_id: UUID | None
    hamlet: str
    cases: int = 0
    contacts: int = 0
    doors: int = 0

    @property
    def total(self) -> int:
        """All pieces of work."""
        return self.cases + self.contacts + self.doors


@dataclass(frozen=True, slots=True)
class SharePlan:
    """What there is to share on a day, among whom, and how it was shared so far (hamlet to the worker's key). `split`:
    the names of those who are each in charge of a part of a hamlet; it stays theirs unless it is given to somebody."""

    day: date
    loads: tuple[HamletLoad, ...]
    people: tuple[Worker, ...]
    shared: Mapping[UUID | None, str]
    split: Mapping[UUID | None, tuple[str, ...]] = field(default_factory=dict)


@needs(Right.SEE)
def look_at_shares(db: Database, day: date, *, catalog: Catalog) -> SharePlan:
    """The work of that day by hamlet, with everybody who can be given some."""
    people = _workers(db, day)
    with db.read() as session:
        rows = [row for row in latest_shares(session, day) if row.name]
        kept = {row.hamlet_id: Worker(row.name, row.phone, row.user_id) for row in rows}
        parts = parts_on(session, day).items()
        split: dict[UUID | None, tuple[str, ...]] = {
            hamlet: tuple(dict.fromkeys(row.name for row in some)) for hamlet, some in parts
        }
    known = {one.key for one in people}
    extra = [one for one in dict.fromkeys(kept.values()) if one.key not in known]
    shared = {hamlet: one.key for hamlet, one in kept.items()}
    return SharePlan(day, _loads(db, day, catalog), (*people, *extra), shared, split)


def propose_shares(plan: SharePlan, chosen: Sequence[Worker]) -> dict[UUID | None, Worker]:
    """Every hamlet that has work to one of the chosen, as evenly as whole hamlets allow; deterministic. A split hamlet
    stays with those in charge of its parts, when one of them goes that day."""
    going = {one.name for one in chosen}
    theirs = {hamlet for hamlet, names in plan.split.items() if going & set(names)}
    loads = {one.hamlet_id: one.total for one in plan.loads if one.total and one.hamlet_id not in theirs}
    near = {hamlet: [one for one in chosen if hamlet in one.hamlets] for hamlet in loads}
    return share_evenly(loads, chosen, near)


@needs(Right.ENTER)
def save_shares(
    db: Database, day: date, shares: Mapping[UUID | None, Worker], *, by: UUID | None, now: datetime
) -> Done[int]:
    """Keep who goes where on that day; hamlets that are not named go to nobody. How many hamlets are given.

    Raises Refused for a name that is too long; UserError sharing.nobody when nothing is given to anybody.
    """
    if not shares:
        raise UserError("sharing.nobody")
    for one in shares.values():
        if found := too_long("name", clean(one.name), NAME_LIMIT):
            raise Refused(found)
    with db.write(by, now) as session:
        rows = {row.hamlet_id: row for row in latest_shares(session, day)}
        known = set(session.scalars(select(UserRow.id)))
        for hamlet, row in rows.items():
            if hamlet not in shares:
                row.name, row.phone, row.user_id = "", "", None
        for hamlet, one in shares.items():
            row = rows.get(hamlet) or WorkShareRow(id=new_id(), day=day, hamlet_id=hamlet)
            row.name, row.phone = clean(one.name), clean(one.phone)
            row.user_id = one.user_id if one.user_id in known else None
            session.add(row)
    return done(len(shares), Kind.REVIEWS)


@needs(Right.PRINT)
@prints("work_shares")
def share_sheets_pdf(db: Database, day: date, *, catalog: Catalog) -> bytes:
    """A sheet for each person with work on that day, A4 lying, those in charge of a part of a hamlet among them. Raises
    UserError sharing.nothing: nothing is kept, and no hamlet is split."""
    with db.read() as session:
        rows = [row for row in latest_shares(session, day) if row.name]
        kept: dict[Worker, set[UUID | None]] = {}
        for row in rows:
            kept.setdefault(Worker(row.name, row.phone, row.user_id), set()).add(row.hamlet_id)
        given = {row.hamlet_id for row in rows}
        parts = [row for hamlet, some in parts_on(session, day).items() if hamlet not in given for row in some]
    if not kept and not parts:
        raise UserError("sharing.nothing")
    sheets = _sheets(db, day, kept, parts, _work(db, day, catalog))
    head = letterhead(db, catalog, day)
    return render_shares(
        sheets, station=head.line, day=date_text(day), head_title=head.head_title, training=head.training
    )


@dataclass(frozen=True, slots=True)
class _Piece:
    """One piece of work: of a person, or of a household."""

    line: ShareLine
    person_id: UUID | None = None
    household_id: UUID | None = None


def _sheets(
    db: Database,
    day: date,
    kept: Mapping[Worker, set[UUID | None]],
    parts: Sequence[DutyRow],
    work: Mapping[UUID | None, Sequence[_Piece]],
) -> tuple[ShareSheet, ...]:
    """A sheet a person, by name: the hamlets that were given to them, then their parts of others."""
    names: Mapping[UUID | None, str] = {one.id: one.title for one in hamlets(db)}
    groups: dict[tuple[str, str], list[ShareGroup]] = {}
    for one, places in kept.items():
        for place in sorted(places, key=lambda place: sort_key(names.get(place, ""))):
            lines = tuple(piece.line for piece in work.get(place, ()))
            title = f"{names.get(place, NOWHERE)}: {len(lines)} việc"
            groups.setdefault((one.name, one.phone), []).append(ShareGroup(title, lines))
    for duty in parts:
        lines = _of_part(db, duty, work.get(duty.hamlet_id, ()), day)
        houses = part_words(Part(duty.trip, duty.first_house, duty.last_house))
        title = f"{names.get(duty.hamlet_id, NOWHERE)}, {houses}: {len(lines)} việc"
        groups.setdefault((duty.name, duty.phone), []).append(ShareGroup(title, lines))
    ordered = sorted(groups.items(), key=lambda item: name_sort_key(item[0][0]))
    return tuple(ShareSheet(name, grouped(phone), tuple(some)) for (name, phone), some in ordered)


def _of_part(db: Database, duty: DutyRow, pieces: Sequence[_Piece], day: date) -> tuple[ShareLine, ...]:
    """Of the work of a split hamlet what lies in the houses of that duty."""
    with db.read() as session:
        places = places_of(session, [duty], day)
        people = people_within(session, (one.person_id for one in pieces if one.person_id), places or frozenset())
    homes = places.homes if isinstance(places, Places) else {}
    return tuple(one.line for one in pieces if one.person_id in people or one.household_id in homes)


def _work(db: Database, day: date, catalog: Catalog) -> dict[UUID | None, list[_Piece]]:
    """Every piece of work of that day by hamlet: F0 at home, F1, then doors in walking order."""
    found: dict[UUID | None, list[_Piece]] = defaultdict(list)
    for case in people_of_day(db, day):
        if case.open_on(day):
            line = ShareLine("Theo dõi F0", case.full_name, case.house, grouped(case.phone))
            found[case.hamlet_id].append(_Piece(line, case.person_id))
    for person in _contacts_of_day(db, day, catalog):
        line = ShareLine("Hỏi, xét nghiệm F1", person.full_name, person.house, grouped(person.phone))
        found[person.hamlet_id].append(_Piece(line, person.person_id))
    for hamlet, some in _doors_of_day(db, day).items():
        for door in some:
            number = f"{door.walk_order}. " if door.walk_order is not None else ""
            place = ", ".join(filter(None, (door.address, door.trip)))
            line = ShareLine("Rà nhà", f"{number}{door.head or 'chưa ghi chủ hộ'}", place, "")
            found[hamlet].append(_Piece(line, door.person_id, door.household_id))
    return found


def _workers(db: Database, day: date) -> tuple[Worker, ...]:
    """Those on duty that day, each once with all their hamlets, then users of the register who have no duty."""
    users = [one for one in known_users(db) if one.disabled_on is None]
    by_name = {one.name.casefold(): one.id for one in users}
    found: dict[str, Worker] = {}
    for duty in duties_on(db, day):
        user = duty.user_id or by_name.get(duty.name.casefold())
        one = Worker(duty.name, duty.phone, user)
        before = found.get(one.key, one)
        places = before.hamlets | ({duty.hamlet_id} if duty.hamlet_id else frozenset())
        found[one.key] = Worker(one.name, one.phone, before.user_id or user, frozenset(places))
    taken = {one.user_id for one in found.values()}
    others = [Worker(one.name, "", one.id) for one in users if one.id not in taken]
    return (*found.values(), *others)


def _loads(db: Database, day: date, catalog: Catalog) -> tuple[HamletLoad, ...]:
    """Every hamlet in use with what is to be done there, and whatever else has work."""
    cases = Counter(one.hamlet_id for one in people_of_day(db, day) if one.open_on(day))
    contacts = Counter(one.hamlet_id for one in _contacts_of_day(db, day, catalog))
    knocks = {hamlet: len(some) for hamlet, some in _doors_of_day(db, day).items()}
    named: dict[UUID | None, str] = {one.id: one.title for one in hamlets(db)}
    unnamed = [one for one in dict.fromkeys((*cases, *contacts, *knocks)) if one not in named]
    return tuple(
        HamletLoad(one, named.get(one, ""), cases[one], contacts[one], knocks.get(one, 0)) for one in (*named, *unnamed)
    )


def _contacts_of_day(db: Database, day: date, catalog: Catalog) -> list[PersonAt]:
    """The F1 who ask for something that day, each once."""
    due = due_contacts(db, catalog, day)
    once = dict.fromkeys(one.person_id for one in (*due.positive, *due.tests, *due.may_end, *due.visits))
    return list(people_at(db, once).values())


def _doors_of_day(db: Database, day: date) -> dict[UUID | None, list[DoorLine]]:
    """The doors to knock at that day by hamlet, in walking order: what is left of the rounds that run, spread evenly
    over the days they still have; a round that is over its last day asks for all at once."""
    found: dict[UUID | None, list[DoorLine]] = {}
    for one in reviews(db):
        if not one.runs or day < one.first_day:
            continue
        left: dict[UUID | None, list[DoorLine]] = {}
        for door in doors(db, one.id):
            if door.people and door.result in (DoorResult.NONE, DoorResult.AWAY):
                left.setdefault(door.hamlet_id, []).append(door)
        days = max(1, (one.last_day - day).days + 1)
        for hamlet, some in left.items():
            found.setdefault(hamlet, []).extend(some[: ceil(len(some) / days)])
    return found
