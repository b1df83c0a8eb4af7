"""What a station says about itself in each bundle: its program, and how far its record of who did what has come.

Whoever holds the key of the register could write the whole record anew. What has left the house cannot be taken back:
the hub remembers the newest head, and the next bundle must show that head again (docs/bundle-format-1.md §2).
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from covidstation import __version__
from covidstation.db.audit import walk
from covidstation.db.copies import FOLDER, Health, list_copies
from covidstation.db.down import read_so_far, set_aside
from covidstation.db.rows import AuditRow, JournalStateRow
from covidstation.domain.audit import AuditAction
from covidstation.domain.canonical import moment_text
from covidstation.services.certificate import is_waiting_for_its_own

MOST_SENT: Final = 64  # of the newest bundles; the hub has seen one of them


def about_station(
    session: Session, epoch: str, *, now: datetime | None = None, folder: Path | None = None, noted: bool = False
) -> dict[str, Any]:
    """For the manifest's `about` (docs/bundle-format-1.md §2). `now` is aware; `folder` the register's.

    `noted`: name the record as it stood when its newest entry about a bundle was written, for a bundle that gets none.
    """
    state = session.get_one(JournalStateRow, 1)
    now = now or datetime.now().astimezone()
    about: dict[str, Any] = {
        "program": __version__,
        "audit": _audit(session, epoch, noted),
        "clock": int(now.timestamp() * 1000),
        "down": read_so_far(session),
        "stamp": state.last_stamp,
        "waiting": state.last_seq - state.received_upto,
    }
    if folder is not None and (backup_at := _newest_copy(folder, now)) is not None:
        about["backup_at"] = moment_text(backup_at)
    if aside := set_aside(session):
        about["aside"] = aside
    if is_waiting_for_its_own(session):
        about["lacks"] = state.last_seq
    return about


def _newest_copy(folder: Path, now: datetime) -> datetime | None:
    """When the newest good copy was made, by the clock in its name."""
    with suppress(OSError):
        for copy in list_copies(folder / FOLDER, now):
            if copy.health is Health.WHOLE and not copy.ahead:
                return copy.made.replace(tzinfo=now.tzinfo)
    return None


def _audit(session: Session, epoch: str, noted: bool) -> dict[str, Any]:
    """Number and head now, and the heads at the numbers that earlier bundles of this epoch named.

    All are recomputed from the entries as they stand, so that an entry changed since then gives itself away.
    """
    state = session.get_one(JournalStateRow, 1)
    wanted = _sent(session, epoch, state.received_upto)
    newest = wanted[-1] if noted and wanted else state.audit_seq
    heads: dict[int, str] = {}
    walked = walk(session, most=0)
    for seq in [*wanted, newest]:
        walked = walk(session, walked, seq - walked.seq)
        if walked.fault is not None:
            newest = state.audit_seq
            break
        heads[walked.seq] = walked.chain.hex()
    return {
        "head": heads.get(newest, state.audit_chain.hex()),
        "sent": [[seq, heads[seq]] for seq in wanted if seq in heads],
        "seq": newest,
    }


def _sent(session: Session, epoch: str, received: int) -> list[int]:
    """The numbers of entries that the newest bundles named, rising; none that the hub can no longer ask for.

    What the receipt covers was read in a bundle that reached as far, so the newest number known there is none of those
    before the first such bundle.
    """
    query = select(AuditRow.detail).where(AuditRow.action == AuditAction.SEND.value).order_by(AuditRow.seq.desc())
    named = [
        (detail["audit"], detail.get("to"))
        for detail in session.scalars(query.limit(MOST_SENT))
        if detail.get("epoch") == epoch and isinstance(detail.get("audit"), int)
    ]
    ends = [to for _number, to in named if isinstance(to, int)]
    read = max((to for to in ends if to <= received), default=0)
    first = min(number for number, to in named if isinstance(to, int) and to >= read) if read else 0
    return sorted({number for number, _to in named if number >= first})
