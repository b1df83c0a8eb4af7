"""Hours as people type them."""

from datetime import date, datetime, time

import pytest

from covidstation.ui.parts.moments import read_clock, read_moment

DAY = date(2026, 7, 8)
TODAY = date(2026, 7, 10)


@pytest.mark.parametrize(
    ("typed", "clock"),
    [
        ("7:15", time(7, 15)),
        ("0715", time(7, 15)),
        ("7h15", time(7, 15)),
        ("7h", time(7)),
        ("7", time(7)),
        ("23", time(23)),
    ],
)
def test_clocks(typed, clock):
    assert read_clock(typed) == clock


@pytest.mark.parametrize("typed", ["", "25", "7:60", "abc", "7:1", "1 2 3"])
def test_what_is_no_clock(typed):
    with pytest.raises(ValueError):
        read_clock(typed)


@pytest.mark.parametrize(
    ("typed", "moment"),
    [
        ("7:15", datetime(2026, 7, 8, 7, 15)),
        ("7:15 9/7", datetime(2026, 7, 9, 7, 15)),
        ("9/7 7h15", datetime(2026, 7, 9, 7, 15)),
        ("07:15 09/07/2025", datetime(2025, 7, 9, 7, 15)),
    ],
)
def test_moments(typed, moment):
    assert read_moment(typed, DAY, TODAY) == moment
