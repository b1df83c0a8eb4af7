"""Which numbers of a person lists hide, who may see what is sensitive, and why a hidden number is shown."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from covidstation.domain.problems import Problem, too_long

REVEAL_SECONDS: Final = 60
LONGEST_REASON: Final = 200


class HiddenNumber(StrEnum):
    """The numbers that stand masked wherever nobody works with them; values are the fields of a person."""

    CITIZEN = "citizen_number"
    OLD = "old_citizen_number"
    INSURANCE = "insurance_number"


SENSITIVE: Final = frozenset({"ethnic_group"})
"""Fields that Nghị định 356/2025/NĐ-CP counts as sensitive, beside health itself. A register holds no religion."""


class RevealReason(StrEnum):
    """Why somebody needs the whole number."""

    COMPARE = "compare"  # with the card that the person holds out
    PAPER = "paper"  # a paper or a form that asks for it
    INSURANCE = "insurance"
    SYSTEM = "system"  # typed into the national system
    ASKED = "asked"  # the person asked
    OTHER = "other"  # in words


def reason_problems(reason: RevealReason, words: str) -> list[Problem]:
    """Any other reason is said in words."""
    if reason is RevealReason.OTHER and not words:
        return [Problem("words", "privacy.reason_missing")]
    return too_long("words", words, LONGEST_REASON)
