"""Where values lie in a picture, and which of them are what is aimed at."""

from datetime import date

import pytest

from covidstation.domain.tracks import Track, picture

FIRST, MIDDLE, LAST = date(2022, 1, 1), date(2022, 1, 6), date(2022, 1, 11)


def test_places_are_fractions_between_the_first_and_the_last_day() -> None:
    track = Track("tối đa", ((FIRST, 120.0), (MIDDLE, 140.0), (LAST, 160.0)), 140)
    shown = picture("Huyết áp", [track], low=60, step=20)
    assert shown is not None
    assert (shown.low, shown.high) == (60, 180)
    assert list(shown.places(track)) == [
        (0.0, pytest.approx(0.5), True),
        (0.5, pytest.approx(2 / 3), False),  # the limit itself is not below it
        (1.0, pytest.approx(100 / 120), False),
    ]
    assert shown.band == (0.0, pytest.approx(80 / 120))
    assert shown.rules == (60, 80, 100, 120, 140, 160, 180)


def test_a_floor_and_values_below_the_scale() -> None:
    track = Track("lúc đói", ((FIRST, 3.1), (LAST, 6.0)), 7.21)
    shown = picture("Đường huyết", [track], low=4, step=2, floor=4.4)
    assert shown is not None
    assert (shown.low, shown.high) == (2, 8)
    assert [met for _x, _y, met in shown.places(track)] == [False, True]
    assert shown.band == (pytest.approx(2.4 / 6), pytest.approx(5.21 / 6))


def test_one_day_stands_in_the_middle_and_nothing_is_no_picture() -> None:
    track = Track("tối đa", ((FIRST, 120.0),), 140)
    shown = picture("Huyết áp", [track, Track("tối thiểu", (), 90)], low=60, step=20)
    assert shown is not None
    assert shown.tracks == (track,)
    assert shown.x(FIRST) == 0.5
    assert picture("Huyết áp", [Track("tối đa", (), 140)], low=60, step=20) is None
