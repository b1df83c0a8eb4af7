"""The rotation of copies under every clock: what is kept, what may go, and never the last good one."""

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from covidstation.domain.rotation import DAYS, MONTHS, ROTTEN, WEEKS, Held, to_keep

START = datetime(2022, 3, 10, 8, 30)
steps = st.one_of(
    st.timedeltas(timedelta(minutes=1), timedelta(days=3)),
    st.sampled_from([timedelta(days=730), timedelta(days=-730), timedelta(days=-1), timedelta(days=365)]),
)


def run(moves, rotten=frozenset()):
    """A station's copies, one after each step of its clock, thinned each time."""
    now, copies, seen = START, {}, []
    for at, move in enumerate(moves):
        now += move
        while now.strftime("%Y%m%d-%H%M%S") in copies:
            now += timedelta(seconds=1)
        name = now.strftime("%Y%m%d-%H%M%S")
        copies[name] = Held(name, now, at not in rotten)
        seen.append((now, dict(copies)))
        kept = to_keep(copies.values(), now.date())
        copies = {name: one for name, one in copies.items() if name in kept}
    return seen, copies


@settings(max_examples=300, deadline=None)
@given(st.lists(steps, min_size=1, max_size=60), st.sets(st.integers(0, 59)))
def test_whatever_the_clock_does_the_newest_good_ones_stay(moves, rotten):
    seen, _last = run(moves, rotten)
    for now, before in seen:
        today = now.date()
        kept = to_keep(before.values(), today)
        good = [one for one in before.values() if one.good]
        assert {one.name for one in good if one.made.date() >= today - timedelta(days=1)} <= kept
        assert {one.name for one in before.values() if one.made.date() > today} <= kept
        past = sorted((one.made, one.name) for one in good if one.made.date() <= today)
        if past:
            assert past[-1][1] in kept, "the last good one"
        for of, most in ((date.isoformat, DAYS), (lambda day: day.strftime("%G-%V"), WEEKS), (month_of, MONTHS)):
            buckets = sorted({of(made.date()) for made, _name in past})[-most:]
            newest = {of(made.date()): name for made, name in past}
            assert {newest[bucket] for bucket in buckets} <= kept


def month_of(day):
    return day.strftime("%Y-%m")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.timedeltas(timedelta(minutes=30), timedelta(days=2)), min_size=1, max_size=200))
def test_no_more_stays_than_was_asked_for(moves):
    seen, _last = run(moves)
    now, before = seen[-1]
    kept = to_keep(before.values(), now.date())
    young = [one for one in before.values() if one.made.date() >= now.date() - timedelta(days=1)]
    assert len(kept) <= len(young) + DAYS + WEEKS + MONTHS


def test_a_year_of_working_days_by_hand():
    """8:30 each day of 2022 up to 31 December: counted on a calendar."""
    copies = [Held(f"{day}", START.replace(month=1, day=1) + timedelta(days=day)) for day in range(365)]
    kept = sorted(one.made.date() for one in copies if one.name in to_keep(copies, date(2022, 12, 31)))
    days = [date(2022, 12, day) for day in range(20, 32)]
    weeks = [date(2022, 10, 30), date(2022, 11, 6), date(2022, 11, 13), date(2022, 11, 20), date(2022, 11, 27)]
    weeks += [date(2022, 12, 4), date(2022, 12, 11), date(2022, 12, 18)]  # Sundays; the last two weeks end in `days`
    months = [date(2022, 4, 30), date(2022, 5, 31), date(2022, 6, 30), date(2022, 7, 31), date(2022, 8, 31)]
    months += [date(2022, 9, 30), date(2022, 10, 31), date(2022, 11, 30)]
    assert kept == sorted([*days, *weeks, *months])


def test_of_the_rotten_ones_two_stay_and_they_push_nobody_out():
    bad = [Held(f"bad {n}", START - timedelta(hours=n), good=False) for n in range(5)]
    kept = to_keep([*bad, Held("old", START - timedelta(days=400))], START.date())
    assert kept == {"bad 0", "bad 1", "old"} and ROTTEN == 2
