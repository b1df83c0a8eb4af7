"""What a check can be, what is asked back, and the strip of the half-days before a round."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.domain.care import Level, Round, VisitStatus, Vitals
from covidstation.domain.monitoring import Mark, Span, Visit, VisitDraft, check_visit, half_days, strip

NOW = datetime(2022, 3, 10, 7, 12)
EPISODE = UUID(int=1)
FINE = VisitDraft(
    episode_id=EPISODE,
    at=datetime(2022, 3, 10, 6, 50),
    round=Round.MORNING,
    vitals=Vitals(temperature=368, spo2=98, pulse=84, breaths=18, systolic=120, diastolic=80),
)
SPAN = Span(first=date(2022, 3, 6))


def found(draft: VisitDraft, span: Span = SPAN) -> list[tuple[str, str, str]]:
    return [(one.field, one.code, one.level) for one in check_visit(draft, span=span, now=NOW)]


def measured(**values: int) -> VisitDraft:
    return replace(FINE, vitals=replace(FINE.vitals, **values))


def test_a_usual_check_passes():
    assert found(FINE) == []


@pytest.mark.parametrize(
    ("values", "field", "code"),
    [
        ({"spo2": 9}, "spo2", "rounds.spo2_impossible"),
        ({"spo2": 101}, "spo2", "rounds.spo2_impossible"),
        ({"temperature": 3670}, "temperature", "rounds.temperature_impossible"),
        ({"temperature": 299}, "temperature", "rounds.temperature_impossible"),
        ({"pulse": 8}, "pulse", "rounds.pulse_impossible"),
        ({"breaths": 180}, "breaths", "rounds.breaths_impossible"),
        ({"systolic": 80, "diastolic": 120}, "pressure", "rounds.pressure_turned"),
        ({"systolic": 100, "diastolic": 100}, "pressure", "rounds.pressure_turned"),
        ({"diastolic": None}, "pressure", "rounds.pressure_half"),
    ],
)
def test_what_cannot_be_is_refused(values, field, code):
    assert (field, code, "error") in found(measured(**values))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"spo2": 79}, "spo2"),
        ({"temperature": 345}, "temperature"),
        ({"pulse": 190}, "pulse"),
        ({"breaths": 8}, "breaths"),
    ],
)
def test_what_is_seldom_is_asked_back(values, field):
    assert [(one[0], one[2]) for one in found(measured(**values))] == [(field, "warning")]


@pytest.mark.parametrize("spo2", [80, 93, 95, 96, 97, 100])
def test_a_low_oxygen_that_is_read_every_day_is_not_asked_back(spo2):
    assert found(measured(spo2=spo2)) == []


def test_an_hour_ahead_is_refused_and_this_minute_is_not():
    assert found(replace(FINE, at=datetime(2022, 3, 10, 8, 0))) == [("at", "rounds.future", "error")]
    assert found(replace(FINE, at=NOW)) == []


def test_nobody_is_checked_after_death_or_before_the_illness():
    died = Span(first=date(2022, 3, 6), died_on=date(2022, 3, 9))
    assert found(FINE, died) == [("at", "rounds.after_death", "error")]
    assert found(FINE, replace(died, died_on=date(2022, 3, 10))) == []
    assert found(FINE, Span(first=date(2022, 3, 11))) == [("at", "rounds.before_illness", "error")]
    assert found(FINE, Span(ended_on=date(2022, 3, 9))) == [("at", "rounds.after_end", "warning")]


def test_an_empty_check_is_none_and_no_signs_is_a_finding():
    nothing = replace(FINE, vitals=Vitals())
    assert found(nothing) == [("temperature", "rounds.empty", "error")]
    assert found(replace(nothing, signs_asked=True)) == []


def test_who_was_not_met_needs_a_reason():
    away = replace(FINE, vitals=Vitals(), status=VisitStatus.UNAVAILABLE)
    assert found(away) == [("reason", "rounds.reason_missing", "error")]
    assert found(replace(away, reason="đi nương")) == []


def test_the_half_days_of_a_morning_are_the_four_days_before():
    days = half_days(date(2022, 3, 10), Round.MORNING)
    assert days[0] == (date(2022, 3, 6), Round.MORNING)
    assert days[-1] == (date(2022, 3, 9), Round.AFTERNOON)
    assert half_days(date(2022, 3, 10), Round.AFTERNOON)[-1] == (date(2022, 3, 10), Round.MORNING)


def visit(day: int, round_: Round, level: Level | None, hour: int = 7, **changes) -> Visit:
    return Visit(
        id=UUID(int=day),
        person_id=UUID(int=2),
        episode_id=EPISODE,
        at=datetime(2022, 3, day, hour),
        round=round_,
        level=level,
        **changes,
    )


def test_the_strip_shows_the_worst_of_each_half_day():
    visits = [
        visit(8, Round.MORNING, Level.NORMAL),
        visit(8, Round.EXTRA, Level.DANGER, hour=10),
        visit(8, Round.AFTERNOON, Level.WATCH, hour=16),
        visit(9, Round.MORNING, None, status=VisitStatus.UNAVAILABLE),
    ]
    none, danger, watch, missed = Mark.NONE, Mark.DANGER, Mark.WATCH, Mark.MISSED
    assert strip(visits, date(2022, 3, 10), Round.MORNING) == (none,) * 4 + (danger, watch, missed, none)


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.sampled_from(list(Round)))
def test_half_days_follow_each_other_and_end_before_the_round(day, round_):
    found = half_days(day, round_)
    order = [(one, half is Round.AFTERNOON) for one, half in found]
    assert order == sorted(set(order)) and len(order) == 8
    assert order[-1] < (day, round_ is not Round.MORNING)
