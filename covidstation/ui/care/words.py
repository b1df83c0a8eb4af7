"""What care is called on the screen."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from covidstation.domain.care import FollowUpStatus, Vitals
from covidstation.domain.hospitalization import FacilityLevel
from covidstation.domain.hours import Step, StepState
from covidstation.domain.needs import Need, Needs
from covidstation.i18n import N_, _, date_text
from covidstation.services.care.outcomes import Ending

LEVELS: Final[Mapping[FacilityLevel, str]] = {
    FacilityLevel.DISTRICT: N_("Tuyến huyện, khu vực"),
    FacilityLevel.PROVINCE: N_("Tuyến tỉnh"),
    FacilityLevel.CENTRAL: N_("Tuyến trung ương"),
}
FOLLOW_UPS: Final[Mapping[FollowUpStatus, str]] = {
    FollowUpStatus.PENDING: N_("chưa đến hạn"),
    FollowUpStatus.DONE: N_("đã hỏi"),
    FollowUpStatus.REMOVED: N_("đã bỏ"),
    FollowUpStatus.NOT_EXECUTABLE: N_("không hỏi được"),
}
ENDINGS: Final[Mapping[Ending, str]] = {
    Ending.RECOVERED: N_("Khỏi bệnh"),
    Ending.DIED: N_("Tử vong"),
    Ending.LOST: N_("Mất liên lạc"),
    Ending.NO_CASE: N_("Nhập nhầm, không phải ca bệnh"),
}
STEPS: Final[Mapping[Step, str]] = {
    Step.PROPOSED: N_("Đề nghị"),
    Step.DECIDED: N_("Quyết định"),
    Step.TOLD: N_("Báo người bệnh"),
}
_HOUR: Final = 60
_DAY: Final = 24 * _HOUR


def day_words(needs: Needs) -> str:
    """`Ngày 3/7 · đến hết 16/03/2022`, empty without a running isolation at home."""
    if needs.day is None or needs.until is None:
        return ""
    return _("Ngày {day}/{days} · đến hết {until}").format(day=needs.day, days=needs.days, until=date_text(needs.until))


def needs_words(needs: Needs) -> str:
    """What an isolation still needs, in one sentence without its day."""
    if needs.need is Need.DAYS:
        words = _("đã âm tính, còn {left} ngày") if needs.days_left else _("đã âm tính, hôm nay là ngày cuối")
    elif needs.need is Need.TEST:
        words = _("cần xét nghiệm âm tính; chưa âm tính thì kết thúc khi đủ {longest} ngày")
    else:
        words = {
            Need.ENDED: "",
            Need.AWAY: _("đang ở nơi điều trị khác"),
            Need.NO_START: _("chưa ghi ngày bắt đầu cách ly"),
            Need.TEST_LATER: _("cần xét nghiệm âm tính vào {test_on}"),
            Need.FREE: _("được kết thúc cách ly"),
        }[needs.need]
    return words.format(left=needs.days_left, longest=needs.longest, test_on=date_text(needs.test_on))


def span_words(span: timedelta) -> str:
    """`1 giờ 12 phút`, `12 phút`, `2 ngày 3 giờ`: whole minutes."""
    minutes = int(span.total_seconds()) // 60
    if minutes < _HOUR:
        return _("{minutes} phút").format(minutes=minutes)
    if minutes < _DAY:
        return _("{hours} giờ {minutes} phút").format(hours=minutes // _HOUR, minutes=minutes % _HOUR)
    return _("{days} ngày {hours} giờ").format(days=minutes // _DAY, hours=minutes % _DAY // _HOUR)


def step_words(state: StepState) -> str:
    """`Đề nghị 08:10`, `Quyết định: còn 42 phút`, `Quyết định: quá giờ 12 phút`, `Báo người bệnh: chờ bước trước`."""
    name = _(STEPS[state.step])
    if state.done is not None and state.late is not None:
        words = _("{step} {clock}, quá giờ {late}").format(
            step=name, clock=f"{state.done:%H:%M}", late=span_words(state.late)
        )
    elif state.done is not None:
        words = _("{step} {clock}").format(step=name, clock=f"{state.done:%H:%M}")
    elif state.late is not None:
        words = _("{step}: quá giờ {late}").format(step=name, late=span_words(state.late))
    elif state.left is not None:
        words = _("{step}: còn {left}").format(step=name, left=span_words(state.left))
    else:
        words = _("{step}: chờ bước trước").format(step=name)
    return words


def vitals_words(vitals: Vitals) -> str:
    """`SpO2 93 %, nhịp thở 24, nhiệt độ 38,4`, as a timeline says it; empty when nothing was measured."""
    tenths = vitals.temperature
    pressure = f"{vitals.systolic}/{vitals.diastolic}" if vitals.systolic and vitals.diastolic else ""
    parts = (
        _("SpO2 {value} %").format(value=vitals.spo2) if vitals.spo2 is not None else "",
        _("nhịp thở {value}").format(value=vitals.breaths) if vitals.breaths is not None else "",
        _("nhiệt độ {value}").format(value=f"{tenths // 10},{tenths % 10}") if tenths is not None else "",
        _("mạch {value}").format(value=vitals.pulse) if vitals.pulse is not None else "",
        _("huyết áp {value}").format(value=pressure) if pressure else "",
    )
    return ", ".join(filter(None, parts))
