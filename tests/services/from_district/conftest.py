"""A hub of one's own, and stations that exchange sticks with it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from covidstation.db import keys
from covidstation.hub.database.store import DATABASE, Place, create_hub, open_hub
from tests.services import samples
from tests.services.from_district.world import World, found_stations

PASSPHRASE = "con đường mòn qua đèo"


@pytest.fixture(scope="session")
def founded_hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a founded hub and its enrolled stations; copy it, do not use it."""
    folder = tmp_path_factory.mktemp("district")
    place, name = Place(folder / "hub" / DATABASE, folder / "hub"), "Trung tâm Y tế Sìn Hồ"
    create_hub(place, name=name, code="108", passphrase=PASSPHRASE, now=samples.NOW, cost=keys.FLOOR)
    hub = open_hub(place, PASSPHRASE)
    found_stations(hub, folder)
    hub.db.close()
    return folder


@pytest.fixture
def world(founded_hub: Path, tmp_path: Path) -> Iterator[World]:
    """A district whose stations have nobody in their registers yet."""
    folder = Path(shutil.copytree(founded_hub, tmp_path / "district"))
    hub = open_hub(Place(folder / "hub" / DATABASE, folder / "hub"), PASSPHRASE)
    made = World(hub, folder)
    yield made
    made.close()
    hub.db.close()
