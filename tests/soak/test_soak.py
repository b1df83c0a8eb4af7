"""The month of a district in short (docs/safety.md): `./run soak` plays it in full."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import delete, select, update

from covidstation.db import keys
from covidstation.hub import rows as hub_rows
from tests.haste import scratch
from tests.services import samples
from tests.soak.__main__ import Plan, play
from tests.soak.rest import Found, check

SHORT = Plan(stations=6, days=5)


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "calibrated_cost", lambda: samples.CHEAP)


@pytest.fixture
def place() -> Path:
    with TemporaryDirectory(dir=scratch()) as folder:
        yield Path(folder)


@pytest.mark.timeout(240)
def test_a_district_loses_nothing_in_a_bad_week(cheap, place):
    """And the checks see a line, a value, a receipt that is not as it must be."""
    found = play(SHORT, place, after=_spoil)
    assert found["wrong"] == []
    assert found["seen"]["hubs restored"] == 1 and found["seen"]["stations restored"] >= 1
    assert found["lines"] > 100 and found["seen"]["requests lost"] > 0 and found["seen"]["answers lost"] > 0


def _spoil(district, whole: Found) -> None:
    """Each of these faults planted in the hub that was good is found."""
    assert whole.wrong == []
    operation, record = hub_rows.OperationRow, hub_rows.RecordRow
    with district.hub.db.write(None, district.now) as session:
        stream = session.scalars(select(hub_rows.StreamRow).order_by(hub_rows.StreamRow.n.desc())).first()
        session.execute(delete(operation).where(operation.stream == stream.n, operation.seq == stream.upto))
        one = session.scalars(select(record).where(record.tbl == "person", record.deleted.is_(False))).first()
        session.execute(
            update(record)
            .where(record.station == one.station, record.tbl == one.tbl, record.row == one.row)
            .values(fields={**one.fields, "full_name": "Ai đó khác"})
        )
    told = " ".join(check(district).wrong)
    assert (
        "the hub lacks 1" in told and "received" in told and "Ai đó khác" in told and "neither shown nor kept" in told
    )


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_a_district_loses_nothing_in_a_bad_fortnight(cheap, place):
    days = int(os.environ.get("SOAK_DAYS", "14"))
    assert play(replace(SHORT, stations=30, days=days, seed=2), place)["wrong"] == []
