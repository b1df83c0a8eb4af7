"""Deciding at the district which of two values is right; the decision travels with the change (format, §9)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from covidstation.db.ids import new_id
from covidstation.domain.deciding import CannotChoose, Choice, Decision, chosen_values
from covidstation.domain.merging import Side, Split, split_of
from covidstation.domain.ops import Op
from covidstation.domain.text import clean
from covidstation.errors import UserError
from covidstation.hub.database.holding import hold_stations
from covidstation.hub.database.records import Record, load_records
from covidstation.hub.database.shapes import fits
from covidstation.hub.database.store import Hub, utc
from covidstation.hub.down.hearing import pass_on
from covidstation.hub.down.stream import Change, say
from covidstation.hub.merging.lines import Lines, close_decided
from covidstation.hub.rows import ConflictRow

DECISION = "conflict_decision"


def decide_conflict(
    session: Session,
    hub: Hub,
    conflict: UUID,
    choice: Choice,
    *,
    values: Mapping[str, Any] | None = None,
    reason: str,
    by: UUID | None,
    by_name: str,
    now: datetime,
) -> list[Op]:
    """Choose the standing value, the losing one, or `values` (JSON forms), inside `write`; returns the lines.

    A decided conflict may be decided again: that is how a choice is undone. Raises UserError conflict.gone,
    conflict.row_gone, conflict.reason, conflict.value, conflict.event.
    """
    kept = session.get(ConflictRow, conflict)
    if kept is None:
        raise UserError("conflict.gone")
    if not clean(reason):
        raise UserError("conflict.reason")
    hold_stations(session, kept.station)
    session.refresh(kept)
    record = load_records(session, kept.station, [(kept.tbl, kept.row)]).get((kept.tbl, kept.row))
    if record is None or record.deleted:
        raise UserError("conflict.row_gone")
    split = split_of(kept)
    decision = {
        "conflict": kept.id.hex,
        "about_tbl": kept.tbl,
        "about_row": kept.row,
        "grp": kept.grp,
        "heads": _heads(split, record),
        "choice": choice.value,
        "reason": clean(reason),
        "by_name": clean(by_name),
        "decided_at": utc(now).isoformat(),
    }
    changes = [*_value_change(kept, split, choice, values), Change(DECISION, new_id(), "i", decision)]
    ops = say(session, hub, kept.station, changes, by=by, now=now)
    made = Decision.from_fields(decision, Side.DISTRICT)
    if made is not None:
        close_decided(session, kept.station, made, Lines(session, kept.station), now)
    pass_on(session, hub, kept.station, ops, now=now)
    return ops


def _heads(split: Split, record: Record) -> list[int]:
    """Stamps of what was chosen from: the two values, and the one that stands now where it went on since."""
    now = {record.stamp_of(name) for name in split.standing.values if name in record.fields}
    return sorted({split.standing.stamp, split.losing.stamp} | now)


def _value_change(kept: ConflictRow, split: Split, choice: Choice, values: Mapping[str, Any] | None) -> list[Change]:
    try:
        chosen = chosen_values(kept.tbl, split, choice, values)
    except CannotChoose as trouble:
        raise UserError(trouble.code) from None
    if chosen is None:
        return []
    if chosen.get("deleted"):
        return [Change(kept.tbl, UUID(hex=kept.row), "d")]
    if not fits(kept.tbl, chosen):
        raise UserError("conflict.value", field=", ".join(chosen))
    return [Change(kept.tbl, UUID(hex=kept.row), "u", chosen)]
