"""Conflicts at the station: what both sides wrote, and one person's choice, which travels to the district."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.conflicts import close_conflict, rows_of
from covidstation.db.ids import new_id
from covidstation.db.journal import plain
from covidstation.db.merged import carry_over, settling, standing_record, values_of
from covidstation.db.replay import NotOurs, model_of, value_of
from covidstation.db.rows import ConflictDecisionRow, ConflictRow, HamletRow, PersonRow, UserRow
from covidstation.db.session import Database
from covidstation.domain.deciding import CannotChoose, Choice, chosen_values
from covidstation.domain.groups import WHOLE, group_named
from covidstation.domain.merging import Side, Split, Value, split_of
from covidstation.domain.rights import Right
from covidstation.domain.stamps import moment_of
from covidstation.domain.text import clean
from covidstation.errors import UserError
from covidstation.services.certificate import certificate_of
from covidstation.services.changes import Done, done
from covidstation.services.exchange.down import kinds_of_tables, refresh_rows
from covidstation.services.merging import put_in_order
from covidstation.services.rights import needs

MOST: Final = 500
_NAMES: Final[Mapping[str, Any]] = {
    "hamlet_id": HamletRow.name,
    "head_id": PersonRow.full_name,
    "merged_into": PersonRow.full_name,
    "person_id": PersonRow.full_name,
}


@dataclass(frozen=True, slots=True)
class OneValue:
    """One of the two: its fields in their JSON form, who wrote it and when by their clock (aware, UTC).

    `named`: for fields that name another row, what that row is called.
    """

    values: Mapping[str, Any]
    ours: bool
    who: str
    when: datetime
    named: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two values of one group of fields. `standing` is what the record says now.

    `person_id`, `name`: whose record it is; none and empty for a hamlet. `must`: the rule asks for a person.
    `event`: what happened is voided by another record, not chosen. `decided`: choice, reason, by_name, side.
    """

    id: UUID
    table: str
    row: UUID
    group: str
    person_id: UUID | None
    name: str
    standing: OneValue
    losing: OneValue
    must: bool
    event: bool
    found_at: datetime
    decided_at: datetime | None = None
    decided: Mapping[str, str] | None = None


@needs(Right.SEE)
def list_conflicts(db: Database, *, person_id: UUID | None = None, decided: bool = False) -> list[Conflict]:
    """Those that wait, what must be chosen first; with `decided` those that people have chosen in, newest first."""
    with db.read() as session:
        query = select(ConflictRow).where(
            ConflictRow.decided_at.is_not(None) if decided else ConflictRow.decided_at.is_(None)
        )
        rows = [row for row in session.scalars(query) if not decided or "choice" in (row.decision or {})]
        found = [_conflict(session, row) for row in rows]
    if not decided:
        found = [one for one in found if one.standing.values != one.losing.values]  # somebody wrote the other by hand
    if person_id is not None:
        found = [one for one in found if one.person_id == person_id]
    if decided:
        found.sort(key=lambda one: one.decided_at or one.found_at, reverse=True)
    else:
        found.sort(key=lambda one: (not one.must, -one.found_at.timestamp(), one.id))
    return found[:MOST]


def _conflict(session: Session, kept: ConflictRow) -> Conflict:
    split = split_of(kept)
    row = _row(session, kept)
    person_id = None if row is None else row.id if isinstance(row, PersonRow) else getattr(row, "person_id", None)
    if person_id is not None:
        person_id = standing_record(session, person_id)
    name = session.scalars(select(PersonRow.full_name).where(PersonRow.id == person_id)).first() or ""
    return Conflict(
        id=kept.id,
        table=kept.tbl,
        row=kept.row_id,
        group=kept.grp,
        person_id=person_id if name else None,
        name=name or str(getattr(row, "name", "") or getattr(row, "head_name", "")),
        standing=_one(session, _standing_now(split, row)),
        losing=_one(session, split.losing),
        must=split.rule.value == "manual",
        event=not group_named(kept.tbl, kept.grp).fields and kept.grp != WHOLE,
        found_at=kept.found_at,
        decided_at=kept.decided_at,
        decided=kept.decision if kept.decision and "choice" in kept.decision else None,
    )


def _row(session: Session, kept: ConflictRow) -> Any:
    model = model_of(kept.tbl)
    return None if model is None else session.scalars(select(model).where(model.id == kept.row_id)).first()


def _standing_now(split: Split, row: Any) -> Value:
    """The record may have been changed since the two parted."""
    stamps = {} if row is None else row.stamps or {}
    newest = max((stamps.get(name, 0) for name in split.standing.values), default=0)
    if row is None or newest <= split.standing.stamp:
        return split.standing
    values = {name: plain(getattr(row, name, None)) for name in split.standing.values}
    return Value(values, newest, Side.STATION)


def _one(session: Session, value: Value) -> OneValue:
    who = ""
    if value.side is Side.STATION and value.actor:
        who = session.scalars(select(UserRow.name).where(UserRow.id == UUID(hex=value.actor))).first() or ""
    if value.side is Side.DISTRICT:
        certificate = certificate_of(session)
        who = certificate.hub_name if certificate else ""
    named = {name: _name_of(session, name, one) for name, one in value.values.items() if name in _NAMES and one}
    return OneValue(value.values, value.side is Side.STATION, who, moment_of(value.stamp), named)


def _name_of(session: Session, field: str, row: str) -> str:
    column = _NAMES[field]
    return session.scalars(select(column).where(column.class_.id == UUID(hex=row))).first() or "?"


@needs(Right.TREAT)
def decide_conflict(
    db: Database,
    conflict_id: UUID,
    choice: Choice,
    values: Mapping[str, Any] | None = None,
    *,
    reason: str,
    by: UUID | None,
    now: datetime,
) -> Done[UUID]:
    """Choose the standing value, the losing one, or `values` (JSON forms). One transaction that travels.

    A decided conflict may be decided again: that is how a choice is undone. Raises UserError conflict.gone,
    conflict.row_gone, conflict.reason, conflict.choice, conflict.value, conflict.event.
    """
    if not clean(reason):
        raise UserError("conflict.reason")
    with db.write(by, now) as session:
        kept = session.get(ConflictRow, conflict_id)
        if kept is None:
            raise UserError("conflict.gone")
        row = _row(session, kept)
        if row is None:
            raise UserError("conflict.row_gone")
        split = split_of(kept)
        heads = {split.standing.stamp, split.losing.stamp, _standing_now(split, row).stamp}
        chosen = _chosen(kept, split, choice, values)
        _change(session, kept, row, chosen, now)
        decision = _decision(kept, choice, heads, reason, db.actor.name if db.actor is not None else "", now)
        session.add(decision)
        session.flush()
        said = {"choice": choice.value, "reason": decision.reason, "by_name": decision.by_name, "side": "station"}
        for other in rows_of(session, kept.tbl, kept.row_id, kept.grp):
            if other.id == kept.id or other.decided_at is None:
                close_conflict(other, said, decision.decided_at)
        table = kept.tbl
    return done(conflict_id, *kinds_of_tables([table]))


def _chosen(kept: ConflictRow, split: Split, choice: Choice, values: Mapping[str, Any] | None) -> dict[str, Any] | None:
    try:
        return chosen_values(kept.tbl, split, choice, values)
    except CannotChoose as trouble:
        raise UserError(trouble.code) from None


def _decision(
    kept: ConflictRow, choice: Choice, heads: set[int], reason: str, by_name: str, now: datetime
) -> ConflictDecisionRow:
    return ConflictDecisionRow(
        id=new_id(),
        conflict=kept.id,
        about_tbl=kept.tbl,
        about_row=kept.row_id,
        grp=kept.grp,
        heads=sorted(heads),
        choice=choice.value,
        reason=clean(reason),
        by_name=by_name,
        decided_at=now.replace(microsecond=0, tzinfo=None),
    )


def _change(session: Session, kept: ConflictRow, row: Any, chosen: Mapping[str, Any] | None, now: datetime) -> None:
    """Raises UserError conflict.value. What is chosen for a merged record is chosen for the one that stands."""
    if chosen is None:
        return
    before = values_of(session, [kept.row_id])
    with settling(session) if before else nullcontext():
        _put(session, row, chosen)
    people = carry_over(session, before) | put_in_order(session, None, now)
    rows = {PersonRow.__tablename__: people}
    rows.setdefault(kept.tbl, set()).add(kept.row_id)
    refresh_rows(session, rows)


def _put(session: Session, row: Any, chosen: Mapping[str, Any]) -> None:
    if chosen.get("deleted"):
        session.delete(row)
    for name, value in chosen.items():
        if name in row.__table__.c:
            try:
                setattr(row, name, value_of(row.__table__, name, value))
            except NotOurs as cause:
                raise UserError("conflict.value", field=name) from cause
    session.flush()
