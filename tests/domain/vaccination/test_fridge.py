"""Readings of a fridge: turns, what nobody read, for how long it was outside, which lots wait."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.domain.rule_sets import RuleError
from covidstation.domain.vaccination.cold_rules import FridgeKind, cold_rule_on, parse_cold_rules
from covidstation.domain.vaccination.fridge import (
    Fate,
    Fridge,
    LotInside,
    Reading,
    ReadingDraft,
    Verdict,
    check_reading,
    degrees,
    excursions,
    gaps,
    lots_waiting,
    stretches,
)
from covidstation.paths import resources

TEXT = (resources() / "rules" / "cold_chain.toml").read_text(encoding="utf-8")
RULES = parse_cold_rules(TEXT)
FIRST = date(2022, 3, 1)
FRIDGE = Fridge(id=UUID(int=7), name="Tủ", kept_from=FIRST - timedelta(days=9))
LOT = LotInside(UUID(int=3), "Comirnaty", "FK0112", date(2022, 9, 1), 60)


def at(minutes: int) -> datetime:
    return datetime.combine(FIRST, datetime.min.time()) + timedelta(minutes=minutes)


def reading(minutes: int, temperature: int, number: int = 0, **said) -> Reading:
    rule = cold_rule_on(RULES, FIRST)
    made = {"id": UUID(int=100_000 + minutes * 10 + number), "fridge_id": FRIDGE.id, "at": at(minutes)}
    return Reading(temperature=temperature, outside=rule.outside(temperature), **made, **said)


def test_the_bounds_are_still_good_and_turns_part_the_day():
    rule = cold_rule_on(RULES, FIRST)
    assert [rule.outside(one) for one in (19, 20, 80, 81)] == [True, False, False, True]
    assert [rule.turn_at(at(minutes)).code for minutes in (0, 719, 720, 1439)] == ["MORNING"] * 2 + ["AFTERNOON"] * 2
    assert cold_rule_on(RULES, date(1999, 1, 1)) is rule  # a day before all rules goes by the oldest


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("coldest = 20", "coldest = 81", "warmest"),
        ("coldest = 20", "coldest = 2.5", "coldest"),
        ("warmest = 80", "warmest = 501", "warmest"),
        ("from_hour = 0", "from_hour = 1", "turns"),
        ("from_hour = 12", "from_hour = 0", "turns"),
        ("by_hour = 10", "by_hour = 13", "turns"),
        ("by_hour = 17", "by_hour = 12", "by_hour"),
        ("by_hour = 17", "by_hour = 25", "by_hour"),
        ('"AFTERNOON"', '"MORNING"', "turns"),
        ("warmest = 80", "warmest = 80\nhotest = 3", "hotest"),
        ("freezing = 0", "freezing = 0.5", "freezing"),
        ('kind = "ULTRA"', 'kind = "FREEZER"', "kinds"),
        ('kind = "ULTRA"', 'kind = "CELLAR"', "kind"),
        ("coldest = -250", "coldest = -991", "warmest"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_by_its_field(old, new, place):
    with pytest.raises(RuleError, match=place):
        parse_cold_rules(TEXT.replace(old, new))


@given(st.lists(st.tuples(st.integers(0, 20_000), st.integers(-50, 150)), max_size=40, unique_by=lambda one: one[0]))
def test_every_reading_outside_is_in_exactly_one_excursion(said):
    """Against a walk over the readings in their order."""
    readings = [reading(*one) for one in said]
    random.Random(5).shuffle(readings)
    found = excursions(readings)
    assert [one for each in found for one in each.readings] == sorted(
        (one for one in readings if one.outside), key=lambda one: one.at
    )
    ordered = sorted(readings, key=lambda one: one.at)
    for each in found:
        first, last = ordered.index(each.readings[0]), ordered.index(each.readings[-1])
        assert each.before == (ordered[first - 1] if first else None)
        assert each.after == (ordered[last + 1] if last + 1 < len(ordered) else None)
        assert timedelta(0) <= each.least() <= each.most(at(20_000))


@given(st.sets(st.tuples(st.integers(0, 5), st.integers(0, 23)), max_size=12), st.integers(0, 6 * 24 - 1))
def test_a_turn_is_read_or_missing_and_never_both(read, hours):
    """Six days: a reading before noon is the morning's, another the afternoon's; told here by hours alone."""
    now = at(hours * 60)
    readings = [reading(day * 1440 + hour * 60, 50) for day, hour in read if at(day * 1440 + hour * 60) <= now]
    found = gaps(FRIDGE, RULES, readings, FIRST, FIRST + timedelta(days=5), now)
    expected = {
        (day, half, day * 24 + (17 if half else 10) <= hours)
        for day in range(6)
        for half in (0, 1)
        if day * 24 + half * 12 <= hours
        and not any(d == day and (h >= 12) == bool(half) and d * 24 + h <= hours for d, h in read)
    }
    assert {((one.day - FIRST).days, int(one.turn.code == "AFTERNOON"), one.late) for one in found} == expected
    assert len(found) == len(expected)


def test_nothing_is_asked_of_a_box_or_of_a_day_on_which_it_was_not_used():
    now, last = at(6 * 1440), FIRST + timedelta(days=5)
    assert len(gaps(FRIDGE, RULES, [], FIRST, last, now)) == 12
    box = Fridge(id=FRIDGE.id, name="Hòm", kind=FridgeKind.COLD_BOX, kept_from=FRIDGE.kept_from)
    assert gaps(box, RULES, [], FIRST, last, now) == []
    used = Fridge(id=FRIDGE.id, name="Tủ", kept_from=FIRST, ended_on=FIRST + timedelta(days=1))
    assert [one.day for one in gaps(used, RULES, [], FIRST, last, now)] == [FIRST + timedelta(days=1)] * 2


def test_how_long_is_told_as_two_lengths():
    good, first, last, after = reading(0, 50), reading(480, 95), reading(540, 90), reading(700, 60)
    (one,) = excursions([good, first, last, after])
    assert (one.least(), one.most(at(10_000))) == (timedelta(hours=1), timedelta(minutes=700))
    (one,) = excursions([good, reading(480, 95, since=at(420)), last])
    assert (one.least(), one.most(at(600))) == (timedelta(hours=2), timedelta(hours=3))


@pytest.mark.parametrize(
    ("said", "worst", "frozen"),
    [
        ((95, 90), 95, None),
        ((90, -3), -3, -3),  # 2,3 °C too cold against 1,0 too warm
        ((140, -3), 140, -3),  # 6,0 too warm against 2,3 too cold; that it froze is said all the same
        ((140, 5), 140, None),
        ((83, 17), 83, None),  # as far: the first
    ],
)
def test_the_worst_is_the_farthest_from_the_bounds_and_frost_is_told_beside_it(said, worst, frozen):
    (one,) = excursions([reading(minutes, temperature) for minutes, temperature in enumerate(said)])
    assert one.worst(RULES).temperature == worst
    assert (one.frozen(RULES).temperature if frozen is not None else one.frozen(RULES)) == frozen


def test_each_reading_goes_by_its_own_rule_and_each_fridge_by_its_bounds():
    later = TEXT[TEXT.index("[[rule]]") :].replace("vn-cold-chain-2014", "new").replace("2014-05-16", "2022-03-02")
    rules = parse_cold_rules(TEXT + later.replace("warmest = 80", "warmest = 120"))
    early, late = reading(480, 125, rule="vn-cold-chain-2014"), reading(2000, 135, rule="new")
    assert excursions([early, late])[0].worst(rules) == early  # 4,5 above 8; 1,5 above 12
    (freezer,) = {rule.of(FridgeKind.FREEZER) for rule in RULES}
    assert [freezer.outside(one) for one in (-251, -250, -150, -149, 50)] == [True, False, False, True, True]
    assert not freezer.frozen(-200) and RULES[0].frozen(0) and not RULES[0].frozen(1)
    assert RULES[0].of(FridgeKind.CARRIER) == RULES[0]
    assert gaps(replace(FRIDGE, kind=FridgeKind.ULTRA), RULES, [], FIRST, FIRST, at(1440))


@pytest.mark.parametrize(("typed", "slip"), [(380, True), (450, True), (385, False), (90, False), (-30, False)])
def test_a_comma_that_was_forgotten_is_asked_about(typed, slip):
    """38 for 3,8 and 45 for 4,5; 9 is warm and -3 frost."""
    assert RULES[0].slipped(typed) is slip
    draft = ReadingDraft(fridge_id=FRIDGE.id, at=at(1), temperature=typed, action="Chỉnh núm")
    asked = [one.code for one in check_reading(draft, RULES[0], [], at(2)) if one.level == "warning"]
    assert (asked == ["cold_chain.comma"]) is RULES[0].slipped(typed)


def test_a_lot_waits_until_each_of_its_alarms_was_decided():
    """A decision names the readings that were known; one that is written later, of whichever hour, asks again."""
    early, late = reading(480, 95, lots=(LOT,)), reading(2000, 15, lots=(LOT,))

    def verdict(of: Reading) -> Verdict:
        said = {"id": UUID(int=1), "fate": Fate.KEPT, "doses": 0, "reason": "VVM", "at": of.at}
        return Verdict(reading_id=of.id, lot_id=LOT.lot_id, **said)

    assert [one.reading for one in lots_waiting([early, late], [])] == [late]
    assert [one.reading for one in lots_waiting([late, early], [verdict(early)])] == [late]
    assert [one.readings for one in lots_waiting([early, late], [verdict(late)])] == [(early,)]
    assert lots_waiting([early, late], [verdict(late), verdict(early)]) == []


@given(st.integers(-400, 500))
def test_degrees_are_said_with_a_comma(tenths):
    assert float(degrees(tenths).replace(",", ".")) == tenths / 10


def test_bounds_are_shown_for_the_readings_that_were_judged_by_them():
    """By the rule that is written with a reading, whatever is in force on its day now; alike ones are one stretch."""
    (old,) = RULES
    same = replace(old, id="same")
    wide = replace(old, id="wide", high=100)
    said = [(0, old), (60, same), (180, wide), (300, wide), (400, old)]
    readings = [reading(minutes, 50, rule=rule.id) for minutes, rule in said]
    found = [(first, last, rule.high) for first, last, rule in stretches([old, same, wide], readings)]
    assert found == [(at(0), at(120), 80), (at(120), at(350), 100), (at(350), at(400), 80)]
    assert stretches(RULES, []) == []
    (alone,) = stretches(RULES, readings[:1])
    assert alone == (at(0), at(0), old)
