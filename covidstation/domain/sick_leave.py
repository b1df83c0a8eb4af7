"""The certificate of sick leave for social insurance (giấy chứng nhận nghỉ việc hưởng BHXH): what is typed for it.

Until 30/6/2025 by Thông tư 56/2017/TT-BYT, Phụ lục 7; since 1/7/2025 by Thông tư 25/2025/TT-BYT, Phụ lục II, Mẫu số 07.
Both forms have the same rules, which the packs hold as dated data: the first day off is the day of the examination,
so many days at most, both parents for a small child.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from covidstation.domain.problems import Problem
from covidstation.domain.text import clean, fold


@dataclass(frozen=True, slots=True, kw_only=True)
class SickLeave:
    """The examination and the days off that it gives; texts as they stand on the paper."""

    exam_on: date | None = None
    days: int | None = None
    diagnosis: str = ""
    treatment: str = ""
    practitioner: str = ""  # the second signature
    serial: str = ""  # "Số seri", where the insurance gives blank forms with one

    @property
    def until(self) -> date | None:
        """The last day off; the first one is the day of the examination."""
        return self.exam_on + timedelta(days=self.days - 1) if self.exam_on and self.days else None


@dataclass(frozen=True, slots=True)
class Signer:
    """Someone whose signature is registered with the social insurance, under that code."""

    name: str
    code: str = ""


def read_signers(text: str) -> tuple[Signer, ...]:
    """The station's setting: a line for each, `name | code`."""
    found = []
    for line in text.splitlines():
        name, _bar, code = line.partition("|")
        if clean(name):
            found.append(Signer(clean(name), clean(code)))
    return tuple(found)


def signers_text(signers: Iterable[Signer]) -> str:
    """The same the other way; a bar or a break in a name would cut it, so they become spaces."""
    rows = ((clean(one.name.replace("|", " ")), clean(one.code.replace("|", " "))) for one in signers)
    return "\n".join(f"{name} | {code}" for name, code in rows if name)


def is_registered(name: str, signers: Iterable[Signer]) -> bool:
    """Whether that name is among them, whatever its spaces and capitals."""
    return bool(name) and any(fold(one.name) == fold(name) for one in signers)


def leave_problems(leave: SickLeave, *, issued_on: date, most: int | None) -> list[Problem]:
    """What forbids those days, and what is asked back; what is merely missing is not named here."""
    found = []
    if leave.exam_on and leave.exam_on > issued_on:
        found.append(Problem("exam_date", "paper.leave_ahead"))
    elif leave.exam_on and leave.exam_on < issued_on:
        found.append(Problem("exam_date", "paper.leave_past", level="warning"))
    if leave.days is not None and leave.days < 1:
        found.append(Problem("leave_days", "paper.leave_none"))
    if leave.days is not None and most is not None and leave.days > most:
        found.append(Problem("leave_days", "paper.leave_long", {"most": str(most)}))
    return found
