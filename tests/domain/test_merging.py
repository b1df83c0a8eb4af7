"""Two sides that change one value without knowing of each other come to the same value, whatever comes when."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covidstation.db.rows import Base, Synced
from covidstation.domain.deciding import CannotChoose, Choice, Decision, after_decision, chosen_values
from covidstation.domain.groups import (
    EVENT,
    EVENTS,
    GROUPS,
    Group,
    Rule,
    group_named,
    group_of,
    grouped,
    whole_groups,
)
from covidstation.domain.merging import Case, Side, Split, Value, conflict_id, is_past, judge
from covidstation.domain.stamps import DISTRICT, STATION, next_stamp

ROW = "0192f0c4b0007abc9def0123456789ab"
S, D = Side.STATION, Side.DISTRICT


@dataclass(frozen=True)
class Line:
    """What one side wrote: a value on top of the one with the stamp `base`."""

    value: Value
    base: int


@dataclass
class End:
    """One side with what it holds of a single group, as `hub.merging` and `db.replay` hold it."""

    side: Side
    group: Group
    value: Value
    splits: dict[Any, Split] = field(default_factory=dict)
    lines: dict[int, int | None] = field(default_factory=dict)
    clock: int = 0
    out: deque[Line] = field(default_factory=deque)

    def write(self, new: Any, now: int) -> Line:
        issuer = STATION if self.side is S else DISTRICT
        self.clock = next_stamp(max(self.clock, self.value.stamp), now, issuer)
        line = Line(Value({"v": new}, self.clock, self.side), self.value.stamp)
        self.lines[self.clock] = self.value.stamp
        self.value = line.value
        self.out.append(line)
        return line

    def take(self, line: Line) -> None:
        self.lines[line.value.stamp] = line.base
        self.clock = max(self.clock, line.value.stamp)  # that it follows what it made itself, `write` sees to
        case = Case("person", ROW, self.group, self.value, self.value.stamp, line.value, line.base)
        verdict = judge(case, list(self.splits.values()), lambda one, of: is_past(one, of, self.lines.__getitem__))
        if verdict.value is not None:
            self.value = verdict.value
        if verdict.split is not None:
            self.splits[verdict.split.id] = verdict.split

    def open(self) -> set[Any]:
        return {one.id for one in self.splits.values() if one.is_open}


def pair(rule: Rule, start: Any) -> tuple[End, End]:
    group = Group("v", ("v",), rule)
    first = Value({"v": start}, 8, S)
    return tuple(End(side, group, first, lines={8: None}) for side in (S, D))


def play(rule: Rule, start: Any, steps: list[tuple[str, Any, int]]) -> tuple[End, End]:
    """Each step lets one side write, by its own clock, or hear one line of the other; then all is heard."""
    station, hub = pair(rule, start)
    for what, new, now in steps:
        if what == "station":
            station.write(new, now)
        elif what == "hub":
            hub.write(new, now)
        elif what == "up" and station.out:
            hub.take(station.out.popleft())
        elif what == "down" and hub.out:
            station.take(hub.out.popleft())
    while station.out:
        hub.take(station.out.popleft())
    while hub.out:
        station.take(hub.out.popleft())
    return station, hub


NUMBERS = st.integers(0, 6)
WHAT = st.sampled_from(["station", "hub", "up", "down"])


def steps(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[tuple[str, Any, int]]]:
    return st.lists(st.tuples(WHAT, values, st.integers(0, 3)), max_size=14)


@pytest.mark.parametrize("rule", list(Rule))
@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_both_ends_come_to_the_same_value_whatever_is_heard_when(rule: Rule, data: st.DataObject):
    station, hub = play(rule, 0, data.draw(steps(NUMBERS)))
    assert station.value.values == hub.value.values
    assert station.value.stamp == hub.value.stamp or rule is not Rule.LWW


@pytest.mark.parametrize("rule", list(Rule))
@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_value_that_the_other_side_never_saw_is_standing_or_kept(rule: Rule, data: st.DataObject):
    """Whoever wrote last at each side without having heard the other finds their value at both ends."""
    ours, theirs = data.draw(st.integers(10, 15)), data.draw(st.integers(20, 25))
    before = data.draw(st.lists(st.tuples(st.sampled_from(["station", "hub"]), NUMBERS, st.integers(0, 3)), max_size=5))
    station, hub = play(rule, 0, [*before, ("station", ours, 1), ("hub", theirs, data.draw(st.integers(0, 3)))])
    for end in (station, hub):
        kept = {end.value.values["v"]} | {
            value.values["v"] for one in end.splits.values() for value in (one.standing, one.losing)
        }
        assert {ours, theirs} <= kept
        assert end.open(), "somebody is asked"
    assert station.open() == hub.open(), "both name it alike"


@settings(max_examples=200, deadline=None)
@given(steps(NUMBERS))
def test_hearing_a_line_again_changes_nothing(acts: list[tuple[str, Any, int]]):
    station, hub = pair(Rule.LWW, 0)
    heard: list[Line] = []
    for what, new, now in acts:
        if what == "hub":
            heard.append(hub.write(new, now))
            station.take(heard[-1])
    before = (station.value, dict(station.splits))
    for line in heard:
        station.take(line)
    assert (station.value, station.splits) == before


def test_what_follows_on_replaces_whatever_the_clocks_say():
    _station, hub = pair(Rule.LWW, 0)
    line = hub.write(1, now=0)
    ahead = Line(Value({"v": 2}, 1 << 50, S), line.value.stamp)
    hub.take(ahead)
    assert hub.value.values == {"v": 2} and not hub.splits
    hub.take(Line(Value({"v": 3}, 20, S), 1 << 50))
    assert hub.value.values == {"v": 3} and not hub.splits


def case(rule: Rule, standing: Any, came: Any, *, sides: tuple[Side, Side] = (D, S), limit: int = 0) -> Case:
    group = Group("v", ("v",), rule)
    return Case(
        "person", ROW, group, Value({"v": standing}, 20, sides[0]), 20, Value({"v": came}, 16, sides[1]), 8, limit
    )


@pytest.mark.parametrize(
    ("rule", "standing", "came", "value"),
    [
        (Rule.LWW, "a", "b", "a"),
        (Rule.MANUAL, "district", "station", "station"),
    ],
)
def test_each_rule(rule: Rule, standing: Any, came: Any, value: Any):
    verdict = judge(case(rule, standing, came), [], lambda _one, _of: False)
    found = verdict.value.values["v"] if verdict.value is not None else standing
    assert found == value
    assert verdict.split.is_open
    assert verdict.split.id == conflict_id(ROW, "person", "v", 8)


def test_a_clock_far_ahead_never_wins():
    ahead = Case("person", ROW, Group("v", ("v",)), Value({"v": "a"}, 20, D), 20, Value({"v": "b"}, 900, S), 8, 500)
    verdict = judge(ahead, [], lambda _one, _of: False)
    assert verdict.value is None and verdict.split.losing.values == {"v": "b"}


def test_a_side_that_answers_a_losing_value_with_its_own_keeps_that_value():
    """A restored district hears its own answer again: to a line of a clock far ahead, whose value it had seen."""
    held, ahead, answer = Value({"v": "a"}, 21, D), Value({"v": "b"}, 900, S), Value({"v": "a"}, 25, D)
    split = Split(conflict_id(ROW, "person", "v", 8), "v", Rule.LWW, 8, held, ahead)
    verdict = judge(Case("person", ROW, Group("v", ("v",)), held, 21, answer, 900, 500), [split], is_past_of({}))
    assert verdict.value == answer
    assert verdict.split.is_open and verdict.split.losing == ahead, "nobody has chosen yet"


def is_past_of(lines: dict[int, int | None]) -> Any:
    return lambda one, of: is_past(one, of, lines.__getitem__)


def test_what_is_in_the_history_of_a_value_is_not_held_against_it():
    station, _hub = pair(Rule.LWW, 0)
    lost = Line(Value({"v": 1}, 21, D), 8)  # came back after the line that was written on top of it
    station.take(Line(Value({"v": 2}, 24, S), 21))
    station.take(lost)
    assert station.value.values == {"v": 2} and not station.splits


def test_a_decision_leaves_open_what_its_maker_had_not_seen():
    split = Split(conflict_id(ROW, "person", "v", 8), "v", Rule.LWW, 8, Value({"v": 1}, 28, S), Value({"v": 2}, 33, D))
    fields = {
        "conflict": split.id.hex, "about_tbl": "person", "about_row": ROW, "grp": "v", "heads": [16, 21],
        "choice": "standing", "reason": "Đã hỏi lại", "by_name": "Vàng Thị Mỷ", "decided_at": "2022-03-10T08:30:00",
    }  # fmt: skip
    decision = Decision.from_fields(fields, S)
    later = after_decision(split, decision, {33: 21}.__getitem__)
    assert later.id == conflict_id(ROW, "person", "v", 21) and later.is_open
    assert after_decision(split, Decision.from_fields(fields | {"heads": [16, 33]}, S), {}.__getitem__) is None
    assert Decision.from_fields({"conflict": "x"}, S) is None


def test_what_may_be_chosen():
    split = Split(
        conflict_id(ROW, "person", "birth", 8),
        "birth",
        Rule.LWW,
        8,
        Value({}, 16, S),
        Value({"birth_year": 1968}, 21, D),
    )
    assert chosen_values("person", split, Choice.STANDING) is None
    assert chosen_values("person", split, Choice.LOSING) == {"birth_year": 1968}
    assert chosen_values("person", split, Choice.OTHER, {"birth_day": 1}) == {"birth_day": 1}
    with pytest.raises(CannotChoose, match=r"conflict\.choice"):
        chosen_values("person", split, Choice.OTHER, {"phone": "1"})
    visit = Split(split.id, EVENT, Rule.MANUAL, 8, split.standing, split.losing)
    with pytest.raises(CannotChoose, match=r"conflict\.event"):
        chosen_values("visit", visit, Choice.LOSING)


def synced() -> dict[str, set[str]]:
    return {
        mapper.local_table.name: set(mapper.columns.keys()) - mapper.class_.local_fields
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Synced)
    }


def test_every_group_names_fields_that_there_are_and_each_field_once():
    tables = synced()
    assert set(GROUPS) | EVENTS <= set(tables)
    assert not set(GROUPS) & EVENTS
    for table, groups in GROUPS.items():
        names = [name for group in groups for name in group.fields]
        assert len(names) == len(set(names)), table
        assert set(names) <= tables[table], table
        assert len({group.name for group in groups}) == len(groups)


def test_fields_that_move_together():
    assert whole_groups("person", frozenset({"birth_day", "phone"})) == {
        "birth_year", "birth_month", "birth_day", "phone",
    }  # fmt: skip
    assert [(group.name, fields) for group, fields in grouped("person", ["birth_day", "phone", "birth_year"])] == [
        ("birth", ("birth_day", "birth_year")),
        ("phone", ("phone",)),
    ]
    assert grouped("visit", ["spo2", "pulse"])[0][1] == ("spo2", "pulse")
    assert group_of("visit", "spo2").rule is Rule.MANUAL
    assert group_named("person", "card").rule is Rule.MANUAL
