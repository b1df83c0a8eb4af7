"""One founded station and one founded hub, copied for each test; the hub serves with TLS of its own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from covidstation.db import keys
from covidstation.db.session import Database
from covidstation.hub.database.keys import escrow_file
from covidstation.hub.database.store import DATABASE, FromEscrow, Hub, Place, create_hub, open_hub
from covidstation.hub.rows import HubStateRow
from covidstation.sync.identity import AgeKey
from tests.services import samples
from tests.wire.ends import PASSPHRASE, Served, join, now, served

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Folders of a hub and of a station that nobody writes to."""
    base = tmp_path_factory.mktemp("founded")
    hub, station = base / "hub", base / "station"
    create_hub(
        Place(hub / DATABASE, hub),
        name="Trung tâm Y tế Sìn Hồ",
        code="",
        passphrase=PASSPHRASE,
        now=now(),
        cost=samples.CHEAP,
    )
    samples.found(station, now=now())
    return hub, station


@pytest.fixture
def hub(founded: tuple[Path, Path], tmp_path: Path) -> Iterator[Hub]:
    """A hub of one's own."""
    folder = Path(shutil.copytree(founded[0], tmp_path / "hub"))
    opened = open_hub(Place(folder / DATABASE, folder), PASSPHRASE)
    yield opened
    opened.db.close()


@pytest.fixture
def server(hub: Hub) -> Iterator[Served]:
    """It serves."""
    with served(hub) as one:
        yield one


@pytest.fixture
def station(founded: tuple[Path, Path], tmp_path: Path) -> Iterator[Callable[[str], Database]]:
    """Stations of one's own, by name of their folder."""
    made: list[Database] = []

    def make(name: str = "station") -> Database:
        folder = Path(shutil.copytree(founded[1], tmp_path / name))
        made.append(samples.opened(folder).db)
        return made[-1]

    yield make
    for db in made:
        db.engine.dispose()


@pytest.fixture
def db(station: Callable[[str], Database], hub: Hub, server: Served) -> Database:
    """A station that knows where its hub is."""
    return join(station("station"), hub)


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    made = tmp_path / "stick"
    made.mkdir()
    return made


@pytest.fixture
def escrow(hub: Hub) -> FromEscrow:
    """The file in the safe and its code. Only a founding shows a code: the file is written anew under one of ours."""
    code, key = keys.new_recovery_code(), AgeKey.generate()
    with hub.db.write(None, now()) as session:
        row = session.get_one(HubStateRow, 1)
        row.keys = hub.ring.seal(replace(hub.keys, escrow=key.public))
    with hub.db.read() as session:
        hub.keys_now(session)
    return FromEscrow(escrow_file(key, code, hub.keys.root), code)
