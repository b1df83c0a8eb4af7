"""A person of the commune and the checks on what was typed about them."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from covidstation.domain.citizen import check_citizen_number, check_insurance_number, check_old_number
from covidstation.domain.dates import PartialDate, age_on
from covidstation.domain.phones import NO_PREFIXES, check_phone
from covidstation.domain.problems import Problem
from covidstation.domain.terms import Answer as Answer
from covidstation.domain.terms import Sex as Sex
from covidstation.domain.text import NAME_LIMIT, TEXT_LIMIT, clean

OLDEST: Final = 120  # years; above, somebody surely typed another year
IMPOSSIBLE_AGE: Final = 150
PREGNANCY_AGES: Final = range(10, 61)
CODE_LIMIT: Final = 40  # letters of a code
_LIMITS: Final = {
    "ethnic_group": CODE_LIMIT,
    "address_printed": TEXT_LIMIT,
    "address_unit": CODE_LIMIT,
    "address_detail": TEXT_LIMIT,
    "occupation": NAME_LIMIT,
    "workplace": NAME_LIMIT,
    "father_name": NAME_LIMIT,
    "mother_name": NAME_LIMIT,
    "card_extras": TEXT_LIMIT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonDraft:
    """What a form, a card or an import says of a person; text is NFC, squeezed, as typed."""

    full_name: str = ""
    birth: PartialDate | None = None
    sex: Sex = Sex.UNKNOWN
    citizen_number: str = ""  # 12 digits
    old_citizen_number: str = ""  # 9 digits
    insurance_number: str = ""  # 10 digits, or 15 signs
    phone: str = ""  # digits, 0 first
    ethnic_group: str = ""  # code of resources/codes/ethnic_groups.csv
    hamlet_id: UUID | None = None
    household_id: UUID | None = None
    address_printed: str = ""  # as on the card
    address_unit: str = ""  # commune code of the current address
    address_detail: str = ""  # house, street within the hamlet
    pregnancy: Answer = Answer.UNKNOWN
    conditions: frozenset[str] = frozenset()  # codes of resources/rules/conditions.toml
    citizen_issued_on: date | None = None  # of the card that bears the citizen number
    breastfeeding: Answer = Answer.UNKNOWN
    occupation: str = ""
    workplace: str = ""  # as a sick-leave paper names it
    father_name: str = ""
    mother_name: str = ""
    card_extras: str = ""  # fields 8-11 of a 2024 card, raw: their order is not confirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(PersonDraft):
    """A registered person."""

    id: UUID


def check_person(
    draft: PersonDraft,
    *,
    today: date,
    provinces: Container[str],
    ethnic_groups: Container[str],
    conditions: Container[str],
    phone_prefixes: Mapping[str, str] = NO_PREFIXES,
) -> list[Problem]:
    """All that is wrong or odd in a draft, in the order of the form.

    `provinces` are the three-digit codes of citizen numbers; `ethnic_groups` and `conditions` the known codes;
    `phone_prefixes` the old mobile prefixes with their new ones.
    """
    return [
        *_check_name(draft.full_name),
        *_check_birth(draft.birth, today),
        *_check_sex(draft.sex),
        *check_citizen_number(draft.citizen_number, draft.birth, draft.sex, provinces),
        *check_old_number(draft.old_citizen_number),
        *check_insurance_number(draft.insurance_number),
        *check_phone(draft.phone, phone_prefixes),
        *_check_codes(draft, ethnic_groups, conditions),
        *_check_lengths(draft),
        *_check_pregnancy(draft, today),
    ]


def _check_name(name: str) -> list[Problem]:
    shown = clean(name)
    if not shown:
        return [Problem("full_name", "people.name_missing")]
    if len(shown) > NAME_LIMIT:
        return [Problem("full_name", "people.name_long", {"count": str(len(shown)), "most": str(NAME_LIMIT)})]
    if not any(char.isalpha() for char in shown):
        return [Problem("full_name", "people.name_letters")]
    if any(char.isdecimal() for char in shown):
        return [Problem("full_name", "people.name_digits", level="warning")]
    return []


def _check_birth(birth: PartialDate | None, today: date) -> list[Problem]:
    if birth is None:
        return [Problem("birth", "people.birth_missing", level="warning")]
    if birth.earliest > today:
        return [Problem("birth", "people.birth_future", {"birth": birth.text()})]
    age = age_on(birth, today)
    if age > IMPOSSIBLE_AGE:
        return [Problem("birth", "people.birth_impossible", {"birth": birth.text(), "age": str(age)})]
    if age > OLDEST:
        return [Problem("birth", "people.birth_old", {"birth": birth.text(), "age": str(age)}, "warning")]
    return []


def _check_sex(sex: Sex) -> list[Problem]:
    return [Problem("sex", "people.sex_missing", level="warning")] if sex is Sex.UNKNOWN else []


def _check_codes(draft: PersonDraft, ethnic_groups: Container[str], conditions: Container[str]) -> list[Problem]:
    """Codes that this version does not know are kept: a newer station may have written them."""
    found = []
    if draft.ethnic_group and draft.ethnic_group not in ethnic_groups:
        found.append(Problem("ethnic_group", "people.ethnic_unknown", {"code": draft.ethnic_group}, "warning"))
    unknown = sorted(code for code in draft.conditions if code not in conditions)
    if unknown:
        params = {"codes": ", ".join(unknown)}
        found.append(Problem("conditions", "people.conditions_unknown", params, "warning"))
    return found


def _check_lengths(draft: PersonDraft) -> list[Problem]:
    found = [
        Problem(field, "people.text_long", {"count": str(len(text)), "most": str(most)})
        for field, most in _LIMITS.items()
        if len(text := getattr(draft, field)) > most
    ]
    longest = max(map(len, draft.conditions), default=0)
    if longest > CODE_LIMIT:
        found.append(Problem("conditions", "people.text_long", {"count": str(longest), "most": str(CODE_LIMIT)}))
    return found


def _check_pregnancy(draft: PersonDraft, today: date) -> list[Problem]:
    if draft.pregnancy is not Answer.YES:
        return []
    if draft.sex is Sex.MALE:
        return [Problem("pregnancy", "people.pregnant_man", level="warning")]
    if draft.birth is not None and age_on(draft.birth, today) not in PREGNANCY_AGES:
        return [Problem("pregnancy", "people.pregnant_age", {"age": str(age_on(draft.birth, today))}, "warning")]
    return []
