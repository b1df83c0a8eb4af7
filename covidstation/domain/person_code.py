"""The code on an invitation: one person of a register, in digits that say nothing of them (docs/adr/0044).

`71`, then 22 digits, then two that check the rest (ISO 7064 MOD 97-10, as in an IBAN): 26 digits, the smallest QR that
stays readable when a quarter of it is lost. Digits alone, because no input method changes a digit that follows digits.
The 22 are the random part of the person's id, without the time that the id begins with.
"""

from __future__ import annotations

import re
from typing import Final
from uuid import UUID

PREFIX: Final = "71"  # of this kind of code, and its version
TAIL: Final = 18  # hexadecimal digits of an id that are random in every version of it: 72 bits
_BODY: Final = 22
LENGTH: Final = len(PREFIX) + _BODY + 2
_OURS: Final = re.compile(PREFIX + "[0-9]{14,62}")  # shorter ones are numbers that people have, longer ones anything
_AROUND: Final = "\ufeff\r\n\t \x00"


class PersonCodeSlip(ValueError):
    """It was such a code, and is not whole: digits are lost, changed or doubled."""


def tail_of(person_id: UUID) -> str:
    """The random digits of an id (RFC 9562): what stands behind the version, and behind the variant."""
    letters = person_id.hex
    return letters[13:16] + letters[17:]


def person_code(person_id: UUID) -> str:
    """What the QR of this person says."""
    head = f"{PREFIX}{int(tail_of(person_id), 16):0{_BODY}}"
    return f"{head}{98 - int(head) * 100 % 97:02}"


def looks_like_person_code(text: str) -> bool:
    """Whether it is meant as such a code; `tail_in` judges."""
    return bool(_OURS.fullmatch(text.strip(_AROUND)))


def tail_in(text: str) -> str | None:
    """The `tail_of` the person whose code this is; None for any other text. Raises PersonCodeSlip."""
    digits = text.strip(_AROUND)
    if not _OURS.fullmatch(digits):
        return None
    tail = int(digits[len(PREFIX) : -2])
    if len(digits) != LENGTH or int(digits) % 97 != 1 or tail >= 16**TAIL:
        raise PersonCodeSlip(digits)
    return f"{tail:0{TAIL}x}"
