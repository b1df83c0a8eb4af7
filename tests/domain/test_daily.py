"""Reports frozen day after day over a register that is corrected all the time: nothing lost, nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covidstation.domain.daily import (
    Book,
    Booked,
    Entry,
    balance,
    counts,
    entry_of,
    mean,
    pack_entries,
    period_of,
    read_clock,
    unpack_entries,
)
from covidstation.domain.episodes import CaseClassification, CaseOutcome
from covidstation.domain.flow import CaseHistory, Stay, events_of, key_of, under_care

CUTOFF = time(6, 30)
FIRST = date(2022, 3, 1)


def case(number, day, known, **changes):
    held = CaseHistory(
        episode_id=UUID(int=number),
        person_id=UUID(int=number + 1000),
        hamlet_id=None,
        report_date=day,
        known_at=known,
        end_known_at=known,
    )
    return replace(held, **changes)


def look(world, book, day):
    events = {key_of(one.episode_id): events_of(one) for one in world}
    return balance(events, book, period_of(day, CUTOFF))


def freeze(world, reports, day):
    """As the service does: count, keep the keys."""
    known = datetime.combine(day, time(6, 45))
    found = look(world, Book(reports), day)
    period = period_of(day, CUTOFF)
    first = {key_of(one.episode_id) for one in world if under_care(events_of(one), period.from_at)}
    return found, Booked(
        period=period,
        known_at=known,
        entries=tuple(entry_of(event) for event in found.fresh),
        late=tuple(entry_of(event) for event in found.late),
        withdrawn=found.withdrawn,
        adjusted=found.adjusted,
        base=frozenset() if reports else frozenset(first),
    )


def test_the_period_runs_from_cut_off_to_cut_off():
    period = period_of(date(2022, 3, 10), read_clock("06:30"))
    assert not period.holds(datetime(2022, 3, 9, 6, 30))
    assert period.holds(datetime(2022, 3, 9, 6, 31))
    assert period.holds(datetime(2022, 3, 10, 6, 30))
    assert not period.holds(datetime(2022, 3, 10, 6, 31))
    with pytest.raises(ValueError, match="6h30"):
        read_clock("6h30")


def test_who_is_written_down_after_the_report_is_late_on_the_next_day_and_only_there():
    first = case(1, date(2022, 3, 9), datetime(2022, 3, 9, 10))
    found, report = freeze([first], [], date(2022, 3, 10))
    assert [event.key[0] for event in found.fresh] == ["N"]
    forgotten = case(2, date(2022, 3, 8), datetime(2022, 3, 10, 9))
    found, second = freeze([first, forgotten], [report], date(2022, 3, 11))
    assert (found.before, found.after, found.fresh) == (1, 2, ())
    assert [event.episode_id for event in found.late] == [forgotten.episode_id]
    found, _third = freeze([first, forgotten], [report, second], date(2022, 3, 12))
    assert (found.before, found.after, found.fresh, found.late, found.withdrawn) == (2, 2, (), (), ())


def test_a_wrong_entry_is_taken_back_from_the_report_that_had_it():
    wrong = case(1, date(2022, 3, 9), datetime(2022, 3, 9, 10))
    _found, report = freeze([wrong], [], date(2022, 3, 10))
    found, _second = freeze([replace(wrong, classification=CaseClassification.NO_CASE)], [report], date(2022, 3, 11))
    assert (found.before, found.after) == (1, 0)
    assert [entry.case for entry in found.withdrawn] == [key_of(wrong.episode_id)]


def test_an_illness_of_before_the_first_report_that_is_reopened_is_an_adjustment():
    old = case(
        1,
        date(2022, 2, 1),
        datetime(2022, 2, 1, 10),
        outcome=CaseOutcome.RECOVERED,
        outcome_on=date(2022, 2, 9),
        end_known_at=datetime(2022, 2, 9, 10),
    )
    found, report = freeze([old], [], date(2022, 3, 10))
    assert (found.before, found.after, report.base) == (0, 0, frozenset())
    found, second = freeze([replace(old, outcome=CaseOutcome.NO_OUTCOME)], [report], date(2022, 3, 11))
    assert (found.before, found.after) == (0, 1)
    assert [entry.delta for entry in found.adjusted] == [1]
    found, _third = freeze([replace(old, outcome=CaseOutcome.NO_OUTCOME)], [report, second], date(2022, 3, 12))
    assert (found.before, found.after, found.adjusted) == (1, 1, ())


def test_a_death_in_hospital_is_told_apart():
    history = case(
        1,
        date(2022, 3, 9),
        datetime(2022, 3, 9, 10),
        stays=(Stay(id=UUID(int=9), left_at=datetime(2022, 3, 9, 12), known_at=datetime(2022, 3, 9, 12)),),
        outcome=CaseOutcome.DECEASED,
        outcome_on=date(2022, 3, 9),
    )
    found = counts(entry_of(event) for event in events_of(history))
    assert found == {"new": 1, "out": 1, "died": 1, "died.away": 1}


def test_entries_come_back_as_they_were_kept():
    entries = (
        Entry("N" + key_of(UUID(int=5)), 1, ("new", "new.found.COMMUNITY")),
        Entry("O" + key_of(UUID(int=5)) + key_of(UUID(int=6)), -1, ("out", "out.to.Bệnh viện đa khoa tỉnh")),
    )
    packed = pack_entries({"entries": entries, "late": ()})
    assert unpack_entries(packed, "entries") == entries
    assert unpack_entries(packed, "late") == ()
    assert entries[1].case == key_of(UUID(int=5))


def test_the_mean_is_of_seven_days_or_of_as_many_as_there_are():
    assert mean([9, 1, 2, 3, 4, 5, 6, 7]) == 4.0
    assert mean([3, 4]) == 3.5
    assert mean([]) == 0.0


minutes = st.integers(0, 8 * 24 * 60)
outcomes = st.sampled_from(CaseOutcome)


@st.composite
def worlds(draw):
    """The same register on six days: between two days cases come, and any case is changed in any way."""
    cases: dict[int, CaseHistory] = {}
    found = []
    for step in range(6):
        now = datetime.combine(FIRST, time(5)) + timedelta(days=step)
        for number in draw(st.lists(st.integers(1, 8), max_size=5)):
            day = FIRST + timedelta(days=draw(st.integers(-3, step)))
            held = cases.get(number)
            changed = held or case(number, day, now - timedelta(minutes=draw(st.integers(0, 1400))))
            if held is not None:
                out = draw(outcomes)
                left = datetime.combine(FIRST, time(0)) + timedelta(minutes=draw(minutes))
                changed = replace(
                    held,
                    report_date=draw(st.sampled_from((held.report_date, day))),
                    classification=draw(st.sampled_from((CaseClassification.CONFIRMED, CaseClassification.NO_CASE))),
                    outcome=out,
                    outcome_on=draw(st.none() | st.just(day)),
                    end_known_at=now,
                    stays=draw(st.sampled_from(((), (Stay(id=UUID(int=50 + number), left_at=left, known_at=now),)))),
                )
            cases[number] = changed
        found.append(tuple(cases.values()))
    return found


@settings(max_examples=150)
@given(worlds(), st.sets(st.integers(0, 5)))
def test_the_identity_holds_between_any_frozen_reports_whatever_is_corrected(steps, unfrozen):
    reports: list[Booked] = []
    under = None
    for number, world in enumerate(steps):
        day = FIRST + timedelta(days=number)
        found, report = freeze(world, reports, day)
        truth = sum(under_care(events_of(one), period_of(day, CUTOFF).cutoff_at) for one in world)
        assert found.after == truth
        if under is not None:
            assert found.before == under
        entries = [*report.entries, *report.late]
        others = [-entry.delta for entry in report.withdrawn] + [entry.delta for entry in report.adjusted]
        assert found.after == found.before + sum(entry.delta for entry in entries) + sum(others)
        again = [entry.key for one in reports for entry in (*one.entries, *one.late)]
        back = [entry.key for one in (*reports, report) for entry in one.withdrawn]
        for entry in entries:  # nothing is counted a second time unless it was taken back between
            assert again.count(entry.key) <= back.count(entry.key)
        if number not in unfrozen:
            reports.append(report)
            under = found.after
