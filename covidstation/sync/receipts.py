"""What the hub says it holds of a station's stream (docs/bundle-format-1.md §4)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Final
from uuid import UUID

from covidstation.domain.canonical import Fields, decode, encode, is_hex, moment_text, number_pair
from covidstation.sync.bundle import OpenedBundle, Subject, write_bundle
from covidstation.sync.header import Kind
from covidstation.sync.identity import SignKey
from covidstation.sync.refusals import BundleRefused

MOST_STAGED: Final = 1000
MOST_TEXT: Final = 1000
MOST_EPOCHS: Final = 64
_WORD: Final = re.compile(r"[a-z][a-z0-9_.]{0,79}")


@dataclass(frozen=True, slots=True)
class ReceiptException:
    """One line that the hub keeps, but did not simply apply."""

    seq: int
    status: str  # conflict, quarantine, clock_suspect, former_owner, hub_too_old, or a later hub's word
    code: str  # key of a sentence, where the station's program knows it
    text: str  # the sentence as the hub says it

    def __post_init__(self) -> None:
        if self.seq < 1 or not _WORD.fullmatch(self.status) or not _WORD.fullmatch(self.code):
            raise ValueError("not an exception of a receipt")
        if len(self.text) > MOST_TEXT:
            raise ValueError("the sentence is too long")


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """Cumulative: all numbers up to `upto` are durable at the hub, in this epoch of the station."""

    station: UUID
    epoch: str
    upto: int  # 0 when nothing came yet
    chain: bytes  # the station's chain at `upto`
    staged: tuple[tuple[int, int], ...] = ()  # ranges beyond a gap, rising
    exceptions: tuple[ReceiptException, ...] = ()  # by rising number
    hub_time: datetime  # UTC, to the second
    hub_epoch: str
    hub_name: str
    down: Mapping[str, int] = field(default_factory=dict)  # former epochs of the hub: how many of its own lines it has

    def __post_init__(self) -> None:
        if not is_hex(self.epoch, 16) or not is_hex(self.hub_epoch, 16) or len(self.chain) != 32:
            raise ValueError("not an epoch or chain")
        if self.upto < 0 or len(self.staged) > MOST_STAGED:
            raise ValueError("not a receipt")
        if len(self.down) > MOST_EPOCHS or not all(is_hex(epoch, 16) for epoch in self.down):
            raise ValueError("not former epochs")
        before = self.upto
        for first, last in self.staged:
            if not before + 1 < first <= last:
                raise ValueError("staged ranges lie beyond gaps and rise")
            before = last
        numbers = [exception.seq for exception in self.exceptions]
        if any(later <= earlier for earlier, later in pairwise(numbers)):
            raise ValueError("exceptions rise")


def write_receipt(receipt: Receipt, *, signer: SignKey, recipients: Sequence[str]) -> bytes:
    """The receipt as a bundle, signed by the hub, sealed to the station's age key."""
    subject = Subject(kind=Kind.RECEIPT, station=receipt.station, epoch=receipt.epoch)
    return write_bundle(subject, receipt_lines(receipt), signer=signer, recipients=recipients)


def receipt_lines(receipt: Receipt) -> list[bytes]:
    """The payload lines: the receipt, then its exceptions."""
    head = {
        "station": receipt.station.hex,
        "epoch": receipt.epoch,
        "upto": receipt.upto,
        "chain": receipt.chain.hex(),
        "staged": [list(one) for one in receipt.staged],
        "hub_time": moment_text(receipt.hub_time),
        "hub_epoch": receipt.hub_epoch,
        "hub_name": receipt.hub_name,
        **({"down": dict(receipt.down)} if receipt.down else {}),
    }
    rest = ({"s": one.seq, "status": one.status, "code": one.code, "text": one.text} for one in receipt.exceptions)
    return [encode(head), *map(encode, rest)]


def read_receipt(bundle: OpenedBundle) -> Receipt:
    """The receipt in an opened bundle. Raises BundleRefused.

    Whether epoch and chain are the station's own, and `upto` no step back, is the caller's to check.
    """
    header = bundle.header
    if header.kind is not Kind.RECEIPT:
        raise BundleRefused("bundle.wrong_kind", kind=header.kind.value)
    try:
        receipt = parse_receipt(bundle.lines)
    except ValueError:
        raise BundleRefused("bundle.content_bad") from None
    if (receipt.station, receipt.epoch) != (header.station, header.epoch):
        raise BundleRefused("bundle.manifest_differs")
    return receipt


def parse_receipt(lines: Sequence[bytes]) -> Receipt:
    """What `receipt_lines` gave; unknown keys are passed over. Raises ValueError."""
    if not lines:
        raise ValueError("no receipt")
    fields = Fields(decode(lines[0]))
    return Receipt(
        station=fields.uuid("station"),
        epoch=fields.hex("epoch", 16),
        upto=fields.number("upto"),
        chain=fields.octets("chain", 32),
        staged=tuple(number_pair(one) for one in fields.items("staged", MOST_STAGED)),
        exceptions=tuple(_read_exception(line) for line in lines[1:]),
        hub_time=fields.moment("hub_time"),
        hub_epoch=fields.hex("hub_epoch", 16),
        hub_name=fields.text("hub_name"),
        down=fields.numbers("down", MOST_EPOCHS),
    )


def _read_exception(line: bytes) -> ReceiptException:
    fields = Fields(decode(line))
    return ReceiptException(
        seq=fields.number("s", 1),
        status=fields.text("status"),
        code=fields.text("code"),
        text=fields.text("text", MOST_TEXT),
    )
