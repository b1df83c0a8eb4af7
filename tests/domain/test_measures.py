"""What a nurse types of a measure."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.domain.care import Vitals
from covidstation.domain.measures import is_whole, measure_text, read_measure, read_pressure
from covidstation.domain.monitoring import RANGES


@pytest.mark.parametrize(
    ("text", "tenths"), [("36,7", 367), ("36.7", 367), ("367", 367), ("37", 370), ("37,", 370), (" 38,4 ", 384)]
)
def test_a_temperature_is_read_in_three_ways(text, tenths):
    assert read_measure("temperature", text) == tenths


@pytest.mark.parametrize("text", ["3670", "36,75", "abc", "3 7", "٣٦٧", "367°"])
def test_what_is_no_temperature_is_not_guessed(text):
    with pytest.raises(ValueError, match=r"."):
        read_measure("temperature", text)


@pytest.mark.parametrize("text", ["", " ", "-", "–"])
def test_a_dash_or_nothing_is_no_value(text):
    assert read_measure("spo2", text) is None
    assert read_pressure(text) is None


@pytest.mark.parametrize("text", ["120/80", "120 80", "120-80", "12080", "120 / 80"])
def test_a_pressure_is_read_in_many_ways(text):
    assert read_pressure(text) == (120, 80)


def test_a_pressure_of_four_digits_has_two_and_two():
    assert read_pressure("9060") == (90, 60)
    with pytest.raises(ValueError, match="120"):
        read_pressure("120")


@pytest.mark.parametrize(
    ("name", "typed", "whole"),
    [
        ("temperature", "36", False),
        ("temperature", "368", True),
        ("temperature", "36,8", True),
        ("spo2", "9", False),
        ("spo2", "98", True),
        ("spo2", "10", False),
        ("spo2", "100", True),
        ("pulse", "84", True),
        ("pulse", "11", False),
        ("pulse", "112", True),
        ("breaths", "18", True),
        ("breaths", "12", False),
        ("pressure", "120/8", False),
        ("pressure", "120/80", True),
        ("pressure", "120/10", False),
    ],
)
def test_the_hand_goes_on_by_itself_only_when_no_digit_can_follow(name, typed, whole):
    assert is_whole(name, typed) is whole


@given(st.sampled_from(["spo2", "pulse", "breaths"]), st.integers(4, 250), st.integers(0, 9))
def test_no_possible_value_is_cut_short(name, value, digit):
    """Whatever begins a longer possible value waits for its next digit."""
    longer = value * 10 + digit
    low, high = RANGES[name].possible
    if low <= longer <= high:
        assert not is_whole(name, str(value))


@given(st.integers(300, 430))
def test_what_is_shown_is_read_again(tenths):
    assert read_measure("temperature", measure_text("temperature", Vitals(temperature=tenths))) == tenths
