"""The number of a vaccine certificate as it stands with a dose: where a paper gives several doses one number, each dose
has it with a mark of its own (`offers`)."""

from __future__ import annotations

import re
from typing import Final

from covidstation.domain.vaccination.doses import DoseDraft

_MARK: Final = re.compile(r" \([0-9/, ]+\)\Z", re.ASCII)
_COMPARED: Final = 100  # letters; the longest are cut to make room for the mark


def bare_number(certificate: str) -> str:
    """Without the mark: what stands on the paper, which is one person's."""
    return _MARK.sub("", certificate)[:_COMPARED]


def around(number: str) -> tuple[str, str]:
    """Between which two texts, by their letters, every number lies whose bare one that is; a few others may, too."""
    return number, number + (" )" if len(number) < _COMPARED else "\U0010ffff")


def same_dose(one: DoseDraft, other: DoseDraft) -> bool:
    """Whether both were read from one place of one certificate. A paper that has got another dose since marks its
    doses: then the day decides, and the number."""
    if not one.certificate or not other.certificate:
        return False
    if one.certificate == other.certificate:
        return True
    numbers = {one.number, other.number} - {None}
    same_paper = bare_number(one.certificate) == bare_number(other.certificate)
    return same_paper and one.given == other.given and len(numbers) < 2
