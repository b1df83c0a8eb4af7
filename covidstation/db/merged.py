"""People who were entered twice: the rows of one record follow it to the record that stays (docs/adr/0036).

The mark is `person.merged_into`, set by the station or by the district. `settle_merged` does what it asks for, wherever
the mark came from: it is called after every act that may have brought one, and changes nothing when all is in place.
What it moves is written down beside the mark, so that it goes back when the mark goes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from covidstation.db.journal import plain
from covidstation.db.moved import SETTLING
from covidstation.db.replay import value_of
from covidstation.db.rows import Base, DistrictItemRow, HouseholdRow, PersonRow, Synced
from covidstation.domain.merged import GOES, INTO, LEFT, MARK, MERGE, VALUES, survivor

ROWS = "rows"
"""A key of `person.merged_rows`, beside those of `domain.merged`: the ids of the rows that went, by table. `at`,
`by_name`, `reason` say who did it."""

STAY: Final = frozenset({"residence"})
"""Tables that say where a record's person lived: two records of one person have two such histories, and one counts."""

_HEAD: Final = HouseholdRow.__tablename__
_CHUNK: Final = 400


@cache
def _of_a_person() -> Mapping[str, Any]:
    """Every table whose rows name their person and follow them."""
    kinds: list[Any] = [one.class_ for one in Base.registry.mappers if "person_id" in one.columns]
    return {kind.__tablename__: kind for kind in kinds if issubclass(kind, Synced) and kind.__tablename__ not in STAY}


def not_merged() -> ColumnElement[bool]:
    """A condition on people: a record of its own."""
    return PersonRow.merged_into.is_(None)


def merged_people(session: Session) -> dict[UUID, UUID]:
    """Every record that was merged, and the one that it names."""
    query = select(PersonRow.id, PersonRow.merged_into).where(PersonRow.merged_into.is_not(None))
    return {one: into for one, into in session.execute(query) if into is not None}


def standing_record(session: Session, person_id: UUID) -> UUID:
    """The record that stands for a person: their own, or the one that it was merged into."""
    merged: dict[UUID, UUID] = {}
    at: UUID | None = person_id
    while at is not None and at not in merged:
        into = session.scalar(select(PersonRow.merged_into).where(PersonRow.id == at))
        if into is not None:
            merged[at] = into
        at = into
    return survivor(person_id, merged)


def merged_with(session: Session, people: Iterable[UUID]) -> list[UUID]:
    """The records that stand behind these, merged into them or into one that was."""
    found: dict[UUID, None] = {}
    wanted = list(people)
    while wanted:
        some, wanted = wanted[:_CHUNK], wanted[_CHUNK:]
        more = [one for one in session.scalars(select(PersonRow.id).where(PersonRow.merged_into.in_(some)))]
        wanted += [one for one in more if one not in found]
        found.update(dict.fromkeys(more))
    return list(found)


@contextmanager
def settling(session: Session) -> Iterator[None]:
    """What the block writes may touch a merged record."""
    session.info[SETTLING] = True
    try:
        yield
        session.flush()
    finally:
        session.info.pop(SETTLING, None)


def settle_merged(session: Session) -> set[UUID]:
    """Bring every row to the record that its person has by now, inside `db.write`; the people that this touched.

    A merged record whose mark is gone gets back what had followed it and is still there; what was written since stays.
    """
    if _nothing(session):
        return set()
    with settling(session):
        touched = _open_rings(session)
        for row in session.scalars(select(PersonRow).where(PersonRow.merged_rows.is_not(None))).all():
            if row.merged_into is None or row.merged_into.hex != (row.merged_rows or {}).get(INTO):
                touched |= _go_back(session, row)
        merged = merged_people(session)
        here = set(session.scalars(select(PersonRow.id).where(PersonRow.id.in_(list(merged.values())))))
        for row in session.scalars(select(PersonRow).where(PersonRow.merged_into.is_not(None))).all():
            if row.merged_into in here:
                touched |= _follow(session, row, survivor(row.id, merged))
    return touched


def _nothing(session: Session) -> bool:
    marks = (PersonRow.merged_into.is_not(None), PersonRow.merged_rows.is_not(None))
    return all(session.scalars(select(PersonRow.n).where(mark).limit(1)).first() is None for mark in marks)


def _open_rings(session: Session) -> set[UUID]:
    """Records that name each other: one of them stands again."""
    merged = merged_people(session)
    rings = {one for one in merged if survivor(one, merged) == one}
    for row in session.scalars(select(PersonRow).where(PersonRow.id.in_(rings))):
        row.merged_into = None
    session.flush()
    return rings


def _follow(session: Session, person: PersonRow, to: UUID) -> set[UUID]:
    """All rows of a merged record go to the one that stands."""
    left: dict[str, Any] = dict(person.merged_rows or _told(session, person))
    went: dict[str, list[str]] = {table: list(ids) for table, ids in left.get(ROWS, {}).items()}
    count = 0
    for table, kind in _of_a_person().items():
        for row in session.scalars(select(kind).where(kind.person_id == person.id)):
            row.person_id = to
            _add(went, table, row.id)
            count += 1
    for house in session.scalars(select(HouseholdRow).where(HouseholdRow.head_id == person.id)):
        house.head_id = to
        _add(went, _HEAD, house.id)
        count += 1
    if not count and person.merged_rows is not None:
        return set()
    person.merged_rows = left | {ROWS: went}
    session.flush()
    return {person.id, to}


def _told(session: Session, person: PersonRow) -> dict[str, Any]:
    """What is written down beside a mark that came without it: the district says in an item who merged them and why,
    and what it took over, so that this can be given back here too."""
    found: dict[str, Any] = {INTO: plain(person.merged_into)}
    items = select(DistrictItemRow).where(
        DistrictItemRow.about_tbl == PersonRow.__tablename__,
        DistrictItemRow.about_row == person.merged_into,
        DistrictItemRow.withdrawn_at.is_(None),
    )
    for item in session.scalars(items.order_by(DistrictItemRow.made_at.desc(), DistrictItemRow.n.desc())):
        said = (item.data or {}).get(MERGE)
        if isinstance(said, dict) and said.get(GOES) == person.id.hex:
            about = {"at": item.made_at.isoformat(), "by_name": item.author, "reason": item.body}
            return found | about | {VALUES: _pairs(said.get(VALUES))}
    return found


def _pairs(values: Any) -> dict[str, list[Any]]:
    """Fields of a person, each with what it was before and after. Anything else is left out."""
    if not isinstance(values, dict):
        return {}
    names = frozenset(PersonRow.__table__.c.keys()) - PersonRow.local_fields - {MARK, LEFT, "moved_to"}
    return {name: pair for name, pair in values.items() if name in names and isinstance(pair, list) and len(pair) == 2}


def _add(went: dict[str, list[str]], table: str, row: UUID) -> None:
    ids = went.setdefault(table, [])
    if row.hex not in ids:
        ids.append(row.hex)


def _go_back(session: Session, person: PersonRow) -> set[UUID]:
    """The mark is gone, or names another record: what had followed it, and was not moved on since, comes back."""
    left = person.merged_rows or {}
    went = UUID(hex=str(left.get(INTO)))
    there = {went, standing_record(session, went)}
    for table, ids in left.get(ROWS, {}).items():
        kind: Any = HouseholdRow if table == _HEAD else _of_a_person().get(table)
        name = "head_id" if table == _HEAD else "person_id"
        for at in range(0, len(ids) if kind is not None else 0, _CHUNK):
            some = [UUID(hex=one) for one in ids[at : at + _CHUNK]]
            for row in session.scalars(select(kind).where(kind.id.in_(some))):
                if getattr(row, name) in there:
                    setattr(row, name, person.id)
    _give_back_values(session, went, left.get(VALUES, {}))
    person.merged_rows = None
    session.flush()
    return {person.id, *there}


def _give_back_values(session: Session, went: UUID, values: Mapping[str, Sequence[Any]]) -> None:
    """The record that stood has again what it had, where nobody has changed it since."""
    row = session.scalars(select(PersonRow).where(PersonRow.id == went)).first()
    for name, (before, after) in values.items():
        if row is not None and name in row.__table__.c and plain(getattr(row, name)) == after:
            setattr(row, name, column_value(name, before))


def column_value(name: str, value: Any) -> Any:
    """A person's field from its JSON form. Raises ValueError for one that the column cannot hold."""
    return value_of(PersonRow.__table__, name, value)  # type: ignore[arg-type]


def values_of(session: Session, people: Iterable[UUID]) -> dict[UUID, dict[str, Any]]:
    """What merged records among these say now, to compare with after lines of the district: see `carry_over`."""
    query = select(PersonRow).where(PersonRow.id.in_(list(people)), PersonRow.merged_into.is_not(None))
    return {row.id: _fields(row) for row in session.scalars(query)}


def _fields(row: PersonRow) -> dict[str, Any]:
    names = frozenset(PersonRow.__table__.c.keys()) - PersonRow.local_fields - {MARK, LEFT, "moved_to"}
    return {name: plain(getattr(row, name)) for name in sorted(names)}


def carry_over(session: Session, before: Mapping[UUID, Mapping[str, Any]]) -> set[UUID]:
    """What was changed in a merged record since `values_of` is changed in the one that stands, where that one said the
    same as it, or nothing; the people that this touched. Any other value stays as it is."""
    touched: set[UUID] = set()
    with settling(session):
        for row in session.scalars(select(PersonRow).where(PersonRow.id.in_(list(before)))).all():
            standing = _row(session, standing_record(session, row.id))
            if standing is None or standing.id == row.id:
                continue
            said, held = before[row.id], _fields(standing)
            for name, value in _fields(row).items():
                if value != said[name] and held[name] in (said[name], None, "", [], "UNKNOWN") and held[name] != value:
                    setattr(standing, name, column_value(name, value))
                    touched.add(standing.id)
    return touched


def _row(session: Session, person_id: UUID) -> PersonRow | None:
    return session.scalars(select(PersonRow).where(PersonRow.id == person_id)).first()
