"""How the rounds are named on pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Final

from covidstation.catalog import Catalog
from covidstation.db.queries.rounds import said_age
from covidstation.domain.care import AlertAnswer, Round, VisitStatus
from covidstation.domain.dates import PartialDate
from covidstation.domain.monitoring import Mark, half_days
from covidstation.i18n import N_, _, language

ROUNDS: Final[Mapping[Round, str]] = {
    Round.MORNING: N_("Sáng"),
    Round.AFTERNOON: N_("Chiều"),
    Round.EXTRA: N_("Đo thêm"),
}
TITLES: Final[Mapping[Round, str]] = {
    Round.MORNING: N_("Theo dõi sáng"),
    Round.AFTERNOON: N_("Theo dõi chiều"),
    Round.EXTRA: N_("Đo thêm"),
}
MARKS: Final[Mapping[Mark, str]] = {
    Mark.NORMAL: N_("bình thường"),
    Mark.WATCH: N_("theo dõi"),
    Mark.DANGER: N_("nặng"),
    Mark.MISSED: N_("không gặp"),
    Mark.NONE: N_("chưa có số liệu"),
}
STATUSES: Final[Mapping[VisitStatus, str]] = {
    VisitStatus.COOPERATIVE: N_("đã đo"),
    VisitStatus.UNAVAILABLE: N_("không gặp được"),
    VisitStatus.UNCOOPERATIVE: N_("không hợp tác"),
}
ANSWERS: Final[Mapping[AlertAnswer, str]] = {
    AlertAnswer.PHONED: N_("Đã gọi điện"),
    AlertAnswer.VISITED: N_("Đã đến nhà xem"),
    AlertAnswer.TRANSFERRED: N_("Đã chuyển tuyến"),
    AlertAnswer.MEASURED_AGAIN: N_("Đo lại, đã ổn"),
    AlertAnswer.WRONG_ENTRY: N_("Ghi nhầm"),
    AlertAnswer.CASE_ENDED: N_("Lần mắc đã kết thúc"),
}
MEASURES: Final[Mapping[str, str]] = {
    "temperature": N_("nhiệt độ {value}"),
    "spo2": N_("SpO2 {value}"),
    "pulse": N_("mạch {value}"),
    "breaths": N_("nhịp thở {value}"),
    "systolic": N_("huyết áp tối đa {value}"),
    "diastolic": N_("huyết áp tối thiểu {value}"),
}
REASONS: Final[tuple[tuple[str, VisitStatus], ...]] = (
    (N_("đi vắng"), VisitStatus.UNAVAILABLE),
    (N_("đi nương"), VisitStatus.UNAVAILABLE),
    (N_("không nghe máy"), VisitStatus.UNAVAILABLE),
    (N_("số điện thoại sai"), VisitStatus.UNAVAILABLE),
    (N_("đường không đi được"), VisitStatus.UNAVAILABLE),
    (N_("không cho đo"), VisitStatus.UNCOOPERATIVE),
)


def age_words(birth: PartialDate | None, day: date) -> str:
    """`67t`, or `8 tháng` under two years."""
    age = said_age(birth, day)
    if age is None:
        return ""
    years, in_months = age
    return (_("{n} tháng") if in_months else _("{n}t")).format(n=years)


def sign_words(measure: str, value: str) -> str:
    """A sign in a row of several: `SpO2 93 %`, `nhịp thở 24 lần/phút`, `khó thở`."""
    if measure in MEASURES:
        return _(MEASURES[measure]).format(value=value)
    return value[:1].lower() + value[1:]


def symptom_label(catalog: Catalog, code: str) -> str:
    """A symptom in the language in use; an unknown code is its own label."""
    known = catalog.symptoms.get(code)
    if known is None:
        return code
    return known.label_en if language() == "en" else known.label


def signs_words(catalog: Catalog, symptoms: Collection[str], *, asked: bool) -> str:
    """`khó thở, ho`; `không` when asked and none; empty when nobody asked."""
    if not symptoms:
        return _("không") if asked else ""
    order = {code: (not known.severe, at) for at, (code, known) in enumerate(catalog.symptoms.items())}
    codes = sorted(symptoms, key=lambda code: order.get(code, (True, len(order))))
    labels = [symptom_label(catalog, code) for code in codes]
    return ", ".join(label[:1].lower() + label[1:] for label in labels)


def strip_words(marks: Sequence[Mark], day: date, round_: Round) -> str:
    """The strip in words, a half-day a line, for whoever hovers over it or hears it read."""
    halves = half_days(day, round_, len(marks))
    text = _("{day} {half}: {mark}")
    return "\n".join(
        text.format(day=f"{on:%d/%m}", half=_(ROUNDS[half]).lower(), mark=_(MARKS[mark]))
        for (on, half), mark in zip(halves, marks, strict=True)
    )
