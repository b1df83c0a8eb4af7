"""The daily report on the command line: the same figures as the window's, for whoever recomputes them."""

from __future__ import annotations

from typing import Any

from covidstation.i18n import _, date_text
from covidstation.services.reports.daily import DailyReport
from covidstation.services.reports.sheet import lines_of

Result = dict[str, Any]


def report_result(report: DailyReport) -> Result:
    """Moments are the station's wall clock. `figures` holds every figure, also those that the sheet leaves out as 0."""
    frozen, period = report.frozen, report.period
    words = {line.name: line.words for line in lines_of(report)}
    return {
        "day": period.day.isoformat(),
        "from": period.from_at.isoformat(timespec="minutes"),
        "cutoff": period.cutoff_at.isoformat(timespec="minutes"),
        "frozen_at": frozen.at.isoformat() if frozen else None,
        "version": frozen.version if frozen else 0,
        "previous": report.previous.isoformat() if report.previous else None,
        "figures": [
            {"name": name, "words": words.get(name, ""), "today": figure.today, "total": figure.total}
            for name, figure in sorted(report.figures.items())
        ],
        "hamlets": [{"key": key, "hamlet": name} for key, name in sorted(report.hamlets.items())],
        "series": [{"date": day.isoformat(), "new": count} for day, count in report.series],
        "staff": list(report.staff),
        "lacking": list(report.lacking),
    }


def report_text(report: DailyReport) -> str:
    """The sheet's lines, aligned."""
    period, frozen = report.period, report.frozen
    head = _("Báo cáo ngày {day}, số liệu từ {start} đến {end}").format(
        day=date_text(period.day), start=f"{period.from_at:%H:%M %d/%m/%Y}", end=f"{period.cutoff_at:%H:%M %d/%m/%Y}"
    )
    state = _("Chưa chốt")
    if frozen is not None:
        state = _("Đã chốt lúc {at}, bản {n}").format(at=f"{frozen.at:%H:%M %d/%m/%Y}", n=frozen.version)
    lines = [f"{'  ' * line.level + line.words:<52}{line.today:>8}{line.total:>8}" for line in lines_of(report, _)]
    return "\n".join((head, state, *lines))
