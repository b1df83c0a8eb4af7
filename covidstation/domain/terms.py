"""Terms that several rules share."""

from __future__ import annotations

from enum import StrEnum


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
