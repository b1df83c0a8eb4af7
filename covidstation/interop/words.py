"""The Vietnamese words of the exported resources: always the same, whatever language the window speaks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covidstation.domain.care import CallResult, RiskClass, VisitMeans, VisitStatus
from covidstation.domain.episodes import QuarantineType, TestKind, TestResult

TESTS: Final[Mapping[TestKind, str]] = {
    TestKind.RAPID_ANTIGEN: "Test nhanh kháng nguyên SARS-CoV-2",
    TestKind.PCR_RT_PCR: "PCR SARS-CoV-2",
}
RESULTS: Final[Mapping[TestResult, str]] = {
    TestResult.POSITIVE: "Dương tính",
    TestResult.NEGATIVE: "Âm tính",
    TestResult.INDETERMINATE: "Không rõ",
}
RISKS: Final[Mapping[RiskClass, str]] = {
    RiskClass.LOW: "Nguy cơ thấp",
    RiskClass.MEDIUM: "Nguy cơ trung bình",
    RiskClass.HIGH: "Nguy cơ cao",
    RiskClass.VERY_HIGH: "Nguy cơ rất cao",
}
NOT_MET: Final[Mapping[VisitStatus, str]] = {
    VisitStatus.UNAVAILABLE: "Không gặp được",
    VisitStatus.UNCOOPERATIVE: "Không hợp tác",
}
NOT_REACHED: Final[Mapping[CallResult, str]] = {
    CallResult.NO_ANSWER: "Không nghe máy",
    CallResult.WRONG_NUMBER: "Sai số",
}
MEANS: Final[Mapping[VisitMeans, str]] = {VisitMeans.VISIT: "Đến nhà", VisitMeans.PHONE: "Gọi điện"}
PLACES: Final[Mapping[QuarantineType, str]] = {
    QuarantineType.HOME: "Tại nhà",
    QuarantineType.INSTITUTIONELL: "Tại cơ sở cách ly",
    QuarantineType.HOSPITAL: "Tại bệnh viện",
    QuarantineType.NONE: "Không cách ly",
    QuarantineType.OTHER: "Nơi khác",
}
