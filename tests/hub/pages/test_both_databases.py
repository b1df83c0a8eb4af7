"""What the pages ask of the database, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import URL, delete, select

from covidstation.hub.database.store import Hub, open_hub
from covidstation.hub.figures.counts import figures_of, reports_of
from covidstation.hub.figures.facts import refresh_facts
from covidstation.hub.figures.overview import Worry, communes
from covidstation.hub.rows import CaseFactRow, FactMarkRow
from covidstation.hub.staff import users
from covidstation.hub.staff.audit import check_chain, entries
from covidstation.hub.staff.rights import HubRole
from covidstation.hub.staff.sessions import find_session
from tests.hub.conftest import BOTH, PASSPHRASE
from tests.hub.pages import town
from tests.hub.pages.town import NOW, TODAY

DATABASES = BOTH


@pytest.fixture
def folder(founded, tmp_path):
    """An empty hub: not the district of the other tests."""
    return shutil.copytree(founded[0], tmp_path / "data")


@pytest.fixture(scope="session")
def template_on_server(founded_on_server):
    """The same on the server."""
    return founded_on_server[0]


def test_the_figures_are_those_that_a_person_counts(hub: Hub):
    made = town.town(hub, town.NAMES[:5])
    assert refresh_facts(hub, NOW, seconds=60) == 0
    with hub.db.read() as session:
        found = {one.name: one for one in communes(session, NOW)}
        figures = figures_of(session, TODAY - timedelta(days=40), TODAY)
        reports = reports_of(session, TODAY)
        facts = session.scalars(select(CaseFactRow)).all()
    # Counted from the lines themselves: what each station's bundles held.
    sent = {station.name: ill_in(station, upto_of(number)) for number, station in enumerate(made)}
    assert {one.name: one.new for one in figures.places if one.new} == {k: v for k, v in sent.items() if v}
    assert len(facts) == sum(sent.values())
    assert [one.name for one in reports if one.frozen_at is None] == sorted(
        station.name for number, station in enumerate(made) if number in (1, 3, 4)
    )
    assert found[made[1].name].gaps == ((7, 9),)
    assert Worry.NEVER in found[made[4].name].worries and Worry.ASIDE in found[made[2].name].worries


def upto_of(number: int) -> int | None:
    """Of the second only six lines can be applied, of the last none was sent."""
    return {1: 6, 4: 0}.get(number)


def ill_in(station: town.Commune, upto: int | None) -> int:
    return sum(b'"t":"episode"' in line for line in station.lines[: len(station.lines) if upto is None else upto])


def test_following_again_from_the_first_line_gives_the_same(hub: Hub):
    town.town(hub, town.NAMES[:3])
    refresh_facts(hub, NOW, seconds=60)
    with hub.db.write(None, NOW) as session:
        before = sorted((one.station, one.row, one.day, one.age) for one in session.scalars(select(CaseFactRow)))
        for mark in session.scalars(select(FactMarkRow)):
            session.delete(mark)
    refresh_facts(hub, NOW, seconds=60)
    with hub.db.read() as session:
        after = sorted((one.station, one.row, one.day, one.age) for one in session.scalars(select(CaseFactRow)))
    assert before == after and before


def test_no_patience_leaves_the_rest_for_later(hub: Hub):
    town.town(hub, town.NAMES[:3])
    left = refresh_facts(hub, NOW, seconds=0)
    assert left > 0
    assert refresh_facts(hub, NOW, seconds=60) == 0


def test_two_programs_at_one_database_follow_in_turn(hub: Hub, place):
    """Each with its own pages; on SQLite it is one program with two threads."""
    made = town.town(hub, town.NAMES[:4])
    held = sum(ill_in(station, {0: 6, 3: 0}.get(number)) for number, station in enumerate(made))
    other = open_hub(place, PASSPHRASE) if isinstance(place.database, URL) else hub
    for _round in range(5):
        with hub.db.write(None, NOW) as session:
            session.execute(delete(FactMarkRow))
        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(lambda one: refresh_facts(one, NOW, seconds=60), (hub, other))) == [0, 0]
    other.db.close()
    with hub.db.read() as session:
        assert len(session.scalars(select(CaseFactRow)).all()) == held > 0


def test_users_sessions_and_the_record(hub: Hub):
    town.add_staff(hub)
    token = users.sign_in(hub, "admin", town.phrase(HubRole.ADMIN), "10.0.0.7", now=NOW)
    signed = find_session(hub, token, NOW + timedelta(minutes=5))
    assert signed is not None and signed.actor.role is HubRole.ADMIN
    with pytest.raises(Exception, match="wrong"):
        users.sign_in(hub, "admin", "sai mất rồi", "10.0.0.7", now=NOW)
    users.set_role(
        hub, next(one.id for one in listed(hub) if one.login == "data"), HubRole.READ_ONLY, by="program", now=NOW
    )
    with hub.db.read() as session:
        assert check_chain(session).fault is None
        assert [one.action for one in entries(session, most=3)] == ["users", "login_failed", "login"]


def listed(hub: Hub):
    with hub.db.read() as session:
        return users.users(session)
