"""Keys that nobody compares words for: the old key or our own root vouches, or they are refused with a sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.domain.ops import chain_start
from covidstation.errors import UserError
from covidstation.hub.database.outcomes import Outcome
from covidstation.hub.database.store import Hub
from covidstation.hub.figures.overview import communes
from covidstation.hub.figures.stations import station_figures
from covidstation.hub.intake.bundles import import_place
from covidstation.hub.rows import EnrolmentRow, HubAuditRow
from covidstation.hub.staff.audit import PROGRAM
from covidstation.hub.stations.enrolling import SameCommune, enrol_station, look_at_request, renew_certificates
from covidstation.hub.stations.revoking import revoke_station
from covidstation.hub.stations.vouching import MOST_AT_ONCE, Vouched, is_vouched, take_vouched
from covidstation.messages import sentence
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import open_request, read_certificate, write_certificate, write_request
from covidstation.sync.identity import Identity, SignKey
from tests.hub.conftest import BOTH
from tests.hub.fake_stations import NOW, FakeStation, everything, take

DATABASES = BOTH
OTHER = UUID("5a0c2d4e6f8041b2a3c4d5e6f7081920")
LATER = NOW + timedelta(days=1)


def shown_by(station: FakeStation, certificate: bytes) -> bytes:
    request = replace(open_request(station.request()), certificate=certificate)
    return write_request(request, signer=station.keys.sign)


def certificate_of(hub: Hub, serial: int) -> bytes:
    with hub.db.read() as session:
        return session.get_one(EnrolmentRow, serial).certificate


def in_force(hub: Hub) -> set[str]:
    with hub.db.read() as session:
        return set(session.scalars(select(EnrolmentRow.key_id).where(EnrolmentRow.revoked_at.is_(None))))


def vouched(hub: Hub, data: bytes) -> Vouched:
    return take_vouched(hub, data, by=PROGRAM, now=LATER)


def refused(hub: Hub, data: bytes) -> str:
    """The code of the refusal, which has a sentence and changed nothing."""
    before = everything(hub)
    with pytest.raises(UserError) as caught:
        vouched(hub, data)
    assert everything(hub) == before
    assert sentence(caught.value)
    return caught.value.code


def changed(hub: Hub, station: FakeStation) -> tuple[FakeStation, Vouched]:
    """The station as it is with its new keys; the old one still has the old ones."""
    new = Identity.generate()
    found = vouched(hub, station.rekey(new))
    other = FakeStation()
    other.keys, other.lines, other.rows = new, station.lines, station.rows
    other.take(found.certificate)
    return other, found


class Test_Rekey:
    def test_both_keys_are_in_force_until_the_new_one_speaks(self, hub: Hub, station: FakeStation):
        station.people(2)
        take(hub, station.up())
        other, found = changed(hub, station)
        assert found.is_new and found.station == station.id
        assert other.certificate == replace(
            station.certificate,
            serial=found.serial,
            station_keys=other.keys.public,
            issued_at=LATER,
            valid_from=LATER.date(),
            valid_until=other.certificate.valid_until,
            follows=station.keys.sign.id,
        )
        assert found.serial > station.certificate.serial
        assert in_force(hub) == {station.keys.sign.id, other.keys.sign.id}
        station.people(1)
        (done,) = take(hub, station.up(3))
        assert (done.outcome, done.upto) == (Outcome.TAKEN, 3)
        assert in_force(hub) == {station.keys.sign.id, other.keys.sign.id}
        other.people(1)
        (done,) = take(hub, other.up(4))
        assert (done.outcome, done.upto) == (Outcome.TAKEN, 4)
        assert in_force(hub) == {other.keys.sign.id}

    def test_a_bundle_without_a_line_ends_the_old_key_too(self, hub: Hub, station: FakeStation):
        other, _found = changed(hub, station)
        take(hub, other.up(1, 0))
        assert in_force(hub) == {other.keys.sign.id}

    def test_it_is_noted(self, hub: Hub, station: FakeStation):
        _other, found = changed(hub, station)
        with hub.db.read() as session:
            row = session.scalars(select(HubAuditRow).order_by(HubAuditRow.seq.desc())).first()
        assert row is not None
        assert (row.action, row.detail) == ("enrol", {"serial": found.serial, "how": "rekey"})

    def test_the_same_again_gets_what_it_had(self, hub: Hub, station: FakeStation):
        new = Identity.generate()
        data = station.rekey(new)
        first = vouched(hub, data)
        before = everything(hub)
        assert vouched(hub, data) == replace(first, is_new=False)
        assert vouched(hub, station.rekey(new)) == replace(first, is_new=False)
        assert everything(hub) == before

    def test_after_renewals_it_gets_the_newest(self, hub: Hub, station: FakeStation):
        data = station.rekey(Identity.generate())
        first = vouched(hub, data)
        assert renew_certificates(hub, urls=["https://h.example"], authority="", now=LATER) == 2
        again = vouched(hub, data)
        assert again.serial > first.serial
        assert read_certificate(again.certificate).urls == ("https://h.example",)
        assert read_certificate(again.certificate).follows == station.keys.sign.id

    def test_forged_foreign_replayed(self, hub: Hub, station: FakeStation):
        neighbour = FakeStation("Trạm Y tế xã Phăng Xô Lin", "03488").join(hub)
        stranger = FakeStation()
        stranger.keys, stranger.certificate = Identity.generate(), station.certificate
        new = Identity.generate()
        assert refused(hub, stranger.rekey(new)) == "bundle.unknown_sender"
        assert refused(hub, station.rekey(new, neighbour.keys.sign)) == "bundle.wrong_station"
        data = station.rekey(new)
        assert refused(hub, data[:-1]) == "bundle.cut"
        assert refused(hub, data[:-1] + bytes([data[-1] ^ 1])) in ("bundle.damaged", "bundle.content_bad")
        assert refused(hub, station.up(1, 0)) == "bundle.wrong_kind"
        other, _found = changed(hub, station)
        other.people(1)
        take(hub, other.up())
        assert refused(hub, station.rekey(Identity.generate())) == "rekey.former_keys"
        third, _found = changed(hub, other)
        take(hub, third.up())
        assert refused(hub, station.rekey(other.keys)) == "enrol.former_keys", "played again after the next change"

    def test_a_revoked_station_vouches_for_nothing(self, hub: Hub, station: FakeStation):
        other, _found = changed(hub, station)
        revoke_station(hub, station.id, "máy bị mất", by=PROGRAM, now=LATER)
        assert in_force(hub) == set()
        assert refused(hub, station.rekey(Identity.generate())) == "rekey.former_keys"
        assert refused(hub, station.rekey(other.keys)) == "enrol.former_keys"
        other.people(1)
        (done,) = take(hub, other.up())
        assert done.trouble is not None and done.trouble.code == "bundle.former_keys"

    def test_a_flood_of_new_keys_has_an_end(self, hub: Hub, station: FakeStation):
        for _turn in range(MOST_AT_ONCE - 1):
            vouched(hub, station.rekey(Identity.generate()))
        assert refused(hub, station.rekey(Identity.generate())) == "rekey.too_many"


class Test_Late_Sticks:
    def test_what_the_old_key_signed_before_counts(self, hub: Hub, station: FakeStation):
        station.people(3)
        late = station.up(1, 2)
        other, _found = changed(hub, station)
        take(hub, other.up(1, 3))
        (done,) = take(hub, late)
        assert (done.outcome, done.trouble) == (Outcome.ALREADY, None)

    def test_its_only_copy_of_a_lost_end_is_taken(self, hub: Hub, station: FakeStation):
        """The PC died; the register came back older, in an epoch of its own; the stick lay in a drawer."""
        station.people(3)
        take(hub, station.up(1, 2))
        drawer = station.up(3, 3)
        other, _found = changed(hub, station)
        other.certificate = replace(other.certificate, epoch="00112233445566aa")
        other.lines = station.lines[:2]
        take(hub, other.up())
        (done,) = take(hub, drawer)
        assert (done.outcome, done.taken, done.upto) == (Outcome.TAKEN, 1, 3)

    def test_new_lines_where_the_new_key_writes_stand_aside(self, hub: Hub, station: FakeStation):
        station.people(2)
        other, _found = changed(hub, station)
        take(hub, other.up(1, 1))
        (done,) = take(hub, station.up(1, 2))
        assert done.trouble is not None and done.trouble.code == "bundle.rekeyed"
        assert done.outcome is Outcome.ASIDE and sentence(done.trouble)
        (done,) = take(hub, other.up(1, 2))
        assert (done.outcome, done.upto) == (Outcome.TAKEN, 2)

    def test_the_old_key_opens_no_epoch_of_its_own(self, hub: Hub, station: FakeStation):
        other, _found = changed(hub, station)
        take(hub, other.up(1, 0))
        station.certificate = replace(station.certificate, epoch="ffeeddccbbaa0099")
        station.people(1)
        (done,) = take(hub, station.up())
        assert done.trouble is not None and done.trouble.code == "bundle.former_keys"

    def test_keys_that_were_replaced_by_words_add_nothing(self, hub: Hub, station: FakeStation):
        station.people(2)
        take(hub, station.up(1, 1))
        computer = FakeStation().join(hub, same_commune=SameCommune.REPLACE)
        computer.people(1)
        take(hub, computer.up())
        (done,) = take(hub, station.up(1, 2))
        assert done.trouble is not None and done.trouble.code == "bundle.former_keys"


class Test_Shown:
    def test_the_root_remembers_a_station_that_the_hub_forgot(self, hub: Hub, tmp_path):
        """The hub is another one with the same root: only the certificate says who the station is."""
        station = FakeStation()
        outside = replace(
            FakeStation("khác", "99999").join(hub).certificate,
            station=OTHER,
            station_keys=station.keys.public,
            serial=7,
            epoch="00112233445566aa",
        )
        data = shown_by(station, write_certificate(outside, root=hub.keys.root))
        found = vouched(hub, data)
        assert found.is_new and found.station == outside.station and found.serial != 7
        station.take(found.certificate)
        assert (station.epoch, station.certificate.recalls) == (outside.epoch, 7)
        station.people(2)
        (done,) = take(hub, station.up())
        assert (done.outcome, done.upto, done.station_name) == (Outcome.TAKEN, 2, station.name)
        assert vouched(hub, data) == replace(found, is_new=False)

    def test_newer_keys_than_the_hub_remembers(self, hub: Hub, station: FakeStation):
        """Restored from before the change of keys: the station speaks with keys that it does not know."""
        other = FakeStation()
        given = replace(station.certificate, station_keys=other.keys.public, serial=900)
        found = vouched(hub, shown_by(other, write_certificate(given, root=hub.keys.root)))
        other.take(found.certificate)
        assert other.certificate.follows == station.keys.sign.id
        assert in_force(hub) == {station.keys.sign.id, other.keys.sign.id}
        other.people(1)
        assert take(hub, other.up())[0].outcome is Outcome.TAKEN
        assert in_force(hub) == {other.keys.sign.id}
        older = FakeStation()
        before = replace(given, station_keys=older.keys.public, serial=800)
        assert refused(hub, shown_by(older, write_certificate(before, root=hub.keys.root))) == "rekey.older"

    def test_another_root_other_keys_no_certificate_a_revoked_station(self, hub: Hub, station: FakeStation):
        other, root = FakeStation(), SignKey.generate()
        given = replace(station.certificate, station_keys=other.keys.public, serial=900)
        foreign = write_certificate(replace(given, root=root.public), root=root)
        assert refused(hub, shown_by(other, foreign)) == "enrol.other_root"
        assert refused(hub, shown_by(FakeStation(), write_certificate(given, root=hub.keys.root))) == "enrol.not_ours"
        assert refused(hub, other.request()) == "hub.compare"
        assert refused(hub, shown_by(other, b"x" * 100)) == "bundle.not_a_bundle"
        revoke_station(hub, station.id, "máy bị mất", by=PROGRAM, now=LATER)
        assert refused(hub, shown_by(other, write_certificate(given, root=hub.keys.root))) == "rekey.revoked"
        own = certificate_of(hub, station.certificate.serial)
        assert refused(hub, shown_by(station, own)) == "enrol.former_keys"

    def test_what_needs_a_person_and_what_does_not(self, hub: Hub, station: FakeStation):
        assert not is_vouched(station.request())
        assert is_vouched(shown_by(station, certificate_of(hub, station.certificate.serial)))
        assert is_vouched(station.rekey(Identity.generate()))
        assert not is_vouched(station.up(1, 0))


def test_on_a_stick_only_news_is_worth_a_line(hub: Hub, station: FakeStation, tmp_path):
    station.people(1)
    station.put(tmp_path)
    own = certificate_of(hub, station.certificate.serial)
    usb.put(tmp_path, usb.shown_name(station.id, station.keys.sign.id), shown_by(station, own))
    (done,) = import_place(hub, tmp_path, now=LATER)
    assert done.outcome is Outcome.TAKEN
    new = Identity.generate()
    path = usb.put(tmp_path, usb.rekey_name(station.id, new.sign.id), station.rekey(new))
    outcomes = [(one.outcome, one.station) for one in import_place(hub, tmp_path, now=LATER)]
    assert outcomes == [(Outcome.KEYS, station.id), (Outcome.ALREADY, station.id)]
    assert [one.outcome for one in import_place(hub, tmp_path, now=LATER)] == [Outcome.ALREADY]
    (alone,) = import_place(hub, path, now=LATER)
    assert alone.outcome is Outcome.ALREADY
    path.write_bytes(path.read_bytes()[:-1])
    outcomes = [(one.outcome, one.trouble and one.trouble.code) for one in import_place(hub, tmp_path, now=LATER)]
    assert outcomes == [(Outcome.REFUSED, "bundle.cut"), (Outcome.ALREADY, None)]


def test_a_station_is_one_line_while_it_changes_its_keys(hub: Hub, station: FakeStation):
    _other, found = changed(hub, station)
    with hub.db.read() as session:
        (one,) = station_figures(session)
        (row,) = communes(session, LATER)
    assert (one.serial, row.serial) == (found.serial, found.serial)


def test_words_still_enrol_the_keys_of_a_revoked_station(hub: Hub, station: FakeStation):
    station.people(2)
    take(hub, station.up())
    revoke_station(hub, station.id, "máy bị mất", by=PROGRAM, now=LATER)
    computer = FakeStation()
    request = look_at_request(hub, computer.request()).request
    found, serial = enrol_station(hub, request, same_commune=SameCommune.REPLACE, now=LATER)
    assert found == station.id
    computer.take(certificate_of(hub, serial))
    assert computer.epoch != station.epoch and computer.certificate.follows == ""
    assert chain_start(found, computer.epoch) != chain_start(found, station.epoch)
