"""Lines that were set aside ask for what they ask for when they are applied at last, and not before."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.domain.ops import decode_op
from covidstation.hub.database.store import Hub
from covidstation.hub.down.hearing import FORMER_OWNER
from covidstation.hub.down.items import Author
from covidstation.hub.down.moves import ASKED, Proposal, decide_move, propose_move
from covidstation.hub.merging import echo
from covidstation.hub.merging import lines as merging
from covidstation.hub.merging.echo import replay_newer
from covidstation.hub.rows import MoveRow, OperationRow, RecordRow, StationRow
from tests.hub.conftest import BOTH
from tests.hub.pages.town import NOW, Commune, send

DATABASES = BOTH
WHO = Author("BS. Lò Thị Hoa")


@pytest.fixture
def two(hub: Hub) -> tuple[Commune, Commune]:
    made = []
    for number, name in enumerate(("Nậm Tăm", "Pa Tần")):
        station = Commune(f"Trạm Y tế xã {name}", f"0345{number}").join(hub)
        station.rows = 1000 * (number + 1)
        station.person("Giàng Thị Mẩy", 1980, "FEMALE")
        send(hub, station)
        made.append(station)
    return made[0], made[1]


def numbers(hub: Hub) -> dict[UUID, int]:
    with hub.db.read() as session:
        return {row.id: row.n for row in session.scalars(select(StationRow))}


def upgrade(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> int:
    """As if a newer program opened this hub."""
    monkeypatch.setattr(echo, "SCHEMA", 2)
    monkeypatch.setattr(merging, "SCHEMA", 2)
    monkeypatch.setattr(merging, "fits", lambda _table, _fields: True)
    return replay_newer(hub, now=NOW)


def test_a_late_fact_that_was_too_new_is_sent_on(hub: Hub, two, monkeypatch: pytest.MonkeyPatch):
    tam, tan = two
    known = numbers(hub)
    person = f"{1001:032x}"
    with hub.db.write(None, NOW) as session:
        wish = Proposal(person=person, origin=known[tam.id], target=known[tan.id], reason="Về ở với con")
        decide_move(session, hub, propose_move(session, hub, wish, WHO, now=NOW).id, WHO, accept=True, now=NOW)
    made = decode_op(tam.lines[0])
    tam.op("u", 1001, {"phone": {"number": "0912000999"}}, base=made.stamp, schema=2)
    send(hub, tam, 2)

    def there() -> object:
        with hub.db.read() as session:
            return session.get_one(RecordRow, (known[tan.id], "person", person)).fields.get("phone")

    with hub.db.read() as session:
        assert session.scalars(select(OperationRow.code).where(OperationRow.seq == 2)).all() == ["op.newer"]
    assert there() is None
    assert upgrade(hub, monkeypatch) == 1
    assert there() == {"number": "0912000999"}
    with hub.db.read() as session:
        row = session.scalars(select(OperationRow).where(OperationRow.seq == 2)).one()
        assert row.status == FORMER_OWNER


def test_a_request_that_was_too_new_asks_the_other_station_then(hub: Hub, two, monkeypatch: pytest.MonkeyPatch):
    tam, tan = two
    asked = {
        "kind": "move_request", "about_tbl": "person", "about_row": f"{1001:032x}", "text": "Về ở với con",
        "data": {"place": tan.name, "name": "Giàng Thị Mẩy"}, "by_name": "Lò Thị Mai", "made_at": "2022-03-10T05:40:00",
    }  # fmt: skip
    tam.op("i", 1500, asked | {"due_on": {"day": 12}, "made_at": 12}, table="district_message", schema=2)
    send(hub, tam, 2)

    def moves() -> list[str]:
        with hub.db.read() as session:
            return list(session.scalars(select(MoveRow.state)))

    assert moves() == [], "what is set aside asks for nothing"
    assert upgrade(hub, monkeypatch) == 1
    assert moves() == [ASKED]
