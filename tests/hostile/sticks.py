"""A station that reads what lies on a stick: mutants of its own receipts and certificates."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from covidstation.db.rows import JournalStateRow, ReceiptRow, SecretRow
from covidstation.db.session import Database
from covidstation.messages import sentence
from covidstation.services.exchange.bundles import Taken, import_files
from tests.hostile.bundles import mutants
from tests.services import samples
from tests.services.district import District
from tests.services.samples import NOW

BATCH = 500


def enrolled(folder: Path) -> tuple[Database, list[bytes]]:
    """An enrolled station with some changes, and what its district said to it."""
    samples.found(folder / "register")
    db = samples.opened(folder / "register").db
    for number in range(3):
        samples.register(db, samples.f0(samples.neighbour(number)))
    district = District()
    stick = folder / "request"
    stick.mkdir()
    request = district.enrol(db, stick)
    said = [district.receipt(db, request, upto) for upto in (0, 2, 5)]
    return db, [*said, district.certified(request), district.certified(request, serial=2)]


def state(db: Database) -> tuple[object, ...]:
    """What an import could change."""
    with db.read() as session:
        journal = session.get_one(JournalStateRow, 1)
        secrets = {row.name: row.value for row in session.query(SecretRow)}
        return journal.received_upto, journal.epoch, journal.chain, session.query(ReceiptRow).count(), secrets


def read_all(count: int, folder: Path) -> Counter[str]:
    """That many mutants, five hundred on a stick at a time: what the station said of them."""
    db, honest = enrolled(folder)
    before = state(db)
    said: Counter[str] = Counter()
    made = mutants(honest, count)
    for batch in range(0, count, BATCH):
        stick = folder / f"stick{batch}"
        stick.mkdir()
        for number, data in zip(range(min(BATCH, count - batch)), made, strict=False):
            (stick / f"{number:04d}.csb").write_bytes(data)
        for one in import_files(db, stick, by=None, now=NOW, yes=True).value:
            if one.outcome is Taken.REFUSED and one.trouble is not None:
                assert sentence(one.trouble)
                said[one.trouble.code] += 1
            else:
                said["accepted"] += 1
        for path in stick.iterdir():
            path.unlink()
    if state(db) != before:
        said["accepted"] += 1
    db.close()
    return said
