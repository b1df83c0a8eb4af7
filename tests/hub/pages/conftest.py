"""One district with its staff, made once and copied for each test; browsers that are signed in to it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from sqlalchemy import URL

from covidstation.hub.database.store import DATABASE, Founded, Hub, Place, open_hub
from covidstation.hub.staff import users
from covidstation.hub.staff.rights import HubRole
from covidstation.hub.web.app import make_app
from covidstation.hub.web.pages import routes
from tests.hub import postgres
from tests.hub.conftest import PASSPHRASE
from tests.hub.pages import town
from tests.hub.pages.browser import Browser, Clock, TestClient

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@pytest.fixture(autouse=True)
def cheap_logins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 at its least: what it costs is measured elsewhere."""
    monkeypatch.setattr(users, "HASHER", CHEAP)


@pytest.fixture(scope="session")
def district(founded: tuple[Path, object], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with communes and staff; copy it, do not use it."""
    folder = Path(shutil.copytree(founded[0], tmp_path_factory.mktemp("district") / "data"))
    settle(Place(folder / DATABASE, folder))
    return folder


@pytest.fixture(scope="session")
def template_on_server(
    server: URL, founded_on_server: tuple[Place, Founded], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    """The same district on a server; copy it, do not use it."""
    made = founded_on_server[0]
    folder = Path(shutil.copytree(made.folder, tmp_path_factory.mktemp("district-on-server") / "data"))
    with postgres.database(server, made.database.database) as url:
        place = Place(url, folder)
        settle(place)
        yield place


def settle(place: Place) -> None:
    """Communes and staff move into a founded hub."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(users, "HASHER", CHEAP)
        opened = open_hub(place, PASSPHRASE)
        town.add_staff(opened)
        town.town(opened, town.NAMES[:5])
        opened.db.close()


@pytest.fixture
def folder(district: Path, tmp_path: Path) -> Path:
    """A copy of the district."""
    return Path(shutil.copytree(district, tmp_path / "data"))


@pytest.fixture
def clock() -> Clock:
    """The clock of the pages."""
    return Clock(town.NOW)


@pytest.fixture
def browse(hub: Hub, clock: Clock) -> Iterator[Callable[..., Browser]]:
    """A new browser, signed in when a role is given."""
    opened: list[TestClient] = []
    app = make_app(hub, pages=routes(hub, clock=clock))

    def open_browser(
        role: HubRole | None = None, base: str = "https://huyen.test", address: str = "10.0.0.7"
    ) -> Browser:
        client = TestClient(app, base_url=base, follow_redirects=False, client=(address, 50_000))
        opened.append(client)
        browser = Browser(client)
        if role is not None:
            answer = browser.sign_in(role.value.replace("_", "."), town.phrase(role))
            assert answer.status_code == 303, answer.text
        return browser

    yield open_browser
    for client in opened:
        client.close()
