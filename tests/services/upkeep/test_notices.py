"""What is said of the place, the disk and the clock, and how each is answered."""

from collections import namedtuple
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from covidstation.db import reserve
from covidstation.db.place import LOCAL, Place, PlaceKind
from covidstation.db.rows import EpisodeRow, JournalRow, PersonRow
from covidstation.domain.stamps import moment_of
from covidstation.errors import UserError
from covidstation.messages import sentence
from covidstation.services import status
from covidstation.services.access import opening
from covidstation.services.access.opening import is_set_up
from covidstation.services.copies.backup import back_up, drill
from covidstation.services.people import edit_person
from covidstation.services.record import change_setting
from covidstation.services.upkeep import notices
from covidstation.services.upkeep.check import check_register
from covidstation.services.upkeep.notices import keep_room, station_notices, trust_clock
from tests.db.test_session import limit_pages
from tests.services.samples import NOW, PAO, catalog, f0, found, neighbour, opened, register

YEAR = timedelta(days=365)
Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def station(tmp_path):
    found(tmp_path)
    held = opened(tmp_path)
    with closing(held.db):
        yield held


@pytest.fixture
def free(monkeypatch):
    """`free(MB)` lets the disk have so much room."""

    def having(megabytes):
        for module in (status, reserve):
            monkeypatch.setattr(module, "disk_usage", lambda _folder: Usage(1 << 40, 0, megabytes << 20))

    having(10_000)
    return having


def codes(station, now=NOW, **more):
    found_now = station_notices(station, now, **more)
    assert all("{" not in sentence(one.problem) for one in found_now)
    return [one.code for one in found_now]


def test_nothing_is_said_when_all_is_well(station, free):
    assert codes(station) == []


@pytest.mark.parametrize(("megabytes", "expected"), [(501, []), (499, ["space.little"]), (99, ["space.least"])])
def test_a_disk_that_fills_up_is_said_in_time(station, free, megabytes, expected):
    free(megabytes)
    assert codes(station) == expected


def test_a_month_without_opening_a_copy_is_said_until_one_is_opened(station, free):
    back_up(station.db, now=NOW)
    month = timedelta(days=30)
    assert codes(station, NOW + timedelta(days=3)) == [], "a young register has nothing to prove yet"
    assert codes(station, NOW + month) == []
    late = NOW + month + timedelta(hours=1)
    assert codes(station, late) == ["backup.drill"]
    drill(station.db, now=late)
    assert codes(station, late) == codes(station, late + month) == []
    assert codes(station, late + timedelta(days=31)) == ["backup.drill"]


def test_the_place_is_said_each_time(station, free, monkeypatch):
    for place, expected in (
        (Place(PlaceKind.STICK), ["place.stick"]),
        (Place(PlaceKind.NETWORK), ["place.network"]),
        (Place(PlaceKind.CLOUD, "OneDrive"), ["place.cloud"]),
        (LOCAL, []),
    ):
        monkeypatch.setattr(notices, "place_of", lambda _folder, place=place: place)
        assert codes(station) == codes(station) == expected


@pytest.mark.parametrize(
    ("shift", "expected"),
    [
        (-2 * YEAR, ["clock.behind"]),
        (timedelta(minutes=-50), []),
        (timedelta(days=170), []),
        (10 * YEAR, ["clock.ahead"]),
    ],
)
def test_a_clock_that_cannot_be_right(station, free, shift, expected):
    register(station.db)
    assert codes(station, NOW + shift) == expected


def test_a_clock_before_the_program_was_made(station, free):
    later = NOW.date() + timedelta(days=1)
    assert codes(station, made_on=later) == ["clock.early"]
    trust_clock(station.db, by=None, now=NOW)
    assert codes(station, made_on=later) == []


def test_years_written_ahead_are_answered_once(station, free):
    """The battery was empty, a day was written ten years ahead; then the clock was set right, and a person says so."""
    register(station.db, now=NOW + 10 * YEAR)
    assert codes(station, NOW) == ["clock.behind"]
    trust_clock(station.db, by=None, now=NOW)
    assert codes(station, NOW) == []
    register(station.db, f0(neighbour(1)), now=NOW + timedelta(minutes=1))
    assert codes(station, NOW + timedelta(minutes=2)) == []
    assert codes(station, NOW - YEAR) == ["clock.behind"]  # and it is looked after further on


def test_a_strange_value_of_the_setting_does_no_harm(station, free):
    change_setting(station.db, notices.TRUSTED, "hôm qua", by=None, now=NOW)
    register(station.db)
    assert codes(station, NOW - YEAR) == ["clock.behind"]


def test_no_edit_is_dropped_whatever_the_clock_says(station, free):
    """Back two years, ten ahead, back and forth, an hour twice: the last edit stands, in the order of the acts."""
    person = register(station.db).person_id
    shifts = [-2 * YEAR, 10 * YEAR, timedelta(0), 10 * YEAR, -2 * YEAR, timedelta(hours=-1), timedelta(0), -2 * YEAR]
    for number, shift in enumerate(shifts, start=1):
        draft = replace(PAO, phone=f"0912000{number:03d}")
        edit_person(station.db, person, draft, catalog=catalog(), by=None, now=NOW + shift)
        with station.db.read() as session:
            assert session.scalars(select(PersonRow.phone)).one() == f"0912000{number:03d}"
    with station.db.read() as session:
        stamps = list(session.scalars(select(JournalRow.stamp).order_by(JournalRow.seq)))
        day = session.scalars(select(EpisodeRow.report_date)).one()
    assert stamps == sorted(set(stamps))
    assert day == NOW.date()  # a date typed by hand is what was typed
    assert moment_of(stamps[-1]) >= NOW + 10 * YEAR
    assert [finding.code for finding in check_register(station.db, station.folder) if not finding.good] == []


def test_the_reserve_makes_room_once(station, free):
    register(station.db)
    assert keep_room(station.folder)
    kept = station.folder / reserve.FILE
    assert kept.stat().st_size == reserve.SIZE
    before = kept.stat().st_mtime_ns
    assert keep_room(station.folder) and kept.stat().st_mtime_ns == before
    limit_pages(station.db, 0)
    said = []
    for number in range(1, 200):
        try:
            register(station.db, f0(neighbour(number)))
        except UserError as trouble:
            said.append(trouble.code)
            assert sentence(trouble)
    assert said[0] == "station.disk_full_reserve" and not kept.exists()
    assert set(said[1:]) == {"station.disk_full"}


def test_no_reserve_is_laid_in_when_room_is_short(station, free):
    free(499)
    assert not keep_room(station.folder)
    assert not (station.folder / reserve.FILE).exists()


def test_the_room_for_the_next_opening_is_kept_at_the_closing_and_given_up_by_a_full_disk_alone(station, free):
    room = station.folder / reserve.LAST
    station.db.close()
    assert room.stat().st_size == reserve.LAST_SIZE
    free(1)
    assert not reserve.give_way_to_open(station.folder) and room.exists()
    free(0)
    assert reserve.give_way_to_open(station.folder) and not room.exists()
    assert not reserve.keep_last(station.folder), "a full disk has no room to keep"
    assert not reserve.give_way_to_open(station.folder)


def test_a_full_disk_is_not_told_as_a_damaged_register(station, free, monkeypatch):
    """SQLite says "disk I/O error" when it finds no room for the small file that it reads with."""
    station.db.close()
    (station.folder / reserve.LAST).unlink()

    def refused(*_words):
        raise UserError("station.damaged", reason="disk I/O error")

    monkeypatch.setattr(opening.schema, "upgrade", refused)
    for megabytes, code in ((499, "station.damaged"), (0, "station.disk_full")):
        free(megabytes)
        with pytest.raises(UserError) as caught:
            opened(station.folder)
        assert caught.value.code == code


def test_an_error_on_a_full_disk_is_told_as_a_full_disk(station, free):
    assert keep_room(station.folder)
    for megabytes, wanted in (
        (499, ["station.damaged", "station.damaged"]),
        (0, ["station.disk_full_reserve", "station.disk_full"]),
    ):
        free(megabytes)
        said = []
        for _time in range(2):
            with pytest.raises(UserError) as caught, station.db.read():
                raise UserError("station.damaged", reason="disk I/O error")
            said.append(caught.value.code)
        assert said == wanted


def test_a_reserve_is_no_register(tmp_path, free):
    """A folder with nothing but a reserve is an empty one."""
    assert keep_room(tmp_path) and not is_set_up(tmp_path)
    found(tmp_path)
    assert is_set_up(tmp_path)
