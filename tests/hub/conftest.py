"""One hub made once for each kind of database, copied for each test: founding costs two Argon2 and one scrypt.

A test module that says `DATABASES = BOTH` has its hub on SQLite and on PostgreSQL; all others on SQLite.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import URL

from covidstation.db import keys
from covidstation.hub.database import keys as hub_keys
from covidstation.hub.database.store import DATABASE, Founded, Hub, Place, create_hub, open_hub
from tests.hub import postgres
from tests.hub.fake_stations import NOW, FakeStation

PASSPHRASE = "con đường mòn qua đèo"
NAME = "Trung tâm Y tế Sìn Hồ"
SQLITE, POSTGRESQL = "sqlite", "postgresql"
BOTH = (SQLITE, POSTGRESQL)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the module's tests on each database that it names."""
    if "kind" in metafunc.fixturenames:
        metafunc.parametrize("kind", getattr(metafunc.module, "DATABASES", (SQLITE,)))


@pytest.fixture(autouse=True)
def cheap_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passphrases are stretched as little as the floor allows, and no time is spent measuring."""
    monkeypatch.setattr(keys, "calibrated_cost", lambda: keys.FLOOR)


def found(place: Place) -> Founded:
    """A new hub."""
    return create_hub(place, name=NAME, code="108", passphrase=PASSPHRASE, now=NOW, cost=keys.FLOOR)


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Founded]:
    """A founded hub's folder and its codes; copy it, do not use it."""
    folder = tmp_path_factory.mktemp("hub")
    return folder, found(Place(folder / DATABASE, folder))


@pytest.fixture(scope="session")
def server() -> Iterator[URL]:
    """A PostgreSQL server."""
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def founded_on_server(server: URL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Place, Founded]]:
    """A founded hub's folder and database, and its codes; copy both, do not use them."""
    folder = tmp_path_factory.mktemp("hub-keys")
    with postgres.database(server) as url:
        place = Place(url, folder)
        yield place, found(place)


@pytest.fixture(scope="session")
def template_on_server(founded_on_server: tuple[Place, Founded]) -> Place:
    """The hub on the server that each test has a copy of; a folder of tests may have one of its own."""
    return founded_on_server[0]


@pytest.fixture
def codes(kind: str, request: pytest.FixtureRequest) -> Founded:
    """The codes that were printed when the hub of this test was founded."""
    made: Founded = request.getfixturevalue("founded" if kind == SQLITE else "founded_on_server")[1]
    return made


@pytest.fixture
def empty_database(server: URL) -> Iterator[URL]:
    """A database of one's own without anything in it."""
    with postgres.database(server) as url:
        yield url


@pytest.fixture
def folder(founded: tuple[Path, Founded], tmp_path: Path) -> Path:
    """The data folder of a hub of one's own, on SQLite."""
    return Path(shutil.copytree(founded[0], tmp_path / "data"))


@pytest.fixture
def place(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A hub of one's own, closed."""
    if kind == SQLITE:
        folder = request.getfixturevalue("folder")
        yield Place(folder / DATABASE, folder)
        return
    made: Place = request.getfixturevalue("template_on_server")
    assert isinstance(made.database, URL)
    folder = shutil.copytree(made.folder, tmp_path / "server-data")
    with postgres.database(request.getfixturevalue("server"), made.database.database) as url:
        yield Place(url, folder)


@pytest.fixture
def hub(place: Place) -> Iterator[Hub]:
    """That hub, open."""
    opened = open_hub(place, PASSPHRASE)
    yield opened
    opened.db.close()


@pytest.fixture
def station(hub: Hub) -> FakeStation:
    """An enrolled station."""
    return FakeStation().join(hub)


@pytest.fixture
def quick_escrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its scrypt takes its time on purpose; the file itself is tested once."""
    monkeypatch.setattr(hub_keys, "lock", lambda data, _code: data)
