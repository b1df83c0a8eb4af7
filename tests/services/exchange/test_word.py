"""A stick without changes still tells the district how far it was heard, once, and is not written for nothing."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from covidstation.hub.down.stream import down_bundles
from covidstation.hub.intake.bundles import import_place
from covidstation.hub.rows import DownStreamRow, StationRow
from covidstation.services.exchange.bundles import Exported, export_changes
from tests.services.exchange.test_two_sides import TwoSides
from tests.services.exchange.test_two_sides import sides as sides

pytestmark = pytest.mark.timeout(120)


def export(sides: TwoSides) -> Exported:
    return export_changes(sides.db, sides.stick, by=None, now=sides.tick()).value.what


def heard(sides: TwoSides) -> tuple[int, int]:
    """How far the district knows that it was read, and what it has said."""
    with sides.hub.db.read() as session:
        stream = session.scalars(select(DownStreamRow)).one()
        return stream.told_upto, stream.last_seq


def test_what_was_read_is_told_once_and_nothing_is_written_for_nothing(sides: TwoSides):
    sides.settle()
    assert export(sides) is Exported.NOTHING
    sides.correct(phone="0912000333")
    sides.answer()
    assert heard(sides)[0] < heard(sides)[1]
    assert export(sides) is Exported.WORD
    assert export(sides) is Exported.NOTHING
    list(import_place(sides.hub, sides.stick, now=sides.tick()))
    assert heard(sides)[0] == heard(sides)[1]
    with sides.hub.db.read() as session:
        assert not list(down_bundles(session, sides.hub, session.scalars(select(StationRow)).one(), now=sides.now))


def test_a_stick_that_was_lost_is_made_up_for(sides: TwoSides):
    sides.settle()
    sides.correct(phone="0912000333")
    sides.answer()
    assert export(sides) is Exported.WORD
    for path in sides.stick.rglob("U-*.csb"):
        path.unlink()
    sides.answer()  # the district, which heard nothing, says it again
    assert export(sides) is Exported.WORD
    list(import_place(sides.hub, sides.stick, now=sides.tick()))
    assert heard(sides)[0] == heard(sides)[1]
    sides.edit(phone="0912000444")
    assert export(sides) is Exported.CHANGES
    assert len(list(sides.stick.rglob("U-*.csb"))) == 1, "what only told something makes way"
