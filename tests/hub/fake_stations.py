"""Stations made of sync primitives, as their hub sees them: keys, a stream, bundles. All invented."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from covidstation.domain.ops import Op, chain_over, chain_start, encode_op
from covidstation.hub.database.store import Hub
from covidstation.hub.intake.bundles import Intake, take_in
from covidstation.hub.rows import BundleRow, EnrolmentRow, OperationRow, RecordRow, StationRow, StreamRow
from covidstation.hub.stations.enrolling import enrol_station
from covidstation.sync.bundle import Subject, write_bundle
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import Certificate, EnrolRequest, open_certificate, open_request, write_request
from covidstation.sync.header import Kind, Stream
from covidstation.sync.identity import Identity, SignKey
from covidstation.sync.rekeying import Rekey, write_rekey

NOW = datetime(2022, 3, 10, 5, 40, tzinfo=UTC)
ACTOR = "0c1d2e3f405162738495a6b7c8d9eafb"
START = 1_646_800_000_000 << 16


class FakeStation:
    """What a station does to be heard, without its register."""

    def __init__(self, name: str = "Trạm Y tế xã Nậm Tăm", commune: str = "03450") -> None:
        self.name, self.commune = name, commune
        self.keys = Identity.generate()
        self.lines: list[bytes] = []
        self.rows = 0
        self.certificate: Certificate | None = None
        self.hub: Hub | None = None

    def request(self) -> bytes:
        asked = EnrolRequest(
            station_name=self.name,
            commune=self.commune,
            place="Nậm Tăm",
            keys=self.keys.public,
            made_at=NOW,
            program="0.1.0",
        )
        return write_request(asked, signer=self.keys.sign)

    def join(self, hub: Hub, **how: Any) -> FakeStation:
        """Be enrolled, as if words were compared."""
        asked = EnrolRequest(
            station_name=self.name,
            commune=self.commune,
            place="Nậm Tăm",
            keys=self.keys.public,
            made_at=NOW,
            program="0.1.0",
        )
        _station, serial = enrol_station(hub, asked, now=NOW, **how)
        with hub.db.read() as session:
            self.take(session.get_one(EnrolmentRow, serial).certificate)
        self.hub = hub
        return self

    def rekey(self, new: Identity, old: SignKey | None = None) -> bytes:
        """A request for new keys, on the word of its own ones or of `old`."""
        old = old or self.keys.sign
        request = replace(open_request(self.request()), keys=new.public)
        return write_rekey(Rekey(request=request, station=self.id, old=old.public), old=old, new=new.sign)

    def take(self, certificate: bytes) -> None:
        self.certificate = open_certificate(certificate, ours=self.keys.public)

    @property
    def id(self):
        return self.certificate.station

    @property
    def epoch(self) -> str:
        return self.certificate.epoch

    def op(self, action: str, row: int, fields: dict[str, Any] | None = None, **changes: Any) -> Op:
        """The next operation on the person number `row`, appended to the stream. `base` must be right if given."""
        seq = len(self.lines) + 1
        parts: dict[str, Any] = {
            "seq": seq,
            "stamp": START + (seq << 16),
            "action": action,
            "table": "person",
            "row": f"{row:032x}",
            "fields": fields or {},
            "actor": ACTOR,
            "schema": 1,
        }
        one = Op(**(parts | changes))
        self.lines.append(encode_op(one))
        return one

    def people(self, count: int) -> list[Op]:
        """That many new people."""
        made = []
        for _one in range(count):
            self.rows += 1
            made.append(self.op("i", self.rows, {"full_name": "Giàng A Páo", "birth_year": 1968, "sex": "MALE"}))
        return made

    def chain(self, upto: int) -> bytes:
        return chain_over(chain_start(self.id, self.epoch), self.lines[:upto])

    def up(self, first: int = 1, last: int | None = None, **changes: Any) -> bytes:
        """A bundle of the lines first…last (all of them by default)."""
        last = len(self.lines) if last is None else last
        content = changes.pop("content", self.lines[first - 1 : last])
        before = changes.pop("before", self.chain(first - 1))
        stream = Stream(first=first, last=last, chain_before=before, chain_after=chain_over(before, content), schema=1)
        subject = Subject(kind=Kind.UP, station=self.id, epoch=self.epoch, stream=stream)
        signer, about = changes.pop("signer", self.keys.sign), changes.pop("about", None)
        recipients = [self.certificate.hub_keys.age, self.certificate.escrow]
        return write_bundle(replace(subject, **changes), content, signer=signer, recipients=recipients, about=about)

    def put(self, folder: Path, first: int = 1, last: int | None = None) -> Path:
        """The same, on a stick."""
        last = len(self.lines) if last is None else last
        return usb.put(folder, usb.up_name(self.id, self.epoch, first, last), self.up(first, last))


def take(hub: Hub, data: bytes) -> list[Intake]:
    """One bundle read by the hub."""
    return take_in(hub, data, name="x.csb", now=NOW)


def dump(hub: Hub) -> dict[tuple[Any, ...], Any]:
    """The whole present state, in a form that can be compared."""
    with hub.db.read() as session:
        rows = session.scalars(select(RecordRow).order_by(RecordRow.station, RecordRow.tbl, RecordRow.row))
        return {
            (row.station, row.tbl, row.row): (row.made, row.rev, row.fields, row.stamps, row.deleted) for row in rows
        }


def everything(hub: Hub) -> list[Any]:
    """Every row of every table, to see that nothing changed."""
    with hub.db.read() as session:
        return [
            tuple(vars(row)[name] for name in row.__table__.columns.keys())  # noqa: SIM118
            for kind in (StationRow, EnrolmentRow, StreamRow, BundleRow, OperationRow, RecordRow)
            for row in session.scalars(select(kind))
        ]


def upto(hub: Hub, station: FakeStation) -> int:
    with hub.db.read() as session:
        return session.scalars(select(StreamRow).where(StreamRow.epoch == station.epoch)).one().upto
