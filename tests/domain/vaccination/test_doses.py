"""Where doses stand on the certificate, what comes next, and whether one came too soon."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from covidstation.domain.dates import PartialDate
from covidstation.domain.vaccination.checks import DoseFacts, check_dose, volume_text
from covidstation.domain.vaccination.doses import Dose, DoseClass, DoseDraft, DoseSource
from covidstation.domain.vaccination.places import next_place, slots, told_by
from covidstation.domain.vaccination.products import parse_products
from covidstation.domain.vaccination.schedule import state_of
from covidstation.domain.vaccination.schedule_rules import Schedule, parse_schedule_rules
from covidstation.domain.vaccination.spacing import AFTER, BEFORE, spacing_problems
from covidstation.domain.vaccination.states import VaccineFacts, shot_of

RULES = Path("resources/rules")
PRODUCTS = parse_products((RULES / "vaccine_products.toml").read_text("utf-8"))
SCHEDULE = Schedule.of(parse_schedule_rules((RULES / "vaccine_schedule.toml").read_text("utf-8")), PRODUCTS)
PFIZER, MODERNA, AZ, VERO, ABDALA = "EU/1/20/1528", "EU/1/20/1507", "EU/1/21/1529", "BBIBP-CorV", "Abdala"
PRIMARY, ADDITIONAL, BOOSTER = DoseClass.PRIMARY, DoseClass.ADDITIONAL, DoseClass.BOOSTER
WHO = UUID(int=1)
NOW, WEAK = date(2023, 3, 1), frozenset({"transplant"})


def dose(day: date | PartialDate, product: str = PFIZER, kind: DoseClass = DoseClass.UNKNOWN, number: int = 0) -> Dose:
    told = day if isinstance(day, PartialDate) else PartialDate.of(day)
    unique = UUID(int=told.year * 10000 + (told.month or 0) * 100 + (told.day or 0) + len(kind.value))
    return Dose(id=unique, person_id=WHO, given=told, product=product, dose_class=kind, number=number or None)


def placed(*doses: Dose, conditions: frozenset[str] = frozenset()) -> list[str]:
    """The days in the paper's seven places, `-` for an empty one."""
    held = slots(SCHEDULE, doses, conditions, NOW)
    return [one.given.text() if one else "-" for _kind, _number, one in held.all]


A, B, C, D = date(2021, 8, 1), date(2021, 9, 1), date(2022, 1, 5), date(2022, 6, 1)


@pytest.mark.parametrize(
    ("doses", "expected"),
    [
        ((), "- - - - - - -"),
        ((dose(A), dose(B)), "01/08/2021 01/09/2021 - - - - -"),
        ((dose(A), dose(B), dose(C)), "01/08/2021 01/09/2021 - - 05/01/2022 - -"),  # a third is a booster
        ((dose(A, ABDALA), dose(B, ABDALA), dose(C)), "01/08/2021 01/09/2021 05/01/2022 - - - -"),  # Abdala's is not
        ((dose(A), dose(B), dose(C, kind=ADDITIONAL), dose(D)), "01/08/2021 01/09/2021 - 05/01/2022 01/06/2022 - -"),
        ((dose(C, number=3),), "- - - - 05/01/2022 - -"),  # "mũi 3"
        ((dose(B, kind=PRIMARY, number=2), dose(A)), "01/08/2021 01/09/2021 - - - - -"),
        ((dose(B, kind=PRIMARY, number=2),), "- 01/09/2021 - - - - -"),
        ((dose(D, kind=BOOSTER, number=2), dose(C, kind=BOOSTER)), "- - - - 05/01/2022 01/06/2022 -"),
        ((dose(A, VERO), dose(B, VERO), dose(C, number=3)), "01/08/2021 01/09/2021 - 05/01/2022 - - -"),  # additional
        ((dose(A, VERO), dose(B, VERO), dose(C), dose(D)), "01/08/2021 01/09/2021 - 05/01/2022 01/06/2022 - -"),
        ((dose(A), dose(B), dose(B, kind=PRIMARY, number=2)), "01/08/2021 01/09/2021 - - - - -"),  # told twice
    ],
)  # fmt: skip
def test_doses_stand_where_the_paper_has_them(doses: tuple[Dose, ...], expected: str) -> None:
    for order in permutations(doses):
        assert placed(*order) == expected.split()


def test_what_has_no_place_is_told_all_the_same() -> None:
    doses = [dose(date(2021, 1, 1) + timedelta(days=120 * at)) for at in range(7)]
    found = slots(SCHEDULE, doses, frozenset(), NOW)
    assert sum(one is not None for _kind, _number, one in found.all) == 5
    assert list(found.beyond) == doses[5:]


@given(
    st.lists(
        st.tuples(
            st.dates(date(2021, 1, 1), date(2023, 1, 1)), st.sampled_from([PFIZER, ABDALA, ""]),
            st.sampled_from(list(DoseClass)), st.integers(0, 9),
        ),
        max_size=9, unique_by=lambda one: one[0],
    )
)  # fmt: skip
def test_every_dose_stands_once_and_the_next_one_has_a_free_place(told: list[tuple[date, str, DoseClass, int]]) -> None:
    doses = [Dose(id=UUID(int=at), person_id=WHO, given=PartialDate.of(day), product=product, dose_class=kind,
                  number=number or None) for at, (day, product, kind, number) in enumerate(told)]  # fmt: skip
    found = slots(SCHEDULE, doses, frozenset(), NOW)
    stand = [one.id for _kind, _number, one in found.all if one is not None]
    stand += [one.id for one in (*found.beyond, *found.twice)]
    assert sorted(stand) == [one.id for one in doses]


@given(st.lists(st.dates(date(2021, 6, 1), date(2023, 1, 1)), max_size=5, unique=True), st.booleans(), st.booleans())
def test_the_next_place_is_what_the_schedule_says_comes_next(days: list[date], weak: bool, numbered: bool) -> None:
    doses = [dose(day, VERO, number=at if numbered else 0) for at, day in enumerate(sorted(days), 1)]
    sick = WEAK if weak else frozenset()
    facts = VaccineFacts(birth=PartialDate(1960, 5, 5), doses=tuple(map(shot_of, doses)), conditions=sick)
    state = state_of(SCHEDULE, facts, NOW)
    kind, number = next_place(SCHEDULE, doses, sick, NOW)
    assert state.next == (kind, number) if state.next else (kind is BOOSTER and number > 2)


def test_of_one_dose_told_twice_the_stations_own_record_stands() -> None:
    told = dose(A)
    own = replace(told, id=UUID(int=7), source=DoseSource.OWN_RECORD)
    for order in permutations((told, own)):
        found = slots(SCHEDULE, order, frozenset(), NOW)
        assert (found.primary[0], found.twice) == (own, (told,))


def test_how_many_doses_somebody_had_by_a_day() -> None:
    doses = (dose(A), dose(PartialDate(2021, 9)))
    assert told_by(doses, date(2021, 7, 31)) == (0, None)
    assert told_by(doses, date(2021, 8, 31)) == (1, A)
    assert told_by(doses, date(2021, 9, 1)) == (2, None)  # the day is not known
    assert told_by([*doses, dose(A + timedelta(1), kind=PRIMARY, number=1)], date(2021, 8, 31)) == (1, A + timedelta(1))


SPACING = [
    # given before, product, then, class, number: whether it is asked back; edges of the schedules' own days
    ((A, AZ), date(2021, 8, 28), PRIMARY, 2, True),  # 27 days; four weeks count (CV 7820)
    ((A, AZ), date(2021, 8, 29), PRIMARY, 2, False),
    ((A, PFIZER), date(2021, 8, 21), PRIMARY, 2, True),  # 20 days
    ((A, PFIZER), date(2021, 8, 22), PRIMARY, 2, False),
    ((A, MODERNA), date(2021, 8, 28), PRIMARY, 2, True),
    ((A, MODERNA), date(2021, 8, 29), PRIMARY, 2, False),
    ((A, ABDALA), date(2021, 8, 14), PRIMARY, 2, True),
    ((A, ABDALA), date(2021, 8, 15), PRIMARY, 2, False),
]


@pytest.mark.parametrize(("first", "then", "kind", "number", "soon"), SPACING)
def test_too_soon_is_by_the_vaccine_before(
    first: tuple[date, str], then: date, kind: DoseClass, number: int, soon: bool
) -> None:
    draft = DoseDraft(person_id=WHO, given=PartialDate.of(then), product=first[1], dose_class=kind, number=number)
    found = spacing_problems(SCHEDULE, draft, (dose(*first, PRIMARY, 1),), PartialDate(1980))
    assert [one.code for one in found] == ([AFTER] if soon else [])


BASIC = (dose(A, PFIZER, PRIMARY, 1), dose(B, PFIZER, PRIMARY, 2))
LATE = (dose(date(2021, 11, 10), PFIZER, PRIMARY, 1), dose(date(2021, 12, 10), PFIZER, PRIMARY, 2))
BOOSTED = (*BASIC, dose(date(2022, 1, 31), PFIZER, BOOSTER, 1))


@pytest.mark.parametrize(
    ("before", "then", "kind", "number", "first"),
    [
        (BASIC, date(2021, 12, 10), BOOSTER, 1, date(2022, 3, 1)),  # six months at first
        (BASIC, date(2021, 12, 31), BOOSTER, 1, None),  # three since
        (LATE, date(2022, 1, 6), ADDITIONAL, 1, date(2022, 1, 7)),  # 28 days
        (LATE, date(2022, 1, 7), ADDITIONAL, 1, None),
        (BOOSTED, date(2022, 2, 7), BOOSTER, 2, date(2022, 4, 30)),  # a fourth dose a week after the third
        (BOOSTED, date(2022, 9, 1), BOOSTER, 2, None),
    ],
)
def test_boosters_have_their_months(
    before: tuple[Dose, ...], then: date, kind: DoseClass, number: int, first: date | None
) -> None:
    draft = DoseDraft(person_id=WHO, given=PartialDate.of(then), product=PFIZER, dose_class=kind, number=number)
    found = spacing_problems(SCHEDULE, draft, before, PartialDate(1980))
    assert [one.params["first"] for one in found] == ([f"{first:%d/%m/%Y}"] if first else [])
    assert all(one.params["rule"].startswith("vn-vaccine-") for one in found)


def test_a_third_dose_without_a_class_has_the_interval_of_what_it_counts_as() -> None:
    basic = (dose(A, VERO, PRIMARY, 1), dose(date(2021, 12, 1), VERO, PRIMARY, 2))
    after = DoseDraft(person_id=WHO, given=PartialDate(2021, 12, 29), product=PFIZER, number=3)  # additional: 28 days
    assert not spacing_problems(SCHEDULE, after, basic, PartialDate(1980))
    mrna = tuple(replace(one, product=PFIZER) for one in basic)
    assert [one.code for one in spacing_problems(SCHEDULE, after, mrna, PartialDate(1980))] == [AFTER]
    assert not spacing_problems(SCHEDULE, after, mrna, PartialDate(1980), WEAK)


def test_a_dose_told_late_is_held_against_the_one_after_it() -> None:
    draft = DoseDraft(person_id=WHO, given=PartialDate(2021, 8, 25), product=PFIZER)
    found = spacing_problems(SCHEDULE, draft, (dose(B, PFIZER),), PartialDate(1980))
    assert [one.code for one in found] == [BEFORE]
    assert not spacing_problems(SCHEDULE, draft, (dose(PartialDate(2021, 9), PFIZER),), PartialDate(1980))


@pytest.mark.parametrize(
    ("volume", "words"), [(30, "0,3\u00a0ml"), (25, "0,25\u00a0ml"), (100, "1\u00a0ml"), (None, "")]
)
def test_a_volume_in_words(volume: int | None, words: str) -> None:
    assert volume_text(volume) == words


@pytest.mark.parametrize(
    ("birth", "kind", "volume", "asked"),
    [(1980, PRIMARY, 30, False), (1980, PRIMARY, 20, True), (2012, PRIMARY, 20, False), (2012, PRIMARY, 30, True)],
)
def test_a_volume_is_held_against_the_age(birth: int, kind: DoseClass, volume: int, asked: bool) -> None:
    draft = DoseDraft(
        person_id=WHO, given=PartialDate(2022, 5, 5), product=PFIZER, dose_class=kind, number=1, volume=volume
    )
    facts = DoseFacts(products=PRODUCTS[0], birth=PartialDate(birth, 6, 1))
    codes = {one.code for one in check_dose(draft, facts, date(2022, 6, 1))}
    assert codes == ({"vaccination.volume_unusual"} if asked else set())
