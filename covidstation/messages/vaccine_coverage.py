"""The words of coverage and targets of vaccination."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from covidstation.domain.age_groups import AgeSpan
from covidstation.domain.vaccination.coverage import Level
from covidstation.i18n import N_

LEVEL_WORDS: Final[Mapping[Level, str]] = {
    Level.FIRST: N_("Ít nhất 1 mũi"),
    Level.BASIC: N_("Đủ mũi cơ bản"),
    Level.ADDED: N_("Mũi bổ sung"),
    Level.BOOSTER: N_("Nhắc lại 1"),
    Level.BOOSTER2: N_("Nhắc lại 2"),
}
"""What is reached."""
SENTENCES: Final[Mapping[str, str]] = {
    "vaccine_target.one_goal": N_("Ghi phần trăm hoặc số người cần đạt, một trong hai."),
    "vaccine_target.percent": N_("Phần trăm từ 1 đến 100."),
    "vaccine_target.count": N_("Số người phải lớn hơn 0."),
    "vaccine_target.ages": N_("Tuổi cuối phải lớn hơn tuổi đầu. Để trống nếu không giới hạn."),
    "vaccine_target.given_future": N_("Ngày giao chưa đến. Xem lại ngày trên văn bản."),
    "vaccine_target.turned": N_("Hạn đạt trước ngày giao. Xem lại hai ngày."),
    "vaccine_target.far": N_("Hạn đạt xa quá ba năm. Xem lại năm."),
    "vaccine_target.hamlet": N_("Bản này không còn trong danh sách. Chọn bản khác."),
    "vaccine_target.unknown": N_("Không tìm thấy chỉ tiêu này. Tải lại danh sách."),
    "vaccine_target.closed": N_("Chỉ tiêu này đã đóng."),
}


def percent_text(tenths: int | None) -> str:
    """`74,9 %`; a dash of nobody."""
    return "–" if tenths is None else f"{tenths // 10},{tenths % 10}\u00a0%"


def span_words(span: AgeSpan) -> str:
    """A band of full years, as paper says it."""
    first, end = span
    if end is None:
        return f"Từ {first} tuổi"
    if not first:
        return f"Dưới {end} tuổi"
    return f"{first} tuổi" if first == end - 1 else f"{first}–{end - 1} tuổi"
