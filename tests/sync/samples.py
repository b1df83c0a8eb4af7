"""One station, one hub and a few operations, all invented."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from covidstation.domain.ops import Op, chain_over, chain_start, encode_op
from covidstation.sync.bundle import OpenedBundle, Sender, Subject, open_bundle, write_bundle
from covidstation.sync.enrolment import Certificate, EnrolRequest
from covidstation.sync.header import Kind, Stream
from covidstation.sync.identity import AgeKey, Identity, SignKey
from covidstation.sync.receipts import Receipt, ReceiptException

STATION = UUID("5a0c2d4e-6f80-41b2-a3c4-d5e6f7081920")
EPOCH = "9f86d081884c7d65"
OURS = Identity.generate()
HUB = Identity.generate()
ESCROW = AgeKey.generate()
ROOT = SignKey.generate()
KNOWN = {OURS.sign.id: Sender(OURS.sign.public, STATION), HUB.sign.id: Sender(HUB.sign.public, STATION)}
WHEN = datetime(2022, 3, 10, 5, 40, tzinfo=UTC)


def op(seq: int, **changes: object) -> Op:
    """The insert of one person."""
    parts: dict[str, object] = {
        "seq": seq,
        "stamp": (1_646_800_000_000 + seq) << 16,
        "action": "i",
        "table": "person",
        "row": f"{seq:032x}",
        "fields": {"full_name": "Giàng A Páo", "birth": "1968", "sex": "MALE"},
        "actor": "0c1d2e3f405162738495a6b7c8d9eafb",
        "schema": 1,
    }
    return Op(**(parts | changes))  # type: ignore[arg-type]


def lines(count: int, first: int = 1) -> list[bytes]:
    return [encode_op(op(seq)) for seq in range(first, first + count)]


def up_subject(content: list[bytes], first: int = 1, kind: Kind = Kind.UP, **changes: object) -> Subject:
    before = chain_over(chain_start(STATION, EPOCH), lines(first - 1))
    stream = Stream(
        first=first,
        last=first + len(content) - 1,
        chain_before=before,
        chain_after=chain_over(before, content),
        schema=1,
    )
    parts: dict[str, object] = {"kind": kind, "station": STATION, "epoch": EPOCH, "stream": stream}
    return Subject(**(parts | changes))  # type: ignore[arg-type]


def up(content: list[bytes] | None = None, *, signer: SignKey = OURS.sign, **changes: object) -> bytes:
    """An up bundle of these lines, by default three people."""
    content = lines(3) if content is None else content
    recipients = [HUB.age.public, ESCROW.public]
    return write_bundle(up_subject(content, **changes), content, signer=signer, recipients=recipients)


def opened(data: bytes, key: AgeKey = HUB.age) -> OpenedBundle:
    return open_bundle(data, known_senders=KNOWN, identities=[key])


def request() -> EnrolRequest:
    return EnrolRequest(
        station_name="Trạm Y tế xã Mường Khương",
        commune="02755",
        place="Mường Khương",
        keys=OURS.public,
        made_at=WHEN,
        program="0.1.0",
    )


def certificate(**changes: object) -> Certificate:
    parts: dict[str, object] = {
        "station": STATION,
        "station_keys": OURS.public,
        "epoch": EPOCH,
        "hub_name": "Trung tâm Y tế Mường Khương",
        "hub_keys": HUB.public,
        "root": ROOT.public,
        "escrow": ESCROW.public,
        "serial": 7,
        "issued_at": WHEN,
        "valid_from": date(2022, 3, 9),
        "valid_until": date(2027, 3, 9),
    }
    return Certificate(**(parts | changes))  # type: ignore[arg-type]


def receipt(**changes: object) -> Receipt:
    late = ReceiptException(2, "quarantine", "episode.release_before_start", "Ngày hết cách ly quá sớm.")
    parts: dict[str, object] = {
        "station": STATION,
        "epoch": EPOCH,
        "upto": 3,
        "chain": chain_over(chain_start(STATION, EPOCH), lines(3)),
        "staged": ((6, 9),),
        "exceptions": (late,),
        "hub_time": WHEN,
        "hub_epoch": "c2dbd3c2a5b1e0f4",
        "hub_name": "Trung tâm Y tế Mường Khương",
    }
    return Receipt(**(parts | changes))  # type: ignore[arg-type]
