"""The words of the status line: nothing in it is ever better than the truth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from covidstation.i18n import _, count_text, moment_text, ngettext
from covidstation.services.reports.daily import ReportState
from covidstation.services.status import Status
from covidstation.services.upkeep.notices import LEAST, LITTLE
from covidstation.ui.frame.status import MOST, State, StatusPart

OLD: Final = timedelta(hours=24)
BACKUP_OLD: Final = timedelta(days=3)

Way = Callable[[], object]


def age_text(age: timedelta) -> str:
    """How long ago, in one unit, rounded down."""
    minutes = int(age.total_seconds()) // 60
    if minutes < 1:
        return _("dưới 1 phút")
    if minutes < 60:
        return _("{n} phút").format(n=minutes)
    if minutes < 60 * 48:
        return _("{n} giờ").format(n=minutes // 60)
    days = minutes // (60 * 24)
    return ngettext("{n} ngày", "{n} ngày", days).format(n=days)


def drift_text(drift: timedelta) -> str:
    """This PC's clock before (or behind) the district's, and what to do."""
    text = _("Đồng hồ máy này nhanh {age} so với máy của huyện. Chỉnh lại ngày giờ của máy.")
    if drift < timedelta(0):
        text = _("Đồng hồ máy này chậm {age} so với máy của huyện. Chỉnh lại ngày giờ của máy.")
    return text.format(age=age_text(abs(drift)))


def status_parts(status: Status, now: datetime, *, to_sync: Way | None, to_backup: Way | None) -> list[StatusPart]:
    """Unsent, receipt, backup, a disk that fills up; the most pressing first, each leads to its cure."""
    found = [_unsent(status, now, to_sync), _receipt(status, now, to_sync), _backup(status, now, to_backup)]
    found += _room(status)
    order: dict[State, int] = {"warn": 0, "wait": 1, "young": 2, "good": 3}
    return sorted(found, key=lambda part: order[part.state])


def with_report(parts: list[StatusPart], report: ReportState, *, to_report: Way | None) -> list[StatusPart]:
    """The same parts with the state of today's report, the most pressing first; the calmest gives way to a fifth."""
    order: dict[State, int] = {"warn": 0, "wait": 1, "young": 2, "good": 3}
    return sorted([*parts, _report(report, to_report)], key=lambda part: order[part.state])[:MOST]


def _report(report: ReportState, way: Way | None) -> StatusPart:
    due = f"{report.due_at:%H:%M}"
    if report.frozen_at is not None:
        words = _("Báo cáo {due} đã chốt {at}").format(due=due, at=f"{report.frozen_at:%H:%M}")
        return StatusPart(words, "good", way, _("Báo cáo đã chốt"))
    words = _("Báo cáo {due} chưa chốt").format(due=due)
    return StatusPart(words, "warn" if report.late_by > timedelta(0) else "young", way)


def _unsent(status: Status, now: datetime, way: Way | None) -> StatusPart:
    count, age = status.sync.unsent, status.oldest_age(now)
    if not count or age is None:
        return StatusPart(_("Huyện đã nhận đủ"), "good", way)
    words = {"n": count_text(count), "age": age_text(age), "m": count_text(status.sync.on_stick)}
    if status.sync.on_stick >= count:
        text = _("{n} thay đổi chưa gửi (đã ghi USB), cũ nhất {age}")
    elif status.sync.on_stick:
        text = _("{n} thay đổi chưa gửi ({m} đã ghi USB), cũ nhất {age}")
    else:
        text = _("{n} thay đổi chưa gửi, cũ nhất {age}")
    return StatusPart(text.format(**words), "warn" if age > OLD else "young", way, _("{n} chưa gửi").format(**words))


def _receipt(status: Status, now: datetime, way: Way | None) -> StatusPart:
    receipt = status.sync.last_receipt
    if receipt is not None:
        moment = moment_text(receipt.read_at, now.date())
        if receipt.exceptions:
            text = _("Huyện hỏi lại {n} chỗ, biên nhận {moment}").format(n=len(receipt.exceptions), moment=moment)
            return StatusPart(text, "warn", way)
        short = _("Biên nhận {moment}").format(moment=moment)
        return StatusPart(_("Biên nhận gần nhất {moment}").format(moment=moment), "good", way, short)
    if not status.enrolled:
        return StatusPart(_("Chưa ghép nối với huyện"), "wait", way)
    return StatusPart(_("Chưa có biên nhận nào"), "wait", way)


def _room(status: Status) -> list[StatusPart]:
    """Only when the disk fills up."""
    if status.free is None or status.free >= LITTLE:
        return []
    text = _("Ổ đĩa còn {free} MB").format(free=status.free >> 20)
    return [StatusPart(text, "warn" if status.free < LEAST else "wait")]


def _backup(status: Status, now: datetime, way: Way | None) -> StatusPart:
    made = status.last_backup
    if made is None:
        return StatusPart(_("Chưa sao lưu lần nào"), "wait", way)
    age = max(timedelta(0), now.replace(tzinfo=None) - made)
    text = _("Sao lưu tốt {age} trước").format(age=age_text(age))
    return StatusPart(text, "warn" if age > BACKUP_OLD else "good", way, _("Sao lưu {age}").format(age=age_text(age)))
