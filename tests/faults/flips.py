"""One changed bit anywhere: `python -m tests.faults.flips [--flips 1000]`.

A station has worked, exported, made a copy, and was killed, so that its log is still hot. In a fresh copy of its folder
one bit of one file is turned; then everything is done that reads that file. Each flip is *found* (a sentence names it),
or *harmless*: what is shown is the same and nothing was lost. Anything else is *wrong*, and the exit status 1.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from sqlalchemy import select

from covidstation.db.heads import FILE as HEADS
from covidstation.db.key_file import FILE as KEYS
from covidstation.db.rows import EpisodeRow, JournalRow, JournalStateRow, PaperRow, PersonRow
from covidstation.db.session import Database, make_engine
from covidstation.domain.packs import PaperKind
from covidstation.errors import UserError
from covidstation.messages import sentences
from covidstation.services.access.entrance import REGISTER
from covidstation.services.access.opening import open_with_recovery
from covidstation.services.access.tail import standing_loss
from covidstation.services.copies.backup import back_up
from covidstation.services.exchange.bundles import export_changes, import_files
from covidstation.services.exchange.enrolment import identity_of
from covidstation.services.upkeep.check import check_register
from covidstation.sync.bundle import Sender, open_bundle, read_ops
from covidstation.sync.carriers import usb
from covidstation.sync.identity import key_id
from tests.faults.checks import faults_of_copy
from tests.faults.haste import hurry
from tests.haste import scratch
from tests.services import outbreak
from tests.services.district import EPOCH, STATION, District
from tests.services.samples import NOW, f0, found, neighbour, opened, register

STICK = "stick"
KINDS = (REGISTER, f"{REGISTER}-wal", "backup", "bundle", "receipt", KEYS, HEADS)
PEOPLE = 12
UPTO = 4  # what the receipt says


def work(folder: Path) -> str:
    """A station's folder as a kill leaves it: a log that is not folded, a copy, a bundle and a receipt on a stick.

    Returns its recovery code.
    """
    code = found(folder).recovery_code
    station, stick, district = opened(folder), folder / STICK, District()
    stick.mkdir()
    request = district.enrol(station.db, stick)
    for number in range(PEOPLE // 2):
        register(station.db, f0(neighbour(number)))
    outbreak.issue(station.db, PaperKind.ISOLATION_ORDER, outbreak.case(station.db, 50).id)
    back_up(station.db, now=NOW)
    export_changes(station.db, stick, by=None, now=NOW)
    station.db.outside_transaction("PRAGMA wal_checkpoint(TRUNCATE)")
    for number in range(PEOPLE // 2, PEOPLE):
        register(station.db, f0(neighbour(number)))
    usb.put(stick, usb.receipt_name(STATION, EPOCH, UPTO), district.receipt(station.db, request, UPTO))
    hot = folder.with_name("hot")
    shutil.copytree(folder, hot)  # as it lies while the program runs
    station.db.close()
    shutil.rmtree(folder)
    hot.rename(folder)
    return code


def turned(path: Path, dice: random.Random) -> int:
    """Turn one bit of the file; where."""
    data = bytearray(path.read_bytes())
    at = dice.randrange(len(data))
    data[at] ^= 1 << dice.randrange(8)
    path.write_bytes(data)
    return at


def file_of(kind: str, folder: Path, dice: random.Random) -> Path:
    """Which file of that kind."""
    patterns = {"backup": "backups/*.db", "bundle": f"{STICK}/**/U-*.csb", "receipt": f"{STICK}/**/R-*.csb"}
    return dice.choice(sorted(folder.glob(patterns.get(kind, kind))))


def content(db: Database) -> list[Any]:
    """Everything that a page would show of people, illnesses, papers, and every line of the journal."""
    with db.read() as session:
        shown = [
            list(session.execute(select(row.__table__).order_by(row.n))) for row in (PersonRow, EpisodeRow, PaperRow)
        ]
        lines = list(
            session.execute(select(JournalRow.seq, JournalRow.line, JournalRow.chain).order_by(JournalRow.seq))
        )
    return [*shown, lines]


def look_at_register(folder: Path, expected: list[Any]) -> str:
    """Open it as the program does, and let it look itself over."""
    try:
        station = opened(folder)
    except UserError as trouble:
        return said(trouble)
    try:
        loss = standing_loss(station.db)
        found = [] if loss is None else [f"loss.{loss.kind}"]
        found += [finding.code for finding in check_register(station.db, folder) if not finding.good]
        if found:
            return f"found: {found[0]}"
        return "harmless" if content(station.db) == expected else "WRONG"
    except UserError as trouble:
        return said(trouble)
    finally:
        station.db.engine.dispose()


def look_at_copy(path: Path, key: bytes, expected: list[Any]) -> str:
    """Read the copy as a restore does before it trusts it."""
    copy = Database(make_engine(path, key, read_only=True), path, key)
    try:
        found = faults_of_copy(copy, path.parent.parent)
        if found:
            return f"found: {found[0]}"
        return "harmless" if content(copy) == expected else "WRONG"
    except UserError as trouble:
        return said(trouble)
    finally:
        copy.engine.dispose()


def look_at_bundle(path: Path, sender: dict[Any, Any], expected: list[Any]) -> str:
    """Read it as the district does."""
    try:
        found = read_ops(open_bundle(path, known_senders=sender, identities=[District().identity.age]))
    except UserError as trouble:
        return said(trouble)
    return "harmless" if found == expected else "WRONG"


def look_at_receipt(folder: Path) -> str:
    """Read the stick as the station does: only a whole receipt counts."""
    station = opened(folder)
    try:
        for one in import_files(station.db, folder / STICK, by=None, now=NOW, yes=True).value:
            if one.trouble is not None:
                return said(one.trouble)
        with station.db.read() as session:
            received = session.get_one(JournalStateRow, 1).received_upto
    finally:
        station.db.engine.dispose()
    return "harmless" if received == UPTO else "WRONG" if received else "found: not taken for a receipt"


def said(trouble: UserError) -> str:
    """It was a sentence."""
    assert all(sentences(trouble))
    return f"found: {trouble.code}"


class Flips:
    """A worked folder, what stands in it, and what became of each flip."""

    def __init__(self, place: Path) -> None:
        self.place, self.whole = place, place / "whole"
        self.code = work(self.whole)
        first = self._fresh()
        station = opened(first)
        self.key, self.expected = station.db.key, content(station.db)
        with station.db.read() as session:
            sign = identity_of(session).sign.public
        station.db.engine.dispose()
        self.sender = {key_id(sign): Sender(sign, STATION)}
        copy = file_of("backup", first, random.Random(0))
        kept = Database(make_engine(copy, self.key, read_only=True), copy, self.key)
        self.in_copy = content(kept)
        kept.engine.dispose()
        bundle = file_of("bundle", first, random.Random(0))
        self.in_bundle = read_ops(open_bundle(bundle, known_senders=self.sender, identities=[District().identity.age]))

    def _fresh(self) -> Path:
        folder = self.place / "state"
        shutil.rmtree(folder, ignore_errors=True)
        return Path(shutil.copytree(self.whole, folder))

    def turn(self, kind: str, dice: random.Random) -> str:
        """One flip in a file of that kind, and what became of it."""
        folder = self._fresh()
        path = file_of(kind, folder, dice)
        turned(path, dice)
        if kind == "backup":
            return look_at_copy(path, self.key, self.in_copy)
        if kind == "bundle":
            return look_at_bundle(path, self.sender, self.in_bundle)
        if kind == "receipt":
            return look_at_receipt(folder)
        found = look_at_register(folder, self.expected)
        return self._with_code(folder) if kind == KEYS and found == "harmless" else found

    def _with_code(self, folder: Path) -> str:
        """Of the keys' file, what the passphrase does not use, the recovery code does."""
        try:
            open_with_recovery(folder, self.code).db.engine.dispose()
        except UserError as trouble:
            return said(trouble)
        return "harmless"


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--flips", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    dice, wrong = random.Random(options.seed), 0
    hurry()
    with tempfile.TemporaryDirectory(dir=scratch()) as place:
        flips = Flips(Path(place))
        verdicts = {kind: Counter[str]() for kind in KINDS}
        for number in range(options.flips):
            kind = KINDS[number % len(KINDS)]
            verdicts[kind][flips.turn(kind, dice)] += 1
    for kind, counts in verdicts.items():
        wrong += counts["WRONG"]
        sys.stdout.write(f"{kind}: {sum(counts.values())} flips: {dict(counts.most_common())}\n")
    sys.stdout.write(f"{options.flips} flips, {wrong} wrong\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
