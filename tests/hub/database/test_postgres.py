"""What only a hub on a server can meet."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import URL

from covidstation.errors import UserError
from covidstation.hub.cli import main
from covidstation.hub.database import postgres as database
from covidstation.hub.database.postgres import version_of
from covidstation.hub.database.store import SCHEMA, Hub, Place, base_at, open_hub
from covidstation.hub.rows import HubBase
from covidstation.messages import sentence
from tests.hub.conftest import PASSPHRASE, POSTGRESQL, found
from tests.hub.fake_stations import FakeStation, everything, take
from tests.hub.postgres import command, dsn

DATABASES = (POSTGRESQL,)


def test_the_migrations_make_the_tables_of_the_rows(hub: Hub):
    with hub.db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), HubBase.metadata) == []
        assert version_of(connection) == SCHEMA.current


def test_programs_that_start_at_once_migrate_once(empty_database: URL, tmp_path: Path):
    with ThreadPoolExecutor(4) as pool:
        places = [Place(empty_database, tmp_path / str(number)) for number in range(4)]
        for place in places:
            place.folder.mkdir()
        prepared = list(pool.map(lambda place: base_at(place).prepare(bytes(32)), places))
    with prepared[0].engine.connect() as connection:
        assert version_of(connection) == SCHEMA.current
    for db in prepared:
        db.close()


def test_a_newer_database_is_refused_unchanged(hub: Hub, place: Place):
    assert isinstance(place.database, URL)
    command(place.database, "UPDATE alembic_version SET version_num = '0099'")
    before = everything(hub)
    with pytest.raises(UserError, match="newer_data"):
        open_hub(place, PASSPHRASE)
    assert everything(hub) == before


def test_somebody_elses_tables_are_left_alone(empty_database: URL, tmp_path: Path):
    command(empty_database, "CREATE TABLE station (n int)")
    place = Place(empty_database, tmp_path)
    with pytest.raises(UserError, match="database_foreign"):
        found(place)
    assert list(tmp_path.iterdir()) == []
    command(empty_database, "DROP TABLE station")
    found(place)
    open_hub(place, PASSPHRASE).db.close()


def test_keys_of_another_hub_open_nothing(hub: Hub, place: Place, folder: Path):
    with pytest.raises(UserError, match=r"keys\.damaged"):
        open_hub(Place(place.database, folder), PASSPHRASE)


def test_a_server_that_does_not_sync_is_refused(server: URL, place: Place):
    assert isinstance(place.database, URL)
    try:
        command(server, "ALTER SYSTEM SET fsync = off")
        command(server, "SELECT pg_reload_conf()")
        with pytest.raises(UserError, match="postgresql_unsafe"):
            open_hub(place, PASSPHRASE)
    finally:
        command(server, "ALTER SYSTEM RESET fsync")
        command(server, "SELECT pg_reload_conf()")
    open_hub(place, PASSPHRASE).db.close()


def test_a_server_that_is_not_there_or_knows_nobody_is_said(place: Place, server: URL, tmp_path: Path):
    assert isinstance(place.database, URL)
    away = Place(place.database.set(query={"host": str(tmp_path)}), place.folder)
    nobody = Place(place.database.set(database="none_of_that_name"), place.folder)
    for wrong, code in ((away, "hub.database_away"), (nobody, "hub.database_away")):
        with pytest.raises(UserError) as refused:
            open_hub(wrong, PASSPHRASE)
        assert refused.value.code == code
        assert "postgres:" not in sentence(refused.value), "no password"


@pytest.mark.parametrize("way", ["it said so", "after a rest"])
def test_a_server_that_restarts_is_found_again(hub: Hub, server: URL, way: str, monkeypatch: pytest.MonkeyPatch):
    if way == "after a rest":
        monkeypatch.setattr(database, "RESTED", 0.0)
        monkeypatch.setattr(database, "_has_said_something", lambda _connection: False)
    station = FakeStation().join(hub)
    station.people(2)
    ended = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name = 'covidstation-hub'"
    command(server, ended)  # comes back once they are gone: until then nobody could know
    assert take(hub, station.up())[0].taken == 2


def test_every_command_takes_the_url(empty_database: URL, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    secret = tmp_path / "secret"
    secret.write_text(PASSPHRASE, encoding="utf-8")
    secret.chmod(0o600)
    words = ["--data", str(tmp_path / "data"), "--database", dsn(empty_database), "--passphrase-file", str(secret)]
    assert main([*words, "init", "--name", "Trung tâm Y tế Sìn Hồ", "--json"]) == 0
    assert main([*words, "status", "--json"]) == 0
    assert main([*words, "backup", "--to", str(tmp_path / "copies"), "--json"]) == 0
    assert main([*words, "init", "--name", "Trung tâm", "--json"]) == 1
    assert "hub_epoch" in capsys.readouterr().out
