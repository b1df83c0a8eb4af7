"""Who may have been entered twice: found when the lines come, by signs that mean something, until somebody decides."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import select

from covidstation.domain.ops import decode_op
from covidstation.errors import UserError
from covidstation.hub.database.store import Hub
from covidstation.hub.down.items import Author
from covidstation.hub.down.joining import merge_records, part_records
from covidstation.hub.figures.facts import refresh_facts
from covidstation.hub.figures.twins import MOST_ALIKE, Sign, pairs_to_see, tell_apart, twins_of
from covidstation.hub.rows import FactMarkRow, PersonKeyRow, StationRow, TwinRow
from tests.hub.conftest import BOTH
from tests.hub.pages.town import NOW, Commune, send

DATABASES = BOTH
WHO = Author("BS. Lò Thị Hoa", UUID(int=7))
CARD, BOOK = "012068000111", "HN4121212345678"


@pytest.fixture
def station(hub: Hub) -> Commune:
    return Commune("Trạm Y tế xã Nậm Tăm", "03450").join(hub)


def seen(hub: Hub, station: Commune | None = None) -> set[tuple[Sign, frozenset[str]]]:
    """Every pair, by name, after the figures have followed."""
    assert refresh_facts(hub, NOW, seconds=60) == 0
    with hub.db.read() as session:
        at = number(session, station) if station else None
        pairs, total = pairs_to_see(session, station=at, most=1000)
        assert total == len(pairs)
        return {(one.sign, frozenset({one.one.row, one.other.row})) for one in pairs}


def number(session, station: Commune) -> int:
    return session.scalars(select(StationRow.n).where(StationRow.id == station.id)).one()


def test_each_sign_finds_its_pair_and_the_strongest_is_told(hub: Hub, station: Commune):
    one = station.person("Giàng A Páo", 1968, "MALE", citizen_number=CARD, insurance_number=BOOK)
    marks = station.person("GIANG A PAO", 1968, "MALE")
    card = station.person("Giàng Seo Páo", 1969, "MALE", citizen_number=CARD, insurance_number=BOOK)
    book = station.person("Vàng Thị Dở", 1947, "FEMALE", insurance_number=BOOK.lower())
    station.person("Giàng A Páo", 1986, "MALE")
    station.person("Giàng A Páo", None, "MALE")
    send(hub, station)
    assert seen(hub) == {
        (Sign.NAME, frozenset({one, marks})),
        (Sign.CITIZEN, frozenset({one, card})),
        (Sign.INSURANCE, frozenset({one, book})),
        (Sign.INSURANCE, frozenset({card, book})),
    }
    with hub.db.read() as session:
        pairs, total = pairs_to_see(session, most=1)
        assert (pairs[0].sign, total) == (Sign.CITIZEN, 4), "the surest first"
        assert {one.sign for one in twins_of(session, number(session, station), marks)} == {Sign.NAME}


def test_what_changes_finds_them_anew(hub: Hub, station: Commune):
    one = station.person("Giàng A Páo", 1968, "MALE")
    other = station.person("Lò Thị Mai", 1968, "FEMALE")
    made = decode_op(station.lines[-1]).stamp
    send(hub, station)
    assert seen(hub) == set()
    sent = len(station.lines)
    station.op("u", int(other, 16), {"full_name": "Giàng A Pao"}, base=made)
    send(hub, station, sent + 1)
    assert seen(hub) == {(Sign.NAME, frozenset({one, other}))}
    sent, named = len(station.lines), decode_op(station.lines[-1]).stamp
    station.op("d", int(other, 16), {}, base=named)
    send(hub, station, sent + 1)
    assert seen(hub) == set()


def test_two_stations_have_one_by_a_number_and_never_by_a_name(hub: Hub, station: Commune):
    other = Commune("Trạm Y tế xã Pa Tần", "03451").join(hub)
    other.rows = 1000
    mine = station.person("Giàng A Páo", 1968, "MALE", citizen_number=CARD)
    theirs = other.person("Giàng A Páo", 1968, "MALE", citizen_number=CARD)
    for one in (station, other):
        one.person("Lò Thị Mai", 1990, "FEMALE")
        send(hub, one)
    assert seen(hub) == seen(hub, station) == seen(hub, other) == {(Sign.CITIZEN, frozenset({mine, theirs}))}
    with hub.db.read() as session:
        (pair,), _total = pairs_to_see(session)
    assert not pair.same_station


def test_a_common_name_is_no_sign(hub: Hub, station: Commune):
    for _at in range(MOST_ALIKE + 1):
        station.person("Giàng A Páo", 1968, "MALE")
    send(hub, station)
    assert seen(hub) == set()


def test_decided_pairs_are_gone_and_parted_ones_are_back(hub: Hub, station: Commune):
    one = station.person("Giàng A Páo", 1968, "MALE")
    other = station.person("Giàng A Pao", 1968, "MALE")
    send(hub, station)
    pair = {(Sign.NAME, frozenset({one, other}))}
    assert seen(hub) == pair
    with hub.db.write(None, NOW) as session:
        place = session.scalars(select(StationRow)).one()
        merge_records(session, hub, place, one, other, (), "Một người", WHO, now=NOW)
    assert seen(hub) == set()
    with hub.db.write(None, NOW) as session:
        part_records(session, hub, place, other, "Hai anh em", WHO, now=NOW)
    assert seen(hub) == pair
    with hub.db.write(None, NOW) as session:
        tell_apart(session, (place.n, other), (place.n, one), WHO.name, NOW)
        tell_apart(session, (place.n, one), (place.n, other), WHO.name, NOW)  # said twice
    assert seen(hub) == set()
    with hub.db.write(None, NOW) as session, pytest.raises(UserError, match="not_found"):
        tell_apart(session, (place.n, one), (place.n, "f" * 32), WHO.name, NOW)


def test_counted_anew_it_is_the_same(hub: Hub, station: Commune):
    for at in range(3):
        station.person(f"Giàng A {at}", 1968, "MALE", citizen_number=CARD)
    send(hub, station)
    before = seen(hub)
    assert len(before) == 3
    with hub.db.write(None, NOW) as session:
        for mark in session.scalars(select(FactMarkRow)):
            session.delete(mark)
    assert seen(hub) == before
    with hub.db.read() as session:
        assert len(list(session.scalars(select(TwinRow)))) == 3
        assert len(list(session.scalars(select(PersonKeyRow)))) == 6
