"""Writing a person and all that belongs to them into another station's register, and sending on what comes late.

The rows keep their ids. What speaks of the place where it was written stays behind (`domain.belongings`), and what a
report counts says who has counted it. The register that they leave gets the mark `moved_to` and keeps everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Text, or_, select, type_coerce
from sqlalchemy.orm import Session

from covidstation.domain.belongings import BELONGINGS, BY_TABLE, PERSON
from covidstation.domain.ops import Op
from covidstation.domain.stamps import DISTRICT
from covidstation.domain.text import clean
from covidstation.errors import UserError
from covidstation.hub.database.records import Key, Record, load_records
from covidstation.hub.database.store import Hub
from covidstation.hub.down.stream import Change, say
from covidstation.hub.rows import RecordRow, StationRow

HOUSEHOLD: Final = "household"
_ORDER: Final = {one.table: number for number, one in enumerate(BELONGINGS)}
_MOST_IDS: Final = 100  # looked for in one query
_ISSUERS: Final = 4  # `domain.stamps`: the two lowest bits of a stamp


def belonging_rows(session: Session, station: int, person: str) -> dict[Key, Record]:
    """Every row of a station's register that belongs to a person, in the order in which they are written."""
    found = _naming(session, station, "person_id", [person])
    found |= load_records(session, station, [(PERSON, person)])
    papers = {str(one.fields.get("paper_id")) for (table, _row), one in found.items() if table == "paper_subject"}
    found |= load_records(session, station, [("paper", one) for one in papers])
    found |= {
        key: one for key, one in _naming(session, station, "paper_id", papers).items() if key[0] == "paper_delivery"
    }
    keys = sorted(
        (key for key in found if key[0] in BY_TABLE), key=lambda key: (_ORDER[key[0]], found[key].made, key[1])
    )
    return {key: found[key] for key in keys if not found[key].deleted}


def _naming(session: Session, station: int, name: str, ids: Iterable[str]) -> dict[Key, Record]:
    """The rows whose field has one of these ids."""
    wanted = sorted(ids)
    text = type_coerce(RecordRow.fields, Text)
    found: dict[Key, Record] = {}
    for at in range(0, len(wanted), _MOST_IDS):
        some = wanted[at : at + _MOST_IDS]
        query = select(RecordRow).where(
            RecordRow.station == station,
            RecordRow.tbl.in_(list(BY_TABLE)),
            or_(*(text.contains(f'"{name}":"{one}"', autoescape=True) for one in some)),
        )
        for row in session.scalars(query):
            if row.fields.get(name) in some:
                key = (row.tbl, row.row)
                found[key] = Record(row.made, row.rev, dict(row.fields), dict(row.stamps or {}), row.deleted)
    return found


def named_on(session: Session, station: int, paper: str) -> set[str]:
    """The people whom a paper names."""
    rows = _naming(session, station, "paper_id", [paper]) if paper else {}
    return {str(one.fields.get("person_id")) for (table, _row), one in rows.items() if table == "paper_subject"}


def write_over(
    session: Session, hub: Hub, person: str, origin: StationRow, target: StationRow, *, by: UUID | None, now: datetime
) -> int:
    """Hand a person over: the rows into the target's register, the mark at the origin. Returns how many lines.

    Raises UserError district.deleted_there when the target has deleted the person by law: nobody comes back from that.
    """
    rows = belonging_rows(session, origin.n, person)
    there = load_records(session, target.n, rows)
    gone = there.get((PERSON, person))
    if gone is not None and gone.deleted:
        raise UserError("district.deleted_there", station=target.name)
    changes = _household(session, rows[PERSON, person], origin.n, target.n)
    for key, record in rows.items():
        change = _written(session, key, record, there.get(key), origin)
        if change is not None:
            changes.append(change)
    said = say(session, hub, target.n, changes, by=by, now=now)
    mark = Change(PERSON, UUID(hex=person), "u", {"moved_to": target.name})
    return len(said) + len(say(session, hub, origin.n, [mark], by=by, now=now))


def _written(session: Session, key: Key, record: Record, there: Record | None, origin: StationRow) -> Change | None:
    """The row as the target gets it; None for one that it has already, or has deleted."""
    table, row = key
    if there is None:
        return Change(table, UUID(hex=row), "i", _new_fields(session, key, record, origin))
    if there.deleted:
        return None
    left = BY_TABLE[table].here | {"came_from"}
    wanted = {name: value for name, value in record.fields.items() if name not in left}
    wanted |= {name: None for name in there.fields if name not in record.fields and name not in left}
    if table == PERSON:
        wanted.pop("household_id", None)
        wanted["moved_to"] = None
    changed = {name: value for name, value in wanted.items() if there.fields.get(name) != value}
    return Change(table, UUID(hex=row), "u", changed) if changed else None


def _new_fields(session: Session, key: Key, record: Record, origin: StationRow) -> dict[str, Any]:
    table, _row = key
    kind = BY_TABLE[table]
    fields = {name: value for name, value in record.fields.items() if name not in kind.here}
    if table == PERSON and record.fields.get("household_id"):
        fields["household_id"] = record.fields["household_id"]  # as a name and an address: `_household`
    if kind.counted:
        fields["came_from"] = record.fields.get("came_from") or origin.name
    if table == "contact":
        fields["source_words"] = _source_words(session, record, origin.n)
    return fields


def _source_words(session: Session, record: Record, station: int) -> str:
    """Whose contact it was: the case stays at its station, so it goes as words."""
    words = str(record.fields.get("source_words") or "")
    case = _one(session, station, "episode", record.fields.get("source_episode_id"))
    person = _one(session, station, PERSON, case.get("person_id"))
    return words or clean(str(person.get("full_name") or ""))


def _household(session: Session, person: Record, origin: int, target: int) -> list[Change]:
    """The household that a person comes from, as a name and an address, for a register that lacks it."""
    household = person.fields.get("household_id")
    known = _one(session, origin, HOUSEHOLD, household)
    if not known or load_records(session, target, [(HOUSEHOLD, str(household))]):
        return []
    head = _one(session, origin, PERSON, known.get("head_id")).get("full_name") or known.get("head_name")
    hamlet = _one(session, origin, "hamlet", known.get("hamlet_id") or person.fields.get("hamlet_id"))
    place = " ".join(str(hamlet.get(name) or "") for name in ("kind", "name")).strip()
    address = ", ".join(filter(None, (str(known.get("address") or ""), place)))
    return [Change(HOUSEHOLD, UUID(hex=household), "i", {"head_name": head or "", "address": address})]


def _one(session: Session, station: int, table: str, row: Any) -> Mapping[str, Any]:
    """The fields of a row; empty for none."""
    if not isinstance(row, str):
        return {}
    found = load_records(session, station, [(table, row)]).get((table, row))
    return found.fields if found is not None and not found.deleted else {}


@dataclass(slots=True)
class Forwarded:
    """What came late from a station that no longer looks after somebody: lines sent on, and what stands against them.

    `clashes`: table, row, and the fields that the present station has changed since, with the late values.
    """

    lines: int = 0
    clashes: list[tuple[str, str, Mapping[str, Any]]] = field(default_factory=list)


def send_on(
    session: Session, hub: Hub, person: str, ops: Sequence[Op], origin: StationRow, owner: int, *, now: datetime
) -> Forwarded:
    """Send late facts of the origin on to the station that looks after the person now.

    Only what still stands at the origin goes on; a value that the present station has written itself stays.
    """
    keys = {(op.table, op.row) for op in ops if op.action != "d"}
    here, there = load_records(session, origin.n, keys), load_records(session, owner, keys)
    found, changes = Forwarded(), []
    for key in sorted(keys, key=lambda key: (_ORDER[key[0]], key[1])):
        record = here.get(key)
        if record is None or record.deleted:
            continue
        if key not in there:
            changes.append(Change(key[0], UUID(hex=key[1]), "i", _new_fields(session, key, record, origin)))
            continue
        fields, clash = _late(key, record, there[key], [op for op in ops if (op.table, op.row) == key])
        if fields:
            changes.append(Change(key[0], UUID(hex=key[1]), "u", fields))
        if clash:
            found.clashes.append((*key, clash))
    found.lines = len(say(session, hub, owner, changes, by=None, now=now))
    return found


def _late(key: Key, record: Record, there: Record, ops: Iterable[Op]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of the fields that these lines wrote: those that go on, and those that the present station wrote meanwhile."""
    left = BY_TABLE[key[0]].here | {"came_from", "household_id"}
    fields: dict[str, Any] = {}
    clash: dict[str, Any] = {}
    for op in ops:
        for name in op.fields:
            value = record.fields.get(name)
            if name in left or there.deleted or there.fields.get(name) == value or record.stamp_of(name) != op.stamp:
                continue
            (fields if there.stamp_of(name) % _ISSUERS == DISTRICT else clash)[name] = value
    return fields, clash
