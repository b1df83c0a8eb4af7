"""One hub made once, copied for each test: founding costs two Argon2 and one scrypt."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from covidstation.db import keys
from covidstation.hub import keys as hub_keys
from covidstation.hub.store import DATABASE, Founded, Hub, Place, create_hub, open_hub
from tests.hub.stations import NOW, FakeStation

PASSPHRASE = "con đường mòn qua đèo"


@pytest.fixture(autouse=True)
def cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passphrases are stretched as little as the floor allows, and no time is spent measuring."""
    monkeypatch.setattr(keys, "calibrated_cost", lambda: keys.FLOOR)


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Founded]:
    """A founded hub's folder and its codes; copy it, do not use it."""
    folder = tmp_path_factory.mktemp("hub")
    place = Place(folder / DATABASE, folder)
    made = create_hub(place, name="Trung tâm Y tế Sìn Hồ", code="108", passphrase=PASSPHRASE, now=NOW, cost=keys.FLOOR)
    return folder, made


@pytest.fixture
def folder(founded: tuple[Path, Founded], tmp_path: Path) -> Path:
    """The data folder of a hub of one's own."""
    return Path(shutil.copytree(founded[0], tmp_path / "data"))


@pytest.fixture
def hub(folder: Path) -> Iterator[Hub]:
    """That hub, open."""
    opened = open_hub(Place(folder / DATABASE, folder), PASSPHRASE)
    yield opened
    opened.db.close()


@pytest.fixture
def station(hub: Hub) -> FakeStation:
    """An enrolled station."""
    return FakeStation().join(hub)


@pytest.fixture
def quick_escrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """age's scrypt takes seconds on purpose; the file itself is tested once."""
    monkeypatch.setattr(hub_keys.pyrage.passphrase, "encrypt", lambda data, _code: data)
