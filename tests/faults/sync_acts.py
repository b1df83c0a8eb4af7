"""Acts of a station with its district that must not be half done, and what must be true when they were cut off.

`down`: lines of the district are read. `line`: changes go over HTTP, in pieces out of the outbox, and the answer is
taken. `tidy`: a stick is written anew once a receipt covers what lies on it. `purge`: a legal deletion, with all that
is carried of it.
"""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from covidstation.db.rows import (
    BatchRow,
    DistrictItemRow,
    DownLineRow,
    DownStreamRow,
    JournalRow,
    JournalStateRow,
    PersonRow,
    PurgeRow,
    ReceiptRow,
)
from covidstation.db.session import Database
from covidstation.domain.ops import Op, chain_over, chain_start, encode_op
from covidstation.domain.retention import RecordKind
from covidstation.errors import UserError
from covidstation.hub.database.store import DATABASE, Hub, Place, create_hub, open_hub
from covidstation.hub.rows import EnrolmentRow
from covidstation.hub.stations.enrolling import enrol_station, look_at_request, renew_certificates
from covidstation.services.access.opening import Register
from covidstation.services.certificate import get_certificate
from covidstation.services.exchange import outbox
from covidstation.services.exchange.bundles import Taken, export_changes, import_files
from covidstation.services.exchange.enrolment import write_enrolment
from covidstation.services.exchange.packing import chain_at
from covidstation.services.exchange.wire import sync_now
from covidstation.services.privacy.purge import PurgeOrder, purge_records
from covidstation.services.privacy.retention import look_at_due
from covidstation.sync.bundle import Subject, read_header, write_bundle
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import EnrolRequest
from covidstation.sync.header import Kind, Stream
from tests.services import outbreak
from tests.services.district import EPOCH, STATION, District
from tests.services.samples import CHEAP, HANOI, NOW, catalog, f0, neighbour, register
from tests.soak.storm import URL, Storm, answering, stormy

STICK, HUB_EPOCH = "stick", "c2dbd3c2a5b1e0f4"
PASSPHRASE = "con đường mòn qua đèo"
WORDS = 3  # of the district in one bundle
LATER = datetime(2034, 6, 1, 8, tzinfo=HANOI)  # more than twelve years after
ORDER = PurgeOrder(kind=RecordKind.CASE, until=date(2033, 12, 31), decision="12/QĐ-TYT", count=0, typed="huỷ")


# what the district says


def enrolled(db: Database, stick: Path) -> EnrolRequest:
    """By the keys of the golden bundles."""
    stick.mkdir(exist_ok=True)
    return District().enrol(db, stick)


def words(number: int) -> list[bytes]:
    """The lines of the district's bundle of that number: announcements."""
    found = []
    for seq in range(number * WORDS + 1, (number + 1) * WORDS + 1):
        fields = {"kind": "announcement", "title": f"Giao ban {seq}", "body": "8 giờ.", "author": "BS. Hoa",
                  "made_at": "2022-03-10T05:40:00"}  # fmt: skip
        stamp = ((int(NOW.timestamp() * 1000) + seq) << 16) + 1
        op = Op(
            seq=seq,
            stamp=stamp,
            action="i",
            table="district_item",
            row=f"{seq:032x}",
            fields=fields,
            actor="0" * 32,
            schema=1,
        )
        found.append(encode_op(op))
    return found


def put_words(stick: Path, request: EnrolRequest, number: int) -> None:
    """That bundle on the stick."""
    district = District()
    before = chain_start(STATION, HUB_EPOCH)
    for earlier in range(number):
        before = chain_over(before, words(earlier))
    lines = words(number)
    first, last = number * WORDS + 1, (number + 1) * WORDS
    stream = Stream(first=first, last=last, chain_before=before, chain_after=chain_over(before, lines), schema=1)
    subject = Subject(kind=Kind.DOWN, station=STATION, epoch=HUB_EPOCH, stream=stream)
    data = write_bundle(
        subject,
        lines,
        signer=district.identity.sign,
        recipients=[request.keys.age, district.escrow.public],
        about={"clock": int(NOW.timestamp() * 1000)},
    )
    usb.put(stick, usb.down_name(STATION, HUB_EPOCH, first, last), data)


def take(db: Database, stick: Path) -> None:
    """Read the stick; what cannot be read is said. A gap is no trouble: the bundle before it was refused just now."""
    for one in import_files(db, stick, by=None, now=NOW, yes=True).value:
        if one.trouble is not None:
            raise one.trouble
        if one.outcome is Taken.GAP:
            raise UserError("bundle.unreadable", name=one.name)


# the hub at the other end of a line


@contextmanager
def hub_beside(db: Database, folder: Path) -> Iterator[Hub]:
    """A hub in that folder where the station is enrolled; it answers in threads of this process."""
    place = Place(folder / DATABASE, folder)
    if not place.database.exists():
        name = "Trung tâm Y tế Sìn Hồ"
        create_hub(place, name=name, code="108", passphrase=PASSPHRASE, now=NOW, cost=CHEAP)
        hub = open_hub(place, PASSPHRASE)
        renew_certificates(hub, urls=[URL], authority="", now=NOW)
        _join(db, hub, folder)
    else:
        hub = open_hub(place, PASSPHRASE)
    storm = Storm(Random(1), 0.0, 0.0)
    try:
        with stormy(storm, pieces=1_500), answering(hub, storm, lambda: NOW):
            yield hub
    finally:
        hub.db.close()


def _join(db: Database, hub: Hub, folder: Path) -> None:
    stick = folder / "enrolment"
    stick.mkdir()
    look = look_at_request(hub, write_enrolment(db, stick, by=None, now=NOW).path.read_bytes())
    station, serial = enrol_station(hub, look.request, now=NOW)
    with hub.db.read() as session:
        usb.put(stick, usb.certificate_name(station, serial), session.get_one(EnrolmentRow, serial).certificate)
    import_files(db, stick, by=None, now=NOW, yes=True)


# acts


def down(station: Register) -> Iterator[None]:
    """A bundle of the district's lines is read."""
    stick = station.folder / STICK
    request = enrolled(station.db, stick)
    yield
    for number in itertools.count():
        put_words(stick, request, number)
        take(station.db, stick)
        yield


def line(station: Register) -> Iterator[None]:
    """Some are entered, and all goes over the line; more than a piece, so that the outbox has it on the way."""
    with tempfile.TemporaryDirectory() as elsewhere, hub_beside(station.db, Path(elsewhere)):
        yield
        for number in itertools.count():
            register(station.db, f0(neighbour(number)))
            sync_now(station.db, by=None, now=NOW)
            yield


def tidy(station: Register) -> Iterator[None]:
    """A stick is written, comes back with a receipt, and is written anew: what the receipt covers goes off it."""
    stick, district = station.folder / STICK, District()
    request = enrolled(station.db, stick)
    yield
    for number in itertools.count():
        register(station.db, f0(neighbour(number)))
        export_changes(station.db, stick, by=None, now=NOW)
        upto = _last_seq(station.db)
        usb.put(stick, usb.receipt_name(STATION, EPOCH, upto), district.receipt(station.db, request, upto))
        take(station.db, stick)
        yield


def purge(station: Register) -> Iterator[None]:
    """A case whose years are over is deleted, with what the journal and the search still say of it."""
    yield
    for number in itertools.count():
        forgettable(station.db, number)
        purge_one(station.db, number)
        yield


def forgettable(db: Database, number: int) -> None:
    """A case that has ended, and of which the district has everything."""
    outbreak.recover(db, outbreak.case(db, number))
    with db.write(None, NOW) as session:
        state = session.get_one(JournalStateRow, 1)
        state.received_upto = state.last_seq


def purge_one(db: Database, number: int) -> None:
    """What is due now."""
    now = LATER + timedelta(minutes=number)
    count = look_at_due(db, ORDER.kind, ORDER.until, catalog=catalog(), today=now.date()).count
    order = replace(ORDER, count=count)
    purge_records(db, order, catalog=catalog(), by=None, by_name="Lò Thị Mai", now=now)


SYNC_ACTS: dict[str, Callable[[Register], Iterator[None]]] = {
    "down": down,
    "line": line,
    "tidy": tidy,
    "purge": purge,
}
SYNC_TIMES = {"down": 6, "line": 4, "tidy": 4, "purge": 2}


# what must be true


def _last_seq(db: Database) -> int:
    with db.read() as session:
        return session.get_one(JournalStateRow, 1).last_seq


def _count(db: Database, row: type) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).select_from(row)) or 0


def was_down(station: Register, done: int) -> str:
    """Whole bundles, each line once with its item; reading the stick again brings the rest."""
    lines, items = _count(station.db, DownLineRow), _count(station.db, DistrictItemRow)
    with station.db.read() as session:
        upto = session.scalar(select(DownStreamRow.upto)) or 0
    if lines != items or lines != upto or lines % WORDS:
        return f"half read: {lines} lines, {items} items, up to {upto}"
    if lines < done * WORDS:
        return f"lost {done - lines // WORDS}"
    stick = station.folder / STICK
    if done < 0 or not stick.is_dir():
        return ""
    take(station.db, stick)
    there = sum(1 for one in usb.scan(stick) if read_header(one.path.read_bytes()).kind is Kind.DOWN)
    return "" if _count(station.db, DistrictItemRow) == there * WORDS else "not all was read again"


def was_sent(station: Register, done: int) -> str:
    """What counts as received is what the last receipt says; the outbox holds a bundle that goes on, or nothing."""
    with station.db.read() as session:
        state = session.get_one(JournalStateRow, 1)
        uptos = list(session.scalars(select(ReceiptRow.upto).order_by(ReceiptRow.n)))
        batches = session.scalars(select(BatchRow.seq_to).order_by(BatchRow.n)).all()
        if state.received_upto != max(uptos, default=0) or uptos != sorted(uptos):
            return "half received"
        if len(set(batches)) < done or len(uptos) < done:
            return f"lost {done - min(len(set(batches)), len(uptos))}"
        part = outbox.kept(station.folder, state.epoch, state.received_upto)
        certificate = get_certificate(station.db)
        if part is None or certificate is None:
            return ""
        stream = read_header(part.data).stream
        after = session.get(JournalRow, part.last)
        before = chain_at(session, certificate, part.first - 1)
    fits = (
        stream is not None and after is not None and (stream.chain_before, stream.chain_after) == (before, after.chain)
    )
    return "" if fits else "what is on its way is not what the journal has"


def was_tidied(station: Register, done: int) -> str:
    """All that no receipt covers is on the stick, in whole bundles; nothing else was taken off it."""
    stick = station.folder / STICK
    with station.db.read() as session:
        state = session.get_one(JournalStateRow, 1)
        uptos = list(session.scalars(select(ReceiptRow.upto)))
        sent = session.scalar(select(func.max(BatchRow.seq_to))) or 0
    if state.received_upto != max(uptos, default=0):
        return "half received"
    if len(uptos) < done:
        return f"lost {done - len(uptos)}"
    ranges = [
        header.stream
        for one in (usb.scan(stick) if stick.is_dir() else [])
        if (header := read_header(one.path.read_bytes())).kind is Kind.UP
    ]
    on_stick = {seq for one in ranges if one is not None for seq in range(one.first, one.last + 1)}
    missing = set(range(state.received_upto + 1, sent + 1)) - on_stick
    return f"line {min(missing)} is not on the stick" if missing else ""


def was_purged(station: Register, done: int) -> str:
    """Each case is there whole or gone without a word; a deletion that was cut off is done again."""
    gone, here = _count(station.db, PurgeRow), _count(station.db, PersonRow)
    if gone < done:
        return f"lost {done - gone}"
    if here:
        with suppress(UserError):
            with station.db.write(None, NOW) as session:
                state = session.get_one(JournalStateRow, 1)
                state.received_upto = state.last_seq
            purge_one(station.db, 500)
    return "" if gone + here <= done + 2 else "both gone and there"


SYNC_LOOKS: dict[str, Callable[[Register, int], str]] = {
    "down": was_down,
    "line": was_sent,
    "tidy": was_tidied,
    "purge": was_purged,
}
