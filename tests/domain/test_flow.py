"""The events of a case: the running count is 0 or 1, and the identity holds for every day and hamlet."""

from __future__ import annotations

import itertools
from collections import Counter
from datetime import date, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from covidstation.domain.care import ContactStatus
from covidstation.domain.episodes import CaseClassification, CaseOutcome
from covidstation.domain.flow import (
    CaseHistory,
    ContactHistory,
    FlowKind,
    Stay,
    contact_span,
    events_of,
    moment_on,
    under_care,
)

DAY = date(2022, 3, 10)
NOON = datetime(2022, 3, 10, 12)
FIRST = datetime(2022, 3, 1)
DAYS = 20
IDS = iter(range(1, 10**9))


def uid() -> UUID:
    return UUID(int=next(IDS))


def case(**changes):
    known = changes.pop("known_at", datetime(2022, 3, 10, 9))
    held = {
        "episode_id": uid(),
        "person_id": uid(),
        "hamlet_id": None,
        "report_date": DAY,
        "known_at": known,
        "end_known_at": known,
    }
    return CaseHistory(**{**held, **changes})


def stay(left, back=None, known=None):
    return Stay(id=uid(), left_at=left, returned_at=back, known_at=known or left)


def told(history):
    return [(event.kind, event.at, event.delta) for event in events_of(history)]


def test_the_hour_said_speaks_then_the_hour_written_then_the_end_of_the_day():
    assert moment_on(DAY, said=NOON, known_at=NOON + timedelta(hours=3)) == NOON
    assert moment_on(DAY, said=NOON - timedelta(days=1), known_at=NOON) == NOON
    assert moment_on(DAY, said=None, known_at=NOON + timedelta(days=1)) == datetime(2022, 3, 10, 23, 59)


def test_transfer_return_and_death_at_home():
    history = case(
        stays=(stay(datetime(2022, 3, 11, 8), datetime(2022, 3, 13, 16)),),
        outcome=CaseOutcome.DECEASED,
        outcome_on=date(2022, 3, 15),
    )
    assert told(history) == [
        (FlowKind.NEW, datetime(2022, 3, 10, 9), 1),
        (FlowKind.OUT, datetime(2022, 3, 11, 8), -1),
        (FlowKind.IN, datetime(2022, 3, 13, 16), 1),
        (FlowKind.DIED, datetime(2022, 3, 15, 23, 59), -1),
    ]


def test_a_death_in_hospital_takes_nobody_away_twice():
    history = case(stays=(stay(datetime(2022, 3, 11, 8)),), outcome=CaseOutcome.DECEASED, outcome_on=date(2022, 3, 12))
    assert [delta for _kind, _at, delta in told(history)] == [1, -1, 0]


def test_a_wrong_entry_leaves_no_events():
    assert events_of(case(classification=CaseClassification.NO_CASE)) == ()


def test_a_transfer_and_the_end_of_one_day_keep_their_order():
    """The end was written in the morning, before the hour of the transfer it speaks of."""
    history = case(
        stays=(stay(datetime(2022, 3, 12, 15)),),
        outcome=CaseOutcome.DECEASED,
        outcome_on=date(2022, 3, 12),
        end_known_at=datetime(2022, 3, 12, 9),
    )
    kinds = [(kind, delta) for kind, _at, delta in told(history)]
    assert kinds == [(FlowKind.NEW, 1), (FlowKind.OUT, -1), (FlowKind.DIED, 0)]


def test_an_end_before_the_finding_counts_with_it():
    events = events_of(case(outcome=CaseOutcome.RECOVERED, outcome_on=date(2022, 3, 8)))
    assert under_care(events, datetime(2022, 3, 31)) == 0
    assert all(event.at == datetime(2022, 3, 10, 9) for event in events)


def test_a_second_transfer_without_a_return_is_passed_over():
    events = events_of(case(stays=(stay(datetime(2022, 3, 11, 8)), stay(datetime(2022, 3, 12, 8)))))
    assert [event.kind for event in events] == [FlowKind.NEW, FlowKind.OUT]


moments = st.integers(0, DAYS * 24 * 60 - 1).map(lambda minutes: FIRST + timedelta(minutes=minutes))
days = st.integers(0, DAYS - 1).map(lambda n: FIRST.date() + timedelta(days=n))
HAMLETS = (None, UUID(int=1), UUID(int=2))
stays = st.builds(lambda left, back, known: stay(left, back, known), moments, st.none() | moments, moments)


@st.composite
def histories(draw):
    person, hamlet = uid(), draw(st.sampled_from(HAMLETS))
    found = []
    for _illness in range(draw(st.integers(1, 2))):  # a second one is a reinfection
        outcome = draw(st.sampled_from(CaseOutcome))
        found.append(
            CaseHistory(
                episode_id=uid(),
                person_id=person,
                hamlet_id=hamlet,
                report_date=draw(days),
                found_at=draw(st.none() | moments),
                known_at=draw(moments),
                classification=draw(st.sampled_from(CaseClassification)),
                stays=tuple(draw(st.lists(stays, max_size=3))),
                outcome=outcome,
                outcome_on=draw(st.none() | days),
                end_known_at=draw(moments),
            )
        )
    return found


@given(histories())
def test_the_running_count_of_a_case_is_nought_or_one(cases):
    for one in cases:
        count = 0
        before = datetime.min
        for event in events_of(one):
            assert event.at >= before
            before = event.at
            count += event.delta
            assert count in (0, 1)
        ended = one.outcome is not CaseOutcome.NO_OUTCOME
        if ended:
            assert count == 0


@given(st.lists(histories(), min_size=1, max_size=6))
def test_today_is_yesterday_and_what_came_and_went_for_every_day_and_hamlet(groups):
    """Written as the report says it, by kinds and not by the deltas: those not under care when they ended apart."""
    events = [event for group in groups for one in group for event in events_of(one)]
    cut = [FIRST + timedelta(days=n, hours=6, minutes=30) for n in range(-1, DAYS + 2)]
    for hamlet in HAMLETS:
        mine = [event for event in events if event.hamlet_id == hamlet]
        for before, after in itertools.pairwise(cut):
            inside = Counter((event.kind, event.delta != 0) for event in mine if before < event.at <= after)
            came = inside[FlowKind.NEW, True] + inside[FlowKind.IN, True]
            went = sum(inside[kind, True] for kind in (FlowKind.OUT, FlowKind.RECOVERED, FlowKind.DIED, FlowKind.LOST))
            assert under_care(mine, after) == under_care(mine, before) + came - went
    people = {one.episode_id for group in groups for one in group}
    assert 0 <= under_care(events, cut[-1]) <= len(people)


def test_a_contact_counts_until_somebody_ends_the_quarantine():
    known = datetime(2022, 3, 10, 9)
    held = ContactHistory(
        contact_id=uid(),
        person_id=uid(),
        hamlet_id=None,
        report_date=DAY,
        known_at=known,
        status=ContactStatus.ACTIVE,
        end_known_at=known,
    )
    assert contact_span(held) == (known, None)
    ended = ContactHistory(
        contact_id=held.contact_id,
        person_id=held.person_id,
        hamlet_id=None,
        report_date=DAY,
        known_at=known,
        status=ContactStatus.DROPPED,
        ended_on=date(2022, 3, 17),
        end_known_at=datetime(2022, 3, 18, 8),
    )
    assert contact_span(ended) == (known, datetime(2022, 3, 17, 23, 59))
