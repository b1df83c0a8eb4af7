"""Receipts say what is durable, and no more; the stick keeps the newest alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from covidstation.errors import UserError
from covidstation.hub.database.store import Hub
from covidstation.hub.figures.stations import station_figures
from covidstation.hub.intake.bundles import take_in
from covidstation.hub.replies.receipting import export_answers
from covidstation.hub.rows import OperationRow
from covidstation.sync.bundle import Sender, open_bundle
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import open_certificate
from covidstation.sync.receipts import Receipt, ReceiptException, read_receipt, write_receipt
from tests.hub.conftest import BOTH
from tests.hub.fake_stations import NOW, FakeStation
from tests.hub.intake.test_bundles import fork

DATABASES = BOTH


def receipt_of(station: FakeStation, path: Path) -> Receipt:
    """As the station reads it."""
    keys = station.certificate.hub_keys
    known = {station.hub.keys.identity.sign.id: Sender(keys.sign, station.id)}
    return read_receipt(open_bundle(path.read_bytes(), known_senders=known, identities=[station.keys.age]))


def test_the_station_reads_its_receipt(hub: Hub, station: FakeStation, tmp_path: Path):
    station.people(5)
    station.op("u", 999, {"phone": "1"}, base=1)
    station.people(6)
    take_in(hub, station.up(1, 6), now=NOW)
    take_in(hub, station.up(8, 9), now=NOW)
    take_in(hub, station.up(11, 12), now=NOW)
    (written,) = export_answers(hub, tmp_path, now=NOW)
    assert written.receipt.relative_to(tmp_path).as_posix() == usb.receipt_name(station.id, station.epoch, 6)
    receipt = receipt_of(station, written.receipt)
    assert receipt == Receipt(
        station=station.id,
        epoch=station.epoch,
        upto=6,
        chain=station.chain(6),
        staged=((8, 9), (11, 12)),
        exceptions=(
            ReceiptException(
                6, "quarantine", "op.row_missing", "Huyện chưa có mục mà thay đổi này sửa, nên giữ riêng."
            ),
        ),
        hub_time=NOW,
        hub_epoch=hub.epoch,
        hub_name=hub.name,
    )


def test_a_receipt_claims_what_the_history_holds(hub: Hub, station: FakeStation, tmp_path: Path):
    station.people(9)
    for first, last in ((4, 5), (1, 2), (7, 9), (3, 3), (6, 6)):
        take_in(hub, station.up(first, last), now=NOW)
        (written,) = export_answers(hub, tmp_path, now=NOW)
        receipt = receipt_of(station, written.receipt)
        with hub.db.read() as session:
            held = list(session.scalars(select(OperationRow.seq).order_by(OperationRow.seq)))
        assert held == list(range(1, receipt.upto + 1))
        assert receipt.chain == station.chain(receipt.upto)
    assert receipt.upto == 9


def test_the_certificate_lies_beside_it(hub: Hub, station: FakeStation, tmp_path: Path):
    (written,) = export_answers(hub, tmp_path, now=NOW)
    assert open_certificate(written.certificate, ours=station.keys.public) == station.certificate
    assert receipt_of(station, written.receipt).upto == 0


def test_older_receipts_of_this_hub_go_and_nothing_else_does(hub: Hub, station: FakeStation, tmp_path: Path):
    station.people(2)
    take_in(hub, station.up(1, 1), now=NOW)
    (old,) = export_answers(hub, tmp_path, now=NOW)
    down = old.receipt.parent
    stranger = FakeStation().keys
    foreign = Receipt(
        station=station.id, epoch=station.epoch, upto=0, chain=bytes(32), hub_time=NOW, hub_epoch="0" * 16, hub_name="X"
    )
    kept = {
        "R-00000000-0000000000.csb": write_receipt(foreign, signer=stranger.sign, recipients=[stranger.age.public]),
        "R-11111111-0000000009.csb": b"rubbish",
        "D-11111111-0000000001-0000000002-001.csb": b"rubbish",
    }
    for name, data in kept.items():
        (down / name).write_bytes(data)
    (down / "R-22222222-0000000001.csb").symlink_to(old.receipt)
    take_in(hub, station.up(), now=NOW)
    (new,) = export_answers(hub, tmp_path, now=NOW + timedelta(hours=1))
    assert not old.receipt.exists()
    assert {path.name for path in down.iterdir()} == {
        *kept,
        new.receipt.name,
        new.certificate.name,
        "R-22222222-0000000001.csb",
    }


def test_a_stick_that_fails_keeps_the_older_receipt(hub: Hub, station: FakeStation, tmp_path: Path, monkeypatch):
    station.people(1)
    (old,) = export_answers(hub, tmp_path, now=NOW)
    take_in(hub, station.up(), now=NOW)

    def full(_folder: Path, name: str, _data: bytes) -> Path:
        raise UserError("stick.full")

    monkeypatch.setattr(usb, "put", full)
    with pytest.raises(UserError, match="full"):
        list(export_answers(hub, tmp_path, now=NOW))
    assert old.receipt.exists()
    with hub.db.read() as session:
        assert station_figures(session)[0].receipt_upto == 0


def test_figures_of_a_station(hub: Hub, station: FakeStation, tmp_path: Path):
    made = station.people(3)
    station.op("i", 70, {"person_id": made[0].row, "report_date": "2022-03-09"}, table="episode")
    station.op("d", 2, base=made[1].stamp)
    station.op("u", 999, {"phone": "1"}, base=1)
    station.people(2)
    take_in(hub, station.up(1, 6), now=NOW)
    take_in(hub, station.up(8, 8), now=NOW)
    twin = fork(station, 5)
    twin.people(1)
    take_in(hub, twin.up(1, 5), now=NOW)
    list(export_answers(hub, tmp_path, now=NOW))
    with hub.db.read() as session:
        (found,) = station_figures(session)
    assert (found.id, found.name, found.commune, found.epoch) == (station.id, station.name, "03450", station.epoch)
    assert (found.upto, found.staged, found.gaps) == (6, ((8, 8),), ((7, 7),))
    assert (found.people, found.episodes, found.set_aside, found.bundles_aside) == (2, 1, 1, 1)
    naive = NOW.replace(tzinfo=None)
    assert (found.imported_at, found.receipt_at, found.receipt_upto) == (naive, naive, 6)
