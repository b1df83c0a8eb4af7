"""Whoever was handed from one station to another counts once, and at the one that looks after them."""

from __future__ import annotations

import time
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.hub.database.store import Hub
from covidstation.hub.down.items import Author
from covidstation.hub.down.moves import Proposal, decide_move, propose_move
from covidstation.hub.figures.counts import figures_of
from covidstation.hub.figures.facts import refresh_facts
from covidstation.hub.figures.following import Follower
from covidstation.hub.figures.overview import communes
from covidstation.hub.figures.people import find_people
from covidstation.hub.figures.stations import station_figures
from covidstation.hub.rows import CaseFactRow, FactMarkRow, StationRow
from tests.hub.conftest import BOTH
from tests.hub.pages.town import NOW, TODAY, Commune, send

DATABASES = BOTH
WHO = Author("BS. Lò Thị Hoa")
NAMES = ("Mẩy", "Dở", "Sua")


@pytest.fixture
def two(hub: Hub):
    """Two stations of three F0s each; the first person of each is ill to this day."""
    made = []
    for number, name in enumerate(("Nậm Tăm", "Pa Tần")):
        station = Commune(f"Trạm Y tế xã {name}", f"0345{number}").join(hub)
        station.rows = 1000 * (number + 1)
        for at in range(3):
            person = station.person(f"Giàng Thị {NAMES[at]}", 1980 + at, "FEMALE")
            station.ill(person, TODAY - timedelta(days=at))
        send(hub, station)
        made.append(station)
    return made


def hand_over(hub: Hub, person: str, origin: Commune, target: Commune, hour: int) -> None:
    when = NOW + timedelta(hours=hour)
    with hub.db.write(None, when) as session:
        numbers = {row.id: row.n for row in session.scalars(select(StationRow))}
        wish = Proposal(person=person, origin=numbers[origin.id], target=numbers[target.id], reason="Về ở với con")
        made = propose_move(session, hub, wish, WHO, now=when)
        decide_move(session, hub, made.id, WHO, accept=True, now=when)


def counted(hub: Hub) -> dict[str, tuple[int, int, int, int]]:
    """By station: new in the period, under care, people and illnesses in the list of stations; sums are checked."""
    assert refresh_facts(hub, NOW, seconds=60) == 0
    with hub.db.read() as session:
        figures = figures_of(session, TODAY - timedelta(days=9), TODAY)
        listed = {one.name: one for one in station_figures(session)}
        care = {one.name: one.under_care for one in communes(session, NOW)}
    places = {one.name: one for one in figures.places}
    assert figures.new == sum(one.new for one in figures.ages) == sum(one.new for one in places.values())
    assert care == {name: one.under for name, one in places.items()}
    return {
        name.removeprefix("Trạm Y tế xã "): (one.new, one.under, listed[name].people, listed[name].episodes)
        for name, one in places.items()
    }


def test_a_move_a_return_and_figures_made_anew(hub: Hub, two):
    tam, tan = two
    person = f"{1001:032x}"
    assert counted(hub) == {"Nậm Tăm": (3, 3, 3, 3), "Pa Tần": (3, 3, 3, 3)}
    hand_over(hub, person, tam, tan, 1)
    assert counted(hub) == {"Nậm Tăm": (2, 2, 2, 2), "Pa Tần": (4, 4, 4, 4)}
    hand_over(hub, person, tan, tam, 2)
    assert counted(hub) == {"Nậm Tăm": (3, 3, 3, 3), "Pa Tần": (3, 3, 3, 3)}
    with hub.db.write(None, NOW) as session:
        for mark in session.scalars(select(FactMarkRow)):
            session.delete(mark)
    assert counted(hub) == {"Nậm Tăm": (3, 3, 3, 3), "Pa Tần": (3, 3, 3, 3)}


def test_a_list_says_who_is_looked_after_elsewhere(hub: Hub, two):
    tam, tan = two
    hand_over(hub, f"{1001:032x}", tam, tan, 1)
    old = find_people(hub, tam.id, "giang thi may", by=UUID(int=1), now=NOW)
    new = find_people(hub, tan.id, "giang thi may", by=UUID(int=1), now=NOW)
    assert [one.moved_to for one in old] == ["Trạm Y tế xã Pa Tần"]
    assert [one.moved_to for one in new] == ["", ""], "she, and another of that name"


def test_the_figures_follow_by_themselves_once_it_is_quiet(hub: Hub, two):
    follower = Follower(hub, quiet=0.05, look=30, clock=lambda: NOW)
    follower.start()
    try:
        assert wait_for(hub, 6)
        two[0].ill(two[0].person("Lò Văn Sơn", 1950, "MALE"), TODAY)
        send(hub, two[0], len(two[0].lines) - 1)
        hub.bell.ring()  # as the inbox does for a file that has arrived
        assert wait_for(hub, 7)
    finally:
        follower.stop()


def wait_for(hub: Hub, count: int) -> bool:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        with hub.db.read() as session:
            if len(session.scalars(select(CaseFactRow)).all()) == count:
                return True
        time.sleep(0.05)
    return False
