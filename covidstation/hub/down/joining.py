"""Two records of one person at one station, merged by the district and parted again (docs/adr/0036).

The district sets or takes away the mark, and writes what the record that stays takes over; rows follow at the station,
whose lines tell how they went. An item says to the station who did it and why, and what was taken over, so that either
side can give it back.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Text, or_, select, type_coerce
from sqlalchemy.orm import Session

from covidstation.domain.belongings import PERSON
from covidstation.domain.care import ContactStatus
from covidstation.domain.citizen import masked
from covidstation.domain.dates import PartialDate
from covidstation.domain.district import ItemKind
from covidstation.domain.episodes import CaseClassification, CaseOutcome
from covidstation.domain.merged import (
    CONDITIONS,
    GOES,
    INTO,
    LEFT,
    MARK,
    MERGE,
    STAYS,
    TOGETHER,
    VALUES,
    Difference,
    Fields,
    differences,
    said,
    taken_over,
)
from covidstation.domain.text import clean, clean_block
from covidstation.errors import UserError
from covidstation.hub.database.holding import hold_stations
from covidstation.hub.database.merged import behind_at
from covidstation.hub.database.records import Record, load_records
from covidstation.hub.database.store import Hub
from covidstation.hub.down.items import ITEM, Author, ItemDraft, item_fields, new_item
from covidstation.hub.down.stream import Change, say
from covidstation.hub.rows import ItemRow, RecordRow, StationRow
from covidstation.hub.staff.audit import PROGRAM, HubAction, note
from covidstation.i18n import _

EPISODE, CONTACT = "episode", "contact"
MOST_TITLE: Final = 200
_TAKEN: Final = frozenset({CONDITIONS}.union(*TOGETHER.values()))


@dataclass(frozen=True, slots=True)
class Two:
    """Two records beside each other. `differing`: where either says something else, the first one's value as `ours`.

    `illnesses`, `contacts`: how many each has. `seen` changes whenever one of the records does. `trouble`: why the two
    cannot be one yet.
    """

    records: tuple[Fields, Fields]
    differing: tuple[Difference, ...]
    illnesses: tuple[int, int]
    contacts: tuple[int, int]
    seen: str
    trouble: UserError | None


@dataclass(frozen=True, slots=True)
class _Happened:
    """Illnesses and contacts of one person."""

    illnesses: list[Fields]
    contacts: list[Fields]


def look_at_two(session: Session, station: StationRow, one: str, other: str) -> Two:
    """Both records before they are merged. Raises UserError district.which_record."""
    records = [_record(session, station, row) for row in (one, other)]
    fields = (records[0].fields, records[1].fields)
    happened = [_happened(session, station.n, row) for row in (one, other)]
    try:
        _check(fields, one == other, happened)
    except UserError as found:
        trouble: UserError | None = found
    else:
        trouble = None
    return Two(
        records=fields,
        differing=tuple(_either_way(*fields)),
        illnesses=(len(happened[0].illnesses), len(happened[1].illnesses)),
        contacts=(len(happened[0].contacts), len(happened[1].contacts)),
        seen="-".join(f"{record.rev:x}" for record in records),
        trouble=trouble,
    )


def _either_way(one: Fields, other: Fields) -> Iterable[Difference]:
    """Also where only the first says something."""
    found = {found.key: found for found in differences(one, other)}
    for back in differences(other, one):
        found.setdefault(back.key, Difference(back.key, back.theirs, back.ours, take=False))
    return found.values()


def merge_records(
    session: Session,
    hub: Hub,
    station: StationRow,
    stays: str,
    goes: str,
    take: Collection[str],
    reason: str,
    author: Author,
    *,
    now: datetime,
) -> ItemRow:
    """Make one person of two records, inside `hub.database.kinds.write`.

    `take`: keys of `domain.merged.TOGETHER` in which the record that goes is right. Raises UserError
    district.reason_missing, district.which_record, people.merge_…, people.merged_away, people.born_after_illness.
    """
    reason = _reason(reason)
    hold_stations(session, station.n)
    one, other = (_record(session, station, row).fields for row in (stays, goes))
    happened = [_happened(session, station.n, row) for row in (stays, goes)]
    _check((one, other), stays == goes, happened)
    taken = taken_over(one, other, take)
    after = {name: pair[1] for name, pair in taken.items()}
    _check_birth({**one, **after}, happened)
    name = clean(str(after.get("full_name") or one.get("full_name") or ""))
    title = _("Huyện gộp hai hồ sơ của {name}").format(name=name)
    data = {MERGE: {STAYS: stays, GOES: goes, VALUES: taken}}
    changes = [Change(PERSON, UUID(hex=stays), "u", after)] if after else []
    changes.append(Change(PERSON, UUID(hex=goes), "u", {MARK: stays}))
    return _tell(session, hub, station, stays, changes, (title, reason, data), author, now)


def part_records(
    session: Session, hub: Hub, station: StationRow, goes: str, reason: str, author: Author, *, now: datetime
) -> ItemRow:
    """Take the mark away: the station gives the record back what had come from it and is still there.

    Raises UserError district.reason_missing, district.which_record, people.merge_gone, people.merge_moved.
    """
    reason = _reason(reason)
    hold_stations(session, station.n)
    went = _record(session, station, goes).fields
    stays = went.get(MARK)
    if not isinstance(stays, str) or not stays:
        raise UserError("people.merge_gone")
    stood = _record(session, station, stays).fields
    if stood.get("moved_to"):
        raise UserError("people.merge_moved", name=_name(stood), place=clean(str(stood["moved_to"])))
    before = {
        name: pair[0]
        for name, pair in _taken(session, station.n, stays, goes, went).items()
        if said(stood, name) == pair[1]  # nobody has changed it since
    }
    changes = [Change(PERSON, UUID(hex=stays), "u", before)] if before else []
    changes.append(Change(PERSON, UUID(hex=goes), "u", {MARK: None}))
    title = _("Huyện tách hai hồ sơ của {name}").format(name=_name(stood))
    return _tell(
        session, hub, station, stays, changes, (title, reason, {"part": {STAYS: stays, GOES: goes}}), author, now
    )


def _tell(
    session: Session,
    hub: Hub,
    station: StationRow,
    stays: str,
    changes: list[Change],
    words: tuple[str, str, Mapping[str, Any]],
    author: Author,
    now: datetime,
) -> ItemRow:
    """The change and the item that explains it, in one transaction of lines."""
    title, reason, data = words
    draft = ItemDraft(
        kind=ItemKind.ANNOUNCEMENT,
        title=title[:MOST_TITLE],
        body=reason,
        station=station.n,
        about=(PERSON, stays),
        data=data,
    )
    item = new_item(session, draft, author, now)
    say(session, hub, station.n, [*changes, Change(ITEM, item.id, "i", item_fields(item))], by=author.id, now=now)
    what = "merge" if MERGE in data else "part"
    detail = {"what": what, "item": item.id.hex}
    note(session, HubAction.DECIDE, by=author.id or PROGRAM, now=now, station=station.n, subject=stays, detail=detail)
    return item


def _reason(typed: str) -> str:
    reason = clean_block(typed)
    if not clean(reason):
        raise UserError("district.reason_missing")
    return reason


def _record(session: Session, station: StationRow, row: str) -> Record:
    held = load_records(session, station.n, [(PERSON, row)]).get((PERSON, row))
    if held is None or held.deleted:
        raise UserError("district.which_record", name=row, station=station.name)
    return held


def _name(fields: Fields) -> str:
    return clean(str(fields.get("full_name") or ""))


def _happened(session: Session, station: int, person: str) -> _Happened:
    text, people = type_coerce(RecordRow.fields, Text), {person, *behind_at(session, station, person)}
    query = select(RecordRow.tbl, RecordRow.fields).where(
        RecordRow.station == station,
        RecordRow.tbl.in_((EPISODE, CONTACT)),
        RecordRow.deleted.is_(False),
        or_(*(text.contains(f'"person_id":"{one}"', autoescape=True) for one in sorted(people))),
    )
    found: dict[str, list[Fields]] = {EPISODE: [], CONTACT: []}
    for table, fields in session.execute(query):
        if fields.get("person_id") in people:
            found[table].append(fields)
    return _Happened(found[EPISODE], found[CONTACT])


def _check(records: tuple[Fields, Fields], same: bool, happened: list[_Happened]) -> None:
    """Why the two cannot be one yet: what a station's own window refuses (`services.merging`)."""
    if same:
        raise UserError("people.merge_self")
    for fields in records:
        if fields.get("moved_to"):
            raise UserError("people.merge_moved", name=_name(fields), place=clean(str(fields["moved_to"])))
        if fields.get(MARK):
            raise UserError("people.merged_away", name=_name(fields))
    numbers = [str(fields.get("citizen_number") or "") for fields in records]
    if all(numbers) and numbers[0] != numbers[1]:
        raise UserError("people.merge_numbers", ours=masked(numbers[0]), theirs=masked(numbers[1]))
    if all(any(_runs(one) for one in of.illnesses) for of in happened):
        raise UserError("people.merge_two_open")
    if all(any(one.get("status") == ContactStatus.ACTIVE.value for one in of.contacts) for of in happened):
        raise UserError("people.merge_two_contacts")


def _runs(illness: Fields) -> bool:
    return illness.get("outcome") == CaseOutcome.NO_OUTCOME.value and _counts(illness)


def _counts(illness: Fields) -> bool:
    return illness.get("classification") != CaseClassification.NO_CASE.value


def _check_birth(fields: Fields, happened: list[_Happened]) -> None:
    """Nobody is born after an illness of theirs."""
    days = [str(one.get("report_date") or "") for of in happened for one in of.illnesses if _counts(one)]
    first = min(filter(None, days), default="")
    try:
        birth = PartialDate(*(fields.get(name) for name in ("birth_year", "birth_month", "birth_day")))  # type: ignore[arg-type]
        late = bool(first) and birth.earliest > date.fromisoformat(first)
    except (ValueError, TypeError):
        return  # a birth or a day that nobody can read is told elsewhere
    if late:
        day = date.fromisoformat(first)
        raise UserError("people.born_after_illness", birth=birth.text(), day=f"{day:%d/%m/%Y}")


def _taken(session: Session, station: int, stays: str, goes: str, went: Fields) -> dict[str, list[Any]]:
    """What the record that stands took over: as the station wrote down beside the mark, else as the district said."""
    left = went.get(LEFT)
    if isinstance(left, dict) and left.get(INTO) == stays:
        values = left.get(VALUES)
        return {name: pair for name, pair in values.items() if name in _TAKEN} if isinstance(values, dict) else {}
    query = select(ItemRow.data).where(ItemRow.station == station, ItemRow.about_row == stays)
    for data in session.scalars(query.order_by(ItemRow.made_at.desc(), ItemRow.id.desc())):
        told = (data or {}).get(MERGE)
        if told and told[GOES] == goes:
            taken: dict[str, list[Any]] = told[VALUES]
            return taken
    return {}
