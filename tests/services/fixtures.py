"""Fixtures shared by the tests of the register: one is founded once, each test gets a copy of its files."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from covidstation.catalog import Catalog
from covidstation.db import keys
from covidstation.db.session import Database
from covidstation.services.access.opening import Register
from tests.services import samples
from tests.services.district import District


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A founded register that nobody writes to."""
    folder = tmp_path_factory.mktemp("template") / "register"
    samples.found(folder)
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    """A data folder with a founded register."""
    return Path(shutil.copytree(template, tmp_path / "data"))


@pytest.fixture
def register(folder: Path) -> Iterator[Register]:
    """That register, open."""
    opened = samples.opened(folder)
    yield opened
    opened.db.engine.dispose()


@pytest.fixture
def db(register: Register) -> Database:
    """Its database."""
    return register.db


@pytest.fixture
def cheap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are made at once: no passphrase of a test guards anything."""
    monkeypatch.setattr(keys, "calibrated_cost", lambda: samples.CHEAP)
    monkeypatch.setattr(keys, "FLOOR", samples.CHEAP)


@pytest.fixture
def catalog() -> Catalog:
    """The shipped lists and packs."""
    return samples.catalog()


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """An empty USB stick."""
    made = tmp_path / "stick"
    made.mkdir()
    return made


@pytest.fixture(scope="session")
def district() -> District:
    """The district."""
    return District()


__all__ = ["catalog", "cheap", "db", "district", "folder", "register", "stick", "template"]
