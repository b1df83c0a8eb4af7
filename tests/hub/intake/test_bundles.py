"""Bundles in every order and condition: taken once, or refused without a change, never lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from covidstation.domain.ops import chain_over, chain_start
from covidstation.errors import UserError
from covidstation.hub.database.store import Hub
from covidstation.hub.intake.bundles import Outcome, import_place
from covidstation.hub.rows import BundleRow, ConflictRow, OperationRow
from covidstation.hub.stations.enrolling import SameCommune
from covidstation.messages import sentence
from covidstation.sync.enrolment import write_certificate
from covidstation.sync.identity import Identity
from tests.hub.conftest import BOTH
from tests.hub.fake_stations import NOW, START, FakeStation, dump, everything, take, upto

DATABASES = BOTH


def outcome(hub: Hub, data: bytes) -> Outcome:
    return take(hub, data)[0].outcome


def aside(hub: Hub) -> list[tuple[int, str, str]]:
    with hub.db.read() as session:
        query = select(OperationRow.seq, OperationRow.status, OperationRow.code).order_by(OperationRow.seq)
        return [tuple(row) for row in session.execute(query.where(OperationRow.code.is_not(None)))]


def test_a_bundle_is_taken_once(hub: Hub, station: FakeStation):
    station.people(3)
    data = station.up()
    (first,) = take(hub, data)
    assert (first.outcome, first.taken, first.set_aside, first.upto) == (Outcome.TAKEN, 3, 0, 3)
    assert (first.station, first.station_name, first.first, first.last) == (station.id, station.name, 1, 3)
    before = everything(hub)
    assert outcome(hub, data) is Outcome.ALREADY
    assert outcome(hub, station.up()) is Outcome.ALREADY, "the same changes in another file"
    assert outcome(hub, station.up(2, 3)) is Outcome.ALREADY
    assert everything(hub) == before


def test_history_holds_the_very_bytes(hub: Hub, station: FakeStation):
    station.people(3)
    take(hub, station.up())
    with hub.db.read() as session:
        rows = list(session.scalars(select(OperationRow).order_by(OperationRow.seq)))
    assert [row.line for row in rows] == station.lines
    assert [row.chain for row in rows] == [station.chain(n) for n in (1, 2, 3)]


def test_overlapping_ranges_give_only_what_is_new(hub: Hub, station: FakeStation):
    station.people(6)
    assert take(hub, station.up(1, 4))[0].taken == 4
    (late,) = take(hub, station.up(2, 6))
    assert (late.outcome, late.taken, late.upto) == (Outcome.TAKEN, 2, 6)
    assert len(dump(hub)) == 6


def test_a_gap_waits_and_is_filled(hub: Hub, station: FakeStation):
    station.people(9)
    (waiting,) = take(hub, station.up(7, 9))
    assert (waiting.outcome, waiting.gap, waiting.taken) == (Outcome.WAITING, (1, 6), 0)
    data = station.up(5, 6)
    assert take(hub, data)[0].gap == (1, 4)
    again = take(hub, data)
    assert again[0].outcome is Outcome.WAITING
    assert dump(hub) == {}
    done = take(hub, station.up(1, 5))
    assert [(one.outcome, one.taken, one.upto) for one in done] == [
        (Outcome.TAKEN, 5, 5),
        (Outcome.TAKEN, 1, 6),
        (Outcome.TAKEN, 3, 9),
    ]
    with hub.db.read() as session:
        assert {(row.outcome, row.kept) for row in session.scalars(select(BundleRow))} == {("taken", None)}
    assert outcome(hub, data) is Outcome.ALREADY


def test_a_gap_of_one_is_a_gap(hub: Hub, station: FakeStation):
    station.people(4)
    assert take(hub, station.up(2, 2))[0].gap == (1, 1)
    assert [one.upto for one in take(hub, station.up(1, 1))] == [1, 2]
    assert take(hub, station.up(4, 4))[0].gap == (3, 3)


def test_stations_do_not_mix(hub: Hub, station: FakeStation):
    other = FakeStation("Trạm Y tế xã Pa Tần", "03460").join(hub)
    station.people(2)
    other.people(3)
    take(hub, station.up())
    take(hub, other.up())
    assert sorted({key[0] for key in dump(hub)}) == [1, 2]
    assert len(dump(hub)) == 5, "the same row ids at two stations are two records"


def test_an_empty_bundle_changes_nothing(hub: Hub, station: FakeStation):
    before = everything(hub)[1:]  # but that the station was heard of
    assert outcome(hub, station.up(1, 0)) is Outcome.ALREADY
    assert outcome(hub, station.up(4, 3, before=bytes(32))) is Outcome.ALREADY
    assert everything(hub)[1:] == before


def test_updates_and_deletes_change_the_state(hub: Hub, station: FakeStation):
    made = station.people(2)
    named = station.op("u", 1, {"full_name": "Giàng A Pao", "phone": "0912000111"}, base=made[0].stamp)
    both = {named.stamp: ("full_name",), made[0].stamp: ("birth_year",)}
    station.op("u", 1, {"full_name": "Giàng A Páo", "birth_year": None}, base=both)
    station.op("d", 2, base=made[1].stamp)
    take(hub, station.up())
    (first, second) = dump(hub).values()
    assert first[2] == {"full_name": "Giàng A Páo", "phone": "0912000111", "sex": "MALE"}
    assert first[1] == START + (4 << 16)
    assert second[4], "deleted"
    assert aside(hub) == []


def test_what_cannot_be_applied_stands_aside_and_blocks_nothing(hub: Hub, station: FakeStation):
    made = station.people(2)
    station.op("i", 1, {"full_name": "Lần hai"})
    station.op("u", 77, {"phone": "1"}, base=made[0].stamp)
    station.op("u", 1, {"phone": "1"}, base=made[0].stamp + 1)
    station.op("u", 1, {"phone": "2", "sex": "X"}, base={made[0].stamp: ("phone",), 5: ("sex",)})
    station.op("u", 1, {"birth_year": "1968"}, base=made[0].stamp)
    station.op("i", 50, {"full_name": "Mới", "birth_year": {"year": 1968}}, schema=9)
    station.op("d", 2, base=made[1].stamp)
    station.op("u", 2, {"phone": "3"}, base=made[1].stamp)
    station.op("d", 2, base=made[1].stamp)
    station.op("u", 1, {"phone": "0912"}, base=made[0].stamp, stamp=made[1].stamp)
    station.op("d", 1, base=made[0].stamp - 1)
    station.op("i", 51, {"household_id": "không phải mã"})
    station.op("i", 52, {"report_date": "2022-02-30", "person_id": "0" * 32}, table="episode")
    station.people(1)
    (done,) = take(hub, station.up())
    assert (done.outcome, done.taken, done.set_aside, done.upto) == (Outcome.TAKEN, 16, 7, 16)
    assert aside(hub) == [
        (3, "quarantine", "op.row_exists"),
        (4, "quarantine", "op.row_missing"),
        (6, "conflict", "op.conflict"),
        (7, "quarantine", "op.field_type"),
        (8, "hub_too_old", "op.newer"),
        (10, "conflict", "op.conflict"),
        (11, "conflict", "op.conflict"),
        (12, "quarantine", "op.stamp_twice"),
        (13, "conflict", "op.conflict"),
        (14, "quarantine", "op.field_type"),
        (15, "quarantine", "op.field_type"),
    ]
    assert all(sentence(UserError(code)) for _seq, _status, code in aside(hub))
    state = dump(hub)
    assert len(state) == 3
    fields = {"full_name": "Giàng A Páo", "birth_year": 1968, "sex": "X", "phone": "2"}
    assert next(iter(state.values()))[2] == fields


def test_a_stamp_given_twice_is_found_in_any_bundle(hub: Hub, station: FakeStation):
    made = station.people(2)
    take(hub, station.up())
    station.op("i", 8, {"full_name": "A"}, stamp=made[0].stamp)
    station.op("i", 9, {"full_name": "B"}, stamp=made[0].stamp + 1)
    take(hub, station.up())
    assert aside(hub) == [(3, "quarantine", "op.stamp_twice")]
    assert len(dump(hub)) == 3


def test_unknown_tables_and_fields_are_kept(hub: Hub, station: FakeStation):
    first = station.op("i", 1, {"colour": {"deep": [1, 2]}, "size": 2.5}, table="later_thing", schema=7)
    station.op("u", 1, {"colour": None, "more": True}, table="later_thing", base=first.stamp)
    station.op("i", 2, {"full_name": "Lò Thị Mai", "birth_year": 1990, "blood_group": "O+"})
    take(hub, station.up())
    assert aside(hub) == []
    thing, person = (row[2] for row in dump(hub).values())
    assert thing == {"size": 2.5, "more": True}
    assert person["blood_group"] == "O+"


def bad_files(station: FakeStation) -> dict[str, bytes]:
    """Every kind of bundle that must be refused, by the code that says so."""
    station.people(3)
    good = station.up()
    middle = len(good) // 2
    stranger, other_hub = FakeStation(), Identity.generate()
    stranger.certificate = station.certificate
    certificate = station.certificate
    station.certificate = type(certificate)(
        **{name: getattr(certificate, name) for name in certificate.__dataclass_fields__ if name != "hub_keys"},
        hub_keys=other_hub.public,
    )
    foreign = station.up()
    station.certificate = certificate
    return {
        "bundle.cut": good[:-1],
        "bundle.damaged": good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :],
        "bundle.forged": good[:8] + good[8:].replace(b'"to":3', b'"to":4', 1),
        "bundle.unknown_sender": station.up(signer=stranger.keys.sign),
        "bundle.foreign": foreign,
        "bundle.newer": b"CSB2" + good[4:],
        "bundle.not_a_bundle": b"PK\x03\x04",
        "bundle.line_bad": station.up(content=[station.lines[0], b'{"s":2}', station.lines[2]]),
        "bundle.chain_broken": station.up(content=station.lines[:2]),
    }


def test_bad_files_are_refused_without_a_change(hub: Hub, station: FakeStation):
    before = everything(hub)
    for code, data in bad_files(station).items():
        with pytest.raises(UserError) as refused:
            take(hub, data)
        assert refused.value.code == code
        assert sentence(refused.value)
    assert everything(hub) == before


def test_bad_files_do_not_keep_good_ones_out(hub: Hub, station: FakeStation, tmp_path: Path):
    other = FakeStation("Trạm Y tế xã Pa Tần", "03460").join(hub)
    stick = tmp_path / "stick"
    stick.mkdir()
    files = bad_files(station)
    for code, data in files.items():
        (stick / f"{code.replace('.', '-')}.csb").write_bytes(data)
    other.people(2)
    other.put(stick)
    station.put(stick)
    (stick / "CSB" / "R-receipt.csb").write_bytes(write_certificate(station.certificate, root=hub.keys.root))
    (stick / "CSB" / "notes.txt").write_text("ghi chú")
    done = list(import_place(hub, stick, now=NOW))
    assert sum(one.taken for one in done) == 5
    refused = {one.name: one.trouble.code for one in done if one.outcome is Outcome.REFUSED}
    assert refused == {f"{code.replace('.', '-')}.csb": code for code in files}
    assert len(done) == len(files) + 2, "what is not for a hub is passed over"


def test_a_single_file_of_another_kind_is_refused(hub: Hub, station: FakeStation, tmp_path: Path):
    file = tmp_path / "C.csb"
    file.write_bytes(write_certificate(station.certificate, root=hub.keys.root))
    (done,) = import_place(hub, file, now=NOW)
    assert done.trouble.code == "bundle.wrong_kind"


def test_every_bit_and_every_cut_is_noticed(hub: Hub, station: FakeStation):
    station.people(1)
    good = station.up()
    before = everything(hub)
    damaged = [good[:at] for at in range(0, len(good), 7)]
    damaged += [good[:at] + bytes([good[at] ^ (1 << at % 8)]) + good[at + 1 :] for at in range(0, len(good), 5)]
    for data in damaged:
        with pytest.raises(UserError):
            take(hub, data)
    assert everything(hub) == before


def test_a_station_cannot_write_into_the_stream_of_another(hub: Hub, station: FakeStation):
    other = FakeStation("Trạm Y tế xã Pa Tần", "03460").join(hub)
    station.people(1)
    before = everything(hub)
    with pytest.raises(UserError) as refused:
        take(hub, station.up(signer=other.keys.sign))
    assert refused.value.code == "bundle.wrong_station"
    assert everything(hub) == before


def fork(station: FakeStation, at: int) -> FakeStation:
    """The same station, run from a copy: its history differs from number `at` on."""
    twin = FakeStation()
    twin.keys, twin.certificate = station.keys, station.certificate
    twin.lines, twin.rows = station.lines[: at - 1], 900
    return twin


@pytest.mark.parametrize("reach", [(1, 4), (3, 4), (4, 5), (2, 3), (3, 3), (4, 4)])
def test_a_fork_is_kept_aside_with_an_alarm(hub: Hub, station: FakeStation, reach: tuple[int, int]):
    station.people(4)
    twin = fork(station, 3)
    twin.people(4)
    take(hub, station.up())
    state = dump(hub)
    data = twin.up(*reach)
    (alarm,) = take(hub, data)
    assert (alarm.outcome, alarm.trouble.code, alarm.upto) == (Outcome.ASIDE, "bundle.fork", 4)
    assert station.name in sentence(alarm.trouble)
    assert dump(hub) == state
    with hub.db.read() as session:
        assert session.scalars(select(BundleRow.kept).where(BundleRow.outcome == "aside")).one() == data
    before = everything(hub)
    assert take(hub, data)[0].trouble.code == "bundle.fork", "the alarm does not fall silent"
    assert everything(hub) == before
    station.people(1)
    assert outcome(hub, station.up()) is Outcome.TAKEN, "the history held here goes on"


def test_a_fork_beyond_a_gap_is_found_when_the_gap_closes(hub: Hub, station: FakeStation):
    station.people(4)
    twin = fork(station, 2)
    twin.people(5)
    assert outcome(hub, twin.up(4, 5)) is Outcome.WAITING
    done = take(hub, station.up())
    assert [(one.outcome, one.trouble and one.trouble.code) for one in done] == [
        (Outcome.TAKEN, None),
        (Outcome.ASIDE, "bundle.fork"),
    ]
    assert upto(hub, station) == 4
    assert len(dump(hub)) == 4


AGAIN = "0123456789abcdef"


def again(station: FakeStation, first: int, last: int) -> bytes:
    """Its lines as a restored register sends them: the same ones, in a new epoch."""
    before = chain_over(chain_start(station.id, AGAIN), station.lines[: first - 1])
    return station.up(first, last, epoch=AGAIN, before=before)


def test_a_restored_station_sends_all_again_and_each_line_counts_once(hub: Hub, station: FakeStation):
    made = station.people(3)
    take(hub, station.up())
    state = dump(hub)
    (found,) = take(hub, again(station, 1, 2))
    assert (found.outcome, found.taken, found.set_aside, found.upto) == (Outcome.TAKEN, 2, 0, 2)
    assert dump(hub) == state
    twin = fork(station, 3)  # the copy had two people; then the first one is mended
    twin.op("u", 1, {"phone": "0912"}, base=made[0].stamp, stamp=made[2].stamp + 70_000)
    (more,) = take(hub, again(twin, 1, 3))
    assert (more.outcome, more.taken, more.set_aside) == (Outcome.TAKEN, 1, 0)
    assert len(dump(hub)) == 3, "what was lost at the station stays at the district"
    assert outcome(hub, station.up(1, 2)) is Outcome.ALREADY, "an old stick changes nothing"


def conflicts(hub: Hub) -> list[tuple[str, str, dict[str, object], int]]:
    """Table, group, and the value that does not stand with its stamp."""
    with hub.db.read() as session:
        found = session.scalars(select(ConflictRow).order_by(ConflictRow.grp))
        return [(one.tbl, one.grp, one.losing["values"], one.losing["stamp"]) for one in found]


def test_of_two_epochs_the_newer_value_stands_and_the_other_is_kept(hub: Hub, station: FakeStation):
    first, second = station.people(2)
    twin = fork(station, 3)
    station.op("u", 1, {"phone": "old", "note": "lost"}, base=first.stamp)
    lost = station.op("d", 2, base=second.stamp)
    take(hub, station.up(1, 2))
    twin.op("u", 1, {"phone": "new"}, base=first.stamp, stamp=lost.stamp + 70_000)
    twin.op("u", 2, {"phone": "alive"}, base=second.stamp, stamp=lost.stamp + 70_001)
    take(hub, again(twin, 1, 4))
    (late,) = take(hub, station.up(3, 4))  # a stick that was on its way all the time
    assert (late.outcome, late.taken, late.set_aside) == (Outcome.TAKEN, 2, 0)
    (one, two) = dump(hub).values()
    assert (one[2]["phone"], one[2]["note"], one[1]) == ("new", "lost", lost.stamp + 70_000)
    assert (two[2].get("phone"), two[4]) == ("alive", False), "a change lives on beside a deletion"
    assert conflicts(hub) == [
        ("person", "*", {"deleted": True}, lost.stamp),
        ("person", "phone", {"phone": "old"}, lost.stamp - (1 << 16)),
    ]


def test_what_former_keys_signed_is_kept_aside(hub: Hub, station: FakeStation):
    station.people(3)
    take(hub, station.up(1, 2))
    later = FakeStation().join(hub, same_commune=SameCommune.REPLACE)
    (kept,) = take(hub, station.up(1, 3))
    assert (kept.outcome, kept.trouble.code) == (Outcome.ASIDE, "bundle.former_keys")
    later.rows = 100
    later.people(2)
    assert outcome(hub, later.up()) is Outcome.TAKEN
    assert len(dump(hub)) == 4, "what the former computer had sent stays"


def test_nothing_is_half_done_when_the_commit_fails(hub: Hub, station: FakeStation):
    station.people(4)
    take(hub, station.up(3, 4))
    before = everything(hub)
    data = station.up(1, 2)

    def cut(_session: Session) -> None:
        raise RuntimeError("power cut")

    event.listen(Session, "before_commit", cut)
    try:
        with pytest.raises(RuntimeError, match="power cut"):
            take(hub, data)
    finally:
        event.remove(Session, "before_commit", cut)
    assert everything(hub) == before
    assert [one.taken for one in take(hub, data)] == [2, 2]
