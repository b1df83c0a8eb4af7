"""Why somebody is due, or not: the sentence of a state of the vaccination schedule (`domain.vaccination.states`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from covidstation.domain.vaccination.doses import DoseClass
from covidstation.domain.vaccination.states import DueKind, Mark, NextDose, VaccineState, Why
from covidstation.i18n import N_, _, date_text

KINDS: Final[Mapping[DueKind, str]] = {
    DueKind.DUE: N_("Đến hạn"),
    DueKind.OVERDUE: N_("Quá hạn"),
    DueKind.NOT_YET: N_("Chưa đến hạn"),
    DueKind.DEFERRED: N_("Trì hoãn"),
    DueKind.CONTRAINDICATED: N_("Chống chỉ định"),
    DueKind.REFUSED: N_("Từ chối"),
    DueKind.COMPLETE: N_("Đủ mũi"),
    DueKind.NOT_ELIGIBLE: N_("Chưa thuộc diện"),
    DueKind.UNKNOWN: N_("Cần hỏi thêm"),
}
"""What each state is called."""
_HEADS: Final[Mapping[DueKind, str]] = {
    DueKind.DUE: N_("{dose} đến hạn từ {due}."),
    DueKind.OVERDUE: N_("{dose} quá hạn từ {since}; được tiêm từ {due}."),
    DueKind.NOT_YET: N_("{dose} được tiêm từ {due}."),
}
_WHYS: Final[Mapping[Why, str]] = {
    Why.FIRST: N_("Chưa tiêm mũi nào ({band})."),
    Why.GAP: N_("Mũi trước ngày {last}, cách ít nhất {gap}."),
    Why.INFECTION: N_("Mắc COVID-19 ngày {ill}, đợi {months} tháng."),
    Why.OFFERED: N_("Mũi này chỉ tiêm từ ngày đó."),
    Why.AGE: N_("Từ ngày đó thuộc nhóm tuổi: {band}."),
    Why.AGAIN: N_("Mũi ngày {last} sớm hơn {least} ngày sau mũi trước nên không tính, phải tiêm lại."),
    Why.DAY_UNSURE: N_("Mũi trước chỉ biết {last}: hỏi rõ ngày, có thể đã đến hạn."),
    Why.YOUNG: N_("Chưa đến tuổi; sẽ thuộc nhóm: {band}."),
    Why.NO_SCHEDULE: N_("Chưa có lịch tiêm cho tuổi này."),
    Why.ELSEWHERE: N_("Trạm không quản lý người này."),
    Why.BIRTH_MISSING: N_("Chưa có ngày sinh. Hỏi để biết lịch tiêm."),
    Why.BIRTH_UNSURE: N_("Ngày sinh chỉ ghi {birth}: hỏi rõ ngày để biết lịch tiêm."),
    Why.ILL: N_("Đang là F0 từ {ill}. Khỏi bệnh rồi tiêm; xem lại ngày {again}."),
    Why.PREGNANT_VACCINE: N_(
        "Đang mang thai, vắc xin của mũi sau không dùng cho người mang thai. Hỏi tuyến trên; xem lại ngày {again}."
    ),
    Why.STANCE: N_("{reason}."),
    Why.NO_OTHER: N_("Chống chỉ định với vắc xin của mũi sau ({reason}). Hỏi tuyến trên về vắc xin khác."),
    Why.NO_VACCINE: N_("Lịch không nói mũi này dùng vắc xin nào. Hỏi tuyến trên."),
    Why.TOLD: N_("Hỏi thêm: phiếu F0 ghi {doses} mũi, sổ tiêm chưa có."),
    Why.TOLD_MORE: N_("Hỏi thêm: phiếu F0 ghi {doses} mũi, sổ tiêm mới có {book}."),
    Why.DONE: N_("Đã đủ các mũi theo lịch."),
    Why.NOTHING_MORE: N_("Ở nhóm tuổi này không còn kịp mũi nào; nhóm tuổi sau không cần thêm."),
}


_STEPS: Final[Mapping[DueKind, str]] = {
    DueKind.DUE: N_("Mời tiêm"),
    DueKind.OVERDUE: N_("Mời tiêm"),
    DueKind.NOT_YET: N_("Chờ đến ngày"),
    DueKind.DEFERRED: N_("Khám lại"),
    DueKind.REFUSED: N_("Đến nhà giải thích"),
    DueKind.CONTRAINDICATED: N_("Hỏi tuyến trên"),
    DueKind.UNKNOWN: N_("Hỏi lại người dân"),
}
_AT_HOME: Final = N_("Tiêm tại nhà")


def step_words(kind: DueKind, said: str, away: bool, say: Callable[[str], str] = _) -> str:
    """What is to be done next about somebody: what was `said`, else what their list asks for; at home for who is `away`
    and may be given the dose."""
    if said:
        return said
    if away and kind in (DueKind.DUE, DueKind.OVERDUE):
        return say(_AT_HOME)
    step = _STEPS.get(kind, "")
    return say(step) if step else ""


_DOSES: Final[Mapping[DoseClass, str]] = {
    DoseClass.PRIMARY: N_("Mũi {number}"),
    DoseClass.ADDITIONAL: N_("Mũi bổ sung"),
    DoseClass.BOOSTER: N_("Mũi nhắc lại {number}"),
}
_OTHER_FROM: Final = N_("Được dùng {other} từ {other_on}.")
_MONTHS: Final = N_("{months} tháng")
_DAYS: Final = N_("{days} ngày")
Say = Callable[[str], str]


def as_written(words: str) -> str:
    """For paper, which is in Vietnamese whatever language the window speaks."""
    return words


def dose_words(dose: NextDose, say: Say = _) -> str:
    """`Mũi 2`, `Mũi bổ sung`, `Mũi nhắc lại 1`."""
    return say(_DOSES.get(dose.dose_class, _DOSES[DoseClass.PRIMARY])).format(number=dose.number)


def barred_words(names: Iterable[str], say: Say = _) -> str:
    """Which vaccines somebody must not be given, whatever else may; empty for none."""
    barred = ", ".join(names)
    return say(_BARRED).format(names=barred) if barred else ""


def mark_words(state: VaccineState, say: Say = _) -> str:
    """What whoever goes there has to know of somebody beside the schedule: that they cannot come, that they expect a
    child."""
    return " ".join(say(words) for mark, words in _MARKS.items() if mark in state.marks)


_BARRED: Final = N_("Chống chỉ định: {names}.")
_MARKS: Final[Mapping[Mark, str]] = {
    Mark.CANNOT_TRAVEL: N_("Không thể đến điểm tiêm."),
    Mark.PREGNANT: N_("Mang thai: hỏi tuần thai."),
}


def due_sentence(state: VaccineState, say: Say = _) -> str:
    """Which dose, from when, and why: what the nurse tells the person."""
    head = _HEADS.get(state.kind) if state.next and state.due_on else None
    told = ""
    if head and state.next and state.due_on:
        since = date_text(state.since) if state.since else ""
        told = say(head).format(dose=dose_words(state.next, say), due=date_text(state.due_on), since=since)
    return f"{told} {due_reason(state, say)}".strip()


def due_reason(state: VaccineState, say: Say = _) -> str:
    """Why alone, for a cell beside the dose and its day."""
    params = dict(state.params)
    if "months" in params:
        params["gap"] = say(_MONTHS).format(months=params["months"])
    elif "days" in params:
        params["gap"] = say(_DAYS).format(days=params["days"])
    params["reason"] = params.get("reason", "").rstrip(". ")
    words = say(_WHYS[state.why]).format_map(params)
    return f"{words} {say(_OTHER_FROM).format_map(params)}" if "other_on" in params else words
