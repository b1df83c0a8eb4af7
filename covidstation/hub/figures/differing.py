"""Conflicts as people see them: whose record, both values in words, who wrote them and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from covidstation.catalog import Catalog
from covidstation.domain.groups import WHOLE
from covidstation.domain.merged import MARK
from covidstation.domain.merging import Side, Value
from covidstation.domain.stamps import moment_of
from covidstation.domain.text import clean
from covidstation.hub.database.merged import standing_at
from covidstation.hub.database.store import aware
from covidstation.hub.figures.people import value_text
from covidstation.hub.rows import ConflictRow, HubUserRow, RecordRow, StationRow
from covidstation.i18n import N_, _
from covidstation.messages.fields import FIELDS, ROWS

MANUAL: Final = "manual"
_PEOPLE: Final = frozenset({MARK, "person_id", "head_id"})
CHOICES: Final[Mapping[str, str]] = {
    "standing": N_("giữ giá trị đang đứng"),
    "losing": N_("lấy giá trị kia"),
    "other": N_("ghi giá trị khác"),
}


@dataclass(frozen=True, slots=True)
class SideShown:
    """One of the two values. `when` is aware; `who` empty when that user is not known here."""

    fields: tuple[tuple[str, str], ...]
    where: str
    who: str
    when: datetime

    @property
    def short(self) -> str:
        """On one line."""
        return ", ".join(text for _label, text in self.fields)


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """One conflict. `who` is the person's name, `person` their row; both empty when it is nobody's record."""

    id: UUID
    station: UUID
    station_name: str
    table: str
    row_word: str
    who: str
    person: str
    standing: SideShown
    losing: SideShown
    must: bool  # the rule says that a person chooses
    found_at: datetime
    decided_at: datetime | None
    decided: str  # in words; empty while it is open


def differing(
    session: Session, catalog: Catalog, *, station: UUID | None = None, skip: int = 0, most: int = 40
) -> tuple[list[Differing], int]:
    """Those that wait for somebody, what must be chosen first, then the newest; and how many there are."""
    query = select(ConflictRow, StationRow).join(StationRow, StationRow.n == ConflictRow.station)
    query = query.where(ConflictRow.decided_at.is_(None))
    if station is not None:
        query = query.where(StationRow.id == station)
    total = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    ordered = query.order_by(ConflictRow.rule != MANUAL, ConflictRow.found_at.desc(), ConflictRow.id)
    rows = [(row, place) for row, place in session.execute(ordered.offset(skip).limit(most))]
    return _shown(session, catalog, rows), total


def one_differing(session: Session, catalog: Catalog, id: UUID) -> Differing | None:
    """That conflict, open or decided."""
    query = select(ConflictRow, StationRow).join(StationRow, StationRow.n == ConflictRow.station)
    found = session.execute(query.where(ConflictRow.id == id)).first()
    return _shown(session, catalog, [(found[0], found[1])])[0] if found is not None else None


def _shown(session: Session, catalog: Catalog, rows: Sequence[tuple[ConflictRow, StationRow]]) -> list[Differing]:
    names = {row.id.hex: row.name for row in session.execute(select(HubUserRow.id, HubUserRow.name))}
    return [_one(session, catalog, row, station, names) for row, station in rows]


def _one(
    session: Session, catalog: Catalog, row: ConflictRow, station: StationRow, names: Mapping[str, str]
) -> Differing:
    person = _person_of(session, row)
    sides = [_side(session, catalog, row, station, Value.from_json(kept), names) for kept in (row.standing, row.losing)]
    return Differing(
        id=row.id,
        station=station.id,
        station_name=station.name,
        table=row.tbl,
        row_word=_(ROWS[row.tbl]) if row.tbl in ROWS else row.tbl,
        who=_name(session, row.station, "person", person, "full_name"),
        person=person,
        standing=sides[0],
        losing=sides[1],
        must=row.rule == MANUAL,
        found_at=aware(row.found_at),
        decided_at=aware(row.decided_at) if row.decided_at else None,
        decided=_decided(row),
    )


def _decided(row: ConflictRow) -> str:
    """What was chosen, by whom and why; a conflict that settled itself says so."""
    decision = row.decision or {}
    if row.decided_at is None:
        return ""
    if "choice" not in decision:
        return _("hai bên đã tự khớp, không cần chọn")
    words = [
        _(CHOICES.get(str(decision["choice"]), str(decision["choice"]))),
        decision.get("by_name"),
        decision.get("reason"),
    ]
    return "; ".join(clean(str(word)) for word in words if word)


def _person_of(session: Session, row: ConflictRow) -> str:
    person = row.row
    if row.tbl != "person":
        held = session.get(RecordRow, (row.station, row.tbl, row.row))
        person = str(held.fields.get("person_id") or "") if held is not None else ""
    return standing_at(session, row.station, person) if person else ""


def _name(session: Session, station: int, table: str, id: str, field: str) -> str:
    held = session.get(RecordRow, (station, table, id)) if id else None
    return clean(str(held.fields.get(field) or "")) if held is not None else ""


def _text(session: Session, catalog: Catalog, station: int, name: str, value: Any) -> str:
    """A value in words; a person that it names, by name."""
    if name in _PEOPLE and isinstance(value, str) and value:
        return _name(session, station, "person", value, "full_name") or "?"
    return value_text(name, value, catalog)


def _side(
    session: Session, catalog: Catalog, row: ConflictRow, station: StationRow, value: Value, names: Mapping[str, str]
) -> SideShown:
    ours = value.side is Side.DISTRICT
    who = names.get(value.actor, "") if ours else _name(session, row.station, "app_user", value.actor, "name")
    fields = tuple(
        (_(FIELDS.get(name, name)), _text(session, catalog, row.station, name, one))
        for name, one in value.values.items()
    )
    if row.grp == WHOLE:
        fields = ((_("Cả mục"), _("còn dùng") if value.values else _("đã xoá")),)
    return SideShown(fields, _("huyện") if ours else station.name, who, moment_of(value.stamp))
