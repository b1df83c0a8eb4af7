"""Long lines of the district that its restored hub has lost come back to it too, and all that followed them."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import func, select

from covidstation.db.rows import EchoRow
from covidstation.domain.echoes import MOST_WHOLE, PIECE
from covidstation.hub.down.stream import Change, say
from covidstation.hub.rows import RecordRow
from tests.services.exchange.test_two_sides import TwoSides
from tests.services.exchange.test_two_sides import sides as sides

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize("letter", ['"', "ệ"])
def test_a_line_that_no_other_line_can_hold_comes_back_in_pieces(sides: TwoSides, letter: str):
    kept = sides.copy_hub()
    long = (letter + "a") * (MOST_WHOLE // 3)  # escaped or of three bytes: 160,000 of 262,144
    item = {"kind": "pack", "title": "Quy định", "made_at": "2022-03-10T05:40:00", "data": {"toml": long}}
    with sides.hub.db.write(None, sides.tick()) as session:
        say(session, sides.hub, sides.n(session), [Change("district_item", uuid4(), "i", item)], by=None, now=sides.now)
    sides.correct(phone="0912000333")
    sides.settle()
    sides.restore_hub(kept)
    assert sides.theirs("phone") != sides.ours("phone") == {"phone": "0912000333"}
    sides.settle()
    assert sides.same("phone") == {"phone": "0912000333"}, "what followed the long line came back too"
    with sides.hub.db.read() as session:
        items = session.scalars(select(RecordRow.fields).where(RecordRow.tbl == "district_item"))
        assert [one["data"]["toml"] for one in items] == [long]
    with sides.db.read() as session:
        assert (session.scalar(select(func.count()).select_from(EchoRow)) or 0) >= len(long) // PIECE + 2
    sides.correct(phone="0912000777")
    sides.settle()
    assert sides.same("phone") == {"phone": "0912000777"}
    assert sides.open() == (set(), set())
