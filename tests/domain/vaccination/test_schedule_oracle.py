"""The schedule beside a second reading of the circulars (`oracle.py`), over decks of edges and over any stories.

The shapes of the decks are those of the CDC's CDSi test cases: one day too early, on the day, after it; too young by a
day; the wrong vaccine; a dose repeated; one too many; told twice. The rules and days in them are Việt Nam's.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from covidstation.catalog import load_catalog
from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.doses import DoseClass
from covidstation.domain.vaccination.schedule import state_of
from covidstation.domain.vaccination.schedule_rules import Schedule
from covidstation.domain.vaccination.stances import StanceKind
from covidstation.domain.vaccination.states import DueKind, Infection, Shot, VaccineFacts, VaccineState
from covidstation.messages.vaccination_due import KINDS, due_sentence
from covidstation.paths import resources
from tests.domain.vaccination.oracle import DAY, Answer, Given, Oracle, Standing, Story, plus_months
from tests.domain.vaccination.test_schedule import CODES, stance

SHIPPED = load_catalog(resources())
SCHEDULE = Schedule.of(SHIPPED.vaccine_schedules, SHIPPED.vaccine_products)
ORACLE = Oracle(resources() / "rules")
CLASSES = {"": DoseClass.UNKNOWN, "P": DoseClass.PRIMARY, "A": DoseClass.ADDITIONAL, "B": DoseClass.BOOSTER}
AZ, PF, MO, VC, SP, AB, JJ = (CODES[one] for one in ("AZ", "PF", "MO", "VC", "SP", "AB", "JJ"))
HAYAT, SINOVAC, SHIELD = "Hayat-Vax", "CoronaVac", "Covishield"
PERIODS = [date(2021, 7, 26), date(2021, 9, 25), date(2021, 11, 5), date(2021, 12, 5), date(2022, 2, 28)]
PERIODS += [date(2022, 4, 15), date(2022, 6, 30), date(2022, 8, 31), date(2026, 3, 1)]
WAITING = {"NOT_YET", "DUE", "OVERDUE"}
GROWN = date(1980, 5, 5)


def facts(story: Story) -> VaccineFacts:
    return VaccineFacts(
        birth=PartialDate.of(story.born) if story.born else None,
        doses=tuple(
            Shot(PartialDate.of(one.day), one.product, CLASSES[one.kind], one.number or None) for one in story.doses
        ),
        infections=tuple(Infection(*one) for one in story.ill),
        pregnant=story.pregnant,
        conditions=story.conditions,
        stances=tuple(
            stance(StanceKind(one.kind), at, since=one.since, until=one.until, product=one.product)
            for at, one in enumerate(story.said, 1)
        ),
        told=story.told,
        group=story.group,
        managed=story.managed,
    )


def as_answer(state: VaccineState) -> Answer:
    dose = f"{state.next.dose_class} {state.next.number}" if state.next else ""
    if state.kind not in WAITING:
        return Answer(state.kind, dose)
    return Answer(state.kind, dose, state.due_on, state.late_on, frozenset(state.products))


def same(story: Story, on: date) -> Answer:
    """Both say so, in words too."""
    state = state_of(SCHEDULE, facts(story), on)
    expected = ORACLE.answer(story, on)
    assert as_answer(state) == expected, (story, on)
    assert KINDS[state.kind]
    sentence = due_sentence(state)
    assert sentence.endswith(".") and "{" not in sentence and "None" not in sentence, sentence
    return expected


def around(days: set[int]) -> list[int]:
    return sorted({day + by for day in days for by in (-1, 0, 1)})


def ages() -> Iterator[tuple[str, Story, date]]:
    """A day too young, of age, a day older; born on 29/2; on every period's days."""
    for on, years, by in product([*PERIODS, date(2024, 2, 29), date(2025, 2, 28)], (5, 6, 12, 18, 19), (-1, 0, 1)):
        born = plus_months(on, -12 * years) + by * DAY
        yield "age", Story(born), on
        yield "age", Story(born, (Given(on - 21 * DAY, PF, "P", 1),)), on
    for year, years in product((2004, 2008, 2016, 2020), (5, 12, 18)):
        for month, day in ((2, 27), (2, 28), (3, 1), (3, 2)):
            on = date(year + years, month, day)
            if on >= PERIODS[0]:
                yield "leap birth", Story(date(year, 2, 29)), on


def intervals() -> Iterator[tuple[str, Story, date]]:
    """Around each interval after a first dose of each vaccine, at each time, at each age."""
    gaps = around({14, 21, 28, 56, 84})
    for on, code, gap in product(PERIODS[::2], (AZ, PF, MO, VC, HAYAT, SP, AB, JJ, SINOVAC, SHIELD, ""), gaps):
        young = (plus_months(on, -12 * 15), plus_months(on, -12 * 8)) if code in (PF, MO, SINOVAC) else ()
        for born in (GROWN, *young):
            yield "second", Story(born, (Given(on - gap * DAY, code, "P", 1),)), on


def mixed() -> Iterator[tuple[str, Story, date]]:
    """Two doses, of one vaccine or two, at each distance: which count, and what follows."""
    for on, first, second in product((PERIODS[0], *PERIODS[3:9:2]), (AZ, PF, MO, VC, SP), (AZ, PF, MO, VC)):
        for gap, since in product((13, 20, 21, 27, 28), (1, 28, 92)):
            last = on - since * DAY
            yield "mixed", Story(GROWN, (Given(last - gap * DAY, first), Given(last, second))), on


def boosters() -> Iterator[tuple[str, Story, date]]:
    """Three, four, five and six months after, from the last days of months and from 29/2."""
    ends = [date(2021, 8, 31), date(2021, 9, 30), date(2021, 11, 30), date(2022, 1, 31), date(2022, 2, 28)]
    ends += [date(2024, 2, 29), date(2023, 11, 30), date(2025, 10, 31)]
    weak = frozenset({"transplant"})
    for last, months, by in product(ends, (3, 4, 5, 6), (-1, 0, 1)):
        on = plus_months(last, months) + by * DAY
        two = (Given(last - 30 * DAY, PF, "P", 1), Given(last, PF, "P", 2))
        three = (Given(last - 120 * DAY, PF, "P", 1), Given(last - 95 * DAY, PF, "P", 2), Given(last, PF, "B", 1))
        for born, doses in product((GROWN, plus_months(on, -12 * 15), plus_months(on, -12 * 18)), (two, three)):
            yield "booster", Story(born, doses), on
            yield "booster, weak", Story(born, doses, conditions=weak), on
    for on, doses in product(PERIODS, (1, 2, 3, 4, 5)):
        days = [on - at * 14 * DAY for at in range(doses, 0, -1)]
        yield "abdala", Story(GROWN, tuple(Given(day, AB) for day in days)), on
        yield (
            "one too many",
            Story(GROWN, tuple(Given(on - (day.day + 120 * at) * DAY, PF) for at, day in enumerate(days))),
            on,
        )


def fourth() -> Iterator[tuple[str, Story, date]]:
    """Around the fiftieth birthday and four months after the first booster: of each group, ill or not."""
    doses = (Given(date(2021, 8, 1), PF, "P", 1), Given(date(2021, 8, 22), PF, "P", 2))
    days = (date(2022, 5, 11), date(2022, 5, 12), date(2022, 6, 23), date(2022, 6, 24), date(2022, 8, 6))
    groups = ("", "health", "control", "workers", "teachers", "poor")
    for on, years, by, group in product(days, (18, 49, 50, 51), (-1, 0, 1), groups):
        born = plus_months(on, -12 * years) + by * DAY
        for sick, gap in product((frozenset(), frozenset({"transplant"}), frozenset({"asthma"})), (-1, 0, 1)):
            had = (*doses, Given(plus_months(on, -4) + gap * DAY, PF, "B", 1))
            yield "fourth", Story(born, had, conditions=sick, group=group), on


def illnesses() -> Iterator[tuple[str, Story, date]]:
    """Before, between and after doses; while it lasts; a day less than the months that it asks for."""
    for on, months, by, age in product(PERIODS[::2], (3, 6), (-1, 0, 1), (8, 15, 40)):
        first = plus_months(on, -months) + by * DAY
        born = plus_months(on, -12 * age) - 40 * DAY
        for over in (first + 10 * DAY, None):
            for doses in ((), (Given(on - 60 * DAY, PF, "P", 1),)):
                yield "ill", Story(born, doses, ((first, over),)), on
        basic = (Given(on - 240 * DAY, PF, "P", 1), Given(on - 215 * DAY, PF, "P", 2))
        yield "ill before a booster", Story(born, basic, ((first, first + 10 * DAY),)), on
        boosted = (*basic, Given(on - 125 * DAY, PF, "B", 1))
        yield "ill before a second booster", Story(born, boosted, ((first, first + 10 * DAY),)), on
    for on, by in product(PERIODS, (-1, 0, 1)):
        grown = plus_months(on, -12 * 12) + by * DAY
        yield "ill on the birthday", Story(grown, (), ((on, on + 7 * DAY),)), on
        yield "ill when older", Story(grown - 60 * DAY, (), ((on - 20 * DAY, on - 10 * DAY),)), on


def words() -> Iterator[tuple[str, Story, date]]:
    """What somebody said, from its first day to the day on which it is over."""
    doses = ((), (Given(date(2021, 7, 1), AZ, "P", 1),), (Given(date(2021, 6, 1), PF), Given(date(2021, 6, 22), PF)))
    kinds = [("REFUSED", ""), ("DEFERRED", ""), ("CONTRAINDICATED", ""), ("CONTRAINDICATED", PF), ("CANNOT_TRAVEL", "")]
    kinds += [("CONTRAINDICATED", AZ), ("CONTRAINDICATED", SHIELD)]
    for on, had, (kind, code), since in product(PERIODS[::3], doses, kinds, (-1, 0, 1)):
        start = on - since * DAY
        for until in (None, on, on + DAY):
            if until is None or until >= start:
                said = Standing(kind, start, until, code)
                yield "said", Story(GROWN, had, said=(said,)), on
                yield "said twice", Story(GROWN, had, said=(said, Standing("REFUSED", on))), on
    for on, code in product(PERIODS, (SP, AZ)):
        carrying = Story(GROWN, (Given(on - 30 * DAY, code, "P", 1),), pregnant=True)
        yield "pregnant", carrying, on
        yield "elsewhere", replace(carrying, managed=False), on
        yield "no birth", replace(carrying, born=None), on
    for on, told in product(PERIODS, (0, 1, 2, 3)):
        for had in doses:
            yield "told", Story(GROWN, had, told=told), on


@pytest.mark.parametrize("deck", [ages, intervals, mixed, boosters, fourth, illnesses, words])
def test_both_say_the_same_of_every_card(deck: object) -> None:
    assert callable(deck)
    seen = Counter(same(story, on).kind for _name, story, on in deck())
    assert sum(seen.values()) > 100 and len(seen) > 2, seen


GAPS = st.sampled_from([4, 13, 14, 15, 20, 21, 22, 27, 28, 29, 30, 55, 56, 57, 84, 85, 90, 92, 120, 153, 184])
VACCINES = st.sampled_from([AZ, AZ, PF, PF, PF, MO, MO, VC, VC, HAYAT, SP, AB, JJ, SINOVAC, SHIELD])


@st.composite
def stories(draw: st.DrawFn) -> tuple[Story, date]:
    on = draw(st.dates(PERIODS[0], date(2023, 6, 1)) | st.sampled_from(PERIODS))
    years = draw(st.sampled_from([5, 12, 18, 40, 50]) | st.integers(1, 90))
    born = plus_months(on, -12 * years) + timedelta(draw(st.integers(-2, 2) | st.integers(-400, 60)))
    days = [on - timedelta(draw(st.integers(0, 250)))]
    for _ in range(draw(st.integers(0, 4))):
        days.append(days[-1] - timedelta(draw(GAPS | st.integers(4, 300))))
    days = sorted(days)[draw(st.integers(0, 1)) :]
    first = draw(VACCINES)
    codes = [first if draw(st.booleans()) else draw(VACCINES) for _ in days]
    needed = ORACLE.products[codes[0]]["primary_doses"] if codes else 0
    way = draw(st.sampled_from(["class", "number", "day"]))
    doses = tuple(
        _written(day, code, at, needed, way) for at, (day, code) in enumerate(zip(days, codes, strict=True), 1)
    )
    ill = []
    for _ in range(draw(st.integers(0, 2))):
        start = on - timedelta(draw(st.sampled_from([0, 5, 89, 90, 91, 92, 184]) | st.integers(0, 500)))
        ill.append((start, draw(st.none() | st.integers(0, 40).map(lambda more, start=start: start + timedelta(more)))))
    said = draw(st.lists(st.builds(
        lambda kind, ago, more, code: Standing(
            kind, on - timedelta(ago), None if more is None else on - timedelta(ago) + timedelta(more),
            code if kind == "CONTRAINDICATED" else "",
        ),
        st.sampled_from([*StanceKind]).map(str), st.integers(-1, 60), st.none() | st.integers(1, 90),
        st.just("") | VACCINES,
    ), max_size=2))  # fmt: skip
    conditions = draw(st.sampled_from([frozenset(), frozenset(), frozenset({"transplant"}), frozenset({"asthma"})]))
    group = draw(st.sampled_from(["", "", "health", "teachers"]))
    pregnant = draw(st.booleans()) and draw(st.booleans())
    told = draw(st.sampled_from([0, 0, 0, 1, 2, 3, 4]))
    return Story(born, doses, tuple(ill), tuple(said), conditions, pregnant, told=told, group=group), on


def _written(day: date, code: str, at: int, needed: int, way: str) -> Given:
    if way == "day":
        return Given(day, code)
    if way == "number":
        return Given(day, code, "", at)
    return Given(day, code, "P", at) if at <= needed else Given(day, code, "B", at - needed)


@settings(max_examples=300, deadline=None)
@given(stories())
@example((Story(date(2010, 8, 15), ill=((date(2022, 10, 3), date(2022, 10, 13)),)), date(2023, 1, 4)))
def test_both_say_the_same_of_anybody(told: tuple[Story, date]) -> None:
    same(*told)


@settings(max_examples=20, deadline=None)
@given(stories())
def test_a_year_of_birth_is_answered_only_where_every_day_of_it_gives_that_answer(told: tuple[Story, date]) -> None:
    story, on = told
    assert story.born is not None
    year = story.born.year
    known = replace(facts(story), birth=PartialDate(year))
    state = state_of(SCHEDULE, known, on)
    if state.kind is DueKind.UNKNOWN:
        return
    days = [day for day in (date(year, 1, 1) + at * DAY for at in range(366)) if day.year == year and day <= on]
    found = {ORACLE.answer(replace(story, born=day), on)[:2] for day in [*days[::15], *days[-1:]]}
    assert found == {as_answer(state)[:2]}
