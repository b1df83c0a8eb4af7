"""What the hub says to one station: lines, their numbers and bases, and the bundles that carry them."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.domain.ops import chain_start, decode_op
from covidstation.errors import UserError
from covidstation.hub.database.store import Hub
from covidstation.hub.down.stream import Change, build_down, down_bundles, open_stream, say
from covidstation.hub.rows import DownLineRow, DownStreamRow, HubStateRow, RecordRow, StationRow
from covidstation.sync.bundle import Sender, open_bundle, read_ops
from covidstation.sync.identity import key_id
from tests.hub.conftest import BOTH
from tests.hub.fake_stations import NOW, FakeStation, take

DATABASES = BOTH
DOCTOR = UUID(int=7)


def put(hub: Hub, station: FakeStation, *changes: Change, now=NOW):
    with hub.db.write(None, now) as session:
        return say(session, hub, number(session, station), changes, by=DOCTOR, now=now)


def number(session, station: FakeStation) -> int:
    return session.scalars(select(StationRow).where(StationRow.id == station.id)).one().n


def carried(hub: Hub, station: FakeStation, limit: int = 8 << 20):
    """The next bundle as the station opens it."""
    with hub.db.read() as session:
        row = session.scalars(select(StationRow).where(StationRow.id == station.id)).one()
        data = build_down(session, hub, row, now=NOW, limit=limit)
    if data is None:
        return None
    key = hub.keys.identity.sign.public
    senders = {key_id(key): Sender(key, station.id)}
    return open_bundle(data, known_senders=senders, identities=[station.keys.age])


def record(hub: Hub, row: UUID) -> RecordRow:
    with hub.db.read() as session:
        return session.scalars(select(RecordRow).where(RecordRow.row == row.hex)).one()


def test_a_correction_is_a_line_on_what_stands_and_changes_the_record_at_once(hub: Hub, station: FakeStation):
    made = station.people(1)[0]
    take(hub, station.up())
    (op,) = put(hub, station, Change("person", UUID(hex=made.row), "u", {"full_name": "Giàng A Pao", "sex": "MALE"}))
    assert dict(op.fields) == {"full_name": "Giàng A Pao"}, "what is already so is left out"
    assert (op.base, op.seq, op.first_of_transaction) == (made.stamp, 1, None)
    assert op.stamp > made.stamp and op.stamp % 4 == 1
    assert record(hub, UUID(hex=made.row)).fields["full_name"] == "Giàng A Pao"
    assert record(hub, UUID(hex=made.row)).stamps == {"full_name": op.stamp}
    assert put(hub, station, Change("person", UUID(hex=made.row), "u", {"sex": "MALE"})) == []


def test_fields_that_move_together_are_all_named(hub: Hub, station: FakeStation):
    made = station.people(1)[0]
    take(hub, station.up())
    (op,) = put(hub, station, Change("person", UUID(hex=made.row), "u", {"birth_month": 5}))
    assert dict(op.fields) == {"birth_day": None, "birth_month": 5, "birth_year": 1968}


def test_a_bundle_down_is_read_like_one_up(hub: Hub, station: FakeStation):
    assert carried(hub, station) is None
    item = UUID(int=9)
    new = Change("district_item", item, "i", {"kind": "announcement", "title": "Họp giao ban", "body": ""})
    first = put(hub, station, new, Change("person", UUID(int=3), "i", {"full_name": "Lò Văn Sơn", "sex": "MALE"}))
    second = put(hub, station, Change("district_item", item, "u", {"withdrawn_at": "2022-03-11T00:00:00"}))
    assert [op.first_of_transaction for op in first] == [1, 1]
    bundle = carried(hub, station)
    assert read_ops(bundle) == [*first, *second]
    assert bundle.header.epoch == hub.epoch
    assert bundle.header.stream.chain_before == chain_start(station.id, hub.epoch)
    assert (bundle.about["more"], bundle.about["clock"]) == (0, int(NOW.timestamp() * 1000))


def test_what_the_station_has_read_is_not_sent_again_and_the_rest_waits_its_turn(hub: Hub, station: FakeStation):
    for n in range(1, 5):
        put(hub, station, Change("person", UUID(int=n), "i", {"full_name": f"A{n}", "sex": "MALE"}))
    with hub.db.write(None, NOW) as session:
        session.get_one(DownStreamRow, (number(session, station), hub.epoch)).told_upto = 2
    bundle = carried(hub, station, limit=1)
    assert (bundle.header.stream.first, bundle.header.stream.last, bundle.about["more"]) == (3, 3, 1)
    with hub.db.read() as session:
        row = session.scalars(select(StationRow)).one()
        names = [name.rpartition("/")[2] for name, _data in down_bundles(session, hub, row, now=NOW)]
    assert names == [f"D-{hub.epoch[:8]}-0000000003-0000000004-001.csb"]


def test_a_row_that_is_not_there_or_there_already_is_refused_and_nothing_is_said(hub: Hub, station: FakeStation):
    made = UUID(hex=station.people(1)[0].row)
    take(hub, station.up())
    for change, code in (
        (Change("person", UUID(int=99), "u", {"full_name": "A"}), "op.row_missing"),
        (Change("person", made, "i", {"full_name": "A"}), "op.row_exists"),
    ):
        with pytest.raises(UserError) as refused:
            put(hub, station, Change("person", UUID(int=50), "i", {"full_name": "B", "sex": "MALE"}), change)
        assert refused.value.code == code
    assert carried(hub, station) is None


def test_stamps_rise_over_a_clock_that_goes_back_and_follow_none_that_is_years_ahead(hub: Hub, station: FakeStation):
    ahead = (int((NOW + timedelta(days=3650)).timestamp() * 1000)) << 16
    one, other = station.people(2)
    station.op("u", 1, {"phone": "0912000111"}, base=one.stamp, stamp=ahead)
    take(hub, station.up())
    first = put(hub, station, Change("person", UUID(hex=one.row), "u", {"phone": "0912000222"}))[0]
    assert first.base == ahead < first.stamp  # above the row that it changes, and of that row alone
    believed = put(hub, station, Change("person", UUID(hex=other.row), "u", {"phone": "0912000444"}))[0]
    assert one.stamp < believed.stamp < ahead
    back = NOW - timedelta(days=3650)
    later = put(hub, station, Change("person", UUID(hex=other.row), "u", {"phone": "0912000333"}), now=back)[0]
    assert believed.stamp < later.stamp < ahead


def test_a_new_epoch_says_again_what_is_held_once_and_in_its_transactions(hub: Hub, station: FakeStation):
    people = [Change("person", UUID(int=n), "i", {"full_name": f"A{n}", "sex": "MALE"}) for n in (1, 2)]
    said = put(hub, station, *people) + put(hub, station, Change("person", UUID(int=1), "u", {"full_name": "B"}))
    object.__setattr__(hub, "epoch", "0123456789abcdef")
    with hub.db.write(None, NOW) as session:
        session.scalars(select(HubStateRow)).one().epoch = hub.epoch
    with hub.db.write(None, NOW) as session:
        stream = open_stream(session, number(session, station))
        assert stream.last_seq == 3
    ops = read_ops(carried(hub, station))
    assert ops == said, "the same stamps under the same numbers, for nothing else was said in between"
    with hub.db.write(None, NOW) as session:
        open_stream(session, number(session, station))
        lines = session.scalars(select(DownLineRow.line).where(DownLineRow.epoch == hub.epoch))
        assert [decode_op(line).stamp for line in lines] == [op.stamp for op in said]
