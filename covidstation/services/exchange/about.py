"""What a station says about itself in each bundle: its program, and how far its record of who did what has come.

Whoever holds the key of the register could write the whole record anew. What has left the house cannot be taken back:
the hub remembers the newest head, and the next bundle must show that head again (docs/bundle-format-1.md §2).
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation import __version__
from covidstation.db.audit import walk
from covidstation.db.rows import AuditRow, JournalStateRow
from covidstation.domain.audit import AuditAction

MOST_SENT: Final = 64  # of the newest bundles; the hub has seen one of them


def about_station(session: Session, epoch: str) -> dict[str, Any]:
    """For the manifest's `about`."""
    return {"program": __version__, "audit": _audit(session, epoch)}


def _audit(session: Session, epoch: str) -> dict[str, Any]:
    """Number and head now, and the heads at the numbers that earlier bundles of this epoch named.

    All are recomputed from the entries as they stand, so that an entry changed since then gives itself away.
    """
    state = session.get_one(JournalStateRow, 1)
    wanted = _sent(session, epoch)
    heads: dict[int, str] = {}
    walked = walk(session, most=0)
    for seq in [*wanted, state.audit_seq]:
        walked = walk(session, walked, seq - walked.seq)
        if walked.fault is not None:
            break
        heads[walked.seq] = walked.chain.hex()
    return {
        "head": heads.get(state.audit_seq, state.audit_chain.hex()),
        "sent": [[seq, heads[seq]] for seq in wanted if seq in heads],
        "seq": state.audit_seq,
    }


def _sent(session: Session, epoch: str) -> list[int]:
    """The numbers of entries that the newest bundles named, rising."""
    query = select(AuditRow.detail).where(AuditRow.action == AuditAction.SEND.value).order_by(AuditRow.seq.desc())
    found = {
        detail["audit"]
        for detail in session.scalars(query.limit(MOST_SENT))
        if detail.get("epoch") == epoch and isinstance(detail.get("audit"), int)
    }
    return sorted(found)
