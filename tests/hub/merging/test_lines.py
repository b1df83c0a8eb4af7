"""What the hub does with lines that do not follow on: revived rows, legal deletions, lines too new, lines sent back."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.domain.ops import encode_op
from covidstation.hub.database.store import Hub
from covidstation.hub.down.stream import Change, say
from covidstation.hub.merging import echo
from covidstation.hub.merging import lines as merging
from covidstation.hub.merging.echo import replay_newer
from covidstation.hub.rows import ConflictRow, DownLineRow, DownStreamRow, OperationRow, RecordRow, StationRow
from tests.hub.conftest import BOTH
from tests.hub.fake_stations import NOW, FakeStation, take

DATABASES = BOTH
FORMER = "00112233445566aa"


def record(hub: Hub, row: int) -> RecordRow | None:
    with hub.db.read() as session:
        return session.scalars(select(RecordRow).where(RecordRow.row == f"{row:032x}")).first()


def statuses(hub: Hub) -> dict[int, str]:
    with hub.db.read() as session:
        rows = session.scalars(select(OperationRow).where(OperationRow.code.is_not(None)))
        return {row.seq: f"{row.status} {row.code}" for row in rows}


def test_a_change_without_knowledge_of_a_deletion_by_the_district_lives_on(hub: Hub, station: FakeStation):
    made = station.people(1)[0]
    take(hub, station.up())
    with hub.db.write(None, NOW) as session:
        number = session.scalars(select(StationRow)).one().n
        say(session, hub, number, [Change("person", UUID(hex=made.row), "d")], by=None, now=NOW)
    assert record(hub, 1).deleted
    station.op("u", 1, {"phone": "0912000222"}, base=made.stamp)
    take(hub, station.up())
    assert (record(hub, 1).deleted, record(hub, 1).fields["phone"]) == (False, "0912000222")
    with hub.db.read() as session:
        kept = session.scalars(select(ConflictRow)).one()
    assert (kept.grp, kept.losing["values"], kept.losing["side"]) == ("*", {"deleted": True}, "district")
    assert statuses(hub) == {2: "conflict op.conflict"}


def test_a_legal_deletion_stays_and_keeps_no_value(hub: Hub, station: FakeStation):
    made = station.people(2)
    first = len(station.lines) + 1
    station.op("d", 1, base=made[0].stamp, first_of_transaction=first)
    purge = {"rule": "r", "kind": "person", "until": "2022-03-01", "decision": "1/QĐ", "count": 1}
    station.op("i", 90, purge | {"purged_at": "2022-03-10T05:40:00"}, table="purge", first_of_transaction=first)
    station.op("u", 1, {"phone": "0912000222"}, base=made[0].stamp)
    take(hub, station.up())
    assert (record(hub, 1).deleted, record(hub, 1).fields) == (True, {})
    assert statuses(hub) == {5: "quarantine op.row_deleted"}


def test_what_was_too_new_is_applied_after_the_upgrade(hub: Hub, station: FakeStation, monkeypatch: pytest.MonkeyPatch):
    new = station.op("i", 5, {"full_name": "Lò Văn Sơn", "birth_year": {"year": 1968}}, schema=2)
    station.op("u", 5, {"phone": "0912000222"}, base=new.stamp)
    take(hub, station.up())
    assert statuses(hub) == {1: "hub_too_old op.newer", 2: "quarantine op.row_missing"}
    assert replay_newer(hub, now=NOW) == 0
    monkeypatch.setattr(echo, "SCHEMA", 2)
    monkeypatch.setattr(merging, "SCHEMA", 2)
    monkeypatch.setattr(merging, "fits", lambda _table, _fields: True)
    assert replay_newer(hub, now=NOW) == 2
    assert record(hub, 5).fields == {"full_name": "Lò Văn Sơn", "birth_year": {"year": 1968}, "phone": "0912000222"}
    assert statuses(hub) == {}
    assert replay_newer(hub, now=NOW) == 0, "once"


def test_lines_sent_back_make_the_rows_on_which_others_wait(hub: Hub, station: FakeStation):
    """A restored hub lost that it handed a person over; the station changed the person and sends both."""
    lost = station.op("i", 7, {"full_name": "Lò Văn Sơn", "sex": "MALE"}, seq=1, stamp=station_stamp(), actor="0" * 32)
    station.lines.clear()
    station.op("u", 7, {"phone": "0912000222"}, base=lost.stamp, stamp=lost.stamp + 7)
    take(hub, station.up())
    assert statuses(hub) == {1: "quarantine op.row_missing"}
    line = encode_op(lost).decode()
    station.op("i", 8, {"epoch": FORMER, "seq": 1, "line": line}, table="echo")
    station.op("i", 9, {"epoch": FORMER, "seq": 3, "line": line}, table="echo")
    station.op("i", 10, {"epoch": hub.epoch, "seq": 1, "line": line}, table="echo")
    station.op("i", 11, {"epoch": FORMER, "seq": 2, "line": "{"}, table="echo")
    take(hub, station.up())
    assert record(hub, 7).fields == {"full_name": "Lò Văn Sơn", "sex": "MALE", "phone": "0912000222"}
    assert statuses(hub) == {}
    with hub.db.read() as session:
        assert [(row.epoch, row.seq) for row in session.scalars(select(DownLineRow))] == [(FORMER, 1)]
        assert session.get_one(DownStreamRow, (session.scalars(select(StationRow.n)).one(), FORMER)).last_seq == 1


def station_stamp() -> int:
    """A stamp of the district, before those that the station gives."""
    return (1_646_700_000_000 << 16) + 1
