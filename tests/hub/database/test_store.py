"""Founding and opening."""

from __future__ import annotations

from pathlib import Path

import pyrage
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import make_url

from covidstation.db import schema
from covidstation.db.keys import FILE, FLOOR
from covidstation.errors import UserError
from covidstation.hub.database import store
from covidstation.hub.database.keys import HubKeys
from covidstation.hub.database.store import DATABASE, Founded, Hub, Place, create_hub, open_hub, place_of
from covidstation.hub.rows import HubBase
from covidstation.sync.identity import AgeKey
from tests.hub.conftest import PASSPHRASE
from tests.hub.fake_stations import NOW, FakeStation

SERVER = "postgresql+psycopg://hub@localhost/hub"


def test_the_hub_opens_with_passphrase_and_with_recovery_code(folder: Path, founded: tuple[Path, Founded]):
    place = Place(folder / DATABASE, folder)
    for secret in (PASSPHRASE, founded[1].recovery_code):
        hub = open_hub(place, secret)
        assert hub.name == "Trung tâm Y tế Sìn Hồ"
        assert hub.epoch == founded[1].epoch
        assert hub.keys.words() == founded[1].words
        hub.db.close()


@pytest.mark.parametrize("secret", ["con đường khác", "", "0000-1111"])
def test_a_wrong_passphrase_opens_nothing(folder: Path, secret: str):
    with pytest.raises(UserError, match="wrong_passphrase"):
        open_hub(Place(folder / DATABASE, folder), secret)


def test_the_escrow_file_opens_with_its_code_and_reads_bundles(hub: Hub, founded: tuple[Path, Founded], station):
    text = pyrage.passphrase.decrypt(founded[1].escrow_file.read_bytes(), founded[1].escrow_code).decode()
    key = AgeKey(text.splitlines()[-1])
    assert key.public == hub.keys.escrow
    station.people(1)
    data = station.up()
    start = 72 + int.from_bytes(data[4:8], "big")
    assert pyrage.decrypt(data[start:], [pyrage.x25519.Identity.from_str(key.secret)])


def test_no_secret_lies_in_the_folder_in_the_clear(folder: Path, hub: Hub):
    secrets = (hub.keys.identity.age.secret.encode(), hub.keys.root.secret, "Sìn Hồ".encode(), b"AGE-SECRET-KEY")
    for file in folder.iterdir():
        assert not any(secret in file.read_bytes() for secret in secrets), file.name


def test_sealed_keys_need_the_database_key(hub: Hub):
    sealed = hub.keys.seal(bytes(32))
    assert HubKeys.unseal(sealed, bytes(32)) == hub.keys
    for wrong in (sealed[:-1] + bytes([sealed[-1] ^ 1]), sealed[:20], b""):
        with pytest.raises(UserError, match=r"keys\.damaged"):
            HubKeys.unseal(wrong, bytes(32))


def test_no_hub_is_founded_over_another(folder: Path):
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    for database in (DATABASE, "other.db"):
        with pytest.raises(UserError, match="already_set_up"):
            create_hub(Place(folder / database, folder), name="A", code="", passphrase=PASSPHRASE, now=NOW, cost=FLOOR)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before


def test_founding_that_was_cut_off_can_be_done_again(tmp_path: Path, monkeypatch, quick_escrow):
    place = Place(tmp_path / DATABASE, tmp_path)

    def cut(*_arguments: object) -> bytes:
        raise OSError("power cut")

    with monkeypatch.context() as patch:
        patch.setattr(store, "escrow_file", cut)
        with pytest.raises(OSError, match="power cut"):
            create_hub(place, name="A", code="", passphrase=PASSPHRASE, now=NOW, cost=FLOOR)
    assert (tmp_path / FILE).exists()
    with pytest.raises(UserError, match="not_set_up"):
        open_hub(place, PASSPHRASE)
    create_hub(place, name="A", code="", passphrase=PASSPHRASE, now=NOW, cost=FLOOR)
    open_hub(place, PASSPHRASE).db.close()


def test_a_name_and_a_passphrase_are_needed(tmp_path: Path):
    place = Place(tmp_path / DATABASE, tmp_path)
    with pytest.raises(UserError, match="name_missing"):
        create_hub(place, name=" \u200b ", code="", passphrase=PASSPHRASE, now=NOW)
    with pytest.raises(UserError, match="passphrase_short"):
        create_hub(place, name="A", code="", passphrase="ngắn", now=NOW)
    assert list(tmp_path.iterdir()) == []


def test_the_migrations_make_the_tables_of_the_rows(hub: Hub):
    with hub.db.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), HubBase.metadata) == []


def test_a_newer_database_is_refused_unchanged(folder: Path, hub: Hub):
    with hub.db.engine.execution_options(writes=True).begin() as connection:
        connection.exec_driver_sql("PRAGMA user_version = 99")
    with pytest.raises(UserError, match="newer_data"):
        schema.upgrade(hub.db.engine, store.SCHEMA)
    assert schema.version_of(hub.db.engine) == 99


def test_where_a_hub_lives(tmp_path: Path):
    assert place_of(tmp_path, None) == Place(tmp_path / DATABASE, tmp_path)
    assert place_of(None, f"sqlite:///{tmp_path}/a.db") == Place(tmp_path / "a.db", tmp_path)
    assert place_of(None, str(tmp_path / "a.db")) == Place(tmp_path / "a.db", tmp_path)
    server = place_of(tmp_path, "postgresql://hub@localhost/hub")
    assert server == place_of(tmp_path, "postgresql+psycopg2://hub@localhost/hub") == place_of(tmp_path, SERVER)
    assert server == Place(make_url(SERVER), tmp_path)
    assert place_of(tmp_path / "keys", f"sqlite:///{tmp_path}/a.db") == Place(tmp_path / "a.db", tmp_path / "keys")


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("mysql://localhost/hub", "hub.database_url"),
        ("sqlite://", "hub.database_url"),
        ("sqlite:///:memory:", "hub.database_url"),
        ("://", "hub.database_url"),
    ],
)
def test_other_databases_are_refused(url: str, code: str):
    with pytest.raises(UserError) as refused:
        place_of(None, url)
    assert refused.value.code == code


def test_a_station_is_what_its_certificate_says(station: FakeStation, hub: Hub):
    certificate = station.certificate
    assert certificate.hub_keys == hub.keys.identity.public
    assert certificate.root == hub.keys.root.public
    assert certificate.words() == hub.keys.words()
    assert certificate.hub_name == hub.name
    assert (certificate.valid_from.year, certificate.valid_until.year) == (2022, 2027)
