"""The steps lead exactly to the tables that the program knows; a newer register is left alone."""

import shutil
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from covidstation.db import schema
from covidstation.db.rows import Base
from covidstation.db.session import make_engine
from covidstation.errors import UserError
from covidstation.hub.database.store import SCHEMA as HUB
from covidstation.services.access.opening import open_register
from covidstation.services.upkeep.check import check_register
from tests import haste
from tests.services.samples import NOW, PASSPHRASE, opened

DATA = Path(__file__).parents[1] / "data"
KEY = bytes(range(32))
SEARCH = "person_search"  # the full-text index and its shadows are SQLite's own


@pytest.fixture
def engine(tmp_path):
    made = make_engine(tmp_path / "register.db", KEY)
    yield made
    made.dispose()


@pytest.fixture(autouse=True)
def by_alembic(monkeypatch):
    """Here the steps are taken as the program takes them."""
    monkeypatch.setattr(schema, "run_steps", haste.STEPS)


def dump(engine):
    with engine.connect() as connection:
        return sorted(tuple(row) for row in connection.execute(text("SELECT type, name, sql FROM sqlite_master")))


def rows(engine):
    """What stands in each table."""
    with engine.connect() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        return {name: connection.exec_driver_sql(f"SELECT * FROM {name}").all() for name in names}


def test_the_steps_lead_to_the_tables_of_the_program(engine):
    schema.upgrade(engine)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_object": lambda _it, name, kind, *_rest: not (kind == "table" and name.startswith(SEARCH)),
            },
        )
        differences = compare_metadata(context, Base.metadata)
    assert [one for one in differences if one[0] != "remove_table" or one[1].name != "alembic_version"] == []


@pytest.mark.parametrize("which", [schema.REGISTER, HUB], ids=["station", "hub"])
def test_the_registers_of_tests_are_told_what_the_steps_say(engine, tmp_path, monkeypatch, which):
    """Their files are like those of the program: every table, index, trigger and row."""
    schema.upgrade(engine, which)
    monkeypatch.undo()
    assert schema.run_steps is not haste.STEPS, "the tests do make haste"
    for name in ("heard", "told"):
        other = make_engine(tmp_path / f"{name}.db", KEY)
        schema.upgrade(other, which)
        assert dump(other) == dump(engine)
        assert rows(other) == rows(engine)
        assert schema.version_of(other) == which.current
        other.dispose()


def test_the_number_of_the_schema_is_that_of_the_last_step(engine):
    script = ScriptDirectory(str(schema.MIGRATIONS))
    assert len(list(script.walk_revisions())) == int(script.get_current_head()) == schema.CURRENT
    assert schema.version_of(engine) == 0
    schema.upgrade(engine)
    assert schema.version_of(engine) == schema.CURRENT


def test_upgrading_again_changes_nothing(engine):
    schema.upgrade(engine)
    before = dump(engine)
    schema.upgrade(engine)
    assert dump(engine) == before


def test_a_step_that_fails_leaves_nothing_behind(engine, monkeypatch):
    """The steps and the number are one transaction."""

    def fail(_connection):
        raise RuntimeError("power cut")

    broken = schema.Schema(schema.CURRENT, schema.MIGRATIONS, fail)
    with pytest.raises(RuntimeError):
        schema.upgrade(engine, broken)
    assert dump(engine) == []
    assert schema.version_of(engine) == 0


def test_a_register_of_a_newer_program_is_refused_and_stays_as_it_is(folder, db):
    key = db.key
    with db.write(None, NOW) as session:
        session.connection().exec_driver_sql(f"PRAGMA user_version = {schema.CURRENT + 1}")
    db.close()
    shutil.copytree(folder, folder.parent / "before")
    with pytest.raises(UserError) as caught:
        open_register(folder, PASSPHRASE)
    assert caught.value.code == "station.newer_data"
    assert caught.value.params == {"found": schema.CURRENT + 1, "known": schema.CURRENT}
    for path in (folder.parent / "before").iterdir():
        assert path.read_bytes() == (folder / path.name).read_bytes()
    with make_engine(folder / "register.db", key).connect() as connection:
        assert connection.exec_driver_sql("PRAGMA user_version").scalar_one() == schema.CURRENT + 1


def test_the_shipped_step_makes_no_plain_table(engine):
    schema.upgrade(engine)
    names = {name for kind, name, _sql in dump(engine) if kind == "table"}
    assert {table.name for table in Base.metadata.tables.values()} <= names
    assert SEARCH in names


def test_an_up_to_date_register_opens_without_the_steps(folder, monkeypatch):
    monkeypatch.setattr(schema, "_run_steps", lambda *_values: pytest.fail("ran the steps"))
    opened(folder).db.engine.dispose()


def test_a_register_of_a_released_version_is_brought_to_this_one_with_all_that_is_in_it(tmp_path):
    folder = tmp_path / "old"
    shutil.copytree(DATA / "registers" / "1", folder)
    register = opened(folder)
    with register.db.read() as session:
        assert session.scalar(text("SELECT count(*) FROM person")) == 2
        assert session.scalar(text("SELECT count(*) FROM paper_subject WHERE episode_id IS NOT NULL")) == 2
        assert set(session.scalars(text("SELECT breastfeeding FROM person"))) == {"UNKNOWN"}
    with register.db.engine.connect() as connection:
        names = set(connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars())
    assert {"guard_paper_subject", "guard_visit", "guard_person"} <= names
    assert [one for one in check_register(register.db, folder) if not one.good] == []
    register.db.close()
