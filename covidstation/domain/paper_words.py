"""How papers write numbers, days, hours and people (Nghị định 30/2020/NĐ-CP, Phụ lục I).

`*_WORDS` stand in sentences and lists; `*_SHORT` in narrow columns; `*_ANSWERS` are what may be answered on the
national system's case report (Mẫu 01, Phụ lục I, QĐ 97/QĐ-PB, known from a database's description of it).
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final

from covidstation.domain.care import FoundIn, Level, RiskClass
from covidstation.domain.dates import PartialDate, age_on
from covidstation.domain.episodes import CaseOutcome, TestKind, TestResult
from covidstation.domain.people import Sex
from covidstation.domain.vaccination.doses import DoseSource

# Papers are Vietnamese whatever the language of the windows: these words are never translated.
SEX_WORDS: Final = {Sex.MALE: "Nam", Sex.FEMALE: "Nữ", Sex.OTHER: "Khác", Sex.UNKNOWN: ""}
SEX_INLINE: Final = {Sex.MALE: "nam", Sex.FEMALE: "nữ", Sex.OTHER: "", Sex.UNKNOWN: ""}  # "67 tuổi, nam, 52 kg"
TEST_WORDS: Final = {
    TestKind.RAPID_ANTIGEN: "xét nghiệm nhanh kháng nguyên SARS-CoV-2",
    TestKind.PCR_RT_PCR: "xét nghiệm RT-PCR SARS-CoV-2",
}
RESULT_WORDS: Final = {
    TestResult.POSITIVE: "dương tính",
    TestResult.NEGATIVE: "âm tính",
    TestResult.INDETERMINATE: "chưa xác định",
    TestResult.PENDING: "chưa có kết quả",
}
TEST_SHORT: Final = {TestKind.RAPID_ANTIGEN: "Test nhanh", TestKind.PCR_RT_PCR: "PCR"}
RESULT_ANSWERS: Final = {
    TestResult.POSITIVE: "Dương tính",
    TestResult.NEGATIVE: "Âm tính",
    TestResult.INDETERMINATE: "Nghi ngờ",
    TestResult.PENDING: "Chưa có",
}
DOSE_TOLD_WORDS: Final = {DoseSource.SAID: "theo lời kể", DoseSource.CARD: "theo giấy đã xem"}
RISK_WORDS: Final = {
    RiskClass.LOW: "Nguy cơ thấp",
    RiskClass.MEDIUM: "Nguy cơ trung bình",
    RiskClass.HIGH: "Nguy cơ cao",
    RiskClass.VERY_HIGH: "Nguy cơ rất cao",
}
RISK_SHORT: Final = {
    RiskClass.LOW: "Thấp",
    RiskClass.MEDIUM: "Trung bình",
    RiskClass.HIGH: "Cao",
    RiskClass.VERY_HIGH: "Rất cao",
}
LEVEL_WORDS: Final = {
    Level.NORMAL: "Ổn định",
    Level.WATCH: "Cần theo dõi",
    Level.DANGER: "Có dấu hiệu nguy hiểm",
}
OUTCOME_WORDS: Final = {
    CaseOutcome.NO_OUTCOME: "Đang theo dõi",
    CaseOutcome.RECOVERED: "Khỏi",
    CaseOutcome.DECEASED: "Tử vong",
    CaseOutcome.UNKNOWN: "Mất liên lạc",
}
OUTCOME_ANSWERS: Final = {
    **OUTCOME_WORDS,
    CaseOutcome.NO_OUTCOME: "Đang điều trị",
    CaseOutcome.UNKNOWN: "Không rõ",
}
FOUND_ANSWERS: Final = {
    FoundIn.COMMUNITY: "Cộng đồng",
    FoundIn.QUARANTINE: "Người tiếp xúc, khu cách ly",
    FoundIn.ENTRY: "Nhập cảnh, về từ vùng dịch",
    FoundIn.SCREENING: "Sàng lọc",
}
CHILD_BELOW: Final = 16  # years; from then on a person is ông or bà on a decision


def number_text(number: int) -> str:
    """A paper's number with the leading zero below ten (NĐ 30/2020, Phụ lục I, phần I, mục II.3)."""
    return f"{number:02d}"


def number_symbol(number: str, symbol: str) -> str:
    """`05/QĐ-UBND`."""
    return f"{number}/{symbol}"


def date_words(day: date) -> str:
    """`ngày 05 tháng 01 năm 2022`: a leading zero for days below 10 and months 1 and 2 alone (same, II.4)."""
    month = f"{day.month:02d}" if day.month <= 2 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def place_date(place: str, day: date) -> str:
    """`Nậm Tăm, ngày 10 tháng 3 năm 2022`."""
    return f"{place}, {date_words(day)}"


def time_words(clock: time) -> str:
    """`07 giờ`, `07 giờ 30 phút`."""
    return f"{clock.hour:02d} giờ" + (f" {clock.minute:02d} phút" if clock.minute else "")


def moment_words(moment: datetime | None) -> str:
    """`05 giờ 40 phút ngày 10 tháng 7 năm 2026`, empty for none."""
    return f"{time_words(moment.time())} {date_words(moment.date())}" if moment else ""


def birth_words(birth: PartialDate | None) -> str:
    """`ngày 03/02/1955`, `tháng 02/1955` or `năm 1955`."""
    if birth is None:
        return ""
    return f"{'ngày' if birth.day else 'tháng' if birth.month else 'năm'} {birth.text()}"


def honorific(birth: PartialDate | None, sex: Sex, day: date) -> str:
    """How a decision speaks of a person of that age and sex on that day."""
    if birth is not None and age_on(birth, day) < CHILD_BELOW:
        return "cháu"
    return {Sex.MALE: "ông", Sex.FEMALE: "bà"}.get(sex, "ông (bà)")
