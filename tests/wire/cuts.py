"""The line cut at random bytes, both ways: `python -m tests.wire.cuts [CUTS]`.

A real station and a real hub over a port of this machine. Each time something new waits, and the line breaks at any
byte of the request or of the answer; large bundles go in pieces. What arrived is never asked for again, what counts as
received never goes back, and at the end both sides have the same lines, each once.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

from sqlalchemy import select

from benchmarks._pipe import Pipe
from covidstation.db.rows import JournalRow
from covidstation.db.session import Database
from covidstation.errors import UserError
from covidstation.hub.database.store import DATABASE, Hub, Place, create_hub, open_hub
from covidstation.hub.rows import OperationRow
from covidstation.hub.web.limits import Rate
from covidstation.hub.web.sync import Rates
from covidstation.services.exchange import wire
from covidstation.sync import http
from tests.model.template import cheap_keys
from tests.services import samples
from tests.wire.ends import PASSPHRASE, join, last_seq, now, people, point_to, served, sync, unsent

CODES = frozenset({"wire.cut", "wire.silent", "wire.strange", "wire.unreachable", "wire.later", "wire.unwell"})
PIECE = 2_000  # bytes: a bundle of some people goes in several
MOST = 12_000  # bytes of a request or an answer in which the line is cut


@dataclass
class Cuts:
    """What happened."""

    cuts: int = 0
    failed: int = 0
    lines: int = 0
    again: int = 0  # times that arrived bytes were asked for again


def play(hub: Hub, db: Database, count: int, dice: Random) -> Cuts:
    """So many cuts, then a line that holds. Raises AssertionError."""
    found, person = Cuts(), 0
    kept = wire.AT_ONCE, http.AT_ONCE, http.PIECE_SIZE
    wire.AT_ONCE, http.AT_ONCE, http.PIECE_SIZE = PIECE, PIECE, PIECE  # type: ignore[misc]
    try:
        rates = Rates(station=Rate(1e6, 1e6), everybody=Rate(1e6, 1e6))  # a thousand sendings in some minutes
        with served(hub, tls=False, rates=rates) as server, Pipe(server.port) as pipe:
            point_to(db, hub, [f"http://127.0.0.1:{pipe.port}"], authority="")
            before = 0
            while found.cuts < count:
                new = dice.choice((0, 0, 1, 1, 2, 20))
                people(db, new, start=person + 1)
                person += new
                _cut(pipe, dice)
                found.cuts += 1
                there = _arrived(hub)
                try:
                    sync(db)
                except UserError as trouble:
                    assert trouble.code in CODES, trouble.code
                    found.failed += 1
                    found.again += any(_arrived(hub).get(name, size) < size for name, size in there.items())
                received = last_seq(db) - unsent(db)
                assert received >= before, "what counts as received went back"
                before = received
            pipe.cut_up = pipe.cut_down = None
            while unsent(db):
                sync(db)
    finally:
        wire.AT_ONCE, http.AT_ONCE, http.PIECE_SIZE = kept  # type: ignore[misc]
    found.lines = _same(hub, db)
    assert not found.again, "pieces that had arrived were lost"
    return found


def _cut(pipe: Pipe, dice: Random) -> None:
    at = int(MOST * dice.random() ** 2)
    pipe.cut_up = pipe.cut_down = None
    if dice.random() < 0.5:
        pipe.cut_up = pipe.up + at
    else:
        pipe.cut_down = pipe.down + at // 4


def _arrived(hub: Hub) -> dict[str, int]:
    """How much of each bundle lies at the hub, of those that are not whole."""
    folder = hub.place.folder / "uploads"
    return {path.name: path.stat().st_size for path in folder.glob("*.part")} if folder.is_dir() else {}


def _same(hub: Hub, db: Database) -> int:
    with db.read() as session:
        ours = list(session.scalars(select(JournalRow.stamp).order_by(JournalRow.stamp)))
    with hub.db.read() as session:
        theirs = list(session.scalars(select(OperationRow.stamp).order_by(OperationRow.stamp)))
    assert ours == theirs, f"{len(ours)} lines here, {len(theirs)} there"
    return len(ours)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cuts", type=int, nargs="?", default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    cheap_keys()
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as made:
        place = Place(Path(made) / "hub" / DATABASE, Path(made) / "hub")
        name = "Trung tâm Y tế Sìn Hồ"
        create_hub(place, name=name, code="", passphrase=PASSPHRASE, now=now(), cost=samples.CHEAP)
        samples.found(Path(made) / "station", now=now())
        hub = open_hub(place, PASSPHRASE)
        with closing(hub.db), closing(samples.opened(Path(made) / "station").db) as db:
            found = play(hub, join(db, hub), options.cuts, Random(options.seed))
    sys.stdout.write(
        f"{found.cuts} cuts, {found.failed} sendings failed, {found.lines} lines, each once at both ends\n"
    )


if __name__ == "__main__":
    main()
