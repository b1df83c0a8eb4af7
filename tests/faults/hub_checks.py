"""What must be true of a hub that was cut off in an act of `hub_acts`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from covidstation.domain.ops import chain_over, chain_start
from covidstation.errors import UserError
from covidstation.hub.database.store import Hub
from covidstation.hub.intake.bundles import Outcome, import_place
from covidstation.hub.intake.workers import Workers
from covidstation.hub.rows import (
    BundleRow,
    DownLineRow,
    DownStreamRow,
    InboxRow,
    OperationRow,
    RecordRow,
    StationRow,
    StreamRow,
)
from covidstation.sync.bundle import Sender, open_bundle, read_header
from covidstation.sync.carriers import usb
from covidstation.sync.header import Kind
from covidstation.sync.identity import key_id
from covidstation.sync.receipts import read_receipt
from tests.faults.hub_acts import COUNT, HUB, PEOPLE, SLICE, STATIONS, STICK, opened_hub, stations_of
from tests.hub.fake_stations import NOW

Look = Callable[[Hub, Path, int], str]


def _looked(folder: Path, acknowledged: int, look: Look) -> str:
    """Open the hub as its program does, and look at what it holds before the act is done again."""
    if not acknowledged and not _is_put(folder):
        return ""
    try:
        hub = opened_hub(folder)
    except UserError as trouble:
        return f"not opened: {trouble.code}"
    try:
        return damage(hub) or history(hub) or look(hub, folder, acknowledged - 1) or history(hub)
    except UserError as trouble:
        return f"not read: {trouble.code}"
    finally:
        hub.db.engine.dispose()


def _is_put(folder: Path) -> bool:
    return (folder / STATIONS).exists() and (folder / HUB).is_dir()


def damage(hub: Hub) -> str:
    """What SQLite finds in the file, once the log is folded into it: a page torn in the folding is whole in the log."""
    hub.db.outside_transaction("PRAGMA wal_checkpoint(TRUNCATE)")
    with hub.db.read() as session:
        found = session.connection().exec_driver_sql("PRAGMA quick_check").scalar_one()
        pages = session.connection().exec_driver_sql("PRAGMA cipher_integrity_check").all()
    return "" if found == "ok" and not pages else f"the file is damaged: {found}, {pages}"


def history(hub: Hub) -> str:
    """Of every stream: no gap, a chain that fits, each line applied once, nothing applied that is not there."""
    lines = 0
    with hub.db.read() as session:
        for stream, station in session.execute(
            select(StreamRow, StationRow.id).join(StationRow, StationRow.n == StreamRow.station)
        ):
            query = select(OperationRow.seq, OperationRow.line, OperationRow.code)
            rows = session.execute(query.where(OperationRow.stream == stream.n).order_by(OperationRow.seq)).all()
            if [row.seq for row in rows] != list(range(1, stream.upto + 1)):
                return f"{stream.upto} lines are said to be here, {len(rows)} are"
            if stream.chain != chain_over(chain_start(station, stream.epoch), [row.line for row in rows]):
                return "the chain does not fit"
            if any(row.code for row in rows):
                return "a line was not applied"
            lines += len(rows)
        records = session.scalar(select(func.count()).select_from(RecordRow).where(RecordRow.tbl == "person")) or 0
        down = select(DownStreamRow.last_seq, func.count(DownLineRow.seq)).outerjoin(
            DownLineRow,
            (DownLineRow.station == DownStreamRow.station) & (DownLineRow.epoch == DownStreamRow.epoch),
        )
        for last, count in session.execute(down.group_by(DownStreamRow.station, DownStreamRow.epoch)):
            if last != count:
                return f"{last} lines down are said to be here, {count} are"
    return "" if records == lines else f"{lines} lines, {records} people"


def lines_of(hub: Hub) -> int:
    """All that was taken in."""
    with hub.db.read() as session:
        return session.scalar(select(func.count()).select_from(OperationRow)) or 0


def _is_half(hub: Hub) -> bool:
    """Whether a bundle is in its slices, or a row says more than the lines do."""
    with hub.db.read() as session:
        files = session.scalar(select(func.count()).where(BundleRow.outcome == "taken")) or 0
    return lines_of(hub) != files * PEOPLE


def intake(folder: Path, acknowledged: int) -> str:
    """What was acknowledged is there; reading the stick again brings the rest, and nothing twice."""

    def look(hub: Hub, folder: Path, done: int) -> str:
        if _is_half(hub):
            return "half a bundle"
        if lines_of(hub) < done * PEOPLE:
            return f"lost {done - lines_of(hub) // PEOPLE}"
        return _read_again(hub, folder)

    return _looked(folder, acknowledged, look)


def _read_again(hub: Hub, folder: Path) -> str:
    if not (folder / STICK).is_dir():
        return ""
    for one in import_place(hub, folder / STICK, now=NOW):
        if one.outcome not in (Outcome.TAKEN, Outcome.ALREADY):
            return f"refused again: {one.trouble and one.trouble.code}"
    on_stick = sum(1 for one in usb.scan(folder / STICK) if read_header(one.path.read_bytes()).kind is Kind.UP)
    return "" if lines_of(hub) == on_stick * PEOPLE else "half read again"


def inbox(folder: Path, acknowledged: int) -> str:
    """A file that was acknowledged waits or is taken in; the next run of the program brings it to its end."""

    def look(hub: Hub, _folder: Path, done: int) -> str:
        with hub.db.read() as session:
            files = session.scalar(select(func.count()).select_from(InboxRow)) or 0
        if files < -(-done // 2):
            return f"lost {-(-done // 2) - files} files"
        if lines_of(hub) < done // 2 * PEOPLE:
            return f"lost {done // 2 - lines_of(hub) // PEOPLE}"
        workers = Workers(hub, most=SLICE, clock=lambda: NOW)
        while workers.work():
            pass
        with hub.db.read() as session:
            states = set(session.scalars(select(InboxRow.state).distinct()))
        if states - {"done"}:
            return f"files stay {states}"
        return "" if lines_of(hub) == files * PEOPLE and not _is_half(hub) else "half taken in"

    return _looked(folder, acknowledged, look)


def answer(folder: Path, acknowledged: int) -> str:
    """No receipt on the stick says more than is here; every file there opens; each station has what it was told."""

    def look(hub: Hub, folder: Path, done: int) -> str:
        if lines_of(hub) < done * PEOPLE:
            return f"lost {done - lines_of(hub) // PEOPLE}"
        wrong = _receipts(hub, folder)
        if wrong or not (folder / STICK).is_dir():
            return wrong
        with hub.db.read() as session:
            said = set(session.scalars(select(DownStreamRow.last_seq)))
        if done and (len(said) != 1 or min(said) < done):
            return f"lost {done - min(said, default=0)}, words of the district"
        return _read_again(hub, folder)

    return _looked(folder, acknowledged, look)


def _receipts(hub: Hub, folder: Path) -> str:
    ours = hub.keys.identity.sign.public
    seen = 0
    for one in stations_of(folder):
        place = folder / STICK / "CSB" / one.id.hex / "down"
        for path in sorted(place.glob("[RD]-*.csb")) if place.is_dir() else ():
            known = {key_id(ours): Sender(ours, one.id)}
            bundle = open_bundle(path, known_senders=known, identities=[one.keys.age])
            if bundle.header.kind is not Kind.RECEIPT:
                continue
            receipt = read_receipt(bundle)
            seen += 1
            with hub.db.read() as session:
                stream = session.scalars(select(StreamRow).where(StreamRow.epoch == receipt.epoch)).one()
                at = session.get(OperationRow, (stream.n, receipt.upto))
                if receipt.upto > stream.upto or (receipt.upto and (at is None or at.chain != receipt.chain)):
                    return f"a receipt for {receipt.upto} lines, {stream.upto} are here"
    return "" if seen <= COUNT + 1 else "old receipts stay"


HUB_CHECKS = {"intake": intake, "inbox": inbox, "answer": answer}
