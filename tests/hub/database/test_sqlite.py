"""What only a hub in a file can meet."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import event

from covidstation.hub.database.store import Hub
from covidstation.hub.intake.bundles import import_place
from tests.hub.fake_stations import NOW, FakeStation, everything


def test_a_full_disk_refuses_one_bundle_and_says_so(hub: Hub, station: FakeStation, tmp_path: Path):
    station.people(400)
    station.put(tmp_path)
    with hub.db.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    before = everything(hub)

    @event.listens_for(hub.db.engine, "begin")
    def _small(connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages + 2}")  # door: a number of this test

    (done,) = import_place(hub, tmp_path, now=NOW)
    assert done.trouble.code == "station.disk_full"
    event.remove(hub.db.engine, "begin", _small)
    hub.db.engine.dispose()
    assert everything(hub) == before
