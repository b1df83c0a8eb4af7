"""What was revoked stays so though the hub, or its memory of it, is lost: certificates of the stations say it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from covidstation.db import keys as wraps
from covidstation.hub.database.keys import escrow_file
from covidstation.hub.database.store import DATABASE, FromEscrow, Hub, Place, create_hub, open_hub
from covidstation.hub.rows import EnrolmentRow, HubAuditRow
from covidstation.hub.staff.audit import PROGRAM
from covidstation.hub.stations.enrolling import SameCommune, enrol_station, look_at_request
from covidstation.hub.stations.revoking import revoke_station
from covidstation.sync.enrolment import open_request, read_certificate, write_certificate
from covidstation.sync.identity import AgeKey, SignKey, key_id
from tests.hub.fake_stations import FakeStation
from tests.hub.stations.test_vouching import LATER, certificate_of, in_force, refused, shown_by, vouched


@contextmanager
def founded_anew(hub: Hub, folder: Path) -> Iterator[Hub]:
    """A hub of which only root and escrow are left."""
    folder.mkdir()
    place = Place(folder / DATABASE, folder)
    code = wraps.new_recovery_code()
    held = FromEscrow(escrow_file(AgeKey.generate(), code, hub.keys.root), code)
    create_hub(place, name=hub.name, code="", passphrase="con đường mòn", now=LATER, cost=wraps.FLOOR, again=held)
    again = open_hub(place, "con đường mòn")
    try:
        yield again
    finally:
        again.db.close()


@pytest.fixture
def stolen(hub: Hub, station: FakeStation) -> tuple[bytes, bytes, bytes]:
    """What a stolen computer, its station's new one, and another station show to a hub that knows nobody."""
    other = FakeStation("Trạm Y tế xã Noong Hẻo", "03520").join(hub)
    lost = shown_by(station, certificate_of(hub, station.certificate.serial))
    revoke_station(hub, station.id, "máy bị mất", by=PROGRAM, now=LATER)
    with hub.db.read() as session:
        (row,) = session.scalars(select(EnrolmentRow).where(EnrolmentRow.key_id == other.keys.sign.id))
        neighbour = shown_by(other, row.certificate)
    computer = FakeStation()
    request = look_at_request(hub, computer.request()).request
    _station, serial = enrol_station(hub, request, same_commune=SameCommune.REPLACE, now=LATER)
    return lost, shown_by(computer, certificate_of(hub, serial)), neighbour


class Test_Revocations_outlive_the_hub:
    def test_whoever_comes_first_tells(self, hub: Hub, stolen, tmp_path: Path):
        lost, new, neighbour = stolen
        for number, first in enumerate((new, neighbour)):
            with founded_anew(hub, tmp_path / str(number)) as again:
                assert vouched(again, first).is_new
                assert refused(again, lost) == "rekey.revoked"
                assert vouched(again, neighbour if first is new else new).is_new

    def test_a_stolen_computer_that_comes_first_is_ended_by_the_next_one(self, hub: Hub, stolen, tmp_path: Path):
        lost, new, neighbour = stolen
        key = key_id(open_request(lost).keys.sign)
        for number, second in enumerate((new, neighbour)):
            with founded_anew(hub, tmp_path / str(number)) as again:
                station = vouched(again, lost).station
                assert key in in_force(again)
                assert vouched(again, second).is_new
                assert key not in in_force(again)
                assert refused(again, lost) == "enrol.former_keys"
                if second is neighbour:
                    assert vouched(again, new).station == station
                with again.db.read() as session:
                    acts = session.scalars(select(HubAuditRow.action)).all()
                assert "REVOKE" in {str(one).upper() for one in acts}

    def test_a_restored_hub_hears_it_from_a_station_that_it_knows(self, hub: Hub, station: FakeStation):
        """The certificate lies on the stick beside the lines."""
        other = FakeStation("Trạm Y tế xã Noong Hẻo", "03520").join(hub)
        with hub.db.read() as session:
            (row,) = session.scalars(select(EnrolmentRow).where(EnrolmentRow.key_id == other.keys.sign.id))
            held = read_certificate(row.certificate)
        named = replace(held, serial=held.serial + 7, revoked=(station.keys.sign.id,))
        data = shown_by(other, write_certificate(named, root=hub.keys.root))
        assert not vouched(hub, data).is_new
        assert in_force(hub) == {other.keys.sign.id}
        root = SignKey.generate()
        forged = replace(named, root=root.public, revoked=(other.keys.sign.id,))
        vouched(hub, shown_by(other, write_certificate(forged, root=root)))
        assert in_force(hub) == {other.keys.sign.id}, "another root ends nobody"
