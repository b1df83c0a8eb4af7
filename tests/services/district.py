"""The district as a station meets it: keys, certificates and receipts from the parts of `covidstation.sync`."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from covidstation.db.rows import JournalRow
from covidstation.db.session import Database
from covidstation.domain.ops import Op
from covidstation.services.exchange.enrolment import accept_certificate, look_at_certificate, write_enrolment
from covidstation.sync.bundle import Sender, open_bundle, read_ops
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import Certificate, EnrolRequest, open_request, write_certificate
from covidstation.sync.identity import AgeKey, Identity, SignKey, key_id
from covidstation.sync.receipts import Receipt, write_receipt

GOLDEN = Path(__file__).parents[1] / "data" / "bundles" / "0.1.0" / "keys.json"
STATION = UUID("5a0c2d4e-6f80-41b2-a3c4-d5e6f7081920")
EPOCH = "9f86d081884c7d65"
WHEN = datetime(2022, 3, 10, 5, 40, tzinfo=UTC)


class District:
    """A hub's keys and what it says with them; the keys of the golden bundles unless new ones are asked for."""

    def __init__(self, *, new: bool = False) -> None:
        keys = json.loads(GOLDEN.read_bytes())
        self.root = SignKey.generate() if new else SignKey(bytes.fromhex(keys["root"]))
        self.identity = Identity.generate() if new else Identity.from_bytes(keys["hub"].encode())
        self.escrow = AgeKey.generate() if new else AgeKey(keys["escrow"])

    def certificate(self, request: EnrolRequest, **changes: object) -> Certificate:
        """What it answers to a request."""
        certificate = Certificate(
            station=STATION,
            station_keys=request.keys,
            epoch=EPOCH,
            hub_name="Trung tâm Y tế huyện Sìn Hồ",
            hub_keys=self.identity.public,
            root=self.root.public,
            escrow=self.escrow.public,
            serial=1,
            issued_at=WHEN,
            valid_from=date(2022, 3, 9),
            valid_until=date(2027, 3, 9),
        )
        return replace(certificate, **changes)

    def certified(self, request: EnrolRequest, **changes: object) -> bytes:
        """The certificate's file."""
        return write_certificate(self.certificate(request, **changes), root=self.root)

    def enrol(self, db: Database, folder: Path, now: datetime = WHEN, **changes: object) -> EnrolRequest:
        """Both sides of an enrolment; the request stays in the folder."""
        request = open_request(write_enrolment(db, folder, by=None, now=now).path)
        certificate = look_at_certificate(db, self.certified(request, **changes))
        accept_certificate(db, certificate, by=None, now=now)
        return request

    def read(self, path: Path, station: EnrolRequest, name: UUID = STATION) -> list[Op]:
        """The operations of an up bundle."""
        sender = {key_id(station.keys.sign): Sender(station.keys.sign, name)}
        return read_ops(open_bundle(path, known_senders=sender, identities=[self.identity.age]))

    def receipt(self, db: Database, request: EnrolRequest, upto: int, **changes: object) -> bytes:
        """The file that says "all up to `upto` is here", about the journal of that register."""
        with db.read() as session:
            row = session.get(JournalRow, upto)
        receipt = Receipt(
            station=STATION,
            epoch=EPOCH,
            upto=upto,
            chain=row.chain if row else bytes(32),
            hub_time=WHEN,
            hub_epoch="c2dbd3c2a5b1e0f4",
            hub_name="Trung tâm Y tế huyện Sìn Hồ",
        )
        sealed = replace(receipt, **changes)
        return write_receipt(sealed, signer=self.identity.sign, recipients=[request.keys.age])


def lay(folder: Path, name: str, data: bytes) -> Path:
    """Put a file of the district on the stick."""
    return usb.put(folder, name, data)
