"""Bundles of every release are read for ever (docs/bundle-format-1.md §9)."""

import json
from pathlib import Path

import pytest

from covidstation.sync.bundle import OpenedBundle, Sender, open_bundle, open_self_signed, read_header, read_ops
from covidstation.sync.enrolment import open_certificate, open_request
from covidstation.sync.header import SELF_SIGNED, Kind
from covidstation.sync.identity import AgeKey, Identity
from covidstation.sync.receipts import parse_receipt, read_receipt

KINDS_OF = {"0.1.0": set(Kind) - {Kind.REKEY}}  # a release without a line here has them all
RELEASES = sorted(path.parent for path in (Path(__file__).parents[1] / "data" / "bundles").glob("*/keys.json"))


class Golden:
    """The files and keys of one release."""

    def __init__(self, folder: Path) -> None:
        keys = json.loads((folder / "keys.json").read_text(encoding="utf-8"))
        self.folder = folder
        self.station = Identity.from_bytes(keys["station"].encode())
        self.hub = Identity.from_bytes(keys["hub"].encode())
        self.escrow = AgeKey(keys["escrow"])

    def open(self, kind: Kind) -> OpenedBundle:
        path = self.folder / f"{kind.value}.csb"
        if kind in SELF_SIGNED:
            return open_self_signed(path, kind)
        header = read_header(path.read_bytes())
        assert header.station is not None
        known = {one.sign.id: Sender(one.sign.public, header.station) for one in (self.station, self.hub)}
        return open_bundle(path, known_senders=known, identities=[self.hub.age, self.station.age])

    def lines(self, kind: Kind) -> tuple[bytes, ...]:
        return tuple((self.folder / f"{kind.value}.ndjson").read_bytes().splitlines())


@pytest.fixture(params=RELEASES, ids=[folder.name for folder in RELEASES])
def golden(request: pytest.FixtureRequest) -> Golden:
    return Golden(request.param)


def test_there_are_some() -> None:
    assert RELEASES


def test_every_kind_opens(golden: Golden) -> None:
    kinds = {Kind(path.stem) for path in golden.folder.glob("*.csb")}
    assert kinds == KINDS_OF.get(golden.folder.name, set(Kind))
    for kind in kinds:
        assert golden.open(kind).lines == golden.lines(kind)


def test_their_meaning(golden: Golden) -> None:
    people = read_ops(golden.open(Kind.UP))
    assert [person.fields["full_name"] for person in people] == ["Giàng A Páo"] * 3
    assert read_ops(golden.open(Kind.DOWN)) == people
    assert read_receipt(golden.open(Kind.RECEIPT)) == parse_receipt(golden.lines(Kind.RECEIPT))
    request = open_request(golden.folder / "enrol.csb")
    certificate = open_certificate(golden.folder / "cert.csb", ours=request.keys)
    assert request.keys == golden.station.public
    assert certificate.hub_keys == golden.hub.public
    assert certificate.escrow == golden.escrow.public
