"""What the codes of an illness are called on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

from covidstation.domain.care import CallResult, RiskClass, VisitMeans
from covidstation.domain.dates import PartialDate, age_on, months_on
from covidstation.domain.episodes import (
    CaseClassification,
    CaseOutcome,
    EndOfIsolationReason,
    PathogenTest,
    QuarantineType,
    TestKind,
    TestResult,
)
from covidstation.domain.people import Answer, Sex
from covidstation.i18n import N_, _, date_text
from covidstation.ui.look.tokens import Tone

_MONTHS_TOLD: Final = 24
TEST_KINDS: Final[Mapping[TestKind, str]] = {
    TestKind.RAPID_ANTIGEN: N_("Test nhanh kháng nguyên"),
    TestKind.PCR_RT_PCR: N_("PCR"),
}
TEST_RESULTS: Final[Mapping[TestResult, str]] = {
    TestResult.POSITIVE: N_("dương tính"),
    TestResult.NEGATIVE: N_("âm tính"),
    TestResult.INDETERMINATE: N_("không rõ"),
    TestResult.PENDING: N_("chờ kết quả"),
}
CLASSES: Final[Mapping[CaseClassification, str]] = {
    CaseClassification.CONFIRMED: N_("Xác định"),
    CaseClassification.CONFIRMED_NO_SYMPTOMS: N_("Xác định, không triệu chứng"),
    CaseClassification.PROBABLE: N_("Có thể"),
    CaseClassification.SUSPECT: N_("Nghi ngờ"),
    CaseClassification.NOT_CLASSIFIED: N_("Chưa phân loại"),
    CaseClassification.NO_CASE: N_("Không phải ca bệnh"),
}
PLACES: Final[Mapping[QuarantineType, str]] = {
    QuarantineType.HOME: N_("Tại nhà"),
    QuarantineType.INSTITUTIONELL: N_("Cơ sở cách ly tập trung"),
    QuarantineType.HOSPITAL: N_("Bệnh viện"),
    QuarantineType.OTHER: N_("Nơi khác"),
    QuarantineType.NONE: N_("Không cách ly"),
}
OUTCOMES: Final[Mapping[CaseOutcome, str]] = {
    CaseOutcome.NO_OUTCOME: N_("Đang theo dõi"),
    CaseOutcome.RECOVERED: N_("Khỏi bệnh"),
    CaseOutcome.DECEASED: N_("Tử vong"),
    CaseOutcome.UNKNOWN: N_("Không rõ"),
}
END_REASONS: Final[Mapping[EndOfIsolationReason, str]] = {
    EndOfIsolationReason.RECOVERED: N_("khỏi bệnh"),
    EndOfIsolationReason.DIED: N_("tử vong"),
    EndOfIsolationReason.LOST_TO_FOLLOW_UP: N_("mất liên lạc"),
    EndOfIsolationReason.OTHER: N_("lý do khác"),
}
SEXES: Final[Mapping[Sex, str]] = {Sex.MALE: N_("Nam"), Sex.FEMALE: N_("Nữ"), Sex.OTHER: N_("Khác"), Sex.UNKNOWN: ""}
ANSWERS: Final[Mapping[Answer, str]] = {
    Answer.YES: N_("có"),
    Answer.NO: N_("không"),
    Answer.UNKNOWN: N_("chưa hỏi"),
}
CALL_RESULTS: Final[Mapping[CallResult, str]] = {
    CallResult.REACHED: N_("Gọi được"),
    CallResult.NO_ANSWER: N_("Không nghe máy"),
    CallResult.WRONG_NUMBER: N_("Sai số"),
}
MEANS: Final[Mapping[VisitMeans, str]] = {VisitMeans.VISIT: N_("Đến nhà"), VisitMeans.PHONE: N_("Gọi điện")}
RISKS: Final[Mapping[RiskClass, str]] = {
    RiskClass.LOW: N_("Thấp"),
    RiskClass.MEDIUM: N_("Trung bình"),
    RiskClass.HIGH: N_("Cao"),
    RiskClass.VERY_HIGH: N_("Rất cao"),
}
RISK_TONES: Final[Mapping[RiskClass, Tone]] = {
    RiskClass.LOW: "green",
    RiskClass.MEDIUM: "yellow",
    RiskClass.HIGH: "orange",
    RiskClass.VERY_HIGH: "red",
}


def test_words(test: PathogenTest) -> str:
    """`Test nhanh kháng nguyên dương tính`."""
    return _("{kind} {result}").format(kind=_(TEST_KINDS[test.kind]), result=_(TEST_RESULTS[test.result]))


def span(first: date, last: date) -> str:
    """`10/03 – 16/03/2022`, the first year too when it is another one."""
    start = f"{first:%d/%m}" if first.year == last.year else date_text(first)
    return f"{start} – {date_text(last)}"


def age_words(birth: PartialDate, day: date) -> str:
    """`67 tuổi`; of a child under two whose month of birth is known `8 tháng tuổi`."""
    months = months_on(birth, day)
    if birth.month is not None and 0 <= months < _MONTHS_TOLD:
        return _("{count} tháng tuổi").format(count=months)
    return _("{age} tuổi").format(age=age_on(birth, day))


def dose_words(count: int) -> str:
    """`2 mũi`, `chưa tiêm`."""
    return _("{count} mũi").format(count=count) if count else _("chưa tiêm")


def said(text: str) -> str:
    """The word in the language in use; an empty one stays empty."""
    return _(text) if text else ""
