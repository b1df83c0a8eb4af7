"""A decision about a conflict closes it at both ends, whoever took it (docs/bundle-format-1.md §9)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from covidstation.db.conflicts import close_conflict, keep_split, rows_of
from covidstation.db.replay import Lineage
from covidstation.domain.deciding import Decision, after_decision
from covidstation.domain.groups import group_named
from covidstation.domain.merging import Side, base_of, split_of
from covidstation.domain.ops import Op


def close_decided(session: Session, op: Op, side: Side, now: datetime) -> None:
    """What a line of `conflict_decision` by that side does here; one that names nothing known does nothing."""
    decision = Decision.from_fields(op.fields, side)
    if decision is None:
        return
    row = UUID(hex=decision.row)
    for kept in rows_of(session, decision.table, row, decision.group):
        split = split_of(kept)
        if not split.is_open and kept.id != decision.conflict:
            continue
        lineage = Lineage(session, row)
        fields = group_named(decision.table, split.group).fields or tuple(split.standing.values)

        def base(stamp: int, lineage: Lineage = lineage, fields: tuple[str, ...] = fields) -> int:
            return base_of(lineage.lines[stamp][0], fields) or 0 if stamp in lineage.lines else 0

        later = after_decision(split, decision, base) if split.is_open else None
        close_conflict(kept, decision.to_json(), decision.at or now.replace(microsecond=0, tzinfo=None))
        if later is not None:
            keep_split(session, decision.table, row, later, now)
