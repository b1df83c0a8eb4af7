"""Between the station and the district: enrolment, exports that are whole or nothing, receipts that only rise."""

import shutil
from dataclasses import replace
from datetime import UTC, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.db.queries.sync import batches, sync_state, waiting_by_kind
from covidstation.db.rows import JournalRow, JournalStateRow, ReceiptRow
from covidstation.domain.ops import chain_over, chain_start
from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.services.certificate import get_certificate
from covidstation.services.exchange.bundles import Exported, Taken, export_changes, import_files
from covidstation.services.exchange.enrolment import accept_certificate, ensure_identity, look_at_certificate
from covidstation.services.status import station_status
from covidstation.services.upkeep.check import check_register
from covidstation.sync import bundle as bundles
from covidstation.sync.bundle import Subject, write_bundle
from covidstation.sync.carriers import usb
from covidstation.sync.enrolment import open_request, station_words
from covidstation.sync.header import Kind
from covidstation.sync.receipts import ReceiptException
from tests.services.district import EPOCH, STATION, WHEN, District
from tests.services.samples import NOW, f0, neighbour, opened, register

OTHER = UUID("11111111-2222-4333-8444-555555555555")


def export(db, stick, now=NOW):
    return export_changes(db, stick, by=None, now=now).value


def take(db, place, now=NOW, yes=False):
    return import_files(db, place, by=None, now=now, yes=yes).value


def files(stick):
    return sorted(str(path.relative_to(stick)) for path in stick.rglob("*") if path.is_file())


def everything(db):
    """All that an import could change."""
    with db.read() as session:
        state = session.get_one(JournalStateRow, 1)
        receipts = [(row.upto, row.hub_time) for row in session.scalars(select(ReceiptRow).order_by(ReceiptRow.n))]
        return state.epoch, state.last_seq, state.chain, state.received_upto, receipts, get_certificate(db)


@pytest.fixture
def enrolled(db, tmp_path, district):
    """The station's request, after the district's answer was accepted."""
    elsewhere = tmp_path / "first stick"
    elsewhere.mkdir()
    return district.enrol(db, elsewhere)


def give(stick, district, db, request, upto, name=None, **changes):
    """A receipt on the stick."""
    data = district.receipt(db, request, upto, **changes)
    return usb.put(stick, name or usb.receipt_name(STATION, EPOCH, upto), data)


def refused(db, place, **more):
    """The code of the one refused file; nothing changed, and there is a sentence."""
    before = everything(db)
    results = [one for one in take(db, place, **more) if one.outcome is Taken.REFUSED]
    assert everything(db) == before
    (one,) = results
    assert sentence(one.trouble)
    return one.trouble.code


class Test_Enrolment:
    def test_a_station_without_certificate_asks_for_one(self, db, stick):
        register(db)
        result = export(db, stick)
        request = open_request(result.files[0])
        assert result.what is Exported.ENROLMENT
        assert result.words == request.words() == station_words(ensure_identity(db, by=None, now=NOW).public)
        assert (request.station_name, request.commune) == ("Trạm Y tế xã Nậm Tăm", "03517")
        assert "Páo".encode() not in result.files[0].read_bytes()
        assert export(db, stick).words == result.words, "the keys stay"
        assert not station_status(db, db.path.parent).enrolled

    def test_the_certificate_waits_for_a_persons_yes(self, db, stick, district):
        register(db)
        request = open_request(export(db, stick).files[0])
        usb.put(stick, usb.certificate_name(STATION, 1), district.certified(request))
        before = everything(db)
        (asked,) = take(db, stick)
        assert (asked.outcome, asked.words) == (Taken.ASKS, district.certificate(request).words())
        assert everything(db) == before
        (taken,) = take(db, stick, yes=True)
        assert (taken.outcome, taken.hub) == (Taken.CERTIFICATE, "Trung tâm Y tế huyện Sìn Hồ")
        assert station_status(db, db.path.parent).enrolled
        assert [one.outcome for one in take(db, stick)] == [Taken.ALREADY]

    def test_the_journal_takes_up_the_name_and_epoch(self, db, stick, enrolled):
        register(db)
        with db.read() as session:
            lines = list(session.scalars(select(JournalRow.line).order_by(JournalRow.seq)))
            state = session.get_one(JournalStateRow, 1)
            assert (state.epoch, state.chain) == (EPOCH, chain_over(chain_start(STATION, EPOCH), lines))
        assert all(finding.good for finding in check_register(db, db.path.parent))

    def test_another_districts_certificate_is_refused(self, db, stick, enrolled):
        usb.put(stick, usb.certificate_name(STATION, 9), District(new=True).certified(enrolled, serial=9))
        assert refused(db, stick, yes=True) == "enrol.other_root"

    def test_an_older_certificate_is_left_alone(self, db, stick, district, enrolled):
        newer = district.certified(enrolled, serial=5)
        accept_certificate(db, look_at_certificate(db, newer), by=None, now=NOW)
        usb.put(stick, usb.certificate_name(STATION, 1), district.certified(enrolled))
        before = everything(db)
        assert take(db, stick, yes=True) == []
        assert everything(db) == before
        assert refused(db, stick / usb.certificate_name(STATION, 1), yes=True) == "enrol.older"

    def test_a_certificate_for_another_station_is_a_sentence(self, folder, db, stick, district, tmp_path):
        other = opened(shutil.copytree(folder, tmp_path / "other"))
        request = open_request(export(other.db, stick).files[0])
        other.db.engine.dispose()
        export(db, stick)
        path = usb.put(stick, usb.certificate_name(OTHER, 1), district.certified(request, station=OTHER))
        assert take(db, stick, yes=True) == [], "stations share sticks"
        assert refused(db, path, yes=True) == "enrol.not_ours"

    def test_a_receipt_before_the_certificate_is_a_sentence(self, db, stick, district, tmp_path):
        register(db)
        request = open_request(export(db, tmp_path).files[0])
        give(stick, district, db, request, 3)
        assert refused(db, stick) == "enrol.not_yet"


class Test_Export:
    def test_everything_after_the_last_receipt_is_on_the_stick(self, db, stick, district, enrolled):
        for number in range(3):
            register(db, f0(neighbour(number)))
        result = export(db, stick)
        (file,) = result.files
        ops = district.read(file, enrolled)
        with db.read() as session:
            last = session.get_one(JournalStateRow, 1).last_seq
        assert [op.seq for op in ops] == list(range(1, last + 1))
        assert (result.what, result.changes, result.size) == (Exported.CHANGES, last, file.stat().st_size)
        assert {op.table for op in ops} == {
            "station",
            "app_user",
            "person",
            "episode",
            "pathogen_test",
            "risk_assessment",
        }
        give(stick, district, db, enrolled, 6)
        take(db, stick)
        register(db, f0(neighbour(9)))
        (newer,) = export(db, stick).files
        assert [op.seq for op in district.read(newer, enrolled)] == list(range(7, last + 5))

    def test_nothing_to_send_writes_nothing(self, db, stick, district, enrolled):
        give(stick, district, db, enrolled, 2)
        take(db, stick)
        before = files(stick)
        assert export(db, stick).what is Exported.NOTHING
        assert files(stick) == before and batches(db) == []

    def test_written_is_not_received(self, db, stick, enrolled):
        register(db)
        export(db, stick)
        state = sync_state(db)
        assert (state.unsent, state.on_stick, state.last_receipt) == (6, 6, None)
        register(db, f0(neighbour(1)))
        assert (sync_state(db).unsent, sync_state(db).on_stick) == (10, 6)
        (batch,) = batches(db)
        assert (batch.changes, batch.received, batch.carrier, batch.target) == (6, False, "usb", "stick")
        assert {one.table: one.count for one in waiting_by_kind(db)}["person"] == 2

    def test_a_transaction_is_never_divided(self, db, stick, district, enrolled, monkeypatch):
        for number in range(8):
            register(db, f0(neighbour(number), new_household_head=neighbour(number).full_name))
        many = bundles.split_records
        monkeypatch.setattr("covidstation.services.exchange.packing.split_records", lambda lines: many(lines, count=7))
        result = export(db, stick)
        assert len(result.files) > 3
        first = 1
        for number, file in enumerate(result.files, 1):
            ops = district.read(file, enrolled)
            header = bundles.read_header(file.read_bytes())
            assert header.stream.part == (number, len(result.files))
            assert (ops[0].seq, ops[0].first_of_transaction or ops[0].seq) == (first, first)
            first = ops[-1].seq + 1

    @pytest.mark.parametrize("fails_at", [1, 2, 3])
    def test_a_stick_that_fails_half_way_holds_nothing(self, db, stick, enrolled, monkeypatch, fails_at):
        for number in range(8):
            register(db, f0(neighbour(number)))
        many, put, calls = bundles.split_records, usb.put, []
        monkeypatch.setattr("covidstation.services.exchange.packing.split_records", lambda lines: many(lines, count=7))

        def failing(folder, name, data):
            calls.append(name)
            if len(calls) == fails_at:
                raise UserError("stick.full", folder=folder)
            return put(folder, name, data)

        monkeypatch.setattr(usb, "put", failing)
        before = everything(db)
        with pytest.raises(UserError) as caught:
            export(db, stick)
        assert caught.value.code == "stick.full"
        assert files(stick) == [] and batches(db) == [] and everything(db) == before

    def test_a_stick_that_fails_keeps_the_older_bundle(self, db, stick, district, enrolled, monkeypatch):
        for number in range(8):
            register(db, f0(neighbour(number)))
        many, put = bundles.split_records, usb.put
        monkeypatch.setattr("covidstation.services.exchange.packing.split_records", lambda lines: many(lines, count=7))
        export(db, stick)
        before, calls = files(stick), []

        def failing(folder, name, data):
            calls.append(name)
            if len(calls) == 3:
                raise UserError("stick.pulled_out", folder=folder)
            return put(folder, name, data)

        monkeypatch.setattr(usb, "put", failing)
        with pytest.raises(UserError):
            export(db, stick)
        assert files(stick) == before
        found = [op.seq for name in before for op in district.read(stick / name, enrolled)]
        assert found == list(range(1, 35))

    def test_no_stick_is_a_sentence(self, db, tmp_path, enrolled):
        register(db)
        with pytest.raises(UserError) as caught:
            export(db, tmp_path / "pulled out")
        assert caught.value.code == "stick.no_folder" and batches(db) == []

    def test_what_the_district_has_is_taken_off_the_stick(self, db, stick, district, enrolled):
        register(db)
        (old,) = export(db, stick).files
        strange = old.with_name("U-00000000-0000000001-0000000002-001.txt")
        strange.write_text("của trạm khác")
        give(stick, district, db, enrolled, 6)
        take(db, stick)
        register(db, f0(neighbour(1)))
        (new,) = export(db, stick).files
        assert new.exists() and not old.exists() and strange.exists()

    def test_the_steps_are_told(self, db, stick, enrolled):
        register(db)
        steps = []
        export_changes(db, stick, by=None, now=NOW, step=steps.append)
        assert steps == ["pack", "write", "check"]


class Test_Receipts:
    def test_a_receipt_counts_what_the_district_has(self, db, stick, district, enrolled):
        register(db)
        export(db, stick)
        give(stick, district, db, enrolled, 4)
        (one,) = take(db, stick)
        assert (one.outcome, one.upto, one.hub) == (Taken.RECEIPT, 4, "Trung tâm Y tế huyện Sìn Hồ")
        state = sync_state(db)
        assert (state.unsent, state.last_receipt.upto) == (2, 4)
        assert state.last_receipt.hub_time == WHEN.replace(tzinfo=None)
        give(stick, district, db, enrolled, 6, hub_time=WHEN + timedelta(hours=1))
        take(db, stick)
        assert (sync_state(db).unsent, sync_state(db).oldest) == (0, None)
        assert [batch.received for batch in batches(db)] == [True]

    def test_receipts_only_rise(self, db, stick, district, enrolled):
        register(db)
        give(stick, district, db, enrolled, 6)
        take(db, stick)
        before = everything(db)
        for upto in (0, 2, 4, 6):
            place = stick / f"old {upto}"
            place.mkdir()
            give(place, district, db, enrolled, upto)
            assert [one.outcome for one in take(db, place)] == [Taken.ALREADY]
            assert everything(db) == before

    def test_a_receipt_of_another_epoch_is_a_sentence(self, db, stick, district, enrolled):
        register(db)
        give(stick, district, db, enrolled, 3, epoch="0" * 16)
        assert refused(db, stick) == "receipt.other_epoch"

    def test_a_receipt_about_other_lines_is_a_sentence(self, db, stick, district, enrolled):
        register(db)
        give(stick, district, db, enrolled, 3, chain=bytes(32))
        assert refused(db, stick) == "receipt.other_chain"

    def test_a_receipt_ahead_of_the_register_is_a_sentence(self, db, stick, district, enrolled):
        give(stick, district, db, enrolled, 99)
        assert refused(db, stick) == "receipt.ahead"

    def test_a_receipt_of_another_hub_is_a_sentence(self, db, stick, enrolled):
        give(stick, District(new=True), db, enrolled, 2)
        assert refused(db, stick) == "bundle.unknown_sender"

    def test_a_receipt_for_another_station_is_not_ours_to_read(self, db, stick, district, enrolled):
        register(db)
        name = usb.receipt_name(OTHER, EPOCH, 3)
        path = give(stick, district, db, enrolled, 3, name=name, station=OTHER)
        before = everything(db)
        assert take(db, stick) == []
        assert everything(db) == before
        assert refused(db, path) == "bundle.wrong_station"

    def test_each_file_stands_alone(self, db, stick, district, enrolled):
        register(db)
        good = give(stick, district, db, enrolled, 6)
        folder = good.parent
        data = good.read_bytes()
        (folder / "R-0-cut.csb").write_bytes(data[: len(data) // 2])
        (folder / "R-0-flip.csb").write_bytes(data[:-9] + bytes([data[-9] ^ 1]) + data[-8:])
        (folder / "R-0-newer.csb").write_bytes(b"CSB9" + data[4:])
        (folder / "R-0-nothing.csb").write_bytes(b"")
        (folder / "R-0-rubbish.csb").write_bytes(b"MZ" + bytes(5000))
        results = {one.name: one for one in take(db, stick)}
        assert results.pop(good.name).outcome is Taken.RECEIPT
        assert {one.outcome for one in results.values()} == {Taken.REFUSED}
        codes = {name: one.trouble.code for name, one in results.items()}
        assert codes["R-0-newer.csb"] == "bundle.newer" and codes["R-0-rubbish.csb"] == "bundle.not_a_bundle"
        assert codes["R-0-cut.csb"] == "bundle.cut" and all(sentence(one.trouble) for one in results.values())
        assert sync_state(db).unsent == 0

    def test_what_the_district_did_not_apply_is_kept_for_people(self, db, stick, district, enrolled):
        register(db)
        late = ReceiptException(3, "quarantine", "episode.release_before_start", "Ngày hết cách ly quá sớm.")
        give(stick, district, db, enrolled, 6, exceptions=(late,))
        take(db, stick)
        (kept,) = sync_state(db).last_receipt.exceptions
        assert kept == {"seq": 3, "status": late.status, "code": late.code, "text": late.text}

    def test_a_bundle_of_the_wrong_kind_is_a_sentence(self, db, stick, district, enrolled):
        subject = Subject(kind=Kind.RECEIPT, station=STATION, epoch=EPOCH)
        data = write_bundle(subject, [b"{}"], signer=district.identity.sign, recipients=[enrolled.keys.age])
        path = usb.put(stick, usb.receipt_name(STATION, EPOCH, 1), data)
        assert refused(db, path) == "bundle.content_bad"
        register(db)
        (ours,) = export(db, stick).files
        assert refused(db, ours) in ("bundle.unknown_sender", "bundle.wrong_kind", "bundle.foreign")

    def test_a_folder_without_anything_for_us_is_empty(self, db, stick, enrolled):
        (stick / "ảnh.jpg").write_bytes(b"x")
        assert take(db, stick) == []
        with pytest.raises(UserError) as caught:
            take(db, Path(stick, "nowhere"))
        assert caught.value.code == "stick.no_folder"

    def test_the_status_tells_the_truth_at_each_moment(self, folder, db, stick, district, enrolled):
        assert station_status(db, folder).sync.unsent == 2
        register(db)
        later = NOW + timedelta(hours=3)
        status = station_status(db, folder)
        assert (status.people, status.episodes, status.sync.unsent, status.enrolled) == (1, 1, 6, True)
        assert status.oldest_age(later) == timedelta(hours=3)
        assert status.oldest_age(NOW - timedelta(days=9)) == timedelta(0), "a clock that went back is no age"
        export(db, stick)
        assert station_status(db, folder).sync.unsent == 6
        give(stick, district, db, enrolled, 6)
        take(db, stick)
        status = station_status(db, folder)
        assert (status.sync.unsent, status.oldest_age(later)) == (0, None)
        assert status.sync.last_receipt.hub_time.replace(tzinfo=UTC) == WHEN


def test_a_renewed_certificate_of_the_same_epoch_keeps_what_was_received(db, stick, district, enrolled):
    register(db)
    give(stick, district, db, enrolled, 6)
    take(db, stick)
    usb.put(stick, usb.certificate_name(STATION, 2), district.certified(enrolled, serial=2))
    assert Taken.CERTIFICATE in {one.outcome for one in take(db, stick, yes=True)}
    assert sync_state(db).unsent == 0


def test_a_new_epoch_sends_everything_again(db, stick, district, enrolled):
    register(db)
    give(stick, district, db, enrolled, 6)
    take(db, stick)
    again = replace(district.certificate(enrolled), epoch="a" * 16, serial=2)
    accept_certificate(db, again, by=None, now=NOW)
    assert sync_state(db).unsent == 6
    (file,) = export(db, stick).files
    assert "aaaaaaaa" in file.name and len(district.read(file, enrolled)) == 6
    assert all(finding.good for finding in check_register(db, db.path.parent))
