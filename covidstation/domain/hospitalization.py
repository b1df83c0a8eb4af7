"""A transfer to a higher level and the return from it: what is written, and what cannot be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from covidstation.domain.care import Vitals
from covidstation.domain.episodes import NOTE_LIMIT
from covidstation.domain.problems import Problem
from covidstation.domain.text import TEXT_LIMIT, clean

_MEASURES: Final = {
    "temperature": "nhiệt độ",
    "spo2": "SpO2",
    "pulse": "mạch",
    "breaths": "nhịp thở",
    "systolic": "huyết áp tối đa",
    "diastolic": "huyết áp tối thiểu",
}


class FacilityLevel(StrEnum):
    """The level that a person was sent to."""

    DISTRICT = "DISTRICT"
    PROVINCE = "PROVINCE"
    CENTRAL = "CENTRAL"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferDraft:
    """What the form says. `state` is that at leaving, `course` the illness so far; both go onto the referral."""

    left_at: datetime | None = None
    facility: str = ""
    level: FacilityLevel | None = None
    reason: str = ""
    state: str = ""
    course: str = ""
    treatment: str = ""
    transport: str = ""
    escort: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transfer(TransferDraft):
    """A transfer as it is kept."""

    id: UUID
    episode_id: UUID
    by_name: str = ""
    returned_at: datetime | None = None
    return_note: str = ""
    voided_at: datetime | None = None

    @property
    def away(self) -> bool:
        """Gone, and not back."""
        return self.returned_at is None and self.voided_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnDraft:
    """Coming home: the isolation goes on there, or the person comes home recovered."""

    returned_at: datetime | None = None
    note: str = ""
    recovered: bool = False


def check_transfer(
    draft: TransferDraft,
    *,
    now: datetime,
    begun: datetime | None,
    others: Sequence[Transfer] = (),
    died_on: date | None = None,
) -> list[Problem]:
    """All that is wrong with a transfer. `now` and `begun` (the illness's first hour) are the station's wall clock."""
    found = []
    if draft.left_at is None:
        found.append(Problem("left_at", "care.left_missing"))
    elif draft.left_at > now:
        found.append(Problem("left_at", "care.future", {"moment": _moment(draft.left_at)}))
    elif begun and draft.left_at < begun:
        found.append(Problem("left_at", "care.before_illness", {"begun": f"{begun:%d/%m/%Y}"}))
    elif died_on and draft.left_at.date() > died_on:
        found.append(Problem("left_at", "care.left_after_death", {"died": f"{died_on:%d/%m/%Y}"}))
    elif (back := _last_return(others)) and draft.left_at < back:
        found.append(Problem("left_at", "care.left_before_return", {"moment": _moment(back)}))
    if not clean(draft.facility):
        found.append(Problem("facility", "care.facility_missing"))
    if not clean(draft.reason):
        found.append(Problem("reason", "care.transfer_reason_missing"))
    return found + _long(draft)


def check_return(
    draft: ReturnDraft, transfer: Transfer, *, now: datetime, died_on: date | None = None
) -> list[Problem]:
    """All that is wrong with a return."""
    back = draft.returned_at
    if back is None:
        return [Problem("returned_at", "care.return_missing")]
    if back > now:
        return [Problem("returned_at", "care.future", {"moment": _moment(back)})]
    if transfer.left_at and back < transfer.left_at:
        return [Problem("returned_at", "care.return_early", {"moment": _moment(transfer.left_at)})]
    if died_on and back.date() > died_on:
        return [Problem("returned_at", "care.return_after_death", {"died": f"{died_on:%d/%m/%Y}"})]
    return [_too_long("note", draft.note, TEXT_LIMIT)] if len(draft.note) > TEXT_LIMIT else []


def state_words(vitals: Vitals, symptoms: Iterable[str], at: datetime) -> str:
    """The newest check as a referral says it: `06:50 10/03: nhiệt độ 38,4 °C, SpO2 93 %; khó thở.`

    `symptoms` are labels. A referral is Vietnamese whatever the windows speak, so these words are not translated.
    """
    pressure = f"{vitals.systolic}/{vitals.diastolic}" if vitals.systolic and vitals.diastolic else ""
    tenths = vitals.temperature
    parts = [
        f"nhiệt độ {tenths // 10},{tenths % 10} °C" if tenths is not None else "",
        f"SpO2 {vitals.spo2} %" if vitals.spo2 is not None else "",
        f"mạch {vitals.pulse} lần/phút" if vitals.pulse is not None else "",
        f"nhịp thở {vitals.breaths} lần/phút" if vitals.breaths is not None else "",
        f"huyết áp {pressure} mmHg" if pressure else "",
    ]
    measured = ", ".join(filter(None, parts))
    said = ", ".join(one.lower() for one in symptoms)
    words = "; ".join(filter(None, (measured, said)))
    return f"{at:%H:%M %d/%m}: {words}." if words else ""


def reason_words(signs: Iterable[tuple[str, str]]) -> str:
    """The open danger signs as the reason of a transfer: `Có dấu hiệu nặng: nhịp thở 24 lần/phút, SpO2 93 %.`

    Each is a measure (a field of Vitals, or `symptom`) and its value as people say it.
    """
    said = dict.fromkeys(_sign_words(measure, value) for measure, value in signs)
    return f"Có dấu hiệu nặng: {', '.join(said)}." if said else ""


def _sign_words(measure: str, value: str) -> str:
    """`nhịp thở 24 lần/phút`; a symptom's label without the capital that it has at the head of a line."""
    name = _MEASURES.get(measure)
    return f"{name} {value}" if name else value[:1].lower() + value[1:]


def course_words(
    *, onset: date | None, found: date | None, symptoms: Iterable[str], doses: int | None, conditions: Iterable[str]
) -> str:
    """The illness so far, as a referral says it, in labels. What is not known is left out."""
    said, diseases = ", ".join(one.lower() for one in symptoms), ", ".join(one.lower() for one in conditions)
    parts = (
        f"Khởi phát {onset:%d/%m/%Y}" if onset else "",
        f"Xét nghiệm SARS-CoV-2 dương tính {found:%d/%m/%Y}" if found else "",
        f"Triệu chứng: {said}" if said else "",
        f"Đã tiêm {doses} mũi vắc xin COVID-19" if doses is not None else "",
        f"Bệnh nền: {diseases}" if diseases else "",
    )
    return ". ".join(filter(None, parts)) + "." if any(parts) else ""


def _last_return(others: Sequence[Transfer]) -> datetime | None:
    return max((one.returned_at for one in others if one.returned_at and one.voided_at is None), default=None)


def _long(draft: TransferDraft) -> list[Problem]:
    short = ("facility", "transport", "escort")
    long = ("reason", "state", "course", "treatment")
    limits = dict.fromkeys(short, TEXT_LIMIT) | dict.fromkeys(long, NOTE_LIMIT)
    return [
        _too_long(name, getattr(draft, name), most) for name, most in limits.items() if len(getattr(draft, name)) > most
    ]


def _too_long(field: str, text: str, most: int) -> Problem:
    return Problem(field, "episodes.text_long", {"count": str(len(text)), "most": str(most)})


def _moment(moment: datetime) -> str:
    return f"{moment:%H:%M %d/%m/%Y}"
