"""The record of who did what: the chain recomputed over 200,000 entries, the newest 1,000 alone, a note, the size.

./run bench audit [--entries 200000]
"""

from __future__ import annotations

import argparse
import random
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from uuid import UUID

from sqlalchemy import insert

from benchmarks.bundle import NOW
from benchmarks.measure import median_ms, report, wall_and_cpu
from covidstation.db.audit import first_fault, walk_end
from covidstation.db.keys import FLOOR
from covidstation.db.rows import AuditRow, JournalStateRow
from covidstation.db.session import Database
from covidstation.domain.audit import AuditAction, AuditEntry, chain_after
from covidstation.domain.station import StationDraft
from covidstation.services.access.opening import open_register
from covidstation.services.station.setup import found_register

PASSPHRASE = "nước chảy đá mòn"
MIX = (AuditAction.SEE,) * 6 + (AuditAction.CHANGE,) * 5 + (AuditAction.PRINT,)


def made(count: int, seq: int, luck: random.Random) -> Iterator[AuditEntry]:
    """Entries as a busy station has them: looks, changes, prints, of 5,000 people by four users."""
    people = [UUID(int=luck.getrandbits(128)) for _one in range(5000)]
    users = people[:4]
    for number in range(seq + 1, seq + count + 1):
        action = luck.choice(MIX)
        detail: dict[str, str | int] = {"where": "person"}
        if action is AuditAction.CHANGE:
            detail = {"seq": number * 2, "what": luck.choice(("visit", "person episode", "paper paper_subject"))}
        at = int(NOW.timestamp() * 1000) + number * 9000
        yield AuditEntry(
            seq=number, at=at, actor=luck.choice(users), action=action, subject=luck.choice(people), detail=detail
        )


def fill(db: Database, count: int) -> None:
    """Lay so many entries behind those that are there, chained as the program does it."""
    with db.write(None, NOW) as session:
        state = session.get_one(JournalStateRow, 1)
        rows = []
        for entry in made(count, state.audit_seq, random.Random(7)):
            state.audit_seq, state.audit_chain = entry.seq, chain_after(state.audit_chain, entry)
            rows.append(asdict(entry) | {"action": entry.action.value, "chain": state.audit_chain})
        session.execute(insert(AuditRow), rows)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=200_000)
    count = parser.parse_args().entries
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "data"
        station = StationDraft(
            commune_code="03517",
            name="Trạm Y tế xã Nậm Tăm",
            place_name="Nậm Tăm",
            upper_name="Trung tâm Y tế huyện Sìn Hồ",
        )
        found_register(folder, station, user_name="Lò Thị Mai", passphrase=PASSPHRASE, now=NOW, cost=FLOOR)
        db = open_register(folder, PASSPHRASE).db
        before = db.path.stat().st_size
        fill(db, count)
        db.close()
        size = (db.path.stat().st_size - before) / count

        def verify() -> None:
            with db.read() as session:
                assert first_fault(session) is None

        def at_start() -> None:
            with db.read() as session:
                assert walk_end(session, 1000).fault is None

        figures = {
            "entries": count,
            "verify": wall_and_cpu(verify),
            "newest_1000_ms": median_ms(at_start, 20),
            "note_ms": median_ms(lambda: db.note(AuditAction.SEE, subjects=(UUID(int=9),), now=NOW), 50),
            "bytes_per_entry": round(size, 1),
        }
        report("audit", figures)
        db.close()


if __name__ == "__main__":
    main()
