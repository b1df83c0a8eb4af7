"""The checks of the hub's acts find what is half there, and receipts that say too much."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update

from covidstation.domain.ops import chain_start
from covidstation.hub.rows import BundleRow, DownLineRow, OperationRow, RecordRow, StationRow, StreamRow
from tests.faults import acts
from tests.faults.checks import CHECKS
from tests.faults.hub_acts import opened_hub
from tests.hub.fake_stations import NOW


def spoiled(folder, *statements):
    hub = opened_hub(folder)
    with hub.db.write(None, NOW) as session:
        for statement in statements:
            session.execute(statement)
    hub.db.close()


LAST = select(OperationRow.seq).order_by(OperationRow.seq.desc()).limit(1).scalar_subquery()
ONE = select(RecordRow.row).limit(1).scalar_subquery()
FILE = select(BundleRow.n).limit(1).scalar_subquery()


@pytest.mark.parametrize(
    ("act", "statement", "told"),
    [
        ("intake", delete(OperationRow).where(OperationRow.seq == LAST), "lines are said to be here"),
        ("intake", update(StreamRow).values(chain=bytes(32)), "the chain does not fit"),
        ("intake", delete(RecordRow).where(RecordRow.row == ONE), "people"),
        ("intake", update(OperationRow).where(OperationRow.seq == LAST).values(code="op.row_exists"), "not applied"),
        ("intake", delete(BundleRow).where(BundleRow.n == FILE), "half a bundle"),
        ("answer", delete(DownLineRow).where(DownLineRow.seq == 1), "lines down are said to be here"),
    ],
)
def test_what_is_half_there_is_found(act, statement, told, tmp_path, capfd):
    acts.run(act, tmp_path, 2)
    assert CHECKS[act](tmp_path, 3) == ""
    spoiled(tmp_path, statement)
    assert told in CHECKS[act](tmp_path, 1)


def test_a_receipt_for_what_is_not_here_is_found(tmp_path, capfd):
    acts.run("answer", tmp_path, 1)
    spoiled(tmp_path, delete(OperationRow), delete(RecordRow), delete(BundleRow), update(StreamRow).values(upto=0))
    hub = opened_hub(tmp_path)
    with hub.db.write(None, NOW) as session:
        for stream in session.scalars(select(StreamRow)):
            stream.chain = chain_start(session.get_one(StationRow, stream.station).id, stream.epoch)
    hub.db.close()
    assert "a receipt for" in CHECKS["answer"](tmp_path, 1)
