"""A person of the commune and the checks on what was typed about them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from covidstation.domain.dates import PartialDate


class Sex(StrEnum):
    """As SORMAS names it."""

    MALE = "MALE"
    FEMALE = "FEMALE"
    OTHER = "OTHER"
    UNKNOWN = "UNKNOWN"


class Answer(StrEnum):
    """SORMAS SymptomState and its like: yes, no, or nobody knows."""

    YES = "YES"
    NO = "NO"
    UNKNOWN = "UNKNOWN"


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
    conditions: frozenset[str] = frozenset()  # codes of resources/codes/conditions.csv
    card_extras: str = ""  # fields 8-11 of a 2024 card, raw: their order is not confirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class Person(PersonDraft):
    """A registered person."""

    id: UUID
