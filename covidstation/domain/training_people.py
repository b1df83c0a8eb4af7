"""Households of the training commune: three generations under one roof, numbers that fit one another."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from covidstation.domain.dates import PartialDate, age_on
from covidstation.domain.people import Answer, PersonDraft, Sex
from covidstation.domain.training_names import (
    DAO,
    HA_NHI,
    HMONG,
    KINH,
    SHARES,
    FamilyName,
    children_of,
    family_name,
    person_name,
)
from covidstation.domain.training_shapes import (
    TrainingHamlet,
    TrainingHousehold,
    TrainingPerson,
    TrainingPlace,
)

HEAD_AGES: Final = ((20, 24, 8), (25, 29, 17), (30, 34, 18), (35, 44, 26), (45, 54, 18), (55, 64, 9), (65, 84, 4))
BIRTHS: Final = {KINH: 2, HMONG: 4, DAO: 3, HA_NHI: 3}  # usual number of children, else 3
CONDITIONS: Final = (  # code, share under 40, 40-59, 60 and over
    ("hypertension", 0.002, 0.10, 0.38),
    ("diabetes", 0.001, 0.03, 0.09),
    ("chronicPulmonaryDisease", 0.001, 0.012, 0.06),
    ("cardiovascularDisease", 0.001, 0.01, 0.05),
    ("cerebrovascularDisease", 0.0, 0.004, 0.03),
    ("asthma", 0.008, 0.01, 0.015),
    ("chronicLiverDisease", 0.002, 0.02, 0.02),
    ("chronicKidneyDisease", 0.001, 0.005, 0.012),
    ("substanceUseDisorder", 0.006, 0.012, 0.004),
    ("chronicBloodDisease", 0.004, 0.002, 0.001),
    ("malignancy", 0.0002, 0.003, 0.008),
    ("obesity", 0.004, 0.01, 0.006),
)
DOSE_ROUNDS: Final = (  # youngest and oldest age then, first day, days the round took, share that came
    (18, 130, date(2021, 8, 2), 70, 0.95),
    (18, 130, date(2021, 10, 25), 50, 0.97),
    (18, 130, date(2022, 1, 24), 130, 0.82),
    (50, 130, date(2022, 7, 4), 80, 0.72),
    (12, 17, date(2021, 11, 29), 25, 0.95),
    (12, 17, date(2022, 1, 10), 30, 0.95),
    (5, 11, date(2022, 4, 18), 50, 0.85),
    (5, 11, date(2022, 7, 4), 60, 0.85),
)


@dataclass(slots=True)
class Member:
    """A person while the household is being put together."""

    name: str
    sex: Sex
    age: int
    group: str
    is_head: bool = False


@dataclass(slots=True)
class Registry:
    """Numbers already given; each series is plainly one of a training register."""

    rng: Random
    today: date
    place: TrainingPlace
    serials: dict[str, int] = field(default_factory=dict)

    def next_serial(self, series: str) -> int:
        """1, 2, 3… within a series."""
        self.serials[series] = self.serials.get(series, 0) + 1
        return self.serials[series]

    def citizen_number(self, birth: PartialDate, sex: Sex) -> str:
        """Province, century and sex, year, six digits from 900001 on."""
        century = (birth.year // 100 - 19) * 2 + (sex is Sex.FEMALE)
        start = f"{self.place.citizen_prefix}{century}{birth.year % 100:02d}"
        return f"{start}{900_000 + self.next_serial(start):06d}"

    def phone(self) -> str:
        """0500…: shaped like a mobile number, of no network."""
        return f"0500{self.next_serial('phone'):06d}"

    def insurance_number(self, group: str, age: int) -> str:
        """The 10 digits of a new card or the 15 signs of an old one."""
        number = f"99{self.next_serial('insurance'):08d}"
        if self.rng.random() < 0.7:
            return number
        kind = "TE1" if age < 6 else "GD4" if group == KINH else self.rng.choice(("DT2", "DK2", "HN2", "CN3"))
        return f"{kind}{self.place.citizen_prefix[1:]}{number}"


def _banded(rng: Random, bands: tuple[tuple[int, int, int], ...]) -> int:
    low, high, _ = rng.choices(bands, [band[2] for band in bands])[0]
    return rng.randint(low, high)


def _sex(rng: Random) -> Sex:
    return Sex.MALE if rng.random() < 0.51 else Sex.FEMALE


def _children(rng: Random, group: str, father: str, mother_age: int) -> list[Member]:
    """Those still at home of a mother of that age; grown daughters marry out, most grown sons build a house."""
    family = children_of(rng, father)
    wished = max(1, BIRTHS.get(group, 3) + rng.choice((-1, 0, 0, 0, 1)))
    at_birth = rng.randint(18, 24)
    found: list[Member] = []
    orders = {Sex.MALE: 0, Sex.FEMALE: 0}
    for _ in range(wished):
        age = mother_age - at_birth
        at_birth += rng.randint(2, 5)
        if age < 0 or at_birth > 46:
            break
        sex = _sex(rng)
        order = orders[sex]
        orders[sex] += 1
        if age >= (18 if sex is Sex.FEMALE else 21) and rng.random() < (0.9 if sex is Sex.FEMALE else 0.7):
            continue
        name = person_name(rng, group, sex, family, order, age)
        while any(name == other.name for other in found) and group != DAO:
            name = person_name(rng, group, sex, family, order, age)
        found.append(Member(name, sex, age, group))
    return found


def _married_in(rng: Random, group: str, sex: Sex, age: int) -> Member:
    """A spouse, of the same people nine times in ten."""
    own = group if rng.random() < 0.92 else rng.choices(list(SHARES), list(SHARES.values()))[0]
    name = person_name(rng, own, sex, family_name(rng, own), rng.randint(0, 3), age)
    return Member(name, sex, age, own)


def _parents(rng: Random, group: str, head: Member, family: FamilyName) -> list[Member]:
    """The head's old parents, where they live and live here."""
    found: list[Member] = []
    if head.age > 60 or rng.random() > 0.34:
        return found
    father_age = head.age + rng.randint(20, 30)
    if father_age < 92 and rng.random() < 1.25 - father_age / 90:
        name = person_name(
            rng, group, Sex.MALE, replace(family_name(rng, group), surname=family.surname), 0, father_age
        )
        if group == HA_NHI and head.sex is Sex.MALE:
            # The son's middle word is the father's last one.
            name = " ".join((*name.split()[:-1], head.name.split()[1]))
        found.append(Member(name, Sex.MALE, father_age, group))
    mother_age = father_age - rng.randint(-2, 5)
    if mother_age >= head.age + 16 and rng.random() < 1.4 - mother_age / 100:
        found.append(_married_in(rng, group, Sex.FEMALE, min(mother_age, 98)))
    return found


def _family(rng: Random, group: str) -> list[Member]:
    """One household, the head first."""
    age = _banded(rng, HEAD_AGES)
    sex = Sex.MALE if rng.random() < 0.88 else Sex.FEMALE
    family = family_name(rng, group)
    head = Member(person_name(rng, group, sex, family, rng.randint(0, 3), age), sex, age, group, True)
    members = [head]
    # A woman heads a household as a widow or alone: no husband, the children bear their father's name.
    father, mother_age = head.name, age
    if sex is Sex.MALE and rng.random() < 0.93:
        wife = _married_in(rng, group, Sex.FEMALE, max(18, age - rng.randint(-2, 5)))
        members.append(wife)
        mother_age = wife.age
    elif sex is Sex.FEMALE:
        father = person_name(rng, group, Sex.MALE, family_name(rng, group), 0, age + 2)
    if len(members) == 2 or sex is Sex.FEMALE:
        children = _children(rng, group, father, mother_age)
        members += children
        members += _young_couple(rng, group, children)
    return members + _parents(rng, group, head, family)


def _young_couple(rng: Random, group: str, children: list[Member]) -> list[Member]:
    """The wife and children of the eldest grown son who stayed."""
    for son in children:
        if son.sex is Sex.MALE and son.age >= 20 and rng.random() < 0.85:
            wife = _married_in(rng, group, Sex.FEMALE, max(18, son.age - rng.randint(0, 3)))
            return [wife, *_children(rng, group, son.name, wife.age)]
    return []


def _birth(rng: Random, today: date, age: int) -> PartialDate:
    """A birth for that age; of some of the old only the year is known."""
    if age >= 60 and rng.random() < 0.25:
        return PartialDate(today.year - age)
    latest = date(today.year - age, today.month, min(today.day, 28))
    day = latest - timedelta(days=rng.randrange(0, 365))
    if age >= 60 and rng.random() < 0.06:
        return PartialDate(day.year, day.month)
    return PartialDate.of(day)


def _conditions(rng: Random, age: int) -> frozenset[str]:
    if age < 15:
        return frozenset(("childhoodCondition",)) if rng.random() < 0.006 else frozenset()
    column = 1 if age < 40 else 2 if age < 60 else 3
    return frozenset(str(row[0]) for row in CONDITIONS if rng.random() < float(row[column]))


def _pregnancy(rng: Random, sex: Sex, age: int) -> Answer:
    if sex is not Sex.FEMALE or not 15 <= age <= 49:
        return Answer.UNKNOWN
    return Answer.YES if 17 <= age <= 42 and rng.random() < 0.05 else Answer.NO


def _identity(book: Registry, draft: PersonDraft, age: int, printed: str) -> PersonDraft:
    """Numbers as people of that age have them: some of the old only the 9 digits, or none."""
    rng, chance = book.rng, book.rng.random()
    old = f"045{900_000 + book.next_serial('old'):06d}" if age >= 30 and rng.random() < 0.6 else ""
    if age >= 62 and chance < 0.12:
        return replace(draft, old_citizen_number=f"045{900_000 + book.next_serial('old'):06d}")
    if chance < (0.18 if age >= 62 else 0.03) or (age < 1 and chance < 0.3) or draft.birth is None:
        return draft
    number = book.citizen_number(draft.birth, draft.sex)
    return replace(draft, citizen_number=number, old_citizen_number=old, address_printed=printed if age >= 14 else "")


def _doses(rng: Random, birth: PartialDate, today: date) -> tuple[date, ...]:
    """Days of the doses taken in the rounds of 2021-2022 that a person of that birth was called to."""
    if rng.random() < 0.05:
        return ()
    found: list[date] = []
    missed = 0  # who missed a round of his age comes to no later one
    for youngest, oldest, first, length, share in DOSE_ROUNDS:
        day = first + timedelta(days=rng.randrange(length))
        if day > today or missed or not youngest <= age_on(birth, first) <= oldest:
            continue
        if rng.random() > share or (found and day < found[-1] + timedelta(days=28)):
            missed += 1
            continue
        found.append(day)
    return tuple(sorted(found))


def _printed(rng: Random, place: TrainingPlace, hamlet: TrainingHamlet) -> str:
    """The address on a card of before July 2025, or of after."""
    if place.old_district and rng.random() < 0.7:
        return f"{hamlet.name}, {place.name}, {place.old_district}, {place.province}"
    return f"{hamlet.name}, {place.kind} {place.name}, {place.province}"


def settle(
    book: Registry, hamlets: tuple[TrainingHamlet, ...], people: int
) -> tuple[list[TrainingHousehold], list[TrainingPerson]]:
    """Households until the commune has exactly that many people."""
    rng = book.rng
    households: list[TrainingHousehold] = []
    found: list[TrainingPerson] = []
    in_hamlet = [0] * len(hamlets)
    while len(found) < people:
        hamlet = hamlets[rng.randrange(len(hamlets))]
        in_hamlet[hamlet.key] += 1
        key, head_key = len(households), len(found)
        address = f"Nhà số {in_hamlet[hamlet.key]}"
        households.append(TrainingHousehold(key=key, hamlet_key=hamlet.key, address=address, head_key=head_key))
        group = hamlet.ethnic_group if rng.random() < 0.95 else rng.choice(list(SHARES))
        family = _family(rng, group)[: people - len(found)]
        shared = book.phone() if rng.random() < 0.86 else ""
        printed = _printed(rng, book.place, hamlet)
        for member in family:
            found.append(_person(book, member, len(found), households[-1], shared, printed))
    return households, found


def _person(
    book: Registry, member: Member, key: int, household: TrainingHousehold, shared: str, printed: str
) -> TrainingPerson:
    rng, today = book.rng, book.today
    birth = _birth(rng, today, member.age)
    age = age_on(birth, today)
    own_phone = not member.is_head and 16 <= age < 60 and rng.random() < 0.45
    draft = PersonDraft(
        full_name=member.name,
        birth=birth,
        sex=member.sex,
        insurance_number=book.insurance_number(member.group, age) if rng.random() < 0.93 else "",
        phone=book.phone() if own_phone else shared,
        ethnic_group=member.group,
        address_unit=book.place.code,
        address_detail=household.address,
        pregnancy=_pregnancy(rng, member.sex, age),
        conditions=_conditions(rng, age),
    )
    return TrainingPerson(
        key=key,
        draft=_identity(book, draft, age, printed),
        household_key=household.key,
        hamlet_key=household.hamlet_key,
        is_head=member.is_head,
        doses=_doses(rng, birth, today),
    )
