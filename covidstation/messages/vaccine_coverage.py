"""The words of coverage and targets of vaccination."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final

from covidstation.domain.age_groups import AgeSpan
from covidstation.domain.vaccination.coverage import CoverageRule, Level
from covidstation.domain.vaccination.goals import Meant
from covidstation.domain.vaccination.plan import Draw, Stock
from covidstation.i18n import N_, _, date_text

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


def risk_words(rule: CoverageRule, source: str, say: Callable[[str], str] = _) -> str:
    """Who is at risk by that rule, and where it is from, as a window (its title) or paper (its source) says it; a rule
    that nobody has held against the circular says so."""
    who = say(_RISK_OR_ILL if rule.risk_diseases else _RISK).format(age=rule.risk_age)
    words = say(N_("({source}.)") if rule.confirmed else N_("(Chưa xác nhận: {source}.)"))
    return f"{who} {words.format(source=source)}"


_RISK_OR_ILL: Final = N_("Người nguy cơ: từ {age} tuổi hoặc có bệnh nền.")
_RISK: Final = N_("Người nguy cơ: từ {age} tuổi.")


def meant_words(meant: Meant, group: str, hamlet: str, say: Callable[[str], str] = _) -> str:
    """Whom a target means; `group` and `hamlet` as they are called."""
    ages = ""
    last = None if meant.end_age is None else meant.end_age - 1
    if meant.first_age is not None and last is not None:
        ages = say(_BETWEEN).format(first=meant.first_age, last=last)
    elif meant.first_age is not None:
        ages = say(_FROM).format(first=meant.first_age)
    elif last is not None:
        ages = say(_UNTIL).format(last=last)
    return ", ".join(filter(None, (ages, group, hamlet))) or say(_ALL)


def place_words(name: str, *, ended: bool, say: Callable[[str], str] = _) -> str:
    """A hamlet in a target: also one that is no longer in use, whose name may not be known."""
    if not ended:
        return name
    return f"{name} ({say(_ENDED)})" if name else say(_ENDED)


def gone_group(code: str, *, say: Callable[[str], str] = _) -> str:
    """A priority group in a target that the list no longer has."""
    return say(_GONE_GROUP).format(group=code)


_GONE_GROUP: Final = N_("{group} (danh sách nhóm không còn)")
_ENDED: Final = N_("bản đã nhập hoặc giải thể")
_BETWEEN: Final = N_("{first}–{last} tuổi")
_FROM: Final = N_("từ {first} tuổi")
_UNTIL: Final = N_("đến {last} tuổi")
_ALL: Final = N_("Cả xã")


def draw_words(draw: Draw, name: str, today: date, say: Callable[[str], str] = _) -> str:
    """`Comirnaty lô FK0112: 60 liều, hạn 14/04/2022 (còn 35 ngày)`."""
    lot = draw.lot
    words = say(_LOT).format(name=name, lot=lot.number or "—", n=draw.doses)
    if lot.expiry is None:
        return words
    return words + say(_EXPIRY).format(day=date_text(lot.expiry), n=(lot.expiry - today).days)


def unused_words(
    unused: Sequence[Draw], name: Callable[[Stock], str], today: date, say: Callable[[str], str] = _
) -> str:
    """Which lots expire before anybody needs them; empty for none."""
    if not unused:
        return ""
    lots = "; ".join(draw_words(one, name(one.lot), today, say) for one in unused)
    return say(_UNUSED).format(lots=lots)


_LOT: Final = N_("{name} lô {lot}: {n} liều")
_EXPIRY: Final = N_(", hạn {day} (còn {n} ngày)")
_UNUSED: Final = N_("Sẽ hết hạn khi chưa dùng hết: {lots}")


def span_words(span: AgeSpan) -> str:
    """A band of full years, as paper says it."""
    first, end = span
    if end is None:
        return f"Từ {first} tuổi"
    if not first:
        return f"Dưới {end} tuổi"
    return f"{first} tuổi" if first == end - 1 else f"{first}–{end - 1} tuổi"
