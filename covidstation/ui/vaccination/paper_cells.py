"""The cells of a session that is entered from paper: what each is called, when it is asked for, how it is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from functools import partial
from typing import Any, Final, TypeVar

from covidstation.db.queries.vaccine_seats import SeatLine
from covidstation.domain.care import Vitals
from covidstation.domain.dates import read_date
from covidstation.domain.follow_up import months_after
from covidstation.domain.measures import is_whole, measure_text, read_measure, read_pressure
from covidstation.domain.problems import Problem
from covidstation.domain.text import clean, fold
from covidstation.domain.vaccination.screening import ScreeningRule, age_in_years
from covidstation.domain.vaccination.sessions import NoDose
from covidstation.i18n import N_
from covidstation.services.vaccination.paper_rows import WrittenRow
from covidstation.ui.parts.moments import read_clock

T = TypeVar("T")


class PaperCell(StrEnum):
    """In the order of the list on paper."""

    COME = "come"
    TEMPERATURE = "temperature"
    PULSE = "pulse"
    PRESSURE = "pressure"
    WEEKS = "weeks"
    RESULT = "result"
    VIAL = "take"
    AT = "at"
    LEFT = "left_at"
    REACTION = "reaction"
    GUARDIAN = "guardian_name"
    AGAIN = "again_on"
    REASON = "reason"


C = PaperCell
CELLS: Final = tuple(PaperCell)
TITLES: Final[Mapping[PaperCell, str]] = {
    C.COME: N_("Đến"), C.TEMPERATURE: N_("Nhiệt độ"), C.PULSE: N_("Mạch"), C.PRESSURE: N_("Huyết áp"),
    C.WEEKS: N_("Thai"), C.RESULT: N_("Kết quả"), C.VIAL: N_("Lô/lọ"), C.AT: N_("Giờ"), C.LEFT: N_("Giờ về"),
    C.REACTION: N_("Phản ứng"), C.GUARDIAN: N_("Giám hộ, là gì"), C.AGAIN: N_("Khám lại"), C.REASON: N_("Lý do"),
}  # fmt: skip
WIDTHS: Final[Mapping[PaperCell, int]] = {
    C.COME: 46, C.TEMPERATURE: 74, C.PULSE: 54, C.PRESSURE: 78, C.WEEKS: 48, C.RESULT: 66, C.VIAL: 92, C.AT: 56,
    C.LEFT: 60, C.REACTION: 78, C.GUARDIAN: 132, C.AGAIN: 76, C.REASON: 116,
}  # fmt: skip
HINTS: Final[Mapping[PaperCell, str]] = {
    C.COME: N_("Trống: có đến. v: vắng."),
    C.TEMPERATURE: N_("Thân nhiệt liền ba số, ví dụ 367. Giấy có ghi mạch, tuần thai thì Tab tới ô ấy."),
    C.PULSE: N_("Mạch, lần một phút, ví dụ 82."),
    C.PRESSURE: N_("Huyết áp, ví dụ 12080 hoặc 120/80."),
    C.WEEKS: N_("Số tuần thai, ví dụ 16. Trống: không có thai."),
    C.RESULT: N_("Trống: đã tiêm. h hoãn, c chống chỉ định, k không đồng ý, bv chuyển bệnh viện, b bỏ về."),
    C.VIAL: N_("Số lọ, hoặc số lô và số lọ: FK0112/2. Trống: lọ kế tiếp."),
    C.AT: N_("Giờ tiêm, hoặc giờ khám nếu không tiêm: 815."),
    C.LEFT: N_("Giờ về. Trống: lúc hết thời gian theo dõi."),
    C.REACTION: N_("Trống: không có. c: có, ghi biểu hiện sau khi lưu dòng."),
    C.GUARDIAN: N_("Tên người giám hộ, dấu phẩy, là gì của trẻ: Lò Thị Sơ, mẹ."),
    C.AGAIN: N_("Ngày khám lại: 15/3."),
    C.REASON: N_("Vì sao không tiêm, hoặc vì sao vẫn tiêm khi máy hỏi lại."),
}
ENDINGS: Final[Mapping[str, NoDose | None]] = {
    "": None, "t": None, "h": NoDose.DEFERRED, "c": NoDose.CONTRAINDICATED, "k": NoDose.REFUSED,
    "bv": NoDose.HOSPITAL, "b": NoDose.WENT,
}  # fmt: skip
_ABSENT: Final = "v"
_LATER: Final = (NoDose.DEFERRED, NoDose.CONTRAINDICATED)
Texts = Mapping[PaperCell, str]


@dataclass(frozen=True, slots=True)
class Sense:
    """What a row says. `row` None: they did not come, or something cannot be read (`problems`)."""

    row: WrittenRow | None
    problems: tuple[Problem, ...] = ()
    reaction: bool = False


def asked(texts: Texts, line: SeatLine, rule: ScreeningRule, day: date) -> tuple[PaperCell, ...]:
    """Where Enter goes in that row: what the paper of such a person has, in its order."""
    if fold(texts.get(C.COME, "")) == _ABSENT:
        return (C.COME,)
    age = age_in_years(line.birth, day)
    pressure = rule.sheet_for(line.birth, day).wants_pressure(age, ())
    first = (C.COME, C.TEMPERATURE, *((C.PRESSURE,) if pressure else ()), C.RESULT)
    ending = ENDINGS.get(fold(texts.get(C.RESULT, "")))
    if ending is not None:
        return (*first, C.AT, *((C.AGAIN,) if ending in _LATER else ()), C.REASON)
    guardian = (C.GUARDIAN,) if rule.wants_guardian(line.birth, day) else ()
    return (*first, C.VIAL, C.AT, C.LEFT, C.REACTION, *guardian)


def read_row(texts: Texts, day: date) -> Sense:
    """The typed row as a value; each cell that cannot be read is said by its own name."""
    said = {cell: clean(texts.get(cell, "")) for cell in CELLS}
    if said[C.COME]:
        return _absent(said)
    found: list[Problem] = []

    def take(cell: PaperCell, read: Callable[[str], T], none: T, code: str) -> T:
        try:
            return read(said[cell]) if said[cell] else none
        except ValueError:
            found.append(Problem(cell, code))
            return none

    temperature = take(C.TEMPERATURE, partial(read_measure, "temperature"), None, "chronic.measure_unreadable")
    pulse = take(C.PULSE, partial(read_measure, "pulse"), None, "chronic.measure_unreadable")
    weeks = take(C.WEEKS, partial(read_measure, "weeks"), None, "vaccine_session.paper_weeks")
    pressure = take(C.PRESSURE, read_pressure, None, "chronic.measure_unreadable")
    ending = take(C.RESULT, _ending, None, "vaccine_session.paper_result")
    nothing: tuple[str, int | None] = ("", None)
    lot, vial = take(C.VIAL, _vial, nothing, "vaccine_session.paper_vial")
    at = take(C.AT, partial(_hour, day), None, "vaccine_session.paper_hour")
    left = take(C.LEFT, partial(_hour, day), None, "vaccine_session.paper_hour")
    reaction = take(C.REACTION, _yes, False, "vaccine_session.paper_reaction")
    guardian = take(C.GUARDIAN, _guardian, ("", ""), "vaccine_session.paper_guardian")
    again = take(C.AGAIN, partial(_coming, day), None, "vaccine_session.paper_day")
    if found:
        return Sense(None, tuple(found))
    upper, lower = pressure or (None, None)
    vitals = Vitals(temperature=temperature, pulse=pulse, systolic=upper, diastolic=lower)
    row = WrittenRow(
        vitals=vitals, weeks=weeks, ending=ending, lot=lot, vial=vial, at=at, left_at=left, guardian_name=guardian[0],
        guardian_relation=guardian[1], again_on=again, reason=said[C.REASON],
    )  # fmt: skip
    return Sense(row, reaction=reaction and ending is None)


def texts_of(line: SeatLine) -> dict[PaperCell, str]:
    """What a row that is written already says, in the words in which it is typed."""
    seat, dose = line.seat, line.dose
    letters = {one: letter for letter, one in ENDINGS.items() if letter}
    at = seat.injected_at or seat.left_at
    guardian = ", ".join(filter(None, (line.guardian_name, line.guardian_relation)))
    return {
        C.TEMPERATURE: measure_text("temperature", line.vitals),
        C.PULSE: measure_text("pulse", line.vitals),
        C.PRESSURE: measure_text("pressure", line.vitals),
        C.WEEKS: f"{line.weeks}" if line.weeks is not None else "",
        C.RESULT: letters.get(seat.no_dose, "") if seat.no_dose is not None else "",
        C.VIAL: dose.lot_number if dose is not None else "",
        C.AT: f"{at:%H:%M}" if at is not None else "",
        C.LEFT: f"{seat.left_at:%H:%M}" if dose is not None and seat.left_at is not None else "",
        C.GUARDIAN: guardian,
        C.AGAIN: f"{line.again_on:%d/%m}" if line.again_on is not None else "",
        C.REASON: line.no_dose_reason or line.outcome_reason,
    }


def kept_of(line: SeatLine) -> dict[PaperCell, str]:
    """What the desk had measured and heard of somebody who has not had the dose: the paper goes on from there."""
    if line.seat.outcome is None:
        return {}
    known = texts_of(line)
    cells = (C.TEMPERATURE, C.PULSE, C.PRESSURE, C.WEEKS, *((C.GUARDIAN,) if line.guardian_relation else ()))
    return {cell: known[cell] for cell in cells if known[cell]}


def _absent(said: Mapping[PaperCell, str]) -> Sense:
    if fold(said[C.COME]) != _ABSENT:
        return Sense(None, (Problem(C.COME, "vaccine_session.paper_come"),))
    other = any(words for cell, words in said.items() if cell is not C.COME)
    return Sense(None, (Problem(C.COME, "vaccine_session.paper_absent"),) if other else ())


def _ending(text: str) -> NoDose | None:
    if fold(text) not in ENDINGS:
        raise ValueError(text)
    return ENDINGS[fold(text)]


def _yes(text: str) -> bool:
    if fold(text) not in ("c", "co", "k", "khong"):
        raise ValueError(text)
    return fold(text) in ("c", "co")


def _vial(text: str) -> tuple[str, int | None]:
    """`2`, `FK0112/2`, `FK0112`: a lot number is longer than the number of a vial."""
    lot, slash, number = text.rpartition("/")
    if slash and number.isascii() and number.isdigit():
        return lot.strip(), int(number)
    if text.isascii() and text.isdigit() and len(text) <= 3:
        return "", int(text)
    return text, None


def _guardian(text: str) -> tuple[str, str]:
    name, comma, relation = text.rpartition(",")
    if not comma or not name.strip() or not relation.strip():
        raise ValueError(text)
    return name.strip(), relation.strip()


def _hour(day: date, text: str) -> datetime:
    clock: time = read_clock(text)
    return datetime.combine(day, clock)


def _coming(day: date, text: str) -> date:
    """A day after the session: without its year the next such one."""
    return read_date(text, months_after(day, 12))


def columns_of(problem: Problem) -> PaperCell:
    """The cell that a problem of a service belongs to."""
    known: Mapping[str, Any] = {
        "outcome_reason": C.REASON, "guardian_relation": C.GUARDIAN, "people": C.LEFT, "systolic": C.PRESSURE,
        "diastolic": C.PRESSURE, "kind": C.RESULT,
    }  # fmt: skip
    if problem.field in known:
        return C(known[problem.field])
    return next((cell for cell in CELLS if cell.value == problem.field), C.REASON)


def says_all(cell: PaperCell, text: str) -> bool:
    """Whether nothing more can be typed into that cell, so that the hand goes on without Enter."""
    return cell in (C.TEMPERATURE, C.PULSE, C.PRESSURE) and is_whole(cell.value, text)
