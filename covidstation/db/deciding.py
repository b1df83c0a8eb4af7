"""A decision about a conflict closes it at both ends, whoever took it (docs/bundle-format-1.md §9)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation.db.conflicts import close_conflict, keep_split, rows_of
from covidstation.db.replay import Lineage
from covidstation.db.rows import ConflictDecisionRow, ConflictRow
from covidstation.domain.deciding import Decision, after_decision
from covidstation.domain.groups import group_named
from covidstation.domain.merging import Side, base_of, split_of
from covidstation.domain.ops import Op
from covidstation.domain.stamps import DISTRICT, issuer_of


def close_decided(session: Session, op: Op, side: Side, now: datetime) -> None:
    """What a line of `conflict_decision` by that side does here; one that names nothing known does nothing."""
    decision = Decision.from_fields(op.fields, side)
    if decision is None:
        return
    for kept in rows_of(session, decision.table, UUID(hex=decision.row), decision.group):
        if kept.decided_at is None or kept.id == decision.conflict:
            _close(session, kept, decision, now)


def close_once_more(session: Session, now: datetime) -> None:
    """Close what was decided by lines that are here, and opened only after them.

    A restored register hears that a conflict is decided before it has one of the two values back. What nobody had
    before them when they chose stays open, as when the decision comes last.
    """
    session.flush()
    about = (ConflictDecisionRow.about_row == ConflictRow.row_id) & (ConflictDecisionRow.grp == ConflictRow.grp)
    query = select(ConflictRow, ConflictDecisionRow).join(ConflictDecisionRow, about)
    pairs = session.execute(query.where(ConflictRow.decided_at.is_(None)).order_by(ConflictDecisionRow.made)).all()
    for kept, row in pairs:
        is_later = min(kept.standing["stamp"], kept.losing["stamp"]) > row.made
        if kept.decided_at is None and kept.tbl == row.about_tbl and not is_later:
            _close(session, kept, _decision_of(row), now)
    session.flush()


def _decision_of(row: ConflictDecisionRow) -> Decision:
    return Decision(
        conflict=row.conflict,
        table=row.about_tbl,
        row=row.about_row.hex,
        group=row.grp,
        heads=frozenset(row.heads),
        choice=row.choice,
        reason=row.reason,
        by_name=row.by_name,
        at=row.decided_at,
        side=Side.DISTRICT if issuer_of(row.made) == DISTRICT else Side.STATION,
    )


def _close(session: Session, kept: ConflictRow, decision: Decision, now: datetime) -> None:
    split = split_of(kept)
    row = kept.row_id
    lineage = Lineage(session, row)
    fields = group_named(decision.table, split.group).fields or tuple(split.standing.values)

    def base(stamp: int) -> int:
        return base_of(lineage.lines[stamp][0], fields) or 0 if stamp in lineage.lines else 0

    later = after_decision(split, decision, base) if split.is_open else None
    close_conflict(kept, decision.to_json(), decision.at or now.replace(microsecond=0, tzinfo=None))
    if later is not None:
        keep_split(session, decision.table, row, later, now)
