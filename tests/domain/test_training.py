"""The training commune: the same each time, without a fault by the register's own checks, and believable."""

import re
import unicodedata
from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from covidstation.catalog import load_catalog
from covidstation.domain.dates import age_on
from covidstation.domain.episodes import CaseOutcome, check_episode
from covidstation.domain.episodes import TestResult as Result
from covidstation.domain.people import Answer, Sex, check_person
from covidstation.domain.training import training_commune, training_place
from covidstation.paths import resources

TODAY = date(2026, 11, 21)
KINH, THAI, HMONG, DAO, HA_NHI = "01", "03", "08", "09", "35"


@pytest.fixture(scope="module")
def catalog():
    return load_catalog(resources())


@pytest.fixture(scope="module")
def commune(catalog):
    place = training_place(catalog.units, "03517", TODAY)
    return training_commune(5000, 7, TODAY, place, catalog.isolation_rules)


def problems(commune, catalog, today):
    for person in commune.people:
        yield from check_person(
            person.draft,
            today=today,
            provinces=catalog.citizen_provinces,
            ethnic_groups=catalog.ethnic_groups,
            conditions=catalog.conditions,
        )
    for episode in commune.episodes:
        birth = commune.people[episode.person_key].draft.birth
        yield from check_episode(episode.draft, episode.tests, birth=birth, today=today)


def test_same_for_the_same_seed_another_for_another():
    assert training_commune(300, 4, TODAY) == training_commune(300, 4, TODAY)
    assert training_commune(300, 4, TODAY).people != training_commune(300, 5, TODAY).people


@settings(max_examples=25, deadline=None)
@given(
    people=st.integers(1, 400),
    seed=st.integers(0, 2**32),
    today=st.dates(date(2020, 1, 1), date(2031, 12, 31)),
)
def test_exact_size_and_no_problem_on_any_day(people, seed, today):
    lists = load_catalog(resources())
    made = training_commune(people, seed, today)
    assert len(made.people) == people
    assert list(problems(made, lists, today)) == []


def test_no_problem_in_the_large_one(commune, catalog):
    assert list(problems(commune, catalog, TODAY)) == []


@pytest.mark.parametrize("people", [0, -1, 200_001])
def test_impossible_sizes(people):
    with pytest.raises(ValueError, match=str(people)):
        training_commune(people, 1, TODAY)


def test_keys_are_places_and_each_household_has_its_one_head(commune):
    for rows in (commune.people, commune.households, commune.hamlets, commune.sub_points, commune.episodes):
        assert [row.key for row in rows] == list(range(len(rows)))
    heads = Counter(person.household_key for person in commune.people if person.is_head)
    assert heads == {household.key: 1 for household in commune.households}
    for household in commune.households:
        head = commune.people[household.head_key]
        assert head.is_head
        assert head.household_key == household.key
        assert head.hamlet_key == household.hamlet_key
    assert all(hamlet.sub_point_key < len(commune.sub_points) for hamlet in commune.hamlets)
    assert len({hamlet.name for hamlet in commune.hamlets}) == len(commune.hamlets)


def test_codes_are_those_of_the_lists(commune, catalog):
    assert {person.draft.ethnic_group for person in commune.people} == {KINH, THAI, HMONG, DAO, HA_NHI}
    for person in commune.people:
        assert person.draft.conditions <= catalog.conditions.keys()
    for episode in commune.episodes:
        assert episode.draft.symptoms <= catalog.symptoms.keys()


def test_names_follow_each_people(commune):
    shapes = {
        (THAI, Sex.MALE): r"\w+ Văn \w+",
        (THAI, Sex.FEMALE): r"\w+ Thị \w+",
        (HMONG, Sex.MALE): r"\w+ (A|Nhìa|Chứ|Nỏ|Xái|Súa|Chờ|Vảng|Khua) \w+",
        (HMONG, Sex.FEMALE): r"\w+ Thị \w+",
        (DAO, Sex.MALE): r"\w+ \w+ (Tả|Lở|San|Sử|U|Lụ|Xiết|Pết)",
        (DAO, Sex.FEMALE): r"\w+ (Tả|Lở|San|Sử|U|Lụ|Xiết|Pết) Mẩy",
        (HA_NHI, Sex.MALE): r"\w+ \w+ \w+",
        (HA_NHI, Sex.FEMALE): r"\w+ \w+ \w+",
        (KINH, Sex.MALE): r"\w+ \w+ \w+",
        (KINH, Sex.FEMALE): r"\w+ \w+ \w+",
    }
    for person in commune.people:
        name = person.draft.full_name
        assert re.fullmatch(shapes[person.draft.ethnic_group, person.draft.sex], name), name
        assert unicodedata.is_normalized("NFC", name)


def test_ha_nhi_children_bear_their_fathers_last_word(commune):
    fathers = {
        person.household_key: person.draft
        for person in commune.people
        if person.is_head and person.draft.sex is Sex.MALE and person.draft.ethnic_group == HA_NHI
    }
    chained = 0
    for person in commune.people:
        father = fathers.get(person.household_key)
        if father is None or person.is_head or person.draft.sex is not Sex.MALE:
            continue
        chained += person.draft.full_name.split()[:2] == [father.full_name.split()[0], father.full_name.split()[2]]
    assert chained > 20


def test_the_pyramid_of_a_mountain_commune(commune):
    ages = [age_on(person.draft.birth, TODAY) for person in commune.people]
    assert 0.28 < sum(age < 15 for age in ages) / len(ages) < 0.40
    assert 0.05 < sum(age >= 60 for age in ages) / len(ages) < 0.11
    assert max(ages) < 100
    assert 3.5 < len(commune.people) / len(commune.households) < 5.5


def test_numbers_are_unique_and_plainly_invented(commune):
    numbers = [person.draft.citizen_number for person in commune.people if person.draft.citizen_number]
    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"012\d{3}9\d{5}", number) for number in numbers)
    phones = Counter(person.draft.phone for person in commune.people if person.draft.phone)
    assert all(phone.startswith("0500") for phone in phones)
    assert max(phones.values()) > 2
    elders = [person.draft for person in commune.people if age_on(person.draft.birth, TODAY) >= 63]
    assert any(draft.old_citizen_number and not draft.citizen_number for draft in elders)
    assert any(not draft.old_citizen_number and not draft.citizen_number for draft in elders)
    assert any(draft.birth.month is None for draft in elders)


def test_pregnant_women_are_women_of_that_age(commune):
    pregnant = [person.draft for person in commune.people if person.draft.pregnancy is Answer.YES]
    assert pregnant
    assert all(draft.sex is Sex.FEMALE and 15 <= age_on(draft.birth, TODAY) <= 49 for draft in pregnant)


def test_doses_in_order_and_four_weeks_apart(commune):
    for person in commune.people:
        for first, second in zip(person.doses, person.doses[1:], strict=False):
            assert second - first >= timedelta(days=28)
        assert all(day > person.draft.birth.earliest for day in person.doses)


def test_the_wave_of_2022_the_present_one_and_reinfections(commune):
    days = [episode.draft.report_date for episode in commune.episodes]
    assert days == sorted(days)
    wave = [day for day in days if date(2022, 2, 1) <= day <= date(2022, 5, 5)]
    assert 0.08 <= len(wave) / len(commune.people) <= 0.10
    peak = sum(date(2022, 3, 1) <= day <= date(2022, 3, 25) for day in wave)
    assert peak > len(wave) / 2
    assert all(TODAY - timedelta(days=21) < day <= TODAY for day in days if day > date(2022, 12, 31))
    ill = Counter(episode.person_key for episode in commune.episodes)
    assert max(ill.values()) >= 2


@pytest.mark.parametrize("seed", range(5))
def test_some_f0_are_ill_today(seed):
    made = training_commune(5000, seed, TODAY)
    active = sum(episode.draft.outcome is CaseOutcome.NO_OUTCOME for episode in made.episodes)
    assert 22 <= active <= 48


def test_cases_cluster_in_households(commune):
    wave = [episode for episode in commune.episodes if episode.draft.report_date.year == 2022]
    homes = {commune.people[episode.person_key].household_key for episode in wave}
    assert len(homes) < 0.7 * len(wave)


def test_each_course_is_in_order(commune, catalog):
    for episode in commune.episodes:
        draft, tests = episode.draft, episode.tests
        assert tests[0].result is Result.POSITIVE
        assert tests[0].sampled_on == draft.report_date
        assert all(tests[n].sampled_on <= tests[n + 1].sampled_on for n in range(len(tests) - 1))
        assert draft.onset_date is None or draft.onset_date <= draft.report_date
        assert draft.isolation_start.date() >= draft.report_date
        assert draft.outcome_on is None or draft.report_date < draft.outcome_on <= TODAY
        hours = [draft.found_at, draft.proposed_at, draft.decided_at, draft.told_at]
        known = [hour for hour in hours if hour]
        assert known == sorted(known)
        assert bool(known) == (draft.report_date >= date(2026, 7, 1))
        if draft.isolation_rule:
            rule = next(rule for rule in catalog.isolation_rules if rule.id == draft.isolation_rule)
            assert rule.on(draft.report_date)
            assert draft.isolation_days in (
                rule.days,
                rule.days_still_positive,
                rule.days_still_positive_unvaccinated,
            )


def test_nobody_falls_ill_after_death(commune):
    died = {e.person_key: e.draft.outcome_on for e in commune.episodes if e.draft.outcome is CaseOutcome.DECEASED}
    for episode in commune.episodes:
        assert episode.person_key not in died or episode.draft.report_date <= died[episode.person_key]


def test_the_place_comes_from_the_unit_table(catalog):
    place = training_place(catalog.units, "03517", TODAY)
    assert (place.kind, place.name, place.old_district, place.province) == ("Xã", "Nậm Tăm", "Sìn Hồ", "Lai Châu")
    assert place.citizen_prefix == "012"
    assert training_place(catalog.units, "05977", TODAY).citizen_prefix == "020"
    with pytest.raises(KeyError):
        training_place(catalog.units, "99999", TODAY)


def test_the_head_of_station_has_the_title_of_the_day():
    assert training_commune(10, 1, date(2022, 3, 1)).staff.head_title == "Trưởng trạm"
    assert training_commune(10, 1, TODAY).staff.head_title == "Giám đốc"
