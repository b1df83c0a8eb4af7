"""One person, or some days of a station, as FHIR R4 from what the hub holds (docs/fhir.md).

The records stand for a moment in a register in memory and go the very way of a station's own export, so that both
write the same of the same. What this program cannot read of a record is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Text, create_engine, or_, select, true, type_coerce
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from covidstation.catalog import Catalog
from covidstation.db.ids import new_id
from covidstation.db.replay import insert_row
from covidstation.db.rows import (
    Base,
    HamletRow,
    PersonRow,
    ResidenceRow,
)
from covidstation.domain.belongings import PERSON
from covidstation.domain.chronic_lists import labels_of
from covidstation.domain.merged import survivor
from covidstation.domain.ops import Op
from covidstation.domain.stamps import moment_of
from covidstation.errors import UserError
from covidstation.hub.database.merged import behind_at, merged_at, standing_at
from covidstation.hub.database.records import Key, Record, load_records
from covidstation.hub.database.store import Hub
from covidstation.hub.rows import RecordRow, StationRow
from covidstation.interop.elements import Words
from covidstation.interop.fhir import TAIL, chosen, entries, head, items_of
from covidstation.interop.records import HamletPlace, Holder, Span
from covidstation.services.exchange.fhir_records import KINDS, hamlet_places, happened_in, records_of

AT_ONCE: Final = 50  # people in memory at a time
_KINDS: Final = (*KINDS, ResidenceRow)
_TABLES: Final = tuple(kind.__tablename__ for kind in _KINDS)
_HAMLET, _STATION = HamletRow.__tablename__, "station"


@dataclass(frozen=True, slots=True)
class Bundle:
    """The file's bytes, and how many people are in it."""

    data: bytes
    people: int


def person_fhir(
    session: Session, hub: Hub, station: StationRow, person: str, catalog: Catalog, now: datetime
) -> Bundle:
    """All of one person, or of the record that stands for them. Raises UserError hub_page.not_found."""
    person = standing_at(session, station.n, person)
    held = load_records(session, station.n, [(PERSON, person)]).get((PERSON, person))
    if held is None or held.deleted:
        raise UserError("hub_page.not_found")
    people = {person, *behind_at(session, station.n, person)}
    text = type_coerce(RecordRow.fields, Text)
    query = select(RecordRow.tbl, RecordRow.row).where(
        RecordRow.station == station.n,
        RecordRow.tbl.in_(_TABLES),
        RecordRow.deleted.is_(False),
        or_(*(text.contains(f'"person_id":"{one}"', autoescape=True) for one in sorted(people))),
    )
    keys = [(table, row) for table, row in session.execute(query)]
    return _bundle(session, hub, station, [{person: keys}], None, catalog, now)


def days_fhir(
    session: Session,
    hub: Hub,
    station: StationRow,
    span: Span,
    catalog: Catalog,
    now: datetime,
    *,
    everybody: bool = False,
) -> Bundle:
    """What happened in those days to the people whom the station looks after, with all that it refers to; `everybody`:
    also people to whom nothing did."""
    people = iter(_people_of(session, station.n, span, everybody=everybody).items())
    parts = iter(lambda: dict(islice(people, AT_ONCE)), {})
    return _bundle(session, hub, station, parts, span, catalog, now, everybody=everybody)


def _people_of(session: Session, station: int, span: Span, *, everybody: bool) -> dict[str, list[Key]]:
    """The records of everybody who has one with a day of the span, or without any: rather too many."""
    merged, found, touched = merged_at(session, station), dict[str, list[Key]](), set[str]()
    query = select(RecordRow.tbl, RecordRow.row, RecordRow.made, RecordRow.fields).where(
        RecordRow.station == station, RecordRow.tbl.in_(_TABLES), RecordRow.deleted.is_(False)
    )
    for table, row, made, fields in session.execute(query.execution_options(yield_per=1_000)):
        person = survivor(str(fields.get("person_id") or ""), merged)
        found.setdefault(person, []).append((table, row))
        days = [_day(value) for value in fields.values()]
        if any(day is not None and span.holds(day) for day in (*days, moment_of(made).astimezone().date())):
            touched.add(person)
    if everybody:
        rows = select(RecordRow.row).where(
            RecordRow.station == station, RecordRow.tbl == PERSON, RecordRow.deleted.is_(False)
        )
        touched = {survivor(row, merged) for row in session.scalars(rows)}
    return {person: found.get(person, []) for person in sorted(touched)}


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) and len(value) >= len("2022-03-10") else None
    except ValueError:
        return None


def _bundle(
    session: Session,
    hub: Hub,
    station: StationRow,
    parts: Collection[dict[str, list[Key]]] | Iterator[dict[str, list[Key]]],
    span: Span | None,
    catalog: Catalog,
    now: datetime,
    *,
    everybody: bool = False,
) -> Bundle:
    words = Words(
        holder=_holder(session, hub, station),
        terms=catalog.terminology,
        symptoms=catalog.symptoms,
        conditions=catalog.conditions,
        diseases=labels_of(catalog.chronic_lists),
        courses=catalog.vaccine_courses(now.date()),
        zone=now.tzinfo or UTC,
    )
    pieces, people = [head(words, new_id(), now)], 0
    for part in parts:
        with _register(_standing(session, station.n, part, moved=span is None)) as register:
            wanted = happened_in(span) if span is not None and not everybody else true()
            rows = register.scalars(select(PersonRow).where(wanted).order_by(PersonRow.n)).all()
            for record in records_of(register, rows, words):
                resources = chosen(items_of(record, words), span, everybody=everybody)
                pieces += entries(resources)
                people += bool(resources)
    return Bundle(b"".join((*pieces, TAIL)), people)


def _holder(session: Session, hub: Hub, station: StationRow) -> Holder:
    """The station as its own register calls itself; as it was enrolled where that row is not here yet."""
    query = select(RecordRow.row, RecordRow.fields).where(
        RecordRow.station == station.n, RecordRow.tbl == _STATION, RecordRow.deleted.is_(False)
    )
    told = session.execute(query.limit(1)).first()
    if told is None:
        return Holder(
            id=station.id,
            name=station.name,
            commune_code=station.commune,
            upper=hub.name,
            hamlets=_hamlets(session, station.n),
        )
    said = {name: str(told.fields.get(name) or "") for name in ("name", "commune_code", "upper_name", "phone")}
    return Holder(
        id=UUID(hex=told.row),
        name=said["name"] or station.name,
        commune_code=said["commune_code"] or station.commune,
        upper=said["upper_name"],
        phone=said["phone"],
        training=told.fields.get("training") is True,
        hamlets=_hamlets(session, station.n),
    )


def _hamlets(session: Session, station: int) -> tuple[HamletPlace, ...]:
    """As the station's register would name them."""
    query = select(RecordRow.row).where(
        RecordRow.station == station, RecordRow.tbl == _HAMLET, RecordRow.deleted.is_(False)
    )
    keys = [(_HAMLET, row) for row in session.scalars(query)]
    with _register(list(load_records(session, station, keys).items())) as register:
        return hamlet_places(register)


def _standing(session: Session, station: int, part: dict[str, list[Key]], *, moved: bool) -> list[tuple[Key, Record]]:
    """The people and their records, each naming the person who stands.

    `moved`: also of those whom another station looks after.
    """
    people = load_records(session, station, [(PERSON, person) for person in part])
    here = {
        row: one
        for (_table, row), one in people.items()
        if not one.deleted and (moved or not one.fields.get("moved_to"))
    }
    found: list[tuple[Key, Record]] = [((PERSON, row), one) for row, one in here.items()]
    keys = [key for person in here for key in part[person]]
    whose = {key: person for person in here for key in part[person]}
    for key, one in load_records(session, station, keys).items():
        one.fields["person_id"] = whose[key]
        found.append((key, one))
    return found


@contextmanager
def _register(records: Sequence[tuple[Key, Record]]) -> Iterator[Session]:
    """A register in memory with these rows, gone afterwards."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    tables = [kind.__table__ for kind in (HamletRow, PersonRow, *_KINDS)]
    Base.metadata.create_all(engine, tables)
    with closing(Session(engine)) as session:
        for (table, row), one in records:
            op = Op(seq=0, stamp=one.made, action="i", table=table, row=row, fields=one.fields, actor="", schema=0)
            try:
                insert_row(session, op, UUID(hex=row))
            except (ValueError, TypeError):  # of a newer program, or of none
                continue
        yield session
    engine.dispose()
