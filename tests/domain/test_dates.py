"""Dates as they are typed, and ages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.domain.dates import PartialDate, age_on, months_on, read_birth, read_date

TODAY = date(2022, 3, 10)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("5/3", date(2022, 3, 5)),
        ("0503", date(2022, 3, 5)),
        ("050322", date(2022, 3, 5)),
        ("05032022", date(2022, 3, 5)),
        ("5-3-2022", date(2022, 3, 5)),
        (" 5.3.22 ", date(2022, 3, 5)),
        ("5 / 3 / 2022", date(2022, 3, 5)),
        ("5 3 2022", date(2022, 3, 5)),
        ("10/3", TODAY),
        ("11/3", date(2021, 3, 11)),
        ("29/2", date(2020, 2, 29)),
        ("1/1/23", date(2023, 1, 1)),
        ("1/1/24", date(1924, 1, 1)),
    ],
)
def test_dates_as_typed(typed: str, day: date) -> None:
    assert read_date(typed, TODAY) == day


@pytest.mark.parametrize(
    "typed", ["", "5", "31/2", "30/2/2022", "0", "32/1", "1/13", "5/3/202", "a/b", "٠٥٠٣", "0/1", "5//3"]
)
def test_what_is_no_date(typed: str) -> None:
    with pytest.raises(ValueError):
        read_date(typed, TODAY)


@pytest.mark.parametrize(
    ("typed", "birth"),
    [
        ("1955", PartialDate(1955)),
        ("3/1955", PartialDate(1955, 3)),
        ("3 1955", PartialDate(1955, 3)),
        ("5/3/1955", PartialDate(1955, 3, 5)),
        ("05031955", PartialDate(1955, 3, 5)),
        ("050355", PartialDate(1955, 3, 5)),
        ("5/3/22", PartialDate(2022, 3, 5)),
        ("5/3/23", PartialDate(1923, 3, 5)),
    ],
)
def test_births_as_typed(typed: str, birth: PartialDate) -> None:
    assert read_birth(typed, TODAY) == birth


@pytest.mark.parametrize("typed", ["", "5/3", "0503", "1212", "2023", "55", "13/1955", "29/2/2021"])
def test_what_is_no_birth(typed: str) -> None:
    with pytest.raises(ValueError):
        read_birth(typed, TODAY)


@given(st.text(max_size=14))
def test_reading_raises_value_error_alone(typed: str) -> None:
    for read in (read_date, read_birth):
        try:
            read(typed, TODAY)
        except ValueError:
            continue


@given(st.dates(date(1851, 1, 1), date(2100, 12, 31)), st.dates(date(2000, 1, 1), date(2100, 12, 31)))
def test_a_shown_birth_reads_back(day: date, today: date) -> None:
    birth = PartialDate.of(day)
    assert read_birth(birth.text(), today) == birth
    assert birth.full == birth.earliest == day


@given(st.dates(date(1900, 1, 1), date(2100, 12, 31)))
def test_a_day_without_its_year_is_the_last_one(today: date) -> None:
    for back in (0, 1, 59, 364):
        day = today - timedelta(days=back)
        assert read_date(f"{day.day}/{day.month}", today) == day


@pytest.mark.parametrize("parts", [(1955, None, 3), (1955, 0, 5), (1955, 2, 30), (1955, 3, 0), (0, 1, 1)])
def test_no_such_birth(parts: tuple[int, int | None, int]) -> None:
    with pytest.raises(ValueError):
        PartialDate(*parts)


def test_births_have_an_order_with_the_unknown_first() -> None:
    births = [PartialDate(1954, 12, 31), PartialDate(1955), PartialDate(1955, 3), PartialDate(1955, 3, 1)]
    assert sorted(reversed(births)) == births
    assert max(births) >= births[0]


@pytest.mark.parametrize(
    ("birth", "day", "years", "months"),
    [
        (PartialDate(1955), date(2022, 1, 1), 67, 804),
        (PartialDate(1985, 2, 5), date(2022, 2, 4), 36, 443),
        (PartialDate(1985, 2, 5), date(2022, 2, 5), 37, 444),
        (PartialDate(2020, 2, 29), date(2021, 2, 28), 0, 11),
        (PartialDate(2020, 2, 29), date(2021, 3, 1), 1, 12),
        (PartialDate(2021, 11), date(2022, 3, 10), 0, 4),
    ],
)
def test_ages(birth: PartialDate, day: date, years: int, months: int) -> None:
    assert age_on(birth, day) == years
    assert months_on(birth, day) == months
