"""Where the hubs of the model live: in a file each, or each in a database of one PostgreSQL server."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from sqlalchemy import URL

from covidstation.hub.database.store import Place
from tests.hub import postgres


class Databases(Protocol):
    """Places for hubs. `folder` is that of a hub's keys."""

    def empty(self, folder: Path) -> Place:
        """Where a hub can be founded or restored."""

    def copy(self, of: Place, folder: Path) -> Place:
        """A place with a copy of that hub's database; whose keys are in the folder already. Nobody may have it open."""

    def drop(self, place: Place) -> None:
        """The disk of a closed hub breaks, or nobody wants it any more."""


class Files:
    """Encrypted SQLite."""

    def empty(self, folder: Path) -> Place:
        return Place(folder / "hub.db", folder)

    def copy(self, of: Place, folder: Path) -> Place:
        place = self.empty(folder)
        assert isinstance(of.database, Path) and isinstance(place.database, Path)
        if of.database != place.database:
            shutil.copyfile(of.database, place.database)
        return place

    def drop(self, place: Place) -> None:
        assert isinstance(place.database, Path)
        for path in place.folder.glob(f"{place.database.name}*"):
            path.unlink()


class OnServer:
    """PostgreSQL; `server` is the URL of any database of it."""

    def __init__(self, server: URL) -> None:
        self.server = server

    def empty(self, folder: Path) -> Place:
        return self._made("template1", folder)

    def copy(self, of: Place, folder: Path) -> Place:
        assert isinstance(of.database, URL) and of.database.database is not None
        return self._made(of.database.database, folder)

    def drop(self, place: Place) -> None:
        assert isinstance(place.database, URL)
        postgres.command(self.server, f"DROP DATABASE {place.database.database} WITH (FORCE)")

    def _made(self, template: str, folder: Path) -> Place:
        name = f"m{uuid4().hex[:12]}"
        postgres.command(self.server, f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
        return Place(self.server.set(database=name), folder)
