"""The words of the chronic register: results, places, habits, replies, how late somebody is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covidstation.db.queries.chronic import ChronicLine
from covidstation.domain.chronic import RemovedReason
from covidstation.domain.chronic_visits import (
    Ability,
    Adherence,
    ChronicVisit,
    Habit,
    VisitPlace,
    body_mass,
    measure_words,
    tenths_text,
)
from covidstation.domain.glucose import GlucoseKind, glucose_text
from covidstation.domain.targets import Result, TargetRule
from covidstation.domain.terms import Answer
from covidstation.i18n import N_, _, date_text
from covidstation.services.chronic.calls import Reply
from covidstation.ui.look.tokens import Tone

RESULTS: Final[Mapping[Result, tuple[str, Tone]]] = {
    Result.CONTROLLED: (N_("Đạt"), "green"),
    Result.NOT: (N_("Chưa đạt"), "red"),
    Result.UNKNOWN: (N_("Chưa đủ số đo"), "grey"),
}
PLACES: Final[Mapping[VisitPlace, str]] = {
    VisitPlace.STATION: N_("tại trạm"),
    VisitPlace.HOME: N_("tại nhà"),
    VisitPlace.PHONE: N_("qua điện thoại"),
}
GLUCOSE_KINDS: Final[Mapping[GlucoseKind, str]] = {
    GlucoseKind.FASTING: N_("lúc đói"),
    GlucoseKind.TWO_HOURS: N_("2 giờ sau ăn"),
    GlucoseKind.RANDOM: N_("bất kỳ"),
}
ADHERENCES: Final[Mapping[Adherence, str]] = {
    Adherence.UNKNOWN: "",
    Adherence.GOOD: N_("uống đều"),
    Adherence.PARTLY: N_("hay quên"),
    Adherence.STOPPED: N_("bỏ thuốc"),
}
HABITS: Final[Mapping[Habit, str]] = {
    Habit.UNKNOWN: "",
    Habit.NO: N_("không"),
    Habit.FORMER: N_("đã bỏ"),
    Habit.SOMETIMES: N_("thỉnh thoảng"),
    Habit.DAILY: N_("hằng ngày"),
}
ABILITIES: Final[Mapping[Ability, str]] = {
    Ability.UNKNOWN: "",
    Ability.GOOD: N_("tốt"),
    Ability.WEAK: N_("kém"),
    Ability.POOR: N_("rất kém"),
}
ANSWERS: Final[Mapping[Answer, str]] = {Answer.UNKNOWN: "", Answer.YES: N_("có"), Answer.NO: N_("không")}
REASONS: Final[Mapping[RemovedReason, str]] = {
    RemovedReason.LEFT: N_("chuyển đi"),
    RemovedReason.DIED: N_("đã mất"),
    RemovedReason.PRIVATE: N_("khám nơi khác"),
    RemovedReason.REFUSED: N_("không muốn theo dõi"),
    RemovedReason.JOINED: N_("cùng bệnh với một dòng khác"),
    RemovedReason.WRONG: N_("không mắc bệnh này"),
    RemovedReason.OTHER: N_("lý do khác"),
}
REPLIES: Final[Mapping[Reply, str]] = {
    Reply.AGREED: N_("hẹn đến khám ngày"),
    Reply.LATER: N_("nhờ gọi lại ngày"),
    Reply.NO_ANSWER: N_("không nghe máy"),
    Reply.WRONG_NUMBER: N_("sai số điện thoại"),
    Reply.PRIVATE: N_("đang khám nơi khác, thôi theo dõi"),
    Reply.LEFT: N_("đã chuyển đi, thôi theo dõi"),
    Reply.REFUSED: N_("không muốn theo dõi nữa"),
    Reply.DIED: N_("đã mất"),
    Reply.OTHER: N_("thôi theo dõi, lý do khác"),
}
_CALLS: Final[Mapping[str, str]] = {
    "REACHED": N_("đã gọi {day}"),
    "NO_ANSWER": N_("gọi {day} không nghe"),
    "WRONG_NUMBER": N_("sai số, cần đến nhà"),
}


def late_words(line: ChronicLine, rule: TargetRule) -> tuple[str, Tone]:
    """How long the day of the next visit has passed, by the steps of the rule; a day to come as it is."""
    if line.late is None:
        return (_("chưa hẹn"), "orange") if line.codes else ("", "plain")
    if line.late <= 0:
        day = line.due_on or line.next_on
        return (_("hẹn {day}").format(day=date_text(day)) if day else "", "plain")
    words = _("quá {n} ngày").format(n=line.late)
    if line.late > rule.lost_days:
        return _("mất dấu {n} ngày").format(n=line.late), "red"
    return words, "red" if line.late > rule.long_days else "orange"


def call_words(line: ChronicLine) -> str:
    """What the last call said, and the day agreed on; days without their year."""
    said = _(_CALLS[line.call_result]) if line.call_result in _CALLS else ""
    day = f"{line.called_on:%d/%m}" if line.called_on else ""
    agreed = line.due_on is not None and line.called_on is not None and line.due_on != line.next_on
    until = _("hẹn {day}").format(day=f"{line.due_on:%d/%m}") if agreed else ""
    return ", ".join(filter(None, (said.format(day=day), until)))


def measured_words(visit: ChronicVisit) -> str:
    """`150/95 · mạch 78 · 7,2 mmol/L lúc đói · HbA1c 6,8 % · 62,5 kg, BMI 25`."""
    bmi = body_mass(visit.weight, visit.height)
    parts = [
        f"{visit.systolic}/{visit.diastolic}" if visit.systolic is not None else "",
        _("mạch {n}").format(n=visit.pulse) if visit.pulse is not None else "",
        glucose_words(visit),
        f"HbA1c {measure_words('hba1c', visit.hba1c)}" if visit.hba1c is not None else "",
        measure_words("weight", visit.weight) if visit.weight is not None else "",
        f"BMI {tenths_text(bmi)}" if bmi is not None else "",
        _("bụng {value}").format(value=measure_words("waist", visit.waist)) if visit.waist is not None else "",
    ]
    return " · ".join(filter(None, parts))


def glucose_words(visit: ChronicVisit) -> str:
    """`7,2 mmol/L lúc đói`."""
    if visit.glucose is None:
        return ""
    return f"{glucose_text(visit.glucose, visit.glucose_unit)} {_(GLUCOSE_KINDS[visit.glucose_kind])}"


def said_words(visit: ChronicVisit) -> str:
    """What was said at a visit besides the numbers."""
    elder = visit.elder
    told = [
        visit.sentence,
        visit.symptoms,
        visit.complications,
        _(ADHERENCES[visit.adherence]),
        _("chuyển {place}: {why}").format(place=visit.referred_to, why=visit.referred_reason)
        if visit.referred_to
        else "",
        _("tuyến trên: {words}").format(words=visit.back) if visit.back else "",
        _("sống một mình") if elder.alone is Answer.YES else "",
        _("yếu, cần đến nhà") if elder.frail is Answer.YES else "",
        visit.note,
    ]
    return " · ".join(filter(None, told))
