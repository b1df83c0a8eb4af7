"""A believable commune for training, the same for the same size, seed and day; nobody in it is real."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from random import Random
from typing import Final

from covidstation.domain.people import Sex
from covidstation.domain.rules import IsolationRule
from covidstation.domain.training_episodes import fall_ill
from covidstation.domain.training_names import (
    HMONG,
    KINH,
    SHARES,
    THAI,
    family_name,
    hamlet_names,
    person_name,
)
from covidstation.domain.training_people import Registry, settle
from covidstation.domain.training_shapes import (
    TrainingCommune,
    TrainingEpisode,
    TrainingHamlet,
    TrainingHousehold,
    TrainingPerson,
    TrainingPlace,
    TrainingStaff,
    TrainingSubPoint,
)
from covidstation.domain.units import Unit, Units

PEOPLE_PER_HAMLET: Final = 330
MOST_PEOPLE: Final = 200_000
LAST_DAY_OF_DISTRICTS: Final = date(2025, 6, 30)
DIRECTOR_FROM: Final = date(2026, 1, 1)  # TT 43/2025/TT-BYT: the head of a station is its Giám đốc
SUB_POINTS: Final = ("Nậm Cha", "Pa Khóa", "Noong Hẻo", "Pu Sam Cáp", "Ma Quai", "Lùng Thàng")

__all__ = [
    "TrainingCommune",
    "TrainingEpisode",
    "TrainingHamlet",
    "TrainingHousehold",
    "TrainingPerson",
    "TrainingPlace",
    "TrainingStaff",
    "TrainingSubPoint",
    "training_commune",
    "training_place",
]


def training_place(units: Units, code: str, today: date) -> TrainingPlace:
    """The place of a training commune that bears this code today. Raises KeyError for an unknown code."""
    unit = units.find(code, today)
    if unit is None or not unit.province:
        raise KeyError(code)
    before: Unit | None = units.find(code, LAST_DAY_OF_DISTRICTS)
    district = units.find(before.district, LAST_DAY_OF_DISTRICTS) if before else None
    province = units.find(unit.province, today)
    return TrainingPlace(
        code=code,
        kind=unit.kind,
        name=unit.name,
        old_district=district.name if district else "",
        province=province.name if province else "",
        # Citizen numbers keep the provinces of before July 2025.
        citizen_prefix=f"0{before.province if before else unit.province}",
    )


def _hamlets(rng: Random, people: int, sub_points: int) -> tuple[TrainingHamlet, ...]:
    count = max(3, round(people / PEOPLE_PER_HAMLET))
    groups = rng.choices(list(SHARES), list(SHARES.values()), k=count)
    groups[: min(count, len(SHARES))] = list(SHARES)[:count]  # each people has a hamlet
    rng.shuffle(groups)
    names = hamlet_names(rng, groups)
    return tuple(
        TrainingHamlet(key=key, name=name, sub_point_key=key * sub_points // count, ethnic_group=group)
        for key, (name, group) in enumerate(zip(names, groups, strict=True))
    )


def _staff(rng: Random, place: TrainingPlace, today: date) -> TrainingStaff:
    def someone(group: str, sex: Sex) -> str:
        return person_name(rng, group, sex, family_name(rng, group), 0, 25)

    return TrainingStaff(
        station_name=f"Trạm Y tế {place.kind.lower()} {place.name}",
        head_name=someone(THAI, Sex.FEMALE),
        head_title="Giám đốc" if today >= DIRECTOR_FROM else "Trưởng trạm",
        chairman_name=someone(HMONG, Sex.MALE),
        chairman_title="Chủ tịch",
        place_name=place.name,
        user_names=(someone(THAI, Sex.FEMALE), someone(KINH, Sex.FEMALE), someone(HMONG, Sex.MALE)),
    )


def training_commune(
    people: int,
    seed: int,
    today: date,
    place: TrainingPlace | None = None,
    rules: Sequence[IsolationRule] = (),
) -> TrainingCommune:
    """A commune of exactly that many people, 1 to 200,000; ValueError for another number.

    `rules` name the isolation rule of each episode; the days themselves do not depend on them.
    """
    if not 1 <= people <= MOST_PEOPLE:
        raise ValueError(people)
    place = place or TrainingPlace()
    rng = Random(f"{seed}/{people}/{today.isoformat()}/{place.code}")
    staff = _staff(rng, place, today)
    names = SUB_POINTS[: max(1, min(len(SUB_POINTS), people // 2000))]
    sub_points = tuple(TrainingSubPoint(key=key, name=f"Điểm trạm {name}") for key, name in enumerate(names))
    hamlets = _hamlets(rng, people, len(sub_points))
    households, persons = settle(Registry(rng, today, place), hamlets, people)
    return TrainingCommune(
        place=place,
        staff=staff,
        sub_points=sub_points,
        hamlets=hamlets,
        households=tuple(households),
        people=tuple(persons),
        episodes=tuple(fall_ill(rng, today, place, persons, rules)),
    )
