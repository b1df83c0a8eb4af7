"""Who is due: the tables written from the circulars, and what holds for any facts.

`schedule_cases.csv` is stated as the CDSi test cases of the CDC are: birth, doses, the day of the question; status,
dose, earliest and overdue day.
"""

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covidstation.catalog import load_catalog
from covidstation.domain.dates import PartialDate, months_on
from covidstation.domain.district import lay
from covidstation.domain.rule_sets import Family
from covidstation.domain.vaccination.course import course_in
from covidstation.domain.vaccination.doses import DoseClass
from covidstation.domain.vaccination.schedule import age_reached, signature, state_of, state_on
from covidstation.domain.vaccination.schedule_rules import Schedule, read_schedule_rule
from covidstation.domain.vaccination.stances import Stance, StanceKind
from covidstation.domain.vaccination.states import (
    DueKind,
    Infection,
    Mark,
    Shot,
    Stage,
    VaccineFacts,
    Why,
    told_since,
)
from covidstation.messages.vaccination_due import due_sentence
from covidstation.paths import resources

SHIPPED = load_catalog(resources())
SCHEDULE = Schedule.of(SHIPPED.vaccine_schedules, SHIPPED.vaccine_products)
CODES = {
    "AZ": "EU/1/21/1529", "PF": "EU/1/20/1528", "MO": "EU/1/20/1507", "VC": "BBIBP-CorV", "SP": "Sputnik-V",
    "AB": "Abdala", "CV": "CoronaVac", "CS": "Covishield", "JJ": "EU/1/20/1525", "?": "",
}  # fmt: skip
CLASSES = {"P": DoseClass.PRIMARY, "A": DoseClass.ADDITIONAL, "B": DoseClass.BOOSTER}
PERSON = UUID(int=1)
NOW = date(2026, 3, 1)  # whose list of vaccines counts


def cases() -> Iterator[dict[str, str]]:
    with (Path(__file__).parent / "schedule_cases.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def partial(text: str) -> PartialDate:
    return PartialDate(*map(int, text.split("-")))


def shot(text: str) -> Shot:
    day, product, *told = text.split()
    kind = told[0] if told else ""
    number = kind.lstrip("PAB")
    return Shot(partial(day), CODES[product], CLASSES.get(kind[:1], DoseClass.UNKNOWN), int(number) if number else None)


def stance(kind: StanceKind, at: int, **more: object) -> Stance:
    return replace(
        Stance(id=UUID(int=at), person_id=PERSON, kind=kind, reason="vì thế", since=date(2021, 1, 1)), **more
    )


FLAGS = {
    "refused": stance(StanceKind.REFUSED, 11),
    "deferred": stance(StanceKind.DEFERRED, 12, until=date(2022, 9, 10)),
    "contra": stance(StanceKind.CONTRAINDICATED, 13),
    "contra-AZ": stance(StanceKind.CONTRAINDICATED, 14, product=CODES["AZ"]),
    "contra-SP": stance(StanceKind.CONTRAINDICATED, 15, product=CODES["SP"]),
    "contra-VC": stance(StanceKind.CONTRAINDICATED, 16, product=CODES["VC"]),
}


def facts(case: dict[str, str]) -> VaccineFacts:
    ill = [one.split("..") for one in filter(None, case["infections"].split(";"))]
    flags = case["flags"].split()
    return VaccineFacts(
        birth=partial(case["birth"]) if case["birth"] else None,
        doses=tuple(shot(one) for one in filter(None, case["doses"].split(";"))),
        infections=tuple(Infection(date.fromisoformat(one), date.fromisoformat(end)) for one, end in ill),
        pregnant="pregnant" in flags,
        conditions=frozenset({"transplant"} if "weak" in flags else ()),
        stances=tuple(FLAGS[flag] for flag in flags if flag in FLAGS),
        told=next((int(flag.removeprefix("told-")) for flag in flags if flag.startswith("told-")), 0),
        group=next((flag.removeprefix("group-") for flag in flags if flag.startswith("group-")), ""),
        managed="elsewhere" not in flags,
    )


@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case["id"])
def test_the_table_from_the_sources(case: dict[str, str]) -> None:
    state = state_of(SCHEDULE, facts(case), date.fromisoformat(case["on"]))
    told = {
        "kind": state.kind.value,
        "next": f"{state.next.dose_class} {state.next.number}" if state.next else "",
        "due": state.due_on.isoformat() if state.due_on else "",
        "late": state.late_on.isoformat() if state.late_on else "",
        "why": state.why.value,
    }
    assert told == {name: case[name] for name in told}
    assert state.rule in {rule.id for rule in SCHEDULE.rules}
    sentence = due_sentence(state)
    assert sentence.endswith(".") and "{" not in sentence


def test_every_kind_and_reason_is_in_the_table() -> None:
    known = list(cases())
    assert {case["kind"] for case in known} == set(DueKind)
    assert {case["why"] for case in known} >= set(Why) - {Why.NO_SCHEDULE, Why.NOTHING_MORE}


@pytest.mark.parametrize(
    ("doses", "on", "offered"),
    [
        ("", "2021-08-01", ("AZ", "PF", "MO", "VC", "SP")),
        ("2021-08-01 AZ P1", "2021-09-01", ("AZ", "PF")),
        ("2021-08-01 MO P1", "2021-09-01", ("MO",)),
        ("2021-09-25 MO P1", "2021-10-25", ("MO", "PF")),
        ("2021-08-01 VC P1", "2021-09-01", ("VC",)),
        ("2021-08-01 VC P1;2021-08-29 VC P2", "2022-01-10", ("PF", "MO", "VC")),
    ],
)
def test_what_may_be_given_next(doses: str, on: str, offered: tuple[str, ...]) -> None:
    told = VaccineFacts(birth=PartialDate(1980, 5, 5), doses=tuple(shot(one) for one in filter(None, doses.split(";"))))
    found = state_of(SCHEDULE, told, date.fromisoformat(on)).products
    assert [code for code in found if code in {CODES[one] for one in offered}] == [CODES[one] for one in offered]
    if doses:
        assert set(found) <= {CODES[one] for one in offered} | {"Hayat-Vax"}


def test_a_child_is_offered_the_vaccine_of_the_first_dose_alone_and_none_for_older_ones() -> None:
    first = VaccineFacts(birth=PartialDate(2016, 9, 1))
    assert state_of(SCHEDULE, first, date(2022, 8, 31)).products == (CODES["PF"],)  # Moderna from 6 years
    assert state_of(SCHEDULE, first, date(2022, 9, 1)).products == (CODES["PF"], CODES["MO"])
    after = VaccineFacts(birth=PartialDate(2014, 5, 5), doses=(shot("2022-04-20 MO P1"),))
    assert state_of(SCHEDULE, after, date(2022, 5, 20)).products == (CODES["MO"],)


def test_marks_stand_beside_the_state() -> None:
    away = stance(StanceKind.CANNOT_TRAVEL, 21)
    told = VaccineFacts(birth=PartialDate(1990, 5, 5), pregnant=True, stances=(away,))
    state = state_of(SCHEDULE, told, date(2022, 9, 1))
    assert (state.kind, state.marks) == (DueKind.OVERDUE, frozenset(Mark))


def test_who_is_ill_or_expects_a_child_is_looked_at_again_on_a_day() -> None:
    told = VaccineFacts(birth=PartialDate(1990, 5, 5), doses=(shot("2021-10-01 SP P1"),), pregnant=True)
    asked = ((date(2021, 10, 10), date(2021, 10, 22)), (date(2021, 10, 22), date(2021, 10, 22)))  # 21 days after it
    asked += ((date(2021, 10, 23), date(2021, 11, 19)), (date(2021, 11, 19), date(2021, 11, 19)))
    for on, due in (*asked, (date(2021, 11, 20), date(2021, 12, 17))):
        state = state_of(SCHEDULE, told, on)
        assert (state.kind, state.why, state.due_on) == (DueKind.DEFERRED, Why.PREGNANT_VACCINE, due)
        assert due_sentence(state).endswith(f"xem lại ngày {due:%d/%m/%Y}.")
        assert state.next_change_on is not None and on < state.next_change_on <= due + timedelta(days=1)
    had = (shot("2021-08-01 PF P1"), shot("2021-08-22 PF P2"))
    ill = replace(told, pregnant=False, doses=had, infections=(Infection(date(2022, 8, 1)),))
    for on in (date(2022, 8, 1), date(2022, 8, 20)):  # nobody has said that it is over
        state = state_of(SCHEDULE, ill, on)
        assert (state.kind, state.why, state.due_on) == (DueKind.DEFERRED, Why.ILL, date(2022, 8, 15))
        assert due_sentence(state) == "Đang là F0 từ 01/08/2022. Khỏi bệnh rồi tiêm; xem lại ngày 15/08/2022."


def test_more_doses_told_of_than_written_down_are_asked_for_until_a_dose_that_came_later() -> None:
    ill = [(date(2022, 2, 1), 3), (date(2021, 6, 1), 4)]
    one = (shot("2021-08-01 PF"),)
    told = VaccineFacts(birth=PartialDate(1985, 6, 1), doses=one, told=told_since(ill, one))
    state = state_of(SCHEDULE, told, date(2022, 3, 10))
    assert (told.told, state.kind, state.stage) == (3, DueKind.UNKNOWN, Stage.PART)
    assert due_sentence(state) == "Hỏi thêm: phiếu F0 ghi 3 mũi, sổ tiêm mới có 1."
    assert [told_since(ill, had) for had in ((), (shot("2022-02 PF"),), (shot("2022-03-01 PF"),))] == [4, 3, 0]


@pytest.mark.parametrize(
    ("kind", "stands"),
    [(StanceKind.CONTRAINDICATED, True), (StanceKind.REFUSED, False), (StanceKind.DEFERRED, False)],
)
def test_a_day_to_look_again_ends_no_contraindication(kind: StanceKind, stands: bool) -> None:
    looked = date(2022, 2, 10)
    told = VaccineFacts(birth=PartialDate(1980, 5, 5), stances=(stance(kind, 21, until=looked),))
    before, after = (state_of(SCHEDULE, told, day).kind for day in (looked - timedelta(1), looked))
    assert before is DueKind[kind.name]
    assert after is (before if stands else DueKind.OVERDUE)


def test_a_contraindicated_vaccine_is_not_offered() -> None:
    told = VaccineFacts(birth=PartialDate(1980, 5, 5), doses=(shot("2021-10-01 AZ P1"),), stances=(FLAGS["contra-AZ"],))
    assert state_of(SCHEDULE, told, date(2021, 10, 29)).products == (CODES["PF"],)


@pytest.mark.parametrize(
    ("doses", "stage", "counted"),
    [
        ("", Stage.NONE, 0),
        ("2021-10-01 PF P1", Stage.PART, 1),
        ("2021-10-01 PF P1;2021-10-22 PF P2", Stage.BASIC, 2),
        ("2021-10-01 PF P1;2021-10-20 PF P2", Stage.PART, 1),
        ("2021 PF P2;2021-10-01 PF P1", Stage.BASIC, 2),
        ("2021 PF P1;2021-10-22 PF P2", Stage.BASIC, 2),
        ("2021-10-01 PF P1;2021-10-22 PF P2;2022-01-30 PF", Stage.BOOSTED, 3),
        ("2021-10-01 VC P1;2021-10-29 VC P2;2022-01-30 PF", Stage.BASIC, 3),
        ("2021-10-01 JJ", Stage.BASIC, 1),
        ("2021-08-01 ?;2021-09-01 ?", Stage.BASIC, 2),
        ("2021-08-01 ?;2021-09-01 JJ", Stage.BASIC, 2),  # Janssen's one dose says nothing of the one before it
        ("2021-09-01 ?;2021-10-01 AB", Stage.PART, 2),
        ("2021-09-01 ?;2021-10-01 AB;2021-11-01 AB", Stage.BASIC, 3),
    ],
)
def test_what_doses_amount_to(doses: str, stage: Stage, counted: int) -> None:
    shots = [shot(one) for one in filter(None, doses.split(";"))]
    course = course_in(SCHEDULE, shots, frozenset(), NOW)
    assert (course.stage, course.counted) == (stage, counted)


def test_a_list_of_vaccines_counts_on_its_own_days_alone() -> None:
    """A district's list of May 2022, withdrawn since, says that two doses of Abdala are enough."""
    fewer = tuple(replace(one, primary_doses=2) for one in SHIPPED.vaccine_products[-1].products)
    sent = replace(SHIPPED.vaccine_products[-1], id="may", valid_from=date(2022, 5, 1), products=fewer)
    schedule = Schedule.of(SHIPPED.vaccine_schedules, lay(SHIPPED.vaccine_products, [(sent, date(2022, 5, 31))]))
    shots = [shot("2022-04-01 AB P1"), shot("2022-04-15 AB P2")]
    days = [date(2022, 4, 30), date(2022, 5, 1), date(2022, 5, 31), date(2022, 6, 1)]
    assert [course_in(schedule, shots, frozenset(), day).complete for day in days] == [False, True, True, False]
    told = VaccineFacts(birth=PartialDate(1980, 5, 5), doses=tuple(shots))
    assert state_of(schedule, told, date(2022, 4, 30)).next_change_on == date(2022, 5, 1)


def test_a_third_dose_of_one_dose_vaccine_after_two_unknown_ones_is_one_booster() -> None:
    shots = [shot(one) for one in ("2021-08-01 ?", "2021-09-01 ?", "2022-01-30 JJ")]
    assert course_in(SCHEDULE, shots, frozenset(), NOW).boosters == 1


def test_a_child_of_a_year_is_looked_at_again_when_every_day_of_it_gives_one_answer() -> None:
    told = VaccineFacts(birth=PartialDate(2017))
    state = state_of(SCHEDULE, told, date(2022, 9, 1))
    assert (state.kind, state.next_change_on) == (DueKind.UNKNOWN, date(2023, 1, 31))  # late from 5 years and 31 days
    assert state_of(SCHEDULE, told, date(2023, 1, 31)).kind is DueKind.OVERDUE


def test_who_is_complete_at_one_end_of_a_birth_year_alone_is_looked_at_again() -> None:
    """Born in 1972: due for a second booster from 50 years on, which all of them are at the end of 2022, late a month
    after."""
    doses = "2021-06-15 PF P1;2021-07-15 PF P2;2022-01-10 PF B1"
    told = VaccineFacts(birth=PartialDate(1972), doses=tuple(shot(one) for one in doses.split(";")))
    state = state_of(SCHEDULE, told, date(2022, 9, 15))
    assert (state.kind, state.next_change_on) == (DueKind.UNKNOWN, date(2023, 1, 31))
    assert state_on(SCHEDULE, told, date(2023, 1, 31)).kind is DueKind.OVERDUE


DAYS = st.dates(date(2020, 6, 1), date(2023, 6, 1))
PARTIALS = DAYS.flatmap(
    lambda day: st.sampled_from(
        [PartialDate.of(day), PartialDate.of(day), PartialDate(day.year, day.month), PartialDate(day.year)]
    )
)
SHOTS = st.builds(
    Shot, PARTIALS, st.sampled_from(["", *CODES.values()]), st.sampled_from(DoseClass), st.none() | st.integers(1, 5)
)
BIRTHS = st.none() | st.builds(
    lambda day, whole: PartialDate.of(day) if whole else PartialDate(day.year),
    st.dates(date(1940, 1, 1), date(2022, 12, 31)) | st.dates(date(2003, 1, 1), date(2022, 12, 31)),
    st.booleans(),
)
ILLNESSES = st.builds(
    lambda first, days: Infection(first, None if days is None else first + timedelta(days)),
    DAYS,
    st.none() | st.integers(0, 40),
)
STANCES = st.builds(
    lambda kind, since, days, product, at: stance(
        kind,
        at,
        since=since,
        until=None if days is None else since + timedelta(days),
        product=product if kind is StanceKind.CONTRAINDICATED else "",
    ),
    st.sampled_from(StanceKind),
    DAYS,
    st.none() | st.integers(1, 200),
    st.sampled_from(["", *CODES.values()]),
    st.integers(1, 99),
)
FACTS = st.builds(
    VaccineFacts,
    birth=BIRTHS,
    doses=st.lists(SHOTS, max_size=5).map(tuple),
    infections=st.lists(ILLNESSES, max_size=2).map(tuple),
    pregnant=st.booleans(),
    conditions=st.sampled_from([frozenset(), frozenset({"transplant"}), frozenset({"asthma"})]),
    stances=st.lists(STANCES, max_size=2).map(tuple),
)


@settings(max_examples=400, deadline=None)
@given(FACTS, DAYS)
def test_anybody_is_in_one_state_on_any_day_and_it_changes_on_the_day_that_is_told(
    told: VaccineFacts, on: date
) -> None:
    state = state_of(SCHEDULE, told, on)
    assert "{" not in due_sentence(state)
    change = state.next_change_on
    assert change is None or change > on
    last = change or on + timedelta(1200)
    for day in (on + timedelta(1), on + (last - on) // 2, last - timedelta(1)):
        if on <= day < last:
            assert replace(state_of(SCHEDULE, told, day), next_change_on=None) == replace(state, next_change_on=None)
    if change is not None:
        assert replace(state_of(SCHEDULE, told, change), next_change_on=None) != replace(state, next_change_on=None)


@settings(max_examples=60, deadline=None)
@given(FACTS, st.sampled_from([1971, 1972, 1973, 2004, 2005, 2010, 2017]), st.none() | st.integers(1, 12), DAYS)
def test_a_birth_known_in_part_is_looked_at_again_on_the_very_day(
    told: VaccineFacts, year: int, month: int | None, on: date
) -> None:
    told = replace(told, birth=PartialDate(year, month))
    state, days = state_of(SCHEDULE, told, on), [on + timedelta(at) for at in range(1, 700)]
    same = replace(state, next_change_on=None)
    turned = next((day for day in days if state_on(SCHEDULE, told, day) != same), None)
    assert turned == (state.next_change_on if state.next_change_on in days else None)


@settings(max_examples=200, deadline=None)
@given(FACTS, st.dates(date(2022, 8, 6), date(2023, 1, 1)))
def test_waiting_only_moves_on(told: VaccineFacts, on: date) -> None:
    """Within one rule, one age and with nothing new: not yet, due, overdue."""
    told = replace(told, stances=(), infections=(), pregnant=False, birth=PartialDate(1980, 5, 5))
    told = replace(told, doses=tuple(one for one in told.doses if one.given.latest <= on))
    ranks = {DueKind.NOT_YET: 0, DueKind.DUE: 1, DueKind.OVERDUE: 2, DueKind.COMPLETE: 3}
    seen = [ranks[state_of(SCHEDULE, told, on + timedelta(days)).kind] for days in range(0, 400, 20)]
    assert seen == sorted(seen)


@settings(max_examples=200, deadline=None)
@given(FACTS, SHOTS, DAYS)
def test_one_more_dose_leaves_everybody_in_a_state_and_takes_no_stage_away(
    told: VaccineFacts, more: Shot, on: date
) -> None:
    before, after = (state_of(SCHEDULE, one, on) for one in (told, replace(told, doses=(*told.doses, more))))
    assert after.kind in DueKind
    if not told.doses:
        assert list(Stage).index(after.stage) >= list(Stage).index(before.stage)


@settings(max_examples=200, deadline=None)
@given(FACTS, st.dates(date(1930, 1, 1), date(1971, 3, 8)), DAYS.filter(lambda day: day >= SCHEDULE.first_day))
def test_two_people_with_one_signature_get_one_answer(told: VaccineFacts, born: date, on: date) -> None:
    one, other = PartialDate(1960, 5, 5), PartialDate.of(born)
    if signature(SCHEDULE, one) == signature(SCHEDULE, other):
        found = [state_of(SCHEDULE, replace(told, birth=birth), on) for birth in (one, other)]
        assert found[0] == found[1]
    assert signature(SCHEDULE, one) == ()


@given(st.dates(date(1990, 1, 1), date(2030, 12, 31)), st.integers(0, 400))
def test_an_age_is_reached_on_its_first_day(born: date, months: int) -> None:
    day = age_reached(born, months)
    birth = PartialDate.of(born)
    assert months_on(birth, day) == months
    assert day == born or months_on(birth, day - timedelta(1)) == months - 1


@pytest.mark.parametrize(
    ("said", "more", "since"),
    [
        ("2021 PF", {}, date(2021, 6, 12)),  # the first day of Comirnaty in Việt Nam, by the list of vaccines
        ("2021-06 PF", {}, date(2021, 6, 12)),
        ("2021-07 PF", {}, date(2021, 7, 1)),
        ("2021-03-02 PF", {}, date(2021, 3, 2)),  # a whole day is believed
        ("2021-03 PF", {}, date(2021, 3, 1)),  # so is a month that lies before it altogether
        ("2020 PF", {"abroad": True}, date(2020, 12, 2)),  # nobody in the world had it before
        ("2021 PF", {"abroad": True}, date(2021, 1, 1)),
        ("2021 ?", {}, date(2021, 3, 8)),  # nobody here was vaccinated before
    ],
)
def test_a_dose_known_by_its_year_counts_from_the_first_day_of_its_vaccine(said, more, since) -> None:
    one = shot(said)._replace(**more)
    assert course_in(SCHEDULE, [one], frozenset(), NOW).reached.first == since


def test_a_kept_version_that_still_names_weeks_of_a_pregnancy_is_read():
    for table in load_catalog(resources()).rule_tables(Family.SCHEDULE):
        assert "pregnant_weeks" not in table  # nothing asked for them: the screening sheet does
        assert read_schedule_rule({**table, "pregnant_weeks": 13}) == read_schedule_rule(table)
