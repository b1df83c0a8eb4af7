"""What comes of an epoch that the station has ended since."""

from __future__ import annotations

from sqlalchemy import select

from covidstation.hub.database.store import Hub
from covidstation.hub.intake.bundles import Outcome
from covidstation.hub.rows import BundleRow
from tests.hub.conftest import BOTH
from tests.hub.fake_stations import FakeStation, everything, take
from tests.hub.intake.test_bundles import again, fork

DATABASES = BOTH


def test_an_old_fork_alarms_no_more_once_the_station_began_anew(hub: Hub, station: FakeStation):
    """The stick that brings the new epoch still has the old file, at every visit."""
    station.people(4)
    twin = fork(station, 3)
    twin.people(4)
    take(hub, station.up())
    old = twin.up(1, 4)
    assert [take(hub, old)[0].trouble.code for _visit in range(2)] == ["bundle.fork"] * 2
    take(hub, again(station, 1, 4))
    before = everything(hub)
    (later,) = take(hub, old)
    assert (later.outcome, later.trouble, later.taken) == (Outcome.ALREADY, None, 0)
    assert everything(hub) == before
    with hub.db.read() as session:
        kept = session.scalars(select(BundleRow.kept).where(BundleRow.outcome == Outcome.ASIDE.value)).all()
    assert kept == [old], "it is still kept, and the station's page says so"
    assert take(hub, twin.up(1, 6))[0].trouble.code == "bundle.fork", "somebody still works with the other copy"
